/* recursion.c - iterations inside callbacks: who is blocked meanwhile, what the nested one takes over, what is left.
 *
 * Next: shuffle.c, which mixes all of this.
 */
#include "twin.h"

#include <unistd.h>

/* Nests once only, so that a source that can recurse comes to an end. */
static void
nested_turn_once (Probe *probe)
{
    probe->in_dispatch = NULL;
    probe_nests (probe);
}

TWIN (dispatching_source_is_neither_asked_nor_dispatched, "RB-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *blocked = probe_attach (probe_new ("blocked", 0), context);
    Probe        *other = probe_attach (probe_new ("other", 0), context);

    blocked->check_ready = TRUE;
    blocked->in_dispatch = probe_nests;
    turn (context);
    other->check_ready = TRUE;
    trace ("the other is ready too");
    turn (context);
    g_main_context_unref (context);
}

static int
count_entries (GMainContext *context)
{
    return g_main_context_query (context, G_MAXINT, NULL, NULL, 0);
}

static void
count_in_dispatch (Probe *probe)
{
    trace ("entries inside %d", count_entries (g_source_get_context (PROBE_SOURCE (probe))));
}

TWIN (descriptors_of_a_blocked_source_are_not_polled, "RB-001 RB-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    GPollFD       record;
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    record.fd = ends[1];
    record.events = G_IO_IN;
    g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
    g_source_add_poll (PROBE_SOURCE (probe), &record);
    probe->in_dispatch = count_in_dispatch;
    trace ("entries outside %d", count_entries (context));
    turn (context);
    trace ("entries outside %d", count_entries (context));
    g_source_set_can_recurse (PROBE_SOURCE (probe), TRUE);
    turn (context);
    trace ("entries outside %d", count_entries (context));
    g_main_context_unref (context);
    pipe_close (ends);
}

static void
add_descriptor_inside (Probe *probe)
{
    int *ends = probe->data;

    if (g_source_get_ready_time (PROBE_SOURCE (probe)) == 0) {
        g_source_set_ready_time (PROBE_SOURCE (probe), -1);
        g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
        trace ("entries inside %d", count_entries (g_source_get_context (PROBE_SOURCE (probe))));
        probe_nests (probe);
    }
}

TWIN (descriptor_added_while_blocked_is_polled_afterwards, "RB-001 CS-010")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    probe->data = ends;
    probe->in_dispatch = add_descriptor_inside;
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    turn (context);
    trace ("entries outside %d", count_entries (context));
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (recursive_source_takes_part_in_nested_iterations, "RB-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    g_source_set_can_recurse (PROBE_SOURCE (probe), TRUE);
    trace ("can recurse %d", g_source_get_can_recurse (PROBE_SOURCE (probe)));
    probe->check_ready = TRUE;
    probe->in_dispatch = nested_turn_once;
    turn (context);
    g_main_context_unref (context);
}

static void
nested_turn_to_depth_four (Probe *probe)
{
    if (g_main_depth () < 4)
        probe_nests (probe);
}

TWIN (recursive_idle_nests_as_deep_as_it_likes, "RB-002 RB-008")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);

    g_source_set_can_recurse (PROBE_SOURCE (probe), TRUE);
    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    probe->in_dispatch = nested_turn_to_depth_four;
    turn (context);
    g_main_context_unref (context);
}

/* ---- children --------------------------------------------------------------------------------------------------- */

static Probe *
add_child (Probe *parent, const char *name)
{
    Probe *child = probe_new (name, 0);

    g_source_add_child_source (PROBE_SOURCE (parent), PROBE_SOURCE (child));
    g_source_unref (PROBE_SOURCE (child));
    return child;
}

TWIN (blocked_parent_blocks_its_children, "RB-003 CS-012")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_attach (probe_new ("parent", 0), context);
    Probe        *child = add_child (parent, "child");
    Probe        *grandchild = add_child (child, "grandchild");

    parent->check_ready = TRUE;
    parent->in_dispatch = probe_nests;
    turn (context);
    trace ("the grandchild is ready");
    parent->in_dispatch = NULL;
    parent->check_ready = FALSE;
    grandchild->check_ready = TRUE;
    turn (context);
    g_main_context_unref (context);
}

static void
attach_child_and_nest (Probe *probe)
{
    probe->in_dispatch = NULL;
    add_child (probe, "new child")->check_ready = TRUE;
    probe_nests (probe);
}

TWIN (child_added_to_a_blocked_parent_starts_blocked, "RB-004 CS-010")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_attach (probe_new ("parent", 0), context);

    parent->check_ready = TRUE;
    parent->in_dispatch = attach_child_and_nest;
    turn (context);
    parent->check_ready = FALSE;
    turn (context);
    g_main_context_unref (context);
}

OWN (child_being_dispatched_does_not_block_its_parent, "RB-003",
     "older versions complain when the parent is dispatched inside")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_attach (probe_new ("parent", 0), context);
    Probe        *child = add_child (parent, "child");

    child->check_ready = TRUE;
    child->in_dispatch = nested_turn_once;
    log_hold ();
    turn (context);
    expect (log_held ()[0] == '\0');
    child->check_ready = FALSE;
    expect (!g_main_context_iteration (context, FALSE));
    g_main_context_unref (context);
}

TWIN (parent_stays_polled_while_its_child_is_dispatched_not_the_other_way, "RB-003 RB-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_attach (probe_new ("parent", 0), context);
    Probe        *child = add_child (parent, "child");
    int           ends[2];

    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (parent), ends[0], G_IO_IN);
    g_source_add_unix_fd (PROBE_SOURCE (child), ends[1], G_IO_IN);
    parent->quiet = child->quiet = TRUE;
    child->check_ready = TRUE;
    parent->in_dispatch = child->in_dispatch = count_in_dispatch;
    trace ("entries outside %d", count_entries (context));
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

/* ---- the rest of the batch -------------------------------------------------------------------------------------- */

TWIN (nested_iteration_takes_over_the_rest_of_the_batch, "RB-005 PR-002 PR-004")
{
    GMainContext *context = g_main_context_new ();
    Probe        *nesting;

    probe_attach (probe_new ("a", 0), context)->check_ready = TRUE;
    nesting = probe_attach (probe_new ("b, nesting", 0), context);
    nesting->check_ready = TRUE;
    nesting->in_dispatch = probe_nests;
    probe_attach (probe_new ("c", 0), context)->check_ready = TRUE;
    probe_attach (probe_new ("d", 0), context)->check_ready = TRUE;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static void
nest_a_turn (Probe *probe)
{
    turn (g_source_get_context (PROBE_SOURCE (probe)));
}

TWIN (readers_of_the_rest_of_the_batch_are_found_again, "RB-005 PR-004 CK-013")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = { "a, nesting", "b", "c" };
        Probe                   *probe = probe_new_with (&probe_passive_funcs, names[i], 0);

        g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
        probe->in_dispatch = i == 0 ? nest_a_turn : NULL;
        probe_attach (probe, context);
    }
    idle_again (context, 10, "less urgent");
    turn (context);
    turn (context);
    trace ("pending %d %d", g_main_context_pending (context), g_main_context_pending (context));
    turn (context);
    drain (ends[0]);
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

static int served;

static void
nested_pending (Probe *probe)
{
    expect (g_main_context_pending (g_source_get_context (PROBE_SOURCE (probe))));
}

static void
count_served (Probe *probe)
{
    (void) probe;
    served++;
}

static void
count_finalized (Probe *probe)
{
    (void) probe;
    served += 100;
}

OWN (pending_inside_a_callback_loses_nobody_of_the_batch, "RB-005 CK-013 DI-001",
     "GLib 2.74 skips the first of the rest and never gives its reference back")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[] = { probe_new ("a", 0), probe_new ("b", 0), probe_new ("c", 0) };

    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++) {
        probe_attach (probes[i], context);
        probes[i]->check_ready = TRUE;
        probes[i]->in_dispatch = i == 0 ? nested_pending : count_served;
        probes[i]->in_finalize = count_finalized;
    }
    turn (context);
    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++)
        probes[i]->check_ready = FALSE;
    turn (context);
    expect (served == 2);
    g_main_context_unref (context);
    expect (served == 302);
}

static void
attach_urgent_and_nest (Probe *probe)
{
    GMainContext *context = g_source_get_context (PROBE_SOURCE (probe));

    probe->in_dispatch = NULL;
    idle_once (context, -7, "urgent");
    probe_nests (probe);
}

TWIN (urgent_source_attached_before_nesting_comes_before_the_rest, "RB-005 CK-010")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[] = { probe_new ("a", 0), probe_new ("b", 0), probe_new ("c", 0) };

    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++) {
        probe_attach (probes[i], context);
        probes[i]->check_ready = TRUE;
    }
    probes[0]->in_dispatch = attach_urgent_and_nest;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static void
hand_driven_nested (Probe *probe)
{
    Hand hand;

    hand_query (&hand, g_source_get_context (PROBE_SOURCE (probe)));
    hand_poll (&hand);
    trace ("nested by hand: prepare %d, priority %d, check %d", hand.ready, hand.priority, hand_check (&hand));
    g_main_context_dispatch (hand.context);
    trace ("back in %s", probe->name);
}

TWIN (nested_iteration_by_hand_in_an_outer_one_by_hand, "RB-005 RB-001 OW-011")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[] = { probe_new ("a", 0), probe_new ("b", 0), probe_new ("c", 5) };
    Hand          hand;

    for (size_t i = 0; i < G_N_ELEMENTS (probes); i++) {
        probe_attach (probes[i], context);
        probes[i]->prepare_ready = TRUE;
        probes[i]->in_dispatch = hand_driven_nested;
    }
    hand_query (&hand, context);
    hand_poll (&hand);
    trace ("check %d", hand_check (&hand));
    g_main_context_dispatch (context);
    g_main_context_unref (context);
}

static void
run_nested_loop (Probe *probe)
{
    GMainContext *context = g_source_get_context (PROBE_SOURCE (probe));
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    GSource      *source = g_idle_source_new ();

    probe->check_ready = FALSE;
    probe->in_dispatch = NULL;
    g_source_set_callback (source, call_quit, loop, NULL);
    g_source_attach (source, context);
    g_source_unref (source);
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
    trace ("back in %s", probe->name);
}

TWIN (nested_loop_serves_the_others_until_it_quits, "RB-001 RB-005 RB-008")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_new_with (&probe_passive_funcs, "nesting", 0);

    g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    probe->keep = FALSE;
    probe->in_dispatch = run_nested_loop;
    idle_once (context, 0, "before");
    probe_attach (probe, context);
    idle_once (context, 0, "after");
    idle_once (context, 100, "less urgent");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

/* ---- after the call --------------------------------------------------------------------------------------------- */

TWIN (unblocking_forgets_revents_and_wakes, "RB-006")
{
    for (int recurse = 0; recurse <= 1; recurse++) {
        GMainContext *context = g_main_context_new ();
        Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
        int           ends[2];
        gpointer      tag;

        pipe_open (ends);
        feed (ends[1]);
        trace ("can recurse %d", recurse);
        g_source_set_can_recurse (PROBE_SOURCE (probe), recurse);
        tag = g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
        turn (context);
        trace ("revents afterwards %s", events_text (g_source_query_unix_fd (PROBE_SOURCE (probe), tag)));
        g_main_context_unref (context);
        pipe_close (ends);
    }
}

TWIN (iteration_after_a_descriptor_dispatch_may_be_early_but_finds_nothing, "RB-007")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "descriptor", 0), context);
    Probe        *timer = probe_attach (probe_new_with (&probe_passive_funcs, "timer", 0), context);
    int           ends[2];
    int           early = 0;

    pipe_open (ends);
    feed (ends[1]);
    g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
    turn (context);
    drain (ends[0]);
    turn (context); /* takes the wakeups of what was set up and dispatched so far */
    g_source_set_ready_time (PROBE_SOURCE (timer), g_get_monotonic_time () + 5000);
    while (!g_main_context_iteration (context, TRUE))
        early++;
    /* One early return is the ready time's own wakeup; an implementation may spare it. More would be spinning. */
    trace ("at most one early return %d", early <= 1);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (outer_loop_that_was_busy_is_early_at_most_once_and_finds_nothing, "RB-007")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "descriptor", 0), context);
    GPollFD       entries[4];
    int           ends[2], count, priority, timeout;
    int           early = 0;

    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
    turn (context);
    feed (ends[1]);
    g_main_context_acquire (context);
    for (int i = 0; i < 10; i++) {
        if (i == 6)
            drain (ends[0]);
        g_main_context_prepare (context, &priority);
        count = g_main_context_query (context, priority, &timeout, entries, G_N_ELEMENTS (entries));
        early += i >= 6 && g_poll (entries, (guint) count, 0) > 0;
        if (i < 6)
            trace ("something is there %d", g_poll (entries, (guint) count, timeout) > 0);
        if (g_main_context_check (context, priority, entries, count))
            g_main_context_dispatch (context);
    }
    trace ("at most one early return %d", early <= 1);
    g_main_context_release (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

static gboolean
depth_by_invoke (gpointer data)
{
    (void) data;
    trace ("depth in the invoked function %d", g_main_depth ());
    return FALSE;
}

static void
invoke_inside (Probe *probe)
{
    g_main_context_invoke (g_source_get_context (PROBE_SOURCE (probe)), depth_by_invoke, NULL);
}

TWIN (invoke_does_not_count_as_depth, "RB-008 TD-012")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    g_main_context_acquire (context);
    g_main_context_invoke (context, depth_by_invoke, NULL);
    probe->prepare_ready = TRUE;
    probe->in_dispatch = invoke_inside;
    turn (context);
    g_main_context_release (context);
    g_main_context_unref (context);
}

static void
destroy_itself (Probe *probe)
{
    g_source_destroy (PROBE_SOURCE (probe));
    trace ("entries after destroy %d", count_entries (probe->data));
    turn (probe->data);
}

TWIN (source_destroyed_while_blocked_is_not_unblocked, "RB-009")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_new_with (&probe_passive_funcs, "p", 0);
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
    g_source_attach (PROBE_SOURCE (probe), context);
    probe->data = context;
    probe->in_dispatch = destroy_itself;
    turn (context);
    trace ("entries %d", count_entries (context));
    turn (context);
    g_source_unref (PROBE_SOURCE (probe));
    g_main_context_unref (context);
    pipe_close (ends);
}

static void
become_recursive (Probe *probe)
{
    g_source_set_can_recurse (PROBE_SOURCE (probe), TRUE);
    nested_turn_once (probe);
}

static void
become_plain (Probe *probe)
{
    g_source_set_can_recurse (PROBE_SOURCE (probe), FALSE);
    nested_turn_once (probe);
}

TWIN (can_recurse_changed_midway_counts_from_the_next_dispatch, "RB-010")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->check_ready = TRUE;
    probe->in_dispatch = become_recursive;
    turn (context);
    probe->in_dispatch = nested_turn_once;
    trace ("now it can");
    turn (context);
    probe->in_dispatch = become_plain;
    trace ("no longer");
    turn (context);
    probe->in_dispatch = nested_turn_once;
    turn (context);
    g_main_context_unref (context);
}

static void
run_loop_inside (Probe *probe)
{
    GMainLoop *loop = probe->data;

    probe->in_prepare = probe->in_check = NULL;
    log_hold ();
    g_main_loop_run (loop);
    expect (g_strcmp0 (log_held (),
                       "GLib-WARNING g_main_loop_run(): called recursively from within a source's check() or prepare() "
                       "member, iteration not possible.")
            == 0);
    expect (!g_main_loop_is_running (loop));
}

OWN (loop_run_inside_prepare_or_check_is_refused, "RB-011", "before 2.78 it leaves the context locked")
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->data = loop;
    probe->in_prepare = run_loop_inside;
    turn (context);
    expect (probe->in_prepare == NULL);
    probe->in_check = run_loop_inside;
    turn (context);
    expect (probe->in_check == NULL);
    idle_once (context, 0, "everything continues");
    expect (turn (context));
    g_main_loop_unref (loop);
    g_main_context_unref (context);
}
