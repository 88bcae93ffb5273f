/*
 * Memory and ownership.
 *
 * Allocation never returns NULL: a process that is out of memory says so on stderr and aborts.
 * All sizes that come from outside are bounded before they get here, so this is no remote lever.
 *
 * Ownership is visible: a local that owns something carries cleanup(<type>_release), a string or
 * other malloc'ed pointer carries autofree, and the last line of a function hands it over with
 * take_pointer(). Safe from any thread.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

#define cleanup(function) __attribute__((cleanup(function)))
#define autofree          cleanup(memory_free_pointer)
#define printf_format(format_index, first_argument)                                                \
	__attribute__((format(printf, format_index, first_argument)))

#define array_count(array) (sizeof(array) / sizeof((array)[0]))

/* The pointer's value; the pointer itself becomes NULL, so that its cleanup frees nothing. */
#define take_pointer(pointer)                                                                      \
	__extension__({                                                                            \
		__auto_type _taken = (pointer);                                                    \
		(pointer) = NULL;                                                                  \
		_taken;                                                                            \
	})

/* `size` bytes set to zero. */
void *memory_allocate(size_t size) __attribute__((malloc, returns_nonnull));

/* `count` elements of `size` bytes, the old content kept; the multiplication is checked. */
void *memory_resize(void *pointer, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of `text`; NULL gives NULL. */
char *string_copy(const char *text);

/* A copy of the first `size` bytes of `text`, NUL-terminated. */
char *string_copy_size(const char *text, size_t size) __attribute__((returns_nonnull));

/* What printf would print, as a new string. */
char *string_format(const char *format, ...) printf_format(1, 2) __attribute__((returns_nonnull));

/* Tells the C library's allocator to prefer a small process to a quick one, where it can be told.
 * To be called once, before any thread is started. */
void memory_prefer_small(void);

/* Overwrites `size` bytes so that the compiler cannot leave it out. For secrets. */
void memory_wipe(void *pointer, size_t size);

/* Frees and clears a string after wiping it; for strings that hold secrets. NULL is fine. */
void string_wipe_free(char **text);

static inline void memory_free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

#endif
