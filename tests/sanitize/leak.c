/* Contexts whose only references are lost. */
#include <glib.h>

static void *volatile lost;

int
main (void)
{
    /* Several: what the calls have left in registers and on the stack is the address of the last one only. */
    for (unsigned i = 0; i < 8; i++)
        lost = g_main_context_new ();
    lost = NULL;
    return 0;
}
