/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GSList: a singly linked list of pointers. NULL is the empty list, so functions that may change the first
 * node return the new first node and the caller must keep that. Nodes belong to the list, what they
 * point to belongs to the caller. It knows nothing of the data; glist.h has the sibling that can walk back.
 */
#ifndef __G_SLIST_H__
#define __G_SLIST_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmem.h>

G_BEGIN_DECLS

typedef struct _GSList GSList;

struct _GSList
{
  gpointer data;
  GSList *next;
};

/** A single node holding NULL, freed with g_slist_free_1(). */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_alloc (void) G_GNUC_WARN_UNUSED_RESULT;

/** Frees every node of list, but not the data. */
GLIB_AVAILABLE_IN_ALL
void g_slist_free (GSList *list);

/** Frees the one node list, whatever it is linked to. */
GLIB_AVAILABLE_IN_ALL
void g_slist_free_1 (GSList *list);

#define g_slist_free1 g_slist_free_1

/** Calls free_func on each element's data, then frees the nodes. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
void g_slist_free_full (GSList *list, GDestroyNotify free_func);

/** Adds data at the end, which takes a walk over the whole list. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_append (GSList *list, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data at the start. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_prepend (GSList *list, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data so that it becomes the element number position; at the end if that is negative or too large.
 * */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_insert (GSList *list, gpointer data, gint position) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data before the first element that does not sort before it. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_insert_sorted (GSList *list, gpointer data, GCompareFunc func) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data before the first element that does not sort before it; func is given user_data. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_insert_sorted_with_data (GSList *list, gpointer data, GCompareDataFunc func,
                                         gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data before the node sibling, or at the end if the list does not hold it. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_insert_before (GSList *slist, GSList *sibling, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Appends list2 to list1; both must be different lists. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_concat (GSList *list1, GSList *list2) G_GNUC_WARN_UNUSED_RESULT;

/** Removes the first element that holds data, if there is one. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_remove (GSList *list, gconstpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Removes every element that holds data. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_remove_all (GSList *list, gconstpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Takes the node link_ out of the list; it is then a list of its own. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_remove_link (GSList *list, GSList *link_) G_GNUC_WARN_UNUSED_RESULT;

/** Takes the node link_ out of the list and frees it. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_delete_link (GSList *list, GSList *link_) G_GNUC_WARN_UNUSED_RESULT;

/** Turns the list round. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_reverse (GSList *list) G_GNUC_WARN_UNUSED_RESULT;

/** A copy of the list; the data is shared, not copied. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_copy (GSList *list) G_GNUC_WARN_UNUSED_RESULT;

/** A copy of the list whose data are what func returns for each element. Since 2.34. */
GLIB_AVAILABLE_IN_2_34
GSList *g_slist_copy_deep (GSList *list, GCopyFunc func, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/** The node number n counted from list, or NULL. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_nth (GSList *list, guint n);

/** The first node that holds data, or NULL. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_find (GSList *list, gconstpointer data);

/** The first node for which func (element, data) is 0, or NULL. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_find_custom (GSList *list, gconstpointer data, GCompareFunc func);

/** How many elements stand before the node llink, or -1 if the list does not hold it. */
GLIB_AVAILABLE_IN_ALL
gint g_slist_position (GSList *list, GSList *llink);

/** The number of the first element that holds data, or -1. */
GLIB_AVAILABLE_IN_ALL
gint g_slist_index (GSList *list, gconstpointer data);

/** The last node, or NULL. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_last (GSList *list);

/** The number of elements, counted by a walk. */
GLIB_AVAILABLE_IN_ALL
guint g_slist_length (GSList *list);

/** Calls func for each element; func may remove the element it is called for. */
GLIB_AVAILABLE_IN_ALL
void g_slist_foreach (GSList *list, GFunc func, gpointer user_data);

/** Sorts the list, keeping the order of equal elements. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_sort (GSList *list, GCompareFunc compare_func) G_GNUC_WARN_UNUSED_RESULT;

/** Sorts the list with a function that is given user_data, keeping the order of equal elements. */
GLIB_AVAILABLE_IN_ALL
GSList *g_slist_sort_with_data (GSList *list, GCompareDataFunc compare_func,
                                gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/** What the element number n holds, or NULL. */
GLIB_AVAILABLE_IN_ALL
gpointer g_slist_nth_data (GSList *list, guint n);

/** Frees *g_slist_ptr and each element's data with destroy, and makes it NULL. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
void g_clear_slist (GSList **slist_ptr, GDestroyNotify destroy);

#define g_clear_slist(slist_ptr, destroy)                           \
  G_STMT_START                                                      \
  {                                                                 \
    GSList *g_clear_slist_ = *(slist_ptr);                          \
    GDestroyNotify g_clear_destroy_ = (destroy);                    \
    if (g_clear_slist_ != NULL)                                     \
      {                                                             \
        *(slist_ptr) = NULL;                                        \
        if (g_clear_destroy_ != NULL)                               \
          g_slist_free_full (g_clear_slist_, g_clear_destroy_);     \
        else                                                        \
          g_slist_free (g_clear_slist_);                            \
      }                                                             \
  }                                                                 \
  G_STMT_END

#define g_slist_next(slist) ((slist) ? (((GSList *) (slist))->next) : NULL)

G_END_DECLS

#endif /* __G_SLIST_H__ */
