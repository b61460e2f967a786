/*
 * Timers in the idiom of a rival: far ones, added and moved ones, and how late they run.
 */

enum
{
  SOON = 150000 /* nanoseconds */
};

typedef struct
{
  Timer timer; /* at the head: callbacks get its address */
  int64_t due;
} Deadline;

static Deadline *deadlines;

static void
setup_far (Bench *b)
{
  open_bench (b);
  add_far_timers (b->n);
  keep_busy ();
}

static void
finish_far (Bench *b)
{
  (void) b;
  remove_far_timers ();
}

static inline int64_t
some_delay (void)
{
  return 1000000000000 + (int64_t) (next_random () % 100000000000);
}

static void
setup_pending (Bench *b)
{
  open_bench (b);
  deadlines = allocate (b->n, sizeof *deadlines);
  for (uint64_t i = 0; i < b->n; i++)
    timer_start (&deadlines[i].timer, some_delay (), never_timer);
}

static void
run_churn (Bench *b)
{
  for (; b->done < b->target; b->done++)
    {
      Timer *timer = &deadlines[next_random () % b->n].timer;

      timer_stop (timer);
      timer_start (timer, some_delay (), never_timer);
    }
}

static void
run_move (Bench *b)
{
  for (; b->done < b->target; b->done++)
    timer_move (&deadlines[next_random () % b->n].timer, some_delay ());
  iterate (false);
}

static void
finish_pending (Bench *b)
{
  for (uint64_t i = 0; i < b->n; i++)
    timer_stop (&deadlines[i].timer);
}

static void
note_lateness (const Deadline *deadline)
{
  int64_t late = now_ns () - deadline->due;

  check (late >= -(EARLY_NS), "a timer ran %d ns early", (int) -late);
  sample (late);
}

TIMER_CALLBACK (ran)
{
  timer_stop (timer);
  note_lateness ((Deadline *) timer);
  count_one ();
}

/* The time is read before the library's clock is made to tell it: what passes in between makes a timer
 * later, never earlier. Gives the delay until `due`. */
static int64_t
aim (Deadline *deadline, int64_t due)
{
  int64_t now = now_ns ();

  deadline->due = due;
  refresh_clock ();
  return due - now;
}

static void
setup_due (Bench *b)
{
  int64_t start;

  ask_for_precision ();
  open_bench (b);
  deadlines = allocate (b->n, sizeof *deadlines);
  start = now_ns () + 1000000000;
  for (uint64_t i = 0; i < b->n; i++)
    {
      int64_t due = start + (int64_t) (next_random () % 1000000) * 1000;

      timer_start (&deadlines[i].timer, aim (&deadlines[i], due), ran);
    }
  check (now_ns () < start, "setting the timers took too long");
}

TIMER_CALLBACK (ran_soon)
{
  Deadline *deadline = (Deadline *) timer;

  note_lateness (deadline);
  timer_stop (timer);
  timer_start (timer, aim (deadline, now_ns () + SOON), ran_soon);
  count_one ();
}

static void
setup_soon (Bench *b)
{
  ask_for_precision ();
  open_bench (b);
  deadlines = allocate (1, sizeof *deadlines);
}

static void
run_soon (Bench *b)
{
  timer_stop (&deadlines->timer);
  timer_start (&deadlines->timer, aim (deadlines, now_ns () + SOON), ran_soon);
  run_bench (b);
}

static const Scenario timer_subject[] = {
  { .pattern = "timer-far:#", .setup = setup_far, .run = run_bench, .finish = finish_far },
  { .pattern = "timer-churn:#", .setup = setup_pending, .run = run_churn, .finish = finish_pending },
  { .pattern = "timer-move:#", .setup = setup_pending, .run = run_move, .finish = finish_pending },
  { .pattern = "timers-due:#", .setup = setup_due, .run = run_bench, .whole = true },
  { .pattern = "timer-150us", .setup = setup_soon, .run = run_soon },
  { .pattern = NULL },
};
