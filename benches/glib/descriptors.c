/*
 * Descriptors: round trips alone and beside many quiet ones, rings, all ready at once, watches for one
 * read.
 */
#include "subjects.h"

#include <stdlib.h>
#include <unistd.h>

static int ball;

static gboolean
return_ball (int fd, GIOCondition condition, gpointer data)
{
  (void) data;
  check (condition == G_IO_IN, "condition %d instead of G_IO_IN", (int) condition);
  counter_take (fd);
  counter_add (fd);
  count_one ();
  return G_SOURCE_CONTINUE;
}

static void
setup_pingpong (Bench *b)
{
  open_loop (b);
  watch_quiet (b->n);
  ball = counter_fd (1);
  g_unix_fd_add (ball, G_IO_IN, return_ball, NULL);
}

static void
finish_pingpong (Bench *b)
{
  (void) b;
  counter_take (ball);
  close (ball);
  forget_quiet ();
}

static gboolean
return_by_channel (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  return return_ball (g_io_channel_unix_get_fd (channel), condition, data);
}

static void
setup_channel (Bench *b)
{
  GIOChannel *channel;

  open_loop (b);
  watch_quiet (b->n);
  ball = counter_fd (1);
  channel = g_io_channel_unix_new (ball);
  g_io_add_watch (channel, G_IO_IN, return_by_channel, NULL);
  g_io_channel_unref (channel);
}

/* A ring of descriptors, along which tokens travel. */

static int *ring;

static gboolean
pass_on (int fd, GIOCondition condition, gpointer data)
{
  uint64_t place = GPOINTER_TO_SIZE (data);

  (void) condition;
  counter_take (fd);
  counter_add (ring[place + 1 == bench->n ? 0 : place + 1]);
  count_one ();
  return G_SOURCE_CONTINUE;
}

static void
setup_ring (Bench *b)
{
  open_loop (b);
  ring = allocate (b->n, sizeof *ring);
  for (uint64_t i = 0; i < b->n; i++)
    {
      ring[i] = ring_fd (i, b->n, b->m);
      g_unix_fd_add (ring[i], G_IO_IN, pass_on, GSIZE_TO_POINTER (i));
    }
}

static void
finish_ring (Bench *b)
{
  check_ring (ring, b->n, b->m);
  close_fds (ring, b->n);
}

/* All descriptors ready all the time. */

static uint64_t *seen;

static gboolean
look (int fd, GIOCondition condition, gpointer data)
{
  uint64_t *mine = data;

  (void) fd;
  check (condition == G_IO_IN, "condition %d instead of G_IO_IN", (int) condition);
  check (mine == seen || mine[-1] == *mine + 1, "descriptors were told out of order");
  ++*mine;
  count_one ();
  return G_SOURCE_CONTINUE;
}

static void
setup_active (Bench *b)
{
  open_loop (b);
  ring = allocate (b->n, sizeof *ring);
  seen = allocate (b->n, sizeof *seen);
  for (uint64_t i = 0; i < b->n; i++)
    {
      ring[i] = counter_fd (1);
      g_unix_fd_add (ring[i], G_IO_IN, look, &seen[i]);
    }
}

static void
finish_active (Bench *b)
{
  for (uint64_t i = 1; i < b->n; i++)
    check (seen[i] == seen[0], "a descriptor was left out");
  free (seen);
  close_fds (ring, b->n);
}

/* Watches for one read. */

static gboolean
take_once (int fd, GIOCondition condition, gpointer data)
{
  (void) condition;
  (void) data;
  counter_take (fd);
  bench->done++;
  return G_SOURCE_REMOVE;
}

static void
setup_oneshot (Bench *b)
{
  open_loop (b);
  watch_quiet (b->n);
  ball = counter_fd (0);
}

static void
run_oneshot (Bench *b)
{
  bench = b;
  while (b->done < b->target)
    {
      uint64_t before = b->done;

      counter_add (ball);
      g_unix_fd_add (ball, G_IO_IN, take_once, NULL);
      while (b->done == before)
        g_main_context_iteration (NULL, TRUE);
      check (b->done == before + 1, "a watch for one read ran twice");
    }
}

static void
finish_oneshot (Bench *b)
{
  (void) b;
  close (ball);
  forget_quiet ();
}

const Scenario descriptor_subject[] = {
  { .pattern = "pingpong:eventfd", .setup = setup_pingpong, .run = run_loop, .finish = finish_pingpong },
  { .pattern = "pingpong:eventfd+#", .setup = setup_pingpong, .run = run_loop, .finish = finish_pingpong },
  { .pattern = "giochannel", .setup = setup_channel, .run = run_loop, .finish = finish_pingpong },
  { .pattern = "giochannel+#", .setup = setup_channel, .run = run_loop, .finish = finish_pingpong },
  { .pattern = "chain:#x#", .setup = setup_ring, .run = run_loop, .finish = finish_ring },
  { .pattern = "all-active:#", .setup = setup_active, .run = run_loop, .finish = finish_active },
  { .pattern = "io-oneshot:#", .setup = setup_oneshot, .run = run_oneshot, .finish = finish_oneshot },
  { .pattern = NULL },
};
