/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Which version of GLib's interface the library and its headers offer.
 */
#ifndef __G_VERSION_H__
#define __G_VERSION_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gtypes.h>

G_BEGIN_DECLS

/* The version of the library in use, as against GLIB_MAJOR_VERSION … of the headers compiled with. */
GLIB_VAR const guint glib_major_version;
GLIB_VAR const guint glib_minor_version;
GLIB_VAR const guint glib_micro_version;
GLIB_VAR const guint glib_interface_age;
GLIB_VAR const guint glib_binary_age;

/** NULL if the library in use can stand in for the given version, else a text that says why not. */
GLIB_AVAILABLE_IN_ALL
const gchar *glib_check_version (guint required_major, guint required_minor, guint required_micro);

/* Whether the headers compiled with are of this version or later. */
#define GLIB_CHECK_VERSION(major, minor, micro)                                       \
  (GLIB_MAJOR_VERSION > (major) ||                                                    \
   (GLIB_MAJOR_VERSION == (major) && GLIB_MINOR_VERSION > (minor)) ||                 \
   (GLIB_MAJOR_VERSION == (major) && GLIB_MINOR_VERSION == (minor) &&                 \
    GLIB_MICRO_VERSION >= (micro)))

G_END_DECLS

#endif /* __G_VERSION_H__ */
