/* base_strings.c - strings: made, split, joined, cut, escaped, compared, read as numbers; GString and UTF-8.
 *
 * Every result is traced as text. No case may depend on the locale: these programs never leave the C locale.
 * Read next: base_errors.c.
 */
#include "twin.h"

#include <string.h>

/* Traces a fresh string and frees it. */
static void
tell (const char *what, char *text)
{
    trace ("%s: %s", what, text != NULL ? text : "(none)");
    g_free (text);
}

/* Traces a fresh vector and frees it. */
static void
tell_vector (const char *what, char **vector)
{
    char *joined = g_strjoinv ("/", vector);

    trace ("%s: %u %s", what, g_strv_length (vector), joined);
    g_free (joined);
    g_strfreev (vector);
}

TWIN (strings_are_joined_and_split, "BH-002")
{
    static const char *const words[] = { "a", "b", NULL };
    char                    *empty[] = { NULL };

    tell ("join without separator", g_strjoin (NULL, "a", "b", NULL));
    tell ("join nothing", g_strjoin (",", NULL));
    tell ("join empty ones", g_strjoin (",", "", "b", "", NULL));
    tell ("joinv", g_strjoinv (", ", (char **) words));
    tell ("joinv nothing", g_strjoinv (", ", empty));
    tell ("concat", g_strconcat ("a", "", "bc", NULL));
    tell ("concat nothing", g_strconcat (NULL, NULL));
    tell_vector ("split", g_strsplit ("a,b,,c", ",", 0));
    tell_vector ("split in two", g_strsplit ("a,b,,c", ",", 2));
    tell_vector ("split in one", g_strsplit ("a,b", ",", 1));
    tell_vector ("split at words", g_strsplit ("one and two and", " and ", -1));
    tell_vector ("split nothing", g_strsplit ("", ",", 2));
    tell_vector ("split a separator", g_strsplit (",", ",", 0));
    tell_vector ("split at a set", g_strsplit_set ("a,b;c", ";,", 0));
    tell_vector ("split at a set in two", g_strsplit_set ("a,b;c", ";,", 2));
    tell_vector ("split at an empty set", g_strsplit_set ("a,b", "", 0));
    tell_vector ("copy", g_strdupv ((char **) words));
    trace ("contains %d %d", g_strv_contains (words, "b"), g_strv_contains (words, "c"));
    trace ("equal %d %d", g_strv_equal (words, words), g_strv_equal (words, words + 1));
}

TWIN (strings_are_copied_and_cut, "BH-002")
{
    char  small[6] = "ab";
    char  blanks[] = " \t\v ";
    char  padded[] = "  a b \n";
    char  dashed[] = "a-b c|d";
    char  letters[] = "abcxyz";
    char *block = g_strndup ("ab", 4);

    tell ("dup", g_strdup ("text"));
    tell ("dup of nothing", g_strdup (NULL));
    tell ("ndup", g_strndup ("text", 2));
    expect (memcmp (block, "ab\0\0", 5) == 0);
    g_free (block);
    tell ("fill", g_strnfill (3, '+'));
    tell ("printf", g_strdup_printf ("%05.2f|%-4d|%s", 3.14159, 7, "x"));
    trace ("lcpy %zu %s", (size_t) g_strlcpy (small, "123456789", sizeof small), small);
    trace ("lcpy %zu %s", (size_t) g_strlcpy (small, "12", sizeof small), small);
    trace ("lcat %zu %s", (size_t) g_strlcat (small, "3456789", sizeof small), small);
    trace ("lcat %zu %s", (size_t) g_strlcat (small, "x", sizeof small), small);
    trace ("strip '%s' '%s'", g_strstrip (blanks), g_strstrip (padded));
    trace ("delimit %s", g_strdelimit (dashed, NULL, '*'));
    trace ("canon %s", g_strcanon (letters, "abz", '?'));
    trace ("reverse %s", g_strreverse (letters));
    tell ("escape", g_strescape ("a\"\n\t\x01\xc3\\\x7f", NULL));
    tell ("escape but", g_strescape ("a\"\n\xc3", "\"\xc3"));
    tell ("compress", g_strcompress ("a\\n\\101\\8\\x\\\"\\18"));
    tell ("compress cut off", g_strcompress ("a\\"));
}

TWIN (strings_are_searched_and_compared, "BH-002")
{
    const char *hay = "abcabc";

    trace ("prefix %d %d", g_str_has_prefix (hay, "abca"), g_str_has_prefix ("ab", "abc"));
    trace ("suffix %d %d", g_str_has_suffix (hay, "abc"), g_str_has_suffix ("bc", "abc"));
    trace ("last %s %s", g_strrstr (hay, "bc"), g_strrstr (hay, ""));
    trace ("last in 5 %s", g_strrstr_len (hay, 5, "bc"));
    trace ("first in 3 %s", g_strstr_len (hay, 3, "b"));
    expect (g_strstr_len (hay, 3, "ca") == NULL && g_strrstr (hay, "x") == NULL);
    trace ("case %d %d %d", g_ascii_strcasecmp ("aB", "Ab"), g_ascii_strcasecmp ("a", "B"),
           g_ascii_strcasecmp ("abc", "ab"));
    trace ("case of two %d", g_ascii_strncasecmp ("abc", "aBd", 2));
    trace ("cmp0 %d %d %d", g_strcmp0 (NULL, "a"), g_strcmp0 ("a", NULL), g_strcmp0 (NULL, NULL));
    tell ("up", g_ascii_strup ("aéz1", -1));
    tell ("down", g_ascii_strdown ("AÉZ1", 2));
    trace ("hash %u %u", g_str_hash ("hello\xff"), g_str_hash (""));
    for (int c = 0; c < 256; c++)
        trace ("%d: %x %d %d", c, g_ascii_table[c], g_ascii_digit_value ((char) c), g_ascii_xdigit_value ((char) c));
}

TWIN (numbers_are_read_and_written, "BH-002")
{
    static const char *const texts[] = { "12", " 12", "+5", "-3", "0x1f", "1f", "", "abc", "300", "12x", "-6",
                                         "99999999999999999999999" };
    char                     buffer[G_ASCII_DTOSTR_BUF_SIZE];
    char                    *end;
    double                   real;
    gint64                   integer;

    trace ("%s", g_ascii_dtostr (buffer, sizeof buffer, 0.1));
    trace ("%s", g_ascii_formatd (buffer, sizeof buffer, "%.3e", 12345.678));
    real = g_ascii_strtod ("1.5x", &end);
    trace ("%g %s", real, end);
    real = g_ascii_strtod ("0x1.8p1z", &end);
    trace ("%g %s", real, end);
    integer = g_ascii_strtoll ("-12z", &end, 10);
    trace ("%" G_GINT64_FORMAT " %s", integer, end);
    integer = (gint64) g_ascii_strtoull ("  0xffz", &end, 0);
    trace ("%" G_GINT64_FORMAT " %s", integer, end);
    for (guint base = 10; base <= 16; base += 6)
        for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
            gint64   number = 77;
            guint64  unsigned_number = 77;
            GError  *error = NULL;
            gboolean done = g_ascii_string_to_signed (texts[i], base, -5, 255, &number, &error);

            trace ("signed %s: %d %" G_GINT64_FORMAT " %s", texts[i], done, number, done ? "" : error->message);
            g_clear_error (&error);
            done = g_ascii_string_to_unsigned (texts[i], base, 1, 255, &unsigned_number, &error);
            trace ("unsigned: %d %" G_GUINT64_FORMAT " %s", done, unsigned_number, done ? "" : error->message);
            g_clear_error (&error);
        }
}

TWIN (gstring_grows_and_shrinks, "BH-003")
{
    GString *string = g_string_new ("abc");

    for (int i = 0; i < 100; i++)
        g_string_append_c (string, (char) ('a' + i % 26));
    trace ("%zu %s", (size_t) string->len, string->str);
    g_string_truncate (string, 4);
    g_string_append (string, string->str);
    g_string_insert_len (string, 2, string->str + 1, 3);
    g_string_prepend (string, "<");
    g_string_append_len (string, "xyz", 2);
    g_string_insert (string, 1, "--");
    g_string_insert_c (string, 3, '|');
    g_string_append_unichar (string, 0x20ac);
    g_string_prepend_unichar (string, 0xe9);
    trace ("%zu %s", (size_t) string->len, string->str);
    g_string_overwrite (string, 2, "ZZ");
    g_string_overwrite_len (string, (gsize) string->len - 1, "end", 3);
    g_string_erase (string, 0, 2);
    g_string_erase (string, 5, -1);
    trace ("%zu %s", (size_t) string->len, string->str);
    g_string_printf (string, "%d-%s", 7, "x");
    g_string_append_printf (string, "+%d", 8);
    trace ("%s", string->str);
    g_string_assign (string, "aXbXc");
    trace ("replaced %u %s", g_string_replace (string, "X", "--", 1), string->str);
    trace ("replaced %u %s", g_string_replace (string, "-", "", 0), string->str);
    trace ("replaced %u %s", g_string_replace (string, "", ".", 0), string->str);
    trace ("replaced %u %s", g_string_replace (string, "", "!", 2), string->str);
    g_string_ascii_up (string);
    g_string_append_uri_escaped (string, "a b/é\xff~", "/", FALSE);
    g_string_append_uri_escaped (string, "a b/é\xff~", NULL, TRUE);
    trace ("%s", string->str);
    trace ("hash %u", g_string_hash (string));
    tell ("kept", g_string_free (string, FALSE));
}

TWIN (gstring_misuse_is_told, "BH-006")
{
    GString *string = g_string_new ("abc");

    g_string_insert (NULL, 0, "x");
    g_string_insert (string, 9, "x");
    g_string_insert (string, 0, NULL);
    g_string_insert_c (string, 9, 'x');
    g_string_insert_unichar (string, 9, 'x');
    g_string_insert_unichar (NULL, 9, 'x');
    g_string_append (NULL, "x");
    g_string_append_len (string, NULL, 1);
    g_string_prepend_c (NULL, 'x');
    g_string_erase (string, -1, 1);
    g_string_erase (string, 9, 1);
    g_string_erase (string, 1, 5);
    g_string_overwrite (string, 9, "x");
    g_string_overwrite (string, 0, NULL);
    g_string_overwrite_len (NULL, 0, "x", 1);
    g_string_truncate (NULL, 1);
    g_string_set_size (NULL, 1);
    g_string_assign (NULL, "x");
    g_string_assign (string, NULL);
    g_string_printf (NULL, "x");
    g_string_ascii_down (NULL);
    g_string_replace (string, NULL, "x", 0);
    g_string_free (NULL, TRUE);
    tell ("untouched", g_string_free (string, FALSE));
}

TWIN (utf8_is_walked_and_checked, "BH-004")
{
    static const char *const texts[] = { "abc", "a\xff", "\xc0\x80", "a\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80" };
    static const gunichar    characters[] = { 0x41, 0xe9, 0x20ac, 0x1f600, 0x200000, 0x4000000, 0x7fffffff };
    const char              *text = "aé€b";
    const char              *end;
    char                     bytes[8];

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        gboolean valid = g_utf8_validate (texts[i], -1, &end);

        trace ("valid %d up to %d, first %x", valid, (int) (end - texts[i]),
               (guint) g_utf8_get_char_validated (texts[i], -1));
    }
    trace ("with a NUL %d", g_utf8_validate ("a\0b", 3, NULL));
    trace ("cut off %x, empty %x", (guint) g_utf8_get_char_validated ("é", 1), (guint) g_utf8_get_char_validated ("", 1));
    for (guint i = 0; i < G_N_ELEMENTS (characters); i++)
        trace ("%x: %d bytes, valid %d", (guint) characters[i], g_unichar_to_utf8 (characters[i], bytes),
               g_unichar_validate (characters[i]));
    trace ("length %ld, of 4 bytes %ld", g_utf8_strlen (text, -1), g_utf8_strlen (text, 4));
    trace ("third %s", g_utf8_offset_to_pointer (text, 2));
    trace ("back %s", g_utf8_offset_to_pointer (text + strlen (text), -2));
    trace ("offset %ld", g_utf8_pointer_to_offset (text, g_utf8_strchr (text, -1, 0x20ac)));
    trace ("next %s", g_utf8_next_char (text + 1));
    tell ("part", g_utf8_substring (text, 1, 3));
    tell ("reverse", g_utf8_strreverse (text, -1));
    tell ("made valid", g_utf8_make_valid ("a\xff\xe2\x82zé", -1));
    tell ("with NULs", g_utf8_make_valid ("a\0\xff\0b", 5));
    tell ("up to the NUL", g_utf8_make_valid ("a\0b", -1));
    tell ("nothing", g_utf8_make_valid ("abc", 0));
    for (int i = 0; i <= (int) strlen (text); i++) {
        char *next = g_utf8_find_next_char (text + i, NULL), *within = g_utf8_find_next_char (text + i, text + 6);

        trace ("behind %d: %d, %d", i, (int) (next - text), within != NULL ? (int) (within - text) : -1);
    }
}

TWIN (string_misuse_is_told, "BH-006")
{
    char text[] = "a";

    g_strsplit (NULL, ",", 0);
    g_strsplit ("a", "", 0);
    g_strsplit_set ("a", NULL, 0);
    g_strjoinv (NULL, NULL);
    expect (g_strv_length (NULL) == 0);
    g_strchug (NULL);
    g_strchomp (NULL);
    g_strdelimit (NULL, NULL, 'x');
    g_strcanon (text, NULL, 'x');
    g_strreverse (NULL);
    g_strlcpy (NULL, "a", 1);
    g_strlcat (text, NULL, 1);
    g_strescape (NULL, NULL);
    g_strcompress (NULL);
    expect (g_strrstr (NULL, "a") == NULL);
    expect (g_strstr_len ("a", 1, NULL) == NULL);
    expect (g_ascii_strcasecmp (NULL, "a") == 0);
    expect (g_ascii_strtod (NULL, NULL) == 0);
    g_ascii_strup (NULL, 1);
    expect (g_ascii_formatd (NULL, 4, "%f", 1) == NULL);
    expect (g_getenv (NULL) == NULL);
    expect (!g_setenv ("a=b", "c", TRUE));
    g_unsetenv (NULL);
}
