#!/bin/sh
# ruby.sh - Ruby's GLib and GIO: its own threads beside the loop, timers, a watch, a child, and a jump out of a callback.
. "$(dirname "$0")/lib.sh"
cat > program.rb <<'P'
require "gio2"
loop = GLib::MainLoop.new
told = []
GLib::Idle.add(GLib::PRIORITY_HIGH) { told << "idle"; false }
GLib::Timeout.add(30) { told << "timeout"; false }
ticks = 0
GLib::Timeout.add(5) { (ticks += 1) < 20 }
read, write = IO.pipe
channel = GLib::IOChannel.new(read)
channel.add_watch(GLib::IOChannel::IN) { told << "pipe #{read.read_nonblock(9)}"; false }
Thread.new { sleep 0.1; write.write("byte"); write.flush }
child = spawn("sleep 0.3; exit 3")
GLib::ChildWatch.add(child) { |_pid, status| told << "child #{status.is_a?(Integer) ? status >> 8 : status.exitstatus}"; loop.quit }
GLib::Timeout.add_seconds(20) { told << "late"; loop.quit; false }
loop.run
told << (ticks.between?(5, 20) ? "ticks" : "#{ticks} ticks")
GLib::Idle.add { throw :away }
catch(:away) { GLib::MainLoop.new.run }
told << "thrown"
again = GLib::MainLoop.new
GLib::Timeout.add(10) { told << "again"; again.quit; false }
again.run
puts told.join(", ")
P
overlay ruby program.rb > out
says 'idle, timer, pipe, child, and what was thrown out of a callback' out \
    'idle, timeout, pipe byte, child 3, ticks, thrown, again'
bindings
