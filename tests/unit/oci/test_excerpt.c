#include "oci/excerpt.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define TEN    "0123456789"
#define EIGHTY TEN TEN TEN TEN TEN TEN TEN TEN

static void keeps_what_is_short(void **state)
{
	(void)state;
	assert_string_equal(excerpt(""), "");
	assert_string_equal(excerpt("abc"), "abc");
	assert_string_equal(excerpt(EIGHTY), EIGHTY);
	assert_string_equal(excerpt_size("abcdef", 3), "abc");
	assert_string_equal(excerpt_size("abc", 99), "abc");
	assert_string_equal(excerpt_size(EIGHTY "more", 80), EIGHTY);
}

static void cuts_what_is_long(void **state)
{
	(void)state;
	assert_string_equal(excerpt(EIGHTY "1"), EIGHTY "…");
	assert_string_equal(excerpt_size(EIGHTY "12", 81), EIGHTY "…");
}

static void cuts_at_a_character(void **state)
{
	(void)state;
	static const char *const characters[] = {"é", "€", "😀"};
	for (size_t i = 0; i < array_count(characters); i++) {
		for (size_t before = 70; before <= 80; before++) {
			autofree char *text =
				string_format("%.*s%s%s%s%s%s%s", (int)before, EIGHTY,
					      characters[i], characters[i], characters[i],
					      characters[i], characters[i], characters[i]);
			const char *cut = excerpt(text);
			size_t kept = strlen(cut) - strlen("…");
			assert_string_equal(cut + kept, "…");
			assert_true(kept <= EXCERPT_LIMIT && kept + 4 > EXCERPT_LIMIT);
			assert_memory_equal(cut, text, kept);
			assert_int_equal((kept - before) % strlen(characters[i]), 0);
		}
	}
}

static void bears_broken_utf8(void **state)
{
	(void)state;
	char text[200];
	memset(text, 0x80, sizeof(text));
	text[199] = '\0';
	assert_string_equal(excerpt(text), "…");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_short),
		cmocka_unit_test(cuts_what_is_long),
		cmocka_unit_test(cuts_at_a_character),
		cmocka_unit_test(bears_broken_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
