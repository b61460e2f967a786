/* hostile_signals.c - functions of the program's that change masks and handlers of signals in every place of an iteration:
 * the loop sleeps, wakes and hears as before, and leaves masks and handlers as the program wants them.
 *
 * Handlers of the library's that never return are in handlers_left.c, sources for signals in unix_signals.c.
 */
#include "hostile.h"
#include "processes.h"

static void
block_all (void)
{
    sigset_t all;

    sigfillset (&all);
    pthread_sigmask (SIG_BLOCK, &all, NULL);
}

static gboolean
is_blocked (int signum)
{
    sigset_t mask;

    pthread_sigmask (SIG_SETMASK, NULL, &mask);
    return sigismember (&mask, signum) == 1;
}

static void
unblock_all (void)
{
    sigset_t none;

    sigemptyset (&none);
    pthread_sigmask (SIG_SETMASK, &none, NULL);
}

TWIN (loop_leaves_the_mask_as_the_program_set_it, "HN-011")
{
    for (int place = 0; place < PLACES; place++) {
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        enter ((Place) place, block_all);
        settle (the_context);
        trace ("blocked %s", yes (is_blocked (SIGUSR1) && is_blocked (SIGCHLD)));
        tell_of_a_post (the_context);
        trace ("blocked %s", yes (is_blocked (SIGUSR1) && is_blocked (SIGCHLD)));
        unblock_all ();
        g_main_context_unref (the_context);
    }
}

static void
block_and_raise (void)
{
    block_all ();
    raise (SIGUSR1);
}

OWN (signal_that_was_blocked_inside_is_heard_once_it_is_let_through, "HN-011 US-005",
     "GLib's thread may take it although this thread blocks it")
{
    for (int place = 0; place < PLACES; place++) {
        int heard = 0;

        the_context = g_main_context_new ();
        hand_over (with_callback (g_unix_signal_source_new (SIGUSR1), count_once, &heard, NULL), the_context);
        enter ((Place) place, block_and_raise);
        settle (the_context);
        expect (heard == 0);
        unblock_all ();
        iterate_until (the_context, &heard, 1);
        g_main_context_unref (the_context);
    }
}

/* ---- handlers ---------------------------------------------------------------------------------------------------- */

static int handled;

static void
count_handled (int signum)
{
    (void) signum;
    handled++;
}

static void
take_handler (void)
{
    signal (SIGUSR1, count_handled);
}

static void
ignore_signal (void)
{
    signal (SIGUSR1, SIG_IGN);
}

static void
tell_handler (void)
{
    struct sigaction now;

    sigaction (SIGUSR1, NULL, &now);
    trace ("handler is %s", now.sa_handler == count_handled ? "the program's"
                            : now.sa_handler == SIG_IGN     ? "to ignore"
                            : now.sa_handler == SIG_DFL     ? "the default"
                                                            : "the library's");
}

TWIN (handler_that_the_program_put_up_inside_stays, "HN-011 US-003")
{
    static void (*const acts[]) (void) = { take_handler, ignore_signal };

    for (size_t i = 0; i < G_N_ELEMENTS (acts) * PLACES; i++) {
        Place   place = (Place) (i / 2);
        GSource *source = g_unix_signal_source_new (SIGUSR1);

        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        g_source_set_callback (source, call_again, (gpointer) "signal", NULL);
        g_source_attach (source, the_context);
        tell_handler ();
        handled = 0;
        enter (place, acts[i % 2]);
        settle (the_context);
        tell_handler ();
        raise (SIGUSR1);
        settle_late (the_context);
        trace ("handled %d", handled);
        let_go (source);
        tell_handler ();
        g_main_context_unref (the_context);
        signal (SIGUSR1, SIG_DFL);
    }
}

TWIN (new_source_puts_its_handler_up_over_the_programs, "HN-011 US-002")
{
    int      heard = 0;
    GSource *source;

    the_context = g_main_context_new ();
    take_handler ();
    source = with_callback (g_unix_signal_source_new (SIGUSR1), count_once, &heard, NULL);
    tell_handler ();
    hand_over (source, the_context);
    raise (SIGUSR1);
    iterate_until (the_context, &heard, 1);
    trace ("handled %d", handled);
    tell_handler ();
    g_main_context_unref (the_context);
}

/* A handler that interrupts the loop wherever it is. */
static void *
shoot (void *data)
{
    pthread_t target = *(pthread_t *) data;

    for (int i = 0; i < 300; i++) {
        pthread_kill (target, SIGUSR1);
        sched_yield ();
    }
    return NULL;
}

TWIN (hundreds_of_interruptions_lose_nothing, "HN-011 SY-001 SY-002")
{
    pthread_t self = pthread_self (), shooter;
    int       fired = 0;

    the_context = g_main_context_new ();
    signal (SIGUSR1, count_handled);
    shooter = spawn (shoot, &self);
    for (int i = 0; i < 100; i++)
        hand_over (with_callback (g_timeout_source_new ((guint) i % 20), count_once, &fired, NULL), the_context);
    iterate_until (the_context, &fired, 100);
    join (shooter);
    tell_of_a_post (the_context);
    trace ("fired %d, handled %s", fired, yes (handled > 0));
    g_main_context_unref (the_context);
}
