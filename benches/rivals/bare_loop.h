/*
 * A bare loop: what the kernel allows to somebody who writes the loop for one program. Not a library;
 * it has no priorities, no safety, and trusts its user. bare.c measures it.
 *
 * - Timers are in a binary heap of (deadline, timer).
 * - Idles are an array that every iteration walks.
 * - A descriptor is polled while it is young or busy, and epoll's when it was quiet for some waits: poll
 *   is cheaper for descriptors that are ready, epoll does not see quiet ones at all.
 * - Without descriptors a busy loop needs no system call; with them it looks before it waits: a look
 *   needs no timer and hangs itself up nowhere.
 * - Who wakes the loop writes its eventfd only while it sleeps.
 */
#ifndef BARE_LOOP_H
#define BARE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Watch Watch;
struct Watch
{
  void (*callback) (Watch *watch);
  int fd;
  short events;
  bool in_epoll;
  uint8_t streak; /* waits in a row in which it was quiet (polled) or ready (epoll's) */
  int place;      /* among the polled ones; -1 if it is not */
};

typedef struct Timer Timer;
struct Timer
{
  void (*callback) (Timer *timer);
  int64_t due;
  uint32_t place; /* in the heap, counted from 1; 0 if it is not there */
};

typedef struct Idle Idle;
struct Idle
{
  void (*callback) (Idle *idle);
  bool low; /* runs only if nothing else does */
  uint32_t place;
};

typedef struct
{
  void (*before) (void);
  void (*after) (void);
} Hook;

/* The clock as the last iteration with timers saw it; whoever wants it newer reads it himself. */
extern int64_t bare_now;

/* One iteration. */
void bare_iterate (bool wait);

void bare_watch (Watch *watch, int fd, short events, void (*callback) (Watch *));
void bare_unwatch (Watch *watch);
void bare_timer (Timer *timer, int64_t due);
void bare_untimer (Timer *timer);
void bare_idle (Idle *idle, void (*callback) (Idle *), bool low);
void bare_unidle (Idle *idle);
void bare_hook (const Hook *hook);

/* By any thread: `callback` runs in the loop soon. */
void bare_post_open (void (*callback) (void));
void bare_post (void);

#endif
