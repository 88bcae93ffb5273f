/* Time: a clock that never jumps for durations, and calendar time as text. Any thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds since some fixed point; only differences mean anything. */
int64_t clock_milliseconds(void);

#define CLOCK_RFC3339_SIZE 21

/* "2026-11-23T09:41:07Z" (RFC 3339, UTC) into `text`, which holds CLOCK_RFC3339_SIZE bytes. What
 * comes after the year 9999 is written as that year's last second. */
void clock_format_rfc3339(time_t time, char *text);

/* Sleeps for `milliseconds`. */
void clock_sleep(int64_t milliseconds);

#endif
