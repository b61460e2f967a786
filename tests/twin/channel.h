/* channel.h - what the programs about channels share: calls that trace their outcome, and how outcomes are spelled.
 *
 * Must not know what is right: the two libraries' traces are compared. Read next: twin.h, then any program that includes
 * this.
 */
#ifndef TWIN_CHANNEL_H
#define TWIN_CHANNEL_H

#include "sources.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static inline const char *
status_text (GIOStatus status)
{
    static const char *const texts[] = { "ERROR", "NORMAL", "EOF", "AGAIN" };

    return (guint) status < G_N_ELEMENTS (texts) ? texts[status] : "?";
}

/* `[DOMAIN CODE TEXT]`, or nothing; frees the error. Static, until the next call. */
static inline const char *
error_text (GError **error)
{
    static char text[400];

    text[0] = '\0';
    if (*error != NULL)
        snprintf (text, sizeof text, "[%s %d %s]", g_quark_to_string ((*error)->domain), (*error)->code,
                  (*error)->message);
    g_clear_error (error);
    return text;
}

/* Bytes in quotes, all but plain ones as hexadecimal numbers. Static, until the next call. */
static inline const char *
quoted (const char *bytes, gsize length)
{
    static char text[16384];
    gsize       at = 0;

    text[at++] = '"';
    for (gsize i = 0; i < length && at + 8 < sizeof text; i++) {
        guchar byte = (guchar) bytes[i];

        if (byte >= ' ' && byte < 127 && byte != '"' && byte != '\\')
            text[at++] = (char) byte;
        else
            at += (gsize) snprintf (text + at, 5, "\\x%02x", byte);
    }
    text[at++] = '"';
    text[at] = '\0';
    return text;
}

#define UNTOUCHED ((gsize) 777777)

static inline const char *
number_text (gsize number)
{
    static char texts[4][24];
    static int  at;
    char       *text = texts[at++ % 4];

    if (number == UNTOUCHED)
        return "untouched";
    snprintf (text, sizeof texts[0], "%u", (guint) number);
    return text;
}

static inline const char *
buffers_text (GIOChannel *channel)
{
    return events_text (g_io_channel_get_buffer_condition (channel));
}

/* ---- pipes and files --------------------------------------------------------------------------------------------- */

/* A channel that owns one end of a non-blocking pipe, the other end being the case's. */
static inline GIOChannel *
channel_on_pipe (int own_end, int *other_end)
{
    int         ends[2];
    GIOChannel *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[own_end]);
    g_io_channel_set_close_on_unref (channel, TRUE);
    *other_end = ends[1 - own_end];
    return channel;
}

static inline GIOChannel *
reading_channel (int *feeding_end)
{
    return channel_on_pipe (0, feeding_end);
}

static inline GIOChannel *
writing_channel (int *draining_end)
{
    return channel_on_pipe (1, draining_end);
}

/* A channel that has these bytes and then the end of file. */
static inline GIOChannel *
channel_of (const char *bytes, gsize length)
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    if (write (feeding_end, bytes, length) != (gssize) length)
        twin_give_up ("write");
    close (feeding_end);
    return channel;
}
#define CHANNEL_OF(literal) channel_of (literal, sizeof (literal) - 1)

static inline void
put_bytes (int fd, const char *bytes)
{
    if (write (fd, bytes, strlen (bytes)) != (gssize) strlen (bytes))
        twin_give_up ("write");
}

/* Traces what can be read from `fd` now. */
static inline void
tell_arrived (int fd)
{
    static char bytes[70000];
    gssize      length = read (fd, bytes, sizeof bytes);

    trace ("arrived: %s", length < 0 ? "nothing" : length == 0 ? "end of file" : quoted (bytes, (gsize) length));
}

/* A scratch file with this content, open for reading and writing; fclose() ends it. */
static inline FILE *
scratch_file (const char *content)
{
    FILE *file = tmpfile ();

    if (file == NULL)
        twin_give_up ("tmpfile");
    put_bytes (fileno (file), content);
    lseek (fileno (file), 0, SEEK_SET);
    return file;
}

/* Traces all the file holds, leaving its position alone. */
static inline void
tell_content (FILE *file)
{
    char   bytes[4096];
    gssize length = pread (fileno (file), bytes, sizeof bytes, 0);

    trace ("content: %s", quoted (bytes, (gsize) MAX (length, 0)));
}

/* ---- calls that tell --------------------------------------------------------------------------------------------- */

static inline GIOStatus
read_some (GIOChannel *channel, gsize count)
{
    static char bytes[70000];
    GError     *error = NULL;
    gsize       length = UNTOUCHED;
    GIOStatus   status = g_io_channel_read_chars (channel, bytes, count, &length, &error);

    trace ("read %d: %s %s %s %s, buffers %s", (int) count, status_text (status), number_text (length),
           length == UNTOUCHED ? "" : quoted (bytes, length), error_text (&error), buffers_text (channel));
    return status;
}

static inline GIOStatus
read_a_line (GIOChannel *channel)
{
    static char nothing[] = "untouched";
    GError     *error = NULL;
    char       *line = nothing;
    gsize       length = UNTOUCHED, terminator = UNTOUCHED;
    GIOStatus   status = g_io_channel_read_line (channel, &line, &length, &terminator, &error);
    gboolean    is_line = line != NULL && line != nothing && length != UNTOUCHED;

    trace ("line: %s %s length %s, terminator %s %s, buffers %s", status_text (status),
           is_line ? quoted (line, length) : or_none (line), number_text (length), number_text (terminator),
           error_text (&error), buffers_text (channel));
    if (is_line) {
        if (line[length] != '\0')
            trace ("no NUL behind the line");
        g_free (line);
    }
    return status;
}

static inline GIOStatus
read_line_into_string (GIOChannel *channel)
{
    GError   *error = NULL;
    GString  *line = g_string_new ("old");
    gsize     terminator = UNTOUCHED;
    GIOStatus status = g_io_channel_read_line_string (channel, line, &terminator, &error);

    trace ("string: %s %s, terminator %s %s, buffers %s", status_text (status), quoted (line->str, line->len),
           number_text (terminator), error_text (&error), buffers_text (channel));
    g_string_free (line, TRUE);
    return status;
}

static inline GIOStatus
read_rest (GIOChannel *channel)
{
    static char nothing[] = "untouched";
    GError     *error = NULL;
    char       *text = nothing;
    gsize       length = UNTOUCHED;
    GIOStatus   status = g_io_channel_read_to_end (channel, &text, &length, &error);
    gboolean    is_text = text != NULL && text != nothing && length != UNTOUCHED;

    trace ("rest: %s %s length %s %s, buffers %s", status_text (status),
           is_text ? quoted (text, length) : or_none (text), number_text (length), error_text (&error),
           buffers_text (channel));
    if (is_text)
        g_free (text);
    return status;
}

static inline GIOStatus
read_a_character (GIOChannel *channel)
{
    GError   *error = NULL;
    gunichar  character = 0x123456;
    GIOStatus status = g_io_channel_read_unichar (channel, &character, &error);

    trace ("character: %s %x %s, buffers %s", status_text (status), character, error_text (&error),
           buffers_text (channel));
    return status;
}

static inline GIOStatus
write_text (GIOChannel *channel, const char *text, gssize count)
{
    GError   *error = NULL;
    gsize     written = UNTOUCHED;
    GIOStatus status = g_io_channel_write_chars (channel, text, count, &written, &error);

    trace ("write %s: %s %s %s, buffers %s", quoted (text, count < 0 ? strlen (text) : (gsize) count),
           status_text (status), number_text (written), error_text (&error), buffers_text (channel));
    return status;
}

static inline GIOStatus
write_character (GIOChannel *channel, gunichar character)
{
    GError   *error = NULL;
    GIOStatus status = g_io_channel_write_unichar (channel, character, &error);

    trace ("write character %x: %s %s, buffers %s", character, status_text (status), error_text (&error),
           buffers_text (channel));
    return status;
}

static inline GIOStatus
flush_out (GIOChannel *channel)
{
    GError   *error = NULL;
    GIOStatus status = g_io_channel_flush (channel, &error);

    trace ("flush: %s %s, buffers %s", status_text (status), error_text (&error), buffers_text (channel));
    return status;
}

/* Flushes, traces what arrives at the other end, and lets go of both. */
static inline void
finish_writing (GIOChannel *channel, int draining_end)
{
    flush_out (channel);
    tell_arrived (draining_end);
    g_io_channel_unref (channel);
    close (draining_end);
}

static inline GIOStatus
seek_to (GIOChannel *channel, gint64 offset, GSeekType type)
{
    GError   *error = NULL;
    GIOStatus status = g_io_channel_seek_position (channel, offset, type, &error);

    trace ("seek %d %d: %s %s, buffers %s", (int) offset, (int) type, status_text (status), error_text (&error),
           buffers_text (channel));
    return status;
}

static inline GIOStatus
encode_as (GIOChannel *channel, const char *encoding)
{
    GError   *error = NULL;
    GIOStatus status = g_io_channel_set_encoding (channel, encoding, &error);

    trace ("encoding %s: %s %s, now %s, buffers %s", or_none (encoding), status_text (status), error_text (&error),
           or_none (g_io_channel_get_encoding (channel)), buffers_text (channel));
    return status;
}

static inline void
shut_down (GIOChannel *channel, gboolean flush)
{
    GError   *error = NULL;
    GIOStatus status = g_io_channel_shutdown (channel, flush, &error);

    trace ("shutdown%s: %s %s", flush ? " with flush" : "", status_text (status), error_text (&error));
}

#endif
