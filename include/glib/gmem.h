/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Memory. Blocks come from the C allocator, so g_malloc() and free(), malloc() and g_free() may be
 * mixed. Functions without "try" in their name never return NULL for a size above 0: when memory is
 * short they end the program. A size of 0 always gives NULL.
 * It knows nothing of what is stored; strings are in gstrfuncs.h.
 */
#ifndef __G_MEM_H__
#define __G_MEM_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>
#include <alloca.h>
#include <string.h>

G_BEGIN_DECLS

/* The alignment that suits every type a block may hold. */
#define G_MEM_ALIGN (sizeof (void *) > sizeof (long) ? (gsize) sizeof (void *) : (gsize) sizeof (long))

/** Frees mem, from any of the functions here or from malloc(); NULL is ignored. errno is kept. */
GLIB_AVAILABLE_IN_ALL
void g_free (gpointer mem);

/** Frees mem, size bytes long; giving the size lets the allocator be quicker. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
void g_free_sized (gpointer mem, size_t size);

/** Calls destroy on *pp unless it is NULL, after *pp has become NULL. Since 2.34. */
GLIB_AVAILABLE_IN_2_34
void g_clear_pointer (gpointer *pp, GDestroyNotify destroy);

/** Allocates n_bytes, contents undefined. The caller frees with g_free(). */
GLIB_AVAILABLE_IN_ALL
gpointer g_malloc (gsize n_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** Allocates n_bytes of zeroes. The caller frees with g_free(). */
GLIB_AVAILABLE_IN_ALL
gpointer g_malloc0 (gsize n_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** Changes the size of mem (NULL: allocates) and returns its new place; n_bytes 0 frees it. */
GLIB_AVAILABLE_IN_ALL
gpointer g_realloc (gpointer mem, gsize n_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** Like g_malloc(), but returns NULL when memory is short. */
GLIB_AVAILABLE_IN_ALL
gpointer g_try_malloc (gsize n_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** Like g_malloc0(), but returns NULL when memory is short. */
GLIB_AVAILABLE_IN_ALL
gpointer g_try_malloc0 (gsize n_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE (1);

/** Like g_realloc(), but returns NULL and leaves mem alone when memory is short. */
GLIB_AVAILABLE_IN_ALL
gpointer g_try_realloc (gpointer mem, gsize n_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** g_malloc() of n_blocks * n_block_bytes, ending the program if the product overflows. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gpointer g_malloc_n (gsize n_blocks, gsize n_block_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE2 (1, 2);

/** g_malloc0() of n_blocks * n_block_bytes, ending the program if the product overflows. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gpointer g_malloc0_n (gsize n_blocks, gsize n_block_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE2 (1, 2);

/** g_realloc() to n_blocks * n_block_bytes, ending the program if the product overflows. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gpointer g_realloc_n (gpointer mem, gsize n_blocks, gsize n_block_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** g_try_malloc() of n_blocks * n_block_bytes; NULL if the product overflows. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gpointer g_try_malloc_n (gsize n_blocks, gsize n_block_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE2 (1, 2);

/** g_try_malloc0() of n_blocks * n_block_bytes; NULL if the product overflows. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gpointer g_try_malloc0_n (gsize n_blocks, gsize n_block_bytes) G_GNUC_MALLOC G_GNUC_ALLOC_SIZE2 (1, 2);

/** g_try_realloc() to n_blocks * n_block_bytes; NULL if the product overflows. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gpointer g_try_realloc_n (gpointer mem, gsize n_blocks, gsize n_block_bytes) G_GNUC_WARN_UNUSED_RESULT;

/** Allocates n_blocks * n_block_bytes at a multiple of alignment, which is a power of two and a
 * multiple of the size of a pointer. The caller frees with g_aligned_free(). Since 2.72. */
GLIB_AVAILABLE_IN_2_72
gpointer g_aligned_alloc (gsize n_blocks, gsize n_block_bytes, gsize alignment)
    G_GNUC_WARN_UNUSED_RESULT G_GNUC_ALLOC_SIZE2 (1, 2);

/** Like g_aligned_alloc(), filled with zeroes. Since 2.72. */
GLIB_AVAILABLE_IN_2_72
gpointer g_aligned_alloc0 (gsize n_blocks, gsize n_block_bytes, gsize alignment)
    G_GNUC_WARN_UNUSED_RESULT G_GNUC_ALLOC_SIZE2 (1, 2);

/** Frees what g_aligned_alloc() gave; NULL is ignored. Since 2.72. */
GLIB_AVAILABLE_IN_2_72
void g_aligned_free (gpointer mem);

/** Frees what g_aligned_alloc() gave, with the alignment and size it was asked for. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
void g_aligned_free_sized (gpointer mem, size_t alignment, size_t size);

/** Copies byte_size bytes of mem into a new block, freed with g_free(); NULL if either is none. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
gpointer g_memdup2 (gconstpointer mem, gsize byte_size) G_GNUC_ALLOC_SIZE (2);

/** g_memdup2() with a size too narrow for large blocks. */
GLIB_DEPRECATED_IN_2_68_FOR (g_memdup2)
gpointer g_memdup (gconstpointer mem, guint byte_size) G_GNUC_ALLOC_SIZE (2);

/* Functions of another allocator, which nothing uses any longer. */
typedef struct _GMemVTable GMemVTable;
struct _GMemVTable
{
  gpointer (*malloc) (gsize n_bytes);
  gpointer (*realloc) (gpointer mem, gsize n_bytes);
  void (*free) (gpointer mem);
  gpointer (*calloc) (gsize n_blocks, gsize n_block_bytes);
  gpointer (*try_malloc) (gsize n_bytes);
  gpointer (*try_realloc) (gpointer mem, gsize n_bytes);
};

/** Warns that the allocator cannot be replaced. */
GLIB_DEPRECATED_IN_2_46
void g_mem_set_vtable (GMemVTable *vtable);

/** TRUE: blocks are the C allocator's. */
GLIB_DEPRECATED_IN_2_46
gboolean g_mem_is_system_malloc (void);

/* FALSE: freed memory is not overwritten. */
GLIB_VAR gboolean g_mem_gc_friendly;

/* Functions that count nothing. */
GLIB_VAR GMemVTable *glib_mem_profiler_table;

/** Warns that the use of memory is not counted. */
GLIB_DEPRECATED_IN_2_46
void g_mem_profile (void);

/* Takes the pointer in *pp and leaves NULL: the caller owns what is returned. Since 2.44. */
static inline gpointer
g_steal_pointer (gpointer pp)
{
  gpointer *slot = (gpointer *) pp;
  gpointer value = *slot;

  *slot = NULL;
  return value;
}

/* The macro gives the result the type of the variable. */
#define g_steal_pointer(pp) ((__typeof__ (*(pp))) (g_steal_pointer) (pp))

#define g_clear_pointer(pp, destroy)                                        \
  G_STMT_START                                                              \
  {                                                                         \
    G_STATIC_ASSERT (sizeof *(pp) == sizeof (gpointer));                    \
    __typeof__ (pp) g_clear_slot_ = (pp);                                   \
    __typeof__ (*(pp)) g_clear_value_ = *g_clear_slot_;                     \
    *g_clear_slot_ = NULL;                                                  \
    if (g_clear_value_)                                                     \
      (destroy) (g_clear_value_);                                           \
  }                                                                         \
  G_STMT_END

/* Room for n_structs values of struct_type, as a pointer of that type. */
#define g_new(struct_type, n_structs) \
  ((struct_type *) g_malloc_n ((n_structs), sizeof (struct_type)))
#define g_new0(struct_type, n_structs) \
  ((struct_type *) g_malloc0_n ((n_structs), sizeof (struct_type)))
#define g_renew(struct_type, mem, n_structs) \
  ((struct_type *) g_realloc_n ((mem), (n_structs), sizeof (struct_type)))
#define g_try_new(struct_type, n_structs) \
  ((struct_type *) g_try_malloc_n ((n_structs), sizeof (struct_type)))
#define g_try_new0(struct_type, n_structs) \
  ((struct_type *) g_try_malloc0_n ((n_structs), sizeof (struct_type)))
#define g_try_renew(struct_type, mem, n_structs) \
  ((struct_type *) g_try_realloc_n ((mem), (n_structs), sizeof (struct_type)))

#define g_memmove(dest, src, len) memmove ((dest), (src), (len))

/* Room for one struct_type, n_structs of it or size bytes in the current stack frame. */
#define g_alloca(size) __builtin_alloca (size)
#define g_alloca0(size) ((size) == 0 ? NULL : memset (g_alloca (size), 0, (size)))
#define g_newa(struct_type, n_structs) \
  ((struct_type *) g_alloca (sizeof (struct_type) * (gsize) (n_structs)))
#define g_newa0(struct_type, n_structs) \
  ((struct_type *) g_alloca0 (sizeof (struct_type) * (gsize) (n_structs)))

G_END_DECLS

#endif /* __G_MEM_H__ */
