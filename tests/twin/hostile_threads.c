/* hostile_threads.c - threads that end, or are ended, while they iterate: pthread_exit out of every function that a loop
 * calls, cancellation in a loop's sleep and in its callbacks, and loops used in a thread's last moments.
 *
 * What others can do with the context meanwhile and afterwards is the point: a context that a thread takes with it stays
 * owned, and is given back by whoever releases it (OW-003). A thread that stays for ever is in hostile_stuck.c.
 */
#include "hostile.h"

#include <unistd.h>

#define LEFT "what the thread held is never given back"

/* ---- a thread that ends ------------------------------------------------------------------------------------------ */

static void
end_thread (void)
{
    pthread_exit ((void *) "ended inside");
}

static void *
enter_and_end (void *place)
{
    enter ((Place) GPOINTER_TO_INT (place), end_thread);
    return (void *) "came back";
}

/* TRUE if this thread could acquire the context now. A thread that began after another one had ended may pass for it. */
static gboolean
is_free (void)
{
    gboolean got = g_main_context_acquire (the_context);

    if (got)
        g_main_context_release (the_context);
    return got;
}

/* The context after its iterating thread has gone: others attach, wake and destroy, and iterate once it is released. */
static void
tell_of_the_widow (void)
{
    GSource *source = with_callback (g_idle_source_new (), call_once, (gpointer) "never", notified);

    trace ("owner %s, free %s", yes (g_main_context_is_owner (the_context)), yes (is_free ()));
    turn (the_context);
    g_source_attach (source, the_context);
    g_main_context_wakeup (the_context);
    let_go (source);
    while (!is_free ())
        g_main_context_release (the_context);
    tell_that_it_works ();
    tell_of_a_post (the_context);
}

TWIN_LEAKING (thread_that_ends_inside_leaves_the_context_to_others, "HN-004 OW-003", LEFT)
{
    for (int place = 0; place < PLACES; place++) {
        if (place == IN_PREPARE || place == IN_CHECK)
            continue;
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        trace ("%s", (char *) in_thread (enter_and_end, GINT_TO_POINTER (place)));
        tell_of_the_widow ();
        g_main_context_unref (the_context);
    }
}

TWIN_LEAKING (context_whose_thread_ended_in_prepare_or_check_ends, "HN-004 MC-006", LEFT)
{
    static const Place places[] = { IN_PREPARE, IN_CHECK };

    for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
        the_context = g_main_context_new ();
        trace ("%s", (char *) in_thread (enter_and_end, GINT_TO_POINTER (places[i])));
        idle_once (the_context, 0, "never");
        turn (the_context);
        g_main_context_unref (the_context);
    }
}

static void *
run_and_end (void *data)
{
    GMainLoop *loop = data;

    g_main_context_push_thread_default (the_context);
    lead_to (IN_CALLBACK, end_thread);
    g_main_loop_run (loop);
    return (void *) "came back";
}

TWIN_LEAKING (thread_that_ends_in_its_loop_leaves_it_running, "HN-004 TD-009 ML-010", LEFT)
{
    GMainLoop *loop;

    the_context = g_main_context_new ();
    loop = g_main_loop_new (the_context, FALSE);
    trace ("%s", (char *) in_thread (run_and_end, loop));
    trace ("running %s", yes (g_main_loop_is_running (loop)));
    tell_of_the_widow ();
    g_main_loop_quit (loop);
    g_main_loop_unref (loop);
    g_main_context_unref (the_context);
}

/* ---- a thread that is cancelled ---------------------------------------------------------------------------------- */

typedef struct {
    GMainLoop *loop;
    int        tid;
    Flag       started;
    gboolean   unwound;
} Victim;

static void
mark_unwound (void *data)
{
    ((Victim *) data)->unwound = TRUE;
}

static void *
sleep_in_loop (void *data)
{
    Victim *victim = data;

    pthread_cleanup_push (mark_unwound, victim);
    victim->tid = own_tid ();
    flag_raise (&victim->started);
    g_main_loop_run (victim->loop);
    pthread_cleanup_pop (0);
    return NULL;
}

static const char *
ending_of (pthread_t thread)
{
    void *result = join (thread);

    return result == PTHREAD_CANCELED ? "cancelled" : "came back";
}

/* Cancels a thread in the sleep of its loop, which has this many quiet descriptors. */
static void
cancel_a_sleeper (int descriptors)
{
    Victim    victim = { NULL, 0, FLAG_INIT, FALSE };
    int       ends[2];
    pthread_t thread;

    pipe_open (ends);
    the_context = g_main_context_new ();
    victim.loop = g_main_loop_new (the_context, FALSE);
    for (int i = 0; i < descriptors; i++) {
        Probe *probe = probe_new_with (&probe_passive_funcs, "reader", 5);

        g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
        probe_attach (probe, the_context);
    }
    for (int i = 0; i < 8; i++) /* long enough for the quiet ones to be taken for quiet */
        g_main_context_iteration (the_context, FALSE);
    thread = spawn (sleep_in_loop, &victim);
    flag_await (&victim.started);
    await_sleep_of (victim.tid);
    pthread_cancel (thread);
    trace ("%s", ending_of (thread));
    trace ("unwound %s, running %s", yes (victim.unwound), yes (g_main_loop_is_running (victim.loop)));
    tell_of_the_widow ();
    if (descriptors > 0) {
        feed (ends[1]);
        turn (the_context);
    }
    g_main_loop_unref (victim.loop);
    g_main_context_unref (the_context);
    pipe_close (ends);
}

TWIN_LEAKING (sleeping_thread_is_cancelled, "HN-005 OW-003", LEFT)
{
    cancel_a_sleeper (0);
    cancel_a_sleeper (3);
    cancel_a_sleeper (40);
}

static void
reach_a_cancellation_point (void)
{
    pthread_cancel (pthread_self ());
    pthread_testcancel ();
}

static void *
enter_and_be_cancelled (void *place)
{
    enter ((Place) GPOINTER_TO_INT (place), reach_a_cancellation_point);
    return NULL;
}

TWIN_LEAKING (thread_is_cancelled_inside, "HN-005 OW-003", LEFT)
{
    for (int place = 0; place < PLACES; place++) {
        if (place == IN_PREPARE || place == IN_CHECK)
            continue;
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        trace ("%s", ending_of (spawn (enter_and_be_cancelled, GINT_TO_POINTER (place))));
        tell_of_the_widow ();
        g_main_context_unref (the_context);
    }
}

static void
be_cancelled_at_any_instruction (void)
{
    int before;

    pthread_setcanceltype (PTHREAD_CANCEL_ASYNCHRONOUS, &before);
    pthread_cancel (pthread_self ());
    for (;;)
        pause ();
}

static void *
enter_and_be_cancelled_at_once (void *data)
{
    (void) data;
    enter (IN_CALLBACK, be_cancelled_at_any_instruction);
    return NULL;
}

TWIN_LEAKING (thread_is_cancelled_asynchronously_in_a_callback, "HN-005", LEFT)
{
    the_context = g_main_context_new ();
    trace ("%s", ending_of (spawn (enter_and_be_cancelled_at_once, NULL)));
    tell_of_the_widow ();
    g_main_context_unref (the_context);
}

static void *
cancel_itself_and_use_the_loop (void *data)
{
    Flag *sleeping = data;

    flag_await (sleeping);
    pthread_cancel (pthread_self ());
    for (int i = 0; i < 10; i++) {
        GSource *source = g_timeout_source_new (100000);

        g_source_attach (source, the_context);
        g_main_context_wakeup (the_context);
        let_go (source);
    }
    idle_once (the_context, 0, "posted with a cancellation pending");
    pthread_testcancel ();
    return NULL;
}

static void *
iterate_once (void *flag)
{
    g_main_context_acquire (the_context);
    flag_raise (flag);
    for (int i = 0; i < 1000 && !g_main_context_iteration (the_context, TRUE); i++)
        ;
    g_main_context_release (the_context);
    return NULL;
}

OWN (calls_that_wake_are_no_cancellation_points, "HN-005 WK-006", "GLib's thread ends in them, with the context locked for ever")
{
    Flag      sleeping = FLAG_INIT;
    pthread_t sleeper;

    the_context = g_main_context_new ();
    sleeper = spawn (iterate_once, &sleeping);
    expect (join (spawn (cancel_itself_and_use_the_loop, &sleeping)) == PTHREAD_CANCELED);
    join (sleeper);
    g_main_context_unref (the_context);
}

/* ---- a thread's last moments -------------------------------------------------------------------------------------- */

static pthread_key_t last_words;

static void
use_loops (void *data)
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);

    trace ("destructor %s, depth %d", (char *) data, g_main_depth ());
    g_main_context_push_thread_default (context);
    trace ("thread default %s", yes (g_main_context_get_thread_default () == context));
    hand_over (with_callback (g_timeout_source_new (1), call_quit, loop, NULL), context);
    g_main_loop_run (loop);
    trace ("current %s, depth %d", yes (g_main_current_source () != NULL), g_main_depth ());
    g_main_context_pop_thread_default (context);
    idle_once (the_context, 0, "posted by a destructor");
    g_main_loop_unref (loop);
    g_main_context_unref (context);
}

static void *
live_shortly (void *uses_loop_first)
{
    pthread_setspecific (last_words, uses_loop_first != NULL ? "after use" : "first use");
    if (uses_loop_first != NULL) {
        GMainContext *context = g_main_context_new ();

        g_main_context_push_thread_default (context);
        idle_once (context, 0, "in its life");
        turn (context);
        g_main_context_unref (context);
    }
    return NULL;
}

TWIN_LEAKING (loops_work_in_the_destructors_of_a_thread, "HN-006 TD-009", "the stack of defaults of a thread that has ended")
{
    the_context = g_main_context_new ();
    pthread_key_create (&last_words, use_loops);
    in_thread (live_shortly, NULL);
    turn (the_context);
    in_thread (live_shortly, (void *) "first");
    turn (the_context);
    pthread_key_delete (last_words);
    g_main_context_unref (the_context);
}

static void *
live_with_a_default (void *data)
{
    (void) data;
    g_main_context_push_thread_default (the_context);
    pthread_setspecific (last_words, the_context);
    return NULL;
}

static void
release_what_is_held (void *context)
{
    /* The library's own destructor may run before or after this one: it is the same context either way. */
    g_main_context_is_owner (context);
}

TWIN (thread_that_ends_with_a_thread_default_gives_it_back, "HN-006 TD-009 MC-006")
{
    the_context = g_main_context_new ();
    pthread_key_create (&last_words, release_what_is_held);
    in_thread (live_with_a_default, NULL);
    trace ("free %s", yes (is_free ()));
    pthread_key_delete (last_words);
    while (!is_free ())
        g_main_context_release (the_context);
    g_main_context_unref (the_context);
}
