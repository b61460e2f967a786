/* base_places.c - who runs the program and where things are kept, and sizes as text.
 *
 * The environment is set before anything is asked: answers are found once. Read next: base_convert.c.
 */
#include "twin.h"

#include <glib/gstdio.h>
#include <string.h>

static void
tell (const char *what, char *text)
{
    trace ("%s: %s", what, text != NULL ? text : "(none)");
    g_free (text);
}

static void
tell_folders (const char *what, const char *const *folders)
{
    tell (what, g_strjoinv ("|", (char **) folders));
}

static void
tell_all (void)
{
    trace ("home %s", g_get_home_dir ());
    trace ("tmp %s", g_get_tmp_dir ());
    trace ("data %s", g_get_user_data_dir ());
    trace ("config %s", g_get_user_config_dir ());
    trace ("cache %s", g_get_user_cache_dir ());
    trace ("state %s", g_get_user_state_dir ());
    trace ("runtime %s", g_get_user_runtime_dir ());
    tell_folders ("all data", g_get_system_data_dirs ());
    tell_folders ("all config", g_get_system_config_dirs ());
}

static void
forget (void)
{
    static const char *const names[] = { "HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
                                         "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_unsetenv (names[i]);
}

TWIN (folders_have_their_usual_places, "BH-031")
{
    forget ();
    tell_all ();
    trace ("user %s, %s", g_get_user_name (), g_get_real_name ());
    trace ("the same %d", g_get_home_dir () == g_get_home_dir ());
    expect (g_get_host_name ()[0] != '\0');
}

TWIN (folders_are_where_the_environment_says, "BH-031")
{
    forget ();
    g_setenv ("HOME", "/nonexistent/h/", TRUE);
    g_setenv ("TMPDIR", "/t//", TRUE);
    g_setenv ("XDG_DATA_HOME", "relative", TRUE);
    g_setenv ("XDG_CACHE_HOME", "", TRUE);
    g_setenv ("XDG_STATE_HOME", "/s", TRUE);
    g_setenv ("XDG_RUNTIME_DIR", "/r", TRUE);
    g_setenv ("XDG_DATA_DIRS", "/a:b::/c", TRUE);
    g_setenv ("XDG_CONFIG_DIRS", "", TRUE);
    tell_all ();
    g_setenv ("HOME", "/later", TRUE);
    trace ("still %s", g_get_home_dir ());
}

TWIN (own_folders_are_read_from_their_file, "BH-031")
{
    char       *folder = g_dir_make_tmp ("twin-XXXXXX", NULL);
    char       *file = g_build_filename (folder, "user-dirs.dirs", NULL);

    forget ();
    g_setenv ("HOME", "/h/", TRUE);
    g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
    expect (g_file_set_contents (file,
                                 "# remark\nXDG_DESKTOP_DIR=\"$HOME/D/\"\nXDG_MUSIC_DIR=\"/m\"\n"
                                 "XDG_VIDEOS_DIR=\"relative\"\n  XDG_DOWNLOAD_DIR = \"/d w\"\nXDG_PICTURES_DIR=\"$HOME\"\n"
                                 "XDG_NOVEL_DIR=\"/n\"\nnonsense\n",
                                 -1, NULL));
    for (int i = -1; i <= G_USER_N_DIRECTORIES; i++) {
        const char *place = g_get_user_special_dir ((GUserDirectory) i);

        trace ("%d: %s", i, place != NULL ? place : "(none)");
    }
    expect (g_file_set_contents (file, "XDG_MUSIC_DIR=\"/other\"\n", -1, NULL));
    trace ("still %s", g_get_user_special_dir (G_USER_DIRECTORY_MUSIC));
    g_reload_user_special_dirs_cache ();
    trace ("now %s", g_get_user_special_dir (G_USER_DIRECTORY_MUSIC));
    trace ("desktop %s, downloads %s", g_get_user_special_dir (G_USER_DIRECTORY_DESKTOP),
           g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD));
    expect (g_unlink (file) == 0 && g_rmdir (folder) == 0);
    g_free (file);
    g_free (folder);
}

TWIN (system_says_what_it_is, "BH-031")
{
    static const char *const keys[] = { G_OS_INFO_KEY_ID,         G_OS_INFO_KEY_NAME,    G_OS_INFO_KEY_PRETTY_NAME,
                                        G_OS_INFO_KEY_VERSION_ID, G_OS_INFO_KEY_VERSION, G_OS_INFO_KEY_HOME_URL,
                                        "NONESUCH",               "" };

    for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        tell (keys[i], g_get_os_info (keys[i]));
    tell ("misuse", g_get_os_info (NULL));
}

TWIN (programs_are_found_in_the_path, "BH-031")
{
    expect (g_chdir ("/usr") == 0);
    g_setenv ("PATH", "/nonexistent:bin::/bin", TRUE);
    tell ("sh", g_find_program_in_path ("sh"));
    tell ("nothing", g_find_program_in_path ("nonesuch"));
    tell ("absolute", g_find_program_in_path ("/bin/sh"));
    tell ("relative", g_find_program_in_path ("bin/sh"));
    tell ("a folder", g_find_program_in_path ("lib"));
    tell ("an absolute folder", g_find_program_in_path ("/bin"));
    tell ("empty", g_find_program_in_path (""));
    g_unsetenv ("PATH");
    tell ("without a path", g_find_program_in_path ("sh"));
    tell ("misuse", g_find_program_in_path (NULL));
}

TWIN (sizes_are_for_people, "BH-031")
{
    static const guint64 sizes[] = { 0,       1,       2,         999,        1000,           1023,       1024,
                                     1025,    1500,    999949,    999950,     1000000,        1048575,    1048576,
                                     4194303, 123456789, 1234567890123, 999999999999999999, G_MAXUINT64 };

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        tell ("plain", g_format_size (sizes[i]));
        for (int flags = 0; flags < 32; flags++)
            if (flags < 8 || flags % 2 == 0)
                tell ("as asked", g_format_size_full (sizes[i], (GFormatSizeFlags) flags));
        G_GNUC_BEGIN_IGNORE_DEPRECATIONS
        tell ("old", g_format_size_for_display ((goffset) sizes[i]));
        G_GNUC_END_IGNORE_DEPRECATIONS
    }
    tell ("misuse", g_format_size_full (1, (GFormatSizeFlags) (G_FORMAT_SIZE_LONG_FORMAT | G_FORMAT_SIZE_ONLY_VALUE)));
    tell ("misuse", g_format_size_full (1, (GFormatSizeFlags) (G_FORMAT_SIZE_LONG_FORMAT | G_FORMAT_SIZE_ONLY_UNIT)));
}
