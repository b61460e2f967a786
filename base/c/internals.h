/* What the C files call in Rust and in each other. Nothing here is exported. */
#ifndef MAINSPRING_BASE_INTERNALS_H
#define MAINSPRING_BASE_INTERNALS_H

#include <glib/gerror.h>
#include <glib/gmessages.h>
#include <glib/gstrfuncs.h>
#include <glib/gstring.h>
#include <glib/gtestutils.h>

#pragma GCC visibility push(hidden)

/* The domain of the library's own messages. */
#define OWN_DOMAIN "GLib"
#define REQUIRE(expression, ...)                                                \
  do                                                                            \
    if (G_UNLIKELY (!(expression)))                                             \
      {                                                                         \
        g_return_if_fail_warning (OWN_DOMAIN, G_STRFUNC, #expression);          \
        return __VA_ARGS__;                                                     \
      }                                                                         \
  while (0)

/* messages/mod.rs */
void mainspring_base_log (const char *domain, GLogLevelFlags level, const char *message);
void mainspring_base_read_environment (void);
/* messages/writer.rs */
const char *mainspring_base_priority (GLogLevelFlags level);
/* messages/print.rs */
void mainspring_base_print (const char *text);
void mainspring_base_printerr (const char *text);
/* error.rs: take message over */
GError *mainspring_base_error_take (GQuark domain, gint code, char *message);
void mainspring_base_error_prefix_take (GError *error, char *prefix);
/* testutils.rs: take message over */
void mainspring_base_assertion_take (const char *domain, const char *file, int line, const char *func,
                                     char *message);
/* printf.c */
void mainspring_base_put (gboolean to_stderr, const char *text, gsize length);

#pragma GCC visibility pop

#endif
