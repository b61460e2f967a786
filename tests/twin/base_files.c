/* base_files.c - files as wholes and their names: reading, replacing, temporary files, tests, folders, and names taken
 * apart and put together.
 *
 * Each case works in a folder of its own and leaves nothing behind. Chosen letters of temporary names are traced as
 * XXXXXX. Read next: base_places.c.
 */
#include "twin.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
tell (const char *what, char *text)
{
    trace ("%s: %s", what, text != NULL ? text : "(none)");
    g_free (text);
}

/* Traces an error without the letters chosen for a temporary name, and clears it. */
static void
tell_error (const char *what, GError **error)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char             *dot;

    if (*error == NULL) {
        trace ("%s: fine", what);
        return;
    }
    for (dot = strchr ((*error)->message, '.'); dot != NULL; dot = strchr (dot + 1, '.'))
        if (strspn (dot + 1, letters) == 6)
            memcpy (dot + 1, "XXXXXX", 6);
    trace ("%s: %s %d %s", what, g_quark_to_string ((*error)->domain), (*error)->code, (*error)->message);
    g_clear_error (error);
}

static mode_t
mode_of (const char *name)
{
    struct stat facts;

    return lstat (name, &facts) == 0 ? facts.st_mode : 0;
}

/* Enters a fresh folder. */
static char *
enter (void)
{
    char *folder = g_dir_make_tmp ("twin-XXXXXX", NULL);

    if (folder == NULL || chdir (folder) != 0)
        twin_give_up ("folder");
    umask (022);
    return folder;
}

/* Leaves it, with nothing in it but what is named. */
static void
leave (char *folder, ...)
{
    va_list     names;
    const char *name;

    va_start (names, folder);
    while ((name = va_arg (names, const char *)) != NULL)
        expect (g_remove (name) == 0);
    va_end (names);
    expect (chdir ("/") == 0);
    expect (g_rmdir (folder) == 0);
    g_free (folder);
}

TWIN (contents_are_read_whole, "BH-030")
{
    char   *folder = enter ();
    GError *error = NULL;
    char   *text;
    gsize   length;
    int     fd = g_open ("bytes", O_WRONLY | O_CREAT, 0644);

    expect (write (fd, "a\0b\n", 4) == 4);
    g_close (fd, NULL);
    expect (g_file_get_contents ("bytes", &text, &length, &error));
    trace ("%zu bytes, %d, then %d", (size_t) length, memcmp (text, "a\0b\n", 4), text[4]);
    g_free (text);
    expect (g_file_get_contents ("/dev/null", &text, NULL, &error));
    trace ("[%s]", text);
    g_free (text);
    expect (g_file_get_contents ("/proc/self/status", &text, &length, &error));
    trace ("made up: %d, whole %d", length > 100, strlen (text) == length);
    g_free (text);
    expect (!g_file_get_contents ("none", &text, &length, &error));
    trace ("nothing left %d", text == NULL && length == 0);
    tell_error ("missing", &error);
    g_file_get_contents (".", &text, NULL, &error);
    tell_error ("a folder", &error);
    g_file_get_contents ("caf\xc3\xa9\xff", &text, NULL, &error);
    tell_error ("no text", &error);
    expect (!g_file_get_contents ("none", &text, NULL, NULL));
    leave (folder, "bytes", NULL);
}

TWIN (long_contents_are_read_whole, "BH-030")
{
    char   *folder = enter ();
    char   *text = g_strnfill (100000, 'x');
    char   *again;
    gsize   length;

    expect (g_file_set_contents ("long", text, -1, NULL));
    expect (g_file_get_contents ("long", &again, &length, NULL));
    trace ("%zu, the same %d", (size_t) length, strcmp (text, again) == 0);
    g_free (text);
    g_free (again);
    leave (folder, "long", NULL);
}

TWIN (contents_are_replaced, "BH-030")
{
    char   *folder = enter ();
    GError *error = NULL;
    char   *text;
    gsize   length;

    g_file_set_contents ("file", "hello", -1, &error);
    tell_error ("new", &error);
    trace ("mode %o", mode_of ("file"));
    expect (g_chmod ("file", 0600) == 0);
    g_file_set_contents ("file", "hi\0there", 5, &error);
    expect (g_file_get_contents ("file", &text, &length, NULL));
    trace ("%zu bytes, mode %o", (size_t) length, mode_of ("file"));
    g_free (text);
    for (int flags = 0; flags < 8; flags++) {
        g_file_set_contents_full ("full", "first", -1, (GFileSetContentsFlags) flags, 0640, &error);
        tell_error ("new", &error);
        g_file_set_contents_full ("full", "other", -1, (GFileSetContentsFlags) flags, 0604, &error);
        expect (g_file_get_contents ("full", &text, NULL, NULL));
        trace ("flags %d: %s, mode %o", flags, text, mode_of ("full"));
        g_free (text);
        expect (g_unlink ("full") == 0);
    }
    expect (symlink ("file", "link") == 0);
    g_file_set_contents ("link", "x", -1, &error);
    trace ("a link became %o", mode_of ("link"));
    expect (g_unlink ("link") == 0 && symlink ("file", "link") == 0);
    g_file_set_contents_full ("link", "x", -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
    trace ("a link became %o", mode_of ("link"));
    tell_error ("links", &error);
    leave (folder, "file", "link", NULL);
}

OWN (careless_replacement_leaves_nothing_of_the_old, "BH-030", "GLib 2.74 leaves the old end behind shorter contents")
{
    char *folder = enter ();
    char *text;

    expect (g_file_set_contents ("file", "something long", -1, NULL));
    expect (g_file_set_contents_full ("file", "short", -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
    expect (g_file_get_contents ("file", &text, NULL, NULL));
    expect (strcmp (text, "short") == 0);
    g_free (text);
    leave (folder, "file", NULL);
}

TWIN (contents_that_cannot_be_written_are_told, "BH-030")
{
    char   *folder = enter ();
    GError *error = NULL;

    g_mkdir ("folder", 0755);
    g_file_set_contents ("none/file", "x", -1, &error);
    tell_error ("no folder", &error);
    g_file_set_contents ("folder", "x", -1, &error);
    tell_error ("a folder", &error);
    g_file_set_contents_full ("none/file", "x", -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
    tell_error ("no folder, carelessly", &error);
    g_file_set_contents_full ("folder", "x", -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
    tell_error ("a folder, carelessly", &error);
    g_file_set_contents_full ("/dev/full", "x", -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
    tell_error ("no room", &error);
    g_file_set_contents (NULL, "x", -1, &error);
    g_file_set_contents ("file", NULL, -1, &error);
    g_file_set_contents ("file", "x", -2, &error);
    expect (g_file_set_contents ("file", NULL, 0, &error));
    tell_error ("misuse", &error);
    g_file_get_contents (NULL, NULL, NULL, NULL);
    g_file_get_contents ("file", NULL, NULL, NULL);
    leave (folder, "file", "folder", NULL);
}

TWIN (temporary_names_are_fresh, "BH-030")
{
    char   *folder = enter ();
    GError *error = NULL;
    char    plain[] = "aXXXXXXb.c";
    char    twice[] = "XXXXXX-XXXXXXXX";
    char    none[] = "XXXXX";
    char    nowhere[] = "none/XXXXXX";
    char    dir[] = "dXXXXXX";
    char   *name, *base;
    int     fd;

    fd = g_mkstemp (plain);
    expect (fd >= 0 && strncmp (plain, "aXXXXXX", 7) != 0);
    trace ("%c %s %zu, mode %o", plain[0], plain + 7, strlen (plain), mode_of (plain));
    g_close (fd, NULL);
    fd = g_mkstemp_full (twice, O_WRONLY | O_CLOEXEC, 0640);
    expect (fd >= 0 && strcmp (twice + 9, "XXXXXX") != 0);
    trace ("%.9s, mode %o, %d", twice, mode_of (twice), fcntl (fd, F_GETFD));
    g_close (fd, NULL);
    fd = g_mkstemp (none);
    trace ("without a mark %d, errno %d", fd, errno);
    fd = g_mkstemp (nowhere);
    trace ("nowhere %d, errno %d", fd, errno);
    expect (g_mkdtemp (dir) == dir);
    trace ("folder mode %o", mode_of (dir));
    expect (g_mkdtemp (none) == NULL && g_mkdtemp_full (nowhere, 0700) == NULL);

    fd = g_file_open_tmp (NULL, &name, &error);
    expect (fd >= 0);
    base = g_path_get_basename (name);
    trace ("in %d, hidden %d, mode %o", g_str_has_prefix (name, g_get_tmp_dir ()), base[0] == '.', mode_of (name));
    g_free (base);
    g_close (fd, NULL);
    expect (g_unlink (name) == 0);
    g_free (name);
    trace ("%d", g_file_open_tmp ("a/XXXXXX", &name, &error));
    tell_error ("with a slash", &error);
    trace ("%d", g_file_open_tmp ("a", NULL, &error));
    tell_error ("without a mark", &error);
    expect (g_dir_make_tmp ("a", &error) == NULL);
    tell_error ("folder without a mark", &error);
    g_mkstemp (NULL);
    g_mkdtemp (NULL);
    leave (folder, plain, twice, dir, NULL);
}

TWIN (temporary_files_need_their_folder, "BH-030")
{
    GError *error = NULL;

    expect (g_setenv ("TMPDIR", "/nonexistent/", TRUE));
    trace ("folder %s", g_get_tmp_dir ());
    expect (g_file_open_tmp ("aXXXXXX.x", NULL, &error) == -1);
    trace ("%d %.38s", error->code, error->message);
    g_clear_error (&error);
    expect (g_dir_make_tmp (NULL, &error) == NULL);
    tell_error ("folder", &error);
}

TWIN (files_are_tested, "BH-030")
{
    char *folder = enter ();

    expect (g_file_set_contents ("file", "x", -1, NULL) && g_mkdir ("folder", 0700) == 0);
    expect (g_file_set_contents ("program", "x", -1, NULL) && g_chmod ("program", 0700) == 0);
    expect (symlink ("folder", "link") == 0 && symlink ("none", "broken") == 0);
    for (int test = 0; test < 32; test++)
        trace ("test %d: %d %d %d %d %d %d", test, g_file_test ("file", (GFileTest) test),
               g_file_test ("folder", (GFileTest) test), g_file_test ("program", (GFileTest) test),
               g_file_test ("link", (GFileTest) test), g_file_test ("broken", (GFileTest) test),
               g_file_test ("none", (GFileTest) test));
    g_file_test (NULL, G_FILE_TEST_EXISTS);
    leave (folder, "file", "folder", "program", "link", "broken", NULL);
}

TWIN (links_are_read, "BH-030")
{
    char   *folder = enter ();
    char   *target = g_strnfill (1000, 't');
    GError *error = NULL;

    expect (symlink (target, "link") == 0);
    tell ("target", g_file_read_link ("link", &error));
    tell_error ("link", &error);
    tell ("no link", g_file_read_link (".", &error));
    tell_error ("no link", &error);
    tell ("nothing", g_file_read_link ("none", &error));
    tell_error ("nothing", &error);
    g_file_read_link (NULL, NULL);
    g_free (target);
    leave (folder, "link", NULL);
}

/* What making a folder gives, and errno if that is a failure. */
static void
make (const char *path, int mode)
{
    int result = g_mkdir_with_parents (path, mode);

    trace ("%s: %d, errno %d", path != NULL ? path : "NULL", result, result != 0 ? errno : 0);
}

TWIN (folders_are_made_with_those_above, "BH-030")
{
    char *folder = enter ();

    make ("a/b//c/", 0750);
    trace ("modes %o %o %o", mode_of ("a"), mode_of ("a/b"), mode_of ("a/b/c"));
    make ("a/b", 0700);
    expect (g_file_set_contents ("file", "x", -1, NULL));
    make ("file/x", 0700);
    make ("file/x/y", 0700);
    make ("file", 0700);
    make ("", 0700);
    make (NULL, 0700);
    make ("//tmp", 0700);
    make ("/proc/none/of/this", 0700);
    leave (folder, "a/b/c", "a/b", "a", "file", NULL);
}

TWIN (folders_are_read, "BH-030")
{
    char   *folder = enter ();
    GError *error = NULL;
    GDir   *dir;

    expect (g_dir_open ("none", 0, &error) == NULL);
    tell_error ("nothing", &error);
    expect (g_file_set_contents ("file", "x", -1, NULL) && g_dir_open ("file", 0, &error) == NULL);
    tell_error ("a file", &error);
    dir = g_dir_open (".", 0, &error);
    trace ("%s", g_dir_read_name (dir));
    expect (g_dir_read_name (dir) == NULL);
    g_dir_rewind (dir);
    trace ("%s", g_dir_read_name (dir));
    g_dir_close (dir);
    {
        g_autoptr (GDir) held = g_dir_open ("..", 0, NULL);

        expect (g_dir_read_name (held) != NULL);
    }
    g_dir_close (NULL);
    g_dir_rewind (NULL);
    g_dir_read_name (NULL);
    leave (folder, "file", NULL);
}

#if GLIB_CHECK_VERSION (2, 80, 0)
OWN (folder_lives_as_long_as_its_references, "BH-030", "references to GDir came with 2.80")
{
    GDir *dir = g_dir_open ("/proc/self", 0, NULL);

    expect (g_dir_ref (dir) == dir);
    g_dir_unref (dir);
    expect (g_dir_read_name (dir) != NULL);
    g_dir_ref (dir);
    g_dir_close (dir);
    g_dir_unref (dir);
}
#endif

TWIN (names_are_taken_apart, "BH-030")
{
    static const char *const names[] = { "",   "/",    "//",       "///", "a",   "a/",   "a//",     "/a",           "//a",
                                         "/a/", "a/b",  "a/b/",     "a//b", "//a//b//", ".", "..",  "a/.",      "/..",
                                         "a/../b", "./a", "../a", "a/./b//c/", "//a/../..", "///x/..", "/.a" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        const char *name = names[i];
        char       *base = g_path_get_basename (name);
        char       *dir = g_path_get_dirname (name);
        const char *rest = g_path_skip_root (name);

        trace ("[%s] base %s dir %s absolute %d rest %s", name, base, dir, g_path_is_absolute (name),
               rest != NULL ? rest : "(none)");
        tell ("straight", g_canonicalize_filename (name, "/x/y/../z"));
        tell ("below //r", g_canonicalize_filename (name, "//r/"));
        g_free (base);
        g_free (dir);
    }
    tell ("below nothing", g_canonicalize_filename ("a", "relative"));
    expect (chdir ("/usr") == 0);
    tell ("here", g_get_current_dir ());
    tell ("straight", g_canonicalize_filename ("../a", NULL));
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    trace ("%s %s", g_basename ("a/b"), g_basename ("b"));
    G_GNUC_END_IGNORE_DEPRECATIONS
    g_path_get_basename (NULL);
    g_path_get_dirname (NULL);
    g_path_is_absolute (NULL);
    g_path_skip_root (NULL);
}

static char *
filename_of (const char *first, ...)
{
    va_list args;
    char   *name;

    va_start (args, first);
    name = g_build_filename_valist (first, &args);
    va_end (args);
    return name;
}

TWIN (names_are_put_together, "BH-030")
{
    char *many[] = { "x", "y//", "//z", NULL };
    char *none[] = { NULL };

    tell ("two", g_build_filename ("a", "b", NULL));
    tell ("slashes", g_build_filename ("/a/", "/b/", NULL));
    tell ("many slashes", g_build_filename ("//a//", "", "//b//", "c//", NULL));
    tell ("one empty", g_build_filename ("", NULL));
    tell ("nothing", g_build_filename (NULL, NULL));
    tell ("root", g_build_filename ("/", NULL));
    tell ("two roots", g_build_filename ("/", "/", NULL));
    tell ("three roots", g_build_filename ("///", "/", "///", NULL));
    tell ("root behind", g_build_filename ("a", "/", NULL));
    tell ("root before", g_build_filename ("/", "a", NULL));
    tell ("empty around", g_build_filename ("", "a", "", NULL));
    tell ("roots around", g_build_filename ("//", "a", "//", NULL));
    tell ("long separator", g_build_path ("::", "a::", "::::b", "c:", ":d", NULL));
    tell ("overlapping separator", g_build_path ("ABA", "xABABA", "ABABAy", "ABABA", NULL));
    tell ("no separator", g_build_path ("", "a", "", "b", NULL));
    tell ("no elements", g_build_path (":", NULL, NULL));
    tell ("vector", g_build_filenamev (many));
    tell ("vector with separator", g_build_pathv ("//", many));
    tell ("empty vector", g_build_filenamev (none));
    tell ("va_list", filename_of ("a", "b/", NULL));
    tell ("misuse", g_build_path (NULL, "a", NULL));
}
