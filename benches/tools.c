/*
 * What the scenarios of all programs share: descriptors to watch, numbers to shuffle with, memory.
 * It knows neither a library nor how the time is taken (frame.c).
 */
#include "frame.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

void
sleep_ns (int64_t ns)
{
  struct timespec time = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

  nanosleep (&time, NULL);
}

uint64_t
next_random (void)
{
  static uint64_t state = 88172645463325252u;

  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

void *
allocate (size_t count, size_t size)
{
  void *memory = calloc (count == 0 ? 1 : count, size);

  check (memory != NULL, "no memory");
  return memory;
}

static int
event_fd (unsigned count, int flags)
{
  int fd = eventfd (count, EFD_NONBLOCK | EFD_CLOEXEC | flags);

  check (fd >= 0, "eventfd: %s", strerror (errno));
  return fd;
}

int
counter_fd (unsigned count)
{
  return event_fd (count, 0);
}

/* Tokens that meet at one place are taken one by one, so that they part again. */
int
ring_fd (uint64_t place, uint64_t size, uint64_t tokens)
{
  return event_fd (place * tokens / size != (place + 1) * tokens / size, EFD_SEMAPHORE);
}

void
check_ring (const int *ring, uint64_t size, uint64_t tokens)
{
  uint64_t found = 0;

  for (uint64_t i = 0; i < size; i++)
    for (; counter_is_set (ring[i]); found++)
      counter_take (ring[i]);
  check (found == tokens, "%" PRIu64 " tokens are left of %" PRIu64, found, tokens);
}

void
counter_add (int fd)
{
  static const uint64_t one = 1;

  check (write (fd, &one, sizeof one) == sizeof one, "write: %s", strerror (errno));
}

void
counter_take (int fd)
{
  uint64_t count;

  check (read (fd, &count, sizeof count) == sizeof count, "told readable but is not: %s", strerror (errno));
  check (count == 1, "an event has been lost");
}

bool
counter_is_set (int fd)
{
  struct pollfd record = { .fd = fd, .events = POLLIN };

  return poll (&record, 1, 0) == 1;
}

int *
quiet_fds (uint64_t count)
{
  int *fds = allocate (count, sizeof *fds);

  for (uint64_t i = 0; i < count; i++)
    fds[i] = counter_fd (0);
  return fds;
}

void
close_fds (int *fds, uint64_t count)
{
  for (uint64_t i = 0; i < count; i++)
    close (fds[i]);
  free (fds);
}

uint64_t
resident (void)
{
  unsigned long long pages = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  check (file != NULL && fscanf (file, "%*u %llu", &pages) == 1, "reading the size of the process");
  fclose (file);
  return pages * (uint64_t) sysconf (_SC_PAGESIZE);
}
