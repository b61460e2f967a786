/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Messages: text for people on the output streams, and log messages that have a domain and a level
 * and pass through handlers or a writer. Defining G_LOG_DOMAIN before glib.h is included names the
 * domain of a program's own messages; G_DISABLE_CHECKS leaves out the tests of g_return_if_fail().
 * The environment is heard: G_DEBUG=fatal-warnings|fatal-criticals, G_MESSAGES_DEBUG=domain…|all,
 * G_MESSAGES_PREFIXED=level,….
 * It knows nothing of assertions in tests; those are in gtestutils.h.
 */
#ifndef __G_MESSAGES_H__
#define __G_MESSAGES_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gatomic.h>
#include <glib/gtypes.h>
#include <stdarg.h>

G_BEGIN_DECLS

/** How many bytes, with the NUL, text made like vprintf() takes. */
GLIB_AVAILABLE_IN_ALL
gsize g_printf_string_upper_bound (const gchar *format, va_list args) G_GNUC_PRINTF (1, 0);

/* Levels a program may define for itself start at this bit. */
#define G_LOG_LEVEL_USER_SHIFT (8)

typedef enum
{
  G_LOG_FLAG_RECURSION = 1 << 0, /* logged while logging */
  G_LOG_FLAG_FATAL = 1 << 1,     /* the program ends after the message */

  G_LOG_LEVEL_ERROR = 1 << 2, /* always fatal */
  G_LOG_LEVEL_CRITICAL = 1 << 3,
  G_LOG_LEVEL_WARNING = 1 << 4,
  G_LOG_LEVEL_MESSAGE = 1 << 5,
  G_LOG_LEVEL_INFO = 1 << 6,
  G_LOG_LEVEL_DEBUG = 1 << 7,

  G_LOG_LEVEL_MASK = ~(G_LOG_FLAG_RECURSION | G_LOG_FLAG_FATAL)
} GLogLevelFlags;

/* Levels that are fatal when nothing else is said. */
#define G_LOG_FATAL_MASK (G_LOG_FLAG_RECURSION | G_LOG_LEVEL_ERROR)

/* Receives the messages of a domain. */
typedef void (*GLogFunc) (const gchar *log_domain, GLogLevelFlags log_level, const gchar *message,
                          gpointer user_data);

/** Sends messages of log_domain (NULL: "") at the levels log_levels to log_func, with user_data.
 * Returns the handler's number. */
GLIB_AVAILABLE_IN_ALL
guint g_log_set_handler (const gchar *log_domain, GLogLevelFlags log_levels, GLogFunc log_func,
                         gpointer user_data);

/** g_log_set_handler() with a function that frees user_data when the handler is removed. Since 2.46. */
GLIB_AVAILABLE_IN_2_46
guint g_log_set_handler_full (const gchar *log_domain, GLogLevelFlags log_levels, GLogFunc log_func,
                              gpointer user_data, GDestroyNotify destroy);

/** Removes the handler handler_id of log_domain (NULL: ""). */
GLIB_AVAILABLE_IN_ALL
void g_log_remove_handler (const gchar *log_domain, guint handler_id);

/** What messages without a handler of their own go to: formats them and writes them to stdout or
 * stderr. unused_data may be NULL. */
GLIB_AVAILABLE_IN_ALL
void g_log_default_handler (const gchar *log_domain, GLogLevelFlags log_level, const gchar *message,
                            gpointer unused_data);

/** Makes log_func, with user_data, take the place of g_log_default_handler(); returns the function
 * that was there. Since 2.6. */
GLIB_AVAILABLE_IN_ALL
GLogFunc g_log_set_default_handler (GLogFunc log_func, gpointer user_data);

/** Sends a message made like printf() to the handler for its domain (may be NULL) and level. */
GLIB_AVAILABLE_IN_ALL
void g_log (const gchar *log_domain, GLogLevelFlags log_level, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

/** g_log() with a va_list. */
GLIB_AVAILABLE_IN_ALL
void g_logv (const gchar *log_domain, GLogLevelFlags log_level, const gchar *format, va_list args)
    G_GNUC_PRINTF (3, 0);

/** Makes the levels fatal_mask of log_domain fatal; returns the mask before. */
GLIB_AVAILABLE_IN_ALL
GLogLevelFlags g_log_set_fatal_mask (const gchar *log_domain, GLogLevelFlags fatal_mask);

/** Makes the levels fatal_mask fatal in every domain; returns the mask before. */
GLIB_AVAILABLE_IN_ALL
GLogLevelFlags g_log_set_always_fatal (GLogLevelFlags fatal_mask);

/** The levels that are fatal in every domain. Since 2.86. */
GLIB_AVAILABLE_IN_2_86
GLogLevelFlags g_log_get_always_fatal (void);

/* What becomes of a structured message. */
typedef enum
{
  G_LOG_WRITER_HANDLED = 1,
  G_LOG_WRITER_UNHANDLED = 0
} GLogWriterOutput;

/* One key of a structured message and its value, length bytes long (-1: a string). */
typedef struct _GLogField GLogField;
struct _GLogField
{
  const gchar *key;
  gconstpointer value;
  gssize length;
};

/* Receives structured messages. */
typedef GLogWriterOutput (*GLogWriterFunc) (GLogLevelFlags log_level, const GLogField *fields,
                                            gsize n_fields, gpointer user_data);

/** Sends a message given as pairs of keys and strings, up to the key "MESSAGE" and its printf()
 * format and arguments, to the writer. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
void g_log_structured (const gchar *log_domain, GLogLevelFlags log_level, ...);

/** Sends n_fields fields to the writer. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
void g_log_structured_array (GLogLevelFlags log_level, const GLogField *fields, gsize n_fields);

/** What the message macros call when G_LOG_USE_STRUCTURED is defined. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
void g_log_structured_standard (const gchar *log_domain, GLogLevelFlags log_level, const gchar *file,
                                const gchar *line, const gchar *func, const gchar *message_format,
                                ...) G_GNUC_PRINTF (6, 7);

/** Makes func, with user_data freed by user_data_free, the one writer; may be called once. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
void g_log_set_writer_func (GLogWriterFunc func, gpointer user_data, GDestroyNotify user_data_free);

/** TRUE if text on the descriptor output_fd may have colours. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
gboolean g_log_writer_supports_color (gint output_fd);

/** TRUE if output_fd leads to the systemd journal. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
gboolean g_log_writer_is_journald (gint output_fd);

/** A message's fields as the line that standard output would show, freed with g_free(). Since 2.50. */
GLIB_AVAILABLE_IN_2_50
gchar *g_log_writer_format_fields (GLogLevelFlags log_level, const GLogField *fields, gsize n_fields,
                                   gboolean use_color) G_GNUC_MALLOC;

/** Sends a message to the systemd journal. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
GLogWriterOutput g_log_writer_journald (GLogLevelFlags log_level, const GLogField *fields,
                                        gsize n_fields, gpointer user_data);

/** Sends a message to syslog(3), under the facility its field SYSLOG_FACILITY names: "auth", "daemon" or
 * "user". Since 2.80. */
GLIB_AVAILABLE_IN_2_80
GLogWriterOutput g_log_writer_syslog (GLogLevelFlags log_level, const GLogField *fields, gsize n_fields,
                                      gpointer user_data);

/** Writes a message to stdout or stderr. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
GLogWriterOutput g_log_writer_standard_streams (GLogLevelFlags log_level, const GLogField *fields,
                                                gsize n_fields, gpointer user_data);

/** The writer in place until another is set: the journal if stderr leads there, else the standard
 * streams; drops INFO and DEBUG messages that G_MESSAGES_DEBUG does not name. Since 2.50. */
GLIB_AVAILABLE_IN_2_50
GLogWriterOutput g_log_writer_default (GLogLevelFlags log_level, const GLogField *fields,
                                       gsize n_fields, gpointer user_data);

/** Makes the default writer send every level to stderr if use_stderr is TRUE. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
void g_log_writer_default_set_use_stderr (gboolean use_stderr);

/** TRUE if the default writer would drop a message of this level and domain. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
gboolean g_log_writer_default_would_drop (GLogLevelFlags log_level, const char *log_domain);

/** Sets what G_MESSAGES_DEBUG would: a NULL-terminated list of domains (NULL: none). Since 2.80. */
GLIB_AVAILABLE_IN_2_80
void g_log_writer_default_set_debug_domains (const gchar *const *domains);

/** TRUE if debug messages of every domain are shown by g_log_set_debug_enabled(). Since 2.72. */
GLIB_AVAILABLE_IN_2_72
gboolean g_log_get_debug_enabled (void);

/** Shows debug messages of every domain, or no longer. Since 2.72. */
GLIB_AVAILABLE_IN_2_72
void g_log_set_debug_enabled (gboolean enabled);

/** Prints the text of a failed g_warn_if_fail(); warnexpr NULL stands for code never to be reached. */
GLIB_AVAILABLE_IN_ALL
void g_warn_message (const char *domain, const char *file, int line, const char *func,
                     const char *warnexpr) G_ANALYZER_NORETURN;

/** Prints the text of a failed assertion of very old headers and ends the program. */
G_NORETURN GLIB_DEPRECATED
void g_assert_warning (const char *log_domain, const char *file, const int line,
                                  const char *pretty_function, const char *expression);

/** Prints the CRITICAL of a failed g_return_if_fail(). */
GLIB_AVAILABLE_IN_ALL
void g_return_if_fail_warning (const char *log_domain, const char *pretty_function,
                               const char *expression) G_ANALYZER_NORETURN;

#ifndef G_LOG_DOMAIN
#define G_LOG_DOMAIN ((gchar *) 0)
#endif

/* The message macros: g_error() never returns, whatever a handler does. */
#if (defined (__STDC_VERSION__) && __STDC_VERSION__ >= 199901L) || \
    (defined (__cplusplus) && __cplusplus >= 201103L)
#if defined (G_LOG_USE_STRUCTURED)
#define G_LOG_HERE_(level, ...)                                                                    \
  g_log_structured_standard (G_LOG_DOMAIN, level, __FILE__, G_STRINGIFY (__LINE__), G_STRFUNC,     \
                             __VA_ARGS__)
#else
#define G_LOG_HERE_(level, ...) g_log (G_LOG_DOMAIN, level, __VA_ARGS__)
#endif

#define g_error(...)                                                \
  G_STMT_START                                                      \
  {                                                                 \
    G_LOG_HERE_ (G_LOG_LEVEL_ERROR, __VA_ARGS__);                   \
    for (;;)                                                        \
      {                                                             \
      }                                                             \
  }                                                                 \
  G_STMT_END
#define g_message(...)  G_LOG_HERE_ (G_LOG_LEVEL_MESSAGE, __VA_ARGS__)
#define g_critical(...) G_LOG_HERE_ (G_LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define g_warning(...)  G_LOG_HERE_ (G_LOG_LEVEL_WARNING, __VA_ARGS__)
#define g_info(...)     G_LOG_HERE_ (G_LOG_LEVEL_INFO, __VA_ARGS__)
#define g_debug(...)    G_LOG_HERE_ (G_LOG_LEVEL_DEBUG, __VA_ARGS__)

/* A warning that is printed the first time only. Since 2.64. */
#define g_warning_once(...)                                                                   \
  G_STMT_START                                                                                \
  {                                                                                           \
    static int g_warned_once_ = 0;                                                            \
    if (g_atomic_int_compare_and_exchange (&g_warned_once_, 0, 1))                            \
      g_warning (__VA_ARGS__);                                                                \
  }                                                                                           \
  G_STMT_END
#else
/* C++98 has no variadic macros: the same names as functions, without file and line. */
#define G_LOG_INLINE_(name, level)                                                \
  static inline void G_GNUC_PRINTF (1, 2) G_GNUC_UNUSED name (const gchar *format, ...) \
  {                                                                               \
    va_list args;                                                                 \
    va_start (args, format);                                                      \
    g_logv (G_LOG_DOMAIN, level, format, args);                                   \
    va_end (args);                                                                \
  }
G_NORETURN static inline void G_GNUC_PRINTF (1, 2) G_GNUC_UNUSED
g_error (const gchar *format, ...)
{
  va_list args;
  va_start (args, format);
  g_logv (G_LOG_DOMAIN, G_LOG_LEVEL_ERROR, format, args);
  va_end (args);
  for (;;)
    {
    }
}
G_LOG_INLINE_ (g_message, G_LOG_LEVEL_MESSAGE)
G_LOG_INLINE_ (g_critical, G_LOG_LEVEL_CRITICAL)
G_LOG_INLINE_ (g_warning, G_LOG_LEVEL_WARNING)
G_LOG_INLINE_ (g_info, G_LOG_LEVEL_INFO)
G_LOG_INLINE_ (g_debug, G_LOG_LEVEL_DEBUG)
#undef G_LOG_INLINE_
#endif

/* Receives the text of g_print() or g_printerr(). */
typedef void (*GPrintFunc) (const gchar *string);

/** Writes text made like printf() to standard output, or to the function set for it. */
GLIB_AVAILABLE_IN_ALL
void g_print (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

/** Makes func (NULL: standard output) receive g_print()'s text; returns the function before. */
GLIB_AVAILABLE_IN_ALL
GPrintFunc g_set_print_handler (GPrintFunc func);

/** Writes text made like printf() to standard error, or to the function set for it. */
GLIB_AVAILABLE_IN_ALL
void g_printerr (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

/** Makes func (NULL: standard error) receive g_printerr()'s text; returns the function before. */
GLIB_AVAILABLE_IN_ALL
GPrintFunc g_set_printerr_handler (GPrintFunc func);

#define g_warn_if_reached()                                                 \
  do                                                                        \
    {                                                                       \
      g_warn_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, NULL);   \
    }                                                                       \
  while (0)

#define g_warn_if_fail(expr)                                                \
  do                                                                        \
    {                                                                       \
      if G_LIKELY (expr)                                                    \
        ;                                                                   \
      else                                                                  \
        g_warn_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, #expr); \
    }                                                                       \
  while (0)

#ifdef G_DISABLE_CHECKS

#define g_return_if_fail(expr)          G_STMT_START { (void) 0; } G_STMT_END
#define g_return_val_if_fail(expr, val) G_STMT_START { (void) 0; } G_STMT_END
#define g_return_if_reached()           G_STMT_START { return; } G_STMT_END
#define g_return_val_if_reached(val)    G_STMT_START { return (val); } G_STMT_END

#else

/* Leaves the function with a CRITICAL unless expr holds. */
#define g_return_if_fail(expr)                                              \
  G_STMT_START                                                              \
  {                                                                         \
    if (G_LIKELY (expr))                                                    \
      {                                                                     \
      }                                                                     \
    else                                                                    \
      {                                                                     \
        g_return_if_fail_warning (G_LOG_DOMAIN, G_STRFUNC, #expr);          \
        return;                                                             \
      }                                                                     \
  }                                                                         \
  G_STMT_END

#define g_return_val_if_fail(expr, val)                                     \
  G_STMT_START                                                              \
  {                                                                         \
    if (G_LIKELY (expr))                                                    \
      {                                                                     \
      }                                                                     \
    else                                                                    \
      {                                                                     \
        g_return_if_fail_warning (G_LOG_DOMAIN, G_STRFUNC, #expr);          \
        return (val);                                                       \
      }                                                                     \
  }                                                                         \
  G_STMT_END

/* Leaves the function with a CRITICAL that tells the place. */
#define g_return_if_reached()                                               \
  G_STMT_START                                                              \
  {                                                                         \
    g_log (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "file %s: line %d (%s): should not be reached", \
           __FILE__, __LINE__, G_STRFUNC);                                  \
    return;                                                                 \
  }                                                                         \
  G_STMT_END

#define g_return_val_if_reached(val)                                        \
  G_STMT_START                                                              \
  {                                                                         \
    g_log (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "file %s: line %d (%s): should not be reached", \
           __FILE__, __LINE__, G_STRFUNC);                                  \
    return (val);                                                           \
  }                                                                         \
  G_STMT_END

#endif /* G_DISABLE_CHECKS */

G_END_DECLS

#endif /* __G_MESSAGES_H__ */
