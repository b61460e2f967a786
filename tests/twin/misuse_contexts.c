/* misuse_contexts.c - invalid calls on contexts and loops: what is printed, letter for letter, and what is returned.
 *
 * The order of cases is the order of the contract's tables "Contexts" and "Loops". Rows about ownership and NULL
 * contexts are in ownership.c, a push that is refused is in thread_default.c. Calls on freed contexts are left out:
 * nothing can be promised about them. Read next: misuse_sources.c.
 */
#include "sources.h"

#include <errno.h>
#include <string.h>

/* ---- null and unbalanced ----------------------------------------------------------------------------------------- */

TWIN (null_context_cannot_be_counted, "MU-001 MC-005")
{
    trace ("ref: %s", yes (g_main_context_ref (NULL) != NULL));
    g_main_context_unref (NULL);
}

TWIN (release_without_acquire_is_told, "MU-001 OW-004")
{
    GMainContext *context = g_main_context_new ();

    log_hold ();
    g_main_context_release (context);
    since (2, 78, "", "GLib-CRITICAL g_main_context_release_unlocked: assertion 'context->owner_count > 0' failed",
           log_held ());
    g_main_context_unref (context);
}

OWN (context_works_on_after_an_unbalanced_release, "MU-001 OW-004 BUG-4", "the oracle aborts at the next acquire")
{
    GMainContext *context = g_main_context_new ();

    log_hold ();
    g_main_context_release (context);
    expect (g_main_context_acquire (context));
    g_main_context_release (context);
    expect (!g_main_context_is_owner (context));
    g_main_context_release (context);
    expect (g_main_context_acquire (context));
    expect (g_main_context_is_owner (context));
    g_main_context_release (context);
    expect (strlen (log_held ()) > 0);
    g_main_context_unref (context);
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
TWIN (wait_complains_once_and_works, "MU-001 OW-010")
{
    GMainContext *context = g_main_context_new ();
    GMutex        mutex;
    GCond         cond;

    g_mutex_init (&mutex);
    g_cond_init (&cond);
    g_mutex_lock (&mutex);
    trace ("wait: %s", yes (g_main_context_wait (context, &cond, &mutex)));
    trace ("again: %s", yes (g_main_context_wait (context, &cond, &mutex)));
    g_mutex_unlock (&mutex);
    trace ("owner %s", yes (g_main_context_is_owner (context)));
    g_main_context_release (context);
    trace ("owner %s", yes (g_main_context_is_owner (context)));
    g_main_context_release (context);
    trace ("owner %s", yes (g_main_context_is_owner (context)));
    g_mutex_clear (&mutex);
    g_cond_clear (&cond);
    g_main_context_unref (context);
}
G_GNUC_END_IGNORE_DEPRECATIONS

/* ---- beats inside beats ------------------------------------------------------------------------------------------ */

static void
beat_inside (Probe *probe)
{
    GMainContext *context = probe->data;
    GPollFD       entries[4];
    int           priority = 77;

    trace ("prepare: %s, priority %d", yes (g_main_context_prepare (context, &priority)), priority);
    trace ("check: %s", yes (g_main_context_check (context, G_MAXINT, entries, 0)));
    trace ("iteration: %s", yes (g_main_context_iteration (context, FALSE)));
    trace ("pending: %s", yes (g_main_context_pending (context)));
}

static void
tell_beats_inside (gboolean in_check)
{
    GMainContext *context = g_main_context_new ();
    Probe        *probe = probe_new ("probe", 0);

    probe->data = context;
    *(in_check ? &probe->in_check : &probe->in_prepare) = beat_inside;
    probe_attach (probe, context);
    turn (context);
    probe->in_prepare = probe->in_check = NULL;
    probe->check_ready = TRUE;
    turn (context);
    g_main_context_unref (context);
}

TWIN (beats_inside_prepare_warn_and_fail, "MU-001 PR-013")
{
    tell_beats_inside (FALSE);
}

TWIN (beats_inside_check_warn_and_fail, "MU-001 PR-013 CK-012")
{
    tell_beats_inside (TRUE);
}

/* ---- records and the poll function ------------------------------------------------------------------------------- */

TWIN (record_must_not_be_null, "MU-001 QU-009")
{
    GMainContext *context = g_main_context_new ();

    g_main_context_add_poll (context, NULL, 0);
    g_main_context_remove_poll (context, NULL);
    g_main_context_add_poll (NULL, NULL, 0);
    g_main_context_remove_poll (NULL, NULL);
    g_main_context_unref (context);
}

TWIN (unknown_record_is_removed_silently_and_spoils_the_check, "MU-001 QU-010")
{
    GMainContext *context = g_main_context_new ();
    GPollFD       unknown = { -1, 0, 0 };
    GPollFD       entries[4];
    int           priority, timeout, count;

    g_main_context_remove_poll (context, &unknown);
    trace ("woken %s", yes (woken (context)));
    idle_again (context, 0, "idle");
    g_main_context_acquire (context);
    g_main_context_prepare (context, &priority);
    count = g_main_context_query (context, priority, &timeout, entries, G_N_ELEMENTS (entries));
    g_main_context_remove_poll (context, &unknown);
    trace ("check %s", yes (g_main_context_check (context, priority, entries, count)));
    g_main_context_release (context);
    turn (context);
    g_main_context_unref (context);
}

static int poll_error;

static gint
failing_poll (GPollFD *entries, guint count, gint timeout)
{
    (void) entries, (void) count, (void) timeout;
    errno = poll_error;
    return -1;
}

TWIN (failing_poll_function_is_told_and_the_iteration_goes_on, "MU-001 PO-005")
{
    static const int errors[] = { EINVAL, ENOMEM, EINTR };
    GMainContext    *context = g_main_context_new ();

    idle_again (context, 0, "idle");
    g_main_context_set_poll_func (context, failing_poll);
    for (size_t i = 0; i < G_N_ELEMENTS (errors); i++) {
        poll_error = errors[i];
        turn (context);
    }
    g_main_context_unref (context);
}

/* ---- thread defaults --------------------------------------------------------------------------------------------- */

static void *
pop_here (void *context)
{
    g_main_context_pop_thread_default (context);
    return NULL;
}

TWIN (only_what_was_pushed_last_can_be_popped, "MU-001 TD-005 TD-006")
{
    GMainContext *first = g_main_context_new ();
    GMainContext *second = g_main_context_new ();

    trace ("never pushed");
    in_thread (pop_here, first);
    in_thread (pop_here, NULL);
    g_main_context_push_thread_default (first);
    g_main_context_push_thread_default (second);
    trace ("not the top");
    g_main_context_pop_thread_default (first);
    g_main_context_pop_thread_default (NULL);
    trace ("top kept %s", yes (g_main_context_get_thread_default () == second));
    g_main_context_pop_thread_default (second);
    g_main_context_pop_thread_default (first);
    trace ("emptied");
    g_main_context_pop_thread_default (first);
    g_main_context_unref (first);
    g_main_context_unref (second);
}

TWIN (null_popped_from_an_emptied_stack_is_told, "MU-001 TD-007")
{
    g_main_context_push_thread_default (NULL);
    g_main_context_pop_thread_default (NULL);
    log_hold ();
    g_main_context_pop_thread_default (NULL);
    since (2, 78, "", "GLib-CRITICAL g_main_context_release_unlocked: assertion 'context->owner_count > 0' failed",
           log_held ());
}

/* ---- finding and invoking ---------------------------------------------------------------------------------------- */

TWIN (find_needs_an_id_and_a_table, "MU-001 ID-004 ID-005")
{
    trace ("%s", yes (g_main_context_find_source_by_id (NULL, 0) != NULL));
    trace ("%s", yes (g_main_context_find_source_by_funcs_user_data (NULL, NULL, NULL) != NULL));
}

TWIN (invoke_needs_a_function, "MU-001 TD-012")
{
    GMainContext *context = g_main_context_new ();

    g_main_context_invoke (context, NULL, NULL);
    g_main_context_invoke_full (context, 0, NULL, "data", notified);
    g_main_context_invoke (NULL, NULL, NULL);
    turn (context);
    g_main_context_unref (context);
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

TWIN (null_loop_is_refused_by_every_function, "MU-002 ML-001")
{
    g_main_loop_run (NULL);
    g_main_loop_quit (NULL);
    g_main_loop_unref (NULL);
    trace ("ref %s", yes (g_main_loop_ref (NULL) != NULL));
    trace ("context %s", yes (g_main_loop_get_context (NULL) != NULL));
    trace ("running %d", g_main_loop_is_running (NULL));
}

static void
run_inside (Probe *probe)
{
    log_hold ();
    g_main_loop_run (probe->data);
    expect (strcmp (log_held (), "GLib-WARNING g_main_loop_run(): called recursively from within a source's check() or "
                                 "prepare() member, iteration not possible.") == 0);
}

OWN (loop_run_inside_prepare_or_check_warns_and_leaves_its_flag_alone, "MU-002 RB-011 BUG-5",
     "the oracle leaves the context locked")
{
    GMainContext *context = g_main_context_new ();

    for (int claimed = 0; claimed < 2; claimed++) {
        GMainLoop *loop = g_main_loop_new (context, claimed);
        Probe     *probe = probe_attach (probe_new ("probe", 0), context);

        probe->data = loop;
        probe->in_prepare = run_inside;
        probe->in_check = run_inside;
        expect (!g_main_context_iteration (context, FALSE));
        expect (g_main_loop_is_running (loop) == claimed);
        g_source_destroy (PROBE_SOURCE (probe));
        g_main_loop_unref (loop);
    }
    g_main_context_unref (context);
}
