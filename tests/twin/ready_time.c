/* ready_time.c - ready times set by the program, the time a context hands to its sources, and the clocks (section 14).
 *
 * No trace holds a time: cases compare times with one another, or with the same clock read before and after. Must not
 * test timeouts, which are built on ready times: see timeouts.c.
 */
#include "sources.h"

#include <string.h>
#include <sys/time.h>

/* A time that does not come while a case runs. */
static gint64
an_hour_from_now (void)
{
    return g_get_monotonic_time () + (gint64) 3600 * G_USEC_PER_SEC;
}

static GSource *
attached_probe (GMainContext *context, GSourceFuncs *funcs, const char *name)
{
    GSource *source = PROBE_SOURCE (probe_new_with (funcs, name, 0));

    g_source_attach (source, context);
    return source;
}

/* ---- when a source is ready -------------------------------------------------------------------------------------- */

TWIN (ready_time_decides_and_is_not_reset_by_dispatch, "RT-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");

    trace ("at first %d", (int) g_source_get_ready_time (source));
    turn (context);
    g_source_set_ready_time (source, 0);
    trace ("at once: %d", (int) g_source_get_ready_time (source));
    turn (context);
    turn (context);
    g_source_set_ready_time (source, g_get_monotonic_time () - 1);
    turn (context);
    turn (context);
    g_source_set_ready_time (source, an_hour_from_now ());
    turn (context);
    g_source_set_ready_time (source, 1);
    turn (context);
    g_source_set_ready_time (source, -1);
    trace ("never: %d", (int) g_source_get_ready_time (source));
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

TWIN (ready_time_in_the_future_comes, "RT-001 PR-008")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    gint64        due = g_get_monotonic_time () + 30000;

    g_source_set_ready_time (source, due);
    trace ("kept %s", yes (g_source_get_ready_time (source) == due));
    await_dispatch (context);
    trace ("not early %s", yes (g_get_monotonic_time () >= due));
    let_go (source);
    g_main_context_unref (context);
}

TWIN (ready_times_less_than_a_millisecond_away_are_not_early, "RT-001 PO-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    int           calls = 0, early = 0;

    g_source_set_callback (source, count_again, &calls, NULL);
    g_source_attach (source, context);
    for (int i = 1; i <= 10; i++) {
        gint64 due = g_get_monotonic_time () + i * 70;

        g_source_set_ready_time (source, due);
        while (calls < i)
            g_main_context_iteration (context, TRUE);
        early += g_get_monotonic_time () < due;
    }
    trace ("calls %d, early %d", calls, early);
    let_go (source);
    g_main_context_unref (context);
}

TWIN (many_sources_set_again_and_again_fire_exactly_when_due, "RT-001 OR-001 TM-016")
{
    enum { MANY = 60, CHANGES = 2000 };
    static char   names[MANY][8];
    GSource      *sources[MANY];
    GMainContext *context = g_main_context_new ();
    guint32       state = 4711;

    for (int i = 0; i < MANY; i++) {
        g_snprintf (names[i], sizeof names[i], "%d", i);
        sources[i] = attached_probe (context, &probe_passive_funcs, names[i]);
    }
    for (int i = 0; i < CHANGES; i++) {
        guint32 number = shuffled (&state);
        GSource *source = sources[number % MANY];

        switch (number / MANY % 8) {
        case 0:
            g_source_set_ready_time (source, number % 1000);
            break;
        case 1:
            g_source_set_ready_time (source, -1);
            break;
        default:
            g_source_set_ready_time (source, an_hour_from_now () + number % 1000000);
        }
        if (i % (CHANGES / 4) == 0)
            turn (context);
    }
    turn (context);
    for (int i = 0; i < MANY; i++)
        let_go (sources[i]);
    g_main_context_unref (context);
}

TWIN (other_negative_ready_times_mean_at_once, "RT-002")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    char         *text;

    g_source_set_ready_time (source, -5);
    turn (context);
    text = g_strdup_printf ("%" G_GINT64_FORMAT, g_source_get_ready_time (source));
    since (2, 90, "-5", "0", text);
    g_free (text);
    g_source_set_ready_time (source, G_MININT64);
    turn (context);
    text = g_strdup_printf ("%" G_GINT64_FORMAT, g_source_get_ready_time (source));
    since (2, 90, "-9223372036854775808", "0", text);
    g_free (text);
    let_go (source);
    g_main_context_unref (context);
}

TWIN (largest_ready_time_is_far_and_never_negative, "RT-007 QU-006")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    char         *text;
    int           priority, timeout;

    g_source_set_ready_time (source, G_MAXINT64);
    text = g_strdup_printf ("%" G_GINT64_FORMAT, g_source_get_ready_time (source));
    since (2, 90, "9223372036854775807", "18446744073709551", text);
    g_free (text);
    turn (context);
    trace ("prepared %s", yes (g_main_context_prepare (context, &priority)));
    g_main_context_query (context, priority, &timeout, NULL, 0);
    trace ("timeout is the largest %s", yes (timeout == G_MAXINT));
    let_go (source);
    g_main_context_unref (context);
}

TWIN (ready_time_works_beside_prepare_check_and_descriptors, "RT-005 CK-006 PR-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *asked = attached_probe (context, &probe_funcs, "asked");
    int           ends[2];
    GSource      *fd_source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "descriptor", 0));
    gpointer      tag;

    pipe_open (ends);
    tag = g_source_add_unix_fd (fd_source, ends[0], G_IO_IN);
    g_source_attach (fd_source, context);
    settle (context);
    g_source_set_ready_time (asked, 0);
    turn (context);
    g_source_set_ready_time (asked, -1);
    g_source_set_ready_time (fd_source, 0);
    turn (context);
    trace ("silent descriptor: %s", events_text (g_source_query_unix_fd (fd_source, tag)));
    let_go (asked);
    let_go (fd_source);
    g_main_context_unref (context);
    pipe_close (ends);
}

static gboolean
tell_condition (gint fd, GIOCondition condition, gpointer data)
{
    (void) fd, (void) data;
    trace ("condition %s", events_text (condition));
    return G_SOURCE_REMOVE;
}

TWIN (ready_time_fires_builtin_sources_too, "RT-005")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GSource      *source;

    pipe_open (ends);
    source = g_unix_fd_source_new (ends[0], G_IO_IN);
    g_source_set_callback (source, G_SOURCE_FUNC (tell_condition), NULL, NULL);
    g_source_attach (source, context);
    settle (context);
    g_source_set_ready_time (source, 0);
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (timeout_with_its_ready_time_taken_away_waits, "RT-005 RT-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_timeout_source_new (0), call_again, "timeout", NULL);

    g_source_attach (source, context);
    g_source_set_ready_time (source, -1);
    turn (context);
    g_source_set_ready_time (source, 0);
    turn (context);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

/* ---- who is woken ------------------------------------------------------------------------------------------------ */

TWIN (changed_ready_time_wakes_even_the_owner, "RT-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    gint64        far_away = an_hour_from_now ();

    g_source_set_ready_time (source, far_away);
    g_source_attach (source, context);
    trace ("set before attach: woken %s", yes (woken (context)));
    g_source_set_ready_time (source, far_away);
    trace ("same value: woken %s", yes (woken (context)));
    g_source_set_ready_time (source, far_away + 1);
    trace ("later: woken %s", yes (woken (context)));
    trace ("once: woken %s", yes (woken (context)));
    g_source_set_ready_time (source, -1);
    trace ("never: woken %s", yes (woken (context)));
    g_source_set_ready_time (source, -1);
    trace ("never again: woken %s", yes (woken (context)));
    g_main_context_acquire (context);
    g_source_set_ready_time (source, far_away);
    trace ("by the owner: woken %s", yes (woken (context)));
    g_main_context_release (context);
    g_source_destroy (source);
    g_source_unref (source);
    g_main_context_unref (context);
}

static void
rearm_far_away (Probe *probe)
{
    g_source_set_ready_time (PROBE_SOURCE (probe), an_hour_from_now ());
}

TWIN (ready_time_set_in_the_own_dispatch_wakes_only_if_recursive, "RT-003 RB-002")
{
    for (int recursive = 0; recursive < 2; recursive++) {
        GMainContext *context = g_main_context_new ();
        GSource      *source = attached_probe (context, &probe_passive_funcs, recursive ? "recursive" : "blocked");

        ((Probe *) source)->in_dispatch = rearm_far_away;
        g_source_set_can_recurse (source, recursive);
        g_source_set_ready_time (source, 0);
        turn (context);
        trace ("woken %s", yes (woken (context)));
        let_go (source);
        g_main_context_unref (context);
    }
}

static int blocked_tid;

static void *
make_ready_when_asleep (void *source)
{
    await_sleep_of (blocked_tid);
    g_source_set_ready_time (source, 0);
    return NULL;
}

TWIN (ready_time_set_by_another_thread_ends_a_blocking_iteration, "RT-004 WK-006 WK-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    pthread_t     other;

    blocked_tid = own_tid ();
    other = spawn (make_ready_when_asleep, source);
    trace ("dispatched %s", yes (g_main_context_iteration (context, TRUE)));
    join (other);
    let_go (source);
    g_main_context_unref (context);
}

/* ---- nanoseconds ------------------------------------------------------------------------------------------------- */

#if GLIB_CHECK_VERSION (2, 90, 0)
OWN (ready_time_in_nanoseconds_is_kept_exactly, "RT-006 RT-007", "the nanosecond functions are newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    uint64_t      time = 7;

    expect (!g_source_get_ready_time_ns (source, &time));
    expect (time == UINT64_MAX);
    expect (!g_source_get_ready_time_ns (source, NULL));
    g_source_set_ready_time_ns (source, 5);
    expect (g_source_get_ready_time_ns (source, &time) && time == 5);
    expect (g_source_get_ready_time_ns (source, NULL));
    expect (g_source_get_ready_time (source) == 1);
    turn (context);
    g_source_set_ready_time_ns (source, 0);
    expect (g_source_get_ready_time_ns (source, &time) && time == 0);
    expect (g_source_get_ready_time (source) == 0);
    turn (context);
    g_source_set_ready_time_ns (source, 1000);
    expect (g_source_get_ready_time (source) == 1);
    g_source_set_ready_time_ns (source, 1001);
    expect (g_source_get_ready_time (source) == 2);
    g_source_set_ready_time (source, 3);
    expect (g_source_get_ready_time_ns (source, &time) && time == 3000);
    g_source_clear_ready_time (source);
    expect (g_source_get_ready_time (source) == -1);
    expect (!g_source_get_ready_time_ns (source, &time));
    expect (time == UINT64_MAX);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

OWN (unreachable_nanosecond_time_is_a_time, "RT-008 RT-007 QU-006", "the nanosecond functions are newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    uint64_t      time = 0;
    int           priority, timeout = 0;

    g_source_set_ready_time_ns (source, UINT64_MAX);
    expect (g_source_get_ready_time_ns (source, &time) && time == UINT64_MAX);
    expect (g_source_get_ready_time (source) == G_GINT64_CONSTANT (18446744073709551));
    expect (!g_main_context_prepare (context, &priority));
    g_main_context_query (context, priority, &timeout, NULL, 0);
    expect (timeout == G_MAXINT);
    g_source_set_ready_time (source, G_MAXINT64);
    expect (g_source_get_ready_time_ns (source, &time) && time == UINT64_MAX);
    /* the last whole microsecond that fits, and the first that does not */
    g_source_set_ready_time (source, G_GINT64_CONSTANT (18446744073709551));
    expect (g_source_get_ready_time_ns (source, &time) && time == UINT64_MAX / 1000 * 1000);
    g_source_set_ready_time (source, G_GINT64_CONSTANT (18446744073709552));
    expect (g_source_get_ready_time_ns (source, &time) && time == UINT64_MAX);
    turn (context);
    let_go (source);
    g_main_context_unref (context);
}

OWN (nanosecond_ready_times_wake_like_the_others, "RT-006 RT-003", "the nanosecond functions are newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");

    g_source_set_ready_time_ns (source, UINT64_MAX);
    expect (woken (context));
    g_source_set_ready_time_ns (source, UINT64_MAX);
    expect (!woken (context));
    g_source_clear_ready_time (source);
    expect (woken (context));
    g_source_clear_ready_time (source);
    expect (!woken (context));
    let_go (source);
    g_main_context_unref (context);
}

OWN (ready_time_of_no_source_is_no_time, "BUG-7", "the nanosecond functions are newer than the oracle")
{
    uint64_t time = 7;

    log_hold ();
    expect (g_source_get_ready_time_ns (NULL, &time) == FALSE);
    expect (strcmp (log_held (), "GLib-CRITICAL g_source_get_ready_time_ns: assertion 'source != NULL' failed") == 0);
    expect (time == 7);
}

OWN (nanosecond_clocks_agree, "RT-013 RT-009", "the nanosecond functions are newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    uint64_t      before = (uint64_t) now_ns ();
    uint64_t      clock = g_get_monotonic_time_ns ();
    uint64_t      cached = g_source_get_time_ns (source);

    expect (before <= clock && clock <= (uint64_t) now_ns ());
    expect (clock <= cached && cached <= (uint64_t) now_ns ());
    expect (g_source_get_time_ns (source) == cached);
    expect ((uint64_t) g_source_get_time (source) - cached / 1000 <= 1);
    let_go (source);
    g_main_context_unref (context);
}
#endif

/* ---- the context's time ------------------------------------------------------------------------------------------ */

static gint64 seen_times[3];
static int    seen;

static gboolean
note_time_slowly (gpointer data)
{
    (void) data;
    seen_times[seen++] = g_source_get_time (g_main_current_source ());
    nap_ms (3);
    return G_SOURCE_REMOVE;
}

TWIN (time_is_one_for_all_sources_of_an_iteration, "RT-009")
{
    GMainContext *context = g_main_context_new ();
    gint64        before = g_get_monotonic_time ();

    for (int i = 0; i < 2; i++)
        hand_over (with_callback (g_idle_source_new (), note_time_slowly, NULL, NULL), context);
    turn (context);
    hand_over (with_callback (g_idle_source_new (), note_time_slowly, NULL, NULL), context);
    turn (context);
    trace ("same in one iteration %s", yes (seen_times[0] == seen_times[1]));
    trace ("newer in the next %s", yes (seen_times[2] >= seen_times[0] + 6000));
    trace ("a monotonic time %s", yes (seen_times[0] >= before && seen_times[2] <= g_get_monotonic_time ()));
    g_main_context_unref (context);
}

TWIN (time_is_kept_between_iterations_too, "RT-010 RT-009 QU-008")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = attached_probe (context, &probe_passive_funcs, "source");
    gint64        first = g_source_get_time (source);
    gint64        again;
    int           priority, timeout;

    nap_ms (5);
    trace ("same after a rest %s", yes (g_source_get_time (source) == first));
    g_main_context_prepare (context, &priority);
    again = g_source_get_time (source);
    trace ("newer after prepare %s", yes (again >= first + 5000));
    nap_ms (5);
    trace ("same until query %s", yes (g_source_get_time (source) == again));
    g_main_context_query (context, priority, &timeout, NULL, 0);
    trace ("newer after a query that would wait %s", yes (g_source_get_time (source) >= again + 5000));
    let_go (source);
    g_main_context_unref (context);
}

static gboolean
note_time_around_nested (gpointer context)
{
    GSource *self = g_main_current_source ();
    gint64   before = g_source_get_time (self);

    nap_ms (5);
    trace ("same before %s", yes (g_source_get_time (self) == before));
    g_main_context_iteration (context, FALSE);
    trace ("newer after the nested iteration %s", yes (g_source_get_time (self) >= before + 5000));
    return G_SOURCE_REMOVE;
}

TWIN (nested_iteration_refreshes_the_time, "RT-011")
{
    GMainContext *context = g_main_context_new ();

    hand_over (with_callback (g_idle_source_new (), note_time_around_nested, context, NULL), context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (time_needs_a_context_and_survives_destroy, "RT-012 MC-010")
{
    const char   *older = "GLib-CRITICAL g_source_get_time: assertion 'source->context != NULL' failed";
    const char   *newer = at_least (2, 90) ? "GLib-CRITICAL g_source_get_time_ns: assertion 'context != NULL' failed"
                                           : "GLib-CRITICAL g_source_get_time: assertion 'context != NULL' failed";
    GMainContext *context = g_main_context_new ();
    GSource      *source = PROBE_SOURCE (probe_new ("source", 0));

    log_hold ();
    trace ("unattached: %d", (int) g_source_get_time (source));
    since (2, 86, older, newer, log_held ());
    g_source_attach (source, context);
    trace ("attached: positive %s", yes (g_source_get_time (source) > 0));
    g_source_destroy (source);
    trace ("destroyed: positive %s", yes (g_source_get_time (source) > 0));
    g_main_context_unref (context);
    log_hold ();
    trace ("context gone: %d", (int) g_source_get_time (source));
    since (2, 86, older, newer, log_held ());
    g_source_unref (source);
}

/* ---- clocks ------------------------------------------------------------------------------------------------------ */

TWIN (monotonic_time_is_the_monotonic_clock_in_microseconds, "RT-013")
{
    gint64 before = now_ns () / 1000;
    gint64 time = g_get_monotonic_time ();
    gint64 after = now_ns () / 1000;

    trace ("%s", yes (before <= time && time <= after));
}

static gint64
microseconds_of_day (void)
{
    struct timeval time;

    gettimeofday (&time, NULL);
    return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_usec;
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
TWIN (real_time_is_the_time_of_day_in_three_spellings, "RT-013 RT-014")
{
    GTimeVal plain, of_source;
    gint64   before = microseconds_of_day ();
    gint64   time = g_get_real_time ();
    gint64   plain_time, source_time;
    GSource *source = g_idle_source_new ();

    g_get_current_time (&plain);
    g_source_get_current_time (source, &of_source); /* unattached: the source is not looked at */
    plain_time = (gint64) plain.tv_sec * G_USEC_PER_SEC + plain.tv_usec;
    source_time = (gint64) of_source.tv_sec * G_USEC_PER_SEC + of_source.tv_usec;
    trace ("in order %s", yes (before <= time && time <= plain_time && plain_time <= source_time
                               && source_time <= microseconds_of_day ()));
    trace ("normalized %s", yes (plain.tv_usec >= 0 && plain.tv_usec < G_USEC_PER_SEC));
    g_source_unref (source);
}
G_GNUC_END_IGNORE_DEPRECATIONS
