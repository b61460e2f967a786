/* misuse_counts.c - sources whose count says that they are gone: what is printed, letter for letter, and what is returned.
 *
 * A source that really is gone cannot be asked anything; here its count is written over while it lives, and put back.
 * Wrong arguments of other kinds are in misuse_sources.c and its neighbours.
 */
#include "misuse.h"

static GSource *
uncounted (void)
{
    GSource *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));

    source->ref_count = 0;
    return source;
}

static void
recount (GSource *source)
{
    trace ("count %u", source->ref_count);
    source->ref_count = 1;
    g_source_unref (source);
}

TWIN (source_without_references_is_refused_by_what_reads, "MU-003")
{
    GSource *source = uncounted ();

    ask_in_every_way (source);
    log_hold ();
    trace ("get_time %d", (int) g_source_get_time (source));
    since (2, 90, "GLib-CRITICAL g_source_get_time: assertion 'g_atomic_int_get (&source->ref_count) > 0' failed",
           "GLib-CRITICAL g_source_get_time_ns: assertion 'g_atomic_int_get (&source->ref_count) > 0' failed", log_held ());
    recount (source);
}

TWIN (source_without_references_is_refused_by_what_writes, "MU-003")
{
    GSource *source = uncounted (), *other = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "other", 0));

    change_in_every_way (source, other);
    g_source_add_poll (source, NULL);
    g_source_add_child_source (other, source);
    g_source_remove_child_source (other, source);
    trace ("destroyed %s, name %s", yes (source->flags == other->flags), or_none (source->name));
    g_source_unref (other);
    recount (source);
}

TWIN (last_reference_cannot_be_dropped_twice, "MU-003")
{
    GSource *source = uncounted ();

    log_hold ();
    g_source_unref (source);
    since (2, 82, "GLib-CRITICAL g_source_unref: assertion 'g_atomic_int_get (&source->ref_count) > 0' failed",
           "GLib-CRITICAL g_source_unref_internal: assertion 'old_ref > 0' failed", log_held ());
    recount (source);
}

TWIN (count_below_zero_cannot_grow, "MU-003")
{
    GSource *source = uncounted ();

    source->ref_count = (guint) -5;
    log_hold ();
    trace ("%s", yes (g_source_ref (source) == source));
    since (2, 82, "GLib-CRITICAL g_source_ref: assertion 'g_atomic_int_get (&source->ref_count) >= 0' failed",
           "GLib-CRITICAL g_source_ref: assertion 'old_ref >= 0' failed", log_held ());
    source->ref_count = 1;
    g_source_unref (source);
}
