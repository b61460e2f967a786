/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Atomic integers and pointers, every operation a full barrier. The functions exist for bindings and
 * function pointers; C programs get the macros of the same names.
 * It knows nothing of locks and waiting; those are in gthread.h.
 */
#ifndef __G_ATOMIC_H__
#define __G_ATOMIC_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/** The value at atomic. */
GLIB_AVAILABLE_IN_ALL
gint (g_atomic_int_get) (const volatile gint *atomic);

/** Stores newval at atomic. */
GLIB_AVAILABLE_IN_ALL
void (g_atomic_int_set) (volatile gint *atomic, gint newval);

/** Adds 1 to *atomic. */
GLIB_AVAILABLE_IN_ALL
void (g_atomic_int_inc) (volatile gint *atomic);

/** Takes 1 from *atomic; TRUE if that made it 0. */
GLIB_AVAILABLE_IN_ALL
gboolean (g_atomic_int_dec_and_test) (volatile gint *atomic);

/** Stores newval if *atomic is oldval; TRUE if it was. */
GLIB_AVAILABLE_IN_ALL
gboolean (g_atomic_int_compare_and_exchange) (volatile gint *atomic, gint oldval, gint newval);

/** Stores newval if *atomic is oldval, puts what was there in *preval; TRUE if stored. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
gboolean (g_atomic_int_compare_and_exchange_full) (gint *atomic, gint oldval, gint newval, gint *preval);

/** Stores newval and returns what was there. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
gint (g_atomic_int_exchange) (gint *atomic, gint newval);

/** Adds val and returns the value before. Since 2.4, with a result since 2.30. */
GLIB_AVAILABLE_IN_ALL
gint (g_atomic_int_add) (volatile gint *atomic, gint val);

/** Makes *atomic its bitwise and with val; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guint (g_atomic_int_and) (volatile guint *atomic, guint val);

/** Makes *atomic its bitwise or with val; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guint (g_atomic_int_or) (volatile guint *atomic, guint val);

/** Makes *atomic its bitwise exclusive or with val; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guint (g_atomic_int_xor) (volatile guint *atomic, guint val);

/** The pointer at atomic. */
GLIB_AVAILABLE_IN_ALL
gpointer (g_atomic_pointer_get) (const volatile void *atomic);

/** Stores newval at atomic. */
GLIB_AVAILABLE_IN_ALL
void (g_atomic_pointer_set) (volatile void *atomic, gpointer newval);

/** Stores newval if the pointer at atomic is oldval; TRUE if it was. */
GLIB_AVAILABLE_IN_ALL
gboolean (g_atomic_pointer_compare_and_exchange) (volatile void *atomic, gpointer oldval, gpointer newval);

/** Stores newval if the pointer at atomic is oldval, puts what was there in *preval; TRUE if stored.
 * Since 2.74. */
GLIB_AVAILABLE_IN_2_74
gboolean (g_atomic_pointer_compare_and_exchange_full) (void *atomic, gpointer oldval, gpointer newval,
                                                       void *preval);

/** Stores newval and returns what was there. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
gpointer (g_atomic_pointer_exchange) (void *atomic, gpointer newval);

/** Adds val to the integer as wide as a pointer at atomic; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gintptr (g_atomic_pointer_add) (volatile void *atomic, gssize val);

/** Bitwise and of what is at atomic with val; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guintptr (g_atomic_pointer_and) (volatile void *atomic, gsize val);

/** Bitwise or of what is at atomic with val; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guintptr (g_atomic_pointer_or) (volatile void *atomic, gsize val);

/** Bitwise exclusive or of what is at atomic with val; returns the value before. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guintptr (g_atomic_pointer_xor) (volatile void *atomic, gsize val);

/** g_atomic_int_add() under its name from when that had no result. */
GLIB_DEPRECATED_IN_2_30_FOR (g_atomic_int_add)
gint g_atomic_int_exchange_and_add (volatile gint *atomic, gint val);

/* The same as operations of the compiler, in place and for pointers of any type. */
#define G_ATOMIC_INT_CHECK_(atomic) G_STATIC_ASSERT_EXPR (sizeof *(atomic) == sizeof (gint))
#define G_ATOMIC_POINTER_CHECK_(atomic) G_STATIC_ASSERT_EXPR (sizeof *(atomic) == sizeof (gpointer))

#define g_atomic_int_get(atomic) \
  (G_ATOMIC_INT_CHECK_ (atomic), (gint) __atomic_load_n ((atomic), __ATOMIC_SEQ_CST))
#define g_atomic_int_set(atomic, newval) \
  (G_ATOMIC_INT_CHECK_ (atomic), __atomic_store_n ((atomic), (newval), __ATOMIC_SEQ_CST))
#define g_atomic_int_inc(atomic) \
  (G_ATOMIC_INT_CHECK_ (atomic), (void) __atomic_fetch_add ((atomic), 1, __ATOMIC_SEQ_CST))
#define g_atomic_int_dec_and_test(atomic) \
  (G_ATOMIC_INT_CHECK_ (atomic), __atomic_fetch_sub ((atomic), 1, __ATOMIC_SEQ_CST) == 1)
#define g_atomic_int_compare_and_exchange(atomic, oldval, newval) \
  (G_ATOMIC_INT_CHECK_ (atomic), \
   (gboolean) __sync_bool_compare_and_swap ((atomic), (oldval), (newval)))
#define g_atomic_int_compare_and_exchange_full(atomic, oldval, newval, preval) \
  (G_ATOMIC_INT_CHECK_ (atomic), G_ATOMIC_INT_CHECK_ (preval), *(preval) = (oldval), \
   (gboolean) __atomic_compare_exchange_n ((atomic), (preval), (newval), FALSE, __ATOMIC_SEQ_CST, \
                                           __ATOMIC_SEQ_CST))
#define g_atomic_int_exchange(atomic, newval) \
  (G_ATOMIC_INT_CHECK_ (atomic), (gint) __atomic_exchange_n ((atomic), (newval), __ATOMIC_SEQ_CST))
#define g_atomic_int_add(atomic, val) \
  (G_ATOMIC_INT_CHECK_ (atomic), (gint) __atomic_fetch_add ((atomic), (val), __ATOMIC_SEQ_CST))
#define g_atomic_int_and(atomic, val) \
  (G_ATOMIC_INT_CHECK_ (atomic), (guint) __atomic_fetch_and ((atomic), (val), __ATOMIC_SEQ_CST))
#define g_atomic_int_or(atomic, val) \
  (G_ATOMIC_INT_CHECK_ (atomic), (guint) __atomic_fetch_or ((atomic), (val), __ATOMIC_SEQ_CST))
#define g_atomic_int_xor(atomic, val) \
  (G_ATOMIC_INT_CHECK_ (atomic), (guint) __atomic_fetch_xor ((atomic), (val), __ATOMIC_SEQ_CST))

#define g_atomic_pointer_get(atomic) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), __atomic_load_n ((atomic), __ATOMIC_SEQ_CST))
#define g_atomic_pointer_set(atomic, newval) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   __atomic_store_n ((atomic), (__typeof__ (*(atomic))) (newval), __ATOMIC_SEQ_CST))
#define g_atomic_pointer_compare_and_exchange(atomic, oldval, newval) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   (gboolean) __sync_bool_compare_and_swap ((atomic), (__typeof__ (*(atomic))) (oldval), \
                                            (__typeof__ (*(atomic))) (newval)))
#define g_atomic_pointer_compare_and_exchange_full(atomic, oldval, newval, preval) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), G_ATOMIC_POINTER_CHECK_ (preval), \
   *(preval) = (__typeof__ (*(atomic))) (oldval), \
   (gboolean) __atomic_compare_exchange_n ((atomic), (preval), (__typeof__ (*(atomic))) (newval), FALSE, \
                                           __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
#define g_atomic_pointer_exchange(atomic, newval) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   __atomic_exchange_n ((atomic), (__typeof__ (*(atomic))) (newval), __ATOMIC_SEQ_CST))
#define g_atomic_pointer_add(atomic, val) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   (gintptr) __atomic_fetch_add ((volatile gintptr *) (volatile void *) (atomic), (val), __ATOMIC_SEQ_CST))
#define g_atomic_pointer_and(atomic, val) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   (guintptr) __atomic_fetch_and ((volatile guintptr *) (volatile void *) (atomic), (val), __ATOMIC_SEQ_CST))
#define g_atomic_pointer_or(atomic, val) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   (guintptr) __atomic_fetch_or ((volatile guintptr *) (volatile void *) (atomic), (val), __ATOMIC_SEQ_CST))
#define g_atomic_pointer_xor(atomic, val) \
  (G_ATOMIC_POINTER_CHECK_ (atomic), \
   (guintptr) __atomic_fetch_xor ((volatile guintptr *) (volatile void *) (atomic), (val), __ATOMIC_SEQ_CST))

G_END_DECLS

#endif /* __G_ATOMIC_H__ */
