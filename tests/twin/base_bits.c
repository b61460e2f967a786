/* base_bits.c - locks of one bit inside integers and pointers, and what came with newer versions for messages.
 *
 * Read next: base_threads.c.
 */
#include "twin.h"

enum { THREADS = 4, ROUNDS = 2000 };

static gint     word;
static gpointer place;
static int      count;

static gpointer
count_with_bit (gpointer data)
{
    for (int i = 0; i < ROUNDS; i++) {
        g_bit_lock (&word, 3);
        count++;
        g_bit_unlock (&word, 3);
    }
    return data;
}

static gpointer
count_with_pointer_bit (gpointer data)
{
    for (int i = 0; i < ROUNDS; i++) {
        g_pointer_bit_lock (&place, 0);
        count++;
        g_pointer_bit_unlock (&place, 0);
    }
    return data;
}

static void
run_in_threads (const char *what, GThreadFunc func)
{
    GThread *threads[THREADS];

    count = 0;
    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new (what, func, NULL);
    for (int i = 0; i < THREADS; i++)
        g_thread_join (threads[i]);
    trace ("%s: %d", what, count);
}

TWIN (bits_keep_threads_apart, "BH-013")
{
    run_in_threads ("integer", count_with_bit);
    run_in_threads ("pointer", count_with_pointer_bit);
    trace ("%d %d", word, place == NULL);
}

TWIN (bits_leave_each_other_alone, "BH-013")
{
    gint     bits = 0x10;
    gpointer pointer = GUINT_TO_POINTER (0x100);

    g_bit_lock (&bits, 0);
    trace ("%x, again %d", bits, g_bit_trylock (&bits, 0));
    trace ("another %d", g_bit_trylock (&bits, 31));
    g_bit_unlock (&bits, 0);
    trace ("%x", bits);
    g_pointer_bit_lock (&pointer, 3);
    trace ("%x, again %d", GPOINTER_TO_UINT (pointer), g_pointer_bit_trylock (&pointer, 3));
    g_pointer_bit_unlock (&pointer, 3);
    trace ("%x", GPOINTER_TO_UINT (pointer));
    g_pointer_bit_lock (&pointer, 32);
    g_pointer_bit_trylock (&pointer, 99);
    g_pointer_bit_unlock (&pointer, 32);
}

#if GLIB_CHECK_VERSION (2, 86, 0)
OWN (unlocking_can_store_a_value, "BH-013", "these functions are newer than 2.74")
{
    gint     bits = 6;
    gint     seen = 0;
    gpointer pointer = GUINT_TO_POINTER (0x100);
    guintptr held = 0;

    g_bit_lock_and_get (&bits, 0, &seen);
    expect (seen == 7 && bits == 7);
    g_bit_unlock_and_set (&bits, 0, 0x30, 2);
    expect (bits == 0x32);
    g_pointer_bit_lock_and_get (&pointer, 1, &held);
    expect (held == 0x102);
    expect (g_pointer_bit_lock_mask_ptr (GUINT_TO_POINTER (0x200), 1, TRUE, 4, GUINT_TO_POINTER (5))
            == GUINT_TO_POINTER (0x206));
    g_pointer_bit_unlock_and_set (&pointer, 1, GUINT_TO_POINTER (0x200), 0);
    expect (pointer == GUINT_TO_POINTER (0x200));
    g_pointer_bit_lock_and_get (&pointer, 32, &held);
    g_pointer_bit_unlock_and_set (&pointer, 32, NULL, 0);
    expect (g_pointer_bit_lock_mask_ptr (pointer, 32, TRUE, 0, NULL) == NULL);
}

OWN (fatal_levels_can_be_asked_for, "BH-011", "the function is newer than 2.74")
{
    GLogLevelFlags before = g_log_set_always_fatal ((GLogLevelFlags) (G_LOG_FATAL_MASK | G_LOG_LEVEL_DEBUG));

    expect ((g_log_get_always_fatal () & G_LOG_LEVEL_DEBUG) != 0);
    g_log_set_always_fatal (before);
    expect (g_log_get_always_fatal () == before);
}

OWN (messages_go_to_the_system_log, "BH-012", "the function is newer than 2.74")
{
    const GLogField fields[] = { { "MESSAGE", "a test of mainspring", -1 }, { "SYSLOG_FACILITY", "user", -1 } };

    expect (g_log_writer_syslog (G_LOG_LEVEL_DEBUG, fields, G_N_ELEMENTS (fields), NULL) == G_LOG_WRITER_HANDLED);
    expect (g_log_writer_syslog (G_LOG_LEVEL_DEBUG, NULL, 0, NULL) == G_LOG_WRITER_UNHANDLED);
}

OWN (locks_are_held_to_the_end_of_a_scope, "BH-013", "these macros are newer than 2.74")
{
    GMutex    mutex;
    GRecMutex rec_mutex;
    GRWLock   rw_lock;

    g_mutex_init (&mutex);
    g_rec_mutex_init (&rec_mutex);
    g_rw_lock_init (&rw_lock);
    {
        G_MUTEX_AUTO_LOCK (&mutex, first);
        G_REC_MUTEX_AUTO_LOCK (&rec_mutex, second);
        G_RW_LOCK_READER_AUTO_LOCK (&rw_lock, third);
        expect (!g_mutex_trylock (&mutex) && !g_rw_lock_writer_trylock (&rw_lock));
    }
    {
        G_RW_LOCK_WRITER_AUTO_LOCK (&rw_lock, lock);
        expect (g_mutex_trylock (&mutex) && !g_rw_lock_reader_trylock (&rw_lock));
    }
    g_mutex_unlock (&mutex);
    expect (g_rw_lock_writer_trylock (&rw_lock));
    g_rw_lock_writer_unlock (&rw_lock);
    g_mutex_clear (&mutex);
    g_rec_mutex_clear (&rec_mutex);
    g_rw_lock_clear (&rw_lock);
}
#endif

TWIN (string_becomes_bytes, "BH-003")
{
    GBytes       *bytes = g_string_free_to_bytes (g_string_new_len ("a\0b", 3));
    gsize         length;
    const guint8 *data = g_bytes_get_data (bytes, &length);

    trace ("%zu: %d %d %d", (size_t) length, data[0], data[1], data[2]);
    g_bytes_unref (bytes);
    expect (g_string_free_to_bytes (NULL) == NULL);
}
