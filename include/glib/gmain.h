/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The main loop: contexts, which watch a set of sources and run those that are ready; loops, which
 * iterate a context until told to quit; and one-line ways to have a function called later. What a
 * source is and how to make one's own is in gmainsource.h, which this header includes.
 *
 * Where a parameter is a GMainContext, NULL means the global default context unless the text says
 * otherwise. Other pointers must not be NULL (a NULL draws a critical message and nothing
 * happens). Any thread may call any function, at any time, unless the text says otherwise.
 */
#ifndef __G_MAIN_H__
#define __G_MAIN_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmainsource.h>
#include <glib/gthread.h>

G_BEGIN_DECLS

/* ---- Types ------------------------------------------------------------------------------------ */

/** Iterates one context until quit. */
typedef struct _GMainLoop GMainLoop;

/** Choices when a context is made. Since 2.72. */
typedef enum /*< flags >*/
{
  G_MAIN_CONTEXT_FLAGS_NONE = 0,
  /* Attaching a source always wakes the context: for those who poll without owning it. */
  G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING = 1
} GMainContextFlags GLIB_AVAILABLE_TYPE_IN_2_72;

/** Undoes what an id stands for: g_clear_handle_id(). Since 2.56. */
typedef void (*GClearHandleFunc) (guint handle_id);

/* ---- Contexts --------------------------------------------------------------------------------- */

/** A new context with one reference for the caller. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_main_context_new (void);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/** A new context with one reference for the caller. Since 2.72. */
GLIB_AVAILABLE_IN_2_72
GMainContext *g_main_context_new_with_flags (GMainContextFlags flags);
G_GNUC_END_IGNORE_DEPRECATIONS

/** Takes a reference; returns context. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_main_context_ref (GMainContext *context);

/** Drops a reference (not NULL); the last one destroys all sources and frees the context. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_unref (GMainContext *context);

/** The global default context, made at first use; no reference for the caller. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_main_context_default (void);

/** One iteration: waits for a source to be ready if may_block, then runs what is ready. TRUE if
 * anything was. FALSE at once if another thread owns the context and may_block is FALSE. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_context_iteration (GMainContext *context, gboolean may_block);

/** Whether a source is ready; runs none. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_context_pending (GMainContext *context);

/** Lets the current or the next blocking iteration return at once. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_wakeup (GMainContext *context);

/** The live source with that id, without a reference, or NULL. The caller must know that no other
 * thread destroys it. */
GLIB_AVAILABLE_IN_ALL
GSource *g_main_context_find_source_by_id (GMainContext *context, guint source_id);

/** The first source whose callback has user_data, without a reference, or NULL. */
GLIB_AVAILABLE_IN_ALL
GSource *g_main_context_find_source_by_user_data (GMainContext *context, gpointer user_data);

/** The first source of kind funcs whose callback has user_data, without a reference, or NULL. */
GLIB_AVAILABLE_IN_ALL
GSource *g_main_context_find_source_by_funcs_user_data (GMainContext *context, GSourceFuncs *funcs,
                                                        gpointer user_data);

/* ---- Ownership -------------------------------------------------------------------------------- */

/** Makes the calling thread owner of the context, counted; FALSE if another thread owns it. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_context_acquire (GMainContext *context);

/** Takes back one g_main_context_acquire(). */
GLIB_AVAILABLE_IN_ALL
void g_main_context_release (GMainContext *context);

/** Whether the calling thread owns the context. Since 2.10. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_context_is_owner (GMainContext *context);

/** Waits on cond, with mutex held, until the context may be owned; complains once per process.
 * Deprecated since 2.58. */
GLIB_DEPRECATED_IN_2_58_FOR (g_main_context_is_owner)
gboolean g_main_context_wait (GMainContext *context, GCond *cond, GMutex *mutex);

/* ---- An iteration by hand: prepare, query, poll, check, dispatch --------------------------------
 * For the owner of the context, to join it to another event loop. */

/** Asks the sources whether they are ready. *priority (priority may be NULL) becomes the priority
 * of those that are, or G_MAXINT. TRUE if any is. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_context_prepare (GMainContext *context, gint *priority);

/** What to poll for sources as urgent as max_priority: fills at most n_fds records in fds, ordered
 * by descriptor, and *timeout_ with milliseconds or -1. Returns how many records there are, which
 * may be more than n_fds. timeout_ may be NULL, fds too if n_fds is 0. */
GLIB_AVAILABLE_IN_ALL
gint g_main_context_query (GMainContext *context, gint max_priority, gint *timeout_, GPollFD *fds, gint n_fds);

/** Takes in the records g_main_context_query() filled, now with revents. TRUE if a source is ready
 * to be dispatched. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_context_check (GMainContext *context, gint max_priority, GPollFD *fds, gint n_fds);

/** Runs the sources that check found ready. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_dispatch (GMainContext *context);

/** Chooses the function iterations sleep in; NULL for g_poll(). */
GLIB_AVAILABLE_IN_ALL
void g_main_context_set_poll_func (GMainContext *context, GPollFunc func);

/** The function iterations sleep in. */
GLIB_AVAILABLE_IN_ALL
GPollFunc g_main_context_get_poll_func (GMainContext *context);

/** Adds a record of the caller's, which must stay until removed: its revents are filled, no source
 * belongs to it. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_add_poll (GMainContext *context, GPollFD *fd, gint priority);

/** Removes such a record. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_remove_poll (GMainContext *context, GPollFD *fd);

/* ---- Who is running --------------------------------------------------------------------------- */

/** How many dispatches deep the calling thread is, over all contexts; 0 outside any. */
GLIB_AVAILABLE_IN_ALL
gint g_main_depth (void);

/** The source the calling thread is dispatching, without a reference, or NULL. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
GSource *g_main_current_source (void);

/* ---- The context of a thread ------------------------------------------------------------------ */

/** Makes context the calling thread's default for those who ask, and acquires it. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_push_thread_default (GMainContext *context);

/** Undoes the latest push in the calling thread, which must have been of context. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_pop_thread_default (GMainContext *context);

/** The calling thread's default without a reference; NULL for the global default. Since 2.22. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_main_context_get_thread_default (void);

/** The calling thread's default with a reference for the caller; never NULL. Since 2.32. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_main_context_ref_thread_default (void);

/** Has function run where context is iterated: at once, before this returns, if the calling thread
 * owns the context or may own it now as its thread default; else as an idle source of the given
 * priority. function runs until it returns G_SOURCE_REMOVE. notify, which may be NULL, is called
 * with data afterwards. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_invoke_full (GMainContext *context, gint priority, GSourceFunc function, gpointer data,
                                 GDestroyNotify notify);

/** g_main_context_invoke_full() with G_PRIORITY_DEFAULT and without notify. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
void g_main_context_invoke (GMainContext *context, GSourceFunc function, gpointer data);

/** A push that a scope undoes: g_autoptr (GMainContextPusher). Since 2.64. */
typedef void GMainContextPusher GLIB_AVAILABLE_TYPE_IN_2_64;

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/** Pushes main_context; free the result in the same thread to pop it. It is NULL, and g_autoptr()
 * then pops nothing, if main_context is. Since 2.64. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_64
static inline GMainContextPusher *g_main_context_pusher_new (GMainContext *main_context);

static inline GMainContextPusher *
g_main_context_pusher_new (GMainContext *main_context)
{
  g_main_context_push_thread_default (main_context);
  return (GMainContextPusher *) main_context;
}

/** Pops what the pusher pushed. Since 2.64. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_64
static inline void g_main_context_pusher_free (GMainContextPusher *pusher);

static inline void
g_main_context_pusher_free (GMainContextPusher *pusher)
{
  g_main_context_pop_thread_default ((GMainContext *) pusher);
}
G_GNUC_END_IGNORE_DEPRECATIONS

/* ---- Loops ------------------------------------------------------------------------------------ */

/** A new loop over context, with one reference for the caller. is_running is what
 * g_main_loop_is_running() says before the first run. */
GLIB_AVAILABLE_IN_ALL
GMainLoop *g_main_loop_new (GMainContext *context, gboolean is_running);

/** Iterates the context until the loop is told to quit; waits first while another thread owns the
 * context. May be called from a callback. */
GLIB_AVAILABLE_IN_ALL
void g_main_loop_run (GMainLoop *loop);

/** Ends every g_main_loop_run() of the loop once its iteration is finished. */
GLIB_AVAILABLE_IN_ALL
void g_main_loop_quit (GMainLoop *loop);

/** Takes a reference; returns loop. */
GLIB_AVAILABLE_IN_ALL
GMainLoop *g_main_loop_ref (GMainLoop *loop);

/** Drops a reference; the last one frees the loop and drops its reference on the context. */
GLIB_AVAILABLE_IN_ALL
void g_main_loop_unref (GMainLoop *loop);

/** Whether the loop was started and not told to quit. */
GLIB_AVAILABLE_IN_ALL
gboolean g_main_loop_is_running (GMainLoop *loop);

/** The loop's context, without a reference. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_main_loop_get_context (GMainLoop *loop);

/* ---- Have a function called later ---------------------------------------------------------------
 * All of these attach a source to the global default context and return its id, which is above 0
 * and good for g_source_remove(). function must not be NULL; it is called with data again and again
 * while it returns G_SOURCE_CONTINUE, once in the variants named so. notify may be NULL; it is
 * called with data when the source is destroyed. */

/** Calls function every interval milliseconds. */
GLIB_AVAILABLE_IN_ALL
guint g_timeout_add_full (gint priority, guint interval, GSourceFunc function, gpointer data,
                          GDestroyNotify notify);

/** g_timeout_add_full() with G_PRIORITY_DEFAULT and without notify. */
GLIB_AVAILABLE_IN_ALL
guint g_timeout_add (guint interval, GSourceFunc function, gpointer data);

/** Calls function once, in interval milliseconds. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
guint g_timeout_add_once (guint interval, GSourceOnceFunc function, gpointer data);

/** Calls function every interval seconds, together with the other timeouts in seconds. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
guint g_timeout_add_seconds_full (gint priority, guint interval, GSourceFunc function, gpointer data,
                                  GDestroyNotify notify);

/** g_timeout_add_seconds_full() with G_PRIORITY_DEFAULT and without notify. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
guint g_timeout_add_seconds (guint interval, GSourceFunc function, gpointer data);

/** Calls function once, in interval seconds. Since 2.78. */
GLIB_AVAILABLE_IN_2_78
guint g_timeout_add_seconds_once (guint interval, GSourceOnceFunc function, gpointer data);

/** Calls function once, with the status waitpid() would give, when the child process pid has exited;
 * -1 if the status is lost. See g_child_watch_source_new(). Since 2.4. */
GLIB_AVAILABLE_IN_ALL
guint g_child_watch_add_full (gint priority, GPid pid, GChildWatchFunc function, gpointer data,
                              GDestroyNotify notify);

/** g_child_watch_add_full() with G_PRIORITY_DEFAULT and without notify. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
guint g_child_watch_add (GPid pid, GChildWatchFunc function, gpointer data);

/** Calls function whenever nothing more urgent is ready, with G_PRIORITY_DEFAULT_IDLE. */
GLIB_AVAILABLE_IN_ALL
guint g_idle_add (GSourceFunc function, gpointer data);

/** g_idle_add() with a priority and a notify. */
GLIB_AVAILABLE_IN_ALL
guint g_idle_add_full (gint priority, GSourceFunc function, gpointer data, GDestroyNotify notify);

/** Calls function once, when nothing more urgent is ready. Since 2.74. */
GLIB_AVAILABLE_IN_2_74
guint g_idle_add_once (GSourceOnceFunc function, gpointer data);

/** Destroys the first idle source with data; FALSE if there is none. */
GLIB_AVAILABLE_IN_ALL
gboolean g_idle_remove_by_data (gpointer data);

/* ---- Ids and descriptors in variables --------------------------------------------------------- */

/** Sets *tag_ptr to 0 and then calls clear_func with what it was, unless that was 0. clear_func
 * may be a function with a result or a macro. Since 2.56. */
GLIB_AVAILABLE_IN_2_56
void g_clear_handle_id (guint *tag_ptr, GClearHandleFunc clear_func);

/* The macro stands in front of the function so that clear_func may be anything that can be called
 * with an id. */
#define g_clear_handle_id(tag_ptr, clear_func)                  \
  G_STMT_START                                                  \
  {                                                             \
    G_STATIC_ASSERT (sizeof *(tag_ptr) == sizeof (guint));      \
    guint *_g_tag_ptr = (guint *) (tag_ptr);                    \
    guint _g_handle_id = *_g_tag_ptr;                           \
    if (_g_handle_id > 0)                                       \
      {                                                         \
        *_g_tag_ptr = 0;                                        \
        clear_func (_g_handle_id);                              \
      }                                                         \
  }                                                             \
  G_STMT_END GLIB_AVAILABLE_MACRO_IN_2_56

/** Takes the id in *handle_pointer, leaving 0. Since 2.84. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_84
static inline unsigned int g_steal_handle_id (unsigned int *handle_pointer);

static inline unsigned int
g_steal_handle_id (unsigned int *handle_pointer)
{
  unsigned int handle = *handle_pointer;

  *handle_pointer = 0;
  return handle;
}

/** Takes the descriptor in *fd_ptr, leaving -1; errno is kept. Since 2.70. */
GLIB_AVAILABLE_STATIC_INLINE_IN_2_70
static inline int g_steal_fd (int *fd_ptr);

static inline int
g_steal_fd (int *fd_ptr)
{
  int fd = *fd_ptr;

  *fd_ptr = -1;
  return fd;
}

/* ---- Clocks ----------------------------------------------------------------------------------- */

/** Microseconds of a clock that never jumps (CLOCK_MONOTONIC): for distances and ready times.
 * Since 2.28. */
GLIB_AVAILABLE_IN_ALL
gint64 g_get_monotonic_time (void);

/** g_get_monotonic_time() in nanoseconds. Since 2.88. */
GLIB_AVAILABLE_IN_2_88
uint64_t g_get_monotonic_time_ns (void);

/** Microseconds since 1970 in UTC; jumps when the clock is set. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
gint64 g_get_real_time (void);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/** g_get_real_time() as seconds and microseconds. Deprecated since 2.62. */
GLIB_DEPRECATED_IN_2_62_FOR (g_get_real_time)
void g_get_current_time (GTimeVal *result);
G_GNUC_END_IGNORE_DEPRECATIONS

G_END_DECLS

#endif /* __G_MAIN_H__ */
