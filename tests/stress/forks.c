/* forks.c - fork in every state of a loop: the child goes on with all kinds of sources, and the parent notices nothing.
 *
 * What a fork does to wakeups, signals and watches of children is in tests/twin/process.c and child_lost.c.
 */
#define _GNU_SOURCE
#include "processes.h"

static GMainContext *world;
static Probe        *forker;
static gboolean      forks_in[4];
static int           where;
static int           inside; /* the child iterates where it was forked, if it can */

static gboolean
tell_event (int fd, GIOCondition condition, gpointer name)
{
    trace ("%s: %s", (const char *) name, events_text (condition));
    drain (fd);
    return G_SOURCE_CONTINUE;
}

static gboolean
count_signal (gpointer counter)
{
    ++*(int *) counter;
    return G_SOURCE_CONTINUE;
}

/* One source of each kind, in this context: all of them must work. */
static void
live (GMainContext *context)
{
    int      ticks = 0, signals = 0, idles = 0;
    int      ends[2];
    Tale     tale = { .name = "grandchild", .pid = 0 };
    GSource *source;

    pipe_open (ends);
    hand_over (with_callback (g_timeout_source_new (1), count_again, &ticks, NULL), context);
    hand_over (with_callback (g_idle_source_new (), count_once, &idles, NULL), context);
    hand_over (with_callback (g_unix_fd_source_new (ends[0], G_IO_IN), G_SOURCE_FUNC (tell_event), (gpointer) "pipe", NULL),
               context);
    source = with_callback (g_unix_signal_source_new (SIGUSR2), count_signal, &signals, NULL);
    g_source_attach (source, context);
    tale.pid = child_exiting (7, NULL);
    hand_over (tale_watch (&tale), context);
    iterate_until (context, &ticks, 3);
    iterate_until (context, &idles, 1);
    iterate_until (context, &tale.ended, 1);
    feed (ends[1]);
    settle (context);
    if (at_least (2, 90)) {
        kill (getpid (), SIGUSR2); /* GLib delivers none in a fork (SY-004) */
        iterate_until (context, &signals, 1);
    }
    let_go (source);
    g_main_context_wakeup (context);
    g_main_context_iteration (context, TRUE);
    pipe_close (ends);
}

static void
child_lives (void)
{
    GMainContext *own = g_main_context_new ();

    live (own);
    g_main_context_unref (own);
    if (inside)
        live (world);
}

static void
fork_here (const char *state, int may_go_on)
{
    inside = may_go_on;
    trace ("forked %s: %s", state, in_child (child_lives));
}

/* ---- in one thread ---------------------------------------------------------------------------------------------------- */

static void
fork_if_asked (int phase, const char *state, int may_go_on)
{
    if (!forks_in[phase])
        return;
    forks_in[phase] = FALSE;
    fork_here (state, may_go_on);
}

static void
in_prepare (Probe *probe)
{
    (void) probe;
    fork_if_asked (0, "in prepare", 0); /* iterating there is refused */
}

static void
in_check (Probe *probe)
{
    (void) probe;
    fork_if_asked (1, "in check", 0);
}

static void
in_dispatch (Probe *probe)
{
    (void) probe;
    fork_if_asked (2, "in dispatch", 1);
}

static gint
forking_poll (GPollFD *entries, guint count, gint timeout)
{
    if (forks_in[3]) {
        forks_in[3] = FALSE;
        fork_here ("in the poll function", 0);
    }
    return g_poll (entries, count, timeout);
}

TWIN (fork_in_every_phase_of_an_iteration, "SY-003 DI-005 PO-004 PR-013")
{
    world = g_main_context_new ();
    fork_here ("before the first iteration", 1);
    forker = probe_attach (probe_new ("forker", 0), world);
    forker->quiet = TRUE;
    forker->check_ready = TRUE;
    forker->keep = TRUE;
    forker->in_prepare = in_prepare;
    forker->in_check = in_check;
    forker->in_dispatch = in_dispatch;
    g_main_context_set_poll_func (world, forking_poll);
    for (where = 0; where < 4; where++) {
        forks_in[where] = TRUE;
        turn (world);
    }
    fork_here ("after an iteration", 0);
    g_source_destroy (PROBE_SOURCE (forker));
    live (world);
    g_main_context_unref (world);
}

/* ---- beside other threads ------------------------------------------------------------------------------------------------ */

static int stop;

static void *
iterates (void *context)
{
    while (!__atomic_load_n (&stop, __ATOMIC_SEQ_CST)) {
        GSource *source = with_callback (g_timeout_source_new (0), count_once, &where, NULL);

        hand_over (source, context);
        g_main_context_iteration (context, TRUE);
    }
    return NULL;
}

static void
fork_beside (const char *what, void *(*body) (void *), int times)
{
    pthread_t threads[2];

    stop = 0;
    world = g_main_context_new ();
    for (int i = 0; i < 2; i++)
        threads[i] = spawn (body, world);
    for (int i = 0; i < times; i++)
        fork_here (what, 0);
    __atomic_store_n (&stop, 1, __ATOMIC_SEQ_CST);
    /* One may have dispatched what another was to wake up by. */
    for (int i = 0; i < 2; i++)
        while (pthread_tryjoin_np (threads[i], NULL) != 0) {
            g_main_context_wakeup (world);
            nap_ms (1);
        }
    live (world);
    g_main_context_unref (world);
}

TWIN (fork_while_other_threads_iterate, "SY-003 OW-001")
{
    fork_beside ("while others iterate", iterates, 10);
}

static void *
makes_contexts (void *context)
{
    (void) context;
    while (!__atomic_load_n (&stop, __ATOMIC_SEQ_CST)) {
        GMainContext *own = g_main_context_new ();

        for (int i = 0; i < 10; i++)
            hand_over (with_callback (g_timeout_source_new (0), count_once, &where, NULL), own);
        g_main_context_iteration (own, FALSE);
        g_main_context_unref (own);
    }
    return NULL;
}

OWN (fork_while_other_threads_make_contexts, "SY-003 MC-006", "GLib's list of contexts may be locked at that time, for ever")
{
    fork_beside ("while others make contexts", makes_contexts, 10);
}

static void *
begins (void *unused)
{
    (void) unused;
    live (g_main_context_default ());
    return NULL;
}

/* The first use of the library in a process, and a fork while it is on its way. */
static void
forks_at_the_first_use (void)
{
    pthread_t thread = spawn (begins, NULL);

    for (int i = 0; i < 3; i++)
        expect (strcmp (in_child (child_lives), "exit 0") == 0);
    pthread_join (thread, NULL);
}

OWN (fork_while_another_thread_uses_the_library_for_the_first_time, "SY-003 MC-006", "GLib may be locked at that time, for ever")
{
    inside = 0;
    for (int i = 0; i < 100; i++) {
        const char *ending = in_child (forks_at_the_first_use);

        if (strcmp (ending, "exit 0") != 0)
            trace ("the first use: %s", ending);
    }
}
