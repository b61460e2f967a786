/* stand_ins.c - functions GLib's own test programs use that are no subject of the tests that are wanted: random numbers,
 * scratch files, a pool of threads. Those the library has by now are left out when this is linked.
 *
 * They do what GLib's documentation says as far as the programs ask for it. Read next: harness.c.
 */
#define _GNU_SOURCE
#include <glib.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

EXPORT guint32  g_random_int (void);
EXPORT gint32   g_random_int_range (gint32 begin, gint32 end);
EXPORT gboolean g_file_set_contents (const char *path, const char *bytes, gssize length, GError **error);
EXPORT int      g_file_open_tmp (const char *pattern, char **path, GError **error);
EXPORT void    *g_slice_alloc (gsize size);
EXPORT void     g_slice_free1 (gsize size, void *block);
EXPORT GThread *g_thread_create (GThreadFunc function, void *data, gboolean joinable, GError **error);

guint32
g_random_int (void)
{
    return (guint32) random () << 1 ^ (guint32) random ();
}

gint32
g_random_int_range (gint32 begin, gint32 end)
{
    return begin + (gint32) (g_random_int () % ((gint64) end - begin));
}

gboolean
g_file_set_contents (const char *path, const char *bytes, gssize length, GError **error)
{
    FILE    *file = fopen (path, "we");
    size_t   count = length < 0 ? strlen (bytes) : (size_t) length;
    gboolean fine = file != NULL && fwrite (bytes, 1, count, file) == count;

    (void) error;
    return (file == NULL || fclose (file) == 0) && fine;
}

int
g_file_open_tmp (const char *pattern, char **path, GError **error)
{
    char *name = g_strdup_printf ("/tmp/%s", pattern != NULL ? pattern : ".XXXXXX");
    int   descriptor = mkostemp (name, O_CLOEXEC);

    (void) error;
    if (path != NULL)
        *path = name;
    else
        g_free (name);
    return descriptor;
}

void *
g_slice_alloc (gsize size)
{
    return g_malloc (size);
}

void
g_slice_free1 (gsize size, void *block)
{
    (void) size;
    g_free (block);
}

GThread *
g_thread_create (GThreadFunc function, void *data, gboolean joinable, GError **error)
{
    GThread *thread = g_thread_try_new ("old", function, data, error);

    if (thread != NULL && !joinable)
        g_thread_unref (thread);
    return thread;
}

/* ---- a pool ------------------------------------------------------------------------------------------------------ */

/* So many threads, a queue; freed once all work is done if its owner says so. */
typedef struct {
    GFunc     work;
    void     *user_data;
    GMutex    lock;
    GCond     changed;
    GSList   *queue;
    gboolean  ending;
    GSList   *threads;
} Pool;

EXPORT Pool    *g_thread_pool_new (GFunc work, void *user_data, int most, gboolean exclusive, GError **error);
EXPORT gboolean g_thread_pool_push (Pool *pool, void *data, GError **error);
EXPORT void     g_thread_pool_free (Pool *pool, gboolean immediate, gboolean wait);

static void *
pool_thread (void *data)
{
    Pool *pool = data;

    g_mutex_lock (&pool->lock);
    while (pool->queue != NULL || !pool->ending) {
        if (pool->queue == NULL) {
            g_cond_wait (&pool->changed, &pool->lock);
        } else {
            void *item = pool->queue->data;

            pool->queue = g_slist_delete_link (pool->queue, pool->queue);
            g_mutex_unlock (&pool->lock);
            pool->work (item, pool->user_data);
            g_mutex_lock (&pool->lock);
        }
    }
    g_mutex_unlock (&pool->lock);
    return NULL;
}

Pool *
g_thread_pool_new (GFunc work, void *user_data, int most, gboolean exclusive, GError **error)
{
    Pool *pool = g_new0 (Pool, 1);

    (void) exclusive, (void) error;
    pool->work = work;
    pool->user_data = user_data;
    g_mutex_init (&pool->lock);
    g_cond_init (&pool->changed);
    for (int i = 0; i < (most < 0 ? 8 : most); i++)
        pool->threads = g_slist_prepend (pool->threads, g_thread_new ("pool", pool_thread, pool));
    return pool;
}

gboolean
g_thread_pool_push (Pool *pool, void *data, GError **error)
{
    (void) error;
    g_mutex_lock (&pool->lock);
    pool->queue = g_slist_append (pool->queue, data);
    g_cond_signal (&pool->changed);
    g_mutex_unlock (&pool->lock);
    return TRUE;
}

void
g_thread_pool_free (Pool *pool, gboolean immediate, gboolean wait)
{
    (void) wait;
    g_mutex_lock (&pool->lock);
    pool->ending = TRUE;
    if (immediate) {
        g_slist_free (pool->queue);
        pool->queue = NULL;
    }
    g_cond_broadcast (&pool->changed);
    g_mutex_unlock (&pool->lock);
    for (GSList *at = pool->threads; at != NULL; at = at->next)
        g_thread_join (at->data);
    g_slist_free (pool->threads);
    g_mutex_clear (&pool->lock);
    g_cond_clear (&pool->changed);
    g_free (pool);
}

/* ---- what only GLib's own parts may ask of each other ------------------------------------------------------------ */

static void
nothing (void)
{
    fputs ("a private function of GLib's was asked for\n", stderr);
    abort ();
}

EXPORT void (**glib__private__ (void)) (void);

void (**glib__private__ (void)) (void)
{
    static void (*table[64]) (void);

    for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
        table[i] = nothing;
    return table;
}
