"""Python's asyncio on GLib's main loop, by the event loop that PyGObject brings (`gi.events`, since 3.50).

Prints what has come, in order; PyGObject that has no such event loop ends with status 77.
"""
import asyncio
import os
import sys
import threading

from gi.repository import GLib

try:
    from gi.events import GLibEventLoopPolicy
except ImportError:
    sys.exit(77)

told = []


async def serve(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    GLib.timeout_add(1, lambda: told.append("GLib's timer") or False)
    await asyncio.sleep(0.05)
    path = os.path.join(os.environ["DIR"], "socket")
    server = await asyncio.start_unix_server(serve, path)
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"line\n")
    told.append("stream " + (await reader.readline()).decode().strip())
    writer.close()
    server.close()
    many = await asyncio.gather(*(asyncio.sleep(0.001 * (i % 7), i) for i in range(2000)))
    told.append("%d sleepers" % len(many))
    called = asyncio.Event()
    threading.Timer(0.05, loop.call_soon_threadsafe, (called.set,)).start()
    await called.wait()
    told.append("thread")
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 0.02)
    except asyncio.TimeoutError:
        told.append("late")
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "echo words; exit 3", stdout=asyncio.subprocess.PIPE)
    told.append("child %s %d" % ((await process.communicate())[0].decode().strip(), process.returncode))


policy = GLibEventLoopPolicy()
loop = policy.get_event_loop()
loop.run_until_complete(main())
print(type(loop).__name__, *told, sep=", ")
