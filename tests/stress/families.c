/* families.c - a child that another thread makes ready at the moment its parent is attached: what a cancellable source is
 * that is cancelled while the operation it belongs to begins.
 *
 * Must not look at what families are otherwise: see children.c of the twins.
 */
#define _GNU_SOURCE
#include "processes.h"

enum { ROUNDS = 20000 };

static GSource *offered;    /* the child of this round, until the other thread has taken it */
static int      ready_rounds;

static void *
makes_ready (void *data)
{
    for (int round = 0; round < ROUNDS; round++) {
        GSource *child;

        while ((child = __atomic_exchange_n (&offered, NULL, __ATOMIC_ACQ_REL)) == NULL)
            ;
        for (int pause = round % 64; pause > 0; pause--)
            __atomic_signal_fence (__ATOMIC_SEQ_CST);
        g_source_set_ready_time (child, 0);
        g_source_unref (child);
        __atomic_store_n (&ready_rounds, round + 1, __ATOMIC_RELEASE);
    }
    return data;
}

static int dispatched;

static gboolean
dispatch_counts (GSource *source, GSourceFunc function, gpointer data)
{
    (void) source, (void) function, (void) data;
    dispatched++;
    return G_SOURCE_REMOVE;
}

OWN (child_is_made_ready_while_its_parent_is_attached, "CS-003 RT-003", "GLib may sleep over it")
{
    static GSourceFuncs funcs = { .dispatch = dispatch_counts };
    GMainContext       *context = g_main_context_new ();
    pthread_t           thread = spawn (makes_ready, NULL);

    for (int round = 0; round < ROUNDS; round++) {
        GSource *parent = g_source_new (&funcs, sizeof (GSource));
        GSource *child = g_source_new (&funcs, sizeof (GSource));

        g_source_add_child_source (parent, child);
        __atomic_store_n (&offered, child, __ATOMIC_RELEASE);
        g_source_attach (parent, context);
        while (!g_source_is_destroyed (parent))
            g_main_context_iteration (context, TRUE);
        while (__atomic_load_n (&ready_rounds, __ATOMIC_ACQUIRE) == round)
            ;
        g_source_unref (parent);
    }
    pthread_join (thread, NULL);
    trace ("dispatched %d", dispatched);
    g_main_context_unref (context);
}
