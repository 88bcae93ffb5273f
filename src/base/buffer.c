#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = BUFFER_INIT(buffer->limit);
}

void buffer_clear(struct buffer *buffer)
{
	buffer->size = 0;
	if (buffer->data != NULL)
		buffer->data[0] = '\0';
}

/* Room for `size` more bytes and the final NUL. */
static int reserve(struct buffer *buffer, size_t size)
{
	if (size > buffer->limit - buffer->size)
		return -1;
	size_t needed = buffer->size + size + 1;
	if (needed <= buffer->capacity)
		return 0;
	size_t capacity = buffer->capacity < 32 ? 64 : buffer->capacity * 2;
	if (capacity < needed)
		capacity = needed;
	buffer->data = memory_resize(buffer->data, capacity, 1);
	buffer->capacity = capacity;
	return 0;
}

int buffer_append(struct buffer *buffer, const void *data, size_t size)
{
	if (reserve(buffer, size) < 0)
		return -1;
	if (size > 0)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
	buffer->data[buffer->size] = '\0';
	return 0;
}

int buffer_append_string(struct buffer *buffer, const char *text)
{
	return buffer_append(buffer, text, strlen(text));
}

int buffer_append_character(struct buffer *buffer, char character)
{
	return buffer_append(buffer, &character, 1);
}

int buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	int result = size < 0 ? -1 : reserve(buffer, (size_t)size);
	if (result == 0) {
		vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
		buffer->size += (size_t)size;
	}
	va_end(again);
	return result;
}

const char *buffer_string(const struct buffer *buffer)
{
	return buffer->data == NULL ? "" : buffer->data;
}

char *buffer_take(struct buffer *buffer)
{
	char *text = buffer->data == NULL ? string_copy("") : buffer->data;
	*buffer = BUFFER_INIT(buffer->limit);
	return text;
}
