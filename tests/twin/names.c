/* names.c - the names sources are given by the library and by the program (contract section 18).
 *
 * Names of child watches and unix signals are looked at where those sources are. Must not depend on names anywhere
 * else.
 */
#include "sources.h"

#include <string.h>

static void
tell_name (const char *kind, GSource *source)
{
    trace ("%s: %s", kind, or_none (g_source_get_name (source)));
    g_source_unref (source);
}

static gboolean
quiet (gpointer data)
{
    (void) data;
    return G_SOURCE_REMOVE;
}

static GSource *
source_of_id (guint id)
{
    GSource *source = g_source_ref (g_main_context_find_source_by_id (NULL, id));

    g_source_remove (id);
    return source;
}

static void *
invoke_from_here (void *context)
{
    g_main_context_invoke (context, quiet, "invoked");
    return NULL;
}

TWIN (default_names_of_builtin_sources, "NM-001 TD-015")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GIOChannel   *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    tell_name ("idle", g_idle_source_new ());
    tell_name ("timeout", g_timeout_source_new (10));
    tell_name ("timeout in seconds", g_timeout_source_new_seconds (10));
    tell_name ("descriptor", g_unix_fd_source_new (ends[0], G_IO_IN));
    tell_name ("watch", g_io_create_watch (channel, G_IO_IN));
    tell_name ("idle added", source_of_id (g_idle_add (quiet, NULL)));
    tell_name ("timeout added", source_of_id (g_timeout_add (10, quiet, NULL)));
    tell_name ("idle added once", source_of_id (g_idle_add_once (notified, NULL)));
    g_main_context_acquire (context);
    in_thread (invoke_from_here, context);
    tell_name ("invoked", g_source_ref (g_main_context_find_source_by_user_data (context, (gpointer) "invoked")));
    g_main_context_release (context);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (set_name_copies_and_static_name_keeps_the_pointer, "NM-002")
{
    static const char kept[] = "kept";
    char              text[] = "copied";
    GSource          *source = g_timeout_source_new (10);

    g_source_set_name (source, text);
    memset (text, 'x', sizeof text - 1);
    trace ("%s", g_source_get_name (source));
    g_source_set_static_name (source, kept);
    trace ("the pointer itself %s", yes (g_source_get_name (source) == kept));
    g_source_set_name (source, kept);
    trace ("the pointer itself %s", yes (g_source_get_name (source) == kept));
    g_source_set_name (source, "");
    trace ("empty: \"%s\"", g_source_get_name (source));
    g_source_set_name (source, NULL);
    trace ("cleared: %s", or_none (g_source_get_name (source)));
    g_source_set_static_name (source, kept);
    g_source_set_static_name (source, NULL);
    trace ("cleared: %s", or_none (g_source_get_name (source)));
    g_source_unref (source);
}

TWIN (names_change_nothing_and_can_be_set_in_every_state, "NM-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *first = with_callback (g_idle_source_new (), call_again, "first", NULL);
    GSource      *second = with_callback (g_idle_source_new (), call_again, "second", NULL);
    GSource      *resting = g_timeout_source_new (1000000);

    g_source_attach (resting, context);
    g_source_set_name (resting, "resting");
    trace ("woken by a name %s", yes (woken (context)));
    let_go (resting);
    g_source_set_name (first, "the same");
    g_source_set_name (second, "the same");
    g_source_attach (first, context);
    g_source_attach (second, context);
    turn (context);
    g_source_set_name (first, "zzz");
    turn (context);
    g_source_destroy (first);
    g_source_set_name (first, "after destroy");
    trace ("%s", g_source_get_name (first));
    g_source_unref (first);
    let_go (second);
    g_main_context_unref (context);
}

static void *
rename_often (void *source)
{
    for (int i = 0; i < 2000; i++)
        g_source_set_name (source, i % 2 ? "from a thread" : "a longer name from a thread");
    return NULL;
}

TWIN (name_may_be_set_from_threads, "NM-002 WK-006")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_idle_source_new (), quiet, NULL, NULL);
    pthread_t     threads[2];

    g_source_attach (source, context);
    for (int i = 0; i < 2; i++)
        threads[i] = spawn (rename_often, source);
    for (int i = 0; i < 2; i++)
        join (threads[i]);
    trace ("%s", g_source_get_name (source));
    let_go (source);
    g_main_context_unref (context);
}
