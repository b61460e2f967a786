/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Macros that need no type and no function: what the compiler is able to do, attributes under names
 * that vanish where they are not understood, small arithmetic, static assertions, and the automatic
 * cleanup of variables that leave their scope. Which attributes a version of the interface
 * carries is in gversionmacros.h; the cleanups of our own types are in glib-autocleanups.h.
 */
#ifndef __G_MACROS_H__
#define __G_MACROS_H__

/* glibconfig.h, which programs may include by itself, needs this header too. */
#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION) && !defined (__GLIBCONFIG_H__)
#error "Only <glib.h> can be included directly."
#endif

#include <stddef.h>

/* ---- What the compiler is ---------------------------------------------------------------------
 * The library supports compilers that speak GNU C: gcc and clang, in C from C90 and C++ from 98. */

#define G_GNUC_CHECK_VERSION(major, minor) \
  ((__GNUC__ > (major)) || ((__GNUC__ == (major)) && (__GNUC_MINOR__ >= (minor))))

/* G_C_STD_VERSION and G_CXX_STD_VERSION are the standard's date (201112L for C11, …), or 0 where
 * the other language is compiled. The CHECK macros take a year: G_C_STD_CHECK_VERSION (11). */
#ifdef __cplusplus
#define G_C_STD_VERSION   0L
#define G_CXX_STD_VERSION __cplusplus
#else
#ifdef __STDC_VERSION__
#define G_C_STD_VERSION   __STDC_VERSION__
#else
#define G_C_STD_VERSION   199000L
#endif
#define G_CXX_STD_VERSION 0L
#endif

/* C90 has no such word; GLib's headers give it this one, too. */
#if !defined (__cplusplus) && G_C_STD_VERSION < 199901L
#define inline __inline__
#endif

#define G_C_STD_CHECK_VERSION(year) \
  (((year) == 99 && G_C_STD_VERSION >= 199901L) || ((year) == 11 && G_C_STD_VERSION >= 201112L) || \
   ((year) == 17 && G_C_STD_VERSION >= 201710L) || ((year) == 23 && G_C_STD_VERSION >= 202000L))
#define G_CXX_STD_CHECK_VERSION(year) \
  (((year) == 98 && G_CXX_STD_VERSION >= 199711L) || ((year) == 03 && G_CXX_STD_VERSION >= 199711L) || \
   ((year) == 11 && G_CXX_STD_VERSION >= 201103L) || ((year) == 14 && G_CXX_STD_VERSION >= 201402L) || \
   ((year) == 17 && G_CXX_STD_VERSION >= 201703L) || ((year) == 20 && G_CXX_STD_VERSION >= 202002L) || \
   ((year) == 23 && G_CXX_STD_VERSION >= 202302L))

#ifdef __has_attribute
#define g_macro__has_attribute __has_attribute
#else
#define g_macro__has_attribute(x) 0
#endif
#ifdef __has_builtin
#define g_macro__has_builtin __has_builtin
#else
#define g_macro__has_builtin(x) 0
#endif
#ifdef __has_feature
#define g_macro__has_feature __has_feature
#else
#define g_macro__has_feature(x) 0
#endif
#ifdef __has_extension
#define g_macro__has_extension __has_extension
#else
#define g_macro__has_extension g_macro__has_feature
#endif

/* 1 while a static analyser reads the code. */
#if defined (__clang_analyzer__) || defined (__COVERITY__)
#define G_ANALYZER_ANALYZING 1
#else
#define G_ANALYZER_ANALYZING 0
#endif
#if G_ANALYZER_ANALYZING && g_macro__has_feature (attribute_analyzer_noreturn)
#define G_ANALYZER_NORETURN __attribute__ ((analyzer_noreturn))
#else
#define G_ANALYZER_NORETURN
#endif

#define G_GNUC_EXTENSION __extension__
/* The type of an expression, without evaluating it. */
#define glib_typeof(t) __typeof__ (t)
#define g_has_typeof   1

/* ---- Attributes ------------------------------------------------------------------------------- */

#define G_CAN_INLINE 1
#define G_INLINE_FUNC static inline
#define G_ALWAYS_INLINE __attribute__ ((always_inline))
#define G_NO_INLINE     __attribute__ ((noinline))

/* A function without effects, whose result depends on arguments and memory (PURE), or on its
 * arguments alone (CONST). */
#define G_GNUC_PURE  __attribute__ ((__pure__))
#define G_GNUC_CONST __attribute__ ((__const__))
/* A function whose result points to fresh memory, and where its size stands in the arguments. */
#define G_GNUC_MALLOC             __attribute__ ((__malloc__))
#define G_GNUC_ALLOC_SIZE(x)      __attribute__ ((__alloc_size__ (x)))
#define G_GNUC_ALLOC_SIZE2(x, y)  __attribute__ ((__alloc_size__ (x, y)))
/* The last variable argument is NULL. */
#define G_GNUC_NULL_TERMINATED    __attribute__ ((__sentinel__))
#define G_GNUC_WARN_UNUSED_RESULT __attribute__ ((__warn_unused_result__))
/* Formats and the first argument they describe, counted from 1; 0 for a va_list. */
#ifdef __clang__
#define G_GNUC_PRINTF(format_idx, arg_idx) __attribute__ ((__format__ (__printf__, format_idx, arg_idx)))
#define G_GNUC_SCANF(format_idx, arg_idx)  __attribute__ ((__format__ (__scanf__, format_idx, arg_idx)))
#define G_GNUC_STRFTIME(format_idx)        __attribute__ ((__format__ (__strftime__, format_idx, 0)))
#else
#define G_GNUC_PRINTF(format_idx, arg_idx) __attribute__ ((__format__ (gnu_printf, format_idx, arg_idx)))
#define G_GNUC_SCANF(format_idx, arg_idx)  __attribute__ ((__format__ (gnu_scanf, format_idx, arg_idx)))
#define G_GNUC_STRFTIME(format_idx)        __attribute__ ((__format__ (gnu_strftime, format_idx, 0)))
#endif
/* The argument is a format, and the result another for the same arguments. */
#define G_GNUC_FORMAT(arg_idx) __attribute__ ((__format_arg__ (arg_idx)))
#define G_GNUC_NORETURN        __attribute__ ((__noreturn__))
#define G_GNUC_UNUSED          __attribute__ ((__unused__))
#define G_GNUC_NO_INSTRUMENT   __attribute__ ((__no_instrument_function__))
#define G_GNUC_MAY_ALIAS       __attribute__ ((__may_alias__))
#if g_macro__has_attribute (__fallthrough__)
#define G_GNUC_FALLTHROUGH __attribute__ ((__fallthrough__))
#else
#define G_GNUC_FALLTHROUGH
#endif
/* Turns instrumentation of AddressSanitizer off in one function. */
#define G_GNUC_NO_SANITIZE_ADDRESS __attribute__ ((__no_sanitize_address__))

/* A function that never returns; the FUNCPTR form goes before the asterisk of a pointer to one. The
 * GNU spelling may stand anywhere before the type, which [[noreturn]] may not. */
#define G_NORETURN         __attribute__ ((__noreturn__))
#define G_NORETURN_FUNCPTR __attribute__ ((__noreturn__))

#define G_GNUC_DEPRECATED        __attribute__ ((__deprecated__))
#define G_GNUC_DEPRECATED_FOR(f) __attribute__ ((__deprecated__ ("Use '" #f "' instead")))
#define G_DEPRECATED             G_GNUC_DEPRECATED
#define G_DEPRECATED_FOR(f)      G_GNUC_DEPRECATED_FOR (f)
#define G_UNAVAILABLE(maj, min)  __attribute__ ((__deprecated__ ("Not available before " #maj "." #min)))
/* Between BEGIN and END the use of anything deprecated draws no warning. */
#define G_GNUC_BEGIN_IGNORE_DEPRECATIONS \
  _Pragma ("GCC diagnostic push") _Pragma ("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define G_GNUC_END_IGNORE_DEPRECATIONS _Pragma ("GCC diagnostic pop")

/* ---- Text and tokens -------------------------------------------------------------------------- */

#define G_STRINGIFY(macro_or_string) G_STRINGIFY_ARG (macro_or_string)
#define G_STRINGIFY_ARG(contents)    #contents
#define G_PASTE_ARGS(identifier1, identifier2) identifier1##identifier2
#define G_PASTE(identifier1, identifier2)      G_PASTE_ARGS (identifier1, identifier2)

#define G_GNUC_FUNCTION        __FUNCTION__
#define G_GNUC_PRETTY_FUNCTION __PRETTY_FUNCTION__
#define G_STRFUNC ((const char *) (__func__))
#define G_STRLOC  __FILE__ ":" G_STRINGIFY (__LINE__)

/* Stops the compilation unless expr, a constant, is true. The EXPR form is an expression. */
#if G_C_STD_VERSION >= 202311L || G_CXX_STD_VERSION >= 201103L
#define G_STATIC_ASSERT(expr) static_assert (expr, "Expression evaluates to false")
#elif G_C_STD_VERSION >= 201112L
#define G_STATIC_ASSERT(expr) _Static_assert (expr, "Expression evaluates to false")
#else
#define G_STATIC_ASSERT(expr) \
  typedef char G_PASTE (_g_static_assert_, __COUNTER__)[(expr) ? 1 : -1] G_GNUC_UNUSED
#endif
#define G_STATIC_ASSERT_EXPR(expr) ((void) sizeof (char[(expr) ? 1 : -1]))

#ifdef __cplusplus
#define G_BEGIN_DECLS extern "C" {
#define G_END_DECLS   }
#else
#define G_BEGIN_DECLS
#define G_END_DECLS
#endif

/* ---- Values ----------------------------------------------------------------------------------- */

#ifndef FALSE
#define FALSE (0)
#endif
#ifndef TRUE
#define TRUE (!FALSE)
#endif

/* The arguments of these may be evaluated twice. */
#undef MAX
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#undef MIN
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#undef ABS
#define ABS(a) (((a) < 0) ? -(a) : (a))
#undef CLAMP
#define CLAMP(x, low, high) (((x) > (high)) ? (high) : (((x) < (low)) ? (low) : (x)))
/* Whether a and b are closer to each other than epsilon. */
#define G_APPROX_VALUE(a, b, epsilon) ((((a) > (b) ? (a) - (b) : (b) - (a)) < (epsilon)))

#define G_N_ELEMENTS(arr) (sizeof (arr) / sizeof ((arr)[0]))

#define GPOINTER_TO_SIZE(p) ((gsize) (p))
#define GSIZE_TO_POINTER(s) ((gpointer) (gsize) (s))

/* Members of structures, by name or by distance in bytes. */
#define G_STRUCT_OFFSET(struct_type, member) ((glong) offsetof (struct_type, member))
#define G_STRUCT_MEMBER_P(struct_p, struct_offset) ((gpointer) ((guint8 *) (struct_p) + (glong) (struct_offset)))
#define G_STRUCT_MEMBER(member_type, struct_p, struct_offset) \
  (*(member_type *) G_STRUCT_MEMBER_P ((struct_p), (struct_offset)))
#define G_SIZEOF_MEMBER(struct_type, member) (sizeof (((struct_type *) 0)->member))

/* The alignment of a type. */
#if G_CXX_STD_VERSION >= 201103L
#define G_ALIGNOF(type) (alignof (type))
#elif G_C_STD_VERSION >= 201112L && G_C_STD_VERSION < 202311L
#define G_ALIGNOF(type) (_Alignof (type))
#else
#define G_ALIGNOF(type) (__alignof__ (type))
#endif

/* Make one statement of several. */
#define G_STMT_START do
#define G_STMT_END   while (0)

/* Once marked results that would have been const; defining it empty is left to old programs. */
#define G_CONST_RETURN const

/* Tell the compiler which way a condition usually goes. */
#define G_LIKELY(expr)   (__builtin_expect (!!(expr), 1))
#define G_UNLIKELY(expr) (__builtin_expect (!!(expr), 0))

/* ---- Cleanup at the end of a scope ------------------------------------------------------------
 * g_autoptr (GSource) source = g_idle_source_new ();   unreferences the source when the scope ends
 * g_auto (GUnixPipe) pipe = G_UNIX_PIPE_INIT;          clears the structure
 * g_autofree char *name = g_strdup ("…");              frees the memory
 * g_autolist (T), g_autoslist (T), g_autoqueue (T)     free the container and every element
 * Initialise such variables: the cleanup runs on whatever they hold. NULL is left alone.
 * A type takes part through one of the G_DEFINE_… macros, after its own declaration. */

#define _GLIB_CLEANUP(func) __attribute__ ((cleanup (func)))

#define g_autoptr(TypeName) \
  _GLIB_CLEANUP (G_PASTE (glib_autoptr_cleanup_, TypeName)) G_PASTE (TypeName, _autoptr)
#define g_autolist(TypeName) \
  _GLIB_CLEANUP (G_PASTE (glib_listautoptr_cleanup_, TypeName)) G_PASTE (TypeName, _listautoptr)
#define g_autoslist(TypeName) \
  _GLIB_CLEANUP (G_PASTE (glib_slistautoptr_cleanup_, TypeName)) G_PASTE (TypeName, _slistautoptr)
#define g_autoqueue(TypeName) \
  _GLIB_CLEANUP (G_PASTE (glib_queueautoptr_cleanup_, TypeName)) G_PASTE (TypeName, _queueautoptr)
#define g_auto(TypeName) _GLIB_CLEANUP (G_PASTE (glib_auto_cleanup_, TypeName)) TypeName
#define g_autofree       _GLIB_CLEANUP (g_autoptr_cleanup_generic_gfree)

/* One kind of container of TypeName. Its function walks it, so the function for an element has to
 * wear the shape of a GDestroyNotify; the detour over void (*) (void) says that this is meant. */
#define _GLIB_DEFINE_CONTAINER_CLEANUP(TypeName, kind, Container, free_full, func)                       \
  typedef Container *G_PASTE (TypeName, _##kind##autoptr);                                               \
  static inline G_GNUC_UNUSED void G_PASTE (glib_##kind##autoptr_cleanup_, TypeName) (Container **place) \
  {                                                                                                      \
    if (*place)                                                                                          \
      free_full (*place, (GDestroyNotify) (void (*) (void)) func);                                       \
  }

/* func takes the pointer and drops what it stands for; enables g_autoptr, g_autolist, … */
#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(TypeName, func)                                           \
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS                                                              \
  typedef TypeName *G_PASTE (TypeName, _autoptr);                                               \
  static inline G_GNUC_UNUSED void G_PASTE (glib_autoptr_clear_, TypeName) (TypeName *held)     \
  {                                                                                             \
    if (held)                                                                                   \
      (func) (held);                                                                            \
  }                                                                                             \
  static inline G_GNUC_UNUSED void G_PASTE (glib_autoptr_cleanup_, TypeName) (TypeName **place) \
  {                                                                                             \
    G_PASTE (glib_autoptr_clear_, TypeName) (*place);                                           \
  }                                                                                             \
  _GLIB_DEFINE_CONTAINER_CLEANUP (TypeName, list, GList, g_list_free_full, func)                \
  _GLIB_DEFINE_CONTAINER_CLEANUP (TypeName, slist, GSList, g_slist_free_full, func)             \
  _GLIB_DEFINE_CONTAINER_CLEANUP (TypeName, queue, GQueue, g_queue_free_full, func)         \
  G_GNUC_END_IGNORE_DEPRECATIONS

/* func takes the address of the variable; enables g_auto. */
#define G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TypeName, func)                                    \
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS                                                          \
  static inline G_GNUC_UNUSED void G_PASTE (glib_auto_cleanup_, TypeName) (TypeName *place) \
  {                                                                                         \
    (func) (place);                                                                         \
  }                                                                                         \
  G_GNUC_END_IGNORE_DEPRECATIONS

/* func takes the value of the variable unless it equals none; enables g_auto. */
#define G_DEFINE_AUTO_CLEANUP_FREE_FUNC(TypeName, func, none)                               \
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS                                                          \
  static inline G_GNUC_UNUSED void G_PASTE (glib_auto_cleanup_, TypeName) (TypeName *place) \
  {                                                                                         \
    if (*place != none)                                                                     \
      (func) (*place);                                                                      \
  }                                                                                         \
  G_GNUC_END_IGNORE_DEPRECATIONS

#endif /* __G_MACROS_H__ */
