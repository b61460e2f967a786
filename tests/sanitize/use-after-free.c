/* A source is asked for its priority after its last reference is gone: the library reads what it has freed. */
#include <glib.h>

int
main (void)
{
    GSource *source = g_idle_source_new ();

    g_source_unref (source);
    return g_source_get_priority (source) == G_PRIORITY_HIGH;
}
