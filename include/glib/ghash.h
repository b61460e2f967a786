/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GHashTable: pairs of a key and a value, found by the key; and hash and equality functions for pointers,
 * strings and numbers. The order of the pairs follows from hashes and from what happened to the table;
 * it changes when pairs come, and stays when pairs go through an iterator. A table that is given
 * functions to destroy keys and values owns what it holds. It knows nothing of what keys and values are.
 * Lists and arrays of keys are those of glist.h and garray.h.
 */
#ifndef __G_HASH_H__
#define __G_HASH_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/garray.h>
#include <glib/glist.h>
#include <string.h>

G_BEGIN_DECLS

typedef struct _GHashTable GHashTable;

/* Called for a pair of a table; what TRUE means is said by the function that calls it. */
typedef gboolean (*GHRFunc) (gpointer key, gpointer value, gpointer user_data);

typedef struct _GHashTableIter GHashTableIter;

/** A place in a table, set by g_hash_table_iter_init(); nothing to free. The members are the library's. */
struct _GHashTableIter
{
  /*< private >*/
  gpointer dummy1;
  gpointer dummy2;
  gpointer dummy3;
  int dummy4;
  gboolean dummy5;
  gpointer dummy6;
};

/** An empty table with one reference that frees nothing. NULL for hash_func means g_direct_hash(), for
 * key_equal_func comparing pointers. */
GLIB_AVAILABLE_IN_ALL
GHashTable *g_hash_table_new (GHashFunc hash_func, GEqualFunc key_equal_func);

/** Like g_hash_table_new(), with functions (or NULL) for keys and values that the table gives up. */
GLIB_AVAILABLE_IN_ALL
GHashTable *g_hash_table_new_full (GHashFunc hash_func, GEqualFunc key_equal_func, GDestroyNotify key_destroy_func,
                                   GDestroyNotify value_destroy_func);

/** An empty table with the functions of another. Since 2.72. */
GLIB_AVAILABLE_IN_2_72
GHashTable *g_hash_table_new_similar (GHashTable *other_hash_table);

/** Removes every pair and drops a reference. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_destroy (GHashTable *hash_table);

/** Takes a reference; any thread may. Returns hash_table. */
GLIB_AVAILABLE_IN_ALL
GHashTable *g_hash_table_ref (GHashTable *hash_table);

/** Drops a reference; any thread may. The last one takes the table and its pairs along. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_unref (GHashTable *hash_table);

/** Adds a pair. If an equal key is there, it stays, its value is exchanged, and key and the old value are
 * destroyed. TRUE if the key is new (since 2.40; nothing before). */
GLIB_AVAILABLE_IN_ALL
gboolean g_hash_table_insert (GHashTable *hash_table, gpointer key, gpointer value);

/** Adds a pair. If an equal key is there, key takes its place, and the old key and value are destroyed.
 * TRUE if the key is new (since 2.40; nothing before). */
GLIB_AVAILABLE_IN_ALL
gboolean g_hash_table_replace (GHashTable *hash_table, gpointer key, gpointer value);

/** g_hash_table_replace() of a key that is its own value, for tables used as sets. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gboolean g_hash_table_add (GHashTable *hash_table, gpointer key);

/** Removes a key and its value and destroys both; TRUE if it was there. */
GLIB_AVAILABLE_IN_ALL
gboolean g_hash_table_remove (GHashTable *hash_table, gconstpointer key);

/** Removes and destroys every pair. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_remove_all (GHashTable *hash_table);

/** Removes a key and its value and destroys neither; TRUE if it was there. */
GLIB_AVAILABLE_IN_ALL
gboolean g_hash_table_steal (GHashTable *hash_table, gconstpointer key);

/** Removes a pair, destroys none of it, and stores it in *stolen_key and *stolen_value (NULL: not wanted),
 * NULLs if there is none. TRUE if it was there. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gboolean g_hash_table_steal_extended (GHashTable *hash_table, gconstpointer lookup_key, gpointer *stolen_key,
                                      gpointer *stolen_value);

/** Removes every pair and destroys none. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_steal_all (GHashTable *hash_table);

/** Removes every pair, destroys the values and returns the keys, in an array that destroys them.
 * Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_hash_table_steal_all_keys (GHashTable *hash_table);

/** Removes every pair, destroys the keys and returns the values, in an array that destroys them.
 * Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_hash_table_steal_all_values (GHashTable *hash_table);

/** The value of key, or NULL; a value may be NULL too. It stays the table's. */
GLIB_AVAILABLE_IN_ALL
gpointer g_hash_table_lookup (GHashTable *hash_table, gconstpointer key);

/** TRUE if the key is there. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gboolean g_hash_table_contains (GHashTable *hash_table, gconstpointer key);

/** TRUE if the key is there; *orig_key (NULL: not wanted) is then the table's key, *value (NULL: not
 * wanted) its value, and both are NULL if it is not there. */
GLIB_AVAILABLE_IN_ALL
gboolean g_hash_table_lookup_extended (GHashTable *hash_table, gconstpointer lookup_key, gpointer *orig_key,
                                       gpointer *value);

/** Calls func for each pair; it must not add or remove any. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_foreach (GHashTable *hash_table, GHFunc func, gpointer user_data);

/** The value of the first pair for which predicate returns TRUE, or NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gpointer g_hash_table_find (GHashTable *hash_table, GHRFunc predicate, gpointer user_data);

/** Removes and destroys the pairs for which func returns TRUE; their number. */
GLIB_AVAILABLE_IN_ALL
guint g_hash_table_foreach_remove (GHashTable *hash_table, GHRFunc func, gpointer user_data);

/** Removes the pairs for which func returns TRUE and destroys none; their number. */
GLIB_AVAILABLE_IN_ALL
guint g_hash_table_foreach_steal (GHashTable *hash_table, GHRFunc func, gpointer user_data);

/** The number of pairs. */
GLIB_AVAILABLE_IN_ALL
guint g_hash_table_size (GHashTable *hash_table);

/** A list of the keys, freed with g_list_free(); the keys stay the table's. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
GList *g_hash_table_get_keys (GHashTable *hash_table);

/** A list of the values, freed with g_list_free(); the values stay the table's. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
GList *g_hash_table_get_values (GHashTable *hash_table);

/** An array of the keys that ends in NULL, freed with g_free(); the keys stay the table's. Their number is
 * stored in *length (NULL: not wanted). Since 2.40. */
GLIB_AVAILABLE_IN_2_40
gpointer *g_hash_table_get_keys_as_array (GHashTable *hash_table, guint *length);

/** An array of the keys, which stay the table's. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_hash_table_get_keys_as_ptr_array (GHashTable *hash_table);

/** An array of the values, which stay the table's. Since 2.76. */
GLIB_AVAILABLE_IN_2_76
GPtrArray *g_hash_table_get_values_as_ptr_array (GHashTable *hash_table);

/** Sets iter before the first pair of hash_table. Only the functions below may change the table until the
 * iterator is done with. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_iter_init (GHashTableIter *iter, GHashTable *hash_table);

/** Goes to the next pair and stores it in *key and *value (NULL: not wanted); FALSE behind the last, after
 * which iter must be set anew. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
gboolean g_hash_table_iter_next (GHashTableIter *iter, gpointer *key, gpointer *value);

/** The table that iter was set to. Since 2.28. */
GLIB_AVAILABLE_IN_2_28
GHashTable *g_hash_table_iter_get_hash_table (GHashTableIter *iter);

/** Removes and destroys the pair that iter is at. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_iter_remove (GHashTableIter *iter);

/** Gives the pair that iter is at another value and destroys the old one. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
void g_hash_table_iter_replace (GHashTableIter *iter, gpointer value);

/** Removes the pair that iter is at without destroying it. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
void g_hash_table_iter_steal (GHashTableIter *iter);

/* Do nothing; tables have long looked after their size themselves. */
#define g_hash_table_freeze(hash_table) ((void) 0) GLIB_DEPRECATED_MACRO_IN_2_26
#define g_hash_table_thaw(hash_table)   ((void) 0) GLIB_DEPRECATED_MACRO_IN_2_26

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
