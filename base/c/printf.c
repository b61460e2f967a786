/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * printf and its relatives, of gprintf.h, gutils.h and gmessages.h: the C library's own, whose formats
 * GLib's are on this system. Text in new memory is in strings.c.
 */
/* vasprintf() is beyond the C standard. */
#define _GNU_SOURCE
#include "internals.h"

#include <stdio.h>

/* Each of these is a va_list function and its twin with "...". */
#define WITH_DOTS(last, call)          \
  va_list args;                        \
  gint length;                         \
                                       \
  va_start (args, last);               \
  length = call;                       \
  va_end (args);                       \
  return length

gint g_printf (gchar const *format, ...) G_GNUC_PRINTF (1, 2);
gint g_fprintf (FILE *file, gchar const *format, ...) G_GNUC_PRINTF (2, 3);
gint g_sprintf (gchar *string, gchar const *format, ...) G_GNUC_PRINTF (2, 3);
gint g_vprintf (gchar const *format, va_list args) G_GNUC_PRINTF (1, 0);
gint g_vfprintf (FILE *file, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);
gint g_vsprintf (gchar *string, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);
gint g_vasprintf (gchar **string, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);
gint g_snprintf (gchar *string, gulong n, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
gint g_vsnprintf (gchar *string, gulong n, const gchar *format, va_list args) G_GNUC_PRINTF (3, 0);

gint
g_vprintf (gchar const *format, va_list args)
{
  g_return_val_if_fail (format != NULL, -1);
  return vprintf (format, args);
}

gint
g_printf (gchar const *format, ...)
{
  WITH_DOTS (format, g_vprintf (format, args));
}

gint
g_vfprintf (FILE *file, gchar const *format, va_list args)
{
  g_return_val_if_fail (format != NULL, -1);
  return vfprintf (file, format, args);
}

gint
g_fprintf (FILE *file, gchar const *format, ...)
{
  WITH_DOTS (format, g_vfprintf (file, format, args));
}

gint
g_vsprintf (gchar *string, gchar const *format, va_list args)
{
  g_return_val_if_fail (string != NULL, -1);
  g_return_val_if_fail (format != NULL, -1);
  return vsprintf (string, format, args);
}

gint
g_sprintf (gchar *string, gchar const *format, ...)
{
  WITH_DOTS (format, g_vsprintf (string, format, args));
}

gint
g_vsnprintf (gchar *string, gulong n, const gchar *format, va_list args)
{
  g_return_val_if_fail (n == 0 || string != NULL, -1);
  g_return_val_if_fail (format != NULL, -1);
  return vsnprintf (string, n, format, args);
}

gint
g_snprintf (gchar *string, gulong n, const gchar *format, ...)
{
  WITH_DOTS (format, g_vsnprintf (string, n, format, args));
}

gint
g_vasprintf (gchar **string, gchar const *format, va_list args)
{
  gint length;

  g_return_val_if_fail (string != NULL, -1);
  length = vasprintf (string, format, args);
  if (length < 0)
    *string = NULL;
  return length;
}

gsize
g_printf_string_upper_bound (const gchar *format, va_list args)
{
  return (gsize) vsnprintf (NULL, 0, format, args) + 1;
}

void
mainspring_base_put (gboolean to_stderr, const char *text, gsize length)
{
  FILE *stream = to_stderr ? stderr : stdout;

  fwrite (text, 1, length, stream);
  fflush (stream);
}
