/* kernel_truth.c - what the kernel does with descriptors must be seen as poll(2) shows it, whatever the loop waits with.
 *
 * Many descriptors, sets that grow and shrink, one descriptor at two priorities, descriptors shared with a forked child,
 * and a process that closes everything. Single descriptor sources are the subject of unix_fd_sources.c.
 */
#include "twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static Probe *
reader (GMainContext *context, const char *name, int priority, int fd)
{
    Probe *probe = probe_new_with (&probe_passive_funcs, name, priority);

    g_source_add_unix_fd (PROBE_SOURCE (probe), fd, G_IO_IN);
    return probe_attach (probe, context);
}

TWIN (events_beyond_the_priority_are_neither_delivered_nor_lost, "QU-003 CK-003 OR-004")
{
    GMainContext *context = g_main_context_new ();
    GSource      *greedy;
    int           ends[2];

    pipe_open (ends);
    reader (context, "less urgent", 10, ends[0]);
    greedy = idle_again (context, 5, "greedy");
    feed (ends[1]);
    turn (context);
    turn (context);
    reader (context, "urgent", 0, ends[0]);
    turn (context);
    turn (context);
    drain (ends[0]);
    turn (context);
    feed (ends[1]);
    g_source_destroy (greedy);
    trace ("greedy is gone");
    turn (context);
    g_source_destroy (g_main_context_find_source_by_id (context, 3));
    turn (context);
    turn (context);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (records_of_one_descriptor_with_different_events, "QU-001 CK-003 UF-002")
{
    GMainContext *context = g_main_context_new ();
    Probe        *probes[2];
    int           ends[2];

    pipe_open (ends);
    for (int i = 0; i < 2; i++) {
        probes[i] = probe_new_with (&probe_passive_funcs, i == 0 ? "wants IN" : "wants OUT", 0);
        g_source_add_unix_fd (PROBE_SOURCE (probes[i]), ends[1], i == 0 ? G_IO_IN : G_IO_OUT);
        probe_attach (probes[i], context);
    }
    turn (context);
    g_source_destroy (PROBE_SOURCE (probes[1]));
    trace ("nobody wants OUT any more");
    turn (context);
    close (ends[0]);
    trace ("broken");
    turn (context);
    turn (context);
    close (ends[1]);
    g_main_context_unref (context);
}

#define CROWD 300

TWIN (urgent_descriptor_comes_first_among_hundreds, "CK-009 OR-001")
{
    static char   names[CROWD][8];
    GMainContext *context = g_main_context_new ();
    int           copies[CROWD];
    int           ends[2], urgent[2];

    pipe_open (ends);
    pipe_open (urgent);
    for (int i = 0; i < CROWD; i++) {
        snprintf (names[i], sizeof names[i], "%d", i);
        copies[i] = dup (ends[0]);
        reader (context, names[i], 10, copies[i]);
    }
    reader (context, "urgent", -1, urgent[0]);
    turn (context);
    feed (ends[1]);
    feed (urgent[1]);
    turn (context);
    drain (urgent[0]);
    turn (context);
    drain (ends[0]);
    turn (context);
    g_main_context_unref (context);
    for (int i = 0; i < CROWD; i++)
        close (copies[i]);
    pipe_close (ends);
    pipe_close (urgent);
}

TWIN (growing_and_shrinking_sets_keep_their_order, "OR-001 QU-001 UF-004")
{
    static char   names[CROWD][8];
    GMainContext *context = g_main_context_new ();
    Probe        *probes[CROWD];
    int           ends[CROWD / 2][2];
    guint32       state = 88172645u;

    for (int i = 0; i < CROWD / 2; i++)
        pipe_open (ends[i]);
    for (int count = 0; count < CROWD; count += 15) {
        trace ("%d", count);
        for (int i = count; i < count + 15; i++) {
            int pipe = (int) (shuffled (&state) % (CROWD / 2));

            snprintf (names[i], sizeof names[i], "%d", i);
            probes[i] = reader (context, names[i], (int) (shuffled (&state) % 3), ends[pipe][0]);
        }
        for (int i = 0; i < 10; i++) {
            int pipe = (int) (shuffled (&state) % (CROWD / 2));

            drain (ends[pipe][0]);
            feed (ends[(pipe + 7) % (CROWD / 2)][1]);
        }
        turn (context);
    }
    for (int count = CROWD; count > 0; count -= 15) {
        trace ("%d", count);
        turn (context);
        for (int i = 0; i < 15; i++)
            g_source_destroy (PROBE_SOURCE (probes[count - 1 - i]));
    }
    turn (context);
    g_main_context_unref (context);
    for (int i = 0; i < CROWD / 2; i++)
        pipe_close (ends[i]);
}

/* ---- fork ------------------------------------------------------------------------------------------------------- */

static GMainContext *shared_context;
static int           shared_pipe[2];
static int           other_pipe[2];

static void
child_plays (void)
{
    turn (shared_context);
    drain (shared_pipe[0]);
    g_source_destroy (g_main_context_find_source_by_id (shared_context, 1));
    turn (shared_context);
    reader (shared_context, "child's own", 0, other_pipe[0]);
    feed (other_pipe[1]);
    turn (shared_context);
    drain (other_pipe[0]);
    turn (shared_context);
}

TWIN (forked_child_uses_its_copy_and_the_parent_notices_nothing, "UF-002 UF-007 UF-011")
{
    static const int crowds[] = { 0, 100 };

    for (size_t round = 0; round < G_N_ELEMENTS (crowds); round++) {
        int copies[100];

        trace ("beside %d others", crowds[round]);
        shared_context = g_main_context_new ();
        pipe_open (shared_pipe);
        pipe_open (other_pipe);
        reader (shared_context, "shared", 0, shared_pipe[0]);
        for (int i = 0; i < crowds[round]; i++) {
            copies[i] = dup (other_pipe[0]);
            reader (shared_context, "silent", 5, copies[i]);
        }
        turn (shared_context);
        feed (shared_pipe[1]);
        trace ("child: %s", in_child (child_plays));
        turn (shared_context);
        feed (shared_pipe[1]);
        turn (shared_context);
        drain (shared_pipe[0]);
        turn (shared_context);
        g_main_context_unref (shared_context);
        for (int i = 0; i < crowds[round]; i++)
            close (copies[i]);
        pipe_close (shared_pipe);
        pipe_close (other_pipe);
    }
}

/* ---- a process that closes everything --------------------------------------------------------------------------- */

static void *
attach_from_thread (void *context)
{
    nap_ms (20); /* the other side should be asleep by then; it must wake up in any case */
    idle_once (context, 0, "from a thread");
    return NULL;
}

OWN (loop_survives_the_loss_of_its_descriptors_and_writes_into_no_others, "UF-006 WK-001 WK-007",
     "GLib goes on using the numbers its wakeup had")
{
    GMainContext *context = g_main_context_new ();
    int           ends[6][2];
    pthread_t     thread;

    g_main_context_wakeup (context);
    turn (context);
    wakeup_descriptor (context);
    for (int fd = 3; fd < 1024; fd++)
        close (fd);
    for (int i = 0; i < 6; i++)
        pipe_open (ends[i]);

    g_main_context_wakeup (context);
    g_main_context_acquire (context);
    thread = spawn (attach_from_thread, context);
    for (int tries = 0; tries < 3 && !g_main_context_iteration (context, TRUE); tries++)
        ;
    join (thread);
    g_main_context_release (context);
    expect (!g_main_context_pending (context));

    reader (context, "reader", 0, ends[5][0]);
    feed (ends[5][1]);
    expect (turn (context));
    drain (ends[5][0]);
    expect (!turn (context));
    g_main_context_wakeup (context);
    turn (context);
    g_main_context_unref (context);
    for (int i = 0; i < 6; i++) {
        char byte;

        expect (read (ends[i][0], &byte, 1) == -1); /* neither data nor closed by somebody else */
        expect (close (ends[i][0]) == 0);
        expect (close (ends[i][1]) == 0);
    }
}

/* ---- the environment's choice ------------------------------------------------------------------------------------ */

OWN (unknown_way_to_wait_is_told_once, "PO-001", "MAINSPRING_POLL means nothing to GLib")
{
    GMainContext *contexts[2];

    setenv ("MAINSPRING_POLL", "bogus", 1);
    log_hold ();
    for (size_t i = 0; i < G_N_ELEMENTS (contexts); i++) {
        contexts[i] = g_main_context_new ();
        expect (!g_main_context_iteration (contexts[i], FALSE));
        g_main_context_unref (contexts[i]);
    }
    expect (strcmp (log_held (), "GLib-WARNING MAINSPRING_POLL may be poll or epoll; it is neither, and is ignored.") == 0);
}
