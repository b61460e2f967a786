/* misuse_constructors.c - convenience functions called without a function, builtin sources dispatched without a
 * callback, channels used wrongly, and refused pipe flags: what is printed, letter for letter, and what is returned.
 *
 * The contract's tables "Dispatch without callback", "Convenience constructors", "GIOChannel" (references, flags,
 * watches and the calls that bypass its buffers) and "glib-unix".
 */
#include "sources.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- no function ------------------------------------------------------------------------------------------------- */

TWIN (timeouts_need_a_function, "MU-004 TM-017")
{
    trace ("%u", g_timeout_add (10, NULL, NULL));
    trace ("%u", g_timeout_add_full (5, 10, NULL, "data", notified));
    trace ("%u", g_timeout_add_once (10, NULL, NULL));
    trace ("%u", g_timeout_add_seconds (10, NULL, NULL));
    log_hold ();
    trace ("%u", g_timeout_add_seconds_full (5, 10, NULL, "data", notified));
    since (2, 78, "GLib-CRITICAL g_timeout_add_seconds_full: assertion 'function != NULL' failed",
           "GLib-CRITICAL timeout_add_full: assertion 'function != NULL' failed", log_held ());
    turn (NULL);
}

#if GLIB_CHECK_VERSION (2, 90, 0)
OWN (seconds_once_needs_a_function, "MU-004 TM-017", "g_timeout_add_seconds_once is newer than the oracle")
{
    log_hold ();
    expect (g_timeout_add_seconds_once (1, NULL, NULL) == 0);
    expect (strcmp (log_held (), "GLib-CRITICAL timeout_add_full: assertion 'function != NULL' failed") == 0);
}
#endif

TWIN (idles_need_a_function, "MU-004 TM-017")
{
    trace ("%u", g_idle_add (NULL, NULL));
    trace ("%u", g_idle_add_full (5, NULL, "data", notified));
    trace ("%u", g_idle_add_once (NULL, NULL));
    turn (NULL);
}

TWIN (descriptor_sources_need_a_function, "MU-004 TM-017")
{
    trace ("%u", g_unix_fd_add (0, G_IO_IN, NULL, NULL));
    trace ("%u", g_unix_fd_add_full (5, 0, G_IO_IN, NULL, "data", notified));
    turn (NULL);
}

static gboolean
watch_call (GIOChannel *channel, GIOCondition condition, gpointer name)
{
    (void) channel, (void) condition;
    return call_once (name);
}

TWIN (watches_need_a_channel, "MU-004 IO-110 IO-117")
{
    trace ("%u", g_io_add_watch (NULL, G_IO_IN, watch_call, NULL));
    trace ("%u", g_io_add_watch_full (NULL, 5, G_IO_IN, watch_call, "data", notified));
    trace ("%s", yes (g_io_create_watch (NULL, G_IO_IN) != NULL));
}

/* ---- no callback ------------------------------------------------------------------------------------------------- */

TWIN (every_builtin_source_tells_when_it_has_no_callback, "MU-005 CB-003")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GIOChannel   *channel;
    GSource      *sources[6];

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[1]);
    sources[0] = g_idle_source_new ();
    sources[1] = g_timeout_source_new (0);
    sources[2] = g_timeout_source_new_seconds (0);
    sources[3] = g_unix_fd_source_new (ends[1], G_IO_OUT);
    sources[4] = g_io_create_watch (channel, G_IO_OUT);
    sources[5] = with_callback (g_idle_source_new (), NULL, "with data only", notified);
    for (size_t i = 0; i < G_N_ELEMENTS (sources); i++) {
        g_source_set_ready_time (sources[i], 0);
        g_source_attach (sources[i], context);
        turn (context);
        trace ("destroyed %s", yes (g_source_is_destroyed (sources[i])));
        g_source_unref (sources[i]);
    }
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    pipe_close (ends);
}

/* ---- channels ---------------------------------------------------------------------------------------------------- */

TWIN (null_channel_is_refused, "MU-006 IO-009 IO-016 IO-020")
{
    GError *error = NULL;

    trace ("ref %s", yes (g_io_channel_ref (NULL) != NULL));
    g_io_channel_unref (NULL);
    trace ("flags %d", (int) g_io_channel_get_flags (NULL));
    trace ("set flags %d", (int) g_io_channel_set_flags (NULL, G_IO_FLAG_NONBLOCK, &error));
    trace ("buffer size %d", (int) g_io_channel_get_buffer_size (NULL));
    g_io_channel_set_buffer_size (NULL, 100);
    trace ("buffered %d", g_io_channel_get_buffered (NULL));
    g_io_channel_set_buffered (NULL, TRUE);
    trace ("close on unref %d", g_io_channel_get_close_on_unref (NULL));
    g_io_channel_set_close_on_unref (NULL, TRUE);
    trace ("encoding %s", or_none (g_io_channel_get_encoding (NULL)));
    trace ("shutdown %d", (int) g_io_channel_shutdown (NULL, TRUE, &error));
    trace ("error %s", yes (error != NULL));
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
TWIN (old_calls_check_channel_count_and_buffer, "MU-006")
{
    int         ends[2];
    GIOChannel *channel;
    gsize       count = 77;
    char        buffer[4];

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    trace ("read %d", (int) g_io_channel_read (NULL, buffer, 4, &count));
    trace ("write %d", (int) g_io_channel_write (NULL, buffer, 4, &count));
    trace ("seek %d", (int) g_io_channel_seek (NULL, 0, G_SEEK_SET));
    g_io_channel_close (NULL);
    trace ("read %d", (int) g_io_channel_read (channel, buffer, 4, NULL));
    trace ("write %d", (int) g_io_channel_write (channel, buffer, 4, NULL));
    trace ("read %d", (int) g_io_channel_read (channel, NULL, 4, &count));
    trace ("seek %d", (int) g_io_channel_seek (channel, 0, G_SEEK_SET));
    g_io_channel_unref (channel);
    pipe_close (ends);
}
G_GNUC_END_IGNORE_DEPRECATIONS

TWIN (error_passed_in_must_be_unset, "MU-006 IO-021")
{
    int         ends[2];
    GIOChannel *channel;
    GError     *error = g_error_new_literal (G_IO_CHANNEL_ERROR, 0, "already set");

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    trace ("set flags %d", (int) g_io_channel_set_flags (channel, 0, &error));
    trace ("error kept: %s", error->message);
    trace ("non-blocking still %s", yes (fcntl (ends[0], F_GETFL) & O_NONBLOCK));
    g_error_free (error);
    g_io_channel_unref (channel);
    pipe_close (ends);
}

TWIN (flags_of_a_bad_descriptor_warn_and_fail, "MU-006 IO-004 IO-020 IO-022")
{
    GIOChannel *channel = g_io_channel_unix_new (-1);
    GError     *error = NULL;

    trace ("seekable %d", (int) g_io_channel_get_flags (channel) & G_IO_FLAG_IS_SEEKABLE);
    trace ("set flags %d", (int) g_io_channel_set_flags (channel, G_IO_FLAG_NONBLOCK, &error));
    trace ("domain %s, code %d, message %s", g_quark_to_string (error->domain), error->code, error->message);
    g_error_free (error);
    g_io_channel_unref (channel);
}

TWIN (errno_becomes_a_channel_error, "MU-006 IO-091")
{
    static const int numbers[] = { EFBIG, EINVAL, EIO,   EISDIR, ENOSPC, ENXIO, EOVERFLOW, EPIPE,
                                   EBADF, EFAULT, EAGAIN, EPERM,  0 };

    for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++)
        trace ("%d -> %d", numbers[i], (int) g_io_channel_error_from_errno (numbers[i]));
}

TWIN (buffering_can_be_changed_without_encoding_only, "MU-006 IO-031")
{
    int         ends[2];
    GIOChannel *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    g_io_channel_set_buffered (channel, TRUE);
    g_io_channel_unref (channel);
    pipe_close (ends);
}

/* ---- pipes ------------------------------------------------------------------------------------------------------- */

static void
tell_refused_flags (int flags)
{
    int     ends[2] = { -5, -5 };
    GError *error = NULL;

    log_hold ();
    trace ("opened %s", yes (g_unix_open_pipe (ends, flags, &error)));
    since (2, 78, "GLib-CRITICAL g_unix_open_pipe: assertion '(flags & (FD_CLOEXEC)) == flags' failed",
           "GLib-CRITICAL g_unix_open_pipe: assertion '(flags & (O_CLOEXEC | FD_CLOEXEC | O_NONBLOCK)) == flags' failed",
           log_held ());
    trace ("ends %d %d, error %s", ends[0], ends[1], yes (error != NULL));
}

TWIN (other_pipe_flags_are_refused, "MU-007 GU-001")
{
    tell_refused_flags (O_APPEND);
    tell_refused_flags (O_APPEND | FD_CLOEXEC);
    tell_refused_flags (-1);
}
