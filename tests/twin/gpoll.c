/* gpoll.c - g_poll against what poll(2) promises (section 25), called directly and not through a context.
 */
#include "sources.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

TWIN (poll_counts_ready_entries_and_fills_revents, "PL-001")
{
    int     ends[2];
    GPollFD entries[3];

    pipe_open (ends);
    entries[0] = (GPollFD) { ends[0], G_IO_IN, 77 };
    entries[1] = (GPollFD) { ends[1], G_IO_OUT, 77 };
    entries[2] = (GPollFD) { ends[1], 0, 77 };
    trace ("%d", g_poll (entries, 3, 0));
    trace ("%s %s %s", events_text (entries[0].revents), events_text (entries[1].revents),
           events_text (entries[2].revents));
    feed (ends[1]);
    trace ("%d", g_poll (entries, 3, -1));
    trace ("%s %s %s", events_text (entries[0].revents), events_text (entries[1].revents),
           events_text (entries[2].revents));
    close (ends[1]);
    drain (ends[0]);
    entries[0].events = 0;
    trace ("%d", g_poll (entries, 1, 0));
    trace ("%s", events_text (entries[0].revents));
    close (ends[0]);
}

TWIN (poll_without_entries_sleeps, "PL-001")
{
    gint64 start = now_ns ();

    trace ("%d", g_poll (NULL, 0, 20));
    trace ("slept %s", yes (now_ns () - start >= 20 * 1000000));
    trace ("%d", g_poll (NULL, 0, 0));
}

TWIN (poll_passes_over_minus_one_and_counts_closed_descriptors, "PL-002")
{
    int     ends[2], closed;
    GPollFD entries[2];

    pipe_open (ends);
    closed = high_copy (ends[0]);
    close (closed);
    entries[0] = (GPollFD) { -1, G_IO_IN | G_IO_OUT, 77 };
    entries[1] = (GPollFD) { closed, G_IO_IN, 77 };
    trace ("%d", g_poll (entries, 2, 1000));
    trace ("%s %s", events_text (entries[0].revents), events_text (entries[1].revents));
    trace ("%d", g_poll (entries, 1, 0));
    trace ("%s", events_text (entries[0].revents));
    pipe_close (ends);
}

static void
ignore_signal (int number)
{
    (void) number;
}

static int sleeper_tid;
static pthread_t sleeper;

static void *
interrupt_when_asleep (void *data)
{
    await_sleep_of (sleeper_tid);
    pthread_kill (sleeper, SIGUSR1);
    return data;
}

TWIN (interrupted_poll_fails_with_eintr, "PL-001")
{
    struct sigaction action = { .sa_handler = ignore_signal, .sa_flags = SA_RESTART };
    pthread_t        thread;
    int              result, error;

    sigaction (SIGUSR1, &action, NULL);
    sleeper = pthread_self ();
    sleeper_tid = own_tid ();
    thread = spawn (interrupt_when_asleep, NULL);
    errno = 0;
    result = g_poll (NULL, 0, -1);
    error = errno;
    join (thread);
    trace ("%d %s", result, strerror (error));
}

TWIN (every_entry_of_a_long_array_is_filled, "PL-001")
{
    enum { MANY = 60 };
    int     pipes[MANY][2];
    GPollFD entries[MANY];
    int     right = 0;

    for (int i = 0; i < MANY; i++) {
        pipe_open (pipes[i]);
        entries[i] = (GPollFD) { pipes[i][0], G_IO_IN, 77 };
        if (i % 7 == 0)
            feed (pipes[i][1]);
    }
    trace ("%d", g_poll (entries, MANY, 1000));
    for (int i = 0; i < MANY; i++) {
        right += entries[i].revents == (i % 7 == 0 ? G_IO_IN : 0) && entries[i].events == G_IO_IN;
        pipe_close (pipes[i]);
    }
    trace ("right %d", right);
}
