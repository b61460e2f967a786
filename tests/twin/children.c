/* children.c - child sources: how they follow their parent in priority, life and list order, and who is dispatched
 * when a child or a parent is ready (contract section 16).
 *
 * Children and parents here are probes and idles; the ones that must not be asked are passive and driven by ready
 * times. Must not repeat plain order and blocking: see the programs of sections 9 and 10.
 */
#include "sources.h"

/* A passive probe: ready only when a case says so. */
static GSource *
passive (const char *name)
{
    GSource *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, name, 0));

    g_source_set_name (source, name);
    return source;
}

/* Adds a new passive child and leaves the parent as its only owner. */
static GSource *
born (GSource *parent, const char *name)
{
    GSource *child = passive (name);

    g_source_add_child_source (parent, child);
    g_source_unref (child);
    return child;
}

static void
make_ready (GSource *source)
{
    g_source_set_ready_time (source, 0);
}

static void
calm (GSource *source)
{
    g_source_set_ready_time (source, -1);
}

/* ---- priority ---------------------------------------------------------------------------------------------------- */

TWIN (child_follows_the_priority_of_its_parent, "CS-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = passive ("child");
    GSource      *grandchild;

    g_source_set_priority (child, 40);
    g_source_set_priority (parent, 7);
    g_source_add_child_source (parent, child);
    grandchild = born (child, "grandchild");
    trace ("added: %d %d", g_source_get_priority (child), g_source_get_priority (grandchild));
    g_source_set_priority (parent, 8);
    trace ("changed: %d %d", g_source_get_priority (child), g_source_get_priority (grandchild));
    g_source_attach (parent, context);
    g_source_set_priority (parent, -9);
    trace ("attached: %d %d", g_source_get_priority (child), g_source_get_priority (grandchild));
    g_source_set_priority (child, 3);
    trace ("own: %d", g_source_get_priority (child));
    g_source_unref (child);
    let_go (parent);
    g_main_context_unref (context);
}

TWIN (priority_change_of_a_family_moves_all_of_it, "CS-001 CS-003 OR-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *rival = passive ("rival");
    GSource      *children[3];

    children[0] = born (parent, "first child");
    children[1] = born (parent, "second child");
    g_source_attach (parent, context);
    children[2] = born (parent, "late child");
    g_source_attach (rival, context);
    make_ready (rival);
    for (int i = 0; i < 3; i++)
        make_ready (children[i]);
    turn (context);
    trace ("to another priority");
    g_source_set_priority (parent, 5);
    g_source_set_priority (rival, 5);
    turn (context);
    trace ("to the end of its own");
    g_source_set_priority (parent, 5);
    turn (context);
    let_go (rival);
    let_go (parent);
    g_main_context_unref (context);
}

/* ---- references, ids, order -------------------------------------------------------------------------------------- */

TWIN (parent_holds_and_attaches_its_children, "CS-002 CS-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *first = passive ("first");
    GSource      *second = passive ("second");
    GSource      *late = passive ("late");

    g_source_add_child_source (parent, first);
    g_source_add_child_source (parent, second);
    trace ("references before attach %u %u", first->ref_count, second->ref_count);
    trace ("parent id %u", g_source_attach (parent, context));
    trace ("children ids: first %u, second %u", g_source_get_id (first), g_source_get_id (second));
    g_source_add_child_source (parent, late);
    trace ("late child id %u", g_source_get_id (late));
    trace ("references after attach %u %u %u", first->ref_count, second->ref_count, late->ref_count);
    trace ("context %s", yes (g_source_get_context (second) == context && g_source_get_context (late) == context));
    g_source_unref (first);
    g_source_unref (second);
    g_source_unref (late);
    let_go (parent);
    g_main_context_unref (context);
}

TWIN (children_stand_before_their_parent_in_the_order_of_the_list, "CS-003 CS-004")
{
    GMainContext *context = g_main_context_new ();
    GSource      *before = passive ("before");
    GSource      *parent = passive ("parent");
    GSource      *after = passive ("after");
    GSource      *all[6];

    g_source_attach (before, context);
    all[0] = born (parent, "early 1");
    all[1] = born (parent, "early 2");
    all[2] = born (parent, "early 3");
    g_source_attach (parent, context);
    g_source_attach (after, context);
    all[3] = born (parent, "late 1");
    all[4] = born (parent, "late 2");
    all[5] = born (all[0], "grandchild of early 1");
    make_ready (before);
    make_ready (after);
    for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
        make_ready (all[i]);
    turn (context);
    let_go (before);
    let_go (parent);
    let_go (after);
    g_main_context_unref (context);
}

/* ---- readiness --------------------------------------------------------------------------------------------------- */

TWIN (ready_child_brings_its_ancestors_and_a_ready_parent_nobody, "CS-004 PR-010")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = born (parent, "child");
    GSource      *grandchild = born (child, "grandchild");
    GSource      *sibling = born (parent, "sibling");

    g_source_attach (parent, context);
    make_ready (grandchild);
    turn (context);
    calm (grandchild);
    make_ready (child);
    turn (context);
    calm (child);
    make_ready (parent);
    turn (context);
    calm (parent);
    make_ready (sibling);
    turn (context);
    let_go (parent);
    g_main_context_unref (context);
}

TWIN (ancestor_of_a_ready_child_is_not_asked_itself, "CS-004 PR-010 CK-008")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_new ("parent", 0);
    Probe        *child = probe_new ("child", 0);

    g_source_add_child_source (PROBE_SOURCE (parent), PROBE_SOURCE (child));
    g_source_attach (PROBE_SOURCE (parent), context);
    trace ("ready in prepare");
    child->prepare_ready = TRUE;
    turn (context);
    trace ("ready in check");
    child->prepare_ready = FALSE;
    child->check_ready = TRUE;
    turn (context);
    trace ("at rest");
    child->check_ready = FALSE;
    turn (context);
    g_source_unref (PROBE_SOURCE (child));
    let_go (PROBE_SOURCE (parent));
    g_main_context_unref (context);
}

TWIN (child_that_ends_is_unlinked_and_its_parent_still_runs, "CS-005 CS-006")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = passive ("child");

    g_source_set_callback (child, call_once, "child", notified);
    make_ready (child);
    g_source_add_child_source (parent, child);
    g_source_attach (parent, context);
    turn (context);
    turn (context);
    trace ("child: destroyed %s, references %u", yes (g_source_is_destroyed (child)), child->ref_count);
    trace ("parent: destroyed %s", yes (g_source_is_destroyed (parent)));
    /* without the old tie */
    g_source_set_priority (parent, 12);
    trace ("child keeps priority %d", g_source_get_priority (child));
    g_source_unref (child);
    let_go (parent);
    g_main_context_unref (context);
}

static gboolean
destroy_source (gpointer source)
{
    trace ("call destroys the parent");
    g_source_destroy (source);
    return G_SOURCE_CONTINUE;
}

TWIN (parent_destroyed_by_its_child_is_not_dispatched, "CS-007 CS-006 DI-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = born (parent, "child");

    g_source_set_callback (child, destroy_source, parent, NULL);
    make_ready (child);
    g_source_attach (parent, context);
    turn (context);
    turn (context);
    g_source_unref (parent);
    g_main_context_unref (context);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

TWIN (destroying_a_parent_destroys_all_below_it, "CS-006 SL-004")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = born (parent, "child");
    GSource      *grandchild = passive ("grandchild");

    g_source_add_child_source (child, grandchild);
    g_source_set_callback (parent, call_again, "parent", notified);
    g_source_set_callback (child, call_again, "child", notified);
    g_source_set_callback (grandchild, call_again, "grandchild", notified);
    g_source_attach (parent, context);
    g_source_destroy (parent);
    trace ("grandchild: destroyed %s, references %u, id %u", yes (g_source_is_destroyed (grandchild)),
           grandchild->ref_count, g_source_get_id (grandchild));
    turn (context);
    g_source_unref (grandchild);
    g_source_unref (parent);
    g_main_context_unref (context);
}

TWIN (destroying_a_child_leaves_parent_and_siblings, "CS-006")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *first = born (parent, "first");
    GSource      *second = born (parent, "second");

    g_source_attach (parent, context);
    make_ready (first);
    make_ready (second);
    g_source_destroy (first);
    turn (context);
    let_go (parent);
    g_main_context_unref (context);
}

TWIN (removing_a_child_destroys_it, "CS-008")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = passive ("child");

    g_source_set_callback (child, call_again, "child", notified);
    g_source_add_child_source (parent, child);
    g_source_attach (parent, context);
    g_source_remove_child_source (parent, child);
    trace ("destroyed %s, references %u", yes (g_source_is_destroyed (child)), child->ref_count);
    g_source_remove_child_source (parent, child);
    trace ("attached anew %u", g_source_attach (child, context));
    g_source_unref (child);
    let_go (parent);
    g_main_context_unref (context);
}

TWIN (children_outlive_an_unattached_parent_and_may_serve_elsewhere, "CS-009")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = passive ("child");
    GSource      *other = passive ("other parent");

    g_source_set_callback (child, call_once, "child", notified);
    g_source_add_child_source (parent, child);
    g_source_unref (parent);
    trace ("child: destroyed %s, references %u", yes (g_source_is_destroyed (child)), child->ref_count);
    g_source_add_child_source (other, child);
    make_ready (child);
    g_source_attach (other, context);
    turn (context);
    g_source_unref (child);
    let_go (other);
    g_main_context_unref (context);
}

OWN (child_removed_from_an_unattached_parent_is_destroyed_once, "BUG-1 CS-008",
     "the oracle drops a reference too many and crashes")
{
    GSource *parent = passive ("parent");
    GSource *child = passive ("child");
    int      notifies = 0;

    g_source_set_callback (child, count_again, &notifies, count_notify);
    g_source_add_child_source (parent, child);
    g_source_remove_child_source (parent, child);
    expect (g_source_is_destroyed (child));
    expect (child->ref_count == 1);
    g_source_unref (child);
    expect (notifies == 1);
    g_source_unref (parent);
}

/* ---- changes during dispatch ------------------------------------------------------------------------------------- */

static GSource *adopted;
static GSource *dismissed;

static gboolean
change_family (gpointer parent)
{
    trace ("call changes the family");
    if (adopted != NULL) {
        g_source_add_child_source (parent, adopted);
        g_source_unref (adopted);
        adopted = NULL;
    }
    if (dismissed != NULL) {
        g_source_remove_child_source (parent, dismissed);
        dismissed = NULL;
    }
    return G_SOURCE_CONTINUE;
}

static void
change_family_from (gboolean child_does_it)
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = born (parent, "child");

    dismissed = born (parent, "dismissed");
    adopted = passive ("adopted");
    make_ready (child);
    make_ready (dismissed);
    make_ready (adopted);
    g_source_set_callback (child_does_it ? child : parent, change_family, parent, NULL);
    g_source_attach (parent, context);
    turn (context);
    turn (context);
    let_go (parent);
    g_main_context_unref (context);
}

TWIN (children_come_and_go_during_the_dispatch_of_a_child, "CS-010")
{
    change_family_from (TRUE);
}

TWIN (children_come_and_go_during_the_dispatch_of_the_parent, "CS-010 RB-004")
{
    change_family_from (FALSE);
}

static GSource *resting;

static gboolean
iterate_in_callback (gpointer context)
{
    trace ("nested begins, depth %d", g_main_depth ());
    if (resting != NULL)
        make_ready (resting);
    for (int i = 0; i < 2 && g_main_depth () < 4; i++)
        g_main_context_iteration (context, FALSE);
    trace ("nested ends");
    return G_SOURCE_CONTINUE;
}

TWIN (children_rest_while_their_parent_is_dispatched, "CS-012 RB-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");

    resting = born (parent, "child");
    g_source_set_callback (parent, iterate_in_callback, context, NULL);
    g_source_attach (parent, context);
    make_ready (parent);
    turn (context);
    calm (parent);
    g_source_set_callback (parent, call_again, "parent", NULL);
    turn (context);
    let_go (parent);
    g_main_context_unref (context);
}

static gboolean
dawdle_in_callback (gpointer context)
{
    trace ("parent begins");
    nap_ms (400);
    g_main_context_iteration (context, FALSE);
    trace ("parent ends");
    return G_SOURCE_CONTINUE;
}

TWIN (interval_of_a_child_missed_during_its_parent_fires_once_late, "CS-012 TM-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = with_callback (g_timeout_source_new (200), call_again, "child", NULL);

    g_source_set_callback (parent, dawdle_in_callback, context, NULL);
    g_source_add_child_source (parent, child);
    g_source_attach (parent, context);
    make_ready (parent);
    turn (context);
    calm (parent);
    g_source_set_callback (parent, call_again, "parent", NULL);
    turn (context);
    turn (context);
    g_source_unref (child);
    let_go (parent);
    g_main_context_unref (context);
}

static void
count_dispatch (Probe *probe)
{
    ++*(int *) probe->data;
}

OWN (child_that_iterates_lets_its_parent_run_inside_once, "BUG-3 RB-003 RB-005 CS-004",
     "the oracle logs a critical about itself and unblocks the child too early")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = born (parent, "child");
    int           parent_calls = 0, child_calls = 0;

    ((Probe *) parent)->in_dispatch = count_dispatch;
    ((Probe *) parent)->data = &parent_calls;
    ((Probe *) child)->in_dispatch = count_dispatch;
    ((Probe *) child)->data = &child_calls;
    g_source_set_callback (child, iterate_in_callback, context, NULL);
    g_source_attach (parent, context);
    make_ready (child);
    log_hold ();
    g_main_context_iteration (context, FALSE);
    expect (log_held ()[0] == '\0');
    expect (child_calls == 1);
    expect (parent_calls == 1);
    /* and both are free again afterwards */
    g_source_set_callback (child, call_again, "child", NULL);
    g_main_context_iteration (context, FALSE);
    expect (child_calls == 2);
    expect (parent_calls == 2);
    let_go (parent);
    g_main_context_unref (context);
}

/* ---- what is refused --------------------------------------------------------------------------------------------- */

TWIN (adding_needs_two_live_sources_and_a_free_child, "CS-011")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *other = passive ("other");
    GSource      *attached = passive ("attached");
    GSource      *child = passive ("child");
    GSource      *dead = passive ("dead");

    g_source_attach (attached, context);
    g_source_add_child_source (parent, attached);
    g_source_destroy (dead);
    g_source_add_child_source (parent, dead);
    g_source_add_child_source (dead, child);
    g_source_add_child_source (parent, child);
    g_source_add_child_source (other, child);
    g_source_add_child_source (parent, child);
    trace ("references %u %u %u", attached->ref_count, dead->ref_count, child->ref_count);
    let_go (attached);
    g_source_unref (dead);
    g_source_unref (parent);
    g_source_unref (other);
    g_source_unref (child);
    g_main_context_unref (context);
}
