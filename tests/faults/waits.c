/* waits.c - scenes of timeouts, idles and descriptors, to be played once for each fault: see scenes.h. */
#include "scenes.h"

#include <glib-unix.h>
#include <poll.h>

/* ---- timeouts and idles ------------------------------------------------------------------------------------------ */

static gboolean
tell_and_stop (gpointer name)
{
    trace ("%s", (const char *) name);
    return G_SOURCE_REMOVE;
}

static gboolean
stop (gpointer loop)
{
    trace ("stop");
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

/* Comes before any timeout, however late it is. */
static GSource *
urgent_idle (void)
{
    GSource *source = g_idle_source_new ();

    g_source_set_priority (source, G_PRIORITY_HIGH);
    return source;
}

TWIN (timeouts_and_idles, "TM-001 TM-014 ML-004 PR-009")
{
    static const char *const names[] = { "first", "second", "third", "fourth" };
    GMainContext            *context = g_main_context_new ();
    GMainLoop               *loop = g_main_loop_new (context, FALSE);

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        own (g_timeout_source_new (1 + i), tell_and_stop, names[i], context);
    own (urgent_idle (), tell_and_stop, "idle", context);
    own (g_timeout_source_new (6), stop, loop, context);
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
    g_main_context_unref (context);
    all_is_given_back ();
}

TWIN (the_default_context_through_its_short_calls, "TM-011 TM-012 ID-006")
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);
    guint      never = g_timeout_add_seconds (1000, tell_and_stop, (gpointer) "never");

    g_idle_add_full (G_PRIORITY_HIGH, tell_and_stop, (gpointer) "idle", NULL);
    g_timeout_add (1, tell_and_stop, (gpointer) "timeout");
    g_timeout_add (5, stop, loop);
    g_main_loop_run (loop);
    trace ("%d", g_source_remove (never));
    g_main_loop_unref (loop);
}

TWIN (contexts_that_come_and_go, "MC-003 TD-002 TD-005 ML-007")
{
    for (int i = 0; i < 4; i++) {
        GMainContext *context = g_main_context_new ();
        GMainLoop    *loop = g_main_loop_new (context, FALSE);

        g_main_context_push_thread_default (context);
        own (g_timeout_source_new (1), stop, loop, context);
        g_main_context_invoke (context, tell_and_stop, (gpointer) "invoked");
        g_main_loop_run (loop);
        g_main_context_wakeup (context);
        g_main_context_iteration (context, TRUE);
        g_main_context_pop_thread_default (context);
        g_main_loop_unref (loop);
        g_main_context_unref (context);
    }
    all_is_given_back ();
}

#define LEVELS 3
static int        level;
static GMainLoop *loops[LEVELS];

/* The loop that runs now, if any, is to end in a while. */
static void
end_soon (GMainContext *context)
{
    if (level > 0)
        own (g_timeout_source_new (1), stop, loops[level - 1], context);
}

static gboolean
run_another (gpointer context)
{
    if (level < LEVELS) {
        trace ("in %d", g_main_depth ());
        loops[level] = g_main_loop_new (context, FALSE);
        own (g_idle_source_new (), run_another, context, context);
        level++;
        g_main_loop_run (loops[level - 1]);
        level--;
        g_main_loop_unref (loops[level]);
        trace ("out %d", g_main_depth ());
    }
    end_soon (context);
    return G_SOURCE_REMOVE;
}

TWIN (loops_within_loops, "ML-007 RB-005 RB-008")
{
    GMainContext *context = g_main_context_new ();

    run_another (context);
    g_main_context_unref (context);
    all_is_given_back ();
}

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

typedef struct {
    int  number;
    int  ends[2];
    int  seen;
    guint id;
} Line;

static gboolean
line_speaks (int fd, GIOCondition condition, gpointer data)
{
    Line *line = data;

    line->seen++;
    trace ("%d: %s", line->number, events_text (condition));
    drain (fd);
    return G_SOURCE_CONTINUE;
}

static void
line_open (Line *line, int number, GMainContext *context)
{
    GSource *source;

    line->number = number;
    pipe_open (line->ends);
    source = g_unix_fd_source_new (line->ends[0], G_IO_IN);
    line->id = own (source, (GSourceFunc) (void (*) (void)) line_speaks, line, context);
}

static void
line_close (Line *line, GMainContext *context)
{
    g_source_destroy (g_main_context_find_source_by_id (context, line->id));
    pipe_close (line->ends);
}

/* Feeds a line, and iterates until it has spoken. */
static void
line_play (Line *line, GMainContext *context)
{
    int seen = line->seen;

    feed (line->ends[1]);
    while (line->seen == seen)
        g_main_context_iteration (context, TRUE);
}

static void
play_lines (int count, int rounds)
{
    GMainContext *context = g_main_context_new ();
    Line         *lines = calloc ((size_t) count, sizeof *lines);

    if (lines == NULL)
        twin_give_up ("calloc");
    for (int i = 0; i < count; i++)
        line_open (&lines[i], i, context);
    for (int round = 0; round < rounds; round++) {
        for (int i = round; i < count; i += 3)
            line_play (&lines[i], context);
        for (int i = 0; i < 10; i++)
            g_main_context_iteration (context, FALSE); /* quiet: those in a crowd go to epoll */
        line_close (&lines[round], context);
        line_open (&lines[round], round + 100, context);
        line_play (&lines[round], context);
    }
    for (int i = 0; i < 10; i++)
        line_play (&lines[count - 1], context); /* busy: it comes back from there */
    for (int i = 0; i < count; i++)
        line_close (&lines[i], context);
    g_main_context_unref (context);
    free (lines);
    all_is_given_back ();
}

TWIN (few_descriptors, "UF-002 UF-006")
{
    play_lines (3, 3);
}

TWIN (a_crowd_of_descriptors, "UF-002 UF-006")
{
    play_lines (24, 3);
}

TWIN (descriptors_of_epoll_alone, "UF-002 UF-006")
{
    setenv ("MAINSPRING_POLL", "epoll", 1);
    play_lines (6, 2);
}

TWIN (descriptors_of_poll_alone, "UF-002 UF-006")
{
    setenv ("MAINSPRING_POLL", "poll", 1);
    play_lines (6, 2);
}

/* ---- iterations by hand, and a poll function of the program's ----------------------------------------------------- */

static void
turn_by_hand (GMainContext *context, GPollFunc poll_function)
{
    GPollFD  entries[16];
    gint     priority, timeout, count;
    gboolean ready;

    g_main_context_prepare (context, &priority);
    count = g_main_context_query (context, priority, &timeout, entries, G_N_ELEMENTS (entries));
    poll_function (entries, (guint) count, timeout);
    ready = g_main_context_check (context, priority, entries, count);
    if (ready)
        g_main_context_dispatch (context);
}

/* As the system's, but not to be disturbed. */
static gint
steady_poll (GPollFD *entries, guint count, gint timeout)
{
    return poll ((struct pollfd *) entries, count, timeout);
}

static gboolean
tell_and_count (gpointer count)
{
    trace ("told");
    ++*(int *) count;
    return G_SOURCE_REMOVE;
}

static gpointer
wake_later (gpointer context)
{
    nap_ms (2);
    g_main_context_wakeup (context);
    return NULL;
}

TWIN (iterations_by_hand, "QU-001 CK-001 WK-001")
{
    GMainContext *context = g_main_context_new ();
    Line          lines[3];
    pthread_t     thread;
    int           told = 0;

    memset (lines, 0, sizeof lines);
    g_main_context_acquire (context);
    for (int i = 0; i < 3; i++)
        line_open (&lines[i], i, context);
    for (int i = 0; i < 3; i++) {
        feed (lines[i].ends[1]);
        while (lines[i].seen == 0)
            turn_by_hand (context, steady_poll);
    }
    own (g_timeout_source_new (2), tell_and_count, &told, context);
    while (told == 0)
        turn_by_hand (context, steady_poll);
    while (g_main_context_iteration (context, FALSE))
        ;
    bound_sleeps (context);
    thread = spawn (wake_later, context);
    turn_by_hand (context, steady_poll);
    trace ("woken");
    join (thread);
    for (int i = 0; i < 3; i++)
        line_close (&lines[i], context);
    g_main_context_release (context);
    g_main_context_unref (context);
    all_is_given_back ();
}

TWIN (a_poll_function_of_the_programs, "PO-001 PO-006")
{
    GMainContext *context = g_main_context_new ();
    Line          lines[2];

    memset (lines, 0, sizeof lines);
    for (int i = 0; i < 2; i++)
        line_open (&lines[i], i, context);
    g_main_context_set_poll_func (context, steady_poll);
    line_play (&lines[0], context);
    g_main_context_set_poll_func (context, g_poll);
    line_play (&lines[1], context);
    g_main_context_set_poll_func (context, NULL);
    line_play (&lines[0], context);
    for (int i = 0; i < 2; i++)
        line_close (&lines[i], context);
    g_main_context_unref (context);
    all_is_given_back ();
}
