/*
 * glib-watch.c: the GLib way. A watch for the socket, an idle callback for the work, and a loop that
 * knows which of them matters more.
 *
 * A watch has G_PRIORITY_DEFAULT and an idle callback G_PRIORITY_DEFAULT_IDLE, which is less urgent, so
 * the loop calls the idle callback only when it has looked at the socket and found no room in it.
 */
#include "job.h"

#include <glib.h>

static GMainLoop *loop;

static gboolean
on_writable (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  struct job *job = data;

  (void) channel;
  (void) condition;

  job_fill (job);
  if (!job_is_over (job))
    return TRUE;

  g_main_loop_quit (loop);
  return FALSE;
}

static gboolean
on_idle (gpointer data)
{
  job_busy (data);
  return TRUE;
}

int
main (int argc, char **argv)
{
  struct job job;
  GIOChannel *channel;
  guint idle;

  if (!job_begin (&job, argc, argv))
    return 1;
  job_set_nonblocking (&job);

  channel = g_io_channel_unix_new (job.fd);
  g_io_add_watch (channel, G_IO_OUT, on_writable, &job);
  idle = g_idle_add (on_idle, &job);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  g_source_remove (idle);
  g_io_channel_unref (channel);
  return job_end (&job);
}
