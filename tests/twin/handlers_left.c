/* handlers_left.c - signal handlers of the library that never return: a handler of the program's interrupts one and jumps
 * away, or its thread ends in it (section 22). Nothing may wait for it, and the loop goes on hearing signals and wakeups.
 *
 * A filter of system calls makes the write that wakes a sleeping loop raise SIGSYS, so that the program's handler for that
 * surely interrupts the library's. What handlers do in peace is in unix_signals.c.
 */
#include "processes.h"

#include <setjmp.h>

typedef enum { JUMPS, ENDS_THREAD } Leaving;

static Leaving    leaving;
static sigjmp_buf way_out;

static void
leave (int signum)
{
    (void) signum;
    if (leaving == ENDS_THREAD)
        pthread_exit (NULL);
    siglongjmp (way_out, 1);
}

/* Takes a SIGHUP in this thread, whose handler is left at the write of a wakeup. */
static void *
take_signal (void *data)
{
    /* Any write of eight bytes. */
    struct sock_filter steps[] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 3),
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[2])),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, 8, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    volatile gboolean *returned = data;

    filter_calls (steps, G_N_ELEMENTS (steps));
    if (sigsetjmp (way_out, 1) == 0) {
        pthread_kill (pthread_self (), SIGHUP);
        *returned = TRUE;
    }
    return NULL;
}

static gboolean
raise_flag (gpointer flag)
{
    flag_raise (flag);
    return G_SOURCE_CONTINUE;
}

static gboolean
raise_flag_once (gpointer flag)
{
    flag_raise (flag);
    return G_SOURCE_REMOVE;
}

typedef struct {
    GMainLoop *loop;
    Flag       started;
    int        tid;
} Sleeper;

static void *
sleep_in_loop (void *data)
{
    Sleeper *sleeper = data;

    sleeper->tid = own_tid ();
    flag_raise (&sleeper->started);
    g_main_loop_run (sleeper->loop);
    return NULL;
}

static void
lose_a_handler (void)
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_unix_signal_source_new (SIGHUP);
    Sleeper       sleeper = { g_main_loop_new (context, FALSE), FLAG_INIT, 0 };
    Flag          woken_up = FLAG_INIT, heard = FLAG_INIT;
    gboolean      returned = FALSE;
    pthread_t     thread;

    g_source_set_callback (source, raise_flag, &heard, NULL);
    g_source_attach (source, context);
    thread = spawn (sleep_in_loop, &sleeper);
    flag_await (&sleeper.started);
    await_sleep_of (sleeper.tid);
    in_thread (take_signal, &returned);
    trace ("handler returned %s", yes (returned));

    hand_over (with_callback (g_idle_source_new (), raise_flag_once, &woken_up, NULL), context);
    flag_await (&woken_up);
    trace ("woken");
    raise (SIGHUP);
    flag_await (&heard);
    trace ("heard");

    let_go (source);
    trace ("destroyed");
    g_main_loop_quit (sleeper.loop);
    join (thread);
    g_main_loop_unref (sleeper.loop);
    g_main_context_unref (context);
}

static void
lose_handlers (Leaving how)
{
    leaving = how;
    signal (SIGSYS, leave);
    for (int i = 0; i < 3; i++)
        lose_a_handler ();
}

TWIN_LEAKING (jump_out_of_a_handler_holds_nobody_up, "US-003 US-005 US-010",
              "what a lost handler may still look at is never freed")
{
    lose_handlers (JUMPS);
}

TWIN_LEAKING (thread_that_ends_in_a_handler_holds_nobody_up, "US-003 US-005 US-010",
              "what a lost handler may still look at is never freed")
{
    lose_handlers (ENDS_THREAD);
}
