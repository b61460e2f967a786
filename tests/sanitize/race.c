/* Two threads fill one hash table without a lock: the race is inside the library. */
#include <glib.h>
#include <pthread.h>

static void *
fill (void *data)
{
    for (int i = 1; i <= 1000; i++)
        g_hash_table_insert (data, GINT_TO_POINTER (i), data);
    return NULL;
}

int
main (void)
{
    GHashTable *table = g_hash_table_new (NULL, NULL);
    pthread_t   other;

    pthread_create (&other, NULL, fill, table);
    fill (table);
    pthread_join (other, NULL);
    return 0;
}
