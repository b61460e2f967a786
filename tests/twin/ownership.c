/* ownership.c - who owns a context, who must wait for it, and what one may do without owning it.
 *
 * Threads that wait are known to wait when the kernel says they sleep (await_sleep_of), never by guessing a time.
 * Next: prepare.c, the first phase of an iteration.
 */
#include "twin.h"

#include <stdlib.h>

TWIN (acquire_counts_and_excludes_other_threads, "OW-001 OW-002 OW-005")
{
    GMainContext *context = g_main_context_new ();

    trace ("owner %d", g_main_context_is_owner (context));
    trace ("acquire %d", g_main_context_acquire (context));
    trace ("again %d", g_main_context_acquire (context));
    trace ("free for others %d", free_for_others (context));
    g_main_context_release (context);
    trace ("owner after one release %d", g_main_context_is_owner (context));
    trace ("free for others %d", free_for_others (context));
    g_main_context_release (context);
    trace ("owner after the second %d", g_main_context_is_owner (context));
    trace ("free for others %d", free_for_others (context));
    g_main_context_unref (context);
}

static void *
is_owner_there (void *context)
{
    trace ("thread is owner %d", g_main_context_is_owner (context));
    return NULL;
}

static void *
foreign_release (void *context)
{
    g_main_context_release (context);
    return NULL;
}

TWIN (any_thread_may_release, "OW-003")
{
    GMainContext *context = g_main_context_new ();

    g_main_context_acquire (context);
    in_thread (foreign_release, context);
    trace ("owner %d", g_main_context_is_owner (context));
    trace ("free for others %d", free_for_others (context));
    g_main_context_unref (context);
}

static void
release_unowned_then_acquire (void)
{
    GMainContext *context = g_main_context_new ();

    log_hold ();
    g_main_context_release (context);
    log_held ();
    g_main_context_acquire (context);
    g_main_context_release (context);
    g_main_context_unref (context);
}

TWIN (releasing_an_unowned_context_is_refused, "OW-004")
{
    GMainContext *context = g_main_context_new ();
    const char   *ending;

    log_hold ();
    g_main_context_release (context);
    since (2, 78, "",
           "GLib-CRITICAL g_main_context_release_unlocked: assertion 'context->owner_count > 0' failed", log_held ());
    g_main_context_unref (context);
    free (output_of (release_unowned_then_acquire, 1, &ending)); /* a failed assertion talks on stdout */
    since (2, 78, "signal 6", "exit 0", ending);
}

static gboolean
who_owns (gpointer context)
{
    trace ("owner in the callback %d", g_main_context_is_owner (context));
    in_thread (is_owner_there, context);
    return FALSE;
}

static void
who_owns_now (gpointer context)
{
    trace ("owner in the notify %d", g_main_context_is_owner (context));
}

static void
who_owns_in_hook (Probe *probe)
{
    trace ("owner %d", g_main_context_is_owner (probe->data));
}

TWIN (iteration_owns_the_context_while_it_runs, "OW-005 PR-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();
    Probe        *probe = probe_new ("p", 0);

    probe->data = context;
    probe->in_prepare = probe->in_check = who_owns_in_hook;
    probe_attach (probe, context);
    g_source_set_callback (source, who_owns, context, who_owns_now);
    g_source_attach (source, context);
    g_source_unref (source);
    turn (context);
    trace ("owner afterwards %d", g_main_context_is_owner (context));
    g_main_context_unref (context);
}

static void *
iterate_unowned (void *context)
{
    trace ("iteration %d", g_main_context_iteration (context, FALSE));
    trace ("pending %d", g_main_context_pending (context));
    return NULL;
}

TWIN (without_ownership_an_iteration_gives_up_at_once, "OW-006")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->prepare_ready = TRUE;
    g_main_context_acquire (context);
    in_thread (iterate_unowned, context);
    g_main_context_release (context);
    in_thread (iterate_unowned, context);
    g_main_context_unref (context);
}

/* ---- waiting for ownership -------------------------------------------------------------------------------------- */

typedef struct {
    GMainContext *context;
    const char   *name;
    Flag          started;
    int           tid;
    gboolean      result;
} Waiter;

static __thread const char *own_name;

static void *
wait_in_iteration (void *data)
{
    Waiter *waiter = data;

    own_name = waiter->name;
    waiter->tid = own_tid ();
    flag_raise (&waiter->started);
    waiter->result = g_main_context_iteration (waiter->context, TRUE);
    return NULL;
}

static pthread_t
start_waiter (Waiter *waiter, void *(*body) (void *) )
{
    pthread_t thread = spawn (body, waiter);

    flag_await (&waiter->started);
    await_sleep_of (waiter->tid);
    return thread;
}

TWIN (blocking_iteration_waits_until_fully_released, "OW-007")
{
    GMainContext *context = g_main_context_new ();
    Waiter        waiter = { context, "waiter", FLAG_INIT, 0, FALSE };
    pthread_t     thread;

    idle_once (context, 0, "idle");
    g_main_context_acquire (context);
    g_main_context_acquire (context);
    thread = start_waiter (&waiter, wait_in_iteration);
    g_main_context_release (context);
    await_sleep_of (waiter.tid);
    trace ("one release is not enough");
    g_main_context_release (context);
    join (thread);
    trace ("iteration %d", waiter.result);
    g_main_context_unref (context);
}

TWIN (quit_sends_a_waiter_home_without_iterating, "OW-008")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    Waiter        waiter = { context, "waiter", FLAG_INIT, 0, FALSE };
    pthread_t     thread;

    idle_once (context, 0, "idle");
    g_main_context_acquire (context);
    thread = start_waiter (&waiter, wait_in_iteration);
    g_main_loop_quit (loop);
    join (thread);
    trace ("iteration %d; the owner's turn", waiter.result);
    turn (context);
    g_main_context_release (context);
    g_main_loop_unref (loop);
    g_main_context_unref (context);
}

static void
say_who_is_served (Probe *probe)
{
    (void) probe;
    trace ("for the %s", own_name);
}

TWIN (waiters_are_served_in_order_one_per_release, "OW-009 OW-007")
{
    GMainContext *context = g_main_context_new ();
    Waiter        waiters[] = { { context, "first", FLAG_INIT, 0, FALSE },
                                { context, "second", FLAG_INIT, 0, FALSE },
                                { context, "third", FLAG_INIT, 0, FALSE } };
    pthread_t     threads[G_N_ELEMENTS (waiters)];
    Probe        *probe;

    g_main_context_acquire (context);
    /* The blocking iterations find something ready, so each ends by itself and releases for the next. */
    probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    probe->in_dispatch = say_who_is_served;
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    for (size_t i = 0; i < G_N_ELEMENTS (waiters); i++)
        threads[i] = start_waiter (&waiters[i], wait_in_iteration);
    g_main_context_release (context);
    for (size_t i = 0; i < G_N_ELEMENTS (waiters); i++)
        join (threads[i]);
    trace ("all ready %d", waiters[0].result && waiters[1].result && waiters[2].result);
    g_main_context_unref (context);
}

static GMutex wait_mutex;
static GCond  wait_cond;

static void *
wait_by_hand (void *data)
{
    Waiter *waiter = data;

    g_mutex_lock (&wait_mutex);
    waiter->tid = own_tid ();
    flag_raise (&waiter->started);
    waiter->result = g_main_context_wait (waiter->context, &wait_cond, &wait_mutex);
    trace ("%s: wait %d, owner %d", waiter->name, waiter->result, g_main_context_is_owner (waiter->context));
    if (waiter->result)
        g_main_context_release (waiter->context);
    g_mutex_unlock (&wait_mutex);
    return NULL;
}

TWIN (context_wait_complains_once_and_waits_once, "OW-010")
{
    GMainContext *context = g_main_context_new ();
    Waiter        released = { context, "woken by the release", FLAG_INIT, 0, FALSE };
    Waiter        signalled = { context, "woken by a signal", FLAG_INIT, 0, FALSE };
    pthread_t     thread;

    g_mutex_lock (&wait_mutex);
    trace ("unowned %d", g_main_context_wait (context, &wait_cond, &wait_mutex));
    trace ("own %d", g_main_context_wait (context, &wait_cond, &wait_mutex));
    g_mutex_unlock (&wait_mutex);
    g_main_context_release (context);
    trace ("both counted: owner %d", g_main_context_is_owner (context));
    thread = start_waiter (&signalled, wait_by_hand);
    g_mutex_lock (&wait_mutex); /* free, since the waiter gave it up */
    g_cond_signal (&wait_cond);
    g_mutex_unlock (&wait_mutex);
    join (thread);
    thread = start_waiter (&released, wait_by_hand);
    g_main_context_release (context);
    join (thread);
    trace ("free for others %d", free_for_others (context));
    g_main_context_unref (context);
}

/* ---- phases without owning -------------------------------------------------------------------------------------- */

static void *
phases (void *context)
{
    Hand hand;

    hand_query (&hand, context);
    hand_poll (&hand);
    trace ("check %d", hand_check (&hand));
    g_main_context_dispatch (context);
    return NULL;
}

TWIN (phases_do_not_ask_who_owns, "OW-011")
{
    GMainContext *context = g_main_context_new ();

    idle_again (context, 0, "idle");
    trace ("unowned");
    phases (context);
    g_main_context_acquire (context);
    trace ("owned by another thread");
    in_thread (phases, context);
    g_main_context_release (context);
    g_main_context_unref (context);
}

static int
poll_nothing (GPollFD *entries, guint count, int timeout)
{
    trace ("poll function, timeout %d", timeout);
    for (guint i = 0; i < count; i++)
        entries[i].revents = 0;
    return 0;
}

TWIN (null_means_the_default_context, "OW-012 PO-006")
{
    GMainContext *global = g_main_context_default ();
    int           ends[2];
    GPollFD       record = { -1, G_IO_IN, 0 };
    int           priority = 0;
    guint         id;

    trace ("acquire %d", g_main_context_acquire (NULL));
    trace ("owner %d %d", g_main_context_is_owner (NULL), g_main_context_is_owner (global));
    g_main_context_release (global);
    trace ("owner %d", g_main_context_is_owner (NULL));

    g_main_context_wakeup (NULL);
    trace ("signalled %d", wakeup_signalled (global));
    pipe_open (ends);
    record.fd = ends[0];
    g_main_context_add_poll (NULL, &record, 0);
    feed (ends[1]);
    turn (NULL);
    trace ("record saw %s", events_text (record.revents));
    g_main_context_remove_poll (NULL, &record);
    pipe_close (ends);

    g_main_context_set_poll_func (NULL, poll_nothing);
    trace ("poll function %d", g_main_context_get_poll_func (global) == poll_nothing);
    turn (NULL);
    g_main_context_set_poll_func (NULL, NULL);
    trace ("g_poll again %d", g_main_context_get_poll_func (NULL) == g_poll);

    id = g_idle_add (call_once, (gpointer) "idle");
    trace ("pending %d", g_main_context_pending (NULL));
    trace ("prepare %d", g_main_context_prepare (NULL, &priority));
    trace ("priority %d", priority);
    trace ("found %d %d %d", g_main_context_find_source_by_id (NULL, id) != NULL,
           g_main_context_find_source_by_user_data (NULL, (gpointer) "idle") != NULL,
           g_main_context_find_source_by_funcs_user_data (NULL, &g_idle_funcs, (gpointer) "idle") != NULL);
    turn (NULL);
}

OWN (null_works_for_query_check_and_dispatch_too, "OW-012", "older versions crash")
{
    int     timeout = -1;
    GPollFD entries[4];
    int     count;

    g_idle_add (call_once, (gpointer) "idle");
    expect (g_main_context_prepare (NULL, NULL));
    count = g_main_context_query (NULL, G_MAXINT, &timeout, entries, G_N_ELEMENTS (entries));
    expect (count == 1 && timeout == 0);
    expect (g_poll (entries, (guint) count, 0) == 0);
    expect (g_main_context_check (NULL, G_MAXINT, entries, count));
    g_main_context_dispatch (NULL);
    expect (!g_main_context_pending (NULL));
}
