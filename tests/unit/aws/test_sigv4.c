#include "aws/sigv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct sigv4_case {
	const char *name;
	const char *method;
	const char *path;
	const char *query;
	struct sigv4_header headers[8];
	size_t header_count;
	const char *body;
	struct sigv4_scope scope;
	const char *canonical_request;
	const char *string_to_sign;
	const char *authorization;
};

#include "sigv4_cases.h"

static struct sigv4_request make_request(const struct sigv4_case *expected)
{
	return (struct sigv4_request){
		.method = expected->method,
		.path = expected->path,
		.query = expected->query,
		.headers = expected->headers,
		.header_count = expected->header_count,
		.body = expected->body,
		.body_size = strlen(expected->body),
	};
}

static void each_stage_gives_what_botocore_gives(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_count(cases); i++) {
		const struct sigv4_case *expected = &cases[i];
		const struct sigv4_request request = make_request(expected);
		struct error err = {0};
		print_message("%s\n", expected->name);

		autofree char *canonical = NULL;
		assert_int_equal(sigv4_canonical_request(&request, &canonical, &err), 0);
		assert_string_equal(canonical, expected->canonical_request);

		autofree char *to_sign = NULL;
		assert_int_equal(sigv4_string_to_sign(canonical, &expected->scope, &to_sign, &err),
				 0);
		assert_string_equal(to_sign, expected->string_to_sign);

		char signature[SIGV4_SIGNATURE_SIZE];
		assert_int_equal(
			sigv4_signature(SECRET_KEY, &expected->scope, to_sign, signature, &err), 0);
		assert_string_equal(signature, strstr(expected->authorization, "Signature=") + 10);

		autofree char *authorization = NULL;
		assert_int_equal(sigv4_authorization(&request, &expected->scope, ACCESS_KEY,
						     SECRET_KEY, &authorization, &err),
				 0);
		assert_string_equal(authorization, expected->authorization);
	}
}

/* The signature that AWS's documentation prints for its ListUsers request. */
static void documented_signature(void **state)
{
	(void)state;
	assert_non_null(strstr(
		cases[0].authorization,
		"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"));
}

static void paths(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		const char *canonical;
	} table[] = {
		{"", "/"},
		{"/", "/"},
		{"//", "/"},
		{"/.", "/"},
		{"/..", "/"},
		{"/../../a", "/a"},
		{"/a/..", "/"},
		{"/a/b/../", "/a/"},
		{"/./a", "/a"},
		{"/a/", "/a/"},
		{"/a//b", "/a/b"},
		{"/a%20b", "/a%2520b"},
		{"/a b", "/a%20b"},
		{"/-._~aZ09", "/-._~aZ09"},
		{"/a:b=c*d", "/a%3Ab%3Dc%2Ad"},
		{"/\xc3\xa4", "/%C3%A4"},
		{"/...", "/..."},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *canonical = sigv4_canonical_path(table[i].path);
		assert_string_equal(canonical, table[i].canonical);
	}
}

static void times(void **state)
{
	(void)state;
	char text[SIGV4_TIME_SIZE];
	sigv4_format_time(0, text);
	assert_string_equal(text, "19700101T000000Z");
	sigv4_format_time(1440938160, text);
	assert_string_equal(text, "20150830T123600Z");
	sigv4_format_time(4102444799, text);
	assert_string_equal(text, "20991231T235959Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_stage_gives_what_botocore_gives),
		cmocka_unit_test(documented_signature),
		cmocka_unit_test(paths),
		cmocka_unit_test(times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
