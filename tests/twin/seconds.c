/* seconds.c - timeouts in whole seconds: all of a process expire in one instant of a second, chosen by the session
 * (contract TM-008 to TM-010).
 *
 * The offset is computed once per process, and every case has a process of its own: each sets the environment first and
 * works out the expected expiry by itself. Must not trace times. Read next: timeouts.c for everything else.
 */
#include "sources.h"

#include <stdlib.h>

/* The resolution offset and alignment are computed in: microseconds until nanoseconds came. */
static gint64
units_per_second (void)
{
    return at_least (2, 90) ? 1000000000 : 1000000;
}

static void
session_is (const char *bus, const char *host)
{
    unsetenv ("DBUS_SESSION_BUS_ADDRESS");
    unsetenv ("HOSTNAME");
    if (bus != NULL)
        setenv ("DBUS_SESSION_BUS_ADDRESS", bus, 1);
    if (host != NULL)
        setenv ("HOSTNAME", host, 1);
}

static gint32
hash_of (const char *text)
{
    guint32 hash = 5381;

    for (; *text != '\0'; text++)
        hash = hash * 33 + (guint32) (signed char) *text;
    return (gint32) hash;
}

/* The offset a session text gives: its hash without the sign. */
static gint64
offset_of (const char *text)
{
    return text != NULL ? ABS ((gint64) hash_of (text)) % units_per_second () : 0;
}

#if !GLIB_CHECK_VERSION (2, 90, 0)
/* There if a newer loop stands in front of the library. */
gboolean g_source_get_ready_time_ns (GSource *source, uint64_t *due) __attribute__ ((weak));
#endif

static gint64
expiry_of (GSource *source)
{
    uint64_t due = 0;

    if (!at_least (2, 90))
        return g_source_get_ready_time (source);
    g_source_get_ready_time_ns (source, &due);
    return (gint64) due;
}

static gint64
now_in_units (void)
{
    return at_least (2, 90) ? now_ns () : now_ns () / 1000;
}

/* The aligned expiry for an unaligned one: less than a quarter second beyond the mark is cut off, more is rounded up. */
static gint64
aligned (gint64 expiry, gint64 offset)
{
    gint64 unit = units_per_second ();
    gint64 beyond = (expiry - offset) % unit;

    if (beyond < 0)
        beyond += unit;
    return beyond < unit / 4 ? expiry - beyond : expiry - beyond + unit;
}

/* Creates sources until the clock read before and after agree on what is expected; one try is nearly always enough. */
static void
tell_alignment (const char *when, guint interval, gint64 offset)
{
    for (;;) {
        gint64   plain = (gint64) interval * units_per_second ();
        gint64   earliest = aligned (now_in_units () + plain, offset);
        GSource *source = g_timeout_source_new_seconds (interval);
        gint64   expiry = expiry_of (source);
        gint64   latest = aligned (now_in_units () + plain, offset);

        g_source_unref (source);
        if (earliest != latest)
            continue;
        trace ("%s: as expected %s", when, yes (expiry == earliest));
        if (expiry != earliest)
            trace ("off by %" G_GINT64_FORMAT, expiry - earliest);
        return;
    }
}

/* Sleeps until the clock stands this many milliseconds beyond the mark. */
static void
await_phase (gint64 offset, int milliseconds)
{
    gint64 unit = units_per_second ();
    gint64 wanted = offset + unit / 1000 * milliseconds;
    gint64 ahead = (wanted - now_in_units ()) % unit;

    if (ahead < 0)
        ahead += unit;
    nap_ms ((int) (ahead * 1000 / unit) + 1);
}

static void
tell_session (const char *bus, const char *host, const char *text)
{
    session_is (bus, host);
    tell_alignment ("created now", 7, offset_of (text));
}

/* ---- the offset -------------------------------------------------------------------------------------------------- */

TWIN (offset_comes_from_the_bus_address, "TM-009 TM-008")
{
    tell_session ("unix:path=/run/user/1000/bus", "machine", "unix:path=/run/user/1000/bus");
}

TWIN (offset_comes_from_the_host_name_without_a_bus, "TM-009")
{
    tell_session (NULL, "machine.example", "machine.example");
}

TWIN (offset_is_zero_without_a_session, "TM-009")
{
    tell_session (NULL, NULL, NULL);
}

TWIN (empty_bus_address_is_a_bus_address, "TM-009")
{
    tell_session ("", "machine", "");
}

TWIN (offset_hashes_signed_characters, "TM-009")
{
    tell_session ("unix:path=/tmp/\xc3\xbc\xff\x80", NULL, "unix:path=/tmp/\xc3\xbc\xff\x80");
}

TWIN (negative_hash_counts_without_its_sign, "TM-009")
{
    char text[] = "a:path=/run/bus";

    while (hash_of (text) >= 0)
        text[0]++;
    trace ("session starts with %c", text[0]);
    tell_session (text, NULL, text);
}

TWIN (offset_is_computed_once_per_process, "TM-009 TM-010")
{
    tell_session ("first", NULL, "first");
    session_is ("second", NULL);
    tell_alignment ("after a change of the environment", 3, offset_of ("first"));
}

/* ---- rounding ---------------------------------------------------------------------------------------------------- */

TWIN (expiry_is_cut_off_below_a_quarter_second_and_rounded_up_above, "TM-008")
{
    static const int phases[] = { 60, 180, 320, 600, 940 };
    gint64           offset = offset_of ("session");

    session_is ("session", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS (phases); i++) {
        char *when = g_strdup_printf ("%d ms beyond the mark", phases[i]);

        await_phase (offset, phases[i]);
        tell_alignment (when, 2, offset);
        g_free (when);
    }
}

TWIN (seconds_timeouts_of_a_process_share_the_instant, "TM-010 TM-008")
{
    gint64   unit = units_per_second ();
    gint64   remainder = -1;
    gboolean same = TRUE;

    session_is ("session", NULL);
    for (guint i = 0; i < 5; i++) {
        GSource *source = g_timeout_source_new_seconds (i * 3);
        gint64   own = expiry_of (source) % unit;

        same = same && (remainder == -1 || remainder == own);
        remainder = own;
        g_source_unref (source);
        nap_ms (35);
    }
    trace ("same instant %s", yes (same));
}

TWIN (seconds_timeout_is_aligned_again_when_rearmed, "TM-008 TM-010 TM-002")
{
    gint64        unit = units_per_second ();
    gint64        offset = offset_of ("session");
    GMainContext *context = g_main_context_new ();
    int           calls = 0;
    GSource      *source;
    gint64        now, due;

    session_is ("session", NULL);
    source = with_callback (g_timeout_source_new_seconds (2), count_again, &calls, NULL);
    g_source_attach (source, context);
    g_source_set_ready_time (source, 0);
    await_phase (offset, 500);
    g_main_context_iteration (context, FALSE);
    now = now_in_units ();
    due = expiry_of (source);
    trace ("calls %d; aligned %s", calls, yes ((due - offset) % unit == 0));
    trace ("half a second late %s", yes (due - now > unit * 9 / 4 && due - now <= unit * 11 / 4));
    g_source_destroy (source);
    g_source_unref (source);
    g_main_context_unref (context);
}

TWIN (zero_seconds_may_fire_at_once_or_within_three_quarters, "TM-010 TM-005")
{
    gint64        offset = offset_of ("session");
    GMainContext *context = g_main_context_new ();

    session_is ("session", NULL);
    await_phase (offset, 50);
    hand_over (with_callback (g_timeout_source_new_seconds (0), call_once, "just beyond the mark", NULL), context);
    turn (context);
    await_phase (offset, 500);
    hand_over (with_callback (g_timeout_source_new_seconds (0), call_once, "half way", NULL), context);
    turn (context);
    g_main_context_iteration (context, TRUE);
    g_main_context_unref (context);
}
