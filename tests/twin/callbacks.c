/* callbacks.c - function, data and notify of a source: replacing them at every moment, indirect callback objects, and
 * what a notify may do (contract section 13).
 *
 * Must not repeat how sources die: that is source_life.c. Read next: ids.c for finding a source by its user data.
 */
#include "sources.h"

/* ---- replacing --------------------------------------------------------------------------------------------------- */

static GSource *current;

TWIN (old_notify_runs_before_set_callback_returns, "CB-001 CB-009")
{
    GMainContext *context = g_main_context_new ();

    current = with_callback (g_idle_source_new (), call_again, "first", notified);
    g_source_set_callback (current, call_again, "second", notified);
    trace ("replaced before attach");
    g_source_attach (current, context);
    turn (context);
    g_source_set_callback (current, call_again, "third", NULL);
    trace ("replaced after attach");
    turn (context);
    g_source_set_callback (current, call_again, "fourth", notified);
    trace ("replaced one without notify");
    g_source_destroy (current);
    g_source_unref (current);
    g_main_context_unref (context);
}

static gboolean
replace_myself (gpointer name)
{
    trace ("call %s", (const char *) name);
    g_source_set_callback (current, call_again, "successor", notified);
    trace ("replaced, depth %d", g_main_depth ());
    return G_SOURCE_CONTINUE;
}

static void
notified_at_depth (gpointer name)
{
    trace ("notify %s at depth %d, current source %s", (const char *) name, g_main_depth (),
           yes (g_main_current_source () != NULL));
}

TWIN (callback_replaced_by_itself_is_notified_after_its_dispatch, "CB-001 DI-006 DI-007")
{
    GMainContext *context = g_main_context_new ();

    current = with_callback (g_idle_source_new (), replace_myself, "original", notified_at_depth);
    g_source_attach (current, context);
    turn (context);
    turn (context);
    g_source_destroy (current);
    g_source_unref (current);
    g_main_context_unref (context);
}

static gboolean
replace_myself_and_end (gpointer name)
{
    replace_myself (name);
    return G_SOURCE_REMOVE;
}

TWIN (callback_replaced_by_itself_and_removed_notifies_both, "CB-001 DI-006")
{
    GMainContext *context = g_main_context_new ();

    current = with_callback (g_idle_source_new (), replace_myself_and_end, "original", notified_at_depth);
    g_source_attach (current, context);
    turn (context);
    g_source_unref (current);
    g_main_context_unref (context);
}

static pthread_t first_thread;

static void
notified_in_thread (gpointer name)
{
    trace ("notify %s in the %s thread", (const char *) name,
           pthread_equal (pthread_self (), first_thread) ? "first" : "other");
}

static void *
replace_from_here (void *source)
{
    g_source_set_callback (source, call_again, "successor", notified_in_thread);
    trace ("set_callback returned");
    return NULL;
}

static gboolean
another_thread_replaces_me (gpointer name)
{
    trace ("call %s", (const char *) name);
    in_thread (replace_from_here, current);
    trace ("call %s ends", (const char *) name);
    return G_SOURCE_CONTINUE;
}

TWIN (callback_replaced_by_another_thread_mid_dispatch_is_notified_by_the_dispatcher, "CB-001")
{
    GMainContext *context = g_main_context_new ();

    first_thread = pthread_self ();
    current = with_callback (g_idle_source_new (), another_thread_replaces_me, "original", notified_in_thread);
    g_source_attach (current, context);
    turn (context);
    turn (context);
    in_thread (replace_from_here, current);
    g_source_destroy (current);
    g_source_unref (current);
    g_main_context_unref (context);
}

TWIN (set_callback_wakes_nobody, "CB-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));

    g_source_attach (source, context);
    trace ("attached: woken %s", yes (woken (context)));
    g_source_set_callback (source, call_again, "callback", NULL);
    trace ("callback set: woken %s", yes (woken (context)));
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (callback_set_on_a_destroyed_source_is_notified_at_the_last_unref, "CB-002 CB-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (PROBE_SOURCE (probe_new ("source", 0)), call_again, "first", notified);

    g_source_attach (source, context);
    g_source_destroy (source);
    g_source_set_callback (source, call_again, "second", notified);
    trace ("set; fields filled %s", yes (source->callback_funcs != NULL && source->callback_data != NULL));
    turn (context);
    g_source_unref (source);
    trace ("end");
    g_main_context_unref (context);
}

/* ---- without a function ------------------------------------------------------------------------------------------ */

TWIN (builtin_source_without_function_warns_and_ends, "CB-003 CB-009")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *sources[3];

    pipe_open (ends);
    feed (ends[1]);
    sources[0] = with_callback (g_idle_source_new (), NULL, "idle", notified);
    sources[1] = g_timeout_source_new (0);
    sources[2] = with_callback (g_unix_fd_source_new (ends[0], G_IO_IN), NULL, "descriptor", notified);
    for (int i = 0; i < 3; i++) {
        g_source_attach (sources[i], context);
        settle (context);
        trace ("destroyed %s", yes (g_source_is_destroyed (sources[i])));
        g_source_unref (sources[i]);
    }
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (function_taken_away_warns_at_the_next_dispatch, "CB-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_idle_source_new (), call_again, "function", notified);

    g_source_attach (source, context);
    turn (context);
    g_source_set_callback (source, NULL, NULL, NULL);
    turn (context);
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (custom_dispatch_gets_null_when_no_callback_is_set, "CB-003 CB-009")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));

    g_source_set_ready_time (source, 0);
    g_source_attach (source, context);
    turn (context);
    g_source_set_callback (source, call_once, "function", NULL);
    turn (context);
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

/* ---- callback objects -------------------------------------------------------------------------------------------- */

typedef struct {
    const char   *name;
    int           references;
    GMainContext *context; /* if set, unref makes calls that need its lock */
} Object;

static void
object_ref (gpointer data)
{
    Object *object = data;

    trace ("ref %s -> %d", object->name, ++object->references);
}

static void
object_unref (gpointer data)
{
    Object *object = data;

    trace ("unref %s -> %d", object->name, --object->references);
    if (object->context != NULL) {
        GSource *passing = idle_once (object->context, 0, "passing");

        trace ("find: %s",
               yes (g_main_context_find_source_by_user_data (object->context, (gpointer) "passing") != NULL));
        g_source_destroy (passing);
    }
}

static void
object_get (gpointer data, GSource *source, GSourceFunc *function, gpointer *function_data)
{
    Object *object = data;

    (void) source;
    trace ("get %s", object->name);
    *function = call_again;
    *function_data = (gpointer) object->name;
}

static GSourceCallbackFuncs object_funcs = { object_ref, object_unref, object_get };

TWIN (callback_object_is_referenced_around_each_dispatch, "CB-004 DI-002")
{
    Object        object = { "object", 1, NULL };
    Object        other = { "other", 1, NULL };
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_set_callback_indirect (source, &object, &object_funcs);
    trace ("handed over: references %d", object.references);
    g_source_attach (source, context);
    turn (context);
    turn (context);
    g_source_set_callback_indirect (source, &other, &object_funcs);
    trace ("replaced: references %d and %d", object.references, other.references);
    turn (context);
    g_source_destroy (source);
    trace ("destroyed: references %d and %d", object.references, other.references);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (callback_object_of_an_unattached_source_goes_at_the_last_unref, "CB-004 SL-011")
{
    Object   object = { "object", 1, NULL };
    GSource *source = PROBE_SOURCE (probe_new ("source", 0));

    g_source_set_callback_indirect (source, &object, &object_funcs);
    g_source_unref (source);
    trace ("references %d", object.references);
}

static gboolean
replace_object (gpointer data)
{
    trace ("call begins");
    g_source_set_callback_indirect (current, data, &object_funcs);
    trace ("call ends");
    return G_SOURCE_CONTINUE;
}

TWIN (callback_object_is_let_go_without_the_lock, "CB-005")
{
    GMainContext *context = g_main_context_new ();
    Object        replaced = { "replaced", 1, context };
    Object        in_dispatch = { "replaced in dispatch", 1, context };
    Object        destroyed = { "destroyed", 1, context };
    Object        finalized = { "finalized", 1, context };
    GSource      *unattached = g_idle_source_new ();

    current = g_idle_source_new ();
    g_source_set_priority (current, -1);
    g_source_set_callback_indirect (current, &replaced, &object_funcs);
    g_source_attach (current, context);
    turn (context);
    g_source_set_callback_indirect (current, &in_dispatch, &object_funcs);
    g_source_set_callback (current, replace_object, &destroyed, NULL);
    turn (context);
    g_source_destroy (current);
    g_source_unref (current);
    g_source_set_callback_indirect (unattached, &finalized, &object_funcs);
    g_source_unref (unattached);
    g_main_context_unref (context);
}

TWIN (indirect_null_removes_the_callback, "CB-006 CB-003")
{
    Object        object = { "object", 1, NULL };
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_set_callback_indirect (source, &object, &object_funcs);
    g_source_set_callback_indirect (source, &object, NULL);
    trace ("kept: %s", yes (source->callback_funcs == &object_funcs));
    g_source_set_callback_indirect (source, NULL, NULL);
    trace ("removed: %s", yes (source->callback_funcs == NULL && source->callback_data == NULL));
    g_source_attach (source, context);
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (public_fields_show_the_current_callback, "CB-007")
{
    static char   data[] = "data";
    Object        object = { "object", 1, NULL };
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();
    GSourceFunc   function = NULL;
    gpointer      function_data = NULL;

    trace ("at first: %s", yes (source->callback_funcs != NULL || source->callback_data != NULL));
    g_source_set_callback (source, call_again, data, notified);
    source->callback_funcs->get (source->callback_data, source, &function, &function_data);
    trace ("function %s, data %s", yes (function == call_again), yes (function_data == data));
    g_source_attach (source, context);
    /* what C++ bindings do to hold a slot */
    source->callback_funcs->ref (source->callback_data);
    source->callback_funcs->unref (source->callback_data);
    g_source_set_callback_indirect (source, &object, &object_funcs);
    trace ("object: %s", yes (source->callback_funcs == &object_funcs && source->callback_data == &object));
    g_source_destroy (source);
    trace ("after destroy: %s", yes (source->callback_funcs != NULL || source->callback_data != NULL));
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (held_plain_callback_is_notified_at_the_last_release, "CB-007 CB-001")
{
    GSource              *source = with_callback (g_idle_source_new (), call_again, "data", notified);
    GSourceCallbackFuncs *funcs = source->callback_funcs;
    gpointer              data = source->callback_data;

    funcs->ref (data);
    g_source_set_callback (source, call_again, "other", NULL);
    trace ("replaced");
    funcs->unref (data);
    trace ("released");
    g_source_unref (source);
}

/* ---- what a notify may do ---------------------------------------------------------------------------------------- */

typedef struct {
    GMainContext *context;
    GSource      *source;
    GSource      *victim;
} Busy;

static void
attach_destroy_iterate (gpointer data)
{
    Busy *busy = data;

    trace ("notify begins, source destroyed %s", yes (g_source_is_destroyed (busy->source)));
    g_source_destroy (busy->victim);
    g_source_destroy (busy->source);
    idle_once (busy->context, 0, "attached by the notify");
    turn (busy->context);
    trace ("notify ends, owner %s", yes (g_main_context_is_owner (busy->context)));
}

static gboolean
end_quietly (gpointer data)
{
    (void) data;
    return G_SOURCE_REMOVE;
}

static void
end_with_busy_notify (gboolean in_dispatch)
{
    GMainContext *context = g_main_context_new ();
    Busy          busy = { context, g_idle_source_new (), idle_again (context, 0, "victim") };

    g_source_set_priority (busy.source, -1);
    g_source_set_callback (busy.source, end_quietly, &busy, attach_destroy_iterate);
    g_source_attach (busy.source, context);
    if (in_dispatch)
        turn (context);
    else
        g_source_destroy (busy.source);
    g_source_unref (busy.source);
    turn (context);
    g_main_context_unref (context);
}

TWIN (notify_of_destroy_may_attach_destroy_and_iterate, "CB-008 SL-004")
{
    end_with_busy_notify (FALSE);
}

TWIN (notify_after_dispatch_may_attach_destroy_and_iterate, "CB-008 DI-007")
{
    end_with_busy_notify (TRUE);
}

static void
destroy_next (gpointer next)
{
    trace ("notify, next destroyed before %s", yes (g_source_is_destroyed (next)));
    g_source_destroy (next);
    g_source_unref (next);
}

TWIN (notifies_that_destroy_one_another_run_once_each, "CB-008 SL-007")
{
    enum { LENGTH = 4 };
    GMainContext *context = g_main_context_new ();
    GSource      *chain[LENGTH];

    for (int i = 0; i < LENGTH; i++) {
        chain[i] = g_idle_source_new ();
        g_source_attach (chain[i], context);
    }
    for (int i = 0; i < LENGTH; i++)
        g_source_set_callback (chain[i], call_again, g_source_ref (chain[(i + 1) % LENGTH]), destroy_next);
    g_source_destroy (chain[0]);
    for (int i = 0; i < LENGTH; i++)
        g_source_unref (chain[i]);
    turn (context);
    g_main_context_unref (context);
}

static int dead_calls;

static gboolean
count_to_three (gpointer calls)
{
    return ++*(int *) calls < 3;
}

TWIN (callback_that_ends_after_three_calls_is_notified_once, "CB-001 CB-004 SL-017")
{
    GMainContext *context = g_main_context_new ();
    int           calls = 0;

    hand_over (with_callback (g_idle_source_new (), count_to_three, &calls, NULL), context);
    hand_over (with_callback (g_idle_source_new (), count_once, &dead_calls, count_notify), context);
    settle (context);
    trace ("calls %d; one call and one notify make %d", calls, dead_calls);
    g_main_context_unref (context);
}
