/* order.c - in which order sources are asked and dispatched, and that many of them are no burden.
 *
 * The sequences nobody would think of are made by shuffle.c. Next: recursion.c.
 */
#include "twin.h"

#include <glib-unix.h>
#include <time.h>

TWIN (attach_order_inside_a_priority_every_time, "OR-001")
{
    GMainContext *context = g_main_context_new ();

    idle_again (context, 0, "a");
    idle_again (context, 0, "b");
    idle_once (context, 0, "once");
    idle_again (context, 0, "c");
    for (int i = 0; i < 3; i++)
        turn (context);
    g_main_context_unref (context);
}

TWIN (kinds_of_sources_share_one_order, "OR-001 OR-005 TM-016")
{
    GMainContext *context = g_main_context_new ();
    GSource      *timeout = g_timeout_source_new (0);
    Probe        *reader = probe_new_with (&probe_passive_funcs, "descriptor", 0);
    Probe        *timed = probe_new_with (&probe_passive_funcs, "ready time", 0);
    int           ends[2];

    pipe_open (ends);
    feed (ends[1]);
    idle_again (context, 0, "idle first");
    g_source_add_unix_fd (PROBE_SOURCE (reader), ends[0], G_IO_IN);
    probe_attach (reader, context);
    g_source_set_callback (timeout, call_again, (gpointer) "timeout", NULL);
    g_source_attach (timeout, context);
    g_source_unref (timeout);
    probe_attach (probe_new ("by check", 0), context)->check_ready = TRUE;
    g_source_set_ready_time (PROBE_SOURCE (timed), 0);
    probe_attach (timed, context);
    idle_again (context, 0, "idle last");
    turn (context);
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (ready_descriptors_come_in_attach_order_not_by_number_or_arrival, "OR-001 UF-008")
{
    GMainContext *context = g_main_context_new ();
    int           ends[5][2];
    static const char *names[] = { "a", "b", "c", "d", "e" };
    static const int   attach_order[] = { 3, 0, 4, 1, 2 };
    static const int   feed_order[] = { 2, 4, 0, 3, 1 };

    for (int i = 0; i < 5; i++)
        pipe_open (ends[i]);
    for (int i = 0; i < 5; i++) {
        Probe *probe = probe_new_with (&probe_passive_funcs, names[i], 0);

        g_source_add_unix_fd (PROBE_SOURCE (probe), ends[attach_order[i]][0], G_IO_IN);
        probe_attach (probe, context);
    }
    for (int i = 0; i < 5; i++) {
        feed (ends[feed_order[i]][1]);
        turn (context);
    }
    for (int i = 0; i < 5; i++) {
        drain (ends[feed_order[i]][0]);
        turn (context);
    }
    g_main_context_unref (context);
    for (int i = 0; i < 5; i++)
        pipe_close (ends[i]);
}

TWIN (descriptors_at_several_priorities_fire_by_priority, "OR-001 CK-009 QU-003 UF-009")
{
    GMainContext *context = g_main_context_new ();
    int           ends[4][2];
    static const struct {
        const char *name;
        int         priority;
        int         pipe;
    } plan[] = { { "20 on 0", 20, 0 }, { "0 on 3", 0, 3 }, { "-20 on 2", -20, 2 }, { "0 on 1", 0, 1 }, { "20 on 3", 20, 3 } };

    for (int i = 0; i < 4; i++)
        pipe_open (ends[i]);
    for (size_t i = 0; i < G_N_ELEMENTS (plan); i++) {
        Probe *probe = probe_new_with (&probe_passive_funcs, plan[i].name, plan[i].priority);

        g_source_add_unix_fd (PROBE_SOURCE (probe), ends[plan[i].pipe][0], G_IO_IN);
        probe_attach (probe, context);
    }
    for (int i = 0; i < 4; i++)
        feed (ends[i][1]);
    turn (context);
    drain (ends[2][0]);
    turn (context);
    drain (ends[3][0]);
    turn (context);
    drain (ends[1][0]);
    turn (context);
    drain (ends[0][0]);
    turn (context);
    g_main_context_unref (context);
    for (int i = 0; i < 4; i++)
        pipe_close (ends[i]);
}

TWIN (setting_a_priority_moves_to_the_end, "OR-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *a = idle_again (context, 0, "a");
    GSource      *b = idle_again (context, 0, "b");
    GSource      *c = idle_again (context, 5, "c");

    turn (context);
    g_source_set_priority (a, 0);
    turn (context);
    g_source_set_priority (c, 0);
    turn (context);
    g_source_set_priority (b, 3);
    g_source_set_priority (b, 0);
    turn (context);
    g_main_context_unref (context);
}

static gboolean
move_behind (gpointer source)
{
    trace ("moving");
    g_source_set_priority (source, 0);
    return FALSE;
}

TWIN (priority_changed_in_a_callback_counts_from_the_next_iteration, "OR-002 DI-009")
{
    GMainContext *context = g_main_context_new ();
    GSource      *a = idle_again (context, 0, "a");
    GSource      *mover = g_idle_source_new ();

    g_source_set_callback (mover, move_behind, a, NULL);
    g_source_set_priority (mover, 0);
    idle_again (context, 0, "b");
    g_source_attach (mover, context);
    g_source_unref (mover);
    idle_again (context, 0, "c");
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static gboolean
attach_three (gpointer context)
{
    trace ("attaching");
    idle_once (context, -5, "more urgent");
    idle_once (context, 0, "same");
    idle_once (context, 5, "less urgent");
    return FALSE;
}

TWIN (source_attached_by_a_callback_waits_for_the_next_iteration, "OR-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_set_callback (source, attach_three, context, NULL);
    g_source_set_priority (source, 0);
    g_source_attach (source, context);
    g_source_unref (source);
    idle_again (context, 0, "old");
    for (int i = 0; i < 3; i++)
        turn (context);
    g_main_context_unref (context);
}

TWIN (always_ready_source_starves_the_less_urgent, "OR-004")
{
    GMainContext *context = g_main_context_new ();
    GSource      *greedy = idle_again (context, 1, "greedy");

    idle_again (context, 2, "starving");
    for (int i = 0; i < 5; i++)
        turn (context);
    g_source_destroy (greedy);
    turn (context);
    g_main_context_unref (context);
}

TWIN (default_priorities, "OR-005")
{
    int      ends[2];
    GSource *sources[4];

    pipe_open (ends);
    sources[0] = g_idle_source_new ();
    sources[1] = g_timeout_source_new (10);
    sources[2] = g_unix_fd_source_new (ends[0], G_IO_IN);
    sources[3] = g_source_new (&probe_funcs, sizeof (Probe));
    ((Probe *) sources[3])->name = "plain";
    for (size_t i = 0; i < G_N_ELEMENTS (sources); i++) {
        trace ("%d", g_source_get_priority (sources[i]));
        g_source_unref (sources[i]);
    }
    for (int i = 0; i < 2; i++) {
        GIOChannel *channel = g_io_channel_unix_new (ends[i]);
        GSource    *watch = g_io_create_watch (channel, G_IO_IN);

        trace ("watch %d", g_source_get_priority (watch));
        g_source_unref (watch);
        g_io_channel_unref (channel);
    }
    pipe_close (ends);
}

/* ---- many ------------------------------------------------------------------------------------------------------- */

#define MANY 50000

static gboolean
never_called (gpointer data)
{
    (void) data;
    trace ("called");
    return TRUE;
}

static guint
attach_timeout (GMainContext *context, int priority, GSource **source)
{
    guint id;

    *source = g_timeout_source_new (G_MAXINT);
    g_source_set_callback (*source, never_called, NULL, NULL);
    g_source_set_priority (*source, priority);
    id = g_source_attach (*source, context);
    g_source_unref (*source);
    return id;
}

/* Attaches `count` sources at sixteen priorities, finds and destroys them by id in a random order. */
static void
find_and_destroy (int count)
{
    GMainContext *context = g_main_context_new ();
    guint        *ids = g_malloc ((gsize) count * sizeof (guint));
    guint32       state = 2463534242u;
    int           found = 0;

    for (int i = 0; i < count; i++) {
        GSource *source;
        int      other = (int) (shuffled (&state) % (guint32) (i + 1));

        ids[i] = ids[other];
        ids[other] = attach_timeout (context, (int) (shuffled (&state) % 16), &source);
    }
    for (int i = 0; i < count; i++) {
        GSource *source = g_main_context_find_source_by_id (context, ids[i]);

        if (source != NULL) {
            found++;
            g_source_destroy (source);
        }
    }
    expect (found == count);
    expect (!g_main_context_iteration (context, FALSE));
    g_free (ids);
    g_main_context_unref (context);
}

/* Attaches `count` sources at one priority, destroys them from the middle outwards, the two directions in turn. */
static void
leave_from_the_middle (int count)
{
    GMainContext *context = g_main_context_new ();
    GSource     **sources = g_malloc ((gsize) count * sizeof (GSource *));

    for (int i = 0; i < count; i++)
        attach_timeout (context, 0, &sources[i]);
    for (int i = 0; i < count / 2; i++) {
        g_source_destroy (sources[count / 2 - 1 - i]);
        g_source_destroy (sources[count / 2 + i]);
    }
    g_free (sources);
    g_main_context_unref (context);
}

/* Processor time, the best of a few: what others do on the machine must not count. */
static gint64
cost_of (void (*work) (int), int count)
{
    gint64 best = G_MAXINT64;

    for (int i = 0; i < 3; i++) {
        struct timespec begin, end;
        gint64          taken;

        clock_gettime (CLOCK_THREAD_CPUTIME_ID, &begin);
        work (count);
        clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
        taken = (end.tv_sec - begin.tv_sec) * G_GINT64_CONSTANT (1000000000) + end.tv_nsec - begin.tv_nsec;
        best = MIN (best, taken);
    }
    return best;
}

/* Ten times the sources should cost ten times as much. Caches make it more, up to 50 times where others crowd them out;
 * a linear search makes it a hundred times, and caches that even more. */
static void
show_growth (void (*work) (int))
{
    gint64 few = cost_of (work, MANY / 10);
    gint64 many = cost_of (work, MANY);

    trace ("grows with the number, not with its square: %d", many < 70 * few);
}

TWIN (fifty_thousand_sources_come_and_go_at_a_price_per_source, "OR-006 ID-004")
{
    show_growth (find_and_destroy);
}

TWIN (one_priority_of_thousands_is_left_from_any_place, "OR-006")
{
    show_growth (leave_from_the_middle);
}

/* Numbers that stand for places in a list run out between two neighbours: the list is numbered anew
 * while the walk is in the middle of it.
 */
static void
add_a_crowd_of_siblings (Probe *first)
{
    GSource *parent = first->data;

    first->in_prepare = NULL;
    for (int i = 0; i < 100; i++) {
        GSource *sibling = PROBE_SOURCE (probe_new (i % 10 == 0 ? "tenth" : "sibling", 0));

        g_source_add_child_source (parent, sibling);
        g_source_unref (sibling);
    }
}

TWIN (crowd_attached_by_prepare_is_visited_once_and_in_place, "OR-001 PR-003")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_new ("parent", 0);
    Probe        *first = probe_new ("first", 0);

    first->data = PROBE_SOURCE (parent);
    first->in_prepare = add_a_crowd_of_siblings;
    g_source_add_child_source (PROBE_SOURCE (parent), PROBE_SOURCE (first));
    probe_attach (parent, context);
    g_source_unref (PROBE_SOURCE (first));
    turn (context);
    turn (context);
    g_main_context_unref (context);
}
