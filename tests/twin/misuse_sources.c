/* misuse_sources.c - invalid calls on sources: what is printed, letter for letter, and what is returned (the contract's
 * table "Sources: general"; NULL sources first, then wrong states and arguments).
 *
 * Calls on freed sources are left out: nothing can be promised about them. Read next: misuse_constructors.c.
 */
#include "misuse.h"

#include <string.h>

static GSource *
passive (const char *name)
{
    return PROBE_SOURCE (probe_new_with (&probe_passive_funcs, name, 0));
}

/* ---- no source --------------------------------------------------------------------------------------------------- */

TWIN (new_source_needs_a_table_and_room, "MU-003 SL-001")
{
    trace ("%s", yes (g_source_new (NULL, sizeof (GSource)) != NULL));
    trace ("%s", yes (g_source_new (&probe_funcs, sizeof (GSource) - 1) != NULL));
    trace ("%s", yes (g_source_new (&probe_funcs, 0) != NULL));
}

TWIN (null_source_is_refused_by_what_reads, "MU-003")
{
    trace ("ref %s", yes (g_source_ref (NULL) != NULL));
    ask_in_every_way (NULL);
    trace ("get_time %d", (int) g_source_get_time (NULL));
}

TWIN (null_source_is_refused_by_what_writes, "MU-003")
{
    GSource *source = passive ("source");

    g_source_unref (NULL);
    change_in_every_way (NULL, source);
    g_source_unref (source);
}

#if GLIB_CHECK_VERSION (2, 90, 0)
/* Calls, and says whether exactly this critical was printed. */
#define CRITICAL_OF(text, call) \
    (log_hold (), (void) (call), strcmp (log_held (), "GLib-CRITICAL " text) == 0)

OWN (null_source_is_refused_by_the_newer_functions, "MU-003 BUG-7", "the functions are newer than the oracle")
{
    GSource *unattached = g_idle_source_new ();

    expect (CRITICAL_OF ("g_source_get_time_ns: assertion 'source != NULL' failed", g_source_get_time_ns (NULL)));
    expect (CRITICAL_OF ("g_source_get_ready_time_ns: assertion 'source != NULL' failed",
                         g_source_get_ready_time_ns (NULL, NULL)));
    expect (CRITICAL_OF ("g_source_clear_ready_time: assertion 'source != NULL' failed",
                         g_source_clear_ready_time (NULL)));
    expect (CRITICAL_OF ("g_source_set_ready_time_ns: assertion 'source != NULL' failed",
                         g_source_set_ready_time_ns (NULL, 1)));
    expect (CRITICAL_OF ("g_source_dup_context: assertion 'source != NULL' failed", g_source_dup_context (NULL)));
    expect (CRITICAL_OF ("g_source_get_time_ns: assertion 'context != NULL' failed",
                         g_source_get_time_ns (unattached)));
    log_hold ();
    expect (g_source_get_time_ns (unattached) == 0);
    expect (g_source_get_ready_time_ns (NULL, NULL) == FALSE);
    expect (g_source_dup_context (NULL) == NULL);
    (void) log_held ();
    g_source_unref (unattached);
}
#endif

/* ---- references -------------------------------------------------------------------------------------------------- */

static void
keep_a_reference (Probe *probe)
{
    g_source_ref (PROBE_SOURCE (probe));
}

TWIN (reference_kept_by_finalize_is_told_and_does_not_help, "MU-003 SL-012")
{
    GSource *source = passive ("source");

    ((Probe *) source)->in_finalize = keep_a_reference;
    log_hold ();
    g_source_unref (source);
    trace ("warning %s", yes (g_str_has_prefix (log_held (), "GLib-WARNING ")));
    trace ("ends as it should %s", yes (g_str_has_suffix (log_held (), "(old_ref_count == 1)")));
}

TWIN (last_reference_dropped_while_attached_is_told, "MU-003 SL-016")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = passive ("source");

    hand_over (source, context);
    g_source_unref (source);
    g_main_context_unref (context);
}

/* ---- unattached, destroyed --------------------------------------------------------------------------------------- */

TWIN (unattached_source_has_neither_id_nor_time, "MU-003 ID-003 RT-012")
{
    GSource    *source = passive ("source");
    const char *time_text = at_least (2, 90) ? "GLib-CRITICAL g_source_get_time_ns: assertion 'context != NULL' failed"
                                             : "GLib-CRITICAL g_source_get_time: assertion 'context != NULL' failed";

    log_hold ();
    trace ("%u", g_source_get_id (source));
    since (2, 86, "GLib-CRITICAL g_source_get_id: assertion 'source->context != NULL' failed",
           "GLib-CRITICAL g_source_get_id: assertion 'context != NULL' failed", log_held ());
    log_hold ();
    trace ("%d", (int) g_source_get_time (source));
    since (2, 86, "GLib-CRITICAL g_source_get_time: assertion 'source->context != NULL' failed", time_text, log_held ());
    g_source_unref (source);
}

TWIN (destroyed_source_takes_no_descriptors_records_or_children, "MU-003 UF-011 CS-011")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = passive ("source");
    GSource      *child = passive ("child");
    GPollFD       record = { -1, 0, 0 };

    g_source_attach (source, context);
    g_source_destroy (source);
    g_source_add_poll (source, &record);
    g_source_remove_poll (source, &record);
    trace ("tag %s", yes (g_source_add_unix_fd (source, 0, G_IO_IN) != NULL));
    g_source_add_child_source (source, child);
    g_source_add_child_source (child, source);
    g_source_remove_child_source (source, child);
    g_source_destroy (source);
    g_source_unref (child);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (destroyed_and_never_attached_source_cannot_be_attached, "MU-003 SL-003 SL-018")
{
    GSource *source = passive ("source");

    g_source_destroy (source);
    trace ("%u", g_source_attach (source, NULL));
    trace ("%s", yes (g_source_get_context (source) != NULL));
    g_source_unref (source);
}

/* ---- wrong arguments --------------------------------------------------------------------------------------------- */

TWIN (records_and_tags_must_belong_to_the_source, "MU-003 UF-001 UF-012")
{
    GSource *source = passive ("source");
    GSource *other = passive ("other");
    GPollFD  record = { -1, 0, 0 };
    gpointer foreign = g_source_add_unix_fd (other, 0, G_IO_IN);

    g_source_add_poll (source, NULL);
    g_source_remove_poll (source, NULL);
    g_source_remove_poll (source, &record);
    g_source_modify_unix_fd (source, foreign, G_IO_OUT);
    g_source_remove_unix_fd (source, foreign);
    trace ("%d", (int) g_source_query_unix_fd (source, foreign));
    g_source_modify_unix_fd (source, NULL, G_IO_OUT);
    g_source_remove_unix_fd (source, NULL);
    trace ("%d", (int) g_source_query_unix_fd (source, NULL));
    trace ("foreign tag kept %s", events_text (((GPollFD *) foreign)->events));
    g_source_unref (source);
    g_source_unref (other);
}

TWIN (callback_data_needs_callback_funcs, "MU-003 CB-006")
{
    GSource *source = with_callback (passive ("source"), call_once, "callback", notified);

    g_source_set_callback_indirect (source, "data", NULL);
    trace ("callback kept %s", yes (source->callback_funcs != NULL));
    g_source_unref (source);
}

TWIN (table_is_replaced_by_a_table_and_before_attach, "MU-003 SL-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = passive ("source");

    g_source_set_funcs (source, NULL);
    g_source_attach (source, context);
    g_source_set_funcs (source, &probe_funcs);
    g_source_set_funcs (source, NULL);
    trace ("table kept %s", yes (source->source_funcs == &probe_passive_funcs));
    let_go (source);
    g_main_context_unref (context);
}

TWIN (child_must_be_free_and_parent_must_be_its_parent, "MU-003 CS-001 CS-011 CS-008")
{
    GMainContext *context = g_main_context_new ();
    GSource      *parent = passive ("parent");
    GSource      *child = passive ("child");
    GSource      *stranger = passive ("stranger");

    g_source_add_child_source (parent, NULL);
    g_source_remove_child_source (parent, NULL);
    g_source_attach (stranger, context);
    g_source_add_child_source (parent, stranger);
    g_source_add_child_source (parent, child);
    g_source_add_child_source (stranger, child);
    g_source_remove_child_source (stranger, child);
    g_source_set_priority (child, 9);
    trace ("priority %d", g_source_get_priority (child));
    trace ("references %u %u", child->ref_count, stranger->ref_count);
    let_go (stranger);
    g_source_unref (parent);
    g_source_unref (child);
    g_main_context_unref (context);
}

TWIN (neither_a_destroyed_parent_nor_a_destroyed_child_is_parted, "MU-003 CS-008")
{
    for (int dead = 0; dead < 2; dead++) {
        GSource *pair[2] = { passive ("parent"), passive ("child") };

        g_source_add_child_source (pair[0], pair[1]);
        g_source_destroy (pair[dead]);
        g_source_remove_child_source (pair[0], pair[1]);
        trace ("references %u %u", pair[0]->ref_count, pair[1]->ref_count);
        g_source_unref (pair[0]);
        g_source_unref (pair[1]);
    }
}

/* ---- by id and by data ------------------------------------------------------------------------------------------- */

TWIN (zero_is_no_id, "MU-003 ID-006 ID-009")
{
    trace ("%s", yes (g_source_remove (0)));
    g_source_set_name_by_id (0, "name");
    g_source_set_name_by_id (4000000, "name");
}

TWIN (unknown_and_removed_ids_are_told_by_number, "MU-003 ID-006")
{
    guint id = g_idle_add (call_once, "idle");
    char *expected = g_strdup_printf ("GLib-CRITICAL Source ID %u was not found when attempting to remove it", id);

    trace ("%s", yes (g_source_remove (4000000)));
    trace ("%s", yes (g_source_remove (id)));
    log_hold ();
    trace ("%s", yes (g_source_remove (id)));
    trace ("told %s", yes (strcmp (log_held (), expected) == 0));
    g_free (expected);
}

TWIN (remove_by_data_needs_a_table_and_is_silent_without_a_match, "MU-003 ID-007 ID-008")
{
    static char data[] = "data";

    trace ("%s", yes (g_source_remove_by_funcs_user_data (NULL, data)));
    trace ("%s", yes (g_source_remove_by_funcs_user_data (&g_idle_funcs, data)));
    trace ("%s", yes (g_source_remove_by_user_data (data)));
    trace ("%s", yes (g_idle_remove_by_data (data)));
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
TWIN (current_time_needs_a_place, "MU-003 RT-014")
{
    GSource *source = passive ("source");

    g_get_current_time (NULL);
    g_source_get_current_time (source, NULL);
    g_source_unref (source);
}
G_GNUC_END_IGNORE_DEPRECATIONS
