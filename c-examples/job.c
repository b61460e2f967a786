/*
 * job.c: arguments, payload, connection, busy work and report line of the examples.
 *
 * It must not know how a program waits, so it includes no glib.h. Read next: any of the examples.
 */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_PORT 1234

/* One "foo\n" short of 40 MiB. */
#define DEFAULT_BYTES ((size_t) 4 * (10 * 1024 * 1024 - 1))

#define BUSY_STEPS 500000

/* Who wants to watch a program at work preloads a library that defines this; see README.md. */
extern void job_observer_busy (void) __attribute__ ((weak));

static bool
parse_number (const char *text, unsigned long least, unsigned long most, unsigned long *number)
{
  char *end;

  errno = 0;
  *number = strtoul (text, &end, 10);
  return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && *number >= least && *number <= most;
}

static bool
parse_arguments (struct job *job, int argc, char **argv, in_port_t *port)
{
  unsigned long number = DEFAULT_PORT;
  unsigned long bytes = DEFAULT_BYTES;

  if (argc > 3
      || (argc > 1 && !parse_number (argv[1], 1, 65535, &number))
      || (argc > 2 && !parse_number (argv[2], 1, LONG_MAX, &bytes)))
    {
      fprintf (stderr, "usage: %s [PORT [BYTES]]\n", job->program);
      return false;
    }
  *port = (in_port_t) number;
  job->size = bytes;
  return true;
}

static bool
make_payload (struct job *job)
{
  size_t i;

  job->payload = malloc (job->size);
  if (job->payload == NULL)
    {
      job_fail (job, "payload");
      return false;
    }
  for (i = 0; i < job->size; i++)
    job->payload[i] = "foo\n"[i % 4];
  return true;
}

static bool
connect_to_reader (struct job *job, in_port_t port)
{
  struct sockaddr_in addr;

  memset (&addr, 0, sizeof addr);
  addr.sin_family = AF_INET;
  addr.sin_port = htons (port);
  addr.sin_addr.s_addr = htonl (INADDR_LOOPBACK);

  job->fd = socket (AF_INET, SOCK_STREAM, 0);
  if (job->fd != -1 && connect (job->fd, (struct sockaddr *) &addr, sizeof addr) == 0)
    return true;

  job_fail (job, "connect");
  if (job->fd != -1)
    close (job->fd);
  return false;
}

bool
job_begin (struct job *job, int argc, char **argv)
{
  const char *slash = strrchr (argv[0], '/');
  in_port_t port;

  memset (job, 0, sizeof *job);
  job->program = slash != NULL ? slash + 1 : argv[0];
  job->state = JOB_MORE;

  /* A reader that goes away is then an error of write(2), which can be reported. */
  signal (SIGPIPE, SIG_IGN);

  if (!parse_arguments (job, argc, argv, &port) || !make_payload (job))
    return false;
  if (!connect_to_reader (job, port))
    {
      free (job->payload);
      return false;
    }
  clock_gettime (CLOCK_MONOTONIC, &job->began);
  return true;
}

void
job_set_nonblocking (struct job *job)
{
  int flags = fcntl (job->fd, F_GETFL);

  if (flags == -1 || fcntl (job->fd, F_SETFL, flags | O_NONBLOCK) == -1)
    job_fail (job, "fcntl");
}

enum job_state
job_write (struct job *job, size_t limit)
{
  size_t left = job->size - job->sent;
  ssize_t taken;

  if (job_is_over (job))
    return job->state;

  taken = write (job->fd, job->payload + job->sent, left < limit ? left : limit);
  if (taken >= 0)
    {
      job->sent += (size_t) taken;
      job->state = job->sent == job->size ? JOB_DONE : JOB_MORE;
    }
  else if (errno == EAGAIN || errno == EWOULDBLOCK)
    job->state = JOB_FULL;
  else if (errno != EINTR)
    job_fail (job, "write");
  return job->state;
}

enum job_state
job_fill (struct job *job)
{
  enum job_state state;

  do
    state = job_write (job, JOB_NO_LIMIT);
  while (state == JOB_MORE);
  return state;
}

void
job_fail (struct job *job, const char *what)
{
  fprintf (stderr, "%s: %s: %s\n", job->program, what, strerror (errno));
  job->state = JOB_FAILED;
}

bool
job_is_over (const struct job *job)
{
  return job->state == JOB_DONE || job->state == JOB_FAILED;
}

void
job_busy (struct job *job)
{
  volatile int step;

  if (job_observer_busy != NULL)
    job_observer_busy ();

  job->busy_runs++;
  for (step = 0; step < BUSY_STEPS; step++)
    ;
}

int
job_end (struct job *job)
{
  struct timespec now;
  double wall;

  clock_gettime (CLOCK_MONOTONIC, &now);
  wall = (double) (now.tv_sec - job->began.tv_sec) + (double) (now.tv_nsec - job->began.tv_nsec) / 1e9;

  printf ("%s: wrote %lu bytes in %.3f s, CPU %.3f s, busy runs %lu\n", job->program, (unsigned long) job->sent,
          wall, (double) clock () / CLOCKS_PER_SEC, job->busy_runs);

  close (job->fd);
  free (job->payload);
  return job->state == JOB_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
