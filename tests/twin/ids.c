/* ids.c - source ids and every way of finding or removing a source by id, by user data or by table (section 12).
 *
 * Ids in private contexts start at 1 and may be traced; ids in the default context depend on what else lives there and
 * are only compared. Must not know how ids are stored. Read next: source_life.c for what destroying does.
 */
#include "sources.h"

enum { NEVER_AN_ID = 1000000000 };

/* ---- giving ids -------------------------------------------------------------------------------------------------- */

TWIN (ids_start_at_one_and_grow_per_context, "ID-001")
{
    GMainContext *left = g_main_context_new ();
    GMainContext *right = g_main_context_new ();

    trace ("left %u", hand_over (g_idle_source_new (), left));
    trace ("left %u", hand_over (g_timeout_source_new (1000), left));
    trace ("right %u", hand_over (g_idle_source_new (), right));
    trace ("left %u", hand_over (g_idle_source_new (), left));
    trace ("right %u", hand_over (g_idle_source_new (), right));
    g_main_context_unref (left);
    g_main_context_unref (right);
}

TWIN (ids_of_destroyed_sources_are_not_given_again, "ID-001 ID-002")
{
    GMainContext *context = g_main_context_new ();

    for (int i = 0; i < 3; i++) {
        GSource *source = g_idle_source_new ();

        trace ("%u", g_source_attach (source, context));
        g_source_destroy (source);
        g_source_unref (source);
    }
    g_main_context_unref (context);
}

TWIN (children_take_ids_after_their_parent, "ID-001 CS-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = g_idle_source_new ();
    GSource      *child = g_idle_source_new ();
    GSource      *late = g_idle_source_new ();

    g_source_add_child_source (parent, child);
    trace ("parent %u", g_source_attach (parent, context));
    trace ("child %u", g_source_get_id (child));
    trace ("next %u", hand_over (g_idle_source_new (), context));
    g_source_add_child_source (parent, late);
    trace ("late child %u", g_source_get_id (late));
    trace ("found: child %s, late %s", yes (g_main_context_find_source_by_id (context, 2) == child),
           yes (g_main_context_find_source_by_id (context, 4) == late));
    g_source_unref (late);
    g_source_unref (child);
    g_source_unref (parent);
    g_main_context_unref (context);
}

TWIN (id_stays_readable_after_destroy_while_the_context_lives, "ID-003 SL-018")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_attach (source, context);
    g_source_destroy (source);
    trace ("id %u", g_source_get_id (source));
    g_main_context_unref (context);
    log_hold ();
    trace ("id %u", g_source_get_id (source));
    since (2, 86, "GLib-CRITICAL g_source_get_id: assertion 'source->context != NULL' failed",
           "GLib-CRITICAL g_source_get_id: assertion 'context != NULL' failed", log_held ());
    g_source_unref (source);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static GMainContext *searched;

static gboolean
find_myself (gpointer source)
{
    trace ("while dispatched, by id: %s",
           yes (g_main_context_find_source_by_id (searched, g_source_get_id (source)) == source));
    trace ("while dispatched, by data: %s", yes (g_main_context_find_source_by_user_data (searched, source) == source));
    trace ("while dispatched, by table and data: %s",
           yes (g_main_context_find_source_by_funcs_user_data (searched, &g_idle_funcs, source) == source));
    return G_SOURCE_REMOVE;
}

TWIN (find_by_id_ignores_unknown_and_destroyed_and_gives_no_reference, "ID-004 ID-005")
{
    GSource *source = g_idle_source_new ();
    guint    id;

    searched = g_main_context_new ();
    g_source_set_callback (source, find_myself, source, NULL);
    id = g_source_attach (source, searched);
    trace ("found %s", yes (g_main_context_find_source_by_id (searched, id) == source));
    trace ("references %u", source->ref_count);
    trace ("unknown %s", yes (g_main_context_find_source_by_id (searched, id + 1) != NULL));
    trace ("largest %s", yes (g_main_context_find_source_by_id (searched, G_MAXUINT) != NULL));
    turn (searched);
    trace ("destroyed, still held: found %s", yes (g_main_context_find_source_by_id (searched, id) != NULL));
    g_source_unref (source);
    g_main_context_unref (searched);
}

static const char *
name_found (GSource *source)
{
    return source != NULL ? or_none (g_source_get_name (source)) : "nothing";
}

static GSource *
named_idle (const char *name, int priority, GSourceFunc function, gpointer data)
{
    GSource *source = g_idle_source_new ();

    g_source_set_static_name (source, name);
    g_source_set_priority (source, priority);
    if (function != NULL)
        g_source_set_callback (source, function, data, NULL);
    hand_over (source, searched);
    return source;
}

TWIN (find_by_user_data_takes_the_first_in_list_order, "ID-005")
{
    static char data[] = "data";
    GSource    *middle, *urgent;
    GSource    *timeout = with_callback (g_timeout_source_new (100000), call_again, data, NULL);

    searched = g_main_context_new ();
    named_idle ("late", 300, call_again, data);
    middle = named_idle ("middle", 100, call_again, data);
    named_idle ("middle too", 100, call_again, data);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    urgent = named_idle ("urgent", -5, call_again, data);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    g_source_set_name (timeout, "timeout");
    g_source_set_priority (timeout, -50);
    hand_over (timeout, searched);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    trace ("idle table: %s",
           name_found (g_main_context_find_source_by_funcs_user_data (searched, &g_idle_funcs, data)));
    trace ("timeout table: %s",
           name_found (g_main_context_find_source_by_funcs_user_data (searched, &g_timeout_funcs, data)));
    trace ("other table: %s",
           name_found (g_main_context_find_source_by_funcs_user_data (searched, &probe_funcs, data)));
    g_source_destroy (urgent);
    g_source_destroy (middle);
    trace ("idle table: %s",
           name_found (g_main_context_find_source_by_funcs_user_data (searched, &g_idle_funcs, data)));
    g_main_context_unref (searched);
}

TWIN (find_by_null_user_data_needs_a_callback, "ID-005")
{
    searched = g_main_context_new ();
    named_idle ("without callback", 0, NULL, NULL);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, NULL)));
    named_idle ("with callback and no data", 0, call_again, NULL);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, NULL)));
    g_main_context_unref (searched);
}

static void
wrapper_hold (gpointer wrapper)
{
    (void) wrapper;
}

static void
wrapper_get (gpointer wrapper, GSource *source, GSourceFunc *function, gpointer *data)
{
    (void) source;
    *function = call_again;
    *data = *(gpointer *) wrapper;
}

TWIN (find_by_user_data_sees_through_indirect_callbacks, "ID-005 CB-004")
{
    static GSourceCallbackFuncs funcs = { wrapper_hold, wrapper_hold, wrapper_get };
    static char                 data[] = "data";
    static gpointer             wrapper = data;
    GSource                    *source = g_idle_source_new ();

    searched = g_main_context_new ();
    g_source_set_name (source, "wrapped");
    g_source_set_callback_indirect (source, &wrapper, &funcs);
    hand_over (source, searched);
    trace ("by the data inside: %s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    trace ("by the wrapper: %s", name_found (g_main_context_find_source_by_user_data (searched, &wrapper)));
    g_main_context_unref (searched);
}

TWIN (find_follows_a_priority_change, "ID-005 OR-002")
{
    static char data[] = "data";
    GSource    *first;

    searched = g_main_context_new ();
    first = named_idle ("first", 100, call_again, data);
    named_idle ("second", 100, call_again, data);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    g_source_set_priority (first, 100);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    g_source_set_priority (first, 99);
    trace ("%s", name_found (g_main_context_find_source_by_user_data (searched, data)));
    g_main_context_unref (searched);
}

/* ---- removing from the default context --------------------------------------------------------------------------- */

TWIN (remove_looks_only_into_the_default_context, "ID-006 TM-011")
{
    GMainContext *elsewhere = g_main_context_new ();
    guint         id = g_idle_add_full (0, call_again, "mine", notified);
    guint         foreign = 0;

    /* the same number, in another context */
    while (foreign < id)
        foreign = hand_over (with_callback (g_idle_source_new (), call_once, "foreign", notified), elsewhere);
    trace ("removed %s", yes (g_source_remove (id)));
    trace ("foreign alive %s", yes (g_main_context_find_source_by_id (elsewhere, id) != NULL));
    log_hold ();
    trace ("again %s", yes (g_source_remove (id)));
    trace ("message for it: %s",
           yes (g_str_has_suffix (log_held (), "was not found when attempting to remove it")));
    trace ("unknown %s", yes (g_source_remove (NEVER_AN_ID)));
    trace ("largest %s", yes (g_source_remove (G_MAXUINT)));
    g_main_context_unref (elsewhere);
}

static gboolean
remove_my_id (gpointer id)
{
    trace ("removed inside its own callback %s", yes (g_source_remove (*(guint *) id)));
    return G_SOURCE_CONTINUE;
}

TWIN (source_can_remove_itself_while_dispatched, "ID-006 DI-007")
{
    guint id = g_idle_add_full (0, remove_my_id, &id, NULL);

    turn (NULL);
    turn (NULL);
    trace ("found %s", yes (g_main_context_find_source_by_id (NULL, id) != NULL));
}

TWIN (remove_by_user_data_takes_one_and_fails_silently, "ID-007")
{
    static char data[] = "data";

    g_idle_add_full (0, call_again, data, notified);
    g_timeout_add_full (0, 100000, call_again, data, notified);
    trace ("%s", yes (g_source_remove_by_user_data (data)));
    trace ("%s", yes (g_source_remove_by_user_data (data)));
    trace ("%s", yes (g_source_remove_by_user_data (data)));
    g_idle_add_full (0, call_again, data, notified);
    trace ("timeout table %s", yes (g_source_remove_by_funcs_user_data (&g_timeout_funcs, data)));
    trace ("idle table %s", yes (g_source_remove_by_funcs_user_data (&g_idle_funcs, data)));
    trace ("idle table %s", yes (g_source_remove_by_funcs_user_data (&g_idle_funcs, data)));
}

TWIN (remove_by_user_data_leaves_other_contexts_alone, "ID-007")
{
    static char   data[] = "data";
    GMainContext *elsewhere = g_main_context_new ();

    hand_over (with_callback (g_idle_source_new (), call_again, data, notified), elsewhere);
    trace ("%s", yes (g_source_remove_by_user_data (data)));
    g_main_context_push_thread_default (elsewhere);
    trace ("%s", yes (g_source_remove_by_user_data (data)));
    g_main_context_pop_thread_default (elsewhere);
    trace ("end");
    g_main_context_unref (elsewhere);
}

TWIN (idle_remove_by_data_looks_at_idles_only, "ID-008")
{
    static char data[] = "data";
    guint       timeout = g_timeout_add_full (-10, 100000, call_again, data, notified);

    trace ("only a timeout: %s", yes (g_idle_remove_by_data (data)));
    g_idle_add_full (0, call_again, data, notified);
    g_idle_add_full (5, call_again, data, notified);
    trace ("%s", yes (g_idle_remove_by_data (data)));
    trace ("%s", yes (g_idle_remove_by_data (data)));
    trace ("%s", yes (g_idle_remove_by_data (data)));
    trace ("timeout alive %s", yes (g_main_context_find_source_by_id (NULL, timeout) != NULL));
    g_source_remove (timeout);
}

TWIN (set_name_by_id_ignores_unknown_ids, "ID-009")
{
    guint id = g_idle_add (call_again, NULL);

    g_source_set_name_by_id (NEVER_AN_ID, "lost");
    g_source_set_name_by_id (id, "found");
    trace ("%s", g_source_get_name (g_main_context_find_source_by_id (NULL, id)));
    g_source_remove (id);
    g_source_set_name_by_id (id, "late");
    trace ("end");
}

/* ---- many -------------------------------------------------------------------------------------------------------- */

TWIN (many_sources_removed_in_any_order_are_each_found_once, "OR-006 ID-001 ID-004 ID-006")
{
    enum { MANY = 5000 };
    static guint ids[MANY];
    guint32      state = 20260801;
    int          found = 0, notifies = 0, left = 0;

    for (int i = 0; i < MANY; i++)
        ids[i] = g_timeout_add_full (i % 7, 1000000, count_again, &notifies, count_notify);
    for (int i = MANY - 1; i > 0; i--) {
        int   j = (int) (shuffled (&state) % (guint32) (i + 1));
        guint keep = ids[i];

        ids[i] = ids[j];
        ids[j] = keep;
    }
    for (int i = 0; i < MANY; i++) {
        GSource *source = g_main_context_find_source_by_id (NULL, ids[i]);

        found += source != NULL && g_source_get_id (source) == ids[i];
        g_source_remove (ids[i]);
        left += g_main_context_find_source_by_id (NULL, ids[i]) != NULL;
    }
    trace ("found %d, notified %d, left %d", found, notifies, left);
}
