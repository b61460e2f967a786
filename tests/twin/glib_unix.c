/* glib_unix.c - pipes and blocking modes of glib-unix.h: flags, failures and which descriptor numbers are taken
 * (section 26). Its sources are in descriptors.c.
 */
#include "sources.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
tell_flags (const char *what, int fd)
{
    trace ("%s: close-on-exec %s, non-blocking %s", what, yes (fcntl (fd, F_GETFD) & FD_CLOEXEC),
           yes (fcntl (fd, F_GETFL) & O_NONBLOCK));
}

static void
tell_pipe (int flags)
{
    int     ends[2] = { -5, -5 };
    char    byte = 'y';
    GError *error = NULL;

    trace ("opened %s", yes (g_unix_open_pipe (ends, flags, &error)));
    trace ("error %s", yes (error != NULL));
    tell_flags ("reading end", ends[0]);
    tell_flags ("writing end", ends[1]);
    feed (ends[1]);
    trace ("passes data %s", yes (read (ends[0], &byte, 1) == 1 && byte == 'x'));
    pipe_close (ends);
}

TWIN (pipe_without_flags_is_plain, "GU-001")
{
    tell_pipe (0);
}

TWIN (close_on_exec_applies_to_both_ends, "GU-001")
{
    tell_pipe (FD_CLOEXEC);
}

#if GLIB_CHECK_VERSION (2, 90, 0)
static int debug_messages;

static void
count_migration_hint (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    (void) domain, (void) level, (void) data;
    debug_messages += strcmp (message, "g_unix_open_pipe() called with FD_CLOEXEC; please migrate to using O_CLOEXEC "
                                       "instead") == 0;
}

OWN (open_flags_are_accepted_and_fd_cloexec_draws_a_hint, "GU-001", "O_CLOEXEC and O_NONBLOCK are refused by the oracle")
{
    static const int flags[] = { O_CLOEXEC, O_NONBLOCK, O_CLOEXEC | O_NONBLOCK, FD_CLOEXEC | O_NONBLOCK };
    guint            handler = g_log_set_handler ("GLib", G_LOG_LEVEL_DEBUG, count_migration_hint, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS (flags); i++) {
        int ends[2];

        expect (g_unix_open_pipe (ends, flags[i], NULL));
        for (int end = 0; end < 2; end++) {
            expect (((fcntl (ends[end], F_GETFL) & O_NONBLOCK) != 0) == ((flags[i] & O_NONBLOCK) != 0));
            expect (((fcntl (ends[end], F_GETFD) & FD_CLOEXEC) != 0) == ((flags[i] & (O_CLOEXEC | FD_CLOEXEC)) != 0));
        }
        pipe_close (ends);
    }
    expect (debug_messages == 1);
    g_log_remove_handler ("GLib", handler);
}
#endif

static void
open_pipe_without_room (void)
{
    struct rlimit limit;
    int           ends[2] = { -5, -5 };
    GError       *error = NULL;
    gboolean      opened;

    getrlimit (RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 3;
    setrlimit (RLIMIT_NOFILE, &limit);
    errno = 0;
    opened = g_unix_open_pipe (ends, 0, &error);
    trace ("opened %s, errno kept %s", yes (opened), yes (errno == EMFILE));
    trace ("domain %s %s, code %d, message %s", g_quark_to_string (error->domain), yes (error->domain == G_UNIX_ERROR),
           error->code, yes (strcmp (error->message, strerror (EMFILE)) == 0));
    g_error_free (error);
    trace ("without a place for the error: %s", yes (g_unix_open_pipe (ends, 0, NULL)));
}

TWIN (failed_pipe_gives_a_unix_error_and_keeps_errno, "GU-002")
{
    trace ("%s", in_child (open_pipe_without_room));
}

static void
open_pipe_on_standard_numbers (void)
{
    int out = high_copy (STDOUT_FILENO);
    int ends[2];
    gboolean opened;

    close (0);
    close (1);
    close (2);
    opened = g_unix_open_pipe (ends, 0, NULL);
    dup2 (out, STDOUT_FILENO);
    trace ("opened %s: %d %d", yes (opened), ends[0], ends[1]);
}

TWIN (lowest_free_numbers_are_taken_even_the_standard_ones, "GU-003")
{
    trace ("%s", in_child (open_pipe_on_standard_numbers));
}

TWIN (blocking_mode_is_changed_and_nothing_else, "GU-004")
{
    GError *error = NULL;
    int     ends[2];
    int     before;

    pipe_open (ends);
    before = fcntl (ends[1], F_GETFL);
    fcntl (ends[1], F_SETFL, before | O_APPEND);
    trace ("off %s", yes (g_unix_set_fd_nonblocking (ends[1], FALSE, &error)));
    tell_flags ("off", ends[1]);
    trace ("off again %s", yes (g_unix_set_fd_nonblocking (ends[1], FALSE, &error)));
    trace ("on %s", yes (g_unix_set_fd_nonblocking (ends[1], 2, &error)));
    tell_flags ("on", ends[1]);
    trace ("all else kept %s", yes (fcntl (ends[1], F_GETFL) == (before | O_APPEND)));
    trace ("error %s", yes (error != NULL));
    pipe_close (ends);
}

TWIN (blocking_mode_of_a_closed_descriptor_fails_with_ebadf, "GU-004 GU-002")
{
    GError *error = NULL;

    errno = 0;
    trace ("%s", yes (g_unix_set_fd_nonblocking (-1, TRUE, &error)));
    trace ("errno kept %s", yes (errno == EBADF));
    trace ("domain %s, code %d, message %s", g_quark_to_string (error->domain), error->code,
           yes (strcmp (error->message, strerror (EBADF)) == 0));
    g_error_free (error);
    trace ("%s", yes (g_unix_set_fd_nonblocking (-1, TRUE, NULL)));
}

TWIN (error_domains_have_their_names, "GU-002 IO-022")
{
    trace ("%s", g_quark_to_string (g_unix_error_quark ()));
    trace ("%s", g_quark_to_string (g_io_channel_error_quark ()));
    trace ("%s", yes (G_UNIX_ERROR == g_unix_error_quark () && G_IO_CHANNEL_ERROR == g_io_channel_error_quark ()));
}
