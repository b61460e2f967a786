/*
 * Mixtures as programs have them, and a stream of bytes beside a busy idle, in the idiom of a rival.
 */

enum
{
  FDS = 20,
  TIMERS = 10
};

static void
setup_iteration (Bench *b)
{
  open_bench (b);
  watch_quiet (FDS);
  add_far_timers (TIMERS);
  keep_busy ();
}

static void
finish_iteration (Bench *b)
{
  (void) b;
  remove_far_timers ();
  forget_quiet ();
}

#ifdef HAS_HOOKS

static void
setup_typical (Bench *b)
{
  static Hook pair[2];

  open_bench (b);
  watch_quiet (FDS - 1);
  add_far_timers (TIMERS);
  hook_start (&pair[0], on_prepare, on_check);
  hook_start (&pair[1], on_prepare, on_check);
  start_ball ();
}

static void
finish_typical (Bench *b)
{
  check (prepared > 0 && checked > 0, "the hooks were left out");
  remove_far_timers ();
  finish_pingpong (b);
}

#endif

#ifdef HAS_LEVELS

#include <errno.h>
#include <sys/socket.h>

enum
{
  CHUNK = 65536,
  MEGABYTE = 1000000
};

static int ends[2];
static Watch watches[2];
static uint64_t sent, arrived, to_send;
static char chunk[CHUNK];

WATCH_CALLBACK (send_more)
{
  uint64_t rest = to_send - sent;
  ssize_t count = write (ends[0], chunk, rest < CHUNK ? rest : CHUNK);

  check (count > 0, "told writable, but: %s", strerror (errno));
  sent += (uint64_t) count;
  if (sent == to_send)
    watch_stop (watch);
}

WATCH_CALLBACK (take_more)
{
  ssize_t count = read (ends[1], chunk, CHUNK);

  check (count > 0, "told readable, but: %s", strerror (errno));
  arrived += (uint64_t) count;
  if (arrived == to_send)
    watch_stop (watch);
}

IDLE_CALLBACK (busy)
{
  (void) idle;
  check (arrived == to_send, "the idle ran although a socket was ready");
  bench->done = bench->target;
  stop_loop ();
}

static void
setup_stream (Bench *b)
{
  open_bench (b);
  check (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0, "socketpair: %s",
         strerror (errno));
  busy_idle = allocate (1, sizeof *busy_idle);
  idle_start_low (busy_idle, busy);
}

/* An operation is a megabyte. */
static void
run_stream (Bench *b)
{
  sent = arrived = 0;
  to_send = b->target * MEGABYTE;
  watch_start_out (&watches[0], ends[0], send_more);
  watch_start (&watches[1], ends[1], take_more);
  run_bench (b);
}

#endif

static const Scenario mix_subject[] = {
  { .pattern = "iteration:20fd+10timers", .setup = setup_iteration, .run = run_bench, .finish = finish_iteration },
#ifdef HAS_HOOKS
  { .pattern = "typical", .setup = setup_typical, .run = run_bench, .finish = finish_typical },
#endif
#ifdef HAS_LEVELS
  { .pattern = "socketpair", .setup = setup_stream, .run = run_stream, .fixed = 40 },
#endif
  { .pattern = NULL },
};
