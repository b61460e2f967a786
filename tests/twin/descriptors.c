/* descriptors.c - descriptors of custom sources: tags given by g_source_add_unix_fd, and poll records that belong to
 * the program (section 17: UF-001 to UF-005, UF-011, UF-012).
 *
 * Must not know how descriptors are given to the kernel. Read next: unix_fd_sources.c for the ready-made sources.
 */
#include "sources.h"

#include <unistd.h>

/* ---- tags -------------------------------------------------------------------------------------------------------- */

TWIN (tag_is_a_poll_record_and_may_be_added_at_any_time, "UF-001 UF-004")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    int           ends[2];
    GPollFD      *early, *late;

    pipe_open (ends);
    early = g_source_add_unix_fd (source, ends[0], G_IO_IN | G_IO_HUP);
    trace ("fd %s, events %s, revents %s", yes (early->fd == ends[0]), events_text (early->events),
           events_text (early->revents));
    trace ("before attach: %s", polled_for (context, ends[0]));
    g_source_attach (source, context);
    trace ("attached: %s", polled_for (context, ends[0]));
    late = g_source_add_unix_fd (source, ends[0], G_IO_PRI);
    trace ("a tag of its own: %s; merged: %s", yes (late != early), polled_for (context, ends[0]));
    g_source_remove_unix_fd (source, early);
    trace ("first removed: %s", polled_for (context, ends[0]));
    g_source_destroy (source);
    trace ("destroyed: %s", polled_for (context, ends[0]));
    g_source_remove_unix_fd (source, late);
    g_source_unref (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

typedef struct {
    GSource *source;
    gpointer tags[2];
} Tagged;

static gboolean
tell_tags (gpointer data)
{
    Tagged *tagged = data;

    trace ("reads %s, writes %s", events_text (g_source_query_unix_fd (tagged->source, tagged->tags[0])),
           events_text (g_source_query_unix_fd (tagged->source, tagged->tags[1])));
    return G_SOURCE_CONTINUE;
}

TWIN (any_tag_makes_the_source_ready, "UF-002 UF-005")
{
    GMainContext *context = g_main_context_new ();
    Tagged        tagged = { PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0)), { NULL, NULL } };
    int           ends[2];

    pipe_open (ends);
    tagged.tags[0] = g_source_add_unix_fd (tagged.source, ends[0], G_IO_IN);
    tagged.tags[1] = g_source_add_unix_fd (tagged.source, ends[1], 0);
    g_source_set_callback (tagged.source, tell_tags, &tagged, NULL);
    g_source_attach (tagged.source, context);
    turn (context);
    feed (ends[1]);
    turn (context);
    g_source_modify_unix_fd (tagged.source, tagged.tags[1], G_IO_OUT);
    turn (context);
    drain (ends[0]);
    turn (context);
    let_go (tagged.source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (two_tags_on_one_descriptor_each_get_their_own_events, "UF-001 UF-002 CK-003")
{
    GMainContext *context = g_main_context_new ();
    Tagged        tagged = { PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0)), { NULL, NULL } };
    int           null = open ("/dev/null", O_RDWR | O_CLOEXEC);

    tagged.tags[0] = g_source_add_unix_fd (tagged.source, null, G_IO_IN);
    tagged.tags[1] = g_source_add_unix_fd (tagged.source, null, G_IO_OUT);
    g_source_set_callback (tagged.source, tell_tags, &tagged, NULL);
    g_source_attach (tagged.source, context);
    turn (context);
    g_source_modify_unix_fd (tagged.source, tagged.tags[1], 0);
    turn (context);
    g_source_modify_unix_fd (tagged.source, tagged.tags[0], 0);
    turn (context);
    let_go (tagged.source);
    g_main_context_unref (context);
    close (null);
}

TWIN (unrequested_hup_err_and_nval_make_a_source_ready, "UF-002 QU-012")
{
    GMainContext *context = g_main_context_new ();
    int           hung[2], broken[2], closed;

    pipe_open (hung);
    pipe_open (broken);
    closed = high_copy (hung[1]);
    close (closed);
    close (hung[1]);
    close (broken[0]);
    for (int i = 0; i < 3; i++) {
        Tagged tagged = { PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0)), { NULL, NULL } };
        int    fd = i == 0 ? hung[0] : i == 1 ? broken[1] : closed;

        tagged.tags[0] = tagged.tags[1] = g_source_add_unix_fd (tagged.source, fd, 0);
        g_source_set_callback (tagged.source, tell_tags, &tagged, NULL);
        g_source_attach (tagged.source, context);
        turn (context);
        turn (context);
        let_go (tagged.source);
    }
    g_main_context_unref (context);
    close (hung[0]);
    close (broken[1]);
}

static gboolean
never_ready (GSource *source)
{
    (void) source;
    trace ("check says no");
    return FALSE;
}

static gboolean
dispatch_tells (GSource *source, GSourceFunc function, gpointer data)
{
    (void) source, (void) function, (void) data;
    trace ("dispatched");
    return G_SOURCE_CONTINUE;
}

TWIN (tag_overrules_a_check_that_says_no, "UF-002 CK-006")
{
    static GSourceFuncs funcs = { .check = never_ready, .dispatch = dispatch_tells };
    GMainContext       *context = g_main_context_new ();
    GSource            *source = g_source_new (&funcs, sizeof (GSource));
    int                 ends[2];

    pipe_open (ends);
    g_source_add_unix_fd (source, ends[0], G_IO_IN);
    g_source_attach (source, context);
    turn (context);
    feed (ends[1]);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (modified_mask_wakes_and_counts_from_the_next_query, "UF-003 QU-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    int           ends[2], priority, timeout, count;
    gpointer      tag;
    GPollFD       entries[8];

    pipe_open (ends);
    tag = g_source_add_unix_fd (source, ends[1], G_IO_PRI);
    g_source_attach (source, context);
    settle (context);
    trace ("at rest: woken %s", yes (woken (context)));
    g_source_modify_unix_fd (source, tag, G_IO_PRI | G_IO_ERR);
    trace ("modified: woken %s", yes (woken (context)));
    g_main_context_acquire (context);
    g_main_context_prepare (context, &priority);
    count = g_main_context_query (context, priority, &timeout, entries, G_N_ELEMENTS (entries));
    g_source_modify_unix_fd (source, tag, G_IO_OUT);
    g_poll (entries, (guint) count, 0);
    trace ("between query and check: ready %s", yes (g_main_context_check (context, priority, entries, count)));
    g_main_context_release (context);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (added_or_removed_descriptor_wakes_even_the_owner, "UF-011 WK-004 CK-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    int           ends[2], priority, timeout, count;
    gpointer      tag;
    GPollFD       entries[8];

    pipe_open (ends);
    g_main_context_acquire (context);
    g_source_attach (source, context);
    trace ("attached without: woken %s", yes (woken (context)));
    tag = g_source_add_unix_fd (source, ends[0], G_IO_IN);
    trace ("added: woken %s", yes (woken (context)));
    g_source_remove_unix_fd (source, tag);
    trace ("removed: woken %s", yes (woken (context)));
    idle_again (context, 0, "idle");
    g_main_context_prepare (context, &priority);
    count = g_main_context_query (context, priority, &timeout, entries, G_N_ELEMENTS (entries));
    tag = g_source_add_unix_fd (source, ends[0], G_IO_IN);
    trace ("added between query and check: ready %s", yes (g_main_context_check (context, priority, entries, count)));
    turn (context);
    let_go (source);
    g_main_context_release (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

/* ---- poll records of the program --------------------------------------------------------------------------------- */

static GPollFD program_record;

static gboolean
check_program_record (GSource *source)
{
    (void) source;
    trace ("check sees %s", events_text (program_record.revents));
    return program_record.revents != 0;
}

TWIN (poll_record_of_the_program_needs_the_check_function, "UF-012 CK-007")
{
    static GSourceFuncs funcs = { .check = check_program_record, .dispatch = dispatch_tells };
    GMainContext       *context = g_main_context_new ();
    GSource            *checked = g_source_new (&funcs, sizeof (GSource));
    GSource            *unchecked = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "unchecked", 0));
    GPollFD             other;
    int                 ends[2];

    pipe_open (ends);
    program_record.fd = other.fd = ends[0];
    program_record.events = other.events = G_IO_IN;
    g_source_add_poll (checked, &program_record);
    g_source_add_poll (unchecked, &other);
    g_source_attach (checked, context);
    g_source_attach (unchecked, context);
    turn (context);
    feed (ends[1]);
    turn (context);
    trace ("the other record: %s", events_text (other.revents));
    /* the program may change its record without telling anybody */
    program_record.events = 0;
    turn (context);
    program_record.events = G_IO_IN;
    turn (context);
    g_source_remove_poll (checked, &program_record);
    turn (context);
    let_go (checked);
    let_go (unchecked);
    g_main_context_unref (context);
    pipe_close (ends);
}

static void
trace_records (const char *when, GSource *source, GPollFD *first)
{
    GString *places = g_string_new (NULL);

    for (GSList *node = source->poll_fds; node != NULL; node = node->next)
        g_string_append_printf (places, " %d", (int) ((GPollFD *) node->data - first));
    trace ("%s:%s", when, places->str);
    g_string_free (places, TRUE);
}

TWIN (records_of_the_program_are_listed_in_the_source_newest_first, "UF-012")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    GPollFD       records[4];

    for (int i = 0; i < 4; i++)
        records[i] = (GPollFD){ .fd = -1, .events = G_IO_IN };
    trace_records ("new", source, records);
    g_source_add_poll (source, &records[0]);
    g_source_add_poll (source, &records[1]);
    trace_records ("two", source, records);
    g_source_attach (source, context);
    g_source_add_poll (source, &records[2]);
    g_source_add_poll (source, &records[3]);
    turn (context);
    trace_records ("attached, two more", source, records);
    g_source_remove_poll (source, &records[1]);
    trace_records ("without the second", source, records);
    g_source_remove_poll (source, &records[3]);
    trace_records ("without the last", source, records);
    g_source_destroy (source);
    trace_records ("destroyed", source, records);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (record_on_the_context_whose_events_change_silently_is_followed, "UF-012 QU-009 QU-011")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GPollFD       record;

    pipe_open (ends);
    record.fd = ends[1];
    record.events = G_IO_PRI;
    record.revents = 77;
    g_main_context_add_poll (context, &record, 0);
    trace ("revents at once %s", events_text (record.revents));
    turn (context);
    trace ("revents %s", events_text (record.revents));
    record.events = G_IO_OUT;
    turn (context);
    trace ("revents %s", events_text (record.revents));
    record.events = 0;
    turn (context);
    trace ("revents %s", events_text (record.revents));
    g_main_context_remove_poll (context, &record);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (record_on_no_descriptor_stays_silent_and_may_get_one_later, "UF-012 PO-008")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    GPollFD       record;
    int           ends[2];

    pipe_open (ends);
    record.fd = -1;
    record.events = G_IO_OUT;
    g_source_add_poll (source, &record);
    g_source_attach (source, context);
    turn (context);
    trace ("revents %s", events_text (record.revents));
    g_source_remove_poll (source, &record);
    record.fd = ends[1];
    g_source_add_poll (source, &record);
    turn (context);
    trace ("revents %s", events_text (record.revents));
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}
