/* shuffle.c - sequences nobody would think of: a seeded generator plays with many sources and tells all that happens.
 *
 * Every case is one seed. The players are sources at a few priorities; whenever the library asks or dispatches one, the
 * generator decides what it answers and whether it attaches, destroys, moves or re-times others, adds descriptors, or
 * iterates inside. One call more, less or elsewhere than expected and the rest of the trace is different.
 *
 * Left out are the things that GLib does wrongly (see recursion.c) and a source that changes priority inside prepare or
 * check, where GLib's walk jumps with it.
 */
#include "twin.h"

#include <stdio.h>
#include <unistd.h>

#define PLAYERS 120
#define PIPES 4
#define ROUNDS 40

static struct {
    GMainContext *context;
    guint32       state;
    Probe        *players[PLAYERS]; /* NULL once finalized */
    char          names[PLAYERS][8];
    gboolean      referenced[PLAYERS];
    int           count;
    int           depth;
    int           ends[PIPES][2];
} game;

static int
roll (int sides)
{
    return (int) (shuffled (&game.state) % (guint32) sides);
}

static Probe *
live_player (void)
{
    Probe *probe = game.count > 0 ? game.players[roll (game.count)] : NULL;

    return probe != NULL && !g_source_is_destroyed (PROBE_SOURCE (probe)) ? probe : NULL;
}

static void
forget_player (Probe *probe)
{
    game.players[GPOINTER_TO_INT (probe->data)] = NULL;
}

static void player_prepares (Probe *probe);
static void player_checks (Probe *probe);
static void player_dispatches (Probe *probe);

static void
attach_player (void)
{
    static const int priorities[] = { -100, -1, 0, 0, 0, 1, 200 };
    int              number = game.count;
    gboolean         passive = roll (3) == 0;
    Probe           *probe;

    if (number == PLAYERS)
        return;
    game.count++;
    snprintf (game.names[number], sizeof game.names[number], "%d", number);
    probe = probe_new_with (passive ? &probe_passive_funcs : &probe_funcs, game.names[number],
                            priorities[roll (G_N_ELEMENTS (priorities))]);
    probe->data = GINT_TO_POINTER (number);
    probe->in_prepare = player_prepares;
    probe->in_check = player_checks;
    probe->in_dispatch = player_dispatches;
    probe->in_finalize = forget_player;
    game.players[number] = probe;
    if (roll (2) == 0)
        g_source_add_unix_fd (PROBE_SOURCE (probe), game.ends[roll (PIPES)][0], G_IO_IN);
    if (roll (4) == 0)
        g_source_set_ready_time (PROBE_SOURCE (probe), 0);
    if (roll (3) == 0)
        g_source_set_can_recurse (PROBE_SOURCE (probe), TRUE);
    if (roll (3) == 0)
        g_source_set_callback (PROBE_SOURCE (probe), roll (3) == 0 ? call_once : call_again, game.names[number],
                               notified);
    trace ("+ %d%s at %d", number, passive ? " passive" : "", g_source_get_priority (PROBE_SOURCE (probe)));
    g_source_attach (PROBE_SOURCE (probe), game.context);
    game.referenced[number] = roll (2) == 0;
    if (!game.referenced[number])
        g_source_unref (PROBE_SOURCE (probe));
}

static void
destroy_player (void)
{
    Probe *probe = live_player ();

    if (probe != NULL) {
        trace ("- %s", probe->name);
        g_source_destroy (PROBE_SOURCE (probe));
    }
}

static void
toggle_pipe (void)
{
    int number = roll (PIPES);

    if (roll (2) == 0)
        feed (game.ends[number][1]);
    else
        drain (game.ends[number][0]);
}

static void
retime_player (void)
{
    Probe *probe = live_player ();

    if (probe != NULL)
        g_source_set_ready_time (PROBE_SOURCE (probe), roll (2) == 0 ? 0 : -1);
}

static void
move_player (void)
{
    Probe *probe = live_player ();

    if (probe != NULL) {
        g_source_set_priority (PROBE_SOURCE (probe), roll (5) - 2);
        trace ("= %s to %d", probe->name, g_source_get_priority (PROBE_SOURCE (probe)));
    }
}

static void
dress_player (void)
{
    Probe *probe = live_player ();

    if (probe != NULL) {
        trace ("~ %s", probe->name);
        if (roll (3) == 0)
            g_source_set_callback (PROBE_SOURCE (probe), NULL, NULL, NULL);
        else
            g_source_set_callback (PROBE_SOURCE (probe), call_again, (gpointer) probe->name, notified);
    }
}

/* What any user code may do at any time. */
static void
play_a_little (void)
{
    switch (roll (24)) {
    case 0:
    case 1:
        attach_player ();
        break;
    case 2:
        destroy_player ();
        break;
    case 3:
        retime_player ();
        break;
    case 4:
        toggle_pipe ();
        break;
    case 5:
        dress_player ();
        break;
    default:
        break;
    }
}

static void
player_prepares (Probe *probe)
{
    probe->prepare_ready = roll (8) == 0;
    play_a_little ();
}

static void
player_checks (Probe *probe)
{
    probe->check_ready = roll (5) == 0;
    play_a_little ();
}

static void
iterate_by_hand (void)
{
    Hand hand;

    hand_query (&hand, game.context);
    trace ("by hand: ready %d, priority %d", hand.ready, hand.priority);
    hand_poll (&hand);
    trace ("by hand: check %d", hand_check (&hand));
    g_main_context_dispatch (game.context);
}

static void
player_dispatches (Probe *probe)
{
    probe->keep = roll (6) != 0;
    if (roll (3) == 0)
        g_source_set_ready_time (PROBE_SOURCE (probe), -1);
    play_a_little ();
    switch (roll (12)) {
    case 0:
        move_player ();
        break;
    case 1:
    case 2:
        if (game.depth < 3) {
            game.depth++;
            trace ("{");
            if (roll (3) == 0)
                iterate_by_hand ();
            else
                turn (game.context);
            trace ("}");
            game.depth--;
        }
        break;
    case 3:
        g_source_set_can_recurse (PROBE_SOURCE (probe), roll (2) == 0);
        break;
    default:
        break;
    }
}

static void
play (guint32 seed)
{
    game.state = seed * 2654435761u;
    game.context = g_main_context_new ();
    for (int i = 0; i < PIPES; i++)
        pipe_open (game.ends[i]);
    for (int i = 0; i < 20; i++)
        attach_player ();
    for (int round = 0; round < ROUNDS; round++) {
        trace ("round %d", round);
        toggle_pipe ();
        play_a_little ();
        if (roll (4) == 0)
            move_player ();
        if (roll (6) == 0)
            trace ("pending %d", g_main_context_pending (game.context));
        if (roll (4) == 0)
            iterate_by_hand ();
        else
            turn (game.context);
    }
    trace ("the end");
    g_main_context_unref (game.context);
    for (int i = 0; i < game.count; i++)
        if (game.referenced[i])
            g_source_unref (PROBE_SOURCE (game.players[i]));
    for (int i = 0; i < PIPES; i++)
        pipe_close (game.ends[i]);
}

#define SHUFFLE(seed)                                                                                         \
    TWIN (seed_##seed, "PR-003 PR-004 PR-012 CK-005 CK-006 CK-009 CK-010 DI-001 DI-003 OR-001 OR-002 OR-003 " \
                       "RB-001 RB-002 RB-005 MC-007 MC-008")                                                  \
    {                                                                                                         \
        play (seed);                                                                                          \
    }

SHUFFLE (1)
SHUFFLE (2)
SHUFFLE (3)
SHUFFLE (4)
SHUFFLE (5)
SHUFFLE (6)
SHUFFLE (7)
SHUFFLE (8)
SHUFFLE (9)
SHUFFLE (10)
SHUFFLE (11)
SHUFFLE (12)
SHUFFLE (13)
SHUFFLE (14)
SHUFFLE (15)
SHUFFLE (16)
