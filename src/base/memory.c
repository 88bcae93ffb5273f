#include "base/memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *checked(void *pointer)
{
	if (pointer == NULL) {
		fputs("ecr-mirror-sync: out of memory\n", stderr);
		abort();
	}
	return pointer;
}

void *memory_allocate(size_t size)
{
	return checked(calloc(1, size > 0 ? size : 1));
}

void *memory_resize(void *pointer, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return checked(NULL);
	size_t bytes = count * size;
	return checked(realloc(pointer, bytes > 0 ? bytes : 1));
}

char *string_copy(const char *text)
{
	return text == NULL ? NULL : string_copy_size(text, strlen(text));
}

char *string_copy_size(const char *text, size_t size)
{
	char *copy = memory_allocate(size + 1);
	if (size > 0)
		memcpy(copy, text, size);
	return copy;
}

char *string_format(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = NULL;
	int size = vasprintf(&text, format, arguments);
	va_end(arguments);
	return checked(size < 0 ? NULL : text);
}

void memory_prefer_small(void)
{
#ifdef M_ARENA_MAX
	/* glibc would give every other thread an arena of its own, and keep large buffers that were
	 * freed once. */
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

void memory_wipe(void *pointer, size_t size)
{
	volatile unsigned char *byte = pointer;
	while (size-- > 0)
		*byte++ = 0;
}

void string_wipe_free(char **text)
{
	if (*text != NULL)
		memory_wipe(*text, strlen(*text));
	free(*text);
	*text = NULL;
}
