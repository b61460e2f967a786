#!/bin/sh
# gio.sh - gio watches a folder and copies into it.
. "$(dirname "$0")/lib.sh"
mkdir watched
timeout 30 "$MAINSPRING" run gio monitor -d "$DIR/watched" > heard 2>> stderr & watcher=$!
head -c 300000 /dev/urandom > data
check 'a new file is heard of' wait_for sh -c 'touch watched/new$(date +%N); sleep 0.2; grep -q "new.*: created" heard'
overlay gio copy data watched/copy
check 'the copy is whole' cmp data watched/copy
check 'and heard of' wait_for grep -q 'copy: created' heard
overlay gio move watched/copy watched/other
check 'a move is heard of' wait_for grep -Eq 'copy: (moved|renamed|deleted)' heard
kill $watcher
bindings
