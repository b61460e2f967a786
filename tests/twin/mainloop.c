/* mainloop.c - GMainLoop: its flag, running, quitting from every place, nesting, and several threads on one context
 * (contract section 20).
 *
 * Must not repeat ownership of contexts, which is in ownership.c. Read next: wakeup.c for posting from threads.
 */
#include "sources.h"

#include <sched.h>

/* ---- the flag ---------------------------------------------------------------------------------------------------- */

TWIN (is_running_is_a_plain_flag_from_construction_on, "ML-001 ML-010")
{
    GMainLoop *still = g_main_loop_new (NULL, FALSE);
    GMainLoop *claimed = g_main_loop_new (NULL, 42);

    trace ("%d %d", g_main_loop_is_running (still), g_main_loop_is_running (claimed));
    trace ("default context %s", yes (g_main_loop_get_context (still) == g_main_context_default ()));
    g_main_loop_quit (claimed);
    trace ("%d", g_main_loop_is_running (claimed));
    g_main_loop_unref (still);
    g_main_loop_unref (claimed);
}

TWIN (loop_keeps_its_context_and_the_last_unref_stops_nothing, "ML-011 MC-014 ML-001")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, TRUE);

    idle_again (context, 0, "idle");
    trace ("same %s", yes (g_main_loop_get_context (loop) == context));
    trace ("ref returns it %s", yes (g_main_loop_ref (loop) == loop));
    g_main_loop_unref (loop);
    g_main_context_unref (context);
    trace ("context lives with the loop");
    turn (g_main_loop_get_context (loop));
    g_main_loop_unref (loop);
    trace ("end");
}

static gboolean
tell_running_then_quit (gpointer loop)
{
    trace ("running %d, depth %d", g_main_loop_is_running (loop), g_main_depth ());
    g_main_loop_quit (loop);
    trace ("running %d", g_main_loop_is_running (loop));
    return G_SOURCE_REMOVE;
}

static GMainLoop *
loop_on_new_context (void)
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);

    g_main_context_unref (context);
    return loop;
}

TWIN (quit_before_run_is_forgotten, "ML-002 ML-004")
{
    GMainLoop    *loop = loop_on_new_context ();
    GMainContext *context = g_main_loop_get_context (loop);

    g_main_loop_quit (loop);
    trace ("early wakeup %s", yes (woken (context)));
    g_main_loop_quit (loop);
    hand_over (with_callback (g_timeout_source_new (20), tell_running_then_quit, loop, NULL), context);
    g_main_loop_run (loop);
    trace ("run returned, running %d", g_main_loop_is_running (loop));
    g_main_loop_unref (loop);
}

TWIN (loop_can_run_again, "ML-002")
{
    GMainLoop *loop = loop_on_new_context ();

    for (int i = 0; i < 3; i++) {
        hand_over (with_callback (g_idle_source_new (), tell_running_then_quit, loop, NULL),
                   g_main_loop_get_context (loop));
        g_main_loop_run (loop);
    }
    g_main_loop_unref (loop);
}

/* ---- while it runs ----------------------------------------------------------------------------------------------- */

static gboolean
drop_the_loop (gpointer loop)
{
    trace ("owner %s", yes (g_main_context_is_owner (g_main_loop_get_context (loop))));
    g_main_loop_quit (loop);
    g_main_loop_unref (loop);
    trace ("dropped");
    return G_SOURCE_REMOVE;
}

TWIN (run_owns_the_context_and_keeps_the_loop_alive, "ML-003")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);

    hand_over (with_callback (g_idle_source_new (), drop_the_loop, loop, NULL), context);
    g_main_loop_run (loop);
    trace ("owner afterwards %s", yes (g_main_context_is_owner (context)));
    g_main_context_unref (context);
}

static gboolean
release_once (gpointer loop)
{
    GMainContext *context = g_main_loop_get_context (loop);

    g_main_context_release (context);
    trace ("owner %s", yes (g_main_context_is_owner (context)));
    trace ("acquired %s", yes (g_main_context_acquire (context)));
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

TWIN (release_in_a_callback_leaves_a_running_loop_its_context, "ML-003 OW-002 OW-005")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);

    hand_over (with_callback (g_idle_source_new (), release_once, loop, NULL), context);
    g_main_loop_run (loop);
    trace ("owner afterwards %s", yes (g_main_context_is_owner (context)));
    g_main_loop_unref (loop);
    g_main_context_unref (context);
}

static gboolean
quit_and_stay (gpointer loop)
{
    trace ("quit");
    g_main_loop_quit (loop);
    return G_SOURCE_CONTINUE;
}

TWIN (batch_in_progress_is_completed_after_quit, "ML-005 DI-008")
{
    GMainLoop    *loop = loop_on_new_context ();
    GMainContext *context = g_main_loop_get_context (loop);

    hand_over (with_callback (g_timeout_source_new (0), quit_and_stay, loop, NULL), context);
    hand_over (with_callback (g_timeout_source_new (0), call_again, "same batch", NULL), context);
    idle_again (context, 100, "less urgent");
    g_main_loop_run (loop);
    trace ("returned");
    g_main_loop_unref (loop);
}

static int blocked_tid;

static void *
quit_when_asleep (void *loop)
{
    await_sleep_of (blocked_tid);
    g_main_loop_quit (loop);
    return NULL;
}

TWIN (quit_from_a_thread_ends_a_sleeping_loop, "ML-004 WK-006")
{
    GMainLoop *loop = loop_on_new_context ();
    pthread_t  thread;

    blocked_tid = own_tid ();
    thread = spawn (quit_when_asleep, loop);
    g_main_loop_run (loop);
    join (thread);
    trace ("returned, running %d", g_main_loop_is_running (loop));
    g_main_loop_unref (loop);
}

static void *
quit_often (void *loop)
{
    for (int i = 0; i < 200; i++)
        g_main_loop_quit (loop);
    return NULL;
}

TWIN (quits_from_several_threads_end_each_run, "ML-004")
{
    GMainLoop *loop = loop_on_new_context ();
    int        runs = 0;

    for (int round = 0; round < 20; round++) {
        pthread_t threads[2];
        GSource  *guard;

        for (int i = 0; i < 2; i++)
            threads[i] = spawn (quit_often, loop);
        /* all quits may have come before the run, which then forgets them */
        guard = with_callback (g_timeout_source_new (5), quit_loop, loop, NULL);
        g_source_attach (guard, g_main_loop_get_context (loop));
        g_main_loop_run (loop);
        for (int i = 0; i < 2; i++)
            join (threads[i]);
        let_go (guard);
        runs += !g_main_loop_is_running (loop);
    }
    trace ("runs ended %d", runs);
    g_main_loop_unref (loop);
}

static void *
quit_as_soon_as_it_runs (void *loop)
{
    while (!g_main_loop_is_running (loop))
        sched_yield ();
    g_main_loop_quit (loop);
    return NULL;
}

TWIN (quit_that_meets_a_loop_falling_asleep_is_not_lost, "ML-004 WK-001")
{
    enum { ROUNDS = 200 };
    GMainLoop *loop = loop_on_new_context ();
    int        runs = 0;

    for (int i = 0; i < ROUNDS; i++) {
        pthread_t thread = spawn (quit_as_soon_as_it_runs, loop);

        g_main_loop_run (loop);
        join (thread);
        runs++;
    }
    trace ("runs ended %d", runs);
    g_main_loop_unref (loop);
}

/* ---- nesting ----------------------------------------------------------------------------------------------------- */

static gboolean
run_same_loop (gpointer loop)
{
    trace ("inner run begins, depth %d", g_main_depth ());
    if (g_main_depth () == 2)
        hand_over (with_callback (g_idle_source_new (), quit_and_stay, loop, NULL), g_main_loop_get_context (loop));
    g_main_loop_run (loop);
    trace ("inner run ended, running %d", g_main_loop_is_running (loop));
    return G_SOURCE_REMOVE;
}

TWIN (one_quit_ends_all_levels_of_the_same_loop, "ML-006")
{
    GMainLoop *loop = loop_on_new_context ();

    for (int i = 0; i < 2; i++)
        hand_over (with_callback (g_idle_source_new (), run_same_loop, loop, NULL), g_main_loop_get_context (loop));
    g_main_loop_run (loop);
    trace ("outer run ended");
    g_main_loop_unref (loop);
}

typedef struct {
    GMainLoop *outer;
    GMainLoop *inner;
} Nest;

static gboolean
quit_the_inner (gpointer data)
{
    Nest *nest = data;

    trace ("outer runs %d, inner runs %d", g_main_loop_is_running (nest->outer), g_main_loop_is_running (nest->inner));
    g_main_loop_quit (nest->inner);
    return G_SOURCE_REMOVE;
}

static gboolean
run_the_inner (gpointer data)
{
    Nest *nest = data;

    hand_over (with_callback (g_timeout_source_new (0), quit_loop, nest->outer, NULL),
               g_main_loop_get_context (nest->inner));
    hand_over (with_callback (g_timeout_source_new (20), quit_the_inner, nest, NULL),
               g_main_loop_get_context (nest->inner));
    g_main_loop_run (nest->inner);
    trace ("inner ended");
    return G_SOURCE_CONTINUE;
}

TWIN (outer_loop_quit_inside_ends_when_the_inner_returns, "ML-007")
{
    GMainContext *context = g_main_context_new ();
    Nest          nest = { g_main_loop_new (context, FALSE), g_main_loop_new (context, FALSE) };

    hand_over (with_callback (g_idle_source_new (), run_the_inner, &nest, NULL), context);
    g_main_loop_run (nest.outer);
    trace ("outer ended");
    g_main_loop_unref (nest.outer);
    g_main_loop_unref (nest.inner);
    g_main_context_unref (context);
}

TWIN (nested_loop_may_use_another_context, "ML-007 RB-008")
{
    GMainContext *contexts[] = { g_main_context_new (), g_main_context_new () };
    Nest          nest = { g_main_loop_new (contexts[0], FALSE), g_main_loop_new (contexts[1], FALSE) };

    hand_over (with_callback (g_idle_source_new (), run_the_inner, &nest, NULL), contexts[0]);
    g_main_loop_run (nest.outer);
    trace ("outer ended");
    g_main_loop_unref (nest.outer);
    g_main_loop_unref (nest.inner);
    g_main_context_unref (contexts[0]);
    g_main_context_unref (contexts[1]);
}

/* ---- two threads on one context ---------------------------------------------------------------------------------- */

typedef struct {
    GMainLoop *loop;
    int        tid;
    Flag       started;
} Runner;

static void *
run_here (void *data)
{
    Runner *runner = data;

    runner->tid = own_tid ();
    flag_raise (&runner->started);
    g_main_loop_run (runner->loop);
    return NULL;
}

TWIN (run_without_ownership_waits_and_can_be_quit_there, "ML-008 ML-010")
{
    Runner        runner = { loop_on_new_context (), 0, FLAG_INIT };
    GMainContext *context = g_main_loop_get_context (runner.loop);
    pthread_t     thread;

    g_main_context_acquire (context);
    idle_once (context, 0, "idle");
    thread = spawn (run_here, &runner);
    flag_await (&runner.started);
    await_sleep_of (runner.tid);
    trace ("waiting, running %d", g_main_loop_is_running (runner.loop));
    g_main_loop_quit (runner.loop);
    join (thread);
    trace ("returned, running %d", g_main_loop_is_running (runner.loop));
    g_main_context_release (context);
    turn (context);
    g_main_loop_unref (runner.loop);
}

static gboolean
quit_from_runner (gpointer loop)
{
    trace ("run by the waiting thread");
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

TWIN (run_without_ownership_goes_on_when_ownership_is_free, "ML-008 OW-009")
{
    Runner        runner = { loop_on_new_context (), 0, FLAG_INIT };
    GMainContext *context = g_main_loop_get_context (runner.loop);
    pthread_t     thread;

    g_main_context_acquire (context);
    hand_over (with_callback (g_idle_source_new (), quit_from_runner, runner.loop, NULL), context);
    thread = spawn (run_here, &runner);
    flag_await (&runner.started);
    await_sleep_of (runner.tid);
    trace ("releasing");
    g_main_context_release (context);
    join (thread);
    g_main_loop_unref (runner.loop);
}

TWIN (two_loops_of_two_threads_take_turns, "ML-009 ML-008")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *mine = g_main_loop_new (context, FALSE);
    Runner        runner = { g_main_loop_new (context, FALSE), 0, FLAG_INIT };
    pthread_t     thread;
    int           calls = 0;

    g_main_context_acquire (context);
    thread = spawn (run_here, &runner);
    flag_await (&runner.started);
    await_sleep_of (runner.tid);
    hand_over (with_callback (g_timeout_source_new (0), count_once, &calls, NULL), context);
    hand_over (with_callback (g_timeout_source_new (10), quit_loop, mine, NULL), context);
    g_main_loop_run (mine);
    trace ("mine ended after %d call; the other runs %d", calls, g_main_loop_is_running (runner.loop));
    hand_over (with_callback (g_timeout_source_new (0), quit_from_runner, runner.loop, NULL), context);
    g_main_context_release (context);
    join (thread);
    trace ("the other ended");
    g_main_loop_unref (runner.loop);
    g_main_loop_unref (mine);
    g_main_context_unref (context);
}
