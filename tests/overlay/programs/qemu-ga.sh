#!/bin/sh
# qemu-ga.sh - QEMU's guest agent answers over a socket, runs a program and tells of its end.
. "$(dirname "$0")/lib.sh"
overlay qemu-ga -m unix-listen -p "$DIR/socket" -t "$DIR" -f "$DIR/pid" > out & agent=$!
check 'the socket is there' wait_for test -S socket
cat > client.py <<'P'
import base64, json, socket, time
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(20)
peer.connect("socket")
lines = peer.makefile("rw")
def ask(command, **arguments):
    lines.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    lines.flush()
    return json.loads(lines.readline())["return"]
for number in range(100):
    assert ask("guest-sync", id=number) == number
child = ask("guest-exec", path="/bin/sh", arg=["-c", "echo words; exit 3"], **{"capture-output": True})["pid"]
for _ in range(100):
    status = ask("guest-exec-status", pid=child)
    if status["exited"]:
        break
    time.sleep(0.05)
assert status["exitcode"] == 3 and base64.b64decode(status["out-data"]) == b"words\n", status
P
check 'it answers, and tells of a program it runs' /usr/bin/python3 client.py
kill $agent
bindings
