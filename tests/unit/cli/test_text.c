#include "cli/text.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BAD "\xef\xbf\xbd"

/* Apart, so that no literal is itself a text whose direction changes. */
static const char right_to_left[] = {'\xe2', '\x80', '\xae', '\0'};
static const char isolate[] = {'\xe2', '\x81', '\xa6', '\0'};

static void text_is_made_valid_and_printable(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *valid;
		const char *printable;
	} table[] = {
		{"", "", ""},
		{"plain 1.2_3-x", "plain 1.2_3-x", "plain 1.2_3-x"},
		{"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x8b", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x8b",
		 "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x8b"},
		{"a\x1b[31m\n", "a\x1b[31m\n", "a" BAD "[31m" BAD},
		{"\x7f\t", "\x7f\t", BAD BAD},
		{"\xc2\x9b", "\xc2\x9b", BAD},                          /* CSI */
		{right_to_left, right_to_left, BAD},                    /* right-to-left override */
		{isolate, isolate, BAD},                                /* isolate */
		{"\xe2\x80\xa8", "\xe2\x80\xa8", BAD},                  /* line separator */
		{"\xef\xbb\xbf", "\xef\xbb\xbf", BAD},                  /* byte order mark */
		{"\xff", BAD, BAD},                                     /* never in UTF-8 */
		{"\x80", BAD, BAD},                                     /* lone continuation */
		{"\xc3", BAD, BAD},                                     /* cut short */
		{"\xe2\x82", BAD BAD, BAD BAD},                         /* cut short */
		{"\xc0\xaf", BAD BAD, BAD BAD},                         /* overlong */
		{"\xe0\x80\xaf", BAD BAD BAD, BAD BAD BAD},             /* overlong */
		{"\xed\xa0\x80", BAD BAD BAD, BAD BAD BAD},             /* surrogate */
		{"\xf4\x90\x80\x80", BAD BAD BAD BAD, BAD BAD BAD BAD}, /* beyond Unicode */
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *valid = text_valid(table[i].text);
		autofree char *printable = text_printable(table[i].text);
		assert_string_equal(valid, table[i].valid);
		assert_string_equal(printable, table[i].printable);
	}
	assert_null(text_valid(NULL));
	assert_null(text_printable(NULL));
}

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
		autofree char *text = text_size(table[i].bytes);
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
		autofree char *text = text_duration(table[i].seconds);
		assert_string_equal(text, table[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_made_valid_and_printable),
		cmocka_unit_test(sizes_read_well),
		cmocka_unit_test(durations_read_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
