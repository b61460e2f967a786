/* signals.c - scenes of signals, children, and descriptors that are lost, to be played once for each fault: see scenes.h. */
#include "scenes.h"

#include "processes.h"

static gboolean
signalled (gpointer counter)
{
    ++*(int *) counter;
    return G_SOURCE_CONTINUE;
}

TWIN (signals_are_seen, "US-005 US-006 US-011")
{
    GMainContext *context = g_main_context_new ();
    int           counts[2] = { 0, 0 };
    GSource      *sources[2];

    for (int i = 0; i < 2; i++) {
        sources[i] = g_unix_signal_source_new (i == 0 ? SIGUSR1 : SIGHUP);
        g_source_set_callback (sources[i], signalled, &counts[i], NULL);
        g_source_attach (sources[i], context);
    }
    for (int i = 1; i <= 3; i++) {
        kill (getpid (), SIGUSR1);
        iterate_until (context, &counts[0], i);
        kill (getpid (), SIGHUP);
        iterate_until (context, &counts[1], i);
    }
    trace ("%d and %d", counts[0], counts[1]);
    for (int i = 0; i < 2; i++) {
        g_source_destroy (sources[i]);
        g_source_unref (sources[i]);
    }
    expect (handler_is_default (SIGUSR1) && handler_is_default (SIGHUP));
    g_main_context_unref (context);
    all_is_given_back ();
}

static void
child_ended (GPid pid, gint status, gpointer data)
{
    Tale *tale = data;

    tale->ended++;
    if (status == -1)
        trace ("LOG %s ended unseen", tale->name);
    expect (pid == tale->pid && (status == -1 || status == tale->status));
    trace ("%s ended", tale->name);
}

static void
watch_children (void)
{
    GMainContext *context = g_main_context_new ();
    Tale          tales[2] = { { .name = "first" }, { .name = "second" } };
    int           grip[2];

    grip_take (grip);
    for (int i = 0; i < 2; i++) {
        GSource *watch;

        tales[i].status = (3 + i) << 8;
        tales[i].pid = child_exiting (3 + i, i == 0 ? NULL : grip);
        watch = g_child_watch_source_new (tales[i].pid);
        g_source_set_callback (watch, G_SOURCE_FUNC (child_ended), &tales[i], NULL);
        hand_over (watch, context);
    }
    iterate_until (context, &tales[0].ended, 1);
    grip_loosen (grip);
    iterate_until (context, &tales[1].ended, 1);
    expect (left_over (tales[0].pid)[0] == 'g' && left_over (tales[1].pid)[0] == 'g');
    g_main_context_unref (context);
    all_is_given_back ();
}

TWIN (children_are_watched, "CW-001 CW-002 CW-003")
{
    watch_children ();
}

TWIN (children_are_watched_without_process_descriptors, "CW-009 CW-016")
{
    lose_pidfd_open ();
    watch_children ();
}

/* ---- what was the loop's is lost ---------------------------------------------------------------------------------- */

static gboolean
told (int fd, GIOCondition condition, gpointer counter)
{
    (void) condition;
    drain (fd);
    ++*(int *) counter;
    return G_SOURCE_CONTINUE;
}

static void *
wakes (void *context)
{
    nap_ms (1);
    g_main_context_wakeup (context);
    return NULL;
}

OWN (a_loop_whose_descriptors_are_closed, "UF-006 WK-001", "GLib goes on using the numbers")
{
    GMainContext *context;
    int           ends[2], copies[10];
    int           seen = 0, others = 0;

    setenv ("MAINSPRING_POLL", "epoll", 1);
    context = g_main_context_new ();
    bound_sleeps (context);
    pipe_open (ends);
    for (int i = 0; i < 10; i++) {
        copies[i] = dup (ends[1]);
        own (g_unix_fd_source_new (copies[i], G_IO_PRI), G_SOURCE_FUNC (told), &others, context);
    }
    own (g_unix_fd_source_new (ends[0], G_IO_IN), G_SOURCE_FUNC (told), &seen, context);
    g_main_context_acquire (context);
    for (int round = 1; round <= 3; round++) {
        pthread_t thread = spawn (wakes, context);
        int       was_open[64];

        g_main_context_iteration (context, TRUE);
        join (thread);
        for (int fd = 3; fd < 64; fd++)
            was_open[fd] = fd != ends[0] && fd != ends[1] && fcntl (fd, F_GETFD) >= 0;
        for (int i = 0; i < 10; i++)
            was_open[copies[i]] = FALSE;
        for (int fd = 3; fd < 64; fd++)
            if (was_open[fd])
                close (fd);
        feed (ends[1]);
        iterate_until (context, &seen, round);
        nap_ms (21); /* from then on it is looked for again */
    }
    trace ("seen %d, others %d", seen, others);
    g_main_context_release (context);
    g_main_context_unref (context);
    for (int i = 0; i < 10; i++)
        close (copies[i]);
    pipe_close (ends);
    all_is_given_back ();
}
