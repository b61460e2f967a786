/*
 * The scenarios in the idiom of a rival, included once by each of them after it has said what its idiom
 * is. There is no layer in between: the macros and inline functions leave nothing but the rival's own
 * calls and callbacks in its own form.
 *
 * A rival defines
 *
 *   Watch, Timer, Idle            its objects; large enough, at the head of whatever contains them
 *   WATCH_CALLBACK (name) { }     a callback with `Watch *watch`; TIMER_CALLBACK and IDLE_CALLBACK alike,
 *                                 with `Timer *timer` and `Idle *idle`
 *   watch_start (w, fd, name)     begins to watch for reading; watch_stop ends it
 *   timer_start (t, ns, name)     runs once in so many nanoseconds; timer_move sets another time;
 *                                 timer_stop ends it, also after it has run
 *   idle_start (i, name)          runs in every iteration; idle_stop ends it
 *   open_loop, run_loop, stop_loop, iterate (wait): the loop, and one iteration of it
 *   refresh_clock ()              makes a clock that the library keeps tell the present
 *   ask_for_precision ()          before the loop is opened: timers finer than milliseconds, if there is
 *                                 a choice
 *   let_go ()                     lets the library finish with watches that have been stopped
 *   EARLY_NS                      how early its timers may run: the grain of its clock
 *
 * and, where it has such things,
 *
 *   HAS_HOOKS     Hook, HOOK_CALLBACK, hook_start (h, prepare, check)
 *   HAS_POSTS     post_open (name), POST_CALLBACK (name), post_wake: callable by other threads
 *   HAS_LEVELS    idle_start_low, which runs only if nothing else is ready; watch_start_out
 *
 * Where several idles starve each other it says so with IDLES_STARVE. Timers, idles and watches that
 * have been stopped may be started again. The frame is frame.h.
 */
#ifndef RIVALS_SCENARIOS_H
#define RIVALS_SCENARIOS_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Bench *bench;

static void
open_bench (Bench *b)
{
  bench = b;
  open_loop ();
}

static void
run_bench (Bench *b)
{
  bench = b;
  run_loop ();
}

static inline void
count_one (void)
{
  if (++bench->done == bench->target)
    stop_loop ();
}

WATCH_CALLBACK (never_watch)
{
  (void) watch;
  check (false, "a descriptor was told ready, but it is not");
}

TIMER_CALLBACK (never_timer)
{
  (void) timer;
  check (false, "a timer ran that is not due");
}

IDLE_CALLBACK (count_idle)
{
  (void) idle;
  count_one ();
}

/* What surrounds the thing measured. */

static int *quiet;
static Watch *quiet_watches;
static uint64_t n_quiet;
static Timer *far_timers;
static uint64_t n_far;
static Idle *busy_idle;

static void
keep_busy (void)
{
  busy_idle = allocate (1, sizeof *busy_idle);
  idle_start (busy_idle, count_idle);
}

static void
watch_quiet (uint64_t count)
{
  n_quiet = count;
  quiet = quiet_fds (count);
  quiet_watches = allocate (count, sizeof *quiet_watches);
  for (uint64_t i = 0; i < count; i++)
    watch_start (&quiet_watches[i], quiet[i], never_watch);
}

static void
forget_quiet (void)
{
  for (uint64_t i = 0; i < n_quiet; i++)
    watch_stop (&quiet_watches[i]);
  let_go ();
  close_fds (quiet, n_quiet);
}

static void
add_far_timers (uint64_t count)
{
  n_far = count;
  far_timers = allocate (count, sizeof *far_timers);
  for (uint64_t i = 0; i < count; i++)
    timer_start (&far_timers[i], 10000000000000 + (int64_t) (next_random () % 1000000000000), never_timer);
}

static void
remove_far_timers (void)
{
  for (uint64_t i = 0; i < n_far; i++)
    timer_stop (&far_timers[i]);
}

#include "descriptors.h"
#include "idles.h"
#include "life.h"
#include "mix.h"
#include "threads.h"
#include "timers.h"

const Scenario *const subjects[] = {
  idle_subject, descriptor_subject, timer_subject, life_subject, thread_subject, mix_subject, NULL,
};

IDLE_CALLBACK (leave)
{
  idle_stop (idle);
  stop_loop ();
}

void
empty_loop (void)
{
  static Idle idle;

  open_loop ();
  idle_start (&idle, leave);
  run_loop ();
}

#endif
