/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files as wholes, and their names: reading and replacing contents, temporary files, tests, and names
 * taken apart and put together. Names are bytes in whatever encoding the system has; errors are of the
 * domain G_FILE_ERROR. New strings are freed with g_free(). Streams and descriptors are gstdio.h's, the
 * names in a folder gdir.h's.
 */
#ifndef __G_FILEUTILS_H__
#define __G_FILEUTILS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gerror.h>
#include <glib/gquark.h>
#include <stdarg.h>

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

/* Tests of g_file_test(); several may be asked at once. */
typedef enum
{
  G_FILE_TEST_IS_REGULAR = 1 << 0,
  G_FILE_TEST_IS_SYMLINK = 1 << 1,
  G_FILE_TEST_IS_DIR = 1 << 2,
  G_FILE_TEST_IS_EXECUTABLE = 1 << 3,
  G_FILE_TEST_EXISTS = 1 << 4
} GFileTest;

/* How g_file_set_contents_full() goes about it. */
typedef enum
{
  G_FILE_SET_CONTENTS_NONE = 0,            /* a crash may leave part of the new contents */
  G_FILE_SET_CONTENTS_CONSISTENT = 1 << 0, /* a crash leaves the old contents or the new */
  G_FILE_SET_CONTENTS_DURABLE = 1 << 1,    /* the new contents have reached the disk */
  G_FILE_SET_CONTENTS_ONLY_EXISTING = 1 << 2 /* the above matter only where there is something to lose */
} GFileSetContentsFlags GLIB_AVAILABLE_TYPE_IN_2_66;

/** TRUE if one of the tests holds of filename; all but IS_SYMLINK follow links. */
GLIB_AVAILABLE_IN_ALL
gboolean g_file_test (const gchar *filename, GFileTest test);

/** Reads a whole file into *contents, new, with a NUL behind it, and its size into *length (may be
 * NULL); FALSE and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gboolean g_file_get_contents (const gchar *filename, gchar **contents, gsize *length, GError **error);

/** Gives filename the length bytes (-1: up to the NUL) of contents, so that a crash leaves the old or the
 * new; FALSE and an error if that fails. Since 2.8. */
GLIB_AVAILABLE_IN_ALL
gboolean g_file_set_contents (const gchar *filename, const gchar *contents, gssize length, GError **error);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/** g_file_set_contents() with a choice of care, and the mode for a file that is new. Since 2.66. */
GLIB_AVAILABLE_IN_2_66
gboolean g_file_set_contents_full (const gchar *filename, const gchar *contents, gssize length,
                                   GFileSetContentsFlags flags, int mode, GError **error);

G_GNUC_END_IGNORE_DEPRECATIONS

/** Where the symbolic link filename leads, new; NULL and an error otherwise. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gchar *g_file_read_link (const gchar *filename, GError **error);

/** Replaces the last XXXXXX of tmpl, in place, and makes a folder of that name with mode 0700; tmpl, or
 * NULL and errno. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gchar *g_mkdtemp (gchar *tmpl);

/** g_mkdtemp() with another mode. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gchar *g_mkdtemp_full (gchar *tmpl, gint mode);

/** Replaces the last XXXXXX of tmpl, in place, and opens a new file of that name with mode 0600; its
 * descriptor, or -1 and errno. */
GLIB_AVAILABLE_IN_ALL
gint g_mkstemp (gchar *tmpl);

/** g_mkstemp() with flags for open(2), to which O_CREAT and O_EXCL are added, and another mode. Since
 * 2.22. */
GLIB_AVAILABLE_IN_ALL
gint g_mkstemp_full (gchar *tmpl, gint flags, gint mode);

/** Opens a new file after tmpl (NULL: any name), which has no slash, in g_get_tmp_dir(); its descriptor,
 * and its name, new, in *name_used (may be NULL). -1 and an error otherwise. */
GLIB_AVAILABLE_IN_ALL
gint g_file_open_tmp (const gchar *tmpl, gchar **name_used, GError **error);

/** Makes a folder after tmpl (NULL: any name) in g_get_tmp_dir() and returns its name, new; NULL and an
 * error otherwise. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gchar *g_dir_make_tmp (const gchar *tmpl, GError **error);

/** The elements, up to a NULL, with exactly one separator between each two, new. */
GLIB_AVAILABLE_IN_ALL
gchar *g_build_path (const gchar *separator, const gchar *first_element, ...) G_GNUC_MALLOC
    G_GNUC_NULL_TERMINATED;

/** g_build_path() of a vector. Since 2.8. */
GLIB_AVAILABLE_IN_ALL
gchar *g_build_pathv (const gchar *separator, gchar **args) G_GNUC_MALLOC;

/** The elements, up to a NULL, with exactly one slash between each two, new. */
GLIB_AVAILABLE_IN_ALL
gchar *g_build_filename (const gchar *first_element, ...) G_GNUC_MALLOC G_GNUC_NULL_TERMINATED;

/** g_build_filename() of a vector. Since 2.8. */
GLIB_AVAILABLE_IN_ALL
gchar *g_build_filenamev (gchar **args) G_GNUC_MALLOC;

/** g_build_filename() with a va_list. Since 2.56. */
GLIB_AVAILABLE_IN_2_56
gchar *g_build_filename_valist (const gchar *first_element, va_list *args) G_GNUC_MALLOC;

/** Makes the folder pathname and those above it that are missing; 0, or -1 and errno. Since 2.8. */
GLIB_AVAILABLE_IN_ALL
gint g_mkdir_with_parents (const gchar *pathname, gint mode);

#define G_IS_DIR_SEPARATOR(c) ((c) == G_DIR_SEPARATOR)

/** TRUE if file_name starts at the root. */
GLIB_AVAILABLE_IN_ALL
gboolean g_path_is_absolute (const gchar *file_name);

/** What follows the slashes at the start of file_name, inside it; NULL if it has none. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_path_skip_root (const gchar *file_name);

/** What follows the last slash of file_name, inside it. */
GLIB_DEPRECATED_FOR (g_path_get_basename)
const gchar *g_basename (const gchar *file_name);

/** The folder the process works in, new. */
GLIB_AVAILABLE_IN_ALL
gchar *g_get_current_dir (void);

/** The last element of file_name, without slashes, new; "." of "", "/" of the root. */
GLIB_AVAILABLE_IN_ALL
gchar *g_path_get_basename (const gchar *file_name) G_GNUC_MALLOC;

/** What precedes the last element of file_name, new; "." if nothing does. */
GLIB_AVAILABLE_IN_ALL
gchar *g_path_get_dirname (const gchar *file_name) G_GNUC_MALLOC;

/** filename below relative_to (NULL: the current folder; else absolute) without ".", ".." and needless
 * slashes, new. Links are not looked at. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gchar *g_canonicalize_filename (const gchar *filename, const gchar *relative_to) G_GNUC_MALLOC;

#define g_dirname g_path_get_dirname GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_path_get_dirname)

G_END_DECLS

#endif /* __G_FILEUTILS_H__ */
