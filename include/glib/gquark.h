/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Quarks: small numbers that stand for strings, the same number for equal strings as long as the
 * process lives. It knows nothing of who uses them; error domains (gerror.h) are the main user.
 */
#ifndef __G_QUARK_H__
#define __G_QUARK_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/* The number of a string; 0 stands for none. */
typedef guint32 GQuark;

/** The quark of string, or 0 if it has none yet or is NULL. */
GLIB_AVAILABLE_IN_ALL
GQuark g_quark_try_string (const gchar *string);

/** The quark of string, made from the string itself, which must stay as it is for ever; 0 for NULL. */
GLIB_AVAILABLE_IN_ALL
GQuark g_quark_from_static_string (const gchar *string);

/** The quark of string, made from a copy if it is new; 0 for NULL. */
GLIB_AVAILABLE_IN_ALL
GQuark g_quark_from_string (const gchar *string);

/** The string of quark, never to be freed; NULL for 0 and for numbers that were never given out. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_quark_to_string (GQuark quark) G_GNUC_CONST;

/** The one address that stands for strings equal to string, copied if new; NULL for NULL. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_intern_string (const gchar *string);

/** Like g_intern_string(), for a string that stays as it is for ever. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_intern_static_string (const gchar *string);

/* Defines a function q_n_quark() that returns the quark of the name QN. Since 2.34. */
#define G_DEFINE_QUARK(QN, q_n)                                \
  GQuark q_n##_quark (void)                                    \
  {                                                            \
    static GQuark q;                                           \
    if G_UNLIKELY (q == 0)                                     \
      q = g_quark_from_static_string (#QN);                    \
    return q;                                                  \
  }

G_END_DECLS

#endif /* __G_QUARK_H__ */
