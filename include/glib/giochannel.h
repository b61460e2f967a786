/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Channels: a descriptor (or something that behaves like one) as a counted object that can be
 * watched in a main context. The layout is public so that programs can make channels of their own:
 * embed GIOChannel first, call g_io_channel_init(), fill in funcs.
 *
 * Pointers must not be NULL unless the text says so. A channel is used by one thread at a time;
 * only its reference count may be touched by several.
 */
#ifndef __G_IOCHANNEL_H__
#define __G_IOCHANNEL_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gconvert.h>
#include <glib/gerror.h>
#include <glib/gmain.h>
#include <glib/gstring.h>
#include <glib/gunicode.h>

G_BEGIN_DECLS

/* ---- Types ------------------------------------------------------------------------------------ */

typedef struct _GIOChannel GIOChannel;
typedef struct _GIOFuncs GIOFuncs;

/** What the old calls return. */
typedef enum
{
  G_IO_ERROR_NONE,   /* done; 0 bytes at the end of file */
  G_IO_ERROR_AGAIN,  /* it would block */
  G_IO_ERROR_INVAL,  /* an argument was wrong */
  G_IO_ERROR_UNKNOWN /* anything else */
} GIOError;

/** Domain of channel errors. */
#define G_IO_CHANNEL_ERROR g_io_channel_error_quark ()

/** Codes of that domain, each for an errno. */
typedef enum
{
  G_IO_CHANNEL_ERROR_FBIG,
  G_IO_CHANNEL_ERROR_INVAL,
  G_IO_CHANNEL_ERROR_IO,
  G_IO_CHANNEL_ERROR_ISDIR,
  G_IO_CHANNEL_ERROR_NOSPC,
  G_IO_CHANNEL_ERROR_NXIO,
  G_IO_CHANNEL_ERROR_OVERFLOW,
  G_IO_CHANNEL_ERROR_PIPE,
  G_IO_CHANNEL_ERROR_FAILED /* any other */
} GIOChannelError;

/** How an operation ended. */
typedef enum
{
  G_IO_STATUS_ERROR, /* failed; the GError says how */
  G_IO_STATUS_NORMAL,
  G_IO_STATUS_EOF,
  G_IO_STATUS_AGAIN /* it would block */
} GIOStatus;

/** Where a position counts from. Not numbered like SEEK_SET and its like. */
typedef enum
{
  G_SEEK_CUR,
  G_SEEK_SET,
  G_SEEK_END
} GSeekType;

/** What a channel is and how it behaves. */
typedef enum /*< flags >*/
{
  G_IO_FLAG_NONE GLIB_AVAILABLE_ENUMERATOR_IN_2_74 = 0,
  G_IO_FLAG_APPEND = 1 << 0,      /* every write goes to the end of the file */
  G_IO_FLAG_NONBLOCK = 1 << 1,    /* reads and writes return AGAIN instead of waiting */
  G_IO_FLAG_IS_READABLE = 1 << 2, /* can only be asked, as the next two */
  G_IO_FLAG_IS_WRITABLE = 1 << 3,
  G_IO_FLAG_IS_WRITEABLE = 1 << 3, /* the same, as it was spelled before 2.30 */
  G_IO_FLAG_IS_SEEKABLE = 1 << 4,
  G_IO_FLAG_MASK = (1 << 5) - 1,
  G_IO_FLAG_GET_MASK = G_IO_FLAG_MASK,
  G_IO_FLAG_SET_MASK = G_IO_FLAG_APPEND | G_IO_FLAG_NONBLOCK
} GIOFlags;

/** A channel's watch fired; condition holds those of the awaited bits that are true. Returns
 * G_SOURCE_CONTINUE or G_SOURCE_REMOVE. */
typedef gboolean (*GIOFunc) (GIOChannel *source, GIOCondition condition, gpointer data);

/**
 * A channel. The members are private, except that the maker of a kind of channel sets funcs,
 * is_readable, is_writeable and is_seekable.
 */
struct _GIOChannel
{
  gint ref_count;
  GIOFuncs *funcs;

  gchar *encoding; /* NULL: bytes as they are */
  GIConv read_cd;
  GIConv write_cd;
  gchar *line_term; /* NULL: any usual one */
  guint line_term_len;

  gsize buf_size;
  GString *read_buf;         /* as read */
  GString *encoded_read_buf; /* as UTF-8 */
  GString *write_buf;
  gchar partial_write_buf[6]; /* the bytes of an unfinished character */

  guint use_buffer : 1;
  guint do_encode : 1; /* through iconv, not merely checked */
  guint close_on_unref : 1;
  guint is_readable : 1;
  guint is_writeable : 1;
  guint is_seekable : 1;

  gpointer reserved1;
  gpointer reserved2;
};

/** A kind of channel: what reading, writing and the rest mean for it. All but io_seek must be
 * there. err may be NULL. */
struct _GIOFuncs
{
  GIOStatus (*io_read) (GIOChannel *channel, gchar *buf, gsize count, gsize *bytes_read, GError **err);
  GIOStatus (*io_write) (GIOChannel *channel, const gchar *buf, gsize count, gsize *bytes_written, GError **err);
  GIOStatus (*io_seek) (GIOChannel *channel, gint64 offset, GSeekType type, GError **err);
  GIOStatus (*io_close) (GIOChannel *channel, GError **err);
  GSource *(*io_create_watch) (GIOChannel *channel, GIOCondition condition);
  void (*io_free) (GIOChannel *channel); /* frees the structure */
  GIOStatus (*io_set_flags) (GIOChannel *channel, GIOFlags flags, GError **err);
  GIOFlags (*io_get_flags) (GIOChannel *channel);
};

/* ---- Life ------------------------------------------------------------------------------------- */

/** A channel for an open descriptor, with one reference for the caller. fd stays open at the end
 * unless g_io_channel_set_close_on_unref() says otherwise. */
GLIB_AVAILABLE_IN_ALL
GIOChannel *g_io_channel_unix_new (int fd);

/** The descriptor of a channel from g_io_channel_unix_new(). */
GLIB_AVAILABLE_IN_ALL
gint g_io_channel_unix_get_fd (GIOChannel *channel);

/** Opens a file as a channel that closes it at the end. mode is "r", "w", "a", "r+", "w+" or "a+" and means what it means
 * to fopen(); any other draws a warning and gives NULL without an error. NULL and a G_FILE_ERROR if the file cannot be
 * opened. error may be NULL. */
GLIB_AVAILABLE_IN_ALL
GIOChannel *g_io_channel_new_file (const gchar *filename, const gchar *mode, GError **error);

/** Fills in a channel of the caller's making, with one reference; leaves funcs and the is_ bits. */
GLIB_AVAILABLE_IN_ALL
void g_io_channel_init (GIOChannel *channel);

/** Takes a reference; returns channel. Any thread. */
GLIB_AVAILABLE_IN_ALL
GIOChannel *g_io_channel_ref (GIOChannel *channel);

/** Drops a reference; the last one frees the channel. Any thread. */
GLIB_AVAILABLE_IN_ALL
void g_io_channel_unref (GIOChannel *channel);

/** Closes the channel, after writing out what is buffered if flush, else dropping it. err may be
 * NULL. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_shutdown (GIOChannel *channel, gboolean flush, GError **err);

/** Whether the last unref closes the descriptor. */
GLIB_AVAILABLE_IN_ALL
void g_io_channel_set_close_on_unref (GIOChannel *channel, gboolean do_close);

/** What g_io_channel_set_close_on_unref() set; FALSE at first. */
GLIB_AVAILABLE_IN_ALL
gboolean g_io_channel_get_close_on_unref (GIOChannel *channel);

/* ---- Properties ------------------------------------------------------------------------------- */

/** Sets APPEND and NONBLOCK as in flags; other bits count for nothing. error may be NULL. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_set_flags (GIOChannel *channel, GIOFlags flags, GError **error);

/** The channel's flags, asked of the descriptor. */
GLIB_AVAILABLE_IN_ALL
GIOFlags g_io_channel_get_flags (GIOChannel *channel);

/** Size of the buffers in bytes from now on; 0 for the usual 1024. */
GLIB_AVAILABLE_IN_ALL
void g_io_channel_set_buffer_size (GIOChannel *channel, gsize size);

/** What g_io_channel_set_buffer_size() set. */
GLIB_AVAILABLE_IN_ALL
gsize g_io_channel_get_buffer_size (GIOChannel *channel);

/** Which of G_IO_IN and G_IO_OUT the buffers could serve without the descriptor. */
GLIB_AVAILABLE_IN_ALL
GIOCondition g_io_channel_get_buffer_condition (GIOChannel *channel);

/** Whether the channel is to buffer; only for channels without an encoding. */
GLIB_AVAILABLE_IN_ALL
void g_io_channel_set_buffered (GIOChannel *channel, gboolean buffered);

/** Whether the channel buffers; TRUE at first. */
GLIB_AVAILABLE_IN_ALL
gboolean g_io_channel_get_buffered (GIOChannel *channel);

/** The channel's encoding, owned by it; NULL for plain bytes. "UTF-8" at first. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_io_channel_get_encoding (GIOChannel *channel);

/** Sets the encoding of what is read and written; text on the program's side is UTF-8. NULL for plain bytes. Refused while
 * converted text is still buffered. error may be NULL. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_set_encoding (GIOChannel *channel, const gchar *encoding, GError **error);

/** Sets what ends a line: length bytes, which may contain NULs, or a string if length is -1. NULL for any of LF, CR LF, CR,
 * U+2029 and NUL. */
GLIB_AVAILABLE_IN_ALL
void g_io_channel_set_line_term (GIOChannel *channel, const gchar *line_term, gint length);

/** What g_io_channel_set_line_term() set, owned by the channel, and in *length its length; length may be NULL. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_io_channel_get_line_term (GIOChannel *channel, gint *length);

/* ---- Reading: G_IO_STATUS_NORMAL if anything was delivered. error, and places for lengths and positions, may be NULL. */

/** Reads up to count bytes of whole characters to buf and stores their number in *bytes_read. A buffered channel waits for
 * all count of them. NORMAL with 0 bytes if the next character is longer than count. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_read_chars (GIOChannel *channel, gchar *buf, gsize count, gsize *bytes_read, GError **error);

/** Reads one character; the channel must have an encoding. *thechar is (gunichar) -1 unless NORMAL. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_read_unichar (GIOChannel *channel, gunichar *thechar, GError **error);

/** Reads a line with its terminator into *str_return, for g_free(); NULL unless NORMAL. *length counts the terminator,
 * which begins at *terminator_pos. The channel must be buffered. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_read_line (GIOChannel *channel, gchar **str_return, gsize *length, gsize *terminator_pos,
                                  GError **error);

/** g_io_channel_read_line() into a string, which is emptied first. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_read_line_string (GIOChannel *channel, GString *buffer, gsize *terminator_pos, GError **error);

/** Reads all that is left into *str_return, NUL-terminated, for g_free(); str_return may be NULL. NORMAL even if nothing is
 * left. The channel must be buffered. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_read_to_end (GIOChannel *channel, gchar **str_return, gsize *length, GError **error);

/* ---- Writing, and the position; error may be NULL. ---------------------------------------------- */

/** Writes count bytes, or a string if count is -1, and stores in *bytes_written how many were taken. A buffered channel
 * writes to memory; see g_io_channel_flush(). An incomplete character at the end is kept until its rest is written. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_write_chars (GIOChannel *channel, const gchar *buf, gssize count, gsize *bytes_written,
                                    GError **error);

/** Writes one character; the channel must have an encoding. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_write_unichar (GIOChannel *channel, gunichar thechar, GError **error);

/** Writes out what is buffered. AGAIN if the descriptor did not take all of it; the rest stays. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_flush (GIOChannel *channel, GError **error);

/** Writes out what is buffered and moves to offset bytes from type. Relative to what was delivered so far, not to what was
 * read ahead; that is dropped. The channel must be seekable. */
GLIB_AVAILABLE_IN_ALL
GIOStatus g_io_channel_seek_position (GIOChannel *channel, gint64 offset, GSeekType type, GError **error);

/* ---- Watches ---------------------------------------------------------------------------------- */

/** Table of the watches on descriptors; its address tells that a source is one. */
GLIB_VAR GSourceFuncs g_io_watch_funcs;

/** A source, with a reference for the caller, that is ready when the channel has one of condition.
 * It holds a reference on the channel and calls back with a GIOFunc. */
GLIB_AVAILABLE_IN_ALL
GSource *g_io_create_watch (GIOChannel *channel, GIOCondition condition);

/** Attaches such a source to the global default context and returns its id. notify may be NULL; it
 * is called with user_data when the source is destroyed. */
GLIB_AVAILABLE_IN_ALL
guint g_io_add_watch_full (GIOChannel *channel, gint priority, GIOCondition condition, GIOFunc func,
                           gpointer user_data, GDestroyNotify notify);

/** g_io_add_watch_full() with G_PRIORITY_DEFAULT and without notify. */
GLIB_AVAILABLE_IN_ALL
guint g_io_add_watch (GIOChannel *channel, GIOCondition condition, GIOFunc func, gpointer user_data);

/* ---- Errors ----------------------------------------------------------------------------------- */

/** The quark of G_IO_CHANNEL_ERROR. */
GLIB_AVAILABLE_IN_ALL
GQuark g_io_channel_error_quark (void);

/** The code for an errno. */
GLIB_AVAILABLE_IN_ALL
GIOChannelError g_io_channel_error_from_errno (gint en);

/* ---- The old calls: straight to the descriptor, past buffers and encodings. Deprecated since 2.2. */

/** Reads at most count bytes; *bytes_read tells how many. */
GLIB_DEPRECATED_IN_2_2_FOR (g_io_channel_read_chars)
GIOError g_io_channel_read (GIOChannel *channel, gchar *buf, gsize count, gsize *bytes_read);

/** Writes at most count bytes; *bytes_written tells how many. */
GLIB_DEPRECATED_IN_2_2_FOR (g_io_channel_write_chars)
GIOError g_io_channel_write (GIOChannel *channel, const gchar *buf, gsize count, gsize *bytes_written);

/** Moves to offset bytes from type. */
GLIB_DEPRECATED_IN_2_2_FOR (g_io_channel_seek_position)
GIOError g_io_channel_seek (GIOChannel *channel, gint64 offset, GSeekType type);

/** Writes out what is buffered and closes. */
GLIB_DEPRECATED_IN_2_2_FOR (g_io_channel_shutdown)
void g_io_channel_close (GIOChannel *channel);

G_END_DECLS

#endif /* __G_IOCHANNEL_H__ */
