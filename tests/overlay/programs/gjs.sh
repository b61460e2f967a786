#!/bin/sh
# gjs.sh - a script for GNOME's JavaScript: promises, timers of both kinds, a subprocess, a file monitor.
. "$(dirname "$0")/lib.sh"
cat > program.js <<'P'
const { Gio, GLib } = imports.gi;
Gio._promisify(Gio.Subprocess.prototype, 'communicate_utf8_async', 'communicate_utf8_finish');
const loop = new GLib.MainLoop(null, false);
const told = [];
GLib.idle_add(GLib.PRIORITY_HIGH, () => { told.push('idle'); return GLib.SOURCE_REMOVE; });
setTimeout(() => told.push('setTimeout'), 40);
let ticks = 0;
const ticker = setInterval(() => { if (++ticks === 20) clearInterval(ticker); }, 5);
const file = Gio.File.new_for_path('watched');
const monitor = file.monitor(Gio.FileMonitorFlags.NONE, null);
const seen = new Promise(resolve => monitor.connect('changed', (m, f, o, event) => {
    if (event === Gio.FileMonitorEvent.CREATED) resolve('file');
}));
async function main() {
    await new Promise(resolve => setTimeout(resolve, 80));
    GLib.file_set_contents('watched', 'x');
    told.push(await seen);
    const process = Gio.Subprocess.new(['sh', '-c', 'echo words; exit 3'], Gio.SubprocessFlags.STDOUT_PIPE);
    const [words] = await process.communicate_utf8_async(null, null);
    told.push(`subprocess ${words.trim()} ${process.get_exit_status()}`);
    await new Promise(resolve => setTimeout(resolve, 200));
    told.push(ticks >= 5 && ticks <= 20 ? 'ticks' : `${ticks} ticks`);
}
main().catch(error => told.push(`${error}`)).finally(() => loop.quit());
GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 20, () => { told.push('late'); loop.quit(); return false; });
loop.run();
print(told.join(', '));
P
overlay gjs program.js > out
says 'promises, timers, a file and a subprocess come in order' out \
    'idle, setTimeout, file, subprocess words 3, ticks'
bindings
