/* loop.c - a program that has a loop and nothing to do: what a library costs those who only link with it.
 *
 * "loop start" ends as soon as the loop has turned once; "loop stay" waits in it, for its memory to be looked at. Built
 * three times: on a library with GLib's interface, with BARE on epoll alone, with FLOOR on nothing, which is what every
 * program costs. xtask/src/footprint.rs runs it.
 */
#include <string.h>
#include <unistd.h>

#if defined FLOOR

static void
turn (void)
{
}

static void
stay (void)
{
    pause ();
}

#elif defined BARE

#include <sys/epoll.h>

static int set = -1;

static void
turn (void)
{
    struct epoll_event event;

    set = epoll_create1 (EPOLL_CLOEXEC);
    (void) epoll_wait (set, &event, 1, 0);
}

static void
stay (void)
{
    struct epoll_event event;

    (void) epoll_wait (set, &event, 1, -1);
}

#else

#include <glib.h>

static gboolean
once (gpointer loop)
{
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

static void
turn (void)
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);

    g_idle_add (once, loop);
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
}

static void
stay (void)
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);

    g_timeout_add_seconds (3600, once, loop);
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
}

#endif

int
main (int argc, char **argv)
{
    turn ();
    if (argc > 1 && strcmp (argv[1], "stay") == 0) {
        if (write (STDOUT_FILENO, "ready\n", 6) != 6)
            return 1;
        stay ();
    }
    return 0;
}
