/*
 * The subjects of the GLib program, one file each, and what they share (subjects.c).
 *
 * The program uses GLib's interface alone, is compiled once against real GLib's headers, and linked once
 * with each library.
 */
#ifndef SUBJECTS_H
#define SUBJECTS_H

#include <glib-unix.h>
#include <glib.h>

#include "../frame.h"

extern const Scenario idle_subject[];
extern const Scenario descriptor_subject[];
extern const Scenario timer_subject[];
extern const Scenario life_subject[];
extern const Scenario thread_subject[];
extern const Scenario custom_subject[];
extern const Scenario mix_subject[];
extern const Scenario memory_subject[];

/* The loop that a measurement runs in, and the bench it counts for. */
extern GMainLoop *loop;
extern Bench *bench;
/* Makes the loop, once. */
void open_loop (Bench *b);
/* Runs the loop until `b->target` operations are done. */
void run_loop (Bench *b);
/* One operation is done; with the last one the loop ends. */
void count_one (void);

/* A source function that counts one, and stays. */
gboolean count_idle (gpointer data);
/* A source function that must never run: fails. */
gboolean never (gpointer data);
gboolean never_fd (int fd, GIOCondition condition, gpointer data);

/* An idle source that keeps the loop busy; each of its runs is an operation. */
void keep_busy (void);
/* Watches `count` descriptors at which nothing happens; forgets them. */
void watch_quiet (uint64_t count);
void forget_quiet (void);
/* Adds `count` timers that are not due for hours; removes them. */
void add_far_timers (uint64_t count);
void remove_far_timers (void);
/* Destroys the source and gives back its reference. */
void drop_source (GSource *source);

#endif
