/*
 * libevent: events are made by the library and told apart by an argument; an event that is always due
 * is a timer of no time, added again in each run; priorities hold from one round of the loop to the next.
 */
#include <event2/event.h>
#include <event2/thread.h>
#include <stdio.h>

#include "../frame.h"

typedef struct
{
  struct event *event;
} Watch, Timer, Idle;

/* Deadlines are whole microseconds. */
#define EARLY_NS 1000

static struct event_base *base;
static struct event *async;
static bool precise;
static const struct timeval at_once = { 0, 0 };

#define CALLBACK(name, Kind, watcher, again)                                                                   \
  static inline void name##_body (Kind *watcher);                                                             \
  static void name (evutil_socket_t fd, short events, void *argument)                                         \
  {                                                                                                            \
    (void) fd;                                                                                                 \
    (void) events;                                                                                             \
    again;                                                                                                     \
    name##_body (argument);                                                                                    \
  }                                                                                                            \
  static inline void name##_body (Kind *watcher)

#define WATCH_CALLBACK(name) CALLBACK (name, Watch, watch, )
#define TIMER_CALLBACK(name) CALLBACK (name, Timer, timer, )
#define IDLE_CALLBACK(name) CALLBACK (name, Idle, idle, event_add (((Idle *) argument)->event, &at_once))

#define HAS_POSTS
#define POST_CALLBACK(name)                                                                                    \
  static inline void name##_body (void);                                                                      \
  static void name (evutil_socket_t fd, short events, void *argument)                                         \
  {                                                                                                            \
    (void) fd;                                                                                                 \
    (void) events;                                                                                             \
    (void) argument;                                                                                           \
    name##_body ();                                                                                            \
  }                                                                                                            \
  static inline void name##_body (void)

#define HAS_LEVELS
enum
{
  LEVELS = 3,
  LOW = 2
};

const char *
library_version (void)
{
  static char text[32];

  snprintf (text, sizeof text, "libevent %s", event_get_version ());
  return text;
}

static void
open_base (void)
{
  struct event_config *config = event_config_new ();

  if (precise)
    event_config_set_flag (config, EVENT_BASE_FLAG_PRECISE_TIMER);
  base = event_base_new_with_config (config);
  event_config_free (config);
  check (base != NULL, "no event base");
  event_base_priority_init (base, LEVELS);
}

static void
open_loop (void)
{
  if (base == NULL)
    open_base ();
}

static void
run_loop (void)
{
  event_base_loop (base, EVLOOP_NO_EXIT_ON_EMPTY);
}

static inline void
stop_loop (void)
{
  event_base_loopbreak (base);
}

static void
iterate (bool wait)
{
  event_base_loop (base, wait ? EVLOOP_ONCE : EVLOOP_NONBLOCK);
}

static void
refresh_clock (void)
{
  event_base_update_cache_time (base);
}

static void
ask_for_precision (void)
{
  precise = true;
}

static void
let_go (void)
{
}

static inline void
start_on (Watch *watch, int fd, short events, event_callback_fn callback)
{
  watch->event = event_new (base, fd, events | EV_PERSIST, callback, watch);
  event_add (watch->event, NULL);
}

static inline void
watch_start (Watch *watch, int fd, event_callback_fn callback)
{
  start_on (watch, fd, EV_READ, callback);
}

static inline void
watch_start_out (Watch *watch, int fd, event_callback_fn callback)
{
  start_on (watch, fd, EV_WRITE, callback);
}

static inline void
watch_stop (Watch *watch)
{
  event_free (watch->event);
}

static inline struct timeval
timeval (int64_t ns)
{
  struct timeval time = { .tv_sec = ns / 1000000000, .tv_usec = (ns % 1000000000 + 999) / 1000 };

  if (time.tv_usec == 1000000)
    return (struct timeval){ .tv_sec = time.tv_sec + 1, .tv_usec = 0 };
  return time;
}

static inline void
timer_move (Timer *timer, int64_t ns)
{
  struct timeval time = timeval (ns);

  event_add (timer->event, &time);
}

static inline void
timer_start (Timer *timer, int64_t ns, event_callback_fn callback)
{
  if (timer->event == NULL)
    timer->event = event_new (base, -1, 0, callback, timer);
  timer_move (timer, ns);
}

static inline void
timer_stop (Timer *timer)
{
  if (timer->event != NULL)
    event_del (timer->event);
}

static inline void
idle_start_at (Idle *idle, int level, event_callback_fn callback)
{
  idle->event = event_new (base, -1, 0, callback, idle);
  event_priority_set (idle->event, level);
  event_add (idle->event, &at_once);
}

static inline void
idle_start (Idle *idle, event_callback_fn callback)
{
  idle_start_at (idle, LEVELS / 2, callback);
}

static inline void
idle_start_low (Idle *idle, event_callback_fn callback)
{
  idle_start_at (idle, LOW, callback);
}

static inline void
idle_stop (Idle *idle)
{
  event_free (idle->event);
}

/* Locks are asked for only where a second thread is. */
static void
post_open (event_callback_fn callback)
{
  evthread_use_pthreads ();
  event_base_free (base);
  open_base ();
  async = event_new (base, -1, EV_PERSIST, callback, NULL);
}

static inline void
post_wake (void)
{
  event_active (async, 0, 0);
}

#include "scenarios.h"
