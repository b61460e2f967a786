/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GString: bytes that grow as they are added to, always with a NUL after them. The fields may be
 * read at any time; functions that return the GString they were given do so to be chained.
 * It knows nothing of encodings beyond UTF-8's; strings of fixed size are in gstrfuncs.h.
 */
#ifndef __G_STRING_H__
#define __G_STRING_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gbytes.h>
#include <glib/gmem.h>
#include <glib/gunicode.h>
#include <stdarg.h>
#include <string.h>

G_BEGIN_DECLS

typedef struct _GString GString;

struct _GString
{
  gchar *str;          /* the bytes and a NUL; moves when the string grows */
  gsize len;           /* bytes, without that NUL */
  gsize allocated_len; /* bytes there is room for, NUL included */
};

/** A string holding a copy of init (NULL: empty), freed with g_string_free(). */
GLIB_AVAILABLE_IN_ALL
GString *g_string_new (const gchar *init);

/** A string that takes over init, which came from g_malloc() (NULL: empty). Since 2.78. */
GLIB_AVAILABLE_IN_2_78
GString *g_string_new_take (gchar *init);

/** A string holding the len bytes at init, NULs included; len -1 means up to init's NUL. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_new_len (const gchar *init, gssize len);

/** A string with the same bytes. Since 2.86. */
GLIB_AVAILABLE_IN_2_86
GString *g_string_copy (GString *string);

/** An empty string with room for dfl_size bytes. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_sized_new (gsize dfl_size);

/** Frees string. The bytes are freed too and NULL is returned if free_segment is TRUE; otherwise
 * they are returned and are the caller's, freed with g_free(). */
GLIB_AVAILABLE_IN_ALL
gchar *(g_string_free) (GString *string, gboolean free_segment);

/** Frees string but not its bytes, which are returned and freed with g_free(). Since 2.76. */
GLIB_AVAILABLE_IN_2_76
gchar *g_string_free_and_steal (GString *string) G_GNUC_WARN_UNUSED_RESULT;

/** Frees string and returns its bytes as a GBytes. Since 2.34. */
GLIB_AVAILABLE_IN_2_34
GBytes *g_string_free_to_bytes (GString *string) G_GNUC_WARN_UNUSED_RESULT;

/* With a constant second argument the compiler can tell a forgotten result. */
#define g_string_free(str, free_segment)                                  \
  (__builtin_constant_p (free_segment)                                    \
       ? ((free_segment) ? (g_string_free) ((str), (free_segment))        \
                         : g_string_free_and_steal (str))                 \
       : (g_string_free) ((str), (free_segment)))

/** TRUE if v and v2 hold the same bytes. */
GLIB_AVAILABLE_IN_ALL
gboolean g_string_equal (const GString *v, const GString *v2);

/** A hash of the bytes of str. */
GLIB_AVAILABLE_IN_ALL
guint g_string_hash (const GString *str);

/** Replaces the bytes of string by those of rval. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_assign (GString *string, const gchar *rval);

/** Cuts string to at most len bytes. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_truncate (GString *string, gsize len);

/** Makes string len bytes long; new bytes are undefined. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_set_size (GString *string, gsize len);

/** Inserts len bytes (-1: up to the NUL) of val at byte pos (-1: at the end). val may lie in string. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_insert_len (GString *string, gssize pos, const gchar *val, gssize len);

/** Adds val at the end. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_append (GString *string, const gchar *val);

/** Adds len bytes of val (-1: up to the NUL) at the end. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_append_len (GString *string, const gchar *val, gssize len);

/** Adds the byte c at the end. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_append_c (GString *string, gchar c);

/** Adds the character wc, as UTF-8, at the end. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_append_unichar (GString *string, gunichar wc);

/** Adds val at the start. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_prepend (GString *string, const gchar *val);

/** Adds the byte c at the start. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_prepend_c (GString *string, gchar c);

/** Adds the character wc, as UTF-8, at the start. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_prepend_unichar (GString *string, gunichar wc);

/** Adds len bytes of val (-1: up to the NUL) at the start. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_prepend_len (GString *string, const gchar *val, gssize len);

/** Inserts val at byte pos (-1: at the end). */
GLIB_AVAILABLE_IN_ALL
GString *g_string_insert (GString *string, gssize pos, const gchar *val);

/** Inserts the byte c at byte pos (-1: at the end). */
GLIB_AVAILABLE_IN_ALL
GString *g_string_insert_c (GString *string, gssize pos, gchar c);

/** Inserts the character wc, as UTF-8, at byte pos (-1: at the end). */
GLIB_AVAILABLE_IN_ALL
GString *g_string_insert_unichar (GString *string, gssize pos, gunichar wc);

/** Writes val over the bytes from pos on, growing string if it must. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_overwrite (GString *string, gsize pos, const gchar *val);

/** Writes len bytes of val (-1: up to the NUL) over the bytes from pos on. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_overwrite_len (GString *string, gsize pos, const gchar *val, gssize len);

/** Removes len bytes from pos on (-1: all that follow). */
GLIB_AVAILABLE_IN_ALL
GString *g_string_erase (GString *string, gssize pos, gssize len);

/** Replaces find by replace up to limit times (0: always); returns how often. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
guint g_string_replace (GString *string, const gchar *find, const gchar *replace, guint limit);

/** Makes A-Z lower case and leaves everything else. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_ascii_down (GString *string);

/** Makes a-z upper case and leaves everything else. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_ascii_up (GString *string);

/** Replaces the bytes of string by text made like vprintf(). Since 2.14. */
GLIB_AVAILABLE_IN_ALL
void g_string_vprintf (GString *string, const gchar *format, va_list args) G_GNUC_PRINTF (2, 0);

/** Replaces the bytes of string by text made like printf(). */
GLIB_AVAILABLE_IN_ALL
void g_string_printf (GString *string, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/** Adds text made like vprintf() at the end. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
void g_string_append_vprintf (GString *string, const gchar *format, va_list args) G_GNUC_PRINTF (2, 0);

/** Adds text made like printf() at the end. */
GLIB_AVAILABLE_IN_ALL
void g_string_append_printf (GString *string, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/** Adds unescaped as a part of a URI: bytes outside the unreserved set and reserved_chars_allowed
 * become %XX; with allow_utf8 valid UTF-8 stays. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
GString *g_string_append_uri_escaped (GString *string, const gchar *unescaped,
                                      const gchar *reserved_chars_allowed, gboolean allow_utf8);

/** Lower case by the locale, byte by byte. */
GLIB_DEPRECATED_FOR (g_string_ascii_down)
GString *g_string_down (GString *string);

/** Upper case by the locale, byte by byte. */
GLIB_DEPRECATED_FOR (g_string_ascii_up)
GString *g_string_up (GString *string);

#define g_string_sprintf  g_string_printf GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_string_printf)
#define g_string_sprintfa g_string_append_printf GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_string_append_printf)

/* Adding one byte is the commonest thing done to a GString: no call while there is room. */
static inline GString *
g_string_append_c_inline (GString *string, gchar c)
{
  if (G_LIKELY (string != NULL && string->len + 1 < string->allocated_len))
    {
      string->str[string->len++] = c;
      string->str[string->len] = '\0';
      return string;
    }
  return g_string_insert_c (string, -1, c);
}
#define g_string_append_c(string, c) g_string_append_c_inline ((string), (c))

G_END_DECLS

#endif /* __G_STRING_H__ */
