/* misuse_channel.c - GIOChannel called wrongly: what is printed, what is returned, what is left alone (section GIOChannel of
 * the misuse table).
 *
 * The warnings that come with data (invalid text, mixing, seek types, modes) are told where the data is: channel_write.c,
 * channel_encodings.c, channel_seek.c, channel_files.c. Read next: channel.h.
 */
#include "channel.h"

TWIN (null_channel_is_refused_by_what_asks, "MU-003")
{
    gint length = 7;

    trace ("%s", yes (g_io_channel_ref (NULL) != NULL));
    g_io_channel_unref (NULL);
    trace ("%s", or_none (g_io_channel_get_line_term (NULL, &length)));
    trace ("length %d", length);
    trace ("%s", or_none (g_io_channel_get_encoding (NULL)));
    trace ("%d", (int) g_io_channel_get_flags (NULL));
    trace ("%d", (int) g_io_channel_get_buffer_size (NULL));
    trace ("%d", g_io_channel_get_buffered (NULL));
    trace ("%d", g_io_channel_get_close_on_unref (NULL));
}

TWIN (null_channel_is_refused_by_what_sets, "MU-003")
{
    g_io_channel_set_buffer_size (NULL, 5);
    g_io_channel_set_buffered (NULL, TRUE);
    g_io_channel_set_close_on_unref (NULL, TRUE);
    g_io_channel_set_line_term (NULL, "x", 1);
    trace ("%d", (int) g_io_channel_set_flags (NULL, 0, NULL));
    trace ("%d", (int) g_io_channel_set_encoding (NULL, NULL, NULL));
    trace ("%d", (int) g_io_channel_shutdown (NULL, TRUE, NULL));
}

TWIN (null_channel_is_refused_by_what_reads_and_writes, "MU-003")
{
    GString *string = g_string_new ("kept");
    char    *text = NULL, byte = 'x';
    gsize    length = 7, place = 7;
    gunichar character = 7;

    trace ("%d", (int) g_io_channel_read_chars (NULL, &byte, 1, &length, NULL));
    trace ("%d", (int) g_io_channel_read_unichar (NULL, &character, NULL));
    trace ("%d", (int) g_io_channel_read_line (NULL, &text, &length, &place, NULL));
    trace ("%d", (int) g_io_channel_read_line_string (NULL, string, &place, NULL));
    trace ("%d", (int) g_io_channel_read_to_end (NULL, &text, &length, NULL));
    trace ("%d", (int) g_io_channel_write_chars (NULL, "x", 1, &length, NULL));
    trace ("%d", (int) g_io_channel_write_unichar (NULL, 'x', NULL));
    trace ("%d", (int) g_io_channel_flush (NULL, NULL));
    trace ("%d", (int) g_io_channel_seek_position (NULL, 0, G_SEEK_SET, NULL));
    trace ("%s %c %d %d %u", string->str, byte, (int) length, (int) place, character);
    g_string_free (string, TRUE);
}

static gboolean
never_called (GIOChannel *channel, GIOCondition condition, gpointer data)
{
    (void) channel, (void) condition, (void) data;
    return G_SOURCE_CONTINUE;
}

TWIN (null_channel_is_not_watched, "MU-003 IO-117")
{
    trace ("%s", yes (g_io_create_watch (NULL, G_IO_IN) != NULL));
    trace ("%u", g_io_add_watch (NULL, G_IO_IN, never_called, NULL));
    trace ("%u", g_io_add_watch_full (NULL, 3, G_IO_IN, NULL, "data", notified));
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
TWIN (null_channel_and_places_are_refused_by_the_old_calls, "MU-003 IO-120 IO-121")
{
    GIOChannel *channel = CHANNEL_OF ("abc");
    char        byte = 'x';
    gsize       length = 7;

    trace ("%d", (int) g_io_channel_read (NULL, &byte, 1, &length));
    trace ("%d", (int) g_io_channel_write (NULL, &byte, 1, &length));
    trace ("%d", (int) g_io_channel_seek (NULL, 0, G_SEEK_SET));
    g_io_channel_close (NULL);
    trace ("%d", (int) g_io_channel_read (channel, &byte, 1, NULL));
    trace ("%d", (int) g_io_channel_read (channel, NULL, 1, &length));
    trace ("%d", (int) g_io_channel_write (channel, &byte, 1, NULL));
    trace ("%d", (int) g_io_channel_seek (channel, 0, G_SEEK_SET));
    trace ("%d", (int) length);
    trace ("%d", (int) g_io_channel_read (channel, NULL, 0, &length));
    trace ("%d", (int) length);
    channel->is_seekable = TRUE;
    trace ("%d", (int) g_io_channel_seek (channel, 0, (GSeekType) 3));
    g_io_channel_unref (channel);
}
G_GNUC_END_IGNORE_DEPRECATIONS

TWIN (places_must_be_there, "MU-003")
{
    GIOChannel *channel = CHANNEL_OF ("abc");
    gsize       length = 7;

    trace ("%d", (int) g_io_channel_read_line (channel, NULL, &length, NULL, NULL));
    trace ("%d", (int) g_io_channel_read_line_string (channel, NULL, &length, NULL));
    trace ("%d", (int) g_io_channel_read_chars (channel, NULL, 1, NULL, NULL));
    trace ("%d", (int) length);
    g_io_channel_unref (channel);
}

TWIN (nothing_is_written_from_nowhere, "MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);
    gsize       length = 7;

    log_hold ();
    trace ("%d", (int) g_io_channel_write_chars (channel, NULL, 1, &length, NULL));
    since (2, 76, "GLib-CRITICAL g_io_channel_write_chars: assertion 'buf != NULL' failed",
           "GLib-CRITICAL g_io_channel_write_chars: assertion 'buf != NULL || count == 0' failed", log_held ());
    g_io_channel_unref (channel);
    close (draining_end);
}

TWIN (errors_that_are_set_are_not_overwritten, "MU-003")
{
    GIOChannel *channel = CHANNEL_OF ("abc");
    GError     *error = g_error_new_literal (G_IO_CHANNEL_ERROR, G_IO_CHANNEL_ERROR_PIPE, "older");
    GString    *string = g_string_new ("kept");
    char       *text = string->str, byte = 'x';

    trace ("%d", (int) g_io_channel_read_chars (channel, &byte, 1, NULL, &error));
    trace ("%d", (int) g_io_channel_read_unichar (channel, NULL, &error));
    trace ("%d", (int) g_io_channel_read_line (channel, &text, NULL, NULL, &error));
    trace ("%d", (int) g_io_channel_read_line_string (channel, string, NULL, &error));
    trace ("%d", (int) g_io_channel_read_to_end (channel, &text, NULL, &error));
    trace ("%d", (int) g_io_channel_write_chars (channel, "x", 1, NULL, &error));
    trace ("%d", (int) g_io_channel_write_unichar (channel, 'x', &error));
    trace ("%d", (int) g_io_channel_flush (channel, &error));
    trace ("%d", (int) g_io_channel_seek_position (channel, 0, G_SEEK_SET, &error));
    trace ("%d", (int) g_io_channel_set_encoding (channel, NULL, &error));
    trace ("%d", (int) g_io_channel_set_flags (channel, 0, &error));
    trace ("%d", (int) g_io_channel_shutdown (channel, TRUE, &error));
    trace ("%s", yes (g_io_channel_new_file ("/dev/null", "r", &error) != NULL));
    trace ("%s %s %c", string->str, text, byte);
    trace ("%s", error_text (&error));
    g_string_free (string, TRUE);
    g_io_channel_unref (channel);
}

TWIN (unreadable_channels_are_not_read, "MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);
    GString    *string = g_string_new ("kept");
    char       *text = string->str, byte = 'x';
    gsize       length = 7, place = 7;
    gunichar    character = 7;

    trace ("%d", (int) g_io_channel_read_chars (channel, &byte, 1, &length, NULL));
    trace ("%d", (int) g_io_channel_read_unichar (channel, &character, NULL));
    trace ("%d", (int) g_io_channel_read_line (channel, &text, &length, &place, NULL));
    trace ("%d", (int) g_io_channel_read_line_string (channel, string, &place, NULL));
    trace ("%d", (int) g_io_channel_read_to_end (channel, &text, &length, NULL));
    trace ("%s %s %c %d %d %u", string->str, text, byte, (int) length, (int) place, character);
    g_string_free (string, TRUE);
    g_io_channel_unref (channel);
    close (draining_end);
}

TWIN (unwriteable_channels_are_not_written, "MU-003")
{
    GIOChannel *channel = CHANNEL_OF ("abc");
    gsize       length = 7;

    trace ("%d", (int) g_io_channel_write_chars (channel, "x", 1, &length, NULL));
    trace ("%d", (int) g_io_channel_write_unichar (channel, 'x', NULL));
    trace ("%d", (int) length);
    trace ("flush is silent: %d", (int) g_io_channel_flush (channel, NULL));
    g_io_channel_unref (channel);
}

TWIN (characters_need_an_encoding, "MU-003 IO-059 IO-088")
{
    GIOChannel *channel = CHANNEL_OF ("abc");
    gunichar    character = 7;

    g_io_channel_set_encoding (channel, NULL, NULL);
    trace ("%d", (int) g_io_channel_read_unichar (channel, &character, NULL));
    channel->is_writeable = TRUE;
    trace ("%d", (int) g_io_channel_write_unichar (channel, 'x', NULL));
    trace ("%u", character);
    g_io_channel_unref (channel);
}

TWIN (files_need_names_and_modes, "MU-003 IO-006")
{
    trace ("%s", yes (g_io_channel_new_file (NULL, "r", NULL) != NULL));
    trace ("%s", yes (g_io_channel_new_file ("/dev/null", NULL, NULL) != NULL));
    trace ("%s", yes (g_io_channel_new_file (NULL, NULL, NULL) != NULL));
}

TWIN (buffering_is_not_switched_while_output_is_buffered, "MU-006 IO-031")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    encode_as (channel, NULL);
    write_text (channel, "abc", 3);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    flush_out (channel);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    finish_writing (channel, draining_end);
}
