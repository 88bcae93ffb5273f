#include "base/clock.h"

#include <errno.h>
#include <string.h>

int64_t clock_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_format_rfc3339(time_t time, char *text)
{
	static const char last[CLOCK_RFC3339_SIZE] = "9999-12-31T23:59:59Z";
	struct tm calendar = {.tm_mday = 1, .tm_year = 70};
	gmtime_r(&time, &calendar);
	if (strftime(text, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &calendar) == 0)
		memcpy(text, last, sizeof(last));
}

void clock_sleep(int64_t milliseconds)
{
	struct timespec left = {.tv_sec = milliseconds / 1000,
				.tv_nsec = (milliseconds % 1000) * 1000000};
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}
