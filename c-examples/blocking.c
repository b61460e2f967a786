/*
 * blocking.c: the plain way. write(2) waits for the reader, and nothing else can happen meanwhile.
 *
 * The busy work gets a turn after every chunk, whether or not the socket had room for more. So the two
 * hinder each other: while the socket is full the work stands still, and while the work goes on a socket
 * that would take data gets none.
 */
#include "job.h"

int
main (int argc, char **argv)
{
  struct job job;

  if (!job_begin (&job, argc, argv))
    return 1;

  while (job_write (&job, JOB_TURN_BYTES) == JOB_MORE)
    job_busy (&job);

  return job_end (&job);
}
