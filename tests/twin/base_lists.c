/* base_lists.c - GList and GSList: what each function does to a list, in what order, and how misuse is told.
 *
 * Elements are small numbers; compare_tens finds numbers of one decade equal, which shows where equal elements go and
 * that sorting keeps their order. No case may depend on the main loop. Read next: base_strings.c.
 */
#include "twin.h"

#include <stdio.h>
#include <string.h>

static const int numbers[] = { 21, 11, 31, 12, 22, 32, 13, 23, 5 };

static int
compare_tens (gconstpointer a, gconstpointer b)
{
    return GPOINTER_TO_INT (a) / 10 - GPOINTER_TO_INT (b) / 10;
}

static int
compare_tens_by (gconstpointer a, gconstpointer b, gpointer sign)
{
    return compare_tens (a, b) * GPOINTER_TO_INT (sign);
}

static void
add_number (gpointer data, gpointer text)
{
    char *end = (char *) text + strlen (text);

    sprintf (end, " %d", GPOINTER_TO_INT (data));
}

static void
tell_list (const char *what, GList *list)
{
    char text[400] = "";

    for (GList *node = list; node != NULL; node = node->next)
        if (node->next != NULL)
            expect (node->next->prev == node);
    g_list_foreach (list, add_number, text);
    trace ("%s:%s", what, text);
}

static void
tell_slist (const char *what, GSList *list)
{
    char text[400] = "";

    g_slist_foreach (list, add_number, text);
    trace ("%s:%s", what, text);
}

static gpointer
one_more (gconstpointer data, gpointer more)
{
    return GINT_TO_POINTER (GPOINTER_TO_INT (data) + GPOINTER_TO_INT (more));
}

static void
tell_freed (gpointer data)
{
    trace ("free %d", GPOINTER_TO_INT (data));
}

static GList *
list_of_numbers (void)
{
    GList *list = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        list = g_list_append (list, GINT_TO_POINTER (numbers[i]));
    return list;
}

static GSList *
slist_of_numbers (void)
{
    GSList *list = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        list = g_slist_append (list, GINT_TO_POINTER (numbers[i]));
    return list;
}

TWIN (list_sorts_stably, "BH-005")
{
    GList *list = g_list_sort (list_of_numbers (), compare_tens);

    tell_list ("sorted", list);
    list = g_list_sort_with_data (list, compare_tens_by, GINT_TO_POINTER (-1));
    tell_list ("reversed", list);
    g_list_free (list);
    list = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        list = g_list_insert_sorted (list, GINT_TO_POINTER (numbers[i]), compare_tens);
    tell_list ("inserted", list);
    list = g_list_insert_sorted_with_data (list, GINT_TO_POINTER (29), compare_tens_by, GINT_TO_POINTER (1));
    tell_list ("one more", list);
    g_list_free (list);
}

TWIN (list_inserts_and_removes, "BH-005")
{
    GList *list = list_of_numbers ();
    GList *node;

    list = g_list_prepend (list, GINT_TO_POINTER (1));
    list = g_list_insert (list, GINT_TO_POINTER (2), 3);
    list = g_list_insert (list, GINT_TO_POINTER (3), -1);
    list = g_list_insert (list, GINT_TO_POINTER (4), 99);
    list = g_list_insert (list, GINT_TO_POINTER (6), 0);
    tell_list ("inserted", list);
    list = g_list_insert_before (list, g_list_nth (list, 2), GINT_TO_POINTER (7));
    list = g_list_insert_before (list, NULL, GINT_TO_POINTER (8));
    list = g_list_insert_before (list, list, GINT_TO_POINTER (9));
    tell_list ("inserted before", list);
    list = g_list_remove (list, GINT_TO_POINTER (9));
    list = g_list_remove (list, GINT_TO_POINTER (77));
    list = g_list_append (list, GINT_TO_POINTER (7));
    list = g_list_remove_all (list, GINT_TO_POINTER (7));
    tell_list ("removed", list);
    node = g_list_last (list);
    list = g_list_remove_link (list, node);
    expect (node->next == NULL && node->prev == NULL);
    tell_list ("link out", list);
    list = g_list_insert_before_link (list, g_list_nth (list, 1), node);
    tell_list ("link in", list);
    list = g_list_delete_link (list, list);
    tell_list ("first deleted", list);
    list = g_list_reverse (list);
    tell_list ("reversed", list);
    g_list_free (list);
}

TWIN (list_finds_and_copies, "BH-005")
{
    GList *list = list_of_numbers ();
    GList *copy = g_list_copy_deep (list, one_more, GINT_TO_POINTER (100));

    tell_list ("copy", copy);
    copy = g_list_concat (g_list_copy (list), copy);
    tell_list ("joined", copy);
    trace ("length %u %u", g_list_length (copy), g_list_length (NULL));
    trace ("index %d %d", g_list_index (list, GINT_TO_POINTER (22)), g_list_index (list, GINT_TO_POINTER (99)));
    trace ("position %d %d", g_list_position (list, g_list_find (list, GINT_TO_POINTER (12))),
           g_list_position (list, copy));
    trace ("custom %d", GPOINTER_TO_INT (g_list_find_custom (list, GINT_TO_POINTER (35), compare_tens)->data));
    trace ("data %d %d", GPOINTER_TO_INT (g_list_nth_data (list, 2)), GPOINTER_TO_INT (g_list_nth_data (list, 99)));
    expect (g_list_first (g_list_last (list)) == list);
    expect (g_list_nth_prev (g_list_last (list), 8) == list && g_list_nth_prev (list, 1) == NULL);
    g_list_free (list);
    g_clear_list (&copy, NULL);
    expect (copy == NULL);
    list = g_list_append (g_list_append (NULL, GINT_TO_POINTER (1)), GINT_TO_POINTER (2));
    g_list_free_full (list, tell_freed);
}

TWIN (slist_does_the_same, "BH-005")
{
    GSList *list = g_slist_sort (slist_of_numbers (), compare_tens);
    GSList *node;

    tell_slist ("sorted", list);
    list = g_slist_insert_sorted (list, GINT_TO_POINTER (29), compare_tens);
    list = g_slist_insert_sorted_with_data (list, GINT_TO_POINTER (1), compare_tens_by, GINT_TO_POINTER (1));
    list = g_slist_insert (list, GINT_TO_POINTER (2), 3);
    list = g_slist_insert (list, GINT_TO_POINTER (3), -1);
    list = g_slist_insert (list, GINT_TO_POINTER (4), 99);
    list = g_slist_insert (list, GINT_TO_POINTER (6), 0);
    list = g_slist_insert_before (list, g_slist_nth (list, 2), GINT_TO_POINTER (7));
    list = g_slist_insert_before (list, NULL, GINT_TO_POINTER (8));
    tell_slist ("inserted", list);
    list = g_slist_remove (list, GINT_TO_POINTER (6));
    list = g_slist_remove (list, GINT_TO_POINTER (77));
    list = g_slist_append (list, GINT_TO_POINTER (7));
    list = g_slist_remove_all (list, GINT_TO_POINTER (7));
    node = g_slist_last (list);
    list = g_slist_remove_link (list, node);
    expect (node->next == NULL);
    g_slist_free_1 (node);
    list = g_slist_delete_link (list, list);
    list = g_slist_reverse (list);
    tell_slist ("removed and reversed", list);
    trace ("length %u, index %d, position %d", g_slist_length (list), g_slist_index (list, GINT_TO_POINTER (22)),
           g_slist_position (list, g_slist_find (list, GINT_TO_POINTER (12))));
    list = g_slist_concat (list, g_slist_copy_deep (list, one_more, GINT_TO_POINTER (100)));
    tell_slist ("joined", list);
    g_clear_slist (&list, tell_freed);
    expect (list == NULL);
}

TWIN (corrupted_list_is_told, "BH-006")
{
    GList  stranger = { NULL, NULL, NULL };
    GList *list = list_of_numbers (), *second = list->next, *third = second->next, *rest = third->next;

    third->prev = &stranger;
    list = g_list_remove_link (list, second);
    trace ("led past %d, alone %d", list->next == third, second->next == NULL && second->prev == NULL);
    expect (third->prev == &stranger);
    third->prev = &stranger;
    list = g_list_remove_link (list, third);
    trace ("still led to %d, alone %d", list->next == third, third->prev == NULL);
    g_list_free (second);
    g_list_free (list);
    g_list_free (rest);
}

TWIN (list_misuse_is_told, "BH-006")
{
    GList *list = list_of_numbers ();
    GList *other = g_list_append (g_list_append (NULL, NULL), NULL);

    expect (g_list_insert_sorted (list, NULL, NULL) == list);
    expect (g_list_insert_sorted_with_data (list, NULL, NULL, NULL) == list);
    expect (g_list_insert_before_link (list, NULL, NULL) == list);
    expect (g_list_insert_before_link (list, NULL, other) == list);
    expect (g_list_insert_before_link (list, NULL, other->next) == list);
    expect (g_list_find_custom (list, NULL, NULL) == list);
    expect (g_slist_insert_sorted (NULL, NULL, NULL) == NULL);
    expect (g_slist_insert_sorted_with_data (NULL, NULL, NULL, NULL) == NULL);
    expect (g_slist_find_custom (NULL, NULL, NULL) == NULL);
    g_list_free (list);
    g_list_free (other);
}
