#include "cli/quantity.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void sizes_read_well(void **state)
{
	(void)state;
	static const struct {
		int64_t bytes;
		const char *text;
	} table[] = {
		{0, "0 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{999949, "999.9 kB"},
		{999950, "1.0 MB"},
		{12345678, "12.3 MB"},
		{INT64_C(3000000000), "3.0 GB"},
		{INT64_MAX, "9.2 EB"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *text = quantity_format_size(table[i].bytes);
		assert_string_equal(text, table[i].text);
	}
}

static void durations_read_well(void **state)
{
	(void)state;
	static const struct {
		double seconds;
		const char *text;
	} table[] = {
		{-1, "0.0 s"},           {0.04, "0.0 s"},       {1.25, "1.2 s"},
		{59.94, "59.9 s"},       {59.96, "1 min 0 s"},  {252.4, "4 min 12 s"},
		{3599.4, "59 min 59 s"}, {3599.6, "1 h 0 min"}, {3780, "1 h 3 min"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *text = quantity_format_duration(table[i].seconds);
		assert_string_equal(text, table[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_read_well),
		cmocka_unit_test(durations_read_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
