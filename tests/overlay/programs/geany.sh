#!/bin/sh
# geany.sh - an editor under Xvfb is typed into, saves, and ends.
. "$(dirname "$0")/lib.sh"
display
echo start > text.txt
overlay geany --config "$DIR/settings" --no-session --no-terminal --new-instance text.txt > out &
check 'its window is there' wait_for xdotool search --name 'text.txt.*Geany'
sleep 1
window=$(xdotool search --name 'text.txt.*Geany' | tail -n 1)
xdotool mousemove 400 250 click 1
sleep 0.3
xdotool key ctrl+Home
xdotool type --delay 20 'typed '
xdotool key ctrl+s
check 'what was typed is saved' wait_for grep -qx 'typed start' text.txt
xdotool key ctrl+q
check 'it ends' wait_for sh -c '! xdotool search --name "text.txt.*Geany"'
bindings
