/* child_lost.c - child watches that something happens to: their process descriptor is closed or its number given to
 * another file by a program that does not know it, the program forks, the child ends just as it begins to be watched.
 *
 * GLib goes on using the number, so most cases are OWN. What a watch does in peace is in child_watch.c and
 * child_fallback.c; programs that close everything are in process_descriptors.c.
 */
#include "processes.h"

#include <sched.h>
#include <sys/resource.h>

#define USES_NUMBER "GLib goes on using the number"

/* ---- a lost descriptor ------------------------------------------------------------------------------------------- */

typedef enum { CLOSED, QUIET_STRANGER, READABLE_STRANGER, FATES } Fate;

/* A watched child, its descriptor, and what the program puts in that one's place. */
typedef struct {
    GMainContext *context;
    Tale          tale;
    int           grip[2];
    int           number;
    int           stranger[2];
} Loss;

static void
loss_begin (Loss *loss)
{
    *loss = (Loss){ .context = g_main_context_new (), .tale = { "child", 0, 0, 0, TRUE } };
    grip_take (loss->grip);
    loss->tale.pid = child_exiting (7, loss->grip);
    hand_over (tale_watch (&loss->tale), loss->context);
    expect (process_descriptors (&loss->number) == 1);
    pipe_open (loss->stranger);
    settle (loss->context);
}

static void
loss_suffer (Loss *loss, Fate fate)
{
    if (fate == CLOSED)
        close (loss->number);
    else
        expect (dup2 (loss->stranger[0], loss->number) == loss->number);
    if (fate == READABLE_STRANGER)
        feed (loss->stranger[1]);
}

/* The child ends, the watch tells so, and the stranger is as it was. */
static void
loss_end (Loss *loss, Fate fate)
{
    char byte;

    grip_loosen (loss->grip);
    iterate_until (loss->context, &loss->tale.ended, 1);
    expect (WIFEXITED (loss->tale.status) && WEXITSTATUS (loss->tale.status) == 7);
    expect (strcmp (left_over (loss->tale.pid), "gone") == 0);
    expect (process_descriptors (NULL) == 0);
    if (fate != CLOSED) {
        expect (read (loss->number, &byte, 1) == (fate == READABLE_STRANGER ? 1 : -1));
        expect (close (loss->number) == 0);
    }
    pipe_close (loss->stranger);
    g_main_context_unref (loss->context);
}

OWN (watch_outlives_its_descriptor, "CW-001 CW-002 UF-006", USES_NUMBER)
{
    for (Fate fate = CLOSED; fate < FATES; fate++) {
        Loss loss;

        loss_begin (&loss);
        loss_suffer (&loss, fate);
        for (int i = 0; i < 4; i++) {
            nap_ms (25);
            settle (loss.context);
        }
        expect (loss.tale.ended == 0 && process_descriptors (NULL) == 1);
        loss_end (&loss, fate);
    }
}

OWN (sleeping_loop_hears_of_the_end_all_the_same, "CW-001 UF-006", USES_NUMBER)
{
    for (Fate fate = CLOSED; fate < FATES; fate++) {
        Loss loss;

        loss_begin (&loss);
        loss_suffer (&loss, fate);
        loss_end (&loss, fate);
    }
}

static gboolean
suffer_in_callback (gpointer data)
{
    loss_suffer (data, QUIET_STRANGER);
    return G_SOURCE_REMOVE;
}

OWN (descriptor_lost_in_a_callback_before_a_long_sleep, "CW-001 UF-006", USES_NUMBER)
{
    Loss loss;

    loss_begin (&loss);
    hand_over (with_callback (g_idle_source_new (), suffer_in_callback, &loss, NULL), loss.context);
    turn (loss.context);
    loss_end (&loss, QUIET_STRANGER);
}

OWN (short_timeouts_do_not_keep_the_loss_from_being_noticed, "CW-001 UF-006", USES_NUMBER)
{
    Loss loss;
    int  ticks = 0;

    loss_begin (&loss);
    hand_over (with_callback (g_timeout_source_new (5), count_again, &ticks, NULL), loss.context);
    loss_suffer (&loss, QUIET_STRANGER);
    iterate_until (loss.context, &ticks, 12);
    expect (process_descriptors (NULL) == 1);
    loss_end (&loss, QUIET_STRANGER);
}

static int
poll_plainly (GPollFD *entries, guint count, int timeout)
{
    return g_poll (entries, count, timeout);
}

OWN (programs_poll_function_is_not_left_sleeping, "CW-001 PO-001 UF-006", USES_NUMBER)
{
    for (Fate fate = CLOSED; fate < FATES; fate++) {
        Loss loss;

        loss_begin (&loss);
        g_main_context_set_poll_func (loss.context, poll_plainly);
        loss_suffer (&loss, fate);
        loss_end (&loss, fate);
    }
}

OWN (outer_loop_is_told_not_to_wait, "CW-001 QU-001 UF-006", USES_NUMBER)
{
    Loss loss;
    Hand hand;

    loss_begin (&loss);
    g_main_context_acquire (loss.context);
    loss_suffer (&loss, QUIET_STRANGER);
    hand_query (&hand, loss.context);
    expect (hand.timeout == 0);
    hand_poll (&hand);
    expect (!hand_check (&hand));
    expect (process_descriptors (NULL) == 1);
    hand_query (&hand, loss.context);
    expect (hand.timeout != 0);
    hand_poll (&hand);
    hand_check (&hand);
    g_main_context_release (loss.context);
    loss_end (&loss, QUIET_STRANGER);
}

OWN (descriptor_lost_after_the_exit_was_seen, "CW-001 CW-006", USES_NUMBER)
{
    Loss loss;

    loss_begin (&loss);
    kill (loss.tale.pid, SIGKILL);
    await_child (loss.tale.pid, WEXITED);
    expect (g_main_context_pending (loss.context));
    loss_suffer (&loss, QUIET_STRANGER);
    iterate_until (loss.context, &loss.tale.ended, 1);
    expect (WIFSIGNALED (loss.tale.status) && WTERMSIG (loss.tale.status) == SIGKILL);
    close (loss.number);
    pipe_close (loss.stranger);
    grip_loosen (loss.grip);
    g_main_context_unref (loss.context);
}

OWN (signal_takes_over_where_no_other_descriptor_can_be_had, "CW-001 CW-009 CW-016", USES_NUMBER)
{
    Loss          loss;
    struct rlimit limit, tight;

    loss_begin (&loss);
    getrlimit (RLIMIT_NOFILE, &limit);
    tight = limit;
    tight.rlim_cur = 3;
    loss_suffer (&loss, CLOSED);
    setrlimit (RLIMIT_NOFILE, &tight);
    settle_late (loss.context);
    setrlimit (RLIMIT_NOFILE, &limit);
    expect (!handler_is_default (SIGCHLD) && process_descriptors (NULL) == 0);
    for (int i = 0; i < 3; i++)
        expect (!g_main_context_iteration (loss.context, FALSE));
    loss_end (&loss, CLOSED);
    expect (handler_is_default (SIGCHLD));
}

OWN (each_of_many_watches_finds_its_own_child_again, "CW-001 CW-002 UF-006", USES_NUMBER)
{
    GMainContext *context = g_main_context_new ();
    Tale          tales[20];
    int           grips[20][2], number = -1;

    for (int i = 0; i < 20; i++) {
        tales[i] = (Tale){ "child", 0, 0, 0, TRUE };
        grip_take (grips[i]);
        fcntl (grips[i][1], F_SETFD, FD_CLOEXEC);
        tales[i].pid = child_exiting (i, grips[i]);
        hand_over (tale_watch (&tales[i]), context);
    }
    settle_late (context);
    while (process_descriptors (&number) > 0)
        close (number);
    settle_late (context);
    expect (process_descriptors (NULL) == 20);
    for (int i = 19; i >= 0; i--) {
        kill (tales[i].pid, i % 2 ? SIGTERM : SIGKILL);
        iterate_until (context, &tales[i].ended, 1);
        expect (WTERMSIG (tales[i].status) == (i % 2 ? SIGTERM : SIGKILL));
        grip_loosen (grips[i]);
    }
    g_main_context_unref (context);
}

/* ---- a forked child ---------------------------------------------------------------------------------------------- */

static Loss inherited;

/* A watch of the forked child's own, and the parent's watch, whose process is none of the child's. */
static void
watch_in_the_child (void)
{
    Tale tale = { "own", 0, 0, 0, TRUE };
    int  grip[2];

    log_hold ();
    grip_take (grip);
    tale.pid = child_exiting (5, grip);
    hand_over (tale_watch (&tale), inherited.context);
    settle_late (inherited.context);
    expect (tale.ended == 0);
    grip_loosen (grip);
    iterate_until (inherited.context, &tale.ended, 1);
    expect (WEXITSTATUS (tale.status) == 5 && strcmp (left_over (tale.pid), "gone") == 0);
    iterate_until (inherited.context, &inherited.tale.ended, 1);
    expect (inherited.tale.status == -1);
    expect (strstr (log_held (), ": waitpid(pid:") != NULL && strstr (log_held (), "No child processes (10)") != NULL);
    g_main_context_unref (inherited.context);
}

OWN (fallback_watches_work_in_a_forked_child, "CW-009 CW-010 SY-004", "GLib delivers nothing there")
{
    lose_pidfd_open ();
    inherited = (Loss){ .context = g_main_context_new (), .tale = { "parent's", 0, 0, 0, TRUE } };
    grip_take (inherited.grip);
    inherited.tale.pid = child_exiting (7, inherited.grip);
    hand_over (tale_watch (&inherited.tale), inherited.context);
    settle (inherited.context);
    expect (strcmp (in_child (watch_in_the_child), "exit 0") == 0);
    settle_late (inherited.context);
    expect (inherited.tale.ended == 0);
    grip_loosen (inherited.grip);
    iterate_until (inherited.context, &inherited.tale.ended, 1);
    expect (WEXITSTATUS (inherited.tale.status) == 7);
    g_main_context_unref (inherited.context);
}

static void
daemonise (void)
{
    for (int fd = 3; fd < 1024; fd++)
        close (fd);
    watch_in_the_child ();
}

OWN (daemoniser_that_closes_everything_watches_children, "CW-001 CW-010 UF-006", USES_NUMBER)
{
    loss_begin (&inherited);
    expect (strcmp (in_child (daemonise), "exit 0") == 0);
    settle_late (inherited.context);
    expect (inherited.tale.ended == 0);
    loss_end (&inherited, CLOSED);
    close (inherited.number);
}

/* ---- a child that ends just now ---------------------------------------------------------------------------------- */

#define ROUNDS 25

/* Children that end at once, watched by a context that another thread may be sleeping in. */
static void
watch_the_quick (void)
{
    GMainContext *context = g_main_context_new ();
    int           right = 0;

    for (int i = 0; i < ROUNDS; i++) {
        Tale  tale = { "quick", 0, 0, 0, TRUE };
        pid_t child = fork ();

        if (child == 0)
            _exit (i);
        tale.pid = child;
        for (int step = i % 5; step > 0; step--)
            sched_yield ();
        hand_over (tale_watch (&tale), context);
        iterate_until (context, &tale.ended, 1);
        right += WIFEXITED (tale.status) && WEXITSTATUS (tale.status) == i;
    }
    trace ("%d right", right);
    g_main_context_unref (context);
}

TWIN (child_that_ends_while_the_watch_is_made_is_not_missed, "CW-002 CW-005")
{
    watch_the_quick ();
}

TWIN (nor_is_it_without_process_descriptors, "CW-005 CW-009 CW-011")
{
    lose_pidfd_open ();
    watch_the_quick ();
}

static void *
iterate_till_stopped (void *data)
{
    GMainLoop *loop = data;

    g_main_loop_run (loop);
    return NULL;
}

/* A dispatch that had begun before the watch was destroyed may find the child reaped by the destroyer. */
static void
count_end (GPid pid, gint status, gpointer counter)
{
    (void) pid;
    expect (status == 0 || status == -1);
    if (status == 0)
        g_atomic_int_inc ((gint *) counter);
}

/* Waits until the child has ended, or has been reaped by another thread. */
static void
await_end_of (pid_t child)
{
    siginfo_t info;

    while (waitid (P_PID, (id_t) child, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
}

/* A watch destroyed by one thread while its child ends and another iterates: either it was told or the child is left. */
static void
destroy_while_it_ends (void)
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    pthread_t     thread = spawn (iterate_till_stopped, loop);
    gint          told = 0;
    int           left = 0;

    log_hold ();
    for (int i = 0; i < ROUNDS; i++) {
        pid_t    child = fork ();
        GSource *source;

        if (child == 0)
            _exit (0);
        source = g_child_watch_source_new (child);
        g_source_set_callback (source, G_SOURCE_FUNC (count_end), &told, NULL);
        g_source_attach (source, context);
        for (int step = i % 7; step > 0; step--)
            sched_yield ();
        let_go (source);
        await_end_of (child);
        left += strcmp (left_over (child), "left") == 0;
    }
    while (!g_main_loop_is_running (loop))
        sched_yield ();
    g_main_loop_quit (loop);
    join (thread);
    expect (told + left == ROUNDS);
    g_main_loop_unref (loop);
    g_main_context_unref (context);
}

OWN (watch_destroyed_as_the_child_ends_either_tells_or_leaves_it, "CW-006 SL-004", "2.74 reaps before it knows that it will tell")
{
    destroy_while_it_ends ();
}

OWN (and_so_without_process_descriptors, "CW-006 CW-009", "2.74 reaps before it knows that it will tell")
{
    lose_pidfd_open ();
    destroy_while_it_ends ();
}
