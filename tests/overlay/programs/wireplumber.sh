#!/bin/sh
# wireplumber.sh - the session manager of PipeWire, whose sources wrap PipeWire's own loop, beside a server of its own.
. "$(dirname "$0")/lib.sh"
export XDG_RUNTIME_DIR="$DIR"
export HOME="$DIR"
own_bus
pipewire > pipewire.log 2>&1 & server=$!
check 'the server is there' wait_for test -S pipewire-0
overlay wireplumber > out & manager=$!
check 'clients see it' wait_for sh -c 'timeout 5 wpctl status | grep -q "WirePlumber"'
overlay timeout 10 wpctl status > status
check 'and are told of the graph' grep -q Audio status
kill $manager
wait $manager
kill $server
bindings
