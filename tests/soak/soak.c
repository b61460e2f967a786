/* soak.c - threads that do everything the loop allows, at random and at once, with an account of all of it.
 *
 * Each round starts some threads that run loops and some that meddle: they attach, invoke, re-time, re-prioritise,
 * destroy, wake, quit, watch descriptors, channels, signals and children, make and free contexts. Every callback, notify
 * and finalizer enters what it did into the account of its item (items.h); when a round is over and all contexts are
 * gone, every account must be closed:
 *
 *   - what was posted to a context that was iterated to the end ran exactly once;
 *   - every notify ran exactly once, and no callback runs with data that were given back;
 *   - every source was finalized exactly once; nothing of it ran afterwards;
 *   - nothing began after destroy had returned, save one call that another thread had begun already;
 *   - every byte fed into a pipe was seen;
 *   - the library holds no more descriptors, and no more blocks of memory, than after the round before.
 *
 *     soak --seed N --rounds N --ops N --loops N --meddlers N
 *
 * The seed decides what each thread does, though not how threads meet. The same program runs on GLib: what it demands is
 * what GLib promises too. Next: items.h, then meddle().
 */
#define _GNU_SOURCE
#include "items.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_THREADS 16
#define HANDS 24 /* sources a meddler holds references on */

typedef struct {
    GMainContext *context;
    GMainLoop    *loop;
    pthread_t     thread;
    guint64       runs;
} Runner;

typedef struct {
    pthread_t thread;
    guint32   random;
    int       ops;
    Item     *held[HANDS];
} Meddler;

static Runner  runners[MOST_THREADS];
static Meddler meddlers[MOST_THREADS];
static int     loops = 3, hands = 3;
static gboolean ours;   /* the library is mainspring */
static int     closing; /* no more meddling: runners end when told to quit */

/* ---- loops -------------------------------------------------------------------------------------------------------- */

static void *
runner_main (void *data)
{
    Runner *runner = data;

    g_main_context_push_thread_default (runner->context);
    while (!g_atomic_int_get (&closing)) {
        g_main_loop_run (runner->loop); /* anybody may quit it at any time */
        runner->runs++;
    }
    while (g_main_context_iteration (runner->context, FALSE))
        ;
    g_main_context_pop_thread_default (runner->context);
    return NULL;
}

/* ---- meddling ----------------------------------------------------------------------------------------------------- */

static guint32
roll (Meddler *meddler, guint32 sides)
{
    meddler->random ^= meddler->random << 13;
    meddler->random ^= meddler->random >> 17;
    meddler->random ^= meddler->random << 5;
    return meddler->random % sides;
}

static int
some_priority (Meddler *meddler)
{
    static const int priorities[] = { G_MININT, -100, 0, 0, 0, 1, 200, 300, G_MAXINT };

    return priorities[roll (meddler, G_N_ELEMENTS (priorities))];
}

static GMainContext *
some_context (Meddler *meddler)
{
    return runners[roll (meddler, (guint32) loops)].context;
}

static Item **
some_hand (Meddler *meddler)
{
    return &meddler->held[roll (meddler, HANDS)];
}

/* Lets go of what the hand holds, having destroyed it: whatever becomes of an item, somebody ends it. */
static void
empty_hand (Item **hand)
{
    if (*hand != NULL) {
        item_destroy (*hand);
        item_drop (*hand);
    }
    *hand = NULL;
}

static void
take_new (Meddler *meddler, GMainContext *context, gboolean is_private)
{
    static const ItemKind kinds[] = { ITEM_IDLE,   ITEM_TIMEOUT, ITEM_TIMEOUT, ITEM_OWN,    ITEM_OWN,
                                      ITEM_READER, ITEM_READER,  ITEM_CHANNEL, ITEM_SIGNAL, ITEM_OWN };
    Item **hand = some_hand (meddler);

    empty_hand (hand);
    *hand = item_new (kinds[roll (meddler, G_N_ELEMENTS (kinds))], 1 + (int) roll (meddler, 4));
    if (roll (meddler, 2))
        g_source_set_priority ((*hand)->source, some_priority (meddler));
    if (roll (meddler, 4) == 0)
        g_source_set_can_recurse ((*hand)->source, TRUE);
    (*hand)->home = is_private ? NULL : context;
    g_source_attach ((*hand)->source, context);
}

/* A context of this thread's own, which lives as long as this function; others meddle with its sources meanwhile. */
static void
private_context (Meddler *meddler)
{
    GMainContext *context = g_main_context_new_with_flags (roll (meddler, 2) ? G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING : 0);
    gboolean      is_default = roll (meddler, 2) != 0;

    if (is_default)
        g_main_context_push_thread_default (context);
    for (guint32 i = roll (meddler, 6); i > 0; i--)
        take_new (meddler, context, TRUE);
    item_post (context, some_priority (meddler), is_default ? MUST_RUN : MAY_RUN);
    for (guint32 i = roll (meddler, 4); i > 0; i--)
        g_main_context_iteration (context, roll (meddler, 4) == 0 && g_main_context_pending (context));
    if (is_default)
        g_main_context_pop_thread_default (context);
    g_main_context_unref (context);
}

static void
change (Meddler *meddler, Item *item)
{
    GSource *source = item->source;

    switch (roll (meddler, 8)) {
    case 0:
        if (item->kind == ITEM_CHANNEL || item->kind == ITEM_SIGNAL)
            break; /* nobody would set it back: it would be ready for ever, and starve what is less urgent */
        g_source_set_ready_time (source, roll (meddler, 2) ? 0 : g_get_monotonic_time () + (gint64) roll (meddler, 2000));
        break;
    case 1:
        /* GLib puts the descriptors of a destroyed source back among those it polls. */
        if (ours || !g_source_is_destroyed (source))
            g_source_set_priority (source, some_priority (meddler));
        break;
    case 2:
        item_replace_callback (item);
        break;
    case 3:
        item_destroy (item);
        break;
    case 4:
        item_feed (item);
        break;
    case 5:
        item_modify (item);
        break;
    case 6:
        g_source_is_destroyed (source);
        break;
    default:
        g_source_get_ready_time (source);
        break;
    }
}

static void
add_family (Meddler *meddler)
{
    Item **parent = some_hand (meddler);
    Item  *child;

    /* Readers do not end themselves: a parent must not be gone, nor a child that is taken away. */
    if (*parent == NULL || (*parent)->kind != ITEM_READER || g_source_is_destroyed ((*parent)->source))
        return;
    child = item_new (roll (meddler, 2) ? ITEM_OWN : ITEM_TIMEOUT, G_MAXINT);
    item_adopt (*parent, child);
    if (roll (meddler, 2))
        item_disown (*parent, child);
    item_drop (child);
}

static void
meddle (Meddler *meddler)
{
    guint32 what = roll (meddler, 100);

    if (what < 30)
        take_new (meddler, some_context (meddler), FALSE);
    else if (what < 40)
        item_post (some_context (meddler), some_priority (meddler), MUST_RUN);
    else if (what < 75) {
        Item **hand = some_hand (meddler);

        if (*hand != NULL && what < 60)
            change (meddler, *hand);
        else if (*hand != NULL)
            item_feed (*hand);
    } else if (what < 80)
        empty_hand (some_hand (meddler));
    else if (what < 84)
        g_main_context_wakeup (some_context (meddler));
    else if (what < 88)
        g_main_loop_quit (runners[roll (meddler, (guint32) loops)].loop);
    else if (what < 93)
        private_context (meddler);
    else if (what < 96)
        add_family (meddler);
    else if (what < 98)
        kill (getpid (), SIGUSR1);
    else if (roll (meddler, 20) == 0)
        item_watch_child (some_context (meddler));
    else
        sched_yield ();
}

static void *
meddler_main (void *data)
{
    Meddler *meddler = data;

    for (int i = 0; i < meddler->ops; i++)
        meddle (meddler);
    for (int i = 0; i < HANDS; i++)
        empty_hand (&meddler->held[i]);
    return NULL;
}

/* ---- rounds ------------------------------------------------------------------------------------------------------- */

static int
open_descriptors (void)
{
    DIR *folder = opendir ("/proc/self/fd");
    int  count = -3;

    if (folder == NULL)
        items_give_up ("/proc/self/fd");
    while (readdir (folder) != NULL)
        count++;
    closedir (folder);
    return count;
}

/* When all else is quiet, loops sleep, and nothing but its own wakeup makes one run what is posted to it. */
static void
ask_sleepers (void)
{
    for (int i = 0; i < 300; i++) {
        item_ask (runners[i % loops].context);
        if (i % 3 == 0)
            usleep (200);
    }
}

static void
play_round (guint32 seed, int ops)
{
    items_begin ();
    g_atomic_int_set (&closing, 0);
    for (int i = 0; i < loops; i++) {
        runners[i].context = g_main_context_new ();
        runners[i].loop = g_main_loop_new (runners[i].context, FALSE);
        if (pthread_create (&runners[i].thread, NULL, runner_main, &runners[i]) != 0)
            items_give_up ("pthread_create");
    }
    for (int i = 0; i < hands; i++) {
        meddlers[i].random = (seed + 1) * 2654435761u + (guint32) i * 40503u + 1;
        meddlers[i].ops = ops;
        if (pthread_create (&meddlers[i].thread, NULL, meddler_main, &meddlers[i]) != 0)
            items_give_up ("pthread_create");
    }
    for (int i = 0; i < hands; i++)
        pthread_join (meddlers[i].thread, NULL);
    items_await_children ();
    ask_sleepers ();
    g_atomic_int_set (&closing, 1);
    for (int i = 0; i < loops; i++) {
        /* A quit just before a run is forgotten; one from inside is not. */
        item_quit (runners[i].context, runners[i].loop);
        pthread_join (runners[i].thread, NULL);
        g_main_loop_unref (runners[i].loop);
        g_main_context_unref (runners[i].context);
    }
}

int
main (int argc, char **argv)
{
    unsigned long seed = 1, rounds = 3, ops = 20000;
    gint64        blocks = 0;
    int           descriptors = 0;
    GSource      *keeper;

    for (int i = 1; i + 1 < argc; i += 2) {
        unsigned long value = strtoul (argv[i + 1], NULL, 10);

        if (strcmp (argv[i], "--seed") == 0)
            seed = value;
        else if (strcmp (argv[i], "--rounds") == 0)
            rounds = value;
        else if (strcmp (argv[i], "--ops") == 0)
            ops = value;
        else if (strcmp (argv[i], "--loops") == 0)
            loops = (int) CLAMP (value, 1, MOST_THREADS);
        else if (strcmp (argv[i], "--meddlers") == 0)
            hands = (int) CLAMP (value, 1, MOST_THREADS);
    }
    ours = glib_check_version (2, 90, 0) == NULL;
    /* Keeps the signal's handler up: without one it would end the process. */
    keeper = g_unix_signal_source_new (SIGUSR1);
    for (unsigned long round = 0; round < rounds; round++) {
        alarm (100);
        play_round ((guint32) (seed + round), (int) ops);
        if (!items_are_settled (seed + round))
            return 1;
        if (round > 0 && !items_left_nothing (seed + round, blocks, open_descriptors () - descriptors))
            return 1;
        if (round == 0)
            descriptors = open_descriptors ();
        blocks = MAX (blocks, items_blocks ());
    }
    g_source_unref (keeper);
    items_tell (rounds);
    return 0;
}
