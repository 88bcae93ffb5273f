#include "base/text.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_made_valid_and_printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
