/* misuse_counts.c - sources whose count says that they are gone, and a kernel that gives a loop no descriptor to be woken
 * by: what is printed, letter for letter, and what is returned.
 *
 * A source that really is gone cannot be asked anything; here its count is written over while it lives, and put back.
 * Wrong arguments of other kinds are in misuse_sources.c and its neighbours.
 */
#include "processes.h"

#include <sys/resource.h>

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

    trace ("is_destroyed %d", g_source_is_destroyed (source));
    trace ("get_id %u", g_source_get_id (source));
    trace ("get_time %d", (int) g_source_get_time (source));
    trace ("get_context %s", yes (g_source_get_context (source) != NULL));
    trace ("get_priority %d", g_source_get_priority (source));
    trace ("get_can_recurse %d", g_source_get_can_recurse (source));
    trace ("get_name %s", or_none (g_source_get_name (source)));
    trace ("get_ready_time %d", (int) g_source_get_ready_time (source));
    trace ("query_unix_fd %d", (int) g_source_query_unix_fd (source, NULL));
    recount (source);
}

TWIN (source_without_references_is_refused_by_what_writes, "MU-003")
{
    GSource *source = uncounted (), *other = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "other", 0));
    GPollFD  record = { -1, 0, 0 };

    trace ("attach %u", g_source_attach (source, NULL));
    g_source_destroy (source);
    g_source_set_name (source, "name");
    g_source_set_static_name (source, "name");
    g_source_set_priority (source, 1);
    g_source_set_can_recurse (source, TRUE);
    g_source_set_ready_time (source, 1);
    g_source_set_funcs (source, &probe_funcs);
    g_source_set_callback (source, call_once, "data", notified);
    g_source_set_callback_indirect (source, NULL, NULL);
    g_source_add_poll (source, &record);
    g_source_remove_poll (source, &record);
    g_source_add_poll (source, NULL);
    trace ("add_unix_fd %s", yes (g_source_add_unix_fd (source, 0, G_IO_IN) != NULL));
    g_source_modify_unix_fd (source, NULL, G_IO_IN);
    g_source_remove_unix_fd (source, NULL);
    g_source_add_child_source (source, other);
    g_source_add_child_source (other, source);
    g_source_remove_child_source (source, other);
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

TWIN (dispose_function_needs_a_counted_source, "MU-003 SL-014")
{
    GSource *source = uncounted ();

    g_source_set_dispose_function (source, NULL);
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

/* ---- no descriptor ----------------------------------------------------------------------------------------------- */

static void
sleep_without_descriptors (void)
{
    struct rlimit tight;
    GMainContext *context;

    getrlimit (RLIMIT_NOFILE, &tight);
    tight.rlim_cur = 3;
    for (int fd = 3; fd < 64; fd++)
        close (fd);
    setrlimit (RLIMIT_NOFILE, &tight);
    context = g_main_context_new ();
    g_source_attach (g_timeout_source_new (1), context);
    g_main_context_iteration (context, TRUE);
}

/* GLib ends where the context is made, mainspring where a wakeup is first needed. */
TWIN (loop_that_cannot_be_woken_ends_the_process, "MU-001 MC-003")
{
    const char *ending;
    char       *said = output_of (sleep_without_descriptors, 1, &ending);

    trace ("%s", ending);
    expect (strstr (said, "Creating pipes for GWakeup: Too many open files") != NULL);
    free (said);
}
