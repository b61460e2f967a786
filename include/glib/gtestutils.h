/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Assertions: each ends the program with the place, the expression and the values found. With
 * G_DISABLE_ASSERT defined g_assert() and g_assert_not_reached() vanish, the others stay.
 * It knows no test runner.
 */
#ifndef __G_TEST_UTILS_H__
#define __G_TEST_UTILS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gerror.h>
#include <glib/gmessages.h>
#include <glib/gstrfuncs.h>
#include <errno.h>
#include <string.h>

G_BEGIN_DECLS

/** Prints message as that of a failed assertion and ends the program. */
G_NORETURN GLIB_AVAILABLE_IN_ALL
void g_assertion_message (const char *domain, const char *file, int line, const char *func,
                                     const char *message);

/** Prints that expr (NULL: any code here) should not have been, and ends the program. */
G_NORETURN GLIB_AVAILABLE_IN_ALL
void g_assertion_message_expr (const char *domain, const char *file, int line,
                                          const char *func, const char *expr);

/** Prints a failed comparison of strings and ends the program. */
GLIB_AVAILABLE_IN_ALL
void g_assertion_message_cmpstr (const char *domain, const char *file, int line, const char *func,
                                 const char *expr, const char *arg1, const char *cmp,
                                 const char *arg2) G_ANALYZER_NORETURN;

/** Prints a failed comparison of string vectors, different at first_wrong_idx, and ends the program.
 * Since 2.68. */
GLIB_AVAILABLE_IN_2_68
void g_assertion_message_cmpstrv (const char *domain, const char *file, int line, const char *func,
                                  const char *expr, const char *const *arg1,
                                  const char *const *arg2, gsize first_wrong_idx) G_ANALYZER_NORETURN;

/** Prints a failed comparison of integers and ends the program; numtype is 'i', 'u' or 'x'. Since 2.78. */
GLIB_AVAILABLE_IN_ALL /* g_assert_cmpint() is for programs that allow any version */
void g_assertion_message_cmpint (const char *domain, const char *file, int line, const char *func,
                                 const char *expr, guint64 arg1, const char *cmp, guint64 arg2,
                                 char numtype) G_ANALYZER_NORETURN;

/** Prints a failed comparison of numbers and ends the program; numtype is 'i', 'x' or 'f'. */
GLIB_AVAILABLE_IN_ALL
void g_assertion_message_cmpnum (const char *domain, const char *file, int line, const char *func,
                                 const char *expr, long double arg1, const char *cmp, long double arg2,
                                 char numtype) G_ANALYZER_NORETURN;

/** Prints that error is not what was expected (domain 0: none) and ends the program. Since 2.20. */
GLIB_AVAILABLE_IN_ALL
void g_assertion_message_error (const char *domain, const char *file, int line, const char *func,
                                const char *expr, const GError *error, GQuark error_domain,
                                int error_code) G_ANALYZER_NORETURN;

#define G_ASSERT_HERE_ G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC

#define g_assert_cmpstr(s1, cmp, s2)                                                      \
  G_STMT_START                                                                            \
  {                                                                                       \
    const char *g_assert_s1_ = (s1), *g_assert_s2_ = (s2);                                \
    if (g_strcmp0 (g_assert_s1_, g_assert_s2_) cmp 0)                                     \
      ;                                                                                   \
    else                                                                                  \
      g_assertion_message_cmpstr (G_ASSERT_HERE_, #s1 " " #cmp " " #s2, g_assert_s1_,     \
                                  #cmp, g_assert_s2_);                                    \
  }                                                                                       \
  G_STMT_END

#define G_ASSERT_COMPARE_(type, message, as, n1, cmp, n2, expr, numtype)                  \
  G_STMT_START                                                                            \
  {                                                                                       \
    type g_assert_n1_ = (n1), g_assert_n2_ = (n2);                                        \
    if (g_assert_n1_ cmp g_assert_n2_)                                                    \
      ;                                                                                   \
    else                                                                                  \
      message (G_ASSERT_HERE_, expr, (as) g_assert_n1_, #cmp, (as) g_assert_n2_, numtype); \
  }                                                                                       \
  G_STMT_END
#define g_assert_cmpint(n1, cmp, n2)                                                      \
  G_ASSERT_COMPARE_ (gint64, g_assertion_message_cmpint, guint64, n1, cmp, n2,            \
                     #n1 " " #cmp " " #n2, 'i')
#define g_assert_cmpuint(n1, cmp, n2)                                                     \
  G_ASSERT_COMPARE_ (guint64, g_assertion_message_cmpint, guint64, n1, cmp, n2,           \
                     #n1 " " #cmp " " #n2, 'u')
#define g_assert_cmphex(n1, cmp, n2)                                                      \
  G_ASSERT_COMPARE_ (guint64, g_assertion_message_cmpint, guint64, n1, cmp, n2,           \
                     #n1 " " #cmp " " #n2, 'x')
#define g_assert_cmpfloat(n1, cmp, n2)                                                    \
  G_ASSERT_COMPARE_ (double, g_assertion_message_cmpnum, long double, n1, cmp, n2,        \
                     #n1 " " #cmp " " #n2, 'f')
/* Since 2.58. */
#define g_assert_cmpfloat_with_epsilon(n1, n2, epsilon)                                   \
  G_STMT_START                                                                            \
  {                                                                                       \
    double g_assert_n1_ = (n1), g_assert_n2_ = (n2), g_assert_epsilon_ = (epsilon);       \
    if (G_APPROX_VALUE (g_assert_n1_, g_assert_n2_, g_assert_epsilon_))                   \
      ;                                                                                   \
    else                                                                                  \
      g_assertion_message_cmpnum (G_ASSERT_HERE_, #n1 " == " #n2 " (+/- " #epsilon ")",   \
                                  g_assert_n1_, "==", g_assert_n2_, 'f');                 \
  }                                                                                       \
  G_STMT_END
/* Equal bytes; the lengths are compared first. Since 2.46. */
#define g_assert_cmpmem(m1, l1, m2, l2)                                                   \
  G_STMT_START                                                                            \
  {                                                                                       \
    gconstpointer g_assert_m1_ = m1, g_assert_m2_ = m2;                                   \
    size_t g_assert_l1_ = (size_t) l1, g_assert_l2_ = (size_t) l2;                        \
    if (g_assert_l1_ != 0 && g_assert_m1_ == NULL)                                        \
      g_assertion_message (G_ASSERT_HERE_,                                                \
                           "assertion failed (" #l1 " == 0 || " #m1 " != NULL)");         \
    else if (g_assert_l2_ != 0 && g_assert_m2_ == NULL)                                   \
      g_assertion_message (G_ASSERT_HERE_,                                                \
                           "assertion failed (" #l2 " == 0 || " #m2 " != NULL)");         \
    else if (g_assert_l1_ != g_assert_l2_)                                                \
      g_assertion_message_cmpint (G_ASSERT_HERE_,                                         \
                                  #l1 " (len(" #m1 ")) == " #l2 " (len(" #m2 "))",        \
                                  g_assert_l1_, "==", g_assert_l2_, 'u');                 \
    else if (g_assert_l1_ != 0 && memcmp (g_assert_m1_, g_assert_m2_, g_assert_l1_) != 0) \
      g_assertion_message (G_ASSERT_HERE_, "assertion failed (" #m1 " == " #m2 ")");      \
  }                                                                                       \
  G_STMT_END
/* Equal string vectors. Since 2.68. */
#define g_assert_cmpstrv(strv1, strv2)                                                    \
  G_STMT_START                                                                            \
  {                                                                                       \
    const char *const *g_assert_v1_ = (const char *const *) (strv1);                      \
    const char *const *g_assert_v2_ = (const char *const *) (strv2);                      \
    gsize g_assert_i_ = 0;                                                                \
    if (g_assert_v1_ == NULL && g_assert_v2_ == NULL)                                     \
      break;                                                                              \
    if (g_assert_v1_ == NULL)                                                             \
      g_assertion_message (G_ASSERT_HERE_, "assertion failed (" #strv1 " == " #strv2      \
                           "): " #strv1 " is NULL, but " #strv2 " is not");               \
    else if (g_assert_v2_ == NULL)                                                        \
      g_assertion_message (G_ASSERT_HERE_, "assertion failed (" #strv1 " == " #strv2      \
                           "): " #strv2 " is NULL, but " #strv1 " is not");               \
    else                                                                                  \
      {                                                                                   \
        guint g_assert_l1_ = g_strv_length ((char **) strv1);                             \
        guint g_assert_l2_ = g_strv_length ((char **) strv2);                             \
        if (g_assert_l1_ != g_assert_l2_)                                                 \
          {                                                                               \
            char *g_assert_text_ = g_strdup_printf (                                      \
                "assertion failed (" #strv1 " == " #strv2                                 \
                "): length %u does not equal length %u",                                  \
                g_assert_l1_, g_assert_l2_);                                              \
            g_assertion_message (G_ASSERT_HERE_, g_assert_text_);                         \
          }                                                                               \
        while (g_assert_i_ < g_assert_l1_ &&                                              \
               strcmp (g_assert_v1_[g_assert_i_], g_assert_v2_[g_assert_i_]) == 0)        \
          g_assert_i_++;                                                                  \
        if (g_assert_i_ < g_assert_l1_)                                                   \
          g_assertion_message_cmpstrv (G_ASSERT_HERE_, #strv1 " == " #strv2,              \
                                       g_assert_v1_, g_assert_v2_, g_assert_i_);          \
      }                                                                                   \
  }                                                                                       \
  G_STMT_END
/* err, a GError *, is NULL. Since 2.20. */
#define g_assert_no_error(err)                                                            \
  G_STMT_START                                                                            \
  {                                                                                       \
    if (err)                                                                              \
      g_assertion_message_error (G_ASSERT_HERE_, #err, err, 0, 0);                        \
  }                                                                                       \
  G_STMT_END
/* err is an error of this domain and code. Since 2.20. */
#define g_assert_error(err, dom, c)                                                       \
  G_STMT_START                                                                            \
  {                                                                                       \
    if (!err || (err)->domain != dom || (err)->code != c)                                 \
      g_assertion_message_error (G_ASSERT_HERE_, #err, err, dom, c);                      \
  }                                                                                       \
  G_STMT_END

#define G_ASSERT_THAT_(condition, text)                                                   \
  G_STMT_START                                                                            \
  {                                                                                       \
    if G_LIKELY (condition)                                                               \
      ;                                                                                   \
    else                                                                                  \
      g_assertion_message (G_ASSERT_HERE_, text);                                         \
  }                                                                                       \
  G_STMT_END
/* Since 2.38, nonnull since 2.40. */
#define g_assert_true(expr)    G_ASSERT_THAT_ (expr, "'" #expr "' should be TRUE")
#define g_assert_false(expr)   G_ASSERT_THAT_ (!(expr), "'" #expr "' should be FALSE")
#define g_assert_null(expr)    G_ASSERT_THAT_ ((expr) == NULL, "'" #expr "' should be NULL")
#define g_assert_nonnull(expr) G_ASSERT_THAT_ ((expr) != NULL, "'" #expr "' should not be NULL")
/* expr, which sets errno when it is negative, is not. Since 2.66. */
#define g_assert_no_errno(expr)                                                           \
  G_STMT_START                                                                            \
  {                                                                                       \
    int g_assert_ret_, g_assert_errno_;                                                   \
    errno = 0;                                                                            \
    g_assert_ret_ = expr;                                                                 \
    g_assert_errno_ = errno;                                                              \
    if (g_assert_ret_ < 0)                                                                \
      {                                                                                   \
        char *g_assert_text_ = g_strdup_printf (                                          \
            "assertion failed (" #expr " >= 0): errno %i: %s", g_assert_errno_,           \
            g_strerror (g_assert_errno_));                                                \
        g_assertion_message (G_ASSERT_HERE_, g_assert_text_);                             \
      }                                                                                   \
  }                                                                                       \
  G_STMT_END

#ifdef G_DISABLE_ASSERT
#define g_assert_not_reached() G_STMT_START { __builtin_unreachable (); } G_STMT_END
#define g_assert(expr)         G_STMT_START { (void) 0; } G_STMT_END
#else
#define g_assert_not_reached()                                                            \
  G_STMT_START                                                                            \
  {                                                                                       \
    g_assertion_message_expr (G_ASSERT_HERE_, NULL);                                      \
  }                                                                                       \
  G_STMT_END
#define g_assert(expr)                                                                    \
  G_STMT_START                                                                            \
  {                                                                                       \
    if G_LIKELY (expr)                                                                    \
      ;                                                                                   \
    else                                                                                  \
      g_assertion_message_expr (G_ASSERT_HERE_, #expr);                                   \
  }                                                                                       \
  G_STMT_END
#endif

G_END_DECLS

#endif /* __G_TEST_UTILS_H__ */
