/* base_messages.c - how messages look on the streams, which are shown, which end the program, and who receives them.
 *
 * Lines are looked at as a child wrote them, with process id and time replaced. What the environment says is heard
 * when a program starts, so those cases start this program again; a constructor then speaks in place of main().
 */
#include "twin.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPEAK "TWIN_BASE_MESSAGES_SPEAK"

static const GLogLevelFlags levels[] = { G_LOG_LEVEL_CRITICAL, G_LOG_LEVEL_WARNING, G_LOG_LEVEL_MESSAGE,
                                         G_LOG_LEVEL_INFO,     G_LOG_LEVEL_DEBUG,   (GLogLevelFlags) 0x100 };

static void
speak (void)
{
    g_log_set_default_handler (g_log_default_handler, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
        g_log ("Twin", levels[i], "number %u", i);
        g_log (NULL, levels[i], "nobody's %u", i);
    }
}

__attribute__ ((constructor)) static void
speak_instead (void)
{
    if (getenv (SPEAK) == NULL)
        return;
    speak ();
    fflush (NULL);
    _exit (0);
}

/* Replaces digits after a colon in "(name:123)" and times of the form 12:34:56.789. */
static void
tell_lines (const char *what, char *text)
{
    char *line, *rest = NULL;

    for (char *place = text; *place != '\0'; place++) {
        if (strlen (place) >= 12 && isdigit ((unsigned char) place[0]) && place[2] == ':' && place[5] == ':' && place[8] == '.')
            memcpy (place, "HH:MM:SS.mmm", 12);
        if (strncmp (place, "(process:", 9) == 0) {
            char *digits = place + 9;
            char *end = digits + strspn (digits, "0123456789");

            memmove (digits, end, strlen (end) + 1);
        }
        if (*place == '\n')
            *place = '$';
    }
    for (line = strtok_r (text, "$", &rest); line != NULL; line = strtok_r (NULL, "$", &rest))
        trace ("%s: %s", what, line);
}

/* What a child is to do, and the stream on which nobody listens to it. */
static void (*wanted) (void);
static int unheard;

static void
do_wanted (void)
{
    int nowhere = open ("/dev/null", O_WRONLY);

    dup2 (nowhere, unheard);
    close (nowhere);
    wanted ();
}

/* Runs body in two children and traces what it writes to either stream, and how it ended. */
static void
tell_output (void (*body) (void))
{
    wanted = body;
    for (int fd = 1; fd <= 2; fd++) {
        const char *ending;
        char       *text;

        unheard = 3 - fd;
        text = output_of (do_wanted, fd, &ending);
        trace ("ending: %s", ending);
        tell_lines (fd == 1 ? "out" : "err", text);
        free (text);
    }
}

static void
start_again (const char *name, const char *value)
{
    char path[4096];

    if (setenv (SPEAK, "1", 1) != 0 || setenv (name, value, 1) != 0)
        _exit (3);
    /* Read first: under valgrind the link itself leads to valgrind. */
    path[MAX (readlink ("/proc/self/exe", path, sizeof path - 1), 0)] = '\0';
    execl (path, "twin", "again", (char *) NULL);
    _exit (4);
}

#define AGAIN(function, variable, value)   \
    static void function (void)            \
    {                                      \
        start_again (variable, value);     \
    }
AGAIN (with_fatal_warnings, "G_DEBUG", "other,fatal-warnings")
AGAIN (with_fatal_criticals, "G_DEBUG", "fatal_criticals")
AGAIN (with_help, "G_DEBUG", "help")
AGAIN (with_help_among_others, "G_DEBUG", "help,other")
AGAIN (with_debug_of_all, "G_MESSAGES_DEBUG", "all")
AGAIN (with_debug_of_some, "G_MESSAGES_DEBUG", "Other Twin")
AGAIN (with_debug_of_others, "G_MESSAGES_DEBUG", "Other")
AGAIN (with_all_prefixed, "G_MESSAGES_PREFIXED", "all")
AGAIN (with_some_prefixed, "G_MESSAGES_PREFIXED", "message,info")
AGAIN (with_none_prefixed, "G_MESSAGES_PREFIXED", "")

TWIN (messages_look_like_this, "BH-009")
{
    tell_output (speak);
}

TWIN (environment_makes_warnings_fatal, "BH-010 BH-011")
{
    tell_output (with_fatal_warnings);
    tell_output (with_fatal_criticals);
}

TWIN (environment_asks_for_the_words, "BH-010")
{
    tell_output (with_help);
    tell_output (with_help_among_others);
}

TWIN (environment_shows_debug_messages, "BH-010")
{
    tell_output (with_debug_of_all);
    tell_output (with_debug_of_some);
    tell_output (with_debug_of_others);
}

TWIN (environment_says_who_names_the_process, "BH-010")
{
    tell_output (with_all_prefixed);
    tell_output (with_some_prefixed);
    tell_output (with_none_prefixed);
}

static void
say_odd_things (void)
{
    g_log_set_default_handler (g_log_default_handler, NULL);
    g_log ("Twin", G_LOG_LEVEL_WARNING, "%s", "a\x01"
                                              "b\n\tc\rd\r\n\x7f\xff é");
    g_log ("Twin", (GLogLevelFlags) (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE), "two levels");
    g_log ("Twin", (GLogLevelFlags) 0, "no level");
    g_return_if_fail_warning ("Twin", "function", "expression != NULL");
    g_warn_message ("Twin", "file.c", 12, "function", "expression");
    g_warn_message (NULL, "file.c", 12, "function", NULL);
    g_print ("é %d\n", 1);
    g_printerr ("\xff\n");
}

TWIN (odd_texts_are_escaped, "BH-009")
{
    tell_output (say_odd_things);
}

static void
name_yourself (void)
{
    g_log_set_default_handler (g_log_default_handler, NULL);
    g_set_prgname ("process");
    g_log (NULL, G_LOG_LEVEL_WARNING, "named");
}

TWIN (program_name_is_shown, "BH-009")
{
    tell_output (name_yourself);
}

static void
log_error (void)
{
    g_log_set_default_handler (g_log_default_handler, NULL);
    g_error ("the end %d", 1);
}

static void
log_fatal_info (void)
{
    g_log ("Twin", (GLogLevelFlags) (G_LOG_LEVEL_INFO | G_LOG_FLAG_FATAL), "quiet end");
}

static void
make_messages_fatal (void)
{
    expect (g_log_set_fatal_mask ("Twin", G_LOG_LEVEL_MESSAGE) == (G_LOG_FLAG_RECURSION | G_LOG_LEVEL_ERROR));
    g_log ("Other", G_LOG_LEVEL_MESSAGE, "harmless");
    g_log ("Twin", G_LOG_LEVEL_MESSAGE, "fatal");
}

static void
make_warnings_fatal (void)
{
    g_log_set_always_fatal (G_LOG_LEVEL_WARNING);
    g_log ("Twin", G_LOG_LEVEL_CRITICAL, "harmless");
    g_log_structured ("Twin", G_LOG_LEVEL_WARNING, "MESSAGE", "fatal");
}

static void
assert_in_vain (void)
{
    g_assert_cmpstr ("a\n", ==, NULL);
}

static void
assert_expression (void)
{
    g_assert (levels[0] == levels[1]);
}

TWIN (fatal_messages_end_the_program, "BH-011")
{
    tell_output (log_error);
    tell_output (log_fatal_info);
    tell_output (make_messages_fatal);
    tell_output (make_warnings_fatal);
    tell_output (assert_in_vain);
    tell_output (assert_expression);
}

static void
log_while_logging (const char *domain, GLogLevelFlags level, const char *message, gpointer inner)
{
    (void) domain;
    (void) level;
    printf ("outer %s\n", message);
    fflush (stdout);
    g_log ("Inner", (GLogLevelFlags) GPOINTER_TO_INT (inner), "inner");
}

static void
recurse_gravely (void)
{
    g_log_set_handler ("Twin", G_LOG_LEVEL_MASK, log_while_logging, GINT_TO_POINTER (G_LOG_LEVEL_WARNING));
    g_log ("Twin", G_LOG_LEVEL_MESSAGE, "text");
}

static void
recurse_lightly (void)
{
    g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
    g_log_set_fatal_mask ("Inner", G_LOG_LEVEL_ERROR);
    g_log_set_handler ("Twin", G_LOG_LEVEL_MASK, log_while_logging, GINT_TO_POINTER (G_LOG_LEVEL_INFO));
    g_log ("Twin", G_LOG_LEVEL_MESSAGE, "text");
}

TWIN (logging_while_logging, "BH-011")
{
    tell_output (recurse_gravely);
    tell_output (recurse_lightly);
}

static void
tell_message (const char *domain, GLogLevelFlags level, const char *message, gpointer who)
{
    trace ("%s got %s %x %s", (const char *) who, domain, level, message);
}

static void
tell_gone (gpointer who)
{
    trace ("%s is gone", (const char *) who);
}

TWIN (newest_handler_gets_the_message, "BH-012")
{
    guint first = g_log_set_handler ("Twin", G_LOG_LEVEL_MASK, tell_message, "first");
    guint second = g_log_set_handler_full ("Twin", G_LOG_LEVEL_WARNING, tell_message, "second", tell_gone);

    trace ("one after the other %u", second - first);
    g_log ("Twin", G_LOG_LEVEL_WARNING, "warning");
    g_log ("Twin", G_LOG_LEVEL_INFO, "info");
    g_log ("Other", G_LOG_LEVEL_WARNING, "other");
    g_log_remove_handler ("Twin", second);
    g_log ("Twin", G_LOG_LEVEL_WARNING, "warning");
    g_log_remove_handler ("Twin", first);
    g_log ("Twin", G_LOG_LEVEL_WARNING, "warning");
    g_log_remove_handler ("Twin", 0);
    expect (g_log_set_handler ("Twin", (GLogLevelFlags) 0, tell_message, NULL) == 0);
    expect (g_log_set_handler ("Twin", G_LOG_LEVEL_MASK, NULL, NULL) == 0);
}

static void
tell_text (const char *text)
{
    trace ("printed %s", text);
}

TWIN (print_handlers_get_the_text, "BH-012")
{
    g_set_print_handler (tell_text);
    g_print ("%d words", 2);
    expect (g_set_print_handler (NULL) == tell_text);
    g_set_printerr_handler (tell_text);
    g_printerr ("%d words", 3);
    expect (g_set_printerr_handler (NULL) == tell_text);
}

static GLogWriterOutput
tell_fields (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    (void) user_data;
    trace ("level %x", level);
    for (gsize i = 0; i < n_fields; i++) {
        int length = fields[i].length < 0 ? (int) strlen (fields[i].value) : (int) fields[i].length;

        trace ("%s=%.*s", fields[i].key, length, (const char *) fields[i].value);
    }
    return G_LOG_WRITER_HANDLED;
}

TWIN (writer_gets_the_fields, "BH-012")
{
    static const GLogField fields[] = { { "MESSAGE", "abc", 2 }, { "GLIB_DOMAIN", "Own", -1 } };

    g_log_set_writer_func (tell_fields, NULL, NULL);
    g_log_structured ("Twin", G_LOG_LEVEL_WARNING, "A", "b", "C", "d", "MESSAGE", "number %d", 3);
    g_log_structured (NULL, G_LOG_LEVEL_MESSAGE, "MESSAGE", "nobody's");
    g_log_structured_standard ("Twin", G_LOG_LEVEL_INFO, "file.c", "12", "function", "text %s", "x");
    g_log_structured_array (G_LOG_LEVEL_DEBUG, fields, G_N_ELEMENTS (fields));
    g_log_structured_array (G_LOG_LEVEL_DEBUG, fields, 0);
    g_log_set_default_handler (g_log_default_handler, NULL);
    g_log ("Twin", G_LOG_LEVEL_WARNING, "old way %d", 4);
    g_log (NULL, (GLogLevelFlags) 0x200, "nobody's");
}

static void
tell_formatted (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gboolean color)
{
    char *text = g_log_writer_format_fields (level, fields, n_fields, color);
    char *escaped;

    tell_lines ("plain", text);
    escaped = g_strescape (text, NULL);
    trace ("%s", escaped);
    g_free (escaped);
    g_free (text);
}

TWIN (fields_become_a_line, "BH-009")
{
    static const GLogField fields[] = { { "MESSAGE", "abc", 2 }, { "GLIB_DOMAIN", "Own", -1 } };

    for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
        tell_formatted (levels[i], fields, i % 2 + 1, i > 2);
    tell_formatted (G_LOG_LEVEL_MESSAGE, fields + 1, 1, FALSE);
    trace ("dropped %d %d", g_log_writer_default_would_drop (G_LOG_LEVEL_INFO, "Own"),
           g_log_writer_default_would_drop (G_LOG_LEVEL_MESSAGE, "Own"));
    g_log_set_debug_enabled (TRUE);
    trace ("dropped %d", g_log_writer_default_would_drop (G_LOG_LEVEL_INFO, "Own"));
}
