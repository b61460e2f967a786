/* unix_helpers.c - the helpers for processes of glib-unix.h (section 26, GU-005 to GU-007): the password database, all
 * descriptors at once, the path of a descriptor. Pipes and modes are in glib_unix.c.
 */
#include "processes.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* ---- users ------------------------------------------------------------------------------------------------------- */

TWIN (known_user_is_found_in_one_block, "GU-005")
{
    struct passwd *found = g_unix_get_passwd_entry ("root", NULL);
    struct passwd *expected = getpwnam ("root");

    trace ("name %s, user %u, group %u", found->pw_name, (unsigned) found->pw_uid, (unsigned) found->pw_gid);
    trace ("all equal %s", yes (strcmp (found->pw_passwd, expected->pw_passwd) == 0
                                && strcmp (found->pw_gecos, expected->pw_gecos) == 0
                                && strcmp (found->pw_dir, expected->pw_dir) == 0
                                && strcmp (found->pw_shell, expected->pw_shell) == 0));
    g_free (found);
}

TWIN (unknown_user_is_an_error_called_success, "GU-005 GU-002")
{
    GError *error = NULL;

    trace ("%s", yes (g_unix_get_passwd_entry ("nobody has this name", &error) != NULL));
    trace ("%s %d \"%s\"", g_quark_to_string (error->domain), error->code, error->message);
    g_error_free (error);
    trace ("without a place for the error: %s", yes (g_unix_get_passwd_entry ("nobody has this name", NULL) != NULL));
}

TWIN (user_needs_a_name_and_an_unset_error, "GU-005 MU-007")
{
    GError *error = g_error_new_literal (G_UNIX_ERROR, 0, "already set");

    trace ("%s", yes (g_unix_get_passwd_entry (NULL, NULL) != NULL));
    trace ("%s", yes (g_unix_get_passwd_entry ("root", &error) != NULL));
    trace ("%s", yes (g_unix_get_passwd_entry (NULL, &error) != NULL));
    trace ("error kept: %s", error->message);
    g_error_free (error);
}

#if GLIB_CHECK_VERSION (2, 90, 0)

/* ---- all descriptors --------------------------------------------------------------------------------------------- */

#define YOUNGER "newer than the oracle"

/* From here on the kernel has no close_range. */
static void
lose_close_range (void)
{
    struct sock_filter steps[] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { G_N_ELEMENTS (steps), steps };

    if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        twin_give_up ("seccomp");
}

/* Descriptors here and there up to 699, the highest close-on-exec already. */
static const int spread_out[] = { 500, 501, 503, 510, 600, 699 };

static void
spread (void)
{
    for (size_t i = 0; i < G_N_ELEMENTS (spread_out); i++)
        if (dup3 (STDOUT_FILENO, spread_out[i], spread_out[i] == 699 ? O_CLOEXEC : 0) < 0)
            twin_give_up ("dup3");
}

static void
close_upper_half (void)
{
    spread ();
    expect (g_closefrom (503) == 0);
    for (size_t i = 0; i < G_N_ELEMENTS (spread_out); i++)
        expect ((fcntl (spread_out[i], F_GETFD) >= 0) == (spread_out[i] < 503));
    expect (g_closefrom (503) == 0); /* nothing left to do */
    expect (g_closefrom (3) == 0);
    expect (fcntl (STDOUT_FILENO, F_GETFD) >= 0 && fcntl (500, F_GETFD) < 0);
}

static void
close_upper_half_by_hand (void)
{
    lose_close_range ();
    close_upper_half ();
}

static void
mark_upper_half (void)
{
    spread ();
    expect (g_fdwalk_set_cloexec (503) == 0);
    for (size_t i = 0; i < G_N_ELEMENTS (spread_out); i++)
        expect (((fcntl (spread_out[i], F_GETFD) & FD_CLOEXEC) != 0) == (spread_out[i] >= 503));
}

static void
mark_upper_half_by_hand (void)
{
    lose_close_range ();
    mark_upper_half ();
}

OWN (closing_from_a_number_on, "GU-006", YOUNGER)
{
    expect (strcmp (in_child (close_upper_half), "exit 0") == 0);
    expect (strcmp (in_child (close_upper_half_by_hand), "exit 0") == 0);
}

OWN (marking_from_a_number_on, "GU-006", YOUNGER)
{
    expect (strcmp (in_child (mark_upper_half), "exit 0") == 0);
    expect (strcmp (in_child (mark_upper_half_by_hand), "exit 0") == 0);
}

static void
close_very_many (void)
{
    lose_close_range ();
    for (int fd = 100; fd < 1000; fd++)
        if (dup2 (STDOUT_FILENO, fd) < 0)
            twin_give_up ("dup2");
    expect (g_closefrom (101) == 0);
    for (int fd = 100; fd < 1000; fd++)
        expect ((fcntl (fd, F_GETFD) >= 0) == (fd == 100));
}

OWN (very_many_are_closed_by_hand_too, "GU-006", YOUNGER)
{
    expect (strcmp (in_child (close_very_many), "exit 0") == 0);
}

OWN (negative_numbers_are_refused, "GU-006 MU-007", YOUNGER)
{
    log_hold ();
    errno = 0;
    expect (g_closefrom (-1) == -1 && errno == EINVAL);
    errno = 0;
    expect (g_fdwalk_set_cloexec (-5) == -1 && errno == EINVAL);
    expect (strcmp (log_held (), "GLib-CRITICAL g_closefrom: assertion 'lowfd >= 0' failed | "
                                 "GLib-CRITICAL g_fdwalk_set_cloexec: assertion 'lowfd >= 0' failed") == 0);
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

OWN (path_of_a_descriptor, "GU-007", YOUNGER)
{
    GError *error = NULL;
    int     ends[2], null = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    char   *path = g_unix_fd_query_path (null, &error);

    expect (error == NULL && strcmp (path, "/dev/null") == 0);
    g_free (path);
    close (null);
    pipe_open (ends);
    path = g_unix_fd_query_path (ends[0], NULL);
    expect (g_str_has_prefix (path, "pipe:["));
    g_free (path);
    pipe_close (ends);
}

OWN (path_of_a_closed_descriptor, "GU-007", YOUNGER)
{
    GError *error = NULL;

    expect (g_unix_fd_query_path (999, &error) == NULL);
    expect (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    expect (strcmp (error->message,
                    "Failed to read the symbolic link “/proc/self/fd/999”: No such file or directory") == 0);
    log_hold ();
    expect (g_unix_fd_query_path (1, &error) == NULL);
    expect (strcmp (log_held (), "GLib-CRITICAL g_file_read_link: assertion 'error == NULL || *error == NULL' failed") == 0);
    g_error_free (error);
    expect (g_unix_fd_query_path (-1, NULL) == NULL);
}

#endif
