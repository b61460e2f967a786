"""An echo server on GLib's main loop, as one may write it in Python; prints its port and runs until its input ends.

`cargo xtask bench-overlay` holds thousands of idle connections to it and measures a busy one, on libglib alone and under
the overlay.
"""
import os
import resource

from gi.repository import Gio, GLib

least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
connections = set()
loop = GLib.MainLoop()


def incoming(service, connection, source):
    connections.add(connection)

    def readable(fd, condition):
        data = os.read(fd, 4096)
        if data:
            os.write(fd, data)
        else:
            connections.discard(connection)
        return bool(data)

    descriptor = connection.get_socket().get_fd()
    GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, descriptor, GLib.IOCondition.IN, readable)
    return True


service = Gio.SocketService(listen_backlog=512)
port = service.add_any_inet_port(None)
service.connect("incoming", incoming)
service.start()
GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, 0, GLib.IOCondition.IN | GLib.IOCondition.HUP, lambda *_: loop.quit())
print(port, flush=True)
loop.run()
