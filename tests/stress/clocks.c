/* clocks.c - clocks that jump, go back or stand still.
 *
 * The program has a clock_gettime of its own, which the library under test uses, as it would any that is preloaded. The
 * kernel's clock, by which waits end, goes on as ever.
 */
#define _GNU_SOURCE
#include "processes.h"

#include <sched.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#define HOUR 3600ll
#define NS 1000000000ll

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static gint64   monotonic_offset, real_offset; /* nanoseconds */
static gint64   frozen_at;                     /* or 0 */

static gboolean
is_monotonic (clockid_t clock)
{
    return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE;
}

int
clock_gettime (clockid_t clock, struct timespec *time)
{
    long   result = syscall (SYS_clock_gettime, clock, time);
    gint64 ns = (gint64) time->tv_sec * NS + time->tv_nsec;

    if (is_monotonic (clock))
        ns = frozen_at != 0 ? frozen_at : ns + monotonic_offset;
    else if (clock == CLOCK_REALTIME)
        ns += real_offset;
    time->tv_sec = (time_t) (ns / NS);
    time->tv_nsec = (long) (ns % NS);
    return (int) result;
}

/* The older way to ask for the wall clock. */
int
gettimeofday (struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;

    (void) zone;
    clock_gettime (CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

static gboolean
event (int fd, GIOCondition condition, gpointer data)
{
    (void) fd, (void) data;
    trace ("event %s", events_text (condition));
    return G_SOURCE_CONTINUE;
}

static void
await_events (GMainContext *context, int fd)
{
    hand_over (with_callback (g_unix_fd_source_new (fd, G_IO_IN), G_SOURCE_FUNC (event), NULL, NULL), context);
}

static void
clock_stops (void)
{
    frozen_at = 0;
    frozen_at = now_ns ();
}

/* The library must be using this clock, or nothing here is tested. */
static void
clock_is_ours (void)
{
    gint64 before = g_get_monotonic_time ();

    monotonic_offset += 1000 * NS;
    expect (g_get_monotonic_time () - before >= 1000000000);
}

static void
again (GMainContext *context, guint interval, const char *name)
{
    GSource *source = with_callback (g_timeout_source_new (interval), call_again, (gpointer) name, NULL);

    hand_over (source, context);
}

static void
once_in (GMainContext *context, guint seconds, const char *name)
{
    hand_over (with_callback (g_timeout_source_new_seconds (seconds), call_once, (gpointer) name, NULL), context);
}

TWIN (monotonic_clock_that_jumps_hours_ahead, "TM-002 TM-003 TM-008 PR-007 RT-013")
{
    GMainContext *context = g_main_context_new ();

    clock_is_ours ();
    again (context, 600 * 1000, "every ten minutes");
    again (context, 1800 * 1000, "every half hour");
    once_in (context, 7200, "in two hours");
    once_in (context, 100 * HOUR, "in a hundred hours");
    for (int i = 0; i < 3; i++) {
        turn (context);
        trace ("three hours pass");
        monotonic_offset += 3 * HOUR * NS;
    }
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (wait_that_was_to_be_long_ends_when_the_clock_has_jumped, "TM-002 WK-001")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];

    clock_is_ours ();
    once_in (context, 2 * HOUR, "in two hours");
    pipe_open (ends);
    await_events (context, ends[0]);
    monotonic_offset += 3 * HOUR * NS; /* asleep with the lid closed */
    while (g_main_context_find_source_by_id (context, 1) != NULL)
        g_main_context_iteration (context, TRUE);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (wall_clock_that_is_set_changes_nothing, "TM-002 TM-008 RT-013")
{
    static const gint64 jumps[] = { 10 * 365 * 24 * HOUR, -20 * 365 * 24 * HOUR, 1, -HOUR };
    GMainContext       *context = g_main_context_new ();
    int                 ticks = 0;

    clock_is_ours ();
    hand_over (with_callback (g_timeout_source_new (2), count_again, &ticks, NULL), context);
    once_in (context, 100, "in a hundred seconds");
    for (size_t i = 0; i < G_N_ELEMENTS (jumps); i++) {
        gint64 before = g_get_real_time ();
        int    wanted = ticks + 2;

        real_offset += jumps[i] * NS;
        expect ((g_get_real_time () - before) / 1000000 - jumps[i] <= 5);
        iterate_until (context, &ticks, wanted);
    }
    g_main_context_unref (context);
    trace ("nothing else was called");
}

TWIN (monotonic_clock_that_stands_still, "TM-002 WK-001 UF-002")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2], ticks = 0;

    clock_is_ours ();
    pipe_open (ends);
    clock_stops ();
    hand_over (with_callback (g_timeout_source_new (1), count_again, &ticks, NULL), context);
    await_events (context, ends[0]);
    nap_ms (5);
    turn (context);
    feed (ends[1]);
    turn (context);
    drain (ends[0]);
    idle_once (context, 0, "idle");
    turn (context);
    trace ("%d ticks", ticks);
    frozen_at = 0;
    nap_ms (5);
    iterate_until (context, &ticks, 2);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (monotonic_clock_that_goes_back, "TM-002 PR-008")
{
    GMainContext *context = g_main_context_new ();

    clock_is_ours ();
    again (context, 1000, "every second");
    monotonic_offset -= HOUR * NS;
    turn (context);
    trace ("an hour passes");
    monotonic_offset += HOUR * NS;
    turn (context);
    trace ("two seconds pass");
    monotonic_offset += 2 * NS;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

/* ---- another time namespace ---------------------------------------------------------------------------------------------- */

static GMainContext *inherited;

static void
plays_elsewhere (void)
{
    int ticks = 0;

    turn (inherited);
    hand_over (with_callback (g_timeout_source_new (2), count_again, &ticks, NULL), inherited);
    iterate_until (inherited, &ticks, 3);
    turn (inherited);
}

/* A container that is restored gets clocks that are days ahead, in a namespace of its own. */
static void
goes_elsewhere (void)
{
    FILE *offsets;

    if (unshare (CLONE_NEWTIME) < 0 && unshare (CLONE_NEWUSER | CLONE_NEWTIME) < 0) {
        monotonic_offset += 10 * 24 * HOUR * NS; /* where it is not permitted, the program's own clock jumps */
        trace ("there: %s", in_child (plays_elsewhere));
        return;
    }
    offsets = fopen ("/proc/self/timens_offsets", "w");
    if (offsets == NULL || fprintf (offsets, "monotonic %lld 0\n", 10 * 24 * HOUR) < 0 || fclose (offsets) != 0)
        twin_give_up ("/proc/self/timens_offsets");
    trace ("there: %s", in_child (plays_elsewhere));
}

TWIN (child_in_a_time_namespace_days_ahead, "TM-003 TM-002 PR-007")
{
    inherited = g_main_context_new ();
    clock_is_ours ();
    again (inherited, 3600 * 1000, "every hour");
    turn (inherited);
    trace ("child: %s", in_child (goes_elsewhere));
    turn (inherited);
    g_main_context_unref (inherited);
}
