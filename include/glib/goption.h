/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The command line: a GOptionContext knows the options of a program, stores what it finds in the program's
 * variables, takes it out of argv, and writes the help. Options come in groups: the main one, which is
 * the program's own, and those that libraries add, with hooks that run before and after and names that
 * never collide, since --GROUP-OPTION always works. It knows nothing of what options mean.
 *
 *   static const GOptionEntry entries[] = {
 *     { "verbose", 'v', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &verbose, "Say more", NULL },
 *     G_OPTION_ENTRY_NULL
 *   };
 */
#ifndef __G_OPTION_H__
#define __G_OPTION_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glib/gerror.h>
#include <glib/gquark.h>

G_BEGIN_DECLS

typedef struct _GOptionContext GOptionContext;
typedef struct _GOptionGroup GOptionGroup;
typedef struct _GOptionEntry GOptionEntry;

typedef enum
{
  G_OPTION_FLAG_NONE = 0,              /* since 2.42 */
  G_OPTION_FLAG_HIDDEN = 1 << 0,       /* not in the help */
  G_OPTION_FLAG_IN_MAIN = 1 << 1,      /* in the main part of the help, whatever the group */
  G_OPTION_FLAG_REVERSE = 1 << 2,      /* of G_OPTION_ARG_NONE: stores FALSE */
  G_OPTION_FLAG_NO_ARG = 1 << 3,       /* of callbacks: takes no value */
  G_OPTION_FLAG_FILENAME = 1 << 4,     /* of callbacks: the value is not converted to UTF-8 */
  G_OPTION_FLAG_OPTIONAL_ARG = 1 << 5, /* of callbacks: the value may be left out */
  G_OPTION_FLAG_NOALIAS = 1 << 6       /* no --GROUP-OPTION for this one */
} GOptionFlags;

/* What an option takes, and the type of the variable that arg_data of its entry points to. */
typedef enum
{
  G_OPTION_ARG_NONE,           /* nothing; gboolean */
  G_OPTION_ARG_STRING,         /* text in UTF-8; char *, from g_malloc() */
  G_OPTION_ARG_INT,            /* a number, also with 0x or 0 in front; gint */
  G_OPTION_ARG_CALLBACK,       /* what the function makes of it; arg_data is a GOptionArgFunc */
  G_OPTION_ARG_FILENAME,       /* bytes as they are; char *, from g_malloc() */
  G_OPTION_ARG_STRING_ARRAY,   /* one text more each time; char **, ending in NULL, from g_malloc() */
  G_OPTION_ARG_FILENAME_ARRAY, /* bytes as they are, one more each time; char **, likewise */
  G_OPTION_ARG_DOUBLE,         /* a number in the locale's form or C's; gdouble. Since 2.12 */
  G_OPTION_ARG_INT64           /* a number, as for INT; gint64. Since 2.12 */
} GOptionArg;

/* Takes one value (NULL if there is none) of the option, which is named as the user wrote it. FALSE and
 * *error set if it is not good. data is what the group was made with. */
typedef gboolean (*GOptionArgFunc) (const gchar *option_name, const gchar *value, gpointer data, GError **error);

/* Called before or after the command line is parsed. FALSE and *error set to make parsing fail. */
typedef gboolean (*GOptionParseFunc) (GOptionContext *context, GOptionGroup *group, gpointer data, GError **error);

/* Called when parsing has failed, with the error. */
typedef void (*GOptionErrorFunc) (GOptionContext *context, GOptionGroup *group, gpointer data, GError **error);

/* The domain of errors in what the user wrote. */
#define G_OPTION_ERROR (g_option_error_quark ())

typedef enum
{
  G_OPTION_ERROR_UNKNOWN_OPTION, /* there is no such option */
  G_OPTION_ERROR_BAD_VALUE,      /* the value is missing or cannot be read */
  G_OPTION_ERROR_FAILED          /* a callback failed */
} GOptionError;

/** The quark behind G_OPTION_ERROR. */
GLIB_AVAILABLE_IN_ALL
GQuark g_option_error_quark (void);

/** One option; an array of them ends with one whose long_name is NULL. The strings are not copied. */
struct _GOptionEntry
{
  const gchar *long_name;       /* without the dashes */
  gchar short_name;             /* a printable character but '-'; 0 for none */
  gint flags;                   /* of GOptionFlags */
  GOptionArg arg;
  gpointer arg_data;            /* the place of a variable, or a function */
  const gchar *description;     /* for the help; NULL for none */
  const gchar *arg_description; /* what stands for the value in the help; NULL for none */
};

/* The long_name of an entry that takes the arguments that are no options: an array, or a callback. */
#define G_OPTION_REMAINING ""

/* The end of an array of entries (since 2.70). */
#define G_OPTION_ENTRY_NULL GLIB_AVAILABLE_MACRO_IN_2_70 { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }

/* ---- Contexts ------------------------------------------------------------------------------------ */

/** A context without options, freed with g_option_context_free(). parameter_string (NULL: none) comes behind
 * the options in the first line of the help. */
GLIB_AVAILABLE_IN_ALL
GOptionContext *g_option_context_new (const gchar *parameter_string);

/** Text (NULL: none) for the help, in front of the options. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_summary (GOptionContext *context, const gchar *summary);

/** The text in front of the options in the help, or NULL. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_option_context_get_summary (GOptionContext *context);

/** Text (NULL: none) for the help, behind the options. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_description (GOptionContext *context, const gchar *description);

/** The text behind the options in the help, or NULL. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
const gchar *g_option_context_get_description (GOptionContext *context);

/** Frees context and drops its groups. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_free (GOptionContext *context);

/** Whether --help, --help-all, --help-GROUP, -? and, unless it is another option's, -h print the help and end
 * the program; TRUE at first. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_help_enabled (GOptionContext *context, gboolean help_enabled);

/** Whether there are options that print the help. */
GLIB_AVAILABLE_IN_ALL
gboolean g_option_context_get_help_enabled (GOptionContext *context);

/** Whether unknown options stay in argv, rather than being errors; FALSE at first. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_ignore_unknown_options (GOptionContext *context, gboolean ignore_unknown);

/** Whether unknown options stay in argv. */
GLIB_AVAILABLE_IN_ALL
gboolean g_option_context_get_ignore_unknown_options (GOptionContext *context);

/** Whether parsing stops at the first argument that is no option; FALSE at first. Since 2.44. */
GLIB_AVAILABLE_IN_2_44
void g_option_context_set_strict_posix (GOptionContext *context, gboolean strict_posix);

/** Whether parsing stops at the first argument that is no option. Since 2.44. */
GLIB_AVAILABLE_IN_2_44
gboolean g_option_context_get_strict_posix (GOptionContext *context);

/** Adds entries to the main group, made if there is none, whose texts are then translated by
 * translation_domain (NULL: the one of textdomain()). */
GLIB_AVAILABLE_IN_ALL
void g_option_context_add_main_entries (GOptionContext *context, const GOptionEntry *entries,
                                        const gchar *translation_domain);

/** Finds the options of *argc arguments in *argv (either NULL: there are none), stores their values and takes
 * them out of the array. FALSE and *error set if something is wrong; the array and all variables are then
 * as they were. --help prints and ends the program. */
GLIB_AVAILABLE_IN_ALL
gboolean g_option_context_parse (GOptionContext *context, gint *argc, gchar ***argv, GError **error);

/** g_option_context_parse() of an array that ends in NULL, whose strings are from g_malloc() and freed when
 * they are taken out. Since 2.40. */
GLIB_AVAILABLE_IN_2_40
gboolean g_option_context_parse_strv (GOptionContext *context, gchar ***arguments, GError **error);

/** Sets what translates the parameter string, the summary and the description (NULL: nothing);
 * destroy_notify is called with data when that is set anew or the context is freed. Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_translate_func (GOptionContext *context, GTranslateFunc func, gpointer data,
                                          GDestroyNotify destroy_notify);

/** g_option_context_set_translate_func() by dgettext() with a domain (NULL: the one of textdomain()). Since 2.12. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_translation_domain (GOptionContext *context, const gchar *domain);

/** Adds group, which is the context's from now on. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_add_group (GOptionContext *context, GOptionGroup *group);

/** Makes group, which is the context's from now on, the main group, which there must not be yet. */
GLIB_AVAILABLE_IN_ALL
void g_option_context_set_main_group (GOptionContext *context, GOptionGroup *group);

/** The main group, which stays the context's, or NULL. */
GLIB_AVAILABLE_IN_ALL
GOptionGroup *g_option_context_get_main_group (GOptionContext *context);

/** The help as the user would see it, freed with g_free(): with main_help that of the main options, with
 * group (NULL: all of them) that of the group. Since 2.14. */
GLIB_AVAILABLE_IN_ALL
gchar *g_option_context_get_help (GOptionContext *context, gboolean main_help, GOptionGroup *group);

/* ---- Groups -------------------------------------------------------------------------------------- */

/** A group with one reference. name stands in --help-NAME and --NAME-OPTION, description above the group's
 * options, help_description beside --help-NAME. user_data goes to hooks and callbacks; destroy (NULL:
 * nothing) is called with it at the end. */
GLIB_AVAILABLE_IN_ALL
GOptionGroup *g_option_group_new (const gchar *name, const gchar *description, const gchar *help_description,
                                  gpointer user_data, GDestroyNotify destroy);

/** Sets what is called before and after parsing (NULL: nothing). */
GLIB_AVAILABLE_IN_ALL
void g_option_group_set_parse_hooks (GOptionGroup *group, GOptionParseFunc pre_parse_func,
                                     GOptionParseFunc post_parse_func);

/** Sets what is called when parsing fails (NULL: nothing). */
GLIB_AVAILABLE_IN_ALL
void g_option_group_set_error_hook (GOptionGroup *group, GOptionErrorFunc error_func);

/** Drops a reference. */
GLIB_DEPRECATED_IN_2_44
void g_option_group_free (GOptionGroup *group);

/** Takes a reference. Returns group. Since 2.44. */
GLIB_AVAILABLE_IN_2_44
GOptionGroup *g_option_group_ref (GOptionGroup *group);

/** Drops a reference. Since 2.44. */
GLIB_AVAILABLE_IN_2_44
void g_option_group_unref (GOptionGroup *group);

/** Adds copies of entries, whose strings must stay. */
GLIB_AVAILABLE_IN_ALL
void g_option_group_add_entries (GOptionGroup *group, const GOptionEntry *entries);

/** Sets what translates the texts of the group and its entries (NULL: nothing); destroy_notify is called with
 * data when that is set anew or the group is freed. */
GLIB_AVAILABLE_IN_ALL
void g_option_group_set_translate_func (GOptionGroup *group, GTranslateFunc func, gpointer data,
                                        GDestroyNotify destroy_notify);

/** g_option_group_set_translate_func() by dgettext() with a domain (NULL: the one of textdomain()). */
GLIB_AVAILABLE_IN_ALL
void g_option_group_set_translation_domain (GOptionGroup *group, const gchar *domain);

G_END_DECLS

#endif /* __G_OPTION_H__ */
