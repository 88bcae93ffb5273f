#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static int parse(const char *text, json_t **ret_object, struct error *err)
{
	/* A copy of exactly the size, so that a sanitizer sees a read past the end. */
	size_t size = strlen(text);
	autofree char *data = memory_resize(NULL, size, 1);
	mempcpy(data, text, size); /* without its NUL */
	return json_parse_object(data, size, ret_object, err);
}

static void reads_objects(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{}",
		" {\"a\":1}\n",
		"{\"a\":{\"a\":{\"a\":[]}}}",
		"{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
		"{\"\":\"\\u00e9\\ud83d\\ude00\"}",
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		autojson json_t *object = NULL;
		if (parse(cases[i], &object, &err) < 0)
			fail_msg("%s: %s", cases[i], err.message);
		assert_true(json_is_object(object));
	}
}

static void refuses_what_is_no_object(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *words;
	} cases[] = {
		{"", "line 1"},
		{" ", "line 1"},
		{"{", "line 1, column 1"},
		{"{\"a\":1,\n\"b\":}", "line 2"},
		{"[]", "expected an object"},
		{"1", "malformed JSON"},
		{"null", "malformed JSON"},
		{"\"text\"", "malformed JSON"},
		{"{}x", "end of file expected"},
		{"{}{}", "end of file expected"},
		{"{'a':1}", "malformed JSON"},
		{"{a:1}", "malformed JSON"},
		{"{\"a\":1,}", "malformed JSON"},
		{"{\"a\":01}", "malformed JSON"},
		{"{\"a\":NaN}", "malformed JSON"},
		{"{\"a\":\"\t\"}", "malformed JSON"},
		{"{\"a\":\"\\x\"}", "malformed JSON"},
		{"{\"a\":\"\\u0000\"}", "malformed JSON"},
		{"{\"a\":\"\\ud800\"}", "malformed JSON"},
		{"{\"a\":\"\xff\"}", "unable to decode"},
		{"{\"a\":\"\xc0\x80\"}", "unable to decode"},
		{"{\"a\":9223372036854775808}", "too big integer"},
		{"{\"a\":1e999}", "overflow"},
		{"/**/{}", "malformed JSON"},
		{"\xef\xbb\xbf{}", "malformed JSON"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		json_t *object = NULL;
		if (parse(cases[i].text, &object, &err) == 0)
			fail_msg("%s was accepted", cases[i].text);
		assert_null(object);
		assert_int_equal(err.kind, ERROR_INVALID);
		if (strstr(err.message, cases[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, cases[i].words);
	}
}

static void refuses_duplicate_keys(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{\"a\":1,\"a\":1}",
		"{\"b\":{\"a\":1,\"c\":2,\"a\":null}}",
		"{\"b\":[{\"a\":1,\"\\u0061\":2}]}",
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		json_t *object = NULL;
		assert_int_equal(parse(cases[i], &object, &err), -1);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_non_null(strstr(err.message, "duplicate object key"));
	}
	struct error err = {0};
	json_t *object = NULL;
	assert_int_equal(parse(cases[0], &object, &err), -1);
	assert_non_null(strstr(err.message, "\"a\""));
}

static void reads_no_further_than_the_size(void **state)
{
	(void)state;
	struct error err = {0};
	autojson json_t *object = NULL;
	assert_int_equal(json_parse_object("{}garbage", 2, &object, &err), 0);
	json_t *none = NULL;
	assert_int_equal(json_parse_object("{}\0", 3, &none, &err), -1);
	assert_int_equal(json_parse_object(NULL, 0, &none, &err), -1);
	assert_null(none);
}

static void bears_deep_nesting(void **state)
{
	(void)state;
	size_t size = 100000;
	autofree char *text = memory_allocate(size + 1);
	for (size_t i = 0; i + 5 < size; i += 5)
		mempcpy(text + i, "{\"a\":", 5);
	struct error err = {0};
	json_t *object = NULL;
	assert_int_equal(parse(text, &object, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
}

static void quotes_no_secrets(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{\"Secret\":\"hunter2\"",   "{\"Secret\":\"hunter2\" x}",
		"{\"Secret\":\"hunter2",     "{\"Secret\":\"hunter2\\x\"}",
		"{\"Secret\":hunter2}",      "{}\"hunter2\"",
		"{\"Secret\":\"hunter2\"]}",
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		json_t *object = NULL;
		assert_int_equal(parse(cases[i], &object, &err), -1);
		if (strstr(err.message, "hunter2") != NULL)
			fail_msg("\"%s\" holds a secret", err.message);
	}
}

static void gets_strings(void **state)
{
	(void)state;
	struct error err = {0};
	autojson json_t *object = NULL;
	assert_int_equal(parse("{\"a\":\"x\",\"b\":7,\"c\":null,\"d\":\"\"}", &object, &err), 0);
	assert_string_equal(json_get_string(object, "a"), "x");
	assert_string_equal(json_get_string(object, "d"), "");
	assert_null(json_get_string(object, "b"));
	assert_null(json_get_string(object, "c"));
	assert_null(json_get_string(object, "A"));
	assert_null(json_get_string(NULL, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_objects),
		cmocka_unit_test(refuses_what_is_no_object),
		cmocka_unit_test(refuses_duplicate_keys),
		cmocka_unit_test(reads_no_further_than_the_size),
		cmocka_unit_test(bears_deep_nesting),
		cmocka_unit_test(quotes_no_secrets),
		cmocka_unit_test(gets_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
