/* hostile.h - the places of an iteration where a program's own function runs, for the programs that do there what no loop
 * expects (section 28).
 *
 * A case sets an act, what is done, and enters a place: what calls the act. Must not know what the act does. Afterwards,
 * tell_what_is_left says what the loop has become, in terms that both libraries can be asked for. C++ too: hostile_throws.cc.
 *
 * Read next: hostile_jumps.c.
 */
#ifndef TWIN_HOSTILE_H
#define TWIN_HOSTILE_H

#include "sources.h"

typedef enum {
    IN_PREPARE,
    IN_POLL,
    IN_CHECK,
    IN_DISPATCH, /* a dispatch function */
    IN_CALLBACK, /* the callback of an idle source */
    IN_NOTIFY,
    IN_UNREF, /* of an indirect callback */
    IN_DISPOSE,
    IN_FINALIZE,
    IN_MESSAGE, /* a handler of messages, at a warning of the loop's */
    IN_INVOKED, /* a function given to g_main_context_invoke */
    PLACES
} Place;

static inline const char *
place_name (int place)
{
    static const char *const names[PLACES] = { "prepare", "poll",    "check",    "dispatch", "callback", "notify",
                                               "unref",   "dispose", "finalize", "message",  "invoked" };

    return names[place];
}

/* What is done once in the place that was entered, and in which context that is. */
static void (*the_act) (void);
static GMainContext *the_context;
static guint         message_handler;

static inline void
act_once (void)
{
    void (*act) (void) = the_act;

    the_act = NULL;
    if (act != NULL)
        act ();
}

static inline void
act_in_probe (Probe *probe)
{
    (void) probe;
    act_once ();
}

static inline gboolean
act_in_callback (gpointer data)
{
    (void) data;
    act_once ();
    return G_SOURCE_REMOVE;
}

static inline gboolean
ends_at_once (gpointer data)
{
    (void) data;
    return G_SOURCE_REMOVE;
}

static inline void
act_in_notify (gpointer data)
{
    (void) data;
    act_once ();
}

static inline void
act_in_dispose (GSource *source)
{
    (void) source;
    act_once ();
}

static inline void
act_in_message (const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    (void) domain;
    (void) level;
    (void) data;
    g_log_remove_handler ("GLib", message_handler);
    trace ("message: %s", text);
    act_once ();
}

static inline int
act_in_poll (GPollFD *entries, guint count, int timeout)
{
    g_main_context_set_poll_func (the_context, NULL);
    act_once ();
    return g_poll (entries, count, timeout);
}

static inline void
table_ref (gpointer data)
{
    (void) data;
}

static inline void
table_get (gpointer data, GSource *source, GSourceFunc *function, gpointer *result)
{
    (void) source;
    *function = ends_at_once;
    *result = data;
}

/* The loop's own reference is the second that is given back. */
static inline void
table_unref (gpointer data)
{
    if (++*(int *) data == 2)
        act_once ();
}

/* Puts a source into the_context that will call the act in the place when iterated next. */
static inline void
lead_to (Place place, void (*act) (void))
{
    static GSourceCallbackFuncs table = { table_ref, table_unref, table_get };
    static int                  given_back;
    Probe                      *probe;
    GSource                    *idle = NULL;

    the_act = act;
    switch (place) {
    case IN_PREPARE:
    case IN_CHECK:
    case IN_DISPATCH:
    case IN_FINALIZE:
        probe = probe_new (place_name (place), 0);
        probe->quiet = TRUE;
        probe->keep = FALSE;
        probe->prepare_ready = place != IN_CHECK;
        probe->in_prepare = place == IN_PREPARE ? act_in_probe : NULL;
        probe->in_check = place == IN_CHECK ? act_in_probe : NULL;
        probe->in_dispatch = place == IN_DISPATCH ? act_in_probe : NULL;
        probe->in_finalize = place == IN_FINALIZE ? act_in_probe : NULL;
        probe->timeout = 0; /* whoever waits goes on to check */
        probe->check_ready = TRUE;
        probe_attach (probe, the_context);
        break;
    case IN_POLL:
        g_main_context_set_poll_func (the_context, act_in_poll);
        break;
    case IN_CALLBACK:
        idle = with_callback (g_idle_source_new (), act_in_callback, NULL, NULL);
        break;
    case IN_NOTIFY:
        idle = with_callback (g_idle_source_new (), ends_at_once, NULL, act_in_notify);
        break;
    case IN_UNREF:
        given_back = 0;
        idle = g_idle_source_new ();
        g_source_set_callback_indirect (idle, &given_back, &table);
        break;
    case IN_DISPOSE:
        idle = with_callback (g_idle_source_new (), ends_at_once, NULL, NULL);
        g_source_set_dispose_function (idle, act_in_dispose);
        break;
    case IN_MESSAGE:
        message_handler = g_log_set_handler ("GLib", G_LOG_LEVEL_WARNING, act_in_message, NULL);
        idle = g_idle_source_new (); /* it has no callback, which its dispatch warns about */
        break;
    case IN_INVOKED:
    case PLACES:
        break;
    }
    if (idle != NULL) {
        g_source_set_priority (idle, 0);
        hand_over (idle, the_context);
    }
}

/* Runs the act in that place. */
static inline void
enter (Place place, void (*act) (void))
{
    lead_to (place, act);
    if (place == IN_INVOKED) {
        g_main_context_acquire (the_context); /* or an idle would do it */
        g_main_context_invoke (the_context, act_in_callback, NULL);
        g_main_context_release (the_context);
    } else {
        g_main_context_iteration (the_context, FALSE);
    }
}

static inline void *
post_from_thread (void *context)
{
    nap_ms (20); /* the other side should be asleep by then; it must wake up in any case */
    idle_once ((GMainContext *) context, 0, "posted by another thread");
    return NULL;
}

/* Sleeps until another thread has posted a source and it was dispatched. */
static inline void
tell_of_a_post (GMainContext *context)
{
    pthread_t poster = spawn (post_from_thread, context);

    for (int i = 0; i < 50 && !g_main_context_iteration (context, TRUE); i++)
        ;
    join (poster);
}

static inline void
tell_that_it_works (void)
{
    idle_once (the_context, 0, "idle");
    turn (the_context);
    turn (the_context);
}

/* Who owns the_context, what this thread is thought to be doing, and whether the loop still works. */
static inline void
tell_what_is_left (void)
{
    trace ("owner %s, free for others %s, depth %d, current %s", yes (g_main_context_is_owner (the_context)),
           yes (free_for_others (the_context)), g_main_depth (), yes (g_main_current_source () != NULL));
    tell_that_it_works ();
}

/* Leaves a loop in every place, in a way that comes back with TRUE, and tells what is left and that one release more gives
 * the context to others. */
static inline void
leave_every_place (gboolean (*leaves) (Place))
{
    for (int place = 0; place < PLACES; place++) {
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        trace ("left %s", yes (leaves ((Place) place)));
        tell_what_is_left ();
        g_main_context_release (the_context);
        trace ("released, free for others %s", yes (free_for_others (the_context)));
        g_main_context_unref (the_context);
    }
}

/* The same, and that a source from another thread ends its sleep afterwards. */
static inline void
leave_every_place_and_post (gboolean (*leaves) (Place))
{
    for (int place = 0; place < PLACES; place++) {
        if (place == IN_PREPARE || place == IN_CHECK)
            continue; /* it iterates no more */
        trace ("-- %s", place_name (place));
        the_context = g_main_context_new ();
        leaves ((Place) place);
        tell_of_a_post (the_context);
        g_main_context_unref (the_context);
    }
}

#endif
