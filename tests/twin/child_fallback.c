/* child_fallback.c - watching child processes where the kernel gives no process descriptor: a handler for SIGCHLD, and a
 * look at every watched process after each (section 21, CW-009 to CW-012 and CW-016).
 *
 * A filter of system calls (lose_pidfd_open), put on by each case for its own process, makes pidfd_open fail as old kernels do. Next:
 * unix_signals.c, whose handlers work the same way.
 */
#include "processes.h"

#include <sys/resource.h>

/* ---- working ----------------------------------------------------------------------------------------------------- */

TWIN (child_is_watched_all_the_same, "CW-009 CW-002")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };

    lose_pidfd_open ();
    grip_take (grip);
    tale.pid = child_exiting (7, grip);
    hand_over (tale_watch (&tale), context);
    settle (context);
    trace ("pending %s", yes (g_main_context_pending (context)));
    grip_loosen (grip);
    iterate_until (context, &tale.ended, 1);
    trace ("%s", left_over (tale.pid));
    g_main_context_unref (context);
}

OWN (children_are_told_of_where_process_descriptors_cannot_be_waited_on, "CW-009 CW-002", "GLib tells status 0 and reaps nobody")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "child", 0, 0, 0, TRUE };

    lose_waiting_on_pidfds ();
    tale.pid = child_exiting (7, NULL);
    hand_over (tale_watch (&tale), context);
    iterate_until (context, &tale.ended, 1);
    expect (tale.status == 7 << 8);
    expect (strcmp (left_over (tale.pid), "gone") == 0);
    g_main_context_unref (context);
}

TWIN (killed_child_reports_the_signal_here_too, "CW-009 CW-002 CW-004")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };

    lose_pidfd_open ();
    grip_take (grip);
    tale.pid = child_exiting (7, grip);
    hand_over (tale_watch (&tale), context);
    kill (tale.pid, SIGSTOP);
    await_child (tale.pid, WSTOPPED);
    settle_late (context);
    kill (tale.pid, SIGCONT);
    settle_late (context);
    kill (tale.pid, SIGTERM);
    iterate_until (context, &tale.ended, 1);
    grip_loosen (grip);
    g_main_context_unref (context);
}

TWIN (zombie_fires_here_too, "CW-005 CW-009")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "zombie", zombie (3), 0, 0, FALSE };

    lose_pidfd_open ();
    hand_over (tale_watch (&tale), context);
    turn (context);
    trace ("%s", left_over (tale.pid));
    g_main_context_unref (context);
}

TWIN (no_room_for_a_descriptor_is_no_failure, "CW-009")
{
    GMainContext *context = g_main_context_new ();
    struct rlimit limit, tight;
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };

    grip_take (grip);
    tale.pid = child_exiting (7, grip);
    wakeup_descriptor (context);
    getrlimit (RLIMIT_NOFILE, &limit);
    tight = limit;
    tight.rlim_cur = 3;
    g_source_unref (g_unix_signal_source_new (SIGHUP)); /* what a library keeps for handlers is there by now */
    setrlimit (RLIMIT_NOFILE, &tight);
    hand_over (tale_watch (&tale), context);
    trace ("SIGCHLD untouched %s", yes (handler_is_default (SIGCHLD)));
    setrlimit (RLIMIT_NOFILE, &limit);
    grip_loosen (grip);
    iterate_until (context, &tale.ended, 1);
    g_main_context_unref (context);
}

TWIN (waiting_iteration_ends_with_the_child, "CW-009 CW-011")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };
    pid_t         killer;
    int           me = own_tid ();

    lose_pidfd_open ();
    grip_take (grip);
    tale.pid = child_exiting (0, grip);
    hand_over (tale_watch (&tale), context);
    settle_late (context);
    killer = fork ();
    if (killer == 0) {
        char path[64], state;

        snprintf (path, sizeof path, "/proc/%d/stat", me);
        for (int asleep = 0; asleep < 5; asleep += state == 'S') {
            FILE *stat = fopen (path, "r");

            if (stat == NULL || fscanf (stat, "%*d (%*[^)]) %c", &state) != 1)
                _exit (1);
            fclose (stat);
            nap_ms (2);
        }
        kill (tale.pid, SIGINT);
        _exit (0);
    }
    iterate_until (context, &tale.ended, 1);
    grip_loosen (grip);
    waitpid (killer, NULL, 0);
    g_main_context_unref (context);
}

TWIN (merged_signals_reach_every_watch, "CW-011")
{
    GMainContext *context = g_main_context_new ();
    Tale          tales[3] = { { "first", 0, 0, 0, TRUE }, { "second", 0, 0, 0, TRUE }, { "third", 0, 0, 0, FALSE } };
    int           grip[2];
    sigset_t      set;

    lose_pidfd_open ();
    grip_take (grip);
    for (int i = 0; i < 3; i++) {
        tales[i].pid = child_exiting (0, grip);
        hand_over (tale_watch (&tales[i]), context);
    }
    settle_late (context);
    sigemptyset (&set);
    sigaddset (&set, SIGCHLD);
    pthread_sigmask (SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 2; i++) {
        kill (tales[i].pid, SIGUSR1 + i * (SIGUSR2 - SIGUSR1));
        await_child (tales[i].pid, WEXITED);
    }
    settle_late (context);
    trace ("signals held back");
    pthread_sigmask (SIG_UNBLOCK, &set, NULL);
    iterate_until (context, &tales[0].ended, 1);
    iterate_until (context, &tales[1].ended, 1);
    settle_late (context);
    trace ("signals %d %d, the third lives", tales[0].status, tales[1].status);
    grip_loosen (grip);
    iterate_until (context, &tales[2].ended, 1);
    g_main_context_unref (context);
}

TWIN (other_peoples_children_are_left_alone, "CW-011")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "watched", 0, 0, 0, FALSE };
    pid_t         other;

    lose_pidfd_open ();
    grip_take (grip);
    tale.pid = child_exiting (0, grip);
    hand_over (tale_watch (&tale), context);
    other = zombie (1);
    settle_late (context);
    trace ("the other is %s", left_over (other));
    grip_loosen (grip);
    iterate_until (context, &tale.ended, 1);
    g_main_context_unref (context);
}

/* ---- when a child is reaped -------------------------------------------------------------------------------------- */

TWIN (making_a_watch_reaps_nobody, "CW-012")
{
    pid_t    child = zombie (3);
    GSource *source;

    lose_pidfd_open ();
    source = g_child_watch_source_new (child);
    since (2, 78, "gone", "left", left_over (child));
    g_source_unref (source);
}

TWIN (nor_does_a_pending_one, "CW-006")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "zombie", zombie (3), 0, 0, FALSE };
    GSource      *source;

    lose_pidfd_open ();
    source = tale_watch (&tale);
    g_source_attach (source, context);
    trace ("pending %s", yes (g_main_context_pending (context)));
    let_go (source);
    since (2, 78, "gone", "left", left_over (tale.pid));
    g_main_context_unref (context);
}

/* ---- nobody there ------------------------------------------------------------------------------------------------ */

OWN (unknown_process_ends_in_the_first_iteration, "CW-010", "2.74 waits for the next SIGCHLD, and gives status 0")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "gone", zombie (3), 0, 0, TRUE };
    char         *expected;

    waitpid (tale.pid, NULL, 0);
    hand_over (tale_watch (&tale), context);
    log_hold ();
    expect (turn (context));
    expected = g_strdup_printf ("GLib-WARNING <loc>: waitpid(pid:%i) failed: No child processes (10). See documentation of "
                                "g_child_watch_source_new() for possible causes.",
                                tale.pid);
    expect (strcmp (log_held (), expected) == 0);
    g_free (expected);
    expect (tale.ended == 1 && tale.status == -1);
    expect (!turn (context));
    g_main_context_unref (context);
}

TWIN (unknown_process_ends_at_the_latest_with_the_next_child, "CW-010 CW-009")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "gone", zombie (3), 0, 0, TRUE };
    pid_t         other;
    const char   *text;

    waitpid (tale.pid, NULL, 0);
    hand_over (tale_watch (&tale), context);
    log_hold ();
    settle (context);
    other = zombie (1);
    iterate_until (context, &tale.ended, 1);
    text = log_held ();
    if (at_least (2, 78))
        expect (strstr (text, ": waitpid(pid:") != NULL && strstr (text, ") failed: No child processes (10)") != NULL);
    else
        expect (strstr (text, "ECHILD was received by waitpid()") != NULL);
    trace ("status %s", yes (tale.status == (at_least (2, 78) ? -1 : 0)));
    trace ("the other is %s", left_over (other));
    g_main_context_unref (context);
}

/* ---- the handler ------------------------------------------------------------------------------------------------- */

TWIN (handler_is_there_while_watches_are, "CW-009 CW-016 US-004")
{
    struct sigaction action;
    int              grip[2];
    pid_t            child;
    GSource         *first, *second;

    lose_pidfd_open ();
    grip_take (grip);
    child = child_exiting (0, grip);
    signal (SIGCHLD, SIG_IGN);
    first = g_child_watch_source_new (child);
    second = g_child_watch_source_new (child);
    sigaction (SIGCHLD, NULL, &action);
    trace ("handler %s", yes (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN));
    trace ("flags as they should be %s", yes ((action.sa_flags & (SA_RESTART | SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO))
                                              == (SA_RESTART | SA_NOCLDSTOP)));
    g_source_unref (first);
    trace ("one left: default %s", yes (handler_is_default (SIGCHLD)));
    g_source_unref (second);
    trace ("none left: default %s", yes (handler_is_default (SIGCHLD)));
    grip_loosen (grip);
    waitpid (child, NULL, 0);
}

static int debug_messages;

static void
count_debug (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    char *expected = g_strdup_printf ("pidfd_open(%i) failed with error: %s", *(pid_t *) data, g_strerror (ENOSYS));

    (void) domain, (void) level;
    debug_messages += strcmp (message, expected) == 0;
    g_free (expected);
}

TWIN (failure_to_open_is_told_to_those_who_debug, "CW-009 MU-004")
{
    pid_t    child = zombie (0);
    guint    handler = g_log_set_handler ("GLib", G_LOG_LEVEL_DEBUG, count_debug, &child);
    GSource *source;

    lose_pidfd_open ();
    source = g_child_watch_source_new (child);
    trace ("%d message", debug_messages);
    g_source_unref (source);
    g_log_remove_handler ("GLib", handler);
    waitpid (child, NULL, 0);
}

OWN (no_thread_helps, "US-009 CW-009", "GLib starts one")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "zombie", zombie (3), 0, 0, TRUE };

    lose_pidfd_open ();
    hand_over (tale_watch (&tale), context);
    expect (count_threads () == 1);
    expect (turn (context) && tale.ended == 1);
    expect (count_threads () == 1);
    g_main_context_unref (context);
}

OWN (handler_that_was_taken_away_is_put_up_again, "CW-009 CW-002", "GLib then waits for ever")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, TRUE };

    lose_pidfd_open ();
    grip_take (grip);
    tale.pid = child_exiting (7, grip);
    hand_over (tale_watch (&tale), context);
    expect (!turn (context));
    signal (SIGCHLD, SIG_DFL);
    grip_loosen (grip);
    await_child (tale.pid, WEXITED);
    expect (turn (context) && tale.ended == 1);
    g_main_context_unref (context);
    expect (handler_is_default (SIGCHLD));
}

OWN (living_child_makes_no_iteration_true, "CW-011 CW-010", "GLib's thread may wake the iteration at any time")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, TRUE };

    lose_pidfd_open ();
    grip_take (grip);
    tale.pid = child_exiting (0, grip);
    hand_over (tale_watch (&tale), context);
    for (int i = 0; i < 3; i++) {
        expect (!g_main_context_pending (context));
        expect (!g_main_context_iteration (context, FALSE));
        raise (SIGCHLD);
    }
    grip_loosen (grip);
    iterate_until (context, &tale.ended, 1);
    g_main_context_unref (context);
}
