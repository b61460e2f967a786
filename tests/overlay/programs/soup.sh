#!/bin/sh
# soup.sh - libsoup: a server with 1000 open connections and a client of its own that asks 300 times at once.
. "$(dirname "$0")/lib.sh"
ulimit -n 8192 2> /dev/null || ulimit -n 4096
cat > server.py <<'P'
import gi
gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup
served = 0
def answer(server, message, path, query):
    global served
    served += 1
    message.set_status(200, None)
    message.set_response("text/plain", Soup.MemoryUse.COPY, ("served " + path).encode())
server = Soup.Server()
server.add_handler(None, answer)
server.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY)
loop = GLib.MainLoop()
server.add_handler("/end", lambda *a: (answer(*a), GLib.timeout_add(200, loop.quit)))
GLib.timeout_add_seconds(60, loop.quit)
print(server.get_uris()[0].get_port(), flush=True)
loop.run()
print("served", served)
P
cat > client.py <<'P'
import socket, sys
import gi
gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup
port = int(sys.argv[1])
idle = []
for _ in range(1000):
    peer = socket.create_connection(("127.0.0.1", port))
    idle.append(peer)
    # An answer means that the server has taken the connection: only ten may wait for that.
    peer.sendall(b"GET /idle HTTP/1.1\r\nHost: here\r\n\r\n")
    said = b""
    while b"served /idle" not in said:
        said += peer.recv(4096) or sys.exit("no answer")
session = Soup.Session(max_conns=50, max_conns_per_host=50)
loop = GLib.MainLoop()
right = 0
waiting = 300
def done(session, result, number):
    global right, waiting
    right += session.send_and_read_finish(result).get_data() == b"served /%d" % number
    waiting -= 1
    if not waiting:
        loop.quit()
for number in range(300):
    message = Soup.Message.new("GET", "http://127.0.0.1:%d/%d" % (port, number))
    session.send_and_read_async(message, 0, None, done, number)
GLib.timeout_add_seconds(50, loop.quit)
loop.run()
idle[0].sendall(b"GET /end HTTP/1.1\r\nHost: here\r\n\r\n")
print("right", right)
P
overlay /usr/bin/python3 server.py > server.out &
server=$!
wait_for test -s server.out
overlay /usr/bin/python3 client.py "$(head -n 1 server.out)" > client.out
check 'the client has 300 right answers' grep -qx 'right 300' client.out
wait $server
check 'every request is served' grep -qx 'served 1301' server.out
bindings
