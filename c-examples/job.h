/*
 * job.h: the job that every example does, without the way of waiting.
 *
 * The job: connect to a reader on the loopback interface, send it a payload of "foo\n" over and over,
 * and let a busy callback have the time that is left while the reader is slow. How a program waits for
 * the socket is its own matter; nothing here knows a main loop.
 *
 * Read next: blocking.c, the shortest example; job.c for how these functions do it.
 */
#ifndef JOB_H
#define JOB_H

#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What one write came to. */
enum job_state
{
  JOB_MORE,   /* the socket took something, and something is left */
  JOB_FULL,   /* the socket takes nothing now */
  JOB_DONE,   /* all is written */
  JOB_FAILED  /* a message has been printed */
};

/* For programs that write a limited amount in a turn. */
#define JOB_TURN_BYTES ((size_t) 256 * 1024)
#define JOB_NO_LIMIT   ((size_t) -1)

struct job
{
  const char      *program;
  int              fd;
  enum job_state   state;
  char            *payload;
  size_t           size;
  size_t           sent;
  unsigned long    busy_runs;
  struct timespec  began;
};

/* Reads the arguments [PORT [BYTES]], makes the payload and connects. False: a message has been printed. */
bool job_begin (struct job *job, int argc, char **argv);

/* Makes the socket non-blocking. */
void job_set_nonblocking (struct job *job);

/* Calls write(2) once, for at most `limit` bytes. */
enum job_state job_write (struct job *job, size_t limit);

/* Writes until the socket takes no more or the job is over. */
enum job_state job_fill (struct job *job);

/* Ends the job as failed, with errno's text. */
void job_fail (struct job *job, const char *what);

/* Whether all is written, or nothing more can be. */
bool job_is_over (const struct job *job);

/* The busy callback's work: about a millisecond of computing. */
void job_busy (struct job *job);

/* Closes the socket, prints the report line, and gives the program's exit status. */
int job_end (struct job *job);

#endif
