/* A timer's interval is worked out in signed numbers that do not hold it. */
#include <glib.h>

int
main (int argc, char **argv)
{
    int seconds = G_MAXINT / 500 + argc;

    (void) argv;
    return g_timeout_source_new ((guint) (seconds * 1000)) == NULL;
}
