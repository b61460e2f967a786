/* Sends 40 MiB through a non-blocking socket while an idle callback burns time.
 *
 * The program this library began with, in its simplest form: it knows no protocol, counts nothing
 * and is built by the line
 *
 *   gcc -g -O0 -Wall $(pkg-config --libs --cflags glib-2.0) socket-writer.c -o socket-writer
 *
 * on GLib and on mainspring alike. It connects to 127.0.0.1, to the port given as its argument.
 * The last thing it does is a mistake on purpose: the watch has gone when it is removed by its id,
 * so the loop must complain about the id exactly as GLib does.
 */

#include <glib.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK "tick\ntock\n"
#define CHUNKS (4 * 1024 * 1024)

typedef struct
{
  GMainLoop *loop;
  const char *next;
  size_t left;
  int status;
} Transfer;

static gboolean
on_writable (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Transfer *transfer = user_data;

  (void) condition;

  while (transfer->left > 0)
    {
      ssize_t sent = write (g_io_channel_unix_get_fd (channel), transfer->next, transfer->left);

      if (sent < 0 && errno == EAGAIN)
        return TRUE;
      if (sent < 0)
        {
          perror ("write");
          transfer->status = 1;
          break;
        }
      transfer->next += sent;
      transfer->left -= (size_t) sent;
    }

  g_main_loop_quit (transfer->loop);
  return FALSE;
}

static gboolean
burn (gpointer user_data)
{
  volatile int i;

  (void) user_data;

  for (i = 0; i < 1000000; i++)
    ;
  return TRUE;
}

static int
connect_to (const char *port)
{
  struct sockaddr_in address;
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  memset (&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons ((unsigned short) atoi (port));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    return -1;
  return fcntl (fd, F_SETFL, O_NONBLOCK) < 0 ? -1 : fd;
}

int
main (int argc, char **argv)
{
  Transfer transfer = { NULL, NULL, 0, 0 };
  gchar **chunks = g_new (gchar *, CHUNKS + 1);
  gchar *data;
  GIOChannel *channel;
  guint watch;
  size_t i;
  int fd = connect_to (argc > 1 ? argv[1] : "1234");

  if (fd < 0)
    {
      perror ("connect");
      return 1;
    }

  for (i = 0; i < CHUNKS; i++)
    chunks[i] = (gchar *) CHUNK;
  chunks[CHUNKS] = NULL;
  data = g_strjoinv (NULL, chunks);
  g_free (chunks);
  transfer.next = data;
  transfer.left = strlen (data);

  channel = g_io_channel_unix_new (fd);
  watch = g_io_add_watch (channel, G_IO_OUT, on_writable, &transfer);
  g_idle_add (burn, NULL);

  transfer.loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (transfer.loop);
  g_main_loop_unref (transfer.loop);

  g_source_remove (watch);
  g_io_channel_unref (channel);
  close (fd);
  g_free (data);
  return transfer.status;
}
