/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Strings that carry a count of their references. They are read as any string, shared between threads
 * and never changed.
 */
#ifndef __G_REF_STRING_H__
#define __G_REF_STRING_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmacros.h>
#include <glib/gmem.h>

G_BEGIN_DECLS

typedef char GRefString;

/** A counted copy of str. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
char *g_ref_string_new (const char *str);

/** A counted copy of len bytes of str (-1: up to the NUL). Since 2.58. */
GLIB_AVAILABLE_IN_2_58
char *g_ref_string_new_len (const char *str, gssize len);

/** A reference to the one counted string that has str's text. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
char *g_ref_string_new_intern (const char *str);

/** Another reference; returns str. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
char *g_ref_string_acquire (char *str);

/** Drops a reference; the last one frees the string. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
void g_ref_string_release (char *str);

/** The length of a counted string in bytes. Since 2.58. */
GLIB_AVAILABLE_IN_2_58
gsize g_ref_string_length (char *str);

/** TRUE if two counted strings have the same bytes. Since 2.84. */
GLIB_AVAILABLE_IN_2_84
gboolean g_ref_string_equal (const char *str1, const char *str2);

G_END_DECLS

#endif /* __G_REF_STRING_H__ */
