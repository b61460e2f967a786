# lib.sh - what the scripts of this folder share; each of them drives one program of the distribution under the overlay.
#
# Called with MAINSPRING (the command) and DIR (an empty directory, made the working directory here) in the environment. A script prints
# `ok WHAT` or `not ok WHAT` for everything it looks at. The program is run by `overlay`, which has the dynamic
# linker write down every binding; `bindings` then holds these against the names of the loop.
set -u
cd "$DIR" || exit 2
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
unset G_DEBUG G_MESSAGES_DEBUG LD_PRELOAD LD_LIBRARY_PATH

# check WHAT COMMAND...: the command succeeds.
check () {
    what=$1
    shift
    if "$@" > check.log 2>&1; then echo "ok $what"; else echo "not ok $what"; sed 's/^/# /' check.log; fi
}

# overlay PROGRAM ARGUMENTS...: runs it; its standard error is gathered in `stderr`.
overlay () {
    LD_DEBUG=bindings LD_DEBUG_OUTPUT="$DIR/bound" "$MAINSPRING" run "$@" 2>> "$DIR/stderr"
}

# wait_for COMMAND...: until it succeeds, for ten seconds at most.
wait_for () {
    for _ in $(seq 100); do
        if "$@" > wait.log 2>&1; then return 0; fi
        sleep 0.1
    done
    cat wait.log
    return 1
}

loop_names='g_(main|source|idle|timeout|child_watch|io|unix)_[a-z_0-9]*'

# Some name of the loop is bound to the overlay, and none to libglib but by libglib itself. What is looked up through a handle of libgobject's
# is written down as libgobject's binding to libglib, wherever it leads: that is looked at in pygobject.sh.
bound_rightly () {
    ls bound.* > /dev/null &&
        cat bound.* | grep -Eq "to [^ ]*libmainspring-overlay[^ ]* .*symbol .$loop_names'" &&
        ! cat bound.* | grep -E "to [^ ]*libglib-2[^ ]* .*symbol .$loop_names'" | grep -Ev 'binding file [^ ]*lib(glib|gobject)-2'
}

silent () {
    ! grep -E 'GLib(-[A-Za-z]*)?-(CRITICAL|WARNING|ERROR)' stderr
}

# To be called last.
bindings () {
    check 'every loop function is bound to the overlay' bound_rightly
    check 'GLib complains of nothing' silent
}
