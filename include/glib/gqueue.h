/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The structure of a double-ended queue, as far as automatic cleanup needs it: g_autoqueue (T) frees
 * a queue and its elements. The functions that fill and read queues are not in this library; a
 * queue can be built from the lists of glist.h.
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

/* What g_autoqueue() does at the end of the scope; queue is not NULL. */
static inline G_GNUC_UNUSED void
_glib_queue_free_full (GQueue *queue, GDestroyNotify free_func)
{
  g_list_free_full (queue->head, free_func);
  g_free (queue);
}

G_END_DECLS

#endif /* __G_QUEUE_H__ */
