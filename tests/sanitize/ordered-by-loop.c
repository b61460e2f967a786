/* No defect: what one thread writes before it attaches a source, the callback reads on another, and what the callback
 * writes before it quits the loop, whoever sees the loop ended reads. Nothing but the loop orders them. */
#include <glib.h>
#include <pthread.h>

static int question, answer;

static gboolean
work (gpointer loop)
{
    answer = question + 1;
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

    g_source_set_callback (source, work, loop, NULL);
    pthread_create (&other, NULL, run, loop);
    while (!g_main_loop_is_running (loop))
        g_usleep (100);
    question = 41;
    g_source_attach (source, context);
    while (g_main_loop_is_running (loop))
        g_usleep (100);
    question = answer;
    pthread_join (other, NULL);
    g_source_unref (source);
    g_main_loop_unref (loop);
    g_main_context_unref (context);
    return question == 42 ? 0 : 1;
}
