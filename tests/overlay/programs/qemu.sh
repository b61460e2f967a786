#!/bin/sh
# qemu.sh - QEMU's monitor answers over a socket, and the emulator ends when it is told to.
. "$(dirname "$0")/lib.sh"
overlay qemu-system-x86_64 -M none -display none -nodefaults -S -qmp unix:monitor,server=on,wait=off > out &
emulator=$!
check 'the socket is there' wait_for test -S monitor
cat > client.py <<'P'
import json, socket
monitor = socket.socket(socket.AF_UNIX)
monitor.settimeout(10)
monitor.connect("monitor")
lines = monitor.makefile("rw")
def ask(command):
    lines.write(json.dumps({"execute": command}) + "\n")
    lines.flush()
    while True:
        answer = json.loads(lines.readline())
        if "return" in answer:
            return answer["return"]
assert "QMP" in json.loads(lines.readline())
ask("qmp_capabilities")
for _ in range(200):
    assert ask("query-status")["status"] in ("prelaunch", "paused")
ask("quit")
P
check 'the monitor answers' /usr/bin/python3 client.py
check 'it ends with status 0' wait $emulator
bindings
