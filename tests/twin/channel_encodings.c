/* channel_encodings.c - encodings through iconv: names, partial characters at every boundary, what cannot be converted, and
 * changing the encoding on the way (section 24: IO-040 to IO-045, IO-055, IO-085).
 *
 * Read next: channel.h.
 */
#include "channel.h"

static GIOChannel *
encoded_channel_of (const char *encoding, const char *bytes, gsize length)
{
    GIOChannel *channel = channel_of (bytes, length);

    encode_as (channel, encoding);
    return channel;
}
#define ENCODED_CHANNEL_OF(encoding, literal) encoded_channel_of (encoding, literal, sizeof (literal) - 1)

TWIN (encodings_are_kept_as_named, "IO-040")
{
    static const char *const names[] = { "UTF-8", "UTF8", "utf-8", "ISO-8859-1", "latin1", "UTF-16LE", NULL };
    GIOChannel              *channel = CHANNEL_OF ("a");

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        encode_as (channel, names[i]);
        trace ("through iconv %d", channel->do_encode);
    }
    g_io_channel_unref (channel);
}

TWIN (text_is_utf8_on_the_program_s_side, "IO-045 IO-053")
{
    GIOChannel *channel = ENCODED_CHANNEL_OF ("ISO-8859-1", "caf\xe9\r\nna\xefve\xa7 rest\0\xff");

    read_some (channel, 4);
    read_a_line (channel);
    g_io_channel_set_line_term (channel, "\xc2\xa7", -1);
    read_a_line (channel);
    read_a_character (channel);
    read_rest (channel);
    g_io_channel_unref (channel);
}

TWIN (pieces_of_characters_are_put_together, "IO-045 IO-050 IO-056")
{
    static const char text[] = "a\0\xe9\0\x3d\xd8\0\xde\n\0\xac ";
    int               feeding_end;
    GIOChannel       *channel = reading_channel (&feeding_end);

    encode_as (channel, "UTF-16LE");
    put_bytes (feeding_end, "b");
    if (write (feeding_end, "\0", 1) != 1)
        twin_give_up ("write");
    for (gsize at = 0; at + 1 < sizeof text; at += 3) {
        if (write (feeding_end, text + at, MIN (3, sizeof text - 1 - at)) < 1)
            twin_give_up ("write");
        read_some (channel, 1);
        read_a_line (channel);
    }
    put_bytes (feeding_end, "x");
    read_some (channel, 50);
    close (feeding_end);
    read_some (channel, 50);
    read_a_line (channel);
    read_rest (channel);
    g_io_channel_unref (channel);
}

OWN (lone_piece_of_a_character_is_waited_out, "IO-050 IO-056",
     "the oracle aborts when converted bytes make no character and nothing else is buffered")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);
    char        bytes[8];
    gsize       length;

    expect (g_io_channel_set_encoding (channel, "UTF-16LE", NULL) == G_IO_STATUS_NORMAL);
    put_bytes (feeding_end, "a");
    expect (g_io_channel_read_chars (channel, bytes, 4, &length, NULL) == G_IO_STATUS_AGAIN && length == 0);
    if (write (feeding_end, "\0b", 2) != 2)
        twin_give_up ("write");
    expect (g_io_channel_read_chars (channel, bytes, 4, &length, NULL) == G_IO_STATUS_NORMAL);
    expect (length == 1 && bytes[0] == 'a');
    close (feeding_end);
    g_io_channel_unref (channel);
}

TWIN (unconvertible_bytes_stop_reading_behind_what_precedes_them, "IO-055 IO-065")
{
    GIOChannel *channel = ENCODED_CHANNEL_OF ("ASCII", "ab\xff" "cd\n");

    read_a_line (channel);
    read_some (channel, 1);
    read_some (channel, 5);
    read_some (channel, 5);
    read_rest (channel);
    encode_as (channel, "ISO-8859-1");
    read_a_line (channel);
    g_io_channel_unref (channel);
}

TWIN (checked_text_is_read_anew_in_another_encoding, "IO-041 IO-034")
{
    GIOChannel *channel = CHANNEL_OF ("x\xc3\xa9y\xc3\xa9z");

    read_some (channel, 1);
    encode_as (channel, NULL);
    read_some (channel, 1);
    encode_as (channel, "ISO-8859-1");
    read_some (channel, 2);
    g_io_channel_unref (channel);
    channel = CHANNEL_OF ("x\xc3\xa9y\xc3\xa9z");
    read_some (channel, 1);
    encode_as (channel, "UTF-8");
    encode_as (channel, "ISO-8859-1");
    read_some (channel, 20);
    g_io_channel_unref (channel);
}

TWIN (encoding_stays_while_converted_text_is_buffered, "IO-041 MU-003")
{
    GIOChannel *channel = ENCODED_CHANNEL_OF ("ISO-8859-1", "a\xe9z");

    read_some (channel, 1);
    encode_as (channel, "UTF-8");
    encode_as (channel, NULL);
    encode_as (channel, "ISO-8859-1");
    read_some (channel, 20);
    encode_as (channel, "UTF-8");
    g_io_channel_unref (channel);
}

TWIN (setting_an_encoding_switches_buffering_on, "IO-042 MU-003")
{
    GIOChannel *channel = CHANNEL_OF ("abc");

    encode_as (channel, NULL);
    g_io_channel_set_buffered (channel, FALSE);
    encode_as (channel, "ISO-8859-1");
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    read_some (channel, 2);
    g_io_channel_unref (channel);
}

/* Which of the two codes it is depends on the C library's errno, and that on what was loaded before. */
TWIN (unknown_encoding_changes_nothing, "IO-043")
{
    GIOChannel *channel = CHANNEL_OF ("abc");
    GError     *error = NULL;
    GIOStatus   status = g_io_channel_set_encoding (channel, "no such encoding", &error);
    char       *none = g_strdup_printf ("Conversion from character set “%s” to “%s” is not supported",
                                        "no such encoding", "UTF-8");

    trace ("%s %s", status_text (status), g_quark_to_string (error->domain));
    trace ("as it should %s",
           yes (error->code == G_CONVERT_ERROR_NO_CONVERSION
                    ? strcmp (error->message, none) == 0
                    : error->code == G_CONVERT_ERROR_FAILED
                          && g_str_has_prefix (error->message, "Could not open converter from “no such encoding” to "
                                                               "“UTF-8”: ")));
    g_clear_error (&error);
    g_free (none);
    trace ("%s, through iconv %d", g_io_channel_get_encoding (channel), channel->do_encode);
    trace ("without a place %s", status_text (g_io_channel_set_encoding (channel, "no such encoding", NULL)));
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (only_the_directions_there_are_need_converters, "IO-043")
{
    int         ends[2];
    GIOChannel *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    encode_as (channel, "UTF-16BE");
    trace ("reading %d, writing %d", channel->is_readable, channel->is_writeable);
    g_io_channel_unref (channel);
    channel = g_io_channel_unix_new (ends[1]);
    encode_as (channel, "UTF-16BE");
    write_text (channel, "a\xc3\xa9", -1);
    flush_out (channel);
    tell_arrived (ends[0]);
    g_io_channel_unref (channel);
    pipe_close (ends);
}

TWIN (setting_an_encoding_drops_an_unfinished_character, "IO-044 MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_text (channel, "a\xe2\x82", -1);
    encode_as (channel, "ISO-8859-1");
    write_text (channel, "b\xc3", -1);
    encode_as (channel, "UTF-16LE");
    write_text (channel, "c", -1);
    finish_writing (channel, draining_end);
}

TWIN (written_text_is_converted, "IO-040 IO-084")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    encode_as (channel, "ISO-8859-1");
    write_text (channel, "a\xc3\xa9\xc3", -1);
    write_text (channel, "\xa9z", -1);
    write_character (channel, 0xff);
    flush_out (channel);
    tell_arrived (draining_end);
    write_text (channel, "a\xc3", -1);
    write_text (channel, "z", -1);
    finish_writing (channel, draining_end);
}

TWIN (inexpressible_characters_stop_writing, "IO-085 IO-083")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    encode_as (channel, "ISO-8859-1");
    write_text (channel, "ab\xe2\x82\xac" "cd", -1);
    write_character (channel, 0x20ac);
    write_text (channel, "ef\xff", -1);
    finish_writing (channel, draining_end);
}

TWIN (converted_text_fills_and_empties_the_buffer, "IO-081 IO-085")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);
    char       *text = g_strnfill (700, 'x');

    encode_as (channel, "UTF-32LE");
    g_io_channel_set_buffer_size (channel, 100);
    write_text (channel, text, -1);
    flush_out (channel);
    tell_arrived (draining_end);
    g_free (text);
    g_io_channel_unref (channel);
    close (draining_end);
}
