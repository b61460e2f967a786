/* channel_watch_buffers.c - watches on channels whose buffers hold data: asked although the descriptor is silent, and left
 * alone again once the buffers are empty (section 24: IO-034, IO-111, IO-112, IO-114, IO-115).
 *
 * Watches by themselves are channel_watch.c's subject. Read next: channel.h.
 */
#include "channel.h"

#include <sys/socket.h>

static gboolean
watch_call (GIOChannel *channel, GIOCondition condition, gpointer data)
{
    (void) channel;
    trace ("call%s%s: condition %s", data != NULL ? " " : "", data != NULL ? (const char *) data : "",
           events_text (condition));
    return G_SOURCE_CONTINUE;
}

static GSource *
watch (GMainContext *context, GIOChannel *channel, GIOCondition condition, const char *name)
{
    GSource *source = g_io_create_watch (channel, condition);

    g_source_set_callback (source, G_SOURCE_FUNC (watch_call), (gpointer) name, NULL);
    g_source_attach (source, context);
    return source;
}

/* What prepare and query say. */
static void
tell_prepared (GMainContext *context)
{
    int      priority, timeout;
    gboolean ready = g_main_context_prepare (context, &priority);

    g_main_context_query (context, priority, &timeout, NULL, 0);
    trace ("prepared %s, timeout %d", yes (ready), timeout);
}

TWIN (buffered_data_makes_an_in_watch_ready_on_a_silent_descriptor, "IO-114 IO-111 IO-112")
{
    GMainContext *context = g_main_context_new ();
    int           feeding_end;
    GIOChannel   *channel = reading_channel (&feeding_end);
    GSource      *source = watch (context, channel, G_IO_IN, NULL);

    turn (context);
    put_bytes (feeding_end, "abc");
    turn (context);
    read_some (channel, 1);
    tell_prepared (context);
    turn (context);
    trace ("blocking iteration: %s", yes (g_main_context_iteration (context, TRUE)));
    read_some (channel, 2);
    tell_prepared (context);
    turn (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (feeding_end);
}

TWIN (watch_for_more_than_is_buffered_fires_in_check_only, "IO-114 IO-111 IO-112")
{
    GMainContext *context = g_main_context_new ();
    int           feeding_end;
    GIOChannel   *channel = reading_channel (&feeding_end);
    GSource      *source;

    put_bytes (feeding_end, "abc");
    read_some (channel, 1);
    source = watch (context, channel, G_IO_IN | G_IO_HUP, NULL);
    tell_prepared (context);
    turn (context);
    turn (context);
    read_some (channel, 5);
    tell_prepared (context);
    turn (context);
    close (feeding_end);
    turn (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
}

TWIN (watch_made_while_data_is_buffered_sees_it, "IO-114 IO-111")
{
    GMainContext *context = g_main_context_new ();
    int           feeding_end;
    GIOChannel   *channel = reading_channel (&feeding_end);
    GSource      *before, *after, *other;

    put_bytes (feeding_end, "a\nb\n");
    before = watch (context, channel, G_IO_IN, "before");
    read_a_line (channel);
    after = watch (context, channel, G_IO_IN, "after");
    other = watch (context, channel, G_IO_HUP, "other");
    turn (context);
    g_source_destroy (before);
    turn (context);
    read_a_line (channel);
    turn (context);
    let_go (after);
    let_go (other);
    put_bytes (feeding_end, "c\nd\n");
    read_a_line (channel);
    turn (context);
    g_source_unref (before);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (feeding_end);
}

TWIN (bytes_that_are_no_character_do_not_count, "IO-034 IO-114")
{
    GMainContext *context = g_main_context_new ();
    int           feeding_end;
    GIOChannel   *channel = reading_channel (&feeding_end);
    GSource      *source = watch (context, channel, G_IO_IN, NULL);

    put_bytes (feeding_end, "a\xe2\x82");
    read_some (channel, 1);
    tell_prepared (context);
    turn (context);
    encode_as (channel, NULL);
    tell_prepared (context);
    turn (context);
    encode_as (channel, "UTF-8");
    tell_prepared (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (feeding_end);
}

TWIN (out_watch_is_ready_once_something_was_written_and_the_buffer_is_not_full, "IO-115 IO-111 IO-034")
{
    GMainContext *context = g_main_context_new ();
    int           sockets[2];
    GIOChannel   *channel;
    GSource      *source;
    static char   bytes[65536];

    socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets);
    channel = g_io_channel_unix_new (sockets[0]);
    while (write (sockets[0], bytes, sizeof bytes) > 0)
        continue;
    while (write (sockets[0], bytes, 1) > 0)
        continue;
    source = watch (context, channel, G_IO_OUT, NULL);
    tell_prepared (context);
    turn (context);
    write_text (channel, "a", -1);
    tell_prepared (context);
    turn (context);
    turn (context);
    g_io_channel_set_buffer_size (channel, 10);
    write_text (channel, "0123456789", -1);
    tell_prepared (context);
    turn (context);
    g_io_channel_set_buffer_size (channel, 100);
    tell_prepared (context);
    turn (context);
    shut_down (channel, FALSE);
    tell_prepared (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (sockets[1]);
}

TWIN (seeking_makes_a_watch_look_at_the_descriptor_again, "IO-114 IO-100")
{
    GMainContext *context = g_main_context_new ();
    int           feeding_end;
    GIOChannel   *channel = reading_channel (&feeding_end);
    GSource      *source = watch (context, channel, G_IO_IN, NULL);
    GError       *error = NULL;

    put_bytes (feeding_end, "abc");
    read_some (channel, 1);
    channel->is_seekable = TRUE;
    trace ("%s", status_text (g_io_channel_seek_position (channel, 0, G_SEEK_SET, &error)));
    trace ("%s", error_text (&error));
    tell_prepared (context);
    read_some (channel, 5);
    tell_prepared (context);
    turn (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (feeding_end);
}

static gboolean
read_one_line (GIOChannel *channel, GIOCondition condition, gpointer data)
{
    (void) data;
    trace ("call: condition %s", events_text (condition));
    return read_a_line (channel) == G_IO_STATUS_NORMAL;
}

/* The classic way to read lines: one per call, the descriptor silent after the first. */
TWIN (line_per_call_gets_all_lines, "IO-114 IO-061")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);

    put_bytes (feeding_end, "one\ntwo\nthree\nfo");
    g_io_add_watch (channel, G_IO_IN | G_IO_HUP, read_one_line, NULL);
    for (int i = 0; i < 3; i++)
        turn (NULL);
    put_bytes (feeding_end, "ur\n");
    turn (NULL);
    close (feeding_end);
    for (int i = 0; i < 3; i++)
        turn (NULL);
    trace ("references %d", channel->ref_count);
    g_io_channel_unref (channel);
}

static gboolean
tell_guard (gpointer data)
{
    (void) data;
    trace ("nothing more for a while");
    return G_SOURCE_REMOVE;
}

/* The same with iterations that wait: nobody has to speak for the buffered lines to come. */
TWIN (line_per_call_gets_all_lines_without_waiting, "IO-114 IO-061 RB-007")
{
    static const GIOCondition conditions[] = { G_IO_IN, G_IO_IN | G_IO_HUP, G_IO_IN | G_IO_HUP | G_IO_ERR | G_IO_PRI };

    for (size_t i = 0; i < G_N_ELEMENTS (conditions); i++) {
        int         feeding_end;
        GIOChannel *channel = reading_channel (&feeding_end);
        guint       id = g_io_add_watch (channel, conditions[i], read_one_line, NULL);
        gboolean    silent = FALSE;

        put_bytes (feeding_end, "one\ntwo\nthree\nfour\n");
        while (!silent) {
            GSource *guard = g_timeout_source_new (patience ());

            g_source_set_callback (guard, tell_guard, NULL, NULL);
            g_source_attach (guard, NULL);
            while (!g_main_context_iteration (NULL, TRUE))
                ;
            silent = g_source_is_destroyed (guard);
            let_go (guard);
        }
        close (feeding_end);
        g_source_remove (id);
        g_io_channel_unref (channel);
    }
}

/* A channel is used in one thread while its watch lives in another's context. Only that nothing breaks is told. */
static Flag stop_watching = FLAG_INIT;

static gboolean
count_call (GIOChannel *channel, GIOCondition condition, gpointer counter)
{
    (void) channel, (void) condition;
    g_atomic_int_inc ((gint *) counter);
    return G_SOURCE_CONTINUE;
}

static void *
watch_in_a_thread (void *channel)
{
    GMainContext *context = g_main_context_new ();
    gint          calls = 0;

    while (!flag_is_raised (&stop_watching)) {
        GSource *source = g_io_create_watch (channel, G_IO_IN);

        g_source_set_callback (source, G_SOURCE_FUNC (count_call), &calls, NULL);
        g_source_attach (source, context);
        for (int i = 0; i < 5; i++)
            g_main_context_iteration (context, FALSE);
        let_go (source);
    }
    g_main_context_unref (context);
    return NULL;
}

OWN (channel_and_watch_may_be_in_different_threads, "IO-114 IO-118",
     "the oracle looks at the buffers of a channel while another thread changes them")
{
    int         feeding_end;
    GIOChannel *channel = reading_channel (&feeding_end);
    pthread_t   watchers[2];
    char        byte;

    for (guint i = 0; i < G_N_ELEMENTS (watchers); i++)
        watchers[i] = spawn (watch_in_a_thread, channel);
    for (int i = 0; i < 3000; i++) {
        put_bytes (feeding_end, "ab");
        expect (g_io_channel_read_chars (channel, &byte, 1, NULL, NULL) == G_IO_STATUS_NORMAL);
        expect (g_io_channel_read_chars (channel, &byte, 1, NULL, NULL) == G_IO_STATUS_NORMAL);
    }
    flag_raise (&stop_watching);
    for (guint i = 0; i < G_N_ELEMENTS (watchers); i++)
        join (watchers[i]);
    expect (channel->ref_count == 1);
    g_io_channel_unref (channel);
    close (feeding_end);
}
