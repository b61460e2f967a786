/* threads.c - scenes of several threads and processes, to be played once for each fault: see scenes.h. */
#include "scenes.h"

#include <glib-unix.h>

/* ---- a conversation ----------------------------------------------------------------------------------------------- */

typedef struct {
    GMainContext *mine, *theirs;
    GMainLoop    *loop;
    Flag          begun;
    int           said, heard, freed;
} Talk;

static gboolean
hears (gpointer data)
{
    Talk *talk = data;

    talk->heard++;
    return G_SOURCE_REMOVE;
}

static void
frees (gpointer data)
{
    Talk *talk = data;

    talk->freed++;
}

static gboolean
answers (gpointer data)
{
    Talk *talk = data;

    talk->said++;
    g_main_context_invoke_full (talk->mine, G_PRIORITY_DEFAULT, hears, talk, frees);
    return G_SOURCE_REMOVE;
}

static void *
serves (void *data)
{
    Talk *talk = data;

    g_main_context_push_thread_default (talk->theirs);
    flag_raise (&talk->begun);
    g_main_loop_run (talk->loop);
    g_main_context_pop_thread_default (talk->theirs);
    return NULL;
}

TWIN (two_threads_talk, "TD-015 WK-001 WK-007 ML-004")
{
    static Talk talk = { .begun = FLAG_INIT };
    pthread_t   thread;

    talk.mine = g_main_context_new ();
    talk.theirs = g_main_context_new ();
    talk.loop = g_main_loop_new (talk.theirs, FALSE);
    bound_sleeps (talk.mine);
    bound_sleeps (talk.theirs);
    thread = spawn (serves, &talk);
    flag_await (&talk.begun);
    for (int i = 1; i <= 12; i++) {
        if (i % 4 == 0)
            nap_ms (1); /* the other one sleeps by now, or does not */
        g_main_context_invoke (talk.theirs, answers, &talk);
        while (talk.heard < i)
            g_main_context_iteration (talk.mine, TRUE);
    }
    trace ("said %d, heard %d, freed %d", talk.said, talk.heard, talk.freed);
    g_main_loop_quit (talk.loop);
    join (thread);
    g_main_loop_unref (talk.loop);
    g_main_context_unref (talk.mine);
    g_main_context_unref (talk.theirs);
    all_is_given_back ();
}

/* ---- one context, two threads --------------------------------------------------------------------------------------- */

static void *
turns_until_told (void *data)
{
    Talk *talk = data;

    while (__atomic_load_n (&talk->heard, __ATOMIC_SEQ_CST) < 5)
        g_main_context_iteration (talk->mine, TRUE);
    return NULL;
}

static gboolean
hears_aloud (gpointer data)
{
    Talk *talk = data;

    __atomic_add_fetch (&talk->heard, 1, __ATOMIC_SEQ_CST);
    return G_SOURCE_REMOVE;
}

TWIN (two_threads_share_a_context, "OW-007 OW-009 ML-009")
{
    Talk      talk = { .mine = g_main_context_new () };
    pthread_t threads[2];

    bound_sleeps (talk.mine);
    for (int i = 0; i < 2; i++)
        threads[i] = spawn (turns_until_told, &talk);
    for (int i = 0; i < 5; i++) {
        nap_ms (1);
        own (g_idle_source_new (), hears_aloud, &talk, talk.mine);
    }
    /* Whoever finds the context taken waits for its release, and for news after that. */
    while (__atomic_load_n (&talk.heard, __ATOMIC_SEQ_CST) < 5)
        nap_ms (1);
    for (int i = 0; i < 2; i++)
        g_main_context_wakeup (talk.mine);
    nap_ms (1);
    g_main_context_wakeup (talk.mine);
    for (int i = 0; i < 2; i++)
        join (threads[i]);
    trace ("heard %d", talk.heard);
    g_main_context_unref (talk.mine);
    all_is_given_back ();
}

/* ---- fork ------------------------------------------------------------------------------------------------------------ */

static GMainContext *shared;
static int           ends[2];
static int           spoken;

static gboolean
speaks (int fd, GIOCondition condition, gpointer name)
{
    trace ("%s: %s", (const char *) name, events_text (condition));
    drain (fd);
    spoken++;
    return G_SOURCE_CONTINUE;
}

static void
await_speech (int count)
{
    while (spoken < count)
        g_main_context_iteration (shared, TRUE);
}

static void
child_goes_on (void)
{
    feed (ends[1]);
    await_speech (2);
    own (g_timeout_source_new (1), (GSourceFunc) hears, &(Talk) { .heard = 0 }, shared);
    g_main_context_wakeup (shared);
    g_main_context_iteration (shared, TRUE);
    g_source_destroy (g_main_context_find_source_by_id (shared, 1));
    while (g_main_context_iteration (shared, FALSE))
        ;
    g_main_context_unref (shared);
    trace ("child is done");
}

static void
fork_beside (int crowd)
{
    int copies[32];

    shared = g_main_context_new ();
    pipe_open (ends);
    own (g_unix_fd_source_new (ends[0], G_IO_IN), (GSourceFunc) (void (*) (void)) speaks, "shared", shared);
    for (int i = 0; i < crowd; i++) {
        copies[i] = dup (ends[1]);
        own (g_unix_fd_source_new (copies[i], G_IO_PRI), (GSourceFunc) (void (*) (void)) speaks, "silent", shared);
    }
    feed (ends[1]);
    await_speech (1);
    for (int i = 0; i < 12; i++)
        g_main_context_iteration (shared, FALSE);
    trace ("child: %s", in_child (child_goes_on));
    feed (ends[1]);
    await_speech (2);
    g_main_context_unref (shared);
    for (int i = 0; i < crowd; i++)
        close (copies[i]);
    pipe_close (ends);
    all_is_given_back ();
}

TWIN (parent_and_child_go_on, "SY-003 UF-007")
{
    fork_beside (0);
}

TWIN (parent_and_child_go_on_beside_a_crowd, "SY-003 UF-007")
{
    fork_beside (20);
}
