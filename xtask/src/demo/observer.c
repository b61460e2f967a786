/*
 * observer.c: looks over a program's shoulder while it does the examples' job.
 *
 * Preloaded, it learns the descriptor from socket(2), sees each look the program or its main loop takes
 * at it (poll, select and epoll in all their forms), and is told of each busy run by job.c's weak
 * hook. For every busy run it notes what the last look had found. At the end it writes the counts, as
 * one line, to the file named by JOB_OBSERVER_REPORT.
 *
 * "A look" is a call that asks whether the socket is writable and returns. A write that comes back with
 * EAGAIN is none: what counts is what the loop itself had seen. The programs have one thread and one
 * connection; it knows no more than that. Read next: measure.rs, which reads the line.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

void job_observer_busy (void);

/* What the last look found. */
enum finding
{
  NONE,
  FULL,
  WRITABLE
};

static int watched = -1;             /* the job's socket */
static int set = -1;                 /* the epoll set that asks for its writability */
static epoll_data_t set_token;       /* and the name it has there */

static enum finding last_look = NONE;
static int looked_since_busy;

static unsigned long looks, busy_full, busy_writable, busy_unlooked;

/* The function of that name which the program would have called without us. */
static void
find_next (const char *name, void *function, size_t size)
{
  void *found = dlsym (RTLD_NEXT, name);

  if (found == NULL)
    {
      fprintf (stderr, "observer: no %s to call\n", name);
      abort ();
    }
  memcpy (function, &found, size);
}

/* Defines `next` with the type of the function that is being stood in for. */
#define NEXT(name) \
  static __typeof__ (&name) next; \
  if (next == NULL) \
    find_next (#name, &next, sizeof next)

static void
look (enum finding finding)
{
  last_look = finding;
  looked_since_busy = 1;
  looks++;
}

void
job_observer_busy (void)
{
  if (last_look == WRITABLE)
    busy_writable++;
  else if (looked_since_busy)
    busy_full++;
  else
    busy_unlooked++;
  looked_since_busy = 0;
}

__attribute__ ((destructor)) static void
write_report (void)
{
  const char *name = getenv ("JOB_OBSERVER_REPORT");
  FILE *file = name != NULL ? fopen (name, "w") : NULL;

  if (file == NULL)
    return;
  fprintf (file, "%lu %lu %lu %lu\n", looks, busy_full, busy_writable, busy_unlooked);
  fclose (file);
}

int
socket (int domain, int type, int protocol)
{
  int fd;

  NEXT (socket);
  fd = next (domain, type, protocol);
  if (domain == AF_INET)
    watched = fd;
  return fd;
}

/* --- poll --- */

static int
see_poll (const struct pollfd *fds, nfds_t count, int result)
{
  nfds_t i;

  if (result < 0 || watched == -1)
    return result;
  for (i = 0; i < count; i++)
    if (fds[i].fd == watched && (fds[i].events & POLLOUT))
      look (fds[i].revents & POLLOUT ? WRITABLE : FULL);
    else if (fds[i].fd == set && (fds[i].events & POLLIN) && !(fds[i].revents & POLLIN))
      look (FULL);   /* the set has nothing to tell; if it had, epoll_wait would follow */
  return result;
}

int
poll (struct pollfd *fds, nfds_t count, int timeout)
{
  NEXT (poll);
  return see_poll (fds, count, next (fds, count, timeout));
}

int
ppoll (struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
  NEXT (ppoll);
  return see_poll (fds, count, next (fds, count, timeout, mask));
}

/* What poll becomes under _FORTIFY_SOURCE. */
int __poll_chk (struct pollfd *fds, nfds_t count, int timeout, size_t size);

int
__poll_chk (struct pollfd *fds, nfds_t count, int timeout, size_t size)
{
  (void) size;
  return poll (fds, count, timeout);
}

int __ppoll_chk (struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t size);

int
__ppoll_chk (struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t size)
{
  (void) size;
  return ppoll (fds, count, timeout, mask);
}

/* --- select --- */

static int
see_select (int asked, const fd_set *writefds, int result)
{
  if (result >= 0 && asked)
    look (FD_ISSET (watched, writefds) ? WRITABLE : FULL);
  return result;
}

static int
select_asks (int count, const fd_set *writefds)
{
  return watched != -1 && watched < count && writefds != NULL && FD_ISSET (watched, writefds);
}

int
select (int count, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, struct timeval *timeout)
{
  int asked = select_asks (count, writefds);

  NEXT (select);
  return see_select (asked, writefds, next (count, readfds, writefds, exceptfds, timeout));
}

int
pselect (int count, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, const struct timespec *timeout,
         const sigset_t *mask)
{
  int asked = select_asks (count, writefds);

  NEXT (pselect);
  return see_select (asked, writefds, next (count, readfds, writefds, exceptfds, timeout, mask));
}

/* --- epoll --- */

int
epoll_ctl (int epoll, int operation, int fd, struct epoll_event *event)
{
  int result;

  NEXT (epoll_ctl);
  result = next (epoll, operation, fd, event);
  if (result == 0 && fd == watched)
    {
      set = operation != EPOLL_CTL_DEL && (event->events & EPOLLOUT) ? epoll : -1;
      if (set != -1)
        set_token = event->data;
    }
  return result;
}

static int
see_epoll (int epoll, const struct epoll_event *events, int room, int result)
{
  int i;

  if (result < 0 || epoll != set || set == -1)
    return result;
  for (i = 0; i < result; i++)
    if (events[i].data.u64 == set_token.u64)
      {
        look (events[i].events & EPOLLOUT ? WRITABLE : FULL);
        return result;
      }
  if (result < room)   /* else it may still be among those that found no place */
    look (FULL);
  return result;
}

int
epoll_wait (int epoll, struct epoll_event *events, int room, int timeout)
{
  NEXT (epoll_wait);
  return see_epoll (epoll, events, room, next (epoll, events, room, timeout));
}

int
epoll_pwait (int epoll, struct epoll_event *events, int room, int timeout, const sigset_t *mask)
{
  NEXT (epoll_pwait);
  return see_epoll (epoll, events, room, next (epoll, events, room, timeout, mask));
}

/* Declared here because C libraries before glibc 2.35 don't. */
int epoll_pwait2 (int epoll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask);

int
epoll_pwait2 (int epoll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask)
{
  NEXT (epoll_pwait2);
  return see_epoll (epoll, events, room, next (epoll, events, room, timeout, mask));
}
