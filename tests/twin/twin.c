/* twin.c - the body of twin.h: registering, tracing, the log handler, threads, descriptors and the telling sources.
 *
 * It must lean on the library under test as little as it can (a context query, the log handler, the version numbers and
 * sources), so that a defect shows in the cases and not here. Start reading at main(), at the end.
 */
#define _GNU_SOURCE
#include "twin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static TwinCase *first_case;
static TwinCase *last_case;
static gboolean  case_failed;
static unsigned  limit_seconds = 20;

/* ---- cases ------------------------------------------------------------------------------------------------------ */

void
twin_register (TwinCase *entry)
{
    if (last_case != NULL)
        last_case->next = entry;
    else
        first_case = entry;
    last_case = entry;
}

/* A framework that cannot do its part must not let a case look green. */
static void
give_up (const char *what)
{
    fprintf (stderr, "twin: %s: %s\n", what, strerror (errno));
    _exit (2);
}

/* ---- trace and expectations ------------------------------------------------------------------------------------- */

/* One write per line: lines of several threads and of forked children never mix. */
static void
write_line (const char *text)
{
    size_t length = strlen (text);
    char  *line = malloc (length + 1);

    if (line == NULL)
        give_up ("malloc");
    memcpy (line, text, length);
    line[length] = '\n';
    fflush (stdout);
    if (write (STDOUT_FILENO, line, length + 1) != (ssize_t) (length + 1))
        give_up ("write");
    free (line);
}

void
trace (const char *format, ...)
{
    char   *line;
    va_list arguments;

    va_start (arguments, format);
    if (vasprintf (&line, format, arguments) < 0)
        give_up ("vasprintf");
    va_end (arguments);
    write_line (line);
    free (line);
}

gboolean
at_least (guint major, guint minor)
{
    return glib_check_version (major, minor, 0) == NULL;
}

void
since (guint major, guint minor, const char *older, const char *newer, const char *actual)
{
    const char *right = at_least (major, minor) ? newer : older;

    if (strcmp (actual, right) == 0) {
        trace ("ok");
        return;
    }
    trace ("mismatch: got \"%s\", expected \"%s\"", actual, right);
    case_failed = TRUE;
}

gboolean
twin_expect (gboolean holds, const char *file, int line, const char *text)
{
    if (!holds) {
        const char *base = strrchr (file, '/');

        trace ("EXPECTED %s (%s:%d)", text, base != NULL ? base + 1 : file, line);
        case_failed = TRUE;
    }
    return holds;
}

/* ---- log messages ----------------------------------------------------------------------------------------------- */

static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;
static char           *held_text;
static gboolean        holding;

/* Length of a source location such as `../glib/gmain.c:123` at the start of `text`, or 0. */
static size_t
location_length (const char *text)
{
    size_t name = strcspn (text, " :\"'()");
    size_t digits;

    if (text[name] != ':' || name < 3)
        return 0;
    if (strncmp (text + name - 2, ".c", 2) != 0 && strncmp (text + name - 2, ".h", 2) != 0
        && strncmp (text + name - 3, ".rs", 3) != 0)
        return 0;
    digits = strspn (text + name + 1, "0123456789");
    return digits == 0 ? 0 : name + 1 + digits;
}

/* `text` with every source location replaced by `<loc>`: the file and line of a message are no part of the contract. */
static char *
without_locations (const char *text)
{
    char    *plain = malloc (strlen (text) + 1); /* `<loc>` is no longer than the shortest location, `a.c:1` */
    char    *out = plain;
    gboolean word_begins = TRUE;

    if (plain == NULL)
        give_up ("malloc");
    while (*text != '\0') {
        size_t skip = word_begins ? location_length (text) : 0;

        if (skip > 0) {
            out = stpcpy (out, "<loc>");
            text += skip;
        } else {
            *out++ = *text++;
        }
        word_begins = text[-1] == ' ' || text[-1] == '(';
    }
    *out = '\0';
    return plain;
}

static const char *
level_name (GLogLevelFlags level)
{
    if (level & G_LOG_LEVEL_ERROR)
        return "ERROR";
    if (level & G_LOG_LEVEL_CRITICAL)
        return "CRITICAL";
    if (level & G_LOG_LEVEL_WARNING)
        return "WARNING";
    if (level & G_LOG_LEVEL_MESSAGE)
        return "MESSAGE";
    if (level & G_LOG_LEVEL_INFO)
        return "INFO";
    return "DEBUG";
}

static void
log_message (const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    char *plain;
    char *line;

    (void) data;
    if (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO))
        return; /* free for each version to add and drop */
    plain = without_locations (text);
    if (asprintf (&line, "%s-%s %s", domain != NULL ? domain : "none", level_name (level), plain) < 0)
        give_up ("asprintf");
    free (plain);

    pthread_mutex_lock (&held_lock);
    if (holding) {
        char *longer;

        if (asprintf (&longer, "%s%s%s", held_text, held_text[0] != '\0' ? " | " : "", line) < 0)
            give_up ("asprintf");
        free (held_text);
        held_text = longer;
        pthread_mutex_unlock (&held_lock);
    } else {
        pthread_mutex_unlock (&held_lock);
        trace ("LOG %s", line);
    }
    free (line);
}

void
log_hold (void)
{
    pthread_mutex_lock (&held_lock);
    free (held_text);
    held_text = strdup ("");
    if (held_text == NULL)
        give_up ("strdup");
    holding = TRUE;
    pthread_mutex_unlock (&held_lock);
}

const char *
log_held (void)
{
    pthread_mutex_lock (&held_lock);
    holding = FALSE;
    pthread_mutex_unlock (&held_lock);
    return held_text;
}

/* ---- processes, threads, time ----------------------------------------------------------------------------------- */

static const char *
ending_text (int status)
{
    static char text[32];

    if (WIFEXITED (status))
        snprintf (text, sizeof text, "exit %d", WEXITSTATUS (status));
    else
        snprintf (text, sizeof text, "signal %d", WTERMSIG (status));
    return text;
}

static pid_t
fork_body (void (*body) (void), int redirect, int to)
{
    pid_t child;

    fflush (NULL);
    child = fork ();
    if (child < 0)
        give_up ("fork");
    if (child == 0) {
        alarm (limit_seconds); /* alarms are not inherited, and a hanging child must not outlive its case */
        if (to >= 0 && dup2 (to, redirect) < 0)
            give_up ("dup2");
        body ();
        fflush (NULL);
        _exit (case_failed ? 1 : 0);
    }
    return child;
}

static const char *
reap (pid_t child)
{
    int status;

    while (waitpid (child, &status, 0) < 0)
        if (errno != EINTR)
            give_up ("waitpid");
    return ending_text (status);
}

const char *
in_child (void (*body) (void))
{
    return reap (fork_body (body, -1, -1));
}

char *
output_of (void (*body) (void), int fd, const char **ending)
{
    int         ends[2];
    pid_t       child;
    char       *text = NULL;
    size_t      length = 0;
    const char *end;
    FILE       *collected = open_memstream (&text, &length);
    char        piece[4096];
    ssize_t     got;

    if (collected == NULL || pipe2 (ends, O_CLOEXEC) < 0)
        give_up ("output_of");
    child = fork_body (body, fd, ends[1]);
    close (ends[1]);
    while ((got = read (ends[0], piece, sizeof piece)) != 0) {
        if (got < 0 && errno != EINTR)
            give_up ("read");
        if (got > 0)
            fwrite (piece, 1, (size_t) got, collected);
    }
    close (ends[0]);
    end = reap (child);
    if (ending != NULL)
        *ending = end;
    fclose (collected);
    return text;
}

pthread_t
spawn (void *(*body) (void *), void *data)
{
    pthread_t thread;

    errno = pthread_create (&thread, NULL, body, data);
    if (errno != 0)
        give_up ("pthread_create");
    return thread;
}

void *
join (pthread_t thread)
{
    void *result;

    errno = pthread_join (thread, &result);
    if (errno != 0)
        give_up ("pthread_join");
    return result;
}

void *
in_thread (void *(*body) (void *), void *data)
{
    return join (spawn (body, data));
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
    struct timespec rest = { milliseconds / 1000, (milliseconds % 1000) * 1000000L };

    while (nanosleep (&rest, &rest) < 0 && errno == EINTR)
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
            give_up (path);
        if (fscanf (stat, "%*d (%*[^)]) %c", &state) != 1)
            give_up ("fscanf");
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
        give_up ("/proc/self/fd");
    while (readdir (folder) != NULL)
        count++;
    closedir (folder);
    return count;
}

void
pipe_open (int ends[2])
{
    if (pipe2 (ends, O_NONBLOCK | O_CLOEXEC) < 0)
        give_up ("pipe2");
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
        give_up ("feed");
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
    give_up ("no wakeup descriptor in the context");
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

/* ---- sources that tell what happens to them --------------------------------------------------------------------- */

static gboolean
probe_prepare (GSource *source, int *timeout)
{
    Probe *probe = (Probe *) source;

    if (!probe->quiet)
        trace ("prepare %s", probe->name);
    if (probe->in_prepare != NULL)
        probe->in_prepare (probe);
    if (probe->timeout != PROBE_LEAVES_TIMEOUT)
        *timeout = probe->timeout;
    return probe->prepare_ready;
}

static gboolean
probe_check (GSource *source)
{
    Probe *probe = (Probe *) source;

    if (!probe->quiet)
        trace ("check %s", probe->name);
    if (probe->in_check != NULL)
        probe->in_check (probe);
    return probe->check_ready;
}

static gboolean
probe_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    Probe *probe = (Probe *) source;

    trace ("dispatch %s", probe->name);
    if (probe->in_dispatch != NULL)
        probe->in_dispatch (probe);
    if (callback != NULL)
        return callback (data);
    return probe->keep;
}

static void
probe_finalize (GSource *source)
{
    Probe *probe = (Probe *) source;

    trace ("finalize %s", probe->name);
    if (probe->in_finalize != NULL)
        probe->in_finalize (probe);
}

GSourceFuncs probe_funcs = { .prepare = probe_prepare,
                             .check = probe_check,
                             .dispatch = probe_dispatch,
                             .finalize = probe_finalize };
GSourceFuncs probe_passive_funcs = { .dispatch = probe_dispatch, .finalize = probe_finalize };

Probe *
probe_new_with (GSourceFuncs *funcs, const char *name, int priority)
{
    Probe *probe = (Probe *) g_source_new (funcs, sizeof (Probe));

    probe->name = name;
    probe->timeout = PROBE_LEAVES_TIMEOUT;
    probe->keep = TRUE;
    g_source_set_priority (PROBE_SOURCE (probe), priority);
    return probe;
}

Probe *
probe_new (const char *name, int priority)
{
    return probe_new_with (&probe_funcs, name, priority);
}

Probe *
probe_attach (Probe *probe, GMainContext *context)
{
    g_source_attach (PROBE_SOURCE (probe), context);
    g_source_unref (PROBE_SOURCE (probe));
    return probe;
}

gboolean
call_once (gpointer name)
{
    trace ("call %s", (const char *) name);
    return FALSE;
}

gboolean
call_again (gpointer name)
{
    trace ("call %s", (const char *) name);
    return TRUE;
}

void
notified (gpointer name)
{
    trace ("notify %s", (const char *) name);
}

static GSource *
idle_with (GMainContext *context, int priority, const char *name, GSourceFunc callback)
{
    GSource *source = g_idle_source_new ();

    g_source_set_priority (source, priority);
    g_source_set_callback (source, callback, (gpointer) name, notified);
    g_source_attach (source, context);
    g_source_unref (source);
    return source;
}

GSource *
idle_again (GMainContext *context, int priority, const char *name)
{
    return idle_with (context, priority, name, call_again);
}

GSource *
idle_once (GMainContext *context, int priority, const char *name)
{
    return idle_with (context, priority, name, call_once);
}

void
hand_query (Hand *hand, GMainContext *context)
{
    hand->context = context;
    hand->ready = g_main_context_prepare (context, &hand->priority);
    hand->count
        = g_main_context_query (context, hand->priority, &hand->timeout, hand->entries, G_N_ELEMENTS (hand->entries));
    if (hand->count > (int) G_N_ELEMENTS (hand->entries))
        give_up ("more descriptors than a Hand can hold");
}

void
hand_poll (Hand *hand)
{
    if (g_poll (hand->entries, (guint) hand->count, 0) < 0)
        give_up ("g_poll");
}

gboolean
hand_check (Hand *hand)
{
    return g_main_context_check (hand->context, hand->priority, hand->entries, hand->count);
}

gboolean
turn (GMainContext *context)
{
    gboolean any = g_main_context_iteration (context, FALSE);

    trace ("turn -> %s", any ? "TRUE" : "FALSE");
    return any;
}

/* ---- running ---------------------------------------------------------------------------------------------------- */

int
main (int argc, char **argv)
{
    const char *limit = getenv ("TWIN_LIMIT"); /* seconds; valgrind needs more */

    if (argc != 2) {
        fprintf (stderr, "usage: %s --list | CASE\n", argv[0]);
        return 2;
    }
    if (strcmp (argv[1], "--list") == 0) {
        for (TwinCase *entry = first_case; entry != NULL; entry = entry->next)
            printf ("%s\t%s\t%s\t%s\n", entry->name, entry->statements, entry->own != NULL ? entry->own : "",
                    entry->leaks != NULL ? entry->leaks : "");
        return 0;
    }
    if (limit != NULL)
        limit_seconds = (unsigned) atoi (limit);
    for (TwinCase *entry = first_case; entry != NULL; entry = entry->next)
        if (strcmp (entry->name, argv[1]) == 0) {
            alarm (limit_seconds);
            g_log_set_default_handler (log_message, NULL);
            entry->run ();
            fflush (stdout);
            free (held_text);
            return case_failed ? 1 : 0;
        }
    fprintf (stderr, "twin: no case named %s\n", argv[1]);
    return 2;
}
