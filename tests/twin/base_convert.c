/* base_convert.c - text from one encoding to another, file names shown to people, and file: URIs.
 *
 * The C locale's encoding is ASCII. What is read and written of text that was refused is traced for g_convert() alone.
 * Read next: base_boxes.c.
 */
#include "twin.h"

#include <locale.h>
#include <string.h>

/* Traces bytes, those that are not ASCII as numbers. */
static void
tell_bytes (const char *what, const char *text, gsize length)
{
    GString *shown = g_string_new (NULL);

    for (gsize i = 0; i < length; i++)
        if (g_ascii_isprint (text[i]))
            g_string_append_c (shown, text[i]);
        else
            g_string_append_printf (shown, "<%02x>", (guchar) text[i]);
    trace ("%s: %s", what, shown->str);
    g_string_free (shown, TRUE);
}

static void
tell_error (GError **error)
{
    trace ("  %s %d %s", g_quark_to_string ((*error)->domain), (*error)->code, (*error)->message);
    g_clear_error (error);
}

static void
tell (const char *what, char *text, gsize read, gsize written, GError **error)
{
    if (*error != NULL) {
        trace ("%s: refused at %zu", what, (size_t) read);
        expect (text == NULL);
        tell_error (error);
        return;
    }
    tell_bytes (what, text, written);
    trace ("  %zu read, NUL behind it %d", (size_t) read, text[written]);
    g_free (text);
}

/* The first encoding that is not there makes GLib look for other names of it, which leaves an errno of its own. */
static void
miss_once (void)
{
    expect (g_iconv_open ("missing", "UTF-8") == (GIConv) -1);
}

TWIN (strings_are_converted, "BH-032")
{
    static const struct {
        const char *text;
        gssize      length;
        const char *to, *from;
    } jobs[] = {
        { "abc", -1, "ISO-8859-1", "UTF-8" },
        { "caf\xc3\xa9 \xe2\x82\xac", -1, "ISO-8859-15", "UTF-8" },
        { "abc", 2, "UTF-16LE", "UTF-8" },
        { "a\0b", 3, "UTF-16BE", "UTF-8" },
        { "a\xff", -1, "ISO-8859-1", "UTF-8" },
        { "a\xc3", -1, "ISO-8859-1", "UTF-8" },
        { "\xe2\x82\xac", -1, "ISO-8859-1", "UTF-8" },
        { "", -1, "UTF-8", "UTF-8" },
        { "a\xff", -1, "UTF-8", "UTF-8" },
        { "\xe9", 1, "UTF-8", "ISO-8859-1" },
        { "\x1b$B$\"", -1, "UTF-8", "ISO-2022-JP" },
        { "\xe3\x81\x82", -1, "ISO-2022-JP", "UTF-8" },
        { "a", -1, "nonsense", "UTF-8" },
        { "a", -1, "UTF-8", "no-such" },
    };

    miss_once ();
    for (guint i = 0; i < G_N_ELEMENTS (jobs); i++) {
        GError *error = NULL;
        gsize   read = 99, written = 99;
        char   *text = g_convert (jobs[i].text, jobs[i].length, jobs[i].to, jobs[i].from, &read, &written, &error);

        tell (jobs[i].to, text, read, written, &error);
        text = g_convert (jobs[i].text, jobs[i].length, jobs[i].to, jobs[i].from, NULL, NULL, &error);
        if (error != NULL)
            tell_error (&error);
        g_free (text);
    }
}

TWIN (long_strings_are_converted, "BH-032")
{
    char  *text = g_strnfill (10000, 'x');
    gsize  read, written;
    char  *wide = g_convert (text, -1, "UTF-32LE", "UTF-8", &read, &written, NULL);
    GIConv converter = g_iconv_open ("UTF-8", "UTF-32LE");
    char  *back;

    trace ("%zu %zu", (size_t) read, (size_t) written);
    back = g_convert_with_iconv (wide, (gssize) written, converter, &read, &written, NULL);
    trace ("%zu %zu, the same %d", (size_t) read, (size_t) written, strcmp (text, back) == 0);
    g_iconv_close (converter);
    g_free (text);
    g_free (wide);
    g_free (back);
}

TWIN (characters_nobody_has_are_replaced, "BH-032")
{
    static const struct {
        const char *text, *to, *from, *fallback;
    } jobs[] = {
        { "plain", "ASCII", "UTF-8", NULL },
        { "x\xe2\x82\xacy", "ISO-8859-1", "UTF-8", NULL },
        { "x\xe2\x82\xac\xf0\x9f\x98\x80y", "ISO-8859-1", "UTF-8", "??" },
        { "x\xf0\x9f\x98\x80y", "ASCII", "UTF-8", NULL },
        { "x\xe2\x82\xacy", "ISO-8859-1", "UTF-8", "" },
        { "x\xe2\x82\xacy", "ISO-8859-1", "UTF-8", "\xe2\x82\xac" },
        { "x\xff", "ISO-8859-1", "UTF-8", "?" },
        { "\xa4x", "ASCII", "ISO-8859-15", NULL },
        { "x", "ASCII", "nonsense", NULL },
    };

    miss_once ();
    for (guint i = 0; i < G_N_ELEMENTS (jobs); i++) {
        GError *error = NULL;
        gsize   read = 0, written = 0;
        char   *text = g_convert_with_fallback (jobs[i].text, -1, jobs[i].to, jobs[i].from, jobs[i].fallback, &read,
                                                &written, &error);

        tell (jobs[i].to, text, error != NULL ? 0 : read, written, &error);
    }
}

typedef char *Converter (const char *, gssize, gsize *, gsize *, GError **);

static void
try_all (void)
{
    static const struct {
        const char *name;
        Converter  *convert;
    } ways[] = { { "locale_to_utf8", g_locale_to_utf8 },
                 { "locale_from_utf8", g_locale_from_utf8 },
                 { "filename_to_utf8", g_filename_to_utf8 },
                 { "filename_from_utf8", g_filename_from_utf8 } };
    static const struct {
        const char *text;
        gssize      length;
    } texts[] = { { "abc", -1 }, { "abc", 2 }, { "caf\xc3\xa9", -1 }, { "a\xff", -1 }, { "a\0b", 3 }, { "\xc3", -1 } };

    for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
        for (guint j = 0; j < G_N_ELEMENTS (texts); j++) {
            GError *error = NULL;
            gsize   read = 0, written = 0;
            char   *text = ways[i].convert (texts[j].text, texts[j].length, &read, &written, &error);

            tell (ways[i].name, text, read, written, &error);
        }
}

TWIN (locale_and_file_names_have_their_encodings, "BH-032")
{
    const char  *charset;
    const char **charsets;
    gboolean     utf8;
    char        *name;

    g_unsetenv ("CHARSET");
    utf8 = g_get_charset (&charset);
    trace ("%d %s", utf8, charset);
    utf8 = g_get_console_charset (&charset);
    trace ("%d %s", utf8, charset);
    name = g_get_codeset ();
    trace ("%s", name);
    g_free (name);
    utf8 = g_get_filename_charsets (&charsets);
    trace ("%d %s, then %s", utf8, charsets[0], charsets[1] != NULL ? charsets[1] : "(none)");
    try_all ();
}

TWIN (utf8_locale_needs_no_conversion, "BH-032")
{
    const char *charset;
    gboolean    utf8;

    expect (setlocale (LC_ALL, "C.UTF-8") != NULL);
    utf8 = g_get_charset (&charset);
    trace ("%d %s", utf8, charset);
    try_all ();
}

TWIN (file_names_have_the_encoding_the_environment_says, "BH-032")
{
    const char **charsets;
    char        *shown;

    g_setenv ("G_FILENAME_ENCODING", "ISO-8859-15,@locale,UTF-8", TRUE);
    trace ("%d", g_get_filename_charsets (&charsets));
    for (; *charsets != NULL; charsets++)
        trace ("%s", *charsets);
    try_all ();
    shown = g_filename_display_name ("\xa4");
    trace ("%s", shown);
    g_free (shown);
}

TWIN (file_names_are_shown, "BH-032")
{
    static const char *const names[] = { "plain", "caf\xc3\xa9", "caf\xe9x\xff", "/a/b\xff/c\xe9", "/", "" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        char *name = g_filename_display_name (names[i]);
        char *base = g_filename_display_basename (names[i]);

        trace ("%s, %s", name, base);
        g_free (name);
        g_free (base);
    }
    g_filename_display_basename (NULL);
}

TWIN (file_uris_are_taken_apart, "BH-032")
{
    static const char *const uris[] = {
        "file:///a/b",     "file:/a",          "file://host/a%20b",  "http://x",        "file:///a%00b",
        "file:///a%2Fb",   "file:///a%zz",     "file:///a%2",        "file:a",          "FILE:///x",
        "file:///x#y",     "file://ho_st/x",   "file://localhost/x", "file:///%C3%A9",  "",
        "file://",         "file://host",      "file:///x?y",        "file://1.2.3.4/x", "file://a.b-c.d./x",
        "file://a..b/x",   "file://-a/x",      "file://%61/x",       "file://host:1/x", "file:////x",
    };

    for (guint i = 0; i < G_N_ELEMENTS (uris); i++) {
        GError *error = NULL;
        char   *host = NULL;
        char   *name = g_filename_from_uri (uris[i], &host, &error);

        if (name != NULL)
            trace ("%s: %s on %s", uris[i], name, host != NULL ? host : "(none)");
        else
            tell_error (&error);
        g_free (name);
        g_free (host);
    }
}

TWIN (file_uris_are_made, "BH-032")
{
    static const struct {
        const char *name, *host;
    } names[] = {
        { "/a b/\xc3\xa9\xff;?#~!$&'()*+,-./:=@_%[]^`{|}\"<>\\\x01", NULL },
        { "/a", "host.x-y" },
        { "/a", "" },
        { "a", "host" },
        { "", NULL },
        { "/a", "h_%" },
        { "/a", "\xff" },
        { "/a", "1.2" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        GError *error = NULL;
        char   *uri = g_filename_to_uri (names[i].name, names[i].host, &error);

        if (uri != NULL)
            trace ("%s", uri);
        else
            tell_error (&error);
        g_free (uri);
    }
}

TWIN (conversion_misuse_is_told, "BH-032")
{
    g_convert (NULL, 1, "a", "b", NULL, NULL, NULL);
    g_convert ("a", 1, NULL, "b", NULL, NULL, NULL);
    g_convert ("a", 1, "b", NULL, NULL, NULL, NULL);
    g_convert_with_fallback (NULL, 1, "a", "b", NULL, NULL, NULL, NULL);
    g_convert_with_iconv ("a", 1, (GIConv) -1, NULL, NULL, NULL);
    g_locale_to_utf8 (NULL, 1, NULL, NULL, NULL);
    g_filename_to_utf8 (NULL, 1, NULL, NULL, NULL);
    g_filename_to_uri (NULL, NULL, NULL);
}
