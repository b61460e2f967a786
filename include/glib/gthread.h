/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Threads, locks, conditions, per-thread values and one-time initialisation. GMutex, GRecMutex,
 * GRWLock and GCond need no initialiser in static memory and own nothing, so that clearing them
 * is good manners only. It knows nothing of the main loop.
 */
#ifndef __G_THREAD_H__
#define __G_THREAD_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gatomic.h>
#include <glib/gerror.h>
#include <glib/gmem.h>
#include <pthread.h>

G_BEGIN_DECLS

/* Errors of g_thread_try_new(). */
#define G_THREAD_ERROR g_thread_error_quark ()
typedef enum
{
  G_THREAD_ERROR_AGAIN /* the system is short of threads or memory */
} GThreadError;

/** The domain of GThreadError. */
GLIB_AVAILABLE_IN_ALL
GQuark g_thread_error_quark (void);

/* What a thread runs; its result is what g_thread_join() returns. */
typedef gpointer (*GThreadFunc) (gpointer data);

typedef struct _GThread GThread;
typedef union _GMutex GMutex;
typedef struct _GRecMutex GRecMutex;
typedef struct _GRWLock GRWLock;
typedef struct _GCond GCond;
typedef struct _GPrivate GPrivate;
typedef struct _GOnce GOnce;

union _GMutex
{
  /*< private >*/
  gpointer p;
  guint i[2];
};

struct _GRWLock
{
  /*< private >*/
  gpointer p;
  guint i[2];
};

struct _GCond
{
  /*< private >*/
  gpointer p;
  guint i[2];
};

struct _GRecMutex
{
  /*< private >*/
  gpointer p;
  guint i[2];
};

struct _GPrivate
{
  /*< private >*/
  gpointer p;
  GDestroyNotify notify;
  gpointer future[2];
};
/* A per-thread value that notify (may be NULL) frees when its thread ends. */
#define G_PRIVATE_INIT(notify) { NULL, (notify), { NULL, NULL } }

typedef enum
{
  G_ONCE_STATUS_NOTCALLED,
  G_ONCE_STATUS_PROGRESS,
  G_ONCE_STATUS_READY
} GOnceStatus;

struct _GOnce
{
  volatile GOnceStatus status;
  volatile gpointer retval;
};
#define G_ONCE_INIT { G_ONCE_STATUS_NOTCALLED, NULL }

/* A lock for NAME, named so that it clashes with nothing. */
#define G_LOCK_NAME(name)             g__##name##_lock
#define G_LOCK_DEFINE_STATIC(name)    static G_LOCK_DEFINE (name)
#define G_LOCK_DEFINE(name)           GMutex G_LOCK_NAME (name)
#define G_LOCK_EXTERN(name)           extern GMutex G_LOCK_NAME (name)
#define G_LOCK(name)                  g_mutex_lock (&G_LOCK_NAME (name))
#define G_UNLOCK(name)                g_mutex_unlock (&G_LOCK_NAME (name))
#define G_TRYLOCK(name)               g_mutex_trylock (&G_LOCK_NAME (name))

/** Another reference to thread, dropped with g_thread_unref(). Since 2.32. */
GLIB_AVAILABLE_IN_2_32
GThread *g_thread_ref (GThread *thread);

/** Drops a reference to thread. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_thread_unref (GThread *thread);

/** Starts a thread called name (may be NULL; the system keeps 15 bytes) that runs func (data); ends the
 * program if it cannot. Joined or unreferenced by the caller. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
GThread *g_thread_new (const gchar *name, GThreadFunc func, gpointer data);

/** g_thread_new(), with NULL and an error if the thread cannot be started. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
GThread *g_thread_try_new (const gchar *name, GThreadFunc func, gpointer data, GError **error);

/** The thread that calls, whoever started it; the reference stays with the library. */
GLIB_AVAILABLE_IN_ALL
GThread *g_thread_self (void);

/** Ends the calling thread, which g_thread_new() started, with retval as its result. */
G_NORETURN GLIB_AVAILABLE_IN_ALL
void g_thread_exit (gpointer retval);

/** Waits until thread ends, drops the caller's reference and returns the thread's result. */
GLIB_AVAILABLE_IN_ALL
gpointer g_thread_join (GThread *thread);

/** Lets other threads run. */
GLIB_AVAILABLE_IN_ALL
void g_thread_yield (void);

/** The name thread was given, or NULL. Since 2.84. */
GLIB_AVAILABLE_IN_2_84
const char *g_thread_get_name (GThread *thread);

/** Readies a mutex in memory that is not static. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_mutex_init (GMutex *mutex);

/** Ends the use of a mutex that nobody holds. */
GLIB_AVAILABLE_IN_2_32
void g_mutex_clear (GMutex *mutex);

/** Waits for the mutex and takes it; a thread must not take it twice. */
GLIB_AVAILABLE_IN_ALL
void g_mutex_lock (GMutex *mutex);

/** Takes the mutex if it is free; TRUE if it was. */
GLIB_AVAILABLE_IN_ALL
gboolean g_mutex_trylock (GMutex *mutex);

/** Gives the mutex back. */
GLIB_AVAILABLE_IN_ALL
void g_mutex_unlock (GMutex *mutex);

/** Readies a readers-writer lock in memory that is not static. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rw_lock_init (GRWLock *rw_lock);

/** Ends the use of a lock that nobody holds. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rw_lock_clear (GRWLock *rw_lock);

/** Waits until there is neither reader nor writer and becomes the writer. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rw_lock_writer_lock (GRWLock *rw_lock);

/** Becomes the writer if there is neither reader nor writer; TRUE if so. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gboolean g_rw_lock_writer_trylock (GRWLock *rw_lock);

/** Ceases to be the writer. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rw_lock_writer_unlock (GRWLock *rw_lock);

/** Waits until there is no writer and becomes a reader. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rw_lock_reader_lock (GRWLock *rw_lock);

/** Becomes a reader if there is no writer; TRUE if so. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gboolean g_rw_lock_reader_trylock (GRWLock *rw_lock);

/** Ceases to be a reader. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rw_lock_reader_unlock (GRWLock *rw_lock);

/** Readies a recursive mutex in memory that is not static. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rec_mutex_init (GRecMutex *rec_mutex);

/** Ends the use of a recursive mutex that nobody holds. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rec_mutex_clear (GRecMutex *rec_mutex);

/** Waits for the mutex and takes it, as often as its owner likes. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rec_mutex_lock (GRecMutex *rec_mutex);

/** Takes the mutex if no other thread has it; TRUE if so. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gboolean g_rec_mutex_trylock (GRecMutex *rec_mutex);

/** Gives the mutex back once. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_rec_mutex_unlock (GRecMutex *rec_mutex);

/** Readies a condition in memory that is not static. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_cond_init (GCond *cond);

/** Ends the use of a condition that nobody waits for. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_cond_clear (GCond *cond);

/** Gives mutex back, waits for a signal (or nothing: test again) and takes mutex. */
GLIB_AVAILABLE_IN_ALL
void g_cond_wait (GCond *cond, GMutex *mutex);

/** Wakes one thread that waits, if any. */
GLIB_AVAILABLE_IN_ALL
void g_cond_signal (GCond *cond);

/** Wakes every thread that waits. */
GLIB_AVAILABLE_IN_ALL
void g_cond_broadcast (GCond *cond);

/** g_cond_wait() until the monotonic time end_time, in microseconds; FALSE if that came. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
gboolean g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time);

/** The calling thread's value of key. */
GLIB_AVAILABLE_IN_ALL
gpointer g_private_get (GPrivate *key);

/** Gives the calling thread a value of key; the one before is not freed. */
GLIB_AVAILABLE_IN_ALL
void g_private_set (GPrivate *key, gpointer value);

/** Gives the calling thread a value of key and frees the one before. Since 2.32. */
GLIB_AVAILABLE_IN_2_32
void g_private_replace (GPrivate *key, gpointer value);

/** Calls func (arg) unless that has been done, and returns its result. What g_once() is made of. */
GLIB_AVAILABLE_IN_ALL
gpointer g_once_impl (GOnce *once, GThreadFunc func, gpointer arg);

#define g_once(once, func, arg)                                                         \
  (__atomic_load_n (&(once)->status, __ATOMIC_ACQUIRE) == G_ONCE_STATUS_READY           \
       ? (gpointer) (once)->retval                                                      \
       : g_once_impl ((once), (func), (arg)))

/** TRUE for the one thread that must initialise what *location, a gsize, stands for; others wait until
 * it is done and get FALSE. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
gboolean (g_once_init_enter) (volatile void *location);

/** Ends what g_once_init_enter() began; stores result, which is not 0. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
void (g_once_init_leave) (volatile void *location, gsize result);

/** g_once_init_enter() for a pointer. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
gboolean (g_once_init_enter_pointer) (void *location);

/** g_once_init_leave() for a pointer. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
void (g_once_init_leave_pointer) (void *location, gpointer result);

#define g_once_init_enter(location)                                    \
  (G_STATIC_ASSERT_EXPR (sizeof *(location) == sizeof (gsize)),        \
   __atomic_load_n ((location), __ATOMIC_ACQUIRE) == 0 && (g_once_init_enter) (location))
#define g_once_init_leave(location, result)                            \
  (G_STATIC_ASSERT_EXPR (sizeof *(location) == sizeof (gsize)),        \
   (g_once_init_leave) ((location), (gsize) (result)))
#define g_once_init_enter_pointer(location)                            \
  (G_STATIC_ASSERT_EXPR (sizeof *(location) == sizeof (gpointer)),     \
   __atomic_load_n ((location), __ATOMIC_ACQUIRE) == NULL && (g_once_init_enter_pointer) (location))
#define g_once_init_leave_pointer(location, result)                    \
  (G_STATIC_ASSERT_EXPR (sizeof *(location) == sizeof (gpointer)),     \
   (g_once_init_leave_pointer) ((location), (gpointer) (result)))

/** Waits until bit lock_bit (0 to 31) of *address is clear and sets it. Such a lock is slow to wait for
 * and may be anywhere. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
void g_bit_lock (volatile gint *address, gint lock_bit);

/** g_bit_lock(), with *address as it is then in *out_val. Since 2.86. */
GLIB_AVAILABLE_IN_2_86
void g_bit_lock_and_get (gint *address, guint lock_bit, gint *out_val);

/** Sets the bit if it is clear; TRUE if it was. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
gboolean g_bit_trylock (volatile gint *address, gint lock_bit);

/** Clears the bit. Since 2.24. */
GLIB_AVAILABLE_IN_ALL
void g_bit_unlock (volatile gint *address, gint lock_bit);

/** Clears the bit and stores new_val, except where preserve_mask has bits. Since 2.86. */
GLIB_AVAILABLE_IN_2_86
void g_bit_unlock_and_set (gint *address, guint lock_bit, gint new_val, gint preserve_mask);

/** g_bit_lock() of the pointer at address. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
void (g_pointer_bit_lock) (volatile void *address, gint lock_bit);

/** g_pointer_bit_lock(), with the pointer as it is then in *out_ptr. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
void (g_pointer_bit_lock_and_get) (gpointer address, guint lock_bit, guintptr *out_ptr);

/** Sets the bit if it is clear; TRUE if it was. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
gboolean (g_pointer_bit_trylock) (volatile void *address, gint lock_bit);

/** Clears the bit. Since 2.30. */
GLIB_AVAILABLE_IN_2_30
void (g_pointer_bit_unlock) (volatile void *address, gint lock_bit);

/** ptr with the lock bit set or clear, and the bits of preserve_mask from preserve_ptr. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
gpointer (g_pointer_bit_lock_mask_ptr) (gpointer ptr, guint lock_bit, gboolean set,
                                        guintptr preserve_mask, gpointer preserve_ptr);

/** Clears the bit and stores ptr, except where preserve_mask has bits. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
void (g_pointer_bit_unlock_and_set) (void *address, guint lock_bit, gpointer ptr, guintptr preserve_mask);

/* A lock held as long as a variable lives: g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&m);
 * Since 2.44; the readers-writer lockers since 2.62, the recursive one since 2.60. */
#define G_LOCKER_DEFINE_(Locker, Lock, locker_free, locker_new, lock, unlock) \
  typedef void Locker;                                                         \
  static inline Locker *locker_new (Lock *held)                                \
  {                                                                            \
    lock (held);                                                               \
    return (Locker *) held;                                                    \
  }                                                                            \
  static inline void locker_free (Locker *locker)                              \
  {                                                                            \
    unlock ((Lock *) locker);                                                  \
  }
G_GNUC_BEGIN_IGNORE_DEPRECATIONS
G_LOCKER_DEFINE_ (GMutexLocker, GMutex, g_mutex_locker_free, g_mutex_locker_new, g_mutex_lock,
                  g_mutex_unlock)
G_LOCKER_DEFINE_ (GRecMutexLocker, GRecMutex, g_rec_mutex_locker_free, g_rec_mutex_locker_new,
                  g_rec_mutex_lock, g_rec_mutex_unlock)
G_LOCKER_DEFINE_ (GRWLockWriterLocker, GRWLock, g_rw_lock_writer_locker_free,
                  g_rw_lock_writer_locker_new, g_rw_lock_writer_lock, g_rw_lock_writer_unlock)
G_LOCKER_DEFINE_ (GRWLockReaderLocker, GRWLock, g_rw_lock_reader_locker_free,
                  g_rw_lock_reader_locker_new, g_rw_lock_reader_lock, g_rw_lock_reader_unlock)
G_GNUC_END_IGNORE_DEPRECATIONS
#undef G_LOCKER_DEFINE_

/* The same without a name for the variable: var is declared and never used. Since 2.80. */
#define G_MUTEX_AUTO_LOCK(mutex, var) g_autoptr (GMutexLocker) G_GNUC_UNUSED var = g_mutex_locker_new (mutex)
#define G_REC_MUTEX_AUTO_LOCK(mutex, var) \
  g_autoptr (GRecMutexLocker) G_GNUC_UNUSED var = g_rec_mutex_locker_new (mutex)
#define G_RW_LOCK_WRITER_AUTO_LOCK(lock, var) \
  g_autoptr (GRWLockWriterLocker) G_GNUC_UNUSED var = g_rw_lock_writer_locker_new (lock)
#define G_RW_LOCK_READER_AUTO_LOCK(lock, var) \
  g_autoptr (GRWLockReaderLocker) G_GNUC_UNUSED var = g_rw_lock_reader_locker_new (lock)

G_END_DECLS

#endif /* __G_THREAD_H__ */
