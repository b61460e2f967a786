#!/bin/sh
# irssi.sh - a chat client in a terminal: it connects to a server, joins, hears and answers.
. "$(dirname "$0")/lib.sh"
cat > server.py <<'P'
import socket
listener = socket.create_server(("127.0.0.1", 0))
open("port.new", "w").write(str(listener.getsockname()[1]))
import os; os.rename("port.new", "port")
peer, _ = listener.accept()
peer.settimeout(30)
lines = peer.makefile("rw", newline="\r\n")
def send(text): lines.write(text + "\n"); lines.flush()
log = open("server.log", "w", buffering=1)
for line in lines:
    line = line.rstrip("\r\n")
    log.write(line + "\n")
    word = line.split()
    if word[:2] == ["CAP", "LS"]:
        send(":server CAP * LS :")
    elif word[0] == "USER":
        send(":server 001 spring :Welcome")
        send(":server 376 spring :End")
    elif word[0] == "PING":
        send(":server PONG server :" + word[1])
    elif word[0] == "JOIN" and word[1] != ":":
        send(":spring!u@h JOIN " + word[1])
        send(":server 353 spring = %s :spring other" % word[1])
        send(":server 366 spring %s :End" % word[1])
        send(":other!u@h PRIVMSG %s :spring: are you there" % word[1])
    elif word[0] == "QUIT":
        break
P
/usr/bin/python3 server.py &
wait_for test -s port
mkdir home
cat > home/config <<C
servers = ( { address = "127.0.0.1"; chatnet = "here"; port = "$(cat port)"; autoconnect = "yes"; } );
chatnets = { here = { type = "IRC"; nick = "spring"; }; };
channels = ( { name = "#room"; chatnet = "here"; autojoin = "yes"; } );
settings = { core = { real_name = "x"; user_name = "u"; nick = "spring"; }; "irc/core" = { cmd_queue_speed = "10msec"; }; };
C
mkdir home/scripts home/scripts/autorun
cat > home/scripts/autorun/answer.pl <<'P'
use strict;
use Irssi;
Irssi::signal_add ('message public', sub {
    my ($server, $text, $nick, $address, $target) = @_;
    Irssi::timeout_add_once (50, sub { $server->command ("msg $target heard $nick");
        Irssi::timeout_add_once (5000, sub { Irssi::command ("quit over") }, undef) }, undef);
});
P
export TERM=xterm
overlay script -qec "irssi --home=home -n spring" /dev/null > out < /dev/null &
client=$!
check 'it joins' wait_for grep -q '^JOIN #room' server.log
check 'it answers by a timer of a script' wait_for grep -q '^PRIVMSG #room :heard other' server.log
check 'it takes its leave' wait_for grep -q '^QUIT :over' server.log
wait $client
bindings
