/*
 * Sources and contexts that come and go without ever being run.
 */
#include "subjects.h"

#include <stdlib.h>
#include <unistd.h>

static uint64_t n_idles;
static guint *idle_ids;
static int spare;

static void
setup_idle (Bench *b)
{
  open_loop (b);
  n_idles = b->n;
  idle_ids = allocate (b->n, sizeof *idle_ids);
  for (uint64_t i = 0; i < b->n; i++)
    idle_ids[i] = g_idle_add (never, NULL);
}

static void
attach_and_drop (GSource *source)
{
  g_source_set_callback (source, never, NULL, NULL);
  check (g_source_attach (source, NULL) != 0, "a source got no id");
  g_source_destroy (source);
  check (g_source_is_destroyed (source), "a destroyed source lives");
  g_source_unref (source);
}

static void
run_idle (Bench *b)
{
  for (; b->done < b->target; b->done++)
    attach_and_drop (g_idle_source_new ());
}

static void
finish_idle (Bench *b)
{
  (void) b;
  for (uint64_t i = 0; i < n_idles; i++)
    check (g_source_remove (idle_ids[i]), "an idle source was not there any more");
  free (idle_ids);
}

static void
setup_fd (Bench *b)
{
  open_loop (b);
  watch_quiet (b->n);
  spare = counter_fd (0);
}

static void
run_fd (Bench *b)
{
  for (; b->done < b->target; b->done++)
    attach_and_drop (g_unix_fd_source_new (spare, G_IO_IN));
}

static void
finish_fd (Bench *b)
{
  (void) b;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  close (spare);
  forget_quiet ();
}

static void
run_context (Bench *b)
{
  GMainContext *const last = g_main_context_default ();

  for (; b->done < b->target; b->done++)
    {
      GMainContext *context = g_main_context_new ();

      check (context != NULL && context != last, "a context is there twice");
      g_main_context_unref (context);
    }
}

/* A crowd of timeouts at one priority, gone again: each found by its id, in a random order; or from the middle
 * outwards. An operation is one source. */
static void
come_and_go (Bench *b, void (*go) (guint *, uint64_t))
{
  guint *ids = allocate (b->n, sizeof *ids);

  for (; b->done < b->target; b->done += b->n)
    {
      for (uint64_t i = 0; i < b->n; i++)
        ids[i] = g_timeout_add (10000000, never, NULL);
      go (ids, b->n);
    }
  free (ids);
}

static void
go_by_id (guint *ids, uint64_t count)
{
  for (uint64_t left = count; left > 0; left--)
    {
      uint64_t chosen = next_random () % left;

      check (g_source_remove (ids[chosen]), "a source was not there any more");
      ids[chosen] = ids[left - 1];
    }
}

static void
go_from_the_middle (guint *ids, uint64_t count)
{
  for (uint64_t i = 0; i < count / 2; i++)
    check (g_source_remove (ids[count / 2 - 1 - i]) && g_source_remove (ids[count / 2 + i]),
           "a source was not there any more");
}

static void
run_crowd_by_id (Bench *b)
{
  come_and_go (b, go_by_id);
}

static void
run_crowd_from_the_middle (Bench *b)
{
  come_and_go (b, go_from_the_middle);
}

const Scenario life_subject[] = {
  { .pattern = "churn-source:idle", .setup = setup_idle, .run = run_idle, .finish = finish_idle },
  { .pattern = "churn-source:idle+#", .setup = setup_idle, .run = run_idle, .finish = finish_idle },
  { .pattern = "churn-source:fd", .setup = setup_fd, .run = run_fd, .finish = finish_fd },
  { .pattern = "churn-source:fd+#", .setup = setup_fd, .run = run_fd, .finish = finish_fd },
  { .pattern = "crowd-by-id:#", .setup = open_loop, .run = run_crowd_by_id },
  { .pattern = "crowd-from-middle:#", .setup = open_loop, .run = run_crowd_from_the_middle },
  { .pattern = "context", .run = run_context },
  { .pattern = NULL },
};
