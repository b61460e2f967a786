/* descriptors.c - sources that watch descriptors: tags of custom sources, g_unix_fd sources, poll records of the program,
 * and descriptors that are closed, negative, always ready or shared (contract section 17).
 *
 * Iterations here do not block where a wakeup may be left over from an earlier dispatch; a blocking iteration may then
 * return early. Must not know how descriptors are given to the kernel. Read next: channel_watch.c.
 */
#include "sources.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ---- tags -------------------------------------------------------------------------------------------------------------- */

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

/* ---- poll records of the program ------------------------------------------------------------------------------------------ */

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

/* ---- g_unix_fd sources ------------------------------------------------------------------------------------------------------- */

static gboolean
tell_and_stay (gint fd, GIOCondition condition, gpointer expected)
{
    trace ("call: fd %s, condition %s", yes (fd == *(int *) expected), events_text (condition));
    return G_SOURCE_CONTINUE;
}

static GSource *
watch_fd (GMainContext *context, int *fd, GIOCondition condition)
{
    GSource *source = g_unix_fd_source_new (*fd, condition);

    g_source_set_callback (source, G_SOURCE_FUNC (tell_and_stay), fd, NULL);
    g_source_attach (source, context);
    return source;
}

TWIN (unix_fd_source_reports_all_that_poll_reported, "UF-006 UF-002")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *reader, *writer;

    pipe_open (ends);
    reader = watch_fd (context, &ends[0], G_IO_IN);
    writer = watch_fd (context, &ends[1], 0);
    turn (context);
    feed (ends[1]);
    turn (context);
    close (ends[0]);
    g_source_destroy (reader);
    turn (context);
    g_source_unref (reader);
    let_go (writer);
    g_main_context_unref (context);
    close (ends[1]);
}

TWIN (hung_up_pipe_is_reported_with_its_last_data_and_without, "UF-006 UF-007")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *source;

    pipe_open (ends);
    source = watch_fd (context, &ends[0], G_IO_IN);
    feed (ends[1]);
    close (ends[1]);
    turn (context);
    drain (ends[0]);
    turn (context);
    turn (context);
    let_go (source);
    trace ("descriptor still open %s", yes (fcntl (ends[0], F_GETFD) >= 0));
    g_main_context_unref (context);
    close (ends[0]);
}

TWIN (closed_descriptor_gives_nval_in_every_iteration, "UF-006")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2], watched;
    GSource      *source;

    pipe_open (ends);
    watched = high_copy (ends[0]);
    source = watch_fd (context, &watched, G_IO_IN);
    turn (context);
    close (watched);
    for (int i = 0; i < 3; i++)
        turn (context);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (descriptor_closed_before_the_source_was_attached_gives_nval, "UF-006")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2], watched;
    GSource      *source;

    pipe_open (ends);
    watched = high_copy (ends[1]);
    close (watched);
    source = watch_fd (context, &watched, G_IO_OUT);
    turn (context);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (number_reused_after_a_close_is_watched_as_the_new_file, "UF-006 UF-007")
{
    GMainContext *context = g_main_context_new ();
    int           watched[2], replacement[2];
    GSource      *source;

    pipe_open (watched);
    pipe_open (replacement);
    source = watch_fd (context, &watched[0], G_IO_IN);
    feed (watched[1]);
    turn (context);
    dup2 (replacement[0], watched[0]);
    turn (context);
    feed (replacement[1]);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (watched);
    pipe_close (replacement);
}

TWIN (duplicate_kept_open_does_not_report_for_the_closed_number, "UF-006")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2], watched;
    GSource      *source;

    pipe_open (ends);
    watched = high_copy (ends[0]);
    source = watch_fd (context, &watched, G_IO_IN);
    turn (context);
    close (watched);
    feed (ends[1]);
    turn (context);
    let_go (source);
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (descriptor_minus_one_never_fires, "UF-006 PO-008")
{
    GMainContext *context = g_main_context_new ();
    int           none = -1;
    GSource      *source = watch_fd (context, &none, G_IO_IN | G_IO_OUT);

    turn (context);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

TWIN (descriptor_source_is_level_triggered, "UF-007")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *source;

    pipe_open (ends);
    source = watch_fd (context, &ends[0], G_IO_IN);
    feed (ends[1]);
    turn (context);
    turn (context);
    drain (ends[0]);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (two_sources_on_one_descriptor_both_fire, "UF-008 OR-001")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    int           copy;
    GSource      *first, *second, *writer;

    pipe_open (ends);
    copy = ends[0];
    first = watch_fd (context, &ends[0], G_IO_IN);
    writer = watch_fd (context, &ends[1], G_IO_OUT);
    second = watch_fd (context, &copy, G_IO_IN | G_IO_PRI);
    feed (ends[1]);
    turn (context);
    g_source_destroy (first);
    turn (context);
    g_source_unref (first);
    let_go (second);
    let_go (writer);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (urgent_descriptor_fires_alone_though_a_lower_number_is_ready, "UF-009 CK-009")
{
    GMainContext *context = g_main_context_new ();
    int           low[2], high[2];
    GSource      *lazy, *urgent;

    pipe_open (low);
    pipe_open (high);
    lazy = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "lazy on the lower number", 10));
    g_source_add_unix_fd (lazy, low[0], G_IO_IN);
    urgent = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "urgent on the higher number", -10));
    g_source_add_unix_fd (urgent, high[0], G_IO_IN);
    g_source_attach (lazy, context);
    g_source_attach (urgent, context);
    feed (low[1]);
    feed (high[1]);
    turn (context);
    drain (high[0]);
    turn (context);
    let_go (lazy);
    let_go (urgent);
    g_main_context_unref (context);
    pipe_close (low);
    pipe_close (high);
}

TWIN (files_and_dev_null_are_always_ready, "UF-010")
{
    GMainContext *context = g_main_context_new ();
    FILE         *scratch = tmpfile ();
    int           file = fileno (scratch);
    int           null = open ("/dev/null", O_RDWR | O_CLOEXEC);
    GSource      *on_file, *on_null;

    on_file = watch_fd (context, &file, G_IO_IN);
    on_null = watch_fd (context, &null, G_IO_IN | G_IO_OUT);
    trace ("blocking: %s", yes (g_main_context_iteration (context, TRUE) || g_main_context_iteration (context, TRUE)));
    g_source_destroy (on_null);
    turn (context);
    turn (context);
    let_go (on_file);
    g_source_unref (on_null);
    g_main_context_unref (context);
    fclose (scratch);
    close (null);
}

/* ---- changes in callbacks and from threads --------------------------------------------------------------------------------------- */

static GSource *other_source;

static gboolean
destroy_the_other (gint fd, GIOCondition condition, gpointer data)
{
    (void) fd, (void) data;
    trace ("call: condition %s", events_text (condition));
    if (!g_source_is_destroyed (other_source))
        g_source_destroy (other_source);
    return G_SOURCE_CONTINUE;
}

TWIN (ready_descriptor_source_destroyed_by_an_earlier_one_does_not_fire, "UF-008 DI-001")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *first;

    pipe_open (ends);
    first = g_unix_fd_source_new (ends[0], G_IO_IN);
    g_source_set_callback (first, G_SOURCE_FUNC (destroy_the_other), NULL, NULL);
    g_source_attach (first, context);
    other_source = watch_fd (context, &ends[0], G_IO_IN);
    feed (ends[1]);
    turn (context);
    turn (context);
    g_source_unref (other_source);
    let_go (first);
    g_main_context_unref (context);
    pipe_close (ends);
}

static int blocked_tid;

static void *
feed_when_asleep (void *fd)
{
    await_sleep_of (blocked_tid);
    feed (*(int *) fd);
    return NULL;
}

TWIN (data_arriving_ends_a_blocking_iteration, "UF-006 UF-002")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *source;
    pthread_t     feeder;

    pipe_open (ends);
    source = watch_fd (context, &ends[0], G_IO_IN);
    settle (context);
    blocked_tid = own_tid ();
    feeder = spawn (feed_when_asleep, &ends[1]);
    while (!g_main_context_iteration (context, TRUE))
        ;
    join (feeder);
    let_go (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

typedef struct {
    GSource *source;
    int      fd;
} Late;

static void *
add_descriptor_when_asleep (void *data)
{
    Late *late = data;

    await_sleep_of (blocked_tid);
    g_source_add_unix_fd (late->source, late->fd, G_IO_IN);
    return NULL;
}

TWIN (descriptor_added_by_another_thread_is_watched_by_the_sleeping_loop, "UF-011 WK-006 CK-002")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    Late          late = { PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0)), -1 };
    pthread_t     adder;

    pipe_open (ends);
    late.fd = ends[0];
    feed (ends[1]);
    g_source_attach (late.source, context);
    blocked_tid = own_tid ();
    adder = spawn (add_descriptor_when_asleep, &late);
    while (!g_main_context_iteration (context, TRUE))
        ;
    join (adder);
    let_go (late.source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (many_ready_descriptors_fire_in_attach_order, "UF-008 OR-001 UF-002")
{
    enum { MANY = 40 };
    static char   names[MANY][8];
    static int    pipes[MANY][2];
    GMainContext *context = g_main_context_new ();

    for (int i = 0; i < MANY; i++)
        pipe_open (pipes[i]);
    for (int i = 0; i < MANY; i++) {
        int     pick = i * 7 % MANY; /* attach order is not descriptor order */
        GSource *source;

        g_snprintf (names[i], sizeof names[i], "%d", i);
        source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, names[i], i % 2));
        g_source_add_unix_fd (source, pipes[pick][0], G_IO_IN);
        hand_over (source, context);
        if (i % 3 != 0)
            feed (pipes[pick][1]);
    }
    turn (context);
    for (int i = 0; i < MANY; i += 2)
        drain (pipes[i * 7 % MANY][0]);
    turn (context);
    g_main_context_unref (context);
    for (int i = 0; i < MANY; i++)
        pipe_close (pipes[i]);
}
