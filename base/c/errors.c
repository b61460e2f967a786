/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The functions of gerror.h that take variable arguments; src/error.rs has the others.
 */
#include "internals.h"

GError *
g_error_new_valist (GQuark domain, gint code, const gchar *format, va_list args)
{
  /* Old programs did without; they keep an error, with a warning. */
  if (domain == 0)
    g_warn_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, "domain != 0");
  if (format == NULL)
    g_warn_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, "format != NULL");
  return mainspring_base_error_take (domain, code, format ? g_strdup_vprintf (format, args) : NULL);
}

GError *
g_error_new (GQuark domain, gint code, const gchar *format, ...)
{
  GError *error;
  va_list args;

  g_return_val_if_fail (format != NULL, NULL);
  g_return_val_if_fail (domain != 0, NULL);
  va_start (args, format);
  error = g_error_new_valist (domain, code, format, args);
  va_end (args);
  return error;
}

void
g_set_error (GError **err, GQuark domain, gint code, const gchar *format, ...)
{
  va_list args;
  GError *error;

  if (err == NULL)
    return;
  va_start (args, format);
  error = g_error_new_valist (domain, code, format, args);
  va_end (args);
  g_propagate_error (err, error);
}

static void
prefix_valist (GError *error, const gchar *format, va_list args)
{
  mainspring_base_error_prefix_take (error, g_strdup_vprintf (format, args));
}

void
g_prefix_error (GError **err, const gchar *format, ...)
{
  va_list args;

  if (err == NULL || *err == NULL)
    return;
  va_start (args, format);
  prefix_valist (*err, format, args);
  va_end (args);
}

void
g_propagate_prefixed_error (GError **dest, GError *src, const gchar *format, ...)
{
  va_list args;

  g_propagate_error (dest, src);
  if (dest == NULL || *dest == NULL)
    return;
  va_start (args, format);
  prefix_valist (*dest, format, args);
  va_end (args);
}
