/* channel_read.c - characters and whole contents read through a channel's buffers (section 24: IO-031 to IO-034, IO-050
 * to IO-060).
 *
 * Lines are channel_lines.c's subject, conversions channel_encodings.c's. Read next: channel.h.
 */
#include "channel.h"

#include <stdlib.h>

TWIN (statuses_tell_data_end_and_want_of_data, "IO-050 IO-051")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    read_some (channel, 4);
    put_bytes (feeding_end, "ab");
    read_some (channel, 4);
    read_some (channel, 4);
    put_bytes (feeding_end, "cdef");
    read_some (channel, 2);
    read_some (channel, 8);
    close (feeding_end);
    read_some (channel, 4);
    read_some (channel, 4);
    g_io_channel_unref (channel);
}

TWIN (end_of_file_is_not_sticky, "IO-050")
{
    FILE       *file = scratch_file ("ab");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));

    read_some (channel, 10);
    read_some (channel, 10);
    if (pwrite (fileno (file), "cd", 2, 2) != 2)
        twin_give_up ("pwrite");
    read_some (channel, 10);
    read_some (channel, 10);
    g_io_channel_unref (channel);
    fclose (file);
}

static Flag      reader_is_there = FLAG_INIT;
static int       reader_tid;

static void *
read_five (void *channel)
{
    reader_tid = own_tid ();
    flag_raise (&reader_is_there);
    read_some (channel, 5);
    return NULL;
}

TWIN (buffered_read_waits_for_the_full_count, "IO-051")
{
    int         ends[2];
    GIOChannel *channel;
    pthread_t   reader;

    if (pipe (ends) != 0)
        twin_give_up ("pipe");
    channel = g_io_channel_unix_new (ends[0]);
    put_bytes (ends[1], "abc");
    reader = spawn (read_five, channel);
    flag_await (&reader_is_there);
    await_sleep_of (reader_tid);
    trace ("it waits although there are three");
    put_bytes (ends[1], "defg");
    join (reader);
    read_some (channel, 2);
    g_io_channel_unref (channel);
    pipe_close (ends);
}

TWIN (error_behind_data_is_discarded_and_shows_next_time, "IO-052 IO-055")
{
    GIOChannel *channel = CHANNEL_OF ("abc\xff" "def");

    read_some (channel, 10);
    read_some (channel, 10);
    read_a_character (channel);
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (characters_are_never_split, "IO-053 IO-045")
{
    GIOChannel *channel = CHANNEL_OF ("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");

    read_some (channel, 2);
    read_some (channel, 1);
    read_some (channel, 3);
    read_some (channel, 2);
    read_some (channel, 6);
    read_some (channel, 4);
    read_some (channel, 4);
    g_io_channel_unref (channel);
}

TWIN (plain_bytes_are_split_anywhere, "IO-040 IO-053")
{
    GIOChannel *channel = CHANNEL_OF ("\xc3\xa9\xff\x00z");

    encode_as (channel, NULL);
    read_some (channel, 1);
    read_some (channel, 2);
    read_some (channel, 9);
    g_io_channel_unref (channel);
}

TWIN (nothing_asked_is_nothing_read, "IO-054")
{
    GIOChannel *channel = CHANNEL_OF ("ab");
    GError     *error = NULL;
    GIOStatus   status = g_io_channel_read_chars (channel, NULL, 0, NULL, &error);
    char        byte;

    trace ("%s %s", status_text (status), error_text (&error));
    read_some (channel, 0);
    status = g_io_channel_read_chars (channel, &byte, 1, NULL, NULL);
    trace ("%s %c", status_text (status), byte);
    read_some (channel, 1);
    read_some (channel, 0);
    g_io_channel_unref (channel);
}

TWIN (each_retry_behind_invalid_bytes_may_read_more, "IO-055")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    put_bytes (feeding_end, "ab\xff");
    read_some (channel, 10);
    read_some (channel, 10);
    put_bytes (feeding_end, "cd");
    read_some (channel, 10);
    close (feeding_end);
    read_some (channel, 10);
    encode_as (channel, NULL);
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (incomplete_character_at_the_end_is_an_error, "IO-056 IO-059")
{
    GIOChannel *channel = CHANNEL_OF ("ab\xe2\x82");

    read_some (channel, 10);
    read_some (channel, 10);
    read_a_character (channel);
    read_a_line (channel);
    read_rest (channel);
    g_io_channel_unref (channel);
    channel = CHANNEL_OF ("ab\xe2\x82");
    read_rest (channel);
    read_a_character (channel);
    g_io_channel_unref (channel);
}

TWIN (incomplete_character_is_completed_by_later_data, "IO-056 IO-034")
{
    static const char *const pieces[] = { "a\xf0", "\x9f", "\x98", "\x80", "b" };
    int                      feeding_end;
    GIOChannel              *channel = reading_channel (&feeding_end);

    for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
        put_bytes (feeding_end, pieces[i]);
        read_some (channel, 10);
    }
    close (feeding_end);
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (nul_stops_utf8_for_ever, "IO-057")
{
    GIOChannel *channel = CHANNEL_OF ("ab\0cd");

    read_some (channel, 10);
    read_some (channel, 10);
    read_a_line (channel);
    read_rest (channel);
    read_a_character (channel);
    encode_as (channel, NULL);
    read_some (channel, 10);
    g_io_channel_unref (channel);
    channel = CHANNEL_OF ("ab\xf0\x9f\0cd");
    read_some (channel, 10);
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (nul_in_a_character_is_wrong_while_too_few_bytes_are_there, "IO-057 IO-055")
{
    static const char *const leads[] = { "\xc3", "\xe2", "\xe2\x82", "\xf0", "\xf0\x9f", "\xf0\x9f\x98", "\xfc\x84" };

    for (size_t i = 0; i < G_N_ELEMENTS (leads); i++) {
        for (size_t nuls = 0; nuls < 6; nuls++) {
            GString    *text = g_string_new_len ("ab\0\0\0\0\0\0", 2);
            GIOChannel *channel;

            g_string_append (text, leads[i]);
            g_string_append_len (text, "\0\0\0\0\0", (gssize) nuls);
            trace ("%" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT " NULs: %x", strlen (leads[i]), nuls,
                   (guint) g_utf8_get_char_validated (text->str + 2, (gssize) text->len - 2));
            channel = channel_of (text->str, text->len);
            read_some (channel, 10);
            read_some (channel, 10);
            g_io_channel_unref (channel);
            g_string_free (text, TRUE);
        }
    }
}

TWIN (read_errors_carry_code_and_text_of_the_errno, "IO-058 IO-007")
{
    int         folder = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    GIOChannel *channel = g_io_channel_unix_new (folder);

    g_io_channel_set_close_on_unref (channel, TRUE);
    read_some (channel, 4);
    read_a_line (channel);
    read_rest (channel);
    read_a_character (channel);
    g_io_channel_unref (channel);
}

TWIN (closed_descriptor_is_warned_of, "IO-058 IO-091 MU-003")
{
    int         ends[2], closed;
    GIOChannel *channel;

    pipe_open (ends);
    closed = high_copy (ends[0]);
    channel = g_io_channel_unix_new (closed);
    close (closed);
    read_some (channel, 4);
    g_io_channel_unref (channel);
    pipe_close (ends);
}

TWIN (characters_come_one_by_one, "IO-059")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    read_a_character (channel);
    put_bytes (feeding_end, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff");
    for (int i = 0; i < 6; i++)
        read_a_character (channel);
    close (feeding_end);
    read_a_character (channel);
    g_io_channel_unref (channel);
    channel = CHANNEL_OF ("x");
    trace ("without a place %s", status_text (g_io_channel_read_unichar (channel, NULL, NULL)));
    read_a_character (channel);
    g_io_channel_unref (channel);
}

TWIN (rest_is_normal_even_when_there_is_none, "IO-060")
{
    GIOChannel *channel = CHANNEL_OF ("one\ntwo\r\n\xc3\xa9");
    GError     *error = NULL;
    char       *text = NULL;

    read_some (channel, 2);
    read_rest (channel);
    read_rest (channel);
    trace ("places may be missing: %s", status_text (g_io_channel_read_to_end (channel, NULL, NULL, &error)));
    trace ("%s", status_text (g_io_channel_read_to_end (channel, &text, NULL, NULL)));
    trace ("%s", quoted (text, strlen (text)));
    g_free (text);
    g_io_channel_unref (channel);
}

TWIN (rest_stays_buffered_unless_all_of_it_is_there, "IO-060")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    put_bytes (feeding_end, "abc");
    read_rest (channel);
    put_bytes (feeding_end, "def");
    read_some (channel, 1);
    read_rest (channel);
    close (feeding_end);
    read_rest (channel);
    g_io_channel_unref (channel);
    channel = CHANNEL_OF ("abc\xff");
    read_rest (channel);
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (unbuffered_reads_go_straight_to_the_descriptor, "IO-032 IO-031")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    put_bytes (feeding_end, "abc\xff" "d");
    encode_as (channel, NULL);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    read_some (channel, 2);
    read_a_line (channel);
    read_line_into_string (channel);
    read_rest (channel);
    read_some (channel, 10);
    read_some (channel, 10);
    close (feeding_end);
    read_some (channel, 10);
    g_io_channel_unref (channel);
}

TWIN (buffering_is_switched_with_empty_buffers_and_no_encoding_only, "IO-031 IO-042 MU-003")
{
    GIOChannel *channel = CHANNEL_OF ("abcdef");

    g_io_channel_set_buffered (channel, FALSE);
    g_io_channel_set_buffered (channel, TRUE);
    encode_as (channel, NULL);
    read_some (channel, 2);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    read_some (channel, 10);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    encode_as (channel, NULL);
    g_io_channel_set_buffered (channel, FALSE);
    encode_as (channel, "UTF-8");
    trace ("buffered %s", yes (g_io_channel_get_buffered (channel)));
    g_io_channel_unref (channel);
}

TWIN (buffer_condition_counts_deliverable_data_only, "IO-034")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    put_bytes (feeding_end, "ab\xe2\x82");
    read_some (channel, 1);
    read_some (channel, 1);
    trace ("an incomplete character: %s", buffers_text (channel));
    encode_as (channel, NULL);
    trace ("taken as bytes: %s", buffers_text (channel));
    encode_as (channel, "UTF-8");
    trace ("and back: %s", buffers_text (channel));
    put_bytes (feeding_end, "\xac" "c");
    read_some (channel, 3);
    close (feeding_end);
    g_io_channel_unref (channel);
}

TWIN (buffer_size_has_a_default_and_a_minimum_and_holds_for_later_reads, "IO-030 IO-033")
{
    FILE       *file = scratch_file ("0123456789abcdefghijklmnopqrstuvwxyz");
    GIOChannel *channel = g_io_channel_unix_new (fileno (file));
    static const gsize sizes[] = { 5, 10, 11, 0, 2000 };

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_io_channel_set_buffer_size (channel, sizes[i]);
        trace ("%d: %d", (int) sizes[i], (int) g_io_channel_get_buffer_size (channel));
    }
    g_io_channel_set_buffer_size (channel, 10);
    read_some (channel, 1);
    trace ("descriptor at %d", (int) lseek (fileno (file), 0, SEEK_CUR));
    g_io_channel_set_buffer_size (channel, 12);
    read_some (channel, 10);
    trace ("descriptor at %d", (int) lseek (fileno (file), 0, SEEK_CUR));
    g_io_channel_unref (channel);
    fclose (file);
}
