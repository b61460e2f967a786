/* thread_default.c - the stack of thread-default contexts, and where invoke lets its function run.
 *
 * Plain acquiring and releasing is the subject of ownership.c, which is next.
 */
#include "twin.h"

/* What the thread-default functions say, with contexts named by their place in a list the case gives. */
static const char *
context_name (GMainContext *context, GMainContext *first, GMainContext *second)
{
    if (context == NULL)
        return "NULL";
    if (context == g_main_context_default ())
        return "default";
    return context == first ? "first" : context == second ? "second" : "unknown";
}

static void *
thread_default_of_fresh_thread (void *data)
{
    (void) data;
    return g_main_context_get_thread_default ();
}

TWIN (each_thread_has_its_own_stack, "TD-001")
{
    GMainContext *context = g_main_context_new ();

    trace ("at first %s", context_name (g_main_context_get_thread_default (), context, NULL));
    g_main_context_push_thread_default (context);
    trace ("here %s", context_name (g_main_context_get_thread_default (), context, NULL));
    trace ("elsewhere %s", context_name (in_thread (thread_default_of_fresh_thread, NULL), context, NULL));
    g_main_context_pop_thread_default (context);
    trace ("popped %s", context_name (g_main_context_get_thread_default (), context, NULL));
    g_main_context_unref (context);
}

static void *
push_owned (void *context)
{
    g_main_context_push_thread_default (context);
    trace ("thread default there: %s", g_main_context_get_thread_default () == NULL ? "NULL" : "set");
    return NULL;
}

TWIN (push_acquires_or_refuses, "TD-002")
{
    GMainContext *context = g_main_context_new ();

    g_main_context_push_thread_default (context);
    trace ("owner %d, free for others %d", g_main_context_is_owner (context), free_for_others (context));
    in_thread (push_owned, context);
    g_main_context_pop_thread_default (context);
    trace ("owner %d, free for others %d", g_main_context_is_owner (context), free_for_others (context));
    g_main_context_unref (context);
}

TWIN (pushing_the_default_context_pushes_null, "TD-003")
{
    GMainContext *global = g_main_context_default ();
    GMainContext *ways[][2] = { { NULL, NULL }, { NULL, global }, { global, NULL }, { global, global } };

    for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
        g_main_context_push_thread_default (ways[i][0]);
        trace ("thread default %s, owner of the default %d",
               context_name (g_main_context_get_thread_default (), NULL, NULL), g_main_context_is_owner (global));
        g_main_context_pop_thread_default (ways[i][1]);
        trace ("owner of the default %d", g_main_context_is_owner (global));
    }
}

TWIN (null_entry_hides_the_one_below, "TD-003 TD-004")
{
    GMainContext *first = g_main_context_new ();
    GMainContext *reffed;

    g_main_context_push_thread_default (first);
    g_main_context_push_thread_default (NULL);
    trace ("top %s", context_name (g_main_context_get_thread_default (), first, NULL));
    reffed = g_main_context_ref_thread_default ();
    trace ("ref'ed top %s", context_name (reffed, first, NULL));
    g_main_context_unref (reffed);
    g_main_context_pop_thread_default (NULL);
    trace ("below %s", context_name (g_main_context_get_thread_default (), first, NULL));
    g_main_context_pop_thread_default (first);
    g_main_context_unref (first);
}

TWIN (stack_keeps_a_reference_and_may_hold_a_context_twice, "TD-004")
{
    GMainContext *first = g_main_context_new ();
    GMainContext *second = g_main_context_new ();

    probe_attach (probe_new ("first", 0), first);
    g_main_context_push_thread_default (first);
    g_main_context_push_thread_default (second);
    g_main_context_push_thread_default (first);
    trace ("top %s", context_name (g_main_context_get_thread_default (), first, second));
    g_main_context_unref (first);
    trace ("only the stack holds it");
    g_main_context_pop_thread_default (first);
    trace ("top %s, still owner %d", context_name (g_main_context_get_thread_default (), first, second),
           g_main_context_is_owner (first));
    g_main_context_pop_thread_default (second);
    trace ("top %s", context_name (g_main_context_get_thread_default (), first, second));
    g_main_context_pop_thread_default (first);
    trace ("gone");
    g_main_context_unref (second);
}

TWIN (pop_wants_the_top_entry, "TD-005")
{
    GMainContext *first = g_main_context_new ();
    GMainContext *second = g_main_context_new ();

    g_main_context_push_thread_default (first);
    g_main_context_push_thread_default (second);
    g_main_context_pop_thread_default (first);
    g_main_context_pop_thread_default (NULL);
    trace ("top %s, owner of both %d", context_name (g_main_context_get_thread_default (), first, second),
           g_main_context_is_owner (first) && g_main_context_is_owner (second));
    g_main_context_pop_thread_default (second);
    g_main_context_pop_thread_default (first);
    trace ("top %s", context_name (g_main_context_get_thread_default (), first, second));
    g_main_context_unref (first);
    g_main_context_unref (second);
}

static void *
pop_without_push (void *context)
{
    g_main_context_pop_thread_default (context);
    return NULL;
}

TWIN (pop_without_any_push_is_refused, "TD-006")
{
    GMainContext *context = g_main_context_new ();

    g_main_context_pop_thread_default (NULL);
    g_main_context_pop_thread_default (context);
    g_main_context_push_thread_default (context);
    in_thread (pop_without_push, context);
    trace ("still owner %d", g_main_context_is_owner (context));
    g_main_context_pop_thread_default (context);
    g_main_context_unref (context);
}

TWIN (pop_null_on_an_emptied_stack_releases_the_default, "TD-007")
{
    g_main_context_push_thread_default (NULL);
    g_main_context_pop_thread_default (NULL);
    log_hold ();
    g_main_context_pop_thread_default (NULL);
    since (2, 78, "",
           "GLib-CRITICAL g_main_context_release_unlocked: assertion 'context->owner_count > 0' failed", log_held ());
    /* Before 2.78 the context is spoilt now. */
    expect (!at_least (2, 78) || (g_main_context_acquire (NULL) && g_main_context_is_owner (NULL)));
}

static void *
ref_thread_default_of_fresh_thread (void *data)
{
    (void) data;
    return g_main_context_ref_thread_default ();
}

TWIN (ref_thread_default_never_gives_null, "TD-008")
{
    GMainContext *context = g_main_context_new ();
    GMainContext *reffed = in_thread (ref_thread_default_of_fresh_thread, NULL);

    trace ("fresh thread %s", context_name (reffed, context, NULL));
    g_main_context_unref (reffed);
    g_main_context_push_thread_default (context);
    reffed = g_main_context_ref_thread_default ();
    trace ("pushed %s", context_name (reffed, context, NULL));
    g_main_context_pop_thread_default (context);
    probe_attach (probe_new ("p", 0), context);
    g_main_context_unref (context);
    trace ("held by the reference just got");
    g_main_context_unref (reffed);
}

static void *
push_and_leave (void *context)
{
    g_main_context_push_thread_default (context);
    g_main_context_push_thread_default (NULL);
    g_main_context_push_thread_default (context);
    return NULL;
}

TWIN (thread_end_clears_the_stack, "TD-009")
{
    GMainContext *context = g_main_context_new ();

    probe_attach (probe_new ("p", 0), context);
    in_thread (push_and_leave, context);
    trace ("can acquire it %d, the default %d", g_main_context_acquire (context), g_main_context_acquire (NULL));
    g_main_context_release (context);
    g_main_context_release (NULL);
    g_main_context_unref (context);
    trace ("that was the last reference");
}

TWIN (default_calls_ignore_the_thread_default, "TD-010")
{
    GMainContext *context = g_main_context_new ();
    guint         idle, timeout, removed;

    g_main_context_push_thread_default (context);
    idle = g_idle_add (call_once, (gpointer) "idle");
    timeout = g_timeout_add (0, call_once, (gpointer) "timeout");
    removed = g_idle_add (call_once, (gpointer) "removed");
    trace ("ids %u %u %u", idle, timeout, removed);
    trace ("by id in the default %d, in the pushed %d", g_main_context_find_source_by_id (NULL, idle) != NULL,
           g_main_context_find_source_by_id (context, idle) != NULL);
    trace ("removed %d", g_source_remove (removed));
    idle_again (context, 0, "pushed");
    trace ("remove by data %d", g_source_remove_by_user_data ((gpointer) "pushed"));
    trace ("iterating the pushed one");
    turn (context);
    trace ("iterating the default");
    while (turn (NULL))
        ;
    g_main_context_pop_thread_default (context);
    g_main_context_unref (context);
}

TWIN (pusher_pushes_and_pops, "TD-011")
{
    GMainContext *context = g_main_context_new ();

    {
        g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (context);

        trace ("the same pointer %d", (gpointer) pusher == (gpointer) context);
        trace ("inside %s", context_name (g_main_context_get_thread_default (), context, NULL));
    }
    trace ("outside %s, owner %d", context_name (g_main_context_get_thread_default (), context, NULL),
           g_main_context_is_owner (context));
    {
        g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (NULL);

        trace ("NULL gives NULL %d", pusher == NULL);
    }
    trace ("default still acquired %d", g_main_context_is_owner (NULL));
    g_main_context_pop_thread_default (NULL);
    g_main_context_unref (context);
}

/* ---- invoke ----------------------------------------------------------------------------------------------------- */

typedef struct {
    GMainContext *context;
    const char   *name;
    int           left; /* calls until FALSE */
    pthread_t     caller;
} Invoked;

static gboolean
invoked (gpointer data)
{
    Invoked *call = data;

    trace ("run %s: owner %d, depth %d, current source %s, in the calling thread %d", call->name,
           g_main_context_is_owner (call->context), g_main_depth (),
           g_main_current_source () == NULL ? "none" : "some", pthread_equal (pthread_self (), call->caller) != 0);
    return --call->left > 0;
}

static void
invoked_notify (gpointer data)
{
    Invoked *call = data;

    trace ("notify %s: owner %d, depth %d", call->name, g_main_context_is_owner (call->context), g_main_depth ());
}

static Invoked
invoke_now (GMainContext *context, const char *name, int times)
{
    Invoked call = { context, name, times, pthread_self () };

    g_main_context_invoke_full (context, 7, invoked, &call, invoked_notify);
    trace ("invoke_full returned, %d calls left", call.left);
    return call;
}

static gboolean
invoke_inside (gpointer context)
{
    GSource *current = g_main_current_source ();

    invoke_now (context, "inside a dispatch", 2);
    trace ("same current source %d", current == g_main_current_source ());
    return FALSE;
}

TWIN (invoke_by_the_owner_runs_directly, "TD-012 RB-008")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_main_context_acquire (context);
    invoke_now (context, "owner", 3);
    trace ("no source %d", g_main_context_find_source_by_id (context, 1) == NULL);
    g_source_set_callback (source, invoke_inside, context, NULL);
    trace ("next id %u", g_source_attach (source, context));
    turn (context);
    g_source_unref (source);
    g_main_context_release (context);
    g_main_context_unref (context);
}

TWIN (invoke_on_the_thread_default_acquires_and_notifies_after_release, "TD-013")
{
    GMainContext *context = g_main_context_new ();

    trace ("NULL thread default");
    invoke_now (NULL, "global", 2);
    g_main_context_push_thread_default (context);
    g_main_context_release (context); /* thread default, yet not owned */
    trace ("pushed, owner %d", g_main_context_is_owner (context));
    invoke_now (context, "pushed", 2);
    trace ("owner afterwards %d", g_main_context_is_owner (context));
    g_main_context_acquire (context);
    g_main_context_pop_thread_default (context);
    g_main_context_unref (context);
}

static void *
invoke_null (void *name)
{
    Invoked call = { NULL, name, 1, pthread_self () };

    g_main_context_invoke (NULL, invoked, &call);
    trace ("returned with %d calls left", call.left);
    if (call.left > 0) {
        /* It waits as a source; run it here once the owner let go, while `call` still exists. */
        while (call.left > 0) {
            g_main_context_iteration (NULL, FALSE);
            nap_ms (1);
        }
    }
    return NULL;
}

TWIN (invoke_null_in_another_thread_runs_there_if_nobody_owns, "TD-014")
{
    in_thread (invoke_null, (void *) "unowned default");
}

static void *
invoke_null_with_thread_default (void *name)
{
    GMainContext *context = g_main_context_new ();

    g_main_context_push_thread_default (context);
    invoke_null (name);
    g_main_context_pop_thread_default (context);
    g_main_context_unref (context);
    return NULL;
}

TWIN (invoke_null_under_a_thread_default_makes_a_source, "TD-014 TD-015")
{
    in_thread (invoke_null_with_thread_default, (void *) "pushed another");
}

static void
describe_first_source (GMainContext *context)
{
    GSource *source = g_main_context_find_source_by_id (context, 1);

    if (source == NULL) {
        trace ("no source");
        return;
    }
    trace ("source \"%s\" at priority %d", g_source_get_name (source), g_source_get_priority (source));
}

TWIN (invoke_elsewhere_attaches_an_idle_source, "TD-015")
{
    for (int full = 0; full <= 1; full++) {
        GMainContext *context = g_main_context_new ();
        Invoked       call = { context, full ? "full" : "plain", 2, pthread_self () };

        if (full)
            g_main_context_invoke_full (context, -33, invoked, &call, invoked_notify);
        else
            g_main_context_invoke (context, invoked, &call);
        describe_first_source (context);
        while (turn (context))
            ;
        g_main_context_unref (context);
    }
}

static void *
invoke_on_owned (void *data)
{
    Invoked *call = data;

    g_main_context_invoke_full (call->context, 0, invoked, call, invoked_notify);
    return NULL;
}

TWIN (invoke_on_a_context_owned_elsewhere_wakes_its_owner, "TD-015 WK-004")
{
    GMainContext *context = g_main_context_new ();
    Invoked       call = { context, "from a thread", 1, pthread_self () };

    g_main_context_acquire (context);
    in_thread (invoke_on_owned, &call);
    trace ("signalled %d", wakeup_signalled (context));
    describe_first_source (context);
    turn (context);
    g_main_context_release (context);
    g_main_context_unref (context);
}

TWIN (pusher_freed_by_hand_pops, "TD-011")
{
    GMainContext       *context = g_main_context_new ();
    GMainContextPusher *pusher = g_main_context_pusher_new (context);

    trace ("pushed %d", g_main_context_get_thread_default () == context);
    g_main_context_pusher_free (pusher);
    trace ("popped %d", g_main_context_get_thread_default () == NULL);
    g_main_context_unref (context);
}
