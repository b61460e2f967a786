/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hash and equality functions for pointers, strings and numbers, in the shapes GHashFunc and
 * GEqualFunc. It knows no container that would use them.
 */
#ifndef __G_HASH_H__
#define __G_HASH_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>
#include <string.h>

G_BEGIN_DECLS

/** TRUE if v1 and v2 are equal strings; neither may be NULL. */
GLIB_AVAILABLE_IN_ALL
gboolean g_str_equal (gconstpointer v1, gconstpointer v2);

#define g_str_equal(v1, v2) (strcmp ((const char *) (v1), (const char *) (v2)) == 0)

/** A hash of the string v. */
GLIB_AVAILABLE_IN_ALL
guint g_str_hash (gconstpointer v);

/** TRUE if the gints at v1 and v2 are equal. */
GLIB_AVAILABLE_IN_ALL
gboolean g_int_equal (gconstpointer v1, gconstpointer v2);

/** A hash of the gint at v. */
GLIB_AVAILABLE_IN_ALL
guint g_int_hash (gconstpointer v);

/** TRUE if the gint64s at v1 and v2 are equal. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
gboolean g_int64_equal (gconstpointer v1, gconstpointer v2);

/** A hash of the gint64 at v. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
guint g_int64_hash (gconstpointer v);

/** TRUE if the gdoubles at v1 and v2 are equal. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
gboolean g_double_equal (gconstpointer v1, gconstpointer v2);

/** A hash of the gdouble at v. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
guint g_double_hash (gconstpointer v);

/** A hash of the pointer v itself. */
GLIB_AVAILABLE_IN_ALL
guint g_direct_hash (gconstpointer v) G_GNUC_CONST;

/** TRUE if v1 and v2 are the same pointer. */
GLIB_AVAILABLE_IN_ALL
gboolean g_direct_equal (gconstpointer v1, gconstpointer v2) G_GNUC_CONST;

G_END_DECLS

#endif /* __G_HASH_H__ */
