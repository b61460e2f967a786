/* child_watch.c - watching child processes through a process descriptor (section 21): statuses, who reaps and when, two
 * watches on one process, processes that are nobody's to reap, and what a watch costs.
 *
 * Needs Linux 5.4. What happens where the kernel gives no descriptor is in child_fallback.c.
 */
#include "processes.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>

#define LATER_TEXT(failed, pid)                                                                                        \
    "GLib-WARNING <loc>: waitid(pid:" pid ", pidfd=" failed ". See documentation of g_child_watch_source_new() for "   \
    "possible causes."

/* The message with numbers taken out, which differ from run to run. */
static char *
without_numbers (const char *text)
{
    GString *plain = g_string_new (NULL);

    for (; *text != '\0'; text++) {
        if (*text >= '0' && *text <= '9') {
            if (plain->len == 0 || plain->str[plain->len - 1] != '#')
                g_string_append_c (plain, '#');
        } else
            g_string_append_c (plain, *text);
    }
    return g_string_free (plain, FALSE);
}

/* What was logged about a child that cannot be reaped; 2.74 says nothing. */
static void
tell_unreapable_log (void)
{
    char *plain = without_numbers (log_held ());

    since (2, 78, "", LATER_TEXT ("#) failed: No child processes (#)", "#"), plain);
    g_free (plain);
}

static void
tell_status (const char *name, int status, int older, int newer)
{
    trace ("%s: %s", name, status == (at_least (2, 78) ? newer : older) ? "ok" : "wrong status");
}

/* ---- statuses ---------------------------------------------------------------------------------------------------- */

TWIN (exit_values_arrive_as_waitpid_tells_them, "CW-002 CW-003")
{
    static const int values[] = { 0, 1, 77, 255 };

    for (size_t i = 0; i < G_N_ELEMENTS (values); i++) {
        GMainContext *context = g_main_context_new ();
        Tale          tale = { "child", child_exiting (values[i], NULL), 0, 0, FALSE };
        GSource      *source = tale_watch (&tale);

        g_source_attach (source, context);
        iterate_until (context, &tale.ended, 1);
        trace ("destroyed %s, %s", yes (g_source_is_destroyed (source)), left_over (tale.pid));
        g_source_unref (source);
        g_main_context_unref (context);
    }
}

TWIN (killed_children_report_the_signal, "CW-002")
{
    static const int signals[] = { SIGKILL, SIGTERM, SIGHUP, SIGUSR1 };

    for (size_t i = 0; i < G_N_ELEMENTS (signals); i++) {
        GMainContext *context = g_main_context_new ();
        int           grip[2];
        Tale          tale = { "child", 0, 0, 0, FALSE };

        grip_take (grip);
        tale.pid = child_exiting (0, grip);
        hand_over (tale_watch (&tale), context);
        turn (context);
        kill (tale.pid, signals[i]);
        iterate_until (context, &tale.ended, 1);
        grip_loosen (grip);
        g_main_context_unref (context);
    }
}

TWIN (stopped_and_continued_child_goes_on_unreported, "CW-004")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };

    grip_take (grip);
    tale.pid = child_exiting (5, grip);
    hand_over (tale_watch (&tale), context);
    kill (tale.pid, SIGSTOP);
    await_child (tale.pid, WSTOPPED);
    turn (context);
    kill (tale.pid, SIGCONT);
    await_child (tale.pid, WCONTINUED);
    turn (context);
    grip_loosen (grip);
    iterate_until (context, &tale.ended, 1);
    g_main_context_unref (context);
}

/* ---- when, and by whom ------------------------------------------------------------------------------------------- */

TWIN (zombie_fires_at_once_and_is_reaped, "CW-005")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "zombie", zombie (3), 0, 0, FALSE };

    hand_over (tale_watch (&tale), context);
    trace ("pending %s", yes (g_main_context_pending (context)));
    turn (context);
    trace ("%s", left_over (tale.pid));
    turn (context);
    g_main_context_unref (context);
}

TWIN (watch_destroyed_in_time_leaves_the_zombie, "CW-006")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "zombie", zombie (3), 0, 0, FALSE };
    GSource      *source = tale_watch (&tale);

    g_source_attach (source, context);
    let_go (source);
    turn (context);
    trace ("%s", left_over (tale.pid));
    g_main_context_unref (context);
}

TWIN (even_once_it_is_pending, "CW-006")
{
    GMainContext *context = g_main_context_new ();
    Tale          tale = { "zombie", zombie (3), 0, 0, FALSE };
    GSource      *source = tale_watch (&tale);

    g_source_attach (source, context);
    trace ("pending %s", yes (g_main_context_pending (context)));
    let_go (source);
    since (2, 78, "gone", "left", left_over (tale.pid));
    g_main_context_unref (context);
}

TWIN (child_reaped_by_somebody_else, "CW-007")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, TRUE };

    grip_take (grip);
    tale.pid = child_exiting (3, grip);
    hand_over (tale_watch (&tale), context);
    grip_loosen (grip);
    waitpid (tale.pid, NULL, 0);
    log_hold ();
    iterate_until (context, &tale.ended, 1);
    tell_unreapable_log ();
    tell_status ("reaped", tale.status, 0, -1);
    turn (context);
    g_main_context_unref (context);
}

/* A grandchild that ends once the grip is loosened; its parent has gone. */
static pid_t
grandchild (int grip[2])
{
    int   news[2];
    pid_t child, found;

    grip_take (news);
    child = fork ();
    if (child == 0) {
        found = child_exiting (0, grip);
        if (write (news[1], &found, sizeof found) != sizeof found)
            _exit (1);
        _exit (0);
    }
    if (read (news[0], &found, sizeof found) != sizeof found)
        twin_give_up ("grandchild");
    waitpid (child, NULL, 0);
    grip_loosen (news);
    return found;
}

TWIN (somebody_elses_child_ends_without_a_status, "CW-007")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "grandchild", 0, 0, 0, TRUE };

    grip_take (grip);
    tale.pid = grandchild (grip);
    hand_over (tale_watch (&tale), context);
    turn (context);
    log_hold ();
    grip_loosen (grip);
    iterate_until (context, &tale.ended, 1);
    tell_unreapable_log ();
    tell_status ("grandchild", tale.status, 0, -1);
    g_main_context_unref (context);
}

TWIN (second_watch_on_one_child_gets_no_status, "CW-008")
{
    GMainContext *context = g_main_context_new ();
    pid_t         child = zombie (9);
    Tale          first = { "first", child, 0, 0, FALSE }, second = { "second", child, 0, 0, TRUE };

    hand_over (tale_watch (&first), context);
    hand_over (tale_watch (&second), context);
    log_hold ();
    turn (context);
    tell_unreapable_log ();
    tell_status ("second", second.status, 0, -1);
    trace ("both ended %s", yes (first.ended == 1 && second.ended == 1));
    g_main_context_unref (context);
}

TWIN (many_children_all_arrive, "CW-002 CW-003")
{
    enum { MANY = 40 };
    GMainContext *context = g_main_context_new ();
    Tale          tales[MANY];
    int           grip[2], ended = 0;

    grip_take (grip);
    for (int i = 0; i < MANY; i++) {
        tales[i] = (Tale){ "child", child_exiting (i, grip), 0, 0, TRUE };
        hand_over (tale_watch (&tales[i]), context);
    }
    turn (context);
    grip_loosen (grip);
    while (ended < MANY) {
        g_main_context_iteration (context, TRUE);
        ended = 0;
        for (int i = 0; i < MANY; i++)
            ended += tales[i].ended;
    }
    for (int i = 0; i < MANY; i++)
        expect (tales[i].status == i << 8);
    trace ("all ended");
    g_main_context_unref (context);
}

static void *
run_until_ended (void *data)
{
    void        **both = data;
    GMainContext *context = both[0];
    Tale         *tale = both[1];

    iterate_until (context, &tale->ended, 1);
    return NULL;
}

TWIN (watch_works_in_another_thread, "CW-002")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };
    void         *both[] = { context, &tale };
    pthread_t     thread;

    grip_take (grip);
    tale.pid = child_exiting (4, grip);
    hand_over (tale_watch (&tale), context);
    thread = spawn (run_until_ended, both);
    nap_ms (5);
    grip_loosen (grip);
    join (thread);
    g_main_context_unref (context);
}

/* ---- the source -------------------------------------------------------------------------------------------------- */

TWIN (watch_has_default_priority_a_name_and_its_table, "CW-014 CW-003")
{
    int      grip[2];
    pid_t    child;
    GSource *source;

    grip_take (grip);
    child = child_exiting (0, grip);
    source = g_child_watch_source_new (child);
    trace ("priority %d, name %s, recurses %s", g_source_get_priority (source), g_source_get_name (source),
           yes (g_source_get_can_recurse (source)));
    trace ("table %s", yes (source->source_funcs == &g_child_watch_funcs));
    g_source_unref (source);
    grip_loosen (grip);
    waitpid (child, NULL, 0);
}

TWIN (convenience_functions_attach_to_the_default_context, "CW-014 CW-003")
{
    Tale  first = { "urgent", zombie (1), 0, 0, FALSE }, second = { "plain", zombie (2), 0, 0, FALSE };
    guint id;

    id = g_child_watch_add (second.pid, tale_end, &second);
    trace ("id %s, priority %d", yes (id > 0),
           g_source_get_priority (g_main_context_find_source_by_id (NULL, id)));
    id = g_child_watch_add_full (-5, first.pid, tale_end, &first, NULL);
    trace ("id %s, priority %d", yes (id > 0),
           g_source_get_priority (g_main_context_find_source_by_id (NULL, id)));
    iterate_until (NULL, &first.ended, 1);
    iterate_until (NULL, &second.ended, 1);
}

static void
tale_gone (gpointer data)
{
    trace ("notify %s", ((Tale *) data)->name);
}

TWIN (notify_runs_after_the_callback_or_in_its_place, "CW-003")
{
    Tale tale = { "child", zombie (1), 0, 0, FALSE };

    g_child_watch_add_full (0, tale.pid, tale_end, &tale, tale_gone);
    iterate_until (NULL, &tale.ended, 1);
    tale = (Tale){ "removed", zombie (1), 0, 0, FALSE };
    g_child_watch_add_full (0, tale.pid, tale_end, &tale, tale_gone);
    trace ("removed %s, %s", yes (g_source_remove_by_user_data (&tale)), left_over (tale.pid));
}

TWIN (watch_without_callback_warns_goes_and_reaps, "CW-015")
{
    GMainContext *context = g_main_context_new ();
    pid_t         child = zombie (1);
    GSource      *source = g_child_watch_source_new (child);

    g_source_attach (source, context);
    turn (context);
    trace ("destroyed %s, %s", yes (g_source_is_destroyed (source)), left_over (child));
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (watch_as_a_child_source_makes_its_parent_ready, "CW-003")
{
    GMainContext *context = g_main_context_new ();
    Probe        *parent = probe_new_with (&probe_passive_funcs, "parent", 0);
    Tale          tale = { "child", zombie (6), 0, 0, FALSE };
    GSource      *watch = tale_watch (&tale);

    parent->keep = TRUE;
    g_source_add_child_source (PROBE_SOURCE (parent), watch);
    g_source_unref (watch);
    probe_attach (parent, context);
    turn (context);
    turn (context);
    g_main_context_unref (context);
}

TWIN (wrong_arguments_are_refused, "CW-014 MU-004")
{
    trace ("%s", yes (g_child_watch_source_new (0) != NULL));
    trace ("%s", yes (g_child_watch_source_new (-1) != NULL));
    trace ("%u", g_child_watch_add (0, tale_end, NULL));
    trace ("%u", g_child_watch_add (5, NULL, NULL));
    trace ("%u", g_child_watch_add_full (5, -7, tale_end, "data", notified));
    trace ("%u", g_child_watch_add_full (5, -7, NULL, "data", notified));
}

/* ---- what it costs ----------------------------------------------------------------------------------------------- */

TWIN (watch_holds_one_descriptor_and_neither_handler_nor_thread, "CW-001 SY-005")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2];
    Tale          tale = { "child", 0, 0, 0, FALSE };
    GSource      *source;

    grip_take (grip);
    tale.pid = child_exiting (2, grip);
    source = tale_watch (&tale);
    trace ("%d descriptor", process_descriptors (NULL));
    trace ("SIGCHLD untouched %s, %d thread", yes (handler_is_default (SIGCHLD)), count_threads ());
    g_source_attach (source, context);
    turn (context);
    g_source_destroy (source);
    trace ("destroyed: %d descriptor", process_descriptors (NULL));
    g_source_unref (source);
    trace ("finalized: %d descriptors", process_descriptors (NULL));
    grip_loosen (grip);
    waitpid (tale.pid, NULL, 0);
    g_main_context_unref (context);
}

OWN (descriptor_readable_while_the_child_lives_keeps_the_watch_waiting, "CW-013", "2.74 takes it for an exit")
{
    GMainContext *context = g_main_context_new ();
    int           grip[2], hold[2], news[2];
    Tale          tale = { "traced", 0, 0, 0, TRUE };
    pid_t         tracer;
    char          byte;

    /* A traced zombie is its tracer's until that lets go: its parent cannot reap it yet. */
    prctl (PR_SET_CHILD_SUBREAPER, 1);
    grip_take (grip);
    grip_take (hold);
    grip_take (news);
    tale.pid = fork ();
    if (tale.pid == 0) {
        prctl (PR_SET_PTRACER, PR_SET_PTRACER_ANY);
        feed (news[1]);
        close (grip[1]);
        while (read (grip[0], &byte, 1) < 0 && errno == EINTR)
            ;
        _exit (8);
    }
    if (read (news[0], &byte, 1) != 1)
        twin_give_up ("news");
    tracer = fork ();
    if (tracer == 0) {
        siginfo_t info;

        close (grip[1]);
        close (hold[1]);
        if (ptrace (PTRACE_SEIZE, tale.pid, NULL, NULL) < 0)
            twin_give_up ("ptrace");
        feed (news[1]);
        waitid (P_PID, (id_t) tale.pid, &info, WEXITED | WNOWAIT | __WALL);
        feed (news[1]);
        while (read (hold[0], &byte, 1) < 0 && errno == EINTR)
            ;
        _exit (0);
    }
    if (read (news[0], &byte, 1) != 1)
        twin_give_up ("news");
    hand_over (tale_watch (&tale), context);
    grip_loosen (grip);
    if (read (news[0], &byte, 1) != 1)
        twin_give_up ("news");
    for (int i = 0; i < 3; i++)
        expect (!g_main_context_iteration (context, FALSE));
    expect (tale.ended == 0);
    grip_loosen (hold);
    waitpid (tracer, NULL, 0);
    iterate_until (context, &tale.ended, 1);
    expect (tale.status == 8 << 8);
    grip_loosen (news);
    g_main_context_unref (context);
}
