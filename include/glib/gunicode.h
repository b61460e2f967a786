/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * UTF-8: counting, walking, checking, and turning characters into bytes and back. Functions take
 * valid UTF-8 unless they say that they check it. It knows nothing of letters, case or order;
 * conversion between encodings is in gconvert.h.
 */
#ifndef __G_UNICODE_H__
#define __G_UNICODE_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/* One Unicode character, and one unit of UTF-16. */
typedef guint32 gunichar;
typedef guint16 gunichar2;

/** TRUE if ch is a Unicode character: not a surrogate and not above U+10FFFF. */
GLIB_AVAILABLE_IN_ALL
gboolean g_unichar_validate (gunichar ch) G_GNUC_CONST;

/* How many bytes the character starting with a given byte takes; 1 for bytes that start none. */
GLIB_VAR const gchar *const g_utf8_skip;

#define g_utf8_next_char(p) ((p) + g_utf8_skip[*(const guchar *) (p)])

/** The character at p, not checked. */
GLIB_AVAILABLE_IN_ALL
gunichar g_utf8_get_char (const gchar *p) G_GNUC_PURE;

/** The character at p within max_len bytes (-1: NUL-terminated); (gunichar) -2 if it is cut off,
 * (gunichar) -1 if it is no character. */
GLIB_AVAILABLE_IN_ALL
gunichar g_utf8_get_char_validated (const gchar *p, gssize max_len) G_GNUC_PURE;

/** The place offset characters from str, backwards if negative. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_offset_to_pointer (const gchar *str, glong offset) G_GNUC_PURE;

/** How many characters lie between str and pos; negative if pos comes first. */
GLIB_AVAILABLE_IN_ALL
glong g_utf8_pointer_to_offset (const gchar *str, const gchar *pos) G_GNUC_PURE;

/** The start of the character before p. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_prev_char (const gchar *p) G_GNUC_PURE;

/** The start of the next character after p, before end unless that is NULL; NULL if there is none. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_find_next_char (const gchar *p, const gchar *end) G_GNUC_PURE;

/** The start of the character before p, not before str; NULL if there is none. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_find_prev_char (const gchar *str, const gchar *p) G_GNUC_PURE;

/** The number of characters in p, at most max bytes (-1: up to the NUL). */
GLIB_AVAILABLE_IN_ALL
glong g_utf8_strlen (const gchar *p, gssize max) G_GNUC_PURE;

/** A copy of the characters start_pos up to end_pos (-1: the end), freed with g_free(). Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gchar *g_utf8_substring (const gchar *str, glong start_pos, glong end_pos) G_GNUC_MALLOC;

/** Copies n characters of src, and a NUL, to dest and returns dest. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_strncpy (gchar *dest, const gchar *src, gsize n);

/** The first c within len bytes (-1: up to the NUL) of p, or NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_strchr (const gchar *p, gssize len, gunichar c);

/** The last c within len bytes (-1: up to the NUL) of p, or NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_strrchr (const gchar *p, gssize len, gunichar c);

/** A copy of len bytes of str with its characters in reverse order, freed with g_free(). Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gchar *g_utf8_strreverse (const gchar *str, gssize len);

/** TRUE if max_len bytes of str (-1: up to the NUL) are UTF-8; *end, unless end is NULL, is set to the
 * first place that is not. A NUL within max_len bytes is not valid. */
GLIB_AVAILABLE_IN_ALL
gboolean g_utf8_validate (const gchar *str, gssize max_len, const gchar **end);

/** g_utf8_validate() for lengths too large for a gssize. Since 2.60. */
GLIB_AVAILABLE_IN_2_60
gboolean g_utf8_validate_len (const gchar *str, gsize max_len, const gchar **end);

/** A copy of len bytes of str (-1: up to the NUL) with each bad byte replaced by U+FFFD, freed with
 * g_free(). Since 2.52. */
GLIB_AVAILABLE_IN_2_52
gchar *g_utf8_make_valid (const gchar *str, gssize len) G_GNUC_MALLOC;

/** Writes c as UTF-8 to outbuf, up to 6 bytes and no NUL, and returns how many; outbuf may be NULL. */
GLIB_AVAILABLE_IN_ALL
gint g_unichar_to_utf8 (gunichar c, gchar *outbuf);

G_END_DECLS

#endif /* __G_UNICODE_H__ */
