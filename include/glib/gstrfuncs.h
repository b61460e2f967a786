/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Functions on NUL-terminated strings and on NULL-terminated arrays of them ("string vectors").
 * What is returned as gchar * or gchar ** is new and freed with g_free() or g_strfreev() unless a
 * function says that it works in place. The g_ascii_ functions know A-Z and a-z only and never ask
 * the locale. Strings that grow are in gstring.h, characters beyond ASCII in gunicode.h.
 */
#ifndef __G_STRFUNCS_H__
#define __G_STRFUNCS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gerror.h>
#include <glib/gmem.h>
#include <stdarg.h>
#include <string.h>

G_BEGIN_DECLS

/* A string vector. */
typedef gchar **GStrv;

/* Classes of an ASCII byte, bits of g_ascii_table. */
typedef enum
{
  G_ASCII_ALNUM = 1 << 0,
  G_ASCII_ALPHA = 1 << 1,
  G_ASCII_CNTRL = 1 << 2,
  G_ASCII_DIGIT = 1 << 3,
  G_ASCII_GRAPH = 1 << 4,
  G_ASCII_LOWER = 1 << 5,
  G_ASCII_PRINT = 1 << 6,
  G_ASCII_PUNCT = 1 << 7,
  G_ASCII_SPACE = 1 << 8,
  G_ASCII_UPPER = 1 << 9,
  G_ASCII_XDIGIT = 1 << 10
} GAsciiType;

/* The classes of each of the 256 bytes; bytes above 127 have none. */
GLIB_VAR const guint16 *const g_ascii_table;

#define g_ascii_isalnum(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_ALNUM) != 0)
#define g_ascii_isalpha(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_ALPHA) != 0)
#define g_ascii_iscntrl(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_CNTRL) != 0)
#define g_ascii_isdigit(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_DIGIT) != 0)
#define g_ascii_isgraph(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_GRAPH) != 0)
#define g_ascii_islower(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_LOWER) != 0)
#define g_ascii_isprint(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_PRINT) != 0)
#define g_ascii_ispunct(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_PUNCT) != 0)
#define g_ascii_isspace(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_SPACE) != 0)
#define g_ascii_isupper(c)  ((g_ascii_table[(guchar) (c)] & G_ASCII_UPPER) != 0)
#define g_ascii_isxdigit(c) ((g_ascii_table[(guchar) (c)] & G_ASCII_XDIGIT) != 0)

/** c in lower case if it is A-Z, c otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar g_ascii_tolower (gchar c) G_GNUC_CONST;

/** c in upper case if it is a-z, c otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar g_ascii_toupper (gchar c) G_GNUC_CONST;

/** The value of the decimal digit c, or -1. */
GLIB_AVAILABLE_IN_ALL
gint g_ascii_digit_value (gchar c) G_GNUC_CONST;

/** The value of the hexadecimal digit c, or -1. */
GLIB_AVAILABLE_IN_ALL
gint g_ascii_xdigit_value (gchar c) G_GNUC_CONST;

/** Order of s1 and s2 with A-Z and a-z taken as equal. */
GLIB_AVAILABLE_IN_ALL
gint g_ascii_strcasecmp (const gchar *s1, const gchar *s2);

/** g_ascii_strcasecmp() of at most n bytes. */
GLIB_AVAILABLE_IN_ALL
gint g_ascii_strncasecmp (const gchar *s1, const gchar *s2, gsize n);

/** A copy of len bytes of str (-1: up to the NUL) in lower case. */
GLIB_AVAILABLE_IN_ALL
gchar *g_ascii_strdown (const gchar *str, gssize len) G_GNUC_MALLOC;

/** A copy of len bytes of str (-1: up to the NUL) in upper case. */
GLIB_AVAILABLE_IN_ALL
gchar *g_ascii_strup (const gchar *str, gssize len) G_GNUC_MALLOC;

/** TRUE if str holds no byte above 127. Since 2.40. */
GLIB_AVAILABLE_IN_2_40
gboolean g_str_is_ascii (const gchar *str);

/** strtod() as in the C locale. */
GLIB_AVAILABLE_IN_ALL
gdouble g_ascii_strtod (const gchar *nptr, gchar **endptr);

/** strtoull() as in the C locale. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
guint64 g_ascii_strtoull (const gchar *nptr, gchar **endptr, guint base);

/** strtoll() as in the C locale. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
gint64 g_ascii_strtoll (const gchar *nptr, gchar **endptr, guint base);

/* Room that g_ascii_dtostr() can use for any number. */
#define G_ASCII_DTOSTR_BUF_SIZE (29 + 10)

/** Writes d to buffer so that g_ascii_strtod() gives the same number; returns buffer. */
GLIB_AVAILABLE_IN_ALL
gchar *g_ascii_dtostr (gchar *buffer, gint buf_len, gdouble d);

/** Writes d to buffer with the one conversion format, as in the C locale; returns buffer. */
GLIB_AVAILABLE_IN_ALL
gchar *g_ascii_formatd (gchar *buffer, gint buf_len, const gchar *format, gdouble d);

/* Errors of the two functions below. */
typedef enum
{
  G_NUMBER_PARSER_ERROR_INVALID,
  G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS
} GNumberParserError;

#define G_NUMBER_PARSER_ERROR (g_number_parser_error_quark ())

/** The domain of GNumberParserError. Since 2.54. */
GLIB_AVAILABLE_IN_2_54
GQuark g_number_parser_error_quark (void);

/** Reads all of str as a number from min to max into *out_num (may be NULL); FALSE and an error
 * otherwise. Since 2.54. */
GLIB_AVAILABLE_IN_2_54
gboolean g_ascii_string_to_signed (const gchar *str, guint base, gint64 min, gint64 max,
                                   gint64 *out_num, GError **error);

/** Reads all of str as a number without sign from min to max into *out_num (may be NULL); FALSE and
 * an error otherwise. Since 2.54. */
GLIB_AVAILABLE_IN_2_54
gboolean g_ascii_string_to_unsigned (const gchar *str, guint base, guint64 min, guint64 max,
                                     guint64 *out_num, GError **error);

/** strtod(), falling back on the C locale where that reads more of nptr. */
GLIB_AVAILABLE_IN_ALL
gdouble g_strtod (const gchar *nptr, gchar **endptr);

/** The text of the errno value errnum, in UTF-8; valid as long as the process lives. Keeps errno. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_strerror (gint errnum) G_GNUC_CONST;

/** The text of the signal signum, in UTF-8; valid as long as the process lives. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_strsignal (gint signum) G_GNUC_CONST;

/** Order of str1 and str2; NULL sorts first. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
int g_strcmp0 (const char *str1, const char *str2);

/** A copy of str; NULL for NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *(g_strdup) (const gchar *str) G_GNUC_MALLOC;

/** Text made like printf(). */
GLIB_AVAILABLE_IN_ALL
gchar *g_strdup_printf (const gchar *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_MALLOC;

/** Text made like vprintf(). */
GLIB_AVAILABLE_IN_ALL
gchar *g_strdup_vprintf (const gchar *format, va_list args) G_GNUC_PRINTF (1, 0) G_GNUC_MALLOC;

/** A block of n + 1 bytes with up to n bytes of str, padded with NULs; NULL for NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strndup (const gchar *str, gsize n) G_GNUC_MALLOC;

/** A string of length times fill_char. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strnfill (gsize length, gchar fill_char) G_GNUC_MALLOC;

/** The given strings, up to a NULL, one after the other; NULL if there is none. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strconcat (const gchar *string1, ...) G_GNUC_MALLOC G_GNUC_NULL_TERMINATED;

/** The given strings, up to a NULL, with separator (NULL: nothing) between them. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strjoin (const gchar *separator, ...) G_GNUC_MALLOC G_GNUC_NULL_TERMINATED;

/** The strings of str_array with separator (NULL: nothing) between them. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strjoinv (const gchar *separator, gchar **str_array) G_GNUC_MALLOC;

/** The pieces of string between occurrences of delimiter, at most max_tokens (below 1: all); the last
 * piece holds the rest. A vector, empty for an empty string. */
GLIB_AVAILABLE_IN_ALL
gchar **g_strsplit (const gchar *string, const gchar *delimiter, gint max_tokens);

/** g_strsplit() at any byte of delimiters. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gchar **g_strsplit_set (const gchar *string, const gchar *delimiters, gint max_tokens);

/** Frees a vector and its strings; NULL is ignored. */
GLIB_AVAILABLE_IN_ALL
void g_strfreev (gchar **str_array);

/** A copy of a vector and its strings; NULL for NULL. */
GLIB_AVAILABLE_IN_ALL
gchar **g_strdupv (gchar **str_array) G_GNUC_MALLOC;

/** The number of strings in a vector. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
guint g_strv_length (gchar **str_array);

/** TRUE if the vector strv holds a string equal to str. Since 2.44. */
GLIB_AVAILABLE_IN_2_44
gboolean g_strv_contains (const gchar *const *strv, const gchar *str);

/** TRUE if both vectors hold equal strings in the same order. Since 2.60. */
GLIB_AVAILABLE_IN_2_60
gboolean g_strv_equal (const gchar *const *strv1, const gchar *const *strv2);

/** TRUE if str starts with prefix. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gboolean (g_str_has_prefix) (const gchar *str, const gchar *prefix);

/** TRUE if str ends with suffix. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gboolean (g_str_has_suffix) (const gchar *str, const gchar *suffix);

/** Removes white space at the start, in place; returns string. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strchug (gchar *string);

/** Removes white space at the end, in place; returns string. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strchomp (gchar *string);

/* Removes white space at both ends, in place. */
#define g_strstrip(string) g_strchomp (g_strchug (string))

/** Replaces each byte of string that is in delimiters (NULL: "_-|> <.") by new_delimiter, in place. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strdelimit (gchar *string, const gchar *delimiters, gchar new_delimiter);

#define G_STR_DELIMITERS "_-|> <."

/** Replaces each byte of string that is not in valid_chars by substitutor, in place. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strcanon (gchar *string, const gchar *valid_chars, gchar substitutor);

/** Turns the bytes of string round, in place. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strreverse (gchar *string);

/** Copies src with its NUL to dest, which has room for it; returns the place of the NUL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_stpcpy (gchar *dest, const char *src);

/** Copies src to dest, dest_size bytes long, cut to fit and always with a NUL; returns src's length. */
GLIB_AVAILABLE_IN_ALL
gsize g_strlcpy (gchar *dest, const gchar *src, gsize dest_size);

/** Adds src to the string in dest, dest_size bytes long, cut to fit; returns the length it wanted. */
GLIB_AVAILABLE_IN_ALL
gsize g_strlcat (gchar *dest, const gchar *src, gsize dest_size);

/** The first needle within haystack_len bytes (-1: up to the NUL) of haystack, or NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strstr_len (const gchar *haystack, gssize haystack_len, const gchar *needle);

/** The last needle in haystack, or NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strrstr (const gchar *haystack, const gchar *needle);

/** The last needle within haystack_len bytes (-1: up to the NUL) of haystack, or NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strrstr_len (const gchar *haystack, gssize haystack_len, const gchar *needle);

/** A copy of source with C's backslash escapes replaced by what they mean. */
GLIB_AVAILABLE_IN_ALL
gchar *g_strcompress (const gchar *source) G_GNUC_MALLOC;

/** A copy of source with control characters, quotes, backslashes and bytes above 126 escaped, except
 * those in exceptions (may be NULL). */
GLIB_AVAILABLE_IN_ALL
gchar *g_strescape (const gchar *source, const gchar *exceptions) G_GNUC_MALLOC;

/** Frees *str_pointer and puts a copy of new_str there; FALSE if they were equal already. Since 2.76. */
static inline gboolean
g_set_str (char **str_pointer, const char *new_str)
{
  char *copy;

  if (*str_pointer == new_str || (*str_pointer && new_str && strcmp (*str_pointer, new_str) == 0))
    return FALSE;
  copy = (g_strdup) (new_str);
  g_free (*str_pointer);
  *str_pointer = copy;
  return TRUE;
}

/** Order of s1 and s2 without regard to case, by the locale. */
GLIB_DEPRECATED
gint g_strcasecmp (const gchar *s1, const gchar *s2);

/** g_strcasecmp() of at most n bytes. */
GLIB_DEPRECATED
gint g_strncasecmp (const gchar *s1, const gchar *s2, guint n);

/** Lower case by the locale, byte by byte, in place. */
GLIB_DEPRECATED
gchar *g_strdown (gchar *string);

/** Upper case by the locale, byte by byte, in place. */
GLIB_DEPRECATED
gchar *g_strup (gchar *string);

G_END_DECLS

#endif /* __G_STRFUNCS_H__ */
