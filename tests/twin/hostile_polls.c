/* hostile_polls.c - poll functions that lie: about how many entries are ready, about what happened to them, about errors and
 * time, and in the array itself.
 *
 * What an honest function may do, iterate and attach and fail, is in poll_func.c; one that jumps away in hostile_jumps.c.
 */
#include "hostile.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

typedef int (*Lie) (GPollFD *entries, guint count);

static Lie   lie;
static int   answer, number;
static guint bits;

static int
lying_poll (GPollFD *entries, guint count, int timeout)
{
    (void) timeout;
    return lie (entries, count);
}

/* Two readers, one of which has something to read, a writer, and an idle that is less urgent. */
typedef struct {
    int ends[2][2];
} Scene;

static Probe *
watcher (const char *name, int fd, GIOCondition events)
{
    Probe *probe = probe_new_with (&probe_passive_funcs, name, 0);

    g_source_add_unix_fd (PROBE_SOURCE (probe), fd, events);
    return probe_attach (probe, the_context);
}

static void
open_scene (Scene *scene)
{
    the_context = g_main_context_new ();
    for (int i = 0; i < 2; i++)
        pipe_open (scene->ends[i]);
    feed (scene->ends[1][1]);
    watcher ("silent", scene->ends[0][0], G_IO_IN);
    watcher ("readable", scene->ends[1][0], G_IO_IN);
    idle_again (the_context, 10, "idle");
    g_main_context_wakeup (the_context);
}

/* What comes of the lie, and that an honest function is believed again. */
static void
tell_of (const char *name, Lie told)
{
    Scene scene;

    trace ("-- %s", name);
    open_scene (&scene);
    lie = told;
    g_main_context_set_poll_func (the_context, lying_poll);
    turn (the_context);
    turn (the_context);
    g_main_context_set_poll_func (the_context, NULL);
    trace ("honest:");
    turn (the_context);
    drain (scene.ends[1][0]);
    turn (the_context);
    g_main_context_unref (the_context);
    for (int i = 0; i < 2; i++)
        pipe_close (scene.ends[i]);
}

static int
tell_truth_but_answer (GPollFD *entries, guint count)
{
    g_poll (entries, count, 0);
    return answer;
}

TWIN (number_it_returns_is_not_relied_on, "HN-012 CK-003")
{
    static const int answers[] = { 0, 1, 2, 1000, INT_MAX };

    for (size_t i = 0; i < G_N_ELEMENTS (answers); i++) {
        answer = answers[i];
        tell_of ("another number", tell_truth_but_answer);
    }
}

static int
fail (GPollFD *entries, guint count)
{
    g_poll (entries, count, 0);
    errno = number;
    return answer;
}

TWIN (odd_errors_are_told, "HN-012 PO-005")
{
    static const int numbers[] = { 0, EINTR, EPERM, ENOSYS, 9999, -1, INT_MIN };

    for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++) {
        number = numbers[i];
        answer = i % 2 == 0 ? -1 : INT_MIN;
        tell_of ("a failure", fail);
    }
}

static int
report_bits (GPollFD *entries, guint count)
{
    for (guint i = 0; i < count; i++)
        entries[i].revents = (gushort) bits;
    return (int) count;
}

TWIN (events_nobody_asked_for_are_masked, "HN-012 CK-003")
{
    static const guint masks[] = { 0, G_IO_OUT, G_IO_PRI, G_IO_HUP, G_IO_ERR, G_IO_NVAL, 0x8000, 0xffff };

    for (size_t i = 0; i < G_N_ELEMENTS (masks); i++) {
        bits = masks[i];
        trace ("%s", events_text (bits));
        tell_of ("bits", report_bits);
    }
}

static int
keep_silent (GPollFD *entries, guint count)
{
    (void) entries;
    (void) count;
    return 0;
}

static int
leave_garbage_and_say_nothing (GPollFD *entries, guint count)
{
    report_bits (entries, count);
    return 0;
}

TWIN (silence_is_believed_for_an_iteration, "HN-012")
{
    tell_of ("silence", keep_silent);
    bits = G_IO_IN;
    tell_of ("silence with events", leave_garbage_and_say_nothing);
}

static int
forget_what_was_asked (GPollFD *entries, guint count)
{
    int found = g_poll (entries, count, 0);

    for (guint i = 0; i < count; i++)
        entries[i].events = 0xffff;
    return found;
}

/* The array is the caller's again at the next call. */
TWIN (changed_events_are_not_kept, "HN-012 PO-001")
{
    tell_of ("other events", forget_what_was_asked);
}

/* ---- the array itself: GLib may abort on it ------------------------------------------------------------------------ */

#define UNSPECIFIED "GLib leaves open what comes of it, and may abort (CK-004)"

static int
reverse (GPollFD *entries, guint count)
{
    int found = g_poll (entries, count, 0);

    for (guint i = 0; i < count / 2; i++) {
        GPollFD other = entries[i];

        entries[i] = entries[count - 1 - i];
        entries[count - 1 - i] = other;
    }
    return found;
}

static int
negate (GPollFD *entries, guint count)
{
    int found = g_poll (entries, count, 0);

    for (guint i = 0; i < count; i++)
        entries[i].fd = -1 - entries[i].fd;
    return found;
}

static int
name_one_descriptor_everywhere (GPollFD *entries, guint count)
{
    for (guint i = 0; i < count; i++)
        entries[i] = (GPollFD){ entries[0].fd, 0xffff, 0xffff };
    return (int) count;
}

static int
invent_descriptors (GPollFD *entries, guint count)
{
    for (guint i = 0; i < count; i++)
        entries[i] = (GPollFD){ 1000000 + (int) i, G_IO_IN, G_IO_IN };
    return (int) count;
}

static int
wipe (GPollFD *entries, guint count)
{
    memset (entries, 0xff, count * sizeof *entries);
    return (int) count;
}

static void
count_dispatch (Probe *probe)
{
    ++*(int *) probe->data;
}

/* Nothing is dispatched that does not exist, what is ready is found in the next iteration, and idles go on all the while. */
static void
expect_no_harm (Lie told)
{
    Scene  scene;
    int    silent = 0, readable = 0, idles = 0;
    Probe *probes[2];

    the_context = g_main_context_new ();
    for (int i = 0; i < 2; i++)
        pipe_open (scene.ends[i]);
    feed (scene.ends[1][1]);
    probes[0] = watcher ("silent", scene.ends[0][0], G_IO_IN);
    probes[1] = watcher ("readable", scene.ends[1][0], G_IO_IN);
    probes[0]->data = &silent;
    probes[1]->data = &readable;
    probes[0]->in_dispatch = probes[1]->in_dispatch = count_dispatch;
    hand_over (with_callback (g_idle_source_new (), count_again, &idles, NULL), the_context);
    lie = told;
    g_main_context_set_poll_func (the_context, lying_poll);
    for (int i = 0; i < 20; i++)
        g_main_context_iteration (the_context, FALSE);
    expect (idles + silent + readable > 0);
    g_main_context_set_poll_func (the_context, NULL);
    silent = readable = 0;
    g_main_context_iteration (the_context, FALSE);
    expect (silent == 0 && readable == 1);
    drain (scene.ends[1][0]);
    idles = 0;
    g_main_context_iteration (the_context, FALSE);
    expect (silent == 0 && readable == 1 && idles == 1);
    g_main_context_unref (the_context);
    for (int i = 0; i < 2; i++)
        pipe_close (scene.ends[i]);
}

OWN (array_that_was_spoilt_does_no_harm, "HN-012 CK-003", UNSPECIFIED)
{
    static const Lie lies[] = { reverse, negate, name_one_descriptor_everywhere, invent_descriptors, wipe };

    for (size_t i = 0; i < G_N_ELEMENTS (lies); i++)
        expect_no_harm (lies[i]);
}

/* ---- time ---------------------------------------------------------------------------------------------------------- */

static int
come_late (GPollFD *entries, guint count)
{
    nap_ms (250);
    return g_poll (entries, count, 0);
}

TWIN (timers_are_served_after_a_late_return, "HN-012 TM-003 TM-016")
{
    the_context = g_main_context_new ();
    /* Far enough off that none has come before the poll function is called, on however slow a machine. */
    for (int i = 3; i > 0; i--)
        hand_over (with_callback (g_timeout_source_new (200 + (guint) i), call_once,
                                  (gpointer) (i == 3 ? "3" : i == 2 ? "2" : "1"), NULL),
                   the_context);
    lie = come_late;
    g_main_context_set_poll_func (the_context, lying_poll);
    trace ("%s", yes (g_main_context_iteration (the_context, TRUE)));
    g_main_context_unref (the_context);
}

static int
come_at_once (GPollFD *entries, guint count)
{
    (void) entries;
    (void) count;
    return 0;
}

TWIN (early_return_makes_nothing_due, "HN-012 PR-001")
{
    the_context = g_main_context_new ();
    hand_over (with_callback (g_timeout_source_new (100000), call_once, (gpointer) "never", NULL), the_context);
    lie = come_at_once;
    g_main_context_set_poll_func (the_context, lying_poll);
    for (int i = 0; i < 3; i++)
        trace ("%s", yes (g_main_context_iteration (the_context, TRUE)));
    g_main_context_unref (the_context);
}

static int depth;

static int
iterate_deeper (GPollFD *entries, guint count)
{
    if (++depth < 30)
        g_main_context_iteration (the_context, FALSE);
    return g_poll (entries, count, 0);
}

TWIN (thirty_iterations_inside_each_other, "HN-012 PO-004")
{
    the_context = g_main_context_new ();
    idle_again (the_context, 0, "idle");
    lie = iterate_deeper;
    g_main_context_set_poll_func (the_context, lying_poll);
    turn (the_context);
    turn (the_context);
    g_main_context_unref (the_context);
}
