/* twin.h - what every twin program is made of.
 *
 * A twin program is plain C, or C++ where exceptions matter, against <glib.h>. It is compiled twice, with GLib and with mainspring, and each of its
 * cases is run on both; the two traces must be equal to the letter and both runs must end with status 0. So a trace may
 * hold what happened and in which order, but no time, no address, no descriptor number.
 *
 *     TWIN (quit_before_run_is_forgotten, "ML-002") { ...; trace ("runs %d", n); }
 *
 * registers a case and names the contract statements it would catch a breach of. It must close what it opens. `program --list` prints the cases,
 * `program CASE` runs one in this process. Messages logged while it runs become `LOG Domain-LEVEL text` lines.
 *
 * This header must not know which library it is compiled against: what differs between versions is decided by the
 * version the running library claims (at_least, since) or, for functions the older one lacks, by
 * `#if GLIB_CHECK_VERSION (...)` around an OWN case. Bodies are in twin.c, twin_tools.c and twin_sources.c (whatever is
 * called twin*.c is no program); the runner is xtask/src/twin.rs.
 */
#ifndef TWIN_H
#define TWIN_H

#include <glib.h>
#include <pthread.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- cases ------------------------------------------------------------------------------------------------------ */

typedef struct TwinCase TwinCase;
struct TwinCase {
    const char *name;
    const char *statements; /* cited contract statements, separated by one space */
    const char *own;        /* why there is nothing to compare with, or NULL */
    const char *leaks;      /* why memory is left behind on purpose, or NULL */
    void (*run) (void);
    TwinCase *next;
};

void twin_register (TwinCase *entry);

#define TWIN_CASE(case_name, case_statements, case_own, case_leaks)                                           \
    static void case_name (void);                                                                             \
    __attribute__ ((constructor)) static void twin_register_##case_name (void)                                \
    {                                                                                                         \
        static TwinCase entry = { #case_name, case_statements, case_own, case_leaks, case_name, NULL };       \
        twin_register (&entry);                                                                               \
    }                                                                                                         \
    static void case_name (void)

/* Runs on both libraries; the traces must be equal. */
#define TWIN(name, statements) TWIN_CASE (name, statements, NULL, NULL)
/* The same, for a case that cannot give back all its memory and descriptors; valgrind then looks for other errors only. */
#define TWIN_LEAKING(name, statements, reason) TWIN_CASE (name, statements, NULL, reason)
/* Runs on mainspring alone, because GLib of the oracle's age lacks the function or has the defect: judged by expect. */
#define OWN(name, statements, reason) TWIN_CASE (name, statements, reason, NULL)
#define OWN_LEAKING(name, statements, reason, leak) TWIN_CASE (name, statements, reason, leak)

/* ---- trace and expectations ------------------------------------------------------------------------------------- */

void trace (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Ends the process with a message about errno: a tool that cannot do its part must not let a case look green. */
void twin_give_up (const char *what) __attribute__ ((noreturn));

/* TRUE if the running loop is at least of this version: the library's, or what TWIN_LOOP says for a loop that stands in
 * front of an older library. */
gboolean at_least (guint major, guint minor);

/* For an outcome that changed in version major.minor: `older` is right before it, `newer` from it on. Traces `ok` for
 * the right one; a wrong one is traced and fails the case. */
void since (guint major, guint minor, const char *older, const char *newer, const char *actual);

/* A failed expectation is traced with its place and makes the case end with a status other than 0. */
#define expect(condition) twin_expect ((condition) ? TRUE : FALSE, __FILE__, __LINE__, #condition)
gboolean twin_expect (gboolean holds, const char *file, int line, const char *text);

/* Between log_hold() and log_held() messages are collected instead of traced. log_held returns them without the leading
 * `LOG `, joined by ` | `, empty if there were none; the text stays valid until the next log_hold. */
void        log_hold (void);
const char *log_held (void);

/* ---- processes, threads, time ----------------------------------------------------------------------------------- */

/* Runs `body` in a forked child and says how that ended: "exit 0", "signal 6" ... (valid until the next call). */
const char *in_child (void (*body) (void));
/* The same with the child's descriptor `fd` (1 or 2) caught: returns what it wrote, to be freed with free(). */
char *output_of (void (*body) (void), int fd, const char **ending);

pthread_t spawn (void *(*body) (void *), void *data);
void     *join (pthread_t thread);
void     *in_thread (void *(*body) (void *), void *data); /* spawn and join */

/* TRUE if another thread could acquire the context now. */
gboolean free_for_others (GMainContext *context);

/* A mark one thread sets and another waits for. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    gboolean        set;
} Flag;
#define FLAG_INIT { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, FALSE }
void     flag_raise (Flag *flag);
void     flag_await (Flag *flag);
gboolean flag_is_raised (Flag *flag);

gint64 now_ns (void); /* CLOCK_MONOTONIC */
void   nap_ms (int milliseconds);
/* Sleeps until thread `tid` (see own_tid) sleeps in the kernel; for "the other side is blocked by now". */
int    own_tid (void);
void   await_sleep_of (int tid);

/* A repeatable sequence of numbers for cases that shuffle: xorshift, any seed but 0. */
guint32 shuffled (guint32 *state);

/* ---- descriptors ------------------------------------------------------------------------------------------------ */

int  open_descriptors (void);
void pipe_open (int ends[2]); /* non-blocking, close-on-exec */
void pipe_close (int ends[2]);
void feed (int fd);  /* writes one byte */
void drain (int fd); /* reads until there is nothing */

/* The descriptor of the context's own record, found among what query hands out at any priority, and whether a poll
 * would report it. Both call g_main_context_query: not between a query and its check. */
int      wakeup_descriptor (GMainContext *context);
gboolean wakeup_signalled (GMainContext *context);

/* Traces an event mask by name: "IN|HUP", "0". The text is static, one of a few buffers used in turn. */
const char *events_text (guint events);

/* ---- sources that tell what happens to them --------------------------------------------------------------------- */

typedef struct Probe Probe;
struct Probe {
    GSource     source;
    const char *name;
    gboolean    prepare_ready; /* what prepare answers */
    int         timeout;       /* what prepare stores, if not PROBE_LEAVES_TIMEOUT */
    gboolean    check_ready;   /* what check answers */
    gboolean    keep;          /* what dispatch answers */
    gboolean    quiet;         /* no trace of prepare and check */
    gpointer    data;          /* for the hooks */
    void (*in_prepare) (Probe *); /* called after the trace line, before the answer is read */
    void (*in_check) (Probe *);
    void (*in_dispatch) (Probe *);
    void (*in_finalize) (Probe *);
};
#define PROBE_LEAVES_TIMEOUT (-2)

extern GSourceFuncs probe_funcs;         /* prepare, check, dispatch, finalize */
extern GSourceFuncs probe_passive_funcs; /* dispatch and finalize only */

/* Traces `prepare NAME`, `check NAME`, `dispatch NAME`, `finalize NAME`. Answers at first: never ready, timeout left
 * alone, keep TRUE. The name must outlive the source. Unattached; one reference, the caller's. */
Probe *probe_new (const char *name, int priority);
Probe *probe_new_with (GSourceFuncs *funcs, const char *name, int priority);
/* Attaches and gives the caller's reference away; returns the probe, which the context now keeps alive. */
Probe *probe_attach (Probe *probe, GMainContext *context);
#define PROBE_SOURCE(probe) (&(probe)->source)

/* Hooks: destroys the probe that `data` points to; makes one non-blocking iteration and tells so. */
void probe_destroys_other (Probe *probe);
void probe_nests (Probe *probe);

/* Callbacks whose data is a name: `call NAME` and FALSE, `call NAME` and TRUE, `notify NAME`. */
gboolean call_once (gpointer name);
gboolean call_again (gpointer name);
void     notified (gpointer name);
/* The data is a loop: `quit`, quits it and FALSE. */
gboolean call_quit (gpointer loop);

/* An idle source with call_again, or call_once, as its callback and notified as its notify, attached; no reference is given. */
GSource *idle_again (GMainContext *context, int priority, const char *name);
GSource *idle_once (GMainContext *context, int priority, const char *name);

/* A hand-driven iteration, step by step: hand_query is prepare and query, hand_poll a poll that does not wait, hand_check
 * check with what query said; then g_main_context_dispatch. Nothing is traced. */
typedef struct {
    GMainContext *context;
    gboolean      ready;    /* what prepare returned */
    int           priority; /* what prepare and query said */
    int           timeout;
    GPollFD       entries[64];
    int           count;
} Hand;
void     hand_query (Hand *hand, GMainContext *context);
void     hand_poll (Hand *hand);
gboolean hand_check (Hand *hand);

/* One non-blocking iteration, traced as `turn -> TRUE` or `turn -> FALSE`. */
gboolean turn (GMainContext *context);

#ifdef __cplusplus
}
#endif

#endif
