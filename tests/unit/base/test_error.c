#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void sets_all_fields(void **state)
{
	(void)state;
	struct error err = {.http_status = 503, .message = "old", .hint = "old"};
	assert_int_equal(error_set(&err, ERROR_SERVER, "HTTP %d: %s", 500, "no"), -1);
	assert_int_equal(err.kind, ERROR_SERVER);
	assert_int_equal(err.http_status, 0);
	assert_string_equal(err.message, "HTTP 500: no");
	assert_string_equal(err.hint, "");
}

static void prefixes_and_hints(void **state)
{
	(void)state;
	struct error err = {0};
	error_set(&err, ERROR_NETWORK, "reset");
	err.http_status = 7;
	assert_int_equal(error_hint(&err, "try %s", "again"), -1);
	assert_int_equal(error_hint(&err, "further away"), -1);
	assert_int_equal(error_prefix(&err, "layer %d", 3), -1);
	assert_int_equal(error_prefix(&err, "copy"), -1);
	assert_string_equal(err.message, "copy: layer 3: reset");
	assert_string_equal(err.hint, "try again");
	assert_int_equal(err.kind, ERROR_NETWORK);
	assert_int_equal(err.http_status, 7);
}

/* An error's message may be part of the next one. */
static void takes_its_own_text(void **state)
{
	(void)state;
	struct error err = {0};
	error_set(&err, ERROR_NETWORK, "inner");
	error_set(&err, ERROR_SERVER, "outer: %s", err.message);
	assert_string_equal(err.message, "outer: inner");
	error_prefix(&err, "again %s", err.message);
	assert_string_equal(err.message, "again outer: inner: outer: inner");
}

/* What stands for a character that must not be shown. */
#define BAD "\xef\xbf\xbd"

static void replaces_control_characters(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *printable;
	} cases[] = {
		{"a\nb\r\nc\td", "a b  c d"},
		{"\x1b[31mred\x1b[0m", BAD "[31mred" BAD "[0m"},
		{"\a\b\x7f.", BAD BAD BAD "."},
		{"end\n\r\n \t", "end"},
		{"\n", ""},
		{"a\xc2\x9b"
		 "31m",
		 "a" BAD "31m"},
		{"a\xc2\x80\xc2\x9f.", "a" BAD BAD "."},
		{"8-bit \x9b"
		 "31m",
		 "8-bit " BAD "31m"},
		{"\xc2\xa0\xc3\xa9\xe2\x82\xac", "\xc2\xa0\xc3\xa9\xe2\x82\xac"},
		{"broken \xc2", "broken " BAD},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		error_set(&err, ERROR_INVALID, "%s", cases[i].text);
		assert_string_equal(err.message, cases[i].printable);
		error_hint(&err, "%s", cases[i].text);
		assert_string_equal(err.hint, cases[i].printable);
		error_set(&err, ERROR_INVALID, "x");
		error_prefix(&err, "p%s", cases[i].text);
		assert_null(strpbrk(err.message, "\x1b\n\r\t\x7f"));
	}
}

static void cuts_at_a_character(void **state)
{
	(void)state;
	static const char *const characters[] = {"a", "é", "€", "😀"};
	for (size_t i = 0; i < array_count(characters); i++) {
		size_t size = strlen(characters[i]);
		for (size_t shift = 0; shift < 4; shift++) {
			char text[4096] = "xxxx";
			size_t used = shift;
			for (; used + size < sizeof(text); used += size)
				memcpy(text + used, characters[i], size + 1);
			struct error err = {0};
			error_set(&err, ERROR_INVALID, "%s", text);
			size_t kept = strlen(err.message);
			assert_true(kept < sizeof(err.message) && kept + 8 > sizeof(err.message));
			assert_memory_equal(err.message, text, kept);
			assert_int_equal((kept - shift) % size, 0);

			error_hint(&err, "%s", text);
			kept = strlen(err.hint);
			assert_true(kept < sizeof(err.hint) && kept + 8 > sizeof(err.hint));
			assert_int_equal((kept - shift) % size, 0);
		}
	}
}

static void keeps_the_context_of_a_long_message(void **state)
{
	(void)state;
	char text[2000];
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	struct error err = {0};
	error_set(&err, ERROR_INVALID, "%s", text);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
	error_prefix(&err, "context");
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
	assert_memory_equal(err.message, "context: xxx", 12);
	error_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
	assert_memory_equal(err.message, "xxx", 3);
}

static void names_every_kind_once(void **state)
{
	(void)state;
	for (int kind = ERROR_NONE; kind <= ERROR_SYSTEM; kind++) {
		const char *name = error_kind_name((enum error_kind)kind);
		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		for (int other = ERROR_NONE; other < kind; other++)
			assert_string_not_equal(name, error_kind_name((enum error_kind)other));
	}
	assert_string_equal(error_kind_name(ERROR_NOT_FOUND), "not-found");
	assert_string_equal(error_kind_name((enum error_kind)99), "unknown");
}

static void maps_http_statuses(void **state)
{
	(void)state;
	static const struct {
		int status;
		enum error_kind kind;
	} cases[] = {
		{400, ERROR_INVALID},   {401, ERROR_CREDENTIALS}, {403, ERROR_DENIED},
		{404, ERROR_NOT_FOUND}, {405, ERROR_UNSUPPORTED}, {408, ERROR_TIMEOUT},
		{413, ERROR_TOO_LARGE}, {418, ERROR_INVALID},     {429, ERROR_THROTTLED},
		{500, ERROR_SERVER},    {502, ERROR_SERVER},      {503, ERROR_SERVER},
		{599, ERROR_SERVER},    {200, ERROR_INVALID},     {0, ERROR_INVALID},
		{-1, ERROR_INVALID},
	};
	for (size_t i = 0; i < array_count(cases); i++)
		assert_int_equal(error_kind_of_http_status(cases[i].status), cases[i].kind);
}

static void knows_what_may_pass(void **state)
{
	(void)state;
	static const enum error_kind transient[] = {ERROR_DIGEST, ERROR_NETWORK, ERROR_TIMEOUT,
						    ERROR_THROTTLED, ERROR_SERVER};
	for (int kind = ERROR_NONE; kind <= ERROR_SYSTEM; kind++) {
		bool expected = false;
		for (size_t i = 0; i < array_count(transient); i++)
			expected = expected || (int)transient[i] == kind;
		assert_int_equal(error_is_transient((enum error_kind)kind), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_all_fields),
		cmocka_unit_test(prefixes_and_hints),
		cmocka_unit_test(takes_its_own_text),
		cmocka_unit_test(replaces_control_characters),
		cmocka_unit_test(cuts_at_a_character),
		cmocka_unit_test(keeps_the_context_of_a_long_message),
		cmocka_unit_test(names_every_kind_once),
		cmocka_unit_test(maps_http_statuses),
		cmocka_unit_test(knows_what_may_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
