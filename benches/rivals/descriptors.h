/*
 * Descriptors in the idiom of a rival: round trips, rings, all ready at once, watches for one read.
 */

typedef struct
{
  Watch watch; /* at the head: callbacks get its address */
  int fd;
  uint64_t place, seen;
} Place;

static Place *places;
static int *ring;

static void
make_places (uint64_t count)
{
  ring = allocate (count, sizeof *ring);
  places = allocate (count, sizeof *places);
}

static void
fill_place (uint64_t i, int fd)
{
  ring[i] = places[i].fd = fd;
  places[i].place = i;
}

static void
leave_places (uint64_t count)
{
  for (uint64_t i = 0; i < count; i++)
    watch_stop (&places[i].watch);
  let_go ();
  close_fds (ring, count);
}

WATCH_CALLBACK (return_ball)
{
  const Place *place = (Place *) watch;

  counter_take (place->fd);
  counter_add (place->fd);
  count_one ();
}

static void
start_ball (void)
{
  make_places (1);
  fill_place (0, counter_fd (1));
  watch_start (&places[0].watch, places[0].fd, return_ball);
}

static void
setup_pingpong (Bench *b)
{
  open_bench (b);
  watch_quiet (b->n);
  start_ball ();
}

static void
finish_pingpong (Bench *b)
{
  (void) b;
  counter_take (places[0].fd);
  leave_places (1);
  forget_quiet ();
}

WATCH_CALLBACK (pass_on)
{
  const Place *place = (Place *) watch;

  counter_take (place->fd);
  counter_add (ring[place->place + 1 == bench->n ? 0 : place->place + 1]);
  count_one ();
}

static void
setup_ring (Bench *b)
{
  open_bench (b);
  make_places (b->n);
  for (uint64_t i = 0; i < b->n; i++)
    {
      fill_place (i, ring_fd (i, b->n, b->m));
      watch_start (&places[i].watch, places[i].fd, pass_on);
    }
}

static void
finish_ring (Bench *b)
{
  check_ring (ring, b->n, b->m);
  leave_places (b->n);
}

WATCH_CALLBACK (look)
{
  ((Place *) watch)->seen++;
  count_one ();
}

static void
setup_active (Bench *b)
{
  open_bench (b);
  make_places (b->n);
  for (uint64_t i = 0; i < b->n; i++)
    {
      fill_place (i, counter_fd (1));
      watch_start (&places[i].watch, places[i].fd, look);
    }
}

/* Kernel and library may begin anywhere; but who waits longest has its turn in the end. */
static void
finish_active (Bench *b)
{
  uint64_t rounds = bench->done / b->n;

  for (uint64_t i = 0; i < b->n; i++)
    check (rounds < 10 || places[i].seen >= rounds / 2, "a descriptor starves");
  leave_places (b->n);
}

WATCH_CALLBACK (take_once)
{
  watch_stop (watch);
  counter_take (((Place *) watch)->fd);
  bench->done++;
}

static void
setup_oneshot (Bench *b)
{
  open_bench (b);
  watch_quiet (b->n);
  make_places (1);
  fill_place (0, counter_fd (0));
}

static void
run_oneshot (Bench *b)
{
  bench = b;
  while (b->done < b->target)
    {
      uint64_t before = b->done;

      counter_add (places[0].fd);
      watch_start (&places[0].watch, places[0].fd, take_once);
      while (b->done == before)
        iterate (true);
      check (b->done == before + 1, "a watch for one read ran twice");
    }
}

static const Scenario descriptor_subject[] = {
  { .pattern = "pingpong:eventfd", .setup = setup_pingpong, .run = run_bench, .finish = finish_pingpong },
  { .pattern = "pingpong:eventfd+#", .setup = setup_pingpong, .run = run_bench, .finish = finish_pingpong },
  { .pattern = "chain:#x#", .setup = setup_ring, .run = run_bench, .finish = finish_ring },
  { .pattern = "all-active:#", .setup = setup_active, .run = run_bench, .finish = finish_active },
  { .pattern = "io-oneshot:#", .setup = setup_oneshot, .run = run_oneshot },
  { .pattern = NULL },
};
