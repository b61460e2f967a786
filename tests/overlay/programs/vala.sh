#!/bin/sh
# vala.sh - a Vala program with asynchronous methods and threads, compiled here.
. "$(dirname "$0")/lib.sh"
cat > program.vala <<'P'
async void nap (uint milliseconds) {
    Timeout.add (milliseconds, nap.callback);
    yield;
}
async string think (string words) throws ThreadError {
    SourceFunc back = think.callback;
    string result = "";
    new Thread<bool> ("thinker", () => {
        Thread.usleep (20000);
        result = words.up ();
        Idle.add ((owned) back);
        return true;
    });
    yield;
    return result;
}
async void work (MainLoop loop) {
    try {
        yield nap (20);
        print ("napped\n");
        print ("thought %s\n", yield think ("words"));
        var process = new Subprocess (SubprocessFlags.STDOUT_PIPE, "sh", "-c", "echo out; exit 3");
        string said;
        yield process.communicate_utf8_async (null, null, out said, null);
        print ("subprocess %s %d\n", said.strip (), process.get_exit_status ());
        for (var i = 0; i < 500; i++) {
            Idle.add (work.callback);
            yield;
        }
        print ("turned\n");
    } catch (Error error) {
        print ("%s\n", error.message);
    }
    loop.quit ();
}
void main () {
    var loop = new MainLoop ();
    work.begin (loop);
    loop.run ();
}
P
check 'it compiles' valac --pkg gio-2.0 -o program program.vala
overlay ./program > out
check 'asynchronous methods go on where they were' \
    test "$(tr '\n' ' ' < out)" = 'napped thought WORDS subprocess out 3 turned '
bindings
