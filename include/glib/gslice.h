/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Blocks whose size the caller remembers and gives when it frees them. They are blocks of the C allocator,
 * so g_free() may free them as well.
 */
#ifndef __G_SLICE_H__
#define __G_SLICE_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmem.h>

G_BEGIN_DECLS

/** Allocates block_size bytes, contents undefined; NULL for 0. Freed with g_slice_free1(). Since 2.10. */
GLIB_AVAILABLE_IN_ALL
gpointer g_slice_alloc (gsize block_size) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** Allocates block_size bytes of zeroes; NULL for 0. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
gpointer g_slice_alloc0 (gsize block_size) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** A copy of block_size bytes at mem_block. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
gpointer g_slice_copy (gsize block_size, gconstpointer mem_block) G_GNUC_ALLOC_SIZE (1);

/** Frees mem_block, block_size bytes long; NULL is ignored. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
void g_slice_free1 (gsize block_size, gpointer mem_block);

/** Frees the blocks linked, from mem_chain on, by a pointer next_offset bytes into each. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
void g_slice_free_chain_with_offset (gsize block_size, gpointer mem_chain, gsize next_offset);

/* One value of a type, as a pointer of that type; dup is a copy of *mem. */
#define g_slice_new(type)      ((type *) g_slice_alloc (sizeof (type)))
#define g_slice_new0(type)     ((type *) g_slice_alloc0 (sizeof (type)))
#define g_slice_dup(type, mem) \
  (1 ? (type *) g_slice_copy (sizeof (type), (mem)) : ((void) ((type *) 0 == (mem)), (type *) 0))
/* The compiler sees to it that mem is a pointer of that type. */
#define g_slice_free(type, mem)                                                       \
  G_STMT_START                                                                        \
  {                                                                                   \
    if (1)                                                                            \
      g_slice_free1 (sizeof (type), (mem));                                           \
    else                                                                              \
      (void) ((type *) 0 == (mem));                                                   \
  }                                                                                   \
  G_STMT_END
#define g_slice_free_chain(type, mem_chain, next)                                     \
  G_STMT_START                                                                        \
  {                                                                                   \
    if (1)                                                                            \
      g_slice_free_chain_with_offset (sizeof (type), (mem_chain),                     \
                                      G_STRUCT_OFFSET (type, next));                  \
    else                                                                              \
      (void) ((type *) 0 == (mem_chain));                                             \
  }                                                                                   \
  G_STMT_END

/* Settings of an allocator that is no more; they do nothing. */
typedef enum
{
  G_SLICE_CONFIG_ALWAYS_MALLOC = 1,
  G_SLICE_CONFIG_BYPASS_MAGAZINES,
  G_SLICE_CONFIG_WORKING_SET_MSECS,
  G_SLICE_CONFIG_COLOR_INCREMENT,
  G_SLICE_CONFIG_CHUNK_SIZES,
  G_SLICE_CONFIG_CONTENTION_COUNTER
} GSliceConfig;

/** Does nothing. */
GLIB_DEPRECATED_IN_2_34
void g_slice_set_config (GSliceConfig ckey, gint64 value);

/** 0. */
GLIB_DEPRECATED_IN_2_34
gint64 g_slice_get_config (GSliceConfig ckey);

/** NULL, and *n_values (may be NULL) becomes 0. */
GLIB_DEPRECATED_IN_2_34
gint64 *g_slice_get_config_state (GSliceConfig ckey, gint64 address, guint *n_values);

G_END_DECLS

#endif /* __G_SLICE_H__ */
