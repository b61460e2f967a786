/* base_options_groups.c - groups of options, their hooks and names, the help to the letter, and misuse.
 *
 * What command lines come to is in base_options.c.
 */
#include "base_options.h"

#include <locale.h>
#include <stdlib.h>

static GOptionEntry main_entries[] = {
    { "flag", 'f', 0, G_OPTION_ARG_NONE, &found.flag, "A flag", NULL },
    { "text", 0, 0, G_OPTION_ARG_STRING, &found.text, "A text", "TEXT" },
    { "number", 'n', 0, G_OPTION_ARG_INT, &found.number, "A number", "N" },
    { "undescribed", 'u', 0, G_OPTION_ARG_NONE, &found.other, NULL, NULL },
    { "unnamed", 'y', 0, G_OPTION_ARG_FILENAME, &found.file, "Value without a name", NULL },
    { "hidden", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &found.flag, "Hidden", NULL },
    { "maybe", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), "Optional", "VALUE" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
};

static GOptionEntry group_entries[] = {
    { "own", 'o', 0, G_OPTION_ARG_NONE, &found.other, "The group's own", NULL },
    { "flag", 'f', 0, G_OPTION_ARG_NONE, &found.other, "Same name", NULL },
    { "in-main", 'm', G_OPTION_FLAG_IN_MAIN, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), "In main", "M" },
    { "text", 'q', G_OPTION_FLAG_NOALIAS, G_OPTION_ARG_STRING, &found.text, "No alias", "Q" },
    { "hidden-too", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &found.other, "Hidden", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
};

static GOptionEntry wide_entries[] = {
    { "very-long-option-name-that-is-wide", 'w', 0, G_OPTION_ARG_STRING, &found.text, "Wide", "ARGUMENT" },
    { "two\xe6\x97\xa5\xe6\x9c\xac", 'e', 0, G_OPTION_ARG_STRING, &found.text, "Wide letters\nand lines", "\xe6\x97\xa5" },
    { "h", 'h', 0, G_OPTION_ARG_NONE, &found.flag, "Takes -h", NULL },
    { "flag", 'm', G_OPTION_FLAG_NOALIAS, G_OPTION_ARG_NONE, &found.flag, "No alias either", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
};

static void
tell_destroyed (gpointer data)
{
    trace ("destroy %s", (char *) data);
}

static GOptionGroup *
add_group (GOptionContext *context, const char *name, GOptionEntry *entries)
{
    char         *title = g_strdup_printf ("%s options:", name), *help = g_strdup_printf ("Show %s", name);
    GOptionGroup *group = g_option_group_new (name, title, help, (gpointer) name, tell_destroyed);

    if (entries != NULL)
        g_option_group_add_entries (group, entries);
    g_option_context_add_group (context, group);
    g_free (title);
    g_free (help);
    return group;
}

static GOptionContext *
grouped (void)
{
    GOptionContext *context = g_option_context_new ("ARGS");

    g_option_context_add_main_entries (context, main_entries, NULL);
    add_group (context, "group", group_entries);
    return context;
}

/* ---- Parsing ---------------------------------------------------------------------------------------------------- */

TWIN (options_of_groups_have_two_names, "BH-025")
{
    static const char *const lines[] = {
        "prog --own", "prog -o", "prog --group-own", "prog --flag", "prog -f", "prog --group-flag", "prog --group-text=x",
        "prog -q x", "prog --text y", "prog --group-in-main v", "prog --in-main=bad", "prog -m v", "prog --gro-own",
        "prog --group-", "prog --other-own", "prog ---own", "prog --group-in-main",
    };

    parse_lines (grouped, lines, G_N_ELEMENTS (lines));
}

static gboolean
tell_hook (GOptionContext *context, GOptionGroup *group, gpointer data, GError **error)
{
    (void) context;
    (void) group;
    (void) error;
    trace ("  hook %s, flag %d", data != NULL ? (char *) data : "main", found.flag);
    return TRUE;
}

static gboolean
fail_hook (GOptionContext *context, GOptionGroup *group, gpointer data, GError **error)
{
    (void) context;
    (void) group;
    trace ("  hook %s fails", (char *) data);
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s failed", (char *) data);
    return FALSE;
}

static void
tell_failure (GOptionContext *context, GOptionGroup *group, gpointer data, GError **error)
{
    (void) context;
    (void) group;
    trace ("  error hook %s, flag %d: %s", data != NULL ? (char *) data : "main", found.flag,
           error != NULL && *error != NULL ? (*error)->message : "no error");
}

static GOptionContext *
hooked (GOptionParseFunc before, GOptionParseFunc after)
{
    GOptionContext *context = grouped ();
    GOptionGroup   *other = add_group (context, "other", NULL);

    g_option_group_set_parse_hooks (g_option_context_get_main_group (context), tell_hook, tell_hook);
    g_option_group_set_error_hook (g_option_context_get_main_group (context), tell_failure);
    g_option_group_set_parse_hooks (other, before, after);
    g_option_group_set_error_hook (other, tell_failure);
    return context;
}

static GOptionContext *
hooked_well (void)
{
    return hooked (tell_hook, tell_hook);
}

static GOptionContext *
failing_before (void)
{
    return hooked (fail_hook, tell_hook);
}

static GOptionContext *
failing_after (void)
{
    return hooked (tell_hook, fail_hook);
}

TWIN (hooks_run_around_parsing, "BH-025")
{
    static const char *const lines[] = { "prog -f x", "prog -f --oops" };

    parse_lines (hooked_well, lines, G_N_ELEMENTS (lines));
    parse_lines (failing_before, lines, G_N_ELEMENTS (lines));
    parse_lines (failing_after, lines, G_N_ELEMENTS (lines));
}

TWIN (groups_are_counted_and_tell_their_end, "BH-025")
{
    GOptionContext *context = g_option_context_new (NULL);
    GOptionGroup   *group;

    expect (g_option_context_get_main_group (context) == NULL);
    g_option_context_set_main_group (context, g_option_group_new ("m", "M", "m", "main", tell_destroyed));
    group = add_group (context, "kept", NULL);
    add_group (context, "gone", NULL);
    expect (g_option_group_ref (group) == group);
    g_option_context_free (context);
    trace ("freed");
    g_option_group_unref (group);
    g_option_group_free (g_option_group_new ("old", "Old", "old", "old", tell_destroyed));
    {
        g_autoptr (GOptionContext) scoped = g_option_context_new (NULL);
        g_autoptr (GOptionGroup) alone = g_option_group_new ("s", "S", "s", "scope", tell_destroyed);

        expect (scoped != NULL && alone != NULL);
    }
}

TWIN (program_gets_its_name, "BH-025")
{
    GOptionContext *context = g_option_context_new (NULL);

    g_set_prgname (NULL);
    parse_line (context, "/usr/bin/some-program x");
    trace ("%s", g_get_prgname ());
    parse_line (context, "other x");
    trace ("%s", g_get_prgname ());
    g_option_context_free (context);
}

/* ---- Help ------------------------------------------------------------------------------------------------------- */

static void
tell_help (const char *what, GOptionContext *context, gboolean main_help, GOptionGroup *group)
{
    char *help = g_option_context_get_help (context, main_help, group);

    trace ("---- %s\n%s----", what, help);
    g_free (help);
}

static void
tell_all_help (GOptionContext *context, GOptionGroup *group)
{
    tell_help ("main", context, TRUE, NULL);
    tell_help ("all", context, FALSE, NULL);
    if (group != NULL) {
        tell_help ("group", context, FALSE, group);
        tell_help ("group and main", context, TRUE, group);
    }
    g_option_context_set_help_enabled (context, FALSE);
    tell_help ("without help", context, TRUE, NULL);
    tell_help ("all without help", context, FALSE, NULL);
    g_option_context_free (context);
}

static const char *
translate (const char *text, gpointer mark)
{
    return g_intern_string (g_strconcat (mark, text, NULL));
}

TWIN (help_lists_the_options, "BH-026")
{
    GOptionContext *context = g_option_context_new (NULL);

    g_set_prgname ("program");
    tell_all_help (context, NULL);
    context = g_option_context_new (NULL);
    add_group (context, "empty", NULL);
    tell_all_help (context, NULL);
    context = g_option_context_new ("FILE - does things");
    g_option_context_add_main_entries (context, main_entries, NULL);
    tell_all_help (context, NULL);
    context = grouped ();
    g_option_context_set_summary (context, "The summary");
    g_option_context_set_description (context, "The description");
    trace ("%s, %s", g_option_context_get_summary (context), g_option_context_get_description (context));
    tell_all_help (context, NULL);
}

TWIN (help_is_as_wide_as_it_must_be, "BH-026")
{
    GOptionContext *context = grouped ();
    GOptionGroup   *group;

    setlocale (LC_ALL, "C.UTF-8");
    g_set_prgname ("program");
    group = add_group (context, "wide", wide_entries);
    add_group (context, "empty", NULL);
    tell_all_help (context, group);

    for (int length = 1; length < 20; length += 3) {
        char         name[] = "abcdefghijklmnopqrstuvwxyz";
        GOptionEntry one[] = { { name, 0, 0, G_OPTION_ARG_NONE, &found.flag, "described", NULL },
                               { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };

        name[length] = '\0';
        context = g_option_context_new (NULL);
        g_option_context_add_main_entries (context, one, NULL);
        tell_all_help (context, NULL);
        context = g_option_context_new (NULL);
        tell_all_help (context, add_group (context, name, group_entries));
    }
}

TWIN (help_on_the_other_arguments, "BH-026")
{
    static const char *const names[] = { "FILE...", "SOMETHING-QUITE-LONG", NULL };

    g_set_prgname ("program");
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        GOptionEntry    rest[] = { { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &found.rest, "Rest", names[i] },
                                   { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };
        GOptionContext *context = g_option_context_new (i == 1 ? "MORE" : NULL);

        g_option_context_add_main_entries (context, rest, NULL);
        tell_all_help (context, NULL);
    }
}

TWIN_LEAKING (help_is_translated, "BH-026", "translations are kept for good")
{
    GOptionContext *context = grouped ();
    GOptionGroup   *group = add_group (context, "wide", wide_entries);

    setlocale (LC_ALL, "C.UTF-8");
    g_set_prgname ("program");
    g_option_context_set_summary (context, "summary");
    g_option_context_set_description (context, "description");
    g_option_context_set_translate_func (context, translate, "old ", tell_destroyed);
    g_option_context_set_translate_func (context, translate, "C:", tell_destroyed);
    g_option_group_set_translate_func (g_option_context_get_main_group (context), translate, "M:", NULL);
    g_option_group_set_translate_func (group, translate, "G:", tell_destroyed);
    tell_all_help (context, group);
    context = grouped ();
    g_option_context_set_translation_domain (context, "nowhere");
    g_option_group_set_translation_domain (g_option_context_get_main_group (context), "nowhere");
    g_option_context_set_summary (context, "");
    tell_all_help (context, NULL);
}

static const char *asked;

static void
ask (void)
{
    GOptionContext *context = grouped ();
    char          **words = g_strsplit (asked, " ", -1);
    int             argc = (int) g_strv_length (words);

    setlocale (LC_ALL, "C.UTF-8");
    g_option_context_parse (context, &argc, &words, NULL);
    exit (9);
}

TWIN_LEAKING (help_is_printed_when_asked_for, "BH-026", "the process ends while it parses")
{
    static const char *const lines[] = {
        "prog --help", "prog -h", "prog -?", "/bin/prog x -f --help", "prog --help-all", "prog --help-group", "prog -fh",
        "prog -xh", "prog -- --help", "prog --text --help",
    };

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        const char *ending;
        char       *text;

        asked = lines[i];
        g_set_prgname (NULL);
        text = output_of (ask, 1, &ending);
        trace ("%s: %s\n%s----", lines[i], ending, text);
        free (text);
    }
}

/* ---- Misuse ----------------------------------------------------------------------------------------------------- */

TWIN (entries_that_make_no_sense_are_mended, "BH-027")
{
    static GOptionEntry wrong[] = {
        { "dash", '-', 0, G_OPTION_ARG_NONE, &found.flag, NULL, NULL },
        { "bell", '\a', 0, G_OPTION_ARG_NONE, &found.flag, NULL, NULL },
        { "blank", ' ', 0, G_OPTION_ARG_NONE, &found.flag, NULL, NULL },
        { "reverse", 'r', G_OPTION_FLAG_REVERSE, G_OPTION_ARG_STRING, &found.text, NULL, NULL },
        { "bare", 'b', G_OPTION_FLAG_NO_ARG | G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &found.text, NULL, NULL },
        { "maybe", 'm', G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_INT, &found.number, NULL, NULL },
        { "path", 'p', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_STRING, &found.text, NULL, NULL },
        { "call", 'c', G_OPTION_FLAG_REVERSE, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), NULL, NULL },
    };
    static const char *const lines[] = { "prog --dash", "prog --bell", "prog --blank", "prog -r v", "prog -b v",
                                         "prog -m 5", "prog -p v", "prog -c v" };

    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        GOptionEntry    pair[] = { wrong[i], { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };
        GOptionContext *context = g_option_context_new (NULL);
        GOptionGroup   *group;
        const char     *told;

        /* What is told begins with a place in the library's source. */
        log_hold ();
        g_option_context_add_main_entries (context, pair, NULL);
        told = strstr (log_held (), ": ignoring");
        trace ("%s", told != NULL ? told : "nothing told");
        group = g_option_group_new ("group", "Group", "Show", NULL, NULL);
        log_hold ();
        g_option_group_add_entries (group, pair);
        told = strstr (log_held (), " in entry");
        trace ("%s", told != NULL ? told : "nothing told");
        g_option_group_unref (group);
        forget_found ();
        parse_line (context, lines[i]);
        g_option_context_free (context);
    }
    forget_found ();
}

TWIN (groups_that_cannot_be_added_are_told, "BH-027")
{
    GOptionContext *context = grouped ();
    const char     *parts[] = { "name", "Title", "Show" };
    GOptionGroup   *other = g_option_group_new ("m", "M", "m", "second main", tell_destroyed);

    for (int missing = 0; missing < 3; missing++) {
        GOptionGroup *group = g_option_group_new (missing == 0 ? NULL : parts[0], missing == 1 ? NULL : parts[1],
                                                  missing == 2 ? NULL : parts[2], NULL, NULL);

        g_option_context_add_group (context, group);
        g_option_group_unref (group);
    }
    add_group (context, "group", NULL);
    g_option_context_set_main_group (context, other);
    g_option_group_unref (other);
    g_option_context_add_group (context, NULL);
    g_option_context_set_main_group (context, NULL);
    g_option_context_add_main_entries (context, NULL, NULL);
    g_option_group_add_entries (g_option_context_get_main_group (context), NULL);
    g_option_context_free (context);
}

TWIN (no_context_and_no_group_are_told, "BH-027")
{
    g_option_context_free (NULL);
    g_option_context_add_group (NULL, NULL);
    g_option_context_set_main_group (NULL, NULL);
    expect (g_option_context_get_main_group (NULL) == NULL);
    g_option_context_add_main_entries (NULL, NULL, NULL);
    expect (!g_option_context_parse (NULL, NULL, NULL, NULL) && !g_option_context_parse_strv (NULL, NULL, NULL));
    expect (g_option_context_get_help (NULL, TRUE, NULL) == NULL);
    g_option_context_set_help_enabled (NULL, TRUE);
    expect (!g_option_context_get_help_enabled (NULL));
    g_option_context_set_ignore_unknown_options (NULL, TRUE);
    expect (!g_option_context_get_ignore_unknown_options (NULL));
    g_option_context_set_strict_posix (NULL, TRUE);
    expect (!g_option_context_get_strict_posix (NULL));
    g_option_context_set_summary (NULL, "");
    expect (g_option_context_get_summary (NULL) == NULL);
    g_option_context_set_description (NULL, "");
    expect (g_option_context_get_description (NULL) == NULL);
    g_option_context_set_translate_func (NULL, NULL, NULL, NULL);
    g_option_context_set_translation_domain (NULL, "x");
    g_option_group_add_entries (NULL, NULL);
    g_option_group_set_translate_func (NULL, NULL, NULL, NULL);
    g_option_group_set_translation_domain (NULL, "x");
    g_option_group_set_parse_hooks (NULL, NULL, NULL);
    g_option_group_set_error_hook (NULL, NULL);
    expect (g_option_group_ref (NULL) == NULL);
    g_option_group_unref (NULL);
    g_option_group_free (NULL);
}

TWIN (settings_have_their_defaults, "BH-025")
{
    GOptionContext *context = g_option_context_new (NULL);

    trace ("%d %d %d", g_option_context_get_help_enabled (context), g_option_context_get_ignore_unknown_options (context),
           g_option_context_get_strict_posix (context));
    expect (g_option_context_get_summary (context) == NULL && g_option_context_get_description (context) == NULL);
    g_option_context_set_help_enabled (context, FALSE);
    g_option_context_set_ignore_unknown_options (context, TRUE);
    g_option_context_set_strict_posix (context, TRUE);
    g_option_context_set_summary (context, "text");
    g_option_context_set_summary (context, NULL);
    trace ("%d %d %d", g_option_context_get_help_enabled (context), g_option_context_get_ignore_unknown_options (context),
           g_option_context_get_strict_posix (context));
    expect (g_option_context_get_summary (context) == NULL);
    parse_line (context, "prog --help -h -?");
    g_option_context_free (context);
}
