#!/bin/sh
# gtk3.sh - a GTK 3 window under Xvfb, clicked and photographed.
. "$(dirname "$0")/lib.sh"
display
cat > program.py <<'P'
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk

window = Gtk.Window(title="clicked")
button = Gtk.Button(label="0")
clicks = []
def clicked(button):
    clicks.append(1)
    button.set_label(str(len(clicks)))
    print("click", len(clicks), flush=True)
    if len(clicks) == 3:
        GLib.timeout_add(100, Gtk.main_quit)
button.connect("clicked", clicked)
window.add(button)
window.set_default_size(200, 100)
window.connect("map-event", lambda *_: print("mapped", flush=True))
window.show_all()
GLib.timeout_add_seconds(30, Gtk.main_quit)
Gtk.main()
print("over")
P
overlay /usr/bin/python3 program.py > out &
check 'the window is shown' wait_for grep -q mapped out
sleep 0.5
import -window root before.png
for click in 1 2 3; do
    xdotool mousemove 100 50 click 1
    check "click $click arrives" wait_for grep -q "click $click" out
    if [ $click = 2 ]; then sleep 0.3 && import -window root after.png; fi
done
wait_for grep -q over out
check 'it ends by itself' grep -q over out
check 'the photographs show a window' test "$(identify -format %k before.png)" -gt 10
check 'and differ' sh -c '! cmp -s before.png after.png'
bindings
