/* prepare.c - the first phase: who is asked, who is not, what is ready, how long one may sleep.
 *
 * The array handed to poll is the subject of query.c, which is next.
 */
#include "twin.h"

/* What a hand-driven prepare and query say of the context. */
static void
ask (GMainContext *context)
{
    int      priority = 4711;
    int      timeout = 4711;
    gboolean ready = g_main_context_prepare (context, &priority);

    g_main_context_query (context, priority, &timeout, NULL, 0);
    trace ("prepare %d, priority %d, timeout %d", ready, priority, timeout);
}

TWIN (iteration_is_true_though_all_ready_were_destroyed, "PR-001 DI-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *ready = probe_attach (probe_new ("ready", 0), context);
    Probe        *killer = probe_attach (probe_new ("killer", 0), context);

    ready->check_ready = TRUE;
    killer->data = ready;
    killer->in_check = probe_destroys_other;
    turn (context);
    killer->in_check = NULL;
    turn (context);
    g_main_context_unref (context);
}

TWIN (phases_follow_each_other, "PR-001")
{
    GMainContext *context = g_main_context_new ();

    probe_attach (probe_new ("never", 0), context);
    probe_attach (probe_new ("by check", 0), context)->check_ready = TRUE;
    probe_attach (probe_new ("less urgent", 1), context)->check_ready = TRUE;
    turn (context);
    g_main_context_unref (context);
}

TWIN (prepare_drops_what_an_earlier_check_left, "PR-002 PR-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);
    Hand          hand;

    probe->check_ready = TRUE;
    hand_query (&hand, context);
    hand_poll (&hand);
    trace ("check %d", hand_check (&hand));
    probe->check_ready = FALSE;
    trace ("prepare again %d", g_main_context_prepare (context, NULL));
    trace ("dispatching");
    g_main_context_dispatch (context);
    trace ("nothing was left to dispatch, but the flag stays");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (prepare_forgets_the_cached_time, "PR-002 RT-009 RT-010")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    gint64        before = g_source_get_time (PROBE_SOURCE (probe));

    nap_ms (2);
    trace ("kept %d", before == g_source_get_time (PROBE_SOURCE (probe)));
    g_main_context_prepare (context, NULL);
    trace ("forgotten %d", before < g_source_get_time (PROBE_SOURCE (probe)));
    g_main_context_unref (context);
}

TWIN (walk_goes_by_priority_and_stops_behind_the_ready, "PR-003 PR-011")
{
    GMainContext *context = g_main_context_new ();
    Probe        *ready;

    probe_attach (probe_new ("10", 10), context);
    ready = probe_attach (probe_new ("0 first", 0), context);
    probe_attach (probe_new ("0 second", 0), context);
    probe_attach (probe_new ("-10", -10), context);
    trace ("none ready");
    ask (context);
    ready->prepare_ready = TRUE;
    trace ("one ready");
    ask (context);
    g_source_destroy (PROBE_SOURCE (ready));
    trace ("destroyed");
    ask (context);
    g_main_context_unref (context);
}

static void
prepare_nested (Probe *probe)
{
    trace ("nested");
    ask (probe->data);
}

TWIN (walk_skips_destroyed_and_blocked, "PR-003 RB-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *blocked = probe_attach (probe_new ("blocked", 0), context);
    Probe        *destroyed = probe_new ("destroyed", 0);

    g_source_attach (PROBE_SOURCE (destroyed), context);
    g_source_destroy (PROBE_SOURCE (destroyed));
    probe_attach (probe_new ("other", 0), context);
    blocked->prepare_ready = TRUE;
    blocked->data = context;
    blocked->in_dispatch = prepare_nested;
    turn (context);
    g_source_unref (PROBE_SOURCE (destroyed));
    g_main_context_unref (context);
}

TWIN (ready_source_is_not_asked_again, "PR-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 5), context);

    probe->prepare_ready = TRUE;
    ask (context);
    probe->prepare_ready = FALSE;
    ask (context);
    ask (context);
    turn (context);
    ask (context);
    g_main_context_unref (context);
}

/* ---- the prepare function --------------------------------------------------------------------------------------- */

static gboolean
prepare_shows_timeout (GSource *source, int *timeout)
{
    GMainContext *context = g_source_get_context (source);

    trace ("timeout preset to %d", *timeout);
    /* All of these would block for ever if a lock were held. */
    g_main_context_wakeup (context);
    g_source_set_name (source, "named in prepare");
    trace ("found itself %d", g_main_context_find_source_by_id (context, g_source_get_id (source)) == source);
    return FALSE;
}

static gboolean
dispatch_shows (GSource *source, GSourceFunc callback, gpointer data)
{
    (void) callback;
    (void) data;
    trace ("dispatch %s", g_source_get_name (source));
    return TRUE;
}

TWIN (prepare_function_gets_minus_one_and_no_lock, "PR-005")
{
    static GSourceFuncs funcs = { .prepare = prepare_shows_timeout, .dispatch = dispatch_shows };
    GMainContext       *context = g_main_context_new ();

    for (int i = 0; i < 2; i++) {
        GSource *source = g_source_new (&funcs, sizeof (GSource));

        g_source_attach (source, context);
        g_source_unref (source);
    }
    ask (context);
    g_main_context_unref (context);
}

TWIN (missing_prepare_and_check_mean_never_ready, "PR-005 CK-006")
{
    static GSourceFuncs only_check;
    static GSourceFuncs only_prepare;
    GMainContext       *context = g_main_context_new ();
    Probe              *checked;
    Probe              *prepared;

    only_check = only_prepare = probe_funcs;
    only_check.prepare = NULL;
    only_prepare.check = NULL;
    probe_attach (probe_new_with (&probe_passive_funcs, "neither", 0), context);
    checked = probe_attach (probe_new_with (&only_check, "check alone", 0), context);
    prepared = probe_attach (probe_new_with (&only_prepare, "prepare alone", 0), context);
    ask (context);
    turn (context);
    checked->check_ready = TRUE;
    turn (context);
    checked->check_ready = FALSE;
    prepared->prepare_ready = TRUE;
    turn (context);
    g_main_context_unref (context);
}

/* ---- timeouts --------------------------------------------------------------------------------------------------- */

static void
ask_with_timeouts (int first, int second)
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[] = { probe_new ("first", 0), probe_new ("second", 7) };

    probes[0]->timeout = first;
    probes[1]->timeout = second;
    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++) {
        probes[i]->quiet = TRUE;
        probe_attach (probes[i], context);
    }
    trace ("%d and %d", first, second);
    ask (context);
    g_main_context_unref (context);
}

TWIN (shortest_timeout_counts_and_negative_is_none, "PR-006 PR-009 PR-011 QU-005")
{
    ask_with_timeouts (PROBE_LEAVES_TIMEOUT, PROBE_LEAVES_TIMEOUT);
    ask_with_timeouts (-1, -5);
    ask_with_timeouts (G_MININT, 300);
    ask_with_timeouts (300, -1);
    ask_with_timeouts (300, 200);
    ask_with_timeouts (200, 300);
    ask_with_timeouts (0, 300);
    ask_with_timeouts (G_MAXINT, -1);
}

TWIN (ready_source_makes_the_timeout_zero, "PR-009 PR-011")
{
    GMainContext *context = g_main_context_new ();
    Probe        *ready;

    probe_attach (probe_new ("sleepy", 0), context)->timeout = 5000;
    ready = probe_attach (probe_new ("ready", 9), context);
    ready->prepare_ready = TRUE;
    ready->timeout = 1000;
    ask (context);
    trace ("priority may be NULL: %d", g_main_context_prepare (context, NULL));
    g_main_context_unref (context);
}

TWIN (past_ready_time_beats_a_refusing_prepare, "PR-007 RT-001 RT-005")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 3), context);

    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    ask (context);
    turn (context);
    trace ("the ready time stays");
    turn (context);
    g_source_set_ready_time (PROBE_SOURCE (probe), -1);
    turn (context);
    g_main_context_unref (context);
}

TWIN (ready_time_now_counts_as_come, "PR-007")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 3), context);

    g_source_set_ready_time (PROBE_SOURCE (probe), g_get_monotonic_time ());
    ask (context);
    g_main_context_unref (context);
}

static int
timeout_of (GMainContext *context)
{
    Hand hand;

    hand_query (&hand, context);
    return hand.timeout;
}

TWIN (smaller_of_timeout_and_ready_time_counts, "PR-008")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);
    int           timeout;

    g_source_set_ready_time (PROBE_SOURCE (probe), g_get_monotonic_time () + 100 * G_USEC_PER_SEC);
    probe->timeout = 5000;
    trace ("prepare's own: %d", timeout_of (context));
    probe->timeout = 500000;
    timeout = timeout_of (context);
    trace ("the ready time's: %d", timeout > 50000 && timeout <= 100000);
    probe->timeout = -1;
    timeout = timeout_of (context);
    trace ("the ready time's alone: %d", timeout > 50000 && timeout <= 100000);
    g_main_context_unref (context);
}

TWIN (timeout_counts_even_behind_many_quiet_sources, "PR-009")
{
    GMainContext *context = g_main_context_new ();

    for (int i = 0; i < 8; i++)
        probe_attach (probe_new_with (&probe_passive_funcs, "quiet", i % 5), context);
    probe_attach (probe_new ("p", 99), context)->timeout = 1234;
    trace ("%d", timeout_of (context));
    g_main_context_unref (context);
}

TWIN (ready_child_marks_its_ancestors, "PR-010 CS-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *grandparent = probe_new ("grandparent", 0);
    Probe        *parent = probe_new ("parent", 0);
    Probe        *child = probe_new ("child", 0);

    g_source_add_child_source (PROBE_SOURCE (parent), PROBE_SOURCE (child));
    g_source_add_child_source (PROBE_SOURCE (grandparent), PROBE_SOURCE (parent));
    probe_attach (grandparent, context);
    ask (context);
    child->prepare_ready = TRUE;
    ask (context);
    child->prepare_ready = FALSE;
    turn (context);
    parent->prepare_ready = TRUE;
    turn (context);
    g_source_unref (PROBE_SOURCE (parent));
    g_source_unref (PROBE_SOURCE (child));
    g_main_context_unref (context);
}

/* ---- a walk that changes under the feet ------------------------------------------------------------------------- */

static void
attach_around (Probe *probe)
{
    GMainContext *context = g_source_get_context (PROBE_SOURCE (probe));

    probe->in_prepare = NULL;
    probe_attach (probe_new ("more urgent", -1), context)->check_ready = TRUE;
    probe_attach (probe_new ("same priority", 0), context);
    probe_attach (probe_new ("less urgent", 5), context);
}

TWIN (source_attached_by_prepare_is_visited_if_not_yet_passed, "PR-012")
{
    GMainContext *context = g_main_context_new ();

    probe_attach (probe_new ("p", 0), context)->in_prepare = attach_around;
    probe_attach (probe_new ("7", 7), context);
    turn (context);
    trace ("once more");
    turn (context);
    g_main_context_unref (context);
}

TWIN (prepare_may_destroy_the_next_the_last_and_itself, "PR-012")
{
    static const int victims[] = { 0, 1, 2 };

    for (size_t i = 0; i < G_N_ELEMENTS (victims); i++) {
        GMainContext *context = g_main_context_new ();
        Probe        *probes[] = { probe_new ("a", 0), probe_new ("b", 0), probe_new ("c", 0) };

        for (size_t p = 0; p < G_N_ELEMENTS (probes); p++)
            probe_attach (probes[p], context);
        trace ("b destroys %s", probes[victims[i]]->name);
        probes[1]->data = probes[victims[i]];
        probes[1]->in_prepare = probe_destroys_other;
        turn (context);
        g_main_context_unref (context);
    }
}

static void
move_to_priority_nine (Probe *probe)
{
    probe->in_prepare = NULL;
    g_source_set_priority (PROBE_SOURCE (probe), 9);
}

TWIN (source_moved_back_by_its_own_prepare_is_asked_again, "PR-012 OR-002")
{
    GMainContext *context = g_main_context_new ();

    probe_attach (probe_new ("0", 0), context);
    probe_attach (probe_new ("mover", 0), context)->in_prepare = move_to_priority_nine;
    probe_attach (probe_new ("5", 5), context);
    turn (context);
    g_main_context_unref (context);
}

static void
iterate_inside (Probe *probe)
{
    GMainContext *context = g_source_get_context (PROBE_SOURCE (probe));
    int           priority = 4711;

    trace ("prepare inside %d", g_main_context_prepare (context, &priority));
    trace ("priority untouched %d", priority == 4711);
    trace ("iteration inside %d", g_main_context_iteration (context, FALSE));
    trace ("pending inside %d", g_main_context_pending (context));
}

TWIN (iterating_inside_prepare_or_check_is_refused, "PR-013 CK-012")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    idle_again (context, 0, "idle");
    probe->in_prepare = iterate_inside;
    turn (context);
    probe->in_prepare = NULL;
    probe->in_check = iterate_inside;
    turn (context);
    g_main_context_unref (context);
}

static void
iterate_other (Probe *probe)
{
    trace ("iteration of another context %d", g_main_context_iteration (probe->data, FALSE));
}

TWIN (iterating_another_context_inside_prepare_or_check_is_fine, "PR-013")
{
    GMainContext *context = g_main_context_new ();
    GMainContext *other = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    idle_again (other, 0, "other's idle");
    probe->data = other;
    probe->in_prepare = probe->in_check = iterate_other;
    turn (context);
    g_main_context_unref (context);
    g_main_context_unref (other);
}

TWIN (ready_flag_survives_a_change_of_mind, "PR-014")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 2), context);

    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    ask (context);
    g_source_set_ready_time (PROBE_SOURCE (probe), -1);
    ask (context);
    g_source_set_priority (PROBE_SOURCE (probe), 4);
    ask (context);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (zero_timeout_is_ready_in_prepare, "PR-015 TM-005")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_timeout_source_new (0);

    g_source_set_priority (source, 5);
    g_source_set_callback (source, call_again, (gpointer) "timeout", NULL);
    g_source_attach (source, context);
    g_source_unref (source);
    probe_attach (probe_new ("4", 4), context);
    probe_attach (probe_new ("6", 6), context);
    ask (context);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}
