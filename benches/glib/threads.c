/*
 * Other threads: work posted into a loop that runs or sleeps, and wakeups.
 */
#include "subjects.h"

#include <pthread.h>

static void
start (pthread_t *thread, void *(*function) (void *), void *data)
{
  check (pthread_create (thread, NULL, function, data) == 0, "no thread");
}

/* Posting into a running loop: the loop is kept running by an idle source of its own. */

static uint64_t posted, received;

static gboolean
receive (gpointer data)
{
  check (GPOINTER_TO_SIZE (data) == received, "posts arrived out of order or were lost");
  received++;
  count_one ();
  return G_SOURCE_REMOVE;
}

static gboolean
spin (gpointer data)
{
  (void) data;
  return G_SOURCE_CONTINUE;
}

static void *
post_all (void *data)
{
  Bench *b = data;

  for (uint64_t i = 0; i < b->target; i++)
    g_idle_add_full (G_PRIORITY_DEFAULT, receive, GSIZE_TO_POINTER (posted++), NULL);
  return NULL;
}

static void
setup_invoke (Bench *b)
{
  open_loop (b);
  g_idle_add (spin, NULL);
}

static void
run_invoke (Bench *b)
{
  pthread_t thread;

  start (&thread, post_all, b);
  run_loop (b);
  pthread_join (thread, NULL);
}

static void
finish_invoke (Bench *b)
{
  (void) b;
  check (posted == received, "posts were lost");
}

/* Posting into a sleeping loop. */

static int64_t posted_at;

static gboolean
awake (gpointer data)
{
  (void) data;
  sample (now_ns () - posted_at);
  __atomic_fetch_add (&received, 1, __ATOMIC_RELEASE);
  count_one ();
  return G_SOURCE_REMOVE;
}

static void *
post_slowly (void *data)
{
  Bench *b = data;

  for (uint64_t i = 0; i < b->target; i++)
    {
      sleep_ns (200000);
      posted++;
      posted_at = now_ns ();
      g_idle_add_full (G_PRIORITY_DEFAULT, awake, NULL, NULL);
      while (__atomic_load_n (&received, __ATOMIC_ACQUIRE) != posted)
        sleep_ns (50000);
    }
  return NULL;
}

static void
run_post (Bench *b)
{
  pthread_t thread;

  start (&thread, post_slowly, b);
  run_loop (b);
  pthread_join (thread, NULL);
}

/* Wakeups: what they cost who makes them. */

enum
{
  BURST = 1000
};

static gboolean
wake_myself (gpointer data)
{
  int64_t before = thread_cpu_ns ();

  (void) data;
  for (int i = 0; i < BURST; i++)
    g_main_context_wakeup (NULL);
  spent ((uint64_t) (thread_cpu_ns () - before));
  bench->done += BURST;
  if (bench->done >= bench->target)
    g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
setup_wakeup_self (Bench *b)
{
  open_loop (b);
  g_idle_add (wake_myself, NULL);
}

static gboolean
end (gpointer data)
{
  (void) data;
  bench->done = bench->target;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void *
wake_all (void *data)
{
  Bench *b = data;
  int64_t before = thread_cpu_ns ();

  for (uint64_t i = 0; i < b->target; i++)
    g_main_context_wakeup (NULL);
  spent ((uint64_t) (thread_cpu_ns () - before));
  g_idle_add_full (G_PRIORITY_DEFAULT, end, NULL, NULL);
  return NULL;
}

static void
run_wakeup_thread (Bench *b)
{
  pthread_t thread;

  start (&thread, wake_all, b);
  run_loop (b);
  pthread_join (thread, NULL);
}

const Scenario thread_subject[] = {
  { .pattern = "invoke:1", .setup = setup_invoke, .run = run_invoke, .finish = finish_invoke },
  { .pattern = "post-asleep", .setup = open_loop, .run = run_post, .finish = finish_invoke },
  { .pattern = "wakeup:self", .setup = setup_wakeup_self, .run = run_loop },
  { .pattern = "wakeup:thread", .setup = setup_invoke, .run = run_wakeup_thread },
  { .pattern = NULL },
};
