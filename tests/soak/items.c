/* items.c - the accounts of soak.c: see items.h.
 *
 * Entries are made with atomic counts only, so that the accounting orders nothing that the library ought to order.
 */
#define _GNU_SOURCE
#include "items.h"

#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* Data of a callback: may be used from when it was set until its notify, and is given back once. */
typedef struct Box Box;
struct Box {
    Item *item; /* or NULL for a posted callback */
    Duty  duty;
    gint  calls, running, notified, misused;
    Box  *next;
};

static Item *all_items;
static Box  *all_boxes;
static gint  children_alive;
static guint64 total_items, total_boxes, total_calls, total_fed;

void
items_give_up (const char *what)
{
    fprintf (stderr, "soak: %s: %s\n", what, strerror (errno));
    _exit (2);
}

static void *
fresh (size_t size)
{
    void *memory = calloc (1, size);

    if (memory == NULL)
        items_give_up ("calloc");
    return memory;
}

static gint
count (gint *counter)
{
    return g_atomic_int_add (counter, 1) + 1;
}

/* ---- boxes -------------------------------------------------------------------------------------------------------- */

static Box *
box_new (Item *item, Duty duty)
{
    Box *box = fresh (sizeof *box);

    box->item = item;
    box->duty = duty;
    do
        box->next = g_atomic_pointer_get (&all_boxes);
    while (!g_atomic_pointer_compare_and_exchange (&all_boxes, box->next, box));
    return box;
}

static void
box_notify (gpointer data)
{
    Box *box = data;

    if (g_atomic_int_get (&box->running) > 0)
        count (&box->misused); /* given back while it is in use */
    count (&box->notified);
}

static void
box_enter (Box *box)
{
    count (&box->running);
    count (&box->calls);
    if (g_atomic_int_get (&box->notified) > 0)
        count (&box->misused);
}

static void
box_leave (Box *box)
{
    if (g_atomic_int_get (&box->notified) > 0)
        count (&box->misused);
    g_atomic_int_add (&box->running, -1);
}

/* ---- what callbacks do -------------------------------------------------------------------------------------------- */

/* The common part of every item's callback: TRUE to go on. */
static gboolean
item_called (Box *box)
{
    Item    *item = box->item;
    gboolean goes_on;

    box_enter (box);
    if (g_atomic_int_get (&item->destroyed))
        count (&item->late);
    if (g_atomic_int_get (&item->disposed))
        count (&box->misused);
    goes_on = count (&item->calls) < item->wanted;
    if (item->home != NULL && item->calls % 7 == 0 && g_main_depth () < 3)
        g_main_context_iteration (item->home, FALSE);
    box_leave (box);
    return goes_on;
}

static gboolean
plain_call (gpointer data)
{
    return item_called (data);
}

static gboolean
signal_call (gpointer data)
{
    item_called (data);
    return G_SOURCE_CONTINUE;
}

static int
read_all (int fd)
{
    char    room[64];
    int     sum = 0;
    ssize_t got;

    while ((got = read (fd, room, sizeof room)) > 0)
        sum += (int) got;
    return sum;
}

static gboolean
reader_call (gpointer data)
{
    Box *box = data;

    g_atomic_int_add (&box->item->seen, read_all (box->item->ends[0]));
    item_called (box);
    return G_SOURCE_CONTINUE;
}

static gboolean
channel_call (GIOChannel *channel, GIOCondition condition, gpointer data)
{
    Box  *box = data;
    char  room[64];
    gsize got = 0;

    (void) condition;
    g_io_channel_read_chars (channel, room, sizeof room, &got, NULL);
    g_atomic_int_add (&box->item->seen, (int) got);
    item_called (box);
    return G_SOURCE_CONTINUE;
}

static void
child_call (GPid pid, gint status, gpointer data)
{
    Box *box = data;

    (void) pid;
    if (status != 0)
        count (&box->misused);
    item_called (box);
    g_atomic_int_add (&children_alive, -1);
}

/* ---- sources of the program's own ---------------------------------------------------------------------------------- */

typedef struct {
    GSource source;
    Item   *item;
} Own;

static gboolean
own_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    g_source_set_ready_time (source, g_get_monotonic_time () + (((Own *) source)->item->wanted == G_MAXINT ? 20000 : 500));
    return callback (data);
}

static void
own_finalize (GSource *source)
{
    Item *item = ((Own *) source)->item;

    count (&item->finalized);
    if (item->kind == ITEM_READER) {
        item->drained = read_all (item->ends[0]);
        close (item->ends[0]);
        close (item->ends[1]);
    }
}

static gboolean
reader_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    g_source_set_ready_time (source, -1);
    return callback (data);
}

static GSourceFuncs own_funcs = { .dispatch = own_dispatch, .finalize = own_finalize };
static GSourceFuncs reader_funcs = { .dispatch = reader_dispatch, .finalize = own_finalize };

/* Dispose functions get no data: where an item is, its source's name tells. */
#define SAVED_PREFIX "item "

static void
item_disposes (GSource *source)
{
    const char *name = g_source_get_name (source);
    void       *item;

    if (name == NULL || sscanf (name, SAVED_PREFIX "%p", &item) != 1)
        items_give_up ("a source without its name");
    if (((Item *) item)->kind == ITEM_CHANNEL)
        close (((Item *) item)->ends[1]);
    count (&((Item *) item)->disposed);
}

static GSource *
channel_watch (Item *item)
{
    GIOChannel *channel = g_io_channel_unix_new (item->ends[0]);
    GSource    *watch;

    g_io_channel_set_encoding (channel, NULL, NULL);
    g_io_channel_set_buffered (channel, FALSE);
    g_io_channel_set_close_on_unref (channel, TRUE);
    watch = g_io_create_watch (channel, G_IO_IN);
    g_io_channel_unref (channel);
    return watch;
}

static void
open_pipe (Item *item)
{
    if (pipe2 (item->ends, O_NONBLOCK | O_CLOEXEC) < 0)
        items_give_up ("pipe2");
}

static GSource *
make_source (Item *item, GPid pid)
{
    GSource *source;

    switch (item->kind) {
    case ITEM_IDLE:
        return g_idle_source_new ();
    case ITEM_TIMEOUT:
        return g_timeout_source_new (item->wanted == G_MAXINT ? 20 : (guint) item->wanted % 3);
    case ITEM_SIGNAL:
        return g_unix_signal_source_new (SIGUSR1);
    case ITEM_CHILD:
        return g_child_watch_source_new (pid);
    case ITEM_CHANNEL:
        open_pipe (item);
        return channel_watch (item);
    case ITEM_READER:
        open_pipe (item);
        source = g_source_new (&reader_funcs, sizeof (Own));
        item->tag = g_source_add_unix_fd (source, item->ends[0], G_IO_IN);
        ((Own *) source)->item = item;
        return source;
    case ITEM_OWN:
    default:
        source = g_source_new (&own_funcs, sizeof (Own));
        ((Own *) source)->item = item;
        g_source_set_ready_time (source, 0);
        return source;
    }
}

void
item_replace_callback (Item *item)
{
    Box        *box = box_new (item, MAY_RUN);
    GSourceFunc function = plain_call;

    if (item->kind == ITEM_CHANNEL)
        function = G_SOURCE_FUNC (channel_call);
    else if (item->kind == ITEM_CHILD)
        function = G_SOURCE_FUNC (child_call);
    else if (item->kind == ITEM_READER)
        function = reader_call;
    else if (item->kind == ITEM_SIGNAL)
        function = signal_call;
    g_source_set_callback (item->source, function, box, box_notify);
}

static Item *
make_item (ItemKind kind, int wanted, GPid pid)
{
    Item *item = fresh (sizeof *item);
    char  name[64];

    item->kind = kind;
    item->wanted = wanted;
    item->source = make_source (item, pid);
    snprintf (name, sizeof name, SAVED_PREFIX "%p", (void *) item);
    g_source_set_name (item->source, name);
    g_source_set_dispose_function (item->source, item_disposes);
    item_replace_callback (item);
    do
        item->next = g_atomic_pointer_get (&all_items);
    while (!g_atomic_pointer_compare_and_exchange (&all_items, item->next, item));
    return item;
}

Item *
item_new (ItemKind kind, int wanted)
{
    return make_item (kind, wanted, 0);
}

/* ---- the holder's acts --------------------------------------------------------------------------------------------- */

void
item_destroy (Item *item)
{
    /* A reader in a context that is iterated sees what it was fed; a lost event waits here for ever. */
    if (item->home != NULL && item->kind == ITEM_READER && !g_atomic_int_get (&item->destroyed))
        while (g_atomic_int_get (&item->seen) < g_atomic_int_get (&item->fed) && !g_source_is_destroyed (item->source))
            sched_yield ();
    g_source_destroy (item->source);
    g_atomic_int_set (&item->destroyed, 1);
}

void
item_drop (Item *item)
{
    g_source_unref (item->source);
}

void
item_feed (Item *item)
{
    gint bytes = 1 + item->fed % 3;

    if (item->kind != ITEM_READER && item->kind != ITEM_CHANNEL)
        return;
    g_atomic_int_add (&item->fed, bytes);
    if (write (item->ends[1], "abc", (size_t) bytes) != bytes)
        g_atomic_int_add (&item->fed, -bytes); /* nobody reads it any more */
}

void
item_modify (Item *item)
{
    if (item->kind == ITEM_READER && !g_source_is_destroyed (item->source))
        g_source_modify_unix_fd (item->source, item->tag, item->fed % 2 ? G_IO_IN : G_IO_IN | G_IO_PRI);
}

void
item_adopt (Item *parent, Item *child)
{
    g_source_add_child_source (parent->source, child->source);
}

void
item_disown (Item *parent, Item *child)
{
    g_source_remove_child_source (parent->source, child->source);
    g_atomic_int_set (&child->destroyed, 1);
}

/* ---- posted callbacks ------------------------------------------------------------------------------------------------ */

static gboolean
post_call (gpointer data)
{
    box_enter (data);
    box_leave (data);
    return G_SOURCE_REMOVE;
}

void
item_post (GMainContext *context, int priority, Duty duty)
{
    g_main_context_invoke_full (context, priority, post_call, box_new (NULL, duty), box_notify);
}

void
item_ask (GMainContext *context)
{
    Box *box = box_new (NULL, MUST_RUN);

    g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, post_call, box, box_notify);
    while (g_atomic_int_get (&box->notified) == 0)
        sched_yield ();
}

static gboolean
quit_call (gpointer loop)
{
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

void
item_quit (GMainContext *context, GMainLoop *loop)
{
    GSource *source = g_idle_source_new ();

    g_source_set_callback (source, quit_call, loop, NULL);
    g_source_attach (source, context);
    g_source_unref (source);
}

void
item_watch_child (GMainContext *context)
{
    char *words[] = { (char *) "true", NULL };
    pid_t child;
    Item *item;

    if (posix_spawnp (&child, words[0], NULL, NULL, words, environ) != 0)
        items_give_up ("posix_spawnp");
    g_atomic_int_inc (&children_alive);
    item = make_item (ITEM_CHILD, 1, child);
    g_source_attach (item->source, context);
    g_source_unref (item->source);
}

/* ---- the audit -------------------------------------------------------------------------------------------------------- */

void
items_begin (void)
{
    all_items = NULL;
    all_boxes = NULL;
    children_alive = 0;
}

void
items_await_children (void)
{
    while (g_atomic_int_get (&children_alive) > 0)
        sched_yield ();
}

static const char *
wrong_with_item (const Item *item)
{
    gboolean own = item->kind == ITEM_OWN || item->kind == ITEM_READER;

    if (item->disposed != 1)
        return item->disposed == 0 ? "a source was never freed" : "a source was freed twice";
    if (item->finalized != (own ? 1 : 0))
        return "a finalizer did not run once";
    if (item->late > 1)
        return "a source ran again and again after it was destroyed";
    if (item->calls > item->wanted && item->kind != ITEM_READER && item->kind != ITEM_CHANNEL && item->kind != ITEM_SIGNAL)
        return "a source ran on after it had said that it is done";
    if (item->kind == ITEM_CHILD && item->calls != 1)
        return "a child's end was not told once";
    if (item->kind == ITEM_READER && item->fed != item->seen + item->drained)
        return "bytes were lost";
    return NULL;
}

static const char *
wrong_with_box (const Box *box)
{
    if (box->notified != 1)
        return box->notified == 0 ? "a notify never ran" : "a notify ran twice";
    if (box->misused > 0)
        return "a callback ran with data that were given back";
    if (box->item == NULL && box->calls > 1)
        return "what was posted ran twice";
    if (box->item == NULL && box->duty == MUST_RUN && box->calls != 1)
        return "what was posted did not run";
    return NULL;
}

gboolean
items_are_settled (unsigned long seed)
{
    const char *wrong = NULL;

    while (all_items != NULL) {
        Item *item = all_items;

        if (wrong == NULL && (wrong = wrong_with_item (item)) != NULL)
            fprintf (stderr, "soak: seed %lu: %s: kind %d, calls %d of %d, late %d, disposed %d, finalized %d, fed %d, seen %d\n",
                     seed, wrong, (int) item->kind, item->calls, item->wanted, item->late, item->disposed,
                     item->finalized, item->fed, item->seen);
        total_items++;
        total_calls += (guint64) item->calls;
        total_fed += (guint64) item->fed;
        all_items = item->next;
        free (item);
    }
    while (all_boxes != NULL) {
        Box *box = all_boxes;

        if (wrong == NULL && (wrong = wrong_with_box (box)) != NULL)
            fprintf (stderr, "soak: seed %lu: %s: calls %d, notified %d, misused %d\n", seed, wrong, box->calls,
                     box->notified, box->misused);
        total_boxes++;
        total_calls += box->item == NULL ? (guint64) box->calls : 0;
        all_boxes = box->next;
        free (box);
    }
    return wrong == NULL;
}

gint64
items_blocks (void)
{
    return faults_live_blocks ();
}

gboolean
items_left_nothing (unsigned long seed, gint64 blocks_before, int more_descriptors)
{
    /* Caches and posts to signal handlers may grow a little with how threads happen to meet. */
    const gint64 some = 64;

    if (more_descriptors > 0)
        fprintf (stderr, "soak: seed %lu: %d descriptors were left open\n", seed, more_descriptors);
    else if (faults_live_blocks () > blocks_before + some)
        fprintf (stderr, "soak: seed %lu: %lld blocks of memory were left, %lld after the round before\n", seed,
                 (long long) faults_live_blocks (), (long long) blocks_before);
    else
        return TRUE;
    return FALSE;
}

void
items_tell (unsigned long rounds)
{
    printf ("%lu rounds, %llu sources, %llu callbacks set or posted, %llu calls, %llu bytes, %lld blocks left\n", rounds,
            (unsigned long long) total_items, (unsigned long long) total_boxes, (unsigned long long) total_calls,
            (unsigned long long) total_fed, (long long) faults_live_blocks ());
}
