/* process_descriptors.c - programs that deal with descriptors behind the loop's back: daemonisers and monitors that close
 * all of them and open others under their numbers, and watched ones closed, replaced or kept alive among many.
 *
 * A loop that has lost its own descriptors must find out, make others, and never write to, read from, edit or close what
 * has their numbers now. GLib does not, so those cases are OWN. Single descriptors are the subject of unix_fd_sources.c.
 */
#include "processes.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define GOES_ON "GLib goes on using the numbers its wakeup had"

/* ---- a context with many quiet descriptors ----------------------------------------------------------------------- */

#define MOST 60

typedef struct {
    GMainContext *context;
    int           count;
    int           ends[MOST][2];
    Probe        *readers[MOST];
} Crowd;

static void
crowd_open (Crowd *crowd, int count)
{
    crowd->context = g_main_context_new ();
    crowd->count = count;
    for (int i = 0; i < count; i++) {
        pipe_open (crowd->ends[i]);
        crowd->readers[i] = probe_new_with (&probe_passive_funcs, "reader", 0);
        g_source_add_unix_fd (PROBE_SOURCE (crowd->readers[i]), crowd->ends[i][0], G_IO_IN);
        probe_attach (crowd->readers[i], crowd->context);
    }
    for (int i = 0; i < 6; i++) /* long enough for the quiet ones to be taken for quiet */
        expect (woken (crowd->context) == (i == 0 && count > 0));
}

static void
crowd_destroy_sources (Crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++)
        g_source_destroy (PROBE_SOURCE (crowd->readers[i]));
}

/* ---- other files under all low numbers --------------------------------------------------------------------------- */

typedef enum { PIPES, READABLE_PIPES, EVENTFDS, EPOLLS, FILES, KINDS } Kind;

#define STRANGERS 200 /* numbers from 3 on */
static int stranger_pipe[2];

static void
close_everything (void)
{
    for (int fd = 3; fd < 1024; fd++)
        close (fd);
}

static void
open_strangers (Kind kind)
{
    int first = -1;

    if (kind == PIPES || kind == READABLE_PIPES) {
        int ends[2];

        pipe_open (ends);
        stranger_pipe[0] = fcntl (ends[0], F_DUPFD_CLOEXEC, 900);
        stranger_pipe[1] = fcntl (ends[1], F_DUPFD_CLOEXEC, 900);
        pipe_close (ends);
        if (kind == READABLE_PIPES)
            for (int i = 0; i < 4; i++)
                feed (stranger_pipe[1]);
    }
    for (int fd = 3; fd < STRANGERS; fd++) {
        int found = -1;

        switch (kind) {
        case PIPES:
        case READABLE_PIPES:
            found = fcntl (stranger_pipe[fd % 2 && kind == PIPES], F_DUPFD_CLOEXEC, 3);
            break;
        case EVENTFDS:
            found = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
            break;
        case EPOLLS:
            found = epoll_create1 (EPOLL_CLOEXEC);
            break;
        case FILES:
            found = memfd_create ("stranger", MFD_CLOEXEC);
            break;
        case KINDS:
            break;
        }
        if (found < 0 || found >= STRANGERS)
            twin_give_up ("strangers");
        if (first < 0)
            first = found;
    }
    expect (first == 3);
}

/* Expects every stranger to be there still and as it was, and closes it. Nothing is allowed to have its number taken. */
static void
close_strangers (Kind kind)
{
    if (kind == PIPES || kind == READABLE_PIPES) {
        char    bytes[16];
        ssize_t got = read (stranger_pipe[0], bytes, sizeof bytes);

        expect (got == (kind == PIPES ? -1 : 4));
        close (stranger_pipe[0]);
        close (stranger_pipe[1]);
    }
    for (int fd = 3; fd < STRANGERS; fd++) {
        if (kind == EVENTFDS) {
            eventfd_t value;

            expect (eventfd_read (fd, &value) < 0 && errno == EAGAIN);
        } else if (kind == EPOLLS) {
            char  path[64], line[256];
            FILE *info;

            snprintf (path, sizeof path, "/proc/self/fdinfo/%d", fd);
            info = fopen (path, "re");
            while (info != NULL && fgets (line, sizeof line, info) != NULL)
                expect (!g_str_has_prefix (line, "tfd:"));
            if (info != NULL)
                fclose (info);
        } else if (kind == FILES) {
            struct stat status;

            expect (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size == 0);
        }
        expect (close (fd) == 0);
    }
}

static void *
attach_later (void *context)
{
    nap_ms (60); /* the other side should be asleep by then; it must wake in any case */
    idle_once (context, 0, "from a thread");
    return NULL;
}

/* The loop works: it wakes for another thread, for a descriptor and for a signal. */
static void
expect_to_work (GMainContext *context)
{
    int       ends[2], counter = 0;
    pthread_t thread;
    Probe    *reader;

    g_main_context_acquire (context);
    thread = spawn (attach_later, context);
    while (!g_main_context_iteration (context, TRUE))
        ;
    join (thread);
    pipe_open (ends);
    reader = probe_new_with (&probe_passive_funcs, "new reader", 0);
    g_source_add_unix_fd (PROBE_SOURCE (reader), ends[0], G_IO_IN);
    probe_attach (reader, context);
    feed (ends[1]);
    await_dispatch (context);
    g_source_destroy (PROBE_SOURCE (reader));
    pipe_close (ends);
    hand_over (with_callback (g_unix_signal_source_new (SIGUSR1), count_once, &counter, NULL), context);
    raise (SIGUSR1);
    iterate_until (context, &counter, 1);
    g_main_context_release (context);
}

/* ---- a monitor: the same process --------------------------------------------------------------------------------- */

static void
lose_everything (Kind kind, int count)
{
    Crowd crowd;

    crowd_open (&crowd, count);
    close_everything ();
    open_strangers (kind);
    crowd_destroy_sources (&crowd);
    expect_to_work (crowd.context);
    g_main_context_unref (crowd.context);
    close_strangers (kind);
}

OWN (monitor_closes_all_descriptors_and_opens_others, "UF-006 WK-001 WK-007 SY-005", GOES_ON)
{
    for (Kind kind = PIPES; kind < KINDS; kind++) {
        lose_everything (kind, 0);
        lose_everything (kind, MOST);
    }
}

static gboolean
monitor (gpointer data)
{
    (void) data;
    close_everything ();
    open_strangers (PIPES);
    return G_SOURCE_REMOVE;
}

OWN (monitor_closes_all_descriptors_in_a_callback_before_a_long_sleep, "UF-006 WK-001", GOES_ON)
{
    static const int counts[] = { 0, MOST };

    for (size_t i = 0; i < G_N_ELEMENTS (counts); i++) {
        Crowd crowd;

        crowd_open (&crowd, counts[i]);
        crowd_destroy_sources (&crowd);
        hand_over (with_callback (g_idle_source_new (), monitor, NULL, NULL), crowd.context);
        while (g_main_context_iteration (crowd.context, FALSE))
            ;
        expect_to_work (crowd.context);
        g_main_context_unref (crowd.context);
        close_strangers (PIPES);
    }
}

OWN (outer_loop_gets_a_new_wakeup_and_no_stranger_is_read, "QU-001 CK-001 WK-001", GOES_ON)
{
    GMainContext *context = g_main_context_new ();
    Hand          hand;
    int           wakeup = wakeup_descriptor (context);
    gboolean      polled = FALSE;

    g_main_context_acquire (context);
    hand_query (&hand, context);
    close_everything ();
    open_strangers (READABLE_PIPES);
    hand_poll (&hand);
    hand_check (&hand);
    g_main_context_dispatch (context);
    nap_ms (50);
    hand_query (&hand, context);
    for (int i = 0; i < hand.count; i++)
        polled |= hand.entries[i].fd == wakeup;
    expect (!polled && hand.count == 1);
    g_main_context_wakeup (context);
    hand_poll (&hand);
    expect (hand.entries[0].revents == G_IO_IN);
    hand_check (&hand);
    g_main_context_release (context);
    g_main_context_unref (context);
    close_strangers (READABLE_PIPES);
}

OWN (number_of_a_lost_process_descriptor_is_left_alone, "CW-001", "GLib closes whatever has the number")
{
    int      grip[2];
    pid_t    child;
    GSource *source;

    grip_take (grip);
    child = child_exiting (0, grip);
    source = g_child_watch_source_new (child);
    close_everything ();
    open_strangers (PIPES);
    g_source_unref (source);
    close_strangers (PIPES);
    waitpid (child, NULL, 0);
}

/* ---- a daemoniser: a forked child -------------------------------------------------------------------------------- */

static Crowd inherited;

static void
daemonise (void)
{
    close_everything ();
    open_strangers (PIPES);
    crowd_destroy_sources (&inherited);
    expect_to_work (inherited.context);
    g_main_context_unref (inherited.context);
    close_strangers (PIPES);
}

static void
daemonise_late (void)
{
    int counter = 0;

    /* The child's loop first works with what it inherited. */
    hand_over (with_callback (g_timeout_source_new (20), count_once, &counter, NULL), inherited.context);
    iterate_until (inherited.context, &counter, 1);
    daemonise ();
}

OWN (daemoniser_forks_closes_everything_and_goes_on, "SY-003 UF-006 WK-001", GOES_ON)
{
    static void (*const bodies[]) (void) = { daemonise, daemonise_late };
    static const int counts[] = { 0, MOST };

    for (size_t i = 0; i < 4; i++) {
        crowd_open (&inherited, counts[i % 2]);
        expect (strcmp (in_child (bodies[i / 2]), "exit 0") == 0);
        /* The parent's descriptors, and what its kernel knows of them, are as they were. */
        for (int j = 0; j < inherited.count; j++) {
            feed (inherited.ends[j][1]);
            await_dispatch (inherited.context);
            drain (inherited.ends[j][0]);
        }
        expect (!woken (inherited.context));
        crowd_destroy_sources (&inherited);
        for (int j = 0; j < inherited.count; j++)
            pipe_close (inherited.ends[j]);
        g_main_context_unref (inherited.context);
    }
}

/* ---- watched descriptors among many ------------------------------------------------------------------------------ */

typedef enum { CLOSED, CLOSED_WITH_DUPLICATE, REOPENED, REPLACED, REPLACED_BY_FILE, FATES } Fate;

static void
suffer (Fate fate, Crowd *crowd, int victim, int other[2])
{
    int number = crowd->ends[victim][0];
    int file;

    switch (fate) {
    case CLOSED:
        close (number);
        break;
    case CLOSED_WITH_DUPLICATE:
        high_copy (number);
        close (number);
        break;
    case REOPENED:
        close (number);
        expect (fcntl (other[0], F_DUPFD_CLOEXEC, number) == number);
        feed (other[1]);
        break;
    case REPLACED:
        high_copy (number);
        expect (dup2 (other[0], number) == number);
        feed (other[1]);
        break;
    case REPLACED_BY_FILE:
        file = memfd_create ("file", MFD_CLOEXEC);
        expect (dup2 (file, number) == number);
        close (file);
        break;
    case FATES:
        break;
    }
}

/* Iterates until something was dispatched: asleep meanwhile, or never. */
static void
await_reader (Crowd *crowd, gboolean sleeps)
{
    while (!g_main_context_iteration (crowd->context, sleeps))
        ;
}

static void
tell_fate (Fate fate, int count, gboolean sleeps)
{
    Crowd crowd;
    int   other[2];

    trace ("fate %d among %d", fate, count);
    pipe_open (other);
    crowd_open (&crowd, count);
    crowd.readers[1]->name = "victim";
    for (int i = 0; i < 20 && !sleeps; i++)
        expect (!g_main_context_iteration (crowd.context, FALSE));
    suffer (fate, &crowd, 1, other);
    await_reader (&crowd, sleeps);
    await_reader (&crowd, sleeps);
    if (fate == CLOSED_WITH_DUPLICATE || fate == REPLACED)
        feed (crowd.ends[1][1]); /* what happens to the old file is nobody's business any more */
    await_reader (&crowd, sleeps);
    g_source_destroy (PROBE_SOURCE (crowd.readers[1]));
    for (int i = 0; i < 5; i++)
        expect (!g_main_context_iteration (crowd.context, FALSE));
    feed (crowd.ends[0][1]);
    await_reader (&crowd, sleeps);
    g_main_context_unref (crowd.context);
    for (int i = 0; i < count; i++)
        pipe_close (crowd.ends[i]);
    pipe_close (other);
    for (int fd = 500; fd < 600; fd++)
        close (fd);
}

TWIN (fates_of_a_watched_descriptor_among_few, "UF-006 UF-007 UF-010")
{
    for (Fate fate = CLOSED; fate < FATES; fate++)
        tell_fate (fate, 3, TRUE);
}

TWIN (fates_of_a_watched_descriptor_among_many, "UF-006 UF-007 UF-010")
{
    for (Fate fate = CLOSED; fate < FATES; fate++)
        tell_fate (fate, MOST, TRUE);
}

TWIN (fates_of_a_watched_descriptor_of_a_loop_that_never_sleeps, "UF-006 UF-007 UF-010")
{
    for (Fate fate = CLOSED; fate < FATES; fate++) {
        tell_fate (fate, 3, FALSE);
        tell_fate (fate, MOST, FALSE);
    }
}
