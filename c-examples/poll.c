/*
 * poll.c: non-blocking, with the socket first. The busy work runs only when poll(2) has just said that
 * the socket takes nothing.
 *
 * This is what the loop in glib-watch.c does by itself. By hand it is as short, as long as there is one
 * socket and one piece of work; each further one would have to be put into this very loop.
 */
#include "job.h"

#include <errno.h>
#include <poll.h>

int
main (int argc, char **argv)
{
  struct job job;

  if (!job_begin (&job, argc, argv))
    return 1;
  job_set_nonblocking (&job);

  while (!job_is_over (&job))
    {
      struct pollfd socket = { .fd = job.fd, .events = POLLOUT };
      int ready = poll (&socket, 1, 0);

      if (ready > 0)
        job_fill (&job);
      else if (ready == 0)
        job_busy (&job);
      else if (errno != EINTR)
        job_fail (&job, "poll");
    }

  return job_end (&job);
}
