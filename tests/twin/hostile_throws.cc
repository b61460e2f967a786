/* hostile_throws.cc - C++ exceptions out of every function of the program's that a loop calls, and on with the same loop.
 *
 * They have to find their way through the library's frames, and leave behind what a jump does (hostile_jumps.c). Objects of
 * the program's on the way are destroyed.
 */
#include "hostile.h"

#include <stdexcept>
#include <string>

#define LEFT "what is thrown over is never given back"

namespace {

/* Tells that it was destroyed. */
struct Witness {
    const char *name;
    ~Witness () { trace ("~%s", name); }
};

void
throw_now ()
{
    Witness witness = { "thrower" };

    throw std::runtime_error ("thrown");
}

/* TRUE if what was thrown in the place arrives here. */
gboolean
throws_out_of (Place place)
{
    try {
        enter (place, throw_now);
    } catch (const std::runtime_error &error) {
        trace ("caught: %s", error.what ());
        return TRUE;
    }
    return FALSE;
}

TWIN_LEAKING (loop_goes_on_after_an_exception, "HN-003", LEFT)
{
    leave_every_place (throws_out_of);
}

TWIN_LEAKING (context_that_was_thrown_out_of_hears_other_threads, "HN-003 WK-001", LEFT)
{
    leave_every_place_and_post (throws_out_of);
}

TWIN_LEAKING (exception_passes_the_loop_that_runs, "HN-003 ML-010", LEFT)
{
    for (int place = 0; place < IN_INVOKED; place++) {
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();

        GMainLoop *loop = g_main_loop_new (the_context, FALSE);

        lead_to (static_cast<Place> (place), throw_now);
        try {
            g_main_loop_run (loop);
        } catch (const std::exception &error) {
            trace ("caught: %s, running %s", error.what (), yes (g_main_loop_is_running (loop)));
        }
        g_main_loop_unref (loop);
        g_main_context_unref (the_context);
    }
}

/* ---- nested loops ------------------------------------------------------------------------------------------------ */

gboolean
throw_in_callback (gpointer)
{
    trace ("depth %d", g_main_depth ());
    throw_now ();
    return G_SOURCE_CONTINUE;
}

void
add_idle (GSourceFunc function, gpointer data)
{
    hand_over (with_callback (g_idle_source_new (), function, data, NULL), the_context);
}

/* Runs a loop in which the innermost callback throws; passes on what comes with a word more, unless told to swallow it. */
gboolean
run_a_loop (gpointer levels)
{
    int        deeper = GPOINTER_TO_INT (levels) - 1;
    GMainLoop *loop = g_main_loop_new (the_context, FALSE);
    Witness    witness = { "loop" };

    trace ("depth %d", g_main_depth ());
    add_idle (deeper > 0 ? run_a_loop : throw_in_callback, GINT_TO_POINTER (deeper));
    try {
        g_main_loop_run (loop);
    } catch (const std::runtime_error &error) {
        g_main_loop_unref (loop);
        trace ("passing on: %s", error.what ());
        throw std::runtime_error (std::string (error.what ()) + " and passed on");
    }
    return G_SOURCE_REMOVE;
}

TWIN_LEAKING (exception_is_passed_on_through_two_loops, "HN-003 RB-008", LEFT)
{
    the_context = g_main_context_new ();
    add_idle (run_a_loop, GINT_TO_POINTER (2));
    try {
        g_main_context_iteration (the_context, FALSE);
    } catch (const std::runtime_error &error) {
        trace ("caught: %s", error.what ());
    }
    tell_what_is_left ();
    for (int i = 0; i < 5; i++)
        g_main_context_release (the_context);
    trace ("free for others %s", yes (free_for_others (the_context)));
    g_main_context_unref (the_context);
}

gboolean
swallow (gpointer loop)
{
    try {
        run_a_loop (GINT_TO_POINTER (1));
    } catch (...) {
        trace ("swallowed");
    }
    g_main_loop_quit (static_cast<GMainLoop *> (loop));
    return G_SOURCE_REMOVE;
}

TWIN_LEAKING (outer_loop_goes_on_when_a_callback_swallows_an_exception, "HN-003", LEFT)
{
    the_context = g_main_context_new ();

    GMainLoop *loop = g_main_loop_new (the_context, FALSE);

    add_idle (swallow, loop);
    g_main_loop_run (loop);
    trace ("running %s, owner %s", yes (g_main_loop_is_running (loop)), yes (g_main_context_is_owner (the_context)));
    idle_once (the_context, 0, "idle");
    turn (the_context);
    turn (the_context);
    g_main_loop_unref (loop);
    g_main_context_unref (the_context);
}

void *
throw_in_a_thread (void *)
{
    try {
        enter (IN_CALLBACK, throw_now);
    } catch (const std::runtime_error &error) {
        trace ("caught in the thread: %s", error.what ());
    }
    g_main_context_release (the_context);
    return NULL;
}

TWIN_LEAKING (context_that_another_thread_threw_out_of_is_iterated_here, "HN-003 OW-002", LEFT)
{
    the_context = g_main_context_new ();
    in_thread (throw_in_a_thread, NULL);
    tell_what_is_left ();
    g_main_context_unref (the_context);
}

/* ---- outside of an iteration -------------------------------------------------------------------------------------- */

void
throw_in_notify (gpointer)
{
    throw_now ();
}

template <typename Action>
void
tell_catch (const char *what, Action action)
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_idle_source_new (), call_once, const_cast<char *> ("never"), throw_in_notify);

    trace ("-- %s", what);
    idle_once (context, 0, "beside");
    g_source_attach (source, context);
    try {
        action (source, context);
    } catch (const std::runtime_error &) {
        trace ("caught");
    }
    turn (context);
    turn (context);
}

TWIN_LEAKING (exception_out_of_a_notify_passes_what_called_it, "HN-003 SL-004 CB-001", LEFT)
{
    tell_catch ("destroy", [] (GSource *source, GMainContext *) { g_source_destroy (source); });
    tell_catch ("replaced", [] (GSource *source, GMainContext *) { g_source_set_callback (source, call_once, NULL, NULL); });
    tell_catch ("removed", [] (GSource *source, GMainContext *context) {
        g_source_destroy (g_main_context_find_source_by_id (context, g_source_get_id (source)));
    });
    trace ("-- an unattached source");
    try {
        g_source_unref (with_callback (g_idle_source_new (), call_once, NULL, throw_in_notify));
    } catch (const std::runtime_error &) {
        trace ("caught");
    }
}

} // namespace
