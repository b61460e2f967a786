/*
 * Timers: many that are far away, added, removed and moved, and how late they run when they are due.
 */
#include "subjects.h"

#include <stdlib.h>

static void
setup_far (Bench *b)
{
  open_loop (b);
  add_far_timers (b->n);
  keep_busy ();
}

static void
finish_far (Bench *b)
{
  (void) b;
  remove_far_timers ();
}

/* Adding, removing, moving. */

static guint *ids;
static GSource **timers;

static guint
add_some_timer (void)
{
  return g_timeout_add (1000000 + (guint) (next_random () % 100000), never, NULL);
}

static void
setup_churn (Bench *b)
{
  open_loop (b);
  ids = allocate (b->n, sizeof *ids);
  for (uint64_t i = 0; i < b->n; i++)
    ids[i] = add_some_timer ();
}

static void
run_churn (Bench *b)
{
  for (; b->done < b->target; b->done++)
    {
      guint *id = &ids[next_random () % b->n];

      check (g_source_remove (*id), "a timeout was not there any more");
      *id = add_some_timer ();
    }
}

static void
finish_churn (Bench *b)
{
  for (uint64_t i = 0; i < b->n; i++)
    check (g_source_remove (ids[i]), "a timeout was not there any more");
  free (ids);
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static GSource *
ready_time_source (GSourceFunc callback, gpointer data)
{
  GSource *source = g_source_new (&timer_funcs, sizeof (GSource));

  g_source_set_callback (source, callback, data, NULL);
  g_source_attach (source, NULL);
  return source;
}

static void
setup_move (Bench *b)
{
  gint64 now = g_get_monotonic_time ();

  open_loop (b);
  timers = allocate (b->n, sizeof *timers);
  for (uint64_t i = 0; i < b->n; i++)
    {
      timers[i] = ready_time_source (never, NULL);
      g_source_set_ready_time (timers[i], now + 1000000000 + (gint64) (next_random () % 100000000));
    }
}

static void
run_move (Bench *b)
{
  gint64 base = g_get_monotonic_time () + 1000000000;

  for (; b->done < b->target; b->done++)
    {
      uint64_t random = next_random ();

      g_source_set_ready_time (timers[random % b->n], base + (gint64) (random >> 32) % 100000000);
    }
  g_main_context_iteration (NULL, FALSE);
}

static void
finish_move (Bench *b)
{
  for (uint64_t i = 0; i < b->n; i++)
    drop_source (timers[i]);
  free (timers);
}

/* Lateness. */

static gint64 *due;

static gboolean
ran (gpointer data)
{
  gint64 late = now_ns () - *(gint64 *) data * 1000;

  check (late >= 0, "a timer ran %d ns early", (int) -late);
  sample (late);
  count_one ();
  return G_SOURCE_CONTINUE;
}

/* All of them within one second, which begins when they are all there. */
static void
setup_due (Bench *b)
{
  gint64 start;

  open_loop (b);
  due = allocate (b->n, sizeof *due);
  timers = allocate (b->n, sizeof *timers);
  for (uint64_t i = 0; i < b->n; i++)
    timers[i] = ready_time_source (ran, &due[i]);
  start = g_get_monotonic_time () + 1000000;
  for (uint64_t i = 0; i < b->n; i++)
    {
      due[i] = start + (gint64) (next_random () % 1000000);
      g_source_set_ready_time (timers[i], due[i]);
    }
  check (g_get_monotonic_time () < start, "setting the timers took too long");
}

static void
finish_due (Bench *b)
{
  finish_move (b);
  free (due);
}

static gboolean
ran_soon (gpointer data)
{
  ran (data);
  *due = g_get_monotonic_time () + 150;
  g_source_set_ready_time (timers[0], *due);
  return G_SOURCE_CONTINUE;
}

static void
setup_soon (Bench *b)
{
  open_loop (b);
  b->n = 1;
  due = allocate (1, sizeof *due);
  timers = allocate (1, sizeof *timers);
  timers[0] = ready_time_source (ran_soon, due);
}

static void
run_soon (Bench *b)
{
  *due = g_get_monotonic_time () + 150;
  g_source_set_ready_time (timers[0], *due);
  run_loop (b);
}

const Scenario timer_subject[] = {
  { .pattern = "timer-far:#", .setup = setup_far, .run = run_loop, .finish = finish_far },
  { .pattern = "timer-churn:#", .setup = setup_churn, .run = run_churn, .finish = finish_churn },
  { .pattern = "timer-move:#", .setup = setup_move, .run = run_move, .finish = finish_move },
  { .pattern = "timers-due:#", .setup = setup_due, .run = run_loop, .finish = finish_due, .whole = true },
  { .pattern = "timer-150us", .setup = setup_soon, .run = run_soon, .finish = finish_due },
  { .pattern = NULL },
};
