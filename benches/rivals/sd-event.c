/*
 * sd-event: sources are the library's objects with references; each run of the loop dispatches one of
 * them; priorities as in GLib; no function may be called from another thread, so nothing can be posted.
 */
#include <stdio.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

#include "../frame.h"

typedef struct
{
  sd_event_source *source;
} Watch, Timer, Idle;

/* Deadlines are whole microseconds. */
#define EARLY_NS 1000

static sd_event *loop;
static bool stopped;

#define WATCH_CALLBACK(name)                                                                                   \
  static inline void name##_body (Watch *watch);                                                              \
  static int name (sd_event_source *source, int fd, uint32_t events, void *data)                              \
  {                                                                                                            \
    (void) source;                                                                                             \
    (void) fd;                                                                                                 \
    check (events == EPOLLIN || events == EPOLLOUT, "sd-event reports %x", (unsigned) events);                \
    name##_body (data);                                                                                        \
    return 0;                                                                                                  \
  }                                                                                                            \
  static inline void name##_body (Watch *watch)

#define TIMER_CALLBACK(name)                                                                                   \
  static inline void name##_body (Timer *timer);                                                              \
  static int name (sd_event_source *source, uint64_t usec, void *data)                                        \
  {                                                                                                            \
    (void) source;                                                                                             \
    (void) usec;                                                                                               \
    name##_body (data);                                                                                        \
    return 0;                                                                                                  \
  }                                                                                                            \
  static inline void name##_body (Timer *timer)

/* Of several defer sources of one priority that stay enabled, or are enabled again when they run, only
 * the first ever runs (observed with 252). */
#define IDLES_STARVE
#define IDLE_CALLBACK(name)                                                                                    \
  static inline void name##_body (Idle *idle);                                                                \
  static int name (sd_event_source *source, void *data)                                                       \
  {                                                                                                            \
    (void) source;                                                                                             \
    name##_body (data);                                                                                        \
    return 0;                                                                                                  \
  }                                                                                                            \
  static inline void name##_body (Idle *idle)

#define HAS_LEVELS

/* The library does not tell its version; the build does. */
const char *
library_version (void)
{
  return "sd-event " LIBRARY_VERSION;
}

static void
open_loop (void)
{
  if (loop == NULL)
    check (sd_event_new (&loop) >= 0, "no event loop");
}

static void
run_loop (void)
{
  for (stopped = false; !stopped;)
    check (sd_event_run (loop, UINT64_MAX) >= 0, "the loop failed");
}

static inline void
stop_loop (void)
{
  stopped = true;
}

static void
iterate (bool wait)
{
  check (sd_event_run (loop, wait ? UINT64_MAX : 0) >= 0, "the loop failed");
}

static void
refresh_clock (void)
{
}

static void
ask_for_precision (void)
{
}

static void
let_go (void)
{
}

static inline void
watch_start (Watch *watch, int fd, sd_event_io_handler_t callback)
{
  check (sd_event_add_io (loop, &watch->source, fd, EPOLLIN, callback, watch) >= 0, "no io source");
}

static inline void
watch_start_out (Watch *watch, int fd, sd_event_io_handler_t callback)
{
  check (sd_event_add_io (loop, &watch->source, fd, EPOLLOUT, callback, watch) >= 0, "no io source");
}

static inline void
source_stop (sd_event_source **source)
{
  *source = sd_event_source_disable_unref (*source);
}

static inline void
watch_stop (Watch *watch)
{
  source_stop (&watch->source);
}

static inline uint64_t
usec_in (int64_t ns)
{
  return (uint64_t) (now_ns () + ns + 999) / 1000;
}

static inline void
timer_start (Timer *timer, int64_t ns, sd_event_time_handler_t callback)
{
  check (sd_event_add_time (loop, &timer->source, CLOCK_MONOTONIC, usec_in (ns), 1, callback, timer) >= 0,
         "no time source");
}

static inline void
timer_move (Timer *timer, int64_t ns)
{
  sd_event_source_set_time (timer->source, usec_in (ns));
}

static inline void
timer_stop (Timer *timer)
{
  source_stop (&timer->source);
}

static inline void
idle_start (Idle *idle, sd_event_handler_t callback)
{
  check (sd_event_add_defer (loop, &idle->source, callback, idle) >= 0, "no defer source");
  sd_event_source_set_enabled (idle->source, SD_EVENT_ON);
}

static inline void
idle_start_low (Idle *idle, sd_event_handler_t callback)
{
  idle_start (idle, callback);
  sd_event_source_set_priority (idle->source, SD_EVENT_PRIORITY_IDLE);
}

static inline void
idle_stop (Idle *idle)
{
  source_stop (&idle->source);
}

#include "scenarios.h"
