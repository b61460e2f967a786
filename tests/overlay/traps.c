/* traps.c - ways round a loop that stands in front of libglib, each with the outcome it must have.
 *
 * Compiled against GLib and run under the overlay; also as a program at a fixed address, and linked with the overlay.
 * `traps CASE` exits with status 0 if the case holds, and says what it found otherwise. Knows nothing of mainspring but
 * what the dynamic linker says of a name.
 */
#define _GNU_SOURCE
#include <gio/gio.h>
#include <glib-unix.h>

#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define demand(condition)                                               \
    do {                                                                \
        if (!(condition)) {                                             \
            fprintf (stderr, "line %d: %s\n", __LINE__, #condition);    \
            return 1;                                                   \
        }                                                               \
    } while (0)

/* The file that the function at an address lies in, by its own name. */
static const char *
home_of (void *function)
{
    Dl_info     info;
    const char *slash;

    if (function == NULL || dladdr (function, &info) == 0)
        return "nowhere";
    slash = strrchr (info.dli_fname, '/');
    return slash != NULL ? slash + 1 : info.dli_fname;
}

static gboolean
is_of_overlay (void *function)
{
    return g_str_has_prefix (home_of (function), "libmainspring-overlay.so");
}

static gboolean
quit (gpointer loop)
{
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

/* Runs the default context for a while. */
static void
run_for (guint milliseconds)
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);

    g_timeout_add (milliseconds, quit, loop);
    g_main_loop_run (loop);
    g_main_loop_unref (loop);
}

/* What is looked up by name is what is called. */
static int
looked_up (void)
{
    static const char *const names[] = { "g_main_context_new", "g_source_attach", "g_timeout_add_full", "g_idle_add" };
    Dl_info                  libglib;
    void                    *handles[3];
    gsize                    i, j;

    demand (dladdr (dlsym (RTLD_DEFAULT, "g_malloc0"), &libglib) != 0);
    handles[0] = dlopen ("libglib-2.0.so.0", RTLD_LAZY | RTLD_NOLOAD);
    handles[1] = dlopen ("libgobject-2.0.so.0", RTLD_LAZY | RTLD_NOLOAD);
    handles[2] = dlopen (libglib.dli_fname, RTLD_LAZY | RTLD_DEEPBIND);
    for (i = 0; i < G_N_ELEMENTS (handles); i++) {
        demand (handles[i] != NULL);
        for (j = 0; j < G_N_ELEMENTS (names); j++)
            demand (is_of_overlay (dlsym (handles[i], names[j])));
        demand (dlsym (handles[i], "g_idle_funcs") == (void *) &g_idle_funcs);
        demand (!is_of_overlay (dlsym (handles[i], "g_malloc0")));
    }
    return 0;
}

static gboolean
finish (gpointer data)
{
    (void) data;
    return G_SOURCE_REMOVE;
}

static int counted;

static gboolean
counting_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    (void) source;
    counted++;
    return callback (data);
}

/* A program that mentions a table may hold the only copy of it. */
static int
tables (void)
{
    gboolean (*original) (GSource *, GSourceFunc, gpointer) = g_idle_funcs.dispatch;
    GSource *source = g_idle_source_new ();

    demand (source->source_funcs == &g_idle_funcs);
    g_source_unref (source);
    demand (is_of_overlay ((void *) original));
    g_idle_add (finish, NULL);
    g_idle_funcs.dispatch = counting_dispatch;
    run_for (1);
    g_idle_funcs.dispatch = original;
    demand (counted == 1);
    return 0;
}

/* How many threads of this process have a name. */
static int
threads_called (const char *name)
{
    GDir       *tasks = g_dir_open ("/proc/self/task", 0, NULL);
    const char *task;
    int         found = 0;

    while ((task = g_dir_read_name (tasks)) != NULL) {
        char *path = g_strdup_printf ("/proc/self/task/%s/comm", task);
        char *text = NULL;

        if (g_file_get_contents (path, &text, NULL, NULL))
            found += strcmp (g_strchomp (text), name) == 0;
        g_free (text);
        g_free (path);
    }
    g_dir_close (tasks);
    return found;
}

/* libgio's worker is there when it is needed and not before. */
static int
worker (void)
{
    GSubprocess *process;
    GError      *error = NULL;

    demand (threads_called ("gmain") == 0);
    run_for (1);
    demand (threads_called ("gmain") == 0);
    process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "true", NULL);
    demand (process != NULL);
    demand (g_subprocess_wait (process, NULL, &error));
    demand (g_subprocess_get_successful (process));
    g_object_unref (process);
    demand (threads_called ("gmain") == 1);
    return 0;
}

/* From here on system calls pass this filter. */
static gboolean
confine (struct sock_filter *steps, gsize count)
{
    struct sock_fprog program = { (unsigned short) count, steps };

    return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* From here on the kernel gives no process descriptors: it does not know them, or does not allow them. */
static gboolean
lose_pidfd_open (unsigned error)
{
    struct sock_filter steps[] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };

    return confine (steps, G_N_ELEMENTS (steps));
}

/* Becomes this program anew, with another case, where memory that has been mapped cannot be given these rights. */
static int
start_where_memory_never_becomes (unsigned rights, const char *name)
{
    struct sock_filter steps[] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[2])),
        BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, rights, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };

    demand (confine (steps, G_N_ELEMENTS (steps)));
    execl ("/proc/self/exe", "traps", name, NULL);
    demand (!"started anew");
    return 1;
}

static int ended;

static void
child_ended (GPid pid, int status, gpointer loop)
{
    ended += status == 0;
    g_spawn_close_pid (pid);
    if (loop != NULL)
        g_main_loop_quit (loop);
}

/* A child of ours is watched while libglib's own loop runs for a test, catches SIGCHLD and lets go of it again. */
static void
trap (void)
{
    char      *arguments[] = { "sleep", "0.3", NULL };
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);
    GPid       pid;
    guint      late;

    g_assert_true (g_spawn_async (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                                  NULL));
    g_child_watch_add (pid, child_ended, loop);
    g_test_trap_subprocess ("/inside/subprocess", 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stdout ("*inside*");
    late = g_timeout_add_seconds (10, quit, loop);
    g_main_loop_run (loop);
    g_assert_cmpint (ended, ==, 1);
    g_source_remove (late);
    g_main_loop_unref (loop);
}

static void
inside (void)
{
    g_print ("inside\n");
}

static int
test_program (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/inside/subprocess", inside);
    g_test_add_func ("/trap", trap);
    return g_test_run ();
}

static int
trapped (void)
{
    char *words[] = { "traps", "-q", NULL };

    words[0] = g_file_read_link ("/proc/self/exe", NULL);
    return test_program (2, words);
}

static int
trapped_without_process_descriptors (void)
{
    demand (lose_pidfd_open (ENOSYS));
    return trapped ();
}

static int
trapped_where_process_descriptors_are_forbidden (void)
{
    demand (lose_pidfd_open (EPERM));
    return trapped ();
}

/* Loaded by a program that runs already, an overlay leaves everything as it is. */
static int
loaded_late (const char *overlay)
{
    void *handle = dlopen (overlay, RTLD_NOW | RTLD_GLOBAL);

    demand (handle != NULL);
    demand (!is_of_overlay (dlsym (RTLD_DEFAULT, "g_main_context_new")));
    demand (!is_of_overlay (dlsym (handle, "g_main_context_new")));
    demand (dlsym (handle, "g_idle_add") == dlsym (RTLD_DEFAULT, "g_idle_add"));
    run_for (1);
    return worker ();
}

/* The loop is the overlay's, or GLib's. */
static int
plain (void)
{
    run_for (1);
    puts (is_of_overlay (dlsym (RTLD_DEFAULT, "g_main_context_new")) ? "overlay" : "GLib");
    return 0;
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run) (void);
    } cases[] = {
        { "looked_up", looked_up },
        { "tables", tables },
        { "worker", worker },
        { "trapped", trapped },
        { "trapped_without_process_descriptors", trapped_without_process_descriptors },
        { "trapped_where_process_descriptors_are_forbidden", trapped_where_process_descriptors_are_forbidden },
        { "plain", plain },
    };
    gsize i;

    if (argc > 1 && argv[1][0] == '-')
        return test_program (argc, argv);
    if (argc > 2 && strcmp (argv[1], "loaded_late") == 0)
        return loaded_late (argv[2]);
    if (argc > 2 && strcmp (argv[1], "memory_never_becomes_code") == 0)
        return start_where_memory_never_becomes (PROT_EXEC, argv[2]);
    if (argc > 2 && strcmp (argv[1], "memory_never_becomes_writable") == 0)
        return start_where_memory_never_becomes (PROT_WRITE, argv[2]);
    for (i = 0; argc > 1 && i < G_N_ELEMENTS (cases); i++) {
        if (strcmp (argv[1], cases[i].name) == 0)
            return cases[i].run ();
    }
    fprintf (stderr, "no such case\n");
    return 2;
}
