/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Text from one encoding to another: iconv under GLib's names, whole strings, file names and file:
 * URIs. Lengths are in bytes, -1 standing for up to the NUL; results are new and freed with g_free().
 * Where bytes_read and bytes_written are given (each may be NULL), they tell how far it came. Errors are
 * of the domain G_CONVERT_ERROR. UTF-8 itself is in gunicode.h.
 */
#ifndef __G_CONVERT_H__
#define __G_CONVERT_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gerror.h>

G_BEGIN_DECLS

/* iconv's converter. */
typedef struct _GIConv *GIConv;

/* What goes wrong in conversions. */
typedef enum
{
  G_CONVERT_ERROR_NO_CONVERSION,
  G_CONVERT_ERROR_ILLEGAL_SEQUENCE,
  G_CONVERT_ERROR_FAILED,
  G_CONVERT_ERROR_PARTIAL_INPUT,
  G_CONVERT_ERROR_BAD_URI,
  G_CONVERT_ERROR_NOT_ABSOLUTE_PATH,
  G_CONVERT_ERROR_NO_MEMORY,
  G_CONVERT_ERROR_EMBEDDED_NUL
} GConvertError;

#define G_CONVERT_ERROR (g_convert_error_quark ())

/** The domain of GConvertError. */
GLIB_AVAILABLE_IN_ALL
GQuark g_convert_error_quark (void);

/** A converter between two encodings, or (GIConv) -1 and errno; closed with g_iconv_close(). */
GLIB_AVAILABLE_IN_ALL
GIConv g_iconv_open (const gchar *to_codeset, const gchar *from_codeset);

/** Converts as iconv(3) does, with the same result and errno. */
GLIB_AVAILABLE_IN_ALL
gsize g_iconv (GIConv converter, gchar **inbuf, gsize *inbytes_left, gchar **outbuf, gsize *outbytes_left);

/** Closes a converter; 0, or -1 and errno. */
GLIB_AVAILABLE_IN_ALL
gint g_iconv_close (GIConv converter);

/** str from from_codeset to to_codeset; NULL and an error otherwise. A character cut off at the end is
 * an error if bytes_read is NULL. */
GLIB_AVAILABLE_IN_ALL
gchar *g_convert (const gchar *str, gssize len, const gchar *to_codeset, const gchar *from_codeset,
                  gsize *bytes_read, gsize *bytes_written, GError **error) G_GNUC_MALLOC;

/** g_convert() with an open converter. */
GLIB_AVAILABLE_IN_ALL
gchar *g_convert_with_iconv (const gchar *str, gssize len, GIConv converter, gsize *bytes_read,
                             gsize *bytes_written, GError **error) G_GNUC_MALLOC;

/** g_convert() with fallback, UTF-8, for each character that to_codeset lacks (NULL: the character's
 * number, as C writes it). */
GLIB_AVAILABLE_IN_ALL
gchar *g_convert_with_fallback (const gchar *str, gssize len, const gchar *to_codeset,
                                const gchar *from_codeset, const gchar *fallback, gsize *bytes_read,
                                gsize *bytes_written, GError **error) G_GNUC_MALLOC;

/** opsysstring from the locale's encoding to UTF-8; NULL and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar *g_locale_to_utf8 (const gchar *opsysstring, gssize len, gsize *bytes_read, gsize *bytes_written,
                         GError **error) G_GNUC_MALLOC;

/** utf8string to the locale's encoding; NULL and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar *g_locale_from_utf8 (const gchar *utf8string, gssize len, gsize *bytes_read, gsize *bytes_written,
                           GError **error) G_GNUC_MALLOC;

/** A file name as UTF-8; NULL and an error if it is no text in the encoding of file names. */
GLIB_AVAILABLE_IN_ALL
gchar *g_filename_to_utf8 (const gchar *opsysstring, gssize len, gsize *bytes_read, gsize *bytes_written,
                           GError **error) G_GNUC_MALLOC;

/** UTF-8 as a file name; NULL and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar *g_filename_from_utf8 (const gchar *utf8string, gssize len, gsize *bytes_read,
                             gsize *bytes_written, GError **error) G_GNUC_MALLOC;

/** The file name of a file: URI, and its host in *hostname (may be NULL); NULL and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar *g_filename_from_uri (const gchar *uri, gchar **hostname, GError **error) G_GNUC_MALLOC;

/** The file: URI of an absolute file name, on hostname unless that is NULL; NULL and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gchar *g_filename_to_uri (const gchar *filename, const gchar *hostname, GError **error) G_GNUC_MALLOC;

/** filename as text to be shown, always valid UTF-8. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
gchar *g_filename_display_name (const gchar *filename) G_GNUC_MALLOC;

/** The last element of filename as text to be shown. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
gchar *g_filename_display_basename (const gchar *filename) G_GNUC_MALLOC;

/** The encodings file names may have, the best first, in a vector of the library's; TRUE if that is
 * UTF-8. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
gboolean g_get_filename_charsets (const gchar ***filename_charsets);

G_END_DECLS

#endif /* __G_CONVERT_H__ */
