/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The locale's encoding. Converting to and from it is gconvert.h's.
 */
#ifndef __G_CHARSET_H__
#define __G_CHARSET_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/** TRUE if the locale's encoding is UTF-8; its name, the library's, in *charset (may be NULL). */
GLIB_AVAILABLE_IN_ALL
gboolean g_get_charset (const char **charset);

/** The name of the locale's encoding, freed with g_free(). */
GLIB_AVAILABLE_IN_ALL
gchar *g_get_codeset (void);

/** g_get_charset() for text on the terminal. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
gboolean g_get_console_charset (const char **charset);

G_END_DECLS

#endif /* __G_CHARSET_H__ */
