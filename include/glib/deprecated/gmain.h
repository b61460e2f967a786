/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Names of the main loop from before there were contexts; each is a macro for the function of today
 * on the global default context. Deprecated since 2.26. Read glib/gmain.h instead.
 */
#ifndef __G_DEPRECATED_MAIN_H__
#define __G_DEPRECATED_MAIN_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gmain.h>

#define g_main_new(is_running) \
  g_main_loop_new (NULL, is_running) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_loop_new)
#define g_main_run(loop) \
  g_main_loop_run (loop) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_loop_run)
#define g_main_quit(loop) \
  g_main_loop_quit (loop) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_loop_quit)
#define g_main_destroy(loop) \
  g_main_loop_unref (loop) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_loop_unref)
#define g_main_is_running(loop) \
  g_main_loop_is_running (loop) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_loop_is_running)
#define g_main_iteration(may_block) \
  g_main_context_iteration (NULL, may_block) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_context_iteration)
#define g_main_pending() \
  g_main_context_pending (NULL) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_context_pending)
#define g_main_set_poll_func(func) \
  g_main_context_set_poll_func (NULL, func) GLIB_DEPRECATED_MACRO_IN_2_26_FOR (g_main_context_set_poll_func)

#endif /* __G_DEPRECATED_MAIN_H__ */
