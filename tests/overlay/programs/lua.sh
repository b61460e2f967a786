#!/bin/sh
# lua.sh - Lua by introspection: timers, a subprocess read asynchronously in a coroutine.
. "$(dirname "$0")/lib.sh"
cat > program.lua <<'P'
local lgi = require "lgi"
local GLib, Gio = lgi.GLib, lgi.Gio
local loop = GLib.MainLoop ()
local told = {}
local function tell (text) told[#told + 1] = text end
GLib.idle_add (GLib.PRIORITY_HIGH, function () tell "idle" return false end)
GLib.timeout_add (GLib.PRIORITY_DEFAULT, 30, function () tell "timeout" return false end)
local ticks = 0
GLib.timeout_add (GLib.PRIORITY_DEFAULT, 5, function () ticks = ticks + 1 return ticks < 20 end)
Gio.Async.start (function ()
    local process = Gio.Subprocess.new ({ "sh", "-c", "sleep 0.3; echo words; exit 3" }, { "STDOUT_PIPE" })
    local stream = Gio.DataInputStream.new (process:get_stdout_pipe ())
    tell ("subprocess " .. tostring (stream:async_read_line (GLib.PRIORITY_DEFAULT)))
    process:async_wait ()
    tell ("status " .. math.floor (process:get_exit_status ()))
    loop:quit ()
end) ()
GLib.timeout_add_seconds (GLib.PRIORITY_DEFAULT, 20, function () tell "late" loop:quit () return false end)
loop:run ()
tell (ticks >= 5 and ticks <= 20 and "ticks" or ticks .. " ticks")
print (table.concat (told, ", "))
P
overlay lua5.3 program.lua > out
says 'idle, timers, and a subprocess in a coroutine' out \
    'idle, timeout, subprocess words, status 3, ticks'
bindings
