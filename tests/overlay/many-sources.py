"""How many times a second an unmodified Python's main loop goes round, by what lies idle beside it.

Prints lines of three words: what lies idle, how many of it, turns per second. `cargo xtask bench-overlay` runs it on
libglib alone and under the overlay. Each turn dispatches one callback for a byte in a pipe.
"""
import os
import resource
import socket
import sys
import time

from gi.repository import GLib

MEASURED = 0.4  # seconds


def turns():
    """Turns per second of the default context, each with one descriptor that is ready."""
    read, write = os.pipe()
    count = 0

    def ready(fd, condition):
        nonlocal count
        os.read(fd, 1)
        os.write(write, b"x")
        count += 1
        return True

    watch = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, read, GLib.IOCondition.IN, ready)
    os.write(write, b"x")
    context = GLib.MainContext.default()
    for _ in range(50):
        context.iteration(True)
    count = 0
    start = time.monotonic()
    while time.monotonic() < start + MEASURED:
        context.iteration(True)
    elapsed = time.monotonic() - start
    GLib.source_remove(watch)
    os.close(read)
    os.close(write)
    return count / elapsed


def main():
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, min(most, 4096)), most))
    print("nothing", 0, round(turns()))
    for number in (1000, 10000):
        timers = [GLib.timeout_add_seconds(3600, lambda: True) for _ in range(number)]
        print("timers", number, round(turns()))
        for timer in timers:
            GLib.source_remove(timer)
    for number in (100, 1000):
        pairs = [socket.socketpair() for _ in range(number)]
        watches = [
            GLib.io_add_watch(pair[0], GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, lambda *_: True) for pair in pairs
        ]
        print("connections", number, round(turns()))
        for watch in watches:
            GLib.source_remove(watch)
        for pair in pairs:
            pair[0].close()
            pair[1].close()


sys.exit(main())
