/* processes.h - children, signals and threads for the programs about them.
 *
 * Children here are plain forks that end as told; a grip is a pipe that keeps one alive until it is loosened. Must not know
 * what is watched. Read next: child_watch.c, child_fallback.c, child_lost.c, unix_signals.c,
 * process.c.
 */
#ifndef TWIN_PROCESSES_H
#define TWIN_PROCESSES_H

#include "sources.h"

#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A child that ends with this exit value, at once or once the grip, if any, is loosened. A shell does the ending: of a
 * forked copy of this process valgrind would ask where its memory is. */
static inline pid_t
child_exiting (int value, int grip[2])
{
    pid_t child = fork ();

    if (child < 0)
        twin_give_up ("fork");
    if (child == 0) {
        char byte, command[32];

        alarm (20);
        if (grip != NULL) {
            close (grip[1]);
            while (read (grip[0], &byte, 1) < 0 && errno == EINTR)
                ;
        }
        snprintf (command, sizeof command, "exit %d", value);
        execl ("/bin/sh", "sh", "-c", command, (char *) NULL);
        _exit (127);
    }
    return child;
}

static inline void
grip_take (int grip[2])
{
    if (pipe (grip) < 0)
        twin_give_up ("pipe");
}

/* Lets every child that holds it end. */
static inline void
grip_loosen (int grip[2])
{
    close (grip[1]);
    close (grip[0]);
}

/* Waits until the child has done this (WEXITED, WSTOPPED, WCONTINUED), leaving the news to whoever asks next. */
static inline void
await_child (pid_t child, int what)
{
    siginfo_t info;

    while (waitid (P_PID, (id_t) child, &info, what | WNOWAIT) < 0)
        if (errno != EINTR)
            twin_give_up ("waitid");
}

/* A child that has exited with this value and was not reaped. */
static inline pid_t
zombie (int value)
{
    pid_t child = child_exiting (value, NULL);

    await_child (child, WEXITED);
    return child;
}

/* Takes the child off the process table; says "left" if it was there to be reaped and "gone" if not. */
static inline const char *
left_over (pid_t child)
{
    pid_t found = waitpid (child, NULL, WNOHANG);

    return found == child ? "left" : found < 0 && errno == ECHILD ? "gone" : "alive";
}

static inline gboolean
handler_is_default (int signum)
{
    struct sigaction action;

    if (sigaction (signum, NULL, &action) < 0)
        twin_give_up ("sigaction");
    return action.sa_handler == SIG_DFL;
}

static inline int
count_threads (void)
{
    DIR *folder = opendir ("/proc/self/task");
    int  count = -2; /* `.` and `..` */

    if (folder == NULL)
        twin_give_up ("/proc/self/task");
    while (readdir (folder) != NULL)
        count++;
    closedir (folder);
    return count;
}

/* Puts on a filter of system calls, for this thread and those it starts. */
static inline void
filter_calls (struct sock_filter *steps, unsigned short count)
{
    struct sock_fprog program = { count, steps };

    if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        twin_give_up ("seccomp");
}

/* From here on pidfd_open fails with ENOSYS in this process. */
static inline void
lose_pidfd_open (void)
{
    struct sock_filter steps[] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };

    filter_calls (steps, G_N_ELEMENTS (steps));
    if (syscall (SYS_pidfd_open, getpid (), 0) >= 0 || errno != ENOSYS)
        twin_give_up ("pidfd_open is still there");
}

/* From here on waitid knows no process descriptors in this process: Linux 5.3 could open them and not wait on them. */
static inline void
lose_waiting_on_pidfds (void)
{
    struct sock_filter steps[] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_waitid, 0, 3),
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[0])),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, 3 /* P_PIDFD */, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };

    filter_calls (steps, G_N_ELEMENTS (steps));
}

/* Process descriptors this process holds, each of which must be close-on-exec; the number of the last one, if asked. */
static inline int
process_descriptors (int *last)
{
    int count = 0;

    for (int fd = 3; fd < 256; fd++) {
        char    path[64], kind[64];
        ssize_t length;

        snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
        length = readlink (path, kind, sizeof kind);
        if (length > 0 && memmem (kind, (size_t) length, "pidfd", 5) != NULL) {
            expect (fcntl (fd, F_GETFD) & FD_CLOEXEC);
            if (last != NULL)
                *last = fd;
            count++;
        }
    }
    return count;
}

/* Iterates until the counter has reached this. */
static inline void
iterate_until (GMainContext *context, int *counter, int wanted)
{
    while (*counter < wanted)
        g_main_context_iteration (context, TRUE);
}

/* Gives what is on its way in another thread the time to arrive, then iterates without waiting. */
static inline void
settle_late (GMainContext *context)
{
    for (int i = 0; i < 10; i++) {
        nap_ms (3);
        settle (context);
    }
}

/* A child watch that tells its name, its status and whether the pid was right, and counts in `ended`. */
typedef struct {
    const char *name;
    pid_t       pid;
    int         ended;
    int         status;
    gboolean    quiet;
} Tale;

static inline void
tale_end (GPid pid, gint status, gpointer data)
{
    Tale *tale = data;

    tale->ended++;
    tale->status = status;
    if (!tale->quiet)
        trace ("%s ended: %s pid, status %d", tale->name, pid == tale->pid ? "its" : "another", status);
}

/* A watch for tale->pid, unattached. */
static inline GSource *
tale_watch (Tale *tale)
{
    GSource *source = g_child_watch_source_new (tale->pid);

    g_source_set_callback (source, G_SOURCE_FUNC (tale_end), tale, NULL);
    return source;
}

#endif
