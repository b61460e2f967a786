/* errors.c - provokes the loop's errors that have words of GLib's, and prints them.
 *
 * Run on libglib alone and under the overlay, in several languages: the words must be the same.
 */
#include <glib-unix.h>
#include <glib.h>
#include <locale.h>
#include <unistd.h>

static void
tell (const char *what, GError *error)
{
    g_print ("%s: %s %d: %s\n", what, error != NULL ? g_quark_to_string (error->domain) : "nothing",
             error != NULL ? error->code : 0, error != NULL ? error->message : "");
    g_clear_error (&error);
}

/* A channel from which these bytes come. */
static GIOChannel *
channel_with (const char *bytes, gssize length)
{
    int         ends[2];
    GIOChannel *channel;

    if (!g_unix_open_pipe (ends, 0, NULL) || write (ends[1], bytes, (gsize) length) != length)
        g_error ("no pipe");
    close (ends[1]);
    channel = g_io_channel_unix_new (ends[0]);
    g_io_channel_set_close_on_unref (channel, TRUE);
    return channel;
}

int
main (void)
{
    GIOChannel *channel;
    GError     *error = NULL;
    char       *text = NULL;
    gunichar    character;

    setlocale (LC_ALL, "");

    channel = channel_with ("a\xff\xff\n", 4);
    g_io_channel_read_line (channel, &text, NULL, NULL, &error);
    tell ("bytes that are no text", error);
    g_io_channel_unref (channel);

    error = NULL;
    channel = channel_with ("a\xe2\x82", 3);
    g_io_channel_read_to_end (channel, &text, NULL, &error);
    tell ("an end within a character", error);
    g_io_channel_unref (channel);

    error = NULL;
    channel = channel_with ("\xe2\x82", 2);
    g_io_channel_read_unichar (channel, &character, &error);
    tell ("an end within the first character", error);
    g_io_channel_unref (channel);

    error = NULL;
    channel = channel_with ("a", 1);
    g_io_channel_set_encoding (channel, "NO-SUCH-ENCODING", &error);
    tell ("an unknown encoding", error);

    error = NULL;
    g_io_channel_set_encoding (channel, NULL, NULL);
    g_io_channel_set_buffered (channel, FALSE);
    g_io_channel_read_line (channel, &text, NULL, NULL, &error);
    tell ("a line without a buffer", error);
    error = NULL;
    g_io_channel_read_to_end (channel, &text, NULL, &error);
    tell ("all of it without a buffer", error);
    g_io_channel_unref (channel);

    error = NULL;
    g_io_channel_new_file ("/no/such/file", "r", &error);
    tell ("a file that is not there", error);

    error = NULL;
    g_unix_set_fd_nonblocking (-1, TRUE, &error);
    tell ("a descriptor that is none", error);
    return 0;
}
