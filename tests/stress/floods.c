/* floods.c - more signals than anybody asked for: an interruption every 50 microseconds, a hundred thousand deliveries. */
#define _GNU_SOURCE
#include "processes.h"

#include <time.h>

/* ---- signals that are sources --------------------------------------------------------------------------------------- */

static gboolean
count_signal (gpointer counter)
{
    __atomic_add_fetch ((int *) counter, 1, __ATOMIC_SEQ_CST);
    return G_SOURCE_CONTINUE;
}

static GSource *
listen_to (int signum, int *counter, GMainContext *context)
{
    GSource *source = with_callback (g_unix_signal_source_new (signum), count_signal, counter, NULL);

    g_source_attach (source, context);
    return source;
}

/* After the flood one more of each: the last signal is never the one that is lost. */
static void
last_one_is_heard (GMainContext *context, const int signals[], int counters[], int count)
{
    settle_late (context);
    for (int i = 0; i < count; i++) {
        int before = counters[i];

        kill (getpid (), signals[i]);
        iterate_until (context, &counters[i], before + 1);
        settle_late (context);
        expect (counters[i] == before + 1);
    }
}

static void *
floods (void *process)
{
    static const int signals[] = { SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH };

    for (int i = 0; i < 100000; i++)
        kill ((pid_t) (intptr_t) process, signals[i % 4]);
    return NULL;
}

TWIN (hundred_thousand_signals_coalesce_and_the_last_is_heard, "US-005 US-006 US-007 US-010")
{
    static const int signals[] = { SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH };
    GMainContext    *context = g_main_context_new ();
    int              counters[4] = { 0, 0, 0, 0 };
    GSource         *sources[4];
    pthread_t        thread;

    for (int i = 0; i < 4; i++)
        sources[i] = listen_to (signals[i], &counters[i], context);
    thread = spawn (floods, (void *) (intptr_t) getpid ());
    while (pthread_tryjoin_np (thread, NULL) != 0)
        g_main_context_iteration (context, FALSE);
    last_one_is_heard (context, signals, counters, 4);
    for (int i = 0; i < 4; i++)
        expect (counters[i] >= 2 && counters[i] <= 25001);
    for (int i = 0; i < 4; i++)
        let_go (sources[i]);
    g_main_context_unref (context);
}

static int strangers;

static void
stranger_arrived (int signum)
{
    (void) signum;
    __atomic_add_fetch (&strangers, 1, __ATOMIC_SEQ_CST);
}

/* Real-time signals are queued, one by one, and are none of the loop's: they only interrupt it. */
TWIN (queued_signals_of_the_programs_arrive_all, "SY-001 SY-002 US-001")
{
    GMainContext    *context = g_main_context_new ();
    struct sigaction action = { .sa_handler = stranger_arrived };
    int              counter = 0, sent = 0;
    GSource         *source = listen_to (SIGUSR1, &counter, context);
    const union sigval value = { 0 };

    sigaction (SIGRTMIN + 3, &action, NULL);
    for (int i = 0; i < 20000; i++) {
        if (sigqueue (getpid (), SIGRTMIN + 3, value) == 0)
            sent++;
        if (i % 100 == 0)
            kill (getpid (), SIGUSR1);
        g_main_context_iteration (context, FALSE);
    }
    last_one_is_heard (context, (const int[]) { SIGUSR1 }, &counter, 1);
    expect (strangers == sent);
    expect (counter >= 2 && counter <= 201);
    let_go (source);
    g_main_context_unref (context);
}

/* ---- a storm of interruptions ------------------------------------------------------------------------------------------ */

static timer_t
storm_begins (void)
{
    struct sigaction  action = { .sa_handler = stranger_arrived };
    struct sigevent   event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    struct itimerspec times = { { 0, 50000 }, { 0, 50000 } };
    timer_t           timer;

    sigaction (SIGRTMIN, &action, NULL);
    if (timer_create (CLOCK_MONOTONIC, &event, &timer) < 0 || timer_settime (timer, 0, &times, NULL) < 0)
        twin_give_up ("timer");
    return timer;
}

static GMainLoop *stormy_loop;

static gboolean
last_timeout (gpointer data)
{
    (void) data;
    g_main_loop_quit (stormy_loop);
    return G_SOURCE_REMOVE;
}

TWIN (loop_under_an_interruption_every_50_microseconds, "SY-001 SY-002 TM-002 CW-001")
{
    GMainContext *context = g_main_context_new ();
    timer_t       storm = storm_begins ();
    int           ticks = 0;
    gint64        began = now_ns ();

    stormy_loop = g_main_loop_new (context, FALSE);
    hand_over (with_callback (g_timeout_source_new (3), count_again, &ticks, NULL), context);
    hand_over (with_callback (g_timeout_source_new (120), last_timeout, NULL, NULL), context);
    g_main_loop_run (stormy_loop);
    expect (now_ns () - began >= 120000000);
    expect (ticks >= 2 && ticks <= 40);
    for (int i = 0; i < 3; i++) {
        Tale tale = { .name = "child", .pid = child_exiting (5, NULL) };

        hand_over (tale_watch (&tale), context);
        iterate_until (context, &tale.ended, 1);
    }
    timer_delete (storm);
    g_main_loop_unref (stormy_loop);
    g_main_context_unref (context);
}
