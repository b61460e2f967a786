#!/bin/sh
# tls.sh - glib-networking: a server and a client in one process talk TLS over loopback, 20 connections at once.
. "$(dirname "$0")/lib.sh"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 > openssl.log 2>&1
cat > program.py <<'P'
import os
from gi.repository import Gio, GLib, GObject
loop = GLib.MainLoop()
service = Gio.SocketService()
port = service.add_any_inet_port(None)
certificate = Gio.TlsCertificate.new_from_files("cert.pem", "key.pem")
kept = []
def incoming(service, connection, source):
    secure = Gio.TlsServerConnection.new(connection, certificate)
    kept.append(secure)
    def got(stream, result):
        data = stream.read_bytes_finish(result).get_data()
        secure.get_output_stream().write_all_async(data.upper(), 0, None, lambda *_: None)
    secure.get_input_stream().read_bytes_async(100, 0, None, got)
    return True
service.connect("incoming", incoming)
service.start()
right = 0
client = Gio.SocketClient(tls=True)
GObject.Object.connect(client, "event", lambda client, event, connectable, connection:
    event == Gio.SocketClientEvent.TLS_HANDSHAKING
    and connection.set_database(Gio.TlsFileDatabase.new(os.path.abspath("cert.pem"))))
def connected(client, result, number):
    connection = client.connect_finish(result)
    kept.append(connection)
    def got(stream, result):
        global right
        right += stream.read_bytes_finish(result).get_data() == b"LINE %d" % number
        if right == 20:
            loop.quit()
    connection.get_output_stream().write_all(b"line %d" % number)
    connection.get_input_stream().read_bytes_async(100, 0, None, got)
for number in range(20):
    client.connect_async(Gio.InetSocketAddress.new_from_string("127.0.0.1", port), None, connected, number)
GLib.timeout_add_seconds(40, loop.quit)
loop.run()
print("right", right)
P
overlay /usr/bin/python3 program.py > out
check 'all 20 lines come back over TLS' grep -qx 'right 20' out
bindings
