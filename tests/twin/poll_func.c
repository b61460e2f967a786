/* poll_func.c - the poll function of a context: what it is given, when it is not called, what it may do.
 *
 * Descriptors are counted, never numbered. What check makes of the answer is the subject of check.c, which is next.
 */
#include "twin.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static int           poll_result;
static int           poll_errno;
static GMainContext *poll_context;
static pthread_t     poll_thread;
static void (*in_poll) (void);

/* Traces what it is given, does what the case wants, and answers without waiting. */
static int
telling_poll (GPollFD *entries, guint count, int timeout)
{
    trace ("poll %u, timeout %d, in the iterating thread %d", count, timeout,
           pthread_equal (pthread_self (), poll_thread) != 0);
    if (in_poll != NULL)
        in_poll ();
    if (poll_result < 0) {
        errno = poll_errno;
        return poll_result;
    }
    return g_poll (entries, count, 0);
}

static GMainContext *
context_with_telling_poll (void)
{
    poll_thread = pthread_self ();
    poll_context = g_main_context_new ();
    g_main_context_set_poll_func (poll_context, telling_poll);
    return poll_context;
}

/* A blocking iteration is safe here: the telling poll never waits. */
static void
blocking_turn (GMainContext *context)
{
    trace ("blocking turn -> %d", g_main_context_iteration (context, TRUE));
}

TWIN (blocking_and_non_blocking_timeouts, "PO-001")
{
    GMainContext *context = context_with_telling_poll ();
    Probe        *probe = probe_attach (probe_new ("p", 0), context);

    probe->quiet = TRUE;
    blocking_turn (context);
    turn (context);
    probe->timeout = 250;
    blocking_turn (context);
    turn (context);
    probe->timeout = 0;
    blocking_turn (context);
    probe->timeout = -20;
    blocking_turn (context);
    probe->timeout = 250;
    probe->prepare_ready = TRUE;
    blocking_turn (context);
    g_main_context_pending (context);
    g_main_context_unref (context);
}

static void
ready_time_ahead (Probe *probe)
{
    /* The cached time of this prepare is what the timeout is counted from. */
    gint64 now = g_source_get_time (PROBE_SOURCE (probe));

    g_source_set_ready_time (PROBE_SOURCE (probe), now + GPOINTER_TO_INT (probe->data));
}

TWIN (timeout_of_a_custom_function_is_rounded_up, "PO-001 PO-007")
{
    static const int distances[] = { 250001, 250500, 250999 };
    GMainContext    *context = context_with_telling_poll ();
    Probe           *probe = probe_attach (probe_new ("p", 0), context);

    probe->quiet = TRUE;
    probe->in_prepare = ready_time_ahead;
    for (size_t i = 0; i < G_N_ELEMENTS (distances); i++) {
        probe->data = GINT_TO_POINTER (distances[i]);
        blocking_turn (context);
    }
    g_main_context_unref (context);
}

TWIN (array_of_the_function_grows_with_the_records, "PO-001 QU-001 QU-003")
{
    GMainContext *context = context_with_telling_poll ();
    Probe        *urgent = probe_attach (probe_new_with (&probe_passive_funcs, "urgent", -5), context);
    Probe        *other = probe_attach (probe_new_with (&probe_passive_funcs, "other", 5), context);
    int           ends[2];

    pipe_open (ends);
    turn (context);
    g_source_add_unix_fd (PROBE_SOURCE (urgent), ends[0], G_IO_IN);
    g_source_add_unix_fd (PROBE_SOURCE (other), ends[0], G_IO_IN);
    g_source_add_unix_fd (PROBE_SOURCE (other), ends[1], G_IO_IN);
    turn (context);
    idle_again (context, 0, "idle at 0");
    turn (context);
    g_source_set_ready_time (PROBE_SOURCE (urgent), 0);
    turn (context);
    g_source_destroy (PROBE_SOURCE (urgent));
    g_source_destroy (PROBE_SOURCE (other));
    turn (context);
    pipe_close (ends);
    g_main_context_unref (context);
}

TWIN (nothing_to_poll_and_no_time_means_no_call, "PO-002")
{
    GMainContext *context = context_with_telling_poll ();
    GSource      *urgent = idle_again (context, -1, "urgent");

    turn (context);
    blocking_turn (context);
    g_source_set_priority (urgent, 0);
    turn (context);
    blocking_turn (context);
    g_main_context_unref (context);
}

static void
poll_ready_in_check (void)
{
    trace ("  nothing is ready yet");
}

TWIN (negative_priority_ready_only_in_check_is_polled, "PO-002")
{
    GMainContext *context = context_with_telling_poll ();
    Probe        *probe = probe_attach (probe_new ("urgent", -1), context);

    in_poll = poll_ready_in_check;
    probe->check_ready = TRUE;
    turn (context);
    g_main_context_unref (context);
}

TWIN (urgent_sources_leave_a_wakeup_unacknowledged, "PO-003 CK-001")
{
    GMainContext *context = g_main_context_new ();
    GSource      *urgent = idle_again (context, -1, "urgent");

    g_main_context_wakeup (context);
    for (int i = 0; i < 3; i++) {
        turn (context);
        trace ("signalled %d", wakeup_signalled (context));
    }
    g_source_set_priority (urgent, 0);
    turn (context);
    trace ("signalled %d", wakeup_signalled (context));
    g_main_context_unref (context);
}

static Probe *poll_probe;

static void
change_sources (void)
{
    in_poll = NULL;
    trace ("  found %d", g_main_context_find_source_by_id (poll_context, 1) != NULL);
    g_source_destroy (PROBE_SOURCE (poll_probe));
    idle_once (poll_context, 0, "attached in poll");
    g_main_context_wakeup (poll_context);
}

TWIN (function_may_attach_and_destroy, "PO-004 CK-011")
{
    GMainContext *context = context_with_telling_poll ();

    poll_probe = probe_attach (probe_new ("p", 0), context);
    poll_probe->prepare_ready = TRUE;
    in_poll = change_sources;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static int poll_ends[2];

static void
change_descriptors (void)
{
    in_poll = NULL;
    g_source_add_unix_fd (PROBE_SOURCE (poll_probe), poll_ends[0], G_IO_IN);
}

TWIN (function_that_changes_the_records_costs_the_iteration, "PO-004 CK-002")
{
    GMainContext *context = context_with_telling_poll ();

    pipe_open (poll_ends);
    feed (poll_ends[1]);
    poll_probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    idle_again (context, 0, "idle");
    in_poll = change_descriptors;
    turn (context);
    turn (context);
    g_main_context_unref (context);
    pipe_close (poll_ends);
}

static void
iterate_inside (void)
{
    in_poll = NULL;
    trace ("  nested:");
    turn (poll_context);
    trace ("  back");
}

TWIN (function_may_iterate_its_own_context, "PO-004")
{
    GMainContext *context = context_with_telling_poll ();

    idle_again (context, 0, "idle");
    in_poll = iterate_inside;
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (failing_function_is_warned_about_and_check_goes_on, "PO-005")
{
    static const int numbers[] = { EBADF, EINVAL, ENOMEM, EINTR, EAGAIN };
    GMainContext    *context = context_with_telling_poll ();

    probe_attach (probe_new ("p", 0), context)->check_ready = TRUE;
    poll_result = -1;
    for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++) {
        poll_errno = numbers[i];
        turn (context);
    }
    g_main_context_unref (context);
}

TWIN (null_restores_g_poll, "PO-006")
{
    GMainContext *context = context_with_telling_poll ();

    trace ("telling %d", g_main_context_get_poll_func (context) == telling_poll);
    g_main_context_set_poll_func (context, NULL);
    trace ("g_poll %d", g_main_context_get_poll_func (context) == g_poll);
    turn (context);
    g_main_context_set_poll_func (context, telling_poll);
    turn (context);
    g_main_context_set_poll_func (context, g_poll);
    trace ("g_poll %d", g_main_context_get_poll_func (context) == g_poll);
    turn (context);
    g_main_context_unref (context);
}

static int
second_poll (GPollFD *entries, guint count, int timeout)
{
    trace ("second poll %u, timeout %d", count, timeout);
    g_main_context_set_poll_func (poll_context, telling_poll);
    return g_poll (entries, count, 0);
}

static void
switch_function (void)
{
    in_poll = NULL;
    g_main_context_set_poll_func (poll_context, second_poll);
}

TWIN (function_may_be_changed_while_it_runs, "PO-004 PO-006")
{
    GMainContext *context = context_with_telling_poll ();

    in_poll = switch_function;
    turn (context);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

static gint64
blocking_time_for (GMainContext *context, gint64 microseconds)
{
    Probe *probe = probe_new_with (&probe_passive_funcs, "timer", 0);
    gint64 begin = now_ns ();

    g_source_set_ready_time (PROBE_SOURCE (probe), begin / 1000 + microseconds);
    g_source_attach (PROBE_SOURCE (probe), context);
    while (!g_main_context_iteration (context, TRUE))
        ;
    begin = now_ns () - begin;
    g_source_destroy (PROBE_SOURCE (probe));
    g_source_unref (PROBE_SOURCE (probe));
    return begin / 1000;
}

TWIN (sub_millisecond_timers_are_exact_with_g_poll, "PO-007")
{
    GMainContext *context = g_main_context_new ();
    gint64        fastest = G_MAXINT64;

    /* The fastest of some: a busy machine makes single ones late. */
    for (int i = 0; i < 15; i++) {
        gint64 taken = blocking_time_for (context, 4100);

        fastest = MIN (fastest, taken);
    }
    trace ("not early %d", fastest >= 4099); /* the begin was cut to whole microseconds */
    since (2, 82, "whole milliseconds", "exact", fastest < 4900 ? "exact" : "whole milliseconds");
    g_main_context_unref (context);
}

TWIN (negative_descriptor_is_passed_through, "PO-008")
{
    GMainContext *context = context_with_telling_poll ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    GPollFD       record = { -1, G_IO_IN, 0 };
    gpointer      tag;

    tag = g_source_add_unix_fd (PROBE_SOURCE (probe), -1, G_IO_IN);
    turn (context);
    g_main_context_add_poll (context, &record, 0);
    turn (context);
    g_main_context_set_poll_func (context, NULL);
    turn (context);
    trace ("record %s, source %s", events_text (record.revents),
           events_text (g_source_query_unix_fd (PROBE_SOURCE (probe), tag)));
    g_main_context_remove_poll (context, &record);
    g_main_context_unref (context);
}

static int
lying_poll (GPollFD *entries, guint count, int timeout)
{
    (void) timeout;
    for (guint i = 0; i < count; i++)
        entries[i].revents = entries[i].events;
    return (int) count;
}

TWIN (answers_of_a_custom_function_are_believed, "PO-001 CK-003")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_attach (probe_new_with (&probe_passive_funcs, "p", 0), context);
    int           ends[2];

    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
    turn (context);
    g_main_context_set_poll_func (context, lying_poll);
    turn (context);
    g_main_context_set_poll_func (context, NULL);
    turn (context);
    pipe_close (ends);
    g_main_context_unref (context);
}
