/*
 * A loop whose turns run side by side on threads.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>

/*
 * Calls turn(context, index) once for each index from 0 to count - 1, in order of start, at most
 * `limit` at a time, and returns when all have returned. Where no thread can be made, fewer run
 * at a time; with a limit of 1 no thread is made. The turns must not rely on one another's
 * progress unless the one waited for has a lower index. Any thread may call it, also from
 * within a turn.
 */
void parallel_for(size_t count, size_t limit, void (*turn)(void *context, size_t index),
		  void *context);

#endif
