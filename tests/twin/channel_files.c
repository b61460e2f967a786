/* channel_files.c - channels on files: modes, failures, flags (section 24: IO-005 to IO-008, IO-020 to IO-022).
 *
 * Read next: channel.h.
 */
#include "channel.h"

#include <stdlib.h>
#include <sys/stat.h>

/* The name of a scratch file that exists, or not. Static. */
static const char *
scratch_name (gboolean exists)
{
    static char name[] = "/tmp/twin-channel-XXXXXX";
    int         fd;

    strcpy (name + sizeof name - 7, "XXXXXX");
    fd = mkstemp (name);
    if (fd < 0)
        twin_give_up ("mkstemp");
    put_bytes (fd, "0123456789");
    close (fd);
    if (!exists)
        unlink (name);
    return name;
}

static void
tell_file (const char *name)
{
    FILE *file = fopen (name, "r");

    if (file == NULL) {
        trace ("there is no file");
    } else {
        tell_content (file);
        fclose (file);
    }
    unlink (name);
}

static void
open_and_use (const char *name, const char *mode)
{
    GError     *error = NULL;
    GIOChannel *channel = g_io_channel_new_file (name, mode, &error);
    GIOFlags    flags;

    trace ("%s: %s %s", mode, channel != NULL ? "opened" : "not opened", error_text (&error));
    if (channel == NULL)
        return;
    flags = g_io_channel_get_flags (channel);
    trace ("  flags %d, closes %d, fields %d %d %d, encoding %s", (int) flags,
           g_io_channel_get_close_on_unref (channel), channel->is_readable, channel->is_writeable,
           channel->is_seekable, g_io_channel_get_encoding (channel));
    if (flags & G_IO_FLAG_IS_READABLE)
        read_some (channel, 4);
    if (flags & G_IO_FLAG_IS_WRITABLE)
        write_text (channel, "abc", -1);
    g_io_channel_unref (channel);
}

TWIN (modes_of_files, "IO-005 IO-008 IO-001")
{
    static const char *const modes[] = { "r", "w", "a", "r+", "w+", "a+" };

    umask (022);
    for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
        for (int exists = 1; exists >= 0; exists--) {
            const char *name = scratch_name (exists);
            int         before = open_descriptors ();
            struct stat status;

            trace ("%s file", exists ? "existing" : "new");
            open_and_use (name, modes[i]);
            if (!exists && stat (name, &status) == 0)
                trace ("permissions %o", status.st_mode & 0777);
            trace ("descriptors more: %d", open_descriptors () - before);
            tell_file (name);
        }
}

TWIN (other_modes_are_warned_of_and_leave_the_error_unset, "IO-006 MU-003")
{
    static const char *const modes[] = { "rb", "", "r+b", "wx", "+r", "R", "rw", "r++", "x" };
    const char              *name = scratch_name (TRUE);

    for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
        open_and_use (name, modes[i]);
    tell_file (name);
}

TWIN (failed_opens_say_why, "IO-007")
{
    open_and_use ("/no such folder/file", "r");
    open_and_use ("/no such folder/file", "w");
    open_and_use ("/", "w");
    open_and_use ("/", "r+");
    open_and_use ("", "r");
    trace ("without a place %s", yes (g_io_channel_new_file ("/no such file", "r", NULL) != NULL));
}

TWIN (folders_open_and_fail_when_read, "IO-007")
{
    open_and_use ("/", "r");
}

TWIN (file_is_closed_with_its_channel, "IO-008 IO-012")
{
    const char *name = scratch_name (TRUE);
    int         before = open_descriptors ();
    GIOChannel *channel = g_io_channel_new_file (name, "r", NULL);
    int         flags = fcntl (g_io_channel_unix_get_fd (channel), F_GETFD);

    since (2, 76, "inherited", "closed on exec", flags & FD_CLOEXEC ? "closed on exec" : "inherited");
    trace ("more: %d", open_descriptors () - before);
    shut_down (channel, TRUE);
    trace ("more: %d", open_descriptors () - before);
    g_io_channel_unref (channel);
    unlink (name);
}

TWIN (lines_of_a_file_and_back, "IO-061 IO-005")
{
    const char *name = scratch_name (FALSE);
    GIOChannel *channel = g_io_channel_new_file (name, "w", NULL);

    for (int i = 0; i < 400; i++) {
        char line[40];

        snprintf (line, sizeof line, "line %d %s\r\n", i, i % 7 == 0 ? "caf\xc3\xa9" : "");
        g_io_channel_write_chars (channel, line, -1, NULL, NULL);
    }
    g_io_channel_unref (channel);
    channel = g_io_channel_new_file (name, "r", NULL);
    g_io_channel_set_buffer_size (channel, 50);
    while (read_a_line (channel) == G_IO_STATUS_NORMAL)
        continue;
    g_io_channel_unref (channel);
    unlink (name);
}

/* ---- flags ------------------------------------------------------------------------------------------------------- */

TWIN (set_flags_clears_other_settable_flags_too, "IO-021")
{
    FILE       *file = scratch_file ("x");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));
    GError     *error = NULL;
    GIOStatus   status;

    fcntl (fileno (file), F_SETFL, O_NOATIME | O_NONBLOCK);
    trace ("before: noatime %s", yes ((fcntl (fileno (file), F_GETFL) & O_NOATIME) != 0));
    status = g_io_channel_set_flags (channel, G_IO_FLAG_APPEND, &error);
    trace ("%s %s", status_text (status), error_text (&error));
    trace ("after: noatime %s, append %s, nonblock %s", yes ((fcntl (fileno (file), F_GETFL) & O_NOATIME) != 0),
           yes ((fcntl (fileno (file), F_GETFL) & O_APPEND) != 0),
           yes ((fcntl (fileno (file), F_GETFL) & O_NONBLOCK) != 0));
    trace ("flags %d", (int) g_io_channel_get_flags (channel));
    trace ("%s", status_text (g_io_channel_set_flags (channel, G_IO_FLAG_MASK, NULL)));
    trace ("flags %d", (int) g_io_channel_get_flags (channel));
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (set_flags_on_a_closed_descriptor_fails, "IO-022 IO-091 MU-003")
{
    int         ends[2], closed;
    GIOChannel *channel;
    GError     *error = NULL;
    GIOStatus   status;

    pipe_open (ends);
    closed = high_copy (ends[0]);
    channel = g_io_channel_unix_new (closed);
    close (closed);
    status = g_io_channel_set_flags (channel, G_IO_FLAG_NONBLOCK, &error);
    trace ("%s %s", status_text (status), error_text (&error));
    g_io_channel_unref (channel);
    pipe_close (ends);
}
