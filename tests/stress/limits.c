/* limits.c - very many sources of each kind, priorities at the ends of their range, very many nested loops. */
#define _GNU_SOURCE
#include "twin.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MANY 100000

/* ---- very many sources ------------------------------------------------------------------------------------------- */

typedef struct {
    guint calls, notified, disorder;
    guint last; /* the number of the one called last, plus one */
} Sum;

typedef struct {
    Sum  *sum;
    guint number;
} Member;

static Sum sum;

static gboolean
member_called (Member *member, gboolean keeps)
{
    member->sum->disorder += member->number + 1 < member->sum->last;
    member->sum->last = member->number + 1;
    member->sum->calls++;
    return keeps;
}

static gboolean
called_once (gpointer member)
{
    return member_called (member, FALSE);
}

static gboolean
called_by_descriptor (int fd, GIOCondition condition, gpointer member)
{
    (void) fd, (void) condition;
    return member_called (member, FALSE);
}

static gboolean
called_by_channel (GIOChannel *channel, GIOCondition condition, gpointer member)
{
    (void) channel, (void) condition;
    return member_called (member, FALSE);
}

static void
member_freed (gpointer data)
{
    Member *member = data;

    member->sum->notified++;
    free (member);
}

static void
put_in (GSource *source, GSourceFunc function, guint number, GMainContext *context)
{
    Member *member = malloc (sizeof *member);

    if (member == NULL)
        twin_give_up ("malloc");
    *member = (Member) { &sum, number };
    g_source_set_callback (source, function, member, member_freed);
    g_source_attach (source, context);
    g_source_unref (source);
}

/* Iterates until all have been called, and tells what has become of them. */
static void
call_all (GMainContext *context, guint count, const char *kind)
{
    while (sum.calls < count)
        g_main_context_iteration (context, TRUE);
    while (g_main_context_iteration (context, FALSE))
        ;
    trace ("%s: %u calls, %u notified, %u out of order", kind, sum.calls, sum.notified, sum.disorder);
    sum = (Sum) { 0, 0, 0, 0 };
}

TWIN (hundred_thousand_idles_and_timeouts, "OR-001 OR-006 TM-016")
{
    GMainContext *context = g_main_context_new ();

    for (guint i = 0; i < MANY; i++)
        put_in (g_idle_source_new (), called_once, i, context);
    call_all (context, MANY, "idles");
    for (guint i = 0; i < MANY; i++)
        put_in (g_timeout_source_new (1), called_once, i, context);
    nap_ms (5);
    call_all (context, MANY, "timeouts");
    for (guint i = 0; i < MANY; i++)
        put_in (g_timeout_source_new_seconds (100000), called_once, i, context);
    g_main_context_unref (context);
    trace ("far timeouts: %u notified", sum.notified);
}

TWIN (thousands_of_watches_on_descriptors_and_channels, "UF-002 IO-110")
{
    const guint   count = 8000;
    GMainContext *context = g_main_context_new ();
    int           ends[50][2];

    for (int i = 0; i < 50; i++) {
        pipe_open (ends[i]);
        feed (ends[i][1]);
    }
    for (guint i = 0; i < count; i++)
        put_in (g_unix_fd_source_new (ends[i % 50][0], G_IO_IN), G_SOURCE_FUNC (called_by_descriptor), i, context);
    call_all (context, count, "descriptors");
    for (guint i = 0; i < count; i++) {
        GIOChannel *channel = g_io_channel_unix_new (ends[i % 50][0]);

        put_in (g_io_create_watch (channel, G_IO_IN), G_SOURCE_FUNC (called_by_channel), i, context);
        g_io_channel_unref (channel);
    }
    call_all (context, count, "channels");
    g_main_context_unref (context);
    for (int i = 0; i < 50; i++)
        pipe_close (ends[i]);
}

OWN (hundred_thousand_watches_on_descriptors, "UF-002", "GLib takes minutes for so many")
{
    GMainContext *context = g_main_context_new ();
    int           ends[50][2];

    for (int i = 0; i < 50; i++)
        pipe_open (ends[i]);
    for (guint i = 0; i < MANY; i++)
        put_in (g_unix_fd_source_new (ends[i % 50][0], G_IO_IN), G_SOURCE_FUNC (called_by_descriptor), i, context);
    for (int i = 0; i < 20; i++)
        g_main_context_iteration (context, FALSE); /* quiet: they go to epoll */
    for (int i = 0; i < 50; i++)
        feed (ends[i][1]);
    call_all (context, MANY, "descriptors");
    g_main_context_unref (context);
    for (int i = 0; i < 50; i++)
        pipe_close (ends[i]);
}

TWIN (ten_thousand_signal_sources, "US-005 OR-001")
{
    const guint   count = 10000;
    GMainContext *context = g_main_context_new ();

    for (guint i = 0; i < count; i++)
        put_in (g_unix_signal_source_new (SIGUSR1), called_once, i, context);
    kill (getpid (), SIGUSR1);
    while (sum.calls < count)
        g_main_context_iteration (context, TRUE);
    sum.disorder = 0; /* GLib's thread may trigger them in the middle of an iteration */
    call_all (context, count, "signals");
    g_main_context_unref (context);
}

TWIN (thousands_of_children_of_one_source, "CS-004 CS-006")
{
    const guint   count = 20000;
    GMainContext *context = g_main_context_new ();
    GSource      *parent = g_timeout_source_new_seconds (100000);

    put_in (parent, called_once, 0, context);
    for (guint i = 1; i <= count; i++) {
        GSource *child = g_timeout_source_new_seconds (100000);
        Member  *member = malloc (sizeof *member);

        if (member == NULL)
            twin_give_up ("malloc");
        *member = (Member) { &sum, i };
        g_source_set_callback (child, called_once, member, member_freed);
        g_source_add_child_source (parent, child);
        g_source_unref (child);
    }
    trace ("%d", g_main_context_iteration (context, FALSE));
    g_main_context_unref (context);
    trace ("%u notified", sum.notified);
}

/* ---- priorities -------------------------------------------------------------------------------------------------- */

TWIN (priorities_at_the_ends_of_their_range, "OR-001 OR-002 OR-004 PR-011 QU-003")
{
    static const int priorities[] = { G_MAXINT, G_MININT, 0, G_MAXINT - 1, G_MININT + 1, -1, 1, G_MAXINT, G_MININT };
    static char      names[G_N_ELEMENTS (priorities)][16];
    GMainContext    *context = g_main_context_new ();
    Probe           *probes[2];
    int              ends[2], priority;

    for (size_t i = 0; i < G_N_ELEMENTS (priorities); i++) {
        snprintf (names[i], sizeof names[i], "%d", priorities[i]);
        idle_once (context, priorities[i], names[i]);
    }
    g_main_context_prepare (context, &priority);
    trace ("most urgent %d", priority);
    while (turn (context))
        ;
    pipe_open (ends);
    for (int i = 0; i < 2; i++) {
        probes[i] = probe_new_with (&probe_passive_funcs, i == 0 ? "last" : "first", i == 0 ? G_MAXINT : G_MININT);
        g_source_add_unix_fd (PROBE_SOURCE (probes[i]), ends[0], G_IO_IN);
        probe_attach (probes[i], context);
    }
    feed (ends[1]);
    turn (context);
    g_source_set_priority (PROBE_SOURCE (probes[1]), G_MAXINT);
    turn (context);
    g_source_set_priority (PROBE_SOURCE (probes[0]), G_MININT);
    turn (context);
    drain (ends[0]);
    while (turn (context))
        ;
    g_main_context_prepare (context, &priority);
    trace ("nothing: %d", priority);
    g_main_context_unref (context);
    pipe_close (ends);
}

/* ---- nested loops -------------------------------------------------------------------------------------------------- */

typedef struct {
    GMainContext *context;
    int           level, deepest;
    char         *bottom;
    size_t        used;
} Pit;

static gboolean
quit (gpointer loop)
{
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

static gboolean
dig (gpointer data)
{
    Pit       *pit = data;
    char       here;
    GMainLoop *loop;
    GSource   *source;

    if (pit->level == 0)
        pit->bottom = &here;
    pit->used = (size_t) (pit->bottom - &here);
    if (pit->level == pit->deepest)
        return G_SOURCE_REMOVE;
    pit->level++;
    loop = g_main_loop_new (pit->context, FALSE);
    for (int i = 0; i < 2; i++) {
        source = g_idle_source_new ();
        /* The first goes deeper, the second ends this level's loop when the first has come back. */
        g_source_set_callback (source, i == 0 ? dig : quit, i == 0 ? (gpointer) pit : loop, NULL);
        g_source_attach (source, pit->context);
        g_source_unref (source);
    }
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
    return G_SOURCE_REMOVE;
}

static void *
dig_down (void *data)
{
    Pit *pit = data;

    pit->context = g_main_context_new ();
    dig (pit);
    while (g_main_context_iteration (pit->context, FALSE))
        ;
    g_main_context_unref (pit->context);
    return NULL;
}

static void
dig_in_a_thread (Pit *pit, size_t stack)
{
    pthread_attr_t attributes;
    pthread_t      thread;

    pthread_attr_init (&attributes);
    pthread_attr_setstacksize (&attributes, stack);
    if (pthread_create (&thread, &attributes, dig_down, pit) != 0)
        twin_give_up ("pthread_create");
    join (thread);
    pthread_attr_destroy (&attributes);
}

TWIN (thousands_of_nested_loops, "ML-007 RB-005 RB-008")
{
    Pit deep = { .deepest = 5000 }, small = { .deepest = 300 };

    log_hold ();
    dig_in_a_thread (&deep, 8 << 20);
    dig_in_a_thread (&small, 256 << 10);
    trace ("%d and %d levels", deep.level, small.level);
    fprintf (stderr, "bytes of stack per nested loop: %zu\n", deep.used / (size_t) deep.deepest);
    /* So 8 MB are enough for ten thousand levels. Beyond the end of its stack the process gets SIGSEGV, on any library. */
    expect (deep.used / (size_t) deep.deepest <= 640);
    expect (log_held ()[0] == '\0');
}
