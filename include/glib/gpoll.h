/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * poll(2) under GLib's types: the record of one descriptor, the shape of a replacement for poll,
 * and poll itself. It knows nothing of contexts; which function a context sleeps in is chosen in
 * gmain.h.
 */
#ifndef __G_POLL_H__
#define __G_POLL_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

typedef struct _GPollFD GPollFD;

/**
 * Sleeps until one of nfsd descriptors is ready or timeout_ milliseconds are over (-1: no limit).
 * Sets revents in each record; returns how many are non-zero, 0 after the timeout, or -1 with errno.
 */
typedef gint (*GPollFunc) (GPollFD *ufds, guint nfsd, gint timeout_);

/** One descriptor to watch; the same in memory as poll's struct pollfd. */
struct _GPollFD
{
  gint fd;         /* negative: ignored */
  gushort events;  /* GIOCondition bits asked for */
  gushort revents; /* bits that hold now; HUP, ERR and NVAL come unasked */
};

/**
 * poll(2): watches nfds records for up to timeout milliseconds (-1: no limit, 0: only a look).
 * Returns the number of records with revents, 0 after the timeout, -1 with errno on failure; a
 * signal ends it with EINTR. With nfds 0 fds may be NULL. Any thread. Its address is what
 * g_main_context_get_poll_func() returns for a context without a function of its own. Since 2.20.
 */
GLIB_AVAILABLE_IN_ALL
gint g_poll (GPollFD *fds, guint nfds, gint timeout);

G_END_DECLS

#endif /* __G_POLL_H__ */
