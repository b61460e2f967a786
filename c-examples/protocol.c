/*
 * protocol.c: protocol objects. A transport owns the connection and its watch; a protocol says what is
 * to happen when the connection is made, when it can be written, and when it is lost.
 *
 * The protocol never sees the loop's types and the transport never sees the payload, so either can be
 * exchanged for another.
 */
#include "job.h"

#include <glib.h>

struct transport;

struct protocol
{
  void (*made)     (struct protocol *protocol, struct transport *transport);
  void (*writable) (struct protocol *protocol);
  void (*lost)     (struct protocol *protocol);
};

/* --- The transport: a socket, watched on behalf of a protocol. --- */

struct transport
{
  GIOChannel      *channel;
  guint            watch;     /* 0 once the connection is lost */
  gboolean         made;
  struct protocol *protocol;
};

static void
transport_close (struct transport *transport)
{
  g_source_remove (transport->watch);
  transport->watch = 0;
  g_io_channel_unref (transport->channel);
  transport->protocol->lost (transport->protocol);
}

static gboolean
transport_ready (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  struct transport *transport = data;
  struct protocol *protocol = transport->protocol;

  (void) channel;

  if (condition & (G_IO_ERR | G_IO_HUP))
    transport_close (transport);
  else if (!transport->made)
    {
      transport->made = TRUE;
      protocol->made (protocol, transport);
    }
  else
    protocol->writable (protocol);

  return transport->watch != 0;
}

static void
transport_open (struct transport *transport, int fd, struct protocol *protocol)
{
  transport->protocol = protocol;
  transport->made = FALSE;
  transport->channel = g_io_channel_unix_new (fd);
  transport->watch = g_io_add_watch (transport->channel, G_IO_OUT | G_IO_ERR | G_IO_HUP, transport_ready, transport);
}

/* --- The protocol: upload the payload, then hang up. --- */

struct upload
{
  struct protocol   protocol;   /* first, so that a pointer to it is a pointer to the upload */
  struct transport *transport;
  struct job        job;
  GMainLoop        *loop;
};

static void
upload_writable (struct protocol *protocol)
{
  struct upload *upload = (struct upload *) protocol;

  job_fill (&upload->job);
  if (job_is_over (&upload->job))
    transport_close (upload->transport);
}

static void
upload_made (struct protocol *protocol, struct transport *transport)
{
  struct upload *upload = (struct upload *) protocol;

  upload->transport = transport;
  upload_writable (protocol);
}

static void
upload_lost (struct protocol *protocol)
{
  struct upload *upload = (struct upload *) protocol;

  g_main_loop_quit (upload->loop);
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
  struct upload upload = { .protocol = { upload_made, upload_writable, upload_lost } };
  struct transport transport;
  guint idle;

  if (!job_begin (&upload.job, argc, argv))
    return 1;
  job_set_nonblocking (&upload.job);

  upload.loop = g_main_loop_new (NULL, FALSE);
  transport_open (&transport, upload.job.fd, &upload.protocol);
  idle = g_idle_add (on_idle, &upload.job);

  g_main_loop_run (upload.loop);

  g_source_remove (idle);
  g_main_loop_unref (upload.loop);
  return job_end (&upload.job);
}
