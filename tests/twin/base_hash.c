/* base_hash.c - GHashTable: what each function does, the order in which pairs are met, and who is told when they go.
 *
 * The order is promised by nobody and relied on by many, so it is compared through everything that can happen to a
 * table. Functions newer than the oracle are in OWN cases at the end. Read next: base_arrays.c.
 */
#include "twin.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = { "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa" };

static void
tell_order (const char *what, GHashTable *table)
{
    GHashTableIter iter;
    gpointer       key, value;
    GString       *text = g_string_new (NULL);

    g_hash_table_iter_init (&iter, table);
    expect (g_hash_table_iter_get_hash_table (&iter) == table);
    while (g_hash_table_iter_next (&iter, &key, &value))
        g_string_append_printf (text, " %s=%s", (char *) key, (char *) value);
    trace ("%s: %u:%s", what, g_hash_table_size (table), text->str);
    g_string_free (text, TRUE);
}

static GHashTable *
table_of_words (GDestroyNotify key_destroy, GDestroyNotify value_destroy)
{
    GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, key_destroy, value_destroy);

    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        expect (g_hash_table_insert (table, (gpointer) words[i], (gpointer) words[(i + 1) % G_N_ELEMENTS (words)]));
    return table;
}

static void
tell_key (gpointer key)
{
    trace ("key %s", (char *) key);
}

static void
tell_value (gpointer value)
{
    trace ("value %s", (char *) value);
}

static void
tell_pair (gpointer key, gpointer value, gpointer data)
{
    trace ("%s %s=%s", (char *) data, (char *) key, (char *) value);
}

static gboolean
begins_with (gpointer key, gpointer value, gpointer letters)
{
    (void) value;
    return strchr (letters, *(char *) key) != NULL;
}

static gboolean
tell_equal (gconstpointer a, gconstpointer b)
{
    trace ("equal %s %s", (const char *) a, (const char *) b);
    return strcmp (a, b) == 0;
}

TWIN (pairs_are_put_found_and_taken, "BH-020")
{
    GHashTable *table = table_of_words (NULL, NULL);
    gpointer    key = &table, value = &table;

    trace ("lookup %s", (char *) g_hash_table_lookup (table, "beta"));
    expect (g_hash_table_lookup (table, "omega") == NULL && !g_hash_table_contains (table, "omega"));
    expect (g_hash_table_contains (table, "zeta"));
    expect (g_hash_table_lookup_extended (table, "eta", &key, &value) && key == words[6] && value == words[7]);
    expect (g_hash_table_lookup_extended (table, "eta", NULL, NULL));
    expect (!g_hash_table_lookup_extended (table, "none", &key, &value) && key == NULL && value == NULL);
    expect (!g_hash_table_insert (table, "beta", "new"));
    expect (!g_hash_table_replace (table, "gamma", "newer"));
    expect (g_hash_table_remove (table, "delta") && !g_hash_table_remove (table, "delta"));
    expect (g_hash_table_steal (table, "zeta") && !g_hash_table_steal (table, "zeta"));
    key = value = &table;
    expect (!g_hash_table_steal_extended (table, "zeta", &key, &value) && key == NULL && value == NULL);
    expect (g_hash_table_steal_extended (table, "eta", &key, &value) && key == words[6] && value == words[7]);
    tell_order ("left", table);
    trace ("found %s", (char *) g_hash_table_find (table, begins_with, "gk"));
    expect (g_hash_table_find (table, begins_with, "x") == NULL);
    g_hash_table_foreach (table, tell_pair, "each");
    trace ("removed %u", g_hash_table_foreach_remove (table, begins_with, "ab"));
    trace ("stolen %u", g_hash_table_foreach_steal (table, begins_with, "gx"));
    tell_order ("left", table);
    g_hash_table_remove_all (table);
    tell_order ("empty", table);
    g_hash_table_unref (table);
}

TWIN (functions_are_called_in_order, "BH-020")
{
    GHashTable *table = g_hash_table_new_full (g_str_hash, tell_equal, tell_key, tell_value);
    char        same[] = "same", twin[] = "same";
    gpointer    key, value;

    g_hash_table_insert (table, same, "1");
    g_hash_table_insert (table, same, "2");
    g_hash_table_insert (table, twin, "3");
    expect (g_hash_table_lookup_extended (table, "same", &key, NULL) && key == same);
    g_hash_table_replace (table, twin, "4");
    expect (g_hash_table_lookup_extended (table, "same", &key, NULL) && key == twin);
    g_hash_table_add (table, same);
    trace ("steal");
    expect (g_hash_table_steal (table, "same"));
    g_hash_table_insert (table, "a", "1");
    g_hash_table_insert (table, "b", "2");
    trace ("extended");
    expect (g_hash_table_steal_extended (table, "a", NULL, &value) && strcmp (value, "1") == 0);
    expect (g_hash_table_steal_extended (table, "b", &key, NULL) && strcmp (key, "b") == 0);
    g_hash_table_insert (table, "c", "3");
    g_hash_table_insert (table, "d", "4");
    trace ("remove %d", g_hash_table_remove (table, "c"));
    g_hash_table_ref (table);
    trace ("destroy");
    g_hash_table_destroy (table);
    g_hash_table_insert (table, "e", "5");
    g_hash_table_insert (table, "f", "6");
    trace ("steal all");
    g_hash_table_steal_all (table);
    g_hash_table_insert (table, "g", "7");
    trace ("unref");
    g_hash_table_unref (table);
}

TWIN (iterator_changes_what_it_is_at, "BH-020")
{
    GHashTable    *table = table_of_words (tell_key, tell_value);
    GHashTableIter iter;
    gpointer       key, value;

    g_hash_table_iter_init (&iter, table);
    for (int n = 0; g_hash_table_iter_next (&iter, &key, &value); n++) {
        if (n % 3 == 0)
            g_hash_table_iter_remove (&iter);
        else if (n % 3 == 1)
            g_hash_table_iter_replace (&iter, "changed");
        else
            g_hash_table_iter_steal (&iter);
    }
    tell_order ("left", table);
    g_hash_table_iter_init (&iter, table);
    while (g_hash_table_iter_next (&iter, NULL, NULL))
        g_hash_table_iter_steal (&iter);
    g_hash_table_unref (table);
}

TWIN (keys_and_values_are_listed, "BH-020")
{
    GHashTable *table = table_of_words (NULL, NULL);
    GList      *keys = g_hash_table_get_keys (table), *values = g_hash_table_get_values (table);
    guint       length = 99;
    char      **array;

    for (GList *node = keys; node != NULL; node = node->next)
        trace ("key %s", (char *) node->data);
    for (GList *node = values; node != NULL; node = node->next)
        trace ("value %s", (char *) node->data);
    g_list_free (keys);
    g_list_free (values);
    array = (char **) g_hash_table_get_keys_as_array (table, &length);
    trace ("%u:", length);
    for (guint i = 0; i <= length; i++)
        trace ("%s", array[i] != NULL ? array[i] : "end");
    g_free (array);
    g_hash_table_remove_all (table);
    array = (char **) g_hash_table_get_keys_as_array (table, NULL);
    expect (array != NULL && array[0] == NULL && g_hash_table_get_keys (table) == NULL);
    g_free (array);
    g_hash_table_unref (table);
}

/* ---- The order of pairs ----------------------------------------------------------------------------------------- */

static guint
few_hashes (gconstpointer key)
{
    return GPOINTER_TO_UINT (key) % 5;
}

static void
tell_numbers (GHashTable *table)
{
    GHashTableIter iter;
    gpointer       key;
    guint32        sum = 0;
    GString       *text = g_string_new (NULL);

    g_hash_table_iter_init (&iter, table);
    while (g_hash_table_iter_next (&iter, &key, NULL)) {
        sum = sum * 31 + GPOINTER_TO_UINT (key);
        if (text->len < 60)
            g_string_append_printf (text, " %u", GPOINTER_TO_UINT (key));
    }
    trace ("%u pairs, %08x:%s", g_hash_table_size (table), sum, text->str);
    g_string_free (text, TRUE);
}

static gboolean
is_third (gpointer key, gpointer value, gpointer data)
{
    (void) value;
    (void) data;
    return GPOINTER_TO_UINT (key) % 3 == 0;
}

/* Adds, removes and sweeps at random: mostly adding at first, mostly removing later. */
static void
shuffle_table (GHashFunc hash, guint32 seed, guint32 universe, int steps)
{
    GHashTable *table = g_hash_table_new (hash, NULL);

    for (int step = 0; step < steps; step++) {
        gpointer key = GUINT_TO_POINTER (shuffled (&seed) % universe);
        guint32  dice = shuffled (&seed) % 100;

        if (dice < (step < steps / 2 ? 70u : 30u)) {
            g_hash_table_add (table, key);
        } else if (dice < 98) {
            GHashTableIter iter;
            guint32        skip = shuffled (&seed) % (g_hash_table_size (table) + 1);

            g_hash_table_iter_init (&iter, table);
            while (skip-- > 0 && g_hash_table_iter_next (&iter, &key, NULL))
                ;
            g_hash_table_remove (table, key);
        } else if (dice == 98) {
            trace ("removed %u", g_hash_table_foreach_remove (table, is_third, NULL));
        } else if (g_hash_table_size (table) > 0) {
            GHashTableIter iter;

            g_hash_table_iter_init (&iter, table);
            g_hash_table_iter_next (&iter, NULL, NULL);
            g_hash_table_iter_remove (&iter);
        }
        if (step % 7 == 0)
            tell_numbers (table);
    }
    g_hash_table_remove_all (table);
    g_hash_table_add (table, GUINT_TO_POINTER (9));
    g_hash_table_add (table, GUINT_TO_POINTER (2));
    tell_numbers (table);
    g_hash_table_destroy (table);
}

TWIN (order_of_small_tables_is_the_same, "BH-020")
{
    for (guint32 seed = 1; seed < 6; seed++)
        shuffle_table (NULL, seed, 25, 300);
}

TWIN (order_of_growing_tables_is_the_same, "BH-020")
{
    shuffle_table (g_direct_hash, 7, G_MAXUINT32, 1500);
    shuffle_table (g_direct_hash, 8, 3000, 1500);
}

TWIN (order_under_collisions_is_the_same, "BH-020")
{
    shuffle_table (few_hashes, 9, 60, 600);
}

TWIN (order_of_a_large_table_is_the_same, "BH-020")
{
    GHashTable *table = g_hash_table_new (NULL, NULL);
    guint32     seed = 4711;
    guint       n = 0;

    while (g_hash_table_size (table) < 40000) {
        g_hash_table_add (table, GUINT_TO_POINTER (shuffled (&seed)));
        if (++n % 4000 == 0)
            tell_numbers (table);
    }
    seed = 4711;
    while (g_hash_table_size (table) > 10) {
        g_hash_table_remove (table, GUINT_TO_POINTER (shuffled (&seed)));
        if (++n % 4000 == 0)
            tell_numbers (table);
    }
    tell_numbers (table);
    g_hash_table_unref (table);
}

/* ---- Keys ------------------------------------------------------------------------------------------------------- */

TWIN (hashes_and_equality_of_the_usual_keys, "BH-020")
{
    static const gint64  integers[] = { 0, 1, -1, G_MAXINT64, G_MININT64, G_GINT64_CONSTANT (0x123456789) };
    static const gdouble reals[] = { 0, 1.5, -1.5, 1e6, 4294967297.0 };

    for (guint i = 0; i < G_N_ELEMENTS (integers); i++) {
        gint number = (gint) integers[i];

        trace ("int64 %u, int %u", g_int64_hash (&integers[i]), g_int_hash (&number));
        expect (g_int64_equal (&integers[i], &integers[0]) == (i == 0));
    }
    for (guint i = 0; i < G_N_ELEMENTS (reals); i++) {
        trace ("double %u", g_double_hash (&reals[i]));
        expect (g_double_equal (&reals[i], &reals[0]) == (i == 0));
    }
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        trace ("%s %u", words[i], g_str_hash (words[i]));
    trace ("signed bytes %u, empty %u", g_str_hash ("\xff\x80\xc3\xa9"), g_str_hash (""));
    trace ("pointers %u %u", g_direct_hash (NULL), g_direct_hash (GSIZE_TO_POINTER (0x123456789)));
    expect (g_direct_equal (words, words) && !g_direct_equal (words, NULL));
    expect (g_int_equal (&(gint){ 5 }, &(gint){ 5 }) && !g_int_equal (&(gint){ 5 }, &(gint){ 6 }));
}

TWIN (table_goes_with_its_scope, "BH-020")
{
    g_autoptr (GHashTable) table = g_hash_table_new_full (NULL, NULL, NULL, tell_value);
    g_autoptr (GHashTable) similar = g_hash_table_new_similar (table);

    g_hash_table_insert (similar, NULL, "of similar");
    g_hash_table_insert (table, NULL, "of table");
}

/* ---- Misuse ----------------------------------------------------------------------------------------------------- */

static GHashTable *changing;

static void
change (gpointer key, gpointer value, gpointer data)
{
    (void) key;
    (void) value;
    (void) data;
    g_hash_table_insert (changing, "new", "pair");
}

static gboolean
change_and_say_yes (gpointer key, gpointer value, gpointer data)
{
    change (key, value, data);
    return TRUE;
}

TWIN (change_during_a_sweep_is_told, "BH-024")
{
    for (int way = 0; way < 4; way++) {
        changing = g_hash_table_new (g_str_hash, g_str_equal);
        g_hash_table_insert (changing, "one", "1");
        if (way == 0)
            g_hash_table_foreach (changing, change, NULL);
        else if (way == 1)
            expect (g_hash_table_find (changing, change_and_say_yes, NULL) == NULL);
        else if (way == 2)
            expect (g_hash_table_foreach_remove (changing, change_and_say_yes, NULL) == 0);
        else
            expect (g_hash_table_foreach_steal (changing, change_and_say_yes, NULL) == 0);
        g_hash_table_unref (changing);
    }
}

TWIN (change_behind_an_iterator_is_told, "BH-024")
{
    GHashTable    *table = g_hash_table_new (g_str_hash, g_str_equal);
    GHashTableIter iter;

    g_hash_table_insert (table, "one", "1");
    g_hash_table_iter_init (&iter, table);
    g_hash_table_iter_remove (&iter);
    g_hash_table_iter_steal (&iter);
    g_hash_table_iter_replace (&iter, NULL);
    expect (g_hash_table_iter_next (&iter, NULL, NULL) && !g_hash_table_iter_next (&iter, NULL, NULL));
    expect (!g_hash_table_iter_next (&iter, NULL, NULL));
    g_hash_table_iter_remove (&iter);
    g_hash_table_iter_init (&iter, table);
    g_hash_table_insert (table, "one", "another");
    expect (g_hash_table_iter_next (&iter, NULL, NULL));
    g_hash_table_insert (table, "two", "2");
    expect (!g_hash_table_iter_next (&iter, NULL, NULL));
    g_hash_table_iter_remove (&iter);
    g_hash_table_iter_replace (&iter, NULL);
    g_hash_table_unref (table);
}

TWIN (no_table_is_told, "BH-024")
{
    GHashTable    *table = g_hash_table_new (NULL, NULL);
    GHashTableIter iter;
    gpointer       pointer = &iter;

    expect (g_hash_table_new_similar (NULL) == NULL);
    g_hash_table_destroy (NULL);
    expect (!g_hash_table_insert (NULL, NULL, NULL));
    expect (!g_hash_table_replace (NULL, NULL, NULL));
    expect (!g_hash_table_add (NULL, NULL));
    expect (!g_hash_table_remove (NULL, NULL));
    g_hash_table_remove_all (NULL);
    expect (!g_hash_table_steal (NULL, NULL));
    expect (!g_hash_table_steal_extended (NULL, NULL, &pointer, NULL) && pointer == &iter);
    g_hash_table_steal_all (NULL);
    expect (g_hash_table_lookup (NULL, NULL) == NULL);
    expect (!g_hash_table_contains (NULL, NULL));
    expect (!g_hash_table_lookup_extended (NULL, NULL, &pointer, NULL) && pointer == &iter);
    g_hash_table_foreach (NULL, NULL, NULL);
    g_hash_table_foreach (table, NULL, NULL);
    expect (g_hash_table_find (NULL, NULL, NULL) == NULL && g_hash_table_find (table, NULL, NULL) == NULL);
    expect (g_hash_table_foreach_remove (NULL, NULL, NULL) == 0);
    expect (g_hash_table_foreach_remove (table, NULL, NULL) == 0);
    expect (g_hash_table_foreach_steal (NULL, NULL, NULL) == 0);
    expect (g_hash_table_foreach_steal (table, NULL, NULL) == 0);
    expect (g_hash_table_size (NULL) == 0);
    expect (g_hash_table_get_keys (NULL) == NULL && g_hash_table_get_values (NULL) == NULL);
    g_hash_table_iter_init (NULL, table);
    g_hash_table_iter_init (&iter, NULL);
    expect (!g_hash_table_iter_next (NULL, NULL, NULL));
    expect (g_hash_table_iter_get_hash_table (NULL) == NULL);
    g_hash_table_iter_remove (NULL);
    g_hash_table_iter_steal (NULL);
    g_hash_table_iter_replace (NULL, NULL);
    expect (g_hash_table_ref (NULL) == NULL);
    g_hash_table_unref (NULL);
    g_hash_table_unref (table);
}

/* ---- Newer than the oracle -------------------------------------------------------------------------------------- */

#if GLIB_CHECK_VERSION(2, 76, 0)
static void
count (gpointer data)
{
    ++*(int *) data;
}

OWN (halves_of_a_table_become_arrays, "BH-020", "the functions are of 2.76")
{
    int         keys[2] = { 0, 0 }, values[2] = { 0, 0 };
    GHashTable *table = g_hash_table_new_full (NULL, NULL, count, count);
    GPtrArray  *array;

    for (int round = 0; round < 2; round++) {
        g_hash_table_insert (table, &keys[0], &values[0]);
        g_hash_table_insert (table, &keys[1], &values[1]);
        array = g_hash_table_get_keys_as_ptr_array (table);
        expect (array->len == 2 && array->pdata[0] != array->pdata[1] && g_ptr_array_find (array, &keys[1], NULL));
        g_ptr_array_unref (array);
        array = g_hash_table_get_values_as_ptr_array (table);
        expect (array->len == 2 && g_ptr_array_find (array, &values[0], NULL));
        g_ptr_array_unref (array);
        expect (keys[0] == round && values[0] == round);

        array = round == 0 ? g_hash_table_steal_all_keys (table) : g_hash_table_steal_all_values (table);
        expect (g_hash_table_size (table) == 0 && array->len == 2);
        expect (keys[0] == (round == 0 ? 0 : 2) && values[0] == 1);
        g_ptr_array_unref (array);
        expect (keys[1] == round + 1 && values[1] == round + 1);
    }
    array = g_hash_table_steal_all_keys (table);
    expect (array->len == 0);
    g_ptr_array_unref (array);
    g_hash_table_unref (table);
}
#endif
