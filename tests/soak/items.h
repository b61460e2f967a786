/* items.h - what soak.c plays with: sources and posted callbacks, each with an account of what became of it.
 *
 * An item is made, attached by whoever made it, changed by the one thread that holds it, and let go. Its memory stays until
 * the round is over, so that whatever happens too late is seen and not a crash. Next: items.c, from the bottom.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include <glib.h>
#include <pthread.h>

typedef enum { ITEM_IDLE, ITEM_TIMEOUT, ITEM_OWN, ITEM_READER, ITEM_CHANNEL, ITEM_SIGNAL, ITEM_CHILD } ItemKind;
typedef enum { MAY_RUN, MUST_RUN } Duty;

typedef struct Item Item;
struct Item {
    ItemKind kind;
    GSource *source; /* with the holder's reference, until item_drop */
    int      wanted; /* calls after which it ends itself */
    GMainContext *home; /* set if that is iterated as long as the round lasts */

    gint calls, late, disposed, finalized, destroyed; /* atomic */
    gint fed, seen, drained;
    int  ends[2];
    gpointer tag;
    Item *next;
};

/* Unattached, with a callback. It ends itself after `wanted` calls, if its kind is one that can. */
Item *item_new (ItemKind kind, int wanted);
/* The holder's acts. */
void item_destroy (Item *item);
void item_drop (Item *item);
void item_replace_callback (Item *item);
void item_feed (Item *item);
void item_modify (Item *item);
void item_adopt (Item *parent, Item *child);
void item_disown (Item *parent, Item *child);

/* Has a callback run by the context. */
void item_post (GMainContext *context, int priority, Duty duty);
/* The same, and waits until it has run. */
void item_ask (GMainContext *context);
/* Has the loop quit from inside. */
void item_quit (GMainContext *context, GMainLoop *loop);
/* Starts a process and has the context watch it. */
void item_watch_child (GMainContext *context);

void     items_begin (void);
void     items_await_children (void);
/* The audit: FALSE, having told what is wrong, if any account is open. Forgets all items. */
gboolean items_are_settled (unsigned long seed);
gboolean items_left_nothing (unsigned long seed, gint64 blocks_before, int more_descriptors);
gint64   items_blocks (void);
void     items_tell (unsigned long rounds);
void     items_give_up (const char *what) __attribute__ ((noreturn));

#endif
