/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The functions of gstrfuncs.h, gstrvbuilder.h and gstring.h that take variable arguments.
 */
/* stpcpy() is beyond the C standard. */
#define _GNU_SOURCE
#include "internals.h"

#include <stdio.h>
#include <stdlib.h>

gint g_vasprintf (gchar **string, gchar const *format, va_list args) G_GNUC_PRINTF (2, 0);

gchar *
g_strdup_vprintf (const gchar *format, va_list args)
{
  gchar *text = NULL;

  g_vasprintf (&text, format, args);
  return text;
}

gchar *
g_strdup_printf (const gchar *format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return text;
}

/* first, and the strings of args up to a NULL, with separator between them. */
static gchar *
join_valist (const gchar *separator, const gchar *first, va_list args)
{
  const gsize separator_len = strlen (separator);
  gsize size = 1;
  va_list again;
  const gchar *piece;
  gchar *result, *end;

  va_copy (again, args);
  for (piece = first; piece; piece = va_arg (again, const gchar *))
    size += strlen (piece) + separator_len;
  va_end (again);

  result = end = g_malloc (size);
  *end = '\0';
  if (first)
    end = stpcpy (end, first);
  while (first && (piece = va_arg (args, const gchar *)) != NULL)
    end = stpcpy (stpcpy (end, separator), piece);
  return result;
}

gchar *
g_strconcat (const gchar *string1, ...)
{
  va_list args;
  gchar *result;

  if (string1 == NULL)
    return NULL;
  va_start (args, string1);
  result = join_valist ("", string1, args);
  va_end (args);
  return result;
}

gchar *
g_strjoin (const gchar *separator, ...)
{
  va_list args;
  const gchar *first;
  gchar *result;

  va_start (args, separator);
  first = va_arg (args, const gchar *);
  result = join_valist (separator ? separator : "", first, args);
  va_end (args);
  return result;
}

void
g_strv_builder_add_many (GStrvBuilder *builder, ...)
{
  va_list args;
  const gchar *value;

  va_start (args, builder);
  while ((value = va_arg (args, const gchar *)) != NULL)
    g_strv_builder_add (builder, value);
  va_end (args);
}

void
g_string_append_vprintf (GString *string, const gchar *format, va_list args)
{
  gchar *text;

  g_return_if_fail (string != NULL);
  g_return_if_fail (format != NULL);
  text = g_strdup_vprintf (format, args);
  if (text == NULL)
    return;
  g_string_append_len (string, text, -1);
  free (text);
}

void
g_string_vprintf (GString *string, const gchar *format, va_list args)
{
  g_string_truncate (string, 0);
  g_string_append_vprintf (string, format, args);
}

void
g_string_append_printf (GString *string, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (string, format, args);
  va_end (args);
}

void
g_string_printf (GString *string, const gchar *format, ...)
{
  va_list args;

  g_string_truncate (string, 0);
  va_start (args, format);
  g_string_append_vprintf (string, format, args);
  va_end (args);
}
