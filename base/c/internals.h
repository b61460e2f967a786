/* What the C files call in Rust and in each other. Nothing here is exported. */
#ifndef MAINSPRING_BASE_INTERNALS_H
#define MAINSPRING_BASE_INTERNALS_H

/* The domain of the library's own messages, for the checks at the doors. */
#define G_LOG_DOMAIN "GLib"

#include <glib/gerror.h>
#include <glib/gfileutils.h>
#include <glib/gmessages.h>
#include <glib/gstrfuncs.h>
#include <glib/gstring.h>
#include <glib/gstrvbuilder.h>
#include <glib/gtestutils.h>

#pragma GCC visibility push(hidden)

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
