/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sources: the things a main context waits for. Their public layout, the functions a kind of
 * source is made of, their life from creation to destruction, and the ready-made kinds. Reached
 * through gmain.h, which holds contexts, loops and the one-line conveniences.
 *
 * For all functions here unless they say otherwise: pointers must not be NULL (a NULL draws a
 * critical message and nothing happens); any thread may call; times are those of
 * g_get_monotonic_time().
 */
#ifndef __G_MAIN_SOURCE_H__
#define __G_MAIN_SOURCE_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gpoll.h>
#include <glib/gslist.h>
#include <stdint.h>

G_BEGIN_DECLS

/* ---- Types ------------------------------------------------------------------------------------ */

/** What may be asked of a descriptor; the bits are those of poll(2). */
typedef enum /*< flags >*/
{
  G_IO_IN GLIB_SYSDEF_POLLIN,    /* there is data to read */
  G_IO_OUT GLIB_SYSDEF_POLLOUT,  /* writing would not block */
  G_IO_PRI GLIB_SYSDEF_POLLPRI,  /* there is urgent data to read */
  G_IO_ERR GLIB_SYSDEF_POLLERR,  /* an error is pending */
  G_IO_HUP GLIB_SYSDEF_POLLHUP,  /* the other side is gone */
  G_IO_NVAL GLIB_SYSDEF_POLLNVAL /* the descriptor is not open */
} GIOCondition;

/** A context: see gmain.h. */
typedef struct _GMainContext GMainContext;
typedef struct _GSource GSource;
typedef struct _GSourcePrivate GSourcePrivate;
typedef struct _GSourceCallbackFuncs GSourceCallbackFuncs;
typedef struct _GSourceFuncs GSourceFuncs;

/** A source's callback. G_SOURCE_CONTINUE keeps the source, G_SOURCE_REMOVE destroys it. */
typedef gboolean (*GSourceFunc) (gpointer user_data);
/** A callback that runs once; its source is removed afterwards. Since 2.74. */
typedef void (*GSourceOnceFunc) (gpointer user_data);
/** A child process ended; wait_status is what waitpid() gave. Since 2.4. */
typedef void (*GChildWatchFunc) (GPid pid, gint wait_status, gpointer user_data);
/** Called when the last reference goes, before finalize; may take a reference. Since 2.64. */
typedef void (*GSourceDisposeFunc) (GSource *source) GLIB_AVAILABLE_TYPE_IN_2_64;
/** Placeholder for a closure marshaller, which only GObject can name. */
typedef void (*GSourceDummyMarshal) (void);

/* Casts a callback of another shape, as the kind of source documents it, to GSourceFunc. The step
 * in between keeps -Wcast-function-type quiet. Since 2.58. */
#define G_SOURCE_FUNC(f) ((GSourceFunc) (void (*) (void)) (f)) GLIB_AVAILABLE_MACRO_IN_2_58

/** Asked before sleeping: is the source ready? *timeout_ is -1; lowered to milliseconds, it limits
 * the sleep. */
typedef gboolean (*GSourceFuncsPrepareFunc) (GSource *source, gint *timeout_);
/** Asked after sleeping: is the source ready now? */
typedef gboolean (*GSourceFuncsCheckFunc) (GSource *source);
/** Runs a ready source; callback is NULL when none was set. G_SOURCE_REMOVE destroys the source. */
typedef gboolean (*GSourceFuncsDispatchFunc) (GSource *source, GSourceFunc callback, gpointer user_data);
/** Releases what the kind of source holds beyond its GSource; not the memory itself. */
typedef void (*GSourceFuncsFinalizeFunc) (GSource *source);

/**
 * A source. Kinds of sources begin a structure of their own with it and give the size of the whole
 * to g_source_new(). The members are private: libraries that read them nevertheless (bindings,
 * GObject) find them where GLib has them.
 */
struct _GSource
{
  gpointer callback_data;
  GSourceCallbackFuncs *callback_funcs;
  const GSourceFuncs *source_funcs;
  guint ref_count;
  GMainContext *context;
  gint priority;
  guint flags;
  guint source_id;
  GSList *poll_fds;
  GSource *prev;
  GSource *next;
  char *name;
  GSourcePrivate *priv;
};

/** How to hold, let go of and look into a callback object: g_source_set_callback_indirect(). */
struct _GSourceCallbackFuncs
{
  void (*ref) (gpointer cb_data);
  void (*unref) (gpointer cb_data);
  void (*get) (gpointer cb_data, GSource *source, GSourceFunc *func, gpointer *data);
};

/**
 * A kind of source. All members but dispatch may be NULL: no prepare means never ready before the
 * sleep, no check never ready because of it (ready times and descriptors still count). None of
 * them is called with a lock held. The table must outlive its sources.
 */
struct _GSourceFuncs
{
  GSourceFuncsPrepareFunc prepare;
  GSourceFuncsCheckFunc check;
  GSourceFuncsDispatchFunc dispatch;
  GSourceFuncsFinalizeFunc finalize;

  /* For GObject's closures. */
  GSourceFunc closure_callback;
  GSourceDummyMarshal closure_marshal;
};

/* Priorities: the smaller the number, the more urgent. Only the most urgent ready sources run in
 * one iteration. */
#define G_PRIORITY_HIGH         -100
#define G_PRIORITY_DEFAULT      0
#define G_PRIORITY_HIGH_IDLE    100
#define G_PRIORITY_DEFAULT_IDLE 200
#define G_PRIORITY_LOW          300

/* What a callback returns: whether its source goes or stays. Since 2.32. */
#define G_SOURCE_REMOVE   FALSE
#define G_SOURCE_CONTINUE TRUE

/* ---- Life ------------------------------------------------------------------------------------- */

/** A new source of struct_size bytes (at least sizeof (GSource)), zeroed past the GSource, with one
 * reference for the caller. source_funcs is kept, not copied. */
GLIB_AVAILABLE_IN_ALL
GSource *g_source_new (GSourceFuncs *source_funcs, guint struct_size);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/** Calls dispose when the last reference goes, before finalize; can be set once. Since 2.64. */
GLIB_AVAILABLE_IN_2_64
void g_source_set_dispose_function (GSource *source, GSourceDisposeFunc dispose);
G_GNUC_END_IGNORE_DEPRECATIONS

/** Takes a reference; returns source. */
GLIB_AVAILABLE_IN_ALL
GSource *g_source_ref (GSource *source);

/** Drops a reference; the last one finalizes the source and frees it. */
GLIB_AVAILABLE_IN_ALL
void g_source_unref (GSource *source);

/** Hands the source to context (NULL: the global default), which takes a reference until the
 * source is destroyed. Works once. Returns the id, above 0, or 0 when refused. */
GLIB_AVAILABLE_IN_ALL
guint g_source_attach (GSource *source, GMainContext *context);

/** Takes the source and its children out of their context for good; never attached again. The
 * callback is let go before this returns unless it is running. Twice is harmless. */
GLIB_AVAILABLE_IN_ALL
void g_source_destroy (GSource *source);

/** Whether the source was destroyed, by a call, by its callback or with its context. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
gboolean g_source_is_destroyed (GSource *source);

/* ---- Properties ------------------------------------------------------------------------------- */

/** Moves the source, and its children, to priority; not for a child itself. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_priority (GSource *source, gint priority);

/** The source's priority. */
GLIB_AVAILABLE_IN_ALL
gint g_source_get_priority (GSource *source);

/** Whether the source may run again while it is running, from a nested iteration; at first not. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_can_recurse (GSource *source, gboolean can_recurse);

/** What g_source_set_can_recurse() set. */
GLIB_AVAILABLE_IN_ALL
gboolean g_source_get_can_recurse (GSource *source);

/** The id the source got when it was attached; it must have been. */
GLIB_AVAILABLE_IN_ALL
guint g_source_get_id (GSource *source);

/** The context the source is or was attached to, without a reference; NULL before. An error for a
 * destroyed source whose context is gone. */
GLIB_AVAILABLE_IN_ALL
GMainContext *g_source_get_context (GSource *source);

/** Like g_source_get_context() with a reference for the caller: safe while another thread drops
 * the context. May be NULL. Since 2.86. */
GLIB_AVAILABLE_IN_2_86
GMainContext *g_source_dup_context (GSource *source);

/** Replaces the kind of a source that is not yet attached. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_funcs (GSource *source, GSourceFuncs *funcs);

/** Names the source for those who watch; copies name. NULL removes it. Since 2.26. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_name (GSource *source, const char *name);

/** Names the source without a copy: name must stay. NULL removes it. Since 2.70. */
GLIB_AVAILABLE_IN_2_70
void g_source_set_static_name (GSource *source, const char *name);

/** The name, owned by the source, or NULL. Since 2.26. */
GLIB_AVAILABLE_IN_ALL
const char *g_source_get_name (GSource *source);

/** Names the source with that id in the global default context; an unknown id is ignored.
 * Since 2.26. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_name_by_id (guint tag, const char *name);

/* ---- Callback --------------------------------------------------------------------------------- */

/** Sets what the source calls when it runs. func is of the shape the kind of source asks for. The
 * earlier callback is released at once, or when it ends if it is running. func and notify may be
 * NULL; notify is called with data when the source lets go of it, in whichever thread does that. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify);

/** Sets a counted object as callback and takes over one reference on it. ref and get run while the
 * context is locked and must not use it. callback_funcs may be NULL if callback_data is. */
GLIB_AVAILABLE_IN_ALL
void g_source_set_callback_indirect (GSource *source, gpointer callback_data, GSourceCallbackFuncs *callback_funcs);

/* ---- Time ------------------------------------------------------------------------------------- */

/** Makes the source ready from ready_time on, in microseconds; 0 means at once, -1 never. It stays
 * until changed: dispatching does not clear it. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
void g_source_set_ready_time (GSource *source, gint64 ready_time);

/** g_source_set_ready_time() in nanoseconds; every value is a time. Since 2.90. */
GLIB_AVAILABLE_IN_2_90
void g_source_set_ready_time_ns (GSource *source, uint64_t ready_time);

/** Makes time no reason to be ready any more. Since 2.90. */
GLIB_AVAILABLE_IN_2_90
void g_source_clear_ready_time (GSource *source);

/** The ready time in microseconds, rounded up, or -1 when there is none. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
gint64 g_source_get_ready_time (GSource *source);

/** TRUE and the ready time in nanoseconds, or FALSE and UINT64_MAX when there is none. ready_time
 * may be NULL. Since 2.90. */
GLIB_AVAILABLE_IN_2_90
gboolean g_source_get_ready_time_ns (GSource *source, uint64_t *ready_time);

/** The context's idea of now in microseconds, the same for all sources of an iteration. The source
 * must have been attached. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
gint64 g_source_get_time (GSource *source);

/** g_source_get_time() in nanoseconds. Since 2.90. */
GLIB_AVAILABLE_IN_2_90
uint64_t g_source_get_time_ns (GSource *source);

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/** The time of day; source counts for nothing. Deprecated since 2.28. */
GLIB_DEPRECATED_IN_2_28_FOR (g_source_get_time)
void g_source_get_current_time (GSource *source, GTimeVal *timeval);
G_GNUC_END_IGNORE_DEPRECATIONS

/* ---- Descriptors ------------------------------------------------------------------------------ */

/** Makes the source ready whenever fd has one of events, or ERR, HUP or NVAL. Returns a tag that
 * is valid until removed or until the source is freed. fd is not closed. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
gpointer g_source_add_unix_fd (GSource *source, gint fd, GIOCondition events);

/** Changes what the tag waits for. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
void g_source_modify_unix_fd (GSource *source, gpointer tag, GIOCondition new_events);

/** Ends the tag. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
void g_source_remove_unix_fd (GSource *source, gpointer tag);

/** What the tag's descriptor had at the last look; for use in check and dispatch. Since 2.36. */
GLIB_AVAILABLE_IN_2_36
GIOCondition g_source_query_unix_fd (GSource *source, gpointer tag);

/** Adds a record of the caller's, which must stay until removed. Its revents are filled, but do not
 * make the source ready by themselves: its check function decides. */
GLIB_AVAILABLE_IN_ALL
void g_source_add_poll (GSource *source, GPollFD *fd);

/** Removes such a record. */
GLIB_AVAILABLE_IN_ALL
void g_source_remove_poll (GSource *source, GPollFD *fd);

/* ---- Children --------------------------------------------------------------------------------- */

/** Makes child_source, which must not be attached, a child: it follows source into its context and
 * its priority, and source runs whenever the child did. source takes a reference. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
void g_source_add_child_source (GSource *source, GSource *child_source);

/** Destroys the child and drops the parent's reference. Since 2.28. */
GLIB_AVAILABLE_IN_ALL
void g_source_remove_child_source (GSource *source, GSource *child_source);

/* ---- Kinds ------------------------------------------------------------------------------------ */

/** Tables of the built-in kinds. Their addresses tell what kind a source is. */
GLIB_VAR GSourceFuncs g_timeout_funcs;
GLIB_VAR GSourceFuncs g_idle_funcs;
GLIB_VAR GSourceFuncs g_child_watch_funcs;
GLIB_VAR GSourceFuncs g_unix_signal_funcs;
GLIB_VAR GSourceFuncs g_unix_fd_source_funcs;

/** Always ready, at G_PRIORITY_DEFAULT_IDLE: runs when nothing more urgent is. */
GLIB_AVAILABLE_IN_ALL
GSource *g_idle_source_new (void);

/** Ready interval milliseconds from now and then again interval after each run. */
GLIB_AVAILABLE_IN_ALL
GSource *g_timeout_source_new (guint interval);

/** g_timeout_source_new() in nanoseconds. Since 2.90. */
GLIB_AVAILABLE_IN_2_90
GSource *g_timeout_source_new_ns (uint64_t interval);

/** g_timeout_source_new() in seconds, moved by less than one so that all such sources of a
 * process are ready at the same moment. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
GSource *g_timeout_source_new_seconds (guint interval);

/** Ready once the child process pid, which is above 0, has exited; calls back with a
 * GChildWatchFunc and is destroyed. It reaps the child, so nobody else may: not waitpid(), not a
 * SIGCHLD that is ignored. Where the kernel has no process descriptor to give, a handler for SIGCHLD
 * is installed for as long as such sources exist. Since 2.4. */
GLIB_AVAILABLE_IN_ALL
GSource *g_child_watch_source_new (GPid pid);

/* ---- By id, in the global default context ----------------------------------------------------- */

/** Destroys the source with id tag. FALSE, with a critical message, if there is none. */
GLIB_AVAILABLE_IN_ALL
gboolean g_source_remove (guint tag);

/** Destroys the first source whose callback has user_data; FALSE if there is none. */
GLIB_AVAILABLE_IN_ALL
gboolean g_source_remove_by_user_data (gpointer user_data);

/** Destroys the first source of kind funcs whose callback has user_data; FALSE if there is none. */
GLIB_AVAILABLE_IN_ALL
gboolean g_source_remove_by_funcs_user_data (GSourceFuncs *funcs, gpointer user_data);

G_END_DECLS

#endif /* __G_MAIN_SOURCE_H__ */
