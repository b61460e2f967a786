/*
 * custom-source.c: a source of one's own, as small as an honest one can be. It is a struct that begins
 * with a GSource, and three functions: prepare (ready without polling? how long may the poll last?),
 * check (ready after polling?) and dispatch (call the callback).
 *
 * It also does without a GMainLoop: it has a context to itself and iterates that until the job is over.
 */
#include "job.h"

#include <glib.h>

struct writable_source
{
  GSource source;
  GPollFD socket;
};

static gboolean
writable_prepare (GSource *source, gint *timeout)
{
  (void) source;
  *timeout = -1;
  return FALSE;
}

static gboolean
writable_check (GSource *source)
{
  return ((struct writable_source *) source)->socket.revents != 0;
}

static gboolean
writable_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  (void) source;
  return callback (data);
}

static GSource *
writable_source_new (int fd)
{
  static GSourceFuncs functions = {
    .prepare = writable_prepare,
    .check = writable_check,
    .dispatch = writable_dispatch,
  };
  GSource *source = g_source_new (&functions, sizeof (struct writable_source));
  struct writable_source *self = (struct writable_source *) source;

  self->socket.fd = fd;
  self->socket.events = G_IO_OUT | G_IO_ERR | G_IO_HUP;
  g_source_add_poll (source, &self->socket);
  return source;
}

static gboolean
on_writable (gpointer data)
{
  job_fill (data);
  return !job_is_over (data);
}

static gboolean
on_idle (gpointer data)
{
  job_busy (data);
  return TRUE;
}

/* Hands the source over to the context, which keeps it until it is destroyed. */
static void
attach (GSource *source, GSourceFunc callback, struct job *job, GMainContext *context)
{
  g_source_set_callback (source, callback, job, NULL);
  g_source_attach (source, context);
  g_source_unref (source);
}

int
main (int argc, char **argv)
{
  struct job job;
  GMainContext *context;

  if (!job_begin (&job, argc, argv))
    return 1;
  job_set_nonblocking (&job);

  context = g_main_context_new ();
  attach (writable_source_new (job.fd), on_writable, &job, context);
  attach (g_idle_source_new (), on_idle, &job, context);

  while (!job_is_over (&job))
    g_main_context_iteration (context, TRUE);

  g_main_context_unref (context);
  return job_end (&job);
}
