/*
 * Mixtures as programs have them, iterations driven by hand, and a stream of bytes beside a busy idle.
 */
#include "subjects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum
{
  FDS = 20,
  TIMERS = 10
};

/* A quiet program: every iteration is one of an idle source. */
static void
setup_iteration (Bench *b)
{
  open_loop (b);
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

/* A working program: one descriptor has something in each iteration, and two sources want to be asked. */

static int hot;

static gboolean
prepare_quiet (GSource *source, gint *timeout)
{
  (void) source;
  *timeout = -1;
  return FALSE;
}

static gboolean
check_quiet (GSource *source)
{
  (void) source;
  return FALSE;
}

static gboolean
dispatch_quiet (GSource *source, GSourceFunc callback, gpointer data)
{
  (void) source;
  (void) callback;
  return never (data);
}

static GSourceFuncs quiet_funcs = {
  .prepare = prepare_quiet,
  .check = check_quiet,
  .dispatch = dispatch_quiet,
};

static gboolean
on_event (int fd, GIOCondition condition, gpointer data)
{
  (void) condition;
  (void) data;
  counter_take (fd);
  counter_add (fd);
  count_one ();
  return G_SOURCE_CONTINUE;
}

static void
setup_typical (Bench *b)
{
  open_loop (b);
  watch_quiet (FDS - 1);
  add_far_timers (TIMERS);
  for (int i = 0; i < 2; i++)
    {
      GSource *source = g_source_new (&quiet_funcs, sizeof (GSource));

      g_source_attach (source, NULL);
      g_source_unref (source);
    }
  hot = counter_fd (1);
  g_unix_fd_add (hot, G_IO_IN, on_event, NULL);
}

static void
finish_typical (Bench *b)
{
  finish_iteration (b);
  counter_take (hot);
  close (hot);
}

/* A program with a loop of its own, which asks for the descriptors and polls them itself. */

static GPollFD *records;
static gint room;

static void
setup_by_hand (Bench *b)
{
  open_loop (b);
  check (g_main_context_acquire (NULL), "the context belongs to somebody else");
  watch_quiet (b->n - 1);
  hot = counter_fd (1);
  g_unix_fd_add (hot, G_IO_IN, on_event, NULL);
  room = (gint) b->n + 16;
  records = allocate ((size_t) room, sizeof *records);
}

static void
run_by_hand (Bench *b)
{
  GMainContext *context = g_main_context_default ();

  bench = b;
  while (b->done < b->target)
    {
      uint64_t before = b->done;
      gint priority, timeout, count;

      g_main_context_prepare (context, &priority);
      count = g_main_context_query (context, priority, &timeout, records, room);
      check (count >= (gint) b->n && count <= room, "query hands out %d records", count);
      g_poll (records, (guint) count, timeout);
      check (g_main_context_check (context, priority, records, count), "nothing is ready, but one should be");
      g_main_context_dispatch (context);
      check (b->done == before + 1, "an event was lost");
    }
}

static void
finish_by_hand (Bench *b)
{
  (void) b;
  g_main_context_release (NULL);
  counter_take (hot);
  close (hot);
  forget_quiet ();
  free (records);
}

/* Megabytes through a pair of sockets. As long as one of them can be written or the other read,
 * the busy idle must not run; only when all has arrived, it does, and ends the measurement. */

enum
{
  CHUNK = 65536,
  MEGABYTE = 1000000
};

static int ends[2];
static uint64_t sent, arrived, to_send;
static char chunk[CHUNK];

static gboolean
send_more (int fd, GIOCondition condition, gpointer data)
{
  uint64_t rest = to_send - sent;
  ssize_t count = write (fd, chunk, rest < CHUNK ? rest : CHUNK);

  (void) condition;
  (void) data;
  check (count > 0, "told writable, but: %s", strerror (errno));
  sent += (uint64_t) count;
  return sent < to_send;
}

static gboolean
take_more (int fd, GIOCondition condition, gpointer data)
{
  ssize_t count = read (fd, chunk, CHUNK);

  (void) condition;
  (void) data;
  check (count > 0, "told readable, but: %s", strerror (errno));
  arrived += (uint64_t) count;
  return arrived < to_send;
}

static gboolean
busy (gpointer data)
{
  (void) data;
  check (arrived == to_send, "the idle source ran although a socket was ready");
  bench->done = bench->target;
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
setup_stream (Bench *b)
{
  open_loop (b);
  check (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0, "socketpair: %s",
         strerror (errno));
  g_idle_add (busy, NULL);
}

/* An operation is a megabyte. */
static void
run_stream (Bench *b)
{
  sent = arrived = 0;
  to_send = b->target * MEGABYTE;
  g_unix_fd_add (ends[0], G_IO_OUT, send_more, NULL);
  g_unix_fd_add (ends[1], G_IO_IN, take_more, NULL);
  run_loop (b);
}

static void
finish_stream (Bench *b)
{
  (void) b;
  close (ends[0]);
  close (ends[1]);
}

const Scenario mix_subject[] = {
  { .pattern = "iteration:20fd+10timers", .setup = setup_iteration, .run = run_loop, .finish = finish_iteration },
  { .pattern = "typical", .setup = setup_typical, .run = run_loop, .finish = finish_typical },
  { .pattern = "by-hand:#", .setup = setup_by_hand, .run = run_by_hand, .finish = finish_by_hand },
  { .pattern = "socketpair", .setup = setup_stream, .run = run_stream, .finish = finish_stream, .fixed = 40 },
  { .pattern = NULL },
};
