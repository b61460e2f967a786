/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GError: what went wrong, as a domain, a code inside it and a text for people. Functions that can
 * fail take a GError ** that is NULL (not interested) or points to NULL (set on failure).
 * It knows no domain; each header that has one declares its own.
 */
#ifndef __G_ERROR_H__
#define __G_ERROR_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gquark.h>
#include <stdarg.h>

G_BEGIN_DECLS

typedef struct _GError GError;

struct _GError
{
  GQuark domain;
  gint code;
  gchar *message;
};

/* Start, duplicate and clear the private data that an extended error domain keeps before its GError. */
typedef void (*GErrorInitFunc) (GError *error);
typedef void (*GErrorCopyFunc) (const GError *src_error, GError *dest_error);
typedef void (*GErrorClearFunc) (GError *error);

/* Declares and defines an extended domain: ErrorType's private struct is ErrorTypePrivate, and the
 * functions error_type_private_init, _copy and _clear tend it. Since 2.68. */
#define G_DEFINE_EXTENDED_ERROR(ErrorType, error_type)                                             \
  static inline ErrorType##Private *error_type##_get_private (const GError *error)                 \
  {                                                                                                \
    const gsize align = 2 * sizeof (gsize);                                                        \
    const gsize size = (sizeof (ErrorType##Private) + (align - 1)) & ~(gsize) (align - 1);         \
    g_return_val_if_fail (error != NULL, NULL);                                                    \
    g_return_val_if_fail (error->domain == error_type##_quark (), NULL);                           \
    return (ErrorType##Private *) (gpointer) (((guint8 *) (guintptr) error) - size);               \
  }                                                                                                \
  static void g_error_with_##error_type##_private_init (GError *error)                             \
  {                                                                                                \
    error_type##_private_init (error_type##_get_private (error));                                  \
  }                                                                                                \
  static void g_error_with_##error_type##_private_copy (const GError *src, GError *dest)           \
  {                                                                                                \
    error_type##_private_copy (error_type##_get_private (src), error_type##_get_private (dest));   \
  }                                                                                                \
  static void g_error_with_##error_type##_private_clear (GError *error)                            \
  {                                                                                                \
    error_type##_private_clear (error_type##_get_private (error));                                 \
  }                                                                                                \
  GQuark error_type##_quark (void)                                                                 \
  {                                                                                                \
    static GQuark q;                                                                               \
    static gsize once = 0;                                                                         \
    if (g_once_init_enter (&once))                                                                 \
      {                                                                                            \
        q = g_error_domain_register_static (#error_type, sizeof (ErrorType##Private),              \
                                            g_error_with_##error_type##_private_init,              \
                                            g_error_with_##error_type##_private_copy,              \
                                            g_error_with_##error_type##_private_clear);            \
        g_once_init_leave (&once, 1);                                                              \
      }                                                                                            \
    return q;                                                                                      \
  }

/** Makes error_type_name, a string that stays as it is, a domain whose errors carry
 * error_type_private_size bytes of their own, tended by the three functions. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
GQuark g_error_domain_register_static (const char *error_type_name, gsize error_type_private_size,
                                       GErrorInitFunc error_type_init, GErrorCopyFunc error_type_copy,
                                       GErrorClearFunc error_type_clear);

/** Like g_error_domain_register_static(), with a name that is copied. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
GQuark g_error_domain_register (const char *error_type_name, gsize error_type_private_size,
                                GErrorInitFunc error_type_init, GErrorCopyFunc error_type_copy,
                                GErrorClearFunc error_type_clear);

/** A new error with a text made like printf(); freed with g_error_free(). */
GLIB_AVAILABLE_IN_ALL
GError *g_error_new (GQuark domain, gint code, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

/** A new error with message, copied, as its text; freed with g_error_free(). */
GLIB_AVAILABLE_IN_ALL
GError *g_error_new_literal (GQuark domain, gint code, const gchar *message);

/** A new error with a text made like vprintf(); freed with g_error_free(). Since 2.22. */
GLIB_AVAILABLE_IN_ALL
GError *g_error_new_valist (GQuark domain, gint code, const gchar *format, va_list args)
    G_GNUC_PRINTF (3, 0);

/** Frees error and its text; NULL is misuse. */
GLIB_AVAILABLE_IN_ALL
void g_error_free (GError *error);

/** A copy of error, owned by the caller; NULL is misuse. */
GLIB_AVAILABLE_IN_ALL
GError *g_error_copy (const GError *error);

/** TRUE if error is not NULL and has this domain and code. */
GLIB_AVAILABLE_IN_ALL
gboolean g_error_matches (const GError *error, GQuark domain, gint code);

/** Stores a new error in *err unless err is NULL; *err must be NULL before. */
GLIB_AVAILABLE_IN_ALL
void g_set_error (GError **err, GQuark domain, gint code, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);

/** g_set_error() with a text that is taken as it is. Since 2.18. */
GLIB_AVAILABLE_IN_ALL
void g_set_error_literal (GError **err, GQuark domain, gint code, const gchar *message);

/** Moves src to *dest, or frees it if dest is NULL; *dest must be NULL before. */
GLIB_AVAILABLE_IN_ALL
void g_propagate_error (GError **dest, GError *src);

/** Frees *err and makes it NULL; both err and *err may be NULL. */
GLIB_AVAILABLE_IN_ALL
void g_clear_error (GError **err);

/** Puts text made like printf() before the text of *err, if there is an error. Since 2.16. */
GLIB_AVAILABLE_IN_ALL
void g_prefix_error (GError **err, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/** Puts prefix before the text of *err, if there is an error. Since 2.70. */
GLIB_AVAILABLE_IN_2_70
void g_prefix_error_literal (GError **err, const gchar *prefix);

/** g_propagate_error() and then g_prefix_error(). Since 2.16. */
GLIB_AVAILABLE_IN_ALL
void g_propagate_prefixed_error (GError **dest, GError *src, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS

#endif /* __G_ERROR_H__ */
