/* A context whose only reference is lost. */
#include <glib.h>

static void *volatile lost;

static void
lose (void)
{
    lost = g_main_context_new ();
    lost = NULL;
}

int
main (void)
{
    char over[1024];

    lose ();
    /* What the call left on the stack is written over. */
    for (unsigned i = 0; i < sizeof over; i++)
        ((volatile char *) over)[i] = 0;
    return 0;
}
