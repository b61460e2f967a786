/* A program as somebody outside would write it: every kind of source once, in a fixed order.
 *
 * What it prints does not depend on the machine, so whoever built it compares the output with
 * expected-c.txt. It knows nothing of mainspring and runs on GLib with the same output.
 */

#include <glib.h>
#include <glib-unix.h>

#include <stdio.h>
#include <unistd.h>

typedef struct
{
  GSource source;
  int left;
} Countdown;

static gboolean
countdown_prepare (GSource *source, gint *timeout)
{
  *timeout = 0;
  return ((Countdown *) source)->left > 0;
}

static gboolean
countdown_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Countdown *countdown = (Countdown *) source;

  printf ("countdown %d\n", countdown->left);
  if (--countdown->left > 0)
    return G_SOURCE_CONTINUE;
  return callback (user_data);
}

static void
countdown_finalize (GSource *source)
{
  printf ("countdown over at %d\n", ((Countdown *) source)->left);
}

static GSourceFuncs countdown_funcs = {
  countdown_prepare, NULL, countdown_dispatch, countdown_finalize, NULL, NULL
};

static gboolean
on_timeout (gpointer user_data)
{
  puts ("timeout: time to go");
  g_main_loop_quit ((GMainLoop *) user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  char byte = 0;
  ssize_t got = read (fd, &byte, 1);

  printf ("readable: %d byte '%c', condition %d\n", (int) got, byte, (int) condition);
  g_timeout_add (10, on_timeout, user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_counted_down (gpointer user_data)
{
  ssize_t put = write (*(int *) user_data, "x", 1);

  printf ("counted down: wrote %d byte\n", (int) put);
  return G_SOURCE_REMOVE;
}

int
main (void)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  GSource *countdown = g_source_new (&countdown_funcs, sizeof (Countdown));
  GSource *idle = g_idle_source_new ();
  int ends[2];

  if (pipe (ends) != 0)
    return 1;

  /* The table must be one and the same object for the program and the library, also where the
   * program is linked at a fixed address and has its own copy of the library's data. */
  printf ("idle table is the program's: %s\n", idle->source_funcs == &g_idle_funcs ? "yes" : "no");
  g_source_unref (idle);

  ((Countdown *) countdown)->left = 3;
  g_source_set_callback (countdown, on_counted_down, &ends[1], NULL);
  g_source_attach (countdown, NULL);
  g_source_unref (countdown);
  g_unix_fd_add (ends[0], G_IO_IN, on_readable, loop);

  g_main_loop_run (loop);
  g_main_loop_unref (loop);
  close (ends[0]);
  close (ends[1]);
  puts ("done");
  return 0;
}
