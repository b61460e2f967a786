/* hostile_forks.c - programs that fork in every place of an iteration and run on, in the child and in the parent.
 *
 * The child finishes first, so that its trace stands before its parent's. What the two share afterwards, and signals and
 * wakeups between them, are in process.c.
 */
#include "hostile.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static gboolean in_the_child;

static void
tell_ending (const char *who, pid_t child)
{
    int status;

    while (waitpid (child, &status, 0) < 0)
        if (errno != EINTR)
            twin_give_up ("waitpid");
    trace ("%s: %s %d", who, WIFEXITED (status) ? "exit" : "signal",
           WIFEXITED (status) ? WEXITSTATUS (status) : WTERMSIG (status));
}

/* Returns in the child at once, in the parent when the child has ended. TRUE in the child. */
static gboolean
forks_here (void)
{
    pid_t child;

    fflush (NULL);
    child = fork ();
    if (child < 0)
        twin_give_up ("fork");
    if (child == 0) {
        alarm (10);
        in_the_child = TRUE;
        trace ("child:");
    } else {
        tell_ending ("child", child);
    }
    return child == 0;
}

static void
fork_here (void)
{
    forks_here ();
}

static void
end_child (void)
{
    if (in_the_child)
        _exit (0);
}

/* A context with a bit of everything, some of it ready. */
static void
furnish (int ends[2])
{
    Probe *reader = probe_new_with (&probe_passive_funcs, "reader", 10);

    the_context = g_main_context_new ();
    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (reader), ends[0], G_IO_IN);
    probe_attach (reader, the_context);
    turn (the_context);
}

TWIN (child_and_parent_run_on_from_the_same_place, "HN-008 SY-003")
{
    for (int place = 0; place < PLACES; place++) {
        int ends[2];

        trace ("-- %s", place_name (place));
        furnish (ends);
        idle_once (the_context, 5, "beside");
        enter ((Place) place, fork_here);
        settle (the_context);
        tell_what_is_left ();
        tell_of_a_post (the_context);
        feed (ends[1]);
        turn (the_context);
        drain (ends[0]);
        turn (the_context);
        g_main_context_unref (the_context);
        pipe_close (ends);
        end_child ();
    }
}

static gboolean
fork_in_callback (gpointer data)
{
    (void) data;
    fork_here ();
    return G_SOURCE_REMOVE;
}

static gboolean
run_nested (gpointer levels)
{
    GMainLoop *loop = g_main_loop_new (the_context, FALSE);
    GSource   *last = with_callback (g_idle_source_new (), quit_loop, loop, NULL);
    int        deeper = GPOINTER_TO_INT (levels) - 1;

    hand_over (with_callback (g_idle_source_new (), deeper > 0 ? run_nested : fork_in_callback,
                              GINT_TO_POINTER (deeper), NULL),
               the_context);
    g_source_set_priority (last, G_PRIORITY_LOW); /* after all the others */
    hand_over (last, the_context);
    g_main_loop_run (loop);
    trace ("loop has ended, depth %d", g_main_depth ());
    g_main_loop_unref (loop);
    return G_SOURCE_REMOVE;
}

TWIN (fork_in_nested_loops, "HN-008 RB-008")
{
    the_context = g_main_context_new ();
    run_nested (GINT_TO_POINTER (3));
    tell_what_is_left ();
    g_main_context_unref (the_context);
    end_child ();
}

static int generations;

/* Every child forks the next one in the same place. */
static void
fork_and_go_deeper (void)
{
    if (forks_here () && ++generations < 12)
        the_act = fork_and_go_deeper;
}

TWIN (twelve_generations_iterate, "HN-008 SY-003")
{
    the_context = g_main_context_new ();
    enter (IN_CALLBACK, fork_and_go_deeper);
    while (the_act != NULL)
        enter (IN_CALLBACK, the_act);
    trace ("generation %d", generations);
    tell_of_a_post (the_context);
    g_main_context_unref (the_context);
    end_child ();
}

static void
vfork_here (void)
{
    pid_t child = vfork ();

    if (child == 0)
        _exit (5);
    tell_ending ("vforked child", child);
}

static void
vfork_and_exec_here (void)
{
    pid_t child = vfork ();

    if (child == 0) {
        execl ("/bin/sh", "sh", "-c", "exit 6", (char *) NULL);
        _exit (127);
    }
    tell_ending ("vforked child", child);
}

TWIN (loop_goes_on_after_a_vfork, "HN-008")
{
    for (int place = 0; place < PLACES; place++) {
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        enter ((Place) place, vfork_here);
        settle (the_context);
        enter ((Place) place, vfork_and_exec_here);
        settle (the_context);
        tell_what_is_left ();
        tell_of_a_post (the_context);
        g_main_context_unref (the_context);
    }
}

/* ---- beside other threads ---------------------------------------------------------------------------------------- */

static GMainContext *others_context;
static Flag          held, done;

static void *
hold_context (void *data)
{
    (void) data;
    g_main_context_acquire (others_context);
    flag_raise (&held);
    flag_await (&done);
    g_main_context_release (others_context);
    return NULL;
}

static void
use_what_another_thread_held (void)
{
    trace ("owner %s, iterated %s", yes (g_main_context_is_owner (others_context)),
           yes (g_main_context_iteration (others_context, FALSE)));
    g_main_context_release (others_context); /* the thread that holds it is not in this process */
    the_context = others_context;
    tell_what_is_left ();
    tell_of_a_post (the_context);
}

TWIN (child_releases_what_a_thread_of_its_parent_held, "HN-008 OW-003")
{
    pthread_t thread;

    others_context = g_main_context_new ();
    thread = spawn (hold_context, NULL);
    flag_await (&held);
    trace ("%s", in_child (use_what_another_thread_held));
    trace ("parent: iterated %s", yes (g_main_context_iteration (others_context, FALSE)));
    flag_raise (&done);
    join (thread);
    g_main_context_unref (others_context);
}
