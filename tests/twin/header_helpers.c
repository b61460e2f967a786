/* header_helpers.c - the helpers that live in headers: stealing and clearing handles and descriptors, pipes with
 * automatic clearing, and the automatic cleanups of the loop's types (section 27).
 *
 * Compiled by the test's compiler from the headers under test, so both compilers must be tried. Read next:
 * glib_unix.c.
 */
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#ifdef __clang__
/* The checks inside the macro are allowed to be newer than the language of these programs. */
#pragma clang diagnostic ignored "-Wc11-extensions"
#endif

TWIN (steal_fd_takes_the_value_and_keeps_errno, "HD-001")
{
    int fd = 1234;
    int stolen;

    errno = ENOTTY;
    stolen = g_steal_fd (&fd);
    trace ("stolen %d, left %d, errno kept %s", stolen, fd, yes (errno == ENOTTY));
    trace ("again %d, left %d", g_steal_fd (&fd), fd);
    fd = -7;
    stolen = g_steal_fd (&fd);
    trace ("negative %d, left %d", stolen, fd);
}

static guint  cleared_handle;
static guint *handle_place;

static void
clear_and_tell (guint handle)
{
    trace ("cleared %u, the place already holds %u", handle, *handle_place);
    cleared_handle = handle;
}

TWIN (clear_handle_id_empties_the_place_before_the_call, "HD-003")
{
    guint handle = 17;

    handle_place = &handle;
    g_clear_handle_id (&handle, clear_and_tell);
    g_clear_handle_id (&handle, clear_and_tell);
    trace ("macro: left %u", handle);
    handle = 18;
    (g_clear_handle_id) (&handle, clear_and_tell);
    (g_clear_handle_id) (&handle, clear_and_tell);
    trace ("function: left %u", handle);
}

TWIN (clear_handle_id_removes_a_source, "HD-003 ID-006")
{
    guint handle = g_idle_add_full (0, call_again, "idle", notified);

    g_clear_handle_id (&handle, g_source_remove);
    g_clear_handle_id (&handle, g_source_remove);
    trace ("left %u", handle);
}

static GMainContext *
scoped_context (void)
{
    g_autoptr (GMainContext) context = g_main_context_new ();
    g_autoptr (GMainContext) none = NULL;
    g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
    g_autoptr (GMainLoop) no_loop = NULL;
    g_autoptr (GSource) source = PROBE_SOURCE (probe_new ("scoped", 0));
    g_autoptr (GSource) no_source = NULL;
    g_autoptr (GIOChannel) channel = g_io_channel_unix_new (0);
    g_autoptr (GIOChannel) no_channel = NULL;
    g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (context);

    (void) none, (void) no_loop, (void) no_source, (void) no_channel;
    trace ("thread default %s", yes (g_main_context_get_thread_default () == context));
    trace ("pusher is the context %s", yes ((gpointer) pusher == (gpointer) context));
    g_source_attach (source, context);
    g_io_channel_set_close_on_unref (channel, FALSE);
    return g_main_loop_get_context (loop) == context ? g_main_context_ref (context) : NULL;
}

TWIN (scope_end_cleans_up_and_ignores_null, "HD-006 TD-011")
{
    GMainContext *context = scoped_context ();

    trace ("thread default %s", yes (g_main_context_get_thread_default () != NULL));
    trace ("owner %s", yes (g_main_context_is_owner (context)));
    g_main_context_unref (context);
    trace ("end");
}

#if GLIB_CHECK_VERSION (2, 90, 0)

OWN (steal_handle_id_takes_the_value, "HD-002", "g_steal_handle_id is newer than the oracle")
{
    unsigned int handle = 5;

    expect (g_steal_handle_id (&handle) == 5);
    expect (handle == 0);
    expect (g_steal_handle_id (&handle) == 0);
}

static gboolean
is_open (int fd)
{
    return fcntl (fd, F_GETFD) >= 0;
}

OWN (clear_fd_closes_once, "HD-004", "g_clear_fd is newer than the oracle")
{
    GError *error = NULL;
    int     fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    int     number = fd;

    expect (g_clear_fd (&fd, &error) && error == NULL);
    expect (fd == -1 && !is_open (number));
    expect (g_clear_fd (&fd, &error) && error == NULL);
    fd = -9;
    expect (g_clear_fd (&fd, NULL));
    fd = number; /* closed already */
    expect (!g_clear_fd (&fd, &error));
    expect (fd == -1 && error != NULL);
    g_clear_error (&error);
}

static int scoped_fd;
static int scoped_ends[2];

static void
scope_of_pipe_and_fd (void)
{
    g_autofd int      fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    g_auto (GUnixPipe) pair = G_UNIX_PIPE_INIT;

    expect (g_unix_pipe_open (&pair, O_CLOEXEC, NULL));
    scoped_fd = fd;
    scoped_ends[0] = g_unix_pipe_get (&pair, G_UNIX_PIPE_END_READ);
    scoped_ends[1] = g_unix_pipe_get (&pair, G_UNIX_PIPE_END_WRITE);
}

OWN (unix_pipe_is_opened_stolen_closed_and_cleared, "HD-005", "GUnixPipe is newer than the oracle")
{
    GUnixPipe pair = G_UNIX_PIPE_INIT;
    GError   *error = NULL;
    int       reader, writer;

    expect (pair.fds[0] == -1 && pair.fds[1] == -1);
    expect (g_unix_pipe_get (&pair, G_UNIX_PIPE_END_READ) == -1);
    expect (g_unix_pipe_open (&pair, O_CLOEXEC | O_NONBLOCK, &error) && error == NULL);
    reader = g_unix_pipe_get (&pair, G_UNIX_PIPE_END_READ);
    writer = g_unix_pipe_get (&pair, G_UNIX_PIPE_END_WRITE);
    expect (reader == pair.fds[0] && writer == pair.fds[1]);
    expect (fcntl (reader, F_GETFD) == FD_CLOEXEC && (fcntl (writer, F_GETFL) & O_NONBLOCK) != 0);
    expect (g_unix_pipe_steal (&pair, G_UNIX_PIPE_END_READ) == reader);
    expect (pair.fds[0] == -1 && is_open (reader));
    expect (g_unix_pipe_steal (&pair, G_UNIX_PIPE_END_READ) == -1);
    expect (g_unix_pipe_close (&pair, G_UNIX_PIPE_END_WRITE, &error) && error == NULL);
    expect (pair.fds[1] == -1 && !is_open (writer));
    expect (g_unix_pipe_close (&pair, G_UNIX_PIPE_END_WRITE, &error));
    pair.fds[0] = reader;
    pair.fds[1] = writer; /* closed already: the error is ignored */
    errno = ENOTTY;
    g_unix_pipe_clear (&pair);
    expect (errno == ENOTTY);
    expect (pair.fds[0] == -1 && pair.fds[1] == -1 && !is_open (reader));
    scope_of_pipe_and_fd ();
    expect (!is_open (scoped_fd) && !is_open (scoped_ends[0]) && !is_open (scoped_ends[1]));
}
#endif
