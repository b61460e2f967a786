/* channel_shuffle.c - channels against byte streams nobody would think of: a seeded generator makes the bytes, cuts them
 * into pieces, strews in AGAIN, errors and ends of file, and reads, writes, seeks and changes settings at random.
 *
 * Every case is a range of seeds; the channel is of the program's own making, so that each call of its functions is part
 * of the trace as well. Left out is what GLib does wrongly or leaves open: NUL written to a UTF-8 channel, NUL within a
 * character (an error or not depending on how many bytes happen to be there), terminators with a NUL at the end (compared
 * beyond the buffer before 2.90), seeking away from converted data (BUG-2), empty calls of io_write, which are not traced,
 * and pieces of a multi-byte encoding that complete no character, on which GLib aborts when nothing else is buffered: such
 * encodings get whole text in pieces of at least eight bytes.
 * Read next: channel.h for the helpers, channel_read.c and its neighbours for the promises one by one.
 */
#include "channel.h"

#include <stdlib.h>

static struct {
    guint32     state;
    GIOChannel *channel;
    char        source[2048];
    gsize       length, at;
    int         shortness; /* how small the pieces are that the functions transfer */
    int         trouble;   /* one in so many transfers fails */
    const char *wide;      /* the multi-byte encoding all of this game is in, or NULL */
} game;

static int
roll (int sides)
{
    return (int) (shuffled (&game.state) % (guint32) sides);
}

static const char *const encodings[] = { NULL, "UTF-8", "UTF8", "ISO-8859-1", "ASCII" };

static const char *const wide_encodings[] = { "UTF-16LE", "UTF-16BE", "UTF-16", "EUC-JP", "utf-8", "UTF-32LE" };

static const char *const wide_pieces[] = { "a",  "bc",       "\n",           "\r",          "\r\n",  "\xe2\x80\xa9", "\xc3\xa9",
                                           "ab", "abab",     "\xe2\x82\xac", "\xe3\x81\x82", "a b c", "\xf0\x9f\x98\x80" };

static const char *const pieces[] = {
    "a", "bc", "\n", "\r", "\r\n", "\xe2\x80\xa9", "\xe2\x80", "\xc3\xa9", "\xc3", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
    "\xf0\x9f", "\xff", "\xed\xa0\x80", "\xf8\x88\x80\x80", "ab", "abab", "longer stretch of text ", "\xa4\xa2", "\x80",
};

static const char *const terminators[] = { "\n", "ab", "abab", "\xc3\xa9", "\xa9", "\r\n", "a\xe2\x82\xac" };

static gsize
some_text (char *text, gsize room, gboolean may_have_nul)
{
    gboolean clean = roll (3) > 0;
    gsize    length = 0;

    for (int left = roll (4) == 0 ? roll (120) : roll (12); left > 0; left--) {
        const char *piece = pieces[clean ? roll (4) == 0 ? 7 : roll (6) : roll (G_N_ELEMENTS (pieces))];
        gsize       size = strlen (piece);

        if (may_have_nul && !clean && roll (12) == 0)
            piece = "a\0", size = 2;
        if (length + size > room)
            break;
        memcpy (text + length, piece, size);
        length += size;
    }
    return length;
}

/* Fills the source with whole characters of the wide encoding; what that encoding lacks is left out. */
static void
fill_wide (void)
{
    GIConv converter = g_iconv_open (game.wide, "UTF-8");

    if (converter == (GIConv) -1)
        twin_give_up ("g_iconv_open");
    for (int left = roll (200); left > 0; left--) {
        char  piece[16];
        char *from = piece, *to = game.source + game.length;
        gsize from_left, to_left = sizeof game.source - game.length;

        strcpy (piece, wide_pieces[roll (G_N_ELEMENTS (wide_pieces))]);
        from_left = strlen (piece);
        g_iconv (converter, &from, &from_left, &to, &to_left);
        game.length = (gsize) (to - game.source);
    }
    g_iconv_close (converter);
}

/* ---- the channel's functions ------------------------------------------------------------------------------------- */

static gboolean
in_trouble (GIOStatus *status, GError **error)
{
    if (roll (game.trouble) != 0)
        return FALSE;
    *status = roll (2) == 0 ? G_IO_STATUS_ERROR : G_IO_STATUS_AGAIN;
    if (*status == G_IO_STATUS_ERROR)
        g_set_error_literal (error, G_IO_CHANNEL_ERROR, G_IO_CHANNEL_ERROR_IO, "made up");
    return TRUE;
}

static gsize
piece_of (gsize most)
{
    gsize size = (game.wide != NULL ? 8 : 1) + (gsize) roll (game.shortness);

    return MIN (size, most);
}

static GIOStatus
play_read (GIOChannel *channel, gchar *buffer, gsize count, gsize *bytes_read, GError **error)
{
    GIOStatus status;

    (void) channel;
    *bytes_read = 0;
    if (in_trouble (&status, error)) {
        trace ("  read %d: %s", (int) count, status_text (status));
        return status;
    }
    if (game.at == game.length) {
        trace ("  read %d: end", (int) count);
        return G_IO_STATUS_EOF;
    }
    *bytes_read = piece_of (count);
    *bytes_read = MIN (*bytes_read, game.length - game.at);
    memcpy (buffer, game.source + game.at, *bytes_read);
    game.at += *bytes_read;
    trace ("  read %d: %d", (int) count, (int) *bytes_read);
    return G_IO_STATUS_NORMAL;
}

static GIOStatus
play_write (GIOChannel *channel, const gchar *buffer, gsize count, gsize *bytes_written, GError **error)
{
    GIOStatus status;

    (void) channel;
    *bytes_written = 0;
    if (count == 0)
        return G_IO_STATUS_NORMAL;
    if (in_trouble (&status, error)) {
        trace ("  write %d: %s", (int) count, status_text (status));
        return status;
    }
    *bytes_written = piece_of (count);
    trace ("  write %d: %s", (int) count, quoted (buffer, *bytes_written));
    return G_IO_STATUS_NORMAL;
}

static GIOStatus
play_seek (GIOChannel *channel, gint64 offset, GSeekType type, GError **error)
{
    GIOStatus status = G_IO_STATUS_NORMAL;

    (void) channel;
    trace ("  seek %d %d", (int) offset, (int) type);
    if (!in_trouble (&status, error)) {
        gint64 base = type == G_SEEK_CUR ? (gint64) game.at : type == G_SEEK_SET ? 0 : (gint64) game.length;

        game.at = (gsize) CLAMP (base + offset, 0, (gint64) game.length);
    }
    return status;
}

static GIOStatus
play_close (GIOChannel *channel, GError **error)
{
    (void) channel, (void) error;
    trace ("  close");
    return G_IO_STATUS_NORMAL;
}

static void
play_free (GIOChannel *channel)
{
    trace ("  free");
    g_free (channel);
}

static GIOStatus
play_set_flags (GIOChannel *channel, GIOFlags flags, GError **error)
{
    (void) channel, (void) error;
    trace ("  set flags %d", (int) flags);
    return G_IO_STATUS_NORMAL;
}

static GIOFlags
play_get_flags (GIOChannel *channel)
{
    (void) channel;
    return G_IO_FLAG_NONBLOCK;
}

static GIOFuncs play_funcs = { play_read, play_write,     play_seek, play_close, NULL,
                               play_free, play_set_flags, play_get_flags };

/* ---- moves ------------------------------------------------------------------------------------------------------- */

static void
play_change_encoding (void)
{
    GError     *error = NULL;
    const char *encoding = game.wide != NULL ? game.wide : encodings[roll (G_N_ELEMENTS (encodings))];
    GIOStatus   status = g_io_channel_set_encoding (game.channel, encoding, &error);

    trace ("encoding %s: %s %s", encoding != NULL ? encoding : "none", status_text (status), error_text (&error));
}

static void
play_change_terminator (void)
{
    const char *terminator = terminators[roll (G_N_ELEMENTS (terminators))];

    if (roll (3) == 0)
        terminator = NULL;
    trace ("terminator %s", terminator != NULL ? quoted (terminator, strlen (terminator)) : "none");
    g_io_channel_set_line_term (game.channel, terminator, -1);
}

static void
play_write_text (void)
{
    char  text[600];
    gsize length = some_text (text, sizeof text, g_io_channel_get_encoding (game.channel) == NULL);

    write_text (game.channel, text, (gssize) length);
}

static void
play_seek_somewhere (void)
{
    gboolean bug = game.channel->do_encode && g_io_channel_get_buffer_condition (game.channel) & G_IO_IN;
    GSeekType type = bug ? G_SEEK_CUR : (GSeekType) roll (2);

    seek_to (game.channel, roll (20) - 6, type);
}

static void
play_a_move (void)
{
    switch (roll (20)) {
    case 0:
    case 1:
    case 2:
        read_some (game.channel, (gsize) roll (40));
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        read_a_line (game.channel);
        break;
    case 7:
        read_line_into_string (game.channel);
        break;
    case 8:
    case 9:
    case 10:
        if (g_io_channel_get_encoding (game.channel) != NULL)
            read_a_character (game.channel);
        break;
    case 11:
        read_rest (game.channel);
        break;
    case 12:
    case 13:
    case 14:
        play_write_text ();
        break;
    case 15:
        if (g_io_channel_get_encoding (game.channel) != NULL)
            write_character (game.channel, roll (4) == 0 ? 0xd800 : (gunichar) (1 + roll (0x3000)));
        break;
    case 16:
        flush_out (game.channel);
        break;
    case 17:
        play_change_encoding ();
        break;
    case 18:
        play_change_terminator ();
        break;
    default:
        if (game.channel->is_seekable)
            play_seek_somewhere ();
        break;
    }
}

static void
play (guint32 seed)
{
    static const gsize sizes[] = { 10, 16, 40, 200, 1024 };
    GError            *error = NULL;

    trace ("seed %u", seed);
    game.state = seed * 2654435761u + 1;
    game.channel = g_new0 (GIOChannel, 1);
    g_io_channel_init (game.channel);
    game.channel->funcs = &play_funcs;
    game.channel->is_readable = TRUE;
    game.channel->is_writeable = TRUE;
    game.length = game.at = 0;
    game.wide = roll (3) == 0 ? wide_encodings[roll (G_N_ELEMENTS (wide_encodings))] : NULL;
    game.channel->is_seekable = game.wide == NULL && roll (2) == 0;
    if (game.wide != NULL)
        fill_wide ();
    else
        for (int more = 1 + roll (6); more > 0; more--)
            game.length += some_text (game.source + game.length, sizeof game.source - game.length, TRUE);
    game.shortness = roll (3) == 0 ? 1024 : 1 + roll (30);
    game.trouble = roll (2) == 0 ? 1000000 : 3 + roll (20);
    g_io_channel_set_buffer_size (game.channel, sizes[roll (G_N_ELEMENTS (sizes))]);
    play_change_encoding ();
    play_change_terminator ();
    for (int moves = 4 + roll (30); moves > 0; moves--)
        play_a_move ();
    if (roll (3) == 0) {
        GIOStatus status;

        game.trouble = 1000000; /* a failing flush is another case's matter */
        status = g_io_channel_shutdown (game.channel, roll (2), &error);
        trace ("shutdown: %s %s", status_text (status), error_text (&error));
    }
    game.trouble = 1000000;
    g_io_channel_unref (game.channel);
}

#define SEEDS 150
#define SHUFFLE(number)                                                                                               \
    TWIN (shuffle_##number, "IO-018 IO-033 IO-041 IO-045 IO-050 IO-055 IO-081")                                       \
    {                                                                                                                 \
        for (guint32 seed = (number) * SEEDS; seed < ((number) + 1) * SEEDS; seed++)                                  \
            play (seed + 1);                                                                                          \
    }

SHUFFLE (0)
SHUFFLE (1)
SHUFFLE (2)
SHUFFLE (3)
SHUFFLE (4)
SHUFFLE (5)
SHUFFLE (6)
SHUFFLE (7)
