/* base_options.c - GOptionContext: what command lines come to, in variables, in argv and in errors.
 *
 * Read next: base_options_groups.c, which has groups, hooks, the help and misuse.
 */
#include "base_options.h"

static GOptionEntry entries[] = {
    { "flag", 'f', 0, G_OPTION_ARG_NONE, &found.flag, "A flag", NULL },
    { "no-flag", 'F', G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &found.unflag, "No flag", NULL },
    { "number", 'n', 0, G_OPTION_ARG_INT, &found.number, "A number", "N" },
    { "large", 'l', 0, G_OPTION_ARG_INT64, &found.large, "A large number", "N" },
    { "real", 'r', 0, G_OPTION_ARG_DOUBLE, &found.real, "A real number", "R" },
    { "text", 't', 0, G_OPTION_ARG_STRING, &found.text, "A text", "TEXT" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &found.file, "A file", "FILE" },
    { "texts", 'T', 0, G_OPTION_ARG_STRING_ARRAY, &found.texts, "Texts", "TEXT" },
    { "files", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &found.files, "Files", "FILE" },
    { "call", 'c', 0, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), "Calls", "VALUE" },
    { "bare", 'b', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), "Calls", NULL },
    { "maybe", 'm', G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), "Calls", "VALUE" },
    { "path", 'p', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), "Calls", "PATH" },
    { "secret", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &found.other, "Hidden", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
};

static GOptionEntry rest[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &found.rest, NULL, "FILE..." },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
};

static GOptionContext *
plain (void)
{
    GOptionContext *context = g_option_context_new ("- test");

    g_option_context_add_main_entries (context, entries, NULL);
    return context;
}

static GOptionContext *
with_rest (void)
{
    GOptionContext *context = plain ();

    g_option_context_add_main_entries (context, rest, NULL);
    return context;
}

static GOptionContext *
ignoring (void)
{
    GOptionContext *context = plain ();

    g_option_context_set_ignore_unknown_options (context, TRUE);
    return context;
}

static GOptionContext *
strict (void)
{
    GOptionContext *context = plain ();

    g_option_context_set_strict_posix (context, TRUE);
    return context;
}

static GOptionContext *
strict_with_rest (void)
{
    GOptionContext *context = with_rest ();

    g_option_context_set_strict_posix (context, TRUE);
    return context;
}

static GOptionContext *
ignoring_with_rest (void)
{
    GOptionContext *context = with_rest ();

    g_option_context_set_ignore_unknown_options (context, TRUE);
    return context;
}

#define PARSE(make, lines) parse_lines (make, lines, G_N_ELEMENTS (lines))

TWIN (values_come_in_every_way, "BH-025")
{
    static const char *const lines[] = {
        "prog", "prog -f", "prog --flag x -F y", "prog --flag=1", "prog --text=abc", "prog --text abc", "prog -t abc",
        "prog -t abc -t def", "prog --text=", "prog --text ''", "prog -t -f", "prog --text --flag", "prog --text --",
        "prog -ft abc", "prog -tf abc", "prog -n 3 -l 4 -r 5.5", "prog --number=0x10 --large=010", "prog -n -5",
        "prog --number= 5", "prog --large=99999999999", "prog -r 1e3", "prog --file a --file=b",
        "prog -T a -T b --texts=c", "prog --files a --files=b", "prog --secret", "prog - x", "prog -n 1 - -f",
    };

    PARSE (plain, lines);
}

TWIN (callbacks_get_name_and_value, "BH-025")
{
    static const char *const lines[] = {
        "prog -c v", "prog --call=v", "prog --call v", "prog -b", "prog --bare x", "prog --bare=x", "prog -m", "prog -m v",
        "prog -m -f", "prog -m -", "prog -m ''", "prog -mf", "prog -mf v", "prog -fm v", "prog --maybe", "prog --maybe v",
        "prog --maybe=v", "prog --maybe=", "prog --maybe --flag", "prog --maybe --", "prog -bm", "prog -p v", "prog -c bad",
        "prog --call=silent", "prog -c silent", "prog -m bad x",
    };

    PARSE (plain, lines);
}

TWIN (errors_say_what_is_wrong, "BH-027")
{
    static const char *const lines[] = {
        "prog --nosuch", "prog --nosuch=3", "prog -x", "prog -fx", "prog -xf", "prog --fla", "prog --flagg", "prog --text",
        "prog -t", "prog -tabc", "prog -n", "prog -n3", "prog -nn", "prog -n 1 -n", "prog -nl 1 2", "prog -tm 1 2",
        "prog -mt 1 2", "prog -mx", "prog --number=x", "prog --number=", "prog --number=5x", "prog -n 1.5",
        "prog --number=99999999999", "prog --number=-99999999999", "prog --large=x",
        "prog --large=99999999999999999999", "prog --real=x", "prog --real=", "prog --real=1,5", "prog --real=1e999",
        "prog -f -t a --file b -T c -n 7 -l 8 -r 9 --secret --oops", "prog --help-nosuch", "prog --help=1",
        "prog a -x b",
    };

    PARSE (plain, lines);
}

TWIN (two_dashes_end_the_options, "BH-025")
{
    static const char *const lines[] = {
        "prog --", "prog -- -f", "prog -f -- x", "prog a -- -f b", "prog a --", "prog -- a b", "prog a -- b", "prog -- -",
        "prog -- --", "prog a -- b -- c", "prog -- a --",
    };

    PARSE (plain, lines);
    PARSE (with_rest, lines);
    PARSE (ignoring, lines);
    PARSE (strict, lines);
}

TWIN (other_arguments_are_kept_or_collected, "BH-025")
{
    static const char *const lines[] = {
        "prog a -f b", "prog a b c", "prog - a -", "prog a -t x b -x", "prog '' a",
    };

    PARSE (plain, lines);
    PARSE (with_rest, lines);
}

TWIN (unknown_options_may_stay, "BH-025")
{
    static const char *const lines[] = {
        "prog a --nosuch -f -xf -fx -y --un=3", "prog --un -- x", "prog --un -- -x", "prog -xyz", "prog -xfyt v z",
        "prog a --nosuch -f -xf -",
    };

    PARSE (ignoring, lines);
    PARSE (ignoring_with_rest, lines);
}

TWIN (strict_lines_end_with_the_first_argument, "BH-025")
{
    static const char *const lines[] = {
        "prog a -f", "prog -f a -F", "prog -f -- a -F", "prog -f a -- -F", "prog - -f", "prog -t v a -x", "prog -x a",
    };

    PARSE (strict, lines);
    PARSE (strict_with_rest, lines);
}

static GOptionContext *
with_rest_for_callback (void)
{
    static GOptionEntry    to_callback[] = {
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_CALLBACK, CALLBACK (tell_option), NULL, NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
    };
    GOptionContext *context = plain ();

    g_option_context_add_main_entries (context, to_callback, NULL);
    return context;
}

static GOptionContext *
with_rest_for_a_flag (void)
{
    static GOptionEntry    to_flag[] = { { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_NONE, &found.flag, NULL, NULL },
                                         { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL } };
    GOptionContext *context = g_option_context_new (NULL);

    g_option_context_add_main_entries (context, to_flag, NULL);
    return context;
}

TWIN (callback_gets_the_other_arguments, "BH-025")
{
    static const char *const lines[] = { "prog a -f b -- -z", "prog a bad c", "prog a silent" };

    PARSE (with_rest_for_callback, lines);
}

TWIN (flag_cannot_collect_arguments, "BH-027")
{
    GOptionContext *context = with_rest_for_a_flag ();
    char           *args[] = { "prog", "x", NULL }, **argv = args;
    int             argc = 2;
    GError         *error = NULL;

    expect (!g_option_context_parse (context, &argc, &argv, &error) && error == NULL && argc == 2);
    g_option_context_free (context);
}

TWIN (text_that_is_not_in_the_locale_is_an_error, "BH-027")
{
    static const char *const lines[] = { "prog -t \xff", "prog --texts=\xff", "prog --file \xff", "prog -c \xff",
                                         "prog -p \xff", "prog --\xff", "prog -\xc3\xa9" };

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        GOptionContext *context = plain ();
        char          **words = g_strsplit (lines[i], " ", -1);
        int             argc = (int) g_strv_length (words);
        char          **argv = g_memdup2 (words, (gsize) (argc + 1) * sizeof (char *));
        GError         *error = NULL;

        forget_found ();
        expect (g_option_context_parse (context, &argc, &argv, &error) == (error == NULL));
        trace ("%u: %d left", i, argc);
        if (error != NULL)
            trace ("%s %d", g_quark_to_string (error->domain), error->code);
        g_clear_error (&error);
        g_option_context_free (context);
        g_free (argv);
        g_strfreev (words);
    }
    forget_found ();
}

TWIN (values_before_are_there_again_after_an_error, "BH-027")
{
    static char     before[] = "before";
    static char    *list[] = { before, NULL };
    GOptionContext *context = plain ();

    forget_found ();
    found = (Found){ .number = 7, .large = 8, .real = 9, .text = before, .file = before, .texts = list,
                     .files = list };
    parse_line (context, "prog -f -n 1 -l 2 -r 3 -t a -t b --file c -T d -T e --files g --oops");
    expect (found.text == before && found.file == before && found.texts == list && found.files == list);
    parse_line (context, "prog -t new -T one -T two");
    g_free (found.text);
    g_strfreev (found.texts);
    found = (Found){ 0 };
    g_option_context_free (context);
}

TWIN (vectors_of_strings_are_parsed_too, "BH-025")
{
    char           *args[] = { "prog", "-f", "x", "-t", "v", "-fF", "y", NULL };
    char          **vector = g_strdupv (args);
    GOptionContext *context = plain ();
    GError         *error = NULL;

    forget_found ();
    expect (g_option_context_parse_strv (context, &vector, &error));
    for (char **string = vector; *string != NULL; string++)
        trace ("%s", *string);
    tell_found ();
    g_strfreev (vector);
    g_option_context_free (context);
    forget_found ();

    context = ignoring ();
    vector = g_strdupv ((char *[]){ "prog", "-xf", "-n", "bad", NULL });
    expect (!g_option_context_parse_strv (context, &vector, &error) && g_strv_length (vector) == 4);
    tell_error (error);
    g_strfreev (vector);
    vector = g_strdupv ((char *[]){ "prog", "-xf", "-n", "5", NULL });
    expect (g_option_context_parse_strv (context, &vector, NULL) && g_strv_length (vector) == 2);
    trace ("%s", vector[1]);
    g_strfreev (vector);
    vector = NULL;
    expect (g_option_context_parse_strv (context, &vector, NULL) && g_option_context_parse_strv (context, NULL, NULL));
    expect (g_option_context_parse (context, NULL, NULL, NULL));
    g_option_context_free (context);
    forget_found ();
}

OWN (failure_takes_back_what_its_own_line_brought, "BH-027",
     "the oracle takes back what an earlier line brought as well, though it may be freed by then")
{
    GOptionContext *context = plain ();
    char           *first[] = { "prog", "-t", "text", "-f", NULL }, *second[] = { "prog", "-n", "5", "-x", NULL };
    char          **argv = first;
    int             argc = 4;

    forget_found ();
    expect (g_option_context_parse (context, &argc, &argv, NULL));
    argv = second;
    argc = 4;
    expect (!g_option_context_parse (context, &argc, &argv, NULL));
    expect (found.flag && found.number == -1 && g_strcmp0 (found.text, "text") == 0);
    g_option_context_free (context);
    forget_found ();
}

OWN (flags_that_were_set_are_set_again_after_an_error, "BH-027", "the oracle leaves them FALSE")
{
    GOptionContext *context = plain ();

    forget_found ();
    found.flag = TRUE;
    parse_line (context, "prog -f -F --secret --oops");
    expect (found.flag && found.unflag && !found.other);
    g_option_context_free (context);
}
