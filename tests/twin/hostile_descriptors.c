/* hostile_descriptors.c - functions of the program's that close all descriptors, or put others under their numbers, in every
 * place of an iteration.
 *
 * What belongs to the loop is made anew, what has its number now is left alone. GLib goes on using the numbers its wakeup
 * had, so the cases are OWN. The same at rest, and in daemonisers, is in process_descriptors.c.
 */
#include "hostile.h"
#include "processes.h"

#define GOES_ON "GLib goes on using the numbers its wakeup had"

#define HIGHEST 400
#define CROWD 60

static int witness[2]; /* at high numbers */

static void
open_witness (void)
{
    int ends[2];

    pipe_open (ends);
    for (int i = 0; i < 2; i++) {
        witness[i] = fcntl (ends[i], F_DUPFD_CLOEXEC, HIGHEST + 10);
        close (ends[i]);
    }
}

static void
close_all (void)
{
    for (int fd = 3; fd < HIGHEST; fd++)
        close (fd);
}

/* Every number that was open means the witness now. */
static void
replace_all (void)
{
    for (int fd = 3; fd < HIGHEST; fd++)
        if (fcntl (fd, F_GETFD) >= 0 && dup2 (witness[fd % 2], fd) < 0)
            twin_give_up ("dup2");
}

/* As after close_all, but the numbers are given out again at once. */
static void
close_all_and_open_others (void)
{
    close_all ();
    for (int i = 0; i < 2 * CROWD + 20; i++)
        if (fcntl (witness[i % 2], F_DUPFD_CLOEXEC, 3) < 0)
            twin_give_up ("fcntl");
}

/* A loop that has slept, with this many quiet readers, whose descriptors the program loses too. */
static void
furnish (int count)
{
    GMainContext *context = the_context = g_main_context_new ();
    int           ends[2];

    for (int i = 0; i < count; i++) {
        Probe *probe = probe_new_with (&probe_passive_funcs, "reader", 20);

        pipe_open (ends);
        g_source_add_unix_fd (PROBE_SOURCE (probe), ends[0], G_IO_IN);
        g_source_set_name (PROBE_SOURCE (probe), "reader");
        probe_attach (probe, context);
    }
    woken (context);
    for (int i = 0; i < 10; i++) /* long enough for the quiet ones to be taken for quiet */
        g_main_context_iteration (context, FALSE);
}

static void
destroy_readers (void)
{
    for (guint id = 1; id <= CROWD; id++) {
        GSource *source = g_main_context_find_source_by_id (the_context, id);

        if (source != NULL && g_strcmp0 (g_source_get_name (source), "reader") == 0)
            g_source_destroy (source);
    }
}

/* Posts, timers and new descriptors work, and nobody has read from, written to or closed what is the program's. */
static void
expect_to_work (void)
{
    char  byte;
    int   ends[2], fired = 0;
    Probe *reader = probe_new_with (&probe_passive_funcs, "new reader", 0);

    tell_of_a_post (the_context);
    hand_over (with_callback (g_timeout_source_new (5), count_once, &fired, NULL), the_context);
    iterate_until (the_context, &fired, 1);
    pipe_open (ends);
    g_source_add_unix_fd (PROBE_SOURCE (reader), ends[0], G_IO_IN);
    probe_attach (reader, the_context);
    feed (ends[1]);
    await_dispatch (the_context);
    g_source_destroy (PROBE_SOURCE (reader));
    pipe_close (ends);
    expect (read (witness[0], &byte, 1) < 0 && errno == EAGAIN);
    feed (witness[1]);
    expect (read (witness[0], &byte, 1) == 1);
}

static void
lose_in_every_place (void (*act) (void))
{
    static const int counts[] = { 0, CROWD };

    for (size_t i = 0; i < 2 * PLACES; i++) {
        Place place = (Place) (i / 2);

        open_witness ();
        furnish (counts[i % 2]);
        enter (place, act);
        destroy_readers ();
        settle (the_context);
        expect_to_work ();
        g_main_context_unref (the_context);
        expect (fcntl (witness[0], F_GETFD) >= 0 && fcntl (witness[1], F_GETFD) >= 0);
        close_all ();
        pipe_close (witness);
    }
}

OWN (loop_works_on_when_all_descriptors_are_closed_inside, "HN-009 UF-006 WK-001", GOES_ON)
{
    lose_in_every_place (close_all);
}

OWN (loop_leaves_alone_what_was_put_under_its_numbers, "HN-009 UF-006 WK-001", GOES_ON)
{
    lose_in_every_place (replace_all);
}

OWN (loop_leaves_alone_what_was_opened_under_its_numbers, "HN-009 UF-006 WK-001", GOES_ON)
{
    lose_in_every_place (close_all_and_open_others);
}

/* ---- closed by another thread while the loop sleeps ----------------------------------------------------------------- */

typedef struct {
    int tid;
    void (*act) (void);
} Aim;

static void *
close_under_a_sleeper (void *data)
{
    Aim *aim = data;

    await_sleep_of (aim->tid);
    aim->act ();
    idle_once (the_context, 0, "posted by another thread");
    return NULL;
}

/* Nobody can end that sleep any more but its time and what it watches. */
OWN (sleeper_whose_wakeup_was_lost_finds_what_was_posted_when_it_wakes, "HN-009 WK-001", GOES_ON)
{
    static void (*const acts[]) (void) = { close_all, replace_all, close_all_and_open_others };

    for (size_t i = 0; i < G_N_ELEMENTS (acts); i++) {
        Aim       aim = { own_tid (), acts[i] };
        int       fired = 0;
        pthread_t thread;

        open_witness ();
        furnish (0);
        g_main_context_acquire (the_context);
        hand_over (with_callback (g_timeout_source_new (150), count_once, &fired, NULL), the_context);
        thread = spawn (close_under_a_sleeper, &aim);
        iterate_until (the_context, &fired, 1);
        join (thread);
        settle (the_context);
        expect (g_main_context_find_source_by_id (the_context, 2) == NULL); /* the post was dispatched */
        g_main_context_release (the_context);
        expect_to_work ();
        g_main_context_unref (the_context);
        close_all ();
        pipe_close (witness);
    }
}
