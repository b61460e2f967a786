/* twin_sources.c - the sources of twin.h that tell what happens to them, and iterations step by step.
 *
 * They must not decide anything: a case sets what they answer. Next: any program that uses them, say prepare.c.
 */
#include "twin.h"

static gboolean
probe_prepare (GSource *source, int *timeout)
{
    Probe *probe = (Probe *) source;

    if (!probe->quiet)
        trace ("prepare %s", probe->name);
    if (probe->in_prepare != NULL)
        probe->in_prepare (probe);
    if (probe->timeout != PROBE_LEAVES_TIMEOUT)
        *timeout = probe->timeout;
    return probe->prepare_ready;
}

static gboolean
probe_check (GSource *source)
{
    Probe *probe = (Probe *) source;

    if (!probe->quiet)
        trace ("check %s", probe->name);
    if (probe->in_check != NULL)
        probe->in_check (probe);
    return probe->check_ready;
}

static gboolean
probe_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
    Probe *probe = (Probe *) source;

    trace ("dispatch %s", probe->name);
    if (probe->in_dispatch != NULL)
        probe->in_dispatch (probe);
    if (callback != NULL)
        return callback (data);
    return probe->keep;
}

static void
probe_finalize (GSource *source)
{
    Probe *probe = (Probe *) source;

    trace ("finalize %s", probe->name);
    if (probe->in_finalize != NULL)
        probe->in_finalize (probe);
}

GSourceFuncs probe_funcs = { .prepare = probe_prepare,
                             .check = probe_check,
                             .dispatch = probe_dispatch,
                             .finalize = probe_finalize };
GSourceFuncs probe_passive_funcs = { .dispatch = probe_dispatch, .finalize = probe_finalize };

Probe *
probe_new_with (GSourceFuncs *funcs, const char *name, int priority)
{
    Probe *probe = (Probe *) g_source_new (funcs, sizeof (Probe));

    probe->name = name;
    probe->timeout = PROBE_LEAVES_TIMEOUT;
    probe->keep = TRUE;
    g_source_set_priority (PROBE_SOURCE (probe), priority);
    return probe;
}

Probe *
probe_new (const char *name, int priority)
{
    return probe_new_with (&probe_funcs, name, priority);
}

Probe *
probe_attach (Probe *probe, GMainContext *context)
{
    g_source_attach (PROBE_SOURCE (probe), context);
    g_source_unref (PROBE_SOURCE (probe));
    return probe;
}

void
probe_destroys_other (Probe *probe)
{
    g_source_destroy (PROBE_SOURCE ((Probe *) probe->data));
}

void
probe_nests (Probe *probe)
{
    trace ("nested in %s, depth %d:", probe->name, g_main_depth ());
    turn (g_source_get_context (PROBE_SOURCE (probe)));
    trace ("back in %s", probe->name);
}

gboolean
call_once (gpointer name)
{
    trace ("call %s", (const char *) name);
    return FALSE;
}

gboolean
call_again (gpointer name)
{
    trace ("call %s", (const char *) name);
    return TRUE;
}

void
notified (gpointer name)
{
    trace ("notify %s", (const char *) name);
}

gboolean
call_quit (gpointer loop)
{
    trace ("quit");
    g_main_loop_quit (loop);
    return FALSE;
}

static GSource *
idle_with (GMainContext *context, int priority, const char *name, GSourceFunc callback)
{
    GSource *source = g_idle_source_new ();

    g_source_set_priority (source, priority);
    g_source_set_callback (source, callback, (gpointer) name, notified);
    g_source_attach (source, context);
    g_source_unref (source);
    return source;
}

GSource *
idle_again (GMainContext *context, int priority, const char *name)
{
    return idle_with (context, priority, name, call_again);
}

GSource *
idle_once (GMainContext *context, int priority, const char *name)
{
    return idle_with (context, priority, name, call_once);
}

void
hand_query (Hand *hand, GMainContext *context)
{
    hand->context = context;
    hand->ready = g_main_context_prepare (context, &hand->priority);
    hand->count
        = g_main_context_query (context, hand->priority, &hand->timeout, hand->entries, G_N_ELEMENTS (hand->entries));
    if (hand->count > (int) G_N_ELEMENTS (hand->entries))
        twin_give_up ("more descriptors than a Hand can hold");
}

void
hand_poll (Hand *hand)
{
    if (g_poll (hand->entries, (guint) hand->count, 0) < 0)
        twin_give_up ("g_poll");
}

gboolean
hand_check (Hand *hand)
{
    return g_main_context_check (hand->context, hand->priority, hand->entries, hand->count);
}

gboolean
turn (GMainContext *context)
{
    gboolean any = g_main_context_iteration (context, FALSE);

    trace ("turn -> %s", any ? "TRUE" : "FALSE");
    return any;
}
