/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * File functions of the C library under GLib's names, and descriptors that close themselves.
 * Programs include it by name, after glib.h or not. Names are bytes in the system's encoding.
 */
#ifndef __G_STDIO_H__
#define __G_STDIO_H__

#include <glib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef struct stat GStatBuf;
struct utimbuf;

/** access(2). Since 2.8. */
GLIB_AVAILABLE_IN_ALL
int g_access (const gchar *filename, int mode);

/** chmod(2). Since 2.8. */
GLIB_AVAILABLE_IN_ALL
int g_chmod (const gchar *filename, int mode);

/** open(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_open (const gchar *filename, int flags, int mode);

/** creat(2). Since 2.8. */
GLIB_AVAILABLE_IN_ALL
int g_creat (const gchar *filename, int mode);

/** rename(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_rename (const gchar *oldfilename, const gchar *newfilename);

/** mkdir(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_mkdir (const gchar *filename, int mode);

/** chdir(2). Since 2.8. */
GLIB_AVAILABLE_IN_ALL
int g_chdir (const gchar *path);

/** stat(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_stat (const gchar *filename, GStatBuf *buf);

/** lstat(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_lstat (const gchar *filename, GStatBuf *buf);

/** unlink(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_unlink (const gchar *filename);

/** remove(3). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_remove (const gchar *filename);

/** rmdir(2). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
int g_rmdir (const gchar *filename);

/** fopen(3). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
FILE *g_fopen (const gchar *filename, const gchar *mode);

/** freopen(3). Since 2.6. */
GLIB_AVAILABLE_IN_ALL
FILE *g_freopen (const gchar *filename, const gchar *mode, FILE *stream);

/** fsync(2), again when a signal interrupts it. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
gint g_fsync (gint fd);

/** utime(2). Since 2.18. */
GLIB_AVAILABLE_IN_ALL
int g_utime (const gchar *filename, struct utimbuf *utb);

/** Closes fd; FALSE, with an error and errno set, if that fails. An fd that is not open is misuse.
 * Since 2.36. */
GLIB_AVAILABLE_IN_2_36
gboolean g_close (gint fd, GError **error);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/** Closes *fd_ptr unless it is negative, and makes it -1 first; TRUE if nothing went wrong. Since 2.76. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_76
static inline gboolean g_clear_fd (int *fd_ptr, GError **error);

static inline gboolean
g_clear_fd (int *fd_ptr, GError **error)
{
  int fd = *fd_ptr;

  *fd_ptr = -1;
  if (fd < 0)
    return TRUE;
  return g_close (fd, error);
}

/* What g_autofd runs at the end of a scope; errno is kept. */
static inline void
_g_clear_fd_ignore_error (int *fd_ptr)
{
  int errsv = errno;

  (void) g_clear_fd (fd_ptr, NULL);
  errno = errsv;
}

G_GNUC_END_IGNORE_DEPRECATIONS

/* An int whose descriptor is closed when the scope ends: g_autofd int fd = open (…). Since 2.76. */
#define g_autofd _GLIB_CLEANUP (_g_clear_fd_ignore_error)

G_END_DECLS

#endif /* __G_STDIO_H__ */
