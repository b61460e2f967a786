/* base_threads.c - threads, locks, conditions, per-thread values and one-time initialisation.
 *
 * Traces come from one thread at a time. Counts that several threads raise show whether a lock keeps them apart.
 */
#include "twin.h"

#include <stdlib.h>

#define THREADS 4
#define ROUNDS 2000

static GMutex    mutex;
static GRecMutex rec_mutex;
static GRWLock   rw_lock;
static GCond     cond;
static int       count;

static gpointer
count_with_mutex (gpointer data)
{
    for (int i = 0; i < ROUNDS; i++) {
        g_mutex_lock (&mutex);
        count++;
        g_mutex_unlock (&mutex);
    }
    return data;
}

static gpointer
count_with_rec_mutex (gpointer data)
{
    for (int i = 0; i < ROUNDS; i++) {
        g_rec_mutex_lock (&rec_mutex);
        g_rec_mutex_lock (&rec_mutex);
        count++;
        g_rec_mutex_unlock (&rec_mutex);
        g_rec_mutex_unlock (&rec_mutex);
    }
    return data;
}

/* Readers must never see the two halves of a writer's change apart. */
static int half;

static gpointer
count_with_rw_lock (gpointer data)
{
    int apart = 0;

    for (int i = 0; i < ROUNDS; i++) {
        g_rw_lock_writer_lock (&rw_lock);
        count++;
        half++;
        g_rw_lock_writer_unlock (&rw_lock);
        g_rw_lock_reader_lock (&rw_lock);
        apart += half != count;
        g_rw_lock_reader_unlock (&rw_lock);
    }
    expect (apart == 0);
    return data;
}

static void
run_in_threads (const char *what, GThreadFunc func)
{
    GThread *threads[THREADS];
    int      sum = 0;

    count = half = 0;
    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new (what, func, GINT_TO_POINTER (i + 1));
    for (int i = 0; i < THREADS; i++)
        sum += GPOINTER_TO_INT (g_thread_join (threads[i]));
    trace ("%s: %d, results %d", what, count, sum);
}

TWIN (locks_keep_threads_apart, "BH-013")
{
    run_in_threads ("mutex", count_with_mutex);
    run_in_threads ("recursive", count_with_rec_mutex);
    run_in_threads ("readers and writers", count_with_rw_lock);
}

static gpointer
try_locks (gpointer unused)
{
    (void) unused;
    trace ("mutex %d, recursive %d, writer %d, reader %d", g_mutex_trylock (&mutex), g_rec_mutex_trylock (&rec_mutex),
           g_rw_lock_writer_trylock (&rw_lock), g_rw_lock_reader_trylock (&rw_lock));
    return NULL;
}

TWIN (locks_can_be_tried, "BH-013")
{
    g_mutex_lock (&mutex);
    g_rec_mutex_lock (&rec_mutex);
    expect (g_rec_mutex_trylock (&rec_mutex));
    g_rw_lock_writer_lock (&rw_lock);
    g_thread_join (g_thread_new ("try", try_locks, NULL));
    g_rw_lock_writer_unlock (&rw_lock);
    g_rec_mutex_unlock (&rec_mutex);
    g_rec_mutex_unlock (&rec_mutex);
    g_mutex_unlock (&mutex);
    g_rw_lock_reader_lock (&rw_lock);
    expect (g_rw_lock_reader_trylock (&rw_lock));
    expect (!g_rw_lock_writer_trylock (&rw_lock));
    g_rw_lock_reader_unlock (&rw_lock);
    g_rw_lock_reader_unlock (&rw_lock);
    expect (g_rw_lock_writer_trylock (&rw_lock));
    g_rw_lock_writer_unlock (&rw_lock);
    expect (g_mutex_trylock (&mutex));
    g_mutex_unlock (&mutex);
}

static gpointer
take_turns (gpointer data)
{
    const int mine = GPOINTER_TO_INT (data);

    g_mutex_lock (&mutex);
    while (count < 100) {
        if (count % 2 == mine) {
            count++;
            g_cond_signal (&cond);
        } else {
            g_cond_wait (&cond, &mutex);
        }
    }
    g_cond_broadcast (&cond);
    g_mutex_unlock (&mutex);
    return NULL;
}

TWIN (conditions_pass_turns, "BH-013")
{
    GThread *other;

    count = 0;
    other = g_thread_new ("odd", take_turns, GINT_TO_POINTER (1));
    take_turns (GINT_TO_POINTER (0));
    g_thread_join (other);
    trace ("%d", count);
}

TWIN (waiting_ends_in_time, "BH-013")
{
    gint64 before;

    g_mutex_lock (&mutex);
    expect (!g_cond_wait_until (&cond, &mutex, 0));
    expect (!g_cond_wait_until (&cond, &mutex, -5));
    before = now_ns ();
    expect (!g_cond_wait_until (&cond, &mutex, before / 1000 + 20000));
    expect (now_ns () - before >= 19000000);
    g_mutex_unlock (&mutex);
}

static void
tell_value (gpointer value)
{
    trace ("freed %s", (const char *) value);
}

static GPrivate private_value = G_PRIVATE_INIT (tell_value);

static gpointer
use_private (gpointer unused)
{
    (void) unused;
    expect (g_private_get (&private_value) == NULL);
    g_private_set (&private_value, "first");
    g_private_replace (&private_value, "second");
    trace ("has %s", (const char *) g_private_get (&private_value));
    return NULL;
}

TWIN (private_values_end_with_their_thread, "BH-013")
{
    g_thread_join (g_thread_new ("private", use_private, NULL));
    expect (g_private_get (&private_value) == NULL);
}

static gpointer
initialise (gpointer data)
{
    trace ("initialised");
    nap_ms (5);
    return data;
}

static GOnce once = G_ONCE_INIT;
static gsize place;

static gpointer
go_once (gpointer unused)
{
    (void) unused;
    expect (g_once (&once, initialise, "result") == (gpointer) once.retval);
    if (g_once_init_enter (&place)) {
        initialise (NULL);
        g_once_init_leave (&place, 42);
    }
    expect (place == 42);
    return once.retval;
}

TWIN (initialisation_happens_once, "BH-013")
{
    GThread *threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new (NULL, go_once, NULL);
    for (int i = 0; i < THREADS; i++)
        trace ("%s", (const char *) g_thread_join (threads[i]));
}

static gpointer
leave_early (gpointer data)
{
    expect (g_thread_self () != data);
    g_thread_exit ("left early");
    return NULL;
}

TWIN (threads_exit_and_know_themselves, "BH-013")
{
    GThread *thread = g_thread_new ("early", leave_early, g_thread_self ());

    expect (g_thread_self () == g_thread_self ());
    g_thread_ref (thread);
    trace ("%s", (const char *) g_thread_join (thread));
    g_thread_unref (thread);
    g_thread_unref (g_thread_new ("alone", initialise, NULL));
    nap_ms (50);
}

static void
unlock_unlocked (void)
{
    g_mutex_unlock (&mutex);
}

static void
clear_locked (void)
{
    g_mutex_lock (&mutex);
    g_mutex_clear (&mutex);
}

TWIN (lock_misuse_ends_the_program, "BH-013")
{
    const char *ending;
    char       *text = output_of (unlock_unlocked, 2, &ending);

    trace ("%s: %s", ending, text);
    free (text);
    text = output_of (clear_locked, 2, &ending);
    trace ("%s: %s", ending, text);
    free (text);
}
