/* channel_write.c - writing through a channel's buffer: when it reaches the descriptor, unfinished characters, errors, and
 * what shutting down and letting go do with what is buffered (section 24: IO-009 to IO-015, IO-080 to IO-091).
 *
 * Conversions are channel_encodings.c's subject, seekable channels channel_seek.c's. Read next: channel.h.
 */
#include "channel.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

TWIN (writes_stay_in_memory_until_flushed, "IO-080 IO-082 IO-087 IO-034")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    flush_out (channel);
    write_text (channel, "one\ntwo\n", -1);
    tell_arrived (draining_end);
    flush_out (channel);
    tell_arrived (draining_end);
    write_text (channel, "three, cut", 5);
    write_text (channel, "", -1);
    write_text (channel, NULL, 0);
    flush_out (channel);
    tell_arrived (draining_end);
    finish_writing (channel, draining_end);
}

TWIN (full_buffer_is_written_out_before_the_next_chunk, "IO-081 IO-030")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    g_io_channel_set_buffer_size (channel, 30);
    write_text (channel, "nineteen characters", -1);
    write_text (channel, "!", -1);
    tell_arrived (draining_end);
    write_text (channel, "more", -1);
    tell_arrived (draining_end);
    g_io_channel_set_buffer_size (channel, 10);
    write_text (channel, "and more", -1);
    tell_arrived (draining_end);
    finish_writing (channel, draining_end);
}

TWIN (place_for_the_count_may_be_missing, "IO-082")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    trace ("%s", status_text (g_io_channel_write_chars (channel, "abc", -1, NULL, NULL)));
    trace ("%s", status_text (g_io_channel_write_chars (channel, "", 0, NULL, NULL)));
    trace ("%s", status_text (g_io_channel_flush (channel, NULL)));
    tell_arrived (draining_end);
    g_io_channel_unref (channel);
    close (draining_end);
}

TWIN (invalid_text_is_taken_up_to_its_fault, "IO-083 MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_text (channel, "good\xff" "bad", -1);
    write_text (channel, "\xed\xa0\x80", -1);
    write_text (channel, "\xc0\x80", -1);
    write_text (channel, "x\xf4\x90\x80\x80", -1);
    finish_writing (channel, draining_end);
}

TWIN (unfinished_character_waits_for_its_rest, "IO-084 IO-082")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_text (channel, "a\xf0", -1);
    flush_out (channel);
    tell_arrived (draining_end);
    write_text (channel, "\x9f", -1);
    write_text (channel, "\x98", -1);
    write_text (channel, "\x80" "b\xc3", -1);
    write_text (channel, "\xa9", -1);
    finish_writing (channel, draining_end);
}

TWIN (unfinished_character_that_is_not_completed_is_dropped, "IO-084 IO-083 MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_text (channel, "a\xe2\x82", -1);
    write_text (channel, "xyz", -1);
    write_text (channel, "xyz", -1);
    write_text (channel, "\xe2", -1);
    write_text (channel, "\xe2\x82\xac", -1);
    finish_writing (channel, draining_end);
}

TWIN (plain_bytes_are_written_as_they_are, "IO-040")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    encode_as (channel, NULL);
    write_text (channel, "a\xff\0\xe2", 4);
    write_text (channel, "b", 1);
    finish_writing (channel, draining_end);
}

OWN (nul_is_a_character_like_any_other, "IO-082 IO-057", "the oracle loses it and what follows, or aborts")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);
    char        bytes[40];

    expect (g_io_channel_write_chars (channel, "ab\0cdefghijk", 12, NULL, NULL) == G_IO_STATUS_NORMAL);
    expect (g_io_channel_write_unichar (channel, 0, NULL) == G_IO_STATUS_NORMAL);
    expect (g_io_channel_flush (channel, NULL) == G_IO_STATUS_NORMAL);
    expect (read (draining_end, bytes, sizeof bytes) == 13 && memcmp (bytes, "ab\0cdefghijk", 13) == 0);
    g_io_channel_unref (channel);
    close (draining_end);
}

TWIN (characters_are_written_one_by_one, "IO-088 MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_character (channel, 'a');
    write_character (channel, 0xe9);
    write_character (channel, 0x20ac);
    write_character (channel, 0x1f600);
    write_character (channel, 0xd800);
    write_character (channel, 0x110000);
    write_text (channel, "\xe2\x82", -1);
    write_character (channel, 'b');
    finish_writing (channel, draining_end);
}

TWIN (buffering_is_not_set_while_output_waits, "IO-032 MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    encode_as (channel, NULL);
    write_text (channel, "ab", 2);
    g_io_channel_set_buffered (channel, TRUE);
    g_io_channel_set_buffered (channel, FALSE);
    trace ("buffered %d", g_io_channel_get_buffered (channel));
    finish_writing (channel, draining_end);
}

TWIN (unbuffered_writes_go_straight_to_the_descriptor, "IO-032")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    encode_as (channel, NULL);
    write_text (channel, "buffered", -1);
    g_io_channel_set_buffered (channel, FALSE);
    flush_out (channel);
    g_io_channel_set_buffered (channel, FALSE);
    write_text (channel, "a\xff", -1);
    write_text (channel, "", -1);
    tell_arrived (draining_end);
    g_io_channel_unref (channel);
    close (draining_end);
}

/* ---- descriptors that take no more ------------------------------------------------------------------------------- */

static void
fill_up (int fd)
{
    static const char bytes[4096];

    while (write (fd, bytes, sizeof bytes) > 0)
        continue;
    while (write (fd, bytes, 1) > 0)
        continue;
}

static void
tell_amount_arrived (int fd)
{
    static char bytes[4096];
    gssize      length, sum = 0;

    while ((length = read (fd, bytes, sizeof bytes)) > 0)
        sum += length;
    trace ("arrived: %d bytes", (int) sum);
}

TWIN (full_descriptor_takes_part_or_says_again, "IO-086 IO-087")
{
    static char big[200000];
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);
    gsize       written = UNTOUCHED;
    GIOStatus   status;

    fill_up (g_io_channel_unix_get_fd (channel));
    memset (big, 'x', sizeof big);
    status = g_io_channel_write_chars (channel, big, sizeof big, &written, NULL);
    trace ("%s, part %s", status_text (status), yes (written > 0 && written < sizeof big));
    status = g_io_channel_write_chars (channel, big, sizeof big, &written, NULL);
    trace ("%s %s", status_text (status), number_text (written));
    flush_out (channel);
    tell_amount_arrived (draining_end);
    flush_out (channel);
    tell_amount_arrived (draining_end);
    g_io_channel_unref (channel);
    close (draining_end);
}

static void
ignore_signal (int number)
{
    (void) number;
}

TWIN (broken_pipe_shows_at_flush_time, "IO-090 IO-087 IO-009 MU-003")
{
    int         draining_end, writing_end;
    GIOChannel *channel = writing_channel (&draining_end);

    signal (SIGPIPE, ignore_signal);
    close (draining_end);
    write_text (channel, "abc", -1);
    flush_out (channel);
    flush_out (channel);
    g_io_channel_set_close_on_unref (channel, FALSE);
    writing_end = g_io_channel_unix_get_fd (channel);
    g_io_channel_unref (channel);
    trace ("left open %s", yes (close (writing_end) == 0));
    signal (SIGPIPE, SIG_DFL);
}

/* ---- letting go -------------------------------------------------------------------------------------------------- */

TWIN (last_unref_flushes_and_leaves_the_descriptor_open, "IO-009 IO-010 IO-011 MU-003")
{
    int         draining_end, fd;
    GIOChannel *channel = writing_channel (&draining_end);

    g_io_channel_set_close_on_unref (channel, FALSE);
    fd = g_io_channel_unix_get_fd (channel);
    trace ("non-blocking %s", yes ((fcntl (fd, F_GETFL) & O_NONBLOCK) != 0));
    write_text (channel, "abc\xe2", -1);
    g_io_channel_unref (channel);
    tell_arrived (draining_end);
    trace ("non-blocking %s", yes ((fcntl (fd, F_GETFL) & O_NONBLOCK) != 0));
    close (fd);
    tell_arrived (draining_end);
    close (draining_end);
}

TWIN (last_unref_without_output_leaves_the_flags_alone, "IO-010")
{
    int         draining_end, fd;
    GIOChannel *channel = writing_channel (&draining_end);

    g_io_channel_set_close_on_unref (channel, FALSE);
    fd = g_io_channel_unix_get_fd (channel);
    write_text (channel, "abc", -1);
    flush_out (channel);
    g_io_channel_unref (channel);
    trace ("non-blocking %s", yes ((fcntl (fd, F_GETFL) & O_NONBLOCK) != 0));
    close (fd);
    close (draining_end);
}

TWIN (last_unref_closes_and_flushes_if_asked_to, "IO-009 IO-011")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_text (channel, "abc\xe2\x82", -1);
    g_io_channel_unref (channel);
    tell_arrived (draining_end);
    tell_arrived (draining_end);
    close (draining_end);
}

TWIN (shutdown_flushes_or_discards_and_closes, "IO-012 IO-011 IO-013 IO-014 MU-003")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    write_text (channel, "abc\xe2", -1);
    shut_down (channel, TRUE);
    tell_arrived (draining_end);
    tell_arrived (draining_end);
    close (draining_end);
    trace ("readable %d, writeable %d, seekable %d, closes %d", channel->is_readable, channel->is_writeable,
           channel->is_seekable, g_io_channel_get_close_on_unref (channel));
    shut_down (channel, TRUE);
    write_text (channel, "x", -1);
    g_io_channel_unref (channel);

    channel = writing_channel (&draining_end);
    write_text (channel, "abc\xe2", -1);
    shut_down (channel, FALSE);
    tell_arrived (draining_end);
    close (draining_end);
    g_io_channel_unref (channel);
}

TWIN (shutdown_reports_a_failed_flush, "IO-013")
{
    int         draining_end;
    GIOChannel *channel = writing_channel (&draining_end);

    signal (SIGPIPE, ignore_signal);
    close (draining_end);
    write_text (channel, "abc", -1);
    shut_down (channel, TRUE);
    g_io_channel_unref (channel);
    signal (SIGPIPE, SIG_DFL);
}

TWIN (shutdown_leaves_read_buffers_unreachable, "IO-012")
{
    GIOChannel *channel = CHANNEL_OF ("abcdef");

    read_some (channel, 2);
    shut_down (channel, FALSE);
    trace ("buffers %s", buffers_text (channel));
    read_some (channel, 2);
    g_io_channel_unref (channel);
}

/* ---- errnos ------------------------------------------------------------------------------------------------------ */

TWIN (errnos_have_codes, "IO-091 MU-003")
{
    static const struct {
        const char *name;
        int         number;
    } errnos[] = { { "EFBIG", EFBIG },   { "EINVAL", EINVAL },       { "EIO", EIO },     { "EISDIR", EISDIR },
                   { "ENOSPC", ENOSPC }, { "ENXIO", ENXIO },         { "EPIPE", EPIPE }, { "EOVERFLOW", EOVERFLOW },
                   { "EBADF", EBADF },   { "EFAULT", EFAULT },       { "EAGAIN", EAGAIN }, { "EPERM", EPERM },
                   { "ENOENT", ENOENT }, { "ECONNRESET", ECONNRESET }, { "none", 0 } };

    for (guint i = 0; i < G_N_ELEMENTS (errnos); i++)
        trace ("%s: %d", errnos[i].name, (int) g_io_channel_error_from_errno (errnos[i].number));
    trace ("%s", g_quark_to_string (G_IO_CHANNEL_ERROR));
}
