/*
 * A program's own sources: with prepare and check functions, which an iteration must call, and without.
 */
#include "subjects.h"

#include <stdlib.h>

typedef struct
{
  GSource source;
  bool runs; /* check answers TRUE */
  uint64_t prepared, checked;
} Custom;

static Custom **customs;

static gboolean
prepare (GSource *source, gint *timeout)
{
  Custom *custom = (Custom *) source;

  custom->prepared++;
  *timeout = custom->runs ? 0 : -1;
  return FALSE;
}

static gboolean
check_custom (GSource *source)
{
  Custom *custom = (Custom *) source;

  custom->checked++;
  return custom->runs;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  (void) callback;
  (void) data;
  check (((Custom *) source)->runs, "a source ran that is not ready");
  bench->done += bench->n;
  if (bench->done >= bench->target)
    g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs asked_funcs = { .prepare = prepare, .check = check_custom, .dispatch = dispatch };
static GSourceFuncs passive_funcs = { .dispatch = dispatch };

static void
make_customs (Bench *b, GSourceFuncs *funcs)
{
  open_loop (b);
  customs = allocate (b->n, sizeof *customs);
  for (uint64_t i = 0; i < b->n; i++)
    {
      customs[i] = (Custom *) g_source_new (funcs, sizeof (Custom));
      g_source_attach (&customs[i]->source, NULL);
    }
}

/* Of `n` sources the first is ready in every iteration; an operation is the visit of one source. */
static void
setup_asked (Bench *b)
{
  make_customs (b, &asked_funcs);
  customs[0]->runs = true;
}

static void
finish_asked (Bench *b)
{
  for (uint64_t i = 0; i < b->n; i++)
    check (customs[i]->prepared == customs[0]->prepared && customs[i]->checked == customs[0]->checked
               && customs[i]->prepared == customs[i]->checked,
           "a source was asked more often than another");
  for (uint64_t i = 0; i < b->n; i++)
    drop_source (&customs[i]->source);
  free (customs);
}

static void
setup_passive (Bench *b)
{
  make_customs (b, &passive_funcs);
  keep_busy ();
}

static void
finish_passive (Bench *b)
{
  for (uint64_t i = 0; i < b->n; i++)
    drop_source (&customs[i]->source);
  free (customs);
}

const Scenario custom_subject[] = {
  { .pattern = "custom:#", .setup = setup_asked, .run = run_loop, .finish = finish_asked },
  { .pattern = "custom-passive:#", .setup = setup_passive, .run = run_loop, .finish = finish_passive },
  { .pattern = NULL },
};
