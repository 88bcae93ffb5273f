/*
 * Text for people: names that came from outside made safe to show, sizes and durations.
 * No state; any thread. Every string returned belongs to the caller.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdint.h>

/* A copy of `text` that is valid UTF-8: what is not becomes U+FFFD. NULL gives NULL. */
char *text_valid(const char *text);

/* As text_valid(), and nothing in it moves the cursor, changes the terminal or the direction of
 * writing, or breaks the line: such characters become U+FFFD as well. */
char *text_printable(const char *text);

/* "512 B", "12.3 MB": units of 1,000. */
char *text_size(int64_t bytes);

/* "0.3 s", "4 min 12 s", "1 h 3 min". */
char *text_duration(double seconds);

#endif
