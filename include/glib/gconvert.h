/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Conversion between encodings: iconv under GLib's names, and the error domain of conversions.
 * UTF-8 itself is in gunicode.h.
 */
#ifndef __G_CONVERT_H__
#define __G_CONVERT_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gquark.h>

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

G_END_DECLS

#endif /* __G_CONVERT_H__ */
