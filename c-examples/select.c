/*
 * select.c: non-blocking, in turns. Ask select(2) whether the socket is writable, write one chunk if it
 * is, then do a piece of the busy work: every turn, as such loops are commonly written.
 *
 * Nothing ever stands still, but the work also takes its turn when the socket would have taken more.
 * poll.c puts that right by hand.
 */
#include "job.h"

#include <errno.h>
#include <sys/select.h>

int
main (int argc, char **argv)
{
  struct job job;

  if (!job_begin (&job, argc, argv))
    return 1;
  job_set_nonblocking (&job);

  while (!job_is_over (&job))
    {
      struct timeval no_wait = { 0, 0 };
      fd_set writable;
      int ready;

      FD_ZERO (&writable);
      FD_SET (job.fd, &writable);
      ready = select (job.fd + 1, NULL, &writable, NULL, &no_wait);

      if (ready == -1 && errno != EINTR)
        job_fail (&job, "select");
      else if (ready > 0)
        job_write (&job, JOB_TURN_BYTES);

      if (!job_is_over (&job))
        job_busy (&job);
    }

  return job_end (&job);
}
