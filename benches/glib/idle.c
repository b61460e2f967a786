/*
 * Idle sources: the price of an iteration in which there is always something to do.
 */
#include "subjects.h"

#include <stdlib.h>

static uint64_t *runs;

static gboolean
in_turn (gpointer data)
{
  uint64_t *mine = data;

  /* Attach order: whoever stands before this one has run once more, whoever stands behind has not. */
  check (mine == runs || mine[-1] == *mine + 1, "idle sources ran out of order");
  ++*mine;
  count_one ();
  return G_SOURCE_CONTINUE;
}

static void
setup_idles (Bench *b)
{
  open_loop (b);
  runs = allocate (b->n, sizeof *runs);
  for (uint64_t i = 0; i < b->n; i++)
    g_idle_add (in_turn, &runs[i]);
}

static void
finish_idles (Bench *b)
{
  uint64_t least = runs[b->n - 1];

  for (uint64_t i = 0; i < b->n; i++)
    check (runs[i] == least, "an idle source was left out");
  free (runs);
}

static void
setup_beside_fds (Bench *b)
{
  open_loop (b);
  watch_quiet (b->n == 0 ? 1 : b->n);
  keep_busy ();
}

static void
finish_beside_fds (Bench *b)
{
  (void) b;
  forget_quiet ();
}

static gboolean
once (gpointer data)
{
  (void) data;
  count_one ();
  return G_SOURCE_REMOVE;
}

/* Idle sources that run once, so many at a time. */
static void
run_once (Bench *b)
{
  bench = b;
  while (b->done < b->target)
    {
      uint64_t before = b->done;

      for (uint64_t i = 0; i < b->n; i++)
        g_idle_add (once, NULL);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      check (b->done == before + b->n, "an idle source was lost");
    }
}

const Scenario idle_subject[] = {
  { .pattern = "idle:#", .setup = setup_idles, .run = run_loop, .finish = finish_idles },
  { .pattern = "idle+fd", .setup = setup_beside_fds, .run = run_loop, .finish = finish_beside_fds },
  { .pattern = "idle+fds:#", .setup = setup_beside_fds, .run = run_loop, .finish = finish_beside_fds },
  { .pattern = "idle-once:#", .setup = open_loop, .run = run_once },
  { .pattern = NULL },
};
