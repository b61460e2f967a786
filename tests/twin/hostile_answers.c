/* hostile_answers.c - sources and outer loops that talk nonsense: prepare and check functions whose answers make no sense or
 * contradict each other, steps of an iteration in the wrong order or from several threads, arrays too small, function
 * tables changed under way, references given back too often.
 */
#include "hostile.h"

#include <limits.h>

static int said_timeout;

static int
telling_poll (GPollFD *entries, guint count, int timeout)
{
    said_timeout = timeout;
    return g_poll (entries, count, 0);
}

/* A blocking iteration, which does not wait; what it would have waited. */
static void
tell_wait (void)
{
    gboolean any;

    said_timeout = -1000;
    any = g_main_context_iteration (the_context, TRUE);
    trace ("%s, timeout %d", yes (any), said_timeout);
}

/* ---- prepare and check --------------------------------------------------------------------------------------------- */

TWIN (nonsense_timeouts_of_prepare, "HN-013 PR-006 PO-001")
{
    static const int timeouts[] = { INT_MIN, INT_MIN + 1, -1000, -3, -1, 0, 1, INT_MAX - 1, INT_MAX };
    static const int answers[] = { FALSE, TRUE, 42, -1, INT_MIN };

    the_context = g_main_context_new ();
    g_main_context_set_poll_func (the_context, telling_poll);
    for (size_t i = 0; i < G_N_ELEMENTS (timeouts) * G_N_ELEMENTS (answers); i++) {
        Probe *probe = probe_new ("p", 0);

        probe->quiet = TRUE;
        probe->timeout = timeouts[i / G_N_ELEMENTS (answers)];
        probe->prepare_ready = answers[i % G_N_ELEMENTS (answers)];
        trace ("timeout %d, ready %d:", probe->timeout, probe->prepare_ready);
        probe_attach (probe, the_context);
        tell_wait ();
        g_source_destroy (PROBE_SOURCE (probe));
        settle (the_context);
    }
    g_main_context_unref (the_context);
}

TWIN (nonsense_timeouts_beside_sensible_ones, "HN-013 PR-006 PR-009")
{
    static const int timeouts[] = { INT_MIN, -7, INT_MAX };

    for (size_t i = 0; i < G_N_ELEMENTS (timeouts); i++) {
        Probe *probes[3];

        the_context = g_main_context_new ();
        g_main_context_set_poll_func (the_context, telling_poll);
        for (int j = 0; j < 3; j++) {
            probes[j] = probe_new ("p", j);
            probes[j]->quiet = TRUE;
            probes[j]->timeout = j == 1 ? 400 : timeouts[i];
            probe_attach (probes[j], the_context);
        }
        settle (the_context);
        tell_wait ();
        g_main_context_unref (the_context);
    }
}

TWIN (check_that_contradicts_prepare, "HN-014 PR-004 CK-006")
{
    static const int answers[] = { FALSE, TRUE, 42, -1, INT_MIN };

    for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
        for (int prepared = FALSE; prepared <= TRUE; prepared++) {
            Probe *probe = probe_new ("p", 0);

            the_context = g_main_context_new ();
            probe->prepare_ready = prepared;
            probe->check_ready = answers[i];
            probe_attach (probe, the_context);
            turn (the_context);
            g_main_context_unref (the_context);
        }
}

static void
change_its_mind (Probe *probe)
{
    probe->prepare_ready = !probe->prepare_ready;
    probe->check_ready = !probe->check_ready;
}

TWIN (source_that_changes_its_mind_at_every_question, "HN-014 PR-014")
{
    Probe *probe = probe_new ("p", 0);

    the_context = g_main_context_new ();
    probe->in_prepare = probe->in_check = change_its_mind;
    probe_attach (probe, the_context);
    for (int i = 0; i < 6; i++)
        turn (the_context);
    g_main_context_unref (the_context);
}

static void
destroy_itself (Probe *probe)
{
    g_source_destroy (PROBE_SOURCE (probe));
}

static void
move_itself (Probe *probe)
{
    g_source_set_priority (PROBE_SOURCE (probe), g_source_get_priority (PROBE_SOURCE (probe)) == 0 ? 7 : 0);
}

static void
make_itself_due (Probe *probe)
{
    g_source_set_ready_time (PROBE_SOURCE (probe), probe->quiet++ ? -1 : 0);
}

static void
spawn_another (Probe *probe)
{
    if (g_main_context_find_source_by_id (the_context, 20) == NULL) {
        Probe *other = probe_new ("another", g_source_get_priority (PROBE_SOURCE (probe)));

        other->in_prepare = probe->in_prepare;
        other->in_check = probe->in_check;
        probe_attach (other, the_context);
    }
}

TWIN (sources_that_change_the_loop_while_it_asks, "HN-014 PR-012 CK-005")
{
    static void (*const acts[]) (Probe *) = { destroy_itself, make_itself_due, spawn_another };

    for (size_t i = 0; i < G_N_ELEMENTS (acts); i++)
        for (int in_check = FALSE; in_check <= TRUE; in_check++)
            for (int ready = FALSE; ready <= TRUE; ready++) {
                Probe *probe = probe_new ("p", 0);

                trace ("-- act %d in %s, ready %s", (int) i, in_check ? "check" : "prepare", yes (ready));
                the_context = g_main_context_new ();
                *(in_check ? &probe->in_check : &probe->in_prepare) = acts[i];
                probe->check_ready = ready;
                probe->prepare_ready = ready && !in_check;
                probe->keep = FALSE;
                probe_attach (probe, the_context);
                idle_once (the_context, 5, "beside");
                for (int j = 0; j < 4; j++)
                    turn (the_context);
                g_main_context_unref (the_context);
            }
}

static void
count_question (Probe *probe)
{
    ++*(int *) probe->data;
    move_itself (probe);
}

OWN (source_that_moves_itself_when_it_is_asked_hides_nobody, "HN-014 OR-002",
     "GLib passes over the priorities between the old and the new one")
{
    for (int in_check = FALSE; in_check <= TRUE; in_check++) {
        Probe *probe = probe_new ("p", 0);
        int    asked = 0, served = 0;

        the_context = g_main_context_new ();
        probe->quiet = TRUE;
        probe->data = &asked;
        *(in_check ? &probe->in_check : &probe->in_prepare) = count_question;
        probe_attach (probe, the_context);
        for (int i = 0; i < 10; i++) {
            hand_over (with_callback (g_timeout_source_new (0), count_once, &served, NULL), the_context);
            g_source_set_priority (g_main_context_find_source_by_user_data (the_context, &served), 5);
            expect (g_main_context_iteration (the_context, FALSE));
            expect (served == i + 1);
            g_source_set_priority (PROBE_SOURCE (probe), 0);
        }
        expect (asked >= 10 && asked <= 20);
        g_main_context_unref (the_context);
    }
}

/* ---- steps of an iteration ----------------------------------------------------------------------------------------- */

static void
furnish (int ends[2])
{
    Probe *reader = probe_new_with (&probe_passive_funcs, "reader", 0);
    int    low[2];

    the_context = g_main_context_new ();
    pipe_open (low);
    for (int i = 0; i < 2; i++)
        ends[i] = high_copy (low[i]); /* behind the wakeup, whenever that is opened */
    pipe_close (low);
    feed (ends[1]);
    g_source_add_unix_fd (PROBE_SOURCE (reader), ends[0], G_IO_IN);
    probe_attach (reader, the_context);
    idle_once (the_context, 10, "idle");
}

/* Letters are steps: prepare, query, poll (o), check, dispatch, and iterations between them. */
static void
take_steps (const char *steps)
{
    Hand hand = { the_context, FALSE, G_MAXINT, 0, { { 0, 0, 0 } }, 0 };

    trace ("-- %s", steps);
    for (; *steps != '\0'; steps++)
        switch (*steps) {
        case 'p':
            hand.ready = g_main_context_prepare (the_context, &hand.priority);
            trace ("prepare %s, priority %d", yes (hand.ready), hand.priority);
            break;
        case 'q':
            hand.count = g_main_context_query (the_context, hand.priority, &hand.timeout, hand.entries, 64);
            break;
        case 'o':
            hand_poll (&hand);
            break;
        case 'c':
            trace ("check %s", yes (hand_check (&hand)));
            break;
        case 'd':
            g_main_context_dispatch (the_context);
            break;
        case 'i':
            turn (the_context);
            break;
        }
}

TWIN (steps_in_the_wrong_order, "HN-015 OW-011 PR-002")
{
    static const char *const orders[]
        = { "c", "d", "cd", "qocd", "pcd", "pd", "pqod", "pqocc", "pqocdd", "ppqocd", "pqqocd", "pqopcd", "pqocpd",
            "qpocd", "cpqod", "dpqoc", "pqoicd", "pqocid", "piqocd", "pqocddcd", "pqocpqocd", "dcoqp" };

    for (size_t i = 0; i < G_N_ELEMENTS (orders); i++) {
        int ends[2];

        furnish (ends);
        take_steps (orders[i]);
        trace ("afterwards:");
        turn (the_context);
        drain (ends[0]);
        turn (the_context);
        g_main_context_unref (the_context);
        pipe_close (ends);
    }
}

TWIN (arrays_too_small, "HN-015 QU-004")
{
    GPollFD entries[8];
    int     ends[2], timeout, priority;

    for (int size = 0; size < 4; size++) {
        furnish (ends);
        g_main_context_prepare (the_context, &priority);
        for (int i = 0; i < 8; i++)
            entries[i] = (GPollFD){ -7, 77, 77 };
        trace ("needed %d", g_main_context_query (the_context, priority, &timeout, size == 0 ? NULL : entries, size));
        for (int i = size; i < 8; i++)
            expect (entries[i].fd == -7 && entries[i].events == 77 && entries[i].revents == 77);
        g_poll (entries, (guint) MIN (size, 2), 0);
        trace ("check %s", yes (g_main_context_check (the_context, priority, size == 0 ? NULL : entries, MIN (size, 2))));
        g_main_context_dispatch (the_context);
        turn (the_context);
        g_main_context_unref (the_context);
        pipe_close (ends);
    }
}

static Hand  shared;
static char  step[2];

static void *
take_step (void *data)
{
    (void) data;
    if (step[0] == 'p')
        hand_query (&shared, the_context);
    else if (step[0] == 'o')
        hand_poll (&shared);
    else if (step[0] == 'c')
        trace ("check %s", yes (hand_check (&shared)));
    else
        g_main_context_dispatch (the_context);
    return NULL;
}

TWIN (every_step_from_another_thread, "HN-015 OW-011")
{
    int ends[2];

    furnish (ends);
    for (const char *steps = "pocdpocd"; *steps != '\0'; steps++) {
        step[0] = *steps;
        in_thread (take_step, NULL);
    }
    trace ("free %s", yes (free_for_others (the_context)));
    g_main_context_unref (the_context);
    pipe_close (ends);
}

#define TIMES 400
static int dispatched[TIMES];
static int finished;

static gboolean
count_atomically (gpointer counter)
{
    g_atomic_int_inc ((int *) counter);
    g_atomic_int_inc (&finished);
    return G_SOURCE_REMOVE;
}

static void *
drive_by_hand (void *data)
{
    (void) data;
    while (g_atomic_int_get (&finished) < TIMES) {
        Hand hand;

        hand_query (&hand, the_context);
        hand_poll (&hand);
        hand_check (&hand);
        g_main_context_dispatch (the_context);
    }
    return NULL;
}

OWN (threads_that_drive_one_context_at_once_dispatch_each_source_once, "HN-015 OW-011 PR-002",
     "GLib's threads crash each other there")
{
    pthread_t threads[4];

    the_context = g_main_context_new ();
    for (int i = 0; i < TIMES; i++)
        hand_over (with_callback (g_idle_source_new (), count_atomically, &dispatched[i], NULL), the_context);
    for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = spawn (drive_by_hand, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
        join (threads[i]);
    for (int i = 0; i < TIMES; i++)
        expect (dispatched[i] == 1);
    expect (!g_main_context_pending (the_context));
    g_main_context_unref (the_context);
}

/* ---- function tables ----------------------------------------------------------------------------------------------- */

static GSourceFuncs changing;

static void
lose_prepare (Probe *probe)
{
    (void) probe;
    changing.prepare = NULL;
}

static void
lose_check (Probe *probe)
{
    (void) probe;
    changing.check = NULL;
}

static void
lose_both (Probe *probe)
{
    lose_prepare (probe);
    lose_check (probe);
}

static gboolean
other_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    (void) source;
    (void) callback;
    (void) data;
    trace ("other dispatch");
    return G_SOURCE_CONTINUE;
}

static void
swap_dispatch (Probe *probe)
{
    (void) probe;
    changing.dispatch = other_dispatch;
}

static void
lose_finalize (Probe *probe)
{
    (void) probe;
    changing.finalize = NULL;
}

TWIN (table_that_is_changed_under_way_is_read_at_the_last_moment, "HN-016 DI-004 SL-002")
{
    static void (*const acts[]) (Probe *) = { lose_prepare, lose_check, lose_both, swap_dispatch, lose_finalize };

    for (size_t i = 0; i < 3 * G_N_ELEMENTS (acts); i++) {
        Probe *probe = probe_new_with (&changing, "p", 0);

        trace ("-- act %d in place %d", (int) i / 3, (int) i % 3);
        changing = probe_funcs;
        the_context = g_main_context_new ();
        *(i % 3 == 0 ? &probe->in_prepare : i % 3 == 1 ? &probe->in_check : &probe->in_dispatch) = acts[i / 3];
        probe->check_ready = TRUE;
        probe_attach (probe, the_context);
        for (int j = 0; j < 3; j++)
            turn (the_context);
        g_source_destroy (PROBE_SOURCE (probe));
        turn (the_context);
        g_main_context_unref (the_context);
    }
}

/* ---- references ---------------------------------------------------------------------------------------------------- */

TWIN (context_works_on_when_its_reference_on_a_source_was_given_back, "HN-017 SL-016")
{
    GSource *source;

    the_context = g_main_context_new ();
    idle_once (the_context, 0, "before");
    source = idle_again (the_context, 0, "given back");
    idle_once (the_context, 0, "behind");
    g_source_unref (source); /* the context's own */
    turn (the_context);
    turn (the_context);
    g_main_context_unref (the_context);
}
