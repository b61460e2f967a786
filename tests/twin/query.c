/* query.c - the array handed to poll: which records it lists, how they are merged, which timeout goes with it.
 *
 * A context's own wakeup may stand anywhere in the array, since its number is the library's affair: it is left out of
 * every trace, and that the array is sorted is expected with it in. What comes back from poll is the subject of check.c;
 * the poll function itself, of poll_func.c, which is next.
 */
#include "twin.h"

#include <unistd.h>

/* Four pipes; "a" ... "h" are their ends in ascending order of number. */
typedef struct {
    int ends[4][2];
    int sorted[8];
} Pipes;

static void
pipes_open (Pipes *pipes)
{
    for (int i = 0; i < 8; i++) {
        int at = i;
        int fd;

        if (i % 2 == 0)
            pipe_open (pipes->ends[i / 2]);
        fd = pipes->ends[i / 2][i % 2];
        for (; at > 0 && pipes->sorted[at - 1] > fd; at--)
            pipes->sorted[at] = pipes->sorted[at - 1];
        pipes->sorted[at] = fd;
    }
}

static void
pipes_close (Pipes *pipes)
{
    for (int i = 0; i < 4; i++)
        pipe_close (pipes->ends[i]);
}

static void
show_entry (const Pipes *pipes, const GPollFD *entry)
{
    for (int i = 0; i < 8; i++)
        if (pipes->sorted[i] == entry->fd)
            trace ("  %c %s, revents %s", 'a' + i, events_text (entry->events), events_text (entry->revents));
}

static void
show_query (GMainContext *context, const Pipes *pipes, int max_priority)
{
    GPollFD entries[16];
    int     timeout;
    int     count = g_main_context_query (context, max_priority, &timeout, entries, G_N_ELEMENTS (entries));

    trace ("up to %d: %d entries", max_priority, count);
    for (int i = 0; i < count; i++) {
        expect (i == 0 || entries[i - 1].fd < entries[i].fd);
        show_entry (pipes, &entries[i]);
    }
}

static GPollFD
record_of (const Pipes *pipes, char name, guint events)
{
    GPollFD record = { pipes->sorted[name - 'a'], (gushort) events, 0x7fff };

    return record;
}

TWIN (entries_are_sorted_and_merged, "QU-001 QU-002")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;
    GPollFD       records[6];

    pipes_open (&pipes);
    records[0] = record_of (&pipes, 'e', G_IO_IN);
    records[1] = record_of (&pipes, 'b', G_IO_OUT | G_IO_ERR | G_IO_HUP | G_IO_NVAL);
    records[2] = record_of (&pipes, 'e', G_IO_PRI | G_IO_HUP);
    records[3] = record_of (&pipes, 'a', 0);
    records[4] = record_of (&pipes, 'h', G_IO_IN | G_IO_OUT);
    records[5] = record_of (&pipes, 'e', G_IO_OUT);
    for (size_t i = 0; i < G_N_ELEMENTS (records); i++)
        g_main_context_add_poll (context, &records[i], (int) i % 3);
    show_query (context, &pipes, G_MAXINT);
    for (size_t i = 0; i < G_N_ELEMENTS (records); i++)
        g_main_context_remove_poll (context, &records[i]);
    show_query (context, &pipes, G_MAXINT);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (records_above_the_priority_are_neither_listed_nor_merged, "QU-003 QU-001")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;
    GPollFD       records[4];

    pipes_open (&pipes);
    records[0] = record_of (&pipes, 'c', G_IO_IN);
    records[1] = record_of (&pipes, 'c', G_IO_OUT);
    records[2] = record_of (&pipes, 'd', G_IO_OUT);
    records[3] = record_of (&pipes, 'a', G_IO_IN);
    g_main_context_add_poll (context, &records[1], 5);
    g_main_context_add_poll (context, &records[0], -3);
    g_main_context_add_poll (context, &records[2], 5);
    g_main_context_add_poll (context, &records[3], 200);
    show_query (context, &pipes, -4);
    show_query (context, &pipes, -3);
    show_query (context, &pipes, 4);
    show_query (context, &pipes, 5);
    show_query (context, &pipes, 200);
    for (size_t i = 0; i < G_N_ELEMENTS (records); i++)
        g_main_context_remove_poll (context, &records[i]);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (descriptors_of_sources_follow_their_priority, "QU-003 QU-001")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 10), context);
    Pipes         pipes;
    gpointer      tag;

    pipes_open (&pipes);
    tag = g_source_add_unix_fd (PROBE_SOURCE (probe), pipes.sorted[2], G_IO_IN);
    g_source_add_unix_fd (PROBE_SOURCE (probe), pipes.sorted[1], G_IO_OUT);
    show_query (context, &pipes, 9);
    show_query (context, &pipes, 10);
    g_source_set_priority (PROBE_SOURCE (probe), -10);
    show_query (context, &pipes, -10);
    g_source_modify_unix_fd (PROBE_SOURCE (probe), tag, G_IO_PRI);
    show_query (context, &pipes, -10);
    g_source_remove_unix_fd (PROBE_SOURCE (probe), tag);
    show_query (context, &pipes, G_MAXINT);
    g_source_destroy (PROBE_SOURCE (probe));
    show_query (context, &pipes, G_MAXINT);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (small_array_gets_the_beginning_and_the_whole_count, "QU-004")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;
    GPollFD       records[5];
    GPollFD       whole[6];

    pipes_open (&pipes);
    for (size_t i = 0; i < G_N_ELEMENTS (records); i++) {
        records[i] = record_of (&pipes, (char) ('a' + i), G_IO_IN);
        g_main_context_add_poll (context, &records[i], 0);
    }
    trace ("whole %d", g_main_context_query (context, 0, NULL, whole, G_N_ELEMENTS (whole)));
    for (int room = 0; room <= 6; room++) {
        GPollFD entries[6];
        int     count;

        for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
            entries[i].fd = -99;
        count = g_main_context_query (context, 0, NULL, room > 0 ? entries : NULL, room);
        trace ("room for %d: %d", room, count);
        for (int i = 0; i < 6; i++)
            expect (entries[i].fd == (i < room ? whole[i].fd : -99));
    }
    for (size_t i = 0; i < G_N_ELEMENTS (records); i++)
        g_main_context_remove_poll (context, &records[i]);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

/* ---- timeout ---------------------------------------------------------------------------------------------------- */

typedef struct {
    gint64 ahead; /* µs from the cached time to the ready time to set */
    gint64 now;
} Ahead;

static void
set_ready_time_ahead (Probe *probe)
{
    Ahead *ahead = probe->data;

    /* The cached time taken here is the one the rest of this prepare and the query work with. */
    ahead->now = g_source_get_time (PROBE_SOURCE (probe));
    g_source_set_ready_time (PROBE_SOURCE (probe), ahead->now + ahead->ahead);
}

TWIN (timeout_is_rounded_up_to_milliseconds, "QU-005 PR-008")
{
    static const gint64 distances[] = { 1000001, 1000500, 1000999, 999999, 60 * 60 * 1000000LL + 1 };
    GMainContext       *context = g_main_context_new ();
    Probe              *probe = probe_attach (probe_new ("p", 0), context);
    Ahead               ahead;

    probe->quiet = TRUE;
    probe->data = &ahead;
    probe->in_prepare = set_ready_time_ahead;
    for (size_t i = 0; i < G_N_ELEMENTS (distances); i++) {
        Hand hand;

        ahead.ahead = distances[i];
        hand_query (&hand, context);
        trace ("%" G_GINT64_FORMAT " us ahead: %d ms", distances[i], hand.timeout);
    }
    g_main_context_unref (context);
}

TWIN (far_future_is_the_greatest_timeout, "QU-006 QU-005")
{
    static const gint64 times[] = { G_MAXINT64, G_MAXINT64 - 1, G_MAXINT64 / 2, G_MAXINT64 / 1000 };
    GMainContext       *context = g_main_context_new ();
    Probe              *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);

    for (size_t i = 0; i < G_N_ELEMENTS (times); i++) {
        Hand hand;

        g_source_set_ready_time (PROBE_SOURCE (probe), times[i]);
        hand_query (&hand, context);
        trace ("G_MAXINT %d, ready %d", hand.timeout == G_MAXINT, hand.ready);
    }
    g_main_context_unref (context);
}

/* ---- the mark of changed records -------------------------------------------------------------------------------- */

typedef enum { NOTHING, ADD, REMOVE, ADD_FD, MODIFY_FD, REMOVE_FD, SET_PRIORITY, ATTACH } Kind;

typedef struct {
    Kind          kind;
    GMainContext *context;
    GPollFD      *record;
    GSource      *source;
    gpointer      tag;
    int           fd;
} Change;

static void *
make (void *data)
{
    Change *change = data;

    switch (change->kind) {
    case NOTHING:
        break;
    case ADD:
        g_main_context_add_poll (change->context, change->record, 0);
        break;
    case REMOVE:
        g_main_context_remove_poll (change->context, change->record);
        break;
    case ADD_FD:
        change->tag = g_source_add_unix_fd (change->source, change->fd, G_IO_IN);
        break;
    case MODIFY_FD:
        g_source_modify_unix_fd (change->source, change->tag, G_IO_IN | G_IO_PRI);
        break;
    case REMOVE_FD:
        g_source_remove_unix_fd (change->source, change->tag);
        break;
    case SET_PRIORITY:
        g_source_set_priority (change->source, 3);
        break;
    case ATTACH:
        probe_attach (probe_new_with (&probe_passive_funcs, "plain", 0), change->context);
        break;
    }
    return NULL;
}

static void
make_a (Kind kind, Change *change)
{
    change->kind = kind;
    make (change);
}

TWIN (any_change_of_records_makes_check_false, "QU-007 CK-002 QU-010")
{
    static const struct {
        const char *name;
        Kind        kind;
        Kind        undone_by; /* so that the same can be done again in a thread */
    } changes[] = {
        { "nothing", NOTHING, NOTHING },
        { "removal of an unknown record", REMOVE, NOTHING },
        { "record added", ADD, REMOVE },
        { "record removed", REMOVE, ADD },
        { "nothing again", NOTHING, NOTHING },
        { "descriptor added", ADD_FD, REMOVE_FD },
        { "event mask modified", MODIFY_FD, NOTHING },
        { "priority of a source with a descriptor", SET_PRIORITY, NOTHING },
        { "descriptor removed", REMOVE_FD, ADD_FD },
    };
    GMainContext *context = g_main_context_new ();
    Probe        *ready = probe_attach (probe_new_with (&probe_passive_funcs, "ready", 0), context);
    Probe        *other = probe_attach (probe_new_with (&probe_passive_funcs, "other", 0), context);
    Pipes         pipes;
    GPollFD       record;
    Change        change = { NOTHING, context, &record, PROBE_SOURCE (other), NULL, 0 };

    pipes_open (&pipes);
    record = record_of (&pipes, 'a', G_IO_IN);
    change.fd = pipes.sorted[1];
    g_source_set_ready_time (PROBE_SOURCE (ready), 0);
    for (size_t i = 0; i < G_N_ELEMENTS (changes); i++)
        for (int elsewhere = 0; elsewhere <= 1; elsewhere++) {
            Hand hand;

            if (elsewhere)
                make_a (changes[i].undone_by, &change);
            hand_query (&hand, context);
            change.kind = changes[i].kind;
            if (elsewhere)
                in_thread (make, &change);
            else
                make (&change);
            hand_poll (&hand);
            trace ("%s, %s: check %d", changes[i].name, elsewhere ? "in a thread" : "here", hand_check (&hand));
            g_main_context_dispatch (context);
        }
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (attaching_a_source_without_descriptors_changes_no_record, "QU-007 CK-011")
{
    GMainContext *context = g_main_context_new ();
    Change        change = { ATTACH, context, NULL, NULL, NULL, 0 };
    Hand          hand;

    idle_again (context, 0, "idle");
    hand_query (&hand, context);
    in_thread (make, &change);
    trace ("check %d", hand_check (&hand));
    g_main_context_dispatch (context);
    g_main_context_unref (context);
}

TWIN (query_forgets_the_time_unless_something_is_ready, "QU-008 RT-009")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->quiet = TRUE;
    for (int ready = 0; ready <= 1; ready++) {
        gint64 in_prepare, after_query;
        Hand   hand;

        probe->prepare_ready = ready;
        trace ("prepare %d", g_main_context_prepare (context, &hand.priority));
        in_prepare = g_source_get_time (PROBE_SOURCE (probe));
        nap_ms (2);
        hand.count = g_main_context_query (context, hand.priority, &hand.timeout, NULL, 0);
        after_query = g_source_get_time (PROBE_SOURCE (probe));
        trace ("timeout %d: the time is the old one %d", hand.timeout, after_query == in_prepare);
    }
    g_main_context_unref (context);
}

/* ---- records added by hand -------------------------------------------------------------------------------------- */

TWIN (add_poll_clears_revents_and_wakes, "QU-009")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;
    GPollFD       record;

    pipes_open (&pipes);
    record = record_of (&pipes, 'a', G_IO_IN);
    trace ("signalled %d", wakeup_signalled (context));
    g_main_context_add_poll (context, &record, 0);
    trace ("revents %s, signalled %d", events_text (record.revents), wakeup_signalled (context));
    g_main_context_remove_poll (context, &record);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (remove_poll_takes_one_record_and_always_wakes, "QU-010")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;
    GPollFD       record, stranger;

    pipes_open (&pipes);
    record = record_of (&pipes, 'a', G_IO_IN);
    stranger = record;
    g_main_context_add_poll (context, &record, 0);
    g_main_context_add_poll (context, &record, 50);
    show_query (context, &pipes, 0);
    turn (context);
    trace ("signalled %d", wakeup_signalled (context));
    g_main_context_remove_poll (context, &stranger);
    trace ("an equal record elsewhere is unknown; signalled %d", wakeup_signalled (context));
    show_query (context, &pipes, G_MAXINT);
    g_main_context_remove_poll (context, &record);
    trace ("one removed");
    show_query (context, &pipes, G_MAXINT);
    g_main_context_remove_poll (context, &record);
    trace ("both removed");
    show_query (context, &pipes, G_MAXINT);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (record_alone_is_filled_but_dispatches_nothing, "QU-011 CK-003")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;
    GPollFD       record;

    pipes_open (&pipes);
    record.fd = pipes.ends[0][0];
    record.events = G_IO_IN;
    g_main_context_add_poll (context, &record, 0);
    probe_attach (probe_new ("p", 0), context);
    turn (context);
    trace ("saw %s", events_text (record.revents));
    feed (pipes.ends[0][1]);
    turn (context);
    trace ("saw %s", events_text (record.revents));
    drain (pipes.ends[0][0]);
    turn (context);
    trace ("saw %s", events_text (record.revents));
    g_main_context_remove_poll (context, &record);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (pollfd_may_go_away_after_its_removal, "QU-009 QU-010")
{
    GMainContext *context = g_main_context_new ();
    Pipes         pipes;

    pipes_open (&pipes);
    for (int i = 0; i < 20; i++) {
        GPollFD *record = g_malloc (sizeof (GPollFD));

        *record = record_of (&pipes, (char) ('a' + i % 8), G_IO_IN);
        g_main_context_add_poll (context, record, i);
        g_main_context_iteration (context, FALSE);
        g_main_context_remove_poll (context, record);
        g_free (record);
        g_main_context_iteration (context, FALSE);
    }
    show_query (context, &pipes, G_MAXINT);
    pipes_close (&pipes);
    g_main_context_unref (context);
}

TWIN (empty_mask_still_sees_a_hang_up, "QU-012 UF-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    int           ends[2];
    gpointer      tag;

    pipe_open (ends);
    tag = g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], 0);
    feed (ends[1]);
    turn (context);
    drain (ends[0]);
    close (ends[1]);
    turn (context);
    g_source_remove_unix_fd (PROBE_SOURCE (probe), tag);
    turn (context);
    close (ends[0]);
    g_main_context_unref (context);
}
