/*
 * libev: watchers are the program's memory and begin with the library's structure; the clock is kept
 * and in seconds; an idle watcher runs when nothing else is pending.
 */
#include <ev.h>
#include <stdio.h>

#include "../frame.h"

typedef ev_io Watch;
typedef ev_timer Timer;
typedef ev_idle Idle;

typedef struct
{
  ev_prepare prepare;
  ev_check check;
} Hook;

/* A second has no more digits in a double that counts since the machine started. */
#define EARLY_NS 1000

static struct ev_loop *loop;
static ev_async async;

/* A function in libev's form that does what `body` says. */
#define TRAMPOLINE(name, Kind, watcher, body)                                                                  \
  static inline void name (struct ev_loop *l, Kind *watcher, int events)                                      \
  {                                                                                                            \
    (void) l;                                                                                                  \
    (void) watcher;                                                                                            \
    check ((events & EV_ERROR) == 0, "libev reports an error");                                               \
    body;                                                                                                      \
  }

/* A callback whose body is given the watcher. */
#define CALLBACK(name, Kind, watcher)                                                                          \
  static inline void name##_body (Kind *watcher);                                                             \
  TRAMPOLINE (name, Kind, watcher, name##_body (watcher))                                                      \
  static inline void name##_body (Kind *watcher)

#define WATCH_CALLBACK(name) CALLBACK (name, ev_io, watch)
#define TIMER_CALLBACK(name) CALLBACK (name, ev_timer, timer)
#define IDLE_CALLBACK(name) CALLBACK (name, ev_idle, idle)

#define HAS_HOOKS
#define HOOK_CALLBACK(name)                                                                                    \
  static inline void name##_body (void);                                                                      \
  TRAMPOLINE (name##_at_prepare, ev_prepare, hook, name##_body ())                                             \
  TRAMPOLINE (name##_at_check, ev_check, hook, name##_body ())                                                 \
  static inline void name##_body (void)

#define HAS_POSTS
#define POST_CALLBACK(name)                                                                                    \
  static inline void name##_body (void);                                                                      \
  TRAMPOLINE (name, ev_async, watcher, name##_body ())                                                         \
  static inline void name##_body (void)

#define HAS_LEVELS

const char *
library_version (void)
{
  static char text[32];

  snprintf (text, sizeof text, "libev %d.%d", ev_version_major (), ev_version_minor ());
  return text;
}

static void
open_loop (void)
{
  loop = ev_default_loop (EVBACKEND_EPOLL);
}

static void
run_loop (void)
{
  ev_run (loop, 0);
}

static inline void
stop_loop (void)
{
  ev_break (loop, EVBREAK_ONE);
}

static void
iterate (bool wait)
{
  ev_run (loop, wait ? EVRUN_ONCE : EVRUN_NOWAIT);
}

static void
refresh_clock (void)
{
  ev_now_update (loop);
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
watch_start (Watch *watch, int fd, void (*callback) (struct ev_loop *, ev_io *, int))
{
  ev_io_init (watch, callback, fd, EV_READ);
  ev_io_start (loop, watch);
}

static inline void
watch_start_out (Watch *watch, int fd, void (*callback) (struct ev_loop *, ev_io *, int))
{
  ev_io_init (watch, callback, fd, EV_WRITE);
  ev_io_start (loop, watch);
}

static inline void
watch_stop (Watch *watch)
{
  ev_io_stop (loop, watch);
}

static inline void
timer_start (Timer *timer, int64_t ns, void (*callback) (struct ev_loop *, ev_timer *, int))
{
  ev_timer_init (timer, callback, (double) ns / 1e9, 0.0);
  ev_timer_start (loop, timer);
}

static inline void
timer_move (Timer *timer, int64_t ns)
{
  timer->repeat = (double) ns / 1e9;
  ev_timer_again (loop, timer);
}

static inline void
timer_stop (Timer *timer)
{
  ev_timer_stop (loop, timer);
}

static inline void
idle_start (Idle *idle, void (*callback) (struct ev_loop *, ev_idle *, int))
{
  ev_idle_init (idle, callback);
  ev_idle_start (loop, idle);
}

static inline void
idle_start_low (Idle *idle, void (*callback) (struct ev_loop *, ev_idle *, int))
{
  idle_start (idle, callback);
}

static inline void
idle_stop (Idle *idle)
{
  ev_idle_stop (loop, idle);
}

static inline void
hook_start_both (Hook *hook, void (*on_prepare) (struct ev_loop *, ev_prepare *, int),
                 void (*on_check) (struct ev_loop *, ev_check *, int))
{
  ev_prepare_init (&hook->prepare, on_prepare);
  ev_prepare_start (loop, &hook->prepare);
  ev_check_init (&hook->check, on_check);
  ev_check_start (loop, &hook->check);
}

#define hook_start(hook, on_prepare, on_check) hook_start_both (hook, on_prepare##_at_prepare, on_check##_at_check)

static void
post_open (void (*callback) (struct ev_loop *, ev_async *, int))
{
  ev_async_init (&async, callback);
  ev_async_start (loop, &async);
}

static inline void
post_wake (void)
{
  ev_async_send (loop, &async);
}

#include "scenarios.h"
