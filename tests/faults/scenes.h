/* scenes.h - what scenes are made of.
 *
 * A scene is a twin case (tests/twin/twin.h) that the stage `faults` plays again and again: once untouched, to see which
 * calls to the C library the loop makes, then once for each of these and each of its errors. Its trace must be the same
 * every time, or the ending one that tests/faults/outcomes.tsv allows. So a scene traces what was delivered and in which
 * order, never how many iterations that took; and it waits with blocking iterations, so that a lost event hangs.
 * Messages are no part of the trace that is compared; the table tells which are allowed.
 * Next: waits.c, threads.c, signals.c, streams.c.
 */
#ifndef SCENES_H
#define SCENES_H

#define _GNU_SOURCE
#include "faults.h"
#include "twin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int scene_descriptors;

/* Remembers what is open before the scene. */
static void __attribute__ ((constructor))
scene_begins (void)
{
    scene_descriptors = open_descriptors ();
}

/* To be called when every context of the scene is gone: no descriptor is left over. */
static inline void
all_is_given_back (void)
{
    int open = open_descriptors ();

    /* What libraries keep for the process: the default context's wakeup, the worker's of one that has such a thread. */
    expect (open <= scene_descriptors + 2);
    trace ("done");
}

/* Attaches a source with its callback, and keeps no reference. */
static inline guint
own (GSource *source, GSourceFunc function, gconstpointer data, GMainContext *context)
{
    guint id;

    g_source_set_callback (source, function, (gpointer) (uintptr_t) data, NULL);
    id = g_source_attach (source, context);
    g_source_unref (source);
    return id;
}

/* A descriptor that is closed while a thread sleeps on it wakes nobody any more: then the wakeup, which is not lost, is
 * seen when something else ends the sleep. With that fault, and no other, something does. */
static inline gboolean
sleep_on (gpointer data)
{
    (void) data;
    return G_SOURCE_CONTINUE;
}

static inline void
bound_sleeps (GMainContext *context)
{
    if (faults_close_descriptors ())
        own (g_timeout_source_new (20), sleep_on, NULL, context);
}

#endif
