/*
 * The frame of the benchmark programs: finds the scenario, measures, prints. See frame.h for what
 * scenarios may call; the tools they share (descriptors, numbers) are in tools.c.
 *
 *     PROGRAM --version          the library's name and version
 *     PROGRAM --list             the patterns of its scenarios
 *     PROGRAM NAME [MS]          measures for about that many milliseconds (default 200)
 *     PROGRAM NAME --count N     exactly one measurement, of N operations
 *
 * It ends with 1 if the scenario found something wrong, with 2 if there is no such scenario.
 */
#include "frame.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* No operation of any scenario is so cheap that more of them are needed. */
static const uint64_t MOST = 200 * 1000 * 1000;

static struct
{
  int64_t *values;
  size_t length, room;
} samples;

static struct
{
  const char *name;
  double value;
} figures[4];
static size_t n_figures;

static uint64_t told_cpu;
static bool cpu_is_told;

typedef struct
{
  uint64_t cpu, wall;
} Cost;

void
fail (const char *format, ...)
{
  va_list words;

  va_start (words, format);
  vfprintf (stderr, format, words);
  va_end (words);
  fputc ('\n', stderr);
  _exit (1);
}

void
sample (int64_t ns)
{
  if (samples.length == samples.room)
    {
      samples.room = samples.room == 0 ? 4096 : samples.room * 2;
      samples.values = realloc (samples.values, samples.room * sizeof *samples.values);
      check (samples.values != NULL, "no memory for samples");
    }
  samples.values[samples.length++] = ns;
}

void
figure (const char *name, double value)
{
  check (n_figures < sizeof figures / sizeof figures[0], "too many figures");
  figures[n_figures].name = name;
  figures[n_figures++].value = value;
}

void
spent (uint64_t cpu_ns)
{
  told_cpu += cpu_ns;
  cpu_is_told = true;
}

static int64_t
clock_ns (clockid_t id)
{
  struct timespec time;

  clock_gettime (id, &time);
  return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t
now_ns (void)
{
  return clock_ns (CLOCK_MONOTONIC);
}

int64_t
thread_cpu_ns (void)
{
  return clock_ns (CLOCK_THREAD_CPUTIME_ID);
}

/* Whether `name` is what the pattern says; takes the numbers out of it. */
static bool
matches (const char *pattern, const char *name, Bench *b)
{
  uint64_t *numbers[] = { &b->n, &b->m };
  size_t found = 0;

  b->n = b->m = 0;
  for (; *pattern != '\0'; pattern++)
    {
      char *end;

      if (*pattern != '#')
        {
          if (*name++ != *pattern)
            return false;
          continue;
        }
      if (*name < '0' || *name > '9')
        return false;
      *numbers[found++] = strtoull (name, &end, 10);
      name = end;
    }
  return *name == '\0';
}

static Cost
measure (const Scenario *scenario, Bench *b, uint64_t count)
{
  int64_t wall, cpu;
  Cost cost;

  samples.length = 0;
  n_figures = 0;
  told_cpu = 0;
  b->target = count;
  b->done = 0;
  wall = now_ns ();
  cpu = clock_ns (CLOCK_PROCESS_CPUTIME_ID);
  scenario->run (b);
  cost.cpu = (uint64_t) (clock_ns (CLOCK_PROCESS_CPUTIME_ID) - cpu);
  cost.wall = (uint64_t) (now_ns () - wall);
  if (cpu_is_told)
    cost.cpu = told_cpu;
  check (b->done >= count, "%" PRIu64 " operations done instead of %" PRIu64, b->done, count);
  return cost;
}

/* Measures larger and larger batches until one takes as long as asked for, after others of at least half
 * its size: those have warmed everything up and let the loop find out which sources are busy. */
static Cost
measure_for (const Scenario *scenario, Bench *b, uint64_t ns)
{
  uint64_t count = 1, before = 0;

  for (;;)
    {
      Cost cost = measure (scenario, b, count);
      /* Not by a whole number of nanoseconds each: of operations that take three and a bit there would never be enough. */
      uint64_t wanted = (uint64_t) ((double) ns / (double) (cost.wall + 1) * (double) b->done) + 1;
      bool warm = before >= b->done / 2;

      if (warm && (cost.wall >= ns - ns / 8 || b->done >= MOST))
        return cost;
      before += b->done;
      count = wanted > b->done * 20 ? b->done * 20 : wanted;
      count = count > MOST ? MOST : count;
    }
}

static int
ascending (const void *left, const void *right)
{
  int64_t a = *(const int64_t *) left, b = *(const int64_t *) right;

  return (a > b) - (a < b);
}

static void
print (const char *name, const Bench *b, Cost cost)
{
  printf ("%s ops=%" PRIu64 " cpu_ns=%" PRIu64 " wall_ns=%" PRIu64, name, b->done, cost.cpu, cost.wall);
  if (samples.length > 0)
    {
      qsort (samples.values, samples.length, sizeof *samples.values, ascending);
      printf (" p50_ns=%" PRId64 " p99_ns=%" PRId64, samples.values[samples.length / 2],
              samples.values[samples.length * 99 / 100]);
    }
  for (size_t i = 0; i < n_figures; i++)
    printf (" %s=%.1f", figures[i].name, figures[i].value);
  putchar ('\n');
}

/* The scenario that every program has: starting one that has nothing to do, again and again. */
static void
run_startup (Bench *b)
{
  char self[] = "/proc/self/exe", word[] = "--empty-loop";
  char *words[] = { self, word, NULL };

  for (; b->done < b->target; b->done++)
    {
      struct rusage usage;
      pid_t child;
      int status = posix_spawn (&child, self, NULL, NULL, words, environ);

      check (status == 0, "starting another: %s", strerror (status));
      check (wait4 (child, &status, 0, &usage) == child, "waiting for it: %s", strerror (errno));
      check (status == 0, "it ended with %d", status);
      spent ((uint64_t) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000
             + (uint64_t) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000);
    }
}

/* How much memory a program with nothing to do occupies. */
static void
run_footprint (Bench *b)
{
  empty_loop ();
  figure ("bytes", (double) resident ());
  b->done = b->target;
}

static const Scenario common[] = {
  { .pattern = "startup", .run = run_startup },
  { .pattern = "footprint", .run = run_footprint, .fixed = 1 },
  { .pattern = NULL },
};

static void
each_scenario (bool (*visit) (const Scenario *, void *), void *data)
{
  for (const Scenario *const *subject = subjects; *subject != NULL; subject++)
    for (const Scenario *scenario = *subject; scenario->pattern != NULL; scenario++)
      if (visit (scenario, data))
        return;
  for (const Scenario *scenario = common; scenario->pattern != NULL; scenario++)
    if (visit (scenario, data))
      return;
}

static bool
list (const Scenario *scenario, void *data)
{
  (void) data;
  puts (scenario->pattern);
  return false;
}

typedef struct
{
  const char *name;
  Bench bench;
  const Scenario *found;
} Search;

static bool
is_wanted (const Scenario *scenario, void *data)
{
  Search *search = data;

  if (!matches (scenario->pattern, search->name, &search->bench))
    return false;
  search->found = scenario;
  return true;
}

/* Ten thousand descriptors are nothing special here. */
static void
allow_descriptors (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static void *
sleep_on (void *data)
{
  for (;;)
    pause ();
  return data;
}

/* Takes the end off a name that asks for a second thread; the process has one from then on, which sleeps. Libraries that
 * notice have to lock and count in another way now, as in most programs. */
static void
heed_thread (char *name)
{
  char *end = strstr (name, "/thread");
  pthread_t thread;

  if (end == NULL || strcmp (end, "/thread") != 0)
    return;
  *end = '\0';
  check (pthread_create (&thread, NULL, sleep_on, NULL) == 0, "no thread to be had");
}

int
main (int argc, char **argv)
{
  char *name = strdup (argc > 1 ? argv[1] : "");
  Search search = { .name = name };
  const Scenario *scenario;
  uint64_t count = 0;
  Cost cost;

  if (strcmp (search.name, "--empty-loop") == 0)
    {
      empty_loop ();
      return 0;
    }
  if (strcmp (search.name, "--version") == 0)
    {
      puts (library_version ());
      return 0;
    }
  if (strcmp (search.name, "--list") == 0)
    {
      each_scenario (list, NULL);
      return 0;
    }
  heed_thread (name);
  each_scenario (is_wanted, &search);
  scenario = search.found;
  if (scenario == NULL)
    {
      fprintf (stderr, "usage: %s --version | --list | NAME [MS | --count N]\n", argv[0]);
      return 2;
    }

  if (argc == 4 && strcmp (argv[2], "--count") == 0)
    count = strtoull (argv[3], NULL, 10);
  if (scenario->fixed != 0)
    count = scenario->fixed;
  if (scenario->whole)
    count = search.bench.n;
  allow_descriptors ();
  if (scenario->setup != NULL)
    scenario->setup (&search.bench);
  cost = count != 0 ? measure (scenario, &search.bench, count)
                    : measure_for (scenario, &search.bench,
                                   (argc > 2 ? strtoull (argv[2], NULL, 10) : 200) * 1000000);
  if (scenario->finish != NULL)
    scenario->finish (&search.bench);
  print (argv[1], &search.bench, cost);
  free (name);
  return 0;
}
