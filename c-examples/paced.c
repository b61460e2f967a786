/*
 * paced.c: the loop's promise, counted exactly. The program is its own reader, so it alone decides when
 * the socket has room, and every figure is known beforehand, on any machine.
 *
 * A round: the watch fills the socket; the busy callback then runs BUSY_RUNS times, and in the last of
 * them it empties the socket from the other end. From that moment the socket is writable, and the next
 * thing to run must be the watch. Before it does anything else the busy callback asks poll(2) about
 * the socket, so a run that ought not to have happened is seen and counted.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#define ROUNDS    25
#define BUSY_RUNS 4

static GMainLoop *loop;
static int writer, reader;
static unsigned long bytes_written, bytes_read;
static int watch_runs, busy_runs, busy_while_full, busy_while_writable;

static void
fail (const char *what)
{
  perror (what);
  exit (EXIT_FAILURE);
}

static gboolean
on_writable (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  static const char chunk[4096];
  ssize_t taken;

  (void) channel;
  (void) condition;
  (void) data;

  watch_runs++;
  if (watch_runs > ROUNDS)
    {
      g_main_loop_quit (loop);
      return FALSE;
    }
  while ((taken = write (writer, chunk, sizeof chunk)) > 0)
    bytes_written += (unsigned long) taken;
  if (errno != EAGAIN)
    fail ("write");
  return TRUE;
}

static void
empty_the_socket (void)
{
  char chunk[4096];
  ssize_t taken;

  while ((taken = read (reader, chunk, sizeof chunk)) > 0)
    bytes_read += (unsigned long) taken;
  if (errno != EAGAIN)
    fail ("read");
}

static gboolean
on_idle (gpointer data)
{
  struct pollfd socket = { .fd = writer, .events = POLLOUT };

  (void) data;

  busy_runs++;
  if (poll (&socket, 1, 0) == 0)
    busy_while_full++;
  else
    busy_while_writable++;

  if (busy_runs % BUSY_RUNS == 0)
    empty_the_socket ();

  /* A loop that forgets its watch would stay here for ever. */
  if (busy_runs > ROUNDS * BUSY_RUNS)
    g_main_loop_quit (loop);
  return TRUE;
}

static int
compare (const char *what, unsigned long expected, unsigned long observed)
{
  printf ("%-32s %10lu %10lu%s\n", what, expected, observed, expected == observed ? "" : "  differs");
  return expected == observed ? 0 : 1;
}

int
main (void)
{
  int ends[2];
  GIOChannel *channel;
  guint idle;
  int differences = 0;

  if (socketpair (AF_UNIX, SOCK_STREAM, 0, ends) == -1)
    fail ("socketpair");
  writer = ends[0];
  reader = ends[1];
  if (fcntl (writer, F_SETFL, O_NONBLOCK) == -1 || fcntl (reader, F_SETFL, O_NONBLOCK) == -1)
    fail ("fcntl");

  channel = g_io_channel_unix_new (writer);
  g_io_add_watch (channel, G_IO_OUT, on_writable, NULL);
  idle = g_idle_add (on_idle, NULL);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  g_source_remove (idle);
  g_io_channel_unref (channel);
  close (writer);
  close (reader);

  printf ("%-32s %10s %10s\n", "", "expected", "observed");
  differences += compare ("watch ran", ROUNDS + 1, (unsigned long) watch_runs);
  differences += compare ("busy callback ran", ROUNDS * BUSY_RUNS, (unsigned long) busy_runs);
  differences += compare ("  while the socket was full", ROUNDS * BUSY_RUNS, (unsigned long) busy_while_full);
  differences += compare ("  while the socket was writable", 0, (unsigned long) busy_while_writable);
  differences += compare ("bytes read of those written", bytes_written, bytes_read);
  return differences == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
