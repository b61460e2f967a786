#!/bin/sh
# conmon.sh - the container monitor, with a stand-in for the runtime: it starts, logs and reports an exit.
. "$(dirname "$0")/lib.sh"
cat > runtime <<'P'
#!/usr/bin/python3
import os, sys
words = sys.argv[1:]
if "create" in words:
    child = os.fork()
    if child == 0:
        os.setsid()
        os.execv("/bin/sh", ["sh", "-c", "echo out; echo err >&2; sleep 0.3; exit 7"])
    with open(words[words.index("--pid-file") + 1], "w") as file:
        file.write(str(child))
P
chmod +x runtime
mkdir bundle exits
overlay conmon --sync -c name -n name -u 0123 -r "$DIR/runtime" -b "$DIR/bundle" -p "$DIR/pid" -l "k8s-file:$DIR/log" \
    --exit-dir "$DIR/exits" --socket-dir-path "$DIR" > out
check 'both streams are logged' wait_for sh -c 'grep -q "stdout F out" log && grep -q "stderr F err" log'
check 'the exit status is written down' wait_for grep -qx 7 exits/name
bindings
