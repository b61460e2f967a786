/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GBytes: bytes that never change, shared between whoever holds a reference, in any thread. They have their
 * place in memory from whoever had it before, so that nothing need be copied. Bytes that are still to
 * change are kept in a GByteArray, garray.h.
 */
#ifndef __G_BYTES_H__
#define __G_BYTES_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/garray.h>
#include <glib/gtypes.h>

G_BEGIN_DECLS

/** Holds a copy of the size bytes at data, which may be NULL if size is 0. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GBytes *g_bytes_new (gconstpointer data, gsize size);

/** Takes over the size bytes at data, which came from g_malloc(). Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GBytes *g_bytes_new_take (gpointer data, gsize size);

/** Refers to size bytes that are there for ever. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GBytes *g_bytes_new_static (gconstpointer data, gsize size);

/** Refers to the size bytes at data; free_func (NULL: nothing) is called with user_data when nobody does
 * any more. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GBytes *g_bytes_new_with_free_func (gconstpointer data, gsize size, GDestroyNotify free_func, gpointer user_data);

/** The length bytes of bytes from offset on, shared with them. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GBytes *g_bytes_new_from_bytes (GBytes *bytes, gsize offset, gsize length);

/** Where the bytes are, which may be NULL if there are none; their number is stored in *size (NULL: not
 * wanted). Since 2.32. */
GLIB_AVAILABLE_IN_ALL
gconstpointer g_bytes_get_data (GBytes *bytes, gsize *size);

/** How many bytes there are. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
gsize g_bytes_get_size (GBytes *bytes);

/** Takes a reference; any thread may. Returns bytes. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GBytes *g_bytes_ref (GBytes *bytes);

/** Drops a reference; any thread may. NULL is ignored. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
void g_bytes_unref (GBytes *bytes);

/** Drops a reference and returns the bytes, freed with g_free(), with their number in *size. They are
 * copied unless nobody else has a reference and they were from g_malloc() anyway. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
gpointer g_bytes_unref_to_data (GBytes *bytes, gsize *size);

/** Drops a reference and returns the bytes as an array, copied as by g_bytes_unref_to_data(). Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_bytes_unref_to_array (GBytes *bytes);

/** A hash of a GBytes, of type GHashFunc. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
guint g_bytes_hash (gconstpointer bytes);

/** TRUE if two GBytes hold the same bytes; of type GEqualFunc. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
gboolean g_bytes_equal (gconstpointer bytes1, gconstpointer bytes2);

/** The order of two GBytes, by the first byte that differs or else by length; of type GCompareFunc.
 * Since 2.32. */
GLIB_AVAILABLE_IN_ALL
gint g_bytes_compare (gconstpointer bytes1, gconstpointer bytes2);

/** Where the n_elements of element_size bytes each from offset on lie, NULL unless all are inside the bytes.
 * Since 2.70. */
GLIB_AVAILABLE_IN_2_70
gconstpointer g_bytes_get_region (GBytes *bytes, gsize element_size, gsize offset, gsize n_elements);

G_END_DECLS

#endif /* __G_BYTES_H__ */
