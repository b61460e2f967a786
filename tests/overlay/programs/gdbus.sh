#!/bin/sh
# gdbus.sh - gdbus calls, emits and listens on a bus of its own.
. "$(dirname "$0")/lib.sh"
own_bus
bus='--session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus'
overlay gdbus call $bus --method org.freedesktop.DBus.GetId > out
check 'a call is answered' grep -Eq "^\('[0-9a-f]{32}',\)$" out
overlay gdbus introspect $bus > out
check 'an object is described' grep -q 'interface org.freedesktop.DBus' out
overlay gdbus wait --session --timeout 10 org.mainspring.Nobody & waiter=$!
timeout 20 "$MAINSPRING" run gdbus monitor --session --dest org.freedesktop.DBus > heard 2>> stderr &
listener=$!
check 'a listener is there' wait_for grep -q 'Monitoring signals' heard
/usr/bin/python3 - <<'P' &
from gi.repository import Gio, GLib
loop = GLib.MainLoop()
Gio.bus_own_name(Gio.BusType.SESSION, "org.mainspring.Nobody", 0, None, None, None)
GLib.timeout_add(2000, loop.quit)
loop.run()
P
check 'a name is waited for' wait $waiter
check 'a signal is heard' wait_for grep -q 'NameOwnerChanged.*org.mainspring.Nobody' heard
kill $listener
bindings
