/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the headers define themselves, run: ids and descriptors taken out of variables (HD-001 to
 * HD-004), pipes (HD-005), and variables that clean up after themselves (HD-006). Prints a line per
 * check; ends with status 1 if one failed. The same file is built against GLib, which has to agree.
 */
#include <glib-unix.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>

static int failures;

static void
check (const char *what, gboolean holds)
{
  printf ("%s %s\n", holds ? "ok" : "FAILED", what);
  failures += !holds;
}

/* ---- Ids and descriptors ---------------------------------------------------------------------- */

static guint tag;
static guint tag_seen;
static guint cleared;

static void
clear_tag (guint id)
{
  tag_seen = tag;
  cleared = id;
}

/* A clear function may have a result. */
static gboolean
clear_with_result (guint id)
{
  cleared = id;
  return TRUE;
}

/* … or be a macro. */
#define CLEAR_BY_MACRO(id) (cleared = (id) + 1)

static guint *
counted_address (int *count)
{
  (*count)++;
  return &tag;
}

static void
test_clear_handle_id (void)
{
  int evaluated = 0;

  tag = 7;
  g_clear_handle_id (&tag, clear_tag);
  check ("the id is 0 before the clear function runs", tag_seen == 0 && cleared == 7 && tag == 0);

  cleared = 99;
  g_clear_handle_id (&tag, clear_tag);
  check ("the id 0 is left alone", cleared == 99);

  tag = 8;
  g_clear_handle_id (counted_address (&evaluated), clear_with_result);
  check ("a clear function with a result, an address worked out once", cleared == 8 && evaluated == 1);

  tag = 9;
  if (evaluated)
    g_clear_handle_id (&tag, CLEAR_BY_MACRO);
  else
    check ("not reached", FALSE);
  check ("a clear macro, in an if with else", cleared == 10 && tag == 0);

  tag = 11;
  (g_clear_handle_id) (&tag, clear_tag);
  check ("the function behind the macro", cleared == 11 && tag == 0);

#undef g_clear_handle_id
  tag = 12;
  g_clear_handle_id (&tag, clear_tag);
  check ("the function with the macro gone", cleared == 12 && tag == 0);
}

static void
test_steal (void)
{
  int fd = 5;
  int none = -4;

  errno = EDOM;
  check ("g_steal_fd gives the descriptor", g_steal_fd (&fd) == 5 && fd == -1);
  check ("g_steal_fd of none stores -1", g_steal_fd (&none) == -4 && none == -1);
  check ("g_steal_fd keeps errno", errno == EDOM);

#if GLIB_CHECK_VERSION(2, 84, 0)
  guint handle = 6;

  check ("g_steal_handle_id gives the id", g_steal_handle_id (&handle) == 6 && handle == 0);
#endif
}

/* ---- Constants and casts ---------------------------------------------------------------------- */

#if GLIB_CHECK_VERSION(2, 88, 0)
static void
test_units (void)
{
  /* 64 bits wide and unsigned: seconds in 32 bits times this must not overflow. */
  check ("G_NSEC_PER_SEC", G_NSEC_PER_SEC == 1000000000 && sizeof (G_NSEC_PER_SEC) == 8 && G_NSEC_PER_SEC * 0 - 1 > 0);
}
#endif

static int callback_ran;

static int
wrong_shape (int *data)
{
  (*data)++;
  return FALSE;
}

static void
test_source_func (void)
{
  GSourceFunc func = G_SOURCE_FUNC (wrong_shape);

  /* Not called through the other shape, which C leaves open: cast back first. */
  ((int (*) (int *)) (void (*) (void)) func) (&callback_ran);
  check ("G_SOURCE_FUNC carries a function of another shape", callback_ran == 1);
}

/* ---- Pipes ------------------------------------------------------------------------------------ */

#if GLIB_CHECK_VERSION(2, 80, 0)
static gboolean
is_open (int fd)
{
  return fcntl (fd, F_GETFD) != -1;
}

static void
test_pipe (void)
{
  GUnixPipe pair = G_UNIX_PIPE_INIT;
  int ends[2];

  check ("a pipe begins closed", pair.fds[0] == -1 && pair.fds[1] == -1);
  check ("it opens", g_unix_pipe_open (&pair, O_CLOEXEC, NULL));
  ends[0] = g_unix_pipe_get (&pair, G_UNIX_PIPE_END_READ);
  ends[1] = g_unix_pipe_get (&pair, G_UNIX_PIPE_END_WRITE);
  check ("both ends are there", ends[0] == pair.fds[0] && ends[1] == pair.fds[1]);
  check ("what is written can be read", write (ends[1], "x", 1) == 1 && read (ends[0], ends, 1) == 1);

  ends[0] = g_unix_pipe_steal (&pair, G_UNIX_PIPE_END_READ);
  check ("a stolen end stays open", is_open (ends[0]) && pair.fds[0] == -1);
  close (ends[0]);

  ends[1] = pair.fds[1];
  check ("an end closes", g_unix_pipe_close (&pair, G_UNIX_PIPE_END_WRITE, NULL) && !is_open (ends[1]));
  check ("an end that is closed closes", g_unix_pipe_close (&pair, G_UNIX_PIPE_END_WRITE, NULL));

  {
    g_auto (GUnixPipe) scoped = G_UNIX_PIPE_INIT;

    g_unix_pipe_open (&scoped, O_CLOEXEC, NULL);
    ends[0] = scoped.fds[0];
    ends[1] = scoped.fds[1];
    errno = EDOM;
  }
  check ("the scope closed both ends", errno == EDOM && !is_open (ends[0]) && !is_open (ends[1]));
}

static void
test_clear_fd (void)
{
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  int copy = fd;
  int none = -2;

  check ("g_clear_fd closes", g_clear_fd (&fd, NULL) && fd == -1 && !is_open (copy));
  check ("g_clear_fd of none closes nothing", g_clear_fd (&none, NULL) && none == -1);
  {
    g_autofd int scoped = open ("/dev/null", O_RDONLY | O_CLOEXEC);

    copy = scoped;
  }
  check ("g_autofd closes", !is_open (copy));
}
#endif

/* ---- Cleanup ---------------------------------------------------------------------------------- */

static int notified;

static void
notify (gpointer data)
{
  (void) data;
  notified++;
}

static gboolean
nothing (gpointer data)
{
  (void) data;
  return G_SOURCE_REMOVE;
}

static GSource *
notifying_source (void)
{
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, nothing, NULL, notify);
  return source;
}

static void
test_autoptr (void)
{
  {
    g_autoptr (GMainContext) context = g_main_context_new ();
    g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
    g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (context);
    g_autoptr (GSource) source = notifying_source ();
    g_autoptr (GIOChannel) channel = g_io_channel_unix_new (0);

    check ("the pusher is the context", (gpointer) pusher == (gpointer) context);
    check ("it pushes", g_main_context_get_thread_default () == context);
    check ("the others are there", loop != NULL && source != NULL && channel != NULL);
  }
  check ("the source went with the scope", notified == 1);
  check ("the context was popped", g_main_context_get_thread_default () == NULL);

  {
    g_autoptr (GMainContext) context = NULL;
    g_autoptr (GMainLoop) loop = NULL;
    g_autoptr (GMainContextPusher) pusher = NULL;
    g_autoptr (GSource) source = NULL;
    g_autoptr (GIOChannel) channel = NULL;

    check ("NULL is left alone", !context && !loop && !pusher && !source && !channel);
  }

  notified = 0;
  {
    g_autolist (GSource) list = g_list_prepend (g_list_prepend (NULL, notifying_source ()), notifying_source ());
    g_autoslist (GSource) slist = g_slist_prepend (NULL, notifying_source ());

    check ("lists of sources", list != NULL && slist != NULL);
  }
  check ("their elements went with the scope", notified == 3);

  {
    g_autofree char *text = g_strdup ("text");

    check ("g_autofree", text[0] == 't');
  }
}

int
main (void)
{
  test_clear_handle_id ();
  test_steal ();
  test_source_func ();
#if GLIB_CHECK_VERSION(2, 88, 0)
  test_units ();
#endif
#if GLIB_CHECK_VERSION(2, 80, 0)
  test_pipe ();
  test_clear_fd ();
#endif
  test_autoptr ();
  return failures != 0;
}
