/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sorting arrays, stable and with a context pointer. Lists have functions of their own.
 */
#ifndef __G_QSORT_H__
#define __G_QSORT_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/** Sorts total_elems elements of size bytes at pbase with compare_func, given user_data; equal elements
 * keep their order. */
GLIB_DEPRECATED_IN_2_82_FOR (g_sort_array)
void g_qsort_with_data (gconstpointer pbase, gint total_elems, gsize size, GCompareDataFunc compare_func,
                        gpointer user_data);

/** g_qsort_with_data() for arrays of any length. Since 2.82. */
GLIB_AVAILABLE_IN_2_82
void g_sort_array (const void *array, size_t n_elements, size_t element_size, GCompareDataFunc compare_func,
                   void *user_data);

G_END_DECLS

#endif /* __G_QSORT_H__ */
