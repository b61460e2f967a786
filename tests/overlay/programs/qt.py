"""Timers, a socket notifier, posted events and a thread's loop; called with the name of the binding, PyQt5 or PyQt6."""
import importlib
import socket
import sys

core = importlib.import_module(sys.argv[1] + ".QtCore")
app = core.QCoreApplication([])
told = [core.QAbstractEventDispatcher.instance().metaObject().className()]
here, there = socket.socketpair()
notifier = core.QSocketNotifier(here.fileno(), core.QSocketNotifier.Type.Read)
notifier.activated.connect(lambda *_: told.append("socket " + here.recv(9).decode()))
ticks = []
ticker = core.QTimer()
ticker.timeout.connect(lambda: ticks.append(1))
ticker.start(10)
core.QTimer.singleShot(0, lambda: told.append("posted"))
core.QTimer.singleShot(60, lambda: there.send(b"byte"))


class Worker(core.QThread):
    def run(self):
        core.QTimer.singleShot(20, self.quit)
        self.exec()


worker = Worker()
worker.finished.connect(lambda: told.append("thread"))
core.QTimer.singleShot(120, worker.start)
core.QTimer.singleShot(600, app.quit)
app.exec()
worker.wait()
# How many there are depends on how busy the machine is; never more than there is time for.
told.append("ticks" if 5 < len(ticks) < 70 else "%d ticks" % len(ticks))
print(", ".join(told))
