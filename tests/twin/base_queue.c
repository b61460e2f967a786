/* base_queue.c - GQueue: what each function does to a queue, whose ends and length must agree with its nodes at any time.
 *
 * Elements are small numbers, as in base_lists.c, which has the list functions that a queue shares.
 */
#include "twin.h"

#include <stdio.h>
#include <string.h>

static void
tell_queue (const char *what, GQueue *queue)
{
    GString *text = g_string_new (NULL);
    GList   *last = NULL;
    guint    n = 0;

    for (GList *node = queue->head; node != NULL; node = node->next, n++) {
        expect (node->prev == last);
        last = node;
        g_string_append_printf (text, " %d", GPOINTER_TO_INT (node->data));
    }
    expect (queue->tail == last && queue->length == n && g_queue_get_length (queue) == n);
    trace ("%s:%s", what, text->str);
    g_string_free (text, TRUE);
}

static void
tell_number (gpointer data)
{
    trace ("number %d", GPOINTER_TO_INT (data));
}

static void
tell_number_with (gpointer data, gpointer more)
{
    trace ("number %d %s", GPOINTER_TO_INT (data), (char *) more);
}

static gint
by_tens (gconstpointer a, gconstpointer b)
{
    return GPOINTER_TO_INT (a) / 10 - GPOINTER_TO_INT (b) / 10;
}

static gint
by_tens_told (gconstpointer a, gconstpointer b, gpointer sign)
{
    if (GPOINTER_TO_INT (sign) > 0)
        trace ("compare %d %d", GPOINTER_TO_INT (a), GPOINTER_TO_INT (b));
    return by_tens (a, b) * (GPOINTER_TO_INT (sign) > 0 ? 1 : -1);
}

static GList *
link_of (int number)
{
    return g_list_append (NULL, GINT_TO_POINTER (number));
}

static GQueue *
queue_of (int n)
{
    GQueue *queue = g_queue_new ();

    for (int i = 0; i < n; i++)
        g_queue_push_tail (queue, GINT_TO_POINTER (i + 1));
    return queue;
}

TWIN (elements_come_and_go_at_both_ends, "BH-022")
{
    GQueue *queue = g_queue_new ();

    expect (g_queue_is_empty (queue) && g_queue_pop_head (queue) == NULL && g_queue_pop_tail (queue) == NULL);
    expect (g_queue_peek_head (queue) == NULL && g_queue_peek_tail (queue) == NULL);
    for (int i = 1; i < 6; i++) {
        g_queue_push_head (queue, GINT_TO_POINTER (i));
        g_queue_push_tail (queue, GINT_TO_POINTER (10 * i));
    }
    tell_queue ("pushed", queue);
    trace ("peek %d %d", GPOINTER_TO_INT (g_queue_peek_head (queue)), GPOINTER_TO_INT (g_queue_peek_tail (queue)));
    trace ("pop %d %d", GPOINTER_TO_INT (g_queue_pop_head (queue)), GPOINTER_TO_INT (g_queue_pop_tail (queue)));
    tell_queue ("popped", queue);
    g_queue_reverse (queue);
    tell_queue ("reversed", queue);
    while (!g_queue_is_empty (queue))
        g_queue_pop_tail (queue);
    tell_queue ("empty", queue);
    g_queue_free (queue);
}

TWIN (elements_come_and_go_by_number, "BH-022")
{
    GQueue *queue = queue_of (6);

    for (int n = -1; n < 9; n += 3)
        g_queue_push_nth (queue, GINT_TO_POINTER (100 + n), n);
    tell_queue ("pushed", queue);
    for (guint n = 0; n < 12; n++)
        trace ("peek %d", GPOINTER_TO_INT (g_queue_peek_nth (queue, n)));
    trace ("pop %d", GPOINTER_TO_INT (g_queue_pop_nth (queue, 0)));
    trace ("pop %d", GPOINTER_TO_INT (g_queue_pop_nth (queue, 6)));
    trace ("pop %d", GPOINTER_TO_INT (g_queue_pop_nth (queue, 7)));
    trace ("pop %d", GPOINTER_TO_INT (g_queue_pop_nth (queue, 7)));
    tell_queue ("popped", queue);
    trace ("index %d %d", g_queue_index (queue, GINT_TO_POINTER (3)), g_queue_index (queue, GINT_TO_POINTER (77)));
    g_queue_push_tail (queue, GINT_TO_POINTER (3));
    g_queue_push_head (queue, GINT_TO_POINTER (3));
    expect (g_queue_remove (queue, GINT_TO_POINTER (3)) && !g_queue_remove (queue, GINT_TO_POINTER (77)));
    trace ("removed %u %u", g_queue_remove_all (queue, GINT_TO_POINTER (3)), g_queue_remove_all (queue, NULL));
    tell_queue ("removed", queue);
    g_queue_free (queue);
}

TWIN (elements_come_beside_others, "BH-022")
{
    GQueue *queue = queue_of (3);

    g_queue_insert_before (queue, queue->head, GINT_TO_POINTER (10));
    g_queue_insert_before (queue, queue->tail, GINT_TO_POINTER (11));
    g_queue_insert_before (queue, NULL, GINT_TO_POINTER (12));
    g_queue_insert_after (queue, queue->head, GINT_TO_POINTER (20));
    g_queue_insert_after (queue, queue->tail, GINT_TO_POINTER (21));
    g_queue_insert_after (queue, NULL, GINT_TO_POINTER (22));
    tell_queue ("data", queue);
    g_queue_insert_before_link (queue, queue->tail, link_of (30));
    g_queue_insert_before_link (queue, NULL, link_of (31));
    g_queue_insert_after_link (queue, queue->head, link_of (32));
    g_queue_insert_after_link (queue, NULL, link_of (33));
    tell_queue ("links", queue);
    g_queue_clear (queue);
    tell_queue ("clear", queue);
    g_queue_insert_after (queue, NULL, GINT_TO_POINTER (1));
    tell_queue ("again", queue);
    g_queue_free (queue);
}

TWIN (links_come_and_go, "BH-022")
{
    GQueue queue = G_QUEUE_INIT;
    GList *node;

    expect (g_queue_pop_head_link (&queue) == NULL && g_queue_pop_tail_link (&queue) == NULL);
    for (int i = 1; i < 4; i++) {
        g_queue_push_head_link (&queue, link_of (i));
        g_queue_push_tail_link (&queue, link_of (10 * i));
    }
    g_queue_push_nth_link (&queue, 2, link_of (5));
    g_queue_push_nth_link (&queue, -1, link_of (6));
    g_queue_push_nth_link (&queue, 0, link_of (7));
    tell_queue ("pushed", &queue);
    expect (g_queue_peek_head_link (&queue) == queue.head && g_queue_peek_tail_link (&queue) == queue.tail);
    node = g_queue_peek_nth_link (&queue, 5);
    trace ("number 5 is %d", GPOINTER_TO_INT (node->data));
    trace ("index %d %d", g_queue_link_index (&queue, node), g_queue_link_index (&queue, NULL));
    expect (g_queue_peek_nth_link (&queue, 99) == NULL && g_queue_pop_nth_link (&queue, 99) == NULL);
    g_queue_unlink (&queue, node);
    expect (node->next == NULL && node->prev == NULL);
    g_list_free_1 (node);
    g_list_free_1 (g_queue_pop_nth_link (&queue, 1));
    g_list_free_1 (g_queue_pop_head_link (&queue));
    g_list_free_1 (g_queue_pop_tail_link (&queue));
    g_queue_delete_link (&queue, queue.tail);
    tell_queue ("left", &queue);
    g_queue_clear_full (&queue, tell_number);
    tell_queue ("clear", &queue);
    g_queue_clear_full (&queue, NULL);
    g_queue_init (&queue);
    tell_queue ("fresh", &queue);
}

TWIN (queues_are_sorted_searched_and_copied, "BH-022")
{
    static const int numbers[] = { 21, 11, 31, 12, 22, 32, 13, 23, 5 };
    GQueue          *queue = g_queue_new (), *copy;

    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        g_queue_push_tail (queue, GINT_TO_POINTER (numbers[i]));
    copy = g_queue_copy (queue);
    g_queue_sort (queue, by_tens_told, GINT_TO_POINTER (-1));
    tell_queue ("sorted", queue);
    tell_queue ("copy", copy);
    g_queue_clear (queue);
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        g_queue_insert_sorted (queue, GINT_TO_POINTER (numbers[i]), by_tens_told, GINT_TO_POINTER (1));
    tell_queue ("inserted", queue);
    expect (g_queue_find (queue, GINT_TO_POINTER (31)) != NULL && g_queue_find (queue, NULL) == NULL);
    trace ("custom %d", GPOINTER_TO_INT (g_queue_find_custom (queue, GINT_TO_POINTER (25), by_tens)->data));
    g_queue_foreach (queue, tell_number_with, "more");
    g_queue_free_full (copy, tell_number);
    g_queue_free (queue);
}

TWIN (queues_go_with_their_scope, "BH-022")
{
    g_autoptr (GQueue) queue = queue_of (3);
    g_auto (GQueue) own = G_QUEUE_INIT;
    g_autoqueue (GHashTable) tables = g_queue_new ();

    g_queue_push_head (&own, queue);
    g_queue_push_head (tables, g_hash_table_new (NULL, NULL));
}

TWIN (misuse_of_queues_is_told, "BH-024")
{
    GQueue *queue = queue_of (2);
    GList  *list = g_list_append (link_of (1), GINT_TO_POINTER (2));

    g_queue_free (NULL);
    g_queue_free_full (NULL, NULL);
    g_queue_free_full (queue_of (1), NULL);
    g_queue_init (NULL);
    g_queue_clear (NULL);
    g_queue_clear_full (NULL, NULL);
    expect (g_queue_is_empty (NULL) && g_queue_get_length (NULL) == 0 && g_queue_copy (NULL) == NULL);
    g_queue_reverse (NULL);
    g_queue_foreach (NULL, NULL, NULL);
    g_queue_foreach (queue, NULL, NULL);
    expect (g_queue_find (NULL, NULL) == NULL && g_queue_find_custom (NULL, NULL, NULL) == NULL);
    expect (g_queue_find_custom (queue, NULL, NULL) == NULL);
    g_queue_sort (NULL, NULL, NULL);
    g_queue_sort (queue, NULL, NULL);
    g_queue_push_head (NULL, NULL);
    g_queue_push_tail (NULL, NULL);
    g_queue_push_nth (NULL, NULL, 0);
    expect (g_queue_pop_head (NULL) == NULL && g_queue_pop_tail (NULL) == NULL && g_queue_pop_nth (NULL, 0) == NULL);
    expect (g_queue_peek_head (NULL) == NULL && g_queue_peek_tail (NULL) == NULL && g_queue_peek_nth (NULL, 0) == NULL);
    expect (g_queue_index (NULL, NULL) == -1 && !g_queue_remove (NULL, NULL) && g_queue_remove_all (NULL, NULL) == 0);
    g_queue_insert_before (NULL, NULL, NULL);
    g_queue_insert_after (NULL, NULL, NULL);
    g_queue_insert_sorted (NULL, NULL, NULL, NULL);
    g_queue_insert_before_link (NULL, NULL, list);
    g_queue_insert_before_link (queue, NULL, NULL);
    g_queue_insert_before_link (queue, NULL, list);
    g_queue_insert_before_link (queue, NULL, list->next);
    g_queue_insert_after_link (NULL, NULL, list);
    g_queue_insert_after_link (queue, NULL, NULL);
    g_queue_insert_after_link (queue, NULL, list);
    g_queue_push_head_link (NULL, list);
    g_queue_push_head_link (queue, NULL);
    g_queue_push_head_link (queue, list);
    g_queue_push_head_link (queue, list->next);
    g_queue_push_tail_link (NULL, list);
    g_queue_push_tail_link (queue, NULL);
    g_queue_push_tail_link (queue, list);
    g_queue_push_tail_link (queue, list->next);
    g_queue_push_nth_link (NULL, 0, list);
    g_queue_push_nth_link (queue, 0, NULL);
    g_queue_push_nth_link (queue, 5, list);
    expect (g_queue_pop_head_link (NULL) == NULL && g_queue_pop_tail_link (NULL) == NULL);
    expect (g_queue_pop_nth_link (NULL, 0) == NULL && g_queue_peek_nth_link (NULL, 0) == NULL);
    expect (g_queue_peek_head_link (NULL) == NULL && g_queue_peek_tail_link (NULL) == NULL);
    expect (g_queue_link_index (NULL, list) == -1);
    g_queue_unlink (NULL, list);
    g_queue_unlink (queue, NULL);
    g_queue_delete_link (NULL, list);
    g_queue_delete_link (queue, NULL);
    tell_queue ("unchanged", queue);
    g_queue_free (queue);
    g_list_free (list);
}
