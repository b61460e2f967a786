/* base_options.h - what the programs about options share: variables, command lines, and their telling.
 *
 * A command line is written as one text with blanks between the arguments; "''" stands for an empty one. Each test of a
 * line starts with fresh variables, so that what it traces comes from that line alone.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "twin.h"

#include <stdio.h>
#include <string.h>

/* What options are stored in. */
typedef struct {
    gboolean flag, unflag, other;
    gint     number;
    gint64   large;
    gdouble  real;
    char    *text, *file;
    char   **texts, **files, **rest;
} Found;

static Found found;

static inline void
forget_found (void)
{
    g_free (found.text);
    g_free (found.file);
    g_strfreev (found.texts);
    g_strfreev (found.files);
    g_strfreev (found.rest);
    found = (Found){ .unflag = TRUE, .number = -1, .large = -1, .real = -1 };
}

static inline void
add_strings (GString *text, const char *name, char **strings)
{
    if (strings == NULL)
        return;
    g_string_append_printf (text, " %s", name);
    for (; *strings != NULL; strings++)
        g_string_append_printf (text, " [%s]", *strings);
}

static inline void
tell_found (void)
{
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "flag %d %d %d, numbers %d %lld %g", found.flag, found.unflag, found.other,
                            found.number, (long long) found.large, found.real);
    if (found.text != NULL)
        g_string_append_printf (text, " text '%s'", found.text);
    if (found.file != NULL)
        g_string_append_printf (text, " file '%s'", found.file);
    add_strings (text, "texts", found.texts);
    add_strings (text, "files", found.files);
    add_strings (text, "rest", found.rest);
    trace ("  %s", text->str);
    g_string_free (text, TRUE);
}

static inline void
tell_error (GError *error)
{
    if (error == NULL)
        return;
    trace ("  %s %d: %s", g_quark_to_string (error->domain), error->code, error->message);
    g_error_free (error);
}

/* Parses a line and tells everything that came of it. */
static inline void
parse_line (GOptionContext *context, const char *line)
{
    char   **words = g_strsplit (line, " ", -1), **argv;
    int      argc = (int) g_strv_length (words);
    GError  *error = NULL;
    gboolean good;
    GString *left = g_string_new (NULL);

    for (char **word = words; *word != NULL; word++)
        if (strcmp (*word, "''") == 0)
            **word = '\0';
    argv = g_memdup2 (words, (gsize) (argc + 1) * sizeof (char *));
    trace ("%s", line);
    good = g_option_context_parse (context, &argc, &argv, &error);
    add_strings (left, "left", argv);
    trace ("  %s, %d%s", good ? "good" : "bad", argc, left->str);
    expect (argv[argc] == NULL && good == (error == NULL));
    tell_error (error);
    tell_found ();
    g_string_free (left, TRUE);
    g_free (argv);
    g_strfreev (words);
}

/* Each line with a context of its own, made by `make`. */
static inline void
parse_lines (GOptionContext *(*make) (void), const char *const *lines, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        GOptionContext *context = make ();

        forget_found ();
        parse_line (context, lines[i]);
        g_option_context_free (context);
    }
    forget_found ();
}

/* A callback that tells what it gets; it fails for "bad" with an error of its own, for "silent" without one. */
static inline gboolean
tell_option (const gchar *name, const gchar *value, gpointer data, GError **error)
{
    trace ("  option '%s' value '%s' data '%s'", name, value != NULL ? value : "NULL",
           data != NULL ? (const char *) data : "NULL");
    if (g_strcmp0 (value, "bad") == 0)
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is bad", name);
    return g_strcmp0 (value, "bad") != 0 && g_strcmp0 (value, "silent") != 0;
}

/* ISO C keeps functions and data apart; whoever has option callbacks relies on them being one. */
#define CALLBACK(function) (__extension__ (gpointer) (function))

#endif
