/* hostile_limits.c - loops in a process that may open no descriptor: because it has lowered its own limit, as sandboxes do,
 * in any place of an iteration or before the first.
 *
 * GLib opens what it needs when a context is made and ends the process if it cannot. Mainspring opens it when a loop first
 * sleeps, and goes on without where it must. Descriptors that are lost are in hostile_descriptors.c.
 */
#include "hostile.h"
#include "processes.h"

#include <sys/resource.h>

static struct rlimit before;

static void
allow_numbers_below (int limit)
{
    struct rlimit lowered;

    getrlimit (RLIMIT_NOFILE, &before);
    lowered = before;
    lowered.rlim_cur = (rlim_t) limit;
    if (setrlimit (RLIMIT_NOFILE, &lowered) < 0)
        twin_give_up ("setrlimit");
    expect (dup (0) < 0);
}

static void
allow_none (void)
{
    int lowest = dup (0);

    close (lowest);
    allow_numbers_below (lowest);
}

static void
allow_again (void)
{
    if (setrlimit (RLIMIT_NOFILE, &before) < 0)
        twin_give_up ("setrlimit");
}

TWIN (loop_works_when_no_descriptor_may_be_opened_any_more, "HN-010 WK-001")
{
    for (int place = 0; place < PLACES; place++) {
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        enter ((Place) place, allow_none);
        settle (the_context);
        tell_that_it_works ();
        tell_of_a_post (the_context);
        allow_again ();
        g_main_context_unref (the_context);
    }
}

/* The kernel polls no more entries than the limit is high; a loop that polls warns each time. */
TWIN (limit_of_zero_stops_no_idle, "HN-010 PO-005")
{
    GMainContext *context = g_main_context_new ();

    idle_again (context, 0, "idle");
    turn (context);
    wakeup_descriptor (context);
    allow_numbers_below (0);
    log_hold ();
    for (int i = 0; i < 3; i++)
        turn (context);
    log_held ();
    allow_again ();
    turn (context);
    g_main_context_unref (context);
}

#define READERS 60

TWIN (many_descriptors_are_watched_when_none_may_be_opened_any_more, "HN-010 UF-002")
{
    GMainContext *context = g_main_context_new ();
    int           ends[READERS][2];
    Probe        *late = probe_new_with (&probe_passive_funcs, "late", 0);
    GSource      *timer;

    for (int i = 0; i < READERS; i++) {
        Probe *reader = probe_new_with (&probe_passive_funcs, i % 10 == 7 ? "reader 7" : "reader", 0);

        pipe_open (ends[i]);
        g_source_add_unix_fd (PROBE_SOURCE (reader), ends[i][0], G_IO_IN);
        probe_attach (reader, context);
    }
    allow_none ();
    for (int i = 0; i < 30; i++) /* long enough for the quiet ones to be taken for quiet */
        g_main_context_iteration (context, FALSE);
    feed (ends[7][1]);
    turn (context);
    drain (ends[7][0]);
    g_source_add_unix_fd (PROBE_SOURCE (late), ends[8][0], G_IO_IN);
    probe_attach (late, context);
    feed (ends[8][1]);
    turn (context);
    drain (ends[8][0]);
    timer = with_callback (g_timeout_source_new (10), call_once, (gpointer) "timer", notified);
    hand_over (timer, context);
    await_dispatch (context);
    allow_again ();
    g_main_context_unref (context);
    for (int i = 0; i < READERS; i++)
        pipe_close (ends[i]);
}

static gboolean
tell_signal (gpointer data)
{
    (void) data;
    trace ("signal");
    return G_SOURCE_REMOVE;
}

TWIN (signals_are_heard_when_no_descriptor_may_be_opened_any_more, "HN-010 US-005")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_unix_signal_source_new (SIGUSR1);

    allow_none ();
    hand_over (with_callback (source, tell_signal, NULL, NULL), context);
    raise (SIGUSR1);
    await_dispatch (context);
    allow_again ();
    g_main_context_unref (context);
}

/* ---- contexts that never had one ---------------------------------------------------------------------------------- */

#define ENDS "GLib ends the process where a context is made"

static void *
quit_later (void *loop)
{
    nap_ms (20);
    g_main_loop_quit (loop);
    return NULL;
}

static int polled_for_ms;

static int
poll_without_bell (GPollFD *entries, guint count, int timeout)
{
    polled_for_ms = timeout;
    expect (count == 0);
    return g_poll (entries, count, timeout);
}

OWN (loop_that_cannot_be_woken_looks_again_and_again, "HN-010 MU-001 MC-003 WK-001", ENDS)
{
    GMainLoop *loop;
    pthread_t  thread;
    int        counter = 0;

    the_context = g_main_context_new ();
    loop = g_main_loop_new (the_context, FALSE);
    g_main_context_acquire (the_context);
    allow_none ();
    hand_over (with_callback (g_timeout_source_new (35), count_once, &counter, NULL), the_context);
    iterate_until (the_context, &counter, 1);
    tell_of_a_post (the_context);
    thread = spawn (quit_later, loop);
    g_main_loop_run (loop);
    join (thread);
    allow_again ();
    tell_of_a_post (the_context);
    expect (wakeup_descriptor (the_context) >= 0);
    g_main_context_release (the_context);
    g_main_loop_unref (loop);
    g_main_context_unref (the_context);
}

OWN (outer_loop_that_gets_no_wakeup_is_told_to_look_again, "HN-010 QU-005 PO-001", ENDS)
{
    GMainContext *context = g_main_context_new ();
    Hand          hand;

    g_main_context_acquire (context);
    allow_none ();
    hand_query (&hand, context);
    expect (hand.count == 0 && hand.timeout > 0 && hand.timeout <= 100);
    g_main_context_set_poll_func (context, poll_without_bell);
    expect (!g_main_context_iteration (context, TRUE));
    expect (polled_for_ms > 0 && polled_for_ms <= 100);
    polled_for_ms = -2;
    expect (!g_main_context_iteration (context, FALSE) && polled_for_ms == -2); /* no time, no call */
    allow_again ();
    g_main_context_release (context);
    g_main_context_unref (context);
}
