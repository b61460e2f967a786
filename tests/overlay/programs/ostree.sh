#!/bin/sh
# ostree.sh - a repository is filled, pulled over HTTP into another, and checked out.
. "$(dirname "$0")/lib.sh"
mkdir tree
for number in $(seq 60); do head -c 3000 /dev/urandom > tree/file$number; done
ostree --repo=origin init --mode=archive
ostree --repo=origin commit -b main -s subject tree > commit
ostree --repo=origin summary -u
/usr/bin/python3 -u -m http.server --bind 127.0.0.1 --directory origin 0 > http.log 2>&1 & http=$!
wait_for grep -q 'port' http.log
port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' http.log)
ostree --repo=copy init --mode=bare-user
ostree --repo=copy remote add --no-gpg-verify origin "http://127.0.0.1:$port"
overlay ostree --repo=copy pull origin main > out
check 'the pull says what it has fetched' grep -Eq 'objects? (fetched|written)|[0-9]+ metadata' out
ostree --repo=copy checkout -U origin:main there > /dev/null
check 'every file has come' diff -r tree there
kill $http
bindings
