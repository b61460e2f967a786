/* A callback on another thread's loop changes what this thread reads without waiting for it. */
#include <glib.h>
#include <pthread.h>

int shared;

static gboolean
change (gpointer loop)
{
    shared++;
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

static void *
run (void *loop)
{
    g_main_loop_run (loop);
    return NULL;
}

int
main (void)
{
    GMainContext *context = g_main_context_new ();
    GMainLoop    *loop = g_main_loop_new (context, FALSE);
    GSource      *source = g_idle_source_new ();
    pthread_t     other;
    int           seen;

    g_source_set_callback (source, change, loop, NULL);
    g_source_attach (source, context);
    g_source_unref (source);
    pthread_create (&other, NULL, run, loop);
    seen = shared;
    pthread_join (other, NULL);
    g_main_loop_unref (loop);
    g_main_context_unref (context);
    return seen + shared > 2;
}
