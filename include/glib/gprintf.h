/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * printf and its relatives under GLib's names; programs include it by name, after glib.h or not.
 * Text that ends up in a new string is in gstrfuncs.h.
 */
#ifndef __G_PRINTF_H__
#define __G_PRINTF_H__

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>

G_BEGIN_DECLS

/** printf(). Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gint g_printf (gchar const *format, ...) G_GNUC_PRINTF (1, 2);

/** fprintf(). Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gint g_fprintf (FILE *file, gchar const *format, ...) G_GNUC_PRINTF (2, 3);

/** sprintf(); the buffer must have room. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gint g_sprintf (gchar *string, gchar const *format, ...) G_GNUC_PRINTF (2, 3);

/** vprintf(). Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gint g_vprintf (gchar const *format, va_list args) G_GNUC_PRINTF (1, 0);

/** vfprintf(). Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gint g_vfprintf (FILE *file, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);

/** vsprintf(); the buffer must have room. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
gint g_vsprintf (gchar *string, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);

/** Puts new text, freed with g_free(), into *string; returns its length, or -1 and NULL. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gint g_vasprintf (gchar **string, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);

G_END_DECLS

#endif /* __G_PRINTF_H__ */
