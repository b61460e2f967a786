/* harness.c - what GLib's own test programs need to be run as tests: a list of cases, running them, and telling in TAP.
 *
 * The library has no test runner, and these programs come compiled, so this stands in for GLib's in a library called
 * libglib-2.0.so.0 that leads to mainspring for all else. It is as small as the programs allow: enough for the outcome of
 * each case to be the same as with GLib's runner. A failed assertion ends the program, as there.
 *
 * Read next: stand_ins.c for functions that are no part of testing; xtask/src/oracle.rs, which runs the programs.
 */
#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

typedef struct {
    char   *path;
    size_t  size; /* of the fixture */
    void   *data;
    void (*set_up) (void *fixture, const void *data);
    void (*run) (void *fixture, const void *data);
    void (*tear_down) (void *fixture, const void *data);
    void (*plain) (void);
    void (*with_data) (const void *data);
    void (*free_data) (void *data);
} Case;

static Case *cases;
static int   case_count;

static const char *program;
static const char *only;        /* -p: the one case to run */
static char        skipped[64][128]; /* -s: cases not to run */
static int         skip_count;
static gboolean    is_subprocess;

static const Case *current;
static enum { PASSED, FAILED, SKIPPED, INCOMPLETE } outcome;
static char        remark[256];
static GTimer     *timer;

/* What programs may ask about how they are run; the order is that of GLib's public structure. */
static const struct {
    gboolean initialized, quick, perf, verbose, quiet, undefined;
} config = { TRUE, TRUE, FALSE, FALSE, FALSE, TRUE };
EXPORT const void *const g_test_config_vars = &config;

/* ---- cases ------------------------------------------------------------------------------------------------------- */

static Case *
add (const char *path)
{
    cases = realloc (cases, (size_t) (case_count + 1) * sizeof *cases);
    memset (&cases[case_count], 0, sizeof *cases);
    cases[case_count].path = strdup (path);
    return &cases[case_count++];
}

EXPORT void g_test_add_func (const char *path, void (*run) (void));
EXPORT void g_test_add_data_func (const char *path, const void *data, void (*run) (const void *));
EXPORT void g_test_add_data_func_full (const char *path, void *data, void (*run) (const void *), void (*free_data) (void *));
EXPORT void g_test_add_vtable (const char *path, size_t size, const void *data, void (*set_up) (void *, const void *),
                               void (*run) (void *, const void *), void (*tear_down) (void *, const void *));

void
g_test_add_func (const char *path, void (*run) (void))
{
    add (path)->plain = run;
}

void
g_test_add_data_func (const char *path, const void *data, void (*run) (const void *))
{
    g_test_add_data_func_full (path, (void *) data, run, NULL);
}

void
g_test_add_data_func_full (const char *path, void *data, void (*run) (const void *), void (*free_data) (void *))
{
    Case *it = add (path);

    it->data = data;
    it->with_data = run;
    it->free_data = free_data;
}

void
g_test_add_vtable (const char *path, size_t size, const void *data, void (*set_up) (void *, const void *),
                   void (*run) (void *, const void *), void (*tear_down) (void *, const void *))
{
    Case *it = add (path);

    it->size = size;
    it->data = (void *) data;
    it->set_up = set_up;
    it->run = run;
    it->tear_down = tear_down;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

typedef struct Expected Expected;
struct Expected {
    const char    *domain;
    GLogLevelFlags level;
    char          *pattern;
    Expected      *next;
};
static Expected *expected;

static gboolean
matches (const char *pattern, const char *text)
{
    for (; *pattern != '*'; pattern++, text++) {
        if (*pattern == '\0' || *text == '\0')
            return *pattern == *text;
        if (*pattern != '?' && *pattern != *text)
            return FALSE;
    }
    for (;; text++) {
        if (matches (pattern + 1, text))
            return TRUE;
        if (*text == '\0')
            return FALSE;
    }
}

/* A warning nobody expected ends the program, as GLib's runner makes it. */
static void
judge_message (const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    if (expected != NULL && (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE))) {
        Expected *first = expected;
        gboolean  fits = (level & first->level) && g_strcmp0 (domain, first->domain) == 0 && matches (first->pattern, text);

        if (fits) {
            expected = first->next;
            free (first->pattern);
            free (first);
            return;
        }
        fprintf (stderr, "# expected %s: %s\n", first->domain, first->pattern);
    }
    g_log_default_handler (domain, level, text, data);
    if (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
        abort ();
}

EXPORT void g_test_expect_message (const char *domain, GLogLevelFlags level, const char *pattern);
EXPORT void g_test_assert_expected_messages_internal (const char *domain, const char *file, int line, const char *function);

void
g_test_expect_message (const char *domain, GLogLevelFlags level, const char *pattern)
{
    Expected **end = &expected;

    while (*end != NULL)
        end = &(*end)->next;
    *end = calloc (1, sizeof **end);
    **end = (Expected){ domain, level, strdup (pattern), NULL };
}

void
g_test_assert_expected_messages_internal (const char *domain, const char *file, int line, const char *function)
{
    if (expected != NULL)
        g_assertion_message (domain, file, line, function, expected->pattern);
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

EXPORT void g_test_init (int *argc, char ***argv, ...);
EXPORT int  g_test_run (void);

void
g_test_init (int *argc, char ***argv, ...)
{
    int kept = 1;

    program = (*argv)[0];
    for (int i = 1; i < *argc; i++) {
        const char *word = (*argv)[i];

        if (strcmp (word, "--subprocess") == 0)
            is_subprocess = TRUE;
        else if (strcmp (word, "-p") == 0 && i + 1 < *argc)
            only = (*argv)[++i];
        else if (strcmp (word, "-s") == 0 && i + 1 < *argc && skip_count < 64)
            snprintf (skipped[skip_count++], sizeof skipped[0], "%s", (*argv)[++i]);
        else if (strcmp (word, "--tap") != 0)
            (*argv)[kept++] = (*argv)[i];
    }
    (*argv)[kept] = NULL;
    *argc = kept;
    if (g_get_prgname () == NULL)
        g_set_prgname (strrchr (program, '/') != NULL ? strrchr (program, '/') + 1 : program);
    g_log_set_default_handler (judge_message, NULL);
}

static gboolean
is_wanted (const Case *it)
{
    if (only != NULL)
        return strcmp (it->path, only) == 0;
    for (int i = 0; i < skip_count; i++)
        if (strcmp (it->path, skipped[i]) == 0)
            return FALSE;
    return strstr (it->path, "/subprocess") == NULL;
}

static void
run_case (const Case *it)
{
    void *fixture = it->size > 0 ? calloc (1, it->size) : it->data;

    current = it;
    outcome = PASSED;
    remark[0] = '\0';
    if (it->set_up != NULL)
        it->set_up (fixture, it->data);
    if (it->plain != NULL)
        it->plain ();
    if (it->with_data != NULL)
        it->with_data (it->data);
    if (it->run != NULL)
        it->run (fixture, it->data);
    if (it->tear_down != NULL)
        it->tear_down (fixture, it->data);
    if (it->free_data != NULL)
        it->free_data (it->data);
    if (it->size > 0)
        free (fixture);
}

int
g_test_run (void)
{
    static const char *const marks[] = { "", "", " # SKIP ", " # INCOMPLETE " };
    int                      count = 0, failed = 0;

    for (int i = 0; i < case_count; i++) {
        if (!is_wanted (&cases[i]))
            continue;
        run_case (&cases[i]);
        failed += outcome == FAILED;
        if (!is_subprocess)
            printf ("%sok %d %s%s%s\n", outcome == FAILED ? "not " : "", ++count, cases[i].path, marks[outcome], remark);
        fflush (stdout);
    }
    if (!is_subprocess)
        printf ("1..%d\n", count);
    return failed > 0;
}

/* ---- what a case may say ----------------------------------------------------------------------------------------- */

EXPORT void g_test_message (const char *format, ...);
EXPORT void g_test_bug (const char *uri);
EXPORT void g_test_bug_base (const char *uri);
EXPORT void g_test_summary (const char *text);
EXPORT void g_test_skip (const char *text);
EXPORT void g_test_incomplete (const char *text);
EXPORT void g_test_fail (void);
EXPORT gboolean g_test_failed (void);

static void
conclude (int as, const char *text)
{
    outcome = as;
    snprintf (remark, sizeof remark, "%s", text != NULL ? text : "");
}

void
g_test_message (const char *format, ...)
{
    (void) format;
}

void
g_test_bug (const char *uri)
{
    (void) uri;
}

void
g_test_bug_base (const char *uri)
{
    (void) uri;
}

void
g_test_summary (const char *text)
{
    (void) text;
}

void
g_test_skip (const char *text)
{
    conclude (SKIPPED, text);
}

void
g_test_incomplete (const char *text)
{
    conclude (INCOMPLETE, text);
}

void
g_test_fail (void)
{
    conclude (FAILED, NULL);
}

gboolean
g_test_failed (void)
{
    return outcome == FAILED;
}

EXPORT gint32 g_test_rand_int (void);
EXPORT gint32 g_test_rand_int_range (gint32 begin, gint32 end);
EXPORT void   g_test_minimized_result (double result, const char *format, ...);
EXPORT void   g_test_maximized_result (double result, const char *format, ...);
EXPORT void   g_test_timer_start (void);
EXPORT double g_test_timer_elapsed (void);
EXPORT char  *g_test_build_filename (int kind, const char *first, ...);

gint32
g_test_rand_int (void)
{
    return (gint32) (random () * 2);
}

gint32
g_test_rand_int_range (gint32 begin, gint32 end)
{
    return begin + (gint32) (random () % ((gint64) end - begin));
}

void
g_test_minimized_result (double result, const char *format, ...)
{
    (void) result, (void) format;
}

void
g_test_maximized_result (double result, const char *format, ...)
{
    (void) result, (void) format;
}

void
g_test_timer_start (void)
{
    if (timer == NULL)
        timer = g_timer_new ();
    g_timer_start (timer);
}

double
g_test_timer_elapsed (void)
{
    return g_timer_elapsed (timer, NULL);
}

/* Data lie beside the program. */
char *
g_test_build_filename (int kind, const char *first, ...)
{
    const char *folder = getenv (kind == 0 ? "G_TEST_SRCDIR" : "G_TEST_BUILDDIR");
    char       *own = strdup (program), *slash = strrchr (own, '/'), *path;
    va_list     more;

    if (slash != NULL)
        *slash = '\0';
    path = g_strdup_printf ("%s/%s", folder != NULL ? folder : slash != NULL ? own : ".", first);
    va_start (more, first);
    for (const char *piece; (piece = va_arg (more, const char *)) != NULL;) {
        char *longer = g_strdup_printf ("%s/%s", path, piece);

        g_free (path);
        path = longer;
    }
    va_end (more);
    free (own);
    return path;
}

/* ---- a case in a process of its own ------------------------------------------------------------------------------ */

static int   trapped_status;
static char *trapped_text[3]; /* by descriptor */

EXPORT gboolean g_test_subprocess (void);
EXPORT void     g_test_trap_subprocess (const char *path, guint64 limit, guint flags);
EXPORT gboolean g_test_trap_has_passed (void);
EXPORT void     g_test_trap_assertions (const char *domain, const char *file, int line, const char *function, guint64 kind,
                                        const char *pattern);

gboolean
g_test_subprocess (void)
{
    return is_subprocess;
}

static char *
whole_text (FILE *file)
{
    long  length = ftell (file);
    char *text = calloc (1, (size_t) length + 1);

    rewind (file);
    if (fread (text, 1, (size_t) length, file) != (size_t) length)
        abort ();
    fclose (file);
    return text;
}

void
g_test_trap_subprocess (const char *path, guint64 limit, guint flags)
{
    FILE *said[3] = { NULL, tmpfile (), tmpfile () };
    pid_t child = fork ();

    (void) flags;
    if (child == 0) {
        dup2 (fileno (said[1]), 1);
        dup2 (fileno (said[2]), 2);
        if (limit > 0)
            alarm ((unsigned) (limit / 1000000 + 1));
        execl ("/proc/self/exe", program, "--subprocess", "-p", path != NULL ? path : current->path, (char *) NULL);
        _exit (127);
    }
    waitpid (child, &trapped_status, 0);
    for (int i = 1; i <= 2; i++) {
        fseek (said[i], 0, SEEK_END);
        free (trapped_text[i]);
        trapped_text[i] = whole_text (said[i]);
    }
}

gboolean
g_test_trap_has_passed (void)
{
    return WIFEXITED (trapped_status) && WEXITSTATUS (trapped_status) == 0;
}

/* The kinds are those of the macros g_test_trap_assert_...: passed, failed, then a pattern that stdout has, has not, and
 * the same for stderr. */
void
g_test_trap_assertions (const char *domain, const char *file, int line, const char *function, guint64 kind,
                        const char *pattern)
{
    gboolean fine;

    switch (kind) {
    case 0:
        fine = g_test_trap_has_passed ();
        break;
    case 1:
        fine = !g_test_trap_has_passed ();
        break;
    default:
        fine = matches (pattern, trapped_text[kind < 4 ? 1 : 2]) != (kind % 2 == 1);
        break;
    }
    if (!fine) {
        fprintf (stderr, "# stdout: %s\n# stderr: %s\n", trapped_text[1], trapped_text[2]);
        g_assertion_message (domain, file, line, function, pattern != NULL ? pattern : "the other process");
    }
}
