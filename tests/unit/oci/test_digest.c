#include "oci/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define EMPTY "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC   "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void parses_digests(void **state)
{
	(void)state;
	struct error err = {0};
	struct digest digest;
	memset(&digest, 'x', sizeof(digest));
	assert_int_equal(digest_parse("sha256:" HEX64, &digest, &err), 0);
	assert_string_equal(digest.text, "sha256:" HEX64);
	assert_int_equal(err.kind, ERROR_NONE);
}

static void refuses_what_is_no_digest(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum error_kind kind;
		const char *words;
	} cases[] = {
		{"", ERROR_INVALID, "empty"},
		{"sha256", ERROR_INVALID, "expected \"sha256:\""},
		{"sha256:", ERROR_INVALID, "fewer than 64"},
		{"sha256:12ab", ERROR_INVALID, "fewer than 64"},
		{"sha256:" HEX64 "0", ERROR_INVALID, "more than 64"},
		{"sha256:" HEX64 " ", ERROR_INVALID, "only digits"},
		{"sha256:" HEX64 HEX64 HEX64, ERROR_INVALID, "…\": more than 64"},
		{"sha256:A123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 ERROR_INVALID, "lower case"},
		{"sha256:g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 ERROR_INVALID, "only digits"},
		{"sha256: 123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 ERROR_INVALID, "only digits"},
		{"SHA256:" HEX64, ERROR_INVALID, "expected \"sha256:\""},
		{" sha256:" HEX64, ERROR_INVALID, "expected \"sha256:\""},
		{HEX64, ERROR_INVALID, "expected \"sha256:\""},
		{":" HEX64, ERROR_INVALID, "expected \"sha256:\""},
		{"sha512:", ERROR_INVALID, "expected \"sha256:\""},
		{"sha512:" HEX64 HEX64, ERROR_UNSUPPORTED, "only sha256"},
		{"sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564", ERROR_UNSUPPORTED,
		 "only sha256"},
		{"md5:d41d8cd98f00b204e9800998ecf8427e", ERROR_UNSUPPORTED, "only sha256"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		struct digest digest = {.text = "untouched"};
		assert_int_equal(digest_parse(cases[i].text, &digest, &err), -1);
		assert_string_equal(digest.text, "untouched");
		assert_int_equal(err.kind, cases[i].kind);
		if (strstr(err.message, cases[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, cases[i].words);
		assert_true(strlen(err.message) < 250);
	}
}

static void computes_known_digests(void **state)
{
	(void)state;
	assert_string_equal(digest_of(NULL, 0).text, EMPTY);
	assert_string_equal(digest_of("abc", 3).text, ABC);
	assert_string_equal(digest_of("abcd", 3).text, ABC);
}

static void streams_in_any_pieces(void **state)
{
	(void)state;
	char data[1000];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7);
	struct digest whole = digest_of(data, sizeof(data));
	for (size_t piece = 1; piece <= sizeof(data); piece += 37) {
		cleanup(digest_stream_release) struct digest_stream *stream = digest_stream_new();
		for (size_t at = 0; at < sizeof(data); at += piece) {
			size_t left = sizeof(data) - at;
			digest_stream_update(stream, data + at, left < piece ? left : piece);
		}
		struct digest digest = digest_stream_finish(stream);
		assert_true(digest_equal(&digest, &whole));
	}
}

static void finishes_without_a_byte(void **state)
{
	(void)state;
	cleanup(digest_stream_release) struct digest_stream *stream = digest_stream_new();
	digest_stream_update(stream, "", 0);
	assert_string_equal(digest_stream_finish(stream).text, EMPTY);
	digest_stream_free(NULL);
}

static void compares(void **state)
{
	(void)state;
	struct digest unset = {0};
	struct digest empty = {.text = EMPTY};
	struct digest same = {.text = EMPTY};
	struct digest other = {.text = ABC};
	assert_true(digest_equal(&empty, &same));
	assert_false(digest_equal(&empty, &other));
	assert_false(digest_equal(&empty, &unset));
	assert_false(digest_equal(&unset, &empty));
	assert_false(digest_equal(&unset, &unset));
	assert_true(digest_is_set(&empty));
	assert_false(digest_is_set(&unset));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_digests),
		cmocka_unit_test(refuses_what_is_no_digest),
		cmocka_unit_test(computes_known_digests),
		cmocka_unit_test(streams_in_any_pieces),
		cmocka_unit_test(finishes_without_a_byte),
		cmocka_unit_test(compares),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
