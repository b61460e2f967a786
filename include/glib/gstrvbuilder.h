/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * String vectors that grow. GLib 2.68 and later.
 */
#ifndef __G_STRVBUILDER_H__
#define __G_STRVBUILDER_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gstrfuncs.h>
#include <glib/gtypes.h>

G_BEGIN_DECLS

typedef struct _GStrvBuilder GStrvBuilder;

/** An empty builder with one reference. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
GStrvBuilder *g_strv_builder_new (void);

/** Drops a reference; the last one frees the strings that are left. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
void g_strv_builder_unref (GStrvBuilder *builder);

/** Drops a reference and returns the vector. Since 2.82. */
GLIB_AVAILABLE_IN_2_82
GStrv g_strv_builder_unref_to_strv (GStrvBuilder *builder);

/** Another reference. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
GStrvBuilder *g_strv_builder_ref (GStrvBuilder *builder);

/** Adds a copy of value. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
void g_strv_builder_add (GStrvBuilder *builder, const char *value);

/** Adds copies of the strings of a vector. Since 2.70. */
GLIB_AVAILABLE_IN_2_70
void g_strv_builder_addv (GStrvBuilder *builder, const char **value);

/** Adds copies of the strings up to a NULL. Since 2.70. */
GLIB_AVAILABLE_IN_2_70
void g_strv_builder_add_many (GStrvBuilder *builder, ...) G_GNUC_NULL_TERMINATED;

/** Adds value, from g_malloc(), and takes it over. Since 2.80. */
GLIB_AVAILABLE_IN_2_80
void g_strv_builder_take (GStrvBuilder *builder, char *value);

/** The vector, freed with g_strfreev(); builder is empty and can be used again. Since 2.68. */
GLIB_AVAILABLE_IN_2_68
GStrv g_strv_builder_end (GStrvBuilder *builder);

G_END_DECLS

#endif /* __G_STRVBUILDER_H__ */
