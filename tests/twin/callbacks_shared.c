/* callbacks_shared.c - plain callbacks that others hold by the public fields of a source, and give to a second one: who is
 * called, and when the notify runs, whatever becomes of either source.
 *
 * Callbacks of one source are the subject of callbacks.c.
 */
#include "sources.h"

static void
say_finalized (GSource *source)
{
    trace ("finalize %s", g_source_get_name (source));
}

static gboolean
run_callback (GSource *source, GSourceFunc callback, gpointer data)
{
    trace ("dispatch %s", g_source_get_name (source));
    return callback == NULL || callback (data);
}

static gboolean
always_ready (GSource *source, int *timeout)
{
    (void) source, (void) timeout;
    return TRUE;
}

static GSourceFuncs sharing_funcs = { .prepare = always_ready, .dispatch = run_callback, .finalize = say_finalized };

static GSource *
sharing_source (const char *name, GMainContext *context)
{
    GSource *source = g_source_new (&sharing_funcs, sizeof (GSource));

    g_source_set_static_name (source, name);
    g_source_attach (source, context);
    return source;
}

/* Gives what `from` calls to `to` as well, as bindings do with a slot. */
static void
share (GSource *from, GSource *to)
{
    GSourceCallbackFuncs *funcs = from->callback_funcs;
    gpointer              data = from->callback_data;

    funcs->ref (data);
    g_source_set_callback_indirect (to, data, funcs);
}

typedef enum { KEEP, REPLACE, REPLACE_TWICE, DESTROY, FINALIZE, FATES } Fate;

static void
suffer (Fate fate, GSource **source)
{
    switch (fate) {
    case REPLACE_TWICE:
        g_source_set_callback (*source, call_again, "second", notified);
        /* fall through */
    case REPLACE:
        g_source_set_callback (*source, call_again, "third", notified);
        break;
    case DESTROY:
        g_source_destroy (*source);
        break;
    case FINALIZE:
        let_go (*source);
        *source = NULL;
        break;
    case KEEP:
    case FATES:
        break;
    }
}

static void
share_and_suffer (Fate owner_fate, Fate sharer_fate, gboolean two_contexts)
{
    GMainContext *context = g_main_context_new ();
    GMainContext *other = two_contexts ? g_main_context_new () : g_main_context_ref (context);
    GSource      *owner = sharing_source ("owner", context), *sharer = sharing_source ("sharer", other);

    trace ("fates %d and %d in %d contexts", owner_fate, sharer_fate, 1 + two_contexts);
    g_source_set_callback (owner, call_again, "first", notified);
    share (owner, sharer);
    turn (context);
    turn (other);
    suffer (owner_fate, &owner);
    turn (context);
    turn (other);
    suffer (sharer_fate, &sharer);
    turn (context);
    turn (other);
    trace ("the end");
    if (owner != NULL)
        let_go (owner);
    if (sharer != NULL)
        let_go (sharer);
    g_main_context_unref (context);
    g_main_context_unref (other);
}

TWIN (plain_callback_given_to_a_second_source_is_called_by_both, "CB-004 CB-007 CB-001")
{
    for (Fate owner = KEEP; owner < FATES; owner++)
        for (Fate sharer = KEEP; sharer < FATES; sharer++) {
            share_and_suffer (owner, sharer, FALSE);
            share_and_suffer (owner, sharer, TRUE);
        }
}

static gboolean
replace_while_running (gpointer data)
{
    GSource **sources = data;

    trace ("called, replacing");
    g_source_set_callback (sources[0], call_again, "other", notified);
    g_source_set_callback (sources[1], NULL, NULL, NULL);
    trace ("replaced");
    return G_SOURCE_CONTINUE;
}

static void
notify_sharing (gpointer data)
{
    (void) data;
    trace ("notify");
}

TWIN (shared_plain_callback_replaced_while_it_runs, "CB-001 CB-004 CB-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *sources[2] = { sharing_source ("owner", context), sharing_source ("sharer", context) };

    g_source_set_callback (sources[0], replace_while_running, sources, notify_sharing);
    share (sources[0], sources[1]);
    turn (context);
    turn (context);
    let_go (sources[0]);
    let_go (sources[1]);
    g_main_context_unref (context);
}

TWIN (plain_callback_given_back_to_its_own_source, "CB-004 CB-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = sharing_source ("source", context);

    g_source_set_callback (source, call_again, "data", notified);
    share (source, source);
    turn (context);
    share (source, source);
    turn (context);
    let_go (source);
    trace ("the end");
    g_main_context_unref (context);
}
