/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * How variables of our own types are cleaned up when they leave their scope; g_autoptr() and its
 * like are explained in gmacros.h. Included last by glib.h.
 */
#ifndef __GLIB_AUTOCLEANUPS_H__
#define __GLIB_AUTOCLEANUPS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/garray.h>
#include <glib/gbytes.h>
#include <glib/gdir.h>
#include <glib/gerror.h>
#include <glib/ghash.h>
#include <glib/giochannel.h>
#include <glib/glist.h>
#include <glib/gmain.h>
#include <glib/gmem.h>
#include <glib/goption.h>
#include <glib/gqueue.h>
#include <glib/grefstring.h>
#include <glib/gslist.h>
#include <glib/gstrfuncs.h>
#include <glib/gstring.h>
#include <glib/gstrvbuilder.h>
#include <glib/gthread.h>

/* What g_autofree calls: p is the address of the variable. */
static inline G_GNUC_UNUSED void
g_autoptr_cleanup_generic_gfree (void *p)
{
  void **pp = (void **) p;

  g_free (*pp);
}

/* The main loop. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMainContext, g_main_context_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMainContextPusher, g_main_context_pusher_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMainLoop, g_main_loop_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSource, g_source_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GIOChannel, g_io_channel_unref)

/* Everyday helpers. */
static inline G_GNUC_UNUSED void
g_autoptr_cleanup_gstring_free (GString *string)
{
  (g_string_free) (string, TRUE); /* the function: the macro is for those who use the result */
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GArray, g_array_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GByteArray, g_byte_array_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GBytes, g_bytes_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GDir, g_dir_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GError, g_error_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GHashTable, g_hash_table_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GList, g_list_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GOptionContext, g_option_context_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GOptionGroup, g_option_group_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GPtrArray, g_ptr_array_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GQueue, g_queue_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GRefString, g_ref_string_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSList, g_slist_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GString, g_autoptr_cleanup_gstring_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GStrvBuilder, g_strv_builder_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GThread, g_thread_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMutexLocker, g_mutex_locker_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GRecMutexLocker, g_rec_mutex_locker_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GRWLockWriterLocker, g_rw_lock_writer_locker_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GRWLockReaderLocker, g_rw_lock_reader_locker_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GRecMutex, g_rec_mutex_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GRWLock, g_rw_lock_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GMutex, g_mutex_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GCond, g_cond_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GQueue, g_queue_clear)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (GStrv, g_strfreev, NULL)

#endif /* __GLIB_AUTOCLEANUPS_H__ */
