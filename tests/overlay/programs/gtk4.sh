#!/bin/sh
# gtk4.sh - a GTK 4 application under Xvfb: an animation's frames, a click, a photograph.
. "$(dirname "$0")/lib.sh"
display
export GSK_RENDERER=cairo GSETTINGS_BACKEND=memory
cat > program.py <<'P'
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk

clicks = []
frames = []
def clicked(button, app):
    clicks.append(1)
    button.set_label("clicked %d" % len(clicks))
    print("click", len(clicks), flush=True)
    if len(clicks) == 2:
        GLib.timeout_add(100, app.quit)
def tick(widget, clock):
    frames.append(1)
    if len(frames) == 30:
        print("frames", flush=True)
    return len(frames) < 30
def activate(app):
    window = Gtk.ApplicationWindow(application=app, title="window")
    button = Gtk.Button(label="0")
    button.connect("clicked", clicked, app)
    window.set_child(button)
    window.set_default_size(300, 200)
    window.connect("map", lambda *_: print("mapped", flush=True))
    window.add_tick_callback(tick)
    window.present()
    GLib.timeout_add_seconds(40, app.quit)
app = Gtk.Application(application_id="org.mainspring.Window", flags=1 << 5)
app.connect("activate", activate)
app.run(None)
print("over")
P
overlay /usr/bin/python3 program.py > out &
check 'the window is shown' wait_for grep -q mapped out
check 'frames are drawn' wait_for grep -q frames out
import -window root before.png
for click in 1 2; do
    xdotool mousemove 150 120 click 1
    check "click $click arrives" wait_for grep -q "click $click" out
    if [ $click = 1 ]; then sleep 0.3 && import -window root after.png; fi
done
check 'it ends by itself' wait_for grep -q over out
check 'the photographs show a window' test "$(identify -format %k before.png)" -gt 10
check 'and differ' sh -c '! cmp -s before.png after.png'
bindings
