# lib.sh - what the scripts of this folder share; each of them drives one program of the distribution under the overlay.
#
# Called with MAINSPRING (the command) and DIR (an empty directory, made the working directory here) in the environment. A script prints
# `ok WHAT` or `not ok WHAT` for everything it looks at. The program is run by `overlay`, which has the dynamic
# linker write down every binding; `bindings` then holds these against the names of the loop.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$DIR" || exit 2
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
unset G_DEBUG G_MESSAGES_DEBUG LD_PRELOAD LD_LIBRARY_PATH

# check WHAT COMMAND...: the command succeeds.
check () {
    what=$1
    shift
    if "$@" > check.log 2>&1; then echo "ok $what"; else echo "not ok $what"; sed 's/^/# /' check.log; fi
}

# says WHAT FILE TEXT: that is what the file holds.
says () {
    if [ "$(cat "$2")" = "$3" ]; then echo "ok $1"; else echo "not ok $1"; sed 's/^/# /' "$2"; fi
}

# overlay PROGRAM ARGUMENTS...: runs it; its standard error is gathered in `stderr`, and its name in `programs`.
overlay () {
    echo "$1" >> "$DIR/programs"
    LD_DEBUG=bindings LD_DEBUG_OUTPUT="$DIR/bound" "$MAINSPRING" run "$@" 2>> "$DIR/stderr"
}

# own_bus: runs the script a second time, on a bus that knows no services it could start.
own_bus () {
    if [ -n "${OWN_BUS:-}" ]; then return; fi
    cat > bus.conf <<'C'
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
C
    OWN_BUS=1 exec dbus-run-session --config-file=bus.conf -- "$here/$(basename "$0")"
}

# display: an X server of its own, until the script ends.
display () {
    Xvfb -displayfd 3 -screen 0 640x480x24 3> display 2> xvfb.log &
    server=$!
    trap 'kill $server' EXIT
    wait_for test -s display
    DISPLAY=:$(cat display)
    export DISPLAY GTK_A11Y=none NO_AT_BRIDGE=1 GDK_BACKEND=x11
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
