#!/bin/sh
# gstreamer.sh - pipelines, watched through their bus.
. "$(dirname "$0")/lib.sh"
overlay gst-launch-1.0 -m videotestsrc num-buffers=30 ! video/x-raw,width=64,height=64 ! filesink location=frames > out
check 'gst-launch plays to the end' grep -q 'Got EOS' out
check 'all frames are there' test "$(stat -c %s frames)" -gt 100000
cat > program.py <<'P'
import gi
gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst

Gst.init(None)
loop = GLib.MainLoop()
pipeline = Gst.parse_launch("audiotestsrc num-buffers=50 ! fakesink sync=false")
ends = []
def message(bus, message):
    if message.type == Gst.MessageType.EOS:
        ends.append("end of stream")
        loop.quit()
    return True
bus = pipeline.get_bus()
bus.add_signal_watch()
bus.connect("message", message)
pipeline.set_state(Gst.State.PLAYING)
GLib.timeout_add_seconds(20, loop.quit)
loop.run()
pipeline.set_state(Gst.State.NULL)
print(*ends)
P
overlay /usr/bin/python3 program.py > out
says 'a bus watch hears of the end' out \
    'end of stream'
bindings
