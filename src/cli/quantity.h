/*
 * Sizes and durations as people read them.
 * No state; any thread. Every string returned belongs to the caller.
 */
#ifndef CLI_QUANTITY_H
#define CLI_QUANTITY_H

#include <stdint.h>

/* "512 B", "12.3 MB": units of 1,000. */
char *quantity_format_size(int64_t bytes);

/* "0.3 s", "4 min 12 s", "1 h 3 min". */
char *quantity_format_duration(double seconds);

#endif
