/* channel_seek.c - seekable channels: moving with buffered data, reading and writing mixed (section 24: IO-033, IO-089,
 * IO-100 to IO-103).
 *
 * Read next: channel.h.
 */
#include "channel.h"

#include <stdlib.h>

static void
tell_position (FILE *file)
{
    trace ("descriptor at %d", (int) lseek (fileno (file), 0, SEEK_CUR));
}

TWIN (relative_positions_count_from_what_was_delivered, "IO-100 IO-101")
{
    FILE       *file = scratch_file ("0123456789abcdefghij");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    read_some (channel, 3);
    tell_position (file);
    seek_to (channel, 2, G_SEEK_CUR);
    tell_position (file);
    read_some (channel, 3);
    seek_to (channel, -4, G_SEEK_CUR);
    read_some (channel, 3);
    seek_to (channel, 0, G_SEEK_CUR);
    tell_position (file);
    seek_to (channel, 18, G_SEEK_SET);
    read_some (channel, 9);
    seek_to (channel, -3, G_SEEK_END);
    read_some (channel, 9);
    trace ("numbers %d %d %d", G_SEEK_CUR, G_SEEK_SET, G_SEEK_END);
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (seeking_drops_what_was_read_ahead, "IO-100 IO-034")
{
    FILE       *file = scratch_file ("one\ntwo\nthree\n\xe2\x82");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    read_a_line (channel);
    if (pwrite (fileno (file), "TWO", 3, 4) != 3)
        twin_give_up ("pwrite");
    read_a_line (channel);
    seek_to (channel, 4, G_SEEK_SET);
    read_a_line (channel);
    read_a_line (channel);
    read_a_line (channel);
    seek_to (channel, -2, G_SEEK_CUR);
    read_a_line (channel);
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (seeking_flushes_output_first, "IO-100 IO-080 MU-003")
{
    FILE       *file = scratch_file ("0123456789");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    write_text (channel, "ab", -1);
    tell_content (file);
    seek_to (channel, 2, G_SEEK_CUR);
    tell_content (file);
    tell_position (file);
    write_text (channel, "c\xe2\x82", -1);
    seek_to (channel, 0, G_SEEK_SET);
    tell_content (file);
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (reading_flushes_output_first, "IO-033 IO-080 MU-003")
{
    FILE       *file = scratch_file ("0123456789");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    write_text (channel, "ab\xe2", -1);
    read_some (channel, 2);
    tell_content (file);
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (writing_goes_back_to_the_logical_position, "IO-089")
{
    static const char *const encodings[] = { "UTF-8", NULL };

    for (guint i = 0; i < G_N_ELEMENTS (encodings); i++) {
        FILE       *file = scratch_file ("0123456789\xe2");
        GIOChannel *channel = g_io_channel_unix_new (fileno (file));

        encode_as (channel, encodings[i]);
        read_some (channel, 3);
        write_text (channel, "ab", -1);
        tell_position (file);
        read_some (channel, 2);
        tell_content (file);
        write_text (channel, "c", -1);
        g_io_channel_unref (channel);
        tell_content (file);
        fclose (file);
    }
}

TWIN (mixing_is_refused_while_converted_text_is_buffered, "IO-089 MU-003")
{
    FILE       *file = scratch_file ("0123456789");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    encode_as (channel, "ISO-8859-1");
    read_some (channel, 3);
    write_text (channel, "ab", -1);
    write_character (channel, 'a');
    read_some (channel, 7);
    write_text (channel, "ab", -1);
    g_io_channel_unref (channel);
    tell_content (file);
    fclose (file);
}

TWIN (relative_seek_is_refused_while_converted_text_is_buffered, "IO-102 MU-003")
{
    FILE       *file = scratch_file ("0123456789");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    encode_as (channel, "ISO-8859-1");
    read_some (channel, 3);
    seek_to (channel, 1, G_SEEK_CUR);
    read_some (channel, 7);
    seek_to (channel, -2, G_SEEK_CUR);
    read_some (channel, 7);
    g_io_channel_unref (channel);
    fclose (file);
}

OWN (absolute_seek_drops_converted_text, "BUG-2 IO-100", "the oracle aborts")
{
    FILE       *file = scratch_file ("0123456789");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));
    char        bytes[8];
    gsize       length;

    expect (g_io_channel_set_encoding (channel, "UTF-16LE", NULL) == G_IO_STATUS_NORMAL);
    for (int i = 0; i < 2; i++) {
        expect (g_io_channel_read_chars (channel, bytes, 3, &length, NULL) == G_IO_STATUS_NORMAL);
        expect (length == 3 && memcmp (bytes, "\xe3\x84\xb0", 3) == 0);
        expect (g_io_channel_get_buffer_condition (channel) == G_IO_IN);
        expect (g_io_channel_seek_position (channel, 0, i == 0 ? G_SEEK_SET : G_SEEK_END, NULL) == G_IO_STATUS_NORMAL);
        expect (g_io_channel_get_buffer_condition (channel) == 0);
    }
    expect (g_io_channel_read_chars (channel, bytes, 3, &length, NULL) == G_IO_STATUS_EOF);
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (seeking_brings_converters_back_to_their_first_state, "IO-100")
{
    FILE       *file = scratch_file ("");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    encode_as (channel, "UTF-16");
    write_text (channel, "a", -1);
    write_text (channel, "b", -1);
    seek_to (channel, 0, G_SEEK_END);
    write_text (channel, "c", -1);
    flush_out (channel);
    tell_content (file);
    seek_to (channel, 0, G_SEEK_SET);
    read_some (channel, 4);
    read_some (channel, 4);
    g_io_channel_unref (channel);
    fclose (file);
}

TWIN (failed_and_unknown_seeks, "IO-103 IO-100 MU-003")
{
    FILE       *file = scratch_file ("0123456789");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));
    int         ends[2];

    read_some (channel, 2);
    seek_to (channel, -1, G_SEEK_SET);
    read_some (channel, 2);
    seek_to (channel, 0, (GSeekType) 3);
    read_some (channel, 2);
    g_io_channel_unref (channel);
    fclose (file);
    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    seek_to (channel, 0, G_SEEK_SET);
    g_io_channel_unref (channel);
    pipe_close (ends);
}
