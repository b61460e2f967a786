/*
 * coroutine.c: generators on the loop. The upload reads as if it were blocking, top to bottom, yet it
 * steps aside whenever the socket is full; the busy work is a second generator beside it.
 *
 * The upload delegates each block to an inner generator, and a stop in the inner one passes through the
 * outer one to the loop. Only `struct task` knows the loop: it turns "waits for" into a watch or an idle
 * callback.
 */
#include "generator.h"
#include "job.h"

#include <glib.h>

#define BLOCK_BYTES ((size_t) 1024 * 1024)

/* --- The generators. --- */

struct block
{
  struct generator  generator;
  struct job       *job;
  size_t            end;
};

/* Inner: writes up to `end`, stops while the socket is full. */
static enum waits_for
write_block (struct block *self)
{
  GENERATOR_BEGIN (&self->generator);

  while (self->job->sent < self->end && !job_is_over (self->job))
    if (job_write (self->job, self->end - self->job->sent) == JOB_FULL)
      YIELD (&self->generator, WRITABLE);

  GENERATOR_END (&self->generator);
}

struct upload
{
  struct generator generator;
  struct block     block;
};

/* Outer: cuts the payload into blocks. */
static enum waits_for
upload (void *data)
{
  struct upload *self = data;
  struct job *job = self->block.job;
  enum waits_for what;

  GENERATOR_BEGIN (&self->generator);

  while (!job_is_over (job))
    {
      self->block.end = MIN (job->sent + BLOCK_BYTES, job->size);
      DELEGATE (&self->generator, what, write_block (&self->block));
    }

  GENERATOR_END (&self->generator);
}

struct work
{
  struct generator  generator;
  struct job       *job;
};

/* The idle task: a piece of work each turn, as long as the upload goes on. */
static enum waits_for
work (void *data)
{
  struct work *self = data;

  GENERATOR_BEGIN (&self->generator);

  while (!job_is_over (self->job))
    {
      job_busy (self->job);
      YIELD (&self->generator, A_TURN);
    }

  GENERATOR_END (&self->generator);
}

/* --- Tasks: a generator on the loop. --- */

struct task
{
  enum waits_for (*resume) (void *data);
  void            *data;
  enum waits_for   waits_for;
};

static GMainLoop *loop;
static GIOChannel *channel;
static int unfinished;

static gboolean on_turn (gpointer data);
static gboolean on_writable (GIOChannel *source, GIOCondition condition, gpointer data);

static void
task_wait (struct task *task, enum waits_for what)
{
  task->waits_for = what;
  if (what == A_TURN)
    g_idle_add (on_turn, task);
  else if (what == WRITABLE)
    g_io_add_watch (channel, G_IO_OUT, on_writable, task);
  else if (--unfinished == 0)
    g_main_loop_quit (loop);
}

/* Runs the generator to its next stop. True: it waits for the same again, so its source may stay. */
static gboolean
task_step (struct task *task)
{
  enum waits_for what = task->resume (task->data);

  if (what == task->waits_for)
    return TRUE;
  task_wait (task, what);
  return FALSE;
}

static gboolean
on_turn (gpointer data)
{
  return task_step (data);
}

static gboolean
on_writable (GIOChannel *source, GIOCondition condition, gpointer data)
{
  (void) source;
  (void) condition;
  return task_step (data);
}

static void
task_start (struct task *task, enum waits_for first)
{
  unfinished++;
  task_wait (task, first);
}

int
main (int argc, char **argv)
{
  struct job job;
  struct upload uploading = { .block = { .job = &job } };
  struct work working = { .job = &job };
  struct task upload_task = { .resume = upload, .data = &uploading };
  struct task work_task = { .resume = work, .data = &working };

  if (!job_begin (&job, argc, argv))
    return 1;
  job_set_nonblocking (&job);

  loop = g_main_loop_new (NULL, FALSE);
  channel = g_io_channel_unix_new (job.fd);
  task_start (&upload_task, WRITABLE);
  task_start (&work_task, A_TURN);

  g_main_loop_run (loop);

  g_io_channel_unref (channel);
  g_main_loop_unref (loop);
  return job_end (&job);
}
