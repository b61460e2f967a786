/*
 * libuv: handles are the program's memory, must be closed, and are forgotten at the end of the iteration
 * in which they are; the clock is kept and in milliseconds; idles run in every iteration, whatever else
 * is ready.
 */
#include <stdio.h>
#include <uv.h>

#include "../frame.h"

typedef uv_poll_t Watch;

typedef struct
{
  uv_timer_t handle;
  bool known;
} Timer;

typedef struct
{
  uv_idle_t handle;
  bool known;
} Idle;

typedef struct
{
  uv_prepare_t prepare;
  uv_check_t check;
} Hook;

/* The clock tells whole milliseconds. */
#define EARLY_NS 1000000

static uv_loop_t *loop;
static uv_async_t async;

#define CALLBACK(name, Handle, Kind, watcher)                                                                  \
  static inline void name##_body (Kind *watcher);                                                             \
  static void name (Handle *handle)                                                                            \
  {                                                                                                            \
    name##_body ((Kind *) handle);                                                                             \
  }                                                                                                            \
  static inline void name##_body (Kind *watcher)

#define WATCH_CALLBACK(name)                                                                                   \
  static inline void name##_body (Watch *watch);                                                              \
  static void name (uv_poll_t *watch, int status, int events)                                                 \
  {                                                                                                            \
    check (status == 0 && events == UV_READABLE, "libuv reports %d, events %d", status, events);              \
    name##_body (watch);                                                                                       \
  }                                                                                                            \
  static inline void name##_body (Watch *watch)

#define TIMER_CALLBACK(name) CALLBACK (name, uv_timer_t, Timer, timer)
#define IDLE_CALLBACK(name) CALLBACK (name, uv_idle_t, Idle, idle)

#define HAS_HOOKS
#define HOOK_CALLBACK(name)                                                                                    \
  static inline void name##_body (void);                                                                      \
  static inline void name##_at_prepare (uv_prepare_t *hook)                                                   \
  {                                                                                                            \
    (void) hook;                                                                                               \
    name##_body ();                                                                                            \
  }                                                                                                            \
  static inline void name##_at_check (uv_check_t *hook)                                                       \
  {                                                                                                            \
    (void) hook;                                                                                               \
    name##_body ();                                                                                            \
  }                                                                                                            \
  static inline void name##_body (void)

#define HAS_POSTS
#define POST_CALLBACK(name)                                                                                    \
  static inline void name##_body (void);                                                                      \
  static void name (uv_async_t *handle)                                                                        \
  {                                                                                                            \
    (void) handle;                                                                                             \
    name##_body ();                                                                                            \
  }                                                                                                            \
  static inline void name##_body (void)

const char *
library_version (void)
{
  static char text[32];

  snprintf (text, sizeof text, "libuv %s", uv_version_string ());
  return text;
}

static void
open_loop (void)
{
  loop = uv_default_loop ();
}

static void
run_loop (void)
{
  uv_run (loop, UV_RUN_DEFAULT);
}

static inline void
stop_loop (void)
{
  uv_stop (loop);
}

static void
iterate (bool wait)
{
  uv_run (loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

static void
refresh_clock (void)
{
  uv_update_time (loop);
}

static void
ask_for_precision (void)
{
}

static void
let_go (void)
{
  iterate (false);
}

static inline void
watch_start (Watch *watch, int fd, uv_poll_cb callback)
{
  check (uv_poll_init (loop, watch, fd) == 0, "libuv refuses a descriptor");
  uv_poll_start (watch, UV_READABLE, callback);
}

static inline void
watch_stop (Watch *watch)
{
  uv_poll_stop (watch);
  uv_close ((uv_handle_t *) watch, NULL);
}

static inline void
timer_start (Timer *timer, int64_t ns, uv_timer_cb callback)
{
  if (!timer->known)
    uv_timer_init (loop, &timer->handle);
  timer->known = true;
  uv_timer_start (&timer->handle, callback, (uint64_t) (ns + 999999) / 1000000, 0);
}

static inline void
timer_move (Timer *timer, int64_t ns)
{
  uv_timer_start (&timer->handle, timer->handle.timer_cb, (uint64_t) (ns + 999999) / 1000000, 0);
}

static inline void
timer_stop (Timer *timer)
{
  if (timer->known)
    uv_timer_stop (&timer->handle);
}

static inline void
idle_start (Idle *idle, uv_idle_cb callback)
{
  if (!idle->known)
    uv_idle_init (loop, &idle->handle);
  idle->known = true;
  uv_idle_start (&idle->handle, callback);
}

static inline void
idle_stop (Idle *idle)
{
  uv_idle_stop (&idle->handle);
}

static inline void
hook_start_both (Hook *hook, uv_prepare_cb on_prepare, uv_check_cb on_check)
{
  uv_prepare_init (loop, &hook->prepare);
  uv_prepare_start (&hook->prepare, on_prepare);
  uv_check_init (loop, &hook->check);
  uv_check_start (&hook->check, on_check);
}

#define hook_start(hook, on_prepare, on_check) hook_start_both (hook, on_prepare##_at_prepare, on_check##_at_check)

static void
post_open (uv_async_cb callback)
{
  check (uv_async_init (loop, &async, callback) == 0, "no async handle");
}

static inline void
post_wake (void)
{
  uv_async_send (&async);
}

#include "scenarios.h"
