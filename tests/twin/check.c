/* check.c - the phase after poll: what becomes of the answer, who is asked, who is found ready.
 *
 * The hand-driven cases forge the answer of poll, so that no descriptor needs to be in a certain state. What is done with
 * the ready sources is the subject of dispatch.c, which is next.
 */
#include "sources.h"

#include <poll.h>
#include <unistd.h>

#define ALL_EVENTS (G_IO_IN | G_IO_PRI | G_IO_OUT | G_IO_ERR | G_IO_HUP | G_IO_NVAL)

static gboolean
readable (int fd)
{
    struct pollfd entry = { fd, POLLIN, 0 };

    return poll (&entry, 1, 0) == 1;
}

static void
forge (Hand *hand, int fd, guint revents)
{
    for (int i = 0; i < hand->count; i++)
        if (hand->entries[i].fd == fd)
            hand->entries[i].revents = (gushort) revents;
}

static void
show_signalled (Probe *probe)
{
    trace ("signalled %d", readable (GPOINTER_TO_INT (probe->data)));
}

TWIN (wakeup_is_acknowledged_before_anything_else, "CK-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);
    Hand          hand;

    /* A wakeup written late or not at all is fine in an iteration; by hand it must be seen. */
    g_main_context_wakeup (context);
    hand_query (&hand, context);
    probe->data = GINT_TO_POINTER (wakeup_descriptor (context));
    probe->in_check = show_signalled;
    hand_poll (&hand);
    show_signalled (probe);
    trace ("check %d", hand_check (&hand));
    turn (context);
    g_main_context_unref (context);
}

TWIN (wakeup_not_seen_by_poll_is_not_acknowledged, "CK-001")
{
    GMainContext *context = g_main_context_new ();
    Hand          hand;

    g_main_context_wakeup (context);
    hand_query (&hand, context);
    trace ("check %d", hand_check (&hand));
    trace ("signalled %d", wakeup_signalled (context));
    turn (context);
    trace ("signalled %d", wakeup_signalled (context));
    g_main_context_unref (context);
}

static GMainContext *changing_context;

static int
changing_poll (GPollFD *entries, guint count, int timeout)
{
    GPollFD stranger = { 0, 0, 0 };

    (void) timeout;
    g_main_context_remove_poll (changing_context, &stranger);
    return g_poll (entries, count, 0);
}

TWIN (changed_records_make_check_false_without_asking, "CK-002 CK-006")
{
    GMainContext *context = changing_context = g_main_context_new ();
    Probe        *prepared = probe_attach (probe_new ("ready in prepare", 0), context);
    Probe        *checked = probe_attach (probe_new ("ready in check", 0), context);

    prepared->prepare_ready = TRUE;
    checked->check_ready = TRUE;
    g_main_context_set_poll_func (context, changing_poll);
    turn (context);
    turn (context);
    prepared->prepare_ready = FALSE;
    g_main_context_set_poll_func (context, NULL);
    trace ("records left alone");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (revents_are_cut_to_events_and_conditions, "CK-003")
{
    static const guint masks[] = { G_IO_IN, G_IO_OUT, 0, G_IO_IN | G_IO_PRI };
    GMainContext      *context = g_main_context_new ();
    GPollFD            records[G_N_ELEMENTS (masks)];
    Hand               hand;

    for (size_t i = 0; i < G_N_ELEMENTS (masks); i++) {
        records[i].fd = STDIN_FILENO;
        records[i].events = (gushort) masks[i];
        g_main_context_add_poll (context, &records[i], 0);
    }
    hand_query (&hand, context);
    forge (&hand, STDIN_FILENO, ALL_EVENTS);
    trace ("check %d", hand_check (&hand));
    for (size_t i = 0; i < G_N_ELEMENTS (masks); i++)
        trace ("%s: %s", events_text (masks[i]), events_text (records[i].revents));
    hand_query (&hand, context);
    forge (&hand, STDIN_FILENO, G_IO_IN);
    hand_check (&hand);
    for (size_t i = 0; i < G_N_ELEMENTS (masks); i++) {
        trace ("%s: %s", events_text (masks[i]), events_text (records[i].revents));
        g_main_context_remove_poll (context, &records[i]);
    }
    g_main_context_unref (context);
}

TWIN (records_that_were_not_polled_keep_their_revents, "CK-003 QU-003")
{
    GMainContext *context = g_main_context_new ();
    GPollFD       listed = { STDIN_FILENO, G_IO_IN, 0 };
    GPollFD       beyond = { STDIN_FILENO, G_IO_IN, 0 };
    GPollFD       other = { STDOUT_FILENO, G_IO_OUT, 0 };
    Hand          hand;

    g_main_context_add_poll (context, &listed, 0);
    g_main_context_add_poll (context, &beyond, 10);
    g_main_context_add_poll (context, &other, 10);
    hand_query (&hand, context);
    forge (&hand, STDIN_FILENO, G_IO_IN);
    forge (&hand, STDOUT_FILENO, G_IO_OUT);
    hand_check (&hand);
    trace ("all: %s %s %s", events_text (listed.revents), events_text (beyond.revents), events_text (other.revents));
    idle_again (context, 0, "idle");
    hand_query (&hand, context);
    trace ("polled up to %d", hand.priority);
    hand_check (&hand);
    trace ("up to 0: %s %s %s", events_text (listed.revents), events_text (beyond.revents),
           events_text (other.revents));
    g_main_context_dispatch (context);
    g_main_context_remove_poll (context, &listed);
    g_main_context_remove_poll (context, &beyond);
    g_main_context_remove_poll (context, &other);
    g_main_context_unref (context);
}

/* ---- who is asked ----------------------------------------------------------------------------------------------- */

static void
check_up_to (int max_priority, const char *ready_name)
{
    static const int   priorities[] = { -10, 0, 10, 20 };
    static const char *names[] = { "-10", "0", "10", "20" };
    GMainContext      *context = g_main_context_new ();
    Hand               hand;

    trace ("max_priority %d, %s ready", max_priority, ready_name);
    for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
        probe_attach (probe_new (names[i], priorities[i]), context)->check_ready = g_strcmp0 (names[i], ready_name) == 0;
    hand_query (&hand, context);
    hand.priority = max_priority;
    trace ("check %d", hand_check (&hand));
    g_main_context_dispatch (context);
    g_main_context_unref (context);
}

TWIN (check_goes_on_beyond_max_priority_until_something_is_ready, "CK-005 CK-009")
{
    check_up_to (G_MAXINT, "0");
    check_up_to (0, "0");
    check_up_to (0, "-10");
    check_up_to (0, "10");
    check_up_to (-20, "20");
    check_up_to (10, "none");
}

static Probe *doomed;

static int
destroying_poll (GPollFD *entries, guint count, int timeout)
{
    (void) timeout;
    if (doomed != NULL)
        g_source_destroy (PROBE_SOURCE (doomed));
    doomed = NULL;
    return g_poll (entries, count, 0);
}

TWIN (less_urgent_is_dispatched_if_the_urgent_vanished_in_poll, "CK-005")
{
    GMainContext *context = g_main_context_new ();

    doomed = probe_attach (probe_new ("urgent", 0), context);
    doomed->prepare_ready = TRUE;
    probe_attach (probe_new ("less urgent", 10), context)->check_ready = TRUE;
    g_main_context_set_poll_func (context, destroying_poll);
    turn (context);
    g_main_context_unref (context);
}

TWIN (blocked_and_destroyed_are_not_asked, "CK-005 RB-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *destroyed = probe_new ("destroyed", 0);
    Hand          hand;

    g_source_attach (PROBE_SOURCE (destroyed), context);
    probe_attach (probe_new ("other", 0), context)->check_ready = TRUE;
    hand_query (&hand, context);
    g_source_destroy (PROBE_SOURCE (destroyed));
    trace ("check %d", hand_check (&hand));
    g_main_context_dispatch (context);
    g_source_unref (PROBE_SOURCE (destroyed));
    g_main_context_unref (context);
}

static void
no_lock_is_held (Probe *probe)
{
    GMainContext *context = g_source_get_context (PROBE_SOURCE (probe));

    g_main_context_wakeup (context);
    trace ("found itself %d",
           g_main_context_find_source_by_id (context, g_source_get_id (PROBE_SOURCE (probe))) == PROBE_SOURCE (probe));
}

TWIN (check_is_called_without_locks, "CK-006")
{
    GMainContext *context = g_main_context_new ();

    probe_attach (probe_new ("p", 0), context)->in_check = no_lock_is_held;
    turn (context);
    g_main_context_unref (context);
}

TWIN (descriptor_or_ready_time_overrule_a_refusing_check, "CK-006 UF-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *by_fd = probe_attach (probe_new ("by descriptor", 0), context);
    Probe        *by_time = probe_attach (probe_new ("by time", 0), context);
    int           ends[2];

    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (by_fd), ends[0], G_IO_IN);
    turn (context);
    feed (ends[1]);
    turn (context);
    drain (ends[0]);
    turn (context);
    /* Not come yet in prepare, come when poll is over. The poll may return early, so prepare and check are not told. */
    by_fd->quiet = by_time->quiet = TRUE;
    g_source_set_ready_time (PROBE_SOURCE (by_time), g_get_monotonic_time () + 3000);
    while (!g_main_context_iteration (context, TRUE))
        ;
    g_source_destroy (PROBE_SOURCE (by_fd));
    pipe_close (ends);
    g_main_context_unref (context);
}

/* Sets its own ready time in check: the time counts at once, since it is looked at after the check function. */
static void
come_true (Probe *probe)
{
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
}

TWIN (ready_time_set_in_check_counts_at_once, "CK-006")
{
    GMainContext *context = g_main_context_new ();

    probe_attach (probe_new ("p", 0), context)->in_check = come_true;
    turn (context);
    g_main_context_unref (context);
}

static void
trace_pollfd (Probe *probe)
{
    trace ("revents %s", events_text (((GPollFD *) probe->data)->revents));
}

TWIN (poll_records_of_a_source_do_not_make_it_ready, "CK-007 UF-012")
{
    GMainContext *context = g_main_context_new ();
    Probe        *checking = probe_attach (probe_new ("checking", 0), context);
    Probe        *passive = probe_attach (probe_new_with (&probe_passive_funcs, "passive", 0), context);
    GPollFD       records[2];
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    for (size_t i = 0; i < G_N_ELEMENTS (records); i++) {
        records[i].fd = ends[0];
        records[i].events = G_IO_IN;
    }
    g_source_add_poll (PROBE_SOURCE (checking), &records[0]);
    g_source_add_poll (PROBE_SOURCE (passive), &records[1]);
    checking->data = &records[0];
    checking->in_check = trace_pollfd;
    turn (context);
    checking->check_ready = TRUE;
    turn (context);
    g_source_remove_poll (PROBE_SOURCE (checking), &records[0]);
    g_source_remove_poll (PROBE_SOURCE (passive), &records[1]);
    pipe_close (ends);
    g_main_context_unref (context);
}

TWIN (ready_child_marks_ancestors_whose_check_is_not_called, "CK-008 CS-004 CS-003")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_new ("parent", 0);
    Probe        *first = probe_new ("first child", 0);
    Probe        *second = probe_new ("second child", 0);

    probe_attach (parent, context);
    g_source_add_child_source (PROBE_SOURCE (parent), PROBE_SOURCE (first));
    g_source_add_child_source (PROBE_SOURCE (parent), PROBE_SOURCE (second));
    turn (context);
    second->check_ready = TRUE;
    turn (context);
    second->check_ready = FALSE;
    parent->check_ready = TRUE;
    turn (context);
    g_source_unref (PROBE_SOURCE (first));
    g_source_unref (PROBE_SOURCE (second));
    g_main_context_unref (context);
}

/* ---- what is found ---------------------------------------------------------------------------------------------- */

TWIN (one_iteration_dispatches_one_priority, "CK-009 OR-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[] = { probe_new ("10 first", 10), probe_new ("0 first", 0), probe_new ("10 second", 10),
                               probe_new ("0 second", 0), probe_new ("-10", -10) };

    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++) {
        probes[i]->quiet = TRUE;
        probes[i]->check_ready = TRUE;
        probe_attach (probes[i], context);
    }
    turn (context);
    probes[4]->check_ready = FALSE;
    turn (context);
    probes[1]->check_ready = probes[3]->check_ready = FALSE;
    turn (context);
    g_main_context_unref (context);
}

TWIN (loser_keeps_its_ready_flag, "CK-010 PR-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *loser = probe_attach (probe_new ("loser", 10), context);
    Probe        *winner = probe_attach (probe_new ("winner", 0), context);

    loser->prepare_ready = TRUE;
    winner->check_ready = TRUE;
    turn (context);
    loser->prepare_ready = FALSE;
    turn (context);
    winner->check_ready = FALSE;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (flags_of_several_priorities_are_kept_and_served_in_order, "CK-010 CK-009")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[] = { probe_new ("30", 30), probe_new ("20", 20), probe_new ("10", 10) };

    /* Each becomes ready in one prepare, while a more urgent one comes later. */
    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++) {
        probe_attach (probes[i], context);
        probes[i]->prepare_ready = TRUE;
        trace ("prepare %d", g_main_context_prepare (context, NULL));
        probes[i]->prepare_ready = FALSE;
    }
    while (turn (context))
        ;
    g_main_context_unref (context);
}

static void
attach_in_poll (void *context)
{
    static const int priorities[] = { -1, 0, 1 };

    for (size_t i = 0; i < G_N_ELEMENTS (priorities); i++)
        probe_attach (probe_new (i == 0 ? "new at -1" : i == 1 ? "new at 0" : "new at 1", priorities[i]), context)
            ->check_ready
            = TRUE;
}

static int
attaching_poll (GPollFD *entries, guint count, int timeout)
{
    (void) timeout;
    if (g_main_context_find_source_by_id (changing_context, 2) == NULL)
        attach_in_poll (changing_context);
    return g_poll (entries, count, 0);
}

TWIN (source_attached_during_poll_is_checked_without_prepare, "CK-011")
{
    GMainContext *context = changing_context = g_main_context_new ();

    probe_attach (probe_new ("old", 0), context)->check_ready = TRUE;
    g_main_context_set_poll_func (context, attaching_poll);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static void *
attach_ready_in_thread (void *data)
{
    GMainContext *context = data;

    nap_ms (20); /* long enough for the other side to be in poll, as a rule; the trace is the same if it is not */
    idle_once (context, 0, "from a thread");
    return NULL;
}

TWIN (source_attached_by_a_thread_wakes_the_poll_and_is_dispatched, "CK-011 WK-007")
{
    GMainContext *context = g_main_context_new ();
    pthread_t     thread;

    g_main_context_acquire (context);
    thread = spawn (attach_ready_in_thread, context);
    trace ("iteration %d", g_main_context_iteration (context, TRUE));
    join (thread);
    g_main_context_release (context);
    g_main_context_unref (context);
}

static void
check_inside (Probe *probe)
{
    GMainContext *context = g_source_get_context (PROBE_SOURCE (probe));

    trace ("check inside %d", g_main_context_check (context, G_MAXINT, NULL, 0));
}

TWIN (check_inside_prepare_or_check_is_refused, "CK-012")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->in_prepare = probe->in_check = check_inside;
    turn (context);
    g_main_context_unref (context);
}

TWIN (pending_asks_everybody_and_dispatches_nobody, "CK-013 PR-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *checked = probe_attach (probe_new ("by check", 0), context);
    Probe        *prepared = probe_attach (probe_new ("by prepare", 0), context);

    trace ("pending %d", g_main_context_pending (context));
    checked->check_ready = TRUE;
    trace ("pending %d", g_main_context_pending (context));
    checked->check_ready = FALSE;
    trace ("pending %d", g_main_context_pending (context));
    prepared->prepare_ready = TRUE;
    trace ("the flag is kept:");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (check_may_destroy_any_other, "CK-005 DI-001")
{
    static const char *names[] = { "a", "b", "c" };

    for (int victim = 0; victim < 3; victim++) {
        GMainContext *context = g_main_context_new ();
        Probe        *probes[3];

        for (int i = 0; i < 3; i++) {
            probes[i] = probe_attach (probe_new (names[i], 0), context);
            probes[i]->check_ready = TRUE;
        }
        trace ("b destroys %s", names[victim]);
        probes[1]->data = probes[victim];
        probes[1]->in_check = probe_destroys_other;
        turn (context);
        g_main_context_unref (context);
    }
}

static void
become_urgent (Probe *probe)
{
    probe->in_check = NULL;
    g_source_set_priority (PROBE_SOURCE ((Probe *) probe->data), -5);
}

TWIN (priority_raised_by_an_earlier_check_is_seen_next_time, "CK-009 OR-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *raiser = probe_attach (probe_new ("raiser", 0), context);
    Probe        *raised = probe_attach (probe_new ("raised", 10), context);

    raiser->check_ready = raised->check_ready = TRUE;
    raiser->data = raised;
    raiser->in_check = become_urgent;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static void
bring_a_timeout (Probe *probe)
{
    GSource *timeout = with_callback (g_timeout_source_new (0), call_once, (gpointer) "timeout", NULL);

    probe->in_check = NULL;
    g_source_attach (timeout, g_source_get_context (PROBE_SOURCE (probe))); /* where the walk has been */
    g_source_set_priority (timeout, 2);                                    /* where it has yet to come */
    g_source_unref (timeout);
}

TWIN (source_moved_ahead_of_a_check_is_visited_and_its_time_has_come, "RT-009 OR-002 TM-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *bringer = probe_attach (probe_new ("bringer", 2), context);

    bringer->check_ready = TRUE;
    bringer->in_check = bring_a_timeout;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static void
iterate_data (Probe *probe)
{
    trace ("inside:");
    turn (probe->data);
    trace ("outside:");
}

static void
probe_destroys_itself (Probe *probe)
{
    g_source_destroy (PROBE_SOURCE (probe));
}

/* The middle one of five destroys itself when asked, and its finalize function iterates. */
static void
finalize_in_the_walk (gboolean in_prepare, int ready)
{
    static const char *names[] = { "a", "b", "c", "d", "e" };
    GMainContext      *context = g_main_context_new ();
    Probe             *probes[5], *later;

    trace ("%s, %d ready", in_prepare ? "prepare" : "check", ready);
    for (int i = 0; i < 5; i++) {
        probes[i] = probe_attach (probe_new (names[i], 0), context);
        probes[i]->check_ready = i == ready;
        probes[i]->keep = FALSE;
    }
    later = probe_attach (probe_new ("later", 10), context);
    later->check_ready = TRUE;
    later->keep = FALSE;
    probes[2]->data = context;
    probes[2]->in_finalize = iterate_data;
    *(in_prepare ? &probes[2]->in_prepare : &probes[2]->in_check) = probe_destroys_itself;
    for (int i = 0; i < 3; i++)
        turn (context);
    g_main_context_unref (context);
}

TWIN (walk_goes_on_after_a_finalize_function_that_iterates, "CK-005 PR-005 RB-005 SL-010")
{
    for (int ready = 0; ready <= 5; ready++) {
        finalize_in_the_walk (FALSE, ready);
        finalize_in_the_walk (TRUE, ready);
    }
}
