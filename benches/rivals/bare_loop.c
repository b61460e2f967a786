/*
 * The bare loop of bare_loop.h. Descriptors are in bare_poll.c's care.
 */
#include "bare_loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../frame.h"
#include "bare_poll.h"

/* Arrays that only grow. */
static void *
room_for (void *array, uint32_t count, uint32_t *room, size_t size)
{
  if (count < *room)
    return array;
  *room = *room == 0 ? 64 : *room * 2;
  array = realloc (array, *room * size);
  check (array != NULL, "no memory");
  return array;
}

/* Timers. */

typedef struct
{
  int64_t due;
  Timer *timer;
} Entry;

static Entry *heap; /* the earliest at 1 */
static uint32_t n_timers, heap_room;

static inline void
put (uint32_t place, Entry entry)
{
  heap[place] = entry;
  entry.timer->place = place;
}

static void
settle (uint32_t place, Entry entry)
{
  for (; place > 1 && heap[place / 2].due > entry.due; place /= 2)
    put (place, heap[place / 2]);
  for (;;)
    {
      uint32_t child = place * 2;

      if (child > n_timers)
        break;
      child += child < n_timers && heap[child + 1].due < heap[child].due;
      if (heap[child].due >= entry.due)
        break;
      put (place, heap[child]);
      place = child;
    }
  put (place, entry);
}

void
bare_timer (Timer *timer, int64_t due)
{
  timer->due = due;
  if (timer->place == 0)
    {
      heap = room_for (heap, ++n_timers, &heap_room, sizeof *heap);
      timer->place = n_timers;
    }
  settle (timer->place, (Entry){ due, timer });
}

void
bare_untimer (Timer *timer)
{
  uint32_t place = timer->place;
  Entry last;

  if (place == 0)
    return;
  timer->place = 0;
  last = heap[n_timers--];
  if (last.timer != timer)
    settle (place, last);
}

int64_t bare_now;

static bool
run_timers (void)
{
  bool ran = false;

  if (n_timers == 0)
    return false;
  for (bare_now = now_ns (); n_timers > 0 && heap[1].due <= bare_now; ran = true)
    {
      Timer *timer = heap[1].timer;

      bare_untimer (timer);
      timer->callback (timer);
    }
  return ran;
}

/* Idles and hooks. */

static Idle **idles;
static uint32_t n_idles, idle_room, n_low;
static const Hook **hooks;
static uint32_t n_hooks, hook_room;

void
bare_idle (Idle *idle, void (*callback) (Idle *), bool low)
{
  idles = room_for (idles, n_idles, &idle_room, sizeof *idles);
  idle->callback = callback;
  idle->low = low;
  n_low += low;
  idle->place = n_idles;
  idles[n_idles++] = idle;
}

void
bare_unidle (Idle *idle)
{
  n_low -= idle->low;
  idles[idle->place] = idles[--n_idles];
  idles[idle->place]->place = idle->place;
}

static void
run_idles (bool others_ran)
{
  for (uint32_t i = 0; i < n_idles; i++)
    if (!idles[i]->low || !others_ran)
      idles[i]->callback (idles[i]);
}

void
bare_hook (const Hook *hook)
{
  hooks = room_for (hooks, n_hooks, &hook_room, sizeof *hooks);
  hooks[n_hooks++] = hook;
}

/* Posts. The word says what a poster must do. */

enum
{
  RUNNING, /* say that there is something */
  ASLEEP,  /* say so, and write the eventfd */
  NOTIFIED /* nothing: somebody has */
};

static int word, bell = -1;
static void (*on_post) (void);
static Watch bell_watch;

static void
bell_rang (Watch *watch)
{
  uint64_t count;

  check (read (watch->fd, &count, sizeof count) == sizeof count, "an empty bell rang");
}

void
bare_post_open (void (*callback) (void))
{
  on_post = callback;
  if (bell >= 0)
    return;
  bell = counter_fd (0);
  bare_watch (&bell_watch, bell, BARE_IN, bell_rang);
}

void
bare_post (void)
{
  if (__atomic_load_n (&word, __ATOMIC_SEQ_CST) != NOTIFIED
      && __atomic_exchange_n (&word, NOTIFIED, __ATOMIC_SEQ_CST) == ASLEEP)
    counter_add (bell);
}

static bool
run_posts (void)
{
  if (bell < 0 || __atomic_load_n (&word, __ATOMIC_ACQUIRE) != NOTIFIED)
    return false;
  __atomic_store_n (&word, RUNNING, __ATOMIC_SEQ_CST);
  on_post ();
  return true;
}

/* The iteration. */

static int64_t
time_to_wait (void)
{
  int64_t left;

  if (n_timers == 0)
    return -1;
  left = heap[1].due - now_ns ();
  return left < 0 ? 0 : left;
}

/* Waits as long as there is nothing to do; whether a descriptor was ready. */
static bool
wait_for_something (void)
{
  int64_t left = time_to_wait ();
  int state = RUNNING;
  bool ran;

  if (bell >= 0 && left != 0
      && !__atomic_compare_exchange_n (&word, &state, ASLEEP, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    left = 0;
  ran = bare_poll (left);
  state = ASLEEP;
  if (bell >= 0)
    __atomic_compare_exchange_n (&word, &state, RUNNING, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return ran;
}

void
bare_iterate (bool wait)
{
  static bool was_busy;
  bool ran = false;

  for (uint32_t i = 0; i < n_hooks; i++)
    hooks[i]->before ();
  if (was_busy || n_idles > 0 || !wait)
    ran = bare_poll (0);
  if (!ran && n_idles == 0 && wait)
    ran = wait_for_something ();
  was_busy = ran;
  for (uint32_t i = 0; i < n_hooks; i++)
    hooks[i]->after ();
  ran |= run_timers ();
  ran |= run_posts ();
  run_idles (ran);
}
