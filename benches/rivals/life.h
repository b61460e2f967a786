/*
 * Idles and watches that come and go without ever being run, in the idiom of a rival.
 */

enum
{
  HANDLES = 1024 /* as many are stopped before the library is given time to forget them */
};

static Idle *other_idles;
static int spare;

static void
setup_idle_churn (Bench *b)
{
  open_bench (b);
  other_idles = allocate (b->n, sizeof *other_idles);
  for (uint64_t i = 0; i < b->n; i++)
    idle_start (&other_idles[i], count_idle);
}

static void
run_idle_churn (Bench *b)
{
  static Idle idle;

  for (; b->done < b->target; b->done++)
    {
      idle_start (&idle, count_idle);
      idle_stop (&idle);
    }
}

static void
finish_idle_churn (Bench *b)
{
  for (uint64_t i = 0; i < b->n; i++)
    idle_stop (&other_idles[i]);
}

static void
setup_watch_churn (Bench *b)
{
  open_bench (b);
  watch_quiet (b->n);
  spare = counter_fd (0);
}

static void
run_watch_churn (Bench *b)
{
  static Watch watches[HANDLES];

  for (; b->done < b->target; b->done++)
    {
      Watch *watch = &watches[b->done % HANDLES];

      watch_start (watch, spare, never_watch);
      watch_stop (watch);
      if (b->done % HANDLES == HANDLES - 1)
        let_go ();
    }
  let_go ();
}

static void
finish_watch_churn (Bench *b)
{
  (void) b;
  close (spare);
  forget_quiet ();
}

static const Scenario life_subject[] = {
  { .pattern = "churn-source:idle", .setup = setup_idle_churn, .run = run_idle_churn, .finish = finish_idle_churn },
  { .pattern = "churn-source:idle+#", .setup = setup_idle_churn, .run = run_idle_churn, .finish = finish_idle_churn },
  { .pattern = "churn-source:fd", .setup = setup_watch_churn, .run = run_watch_churn, .finish = finish_watch_churn },
  { .pattern = "churn-source:fd+#", .setup = setup_watch_churn, .run = run_watch_churn, .finish = finish_watch_churn },
  { .pattern = NULL },
};
