/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The names in a folder, one after the other in the system's order, without "." and "..".
 */
#ifndef __G_DIR_H__
#define __G_DIR_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gerror.h>
#include <dirent.h>

G_BEGIN_DECLS

typedef struct _GDir GDir;

/** Opens the folder path, closed with g_dir_close(); flags is 0. NULL and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
GDir *g_dir_open (const gchar *path, guint flags, GError **error);

/** The next name, which the next call replaces; NULL at the end. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_dir_read_name (GDir *dir);

/** Starts over with the first name. */
GLIB_AVAILABLE_IN_ALL
void g_dir_rewind (GDir *dir);

/** Closes dir at once and drops a reference to it. */
GLIB_AVAILABLE_IN_ALL
void g_dir_close (GDir *dir);

/** Another reference to dir. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
GDir *g_dir_ref (GDir *dir);

/** Drops a reference to dir; the last one closes it. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
void g_dir_unref (GDir *dir);

G_END_DECLS

#endif /* __G_DIR_H__ */
