/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GQueue: a doubly linked list with both its ends and its length at hand, so that elements come and go at
 * either end at no cost. It may lie in the program's own memory: G_QUEUE_INIT or g_queue_init() makes an
 * empty one. The nodes are those of glist.h, and changing them behind the queue's back spoils it. It
 * knows nothing of the data.
 */
#ifndef __G_QUEUE_H__
#define __G_QUEUE_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/glist.h>
#include <glib/gmem.h>

G_BEGIN_DECLS

typedef struct _GQueue GQueue;

/** A list with both its ends and its length at hand. */
struct _GQueue
{
  GList *head;
  GList *tail;
  guint length;
};

/* An empty queue. */
#define G_QUEUE_INIT { NULL, NULL, 0 }

/** An empty queue, freed with g_queue_free(). */
GLIB_AVAILABLE_IN_ALL
GQueue *g_queue_new (void);

/** Frees a queue of g_queue_new() and its nodes, but not the data. */
GLIB_AVAILABLE_IN_ALL
void g_queue_free (GQueue *queue);

/** Calls free_func on each element, then frees the queue. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_queue_free_full (GQueue *queue, GDestroyNotify free_func);

/** Makes an empty queue of memory that holds none yet. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
void g_queue_init (GQueue *queue);

/** Frees the nodes, but not the data; the queue is empty and stays. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
void g_queue_clear (GQueue *queue);

/** Empties the queue and calls free_func (NULL: nothing) on each element it had. Since 2.60. */
GLIB_AVAILABLE_IN_2_60
void g_queue_clear_full (GQueue *queue, GDestroyNotify free_func);

/** TRUE if the queue has no elements. */
GLIB_AVAILABLE_IN_ALL
gboolean g_queue_is_empty (GQueue *queue);

/** The number of elements. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
guint g_queue_get_length (GQueue *queue);

/** Turns the queue round. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_reverse (GQueue *queue);

/** A copy of the queue; the data is shared, not copied. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GQueue *g_queue_copy (GQueue *queue);

/** Calls func for each element; func may remove the element it is called for. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_foreach (GQueue *queue, GFunc func, gpointer user_data);

/** The first node that holds data, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_find (GQueue *queue, gconstpointer data);

/** The first node for which func (element, data) is 0, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_find_custom (GQueue *queue, gconstpointer data, GCompareFunc func);

/** Sorts the queue, keeping the order of equal elements. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_sort (GQueue *queue, GCompareDataFunc compare_func, gpointer user_data);

/** Adds data at the head. */
GLIB_AVAILABLE_IN_ALL
void g_queue_push_head (GQueue *queue, gpointer data);

/** Adds data at the tail. */
GLIB_AVAILABLE_IN_ALL
void g_queue_push_tail (GQueue *queue, gpointer data);

/** Adds data so that it becomes the element number n; at the tail if n is negative or too large.
 * Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_push_nth (GQueue *queue, gpointer data, gint n);

/** Removes the element at the head and returns it, NULL if there is none. */
GLIB_AVAILABLE_IN_ALL
gpointer g_queue_pop_head (GQueue *queue);

/** Removes the element at the tail and returns it, NULL if there is none. */
GLIB_AVAILABLE_IN_ALL
gpointer g_queue_pop_tail (GQueue *queue);

/** Removes the element number n and returns it, NULL if there is none. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gpointer g_queue_pop_nth (GQueue *queue, guint n);

/** The element at the head, or NULL. */
GLIB_AVAILABLE_IN_ALL
gpointer g_queue_peek_head (GQueue *queue);

/** The element at the tail, or NULL. */
GLIB_AVAILABLE_IN_ALL
gpointer g_queue_peek_tail (GQueue *queue);

/** The element number n, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gpointer g_queue_peek_nth (GQueue *queue, guint n);

/** The number of the first element that is data, or -1. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gint g_queue_index (GQueue *queue, gconstpointer data);

/** Removes the first element that is data; TRUE if there was one. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gboolean g_queue_remove (GQueue *queue, gconstpointer data);

/** Removes every element that is data; their number. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
guint g_queue_remove_all (GQueue *queue, gconstpointer data);

/** Adds data before the node sibling, or at the tail if that is NULL (since 2.44). Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_insert_before (GQueue *queue, GList *sibling, gpointer data);

/** Adds the single node link_ before sibling, or at the tail if that is NULL. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
void g_queue_insert_before_link (GQueue *queue, GList *sibling, GList *link_);

/** Adds data behind the node sibling, or at the head if that is NULL (since 2.44). Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_insert_after (GQueue *queue, GList *sibling, gpointer data);

/** Adds the single node link_ behind sibling, or at the head if that is NULL. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
void g_queue_insert_after_link (GQueue *queue, GList *sibling, GList *link_);

/** Adds data before the first element that does not sort before it. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_insert_sorted (GQueue *queue, gpointer data, GCompareDataFunc func, gpointer user_data);

/** Adds the single node link_ at the head. */
GLIB_AVAILABLE_IN_ALL
void g_queue_push_head_link (GQueue *queue, GList *link_);

/** Adds the single node link_ at the tail. */
GLIB_AVAILABLE_IN_ALL
void g_queue_push_tail_link (GQueue *queue, GList *link_);

/** Adds the single node link_ so that it becomes number n; at the tail if n is negative or too large.
 * Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_push_nth_link (GQueue *queue, gint n, GList *link_);

/** Takes the first node out, NULL if there is none; the caller frees it with g_list_free_1(). */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_pop_head_link (GQueue *queue);

/** Takes the last node out, NULL if there is none; the caller frees it with g_list_free_1(). */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_pop_tail_link (GQueue *queue);

/** Takes the node number n out, NULL if there is none; the caller frees it with g_list_free_1().
 * Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_pop_nth_link (GQueue *queue, guint n);

/** The first node, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_peek_head_link (GQueue *queue);

/** The last node, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_peek_tail_link (GQueue *queue);

/** The node number n, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GList *g_queue_peek_nth_link (GQueue *queue, guint n);

/** How many elements stand before the node link_, or -1 if the queue does not hold it. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gint g_queue_link_index (GQueue *queue, GList *link_);

/** Takes the node link_ out; it is then a list of its own. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_unlink (GQueue *queue, GList *link_);

/** Takes the node link_ out and frees it. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_queue_delete_link (GQueue *queue, GList *link_);

G_END_DECLS

#endif /* __G_QUEUE_H__ */
