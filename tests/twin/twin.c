/* twin.c - the frame of a twin program: its list of cases, the trace, the log handler, forked children, main().
 *
 * It must lean on the library under test as little as it can (the log handler and the version numbers), so that a defect
 * shows in the cases and not here. Start reading at main(), at the end; the rest of twin.h is in twin_tools.c and
 * twin_sources.c.
 */
#define _GNU_SOURCE
#include "twin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

void
twin_give_up (const char *what)
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
        twin_give_up ("malloc");
    memcpy (line, text, length);
    line[length] = '\n';
    fflush (stdout);
    if (write (STDOUT_FILENO, line, length + 1) != (ssize_t) (length + 1))
        twin_give_up ("write");
    free (line);
}

void
trace (const char *format, ...)
{
    char   *line;
    va_list arguments;

    va_start (arguments, format);
    if (vasprintf (&line, format, arguments) < 0)
        twin_give_up ("vasprintf");
    va_end (arguments);
    write_line (line);
    free (line);
}

gboolean
at_least (guint major, guint minor)
{
    guint       loop_major, loop_minor;
    const char *loop = getenv ("TWIN_LOOP");

    if (loop == NULL || sscanf (loop, "%u.%u", &loop_major, &loop_minor) != 2)
        return glib_check_version (major, minor, 0) == NULL;
    return loop_major > major || (loop_major == major && loop_minor >= minor);
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
        twin_give_up ("malloc");
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
        twin_give_up ("asprintf");
    free (plain);

    pthread_mutex_lock (&held_lock);
    if (holding) {
        char *longer;

        if (asprintf (&longer, "%s%s%s", held_text, held_text[0] != '\0' ? " | " : "", line) < 0)
            twin_give_up ("asprintf");
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
        twin_give_up ("strdup");
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

/* ---- forked children --------------------------------------------------------------------------------------------- */

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
        twin_give_up ("fork");
    if (child == 0) {
        alarm (limit_seconds); /* alarms are not inherited, and a hanging child must not outlive its case */
        if (to >= 0 && dup2 (to, redirect) < 0)
            twin_give_up ("dup2");
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
            twin_give_up ("waitpid");
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
        twin_give_up ("output_of");
    child = fork_body (body, fd, ends[1]);
    close (ends[1]);
    while ((got = read (ends[0], piece, sizeof piece)) != 0) {
        if (got < 0 && errno != EINTR)
            twin_give_up ("read");
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

/* ---- descriptors left open -------------------------------------------------------------------------------------- */

#define WATCHED 1024
static gboolean open_at_start[WATCHED];

static gboolean
is_open (int fd)
{
    return fcntl (fd, F_GETFD) >= 0;
}

/* A case must close what it opened. What a library keeps for itself are event descriptors: those of the default context,
 * which lives as long as the process, and of one more for a library that has a thread of its own. */
static void
look_for_open_descriptors (void)
{
    int kept = 0;

    for (int fd = 0; fd < WATCHED; fd++) {
        char    path[64];
        char    kind[64] = "";
        ssize_t length;

        if (open_at_start[fd] || !is_open (fd))
            continue;
        snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
        length = readlink (path, kind, sizeof kind - 1);
        kind[MAX (length, 0)] = '\0';
        if (strncmp (kind, "anon_inode:[event", 17) == 0 && ++kept <= 2)
            continue;
        trace ("LEFT OPEN: %.*s", (int) strcspn (kind, "["), kind);
        case_failed = TRUE;
    }
}

/* ---- running ---------------------------------------------------------------------------------------------------- */

static int
run_case (TwinCase *entry)
{
    alarm (limit_seconds);
    for (int fd = 0; fd < WATCHED; fd++)
        open_at_start[fd] = is_open (fd);
    g_log_set_default_handler (log_message, NULL);
    entry->run ();
    fflush (stdout);
    if (entry->leaks == NULL)
        look_for_open_descriptors ();
    free (held_text);
    return case_failed ? 1 : 0;
}

static TwinCase *
find_case (const char *name)
{
    TwinCase *entry = first_case;

    while (entry != NULL && strcmp (entry->name, name) != 0)
        entry = entry->next;
    if (entry == NULL)
        fprintf (stderr, "twin: no case named %s\n", name);
    return entry;
}

static int
list_cases (void)
{
    for (TwinCase *entry = first_case; entry != NULL; entry = entry->next)
        printf ("%s\t%s\t%s\t%s\n", entry->name, entry->statements, entry->own != NULL ? entry->own : "",
                entry->leaks != NULL ? entry->leaks : "");
    return 0;
}

/* A forked child under valgrind cannot let its stack grow for a signal: what it will need is touched before. */
static void
touch_stack (void)
{
    volatile char room[256 * 1024];

    for (size_t i = 0; i < sizeof room; i += 1024)
        room[i] = 0;
}

/* Runs a case in a child whose output goes to files of the case's name. */
static int
run_apart (TwinCase *entry, const char *folder)
{
    char  path[4096];
    pid_t child;
    int   status;

    fflush (stdout);
    touch_stack ();
    child = fork ();
    if (child == 0) {
        snprintf (path, sizeof path, "%s/%s.out", folder, entry->name);
        if (freopen (path, "w", stdout) == NULL)
            return 2;
        snprintf (path, sizeof path, "%s/%s.err", folder, entry->name);
        if (freopen (path, "w", stderr) == NULL)
            return 2;
        return run_case (entry);
    }
    if (child < 0 || waitpid (child, &status, 0) != child)
        return 2;
    printf ("%s\t%d\n", entry->name, WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status));
    return -1;
}

/* Whoever started the tests may have had signals ignored (nohup does), which programs inherit. */
static void
heed_signals (void)
{
    static const int often_ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2, SIGTERM };

    for (size_t i = 0; i < G_N_ELEMENTS (often_ignored); i++)
        signal (often_ignored[i], SIG_DFL);
}

int
main (int argc, char **argv)
{
    const char *limit = getenv ("TWIN_LIMIT"); /* seconds; valgrind needs more */

    heed_signals ();
    if (limit != NULL)
        limit_seconds = (unsigned) atoi (limit);
    if (argc == 2 && strcmp (argv[1], "--list") == 0)
        return list_cases ();
    if (argc == 2) {
        TwinCase *entry = find_case (argv[1]);

        return entry != NULL ? run_case (entry) : 2;
    }
    if (argc > 3 && strcmp (argv[1], "--each") == 0) {
        for (int i = 3; i < argc; i++) {
            TwinCase *entry = find_case (argv[i]);
            int       status = entry != NULL ? run_apart (entry, argv[2]) : 2;

            if (status >= 0)
                return status;
        }
        return 0;
    }
    fprintf (stderr, "usage: %s --list | CASE | --each FOLDER CASE…\n", argv[0]);
    return 2;
}
