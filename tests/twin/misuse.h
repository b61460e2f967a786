/* misuse.h - every call on a source in turn, for sources that are none: what is printed and what comes back.
 *
 * Used by misuse_sources.c, where there is no source, and misuse_counts.c, where it counts as gone.
 */
#ifndef TWIN_MISUSE_H
#define TWIN_MISUSE_H

#include "sources.h"

static inline void
ask_in_every_way (GSource *source)
{
    trace ("is_destroyed %d", g_source_is_destroyed (source));
    trace ("get_id %u", g_source_get_id (source));
    trace ("get_context %s", yes (g_source_get_context (source) != NULL));
    trace ("get_priority %d", g_source_get_priority (source));
    trace ("get_can_recurse %d", g_source_get_can_recurse (source));
    trace ("get_name %s", or_none (g_source_get_name (source)));
    trace ("get_ready_time %d", (int) g_source_get_ready_time (source));
    trace ("query_unix_fd %d", (int) g_source_query_unix_fd (source, NULL));
}

/* Without references: those differ. `other` is a source like any. */
static inline void
change_in_every_way (GSource *source, GSource *other)
{
    GPollFD record = { -1, 0, 0 };

    trace ("attach %u", g_source_attach (source, NULL));
    g_source_destroy (source);
    g_source_set_dispose_function (source, NULL);
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
    trace ("add_unix_fd %s", yes (g_source_add_unix_fd (source, 0, G_IO_IN) != NULL));
    g_source_modify_unix_fd (source, NULL, G_IO_IN);
    g_source_remove_unix_fd (source, NULL);
    g_source_add_child_source (source, other);
    g_source_remove_child_source (source, other);
    trace ("references of the other %u", other->ref_count);
}

#endif
