/* A macro of the headers reads an element of an array that has none, and no memory either. */
#include <glib.h>

int
main (void)
{
    GArray *array = g_array_new (FALSE, FALSE, sizeof (double));

    return g_array_index (array, double, 0) > 0;
}
