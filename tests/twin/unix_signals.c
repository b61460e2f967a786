/* unix_signals.c - signals as sources (section 22): which, when the handler is there, who is called and how often.
 *
 * GLib delivers through a thread of its own, so a twin case gives a signal the time to arrive (settle_late); that
 * mainspring needs neither thread nor time is told by the OWN cases. Forked children are in process.c.
 */
#include "processes.h"

#define COUNT_ALLOWED 6
static const int allowed[COUNT_ALLOWED] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH };

/* An attached source that traces its name at each call. */
static GSource *
listen_for (int signum, GMainContext *context, const char *name)
{
    GSource *source = with_callback (g_unix_signal_source_new (signum), call_again, (gpointer) name, NULL);

    hand_over (source, context);
    return source;
}

static GSource *
count_signal (int signum, GMainContext *context, int *counter)
{
    GSource *source = with_callback (g_unix_signal_source_new (signum), count_again, counter, NULL);

    hand_over (source, context);
    return source;
}

/* ---- which ------------------------------------------------------------------------------------------------------- */

TWIN (six_signals_are_allowed, "US-001 NM-001 US-011")
{
    for (size_t i = 0; i < COUNT_ALLOWED; i++) {
        GSource *source = g_unix_signal_source_new (allowed[i]);

        trace ("%d: %s, priority %d, recurses %s, table %s", allowed[i], g_source_get_name (source),
               g_source_get_priority (source), yes (g_source_get_can_recurse (source)),
               yes (source->source_funcs == &g_unix_signal_funcs));
        g_source_unref (source);
    }
}

TWIN (all_others_are_refused, "US-001 MU-004")
{
    for (int signum = -1; signum < 70; signum++) {
        gboolean fine = FALSE;

        for (size_t i = 0; i < COUNT_ALLOWED; i++)
            fine |= signum == allowed[i];
        if (!fine)
            trace ("%d: %s", signum, yes (g_unix_signal_source_new (signum) != NULL));
    }
}

TWIN (adding_a_wrong_signal_complains_at_every_step, "US-012 MU-004")
{
    trace ("%u", g_unix_signal_add (SIGKILL, call_once, "plain"));
    trace ("%u", g_unix_signal_add_full (0, SIGCHLD, call_once, "default priority", notified));
    trace ("%u", g_unix_signal_add_full (7, 0, call_once, "another priority", notified));
}

/* ---- the handler ------------------------------------------------------------------------------------------------- */

TWIN (handler_lives_from_the_first_source_to_the_last_finalization, "US-002 US-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *first, *second;

    first = g_unix_signal_source_new (SIGUSR1);
    trace ("made: default %s", yes (handler_is_default (SIGUSR1)));
    trace ("another signal: default %s", yes (handler_is_default (SIGUSR2)));
    second = g_unix_signal_source_new (SIGUSR1);
    g_source_attach (first, context);
    g_source_destroy (first);
    trace ("one destroyed: default %s", yes (handler_is_default (SIGUSR1)));
    g_source_unref (first);
    trace ("one finalized: default %s", yes (handler_is_default (SIGUSR1)));
    g_source_destroy (second);
    trace ("both destroyed: default %s", yes (handler_is_default (SIGUSR1)));
    g_source_unref (second);
    trace ("both finalized: default %s", yes (handler_is_default (SIGUSR1)));
    first = g_unix_signal_source_new (SIGUSR1);
    trace ("again: default %s", yes (handler_is_default (SIGUSR1)));
    g_source_unref (first);
    g_main_context_unref (context);
}

static void
earlier_handler (int signum)
{
    (void) signum;
    trace ("earlier handler");
}

TWIN (earlier_handler_is_not_put_back, "US-003")
{
    signal (SIGUSR1, earlier_handler);
    signal (SIGUSR2, SIG_IGN);
    g_source_unref (g_unix_signal_source_new (SIGUSR1));
    g_source_unref (g_unix_signal_source_new (SIGUSR2));
    trace ("default %s %s", yes (handler_is_default (SIGUSR1)), yes (handler_is_default (SIGUSR2)));
}

TWIN (handler_has_these_flags_and_an_empty_mask, "US-004")
{
    GSource         *source = g_unix_signal_source_new (SIGHUP);
    struct sigaction action;
    char             flags[64];
    int              blocked = 0;

    sigaction (SIGHUP, NULL, &action);
    action.sa_flags &= SA_RESTART | SA_NOCLDSTOP | SA_ONSTACK | SA_NODEFER | SA_RESETHAND | SA_SIGINFO;
    snprintf (flags, sizeof flags, "%#x", (unsigned) action.sa_flags);
    {
        char older[64], newer[64];

        snprintf (older, sizeof older, "%#x", (unsigned) (SA_RESTART | SA_NOCLDSTOP));
        snprintf (newer, sizeof newer, "%#x", (unsigned) (SA_RESTART | SA_NOCLDSTOP | SA_ONSTACK));
        since (2, 82, older, newer, flags);
    }
    for (int signum = 1; signum < 32; signum++)
        blocked += sigismember (&action.sa_mask, signum) == 1;
    trace ("%d blocked", blocked);
    g_source_unref (source);
}

TWIN (handler_keeps_errno, "US-010")
{
    int      counter = 0;
    GSource *source = count_signal (SIGUSR1, NULL, &counter);

    errno = 77;
    raise (SIGUSR1);
    trace ("errno %d", errno);
    iterate_until (NULL, &counter, 1);
    g_source_destroy (source);
}

/* ---- delivery ---------------------------------------------------------------------------------------------------- */

TWIN (signals_before_attaching_are_remembered, "US-002")
{
    GMainContext *context = g_main_context_new ();
    int           counter = 0;
    GSource      *source = with_callback (g_unix_signal_source_new (SIGUSR1), count_again, &counter, NULL);

    raise (SIGUSR1);
    nap_ms (20);
    g_source_attach (source, context);
    iterate_until (context, &counter, 1);
    settle_late (context);
    trace ("%d call", counter);
    let_go (source);
    g_main_context_unref (context);
}

TWIN (sources_made_later_hear_nothing_of_it, "US-002 US-006")
{
    GMainContext *context = g_main_context_new ();
    int           counter = 0;

    listen_for (SIGUSR1, context, "earlier");
    raise (SIGUSR1);
    settle_late (context);
    count_signal (SIGUSR1, context, &counter);
    settle_late (context);
    trace ("later one called %d times", counter);
    g_main_context_unref (context);
}

TWIN (several_deliveries_make_one_call, "US-006")
{
    GMainContext *context = g_main_context_new ();
    int           counter = 0;

    count_signal (SIGUSR1, context, &counter);
    for (int i = 0; i < 5; i++)
        raise (SIGUSR1);
    nap_ms (20);
    settle_late (context);
    trace ("%d call", counter);
    g_main_context_unref (context);
}

TWIN (every_source_is_called_wherever_it_is, "US-005")
{
    GMainContext *contexts[3];
    int           counters[6] = { 0 };

    for (int i = 0; i < 3; i++) {
        contexts[i] = i == 0 ? g_main_context_ref (g_main_context_default ()) : g_main_context_new ();
        count_signal (SIGUSR1, contexts[i], &counters[2 * i]);
        count_signal (i == 1 ? SIGUSR2 : SIGUSR1, contexts[i], &counters[2 * i + 1]);
    }
    raise (SIGUSR1);
    for (int i = 0; i < 3; i++)
        settle_late (contexts[i]);
    for (int i = 0; i < 6; i++)
        trace ("%d: %d", i, counters[i]);
    raise (SIGUSR2);
    settle_late (contexts[1]);
    trace ("the other: %d %d", counters[2], counters[3]);
    for (int i = 1; i < 3; i++)
        g_main_context_unref (contexts[i]);
    while (g_source_remove_by_user_data (&counters[0]) || g_source_remove_by_user_data (&counters[1]))
        ;
    g_main_context_unref (contexts[0]);
}

typedef struct {
    GMainContext *context;
    int           counter;
    int           tid;
    Flag          ready;
} Sleeper;

static void *
sleep_until_called (void *data)
{
    Sleeper *sleeper = data;

    sleeper->tid = own_tid ();
    flag_raise (&sleeper->ready);
    iterate_until (sleeper->context, &sleeper->counter, 1);
    return NULL;
}

TWIN (sleeping_contexts_of_all_threads_wake, "US-005 US-008")
{
    Sleeper   sleepers[3];
    pthread_t threads[3];

    for (int i = 0; i < 3; i++) {
        sleepers[i] = (Sleeper){ g_main_context_new (), 0, 0, FLAG_INIT };
        count_signal (SIGTERM, sleepers[i].context, &sleepers[i].counter);
        threads[i] = spawn (sleep_until_called, &sleepers[i]);
        flag_await (&sleepers[i].ready);
        await_sleep_of (sleepers[i].tid);
    }
    kill (getpid (), SIGTERM);
    for (int i = 0; i < 3; i++) {
        join (threads[i]);
        trace ("%d called %d", i, sleepers[i].counter);
        g_main_context_unref (sleepers[i].context);
    }
}

static gboolean
raise_once_more (gpointer counter)
{
    trace ("call");
    if (++*(int *) counter == 1) {
        raise (SIGUSR1);
        nap_ms (20);
    }
    return G_SOURCE_CONTINUE;
}

TWIN (signal_during_the_callback_makes_another_call, "US-007")
{
    GMainContext *context = g_main_context_new ();
    int           counter = 0;

    hand_over (with_callback (g_unix_signal_source_new (SIGUSR1), raise_once_more, &counter, NULL), context);
    raise (SIGUSR1);
    iterate_until (context, &counter, 2);
    settle_late (context);
    trace ("%d calls", counter);
    g_main_context_unref (context);
}

TWIN (false_removes_the_source, "US-011")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_unix_signal_source_new (SIGUSR1), call_once, "source", notified);

    g_source_attach (source, context);
    raise (SIGUSR1);
    while (!g_source_is_destroyed (source))
        g_main_context_iteration (context, TRUE);
    trace ("default %s", yes (handler_is_default (SIGUSR1)));
    g_source_unref (source);
    trace ("default %s", yes (handler_is_default (SIGUSR1)));
    g_main_context_unref (context);
}

TWIN (convenience_functions_attach_to_the_default_context, "US-011")
{
    guint plain = g_unix_signal_add (SIGUSR1, call_once, "plain");
    guint full = g_unix_signal_add_full (-3, SIGUSR1, call_once, "full", notified);
    guint silent = g_unix_signal_add_full (9, SIGUSR2, NULL, "silent", notified);

    trace ("%s %s %s", yes (plain > 0), yes (full > 0), yes (silent > 0));
    trace ("priorities %d %d", g_source_get_priority (g_main_context_find_source_by_id (NULL, plain)),
           g_source_get_priority (g_main_context_find_source_by_id (NULL, full)));
    raise (SIGUSR1);
    settle_late (NULL);
    raise (SIGUSR2);
    settle_late (NULL);
    trace ("default %s %s", yes (handler_is_default (SIGUSR1)), yes (handler_is_default (SIGUSR2)));
}

TWIN (source_without_callback_warns_and_goes, "MU-005 CB-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_unix_signal_source_new (SIGUSR1);

    g_source_attach (source, context);
    raise (SIGUSR1);
    while (!g_source_is_destroyed (source))
        g_main_context_iteration (context, TRUE);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (most_urgent_signal_comes_first, "OR-001 US-005")
{
    GMainContext *context = g_main_context_new ();

    g_source_set_priority (listen_for (SIGUSR1, context, "less urgent"), 5);
    g_source_set_priority (listen_for (SIGUSR2, context, "urgent"), -5);
    listen_for (SIGHUP, context, "plain");
    raise (SIGUSR1);
    raise (SIGHUP);
    raise (SIGUSR2);
    nap_ms (30);
    settle_late (context);
    g_main_context_unref (context);
}

TWIN (destroyed_source_is_not_called, "US-003 SL-004")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = listen_for (SIGUSR1, context, "destroyed");

    listen_for (SIGUSR1, context, "alive");
    raise (SIGUSR1);
    g_source_destroy (source);
    settle_late (context);
    g_main_context_unref (context);
}

static gboolean
iterate_inside (gpointer context)
{
    static int      depth;
    static gboolean raised;

    trace ("enter at %d", depth++);
    if (!raised) {
        raised = TRUE;
        raise (SIGUSR1);
        nap_ms (30);
        settle_late (context);
    }
    depth--;
    trace ("leave");
    return G_SOURCE_CONTINUE;
}

TWIN (signal_waits_while_its_source_is_being_dispatched, "RB-001 US-007")
{
    GMainContext *context = g_main_context_new ();

    hand_over (with_callback (g_unix_signal_source_new (SIGUSR1), iterate_inside, context, NULL), context);
    listen_for (SIGUSR1, context, "other");
    raise (SIGUSR1);
    nap_ms (30);
    settle_late (context);
    g_main_context_unref (context);
}

TWIN (recursing_source_is_called_inside, "RB-001 US-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_unix_signal_source_new (SIGUSR1), iterate_inside, context, NULL);

    g_source_set_can_recurse (source, TRUE);
    hand_over (source, context);
    raise (SIGUSR1);
    settle_late (context);
    g_main_context_unref (context);
}

TWIN (child_source_of_a_signal_makes_its_parent_ready, "CS-002 US-005")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_new_with (&probe_passive_funcs, "parent", 0);
    GSource      *child = with_callback (g_unix_signal_source_new (SIGUSR1), call_once, "child", NULL);

    g_source_add_child_source (PROBE_SOURCE (parent), child);
    g_source_unref (child);
    probe_attach (parent, context);
    settle (context);
    raise (SIGUSR1);
    settle_late (context);
    g_main_context_unref (context);
}

TWIN (hand_driven_iteration_sees_the_signal, "US-005 CK-001")
{
    GMainContext *context = g_main_context_new ();
    Hand          hand;

    listen_for (SIGUSR1, context, "signal");
    g_main_context_acquire (context);
    hand_query (&hand, context);
    raise (SIGUSR1);
    nap_ms (20);
    hand_poll (&hand);
    while (!hand_check (&hand)) {
        hand_query (&hand, context);
        hand_poll (&hand);
    }
    g_main_context_dispatch (context);
    g_main_context_release (context);
    g_main_context_unref (context);
}

/* ---- sources come and go while signals arrive -------------------------------------------------------------------- */

static gboolean storm_over;

static void *
storm (void *target)
{
    while (!__atomic_load_n (&storm_over, __ATOMIC_RELAXED)) {
        pthread_kill (*(pthread_t *) target, SIGUSR1);
        kill (getpid (), SIGUSR2);
        nap_ms (0);
    }
    return NULL;
}

static void *
come_and_go (void *data)
{
    (void) data;
    for (int i = 0; i < 300; i++) {
        GMainContext *context = g_main_context_new ();
        int           counter = 0;

        count_signal (SIGUSR1, context, &counter);
        count_signal (SIGUSR2, context, &counter);
        if (i % 3 == 0)
            g_source_destroy (g_main_context_find_source_by_id (context, 1));
        g_main_context_iteration (context, FALSE);
        if (i % 20 == 0)
            iterate_until (context, &counter, 1);
        g_main_context_unref (context);
    }
    return NULL;
}

TWIN (contexts_come_and_go_in_a_storm_of_signals, "US-005 US-003 MC-012")
{
    GSource  *keep[2] = { g_unix_signal_source_new (SIGUSR1), g_unix_signal_source_new (SIGUSR2) };
    pthread_t self = pthread_self (), weather = spawn (storm, &self), threads[3];

    for (int i = 0; i < 3; i++)
        threads[i] = spawn (come_and_go, NULL);
    for (int i = 0; i < 3; i++)
        join (threads[i]);
    __atomic_store_n (&storm_over, TRUE, __ATOMIC_RELAXED);
    join (weather);
    nap_ms (5);
    g_source_unref (keep[0]);
    g_source_unref (keep[1]);
    trace ("over");
}

/* ---- without a thread -------------------------------------------------------------------------------------------- */

OWN (next_iteration_sees_the_signal, "US-008", "GLib's thread may need longer")
{
    GMainContext *context = g_main_context_new ();
    int           counter = 0;

    count_signal (SIGUSR1, context, &counter);
    for (int i = 1; i <= 3; i++) {
        expect (!g_main_context_iteration (context, FALSE));
        raise (SIGUSR1);
        expect (g_main_context_pending (context));
        expect (g_main_context_iteration (context, FALSE));
        expect (counter == i);
    }
    g_main_context_unref (context);
}

OWN (no_thread_is_started, "US-009", "GLib starts one")
{
    GSource *source = g_unix_signal_source_new (SIGHUP);

    expect (count_threads () == 1);
    g_source_unref (source);
}
