/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The macros and inlines of the headers as C++ takes them: stricter about pointers and types than C.
 * Prints a line per check; ends with status 1 if one failed.
 */
#include <glib-unix.h>
#include <glib.h>
#include <cstdio>

static int failures;

static void
check (const char *what, bool holds)
{
  std::printf ("%s %s\n", holds ? "ok" : "FAILED", what);
  failures += !holds;
}

static guint cleared;

static void
clear_tag (guint id)
{
  cleared = id;
}

static int notified;

static void
notify (gpointer)
{
  notified++;
}

static gboolean
nothing (gpointer)
{
  return G_SOURCE_REMOVE;
}

static gboolean
on_descriptor (gint, GIOCondition, gpointer data)
{
  *static_cast<int *> (data) = 1;
  return G_SOURCE_CONTINUE;
}

int
main ()
{
  guint tag = 4;
  g_clear_handle_id (&tag, clear_tag);
  check ("g_clear_handle_id", tag == 0 && cleared == 4);

  int fd = 3;
  check ("g_steal_fd", g_steal_fd (&fd) == 3 && fd == -1);

  {
    g_autoptr (GSource) source = g_idle_source_new ();
    g_source_set_callback (source, nothing, nullptr, notify);
    g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (g_main_context_default ());
    check ("variables with cleanup", source != nullptr && pusher != nullptr);
  }
  check ("the source went with the scope", notified == 1);

  GIOCondition condition = static_cast<GIOCondition> (G_IO_IN | G_IO_HUP);
  int pair[2];
  check ("a pipe", g_unix_open_pipe (pair, FD_CLOEXEC, nullptr));
  int fired = 0;
  GSource *watch = g_unix_fd_source_new (pair[0], condition);
  g_source_set_callback (watch, G_SOURCE_FUNC (on_descriptor), &fired, nullptr);
  g_source_attach (watch, nullptr);
  check ("a byte into it", write (pair[1], "x", 1) == 1);
  g_main_context_iteration (nullptr, FALSE);
  check ("G_SOURCE_FUNC carries a descriptor callback", fired == 1);
  g_source_destroy (watch);
  g_source_unref (watch);
  close (pair[0]);
  close (pair[1]);
  return failures != 0;
}
