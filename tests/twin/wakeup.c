/* wakeup.c - wakeups of a context, and what threads may do to a context that runs elsewhere (contract section 19).
 *
 * A wakeup is measured by what it promises, a blocking iteration that returns early (woken in sources.h); how it is
 * sent is the library's affair. Counts of threads are exact: whatever was posted runs once. Read next: mainloop.c.
 */
#include "sources.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

/* ---- plain wakeups ----------------------------------------------------------------------------------------------- */

TWIN (wakeup_makes_the_next_blocking_iteration_return_false, "WK-001 WK-002 WK-005")
{
    GMainContext *context = g_main_context_new ();

    trace ("fresh: woken %s", yes (woken (context)));
    g_main_context_wakeup (context);
    trace ("iteration %s", yes (g_main_context_iteration (context, TRUE)));
    trace ("used up: woken %s", yes (woken (context)));
    for (int i = 0; i < 5; i++)
        g_main_context_wakeup (context);
    trace ("many: woken %s", yes (woken (context)));
    trace ("but once: woken %s", yes (woken (context)));
    g_main_context_wakeup (context);
    g_main_context_iteration (context, FALSE);
    trace ("used up by a non-blocking iteration too: woken %s", yes (woken (context)));
    g_main_context_unref (context);
}

TWIN (wakeup_of_null_means_the_default_context, "WK-001 OW-012")
{
    settle (NULL);
    g_main_context_wakeup (NULL);
    trace ("woken %s", yes (woken (g_main_context_default ())));
    trace ("woken %s", yes (woken (g_main_context_default ())));
}

TWIN (wakeup_does_not_hide_ready_sources, "WK-001")
{
    GMainContext *context = g_main_context_new ();

    idle_once (context, 0, "idle");
    g_main_context_wakeup (context);
    trace ("iteration %s", yes (g_main_context_iteration (context, TRUE)));
    g_main_context_unref (context);
}

TWIN (wakeup_seen_together_with_a_ready_descriptor_is_used_up, "WK-001 WK-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *reader = probe_new_with (&probe_passive_funcs, "reader", 0);
    int           ends[2];

    pipe_open (ends);
    g_source_set_can_recurse (PROBE_SOURCE (reader), TRUE); /* else its dispatch may wake the context (RB-007) */
    g_source_add_unix_fd (PROBE_SOURCE (reader), ends[0], G_IO_IN);
    probe_attach (reader, context);
    for (int i = 0; i < 3; i++) {
        settle (context);
        feed (ends[1]);
        g_main_context_wakeup (context);
        trace ("iteration %s", yes (g_main_context_iteration (context, TRUE)));
        drain (ends[0]);
        trace ("woken %s", yes (woken (context)));
    }
    g_main_context_unref (context);
    pipe_close (ends);
}

static int blocked_tid;

static void *
wake_when_asleep (void *context)
{
    await_sleep_of (blocked_tid);
    g_main_context_wakeup (context);
    return NULL;
}

TWIN (wakeup_ends_a_blocked_iteration, "WK-001 WK-006")
{
    GMainContext *context = g_main_context_new ();
    pthread_t     waker;

    blocked_tid = own_tid ();
    waker = spawn (wake_when_asleep, context);
    trace ("iteration %s", yes (g_main_context_iteration (context, TRUE)));
    join (waker);
    g_main_context_unref (context);
}

static gboolean
wake_own_context (gpointer context)
{
    g_main_context_wakeup (context);
    return G_SOURCE_REMOVE;
}

TWIN (wakeup_sent_by_a_callback_is_kept_for_the_next_iteration, "WK-003")
{
    GMainContext *context = g_main_context_new ();

    hand_over (with_callback (g_idle_source_new (), wake_own_context, context, NULL), context);
    turn (context);
    trace ("woken %s", yes (woken (context)));
    trace ("woken %s", yes (woken (context)));
    g_main_context_unref (context);
}

/* ---- attaching --------------------------------------------------------------------------------------------------- */

static void *
attach_here (void *context)
{
    GSource *source = g_timeout_source_new (1000000);

    hand_over (source, context);
    return NULL;
}

static void
tell_attach (const char *who, GMainContext *context, gboolean from_thread)
{
    if (from_thread)
        in_thread (attach_here, context);
    else
        attach_here (context);
    trace ("%s: woken %s", who, yes (woken (context)));
}

TWIN (attach_wakes_only_a_context_owned_by_another_thread, "WK-004 MC-016")
{
    GMainContext *context = g_main_context_new ();
    GMainContext *ownerless = g_main_context_new_with_flags (G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING);
    GSource      *with_descriptor = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "with descriptor", 0));
    int           ends[2];

    pipe_open (ends);
    tell_attach ("unowned", context, FALSE);
    tell_attach ("unowned, from a thread", context, TRUE);
    g_main_context_acquire (context);
    tell_attach ("by the owner", context, FALSE);
    tell_attach ("from a thread that is not the owner", context, TRUE);
    g_main_context_release (context);
    g_source_add_unix_fd (with_descriptor, ends[0], G_IO_IN);
    hand_over (with_descriptor, context);
    trace ("with a descriptor: woken %s", yes (woken (context)));
    g_main_context_unref (context);

    attach_here (ownerless);
    trace ("ownerless: woken %s", yes (g_main_context_iteration (ownerless, TRUE) == FALSE));
    g_main_context_acquire (ownerless);
    attach_here (ownerless);
    trace ("ownerless, by the owner: woken %s", yes (g_main_context_iteration (ownerless, TRUE) == FALSE));
    g_main_context_release (ownerless);
    g_main_context_unref (ownerless);
    pipe_close (ends);
}

static void *
attach_idle_when_asleep (void *context)
{
    await_sleep_of (blocked_tid);
    idle_once (context, 0, "posted");
    return NULL;
}

TWIN (source_attached_by_another_thread_runs_in_the_iteration_it_wakes, "WK-007 WK-006 CK-011")
{
    GMainContext *context = g_main_context_new ();
    pthread_t     poster;

    blocked_tid = own_tid ();
    poster = spawn (attach_idle_when_asleep, context);
    trace ("iteration %s", yes (g_main_context_iteration (context, TRUE)));
    join (poster);
    g_main_context_unref (context);
}

/* ---- signal handlers --------------------------------------------------------------------------------------------- */

static GMainContext *signalled;

static void
wake_from_handler (int number)
{
    (void) number;
    g_main_context_wakeup (signalled);
}

static void
raise_in_ref (gpointer data)
{
    (void) data;
    raise (SIGUSR1);
}

static void
nothing_in_unref (gpointer data)
{
    (void) data;
}

static void
raise_in_get (gpointer data, GSource *source, GSourceFunc *function, gpointer *function_data)
{
    (void) source;
    raise (SIGUSR1);
    *function = call_once;
    *function_data = data;
}

TWIN (wakeup_from_a_signal_handler_is_safe_even_inside_the_library, "WK-008 WK-001 DI-002")
{
    static GSourceCallbackFuncs funcs = { raise_in_ref, nothing_in_unref, raise_in_get };
    struct sigaction            action = { .sa_handler = wake_from_handler, .sa_flags = SA_RESTART };
    GSource                    *source = g_idle_source_new ();

    signalled = g_main_context_new ();
    sigaction (SIGUSR1, &action, NULL);
    raise (SIGUSR1);
    trace ("woken %s", yes (woken (signalled)));
    /* ref and get are called while the context is locked */
    g_source_set_callback_indirect (source, "source", &funcs);
    hand_over (source, signalled);
    turn (signalled);
    trace ("woken %s", yes (woken (signalled)));
    action.sa_handler = SIG_DFL;
    sigaction (SIGUSR1, &action, NULL);
    g_main_context_unref (signalled);
}

TWIN (any_number_of_wakeups_without_an_iteration_neither_blocks_nor_fails, "WK-008 WK-002")
{
    enum { MORE_THAN_A_PIPE_HOLDS = 100000 };
    GMainContext *context = g_main_context_new ();

    for (int i = 0; i < MORE_THAN_A_PIPE_HOLDS; i++)
        g_main_context_wakeup (context);
    trace ("woken %s", yes (woken (context)));
    trace ("woken %s", yes (woken (context)));
    g_main_context_unref (context);
}

/* ---- many threads ------------------------------------------------------------------------------------------------ */

enum { POSTERS = 4, POSTS = 500 };

typedef struct {
    GMainContext *context;
    GMainLoop    *loop;
    int           calls; /* written by the loop's thread only */
    int           notifies;
    int           order_breaks;
    int           last[POSTERS];
} Tally;

static Tally tally;

static gboolean
tally_call (gpointer number)
{
    int poster = GPOINTER_TO_INT (number) / POSTS;
    int post = GPOINTER_TO_INT (number) % POSTS;

    if (post <= tally.last[poster])
        tally.order_breaks++;
    tally.last[poster] = post;
    if (++tally.calls == POSTERS * POSTS)
        g_main_loop_quit (tally.loop);
    return G_SOURCE_REMOVE;
}

static void
tally_notify (gpointer number)
{
    (void) number;
    tally.notifies++;
}

static void *
post_many (void *poster)
{
    for (int i = 0; i < POSTS; i++) {
        GSource *source = g_idle_source_new ();

        g_source_set_priority (source, 0);
        g_source_set_callback (source, tally_call, GINT_TO_POINTER (GPOINTER_TO_INT (poster) * POSTS + i), tally_notify);
        hand_over (source, tally.context);
        if (i % 50 == 0)
            nap_ms (1); /* so that the loop falls asleep now and then */
    }
    return NULL;
}

TWIN (everything_posted_by_many_threads_runs_exactly_once, "WK-006 WK-007 WK-004")
{
    pthread_t posters[POSTERS];

    tally.context = g_main_context_new ();
    tally.loop = g_main_loop_new (tally.context, FALSE);
    for (int i = 0; i < POSTERS; i++) {
        tally.last[i] = -1;
        posters[i] = spawn (post_many, GINT_TO_POINTER (i));
    }
    g_main_loop_run (tally.loop);
    for (int i = 0; i < POSTERS; i++)
        join (posters[i]);
    settle (tally.context);
    trace ("calls %d, notifies %d, out of a poster's order %d", tally.calls, tally.notifies, tally.order_breaks);
    g_main_loop_unref (tally.loop);
    g_main_context_unref (tally.context);
}

static int ran_or_destroyed;

static gboolean
never_mind (gpointer data)
{
    (void) data;
    return G_SOURCE_REMOVE;
}

static void
count_end (gpointer data)
{
    (void) data;
    g_atomic_int_inc (&ran_or_destroyed);
}

static void *
post_and_destroy (void *context)
{
    for (int i = 0; i < POSTS; i++) {
        GSource *source = with_callback (g_idle_source_new (), never_mind, NULL, count_end);

        g_source_attach (source, context);
        g_source_set_priority (source, i % 5);
        if (i % 2 == 0)
            g_source_set_ready_time (source, i);
        g_source_destroy (source);
        g_source_unref (source);
    }
    return NULL;
}

OWN (destroying_against_a_running_loop_notifies_each_exactly_once, "WK-006 SL-008 SL-009",
     "the oracle has been seen to crash here, rarely")
{
    GMainContext *context = g_main_context_new ();
    pthread_t     posters[POSTERS];

    for (int i = 0; i < POSTERS; i++)
        posters[i] = spawn (post_and_destroy, context);
    while (g_atomic_int_get (&ran_or_destroyed) < POSTERS * POSTS)
        g_main_context_iteration (context, FALSE);
    for (int i = 0; i < POSTERS; i++)
        join (posters[i]);
    expect (g_atomic_int_get (&ran_or_destroyed) == POSTERS * POSTS);
    expect (!g_main_context_iteration (context, FALSE));
    g_main_context_unref (context);
}

typedef struct {
    GMainContext *context;
    GSource      *source;
    int           fd;
} Meddled;

static void *
meddle (void *data)
{
    Meddled *meddled = data;

    for (int i = 0; i < POSTS; i++) {
        gpointer tag = g_source_add_unix_fd (meddled->source, meddled->fd, G_IO_IN);

        g_source_set_priority (meddled->source, i % 3);
        g_source_set_callback (meddled->source, never_mind, NULL, count_end);
        g_source_modify_unix_fd (meddled->source, tag, G_IO_PRI);
        g_source_set_ready_time (meddled->source, G_MAXINT64 - i);
        g_main_context_wakeup (meddled->context);
        g_source_unref (g_source_ref (meddled->source));
        g_source_remove_unix_fd (meddled->source, tag);
    }
    return NULL;
}

OWN (sources_may_be_changed_by_threads_while_the_loop_runs, "WK-006 UF-011 CB-001 RT-004",
     "the oracle looks for a tag without its lock and misses it now and then")
{
    Meddled   meddled = { g_main_context_new (), PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0)), -1 };
    int       ends[2];
    pthread_t threads[2];

    pipe_open (ends);
    meddled.fd = ends[0];
    g_source_attach (meddled.source, meddled.context);
    for (int i = 0; i < 2; i++)
        threads[i] = spawn (meddle, &meddled);
    while (g_atomic_int_get (&ran_or_destroyed) < 2 * POSTS - 1)
        g_main_context_iteration (meddled.context, FALSE);
    for (int i = 0; i < 2; i++)
        join (threads[i]);
    let_go (meddled.source);
    expect (g_atomic_int_get (&ran_or_destroyed) == 2 * POSTS);
    g_main_context_unref (meddled.context);
    pipe_close (ends);
}

/* ---- no wakeup may be lost --------------------------------------------------------------------------------------- */

enum { BOUNCES = 1000 };

typedef struct {
    GMainContext *contexts[2];
    int           bounces;
} Court;

static Court court;

/* The ball: each call posts the next one to the other side, which is asleep or about to be. */
static gboolean
bounce (gpointer side)
{
    int other = !GPOINTER_TO_INT (side);

    if (g_atomic_int_add (&court.bounces, 1) + 1 < BOUNCES)
        hand_over (with_callback (g_idle_source_new (), bounce, GINT_TO_POINTER (other), NULL), court.contexts[other]);
    else
        g_main_context_wakeup (court.contexts[other]);
    return G_SOURCE_REMOVE;
}

static void *
play (void *side)
{
    GMainContext *context = court.contexts[GPOINTER_TO_INT (side)];

    g_main_context_acquire (context);
    while (g_atomic_int_get (&court.bounces) < BOUNCES)
        g_main_context_iteration (context, TRUE);
    g_main_context_release (context);
    return NULL;
}

TWIN (no_wakeup_is_lost_between_two_loops_that_post_to_each_other, "WK-001 WK-007 WK-004")
{
    pthread_t other;

    for (int side = 0; side < 2; side++)
        court.contexts[side] = g_main_context_new ();
    other = spawn (play, GINT_TO_POINTER (1));
    hand_over (with_callback (g_idle_source_new (), bounce, GINT_TO_POINTER (0), NULL), court.contexts[0]);
    play (GINT_TO_POINTER (0));
    join (other);
    trace ("bounces %d", court.bounces);
    for (int side = 0; side < 2; side++)
        g_main_context_unref (court.contexts[side]);
}

typedef struct {
    GMainContext *context;
    int           wanted; /* set by the waker */
    int           seen;   /* set by the sleeper */
} Bell;

static void *
ring (void *data)
{
    Bell *bell = data;

    for (int i = 1; i <= BOUNCES; i++) {
        g_atomic_int_set (&bell->wanted, i);
        g_main_context_wakeup (bell->context);
        while (g_atomic_int_get (&bell->seen) < i)
            sched_yield ();
    }
    return NULL;
}

TWIN (no_plain_wakeup_is_lost, "WK-001 WK-002")
{
    Bell      bell = { g_main_context_new (), 0, 0 };
    pthread_t ringer = spawn (ring, &bell);

    while (bell.seen < BOUNCES) {
        g_main_context_iteration (bell.context, TRUE);
        g_atomic_int_set (&bell.seen, g_atomic_int_get (&bell.wanted));
    }
    join (ringer);
    trace ("seen %d", bell.seen);
    g_main_context_unref (bell.context);
}
