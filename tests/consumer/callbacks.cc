// A C++17 program as somebody outside would write it: owners for GLib's objects, capturing lambdas as
// callbacks through one template, and exceptions that leave g_main_loop_run() and are caught outside.
//
// Lambdas count how many of them are alive: one that was left by an exception stays, because the dispatch
// that held it never came to its end. Output: expected-callbacks.txt, on GLib too.

#include <glib.h>
#include <glib-unix.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

namespace {

template <auto release> struct Release
{
  template <typename T> void operator() (T *held) const { release (held); }
};

using Loop = std::unique_ptr<GMainLoop, Release<g_main_loop_unref>>;
using Source = std::unique_ptr<GSource, Release<g_source_unref>>;
using Text = std::unique_ptr<char, Release<g_free>>;

int alive = 0;

// A callback with a life of its own; counts itself.
template <typename Function> class Callback
{
public:
  explicit Callback (Function function) : function_ (std::move (function)) { ++alive; }
  ~Callback () { --alive; }
  Callback (const Callback &) = delete;
  Callback &operator= (const Callback &) = delete;

  // What it says about going on; nothing said means that once is enough.
  template <typename... Arguments> gboolean operator() (Arguments... arguments)
  {
    if constexpr (std::is_void_v<std::invoke_result_t<Function &, Arguments...>>)
      {
        function_ (arguments...);
        return G_SOURCE_REMOVE;
      }
    else
      return function_ (arguments...) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  }

  static void destroy (gpointer data) { delete static_cast<Callback *> (data); }

private:
  Function function_;
};

// Attaches source with a lambda whose arguments are those of the source's kind.
template <typename... Arguments, typename Function>
Source
attach (GSource *made, Function function)
{
  Source source{ made };
  auto *callback = new Callback<Function> (std::move (function));
  using Trampoline = gboolean (*) (Arguments..., gpointer);
  Trampoline trampoline = [] (Arguments... arguments, gpointer data) -> gboolean {
    return (*static_cast<Callback<Function> *> (data)) (arguments...);
  };
  g_source_set_callback (source.get (), G_SOURCE_FUNC (trampoline), callback, Callback<Function>::destroy);
  g_source_attach (source.get (), nullptr);
  return source;
}

template <typename Function>
Source
idle (Function function)
{
  return attach<> (g_idle_source_new (), std::move (function));
}

struct Stop
{
  std::string why;
};

// Runs the loop and says how that ended.
std::variant<std::monostate, Stop, std::string>
run (GMainLoop *loop)
{
  try
    {
      g_main_loop_run (loop);
      return std::monostate{};
    }
  catch (const Stop &stop)
    {
      return stop;
    }
  catch (const std::exception &error)
    {
      return std::string (error.what ());
    }
}

void
tell (std::string_view what, const std::variant<std::monostate, Stop, std::string> &end)
{
  if (auto *stop = std::get_if<Stop> (&end))
    std::printf ("%s: stopped, %s\n", what.data (), stop->why.c_str ());
  else if (auto *error = std::get_if<std::string> (&end))
    std::printf ("%s: %s\n", what.data (), error->c_str ());
  else
    std::printf ("%s: quit\n", what.data ());
}

} // namespace

int
main ()
{
  Loop loop{ g_main_loop_new (nullptr, FALSE) };
  std::vector<std::string> log;

  // Lambdas that own things, go on, and throw out of the loop.
  Source thrower;
  auto counted = idle ([&, left = std::make_unique<int> (3)] {
    log.push_back ("idle " + std::to_string (*left));
    if (--*left > 0)
      return true;
    thrower = attach<> (g_timeout_source_new (1), [text = std::string ("thrown by a timeout")] {
      throw std::runtime_error (text);
    });
    return false;
  });
  tell ("first", run (loop.get ()));
  std::printf ("alive %d, %zu idles\n", alive, log.size ());
  g_source_destroy (thrower.get ());
  thrower.reset ();
  std::printf ("alive %d\n", alive);

  // The same loop again: another type, thrown from a nested loop inside a descriptor's dispatch.
  int ends[2];
  if (!g_unix_open_pipe (ends, 0, nullptr))
    return 1;
  auto reader = attach<gint, GIOCondition> (
      g_unix_fd_source_new (ends[0], G_IO_IN), [&] (gint fd, GIOCondition condition) {
        char byte = 0;
        std::printf ("read %zd, in %d\n", read (fd, &byte, 1), (condition & G_IO_IN) != 0);
        auto inner = idle ([byte] { throw Stop{ std::string ("byte ") + byte }; });
        Loop nested{ g_main_loop_new (nullptr, FALSE) };
        try
          {
            g_main_loop_run (nested.get ());
          }
        catch (...)
          {
            g_source_destroy (inner.get ());
            throw;
          }
      });
  auto writer = idle ([&] { return write (ends[1], "x", 1) != 1; });
  tell ("second", run (loop.get ()));
  g_source_destroy (reader.get ());
  reader.reset ();
  std::printf ("alive %d\n", alive);
  close (ends[0]);
  close (ends[1]);

  // And once more, to its proper end.
  auto last = idle ([&loop, greeting = Text (g_strdup ("goodbye"))] {
    std::puts (greeting.get ());
    g_main_loop_quit (loop.get ());
  });
  tell ("third", run (loop.get ()));
  last.reset ();
  writer.reset ();
  counted.reset ();
  std::printf ("alive %d\n", alive);
  return 0;
}
