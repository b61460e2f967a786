#!/bin/sh
# qt5.sh - Qt with its GLib event dispatcher: timers, a socket notifier, posted events, a thread's loop.
. "$(dirname "$0")/lib.sh"
cat > program.py <<'P'
import socket
from PyQt5.QtCore import QAbstractEventDispatcher, QCoreApplication, QSocketNotifier, QThread, QTimer

app = QCoreApplication([])
told = [QAbstractEventDispatcher.instance().metaObject().className()]
here, there = socket.socketpair()
notifier = QSocketNotifier(here.fileno(), QSocketNotifier.Read)
notifier.activated.connect(lambda *_: told.append("socket " + here.recv(9).decode()))
ticks = []
ticker = QTimer()
ticker.timeout.connect(lambda: ticks.append(1))
ticker.start(10)
QTimer.singleShot(0, lambda: told.append("posted"))
QTimer.singleShot(60, lambda: there.send(b"byte"))

class Worker(QThread):
    def run(self):
        QTimer.singleShot(20, self.quit)
        self.exec_()
worker = Worker()
worker.finished.connect(lambda: told.append("thread"))
QTimer.singleShot(120, worker.start)
QTimer.singleShot(600, app.quit)
app.exec_()
worker.wait()
told.append("ticks" if 20 < len(ticks) < 70 else "%d ticks" % len(ticks))
print(", ".join(told))
P
overlay /usr/bin/python3 program.py > out
check 'Qt runs on GLib, and all its events come' \
    test "$(cat out)" = 'QEventDispatcherGlib, posted, socket byte, thread, ticks'
bindings
