/* context_life.c - birth and end of a context: what a fresh one holds, who keeps it alive, how it takes its sources down.
 *
 * Ownership and the thread-default stack have their own programs (ownership.c, thread_default.c). Next: ownership.c.
 */
#include "twin.h"

#include <fcntl.h>
#include <poll.h>

/* A callback object and its source: the notify of a source that is being torn down looks at the source itself. */
typedef struct {
    const char *name;
    GSource    *source;
} Named;

static gboolean
nothing (gpointer data)
{
    (void) data;
    return TRUE;
}

static GSource *
named_idle (GMainContext *context, int priority, Named *named)
{
    GSource *source = g_idle_source_new ();

    g_source_set_priority (source, priority);
    named->source = source;
    g_source_set_callback (source, nothing, (gpointer) named->name, named->name != NULL ? notified : NULL);
    g_source_attach (source, context);
    return source;
}

TWIN (fresh_context_is_unowned_and_starts_ids_at_one, "MC-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    trace ("owner %d, a thread can acquire %d", g_main_context_is_owner (context),
           free_for_others (context));
    trace ("poll function is g_poll %d", g_main_context_get_poll_func (context) == g_poll);
    trace ("first id %u", g_source_attach (source, context));
    g_source_unref (source);
    probe_attach (probe_new ("dies with the only reference", 0), context);
    g_main_context_unref (context);
    trace ("end");
}

TWIN (only_record_is_the_wakeup_at_priority_zero, "MC-001 MC-002")
{
    GMainContext    *context = g_main_context_new ();
    static const int priorities[] = { G_MININT, -1, 0, 1, G_MAXINT };

    for (size_t i = 0; i < G_N_ELEMENTS (priorities); i++) {
        GPollFD entry = { -7, 0x4000, 0x4000 };
        int     timeout;
        int     count = g_main_context_query (context, priorities[i], &timeout, &entry, 1);

        trace ("at %d: %d entries", priorities[i], count);
        if (count == 1)
            trace ("  a descriptor %d, events %s, revents %s", entry.fd >= 0, events_text (entry.events),
                   events_text (entry.revents));
    }
    g_main_context_unref (context);
}

TWIN (one_descriptor_at_most_and_given_back, "MC-003")
{
    int           before = open_descriptors ();
    GMainContext *context = g_main_context_new ();
    int           wakeup = wakeup_descriptor (context);

    trace ("at most one: %d", open_descriptors () - before <= 1);
    trace ("close-on-exec %d, non-blocking %d", (fcntl (wakeup, F_GETFD) & FD_CLOEXEC) != 0,
           (fcntl (wakeup, F_GETFL) & O_NONBLOCK) != 0);
    g_main_context_unref (context);
    trace ("left over: %d", open_descriptors () - before);
}

TWIN (contexts_by_the_hundred_give_their_descriptors_back, "MC-003")
{
    int           before = open_descriptors ();
    GMainContext *contexts[100];

    for (size_t i = 0; i < G_N_ELEMENTS (contexts); i++) {
        Named named = { NULL, NULL };

        contexts[i] = g_main_context_new ();
        g_source_unref (named_idle (contexts[i], 0, &named));
        g_main_context_wakeup (contexts[i]);
        if (i % 25 == 0)
            turn (contexts[i]);
    }
    trace ("at most one each: %d", open_descriptors () - before <= 100);
    for (size_t i = 0; i < G_N_ELEMENTS (contexts); i++)
        g_main_context_unref (contexts[i]);
    trace ("left over: %d", open_descriptors () - before);
}

static void *
the_default (void *data)
{
    (void) data;
    return g_main_context_default ();
}

TWIN (default_context_is_one_for_all_threads, "MC-004")
{
    GMainContext *first = in_thread (the_default, NULL);
    GMainContext *other = g_main_context_new ();

    trace ("same here %d", first == g_main_context_default ());
    g_main_context_push_thread_default (other);
    trace ("same under a thread default %d", first == g_main_context_default ());
    g_main_context_pop_thread_default (other);
    g_main_context_unref (other);
    idle_once (first, 0, "still alive");
    turn (g_main_context_default ());
}

TWIN (ref_returns_its_argument, "MC-005")
{
    GMainContext *context = g_main_context_new ();

    trace ("same %d", g_main_context_ref (context) == context);
    probe_attach (probe_new ("p", 0), context);
    g_main_context_unref (context);
    trace ("one reference left");
    g_main_context_unref (context);
}

TWIN (destroys_in_reverse_order_at_teardown, "MC-006 MC-007")
{
    static const struct {
        const char *name;
        int         priority;
    } plan[] = { { "0 first", 0 }, { "200 first", 200 }, { "-5", -5 }, { "0 second", 0 }, { "200 second", 200 }, { "max", G_MAXINT } };
    GMainContext *context = g_main_context_new ();

    for (size_t i = 0; i < G_N_ELEMENTS (plan); i++)
        idle_again (context, plan[i].priority, plan[i].name);
    g_main_context_unref (context);
}

TWIN (priority_changed_counts_as_last_attached_at_teardown, "MC-007 OR-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *first = idle_again (context, 0, "first");

    idle_again (context, 0, "second");
    idle_again (context, 5, "third");
    g_source_set_priority (first, 0);
    g_main_context_unref (context);
}

static Probe *
probe_with_notify (GMainContext *context, const char *name, int priority)
{
    Probe *probe = probe_new (name, priority);

    g_source_set_callback (PROBE_SOURCE (probe), call_again, (gpointer) name, notified);
    return probe_attach (probe, context);
}

TWIN (all_notifies_run_before_any_finalizer, "MC-006 MC-008")
{
    GMainContext *context = g_main_context_new ();

    probe_with_notify (context, "a", 0);
    probe_with_notify (context, "b", 10);
    probe_with_notify (context, "c", 0);
    probe_with_notify (context, "d", -10);
    g_main_context_unref (context);
}

TWIN (pending_sources_are_let_go_first_at_teardown, "MC-006 MC-008")
{
    GMainContext *context = g_main_context_new ();
    Hand          hand;

    probe_with_notify (context, "a", 0)->prepare_ready = TRUE;
    probe_with_notify (context, "b", 0)->check_ready = TRUE;
    probe_with_notify (context, "c", 1);
    hand_query (&hand, context);
    hand_poll (&hand);
    trace ("check %d", hand_check (&hand));
    g_main_context_unref (context);
    trace ("nothing was dispatched");
}

static void
look_at_orphan (GSource *source)
{
    trace ("destroyed %d", g_source_is_destroyed (source));
    trace ("context %s", g_source_get_context (source) == NULL ? "NULL" : "set");
    trace ("field %s", source->context == NULL ? "NULL" : "set");
    trace ("references %s", source->ref_count > 0 ? "some" : "none");
}

static void
notify_looks (gpointer data)
{
    Named *named = data;

    notified ((gpointer) named->name);
    look_at_orphan (named->source);
}

static void
finalize_looks (Probe *probe)
{
    look_at_orphan (PROBE_SOURCE (probe));
}

TWIN (notifies_and_finalizers_see_a_destroyed_source_without_context, "MC-009")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_new ("p", 0);
    Named         named = { "p", PROBE_SOURCE (probe) };

    probe->in_finalize = finalize_looks;
    g_source_set_callback (PROBE_SOURCE (probe), nothing, &named, notify_looks);
    probe_attach (probe, context);
    g_main_context_unref (context);
}

TWIN (referenced_source_survives_its_context, "MC-010")
{
    GMainContext *context = g_main_context_new ();
    Named         named = { "old callback", NULL };
    GSource      *source = named_idle (context, 3, &named);
    gint64        time;
    guint         id;

    g_source_set_name (source, "survivor");
    g_main_context_unref (context);
    trace ("destroyed %d", g_source_is_destroyed (source));

    log_hold ();
    id = g_source_get_id (source);
    since (2, 86, "GLib-CRITICAL g_source_get_id: assertion 'source->context != NULL' failed",
           "GLib-CRITICAL g_source_get_id: assertion 'context != NULL' failed", log_held ());
    log_hold ();
    time = g_source_get_time (source);
    since (2, 86, "GLib-CRITICAL g_source_get_time: assertion 'source->context != NULL' failed",
           at_least (2, 90) ? "GLib-CRITICAL g_source_get_time_ns: assertion 'context != NULL' failed"
                            : "GLib-CRITICAL g_source_get_time: assertion 'context != NULL' failed",
           log_held ());
    trace ("id %u, time %d, context %d", id, (int) time, g_source_get_context (source) != NULL);

    trace ("name %s, priority %d", g_source_get_name (source), g_source_get_priority (source));
    g_source_set_priority (source, 7);
    g_source_set_ready_time (source, 12345);
    trace ("priority %d, ready time %d", g_source_get_priority (source), (int) g_source_get_ready_time (source));
    g_source_set_callback (source, nothing, (gpointer) "new callback", notified);
    g_source_destroy (source);
    trace ("last unref");
    g_source_unref (source);
}

/* A notify that changes the other sources of the context that is ending. */
static void
change_the_other (gpointer data)
{
    GSource *other = data;

    trace ("notify: the other has a context: %d", other->context != NULL);
    g_source_set_ready_time (other, 0);
    g_source_set_ready_time (other, 5000);
    g_source_set_callback (other, nothing, (gpointer) "given by a notify", notified);
}

TWIN (notify_may_change_sources_that_end_with_the_same_context, "MC-007 MC-009 MC-010")
{
    GMainContext *context = g_main_context_new ();
    GSource      *others[2] = { g_idle_source_new (), PROBE_SOURCE (probe_new ("other", 0)) };

    for (int i = 0; i < 2; i++) {
        GSource *changing = g_idle_source_new ();

        g_source_attach (others[i], context);
        g_source_set_callback (changing, nothing, others[i], change_the_other);
        g_source_attach (changing, context);
        g_source_unref (changing);
    }
    turn (context);
    g_main_context_unref (context);
    for (int i = 0; i < 2; i++) {
        trace ("field context: %d, destroyed: %d, ready time %d", others[i]->context != NULL,
               g_source_is_destroyed (others[i]), (int) g_source_get_ready_time (others[i]));
        g_source_set_ready_time (others[i], 7);
        g_source_destroy (others[i]);
        g_source_unref (others[i]);
    }
}

/* Finalizing one source ends another: `data` is a probe on which this one holds a reference. */
static void
finalize_ends_other (Probe *probe)
{
    Probe *other = probe->data;

    g_source_destroy (PROBE_SOURCE (other));
    g_source_unref (PROBE_SOURCE (other));
}

static GMainContext *
context_with_killer (gboolean killer_first, int killer_priority)
{
    GMainContext *context = g_main_context_new ();
    Probe        *killer = probe_new ("killer", killer_priority);
    Probe        *victim = probe_new ("victim", 0);

    killer->in_finalize = finalize_ends_other;
    killer->data = victim;
    g_source_set_callback (PROBE_SOURCE (victim), call_again, (gpointer) "victim", notified);
    if (killer_first)
        probe_attach (killer, context);
    g_source_attach (PROBE_SOURCE (victim), context);
    if (!killer_first)
        probe_attach (killer, context);
    return context;
}

TWIN (finalizer_may_end_other_sources_at_teardown, "MC-011")
{
    static const int priorities[] = { -1, 0, 1 };

    for (size_t i = 0; i < G_N_ELEMENTS (priorities); i++)
        for (gboolean first = FALSE; first <= TRUE; first++) {
            trace ("killer first %d at %d", first, priorities[i]);
            g_main_context_unref (context_with_killer (first, priorities[i]));
        }
}

TWIN (finalizer_may_end_other_sources_in_an_iteration, "MC-011")
{
    static const int priorities[] = { -1, 0, 1 };

    for (size_t i = 0; i < G_N_ELEMENTS (priorities); i++)
        for (gboolean first = FALSE; first <= TRUE; first++) {
            GMainContext *context = context_with_killer (first, priorities[i]);
            Probe        *killer = (Probe *) g_main_context_find_source_by_id (context, first ? 1 : 2);

            trace ("killer first %d at %d", first, priorities[i]);
            killer->prepare_ready = TRUE;
            killer->keep = FALSE;
            turn (context);
            turn (context);
            g_main_context_unref (context);
        }
}

static void *
destroy_and_ask (void *source)
{
    g_source_get_context (source);
    g_source_destroy (source);
    g_source_is_destroyed (source);
    g_source_unref (source);
    return NULL;
}

OWN (source_may_be_destroyed_while_its_context_ends_elsewhere, "MC-012", "before 2.86 the caller had to exclude it")
{
    for (int round = 0; round < 300; round++) {
        GMainContext *context = g_main_context_new ();
        GSource      *source = g_idle_source_new ();
        pthread_t     thread;

        g_source_set_callback (source, nothing, NULL, NULL);
        g_source_attach (source, context);
        log_hold (); /* whether the context was still there when asked is a matter of luck */
        thread = spawn (destroy_and_ask, g_source_ref (source));
        g_main_context_unref (context);
        join (thread);
        log_held ();
        expect (g_source_is_destroyed (source));
        g_source_unref (source);
    }
}

/* Callback funcs whose unref destroys the source they belong to, as GObject closures do. */
typedef struct {
    GSource *source;
    int      references;
    int      unrefs;
} Closure;

static void
closure_ref (gpointer data)
{
    ((Closure *) data)->references++;
}

static void
closure_unref (gpointer data)
{
    Closure *closure = data;

    closure->references--;
    closure->unrefs++;
    g_source_destroy (closure->source);
    g_source_set_ready_time (closure->source, 0);
    g_source_get_priority (closure->source);
}

static void
closure_get (gpointer data, GSource *source, GSourceFunc *func, gpointer *user_data)
{
    (void) source;
    *func = nothing;
    *user_data = data;
}

OWN (callback_unref_may_destroy_its_source_at_teardown, "MC-013", "before 2.86 it could deadlock")
{
    static GSourceCallbackFuncs funcs = { closure_ref, closure_unref, closure_get };
    GMainContext               *context = g_main_context_new ();
    Closure                     closure = { g_idle_source_new (), 1, 0 };

    g_source_set_callback_indirect (closure.source, &closure, &funcs);
    g_source_attach (closure.source, context);
    g_source_unref (closure.source);
    g_main_context_unref (context);
    expect (closure.references == 0 && closure.unrefs == 1);
}

TWIN (loop_keeps_its_context_alive, "MC-014")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    GSource      *source = g_idle_source_new ();

    g_main_context_unref (context);
    trace ("same context %d", g_main_loop_get_context (loop) == context);
    g_source_set_callback (source, call_quit, loop, NULL);
    g_source_attach (source, context);
    g_source_unref (source);
    probe_attach (probe_new ("dies with the loop", 10), context);
    g_main_loop_run (loop);
    trace ("unref the loop");
    g_main_loop_unref (loop);
}

TWIN (attach_takes_a_reference_until_destroy, "MC-015")
{
    GMainContext *context = g_main_context_new ();
    Probe        *attached = probe_new ("attached", 0);
    Probe        *kept = probe_new ("kept", 0);

    g_source_unref (PROBE_SOURCE (probe_new ("never attached", 0)));
    g_source_attach (PROBE_SOURCE (attached), context);
    trace ("unref attached");
    g_source_unref (PROBE_SOURCE (attached));
    trace ("destroy attached");
    g_source_destroy (PROBE_SOURCE (attached));
    g_source_attach (PROBE_SOURCE (kept), context);
    trace ("destroy kept");
    g_source_destroy (PROBE_SOURCE (kept));
    trace ("unref kept");
    g_source_unref (PROBE_SOURCE (kept));
    g_main_context_unref (context);
}

TWIN (ownerless_polling_makes_every_attach_a_wakeup, "MC-016 WK-004 WK-005")
{
    GMainContext *contexts[] = { g_main_context_new_with_flags (G_MAIN_CONTEXT_FLAGS_NONE),
                                 g_main_context_new_with_flags (G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING) };

    for (size_t i = 0; i < G_N_ELEMENTS (contexts); i++) {
        GMainContext *context = contexts[i];

        trace ("%s", i == 0 ? "plain" : "ownerless");
        trace ("  fresh: signalled %d", wakeup_signalled (context));
        idle_again (context, 0, "idle");
        trace ("  attached unowned: signalled %d", wakeup_signalled (context));
        turn (context);
        trace ("  after an iteration: signalled %d", wakeup_signalled (context));
        g_main_context_acquire (context);
        idle_again (context, 0, "second");
        trace ("  attached by the owner: signalled %d", wakeup_signalled (context));
        turn (context);
        g_main_context_release (context);
        g_main_context_unref (context);
    }
}
