/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Names of the program and the application, formatted text in a buffer, and bits of a word. It opens
 * the small headers that have no better place: environment, file errors, hash functions, sorting.
 * It knows nothing of directories and users.
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
