/* dispatch.c - the phase in which callbacks run: what is fetched when, what is visible inside, what happens afterwards.
 *
 * In which order sources come is the subject of order.c, which is next; nested iterations, of recursion.c.
 */
#include "twin.h"

#include <stdlib.h>

static void
where (const char *what)
{
    GSource *current = g_main_current_source ();

    trace ("%s: depth %d, current %s", what, g_main_depth (),
           current == NULL ? "none" : g_source_get_name (current) != NULL ? g_source_get_name (current) : "unnamed");
}

static void
notify_where (gpointer what)
{
    where (what);
}

TWIN (source_destroyed_earlier_in_the_batch_is_skipped, "DI-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[3];

    for (int i = 0; i < 3; i++) {
        probes[i] = probe_attach (probe_new (i == 0 ? "a" : i == 1 ? "b" : "c", 0), context);
        probes[i]->prepare_ready = TRUE;
        probes[i]->quiet = TRUE;
    }
    probes[0]->in_dispatch = probe_destroys_other;
    probes[0]->data = probes[1];
    turn (context);
    g_main_context_unref (context);
}

TWIN (flag_is_cleared_before_the_call, "DI-001 PR-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    g_source_set_can_recurse (PROBE_SOURCE (probe), TRUE);
    probe->prepare_ready = TRUE;
    turn (context);
    probe->prepare_ready = FALSE;
    turn (context);
    g_main_context_unref (context);
}

/* ---- the callback is fetched ------------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    int         references;
} Closure;

static void
closure_ref (gpointer data)
{
    Closure *closure = data;

    trace ("ref %s, %d before", closure->name, closure->references++);
}

static void
closure_unref (gpointer data)
{
    Closure *closure = data;

    trace ("unref %s, %d after", closure->name, --closure->references);
}

static void
closure_get (gpointer data, GSource *source, GSourceFunc *function, gpointer *user_data)
{
    Closure *closure = data;

    trace ("get %s, of the right source %d", closure->name, source == g_main_current_source () || source != NULL);
    *function = call_again;
    *user_data = (gpointer) closure->name;
}

static GSourceCallbackFuncs closure_funcs = { closure_ref, closure_unref, closure_get };

TWIN (callback_object_is_reffed_fetched_and_dropped_around_the_call, "DI-002 DI-006 CB-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);
    Closure       closure = { "closure", 1 };

    probe->quiet = TRUE;
    probe->prepare_ready = TRUE;
    g_source_set_callback_indirect (PROBE_SOURCE (probe), &closure, &closure_funcs);
    turn (context);
    trace ("%d reference left", closure.references);
    turn (context);
    g_main_context_unref (context);
    trace ("%d references left", closure.references);
}

TWIN (source_is_blocked_during_the_call, "DI-002 RB-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->in_dispatch = probe_nests;
    probe->check_ready = TRUE;
    turn (context);
    g_main_context_unref (context);
}

static void
replace_callback (Probe *probe)
{
    g_source_set_callback (PROBE_SOURCE ((Probe *) probe->data), call_again, (gpointer) "new", notified);
}

TWIN (callback_replaced_after_check_is_the_one_that_runs, "DI-003")
{
    GMainContext *context = g_main_context_new ();
    Probe        *replacer = probe_attach (probe_new ("replacer", 0), context);
    Probe        *replaced = probe_attach (probe_new ("replaced", 0), context);

    replacer->quiet = replaced->quiet = TRUE;
    replacer->prepare_ready = replaced->prepare_ready = TRUE;
    replacer->data = replaced;
    replacer->in_dispatch = replace_callback;
    g_source_set_callback (PROBE_SOURCE (replaced), call_again, (gpointer) "old", notified);
    turn (context);
    g_main_context_unref (context);
}

TWIN (callback_set_between_check_and_dispatch_by_hand_runs, "DI-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = idle_again (context, 0, "old");
    Hand          hand;

    hand_query (&hand, context);
    hand_poll (&hand);
    hand_check (&hand);
    g_source_set_callback (source, call_again, (gpointer) "new", notified);
    g_main_context_dispatch (context);
    g_main_context_unref (context);
}

/* ---- the dispatch function is read ------------------------------------------------------------------------------ */

static GSourceFuncs own_funcs;

static gboolean
other_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    trace ("other dispatch, source %d, function %s, data %s", source == g_main_current_source (),
           callback == NULL ? "NULL" : "set", data == NULL ? "NULL" : (const char *) data);
    return callback != NULL ? callback (data) : TRUE;
}

static gboolean
sudden_check (GSource *source)
{
    (void) source;
    trace ("sudden check");
    return FALSE;
}

static gboolean
sudden_prepare (GSource *source, int *timeout)
{
    (void) source;
    trace ("sudden prepare");
    *timeout = 777;
    return FALSE;
}

TWIN (dispatch_replaced_in_a_custom_table_is_honoured, "DI-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe;

    own_funcs = probe_passive_funcs;
    probe = probe_attach (probe_new_with (&own_funcs, "p", 0), context);
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    turn (context);
    own_funcs.dispatch = other_dispatch;
    turn (context);
    g_source_set_callback (PROBE_SOURCE (probe), call_again, (gpointer) "callback", NULL);
    turn (context);
    g_main_context_unref (context);
}

TWIN (check_and_prepare_put_into_the_table_later_are_called, "DI-004 CK-006 PR-005")
{
    GMainContext *context = g_main_context_new ();
    Hand          hand;

    own_funcs = probe_passive_funcs;
    probe_attach (probe_new_with (&own_funcs, "p", 0), context);
    turn (context);
    own_funcs.check = sudden_check;
    turn (context);
    own_funcs.prepare = sudden_prepare;
    hand_query (&hand, context);
    trace ("timeout %d", hand.timeout);
    hand_check (&hand);
    own_funcs.prepare = NULL;
    own_funcs.check = NULL;
    turn (context);
    g_main_context_unref (context);
}

static gboolean
dispatch_in_between (GSource *source, GSourceFunc callback, gpointer data)
{
    (void) source;
    trace ("hooked");
    return callback (data);
}

TWIN (overwritten_idle_dispatch_is_honoured, "DI-004")
{
    gboolean (*original) (GSource *, GSourceFunc, gpointer) = g_idle_funcs.dispatch;
    GMainContext *context = g_main_context_new ();

    idle_again (context, 0, "before");
    g_idle_funcs.dispatch = dispatch_in_between;
    idle_again (context, 0, "after");
    turn (context);
    g_idle_funcs.dispatch = original;
    turn (context);
    g_main_context_unref (context);
}

TWIN (overwritten_timeout_dispatch_is_honoured, "DI-004")
{
    gboolean (*original) (GSource *, GSourceFunc, gpointer) = g_timeout_funcs.dispatch;
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_timeout_source_new (0);

    g_source_set_callback (source, call_again, (gpointer) "timeout", NULL);
    g_source_attach (source, context);
    g_timeout_funcs.dispatch = dispatch_in_between;
    turn (context);
    g_timeout_funcs.dispatch = original;
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (dispatch_without_callback_gets_null_and_null, "DI-004")
{
    static GSourceFuncs funcs;
    GMainContext       *context = g_main_context_new ();
    Probe              *probe;

    funcs = probe_passive_funcs;
    funcs.dispatch = other_dispatch;
    probe = probe_attach (probe_new_with (&funcs, "p", 0), context);
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    turn (context);
    g_main_context_unref (context);
}

/* ---- inside and after the call ---------------------------------------------------------------------------------- */

static gboolean
callback_where (gpointer what)
{
    where (what);
    return FALSE;
}

static void *
where_in_thread (void *what)
{
    where (what);
    return NULL;
}

static gboolean
callback_where_elsewhere (gpointer what)
{
    where (what);
    in_thread (where_in_thread, (void *) "another thread");
    return TRUE;
}

TWIN (depth_and_current_source_are_set_during_the_call, "DI-005 DI-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_set_name (source, "first");
    g_source_set_callback (source, callback_where_elsewhere, (gpointer) "callback", notify_where);
    g_source_attach (source, context);
    where ("before");
    turn (context);
    where ("between");
    g_source_set_callback (source, callback_where, (gpointer) "last callback", notify_where);
    where ("replaced from outside");
    turn (context);
    where ("after");
    g_source_unref (source);
    g_main_context_unref (context);
}

static gboolean
iterate_another (gpointer context)
{
    where ("outer before");
    turn (context);
    where ("outer after");
    return FALSE;
}

TWIN (depth_counts_over_contexts, "DI-005 RB-008")
{
    GMainContext *outer = g_main_context_new ();
    GMainContext *inner = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_set_name (source, "outer");
    g_source_set_callback (source, iterate_another, inner, NULL);
    g_source_attach (source, outer);
    g_source_unref (source);
    source = g_idle_source_new ();
    g_source_set_name (source, "inner");
    g_source_set_callback (source, callback_where, (gpointer) "inner", notify_where);
    g_source_attach (source, inner);
    g_source_unref (source);
    turn (outer);
    g_main_context_unref (outer);
    g_main_context_unref (inner);
}

typedef enum { RETURNS_FALSE, DESTROYS_ITSELF, REPLACES_ITSELF, DESTROYS_AND_RETURNS_FALSE } Ending;

typedef struct {
    GMainContext *context;
    GSource      *source;
    Ending        ending;
} Finish;

static void
notify_finish (gpointer data)
{
    Finish *finish = data;

    where ("notify");
    trace ("owner %d, destroyed %d", g_main_context_is_owner (finish->context),
           g_source_is_destroyed (finish->source));
}

static gboolean
finishing (gpointer data)
{
    Finish *finish = data;

    where ("callback");
    if (finish->ending == DESTROYS_ITSELF || finish->ending == DESTROYS_AND_RETURNS_FALSE)
        g_source_destroy (finish->source);
    if (finish->ending == REPLACES_ITSELF)
        g_source_set_callback (finish->source, callback_where, (gpointer) "replacement", notify_where);
    trace ("callback ends");
    return finish->ending == DESTROYS_ITSELF || finish->ending == REPLACES_ITSELF;
}

TWIN (notify_runs_after_the_call_at_the_outer_depth, "DI-006 DI-007")
{
    static const char *names[] = { "returns FALSE", "destroys itself", "replaces itself", "destroys, returns FALSE" };

    for (int ending = RETURNS_FALSE; ending <= DESTROYS_AND_RETURNS_FALSE; ending++) {
        GMainContext *context = g_main_context_new ();
        Probe        *probe = probe_new ("p", 0);
        Finish        finish = { context, PROBE_SOURCE (probe), (Ending) ending };

        trace ("-- %s", names[ending]);
        probe->quiet = TRUE;
        probe->prepare_ready = TRUE;
        g_source_set_callback (PROBE_SOURCE (probe), finishing, &finish, notify_finish);
        probe_attach (probe, context);
        turn (context);
        turn (context);
        g_main_context_unref (context);
    }
}

static gboolean
nested_finishing (gpointer data)
{
    where ("outer callback");
    turn (((Finish *) data)->context);
    where ("outer callback ends");
    return TRUE;
}

TWIN (notify_in_a_nested_iteration_sees_the_outer_source, "DI-007 RB-005")
{
    GMainContext *context = g_main_context_new ();
    GSource      *outer = g_idle_source_new ();
    GSource      *inner = g_idle_source_new ();
    Finish        finish = { context, inner, RETURNS_FALSE };

    g_source_set_name (outer, "outer");
    g_source_set_name (inner, "inner");
    g_source_set_callback (outer, nested_finishing, &finish, NULL);
    g_source_set_callback (inner, finishing, &finish, notify_finish);
    g_source_attach (outer, context);
    g_source_attach (inner, context);
    turn (context);
    g_source_unref (outer);
    g_source_unref (inner);
    g_main_context_unref (context);
}

static void *
destroy_in_thread (void *source)
{
    g_source_destroy (source);
    trace ("destroyed in a thread");
    return NULL;
}

static gboolean
destroyed_meanwhile (gpointer data)
{
    in_thread (destroy_in_thread, ((Finish *) data)->source);
    where ("callback goes on");
    return TRUE;
}

TWIN (destroyed_by_a_thread_during_the_call_notifies_here_afterwards, "DI-006 DI-007 SL-008")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_new ("p", 0);
    Finish        finish = { context, PROBE_SOURCE (probe), RETURNS_FALSE };

    probe->quiet = TRUE;
    probe->prepare_ready = TRUE;
    g_source_set_callback (PROBE_SOURCE (probe), destroyed_meanwhile, &finish, notify_finish);
    probe_attach (probe, context);
    turn (context);
    trace ("out of the iteration");
    g_main_context_unref (context);
}

TWIN (quit_does_not_stop_the_batch, "DI-008 ML-005")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    GSource      *source = g_idle_source_new ();

    g_source_set_callback (source, call_quit, loop, NULL);
    g_source_set_priority (source, 0);
    idle_again (context, 0, "before");
    g_source_attach (source, context);
    g_source_unref (source);
    idle_again (context, 0, "after");
    idle_again (context, 1, "less urgent");
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
    g_main_context_unref (context);
}

static void
lower_other (Probe *probe)
{
    probe->in_dispatch = NULL;
    g_source_set_priority (PROBE_SOURCE ((Probe *) probe->data), 50);
}

TWIN (priority_changed_after_check_keeps_the_source_in_the_batch, "DI-009 OR-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *changer = probe_attach (probe_new ("changer", 0), context);
    Probe        *changed = probe_attach (probe_new ("changed", 0), context);

    changer->quiet = changed->quiet = TRUE;
    changer->prepare_ready = changed->prepare_ready = TRUE;
    changer->in_dispatch = lower_other;
    changer->data = changed;
    turn (context);
    turn (context);
    g_source_destroy (PROBE_SOURCE (changer));
    turn (context);
    g_main_context_unref (context);
}

static int odd_result;

static gboolean
odd_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    (void) source;
    (void) callback;
    (void) data;
    trace ("returning %d", odd_result);
    return odd_result;
}

TWIN (any_result_but_zero_keeps_the_source, "DI-010")
{
    static GSourceFuncs funcs;
    static const int    results[] = { TRUE, 2, -1, 0x10000, G_MININT, FALSE };
    GMainContext       *context = g_main_context_new ();
    Probe              *probe;

    funcs = probe_passive_funcs;
    funcs.dispatch = odd_dispatch;
    probe = probe_attach (probe_new_with (&funcs, "p", 0), context);
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    for (size_t i = 0; i < G_N_ELEMENTS (results); i++) {
        odd_result = results[i];
        turn (context);
    }
    g_main_context_unref (context);
}

TWIN (missing_dispatch_is_fine_while_never_ready, "DI-011")
{
    static GSourceFuncs funcs;
    GMainContext       *context = g_main_context_new ();

    funcs = probe_funcs;
    funcs.dispatch = NULL;
    probe_attach (probe_new_with (&funcs, "p", 0), context);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static void
dispatch_without_dispatch (void)
{
    static GSourceFuncs funcs;
    GMainContext       *context = g_main_context_new ();
    Probe              *probe;

    funcs = probe_passive_funcs;
    funcs.dispatch = NULL;
    probe = probe_attach (probe_new_with (&funcs, "p", 0), context);
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    g_main_context_iteration (context, FALSE);
    trace ("survived");
}

TWIN (missing_dispatch_ends_the_process_if_ever_needed, "DI-011")
{
    char *said = output_of (dispatch_without_dispatch, 2, NULL);

    /* How it dies is the library's affair; that it does not go on as if nothing were wrong is not: no `survived`. */
    free (said);
    trace ("ended");
}
