/* source_life.c - a source from g_source_new to its last unref: what it starts as, what destroying does and when, what
 * happens in dispose and finalize, and what stays readable afterwards (contract section 11).
 *
 * Must not look into dispatch order, ids or callbacks for their own sake: see source_order.c, ids.c and callbacks.c.
 * Read next: callbacks.c, whose notifies run at the moments told here.
 */
#include "sources.h"

#include <string.h>
#include <unistd.h>

/* ---- birth ------------------------------------------------------------------------------------------------------- */

typedef struct {
    GSource       source;
    unsigned char tail[160];
} Wide;

TWIN (new_source_is_zeroed_and_bare, "SL-001")
{
    Wide   *wide = (Wide *) g_source_new (&probe_passive_funcs, sizeof (Probe) + sizeof (Wide));
    GSource *source = &wide->source;
    int      set = 0;

    for (size_t i = 0; i < sizeof wide->tail; i++)
        set += wide->tail[i] != 0;
    trace ("bytes set behind the source: %d", set);
    trace ("references %u, priority %d, recursive %s", source->ref_count, g_source_get_priority (source),
           yes (g_source_get_can_recurse (source)));
    trace ("name %s, ready time %d, destroyed %s", or_none (g_source_get_name (source)),
           (int) g_source_get_ready_time (source), yes (g_source_is_destroyed (source)));
    trace ("attached %s, id field %u", yes (g_source_get_context (source) != NULL), source->source_id);
    ((Probe *) source)->name = "bare";
    g_source_unref (source);
}

static void
trace_placed (const char *what, GSource *source)
{
    trace ("%s: %s", what, (guintptr) source % 16 == 0 ? "fits any type" : "is placed for words only");
    g_source_unref (source);
}

TWIN (fields_behind_a_source_may_be_of_any_type, "SL-001")
{
    static GSourceFuncs funcs;
    struct {
        GSource     source;
        long double number;
    } *wide = (void *) g_source_new (&funcs, sizeof *wide);

    wide->number = 1;
    trace ("number %d", (int) wide->number);
    trace_placed ("with a long double", &wide->source);
    for (guint size = sizeof (GSource); size < 300; size += 8)
        trace_placed ("any", g_source_new (&funcs, size));
    trace_placed ("idle", g_idle_source_new ());
    trace_placed ("timeout", g_timeout_source_new (1));
    trace_placed ("descriptor", g_unix_fd_source_new (0, G_IO_IN));
}

TWIN (smallest_possible_source_is_accepted, "SL-001")
{
    static GSourceFuncs funcs; /* no member at all: legal for a source that is never ready */
    GMainContext       *context = g_main_context_new ();
    GSource            *source = g_source_new (&funcs, sizeof (GSource));

    trace ("id %u", hand_over (source, context));
    turn (context);
    g_main_context_unref (context);
}

static gboolean
dispatch_first (GSource *source, GSourceFunc function, gpointer data)
{
    (void) source, (void) function, (void) data;
    trace ("first table");
    return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_second (GSource *source, GSourceFunc function, gpointer data)
{
    (void) source, (void) function, (void) data;
    trace ("second table");
    return G_SOURCE_CONTINUE;
}

TWIN (funcs_table_is_kept_by_pointer_and_replaceable_until_attach, "SL-002 DI-004")
{
    static GSourceFuncs first = { .dispatch = dispatch_first };
    static GSourceFuncs second = { .dispatch = dispatch_second };
    GMainContext       *context = g_main_context_new ();
    GSource            *source = g_source_new (&first, sizeof (GSource));

    trace ("first kept: %s", yes (source->source_funcs == &first));
    g_source_set_funcs (source, &second);
    trace ("second kept: %s", yes (source->source_funcs == &second));
    g_source_set_ready_time (source, 0);
    g_source_attach (source, context);
    turn (context);
    g_source_set_funcs (source, &first);
    turn (context);
    second.dispatch = dispatch_first;
    turn (context);
    g_source_destroy (source);
    g_source_set_funcs (source, &first);
    g_source_unref (source);
    g_main_context_unref (context);
}

/* ---- attach ------------------------------------------------------------------------------------------------------ */

TWIN (attaching_works_once, "SL-003 SL-007 SL-020")
{
    GMainContext *context = g_main_context_new ();
    GMainContext *other = g_main_context_new ();
    GSource      *source = g_idle_source_new ();
    GSource      *never = g_idle_source_new ();

    trace ("first %u", g_source_attach (source, context));
    trace ("again %u", g_source_attach (source, context));
    trace ("elsewhere %u", g_source_attach (source, other));
    g_source_destroy (source);
    trace ("after destroy %u", g_source_attach (source, context));
    trace ("elsewhere after destroy %u", g_source_attach (source, other));
    trace ("context kept: %s", yes (g_source_get_context (source) == context));
    g_source_destroy (never);
    trace ("destroyed before its first attach %u", g_source_attach (never, context));
    g_source_unref (never);
    g_source_unref (source);
    g_main_context_unref (other);
    g_main_context_unref (context);
}

/* ---- destroy ----------------------------------------------------------------------------------------------------- */

typedef struct {
    GSource      *source;
    GSource      *child;
    GMainContext *context;
    int           fd;
} Family;

/* The notify of the parent looks around. */
static void
look_around (gpointer data)
{
    Family *family = data;

    trace ("notify: source destroyed %s, child destroyed %s", yes (g_source_is_destroyed (family->source)),
           yes (g_source_is_destroyed (family->child)));
    trace ("notify: descriptor %s", polled_for (family->context, family->fd));
}

TWIN (destroy_notifies_first_then_lets_descriptors_and_children_go, "SL-004 SL-005 CS-006")
{
    int     ends[2];
    Family  family = { NULL, NULL, g_main_context_new (), -1 };
    GSource *grandparent = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "parent", 0));

    pipe_open (ends);
    family.fd = ends[0];
    family.source = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0));
    family.child = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "child", 0));
    g_source_add_unix_fd (family.source, ends[0], G_IO_IN);
    g_source_add_child_source (family.source, family.child);
    g_source_add_child_source (grandparent, family.source);
    g_source_set_callback (family.source, call_again, &family, look_around);
    g_source_attach (grandparent, family.context);
    trace ("references: source %u, child %u", family.source->ref_count, family.child->ref_count);
    g_source_destroy (family.source);
    trace ("destroy returned");
    trace ("references: source %u, child %u", family.source->ref_count, family.child->ref_count);
    trace ("child destroyed %s, parent destroyed %s", yes (g_source_is_destroyed (family.child)),
           yes (g_source_is_destroyed (grandparent)));
    trace ("descriptor %s", polled_for (family.context, ends[0]));
    trace ("callback left: %s", yes (family.source->callback_funcs != NULL || family.source->callback_data != NULL));
    g_source_unref (family.source);
    g_source_unref (family.child);
    g_source_destroy (grandparent);
    g_source_unref (grandparent);
    g_main_context_unref (family.context);
    pipe_close (ends);
}

TWIN (destroying_a_never_attached_source_only_marks_it, "SL-006 SL-011")
{
    GSource *source = with_callback (PROBE_SOURCE (probe_new ("source", 0)), call_again, "source", notified);

    g_source_destroy (source);
    trace ("destroyed %s, callback kept %s", yes (g_source_is_destroyed (source)),
           yes (source->callback_funcs != NULL));
    g_source_unref (source);
    trace ("end");
}

TWIN (destroying_twice_is_harmless, "SL-007")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_idle_source_new (), call_again, "source", notified);

    g_source_attach (source, context);
    g_source_destroy (source);
    g_source_destroy (source);
    trace ("references %u", source->ref_count);
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

static pthread_t dispatching_thread;

static void
notify_says_thread (gpointer name)
{
    trace ("notify %s in the %s thread", (const char *) name,
           pthread_equal (pthread_self (), dispatching_thread) ? "first" : "other");
}

static GSource *shared;

static gboolean
another_thread_destroys_me (gpointer data)
{
    trace ("callback begins");
    in_thread (destroy_it, shared);
    trace ("callback goes on, destroyed %s", yes (g_source_is_destroyed (shared)));
    (void) data;
    return G_SOURCE_CONTINUE;
}

TWIN (destroy_from_another_thread_during_dispatch_defers_the_notify, "SL-008 CB-001")
{
    GMainContext *context = g_main_context_new ();

    dispatching_thread = pthread_self ();
    shared = with_callback (g_idle_source_new (), another_thread_destroys_me, "source", notify_says_thread);
    g_source_attach (shared, context);
    turn (context);
    turn (context);
    g_source_unref (shared);
    g_main_context_unref (context);
}

static void *
destroy_and_tell (void *source)
{
    trace ("destroying");
    g_source_destroy (source);
    trace ("destroy returned");
    return NULL;
}

TWIN (destroy_from_another_thread_at_rest_notifies_there, "SL-009")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (g_idle_source_new (), call_again, "source", notify_says_thread);

    dispatching_thread = pthread_self ();
    g_source_attach (source, context);
    in_thread (destroy_and_tell, source);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (is_destroyed_tells_every_way_of_ending, "SL-017")
{
    GMainContext *context = g_main_context_new ();
    GSource      *by_hand = with_callback (g_idle_source_new (), call_again, "by hand", NULL);
    GSource      *by_result = with_callback (g_idle_source_new (), call_once, "by result", NULL);
    GSource      *by_context = with_callback (g_idle_source_new (), call_again, "by context", NULL);

    g_source_attach (by_hand, context);
    g_source_attach (by_result, context);
    g_source_attach (by_context, context);
    g_source_destroy (by_hand);
    trace ("%s %s %s", yes (g_source_is_destroyed (by_hand)), yes (g_source_is_destroyed (by_result)),
           yes (g_source_is_destroyed (by_context)));
    turn (context);
    trace ("%s %s %s", yes (g_source_is_destroyed (by_hand)), yes (g_source_is_destroyed (by_result)),
           yes (g_source_is_destroyed (by_context)));
    g_main_context_unref (context);
    trace ("%s %s %s", yes (g_source_is_destroyed (by_hand)), yes (g_source_is_destroyed (by_result)),
           yes (g_source_is_destroyed (by_context)));
    g_source_unref (by_hand);
    g_source_unref (by_result);
    g_source_unref (by_context);
}

/* ---- the context a source reads ---------------------------------------------------------------------------------- */

TWIN (context_is_readable_from_attach_until_the_context_ends, "SL-018 SL-003")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();
    GSource      *never = g_idle_source_new ();

    trace ("before attach: NULL %s", yes (g_source_get_context (source) == NULL));
    g_source_attach (source, context);
    trace ("attached: the context %s", yes (g_source_get_context (source) == context));
    g_source_destroy (source);
    trace ("destroyed: the context %s", yes (g_source_get_context (source) == context));
    g_main_context_unref (context);
    trace ("context gone: NULL %s", yes (g_source_get_context (source) == NULL));
    g_source_destroy (never);
    trace ("destroyed and never attached: NULL %s", yes (g_source_get_context (never) == NULL));
    g_source_unref (source);
    g_source_unref (never);
}

#if GLIB_CHECK_VERSION (2, 90, 0)
OWN (dup_context_is_get_context_with_a_reference, "SL-019", "g_source_dup_context is newer than the oracle")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = g_idle_source_new ();
    GMainContext *copy;

    expect (g_source_dup_context (source) == NULL);
    g_source_attach (source, context);
    copy = g_source_dup_context (source);
    expect (copy == context);
    g_main_context_unref (context);
    /* the copy alone keeps the context and so its sources alive */
    expect (!g_source_is_destroyed (source));
    g_source_destroy (source);
    context = g_source_dup_context (source);
    expect (context == copy);
    g_main_context_unref (context);
    g_main_context_unref (copy);
    log_hold ();
    expect (g_source_dup_context (source) == NULL);
    trace ("%s", log_held ());
    expect (strcmp (log_held (), "GLib-CRITICAL g_source_dup_context: assertion 'source->context != NULL || "
                                 "!SOURCE_DESTROYED (source)' failed") == 0);
    g_source_unref (source);
}
#endif

/* ---- dispose and finalize ---------------------------------------------------------------------------------------- */

static GMainContext *seen_context;
static guint         seen_id;

/* Calls that need the context's lock, and a read of the count: what dispose and finalize may do. */
static void
look_from_inside (const char *when, GSource *source)
{
    trace ("%s: references %u, found by id %s, name %s", when, source->ref_count,
           yes (seen_context != NULL && g_main_context_find_source_by_id (seen_context, seen_id) != NULL),
           or_none (g_source_get_name (source)));
    g_source_set_name (source, when);
    if (seen_context != NULL)
        g_source_destroy (idle_once (seen_context, 0, when));
}

static void
look_in_dispose (GSource *source)
{
    trace ("dispose: destroyed %s", yes (g_source_is_destroyed (source)));
    look_from_inside ("dispose", source);
}

static void
look_in_finalize (Probe *probe)
{
    look_from_inside ("finalize", PROBE_SOURCE (probe));
}

static GSource *
observed_source (void)
{
    Probe *probe = probe_new_with (&probe_passive_funcs, "source", 0);

    probe->in_finalize = look_in_finalize;
    g_source_set_dispose_function (PROBE_SOURCE (probe), look_in_dispose);
    g_source_set_callback (PROBE_SOURCE (probe), call_again, "source", notified);
    g_source_set_name (PROBE_SOURCE (probe), "observed");
    return PROBE_SOURCE (probe);
}

TWIN (last_unref_of_an_unattached_source_disposes_finalizes_then_notifies, "SL-010 SL-011 SL-012 CS-009")
{
    GSource *source = observed_source ();
    GSource *child = PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "child", 0));

    g_source_add_child_source (source, child);
    g_source_unref (child);
    g_source_unref (source);
    trace ("end");
}

TWIN (destroyed_source_is_notified_long_before_it_is_finalized, "SL-010 SL-011 SL-012 MC-015")
{
    GSource *source = observed_source ();

    seen_context = g_main_context_new ();
    seen_id = g_source_attach (source, seen_context);
    g_source_destroy (source);
    trace ("destroy returned");
    g_source_unref (source);
    trace ("end");
    g_main_context_unref (seen_context);
}

TWIN (one_unref_too_many_warns_and_takes_the_source_out, "SL-016 SL-010 SL-011")
{
    GSource *source = observed_source ();

    seen_context = g_main_context_new ();
    seen_id = g_source_attach (source, seen_context);
    g_source_set_ready_time (source, 0);
    trace ("found by id %s", yes (g_main_context_find_source_by_id (seen_context, seen_id) != NULL));
    g_source_unref (source);
    g_source_unref (source); /* the context's reference */
    turn (seen_context);
    trace ("found by id %s", yes (g_main_context_find_source_by_id (seen_context, seen_id) != NULL));
    g_main_context_unref (seen_context);
}

static int rescues;

static void
rescue_once (GSource *source)
{
    trace ("dispose, references %u", source->ref_count);
    if (rescues++ == 0)
        g_source_ref (source);
}

TWIN (dispose_may_keep_the_source_alive_and_is_asked_again, "SL-013 SL-012")
{
    GSource *source = with_callback (PROBE_SOURCE (probe_new ("source", 0)), call_again, "source", notified);

    g_source_set_dispose_function (source, rescue_once);
    g_source_unref (source);
    trace ("rescued: references %u, destroyed %s", source->ref_count, yes (g_source_is_destroyed (source)));
    g_source_unref (source);
    trace ("end");
}

TWIN (rescued_source_can_still_be_used, "SL-013")
{
    GMainContext *context = g_main_context_new ();
    GSource      *source = with_callback (PROBE_SOURCE (probe_new_with (&probe_passive_funcs, "source", 0)), call_once,
                                          "source", notified);

    g_source_set_dispose_function (source, rescue_once);
    g_source_unref (source);
    g_source_set_ready_time (source, 0);
    trace ("id %u", g_source_attach (source, context));
    turn (context);
    g_source_unref (source);
    g_main_context_unref (context);
}

static void
second_dispose (GSource *source)
{
    (void) source;
    trace ("second dispose");
}

TWIN (dispose_function_is_set_once, "SL-014")
{
    GSource *source = PROBE_SOURCE (probe_new ("source", 0));

    g_source_set_dispose_function (source, rescue_once);
    log_hold ();
    g_source_set_dispose_function (source, second_dispose);
    since (2, 84,
           "GLib-CRITICAL g_source_set_dispose_function: assertion 'source->priv->dispose == NULL' failed",
           "GLib-CRITICAL g_source_set_dispose_function: assertion 'was_unset' failed", log_held ());
    g_source_unref (source);
    g_source_unref (source);
}

#if GLIB_CHECK_VERSION (2, 90, 0)

/* The use that dispose functions were made for: a registry of weak pointers, asked by several threads while the last
 * strong reference goes. */
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static GSource        *registry;
static int             finalized;

static void
leave_registry (GSource *source)
{
    pthread_mutex_lock (&registry_lock);
    if (registry == source)
        registry = NULL;
    pthread_mutex_unlock (&registry_lock);
}

static void
count_finalize (GSource *source)
{
    (void) source;
    g_atomic_int_inc (&finalized);
}

static void *
borrow_until_gone (void *data)
{
    gboolean there;

    do {
        GSource *source;

        pthread_mutex_lock (&registry_lock);
        there = registry != NULL;
        source = there ? g_source_ref (registry) : NULL;
        pthread_mutex_unlock (&registry_lock);
        if (source != NULL)
            g_source_unref (source);
    } while (there);
    return data;
}

OWN (racing_refs_around_dispose_finalize_once, "SL-015", "the oracle's count is not safe against this race")
{
    static GSourceFuncs funcs = { .finalize = count_finalize };
    enum { ROUNDS = 300 };

    for (int round = 0; round < ROUNDS; round++) {
        GSource  *source = g_source_new (&funcs, sizeof (GSource));
        pthread_t others[2];

        g_source_set_dispose_function (source, leave_registry);
        registry = source;
        for (int i = 0; i < 2; i++)
            others[i] = spawn (borrow_until_gone, NULL);
        g_source_unref (source);
        for (int i = 0; i < 2; i++)
            join (others[i]);
        expect (g_atomic_int_get (&finalized) == round + 1);
    }
}
#endif

/* ---- a callback object that destroys its own source -------------------------------------------------------------- */

static GSource *closure_source;

static void
closure_ref (gpointer data)
{
    (void) data;
}

static void
closure_unref (gpointer data)
{
    (void) data;
    trace ("unref: references above zero %s", yes (closure_source->ref_count > 0));
    g_source_destroy (closure_source);
    trace ("unref: destroyed %s", yes (g_source_is_destroyed (closure_source)));
}

static void
closure_get (gpointer data, GSource *source, GSourceFunc *function, gpointer *function_data)
{
    (void) source;
    *function = call_again;
    *function_data = data;
}

static GSourceCallbackFuncs closure_funcs = { closure_ref, closure_unref, closure_get };

TWIN (callback_object_may_destroy_its_source_while_going, "SL-021 MC-013")
{
    GMainContext *context = g_main_context_new ();

    trace ("destroyed by hand");
    closure_source = PROBE_SOURCE (probe_new ("attached", 0));
    g_source_set_callback_indirect (closure_source, "closure", &closure_funcs);
    g_source_attach (closure_source, context);
    g_source_destroy (closure_source);
    g_source_unref (closure_source);

    trace ("finalized without ever being attached");
    closure_source = PROBE_SOURCE (probe_new ("unattached", 0));
    g_source_set_callback_indirect (closure_source, "closure", &closure_funcs);
    g_source_unref (closure_source);

    trace ("left to the context");
    closure_source = PROBE_SOURCE (probe_new ("left", 0));
    g_source_set_callback_indirect (closure_source, "closure", &closure_funcs);
    hand_over (closure_source, context);
    if (at_least (2, 86)) /* before, this call deadlocked while the context went */
        g_main_context_unref (context);
    else {
        g_source_destroy (closure_source);
        g_main_context_unref (context);
    }
}
