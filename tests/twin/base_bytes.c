/* base_bytes.c - GBytes: sharing, comparing, and when the owner of the memory is told.
 *
 * Nothing here changes bytes; base_arrays.c has those that do. Read next: base_queue.c.
 */
#include "twin.h"

#include <string.h>

static void
tell (const char *what, GBytes *bytes)
{
    gsize       size = 99;
    const char *data = g_bytes_get_data (bytes, &size);

    expect (g_bytes_get_size (bytes) == size && g_bytes_get_data (bytes, NULL) == data);
    trace ("%s: %zu '%.*s' at %s", what, (size_t) size, (int) size, data != NULL ? data : "",
           data != NULL ? "an address" : "NULL");
}

static void
tell_free (gpointer name)
{
    trace ("free %s", (char *) name);
}

TWIN (bytes_come_from_anywhere, "BH-023")
{
    static const char text[] = "constant";
    GBytes           *bytes = g_bytes_new ("copied", 6);

    tell ("new", bytes);
    g_bytes_unref (bytes);
    bytes = g_bytes_new_take (g_strdup ("taken"), 5);
    tell ("take", bytes);
    g_bytes_unref (bytes);
    bytes = g_bytes_new_static (text, 8);
    expect (g_bytes_get_data (bytes, NULL) == text);
    tell ("static", bytes);
    g_bytes_unref (bytes);
    bytes = g_bytes_new_with_free_func (text, 8, tell_free, "eight");
    tell ("function", g_bytes_ref (bytes));
    g_bytes_unref (bytes);
    trace ("last");
    g_bytes_unref (bytes);
    bytes = g_bytes_new_with_free_func (text, 0, tell_free, "none of them");
    trace ("none");
    g_bytes_unref (bytes);
    bytes = g_bytes_new_with_free_func (text, 3, NULL, NULL);
    g_bytes_unref (bytes);
    bytes = g_bytes_new (NULL, 0);
    tell ("nothing", bytes);
    g_bytes_unref (bytes);
    bytes = g_bytes_new ("", 0);
    tell ("nothing", bytes);
    g_bytes_unref (bytes);
    g_bytes_unref (NULL);
}

TWIN (part_keeps_the_whole, "BH-023")
{
    GBytes *whole = g_bytes_new_with_free_func ("0123456789", 10, tell_free, "whole");
    GBytes *part = g_bytes_new_from_bytes (whole, 2, 6);
    GBytes *part_of_part = g_bytes_new_from_bytes (part, 3, 2);
    GBytes *all = g_bytes_new_from_bytes (whole, 0, 10);
    GBytes *end = g_bytes_new_from_bytes (whole, 10, 0);

    expect (all == whole);
    tell ("part", part);
    tell ("part of part", part_of_part);
    tell ("end", end);
    g_bytes_unref (all);
    g_bytes_unref (whole);
    g_bytes_unref (part);
    g_bytes_unref (end);
    trace ("last");
    g_bytes_unref (part_of_part);
}

TWIN (bytes_become_data_and_arrays, "BH-023")
{
    char       *block = g_strdup ("mine");
    gsize       size = 99;
    GBytes     *bytes = g_bytes_new_take (block, 4);
    GByteArray *array;
    gpointer    data;

    data = g_bytes_unref_to_data (bytes, &size);
    expect (data == block && size == 4);
    bytes = g_bytes_ref (g_bytes_new_take (block, 4));
    data = g_bytes_unref_to_data (bytes, &size);
    expect (data != block && memcmp (data, "mine", 4) == 0);
    g_free (data);
    array = g_bytes_unref_to_array (bytes);
    trace ("%u %.4s", array->len, (char *) array->data);
    bytes = g_byte_array_free_to_bytes (array);
    tell ("from array", bytes);
    g_bytes_unref (bytes);
    bytes = g_bytes_new_with_free_func ("other", 5, tell_free, "other");
    data = g_bytes_unref_to_data (bytes, &size);
    trace ("%.5s", (char *) data);
    g_free (data);
    expect (g_bytes_unref_to_data (g_bytes_new (NULL, 0), &size) == NULL && size == 0);
    array = g_bytes_unref_to_array (g_bytes_new_static ("", 0));
    trace ("%u %d", array->len, array->data != NULL);
    bytes = g_byte_array_free_to_bytes (array);
    tell ("from empty array", bytes);
    g_bytes_unref (bytes);
}

TWIN (bytes_are_hashed_and_compared, "BH-023")
{
    static const struct {
        const char *data;
        gsize       size;
    } samples[] = { { "", 0 }, { "abc", 3 }, { "abd", 3 }, { "ab", 2 }, { "\xff\x80", 2 }, { "a\0c", 3 } };
    GBytes *bytes[G_N_ELEMENTS (samples)];

    for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
        bytes[i] = g_bytes_new_static (samples[i].data, samples[i].size);
        trace ("hash %u", g_bytes_hash (bytes[i]));
    }
    for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
        for (guint j = 0; j < G_N_ELEMENTS (samples); j++) {
            gint order = g_bytes_compare (bytes[i], bytes[j]);

            trace ("%u %u: %d %d", i, j, g_bytes_equal (bytes[i], bytes[j]), (order > 0) - (order < 0));
        }
    for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
        g_bytes_unref (bytes[i]);
}

TWIN (regions_lie_inside, "BH-023")
{
    g_autoptr (GBytes) bytes = g_bytes_new_static ("0123456789", 10);
    static const gsize asked[][3] = { { 1, 0, 10 }, { 1, 0, 11 }, { 2, 4, 3 },  { 2, 4, 4 },          { 3, 10, 0 },
                                      { 3, 11, 0 }, { 5, 5, 1 },  { 11, 0, 1 }, { G_MAXSIZE, 0, 2 }, { 2, G_MAXSIZE, 1 } };

    for (guint i = 0; i < G_N_ELEMENTS (asked); i++) {
        const char *region = g_bytes_get_region (bytes, asked[i][0], asked[i][1], asked[i][2]);

        trace ("%u: %d", i, region != NULL ? (int) (region - (const char *) g_bytes_get_data (bytes, NULL)) : -1);
    }
}

TWIN (misuse_of_bytes_is_told, "BH-024")
{
    GBytes *bytes = g_bytes_new_static ("abc", 3);
    gsize   size = 5;

    expect (g_bytes_new (NULL, 1) == NULL && g_bytes_new_take (NULL, 1) == NULL);
    expect (g_bytes_new_static (NULL, 1) == NULL && g_bytes_new_with_free_func (NULL, 1, NULL, NULL) == NULL);
    expect (g_bytes_new_from_bytes (NULL, 0, 0) == NULL && g_bytes_new_from_bytes (bytes, 4, 0) == NULL);
    expect (g_bytes_new_from_bytes (bytes, 2, 2) == NULL);
    expect (g_bytes_get_data (NULL, &size) == NULL && size == 5 && g_bytes_get_size (NULL) == 0);
    expect (g_bytes_get_region (bytes, 0, 0, 0) == NULL);
    expect (g_bytes_ref (NULL) == NULL && g_bytes_unref_to_data (NULL, &size) == NULL);
    expect (g_bytes_unref_to_data (bytes, NULL) == NULL && g_bytes_unref_to_array (NULL) == NULL);
    expect (g_bytes_hash (NULL) == 0 && !g_bytes_equal (NULL, bytes) && !g_bytes_equal (bytes, NULL));
    expect (g_bytes_compare (NULL, bytes) == 0 && g_bytes_compare (bytes, NULL) == 0);
    g_bytes_unref (bytes);
}
