/*
 * What the scenarios of the GLib program share: the loop, the things that surround what is measured,
 * and the list of subjects.
 */
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>

GMainLoop *loop;
Bench *bench;

const Scenario *const subjects[] = {
  idle_subject,   descriptor_subject, timer_subject, life_subject, thread_subject,
  custom_subject, mix_subject,        memory_subject, NULL,
};

static int *quiet;
static guint *quiet_ids;
static uint64_t n_quiet;
static guint *far_ids;
static uint64_t n_far;

const char *
library_version (void)
{
  static char text[64];

  snprintf (text, sizeof text, "GLib %u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
  return text;
}

static gboolean
quit_at_once (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
empty_loop (void)
{
  GMainLoop *empty = g_main_loop_new (NULL, FALSE);

  g_idle_add (quit_at_once, empty);
  g_main_loop_run (empty);
  g_main_loop_unref (empty);
}

void
open_loop (Bench *b)
{
  bench = b;
  if (loop == NULL)
    loop = g_main_loop_new (NULL, FALSE);
}

void
run_loop (Bench *b)
{
  bench = b;
  g_main_loop_run (loop);
}

void
count_one (void)
{
  if (++bench->done == bench->target)
    g_main_loop_quit (loop);
}

gboolean
count_idle (gpointer data)
{
  (void) data;
  count_one ();
  return G_SOURCE_CONTINUE;
}

gboolean
never (gpointer data)
{
  (void) data;
  check (false, "a source ran to which nothing happened");
  return G_SOURCE_CONTINUE;
}

gboolean
never_fd (int fd, GIOCondition condition, gpointer data)
{
  (void) condition;
  (void) data;
  check (false, "descriptor %d was told ready, but it is not", fd);
  return G_SOURCE_CONTINUE;
}

void
keep_busy (void)
{
  g_idle_add (count_idle, NULL);
}

void
watch_quiet (uint64_t count)
{
  n_quiet = count;
  quiet = quiet_fds (count);
  quiet_ids = allocate (count, sizeof *quiet_ids);
  for (uint64_t i = 0; i < count; i++)
    quiet_ids[i] = g_unix_fd_add (quiet[i], G_IO_IN, never_fd, NULL);
}

void
forget_quiet (void)
{
  for (uint64_t i = 0; i < n_quiet; i++)
    g_source_remove (quiet_ids[i]);
  free (quiet_ids);
  close_fds (quiet, n_quiet);
}

void
add_far_timers (uint64_t count)
{
  n_far = count;
  far_ids = allocate (count, sizeof *far_ids);
  for (uint64_t i = 0; i < count; i++)
    far_ids[i] = g_timeout_add (10000000 + (guint) (next_random () % 1000000), never, NULL);
}

void
remove_far_timers (void)
{
  for (uint64_t i = 0; i < n_far; i++)
    g_source_remove (far_ids[i]);
  free (far_ids);
}

void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}
