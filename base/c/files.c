/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The functions of gfileutils.h that take variable arguments: they make a vector of them for
 * src/fileutils/path.rs.
 */
#include "internals.h"

#include <stdlib.h>

/* first and the strings of args up to a NULL; the strings stay the caller's. */
static gchar **
vector_of (const gchar *first, va_list args)
{
  va_list again;
  gsize count = 0, n = 0;
  const gchar *element;
  gchar **vector;

  va_copy (again, args);
  for (element = first; element; element = va_arg (again, const gchar *))
    count++;
  va_end (again);

  vector = g_new (gchar *, count + 1);
  for (element = first; element; element = va_arg (args, const gchar *))
    vector[n++] = (gchar *) element;
  vector[n] = NULL;
  return vector;
}

static gchar *
build_valist (const gchar *separator, const gchar *first, va_list args)
{
  gchar **elements = vector_of (first, args);
  gchar *path = g_build_pathv (separator, elements);

  free (elements);
  return path;
}

gchar *
g_build_path (const gchar *separator, const gchar *first_element, ...)
{
  va_list args;
  gchar *path;

  g_return_val_if_fail (separator != NULL, NULL);
  va_start (args, first_element);
  path = build_valist (separator, first_element, args);
  va_end (args);
  return path;
}

gchar *
g_build_filename_valist (const gchar *first_element, va_list *args)
{
  va_list again;
  gchar *path;

  g_return_val_if_fail (first_element != NULL, NULL);
  va_copy (again, *args);
  path = build_valist (G_DIR_SEPARATOR_S, first_element, again);
  va_end (again);
  return path;
}

gchar *
g_build_filename (const gchar *first_element, ...)
{
  va_list args;
  gchar *path;

  va_start (args, first_element);
  path = build_valist (G_DIR_SEPARATOR_S, first_element, args);
  va_end (args);
  return path;
}
