/* sources.h - small observers shared by the programs about sources, callbacks, descriptors and loops.
 *
 * Holds what several of those programs need and twin.h does not offer: handing a source over, building a source with
 * its callback in one line, counting callbacks, and looking at a context from outside.
 *
 * Must not know how a context wakes itself: woken() measures the promise (a blocking iteration returns early), not the
 * descriptor behind it. Read next: twin.h, then any program that includes this.
 */
#ifndef TWIN_SOURCES_H
#define TWIN_SOURCES_H

#ifndef _GNU_SOURCE /* C++ has it already */
#define _GNU_SOURCE
#endif
#include "twin.h"

#include <stdlib.h>

#include <fcntl.h>
#include <glib-unix.h>

static inline const char *
yes (gboolean fact)
{
    return fact ? "yes" : "no";
}

static inline const char *
or_none (const char *text)
{
    return text != NULL ? text : "none";
}

/* Attaches and drops the caller's reference; returns the id. */
static inline guint
hand_over (GSource *source, GMainContext *context)
{
    guint id = g_source_attach (source, context);

    g_source_unref (source);
    return id;
}

/* Destroys and drops the caller's reference. */
static inline void
let_go (GSource *source)
{
    g_source_destroy (source);
    g_source_unref (source);
}

/* Gives an unattached source its callback and returns it. */
static inline GSource *
with_callback (GSource *source, GSourceFunc function, gpointer data, GDestroyNotify notify)
{
    g_source_set_callback (source, function, data, notify);
    return source;
}

static inline gboolean
count_again (gpointer counter)
{
    ++*(int *) counter;
    return G_SOURCE_CONTINUE;
}

static inline gboolean
count_once (gpointer counter)
{
    ++*(int *) counter;
    return G_SOURCE_REMOVE;
}

static inline void
count_notify (gpointer counter)
{
    ++*(int *) counter;
}

static inline gboolean
quit_loop (gpointer loop)
{
    g_main_loop_quit ((GMainLoop *) loop);
    return G_SOURCE_REMOVE;
}

/* Iterates without waiting until nothing is left to do. */
static inline void
settle (GMainContext *context)
{
    while (g_main_context_iteration (context, FALSE))
        ;
}

/* Iterates until something was dispatched, the wakeups of earlier changes passed over. For what the program did to a
 * descriptor behind the library's back: a wait must end on it, but an iteration that does not wait may miss it. */
static inline void
await_dispatch (GMainContext *context)
{
    while (!g_main_context_iteration (context, TRUE))
        ;
}

/* Milliseconds after which something that takes no time has certainly happened; valgrind takes its time. */
static inline guint
patience (void)
{
    const char *limit = getenv ("TWIN_LIMIT");

    return limit != NULL && atoi (limit) > 20 ? 600 : 80;
}

/* Does a blocking iteration of this quiet context return before anything is ready? A guard ends the wait when no wakeup
 * is due: attaching a timeout to a context nobody else owns wakes nobody. A due wakeup is used up. */
static inline gboolean
woken (GMainContext *context)
{
    int      guard_fired = 0;
    GSource *guard = with_callback (g_timeout_source_new (patience ()), count_again, &guard_fired, NULL);

    g_source_attach (guard, context);
    g_main_context_iteration (context, TRUE);
    g_source_destroy (guard);
    g_source_unref (guard);
    return guard_fired == 0;
}

/* The events the context would poll this descriptor for at any priority, or "not polled". */
static inline const char *
polled_for (GMainContext *context, int fd)
{
    GPollFD entries[32];
    int     timeout;
    int     count = g_main_context_query (context, G_MAXINT, &timeout, entries, G_N_ELEMENTS (entries));

    for (int i = 0; i < count; i++)
        if (entries[i].fd == fd)
            return events_text (entries[i].events);
    return "not polled";
}

/* A copy of a descriptor at a number so high that nothing else will take it once it is closed. */
static inline int
high_copy (int fd)
{
    return fcntl (fd, F_DUPFD_CLOEXEC, 500);
}

/* For in_thread: destroys the source from there. */
static inline void *
destroy_it (void *source)
{
    g_source_destroy ((GSource *) source);
    return NULL;
}

#endif
