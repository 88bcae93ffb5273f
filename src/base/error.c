#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The size of `text` without the character that its end may have cut. */
static size_t whole_characters(const char *text, size_t size)
{
	while (size > 0 && ((unsigned char)text[size - 1] & 0xc0) == 0x80)
		size--;
	return size > 0 && ((unsigned char)text[size - 1] & 0x80) != 0 ? size - 1 : size;
}

/* Error texts carry words of servers, and those must not reach a terminal as escape sequences. */
static void make_printable(char *text, size_t capacity)
{
	size_t size = strlen(text);
	if (size + 1 == capacity)
		text[whole_characters(text, size)] = '\0';
	autofree char *printable = text_one_line(text);
	size = strlen(printable);
	if (size >= capacity)
		size = whole_characters(printable, capacity - 1);
	while (size > 0 && printable[size - 1] == ' ')
		size--;
	memcpy(text, printable, size);
	text[size] = '\0';
}

int(error_set)(struct error *err, enum error_kind kind, const char *format, ...)
{
	char message[sizeof(err->message)];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);

	make_printable(message, sizeof(message));
	*err = (struct error){.kind = kind};
	memcpy(err->message, message, sizeof(message));
	return -1;
}

int(error_prefix)(struct error *err, const char *format, ...)
{
	char message[sizeof(err->message)];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);

	if (size >= 0 && (size_t)size < sizeof(message))
		snprintf(message + size, sizeof(message) - (size_t)size, ": %s", err->message);
	make_printable(message, sizeof(message));
	memcpy(err->message, message, sizeof(message));
	return -1;
}

int(error_hint)(struct error *err, const char *format, ...)
{
	if (err->hint[0] != '\0')
		return -1;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(err->hint, sizeof(err->hint), format, arguments);
	va_end(arguments);
	make_printable(err->hint, sizeof(err->hint));
	return -1;
}

const char *error_kind_name(enum error_kind kind)
{
	static const char *const names[] = {
		[ERROR_NONE] = "none",
		[ERROR_USAGE] = "usage",
		[ERROR_CONFIGURATION] = "configuration",
		[ERROR_CREDENTIALS] = "credentials",
		[ERROR_DENIED] = "denied",
		[ERROR_NOT_FOUND] = "not-found",
		[ERROR_INVALID] = "invalid",
		[ERROR_DIGEST] = "digest",
		[ERROR_TOO_LARGE] = "too-large",
		[ERROR_UNSUPPORTED] = "unsupported",
		[ERROR_IMMUTABLE] = "immutable",
		[ERROR_REJECTED] = "rejected",
		[ERROR_NETWORK] = "network",
		[ERROR_TLS] = "tls",
		[ERROR_TIMEOUT] = "timeout",
		[ERROR_THROTTLED] = "throttled",
		[ERROR_SERVER] = "server",
		[ERROR_INTERRUPTED] = "interrupted",
		[ERROR_SYSTEM] = "system",
	};
	return (size_t)kind < array_count(names) ? names[kind] : "unknown";
}

enum error_kind error_kind_of_http_status(int status)
{
	switch (status) {
	case 401:
		return ERROR_CREDENTIALS;
	case 403:
		return ERROR_DENIED;
	case 404:
		return ERROR_NOT_FOUND;
	case 405:
		return ERROR_UNSUPPORTED;
	case 408:
		return ERROR_TIMEOUT;
	case 413:
		return ERROR_TOO_LARGE;
	case 429:
		return ERROR_THROTTLED;
	default:
		return status >= 500 ? ERROR_SERVER : ERROR_INVALID;
	}
}

bool error_is_transient(enum error_kind kind)
{
	return kind == ERROR_NETWORK || kind == ERROR_TIMEOUT || kind == ERROR_THROTTLED ||
	       kind == ERROR_SERVER || kind == ERROR_DIGEST;
}
