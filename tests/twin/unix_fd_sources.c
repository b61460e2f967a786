/* unix_fd_sources.c - the sources of g_unix_fd_source_new: which conditions they report, what becomes of closed,
 * negative, replaced and shared descriptors, and changes made by callbacks and other threads (section 17: UF-006 to
 * UF-011).
 *
 * A closed number is taken high up (high_copy), where nothing else comes to reuse it. Read next: channel_watch.c.
 */
#include "sources.h"

#include <stdio.h>
#include <unistd.h>

/* ---- g_unix_fd sources ------------------------------------------------------------------------------------------- */

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

/* A pipe whose reading end, or a copy of it that may be closed, is watched in a context of its own. */
typedef struct {
    GMainContext *context;
    int           ends[2];
    int           copy;
    GSource      *source;
} Watch;

static void
watch_open (Watch *watch)
{
    watch->context = g_main_context_new ();
    pipe_open (watch->ends);
    watch->copy = high_copy (watch->ends[0]);
    watch->source = watch_fd (watch->context, &watch->copy, G_IO_IN);
}

static void
watch_close (Watch *watch)
{
    let_go (watch->source);
    g_main_context_unref (watch->context);
    close (watch->copy);
    pipe_close (watch->ends);
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
    Watch watch;

    watch_open (&watch);
    feed (watch.ends[1]);
    dup2 (watch.ends[0], watch.ends[1]); /* nobody writes any more */
    turn (watch.context);
    drain (watch.ends[0]);
    turn (watch.context);
    turn (watch.context);
    g_source_destroy (watch.source);
    trace ("descriptor still open %s", yes (fcntl (watch.copy, F_GETFD) >= 0));
    watch_close (&watch);
}

TWIN (closed_descriptor_gives_nval_in_every_iteration, "UF-006")
{
    Watch watch;

    watch_open (&watch);
    turn (watch.context);
    close (watch.copy);
    for (int i = 0; i < 3; i++)
        await_dispatch (watch.context);
    turn (watch.context);
    watch_close (&watch);
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
    Watch watch;
    int   replacement[2];

    watch_open (&watch);
    pipe_open (replacement);
    feed (watch.ends[1]);
    turn (watch.context);
    dup2 (replacement[0], watch.copy);
    turn (watch.context);
    feed (replacement[1]);
    turn (watch.context);
    watch_close (&watch);
    pipe_close (replacement);
}

TWIN (duplicate_kept_open_does_not_report_for_the_closed_number, "UF-006")
{
    Watch watch;

    watch_open (&watch);
    turn (watch.context);
    close (watch.copy);
    feed (watch.ends[1]);
    turn (watch.context);
    g_source_destroy (watch.source);
    turn (watch.context);
    watch_close (&watch);
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
    Watch watch;

    watch_open (&watch);
    feed (watch.ends[1]);
    turn (watch.context);
    turn (watch.context);
    drain (watch.ends[0]);
    turn (watch.context);
    watch_close (&watch);
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

/* ---- changes in callbacks and from threads ----------------------------------------------------------------------- */

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
    Watch watch;

    watch_open (&watch);
    g_source_set_callback (watch.source, G_SOURCE_FUNC (destroy_the_other), NULL, NULL);
    other_source = watch_fd (watch.context, &watch.ends[0], G_IO_IN);
    feed (watch.ends[1]);
    turn (watch.context);
    turn (watch.context);
    g_source_unref (other_source);
    watch_close (&watch);
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
    Watch     watch;
    pthread_t feeder;

    watch_open (&watch);
    settle (watch.context);
    blocked_tid = own_tid ();
    feeder = spawn (feed_when_asleep, &watch.ends[1]);
    await_dispatch (watch.context);
    join (feeder);
    watch_close (&watch);
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
    await_dispatch (context);
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

OWN (priority_of_a_destroyed_source_brings_its_descriptors_not_back, "OR-002 UF-004 SL-004",
     "GLib polls them again, and goes on when the source is freed")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_new_with (&probe_passive_funcs, "destroyed", 0);
    int           ends[2];

    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
    g_source_attach (PROBE_SOURCE (probe), context);
    g_source_destroy (PROBE_SOURCE (probe));
    g_source_set_priority (PROBE_SOURCE (probe), 5);
    expect (strcmp (polled_for (context, ends[0]), "not polled") == 0);
    g_source_unref (PROBE_SOURCE (probe));
    feed (ends[1]);
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}
