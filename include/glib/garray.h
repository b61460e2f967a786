/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Arrays that grow: GArray of elements of one size, GByteArray of bytes, GPtrArray of pointers. Their two
 * members may be read at any time; data moves when the array grows. Each has a count of references, and
 * a function may be set that is told of elements that go. Functions that return the array they were
 * given do so to be chained. Elements that are pairs are better kept in a table, ghash.h; bytes that do
 * not change any more in gbytes.h.
 */
#ifndef __G_ARRAY_H__
#define __G_ARRAY_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

typedef struct _GBytes GBytes;
typedef struct _GArray GArray;
typedef struct _GByteArray GByteArray;
typedef struct _GPtrArray GPtrArray;

struct _GArray
{
  gchar *data; /* the elements, NULL if there never was one */
  guint len;   /* elements, without the one of zeroes behind the last */
};

struct _GByteArray
{
  guint8 *data; /* the bytes, NULL if there never was one */
  guint len;
};

struct _GPtrArray
{
  gpointer *pdata; /* the pointers, NULL if there never was one */
  guint len;       /* pointers, without the NULL behind the last */
};

/* ---- Elements of one size ------------------------------------------------------------------------ */

/* These take the value itself, which must be a variable of the elements' type. */
#define g_array_append_val(a, v)    g_array_append_vals (a, &(v), 1)
#define g_array_prepend_val(a, v)   g_array_prepend_vals (a, &(v), 1)
#define g_array_insert_val(a, i, v) g_array_insert_vals (a, i, &(v), 1)

/* The element number i, of type t: to be read or written. */
#define g_array_index(a, t, i) (((t *) (void *) (a)->data)[(i)])

/** An empty array. With zero_terminated an element of zeroes lies behind the last; with clear_ elements
 * that nobody wrote are zeroes. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_new (gboolean zero_terminated, gboolean clear_, guint element_size);

/** An array of the len elements at data, which it takes over. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GArray *g_array_new_take (gpointer data, gsize len, gboolean clear, gsize element_size);

/** An array of the elements at data before the one of zeroes; it takes them over and ends so too.
 * Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GArray *g_array_new_take_zero_terminated (gpointer data, gboolean clear, gsize element_size);

/** Hands over the elements, freed with g_free(), and stores their number in *len (NULL: not wanted); the
 * array is empty and stays. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
gpointer g_array_steal (GArray *array, gsize *len);

/** g_array_new() with room for reserved_size elements to come. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_sized_new (gboolean zero_terminated, gboolean clear_, guint element_size, guint reserved_size);

/** A copy of the array; pointers in it are copied, not what they point to. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
GArray *g_array_copy (GArray *array);

/** Drops a reference. The elements go too and NULL is returned if free_segment is TRUE; otherwise they
 * are returned and are the caller's, freed with g_free(). If others have references, they keep an
 * empty array. */
GLIB_AVAILABLE_IN_ALL
gchar *g_array_free (GArray *array, gboolean free_segment);

/** Takes a reference; any thread may. Returns array. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_ref (GArray *array);

/** Drops a reference; any thread may. The last one takes the array along. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_array_unref (GArray *array);

/** The size of an element in bytes. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
guint g_array_get_element_size (GArray *array);

/** Adds copies of the len elements at data behind the last. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_append_vals (GArray *array, gconstpointer data, guint len);

/** Adds copies of the len elements at data before the first. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_prepend_vals (GArray *array, gconstpointer data, guint len);

/** Adds copies of the len elements at data so that the first becomes number index_, which may lie behind
 * the end. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_insert_vals (GArray *array, guint index_, gconstpointer data, guint len);

/** Makes the array length elements long; what is too much is removed. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_set_size (GArray *array, guint length);

/** Removes an element; those behind it move up. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_remove_index (GArray *array, guint index_);

/** Removes an element; the last one takes its place. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_remove_index_fast (GArray *array, guint index_);

/** Removes length elements from number index_ on. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GArray *g_array_remove_range (GArray *array, guint index_, guint length);

/** Sorts the array by a function that gets the places of two elements, keeping the order of equal ones. */
GLIB_AVAILABLE_IN_ALL
void g_array_sort (GArray *array, GCompareFunc compare_func);

/** g_array_sort() by a function that is given user_data. */
GLIB_AVAILABLE_IN_ALL
void g_array_sort_with_data (GArray *array, GCompareDataFunc compare_func, gpointer user_data);

/** Whether a sorted array has an element equal to the one at target; the number of one such is stored in
 * *out_match_index (NULL: not wanted). Since 2.62. */
GLIB_AVAILABLE_IN_2_62
gboolean g_array_binary_search (GArray *array, gconstpointer target, GCompareFunc compare_func,
                                guint *out_match_index);

/** Sets what is called with the place of each element that goes (NULL: nothing). Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_array_set_clear_func (GArray *array, GDestroyNotify clear_func);

/* ---- Pointers ------------------------------------------------------------------------------------ */

/* The pointer number index_: to be read or written. */
#define g_ptr_array_index(array, index_) ((array)->pdata)[index_]

/** An empty array that frees nothing. */
GLIB_AVAILABLE_IN_ALL
GPtrArray *g_ptr_array_new (void);

/** An empty array that calls element_free_func on what it gives up. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
GPtrArray *g_ptr_array_new_with_free_func (GDestroyNotify element_free_func);

/** An array of the len pointers at data, which it takes over. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_ptr_array_new_take (gpointer *data, gsize len, GDestroyNotify element_free_func);

/** An array of copies of the len pointers at data, or of what copy_func makes of each. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_ptr_array_new_from_array (gpointer *data, gsize len, GCopyFunc copy_func, gpointer copy_func_user_data,
                                       GDestroyNotify element_free_func);

/** Hands over the pointers, freed with g_free(), and stores their number in *len (NULL: not wanted); the
 * array is empty and stays. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
gpointer *g_ptr_array_steal (GPtrArray *array, gsize *len);

/** A copy of the array, of its pointers or of what func makes of each; it frees as the original does.
 * Since 2.62. */
GLIB_AVAILABLE_IN_2_62
GPtrArray *g_ptr_array_copy (GPtrArray *array, GCopyFunc func, gpointer user_data);

/** An empty array with room for reserved_size pointers to come. */
GLIB_AVAILABLE_IN_ALL
GPtrArray *g_ptr_array_sized_new (guint reserved_size);

/** g_ptr_array_sized_new() and g_ptr_array_new_with_free_func() in one. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
GPtrArray *g_ptr_array_new_full (guint reserved_size, GDestroyNotify element_free_func);

/** g_ptr_array_new_full() of an array with a NULL behind its last pointer, if null_terminated is TRUE;
 * pdata is still NULL while there was no pointer. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
GPtrArray *g_ptr_array_new_null_terminated (guint reserved_size, GDestroyNotify element_free_func,
                                            gboolean null_terminated);

/** An array of the pointers at data before the NULL; it takes them over and ends so too. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_ptr_array_new_take_null_terminated (gpointer *data, GDestroyNotify element_free_func);

/** An array of copies of the pointers at data before the NULL, or of what copy_func makes of each; it ends
 * so too. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_ptr_array_new_from_null_terminated_array (gpointer *data, GCopyFunc copy_func,
                                                       gpointer copy_func_user_data, GDestroyNotify element_free_func);

/** Drops a reference. The pointers are freed and NULL is returned if free_seg is TRUE; otherwise they are
 * returned and are the caller's, their array freed with g_free(). If others have references, they keep
 * an empty array. */
GLIB_AVAILABLE_IN_ALL
gpointer *g_ptr_array_free (GPtrArray *array, gboolean free_seg);

/** Takes a reference; any thread may. Returns array. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
GPtrArray *g_ptr_array_ref (GPtrArray *array);

/** Drops a reference; any thread may. The last one takes the array along. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_unref (GPtrArray *array);

/** Sets what is called with each pointer that goes (NULL: nothing). Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_set_free_func (GPtrArray *array, GDestroyNotify element_free_func);

/** Makes the array length pointers long; new ones are NULL, what is too much is removed. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_set_size (GPtrArray *array, gint length);

/** Removes the pointer number index_ and returns it, freed if there is a function for that; those behind
 * it move up. */
GLIB_AVAILABLE_IN_ALL
gpointer g_ptr_array_remove_index (GPtrArray *array, guint index_);

/** g_ptr_array_remove_index(), but the last pointer takes the place. */
GLIB_AVAILABLE_IN_ALL
gpointer g_ptr_array_remove_index_fast (GPtrArray *array, guint index_);

/** Removes the pointer number index_ and returns it, not freed; those behind it move up. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer g_ptr_array_steal_index (GPtrArray *array, guint index_);

/** g_ptr_array_steal_index(), but the last pointer takes the place. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gpointer g_ptr_array_steal_index_fast (GPtrArray *array, guint index_);

/** Removes the first pointer that is data; those behind it move up. TRUE if there was one. */
GLIB_AVAILABLE_IN_ALL
gboolean g_ptr_array_remove (GPtrArray *array, gpointer data);

/** g_ptr_array_remove(), but the last pointer takes the place. */
GLIB_AVAILABLE_IN_ALL
gboolean g_ptr_array_remove_fast (GPtrArray *array, gpointer data);

/** Removes length pointers from number index_ on. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GPtrArray *g_ptr_array_remove_range (GPtrArray *array, guint index_, guint length);

/** Adds data behind the last pointer. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_add (GPtrArray *array, gpointer data);

/** Adds the pointers of array, or what func makes of each. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
void g_ptr_array_extend (GPtrArray *array_to_extend, GPtrArray *array, GCopyFunc func, gpointer user_data);

/** Adds the pointers of array, of which a reference is dropped and which is left empty. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
void g_ptr_array_extend_and_steal (GPtrArray *array_to_extend, GPtrArray *array);

/** Adds data so that it becomes number index_; behind the last if that is -1. Since 2.40. */
GLIB_AVAILABLE_IN_2_40
void g_ptr_array_insert (GPtrArray *array, gint index_, gpointer data);

/** Sorts the array by a function that gets the places of two pointers, keeping the order of equal ones. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_sort (GPtrArray *array, GCompareFunc compare_func);

/** g_ptr_array_sort() by a function that is given user_data. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_sort_with_data (GPtrArray *array, GCompareDataFunc compare_func, gpointer user_data);

/** Sorts the array by a function that gets two pointers, keeping the order of equal ones. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
void g_ptr_array_sort_values (GPtrArray *array, GCompareFunc compare_func);

/** g_ptr_array_sort_values() by a function that is given user_data. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
void g_ptr_array_sort_values_with_data (GPtrArray *array, GCompareDataFunc compare_func, gpointer user_data);

/** Calls func for each pointer. */
GLIB_AVAILABLE_IN_ALL
void g_ptr_array_foreach (GPtrArray *array, GFunc func, gpointer user_data);

/** Whether the array holds needle; its first number is stored in *index_ (NULL: not wanted). Since 2.54. */
GLIB_AVAILABLE_IN_2_54
gboolean g_ptr_array_find (GPtrArray *haystack, gconstpointer needle, guint *index_);

/** Whether the array holds a pointer for which equal_func (pointer, needle) is TRUE (NULL: which is
 * needle); its first number is stored in *index_ (NULL: not wanted). Since 2.54. */
GLIB_AVAILABLE_IN_2_54
gboolean g_ptr_array_find_with_equal_func (GPtrArray *haystack, gconstpointer needle, GEqualFunc equal_func,
                                           guint *index_);

/** TRUE if the array was made to have a NULL behind its last pointer. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
gboolean g_ptr_array_is_null_terminated (GPtrArray *array);

/* ---- Bytes --------------------------------------------------------------------------------------- */

/** An empty array. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_new (void);

/** An array of the len bytes at data, which it takes over. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
GByteArray *g_byte_array_new_take (guint8 *data, gsize len);

/** Hands over the bytes, freed with g_free(), and stores their number in *len (NULL: not wanted); the
 * array is empty and stays. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
guint8 *g_byte_array_steal (GByteArray *array, gsize *len);

/** An empty array with room for reserved_size bytes to come. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_sized_new (guint reserved_size);

/** Drops a reference. The bytes go too and NULL is returned if free_segment is TRUE; otherwise they are
 * returned and are the caller's, freed with g_free(). If others have references, they keep an empty
 * array. */
GLIB_AVAILABLE_IN_ALL
guint8 *g_byte_array_free (GByteArray *array, gboolean free_segment);

/** Drops a reference and returns the bytes, to be changed no more. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
GBytes *g_byte_array_free_to_bytes (GByteArray *array);

/** Takes a reference; any thread may. Returns array. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_ref (GByteArray *array);

/** Drops a reference; any thread may. The last one takes the array along. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_byte_array_unref (GByteArray *array);

/** Adds the len bytes at data behind the last. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_append (GByteArray *array, const guint8 *data, guint len);

/** Adds the len bytes at data before the first. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_prepend (GByteArray *array, const guint8 *data, guint len);

/** Makes the array length bytes long; new ones are anything. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_set_size (GByteArray *array, guint length);

/** Removes a byte; those behind it move up. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_remove_index (GByteArray *array, guint index_);

/** Removes a byte; the last one takes its place. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_remove_index_fast (GByteArray *array, guint index_);

/** Removes length bytes from number index_ on. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GByteArray *g_byte_array_remove_range (GByteArray *array, guint index_, guint length);

/** Sorts the bytes by a function that gets the places of two. */
GLIB_AVAILABLE_IN_ALL
void g_byte_array_sort (GByteArray *array, GCompareFunc compare_func);

/** g_byte_array_sort() by a function that is given user_data. */
GLIB_AVAILABLE_IN_ALL
void g_byte_array_sort_with_data (GByteArray *array, GCompareDataFunc compare_func, gpointer user_data);

G_END_DECLS

#endif /* __G_ARRAY_H__ */
