/* process.c - what belongs to the process and not to a loop (section 23): iterations interrupted by signals, loops after
 * fork, close-on-exec, and the end of the process.
 *
 * Handlers here are the program's own, but for the last part. Losing descriptors is the subject of process_descriptors.c.
 */
#include "processes.h"

static int handled;

static void
count_handled (int signum)
{
    (void) signum;
    handled++;
}

/* A thread that sends SIGUSR1 to the one that made it, once that sleeps. */
typedef struct {
    pthread_t target;
    int       tid;
} Aim;

static void *
interrupt_sleep (void *data)
{
    Aim *aim = data;

    await_sleep_of (aim->tid);
    pthread_kill (aim->target, SIGUSR1);
    return NULL;
}

static void
catch_plainly (int signum, int flags)
{
    struct sigaction action = { .sa_handler = count_handled, .sa_flags = flags };

    sigaction (signum, &action, NULL);
}

TWIN (interrupted_iteration_returns_false, "SY-001")
{
    static const int flags[] = { 0, SA_RESTART };

    for (size_t i = 0; i < G_N_ELEMENTS (flags); i++) {
        GMainContext *context = g_main_context_new ();
        Aim           aim = { pthread_self (), own_tid () };
        pthread_t     thread;
        gboolean      ready;

        catch_plainly (SIGUSR1, flags[i]);
        g_main_context_acquire (context);
        settle (context);
        thread = spawn (interrupt_sleep, &aim);
        ready = g_main_context_iteration (context, TRUE);
        trace ("blocking -> %s, handled %d", yes (ready), handled);
        join (thread);
        g_main_context_release (context);
        g_main_context_unref (context);
    }
}

TWIN (interrupted_iteration_still_sees_what_is_ready, "SY-001")
{
    GMainContext *context = g_main_context_new ();

    catch_plainly (SIGUSR1, 0);
    idle_once (context, 0, "idle");
    raise (SIGUSR1);
    turn (context);
    g_main_context_unref (context);
}

static gboolean
quit_now (gpointer loop)
{
    trace ("quitting, handled %s", yes (handled > 0));
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

TWIN (interrupted_loop_goes_on, "SY-002")
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);
    Aim        aim = { pthread_self (), own_tid () };
    pthread_t  thread = spawn (interrupt_sleep, &aim);

    catch_plainly (SIGUSR1, 0);
    g_timeout_add (200, quit_now, loop);
    g_main_loop_run (loop);
    join (thread);
    g_main_loop_unref (loop);
}

/* ---- fork -------------------------------------------------------------------------------------------------------- */

static GMainContext *inherited;
static int           counter;

static void
wake_inherited (void)
{
    for (int i = 0; i < 5; i++)
        g_main_context_wakeup (inherited);
    counter = 0;
    hand_over (with_callback (g_idle_source_new (), count_once, &counter, NULL), inherited);
    iterate_until (inherited, &counter, 1);
    g_main_context_wakeup (inherited);
}

OWN (child_and_parent_do_not_wake_each_other, "SY-003", "GLib's children share the wakeup of their parents")
{
    GPollFD wakeup;

    inherited = g_main_context_new ();
    wakeup = (GPollFD){ wakeup_descriptor (inherited), G_IO_IN, 0 };
    g_main_context_acquire (inherited);
    settle (inherited);
    expect (strcmp (in_child (wake_inherited), "exit 0") == 0);
    expect (g_poll (&wakeup, 1, 0) == 0);
    expect (!woken (inherited));
    g_main_context_release (inherited);
    g_main_context_unref (inherited);
}

static void *
sleep_in_thread (void *data)
{
    Flag *ready = data;

    counter = 0;
    hand_over (with_callback (g_timeout_source_new (300), count_once, &counter, NULL), inherited);
    flag_raise (ready);
    while (counter == 0)
        handled += g_main_context_iteration (inherited, TRUE) ? 0 : 1;
    return NULL;
}

static void
ring_once_from_a_handler (void)
{
    raise (SIGUSR2);
    g_main_context_wakeup (inherited);
}

OWN (child_of_a_sleeping_parent_leaves_it_asleep, "SY-003", "GLib's children share the wakeup of their parents")
{
    Flag      ready = FLAG_INIT;
    pthread_t thread;
    int       silent = 0;

    inherited = g_main_context_new ();
    hand_over (with_callback (g_unix_signal_source_new (SIGUSR2), count_again, &silent, NULL), inherited);
    settle (inherited);
    thread = spawn (sleep_in_thread, &ready);
    flag_await (&ready);
    nap_ms (30);
    expect (strcmp (in_child (ring_once_from_a_handler), "exit 0") == 0);
    join (thread);
    expect (handled == 0 && silent == 0);
    g_main_context_unref (inherited);
}

static void
use_signals_in_child (void)
{
    int own = 0;

    counter = 0;
    raise (SIGUSR1);
    iterate_until (inherited, &counter, 1);
    hand_over (with_callback (g_unix_signal_source_new (SIGUSR2), count_again, &own, NULL), inherited);
    raise (SIGUSR2);
    iterate_until (inherited, &own, 1);
    expect (counter == 1);
}

OWN (signals_reach_sources_in_a_forked_child, "SY-004", "GLib's thread is not there after fork")
{
    inherited = g_main_context_new ();
    hand_over (with_callback (g_unix_signal_source_new (SIGUSR1), count_again, &counter, NULL), inherited);
    raise (SIGUSR1);
    iterate_until (inherited, &counter, 1);
    expect (strcmp (in_child (use_signals_in_child), "exit 0") == 0);
    expect (!g_main_context_iteration (inherited, FALSE));
    raise (SIGUSR1);
    iterate_until (inherited, &counter, 2);
    g_main_context_unref (inherited);
}

static void
watch_own_child (void)
{
    Tale tale = { "grandchild", zombie (4), 0, 0, FALSE };

    hand_over (tale_watch (&tale), inherited);
    iterate_until (inherited, &tale.ended, 1);
}

TWIN (forked_child_watches_children_of_its_own, "SY-004 CW-001")
{
    inherited = g_main_context_new ();
    settle (inherited);
    trace ("%s", in_child (watch_own_child));
    g_main_context_unref (inherited);
}

/* ---- exec and exit ----------------------------------------------------------------------------------------------- */

TWIN (wakeup_is_closed_by_exec, "SY-005")
{
    GMainContext *context = g_main_context_new ();

    trace ("close-on-exec %s", yes (fcntl (wakeup_descriptor (context), F_GETFD) & FD_CLOEXEC));
    g_main_context_unref (context);
}

static void
leave_everything (void)
{
    GMainContext *context = g_main_context_new ();

    g_idle_add (call_once, "never called");
    idle_once (context, 0, "never called");
    g_main_loop_new (context, FALSE);
    g_main_context_push_thread_default (context);
    exit (0);
}

TWIN_LEAKING (contexts_alive_at_exit_are_left_alone, "SY-006", "the child leaves its contexts behind on purpose")
{
    const char *ending;
    char       *said = output_of (leave_everything, STDERR_FILENO, &ending);

    trace ("%s, said \"%s\"", ending, said);
    free (said);
}
