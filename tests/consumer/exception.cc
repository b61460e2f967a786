// A C++ program: a callback throws out of the loop, the loop goes on working afterwards.
//
// The exception has to find its way through the library's own frames, which it can only if the
// library was linked with its unwind tables whole. Output: expected-cxx.txt, on GLib too.

#include <glib.h>

#include <cstdio>
#include <stdexcept>

namespace {

gboolean
fail (gpointer)
{
  throw std::runtime_error ("thrown by a callback");
}

gboolean
quit (gpointer loop)
{
  std::puts ("the loop runs again");
  g_main_loop_quit (static_cast<GMainLoop *> (loop));
  return G_SOURCE_REMOVE;
}

} // namespace

int
main ()
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_idle_source_new ();
  g_source_set_callback (source, fail, NULL, NULL);
  g_source_attach (source, context);
  try
    {
      g_main_context_iteration (context, FALSE);
      std::puts ("nothing was thrown");
    }
  catch (const std::runtime_error &error)
    {
      std::printf ("caught: %s\n", error.what ());
    }

  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  g_idle_add (quit, loop);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
  return 0;
}
