/* channel_watch.c - GIOChannel on descriptors as far as watching goes: birth, references, flags, channels made by the
 * program, and watches with their conditions (section 24: IO-001 to 004, 009, 016 to 020, 110 to 118).
 *
 * Watches on channels with buffered data are channel_watch_buffers.c's subject, reading and writing that of channel_read.c
 * and its neighbours. Read next: descriptors.c for plain descriptor sources.
 */
#include "sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- birth and references ---------------------------------------------------------------------------------------- */

TWIN (new_channel_is_buffered_utf8_and_leaves_its_descriptor_alone, "IO-001 IO-016 IO-019 IO-009")
{
    int         ends[2];
    GIOChannel *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    trace ("references %d, encoding %s, buffered %s, buffer size %d", channel->ref_count,
           or_none (g_io_channel_get_encoding (channel)), yes (g_io_channel_get_buffered (channel)),
           (int) g_io_channel_get_buffer_size (channel));
    trace ("close on unref %s, descriptor %s", yes (g_io_channel_get_close_on_unref (channel)),
           yes (g_io_channel_unix_get_fd (channel) == ends[0]));
    trace ("line terminator %s, buffer condition %s", or_none (channel->line_term),
           events_text (g_io_channel_get_buffer_condition (channel)));
    trace ("ref returns it %s", yes (g_io_channel_ref (channel) == channel));
    g_io_channel_unref (channel);
    trace ("references %d", channel->ref_count);
    g_io_channel_unref (channel);
    trace ("descriptor open %s", yes (fcntl (ends[0], F_GETFD) >= 0));
    pipe_close (ends);
}

TWIN (close_on_unref_closes_with_the_last_reference, "IO-009 IO-016")
{
    int         ends[2], closed;
    GIOChannel *channel;

    pipe_open (ends);
    closed = high_copy (ends[0]);
    channel = g_io_channel_unix_new (closed);
    g_io_channel_set_close_on_unref (channel, TRUE);
    trace ("set %s", yes (g_io_channel_get_close_on_unref (channel)));
    g_io_channel_set_close_on_unref (channel, FALSE);
    trace ("set %s", yes (g_io_channel_get_close_on_unref (channel)));
    g_io_channel_set_close_on_unref (channel, TRUE);
    g_io_channel_ref (channel);
    g_io_channel_unref (channel);
    trace ("open %s", yes (fcntl (closed, F_GETFD) >= 0));
    g_io_channel_unref (channel);
    trace ("open %s", yes (fcntl (closed, F_GETFD) >= 0));
    pipe_close (ends);
}

/* ---- flags ------------------------------------------------------------------------------------------------------- */

static void
tell_flags (const char *what, GIOChannel *channel)
{
    GIOFlags flags = g_io_channel_get_flags (channel);

    trace ("%s:%s%s%s%s%s", what,
           flags & G_IO_FLAG_APPEND ? " append" : "", flags & G_IO_FLAG_NONBLOCK ? " nonblock" : "",
           flags & G_IO_FLAG_IS_READABLE ? " readable" : "", flags & G_IO_FLAG_IS_WRITABLE ? " writable" : "",
           flags & G_IO_FLAG_IS_SEEKABLE ? " seekable" : "");
}

static void
tell_flags_of (const char *what, int fd)
{
    GIOChannel *channel = g_io_channel_unix_new (fd);

    trace ("%s: fields say%s%s%s", what, channel->is_readable ? " readable" : "",
           channel->is_writeable ? " writable" : "", channel->is_seekable ? " seekable" : "");
    tell_flags (what, channel);
    g_io_channel_unref (channel);
}

TWIN (flags_tell_the_kind_and_the_mode_of_the_descriptor, "IO-002 IO-003 IO-020")
{
    int   ends[2], sockets[2];
    int   null = open ("/dev/null", O_RDWR | O_CLOEXEC);
    int   folder = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FILE *scratch = tmpfile ();

    pipe_open (ends);
    socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets);
    tell_flags_of ("reading end", ends[0]);
    tell_flags_of ("writing end", ends[1]);
    tell_flags_of ("socket", sockets[0]);
    tell_flags_of ("file", fileno (scratch));
    tell_flags_of ("character device", null);
    tell_flags_of ("folder", folder);
    fcntl (fileno (scratch), F_SETFL, O_APPEND);
    tell_flags_of ("appending file", fileno (scratch));
    pipe_close (ends);
    pipe_close (sockets);
    close (null);
    close (folder);
    fclose (scratch);
}

TWIN (flags_are_read_afresh_from_the_descriptor, "IO-003 IO-020 IO-021")
{
    int         ends[2];
    int         null = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    GIOChannel *channel;
    GError     *error = NULL;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[1]);
    tell_flags ("at first", channel);
    trace ("status %d", g_io_channel_set_flags (channel, 0, &error));
    tell_flags ("none set", channel);
    trace ("status %d", g_io_channel_set_flags (channel, G_IO_FLAG_NONBLOCK | G_IO_FLAG_IS_READABLE, &error));
    tell_flags ("nonblock set", channel);
    trace ("non-blocking %s, error %s", yes (fcntl (ends[1], F_GETFL) & O_NONBLOCK), yes (error != NULL));
    dup2 (null, ends[1]);
    tell_flags ("replaced by a readable device", channel);
    g_io_channel_unref (channel);
    pipe_close (ends);
    close (null);
}

/* Whether such a channel reads as readable or writeable is left open by the older library. */
TWIN (bad_descriptor_draws_a_warning_and_gives_a_channel, "IO-004 IO-020")
{
    GIOChannel *channel = g_io_channel_unix_new (-1);
    GIOFlags    flags;

    trace ("made %s, descriptor %d", yes (channel != NULL), g_io_channel_unix_get_fd (channel));
    trace ("seekable field %d", channel->is_seekable);
    flags = g_io_channel_get_flags (channel);
    trace ("append, nonblock, seekable: %d",
           (int) (flags & (G_IO_FLAG_APPEND | G_IO_FLAG_NONBLOCK | G_IO_FLAG_IS_SEEKABLE)));
    g_io_channel_unref (channel);
}

OWN (bad_descriptor_is_neither_readable_nor_writeable, "BUG-6 IO-004", "the oracle leaves both uninitialised")
{
    GIOChannel *channel;

    log_hold ();
    channel = g_io_channel_unix_new (-1);
    expect (g_io_channel_get_flags (channel) == 0);
    expect (strstr (log_held (), "Error while getting flags for FD: Bad file descriptor (9)") != NULL);
    expect (!channel->is_readable && !channel->is_writeable);
    g_io_channel_unref (channel);
}

/* ---- channels made by the program -------------------------------------------------------------------------------- */

typedef struct {
    GIOChannel channel;
    int        fd;
} OwnChannel;

static void
own_free (GIOChannel *channel)
{
    trace ("io_free");
    g_free (channel);
}

static GIOStatus
own_close (GIOChannel *channel, GError **error)
{
    (void) channel, (void) error;
    trace ("io_close");
    return G_IO_STATUS_NORMAL;
}

static GIOFlags
own_get_flags (GIOChannel *channel)
{
    (void) channel;
    trace ("io_get_flags");
    return G_IO_FLAG_APPEND;
}

static GIOStatus
own_set_flags (GIOChannel *channel, GIOFlags flags, GError **error)
{
    (void) channel, (void) error;
    trace ("io_set_flags %d", (int) flags);
    return G_IO_STATUS_AGAIN;
}

static GSource *
own_create_watch (GIOChannel *channel, GIOCondition condition)
{
    trace ("io_create_watch %s", events_text (condition));
    return g_unix_fd_source_new (((OwnChannel *) channel)->fd, condition);
}

static GIOFuncs own_funcs = { .io_close = own_close,
                              .io_create_watch = own_create_watch,
                              .io_free = own_free,
                              .io_set_flags = own_set_flags,
                              .io_get_flags = own_get_flags };

/* Memory as a program may leave it: nothing is zero except what init and the program set. */
static OwnChannel *
own_channel_new (int fd)
{
    OwnChannel *own = g_malloc (sizeof (OwnChannel));

    memset (own, 0xaa, sizeof *own);
    g_io_channel_init (&own->channel);
    own->channel.funcs = &own_funcs;
    own->fd = fd;
    return own;
}

TWIN (init_sets_what_it_should_and_leaves_the_rest, "IO-017")
{
    OwnChannel *own = g_malloc (sizeof (OwnChannel));
    GIOChannel *channel = &own->channel;

    memset (own, 0xaa, sizeof *own);
    channel->funcs = &own_funcs;
    channel->is_readable = TRUE;
    channel->is_writeable = FALSE;
    channel->is_seekable = TRUE;
    g_io_channel_init (channel);
    trace ("references %d, encoding %s, buffer size %d, buffered %s", channel->ref_count,
           or_none (g_io_channel_get_encoding (channel)), (int) g_io_channel_get_buffer_size (channel),
           yes (g_io_channel_get_buffered (channel)));
    trace ("buffers empty %s, line terminator %s, close on unref %s",
           yes (channel->read_buf == NULL && channel->encoded_read_buf == NULL && channel->write_buf == NULL),
           or_none (channel->line_term), yes (g_io_channel_get_close_on_unref (channel)));
    trace ("kept: funcs %s, readable %d, writeable %d, seekable %d, reserved %s", yes (channel->funcs == &own_funcs),
           channel->is_readable, channel->is_writeable, channel->is_seekable,
           yes ((guintptr) channel->reserved1 == (guintptr) 0xaaaaaaaaaaaaaaaaULL
                && channel->reserved2 == channel->reserved1));
    g_io_channel_unref (channel);
}

static gboolean
watch_call (GIOChannel *channel, GIOCondition condition, gpointer expected)
{
    trace ("call: channel %s, condition %s", yes (channel == expected || expected == NULL), events_text (condition));
    return G_SOURCE_CONTINUE;
}

TWIN (own_channel_is_driven_through_its_table_only, "IO-018 IO-019 IO-020")
{
    int          ends[2];
    OwnChannel  *own;
    GSource     *watch;

    pipe_open (ends);
    own = own_channel_new (ends[0]);
    own->channel.is_readable = TRUE;
    own->channel.is_writeable = FALSE;
    own->channel.is_seekable = FALSE;
    tell_flags ("own", &own->channel);
    trace ("status %d", g_io_channel_set_flags (&own->channel, G_IO_FLAG_NONBLOCK, NULL));
    trace ("descriptor behind the structure %s", yes (g_io_channel_unix_get_fd (&own->channel) == ends[0]));
    watch = g_io_create_watch (&own->channel, G_IO_IN);
    trace ("the table's source %s", yes (watch->source_funcs == &g_unix_fd_source_funcs));
    g_source_unref (watch);
    trace ("watch added: id %s", yes (g_io_add_watch (&own->channel, G_IO_PRI, watch_call, &own->channel) > 0));
    g_source_remove_by_user_data (&own->channel);
    g_io_channel_unref (&own->channel);
    own = own_channel_new (ends[0]);
    g_io_channel_set_close_on_unref (&own->channel, TRUE);
    g_io_channel_unref (&own->channel);
    pipe_close (ends);
}

/* ---- watches ----------------------------------------------------------------------------------------------------- */

static GSource *
watch (GMainContext *context, GIOChannel *channel, GIOCondition condition)
{
    GSource *source = g_io_create_watch (channel, condition);

    g_source_set_callback (source, G_SOURCE_FUNC (watch_call), channel, NULL);
    g_source_attach (source, context);
    return source;
}

TWIN (watch_holds_the_channel_until_its_finalization_and_never_closes_it, "IO-110 IO-118")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GIOChannel   *channel;
    GSource      *source;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    source = watch (context, channel, G_IO_IN);
    trace ("table %s, priority %d, recursive %s, channel references %d",
           yes (source->source_funcs == &g_io_watch_funcs), g_source_get_priority (source), yes (g_source_get_can_recurse (source)), channel->ref_count);
    trace ("polled for %s", polled_for (context, ends[0]));
    g_source_destroy (source);
    trace ("destroyed: channel references %d, polled for %s", channel->ref_count, polled_for (context, ends[0]));
    g_source_unref (source);
    trace ("finalized: channel references %d", channel->ref_count);
    g_io_channel_unref (channel);
    trace ("descriptor open %s", yes (fcntl (ends[0], F_GETFD) >= 0));
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (watch_keeps_a_channel_the_program_let_go, "IO-110 IO-118 IO-009")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2], closed;
    GIOChannel   *channel;
    GSource      *source;

    pipe_open (ends);
    closed = high_copy (ends[0]);
    channel = g_io_channel_unix_new (closed);
    g_io_channel_set_close_on_unref (channel, TRUE);
    source = watch (context, channel, G_IO_IN);
    g_io_channel_unref (channel);
    feed (ends[1]);
    turn (context);
    let_go (source);
    trace ("descriptor open %s", yes (fcntl (closed, F_GETFD) >= 0));
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (watch_reports_requested_conditions_only, "IO-112 IO-110 IO-111")
{
    GMainContext *context = g_main_context_new ();
    int           sockets[2];
    GIOChannel   *channel;
    GSource      *in, *out, *both, *hup;

    socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets);
    channel = g_io_channel_unix_new (sockets[0]);
    in = watch (context, channel, G_IO_IN);
    out = watch (context, channel, G_IO_OUT);
    both = watch (context, channel, G_IO_IN | G_IO_OUT);
    hup = watch (context, channel, G_IO_HUP);
    turn (context);
    trace ("data");
    feed (sockets[1]);
    turn (context);
    trace ("hung up");
    close (sockets[1]);
    turn (context);
    let_go (in);
    let_go (out);
    let_go (both);
    let_go (hup);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (sockets[0]);
}

TWIN (in_watch_on_a_hung_up_pipe_never_fires_and_never_lets_poll_wait, "IO-113 IO-112")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2];
    GIOChannel   *channel;
    GSource      *source;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[0]);
    source = watch (context, channel, G_IO_IN);
    close (ends[1]);
    settle (context);
    for (int i = 0; i < 3; i++)
        trace ("blocking iteration: %s", yes (g_main_context_iteration (context, TRUE)));
    let_go (source);
    source = watch (context, channel, G_IO_IN | G_IO_HUP);
    turn (context);
    turn (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    close (ends[0]);
}

TWIN (closed_descriptor_is_reported_in_every_iteration_if_nval_is_asked_for, "IO-116 IO-112")
{
    GMainContext *context = g_main_context_new ();
    int           ends[2], closed;
    GIOChannel   *channel;
    GSource      *source;

    pipe_open (ends);
    closed = high_copy (ends[0]);
    channel = g_io_channel_unix_new (closed);
    source = watch (context, channel, G_IO_IN | G_IO_NVAL);
    turn (context);
    close (closed);
    for (int i = 0; i < 3; i++)
        await_dispatch (context);
    turn (context);
    let_go (source);
    source = watch (context, channel, G_IO_IN);
    turn (context);
    turn (context);
    let_go (source);
    g_io_channel_unref (channel);
    g_main_context_unref (context);
    pipe_close (ends);
}

TWIN (watch_without_callback_warns_and_is_removed, "IO-117 CB-003 TM-011")
{
    int         ends[2];
    GIOChannel *channel;
    guint       id;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[1]);
    id = g_io_add_watch_full (channel, 3, G_IO_OUT, NULL, "data", notified);
    trace ("id %s, priority %d", yes (id > 0),
           g_source_get_priority (g_main_context_find_source_by_id (NULL, id)));
    turn (NULL);
    trace ("found %s, channel references %d", yes (g_main_context_find_source_by_id (NULL, id) != NULL),
           channel->ref_count);
    g_io_channel_unref (channel);
    pipe_close (ends);
}

static gboolean
end_watch (GIOChannel *channel, GIOCondition condition, gpointer data)
{
    (void) data;
    trace ("call: condition %s, channel references %d", events_text (condition), channel->ref_count);
    return G_SOURCE_REMOVE;
}

TWIN (watch_ends_when_its_callback_says_so, "IO-110 IO-118 DI-006")
{
    int         ends[2];
    GIOChannel *channel;

    pipe_open (ends);
    channel = g_io_channel_unix_new (ends[1]);
    g_io_add_watch_full (channel, 0, G_IO_OUT, end_watch, "data", notified);
    settle (NULL);
    trace ("channel references %d", channel->ref_count);
    g_io_channel_unref (channel);
    pipe_close (ends);
}
