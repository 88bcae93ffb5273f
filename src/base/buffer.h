/*
 * A growing byte buffer that knows its maximum from birth.
 *
 * Invariants: data[size] is NUL whenever data is not NULL; size <= limit. Whatever is filled from
 * outside gets the limit that its protocol allows. A buffer belongs to one thread at a time.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/memory.h"

#include <stddef.h>
#include <stdint.h>

struct buffer {
	char *data;      /* owned; NULL while empty */
	size_t size;     /* bytes used, without the final NUL */
	size_t capacity; /* bytes allocated */
	size_t limit;    /* most bytes it may ever hold */
};

#define BUFFER_INIT(maximum) ((struct buffer){.limit = (maximum)})

/* For text that we make ourselves out of bounded parts. */
#define BUFFER_UNLIMITED BUFFER_INIT(SIZE_MAX / 2)

void buffer_release(struct buffer *buffer);

/* Empties it and keeps the allocation. */
void buffer_clear(struct buffer *buffer);

/* Adds `size` bytes. Returns -1, with nothing added, where the limit would be passed. */
int buffer_append(struct buffer *buffer, const void *data, size_t size);

/* Adds a string, a character, or what printf prints; -1 as above. */
int buffer_append_string(struct buffer *buffer, const char *text);
int buffer_append_character(struct buffer *buffer, char character);
int buffer_printf(struct buffer *buffer, const char *format, ...) printf_format(2, 3);

/* The content as a string, "" while empty. Owned by the buffer, valid until the next change. */
const char *buffer_string(const struct buffer *buffer);

/* The content as a malloc'ed string that the caller owns; the buffer is empty afterwards. */
char *buffer_take(struct buffer *buffer);

#endif
