/* twin_tools.c - the tools of twin.h that know nothing of cases: threads, time, a random sequence, descriptors.
 *
 * They lean on the library under test only to acquire a context and to query it for its wakeup. Next: twin_sources.c.
 */
#define _GNU_SOURCE
#include "twin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* ---- threads and time ------------------------------------------------------------------------------------------- */

pthread_t
spawn (void *(*body) (void *), void *data)
{
    pthread_t thread;

    errno = pthread_create (&thread, NULL, body, data);
    if (errno != 0)
        twin_give_up ("pthread_create");
    return thread;
}

void *
join (pthread_t thread)
{
    void *result;

    errno = pthread_join (thread, &result);
    if (errno != 0)
        twin_give_up ("pthread_join");
    return result;
}

void *
in_thread (void *(*body) (void *), void *data)
{
    return join (spawn (body, data));
}

static void *
try_to_acquire (void *context)
{
    gboolean got = g_main_context_acquire (context);

    if (got)
        g_main_context_release (context);
    return GINT_TO_POINTER (got);
}

gboolean
free_for_others (GMainContext *context)
{
    return GPOINTER_TO_INT (in_thread (try_to_acquire, context));
}

void
flag_raise (Flag *flag)
{
    pthread_mutex_lock (&flag->lock);
    flag->set = TRUE;
    pthread_cond_broadcast (&flag->changed);
    pthread_mutex_unlock (&flag->lock);
}

void
flag_await (Flag *flag)
{
    pthread_mutex_lock (&flag->lock);
    while (!flag->set)
        pthread_cond_wait (&flag->changed, &flag->lock);
    pthread_mutex_unlock (&flag->lock);
}

gboolean
flag_is_raised (Flag *flag)
{
    gboolean set;

    pthread_mutex_lock (&flag->lock);
    set = flag->set;
    pthread_mutex_unlock (&flag->lock);
    return set;
}

gint64
now_ns (void)
{
    struct timespec now;

    clock_gettime (CLOCK_MONOTONIC, &now);
    return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

void
nap_ms (int milliseconds)
{
    struct timespec until;

    /* The kernel's own time: a case may have a clock_gettime that lies. */
    if (syscall (SYS_clock_gettime, CLOCK_MONOTONIC, &until) < 0)
        twin_give_up ("clock_gettime");
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += milliseconds % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    /* To a moment, not for a while: what is left of a while may not get less under a storm of signals. */
    while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

int
own_tid (void)
{
    return (int) syscall (SYS_gettid);
}

void
await_sleep_of (int tid)
{
    char path[64];
    int  asleep = 0;

    snprintf (path, sizeof path, "/proc/self/task/%d/stat", tid);
    /* Seen asleep several times in a row: a thread may rest on a lock for a moment before it reaches its long sleep. */
    while (asleep < 5) {
        FILE *stat = fopen (path, "r");
        char  state = '?';

        if (stat == NULL)
            twin_give_up (path);
        if (fscanf (stat, "%*d (%*[^)]) %c", &state) != 1)
            twin_give_up ("fscanf");
        fclose (stat);
        asleep = state == 'S' ? asleep + 1 : 0;
        nap_ms (2);
    }
}

guint32
shuffled (guint32 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* ---- descriptors ------------------------------------------------------------------------------------------------ */

int
open_descriptors (void)
{
    DIR *folder = opendir ("/proc/self/fd");
    int  count = -3; /* `.`, `..` and the folder itself */

    if (folder == NULL)
        twin_give_up ("/proc/self/fd");
    while (readdir (folder) != NULL)
        count++;
    closedir (folder);
    return count;
}

void
pipe_open (int ends[2])
{
    if (pipe2 (ends, O_NONBLOCK | O_CLOEXEC) < 0)
        twin_give_up ("pipe2");
}

void
pipe_close (int ends[2])
{
    close (ends[0]);
    close (ends[1]);
}

void
feed (int fd)
{
    if (write (fd, "x", 1) != 1)
        twin_give_up ("feed");
}

void
drain (int fd)
{
    char piece[256];

    while (read (fd, piece, sizeof piece) > 0)
        ;
}

int
wakeup_descriptor (GMainContext *context)
{
    GPollFD entries[64];
    int     timeout;
    int     count = g_main_context_query (context, G_MAXINT, &timeout, entries, G_N_ELEMENTS (entries));

    for (int i = 0; i < count && i < (int) G_N_ELEMENTS (entries); i++) {
        char    path[64];
        char    kind[64];
        ssize_t length;

        snprintf (path, sizeof path, "/proc/self/fd/%d", entries[i].fd);
        length = readlink (path, kind, sizeof kind - 1);
        if (length > 0 && memmem (kind, (size_t) length, "eventfd", 7) != NULL)
            return entries[i].fd;
    }
    twin_give_up ("no wakeup descriptor in the context");
    return -1;
}

gboolean
wakeup_signalled (GMainContext *context)
{
    struct pollfd wakeup = { wakeup_descriptor (context), POLLIN, 0 };

    return poll (&wakeup, 1, 0) == 1;
}

const char *
events_text (guint events)
{
    static const struct {
        guint       bit;
        const char *name;
    } names[] = { { G_IO_IN, "IN" },   { G_IO_PRI, "PRI" }, { G_IO_OUT, "OUT" },
                  { G_IO_ERR, "ERR" }, { G_IO_HUP, "HUP" }, { G_IO_NVAL, "NVAL" } };
    static char     buffers[4][64];
    static unsigned next;
    char           *text = buffers[next++ % 4];
    char           *end = text;

    *end = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
        if (events & names[i].bit) {
            if (end != text)
                *end++ = '|';
            end = stpcpy (end, names[i].name);
            events &= ~names[i].bit;
        }
    if (events != 0)
        end += sprintf (end, "%s0x%x", end != text ? "|" : "", events);
    return end != text ? text : "0";
}
