/* timeouts.c - timeout and idle sources and their convenience functions: when they first fire, how they go on, in which
 * order, and intervals at the limits (section 15, except the alignment of whole seconds: seconds.c).
 *
 * Cases that need time to pass sleep by themselves and compare with generous margins; none asks the machine to be fast
 * except by tens of milliseconds. Read next: ready_time.c, on which timeouts are built.
 */
#include "sources.h"

#include <string.h>

static GSource *
timeout_at (GMainContext *context, guint interval, GSourceFunc function, gpointer data)
{
    GSource *source = with_callback (g_timeout_source_new (interval), function, data, NULL);

    g_source_attach (source, context);
    return source;
}

/* ---- first expiry and rhythm ------------------------------------------------------------------------------------- */

TWIN (first_expiry_counts_from_creation_not_attach, "TM-001")
{
    GMainContext *context = g_main_context_new ();
    gint64        before = g_get_monotonic_time ();
    GSource      *source = with_callback (g_timeout_source_new (50), call_once, "late attach", NULL);
    gint64        after = g_get_monotonic_time ();
    gint64        due = g_source_get_ready_time (source);

    trace ("due one interval after creation %s", yes (before + 50000 <= due && due <= after + 50000 + 1));
    nap_ms (60);
    hand_over (source, context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (timeout_does_not_fire_early, "TM-001 QU-005")
{
    GMainContext *context = g_main_context_new ();
    gint64        start = now_ns ();
    GSource      *source = timeout_at (context, 400, call_once, "timeout");

    turn (context);
    await_dispatch (context);
    trace ("not early %s", yes (now_ns () - start >= 400 * 1000000));
    g_source_unref (source);
    g_main_context_unref (context);
}

static gint64 dispatch_time;

static gboolean
note_time_then_dawdle (gpointer milliseconds)
{
    dispatch_time = g_source_get_time (g_main_current_source ());
    nap_ms (*(int *) milliseconds);
    return G_SOURCE_CONTINUE;
}

TWIN (next_expiry_counts_from_the_time_of_the_dispatch, "TM-002")
{
    GMainContext *context = g_main_context_new ();
    int           dawdle = 15;
    GSource      *source = timeout_at (context, 10, note_time_then_dawdle, &dawdle);

    for (int round = 0; round < 3; round++) {
        gint64 rearmed;

        nap_ms (14);
        g_main_context_iteration (context, FALSE);
        rearmed = g_source_get_ready_time (source) - dispatch_time;
        trace ("one interval after this dispatch %s", yes (10000 <= rearmed && rearmed <= 10001));
    }
    let_go (source);
    g_main_context_unref (context);
}

TWIN (missed_periods_are_not_made_up, "TM-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = timeout_at (context, 40, call_again, "timeout");

    nap_ms (180);
    turn (context);
    turn (context);
    nap_ms (50);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

static gboolean
dawdle_once (gpointer calls)
{
    trace ("call %d", ++*(int *) calls);
    if (*(int *) calls == 1)
        nap_ms (150);
    return G_SOURCE_CONTINUE;
}

TWIN (callback_slower_than_its_interval_fires_once_more_at_once, "TM-003")
{
    GMainContext *context = g_main_context_new ();
    int           calls = 0;
    GSource      *source = timeout_at (context, 60, dawdle_once, &calls);

    nap_ms (70);
    turn (context);
    turn (context);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

static gboolean
set_own_ready_time (gpointer ready_time)
{
    g_source_set_ready_time (g_main_current_source (), *(gint64 *) ready_time);
    return G_SOURCE_CONTINUE;
}

TWIN (rearming_overwrites_a_ready_time_set_by_the_callback, "TM-004")
{
    GMainContext *context = g_main_context_new ();
    gint64        choices[] = { -1, 0, G_MAXINT64 };

    for (size_t i = 0; i < G_N_ELEMENTS (choices); i++) {
        GSource *source = timeout_at (context, 1000, set_own_ready_time, &choices[i]);
        gint64   now, due;

        g_source_set_ready_time (source, 0);
        turn (context);
        now = g_get_monotonic_time ();
        due = g_source_get_ready_time (source);
        trace ("rearmed by its interval %s", yes (now < due && due <= now + 1000001));
        let_go (source);
    }
    g_main_context_unref (context);
}

TWIN (zero_interval_is_ready_in_every_iteration, "TM-005 PR-015")
{
    GMainContext *context = g_main_context_new ();
    int           calls = 0, priority = 0;
    GSource      *source = timeout_at (context, 0, count_again, &calls);

    g_source_set_priority (source, 5);
    trace ("prepared %s", yes (g_main_context_prepare (context, &priority)));
    trace ("priority %d", priority);
    for (int i = 0; i < 10; i++)
        g_main_context_iteration (context, i % 2);
    trace ("calls %d", calls);
    let_go (source);
    g_main_context_unref (context);
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

/* Due between `interval` and `interval + slack` microseconds from now, and the context would wait that long? */
static void
tell_distance (const char *name, GSource *source, gint64 interval, gint64 slack)
{
    GMainContext *context = g_main_context_new ();
    gint64        distance = g_source_get_ready_time (source) - g_get_monotonic_time ();
    int           priority, timeout;

    trace ("%s: due in time %s", name, yes (interval - slack <= distance && distance <= interval + slack));
    g_source_set_callback (source, call_once, (gpointer) name, NULL);
    g_source_attach (source, context);
    turn (context);
    g_main_context_prepare (context, &priority);
    g_main_context_query (context, priority, &timeout, NULL, 0);
    trace ("%s: the longest wait %s", name, yes (timeout == G_MAXINT));
    let_go (source);
    g_main_context_unref (context);
}

TWIN (largest_intervals_do_not_overflow, "TM-006 QU-005")
{
    tell_distance ("milliseconds", g_timeout_source_new (G_MAXUINT), (gint64) G_MAXUINT * 1000, 5000000);
    tell_distance ("seconds", g_timeout_source_new_seconds (G_MAXUINT), (gint64) G_MAXUINT * 1000000, 5000000);
    tell_distance ("past the sign", g_timeout_source_new ((guint) G_MAXINT + 1), ((gint64) G_MAXINT + 1) * 1000, 5000000);
}

TWIN (largest_interval_rearms_without_overflow, "TM-006 TM-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = timeout_at (context, G_MAXUINT, call_again, "largest");

    g_source_set_ready_time (source, 0);
    turn (context);
    turn (context);
    trace ("far again %s", yes (g_source_get_ready_time (source)
                                > g_get_monotonic_time () + (gint64) (G_MAXUINT - 60000) * 1000));
    let_go (source);
    g_main_context_unref (context);
}

#if GLIB_CHECK_VERSION (2, 90, 0)
OWN (nanosecond_timeouts_fire_and_saturate, "TM-007 PO-007", "g_timeout_source_new_ns is newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    GSource      *never = g_timeout_source_new_ns (UINT64_MAX);
    GSource      *nearly_never = g_timeout_source_new_ns (UINT64_MAX - 1);
    GSource      *soon;
    uint64_t      due = 0;
    gint64        start;
    int           calls = 0;

    expect (g_source_get_ready_time_ns (never, &due) && due == UINT64_MAX);
    expect (g_source_get_ready_time_ns (nearly_never, &due) && due == UINT64_MAX);
    expect (never->source_funcs == &g_timeout_funcs);
    g_source_set_callback (never, call_again, "never", NULL);
    g_source_attach (never, context);
    start = now_ns ();
    soon = with_callback (g_timeout_source_new_ns (300 * 1000), count_again, &calls, NULL);
    expect (g_source_get_ready_time_ns (soon, &due));
    expect (due >= (uint64_t) start + 300 * 1000 && due <= (uint64_t) now_ns () + 300 * 1000);
    g_source_attach (soon, context);
    while (calls < 5)
        g_main_context_iteration (context, TRUE);
    expect (now_ns () - start >= 5 * 300 * 1000);
    let_go (soon);
    let_go (never);
    g_source_unref (nearly_never);
    g_main_context_unref (context);
}

OWN (nanosecond_timeout_rearms_exactly, "TM-007 TM-002", "g_timeout_source_new_ns is newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    int           calls = 0;
    GSource      *source = with_callback (g_timeout_source_new_ns (1234567), count_again, &calls, NULL);
    uint64_t      due;

    g_source_attach (source, context);
    while (calls == 0)
        g_main_context_iteration (context, TRUE);
    expect (g_source_get_ready_time_ns (source, &due));
    /* the time of the dispatch stays cached until the next prepare */
    expect (due == g_source_get_time_ns (source) + 1234567);
    let_go (source);
    g_main_context_unref (context);
}
#endif

/* ---- convenience functions --------------------------------------------------------------------------------------- */

static gboolean
fd_call (gint fd, GIOCondition condition, gpointer name)
{
    (void) fd, (void) condition;
    return call_once (name);
}

static gboolean
watch_call (GIOChannel *channel, GIOCondition condition, gpointer name)
{
    (void) channel, (void) condition;
    return call_once (name);
}

static void
look_up (const char *name, guint id)
{
    GSource *source = g_main_context_find_source_by_id (NULL, id);

    trace ("%s: references %u, priority %d, default context %s", name, source->ref_count, g_source_get_priority (source),
           yes (g_source_get_context (source) == g_main_context_default ()));
    g_source_remove (id);
}

TWIN (convenience_functions_attach_to_the_default_context, "TM-011 OR-005 TD-010")
{
    GMainContext *pushed = g_main_context_new ();
    int           ends[2];
    GIOChannel   *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    g_main_context_push_thread_default (pushed);
    look_up ("timeout", g_timeout_add (1000, call_once, "timeout"));
    look_up ("timeout full", g_timeout_add_full (-3, 1000, call_once, "timeout full", notified));
    look_up ("seconds", g_timeout_add_seconds (1000, call_once, "seconds"));
    look_up ("seconds full", g_timeout_add_seconds_full (4, 1000, call_once, "seconds full", notified));
    look_up ("idle", g_idle_add (call_once, "idle"));
    look_up ("idle full", g_idle_add_full (7, call_once, "idle full", notified));
    look_up ("descriptor", g_unix_fd_add (ends[0], G_IO_IN, fd_call, "descriptor"));
    look_up ("descriptor full", g_unix_fd_add_full (9, ends[0], G_IO_IN, fd_call, "descriptor full", notified));
    look_up ("watch", g_io_add_watch (channel, G_IO_IN, watch_call, "watch"));
    look_up ("watch full", g_io_add_watch_full (channel, 11, G_IO_IN, watch_call, "watch full", notified));
    look_up ("timeout once", g_timeout_add_once (1000, notified, "timeout once"));
    look_up ("idle once", g_idle_add_once (notified, "idle once"));
    g_main_context_pop_thread_default (pushed);
    g_io_channel_unref (channel);
    g_main_context_unref (pushed);
    pipe_close (ends);
}

/* A function that would like to stay, in the clothes of one that has no say. */
#define STUBBORN ((GSourceOnceFunc) (void (*) (void)) call_again)

TWIN (once_functions_call_once_whatever_happens, "TM-012 TM-013")
{
    guint idle = g_idle_add_once (STUBBORN, "idle");
    guint timeout = g_timeout_add_once (0, STUBBORN, "timeout");

    settle (NULL);
    trace ("gone %s", yes (g_main_context_find_source_by_id (NULL, idle) == NULL
                           && g_main_context_find_source_by_id (NULL, timeout) == NULL));
}

static void
iterate_inside (gpointer name)
{
    trace ("call %s begins", (const char *) name);
    g_main_context_iteration (NULL, FALSE);
    trace ("call %s ends, destroyed %s", (const char *) name, yes (g_source_is_destroyed (g_main_current_source ())));
}

TWIN (once_function_that_iterates_is_not_called_again, "TM-012 RB-001")
{
    g_idle_add_once (iterate_inside, "once");
    settle (NULL);
}

TWIN (once_source_is_found_by_its_data, "TM-012 ID-008")
{
    static char data[] = "data";

    g_idle_add_once (notified, data);
    trace ("removed by data %s", yes (g_idle_remove_by_data (data)));
    g_timeout_add_once (1000, notified, data);
    trace ("removed by data %s", yes (g_source_remove_by_user_data (data)));
    settle (NULL);
}

#if GLIB_CHECK_VERSION (2, 90, 0)
OWN (seconds_once_calls_once_and_ends, "TM-013 TM-012", "g_timeout_add_seconds_once is newer than the oracle")
{
    int   calls = 0;
    guint id = g_timeout_add_seconds_once (0, count_notify, &calls);

    while (calls == 0)
        g_main_context_iteration (NULL, TRUE);
    expect (g_main_context_find_source_by_id (NULL, id) == NULL);
    expect (calls == 1);
}
#endif

/* ---- what the tables say ----------------------------------------------------------------------------------------- */

TWIN (idle_is_always_ready_and_timeouts_are_never_asked, "TM-014 TM-015")
{
    GSource *idle = g_idle_source_new ();
    int      timeout = 77;

    trace ("idle prepare %s", yes (g_idle_funcs.prepare (idle, &timeout)));
    trace ("timeout stored %d", timeout);
    trace ("idle check %s", yes (g_idle_funcs.check (idle)));
    trace ("timeouts have prepare %s, check %s, dispatch %s", yes (g_timeout_funcs.prepare != NULL),
           yes (g_timeout_funcs.check != NULL), yes (g_timeout_funcs.dispatch != NULL));
    g_source_unref (idle);
}

TWIN (idle_makes_the_context_ready_without_waiting, "TM-014 PR-009 PR-011")
{
    GMainContext *context = g_main_context_new ();
    int           priority, timeout = 77;

    idle_again (context, 33, "idle");
    trace ("prepared %s", yes (g_main_context_prepare (context, &priority)));
    g_main_context_query (context, priority, &timeout, NULL, 0);
    trace ("priority %d, timeout %d", priority, timeout);
    g_main_context_unref (context);
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

TWIN (timeouts_due_together_fire_in_attach_order_in_one_batch, "TM-016 OR-001")
{
    GMainContext *context = g_main_context_new ();

    hand_over (with_callback (g_timeout_source_new (30), call_once, "first attached, last due", NULL), context);
    hand_over (with_callback (g_timeout_source_new (20), call_once, "second", NULL), context);
    hand_over (with_callback (g_timeout_source_new (10), call_once, "last attached, first due", NULL), context);
    nap_ms (40);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (many_due_timeouts_of_mixed_priorities_fire_by_priority_then_attach_order, "TM-016 OR-001 OR-005")
{
    enum { MANY = 24 };
    static char   names[MANY][16];
    GMainContext *context = g_main_context_new ();
    guint32       state = 77;

    for (int i = 0; i < MANY; i++) {
        GSource *source = g_timeout_source_new (shuffled (&state) % 10);

        g_snprintf (names[i], sizeof names[i], "%d", i);
        g_source_set_priority (source, i % 3);
        hand_over (with_callback (source, call_once, names[i], NULL), context);
    }
    nap_ms (15);
    for (int i = 0; i < 4; i++)
        turn (context);
    g_main_context_unref (context);
}

static gboolean
destroy_another (gpointer other)
{
    trace ("destroying the other");
    g_source_destroy (other);
    return G_SOURCE_REMOVE;
}

TWIN (due_timeout_destroyed_by_an_earlier_one_does_not_fire, "TM-016 DI-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *victim = with_callback (g_timeout_source_new (0), call_once, "victim", notified);

    hand_over (with_callback (g_timeout_source_new (0), destroy_another, victim, NULL), context);
    g_source_attach (victim, context);
    turn (context);
    turn (context);
    g_source_unref (victim);
    g_main_context_unref (context);
}

static gboolean
set_another_far (gpointer other)
{
    trace ("setting the other far away");
    g_source_set_ready_time (other, G_MAXINT64);
    return G_SOURCE_REMOVE;
}

TWIN (due_timeout_put_off_by_an_earlier_one_of_the_batch_still_fires, "TM-016 PR-014 DI-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *other = with_callback (g_timeout_source_new (0), call_again, "other", NULL);

    hand_over (with_callback (g_timeout_source_new (0), set_another_far, other, NULL), context);
    g_source_attach (other, context);
    turn (context);
    g_source_unref (other);
    g_main_context_unref (context);
}
