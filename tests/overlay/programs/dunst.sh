#!/bin/sh
# dunst.sh - notifications: sent over a bus, drawn under Xvfb, clicked away.
. "$(dirname "$0")/lib.sh"
export XDG_CONFIG_HOME="$DIR/config"
own_bus
display
overlay dunst > out & daemon=$!
check 'it is there' wait_for gdbus call --session -d org.freedesktop.Notifications -o /org/freedesktop/Notifications -m org.freedesktop.Notifications.GetServerInformation
import -window root before.png
overlay notify-send -t 0 'first words'
overlay notify-send -t 300 'short words'
check 'both are shown' wait_for sh -c 'dunstctl count displayed | grep -qx 2'
import -window root after.png
check 'they are drawn' sh -c '! cmp -s before.png after.png'
check 'one goes by itself' wait_for sh -c 'dunstctl count displayed | grep -qx 1'
dunstctl close-all
check 'the other when it is told to' wait_for sh -c 'dunstctl count displayed | grep -qx 0'
kill $daemon
bindings
