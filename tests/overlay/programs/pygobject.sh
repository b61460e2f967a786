#!/bin/sh
# pygobject.sh - Python through GObject-Introspection, which looks every function up in libglib itself.
. "$(dirname "$0")/lib.sh"
cat > program.py <<'P'
import ctypes, os, threading, time
import gi
from gi.repository import GLib, Gio, GObject

loop = GLib.MainLoop()
told = []
GLib.idle_add(lambda: told.append("idle") or False, priority=GLib.PRIORITY_HIGH)
read, write = os.pipe()

# Each starts the next, so that they come in order however busy the machine is.
def timeout():
    told.append("timeout")
    threading.Timer(0.05, os.write, (write, b"byte")).start()
    return False
GLib.timeout_add(30, timeout)

def readable(fd, condition):
    told.append("pipe " + os.read(fd, 9).decode())
    threading.Thread(target=from_thread).start()
    return False
GLib.io_add_watch(read, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, readable)

def from_thread():
    time.sleep(0.05)
    GLib.MainContext.default().invoke_full(0, invoked)

def invoked(*_):
    told.append("invoked")
    child, *_ = GLib.spawn_async(["/bin/sh", "-c", "sleep 0.1; exit 3"], flags=GLib.SpawnFlags.DO_NOT_REAP_CHILD)
    GLib.child_watch_add(GLib.PRIORITY_DEFAULT, child, child_ended)
    return False

def child_ended(pid, status):
    told.append("child %d" % os.WEXITSTATUS(status))
    process = Gio.Subprocess.new(["echo", "words"], Gio.SubprocessFlags.STDOUT_PIPE)
    process.communicate_utf8_async(None, None, subprocess_done)

def subprocess_done(process, result):
    told.append("subprocess " + process.communicate_utf8_finish(result)[1].strip())
    GLib.timeout_add(10, lambda: Late().emit("over") or False)

class Late(GObject.Object):
    @GObject.Signal
    def over(self):
        told.append("signal")
        loop.quit()

own = GLib.MainContext.new()
source = GLib.Timeout(5)
source.set_callback(lambda *_: told.append("own context") or False)
source.attach(own)
while "own context" not in told:
    own.iteration(True)
GLib.timeout_add_seconds(30, loop.quit)
loop.run()
print(", ".join(told))

# Where functions that are looked up by name lie.
maps = [line.split() for line in open("/proc/self/maps")]
def home(function):
    address = ctypes.cast(function, ctypes.c_void_p).value
    for line in maps:
        start, end = (int(word, 16) for word in line[0].split("-"))
        if start <= address < end:
            return os.path.basename(line[-1])
for library in "libglib-2.0.so.0", "libgobject-2.0.so.0":
    names = "g_main_loop_run", "g_source_attach", "g_timeout_add_full", "g_idle_add", "g_io_add_watch", "g_malloc0"
    print(*(home(getattr(ctypes.CDLL(library), name)).split(".")[0] for name in names))
P
overlay /usr/bin/python3 program.py > out
check 'idle, timers, pipe, thread, child, subprocess and signal come in order' \
    test "$(head -n 1 out)" = 'own context, idle, timeout, pipe byte, invoked, child 3, subprocess words, signal'
o=libmainspring-overlay
check 'functions looked up by name are the overlay'"'"'s' \
    test "$(sed 1d out)" = "$(printf '%s\n' "$o $o $o $o $o libglib-2" "$o $o $o $o $o libglib-2")"
bindings
