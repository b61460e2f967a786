/*
 * What a source of each kind occupies: growth of the process by many of them, after an iteration.
 */
#include "subjects.h"

static gboolean
gone (gpointer data)
{
  (void) data;
  return G_SOURCE_REMOVE;
}

/* One iteration, in which something more urgent than the sources measured runs. */
static void
settle (void)
{
  g_idle_add (gone, NULL);
  g_main_context_iteration (NULL, FALSE);
}

/* The first ones pay for what is made but once; the frame's own memory is taken beforehand. */
static void
run_growth (Bench *b, void (*add) (uint64_t))
{
  uint64_t before;

  open_loop (b);
  add (100);
  settle ();
  before = resident ();
  add (b->n);
  settle ();
  figure ("bytes", (double) (resident () - before) / (double) b->n);
  b->done = b->target;
}

/* Of low urgency, so that `settle` leaves them alone. */
static void
add_idles (uint64_t count)
{
  for (uint64_t i = 0; i < count; i++)
    g_idle_add_full (G_PRIORITY_LOW, never, NULL, NULL);
}

static void
add_timeouts (uint64_t count)
{
  for (uint64_t i = 0; i < count; i++)
    g_timeout_add (10000000, never, NULL);
}

static int *watched;
static uint64_t n_watched;

static void
add_watches (uint64_t count)
{
  for (uint64_t i = 0; i < count; i++)
    g_unix_fd_add (watched[n_watched++], G_IO_IN, never_fd, NULL);
}

static void
run_idles (Bench *b)
{
  run_growth (b, add_idles);
}

static void
run_timeouts (Bench *b)
{
  run_growth (b, add_timeouts);
}

static void
run_watches (Bench *b)
{
  run_growth (b, add_watches);
}

static void
setup_watches (Bench *b)
{
  watched = quiet_fds (b->n + 100);
  n_watched = 0;
}

const Scenario memory_subject[] = {
  { .pattern = "memory:idle:#", .run = run_idles, .fixed = 1 },
  { .pattern = "memory:timeout:#", .run = run_timeouts, .fixed = 1 },
  { .pattern = "memory:fd:#", .setup = setup_watches, .run = run_watches, .fixed = 1 },
  { .pattern = NULL },
};
