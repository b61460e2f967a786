/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The assertions of gtestutils.h that compare numbers: they take long doubles and characters that only
 * C can name. src/testutils.rs has the others.
 */
#include "internals.h"

void
g_assertion_message_cmpint (const char *domain, const char *file, int line, const char *func,
                            const char *expr, guint64 arg1, const char *cmp, guint64 arg2, char numtype)
{
  char *text = NULL;

  switch (numtype)
    {
    case 'i':
      text = g_strdup_printf ("assertion failed (%s): (%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT ")", expr,
                              (gint64) arg1, cmp, (gint64) arg2);
      break;
    case 'u':
      text = g_strdup_printf ("assertion failed (%s): (%" G_GUINT64_FORMAT " %s %" G_GUINT64_FORMAT ")",
                              expr, arg1, cmp, arg2);
      break;
    case 'x':
      text = g_strdup_printf ("assertion failed (%s): (0x%08" G_GINT64_MODIFIER "x %s 0x%08"
                              G_GINT64_MODIFIER "x)", expr, arg1, cmp, arg2);
      break;
    default:
      g_assertion_message_expr (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, NULL);
    }
  mainspring_base_assertion_take (domain, file, line, func, text);
}

void
g_assertion_message_cmpnum (const char *domain, const char *file, int line, const char *func,
                            const char *expr, long double arg1, const char *cmp, long double arg2,
                            char numtype)
{
  char *text;

  if (numtype != 'f' && numtype != 'i' && numtype != 'x')
    g_assertion_message_expr (domain, file, line, func, NULL);
  if (numtype != 'f')
    {
      g_assertion_message_cmpint (domain, file, line, func, expr, (guint64) (gint64) arg1, cmp,
                                  (guint64) (gint64) arg2, numtype);
      return;
    }
  text = g_strdup_printf ("assertion failed (%s): (%.9g %s %.9g)", expr, (double) arg1, cmp,
                          (double) arg2);
  mainspring_base_assertion_take (domain, file, line, func, text);
}
