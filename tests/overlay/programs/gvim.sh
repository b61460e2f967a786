#!/bin/sh
# gvim.sh - Vim with its GTK window under Xvfb: a timer, a job's output over a channel, keys, and its remote control.
. "$(dirname "$0")/lib.sh"
display
cat > settings.vim <<'V'
set nocompatible noswapfile viminfo=
let g:ticks = 0
function Tick(timer)
    let g:ticks += 1
endfunction
call timer_start(10, 'Tick', {'repeat': 20})
let g:said = []
call job_start(['sh', '-c', 'sleep 0.2; echo from the job'], {'out_cb': {channel, text -> add(g:said, text)}})
V
overlay gvim -f -u settings.vim --servername SPRING text.txt > out &
check 'it answers' wait_for sh -c 'test "$(vim --servername SPRING --remote-expr 6*7)" = 42'
check 'timers tick' wait_for sh -c 'test "$(vim --servername SPRING --remote-expr g:ticks)" = 20'
check 'a job is heard' wait_for sh -c 'vim --servername SPRING --remote-expr "string(g:said)" | grep -q "from the job"'
xdotool mousemove 300 200
xdotool type --delay 20 'ityped'
xdotool key Escape
xdotool type --delay 20 ':wq'
xdotool key Return
check 'what was typed is written' wait_for grep -qx typed text.txt
bindings
