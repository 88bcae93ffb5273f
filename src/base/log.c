#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static bool debug_enabled;

void log_enable_debug(bool enabled)
{
	debug_enabled = enabled;
}

bool log_debug_enabled(void)
{
	return debug_enabled;
}

__attribute__((format(printf, 2, 0))) static void write_line(const char *level, const char *format,
							     va_list arguments)
{
	char text[2048];
	vsnprintf(text, sizeof(text), format, arguments);
	autofree char *printable = text_one_line(text);
	char now[CLOCK_RFC3339_SIZE];
	clock_format_rfc3339(time(NULL), now);
	fprintf(stderr, "%s %s: %s\n", now, level, printable);
}

#define DEFINE_LOG(name, condition)                                                                \
	void log_##name(const char *format, ...)                                                   \
	{                                                                                          \
		if (!(condition))                                                                  \
			return;                                                                    \
		va_list arguments;                                                                 \
		va_start(arguments, format);                                                       \
		write_line(#name, format, arguments);                                              \
		va_end(arguments);                                                                 \
	}

DEFINE_LOG(debug, debug_enabled)
DEFINE_LOG(info, true)
DEFINE_LOG(warning, true)
DEFINE_LOG(error, true)
