/*
 * The descriptors of the bare loop: the young and the busy in one array for poll, the quiet in an epoll
 * set, which is one of the polled when both have members. The rest is bare_loop.c.
 */
#define _GNU_SOURCE /* ppoll, epoll_pwait2 */
#include "bare_poll.h"
#include "bare_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "../frame.h"

enum
{
  QUIET_WAITS = 3, /* so often quiet: goes to epoll */
  BUSY_WAITS = 8,  /* so often ready in a row: comes back */
  MOST_BUSY = 4,   /* that many, or as many as are a third of all */
  BATCH = 1024
};

static struct pollfd *records; /* records[0] is the epoll set's */
static Watch **polled;
static int n_polled = 1, polled_room;
static int n_in_epoll, epoll = -1;

static void
poll_it (Watch *watch)
{
  if (n_polled == polled_room || polled_room == 0)
    {
      polled_room = polled_room == 0 ? 64 : polled_room * 2;
      records = realloc (records, (size_t) polled_room * sizeof *records);
      polled = realloc (polled, (size_t) polled_room * sizeof *polled);
      check (records != NULL && polled != NULL, "no memory");
    }
  watch->place = n_polled;
  watch->streak = 0;
  polled[n_polled] = watch;
  records[n_polled++] = (struct pollfd){ .fd = watch->fd, .events = watch->events };
}

static void
unpoll_it (Watch *watch)
{
  int last = --n_polled;

  records[watch->place] = records[last];
  polled[watch->place] = polled[last];
  polled[watch->place]->place = watch->place;
  watch->place = -1;
}

static void
control (int operation, Watch *watch)
{
  struct epoll_event event = { .events = (uint32_t) watch->events, .data.ptr = watch };

  if (epoll < 0)
    epoll = epoll_create1 (EPOLL_CLOEXEC);
  check (epoll_ctl (epoll, operation, watch->fd, &event) == 0, "epoll_ctl: %s", strerror (errno));
  watch->in_epoll = operation == EPOLL_CTL_ADD;
  watch->streak = 0;
  n_in_epoll += watch->in_epoll ? 1 : -1;
}

void
bare_watch (Watch *watch, int fd, short events, void (*callback) (Watch *))
{
  *watch = (Watch){ .callback = callback, .fd = fd, .events = events };
  poll_it (watch);
}

void
bare_unwatch (Watch *watch)
{
  if (watch->place >= 0)
    unpoll_it (watch);
  if (watch->in_epoll)
    control (EPOLL_CTL_DEL, watch);
}

static struct timespec *
timespec (int64_t left, struct timespec *time)
{
  if (left < 0)
    return NULL;
  time->tv_sec = left / 1000000000;
  time->tv_nsec = left % 1000000000;
  return time;
}

/* One that is busy enough leaves epoll, if few are, or many of all. */
static void
promote (Watch *watch, int ready)
{
  if (++watch->streak < BUSY_WAITS)
    return;
  watch->streak = 0;
  if (n_polled <= MOST_BUSY || ready * 3 >= n_in_epoll)
    {
      control (EPOLL_CTL_DEL, watch);
      poll_it (watch);
    }
}

static bool
take_from_epoll (int64_t left)
{
  static struct epoll_event events[BATCH];
  struct timespec time;
  int ready = left <= 0 ? epoll_wait (epoll, events, BATCH, left == 0 ? 0 : -1)
                        : epoll_pwait2 (epoll, events, BATCH, timespec (left, &time), NULL);

  check (ready >= 0 || errno == EINTR, "waiting: %s", strerror (errno));
  for (int i = 0; i < ready; i++)
    {
      Watch *watch = events[i].data.ptr;

      promote (watch, ready);
      watch->callback (watch);
    }
  return ready > 0;
}

bool
bare_poll (int64_t left)
{
  struct timespec time;
  int first, ready, count = n_polled;
  bool ran = false;

  if (n_polled == 1 && n_in_epoll == 0)
    {
      if (left != 0)
        nanosleep (timespec (left < 0 ? INT64_MAX : left, &time), NULL);
      return false;
    }
  if (n_polled == 1)
    return take_from_epoll (left);

  first = n_in_epoll == 0;
  records[0] = (struct pollfd){ .fd = epoll, .events = POLLIN };
  if (left == 0)
    ready = poll (records + first, (nfds_t) (count - first), 0);
  else
    ready = ppoll (records + first, (nfds_t) (count - first), timespec (left, &time), NULL);
  check (ready >= 0 || errno == EINTR, "waiting: %s", strerror (errno));
  if (ready < 0)
    return false;

  /* From the last to the first, so that one that leaves is replaced by one that had its turn. */
  for (int i = count - 1; i > 0; i--)
    {
      Watch *watch = polled[i];

      if (records[i].revents != 0)
        {
          watch->streak = 0;
          ran = true;
          watch->callback (watch);
        }
      else if (++watch->streak == QUIET_WAITS)
        {
          unpoll_it (watch);
          control (EPOLL_CTL_ADD, watch);
        }
    }
  if (first == 0 && records[0].revents != 0)
    ran |= take_from_epoll (0);
  return ran;
}
