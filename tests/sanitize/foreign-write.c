/* A program writes to the public part of an attached source, which is the library's to change. */
#include <glib.h>

int
main (void)
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();

    g_source_attach (source, context);
    source->priority = G_PRIORITY_HIGH;
    g_main_context_iteration (context, FALSE);
    g_source_unref (source);
    g_main_context_unref (context);
    return 0;
}
