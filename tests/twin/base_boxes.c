/* base_boxes.c - things that are counted: references, boxes, strings; blocks whose size the caller remembers; vectors of
 * strings that grow; running out of memory.
 *
 * Read next: base_times.c.
 */
#include "twin.h"

#include <string.h>
#include <stdlib.h>

static void
tell_contents (gpointer contents)
{
    trace ("cleared: %s", (char *) contents);
}

TWIN (plain_boxes_are_counted, "BH-033")
{
    char *box = g_rc_box_alloc0 (10);
    char  text[] = "ab";

    trace ("%d, %zu bytes, aligned %d", box[9], (size_t) g_rc_box_get_size (box), (int) ((guintptr) box % 16));
    strcpy (box, "hi");
    expect (g_rc_box_acquire (box) == box);
    g_rc_box_release_full (box, tell_contents);
    trace ("still there");
    g_rc_box_release_full (box, tell_contents);
    box = (g_rc_box_dup) (sizeof text, text);
    trace ("%s", box);
    g_rc_box_release (box);
    {
        GError *boxed = g_rc_box_new0 (GError);

        expect (boxed->message == NULL);
        g_rc_box_release (boxed);
    }
}

TWIN (atomic_boxes_are_counted, "BH-033")
{
    char *box = g_atomic_rc_box_alloc (10);
    char  text[] = "ab";

    trace ("%zu bytes", (size_t) g_atomic_rc_box_get_size (box));
    strcpy (box, "yo");
    expect (g_atomic_rc_box_acquire (box) == box);
    g_atomic_rc_box_release (box);
    g_atomic_rc_box_release_full (box, tell_contents);
    box = (g_atomic_rc_box_dup) (sizeof text, text);
    trace ("%s", box);
    g_atomic_rc_box_release_full (box, NULL);
}

TWIN (box_misuse_is_told, "BH-033")
{
    expect (g_rc_box_alloc (0) == NULL && g_rc_box_alloc0 (0) == NULL);
    expect ((g_rc_box_acquire) (NULL) == NULL && (g_rc_box_dup) (1, NULL) == NULL);
    expect ((g_rc_box_dup) (0, "a") == NULL && g_rc_box_get_size (NULL) == 0);
    g_rc_box_release (NULL);
    g_rc_box_release_full (NULL, NULL);
    expect (g_atomic_rc_box_alloc (0) == NULL && g_atomic_rc_box_alloc0 (0) == NULL);
    expect ((g_atomic_rc_box_acquire) (NULL) == NULL && (g_atomic_rc_box_dup) (1, NULL) == NULL);
    expect ((g_atomic_rc_box_dup) (0, "a") == NULL && g_atomic_rc_box_get_size (NULL) == 0);
    g_atomic_rc_box_release (NULL);
    g_atomic_rc_box_release_full (NULL, NULL);
}

TWIN (references_are_counted, "BH-033")
{
    grefcount       plain;
    gatomicrefcount atomic;

    g_ref_count_init (&plain);
    g_ref_count_inc (&plain);
    trace ("%d, two %d, one %d", plain, g_ref_count_compare (&plain, 2), g_ref_count_compare (&plain, 1));
    trace ("last %d", g_ref_count_dec (&plain));
    trace ("last %d", g_ref_count_dec (&plain));
    plain = 5;
    (g_ref_count_inc) (&plain);
    expect (!(g_ref_count_dec) (&plain));
    (g_ref_count_compare) (&plain, -1);
    (g_ref_count_init) (NULL);
    (g_ref_count_inc) (NULL);
    (g_ref_count_dec) (NULL);
    (g_ref_count_compare) (NULL, 1);

    g_atomic_ref_count_init (&atomic);
    g_atomic_ref_count_inc (&atomic);
    trace ("%d, two %d", atomic, g_atomic_ref_count_compare (&atomic, 2));
    trace ("last %d", g_atomic_ref_count_dec (&atomic));
    trace ("last %d", g_atomic_ref_count_dec (&atomic));
    atomic = -5;
    (g_atomic_ref_count_inc) (&atomic);
    (g_atomic_ref_count_dec) (&atomic);
    trace ("%d", atomic);
    atomic = G_MAXINT;
    (g_atomic_ref_count_inc) (&atomic);
    (g_atomic_ref_count_compare) (&atomic, -1);
    (g_atomic_ref_count_init) (NULL);
    (g_atomic_ref_count_inc) (NULL);
    (g_atomic_ref_count_dec) (NULL);
    (g_atomic_ref_count_compare) (NULL, 1);
}

TWIN (strings_are_counted, "BH-033")
{
    char *string = g_ref_string_new ("abc");
    char *first, *second;

    trace ("%s %zu", string, (size_t) g_ref_string_length (string));
    expect (g_ref_string_acquire (string) == string);
    g_ref_string_release (string);
    g_ref_string_release (string);
    string = g_ref_string_new_len ("a\0b", 3);
    trace ("%zu, %d", (size_t) g_ref_string_length (string), memcmp (string, "a\0b", 4));
    g_ref_string_release (string);
    first = g_ref_string_new_intern ("xyz");
    second = g_ref_string_new_intern ("xyz");
    trace ("one and the same %d", first == second);
    g_ref_string_release (first);
    trace ("%s", second);
    g_ref_string_release (second);
    {
        g_autoptr (GRefString) again = g_ref_string_new_intern ("xyz");

        trace ("%s", again);
    }
    g_ref_string_new (NULL);
    g_ref_string_new_len (NULL, 1);
    g_ref_string_new_intern (NULL);
    g_ref_string_acquire (NULL);
    g_ref_string_release (NULL);
    g_ref_string_length (NULL);
}

typedef struct Link Link;
struct Link {
    int   value;
    Link *next;
};

TWIN (blocks_of_known_size_come_and_go, "BH-033 BH-001")
{
    Link *chain = NULL;
    Link *copy;

    for (int i = 0; i < 3; i++) {
        Link *link = g_slice_new0 (Link);

        expect (link->value == 0);
        link->value = i;
        link->next = chain;
        chain = link;
    }
    copy = g_slice_dup (Link, chain);
    trace ("%d", copy->value);
    g_slice_free (Link, copy);
    g_slice_free_chain (Link, chain, next);
    g_slice_free1 (8, NULL);
    expect (g_slice_alloc (0) == NULL && g_slice_copy (0, "a") == NULL);
}

TWIN (vectors_are_built, "BH-033 BH-002")
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    const char *more[] = { "d", "e", NULL };
    char      **vector;
    char       *joined;

    g_strv_builder_add (builder, "a");
    g_strv_builder_add_many (builder, "b", "c", NULL);
    g_strv_builder_addv (builder, more);
    vector = g_strv_builder_end (builder);
    joined = g_strjoinv (",", vector);
    trace ("%s", joined);
    g_free (joined);
    g_strfreev (vector);
    vector = g_strv_builder_end (builder);
    trace ("then %u", g_strv_length (vector));
    g_strfreev (vector);
    g_strv_builder_add (builder, "left behind");
    expect (g_strv_builder_ref (builder) == builder);
    g_strv_builder_unref (builder);
    g_strv_builder_addv (builder, NULL);
}

#if GLIB_CHECK_VERSION (2, 82, 0)
OWN (builder_takes_strings_and_ends_as_a_vector, "BH-033", "both functions are newer than 2.74")
{
    GStrvBuilder *builder = g_strv_builder_new ();
    char         *string = g_strdup ("a");
    char        **vector;

    g_strv_builder_take (builder, string);
    vector = g_strv_builder_unref_to_strv (builder);
    expect (vector[0] == string && vector[1] == NULL);
    g_strfreev (vector);
}

OWN (counted_strings_and_gstrings_are_compared_and_copied, "BH-033 BH-003", "both functions are newer than 2.74")
{
    char    *first = g_ref_string_new_len ("a\0b", 3);
    char    *second = g_ref_string_new_len ("a\0c", 3);
    GString *string = g_string_new_len ("a\0b", 3);
    GString *copy = g_string_copy (string);

    expect (g_ref_string_equal (first, first) && !g_ref_string_equal (first, second));
    expect (copy != string && g_string_equal (copy, string));
    g_ref_string_release (first);
    g_ref_string_release (second);
    g_string_free (string, TRUE);
    g_string_free (copy, TRUE);
}
#endif

TWIN (copied_string_ends_where_its_nul_went, "BH-002")
{
    char buffer[8];

    trace ("%d %s", (int) (g_stpcpy (buffer, "abc") - buffer), buffer);
    g_stpcpy (NULL, "a");
    g_stpcpy (buffer, NULL);
}

/* ---- running out of memory ---------------------------------------------------------------------------------------- */

/* What a message says without the place in the library it comes from. */
static void
tell_last_words (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    const char *words = strstr (message, ": ");

    (void) data;
    trace ("%s %x %s", domain, (guint) level, words != NULL ? words + 2 : message);
    exit (0);
}

/* The library's last words are traced in place of its end; after them nothing is run. */
static void
listen (void)
{
    g_log_set_handler ("GLib", (GLogLevelFlags) (G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION),
                       tell_last_words, NULL);
}

static volatile gsize huge = G_MAXSIZE / 2;

#define OUT_OF_MEMORY(name, call)                                                    \
    TWIN_LEAKING (name, "BH-035", "the process ends in the middle")                  \
    {                                                                                \
        listen ();                                                                   \
        trace ("%d", (call) != NULL);                                                \
    }

OUT_OF_MEMORY (malloc_that_fails_ends_the_process, g_malloc (huge))
OUT_OF_MEMORY (malloc0_that_fails_ends_the_process, g_malloc0 (huge))
OUT_OF_MEMORY (realloc_that_fails_ends_the_process, g_realloc (g_malloc (1), huge))
OUT_OF_MEMORY (product_too_large_ends_the_process, g_malloc_n (huge, 3))
OUT_OF_MEMORY (product_of_zeroes_too_large_ends_the_process, g_malloc0_n (huge, 3))
OUT_OF_MEMORY (realloc_to_a_product_too_large_ends_the_process, g_realloc_n (NULL, huge, 3))
OUT_OF_MEMORY (slice_that_fails_ends_the_process, g_slice_alloc (huge))

TWIN (trying_for_too_much_gives_nothing, "BH-035")
{
    gpointer kept = g_malloc (1);

    trace ("%d %d %d", g_try_malloc (huge) == NULL, g_try_malloc0 (huge) == NULL, g_try_realloc (kept, huge) == NULL);
    trace ("%d %d", g_try_malloc_n (huge, 3) == NULL, g_try_malloc0_n (huge, 3) == NULL);
    trace ("%d", g_try_realloc_n (kept, huge, 3) == NULL);
    g_free (kept);
}

TWIN (aligned_blocks_must_make_sense, "BH-035 BH-001")
{
    char *block = g_aligned_alloc0 (3, 10, 64);

    trace ("aligned %d, zero %d", (int) ((guintptr) block % 64), block[29]);
    g_aligned_free (block);
    expect (g_aligned_alloc (0, 10, 64) == NULL);
}
