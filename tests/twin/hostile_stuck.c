/* hostile_stuck.c - a function of the program's that does not return, in every place where a loop calls one: what other
 * threads can do with the context all the while, and what those that wait for it do.
 *
 * It does return in the end, or the case could not; nobody relies on when. Threads that end inside are in hostile_threads.c.
 */
#include "hostile.h"

static Flag stuck, let_loose;

static void
get_stuck (void)
{
    flag_raise (&stuck);
    flag_await (&let_loose);
}

static void *
enter_and_get_stuck (void *place)
{
    enter ((Place) GPOINTER_TO_INT (place), get_stuck);
    return NULL;
}

static pthread_t
thread_stuck_in (Place place)
{
    pthread_t thread;

    stuck.set = let_loose.set = FALSE;
    thread = spawn (enter_and_get_stuck, GINT_TO_POINTER (place));
    flag_await (&stuck);
    return thread;
}

static void
loosen (pthread_t thread)
{
    flag_raise (&let_loose);
    join (thread);
}

static gboolean
tell_thread (gpointer name)
{
    trace ("invoked %s", (const char *) name);
    return G_SOURCE_REMOVE;
}

/* All that needs no ownership, from a thread that has none. */
static void
use_from_outside (void)
{
    GMainLoop *loop = g_main_loop_new (the_context, TRUE);
    GSource   *source = with_callback (g_timeout_source_new (100000), call_once, (gpointer) "never", notified);
    int        ends[2];
    guint      id;
    gpointer   tag;

    pipe_open (ends);
    id = g_source_attach (source, the_context);
    trace ("found %s", yes (g_main_context_find_source_by_id (the_context, id) == source));
    g_source_set_ready_time (source, g_get_monotonic_time () + 1000000000);
    g_source_set_priority (source, 3);
    tag = g_source_add_unix_fd (source, ends[0], G_IO_IN);
    g_source_modify_unix_fd (source, tag, G_IO_IN | G_IO_PRI);
    trace ("polled for %s", polled_for (the_context, ends[0]));
    g_source_set_callback (source, call_once, (gpointer) "never again", notified);
    let_go (source);
    trace ("polled for %s", polled_for (the_context, ends[0]));
    for (int i = 0; i < 100; i++)
        g_main_context_wakeup (the_context);
    trace ("iterated %s, pending %s, acquired %s", yes (g_main_context_iteration (the_context, FALSE)),
           yes (g_main_context_pending (the_context)), yes (g_main_context_acquire (the_context)));
    g_main_context_invoke (the_context, tell_thread, (gpointer) "later");
    idle_once (the_context, 0, "attached meanwhile");
    g_main_loop_quit (loop);
    trace ("running %s", yes (g_main_loop_is_running (loop)));
    g_main_loop_unref (loop);
    pipe_close (ends);
}

TWIN (others_use_the_context_while_a_function_does_not_return, "HN-001 WK-006 OW-006")
{
    for (int place = 0; place < PLACES; place++) {
        pthread_t thread;

        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        thread = thread_stuck_in ((Place) place);
        use_from_outside ();
        loosen (thread);
        settle (the_context);
        trace ("free %s", yes (free_for_others (the_context)));
        g_main_context_unref (the_context);
    }
}

static void *
destroy_while_stuck (void *place)
{
    Probe *probe;

    lead_to ((Place) GPOINTER_TO_INT (place), get_stuck);
    probe = (Probe *) g_main_context_find_source_by_id (the_context, 1);
    g_source_ref (PROBE_SOURCE (probe));
    g_main_context_iteration (the_context, FALSE);
    trace ("destroyed %s", yes (g_source_is_destroyed (PROBE_SOURCE (probe))));
    g_source_unref (PROBE_SOURCE (probe));
    return NULL;
}

TWIN (source_whose_function_does_not_return_is_destroyed, "HN-001 SL-008 SL-009")
{
    static const Place places[] = { IN_PREPARE, IN_CHECK, IN_DISPATCH, IN_CALLBACK, IN_MESSAGE };

    for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
        pthread_t thread;

        trace ("-- %s", place_name (places[i]));
        the_context = g_main_context_new ();
        stuck.set = let_loose.set = FALSE;
        thread = spawn (destroy_while_stuck, GINT_TO_POINTER (places[i]));
        flag_await (&stuck);
        g_source_destroy (g_main_context_find_source_by_id (the_context, 1));
        trace ("destroyed by another thread");
        loosen (thread);
        turn (the_context);
        g_main_context_unref (the_context);
    }
}

/* ---- those who wait ---------------------------------------------------------------------------------------------- */

typedef struct {
    GMainLoop *loop;
    int        tid;
    Flag       started, home;
    gboolean   outcome;
} Waiter;

static void
begin_to_wait (Waiter *waiter)
{
    waiter->tid = own_tid ();
    flag_raise (&waiter->started);
}

static void *
wait_by_iteration (void *data)
{
    Waiter *waiter = data;

    begin_to_wait (waiter);
    waiter->outcome = g_main_context_iteration (the_context, TRUE);
    flag_raise (&waiter->home);
    return NULL;
}

static void *
wait_by_running (void *data)
{
    Waiter *waiter = data;

    begin_to_wait (waiter);
    g_main_loop_run (waiter->loop);
    flag_raise (&waiter->home);
    return NULL;
}

static void *
wait_by_condition (void *data)
{
    Waiter *waiter = data;
    GCond   condition;
    GMutex  mutex;

    g_cond_init (&condition);
    g_mutex_init (&mutex);
    g_mutex_lock (&mutex);
    begin_to_wait (waiter);
    waiter->outcome = g_main_context_wait (the_context, &condition, &mutex);
    g_mutex_unlock (&mutex);
    g_mutex_clear (&mutex);
    g_cond_clear (&condition);
    if (waiter->outcome)
        g_main_context_release (the_context);
    flag_raise (&waiter->home);
    return NULL;
}

static void *(*const ways_to_wait[]) (void *) = { wait_by_iteration, wait_by_running, wait_by_condition };
static const char *const names_of_ways[] = { "iteration", "loop", "condition" };

/* A thread that waits for the context, and is asleep by now. */
static pthread_t
thread_that_waits (size_t way, Waiter *waiter)
{
    pthread_t thread;

    *waiter = (Waiter){ g_main_loop_new (the_context, FALSE), 0, FLAG_INIT, FLAG_INIT, FALSE };
    thread = spawn (ways_to_wait[way], waiter);
    flag_await (&waiter->started);
    await_sleep_of (waiter->tid);
    return thread;
}

/* Wakeups send nobody home, the end of a loop does. */
static void
wait_until_a_loop_quits (size_t way)
{
    pthread_t thread, waiting;
    Waiter    waiter;

    the_context = g_main_context_new ();
    thread = thread_stuck_in (IN_CALLBACK);
    waiting = thread_that_waits (way, &waiter);
    for (int i = 0; i < 10; i++)
        g_main_context_wakeup (the_context);
    idle_once (the_context, 0, "attached meanwhile");
    nap_ms (20);
    expect (!flag_is_raised (&waiter.home));
    g_main_loop_quit (waiter.loop);
    join (waiting);
    expect (!waiter.outcome);
    trace ("%s: running %s", names_of_ways[way], yes (g_main_loop_is_running (waiter.loop)));
    loosen (thread);
    settle (the_context);
    g_main_loop_unref (waiter.loop);
    g_main_context_unref (the_context);
}

TWIN (who_waits_for_the_context_goes_home_when_a_loop_quits, "HN-001 OW-008 ML-004 ML-008")
{
    wait_until_a_loop_quits (0);
    wait_until_a_loop_quits (1);
}

OWN (who_waits_on_a_condition_goes_home_when_a_loop_quits, "HN-001 OW-010 ML-004", "GLib wakes those who wait inside of it only")
{
    log_hold (); /* it is deprecated, which is told once */
    wait_until_a_loop_quits (2);
    log_held ();
}

static gboolean
quit_the_waiters_loop (gpointer waiter)
{
    trace ("dispatched by the waiter %s", yes (own_tid () == ((Waiter *) waiter)->tid));
    g_main_loop_quit (((Waiter *) waiter)->loop);
    return G_SOURCE_REMOVE;
}

TWIN (who_waits_for_the_context_has_it_when_the_function_returns, "HN-001 OW-007 OW-009 OW-010")
{
    log_hold ();
    for (size_t way = 0; way < G_N_ELEMENTS (ways_to_wait); way++) {
        pthread_t thread, waiting;
        Waiter    waiter;

        the_context = g_main_context_new ();
        thread = thread_stuck_in (IN_CALLBACK);
        waiting = thread_that_waits (way, &waiter);
        hand_over (with_callback (g_idle_source_new (), quit_the_waiters_loop, &waiter, NULL), the_context);
        trace ("%s: home before %s", names_of_ways[way], yes (flag_is_raised (&waiter.home)));
        loosen (thread);
        join (waiting);
        trace ("outcome %s", yes (waiter.outcome));
        g_main_loop_unref (waiter.loop);
        g_main_context_unref (the_context);
    }
    log_held ();
}
