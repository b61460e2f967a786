/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Environment variables, of the process and in vectors of NAME=value strings. Changing those of the
 * process is not safe while other threads read them.
 */
#ifndef __G_ENVIRON_H__
#define __G_ENVIRON_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/** The value of variable, or NULL; not to be freed, gone when the variable changes. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_getenv (const gchar *variable);

/** Gives variable, which has no "=" in it, a value; unless it has one and overwrite is
 * FALSE. FALSE if that fails. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
gboolean g_setenv (const gchar *variable, const gchar *value, gboolean overwrite);

/** Removes variable. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_unsetenv (const gchar *variable);

/** The names of all variables, as a vector freed with g_strfreev(). Since 2.8. */
GLIB_AVAILABLE_IN_ALL
gchar **g_listenv (void);

/** A copy of the environment as a vector of NAME=value, freed with g_strfreev(). Since 2.28. */
GLIB_AVAILABLE_IN_ALL
gchar **g_get_environ (void);

/** The value of variable in the vector envp (may be NULL), or NULL. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
const gchar *g_environ_getenv (gchar **envp, const gchar *variable);

/** The vector envp (NULL: empty), which it takes over, with variable set. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gchar **g_environ_setenv (gchar **envp, const gchar *variable, const gchar *value, gboolean overwrite)
    G_GNUC_WARN_UNUSED_RESULT;

/** The vector envp (may be NULL), which it takes over, without variable. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gchar **g_environ_unsetenv (gchar **envp, const gchar *variable) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

#endif /* __G_ENVIRON_H__ */
