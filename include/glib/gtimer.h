/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Stopwatches and sleeping. The clocks, and timers of the main loop, are in gmain.h.
 */
#ifndef __G_TIMER_H__
#define __G_TIMER_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/* Parts of a second. */
#define G_USEC_PER_SEC 1000000
#define G_NSEC_PER_SEC (G_GUINT64_CONSTANT (1000000000))

/* A stopwatch. */
typedef struct _GTimer GTimer;

/** A stopwatch that starts now, freed with g_timer_destroy(). */
GLIB_AVAILABLE_IN_ALL
GTimer *g_timer_new (void);

/** Frees timer. */
GLIB_AVAILABLE_IN_ALL
void g_timer_destroy (GTimer *timer);

/** Starts timer anew. */
GLIB_AVAILABLE_IN_ALL
void g_timer_start (GTimer *timer);

/** Stops timer. */
GLIB_AVAILABLE_IN_ALL
void g_timer_stop (GTimer *timer);

/** Starts timer anew without changing whether it runs. */
GLIB_AVAILABLE_IN_ALL
void g_timer_reset (GTimer *timer);

/** Lets a stopped timer run on, its stop not counted. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
void g_timer_continue (GTimer *timer);

/** The seconds between start and now, or stop; *microseconds (may be NULL) gets the fraction. */
GLIB_AVAILABLE_IN_ALL
gdouble g_timer_elapsed (GTimer *timer, gulong *microseconds);

/** TRUE while timer runs. Since 2.62. */
GLIB_AVAILABLE_IN_2_62
gboolean g_timer_is_active (GTimer *timer);

/** Sleeps for this many microseconds, however many signals arrive meanwhile. */
GLIB_AVAILABLE_IN_ALL
void g_usleep (gulong microseconds);

G_END_DECLS

#endif /* __G_TIMER_H__ */
