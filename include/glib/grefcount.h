/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Counts of references inside a program's own structures: plain ones for one thread, atomic ones for
 * many. What is counted is grcbox.h's or the program's business.
 */
#ifndef __GREFCOUNT_H__
#define __GREFCOUNT_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gatomic.h>
#include <glib/gtypes.h>

G_BEGIN_DECLS

/** Sets *rc to one reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void (g_ref_count_init) (grefcount *rc);

/** Adds a reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void (g_ref_count_inc) (grefcount *rc);

/** Drops a reference; TRUE if it was the last. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gboolean (g_ref_count_dec) (grefcount *rc);

/** TRUE if there are val references. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gboolean (g_ref_count_compare) (grefcount *rc, gint val);

/** Sets *arc to one reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void (g_atomic_ref_count_init) (gatomicrefcount *arc);

/** Adds a reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void (g_atomic_ref_count_inc) (gatomicrefcount *arc);

/** Drops a reference; TRUE if it was the last. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gboolean (g_atomic_ref_count_dec) (gatomicrefcount *arc);

/** TRUE if there are val references. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gboolean (g_atomic_ref_count_compare) (gatomicrefcount *arc, gint val);

G_END_DECLS

#endif /* __GREFCOUNT_H__ */
