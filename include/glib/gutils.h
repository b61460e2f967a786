/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Names of the program and the application, who runs it and where things are kept, sizes as text,
 * formatted text in a buffer, and bits of a word. It opens the small headers that have no better place:
 * environment, files, hash functions, sorting.
 */
#ifndef __G_UTILS_H__
#define __G_UTILS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/genviron.h>
#include <glib/gfileutils.h>
#include <glib/ghash.h>
#include <glib/gqsort.h>
#include <glib/gtypes.h>
#include <stdarg.h>
#include <stdlib.h>

G_BEGIN_DECLS

/** The program's name, from its command line or g_set_prgname(); NULL if unknown. Stays valid. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_prgname (void);

/** Names the program in messages; prgname is copied. */
GLIB_AVAILABLE_IN_ALL
void g_set_prgname (const gchar *prgname);

/** The application's name for people, or the program's name if none was set. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_application_name (void);

/** Names the application for people; may be called once. Since 2.2. */
GLIB_AVAILABLE_IN_ALL
void g_set_application_name (const gchar *application_name);

/** The login name of the user who runs the program. Like all that follows up to the folders, it is found
 * when first asked for, belongs to the library and stays. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_user_name (void);

/** The user's name in full, or "Unknown". */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_real_name (void);

/** The user's home: $HOME, or what the password database says. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_home_dir (void);

/** The folder for temporary files: $TMPDIR or /tmp. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_tmp_dir (void);

/** The host's name, which may be known on this host alone. Since 2.8. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_host_name (void);

/** The folder for programs' data: $XDG_DATA_HOME or ~/.local/share. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_user_data_dir (void);

/** The folder for settings: $XDG_CONFIG_HOME or ~/.config. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_user_config_dir (void);

/** The folder for what can be made again: $XDG_CACHE_HOME or ~/.cache. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_user_cache_dir (void);

/** The folder for state such as logs and histories: $XDG_STATE_HOME or ~/.local/state. Since 2.72. */
GLIB_AVAILABLE_IN_2_72
const gchar *g_get_user_state_dir (void);

/** The folder for sockets: $XDG_RUNTIME_DIR or the folder for caches, which is made. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_user_runtime_dir (void);

/** Folders with data for all users, the most important first: a vector. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
const gchar *const *g_get_system_data_dirs (void);

/** Folders with settings for all users, the most important first: a vector. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
const gchar *const *g_get_system_config_dirs (void);

/* Folders that users name in user-dirs.dirs. */
typedef enum
{
  G_USER_DIRECTORY_DESKTOP,
  G_USER_DIRECTORY_DOCUMENTS,
  G_USER_DIRECTORY_DOWNLOAD,
  G_USER_DIRECTORY_MUSIC,
  G_USER_DIRECTORY_PICTURES,
  G_USER_DIRECTORY_PUBLIC_SHARE,
  G_USER_DIRECTORY_TEMPLATES,
  G_USER_DIRECTORY_VIDEOS,

  G_USER_N_DIRECTORIES
} GUserDirectory;

/** One of the user's own folders, or NULL if the user names none. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_get_user_special_dir (GUserDirectory directory);

/** Reads user-dirs.dirs again. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_reload_user_special_dirs_cache (void);

/* Keys of g_get_os_info(). Since 2.64. */
#define G_OS_INFO_KEY_NAME               GLIB_AVAILABLE_MACRO_IN_2_64 "NAME"
#define G_OS_INFO_KEY_PRETTY_NAME        GLIB_AVAILABLE_MACRO_IN_2_64 "PRETTY_NAME"
#define G_OS_INFO_KEY_VERSION            GLIB_AVAILABLE_MACRO_IN_2_64 "VERSION"
#define G_OS_INFO_KEY_VERSION_CODENAME   GLIB_AVAILABLE_MACRO_IN_2_64 "VERSION_CODENAME"
#define G_OS_INFO_KEY_VERSION_ID         GLIB_AVAILABLE_MACRO_IN_2_64 "VERSION_ID"
#define G_OS_INFO_KEY_ID                 GLIB_AVAILABLE_MACRO_IN_2_64 "ID"
#define G_OS_INFO_KEY_HOME_URL           GLIB_AVAILABLE_MACRO_IN_2_64 "HOME_URL"
#define G_OS_INFO_KEY_DOCUMENTATION_URL  GLIB_AVAILABLE_MACRO_IN_2_64 "DOCUMENTATION_URL"
#define G_OS_INFO_KEY_SUPPORT_URL        GLIB_AVAILABLE_MACRO_IN_2_64 "SUPPORT_URL"
#define G_OS_INFO_KEY_BUG_REPORT_URL     GLIB_AVAILABLE_MACRO_IN_2_64 "BUG_REPORT_URL"
#define G_OS_INFO_KEY_PRIVACY_POLICY_URL GLIB_AVAILABLE_MACRO_IN_2_64 "PRIVACY_POLICY_URL"

/** What os-release says under key_name, new; NULL if nothing. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
gchar *g_get_os_info (const gchar *key_name);

/** Where $PATH has program, absolute and new; NULL if nowhere. */
GLIB_AVAILABLE_IN_ALL
gchar *g_find_program_in_path (const gchar *program);

/* How g_format_size_full() writes. */
typedef enum
{
  G_FORMAT_SIZE_DEFAULT = 0,          /* 1.5 kB, in powers of 1000 */
  G_FORMAT_SIZE_LONG_FORMAT = 1 << 0, /* with the exact number of bytes behind it */
  G_FORMAT_SIZE_IEC_UNITS = 1 << 1,   /* 1.5 KiB, in powers of 1024 */
  G_FORMAT_SIZE_BITS = 1 << 2,        /* the size is in bits */
  G_FORMAT_SIZE_ONLY_VALUE GLIB_AVAILABLE_ENUMERATOR_IN_2_74 = 1 << 3,
  G_FORMAT_SIZE_ONLY_UNIT GLIB_AVAILABLE_ENUMERATOR_IN_2_74 = 1 << 4
} GFormatSizeFlags;

/** size, in bytes, as text for people, new. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gchar *g_format_size (guint64 size) G_GNUC_MALLOC;

/** g_format_size() as flags say. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gchar *g_format_size_full (guint64 size, GFormatSizeFlags flags) G_GNUC_MALLOC;

/** size in powers of 1024, with letters that mean powers of 1000. Since 2.16. */
GLIB_DEPRECATED_IN_2_30_FOR (g_format_size)
gchar *g_format_size_for_display (goffset size) G_GNUC_MALLOC;

/** snprintf(): writes at most n bytes with the NUL; returns the length the text would have. */
GLIB_AVAILABLE_IN_ALL
gint g_snprintf (gchar *string, gulong n, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

/** vsnprintf(): writes at most n bytes with the NUL; returns the length the text would have. */
GLIB_AVAILABLE_IN_ALL
gint g_vsnprintf (gchar *string, gulong n, const gchar *format, va_list args) G_GNUC_PRINTF (3, 0);

/** Sets *nullify_location to NULL. */
GLIB_AVAILABLE_IN_ALL
void g_nullify_pointer (gpointer *nullify_location);

/* A word and the bits it stands for. */
typedef struct _GDebugKey GDebugKey;
struct _GDebugKey
{
  const gchar *key;
  guint value;
};

/** The bits of the words in string (NULL: none), out of nkeys keys; "all" stands for all of them and
 * turns what else is named off, "help" prints the keys. */
GLIB_AVAILABLE_IN_ALL
guint g_parse_debug_string (const gchar *string, const GDebugKey *keys, guint nkeys);

/** The lowest set bit of mask above nth_bit (-1: from bit 0), or -1. */
GLIB_AVAILABLE_IN_ALL
gint (g_bit_nth_lsf) (gulong mask, gint nth_bit) G_GNUC_CONST;

/** The highest set bit of mask below nth_bit (-1: from the top), or -1. */
GLIB_AVAILABLE_IN_ALL
gint (g_bit_nth_msf) (gulong mask, gint nth_bit) G_GNUC_CONST;

/** How many bits it takes to write number; 1 for 0. */
GLIB_AVAILABLE_IN_ALL
guint (g_bit_storage) (gulong number) G_GNUC_CONST;

/* A function that takes nothing, as atexit() wants it. */
typedef void (*GVoidFunc) (void);

/** Ends the process at once, without handlers or buffers being run. Since 2.50. */
G_NORETURN GLIB_AVAILABLE_IN_2_50
void g_abort (void);

/** atexit(), with a message when it fails. */
GLIB_DEPRECATED_IN_2_32
void g_atexit (GVoidFunc func);

/** How many threads can run at once, at least 1. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
guint g_get_num_processors (void);

G_END_DECLS

#endif /* __G_UTILS_H__ */
