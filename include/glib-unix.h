/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What only Unix has: descriptors and signals as sources, pipes, non-blocking mode, help for
 * processes. Programs include it by itself; with it come the system headers named below, which programs rely on. Read glib/gmain.h
 * for what becomes of a source.
 */
#ifndef __G_UNIX_H__
#define __G_UNIX_H__

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

G_BEGIN_DECLS

/* ---- Errors ----------------------------------------------------------------------------------- */

/** Domain of the errors of this header; the code is 0, the message is strerror's. Since 2.30. */
#define G_UNIX_ERROR (g_unix_error_quark ())

/** The quark of G_UNIX_ERROR. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
GQuark g_unix_error_quark (void);

/* ---- Descriptors as sources ------------------------------------------------------------------- */

/** The descriptor has condition: what was asked for, or ERR, HUP or NVAL. Returns G_SOURCE_CONTINUE
 * or G_SOURCE_REMOVE. Since 2.36. */
typedef gboolean (*GUnixFDSourceFunc) (gint fd, GIOCondition condition, gpointer user_data);

/** A source, with a reference for the caller, that is ready when fd has one of condition. It calls
 * back with a GUnixFDSourceFunc and never closes fd. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
GSource *g_unix_fd_source_new (gint fd, GIOCondition condition);

/** Attaches such a source to the global default context and returns its id. notify may be NULL; it
 * is called with user_data when the source is destroyed. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
guint g_unix_fd_add_full (gint priority, gint fd, GIOCondition condition, GUnixFDSourceFunc function,
                          gpointer user_data, GDestroyNotify notify);

/** g_unix_fd_add_full() with G_PRIORITY_DEFAULT and without notify. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
guint g_unix_fd_add (gint fd, GIOCondition condition, GUnixFDSourceFunc function, gpointer user_data);

/* ---- Signals as sources ------------------------------------------------------------------------ */

/** A source, with a reference for the caller, that is ready after signum was delivered to the
 * process, once for all deliveries up to then: SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2 or
 * SIGWINCH. Every source of a signal is. A handler is installed from now on until the last source of
 * the signal is freed, and SIG_DFL put in its place. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
GSource *g_unix_signal_source_new (gint signum);

/** Attaches such a source to the global default context and returns its id. handler runs until it
 * returns G_SOURCE_REMOVE. notify may be NULL; it is called with user_data when the source is
 * destroyed. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guint g_unix_signal_add_full (gint priority, gint signum, GSourceFunc handler, gpointer user_data,
                              GDestroyNotify notify);

/** g_unix_signal_add_full() with G_PRIORITY_DEFAULT and without notify. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
guint g_unix_signal_add (gint signum, GSourceFunc handler, gpointer user_data);

/* ---- Modes and pipes -------------------------------------------------------------------------- */

/** Turns O_NONBLOCK of fd on or off and nothing else. FALSE and error (may be NULL) on failure, with
 * errno. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gboolean g_unix_set_fd_nonblocking (gint fd, gboolean nonblock, GError **error);

/** Makes a pipe: fds[0] to read, fds[1] to write. flags: O_CLOEXEC (or FD_CLOEXEC) and O_NONBLOCK.
 * FALSE and error (may be NULL) on failure, with errno. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gboolean g_unix_open_pipe (gint *fds, gint flags, GError **error);

/** The ends of a pipe, as indices. Since 2.80. */
typedef enum
{
  G_UNIX_PIPE_END_READ GLIB_AVAILABLE_ENUMERATOR_IN_2_80 = 0,
  G_UNIX_PIPE_END_WRITE GLIB_AVAILABLE_ENUMERATOR_IN_2_80 = 1
} GUnixPipeEnd GLIB_AVAILABLE_TYPE_IN_2_80;

/** A pipe whose ends are closed one by one or, by g_auto (GUnixPipe), with the scope. -1 stands for
 * an end that is not open. Since 2.80. */
typedef struct
{
  int fds[2];
} GUnixPipe GLIB_AVAILABLE_TYPE_IN_2_80;

/* Both ends not open. Since 2.80. */
#define G_UNIX_PIPE_INIT { { -1, -1 } } GLIB_AVAILABLE_MACRO_IN_2_80

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/** Opens self as g_unix_open_pipe() does. Since 2.80. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_80
static inline gboolean g_unix_pipe_open (GUnixPipe *self, int flags, GError **error);

static inline gboolean
g_unix_pipe_open (GUnixPipe *self, int flags, GError **error)
{
  return g_unix_open_pipe (self->fds, flags, error);
}

/** The descriptor of one end, or -1; self keeps it. Since 2.80. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_80
static inline int g_unix_pipe_get (GUnixPipe *self, GUnixPipeEnd end);

static inline int
g_unix_pipe_get (GUnixPipe *self, GUnixPipeEnd end)
{
  return self->fds[end];
}

/** The descriptor of one end, or -1; it is the caller's now. errno is kept. Since 2.80. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_80
static inline int g_unix_pipe_steal (GUnixPipe *self, GUnixPipeEnd end);

static inline int
g_unix_pipe_steal (GUnixPipe *self, GUnixPipeEnd end)
{
  return g_steal_fd (&self->fds[end]);
}

/** Closes one end unless it is not open; TRUE, or FALSE with error (may be NULL). Since 2.80. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_80
static inline gboolean g_unix_pipe_close (GUnixPipe *self, GUnixPipeEnd end, GError **error);

static inline gboolean
g_unix_pipe_close (GUnixPipe *self, GUnixPipeEnd end, GError **error)
{
  return g_clear_fd (&self->fds[end], error);
}

/** Closes both ends; errors are ignored and errno is kept. Since 2.80. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_80
static inline void g_unix_pipe_clear (GUnixPipe *self);

static inline void
g_unix_pipe_clear (GUnixPipe *self)
{
  int saved_errno = errno;

  g_unix_pipe_close (self, G_UNIX_PIPE_END_READ, NULL);
  g_unix_pipe_close (self, G_UNIX_PIPE_END_WRITE, NULL);
  errno = saved_errno;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GUnixPipe, g_unix_pipe_clear)

G_GNUC_END_IGNORE_DEPRECATIONS

/* ---- Processes -------------------------------------------------------------------------------- */

/* From <pwd.h>, which those who look into it include. */
struct passwd;

/** The entry of a user, in one block for g_free(). NULL and error (may be NULL) on failure; for a
 * user nobody knows the message is that of errno 0. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
struct passwd *g_unix_get_passwd_entry (const gchar *user_name, GError **error);

/** Closes every descriptor from lowfd on; 0, or -1 with errno. May be called between fork() and
 * exec(). Since 2.80. */
GLIB_AVAILABLE_IN_2_80
int g_closefrom (int lowfd);

/** Marks every descriptor from lowfd on close-on-exec; 0, or -1 with errno. May be called between
 * fork() and exec(). Since 2.80. */
GLIB_AVAILABLE_IN_2_80
int g_fdwalk_set_cloexec (int lowfd);

/** The path of the file behind fd, or what the system says in its place, to be freed. NULL and
 * error (may be NULL, domain G_FILE_ERROR) on failure. Since 2.88. */
GLIB_AVAILABLE_IN_2_88
char *g_unix_fd_query_path (int fd, GError **error);

G_END_DECLS

#endif /* __G_UNIX_H__ */
