#!/bin/sh
# qt6.sh - Qt 6 with its GLib event dispatcher: timers, a socket notifier, posted events, a thread's loop.
. "$(dirname "$0")/lib.sh"
overlay /usr/bin/python3 "$here/qt.py" PyQt6 > out
says 'Qt runs on GLib, and all its events come' out \
    'QEventDispatcherGlib, posted, socket byte, thread, ticks'
bindings
