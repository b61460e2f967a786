/* hostile_jumps.c - longjmp out of every function of the program's that a loop calls, and on with the same loop.
 *
 * A jump leaves behind what it jumped over: a context that is owned once more, a source that is still being dispatched.
 * What that means for the iterations after it is the same in both libraries. Exceptions, which leave by another road,
 * are in hostile_throws.cc.
 */
#include "hostile.h"

#include <setjmp.h>

#define LEFT "what is jumped over is never given back"

static jmp_buf way_out;

static void
jump (void)
{
    longjmp (way_out, 1);
}

/* TRUE once it is back by the jump. */
static gboolean
jumps_out_of (Place place)
{
    if (setjmp (way_out) != 0)
        return TRUE;
    enter (place, jump);
    return FALSE;
}

TWIN_LEAKING (loop_goes_on_after_a_jump, "HN-002", LEFT)
{
    leave_every_place (jumps_out_of);
}

TWIN_LEAKING (context_that_was_left_hears_other_threads, "HN-002 WK-001", LEFT)
{
    leave_every_place_and_post (jumps_out_of);
}

static gboolean
jump_again (gpointer data)
{
    (void) data;
    jump ();
    return G_SOURCE_CONTINUE;
}

TWIN_LEAKING (source_that_was_left_is_not_dispatched_again, "HN-002 RB-001", LEFT)
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_idle_source_new (), jump_again, NULL, NULL);

    g_source_attach (source, context);
    if (setjmp (way_out) == 0)
        g_main_context_iteration (context, FALSE);
    turn (context);
    g_source_set_ready_time (source, 0);
    turn (context);
    idle_once (context, G_PRIORITY_DEFAULT_IDLE, "other");
    turn (context);
    let_go (source);
    turn (context);
    g_main_context_unref (context);
}

TWIN_LEAKING (rest_of_a_batch_is_found_again, "HN-002 PR-002", LEFT)
{
    GMainContext *context = g_main_context_new ();

    idle_once (context, 0, "first");
    hand_over (with_callback (g_timeout_source_new (0), jump_again, NULL, NULL), context);
    idle_once (context, 0, "third");
    idle_once (context, 0, "fourth");
    if (setjmp (way_out) == 0)
        g_main_context_iteration (context, FALSE);
    trace ("jumped");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN_LEAKING (descriptors_of_a_source_that_was_left_rest, "HN-002 RB-001", LEFT)
{
    GMainContext *context = g_main_context_new ();
    Probe        *other = probe_new_with (&probe_passive_funcs, "other", 0);
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    hand_over (with_callback (g_unix_fd_source_new (ends[0], G_IO_IN), (GSourceFunc) jump_again, NULL, NULL), context);
    if (setjmp (way_out) == 0)
        g_main_context_iteration (context, FALSE);
    trace ("polled for %s", polled_for (context, ends[0]));
    turn (context);
    g_source_add_unix_fd (PROBE_SOURCE (other), ends[0], G_IO_IN);
    probe_attach (other, context);
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN_LEAKING (thousands_of_jumps, "HN-002", LEFT)
{
    volatile int  jumped = 0;
    GMainContext *context = g_main_context_new ();

    for (volatile int i = 0; i < 3000; i++) {
        hand_over (with_callback (g_idle_source_new (), jump_again, NULL, NULL), context);
        if (setjmp (way_out) == 0)
            g_main_context_iteration (context, FALSE);
        else
            jumped++;
    }
    trace ("jumped %d", jumped);
    idle_once (context, 0, "afterwards");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

/* ---- nested levels ----------------------------------------------------------------------------------------------- */

static jmp_buf middle;

static gboolean
jump_to_the_middle (gpointer data)
{
    (void) data;
    trace ("depth %d", g_main_depth ());
    longjmp (middle, 1);
    return G_SOURCE_CONTINUE;
}

static gboolean
jump_far (gpointer data)
{
    (void) data;
    trace ("depth %d", g_main_depth ());
    jump ();
    return G_SOURCE_CONTINUE;
}

static GSourceFunc innermost;

static void
add_idle (GSourceFunc function, int levels)
{
    hand_over (with_callback (g_idle_source_new (), function, GINT_TO_POINTER (levels), NULL), the_context);
}

/* Runs a loop in which another one is run, as many as there are levels, and innermost in the last. */
static gboolean
run_a_loop (gpointer levels)
{
    GMainLoop *loop = g_main_loop_new (the_context, FALSE);
    int        deeper = GPOINTER_TO_INT (levels) - 1;

    trace ("depth %d", g_main_depth ());
    add_idle (deeper > 0 ? run_a_loop : innermost, deeper);
    g_main_loop_run (loop);
    trace ("loop has ended");
    g_main_loop_unref (loop);
    return G_SOURCE_REMOVE;
}

static gboolean
catch_in_the_middle (gpointer levels)
{
    if (setjmp (middle) == 0)
        run_a_loop (levels);
    trace ("back in the middle, depth %d", g_main_depth ());
    turn (the_context);
    return G_SOURCE_REMOVE;
}

TWIN_LEAKING (jump_through_two_loops, "HN-002 RB-008", LEFT)
{
    the_context = g_main_context_new ();
    innermost = jump_far;
    add_idle (run_a_loop, 2);
    if (setjmp (way_out) == 0)
        g_main_context_iteration (the_context, FALSE);
    tell_what_is_left ();
    for (int i = 0; i < 3; i++)
        g_main_context_release (the_context);
    trace ("free for others %s", yes (free_for_others (the_context)));
    g_main_context_unref (the_context);
}

TWIN_LEAKING (jump_from_an_inner_level_to_one_between, "HN-002 RB-008", LEFT)
{
    the_context = g_main_context_new ();
    innermost = jump_to_the_middle;
    add_idle (catch_in_the_middle, 2);
    idle_once (the_context, G_PRIORITY_DEFAULT_IDLE, "beside");
    trace ("outer -> %s", yes (g_main_context_iteration (the_context, FALSE)));
    trace ("current %s", yes (g_main_current_source () != NULL));
    tell_that_it_works ();
    for (int i = 0; i < 5; i++) {
        trace ("free for others %s", yes (free_for_others (the_context)));
        if (!free_for_others (the_context))
            g_main_context_release (the_context);
    }
    g_main_context_unref (the_context);
}

OWN_LEAKING (depth_is_right_again_below_a_level_that_was_jumped_to, "HN-002 RB-008",
             "GLib goes on counting the levels that were left", LEFT)
{
    the_context = g_main_context_new ();
    innermost = jump_to_the_middle;
    add_idle (catch_in_the_middle, 2);
    expect (g_main_context_iteration (the_context, FALSE));
    expect (g_main_depth () == 0);
    g_main_context_unref (the_context);
}

TWIN_LEAKING (loop_that_was_left_can_be_run_again, "HN-002 ML-010", LEFT)
{
    GMainLoop *loop;

    the_context = g_main_context_new ();
    loop = g_main_loop_new (the_context, FALSE);
    add_idle (jump_far, 0);
    if (setjmp (way_out) == 0)
        g_main_loop_run (loop);
    trace ("running %s", yes (g_main_loop_is_running (loop)));
    hand_over (with_callback (g_timeout_source_new (5), call_quit, loop, NULL), the_context);
    g_main_loop_run (loop);
    trace ("running %s", yes (g_main_loop_is_running (loop)));
    g_main_loop_unref (loop);
    g_main_context_unref (the_context);
}

/* ---- outside of an iteration -------------------------------------------------------------------------------------- */

static void
jump_in_notify (gpointer data)
{
    (void) data;
    jump ();
}

static GSource *
source_whose_notify_jumps (void)
{
    return with_callback (g_idle_source_new (), call_once, "never", jump_in_notify);
}

TWIN_LEAKING (jump_out_of_the_notify_of_destroy, "HN-002 SL-004", LEFT)
{
    GMainContext    *context = g_main_context_new ();
    GSource *volatile source = source_whose_notify_jumps ();

    g_source_attach (source, context);
    if (setjmp (way_out) == 0)
        g_source_destroy (source);
    trace ("destroyed %s", yes (g_source_is_destroyed (source)));
    idle_once (context, 0, "idle");
    turn (context);
    turn (context);
    g_source_destroy (source);
    g_main_context_unref (context);
}

TWIN_LEAKING (jump_out_of_the_notify_of_a_replaced_callback, "HN-002 CB-001", LEFT)
{
    GMainContext     *context = g_main_context_new ();
    GSource *volatile source = source_whose_notify_jumps ();

    g_source_attach (source, context);
    if (setjmp (way_out) == 0)
        g_source_set_callback (source, call_once, "new", notified);
    turn (context);
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN_LEAKING (jump_out_of_the_end_of_a_context, "HN-002 MC-006", LEFT)
{
    GMainContext *other = g_main_context_new ();

    for (int in_finalizer = 0; in_finalizer <= 1; in_finalizer++) {
        GMainContext *context = g_main_context_new ();

        idle_once (context, 0, "before");
        if (in_finalizer) {
            Probe *probe = probe_new ("jumping", 0);

            the_act = jump;
            probe->in_finalize = act_in_probe;
            probe_attach (probe, context);
        } else {
            hand_over (source_whose_notify_jumps (), context);
        }
        idle_once (context, 0, "behind");
        if (setjmp (way_out) == 0)
            g_main_context_unref (context);
        trace ("jumped");
        idle_once (other, 0, "in another context");
        turn (other);
    }
    g_main_context_unref (other);
}
