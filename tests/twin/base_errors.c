/* base_errors.c - GError, quarks, errno codes and memory: what is stored, what is freed, what misuse says.
 *
 * Read next: base_messages.c.
 */
#include "twin.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
tell_error (const char *what, const GError *error)
{
    if (error == NULL)
        trace ("%s: none", what);
    else
        trace ("%s: %s %d %s", what, g_quark_to_string (error->domain), error->code, error->message);
}

TWIN (errors_are_set_moved_and_prefixed, "BH-007")
{
    GQuark  domain = g_quark_from_static_string ("twin-error");
    GError *error = NULL;
    GError *taken = NULL;
    GError *copy;

    g_set_error (&error, domain, 3, "number %d", 7);
    tell_error ("set", error);
    trace ("matches %d %d %d", g_error_matches (error, domain, 3), g_error_matches (error, domain, 4),
           g_error_matches (NULL, domain, 3));
    g_prefix_error (&error, "in %s: ", "place");
    g_prefix_error_literal (&error, "100%: ");
    tell_error ("prefixed", error);
    g_propagate_error (&taken, g_steal_pointer (&error));
    tell_error ("moved", taken);
    copy = g_error_copy (taken);
    g_clear_error (&taken);
    tell_error ("cleared", taken);
    g_propagate_prefixed_error (&taken, copy, "outer %d: ", 1);
    tell_error ("moved with prefix", taken);
    g_clear_error (&taken);
    g_set_error_literal (NULL, domain, 3, "nobody asks");
    g_propagate_error (NULL, g_error_new_literal (domain, 1, "nobody asks"));
    g_prefix_error (NULL, "nobody");
    g_clear_error (NULL);
    g_set_error_literal (&error, domain, 4, "100%");
    tell_error ("literal", error);
    g_error_free (error);
}

TWIN (error_misuse_is_told, "BH-007 BH-006")
{
    GQuark  domain = g_quark_from_string ("twin-error");
    GError *error = g_error_new (domain, 1, "%s", "first");

    g_set_error (&error, domain, 2, "%s", "second");
    g_set_error_literal (&error, domain, 3, "third");
    g_propagate_error (&error, g_error_new_literal (domain, 4, "fourth"));
    tell_error ("still", error);
    g_error_free (error);
    expect (g_error_new_literal (domain, 1, NULL) == NULL);
    expect (g_error_new_literal (0, 1, "text") == NULL);
    expect (g_error_copy (NULL) == NULL);
    g_error_free (NULL);
    g_propagate_error (&error, NULL);
}

TWIN (quarks_are_the_same_for_equal_strings, "BH-008")
{
    char   text[] = "twin quark";
    GQuark quark;

    expect (g_quark_try_string ("twin quark") == 0);
    quark = g_quark_from_string (text);
    text[0] = 'T';
    expect (quark != 0 && g_quark_from_static_string ("twin quark") == quark);
    expect (g_quark_try_string ("twin quark") == quark && g_quark_try_string (text) == 0);
    trace ("%s", g_quark_to_string (quark));
    expect (g_quark_to_string (0) == NULL && g_quark_from_string (NULL) == 0 && g_quark_try_string (NULL) == 0);
    expect (g_intern_string ("twin quark") == g_quark_to_string (quark) && g_intern_string (NULL) == NULL);
    trace ("%s %s %s", g_quark_to_string (G_CONVERT_ERROR), g_quark_to_string (G_FILE_ERROR),
           g_quark_to_string (G_THREAD_ERROR));
}

TWIN (errno_values_have_codes_and_texts, "BH-008")
{
    errno = 77;
    for (int number = 1; number < 130; number++)
        trace ("%d %d %s", number, (int) g_file_error_from_errno (number), g_strerror (number));
    expect (errno == 77);
    expect (g_strerror (ENOENT) == g_strerror (ENOENT));
    trace ("%s %s", g_strsignal (9), g_strsignal (15));
}

TWIN (close_tells_what_went_wrong, "BH-007")
{
    GError *error = NULL;
    int     ends[2];

    pipe_open (ends);
    errno = 77;
    trace ("closed %d, errno %d", g_close (ends[0], &error), errno);
    trace ("closed %d", g_close (ends[1], NULL));
    trace ("closed %d", g_close (-1, &error));
    tell_error ("error", error);
    g_clear_error (&error);
}

/* More than there is; volatile, so that no compiler warns. */
static volatile gsize huge = G_MAXSIZE / 2;

TWIN (memory_is_the_c_librarys, "BH-001")
{
    char *block = g_malloc0_n (3, 4);

    expect (memcmp (block, "\0\0\0\0\0\0\0\0\0\0\0", 12) == 0);
    block = g_realloc_n (block, 100, 4);
    free (block);
    block = malloc (3);
    g_free (block);
    expect (g_malloc (0) == NULL && g_realloc (NULL, 0) == NULL && g_memdup2 (NULL, 3) == NULL);
    expect (g_try_malloc_n (huge, 4) == NULL && g_try_malloc (huge) == NULL);
    block = g_memdup2 ("abc", 4);
    trace ("%s", block);
    g_clear_pointer (&block, g_free);
    expect (block == NULL);
    g_free (NULL);
}

static void
ask_for_too_much (void)
{
    (void) g_malloc_n (huge, 4);
}

TWIN (too_much_memory_ends_the_program, "BH-001")
{
    trace ("%s", in_child (ask_for_too_much));
}
