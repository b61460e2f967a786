/*
 * The floor: the scenarios over the bare loop of bare_loop.h.
 */
#include "../frame.h"
#include "bare_loop.h"
#include "bare_poll.h"

/* Deadlines are nanoseconds, and held. */
#define EARLY_NS 0

static bool stopped;

#define WATCH_CALLBACK(name) static void name (Watch *watch)
#define TIMER_CALLBACK(name) static void name (Timer *timer)
#define IDLE_CALLBACK(name) static void name (Idle *idle)
#define HAS_HOOKS
#define HOOK_CALLBACK(name) static void name (void)
#define HAS_POSTS
#define POST_CALLBACK(name) static void name (void)
#define HAS_LEVELS

const char *
library_version (void)
{
  return "poll and epoll";
}

static void
open_loop (void)
{
  bare_now = now_ns ();
}

static void
run_loop (void)
{
  for (stopped = false; !stopped;)
    bare_iterate (true);
}

static inline void
stop_loop (void)
{
  stopped = true;
}

static void
iterate (bool wait)
{
  bare_iterate (wait);
}

static void
refresh_clock (void)
{
  bare_now = now_ns ();
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
watch_start (Watch *watch, int fd, void (*callback) (Watch *))
{
  bare_watch (watch, fd, BARE_IN, callback);
}

static inline void
watch_start_out (Watch *watch, int fd, void (*callback) (Watch *))
{
  bare_watch (watch, fd, BARE_OUT, callback);
}

static inline void
watch_stop (Watch *watch)
{
  bare_unwatch (watch);
}

static inline void
timer_start (Timer *timer, int64_t ns, void (*callback) (Timer *))
{
  timer->callback = callback;
  bare_timer (timer, bare_now + ns);
}

static inline void
timer_move (Timer *timer, int64_t ns)
{
  bare_timer (timer, bare_now + ns);
}

static inline void
timer_stop (Timer *timer)
{
  bare_untimer (timer);
}

static inline void
idle_start (Idle *idle, void (*callback) (Idle *))
{
  bare_idle (idle, callback, false);
}

static inline void
idle_start_low (Idle *idle, void (*callback) (Idle *))
{
  bare_idle (idle, callback, true);
}

static inline void
idle_stop (Idle *idle)
{
  bare_unidle (idle);
}

static inline void
hook_start (Hook *hook, void (*on_prepare) (void), void (*on_check) (void))
{
  *hook = (Hook){ .before = on_prepare, .after = on_check };
  bare_hook (hook);
}

static void
post_open (void (*callback) (void))
{
  bare_post_open (callback);
}

static inline void
post_wake (void)
{
  bare_post ();
}

#include "scenarios.h"
