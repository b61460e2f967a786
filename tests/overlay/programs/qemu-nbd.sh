#!/bin/sh
# qemu-nbd.sh - a disk image is served over a socket, written to and read back.
. "$(dirname "$0")/lib.sh"
head -c 1048576 /dev/urandom > data
qemu-img create -q -f raw image 1M
overlay qemu-nbd -t -f raw -k "$DIR/socket" -e 2 image > out &
server=$!
check 'the socket is there' wait_for test -S socket
check 'what is written' qemu-img convert -q -n -f raw -O raw data "nbd+unix:///?socket=$DIR/socket"
check 'is read back' qemu-img compare -q -f raw -F raw data "nbd+unix:///?socket=$DIR/socket"
kill $server
wait $server
check 'and is in the file' cmp data image
bindings
