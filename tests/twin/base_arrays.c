/* base_arrays.c - GArray, GPtrArray and GByteArray: what they hold after each change, and who is told of what goes.
 *
 * Capacity is nobody's promise and not compared; whether there is a block at all is. Functions newer than the oracle
 * are in OWN cases at the end. Read next: base_bytes.c.
 */
#include "twin.h"

#include <stdio.h>
#include <string.h>

static void
tell_ints (const char *what, GArray *array, guint extra)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < array->len + extra; i++)
        g_string_append_printf (text, " %d", g_array_index (array, int, i));
    trace ("%s: %u:%s", what, array->len, text->str);
    g_string_free (text, TRUE);
}

static void
tell_strings (const char *what, GPtrArray *array, guint extra)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < array->len + extra; i++)
        g_string_append_printf (text, " %s",
                                g_ptr_array_index (array, i) != NULL ? (char *) g_ptr_array_index (array, i) : "NULL");
    trace ("%s: %u:%s", what, array->len, text->str);
    g_string_free (text, TRUE);
}

static void
tell_bytes (const char *what, GByteArray *array)
{
    trace ("%s: %u '%.*s'", what, array->len, (int) array->len, (char *) array->data);
}

static void
tell_cleared (gpointer place)
{
    trace ("clear %d", *(int *) place);
}

static void
tell_freed (gpointer string)
{
    trace ("free %s", string != NULL ? (char *) string : "NULL");
}

static gint
by_tens (gconstpointer a, gconstpointer b)
{
    return *(const int *) a / 10 - *(const int *) b / 10;
}

static gint
by_tens_down (gconstpointer a, gconstpointer b, gpointer sign)
{
    return by_tens (a, b) * GPOINTER_TO_INT (sign);
}

static gint
by_first_letter (gconstpointer a, gconstpointer b)
{
    return **(char *const *) a - **(char *const *) b;
}

static gint
by_first_letter_down (gconstpointer a, gconstpointer b, gpointer sign)
{
    return by_first_letter (a, b) * GPOINTER_TO_INT (sign);
}

static gpointer
upper (gconstpointer string, gpointer data)
{
    (void) data;
    return g_ascii_strup (string, -1);
}

static gboolean
same_letter (gconstpointer a, gconstpointer b)
{
    return *(const char *) a == *(const char *) b;
}

static const int numbers[] = { 21, 11, 31, 12, 22, 32, 13, 23, 5 };

/* ---- Elements --------------------------------------------------------------------------------------------------- */

TWIN (elements_are_put_in_and_taken_out, "BH-021")
{
    GArray *array = g_array_new (TRUE, TRUE, sizeof (int));
    int     one = 1, two = 2;

    tell_ints ("empty", array, 1);
    g_array_append_vals (array, numbers, G_N_ELEMENTS (numbers));
    g_array_prepend_val (array, one);
    g_array_insert_val (array, 3, two);
    g_array_append_val (array, two);
    tell_ints ("filled", array, 1);
    g_array_insert_vals (array, 15, numbers, 2);
    tell_ints ("behind the end", array, 1);
    expect (g_array_append_vals (array, numbers, 0) == array && g_array_prepend_vals (array, NULL, 0) == array);
    g_array_remove_index (array, 0);
    g_array_remove_index_fast (array, 2);
    tell_ints ("two less", array, 1);
    expect (g_array_remove_range (array, 4, 6) == array && g_array_remove_range (array, array->len, 0) == array);
    tell_ints ("range less", array, 1);
    g_array_set_size (array, 4);
    g_array_set_size (array, 7);
    tell_ints ("shorter and longer", array, 1);
    trace ("element %u", g_array_get_element_size (array));
    g_array_unref (array);
}

TWIN (elements_are_sorted_stably_and_found, "BH-021")
{
    static const int sorted[] = { 1, 3, 3, 3, 5, 7 };
    GArray          *array = g_array_sized_new (FALSE, FALSE, sizeof (int), 4);

    g_array_append_vals (array, numbers, G_N_ELEMENTS (numbers));
    g_array_sort (array, by_tens);
    tell_ints ("up", array, 0);
    g_array_sort_with_data (array, by_tens_down, GINT_TO_POINTER (-1));
    tell_ints ("down", array, 0);
    g_array_set_size (array, 0);
    g_array_sort (array, by_tens);
    for (guint n = 0; n <= G_N_ELEMENTS (sorted); n++) {
        for (int wanted = 0; wanted < 90; wanted += 10) {
            guint    at = 99;
            gboolean found = g_array_binary_search (array, &wanted, by_tens, &at);

            trace ("%u: %d at %u", n, found, at);
            expect (g_array_binary_search (array, &wanted, by_tens, NULL) == found);
        }
        if (n < G_N_ELEMENTS (sorted)) {
            int next = sorted[n] * 10;

            g_array_append_val (array, next);
        }
    }
    g_array_free (array, TRUE);
}

TWIN (elements_are_cleared_when_they_go, "BH-021")
{
    GArray *array = g_array_new (FALSE, TRUE, sizeof (int));
    GArray *copy;
    gsize   length = 99;
    int    *data;

    g_array_set_clear_func (array, tell_cleared);
    g_array_append_vals (array, numbers, G_N_ELEMENTS (numbers));
    g_array_remove_index (array, 1);
    g_array_remove_index_fast (array, 0);
    trace ("range");
    g_array_remove_range (array, 1, 2);
    trace ("size");
    g_array_set_size (array, 3);
    g_array_set_size (array, 4);
    copy = g_array_copy (array);
    tell_ints ("copy", copy, 0);
    g_array_free (copy, TRUE);
    trace ("steal");
    data = g_array_steal (array, &length);
    trace ("%zu, %d", (size_t) length, data[2]);
    g_free (data);
    expect (array->len == 0 && array->data == NULL && g_array_steal (array, NULL) == NULL);
    g_array_append_vals (array, numbers, 2);
    g_array_ref (array);
    trace ("free");
    expect (g_array_free (array, TRUE) == NULL && array->len == 0 && array->data == NULL);
    g_array_append_vals (array, numbers, 2);
    trace ("free but the block");
    data = (int *) g_array_free (array, FALSE);
    trace ("%d", data[1]);
    g_free (data);
}

TWIN (blocks_of_elements_are_there_when_needed, "BH-021")
{
    GArray *array = g_array_new (FALSE, FALSE, 4), *copy;

    trace ("%d", array->data != NULL);
    g_array_set_size (array, 0);
    trace ("%d", array->data != NULL);
    expect (g_array_free (array, FALSE) == NULL);
    array = g_array_sized_new (FALSE, FALSE, 4, 5);
    trace ("%d", array->data != NULL);
    g_array_free (array, TRUE);
    array = g_array_new (TRUE, FALSE, 4);
    trace ("%d", array->data != NULL);
    g_free (g_array_free (array, FALSE));
    array = g_array_new (FALSE, FALSE, 16);
    copy = g_array_copy (array);
    trace ("%u %d", g_array_get_element_size (copy), copy->data != NULL);
    g_array_unref (array);
    g_array_unref (copy);
}

/* ---- Pointers --------------------------------------------------------------------------------------------------- */

static GPtrArray *
letters (const char *const *strings, GDestroyNotify free_func, gboolean terminated)
{
    GPtrArray *array = g_ptr_array_new_null_terminated (0, free_func, terminated);

    for (; *strings != NULL; strings++)
        g_ptr_array_add (array, (gpointer) *strings);
    return array;
}

static const char *const abc[] = { "a", "b", "c", "d", "e", "f", "g", NULL };

TWIN (pointers_are_put_in_and_taken_out, "BH-021")
{
    GPtrArray *array = letters (abc, tell_freed, TRUE);

    tell_strings ("filled", array, 1);
    g_ptr_array_insert (array, 1, "x");
    g_ptr_array_insert (array, -1, "y");
    g_ptr_array_insert (array, (int) array->len, "z");
    tell_strings ("inserted", array, 1);
    trace ("%s", (char *) g_ptr_array_remove_index (array, 0));
    trace ("%s", (char *) g_ptr_array_remove_index_fast (array, 0));
    trace ("%s", (char *) g_ptr_array_steal_index (array, 0));
    trace ("%s", (char *) g_ptr_array_steal_index_fast (array, 0));
    tell_strings ("left", array, 1);
    expect (g_ptr_array_remove (array, (gpointer) abc[3]) && !g_ptr_array_remove (array, (gpointer) abc[3]));
    expect (g_ptr_array_remove_fast (array, (gpointer) abc[4]) && !g_ptr_array_remove_fast (array, NULL));
    tell_strings ("left", array, 1);
    expect (g_ptr_array_remove_range (array, 1, 2) == array && g_ptr_array_remove_range (array, 0, 0) == array);
    g_ptr_array_set_size (array, 4);
    tell_strings ("longer", array, 1);
    g_ptr_array_set_size (array, 1);
    tell_strings ("shorter", array, 1);
    g_ptr_array_unref (array);
}

TWIN (pointers_are_sorted_found_and_visited, "BH-021")
{
    static const char *const mixed[] = { "b1", "a1", "c1", "a2", "b2", "a3", NULL };
    GPtrArray               *array = letters (mixed, NULL, FALSE);
    guint                    at = 99;

    g_ptr_array_sort (array, by_first_letter);
    tell_strings ("up", array, 0);
    g_ptr_array_sort_with_data (array, by_first_letter_down, GINT_TO_POINTER (-1));
    tell_strings ("down", array, 0);
    expect (!g_ptr_array_find (array, "nowhere", &at) && at == 99 && !g_ptr_array_find (array, NULL, NULL));
    expect (g_ptr_array_find (array, mixed[3], &at));
    trace ("at %u", at);
    expect (g_ptr_array_find_with_equal_func (array, "a?", same_letter, &at));
    trace ("at %u", at);
    g_ptr_array_foreach (array, (GFunc) (void (*) (void)) tell_freed, NULL);
    g_ptr_array_free (array, TRUE);
}

TWIN (pointers_are_copied_and_joined, "BH-021")
{
    GPtrArray *array = letters (abc, NULL, FALSE), *copy, *other;
    char     **block;
    gsize      length = 99;

    copy = g_ptr_array_copy (array, upper, NULL);
    tell_strings ("copy", copy, 0);
    g_ptr_array_set_free_func (copy, g_free);
    g_ptr_array_extend (copy, array, upper, NULL);
    tell_strings ("extended", copy, 0);
    g_ptr_array_unref (copy);
    g_ptr_array_extend (array, array, NULL, NULL);
    tell_strings ("twice", array, 0);
    other = letters (abc, tell_freed, TRUE);
    g_ptr_array_extend_and_steal (array, other);
    tell_strings ("thrice", array, 0);
    block = (char **) g_ptr_array_steal (array, &length);
    trace ("%zu %s", (size_t) length, block[8]);
    g_free (block);
    expect (array->len == 0 && array->pdata == NULL && g_ptr_array_steal (array, NULL) == NULL);
    g_ptr_array_unref (array);

    array = letters (abc, tell_freed, TRUE);
    copy = g_ptr_array_copy (array, NULL, NULL);
    expect (g_ptr_array_is_null_terminated (copy) && copy->pdata[copy->len] == NULL);
    g_ptr_array_set_free_func (copy, NULL);
    g_ptr_array_unref (copy);
    g_ptr_array_ref (array);
    trace ("free");
    expect (g_ptr_array_free (array, TRUE) == NULL && array->len == 0);
    g_ptr_array_add (array, "more");
    trace ("free but the block");
    block = (char **) g_ptr_array_free (array, FALSE);
    trace ("%s %d", block[0], block[1] == NULL);
    g_free (block);
}

TWIN (blocks_of_pointers_are_there_when_needed, "BH-021")
{
    GPtrArray *array = g_ptr_array_new (), *other;
    gsize      length = 99;
    gpointer  *block;

    trace ("%d %d", array->pdata != NULL, g_ptr_array_is_null_terminated (array));
    expect (g_ptr_array_free (array, FALSE) == NULL);
    array = g_ptr_array_sized_new (3);
    trace ("%d", array->pdata != NULL);
    g_ptr_array_unref (array);
    array = g_ptr_array_new_full (0, tell_freed);
    trace ("%d", array->pdata != NULL);
    g_ptr_array_unref (array);
    array = g_ptr_array_new_with_free_func (tell_freed);
    g_ptr_array_add (array, NULL);
    g_ptr_array_unref (array);
    array = g_ptr_array_new_null_terminated (0, NULL, TRUE);
    other = g_ptr_array_new ();
    g_ptr_array_extend (array, other, NULL, NULL);
    trace ("nothing added to nothing: %d", array->pdata == NULL);
    g_ptr_array_unref (other);
    g_ptr_array_unref (array);
    array = g_ptr_array_new_null_terminated (0, NULL, TRUE);
    trace ("%d", array->pdata != NULL);
    g_ptr_array_set_size (array, 0);
    trace ("%d", array->pdata != NULL);
    block = g_ptr_array_steal (array, &length);
    trace ("%d %zu", block != NULL, (size_t) length);
    block = g_ptr_array_free (array, FALSE);
    trace ("%d", block != NULL && block[0] == NULL);
    g_free (block);
    array = g_ptr_array_new_null_terminated (2, NULL, TRUE);
    trace ("%d", array->pdata != NULL && array->pdata[0] == NULL);
    g_ptr_array_unref (array);
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------ */

static gint
by_byte (gconstpointer a, gconstpointer b)
{
    return *(const guint8 *) a - *(const guint8 *) b;
}

static gint
by_byte_down (gconstpointer a, gconstpointer b, gpointer sign)
{
    return by_byte (a, b) * GPOINTER_TO_INT (sign);
}

TWIN (bytes_are_put_in_and_taken_out, "BH-021")
{
    GByteArray *array = g_byte_array_new ();
    gsize       length;
    guint8     *data;

    trace ("%d", array->data != NULL);
    g_byte_array_append (array, (const guint8 *) "world", 5);
    g_byte_array_prepend (array, (const guint8 *) "hello ", 6);
    tell_bytes ("joined", array);
    g_byte_array_remove_index (array, 0);
    g_byte_array_remove_index_fast (array, 0);
    tell_bytes ("less", array);
    expect (g_byte_array_remove_range (array, 2, 3) == array);
    tell_bytes ("less", array);
    g_byte_array_sort (array, by_byte);
    tell_bytes ("sorted", array);
    g_byte_array_sort_with_data (array, by_byte_down, GINT_TO_POINTER (-1));
    tell_bytes ("down", array);
    g_byte_array_set_size (array, 3);
    tell_bytes ("shorter", array);
    data = g_byte_array_steal (array, &length);
    trace ("%zu %.3s", (size_t) length, (char *) data);
    g_free (data);
    g_byte_array_ref (array);
    g_byte_array_unref (array);
    data = g_byte_array_free (array, FALSE);
    expect (data == NULL);
    array = g_byte_array_new_take ((guint8 *) g_strdup ("taken"), 5);
    tell_bytes ("taken", array);
    g_byte_array_free (array, TRUE);
    array = g_byte_array_new_take (NULL, 0);
    trace ("%d", array->data != NULL);
    g_byte_array_unref (array);
    array = g_byte_array_sized_new (10);
    expect (array->len == 0);
    g_byte_array_unref (array);
}

TWIN (arrays_go_with_their_scope, "BH-021")
{
    g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (int));
    g_autoptr (GPtrArray) pointers = g_ptr_array_new_with_free_func (tell_freed);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    g_array_set_clear_func (array, tell_cleared);
    g_array_append_vals (array, numbers, 2);
    g_ptr_array_add (pointers, "x");
    g_byte_array_append (bytes, (const guint8 *) "x", 1);
}

/* ---- Misuse ----------------------------------------------------------------------------------------------------- */

TWIN (misuse_of_arrays_of_elements_is_told, "BH-024")
{
    GArray *array = g_array_new (FALSE, FALSE, sizeof (int));

    g_array_append_vals (array, numbers, 3);
    expect (g_array_new (FALSE, FALSE, 0) == NULL && g_array_sized_new (FALSE, FALSE, 0, 1) == NULL);
    expect (g_array_copy (NULL) == NULL && g_array_free (NULL, TRUE) == NULL && g_array_steal (NULL, NULL) == NULL);
    expect (g_array_ref (NULL) == NULL && g_array_get_element_size (NULL) == 0);
    g_array_unref (NULL);
    expect (g_array_append_vals (NULL, numbers, 1) == NULL && g_array_prepend_vals (NULL, numbers, 1) == NULL);
    expect (g_array_insert_vals (NULL, 0, numbers, 1) == NULL && g_array_set_size (NULL, 1) == NULL);
    expect (g_array_remove_index (NULL, 0) == NULL && g_array_remove_index (array, 3) == NULL);
    expect (g_array_remove_index_fast (NULL, 0) == NULL && g_array_remove_index_fast (array, 3) == NULL);
    expect (g_array_remove_range (NULL, 0, 1) == NULL && g_array_remove_range (array, 4, 0) == NULL);
    expect (g_array_remove_range (array, 2, 2) == NULL);
    g_array_sort (NULL, by_tens);
    g_array_sort_with_data (NULL, by_tens_down, NULL);
    expect (!g_array_binary_search (NULL, numbers, by_tens, NULL));
    expect (!g_array_binary_search (array, numbers, NULL, NULL));
    g_array_set_clear_func (NULL, NULL);
    tell_ints ("unchanged", array, 0);
    g_array_unref (array);
}

TWIN (misuse_of_arrays_of_pointers_is_told, "BH-024")
{
    GPtrArray *array = letters (abc, NULL, FALSE);

    expect (g_ptr_array_steal (NULL, NULL) == NULL && g_ptr_array_copy (NULL, NULL, NULL) == NULL);
    expect (g_ptr_array_free (NULL, TRUE) == NULL && g_ptr_array_ref (NULL) == NULL);
    g_ptr_array_unref (NULL);
    g_ptr_array_set_free_func (NULL, NULL);
    expect (!g_ptr_array_is_null_terminated (NULL));
    g_ptr_array_set_size (NULL, 1);
    g_ptr_array_set_size (array, -1);
    expect (g_ptr_array_remove_index (NULL, 0) == NULL && g_ptr_array_remove_index (array, 7) == NULL);
    expect (g_ptr_array_remove_index_fast (NULL, 0) == NULL && g_ptr_array_remove_index_fast (array, 7) == NULL);
    expect (g_ptr_array_steal_index (NULL, 0) == NULL && g_ptr_array_steal_index (array, 7) == NULL);
    expect (g_ptr_array_steal_index_fast (NULL, 0) == NULL && g_ptr_array_steal_index_fast (array, 7) == NULL);
    expect (!g_ptr_array_remove (NULL, NULL) && !g_ptr_array_remove_fast (NULL, NULL));
    expect (g_ptr_array_remove_range (NULL, 0, 0) == NULL && g_ptr_array_remove_range (array, 8, 0) == NULL);
    expect (g_ptr_array_remove_range (array, 6, 2) == NULL);
    g_ptr_array_add (NULL, NULL);
    g_ptr_array_insert (NULL, 0, NULL);
    g_ptr_array_insert (array, -2, NULL);
    g_ptr_array_insert (array, 8, NULL);
    g_ptr_array_extend (NULL, array, NULL, NULL);
    g_ptr_array_extend (array, NULL, NULL, NULL);
    g_ptr_array_sort (NULL, by_first_letter);
    g_ptr_array_sort_with_data (NULL, by_first_letter_down, NULL);
    g_ptr_array_foreach (NULL, NULL, NULL);
    expect (!g_ptr_array_find (NULL, NULL, NULL) && !g_ptr_array_find_with_equal_func (NULL, NULL, NULL, NULL));
    tell_strings ("unchanged", array, 0);
    g_ptr_array_unref (array);
}

TWIN (misuse_of_arrays_of_bytes_is_told, "BH-024")
{
    GByteArray *array = g_byte_array_new_take ((guint8 *) g_strdup ("abc"), 3);

    expect (g_byte_array_new_take (NULL, (gsize) 1 << 33) == NULL);
    expect (g_byte_array_steal (NULL, NULL) == NULL && g_byte_array_free (NULL, TRUE) == NULL);
    expect (g_byte_array_free_to_bytes (NULL) == NULL && g_byte_array_ref (NULL) == NULL);
    g_byte_array_unref (NULL);
    expect (g_byte_array_append (NULL, NULL, 1) == NULL && g_byte_array_prepend (NULL, NULL, 1) == NULL);
    expect (g_byte_array_set_size (NULL, 1) == NULL);
    expect (g_byte_array_remove_index (NULL, 0) == NULL && g_byte_array_remove_index (array, 3) == array);
    expect (g_byte_array_remove_index_fast (NULL, 0) == NULL && g_byte_array_remove_index_fast (array, 3) == array);
    expect (g_byte_array_remove_range (NULL, 0, 0) == NULL && g_byte_array_remove_range (array, 4, 0) == NULL);
    expect (g_byte_array_remove_range (array, 2, 2) == NULL);
    g_byte_array_sort (NULL, by_byte);
    g_byte_array_sort_with_data (NULL, by_byte_down, NULL);
    tell_bytes ("unchanged", array);
    g_byte_array_unref (array);
}

static void
grow_beyond_all (void)
{
    GArray *array = g_array_new (FALSE, FALSE, sizeof (int));

    g_array_append_vals (array, numbers, 3);
    g_array_append_vals (array, numbers, G_MAXUINT - 2);
}

TWIN_LEAKING (array_too_long_ends_the_program, "BH-024", "the process that ends has an array")
{
    trace ("%s", in_child (grow_beyond_all));
}

OWN (ranges_that_wrap_round_are_told, "BH-024", "the oracle takes them for empty ranges")
{
    GArray     *array = g_array_new (FALSE, FALSE, sizeof (int));
    GPtrArray  *pointers = letters (abc, NULL, FALSE);
    GByteArray *bytes = g_byte_array_new_take ((guint8 *) g_strdup ("abc"), 3);
    GBytes     *constant = g_bytes_new_static ("abc", 3);

    g_array_append_vals (array, numbers, 3);
    expect (g_array_remove_range (array, 2, G_MAXUINT) == NULL && array->len == 3);
    expect (g_ptr_array_remove_range (pointers, 2, G_MAXUINT) == NULL && pointers->len == 7);
    expect (g_byte_array_remove_range (bytes, 2, G_MAXUINT) == NULL && bytes->len == 3);
    expect (g_bytes_new_from_bytes (constant, 2, G_MAXSIZE) == NULL);
    g_array_unref (array);
    g_ptr_array_unref (pointers);
    g_byte_array_unref (bytes);
    g_bytes_unref (constant);
}

/* ---- Newer than the oracle -------------------------------------------------------------------------------------- */

#if GLIB_CHECK_VERSION(2, 76, 0)
static gint
by_letter (gconstpointer a, gconstpointer b)
{
    return *(const char *) a - *(const char *) b;
}

static gint
by_letter_down (gconstpointer a, gconstpointer b, gpointer sign)
{
    return by_letter (a, b) * GPOINTER_TO_INT (sign);
}

OWN (arrays_take_blocks_over, "BH-021", "the functions are of 2.76")
{
    GArray    *array = g_array_new_take (g_memdup2 (numbers, sizeof numbers), G_N_ELEMENTS (numbers), TRUE, sizeof (int));
    GPtrArray *pointers;
    int        with_end[] = { 4, 5, 6, 0 };
    gpointer   strings[] = { "a", "b", "c", NULL };

    g_array_append_vals (array, numbers, 1);
    expect (array->len == 10 && g_array_index (array, int, 8) == 5 && g_array_index (array, int, 9) == 21);
    g_array_unref (array);
    array = g_array_new_take_zero_terminated (g_memdup2 (with_end, sizeof with_end), FALSE, sizeof (int));
    expect (array->len == 3 && g_array_index (array, int, 3) == 0);
    g_array_append_vals (array, numbers, 1);
    expect (array->len == 4 && g_array_index (array, int, 4) == 0);
    g_array_unref (array);
    array = g_array_new_take_zero_terminated (NULL, FALSE, sizeof (int));
    expect (array->len == 0);
    g_array_unref (array);

    pointers = g_ptr_array_new_take (g_memdup2 (strings, 3 * sizeof (gpointer)), 3, NULL);
    g_ptr_array_add (pointers, "d");
    expect (pointers->len == 4 && strcmp (pointers->pdata[2], "c") == 0 && !g_ptr_array_is_null_terminated (pointers));
    g_ptr_array_unref (pointers);
    pointers = g_ptr_array_new_take_null_terminated (g_memdup2 (strings, sizeof strings), NULL);
    expect (pointers->len == 3 && g_ptr_array_is_null_terminated (pointers) && pointers->pdata[3] == NULL);
    g_ptr_array_unref (pointers);
    pointers = g_ptr_array_new_take_null_terminated (NULL, NULL);
    expect (pointers->len == 0 && g_ptr_array_is_null_terminated (pointers));
    g_ptr_array_unref (pointers);
    pointers = g_ptr_array_new_from_array (strings, 3, upper, NULL, g_free);
    expect (pointers->len == 3 && strcmp (pointers->pdata[1], "B") == 0);
    g_ptr_array_unref (pointers);
    pointers = g_ptr_array_new_from_null_terminated_array (strings, NULL, NULL, NULL);
    expect (pointers->len == 3 && pointers->pdata[2] == strings[2] && pointers->pdata[3] == NULL);
    g_ptr_array_unref (pointers);

    expect (g_array_new_take (NULL, 1, FALSE, 4) == NULL && g_array_new_take (NULL, 0, FALSE, (gsize) 1 << 33) == NULL);
    expect (g_ptr_array_new_take (NULL, 1, NULL) == NULL);
    expect (g_ptr_array_new_from_array (NULL, 1, NULL, NULL, NULL) == NULL);
}

OWN (pointers_are_sorted_by_what_they_point_to, "BH-021", "the functions are of 2.76")
{
    static const char *const mixed[] = { "b1", "a1", "c1", "a2", "b2", "a3", NULL };
    static const char *const up[] = { "a1", "a2", "a3", "b1", "b2", "c1" };
    static const char *const down[] = { "c1", "b1", "b2", "a1", "a2", "a3" };
    GPtrArray               *array = letters (mixed, NULL, FALSE);

    g_ptr_array_sort_values (array, by_letter);
    for (guint i = 0; i < array->len; i++)
        expect (strcmp (array->pdata[i], up[i]) == 0);
    g_ptr_array_sort_values_with_data (array, by_letter_down, GINT_TO_POINTER (-1));
    for (guint i = 0; i < array->len; i++)
        expect (strcmp (array->pdata[i], down[i]) == 0);
    g_ptr_array_sort_values (NULL, by_letter);
    g_ptr_array_sort_values_with_data (NULL, by_letter_down, NULL);
    g_ptr_array_unref (array);
}
#endif
