/*
 * The frame of the benchmark programs: what a scenario is and what it may ask for.
 *
 * A program is this frame (frame.c) and a table of scenarios in the idiom of one library: glib/ for
 * GLib's interface, one file for each rival. The frame knows no library. It finds the scenario, decides
 * how many operations make a measurement, takes the time and prints one line:
 *
 *     NAME ops=N cpu_ns=N wall_ns=N [figure=N ...]
 *
 * A scenario that finds something wrong (an event lost, a wrong order, an early timer) ends the program
 * with status 1 and a message.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One run of a scenario. */
typedef struct
{
  uint64_t n, m;   /* the numbers in its name, 0 where it has none */
  uint64_t target; /* operations asked for in this measurement */
  uint64_t done;   /* operations done in it: `run` returns once this is at least `target` */
} Bench;

typedef struct
{
  const char *pattern;        /* its name; each '#' stands for a number. Asked for with "/thread" behind it, it runs beside a
                                 second thread that sleeps */
  void (*setup) (Bench *b);   /* before the first measurement, or NULL */
  void (*run) (Bench *b);     /* one measurement */
  void (*finish) (Bench *b);  /* after the last one: checks and takes down, or NULL */
  uint64_t fixed;             /* operations of the only measurement; 0: found by time */
  bool whole;                 /* n is the number of operations of the only measurement */
} Scenario;

/* What a program defines: its scenarios by subject, the last of each without a pattern, the last
 * subject NULL; and how the library is called. */
extern const Scenario *const subjects[];
const char *library_version (void);
/* What a program with nothing to do does: makes a loop, runs it once, leaves. */
void empty_loop (void);

/* Ends the program with a message unless `truth` holds. The words of the message are looked for only
 * then: what is measured must not pay for them. */
#define check(truth, ...)                                                                                      \
  do                                                                                                           \
    {                                                                                                          \
      if (__builtin_expect (!(truth), 0))                                                                      \
        fail (__VA_ARGS__);                                                                                    \
    }                                                                                                          \
  while (0)
_Noreturn void fail (const char *format, ...) __attribute__ ((format (printf, 1, 2), cold));

/* An observed time in nanoseconds; the frame tells the median and the 99th percentile of all. */
void sample (int64_t ns);
/* A figure of the scenario's own. */
void figure (const char *name, double value);
/* CPU time of the calling thread, for a cost that only one of two threads has. From the first call on
 * the frame takes the sum of what was told in this measurement for the CPU time of the whole. */
void spent (uint64_t cpu_ns);

/* CLOCK_MONOTONIC, and the CPU time of the calling thread, in nanoseconds. */
int64_t now_ns (void);
int64_t thread_cpu_ns (void);
/* Keeps the thread asleep so long, or longer. */
void sleep_ns (int64_t ns);

/* The next of a row of numbers that is the same in every run. */
uint64_t next_random (void);
/* Zeroed memory, or the end of the program. */
void *allocate (size_t count, size_t size);

/* An eventfd with that count, not blocking. */
int counter_fd (unsigned count);
void counter_add (int fd);
void counter_take (int fd);
bool counter_is_set (int fd);
/* `count` eventfds at zero; closing them again. */
int *quiet_fds (uint64_t count);
void close_fds (int *fds, uint64_t count);

/* A ring of descriptors along which tokens travel: what stands at one place of it at first, and at the end
 * the proof that no token was lost. */
int ring_fd (uint64_t place, uint64_t size, uint64_t tokens);
void check_ring (const int *ring, uint64_t size, uint64_t tokens);

/* Resident memory of the process, bytes. */
uint64_t resident (void);

#endif
