/* leave.c - a jump out of however many calls, for programs that leave an iteration so (leave.rs).
 *
 * Must not know what is called; one place at a time to come back to, the innermost, per thread.
 */
#include <setjmp.h>
#include <stddef.h>

static _Thread_local jmp_buf *innermost;

/* Calls `work`; true if it was left by a jump. */
int
twin_leave_try (void (*work) (void *), void *data)
{
    jmp_buf           here;
    jmp_buf *volatile outer = innermost;
    int               jumped;

    innermost = &here;
    jumped = setjmp (here);
    if (jumped == 0)
        work (data);
    innermost = outer;
    return jumped;
}

/* Leaves the innermost `work`; returns if there is none. */
void
twin_leave_jump (void)
{
    if (innermost != NULL)
        longjmp (*innermost, 1);
}
