/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GList: a doubly linked list of pointers. NULL is the empty list, so functions that may change the first
 * node return the new first node and the caller must keep that. Nodes belong to the list, what they
 * point to belongs to the caller. It knows nothing of the data;
 * gslist.h has the smaller, singly linked sibling.
 */
#ifndef __G_LIST_H__
#define __G_LIST_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmem.h>

G_BEGIN_DECLS

typedef struct _GList GList;

struct _GList
{
  gpointer data;
  GList *next;
  GList *prev;
};

/** A single node holding NULL, freed with g_list_free_1(). */
GLIB_AVAILABLE_IN_ALL
GList *g_list_alloc (void) G_GNUC_WARN_UNUSED_RESULT;

/** Frees every node of list, but not the data. */
GLIB_AVAILABLE_IN_ALL
void g_list_free (GList *list);

/** Frees the one node list, whatever it is linked to. */
GLIB_AVAILABLE_IN_ALL
void g_list_free_1 (GList *list);

#define g_list_free1 g_list_free_1

/** Calls free_func on each element's data, then frees the nodes. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
void g_list_free_full (GList *list, GDestroyNotify free_func);

/** Adds data at the end, which takes a walk over the whole list. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_append (GList *list, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data at the start. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_prepend (GList *list, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data so that it becomes the element number position; at the end if that is negative or too large.
 * */
GLIB_AVAILABLE_IN_ALL
GList *g_list_insert (GList *list, gpointer data, gint position) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data before the first element that does not sort before it. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_insert_sorted (GList *list, gpointer data, GCompareFunc func) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data before the first element that does not sort before it; func is given user_data. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_insert_sorted_with_data (GList *list, gpointer data, GCompareDataFunc func,
                                       gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds data before the node sibling, or at the end if that is NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_insert_before (GList *list, GList *sibling, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Adds the single node link_ before sibling, or at the end if that is NULL. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
GList *g_list_insert_before_link (GList *list, GList *sibling, GList *link_) G_GNUC_WARN_UNUSED_RESULT;

/** Appends list2 to list1; both must be different lists. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_concat (GList *list1, GList *list2) G_GNUC_WARN_UNUSED_RESULT;

/** Removes the first element that holds data, if there is one. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_remove (GList *list, gconstpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Removes every element that holds data. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_remove_all (GList *list, gconstpointer data) G_GNUC_WARN_UNUSED_RESULT;

/** Takes the node llink out of the list; it is then a list of its own. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_remove_link (GList *list, GList *llink) G_GNUC_WARN_UNUSED_RESULT;

/** Takes the node link_ out of the list and frees it. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_delete_link (GList *list, GList *link_) G_GNUC_WARN_UNUSED_RESULT;

/** Turns the list round. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_reverse (GList *list) G_GNUC_WARN_UNUSED_RESULT;

/** A copy of the list; the data is shared, not copied. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_copy (GList *list) G_GNUC_WARN_UNUSED_RESULT;

/** A copy of the list whose data are what func returns for each element. Since 2.34. */
GLIB_AVAILABLE_IN_2_34
GList *g_list_copy_deep (GList *list, GCopyFunc func, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/** The node number n counted from list, or NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_nth (GList *list, guint n);

/** The node n places before list, or NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_nth_prev (GList *list, guint n);

/** The first node that holds data, or NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_find (GList *list, gconstpointer data);

/** The first node for which func (element, data) is 0, or NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_find_custom (GList *list, gconstpointer data, GCompareFunc func);

/** How many elements stand before the node llink, or -1 if the list does not hold it. */
GLIB_AVAILABLE_IN_ALL
gint g_list_position (GList *list, GList *llink);

/** The number of the first element that holds data, or -1. */
GLIB_AVAILABLE_IN_ALL
gint g_list_index (GList *list, gconstpointer data);

/** The last node, or NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_last (GList *list);

/** The first node of the list that list is part of, or NULL. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_first (GList *list);

/** The number of elements, counted by a walk. */
GLIB_AVAILABLE_IN_ALL
guint g_list_length (GList *list);

/** Calls func for each element; func may remove the element it is called for. */
GLIB_AVAILABLE_IN_ALL
void g_list_foreach (GList *list, GFunc func, gpointer user_data);

/** Sorts the list, keeping the order of equal elements. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_sort (GList *list, GCompareFunc compare_func) G_GNUC_WARN_UNUSED_RESULT;

/** Sorts the list with a function that is given user_data, keeping the order of equal elements. */
GLIB_AVAILABLE_IN_ALL
GList *g_list_sort_with_data (GList *list, GCompareDataFunc compare_func,
                              gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/** What the element number n holds, or NULL. */
GLIB_AVAILABLE_IN_ALL
gpointer g_list_nth_data (GList *list, guint n);

/** Frees *g_list_ptr and each element's data with destroy, and makes it NULL. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
void g_clear_list (GList **list_ptr, GDestroyNotify destroy);

#define g_clear_list(list_ptr, destroy)                             \
  G_STMT_START                                                      \
  {                                                                 \
    GList *g_clear_list_ = *(list_ptr);                             \
    GDestroyNotify g_clear_destroy_ = (destroy);                    \
    if (g_clear_list_ != NULL)                                      \
      {                                                             \
        *(list_ptr) = NULL;                                         \
        if (g_clear_destroy_ != NULL)                               \
          g_list_free_full (g_clear_list_, g_clear_destroy_);       \
        else                                                        \
          g_list_free (g_clear_list_);                              \
      }                                                             \
  }                                                                 \
  G_STMT_END

#define g_list_previous(list) ((list) ? (((GList *) (list))->prev) : NULL)
#define g_list_next(list) ((list) ? (((GList *) (list))->next) : NULL)

G_END_DECLS

#endif /* __G_LIST_H__ */
