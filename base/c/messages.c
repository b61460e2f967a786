/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The functions of gmessages.h that take variable arguments: they format and hand the text to Rust,
 * where src/messages decides where it goes.
 */
#include "internals.h"

#include <stdio.h>
#include <stdlib.h>

/* The environment is heard once, before main() can change it. The constructor stands next to g_log()
 * so that a static program has it exactly if it logs; the priority puts it before constructors of programs,
 * which may log. */
__attribute__ ((constructor (101))) static void
read_environment (void)
{
  /* Most programs find neither, and touch no more of the library for it. */
  if (getenv ("G_DEBUG") != NULL || getenv ("G_MESSAGES_PREFIXED") != NULL)
    mainspring_base_read_environment ();
}

void
g_logv (const gchar *log_domain, GLogLevelFlags log_level, const gchar *format, va_list args)
{
  char *message = format ? g_strdup_vprintf (format, args) : NULL;

  mainspring_base_log (log_domain, log_level, message);
  free (message);
}

void
g_log (const gchar *log_domain, GLogLevelFlags log_level, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_logv (log_domain, log_level, format, args);
  va_end (args);
}

/* Formats and hands the text to put. */
static void
print_valist (void (*put) (const char *text), const gchar *format, va_list args)
{
  char *text = g_strdup_vprintf (format, args);

  put (text);
  free (text);
}

void
g_print (const gchar *format, ...)
{
  va_list args;

  g_return_if_fail (format != NULL);
  va_start (args, format);
  print_valist (mainspring_base_print, format, args);
  va_end (args);
}

void
g_printerr (const gchar *format, ...)
{
  va_list args;

  g_return_if_fail (format != NULL);
  va_start (args, format);
  print_valist (mainspring_base_printerr, format, args);
  va_end (args);
}

/* Pairs up to "MESSAGE"; the format of that one and its arguments come last. */
void
g_log_structured (const gchar *log_domain, GLogLevelFlags log_level, ...)
{
  enum { MESSAGE, PRIORITY, DOMAIN_OR_FIRST };
  va_list args;
  gsize n_pairs = 0, n = DOMAIN_OR_FIRST;
  GLogField *fields;
  const char *key, *format;
  char *message;

  va_start (args, log_level);
  for (key = va_arg (args, const char *); strcmp (key, "MESSAGE") != 0; key = va_arg (args, const char *))
    {
      (void) va_arg (args, gconstpointer);
      n_pairs++;
    }
  format = va_arg (args, const char *);
  message = format ? g_strdup_vprintf (format, args) : NULL;
  va_end (args);

  fields = g_new (GLogField, n_pairs + 3);
  fields[MESSAGE] = (GLogField){ "MESSAGE", message, -1 };
  fields[PRIORITY] = (GLogField){ "PRIORITY", mainspring_base_priority (log_level), -1 };
  if (log_domain)
    fields[n++] = (GLogField){ "GLIB_DOMAIN", log_domain, -1 };

  va_start (args, log_level);
  for (; n_pairs > 0; n_pairs--)
    {
      key = va_arg (args, const char *);
      fields[n++] = (GLogField){ key, va_arg (args, gconstpointer), -1 };
    }
  va_end (args);

  g_log_structured_array (log_level, fields, n);
  free (fields);
  free (message);
}

void
g_log_structured_standard (const gchar *log_domain, GLogLevelFlags log_level, const gchar *file,
                           const gchar *line, const gchar *func, const gchar *message_format, ...)
{
  va_list args;
  char *message;

  va_start (args, message_format);
  message = g_strdup_vprintf (message_format, args);
  va_end (args);
  {
    const GLogField fields[] = {
      { "PRIORITY", mainspring_base_priority (log_level), -1 },
      { "CODE_FILE", file, -1 },
      { "CODE_LINE", line, -1 },
      { "CODE_FUNC", func, -1 },
      { "MESSAGE", message, -1 },
      { "GLIB_DOMAIN", log_domain, -1 },
    };

    g_log_structured_array (log_level, fields, G_N_ELEMENTS (fields) - (log_domain ? 0 : 1));
  }
  free (message);
}
