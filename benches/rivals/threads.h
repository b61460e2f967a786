/*
 * Work posted from another thread, and wakeups, in the idiom of a rival.
 *
 * The libraries wake a loop; the queue of what is to be done is the program's. Here it is a stack that
 * is taken whole and turned round, without locks: the fastest way a program could do it.
 */

#ifdef HAS_POSTS

#include <pthread.h>

typedef struct Post Post;
struct Post
{
  Post *next;
  uint64_t number;
};

static Post *stack;
static uint64_t posted, received;
static int64_t posted_at;
static bool delays_are_measured;

/* Whoever puts the first one on an empty stack wakes the loop. */
static void
post (uint64_t number)
{
  Post *new = allocate (1, sizeof *new);
  Post *top = __atomic_load_n (&stack, __ATOMIC_RELAXED);

  new->number = number;
  do
    new->next = top;
  while (!__atomic_compare_exchange_n (&stack, &top, new, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
  if (top == NULL)
    post_wake ();
}

POST_CALLBACK (receive)
{
  Post *newest = __atomic_exchange_n (&stack, NULL, __ATOMIC_ACQUIRE), *oldest = NULL;

  while (newest != NULL)
    {
      Post *next = newest->next;

      newest->next = oldest;
      oldest = newest;
      newest = next;
    }
  while (oldest != NULL)
    {
      Post *next = oldest->next;

      check (oldest->number == received, "posts arrived out of order or were lost");
      free (oldest);
      oldest = next;
      if (delays_are_measured)
        sample (now_ns () - posted_at);
      __atomic_store_n (&received, received + 1, __ATOMIC_RELEASE);
      count_one ();
    }
}

static void
run_beside (Bench *b, void *(*function) (void *))
{
  pthread_t thread;

  check (pthread_create (&thread, NULL, function, b) == 0, "no thread");
  run_bench (b);
  pthread_join (thread, NULL);
}

IDLE_CALLBACK (spin)
{
  (void) idle;
}

static void
setup_asleep (Bench *b)
{
  open_bench (b);
  post_open (receive);
}

static void
setup_running (Bench *b)
{
  setup_asleep (b);
  busy_idle = allocate (1, sizeof *busy_idle);
  idle_start (busy_idle, spin);
}

static void *
post_all (void *data)
{
  const Bench *b = data;

  for (uint64_t i = 0; i < b->target; i++)
    post (posted++);
  return NULL;
}

static void
run_invoke (Bench *b)
{
  run_beside (b, post_all);
}

static void *
post_slowly (void *data)
{
  const Bench *b = data;

  for (uint64_t i = 0; i < b->target; i++)
    {
      sleep_ns (200000);
      posted_at = now_ns ();
      post (posted++);
      while (__atomic_load_n (&received, __ATOMIC_ACQUIRE) != posted)
        sleep_ns (50000);
    }
  return NULL;
}

static void
run_post (Bench *b)
{
  delays_are_measured = true;
  run_beside (b, post_slowly);
}

static void
finish_posts (Bench *b)
{
  (void) b;
  check (posted == received, "posts were lost");
}

enum
{
  BURST = 1000
};

IDLE_CALLBACK (wake_myself)
{
  int64_t before = thread_cpu_ns ();

  (void) idle;
  for (int i = 0; i < BURST; i++)
    post_wake ();
  spent ((uint64_t) (thread_cpu_ns () - before));
  bench->done += BURST;
  if (bench->done >= bench->target)
    stop_loop ();
}

static void
setup_wakeup_self (Bench *b)
{
  setup_asleep (b);
  busy_idle = allocate (1, sizeof *busy_idle);
  idle_start (busy_idle, wake_myself);
}

static bool all_woken;

IDLE_CALLBACK (end_when_woken)
{
  (void) idle;
  if (!__atomic_load_n (&all_woken, __ATOMIC_ACQUIRE))
    return;
  bench->done = bench->target;
  stop_loop ();
}

static void
setup_wakeup_thread (Bench *b)
{
  setup_asleep (b);
  busy_idle = allocate (1, sizeof *busy_idle);
  idle_start (busy_idle, end_when_woken);
}

static void *
wake_all (void *data)
{
  const Bench *b = data;
  int64_t before = thread_cpu_ns ();

  for (uint64_t i = 0; i < b->target; i++)
    post_wake ();
  spent ((uint64_t) (thread_cpu_ns () - before));
  __atomic_store_n (&all_woken, true, __ATOMIC_RELEASE);
  return NULL;
}

static void
run_wakeup_thread (Bench *b)
{
  all_woken = false;
  run_beside (b, wake_all);
}

#endif

static const Scenario thread_subject[] = {
#ifdef HAS_POSTS
  { .pattern = "invoke:1", .setup = setup_running, .run = run_invoke, .finish = finish_posts },
  { .pattern = "post-asleep", .setup = setup_asleep, .run = run_post, .finish = finish_posts },
  { .pattern = "wakeup:self", .setup = setup_wakeup_self, .run = run_bench },
  { .pattern = "wakeup:thread", .setup = setup_wakeup_thread, .run = run_wakeup_thread },
#endif
  { .pattern = NULL },
};
