/* channel_lines.c - lines: automatic, custom and NUL-containing terminators, and what happens at the edges of the buffer
 * and of the file (section 24: IO-061 to IO-070).
 *
 * Read next: channel.h.
 */
#include "channel.h"

static void
read_lines (GIOChannel *channel)
{
    for (int i = 0; i < 12 && read_a_line (channel) == G_IO_STATUS_NORMAL; i++)
        continue;
}

static void
read_lines_and_let_go (GIOChannel *channel)
{
    read_lines (channel);
    g_io_channel_unref (channel);
}

TWIN (usual_terminators_are_detected, "IO-061 IO-062 IO-066")
{
    read_lines_and_let_go (CHANNEL_OF ("lf\ncrlf\r\ncr\rps\xe2\x80\xa9" "\n\n\r\rlast"));
    read_lines_and_let_go (CHANNEL_OF ("\n\r"));
    read_lines_and_let_go (CHANNEL_OF (""));
    read_lines_and_let_go (CHANNEL_OF ("near\xe2\x80\xa8 misses\xe2\x81\xa9\x0b\x0c\xc2\x85"));
}

TWIN (nul_ends_lines_of_plain_and_of_converted_text, "IO-066 IO-057")
{
    GIOChannel *channel = CHANNEL_OF ("ab\0cd\0\0e");

    encode_as (channel, NULL);
    read_lines_and_let_go (channel);
    channel = CHANNEL_OF ("ab\0\xe9\0e");
    encode_as (channel, "ISO-8859-1");
    read_lines_and_let_go (channel);
    read_lines_and_let_go (CHANNEL_OF ("ab\ncd\0e\n"));
}

TWIN (places_for_length_and_terminator_may_be_missing, "IO-061")
{
    GIOChannel *channel = CHANNEL_OF ("one\ntwo");
    char       *line;

    for (int i = 0; i < 3; i++) {
        trace ("%s", status_text (g_io_channel_read_line (channel, &line, NULL, NULL, NULL)));
        trace ("%s", line != NULL ? quoted (line, strlen (line)) : "none");
        g_free (line);
    }
    g_io_channel_unref (channel);
}

TWIN (partial_line_stays_buffered_until_it_is_whole, "IO-063 IO-064")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    read_a_line (channel);
    put_bytes (feeding_end, "begin");
    read_a_line (channel);
    read_line_into_string (channel);
    read_some (channel, 2);
    put_bytes (feeding_end, " and end\nnext\n");
    read_line_into_string (channel);
    read_line_into_string (channel);
    read_line_into_string (channel);
    close (feeding_end);
    read_line_into_string (channel);
    g_io_channel_unref (channel);
}

TWIN (line_into_string_takes_its_place_or_none, "IO-064")
{
    GIOChannel *channel = CHANNEL_OF ("one\r\n");
    GString    *line = g_string_new ("what was there before");
    GIOStatus   status = g_io_channel_read_line_string (channel, line, NULL, NULL);

    trace ("%s %s", status_text (status), quoted (line->str, line->len));
    g_string_free (line, TRUE);
    read_line_into_string (channel);
    g_io_channel_unref (channel);
}

TWIN (invalid_bytes_later_in_the_line_fail_at_once, "IO-065 IO-055")
{
    GIOChannel *channel = CHANNEL_OF ("whole\nbegin\xff end\n");

    read_lines (channel);
    read_a_line (channel);
    read_some (channel, 20);
    read_a_line (channel);
    g_io_channel_unref (channel);
}

TWIN (incomplete_character_ends_a_line_with_an_error, "IO-056 IO-062")
{
    GIOChannel *channel = CHANNEL_OF ("whole\nrest\xe2\x82");

    read_lines (channel);
    read_a_line (channel);
    read_some (channel, 20);
    read_a_line (channel);
    g_io_channel_unref (channel);
    read_lines_and_let_go (CHANNEL_OF ("whole\r\xe2\x82"));
}

TWIN (carriage_return_waits_for_what_follows, "IO-067")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    put_bytes (feeding_end, "a\r");
    read_a_line (channel);
    put_bytes (feeding_end, "\nb\r");
    read_a_line (channel);
    read_a_line (channel);
    put_bytes (feeding_end, "c\r");
    read_a_line (channel);
    read_a_line (channel);
    close (feeding_end);
    read_a_line (channel);
    read_a_line (channel);
    g_io_channel_unref (channel);
}

TWIN (terminators_are_found_across_reads, "IO-066 IO-067 IO-070")
{
    static const char *const terminators[] = { NULL, "abab", "\xe2\x80\xa9" };

    for (guint i = 0; i < G_N_ELEMENTS (terminators); i++) {
        int         feeding_end;
        GIOChannel *channel = reading_channel (&feeding_end);
        const char *text = "x\r\nab\xe2\x80\xa9" "aabab\r";

        if (i == 0)
            encode_as (channel, NULL);
        g_io_channel_set_line_term (channel, terminators[i], -1);
        for (const char *at = text; *at != '\0'; at++) {
            if (write (feeding_end, at, 1) != 1)
                twin_give_up ("write");
            read_a_line (channel);
        }
        close (feeding_end);
        read_lines_and_let_go (channel);
    }
}

TWIN (custom_terminators_replace_the_usual_ones, "IO-068 IO-061")
{
    GIOChannel *channel = CHANNEL_OF ("a\nb::c:d:::e");
    gint        length = 77;

    trace ("at first %s", or_none (g_io_channel_get_line_term (channel, &length)));
    trace ("length %d", length);
    g_io_channel_set_line_term (channel, "::", -1);
    trace ("%s", quoted (g_io_channel_get_line_term (channel, &length), 2));
    trace ("length %d", length);
    trace ("%s", quoted (g_io_channel_get_line_term (channel, NULL), 2));
    read_a_line (channel);
    read_a_line (channel);
    g_io_channel_set_line_term (channel, "\n", 1);
    read_a_line (channel);
    g_io_channel_set_line_term (channel, NULL, 5);
    trace ("reset %s", or_none (g_io_channel_get_line_term (channel, &length)));
    trace ("length %d", length);
    g_io_channel_set_line_term (channel, "long one", 4);
    trace ("first bytes only %s", quoted (g_io_channel_get_line_term (channel, &length), 4));
    trace ("length %d", length);
    g_io_channel_unref (channel);
}

TWIN (custom_terminators_may_contain_nuls, "IO-068")
{
    GIOChannel *channel = CHANNEL_OF ("a\0\nb\0-c\0");
    gint        length;

    encode_as (channel, NULL);
    g_io_channel_set_line_term (channel, "\0-", 2);
    trace ("%s", quoted (g_io_channel_get_line_term (channel, &length), 2));
    trace ("length %d", length);
    read_lines_and_let_go (channel);
}

TWIN (empty_terminator_by_length_is_refused, "IO-068 MU-003")
{
    GIOChannel *channel = CHANNEL_OF ("a;b\n");

    g_io_channel_set_line_term (channel, ";", -1);
    g_io_channel_set_line_term (channel, "", 0);
    trace ("%s", quoted (g_io_channel_get_line_term (channel, NULL), 1));
    read_lines_and_let_go (channel);
}

OWN (custom_terminator_ends_in_a_nul, "IO-068", "not so before 2.84")
{
    GIOChannel *channel = CHANNEL_OF ("a");

    g_io_channel_set_line_term (channel, "::long", 2);
    expect (strcmp (g_io_channel_get_line_term (channel, NULL), "::") == 0);
    g_io_channel_unref (channel);
}

TWIN (empty_terminator_by_string_slips_through, "IO-069")
{
    GIOChannel *channel = CHANNEL_OF ("ab\ncd");
    char        seen[40] = "";

    g_io_channel_set_line_term (channel, "", -1);
    for (int i = 0; i < 3; i++) {
        char     *line;
        gsize     length = UNTOUCHED;
        GIOStatus status = g_io_channel_read_line (channel, &line, &length, NULL, NULL);

        snprintf (seen + strlen (seen), sizeof seen - strlen (seen), "%s %s ", status_text (status),
                  number_text (length));
        g_free (line);
    }
    since (2, 84, "NORMAL 3 NORMAL 2 EOF 0 ", "NORMAL 0 NORMAL 0 NORMAL 0 ", seen);
    g_io_channel_unref (channel);
}

TWIN (custom_terminators_begin_where_characters_do, "IO-070")
{
    GIOChannel *channel = CHANNEL_OF ("a\xc3\xa9" "b\xa9");

    g_io_channel_set_line_term (channel, "\xa9", 1);
    read_lines_and_let_go (channel);
    channel = CHANNEL_OF ("a\xc3\xa9" "b\xa9" "c");
    encode_as (channel, NULL);
    g_io_channel_set_line_term (channel, "\xa9", 1);
    read_lines_and_let_go (channel);
}

/* The older library compares beyond the end of what is buffered, where a NUL lies by chance. */
OWN (terminator_longer_than_the_rest_is_not_matched, "IO-070", "compared beyond the buffer before 2.90")
{
    GIOChannel *channel = CHANNEL_OF ("ab");
    char       *line;
    gsize       length, terminator;

    encode_as (channel, NULL);
    g_io_channel_set_line_term (channel, "b\0", 2);
    expect (g_io_channel_read_line (channel, &line, &length, &terminator, NULL) == G_IO_STATUS_NORMAL);
    expect (length == 2 && terminator == 2);
    g_free (line);
    g_io_channel_unref (channel);
}

TWIN (character_cut_by_a_terminator_is_read_as_none, "IO-061 IO-050")
{
    GIOChannel *channel = CHANNEL_OF ("a\xf0\x9f\x98\x80z");

    g_io_channel_set_line_term (channel, "\x9f", -1);
    read_a_line (channel);
    read_a_character (channel);
    read_a_character (channel);
    read_a_character (channel);
    g_io_channel_unref (channel);
}
