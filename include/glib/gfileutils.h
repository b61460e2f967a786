/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The error domain of operations on files. It knows nothing of files themselves.
 */
#ifndef __G_FILEUTILS_H__
#define __G_FILEUTILS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gquark.h>

G_BEGIN_DECLS

/* Errors of file operations; G_FILE_ERROR_FOO stands for errno's EFOO, FAILED for any other. */
typedef enum
{
  G_FILE_ERROR_EXIST,
  G_FILE_ERROR_ISDIR,
  G_FILE_ERROR_ACCES,
  G_FILE_ERROR_NAMETOOLONG,
  G_FILE_ERROR_NOENT,
  G_FILE_ERROR_NOTDIR,
  G_FILE_ERROR_NXIO,
  G_FILE_ERROR_NODEV,
  G_FILE_ERROR_ROFS,
  G_FILE_ERROR_TXTBSY,
  G_FILE_ERROR_FAULT,
  G_FILE_ERROR_LOOP,
  G_FILE_ERROR_NOSPC,
  G_FILE_ERROR_NOMEM,
  G_FILE_ERROR_MFILE,
  G_FILE_ERROR_NFILE,
  G_FILE_ERROR_BADF,
  G_FILE_ERROR_INVAL,
  G_FILE_ERROR_PIPE,
  G_FILE_ERROR_AGAIN,
  G_FILE_ERROR_INTR,
  G_FILE_ERROR_IO,
  G_FILE_ERROR_PERM,
  G_FILE_ERROR_NOSYS,
  G_FILE_ERROR_FAILED
} GFileError;

#define G_FILE_ERROR (g_file_error_quark ())

/** The domain of GFileError. */
GLIB_AVAILABLE_IN_ALL
GQuark g_file_error_quark (void);

/** The code that stands for the errno value err_no. */
GLIB_AVAILABLE_IN_ALL
GFileError g_file_error_from_errno (gint err_no);

G_END_DECLS

#endif /* __G_FILEUTILS_H__ */
