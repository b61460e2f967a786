/*
 * Idle sources, and hooks that every iteration calls, in the idiom of a rival.
 */

typedef struct
{
  Idle idle; /* at the head: callbacks get its address */
  uint64_t runs;
} Turn;

static Turn *turns;

/* Not every library keeps an order among them, but none may leave one out. */
IDLE_CALLBACK (in_turn)
{
  ((Turn *) idle)->runs++;
  count_one ();
}

static void
setup_idles (Bench *b)
{
  open_bench (b);
  b->n = b->n == 0 ? 1 : b->n;
  turns = allocate (b->n, sizeof *turns);
  for (uint64_t i = 0; i < b->n; i++)
    idle_start (&turns[i].idle, in_turn);
}

static void
finish_idles (Bench *b)
{
  uint64_t rounds = b->done / b->n;

  for (uint64_t i = 0; i < b->n; i++)
    check (rounds < 10 || turns[i].runs >= rounds / 2, "an idle starves");
}

static void
setup_beside_fds (Bench *b)
{
  open_bench (b);
  watch_quiet (b->n == 0 ? 1 : b->n);
  keep_busy ();
}

static void
finish_beside_fds (Bench *b)
{
  (void) b;
  forget_quiet ();
}

#ifdef HAS_HOOKS

static Hook *hooks;
static uint64_t prepared, checked;

HOOK_CALLBACK (on_prepare)
{
  prepared++;
}

HOOK_CALLBACK (on_check)
{
  checked++;
}

/* As GLib's: an operation is the visit of one hook, and one thing runs in each iteration. */
IDLE_CALLBACK (count_visits)
{
  (void) idle;
  bench->done += bench->n;
  if (bench->done >= bench->target)
    stop_loop ();
}

static void
setup_hooks (Bench *b)
{
  open_bench (b);
  hooks = allocate (b->n, sizeof *hooks);
  for (uint64_t i = 0; i < b->n; i++)
    hook_start (&hooks[i], on_prepare, on_check);
  busy_idle = allocate (1, sizeof *busy_idle);
  idle_start (busy_idle, count_visits);
}

static void
finish_hooks (Bench *b)
{
  check (prepared % b->n == 0 && checked % b->n == 0 && prepared > 0 && checked > 0, "a hook was left out");
}

#endif

static const Scenario idle_subject[] = {
#ifdef IDLES_STARVE
  { .pattern = "idle:1", .setup = setup_idles, .run = run_bench, .finish = finish_idles },
#else
  { .pattern = "idle:#", .setup = setup_idles, .run = run_bench, .finish = finish_idles },
#endif
  { .pattern = "idle+fd", .setup = setup_beside_fds, .run = run_bench, .finish = finish_beside_fds },
  { .pattern = "idle+fds:#", .setup = setup_beside_fds, .run = run_bench, .finish = finish_beside_fds },
#ifdef HAS_HOOKS
  { .pattern = "custom:#", .setup = setup_hooks, .run = run_bench, .finish = finish_hooks },
#endif
  { .pattern = NULL },
};
