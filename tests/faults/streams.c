/* streams.c - scenes of channels, to be played once for each fault: see scenes.h. */
#include "scenes.h"

#include "processes.h"

/* Messages are told apart from what is traced. */
static void
tell_error (const char *what, GError **error)
{
    trace ("LOG %s: %s", what, *error != NULL ? (*error)->message : "no reason given");
    g_clear_error (error);
}

typedef struct {
    int      lines;
    gboolean ended;
} Reader;

/* Reads all lines there are. */
static gboolean
reads (GIOChannel *channel, GIOCondition condition, gpointer data)
{
    Reader *reader = data;
    GError *error = NULL;
    char   *line = NULL;

    (void) condition;
    switch (g_io_channel_read_line (channel, &line, NULL, NULL, &error)) {
    case G_IO_STATUS_NORMAL:
        line[strcspn (line, "\n")] = '\0';
        trace ("line %s", line);
        reader->lines++;
        break;
    case G_IO_STATUS_AGAIN:
        break;
    case G_IO_STATUS_EOF:
        reader->ended = TRUE;
        return G_SOURCE_REMOVE;
    case G_IO_STATUS_ERROR:
    default:
        tell_error ("read error", &error);
        break;
    }
    g_free (line);
    return G_SOURCE_CONTINUE;
}

/* Writes all of the text, however often that has to be tried, and flushes. */
static void
writes (GIOChannel *channel, const char *text)
{
    gsize done = 0;

    while (done < strlen (text)) {
        GError *error = NULL;
        gsize   written = 0;

        if (g_io_channel_write_chars (channel, text + done, -1, &written, &error) == G_IO_STATUS_ERROR)
            tell_error ("write error", &error);
        done += written;
    }
    for (;;) {
        GError   *error = NULL;
        GIOStatus status = g_io_channel_flush (channel, &error);

        if (status == G_IO_STATUS_NORMAL)
            return;
        if (error != NULL)
            tell_error ("flush error", &error);
    }
}

static void
stream (const char *encoding)
{
    GMainContext *context = g_main_context_new ();
    GIOChannel   *channels[2];
    GSource      *watch;
    Reader        reader = { 0, FALSE };
    int           ends[2];

    pipe_open (ends);
    for (int i = 0; i < 2; i++) {
        channels[i] = g_io_channel_unix_new (ends[i]);
        g_io_channel_set_close_on_unref (channels[i], TRUE);
        if (g_io_channel_set_encoding (channels[i], encoding, NULL) != G_IO_STATUS_NORMAL)
            trace ("LOG no encoding");
    }
    watch = g_io_create_watch (channels[0], G_IO_IN | G_IO_HUP);
    g_source_set_callback (watch, G_SOURCE_FUNC (reads), &reader, NULL);
    hand_over (watch, context);
    for (int i = 1; i <= 3; i++) {
        writes (channels[1], "one line\nand another\n");
        iterate_until (context, &reader.lines, 2 * i);
    }
    g_io_channel_unref (channels[1]);
    while (!reader.ended)
        g_main_context_iteration (context, TRUE);
    g_io_channel_unref (channels[0]);
    g_main_context_unref (context);
    all_is_given_back ();
}

TWIN (channel_of_bytes, "IO-061 IO-110 IO-016")
{
    stream (NULL);
}

TWIN (channel_with_an_encoding, "IO-061 IO-045 IO-080")
{
    stream ("ISO-8859-1");
}

TWIN (channel_of_a_file, "IO-005 IO-100 IO-012")
{
    GError     *error = NULL;
    char        name[] = "/tmp/scene-XXXXXX";
    int         fd = mkstemp (name);
    GIOChannel *channel;
    Reader      reader = { 0, FALSE };

    if (fd < 0)
        twin_give_up ("mkstemp");
    close (fd);
    channel = g_io_channel_new_file (name, "w+", &error);
    if (channel == NULL) {
        tell_error ("not opened", &error);
        channel = g_io_channel_new_file (name, "w+", &error);
    }
    unlink (name);
    if (channel == NULL)
        twin_give_up ("a second failure");
    writes (channel, "first\nsecond\n");
    while (g_io_channel_seek_position (channel, 0, G_SEEK_SET, &error) != G_IO_STATUS_NORMAL)
        tell_error ("not sought", &error);
    while (!reader.ended)
        reads (channel, G_IO_IN, &reader);
    while (g_io_channel_shutdown (channel, TRUE, &error) == G_IO_STATUS_AGAIN)
        ;
    if (error != NULL)
        tell_error ("not shut down", &error);
    g_io_channel_unref (channel);
    all_is_given_back ();
}
