/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Blocks that carry a count of their references: what is given and taken is the address of the contents.
 * Plain boxes belong to one thread, atomic ones may be shared; the functions of the two kinds do not mix.
 */
#ifndef __G_RCBOX_H__
#define __G_RCBOX_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmem.h>

G_BEGIN_DECLS

/** A box of block_size bytes, contents undefined, with one reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer g_rc_box_alloc (gsize block_size) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** A box of block_size bytes of zeroes, with one reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer g_rc_box_alloc0 (gsize block_size) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** A box with a copy of block_size bytes at mem_block. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer (g_rc_box_dup) (gsize block_size, gconstpointer mem_block) G_GNUC_ALLOC_SIZE (1);

/** Another reference to a box; returns mem_block. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer (g_rc_box_acquire) (gpointer mem_block);

/** Drops a reference to a box; the last one frees it. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void g_rc_box_release (gpointer mem_block);

/** g_rc_box_release(), with clear_func (may be NULL) run on the contents before they go. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void g_rc_box_release_full (gpointer mem_block, GDestroyNotify clear_func);

/** The size of a box's contents. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gsize g_rc_box_get_size (gpointer mem_block);

/* A box for one value of a type, and results of the type of the argument. */
#define g_rc_box_new(type)  ((type *) g_rc_box_alloc (sizeof (type)))
#define g_rc_box_new0(type) ((type *) g_rc_box_alloc0 (sizeof (type)))
#define g_rc_box_dup(block_size, mem_block) \
  ((glib_typeof (mem_block)) (g_rc_box_dup) ((block_size), (mem_block)))
#define g_rc_box_acquire(mem_block) \
  ((glib_typeof (mem_block)) (g_rc_box_acquire) (mem_block))

/** A box of block_size bytes, contents undefined, with one reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer g_atomic_rc_box_alloc (gsize block_size) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** A box of block_size bytes of zeroes, with one reference. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer g_atomic_rc_box_alloc0 (gsize block_size) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** A box with a copy of block_size bytes at mem_block. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer (g_atomic_rc_box_dup) (gsize block_size, gconstpointer mem_block) G_GNUC_ALLOC_SIZE (1);

/** Another reference to a box; returns mem_block. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer (g_atomic_rc_box_acquire) (gpointer mem_block);

/** Drops a reference to a box; the last one frees it. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void g_atomic_rc_box_release (gpointer mem_block);

/** g_atomic_rc_box_release(), with clear_func (may be NULL) run on the contents before they go. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void g_atomic_rc_box_release_full (gpointer mem_block, GDestroyNotify clear_func);

/** The size of a box's contents. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gsize g_atomic_rc_box_get_size (gpointer mem_block);

/* A box for one value of a type, and results of the type of the argument. */
#define g_atomic_rc_box_new(type)  ((type *) g_atomic_rc_box_alloc (sizeof (type)))
#define g_atomic_rc_box_new0(type) ((type *) g_atomic_rc_box_alloc0 (sizeof (type)))
#define g_atomic_rc_box_dup(block_size, mem_block) \
  ((glib_typeof (mem_block)) (g_atomic_rc_box_dup) ((block_size), (mem_block)))
#define g_atomic_rc_box_acquire(mem_block) \
  ((glib_typeof (mem_block)) (g_atomic_rc_box_acquire) (mem_block))

G_END_DECLS

#endif /* __G_RCBOX_H__ */
