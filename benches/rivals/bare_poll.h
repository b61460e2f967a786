/* What bare_loop.c asks of bare_poll.c. */
#ifndef BARE_POLL_H
#define BARE_POLL_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define BARE_IN POLLIN
#define BARE_OUT POLLOUT

/* Waits so many nanoseconds (below 0: for ever) for the descriptors, and runs the callbacks of those
 * that are ready. Whether there were any. */
bool bare_poll (int64_t left);

#endif
