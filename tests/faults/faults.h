/* faults.h - system calls and allocations of the library under test that fail when told to.
 *
 * A program that is linked with faults.c has every call counted that the library (libmainspring, or libglib for
 * comparison) makes to the C library. The environment says what is to happen:
 *
 *     FAULTS=count           nothing fails
 *     FAULTS=poll:3:5:EINTR  the third to the fifth poll fail with EINTR
 *     FAULTS=storm:50:ever:EINTR  a signal arrives every 50 microseconds
 *
 * FAULTS_REPORT names a file in which the process leaves, at its end, a line per function: name, calls, longest burst
 * and error numbers, as tests/faults/functions.h has them.
 *
 * Calls of the program itself are not touched: not the symbols are replaced but the library's own places for them (its
 * global offset table). Read next: functions.h, then faults.c.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <glib.h>

/* Calls the library has made so far, of all kinds; those of forked children count. */
guint64 faults_calls (void);

/* Blocks of memory the library holds: allocated and not yet freed, by its own calls. */
gint64 faults_live_blocks (void);

/* TRUE if the fault of this run is that somebody closes descriptors of the library's. */
gboolean faults_close_descriptors (void);

#endif
