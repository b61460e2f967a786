/* hostile_exits.c - processes that end inside an iteration: exit with handlers that use the loop once more, quick ends,
 * and ends beside threads that sleep or hold a context. Always in a forked child, whose ending is told.
 *
 * Contexts that are merely alive at the end are in process.c; threads that end in hostile_threads.c.
 */
#include "hostile.h"

#include <signal.h>
#include <unistd.h>

#define LEFT "the child leaves everything behind"

static void
say (const char *what)
{
    trace ("  %s, depth %d", what, g_main_depth ());
}

/* The last use: the loop that is being left, one that is new, the default one, and a thread. */
static void
iterate_at_exit (void)
{
    GMainContext *fresh = g_main_context_new ();

    say ("at exit");
    tell_that_it_works ();
    idle_once (fresh, 0, "in a new context");
    turn (fresh);
    g_main_context_unref (fresh);
    g_idle_add (call_once, (gpointer) "in the default context");
    turn (NULL);
    tell_of_a_post (g_main_context_default ());
}

static void
iterate_once_at_exit (void)
{
    say ("at exit");
    turn (the_context);
}

static void
exit_now (void)
{
    exit (7);
}

static void
exit_at_once (void)
{
    _exit (8);
}

static void
exit_quickly (void)
{
    quick_exit (9);
}

static void
abort_now (void)
{
    signal (SIGABRT, SIG_DFL);
    abort ();
}

static Place where;
static void (*how) (void);

static void
enter_child (void)
{
    the_context = g_main_context_new ();
    enter (where, how);
    say ("came back");
}

static void
enter_child_and_iterate_at_exit (void)
{
    atexit (where == IN_PREPARE || where == IN_CHECK ? iterate_once_at_exit : iterate_at_exit);
    at_quick_exit (iterate_once_at_exit);
    enter_child ();
}

TWIN_LEAKING (exit_handlers_iterate, "HN-007 SY-006", LEFT)
{
    how = exit_now;
    for (where = IN_PREPARE; where < PLACES; where++) {
        trace ("-- %s", place_name (where));
        trace ("%s", in_child (enter_child_and_iterate_at_exit));
    }
}

TWIN_LEAKING (quick_ends_run_nothing_of_the_loops, "HN-007 SY-006", LEFT)
{
    static void (*const ends[]) (void) = { exit_at_once, exit_quickly, abort_now };

    for (size_t i = 0; i < G_N_ELEMENTS (ends); i++) {
        how = ends[i];
        for (where = IN_PREPARE; where < PLACES; where++) {
            const char *ending;
            char       *said = output_of (enter_child_and_iterate_at_exit, STDERR_FILENO, &ending);

            trace ("%s: %s, said \"%s\"", place_name (where), ending, said);
            free (said);
        }
    }
}

/* ---- beside other threads ---------------------------------------------------------------------------------------- */

static void *
sleep_in_the_loop (void *tid)
{
    GMainLoop *loop = g_main_loop_new (the_context, FALSE);

    g_atomic_int_set ((int *) tid, own_tid ());
    g_main_loop_run (loop);
    return NULL;
}

static void
exit_beside_a_sleeper (void)
{
    int tid = 0;

    the_context = g_main_context_new ();
    spawn (sleep_in_the_loop, &tid);
    while (g_atomic_int_get (&tid) == 0)
        nap_ms (1);
    await_sleep_of (tid);
    atexit (iterate_once_at_exit);
    exit (3);
}

static void
hang_at_exit_of_main (void)
{
    for (;;)
        pause ();
}

static Flag inside;

static void
stay (void)
{
    flag_raise (&inside);
    hang_at_exit_of_main ();
}

static void *
enter_and_stay (void *data)
{
    (void) data;
    enter (IN_DISPATCH, stay);
    return NULL;
}

static void
exit_beside_a_callback (void)
{
    the_context = g_main_context_new ();
    spawn (enter_and_stay, NULL);
    flag_await (&inside);
    atexit (iterate_once_at_exit);
    exit (4);
}

static void *
enter_and_exit (void *data)
{
    (void) data;
    enter (IN_CALLBACK, exit_now);
    return NULL;
}

static void
exit_in_a_thread_while_main_sleeps (void)
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);

    the_context = g_main_context_new ();
    atexit (iterate_once_at_exit);
    spawn (enter_and_exit, NULL);
    g_main_loop_run (loop);
}

TWIN_LEAKING (process_ends_beside_threads_that_are_in_the_loop, "HN-007 SY-006", LEFT)
{
    trace ("%s", in_child (exit_beside_a_sleeper));
    trace ("%s", in_child (exit_beside_a_callback));
    trace ("%s", in_child (exit_in_a_thread_while_main_sleeps));
}

static gboolean
run_deeper_and_exit (gpointer levels)
{
    int        deeper = GPOINTER_TO_INT (levels) - 1;
    GMainLoop *loop = g_main_loop_new (the_context, FALSE);

    if (deeper == 0)
        exit_now ();
    hand_over (with_callback (g_idle_source_new (), run_deeper_and_exit, GINT_TO_POINTER (deeper), NULL), the_context);
    g_main_loop_run (loop);
    return G_SOURCE_REMOVE;
}

static void
exit_in_nested_loops (void)
{
    the_context = g_main_context_new ();
    atexit (iterate_at_exit);
    run_deeper_and_exit (GINT_TO_POINTER (5));
}

TWIN_LEAKING (process_ends_in_nested_loops, "HN-007 SY-006 RB-008", LEFT)
{
    trace ("%s", in_child (exit_in_nested_loops));
}
