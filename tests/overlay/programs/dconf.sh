#!/bin/sh
# dconf.sh - settings: the service on a bus of its own writes, a watcher hears, a reader reads.
. "$(dirname "$0")/lib.sh"
export XDG_CONFIG_HOME="$DIR/config"
export XDG_RUNTIME_DIR="$DIR"
own_bus
overlay /usr/libexec/dconf-service > service.out & service=$!
check 'the service is there' wait_for gdbus call --session -d ca.desrt.dconf -o / -m org.freedesktop.DBus.Peer.Ping
timeout 30 "$MAINSPRING" run dconf watch / > heard 2>> stderr & watcher=$!
# A watcher says nothing before it hears something.
check 'a value is heard of' wait_for sh -c 'dconf write /org/mainspring/value "$(date +%N | sed "s/^0*//")" && grep -q /org/mainspring/value heard'
overlay dconf write /org/mainspring/list "['a', 'b']"
check 'a list is read back' test "$(overlay dconf read /org/mainspring/list)" = "['a', 'b']"
check 'and heard of' wait_for grep -q "\['a', 'b'\]" heard
kill $watcher $service
bindings
