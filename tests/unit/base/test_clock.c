#include "base/clock.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void formats_in_utc(void **state)
{
	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	static const struct {
		int64_t time;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59Z"},
		{951782400, "2000-02-29T00:00:00Z"},
		{1795426867, "2026-11-23T09:41:07Z"},
		{2147483648, "2038-01-19T03:14:08Z"},
		{253402300799, "9999-12-31T23:59:59Z"},
		{253402300800, "9999-12-31T23:59:59Z"},
		{67767976233532799, "9999-12-31T23:59:59Z"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		char text[CLOCK_RFC3339_SIZE + 1];
		memset(text, '#', sizeof(text));
		clock_format_rfc3339(cases[i].time, text);
		assert_int_equal(text[CLOCK_RFC3339_SIZE], '#');
		assert_string_equal(text, cases[i].text);
	}
}

static void bears_any_time(void **state)
{
	(void)state;
	static const int64_t times[] = {INT64_MIN, INT64_MIN / 2, -62167219201, INT64_MAX / 2,
					INT64_MAX};
	for (size_t i = 0; i < array_count(times); i++) {
		char text[CLOCK_RFC3339_SIZE + 1];
		memset(text, '#', sizeof(text));
		clock_format_rfc3339(times[i], text);
		assert_int_equal(text[CLOCK_RFC3339_SIZE], '#');
		assert_non_null(memchr(text, '\0', CLOCK_RFC3339_SIZE));
	}
}

static void never_goes_back(void **state)
{
	(void)state;
	int64_t last = clock_milliseconds();
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_milliseconds();
		assert_true(now >= last);
		last = now;
	}
}

static void sleeps_at_least_as_long(void **state)
{
	(void)state;
	int64_t before = clock_milliseconds();
	clock_sleep(20);
	assert_true(clock_milliseconds() - before >= 19);
	clock_sleep(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_in_utc),
		cmocka_unit_test(bears_any_time),
		cmocka_unit_test(never_goes_back),
		cmocka_unit_test(sleeps_at_least_as_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
