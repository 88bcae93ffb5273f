#include "oci/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define HEX64  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX64

#define A10  "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define TAG  A100 A10 A10 "aaaaaaaa" /* 128 characters */
#define HOST "example.com"           /* 11 */
#define REPO A100 A100 A10 A10 A10 A10 "aaa"
#define LONG HOST "/" REPO /* 255 */

static void parses_references(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *host;
		const char *repository;
		const char *tag;
		const char *digest;
	} cases[] = {
		{"nginx", "docker.io", "library/nginx", NULL, ""},
		{"a", "docker.io", "library/a", NULL, ""},
		{"nginx:1.25", "docker.io", "library/nginx", "1.25", ""},
		{"nginx@" DIGEST, "docker.io", "library/nginx", NULL, DIGEST},
		{"nginx:1.25@" DIGEST, "docker.io", "library/nginx", "1.25", DIGEST},
		{"bitnami/redis:7", "docker.io", "bitnami/redis", "7", ""},
		{"docker.io/nginx", "docker.io", "library/nginx", NULL, ""},
		{"docker.io/library/nginx", "docker.io", "library/nginx", NULL, ""},
		{"DOCKER.io/nginx", "docker.io", "library/nginx", NULL, ""},
		{"index.docker.io/nginx", "docker.io", "library/nginx", NULL, ""},
		{"index.docker.io/a/b:c", "docker.io", "a/b", "c", ""},
		{"registry-1.docker.io/nginx", "docker.io", "library/nginx", NULL, ""},
		{"docker.io.evil.com/nginx", "docker.io.evil.com", "nginx", NULL, ""},
		{"ghcr.io/kedacore/keda:2.4.0", "ghcr.io", "kedacore/keda", "2.4.0", ""},
		{"GHCR.io/kedacore/keda", "ghcr.io", "kedacore/keda", NULL, ""},
		{"ghcr.io", "docker.io", "library/ghcr.io", NULL, ""},
		{"quay.io/a/b/c/d/e/f:x", "quay.io", "a/b/c/d/e/f", "x", ""},
		{"localhost/app", "localhost", "app", NULL, ""},
		{"LocalHost/app", "localhost", "app", NULL, ""},
		{"localhost:5000", "docker.io", "library/localhost", "5000", ""},
		{"localhost:5000/app", "localhost:5000", "app", NULL, ""},
		{"localhost:5000/app:1", "localhost:5000", "app", "1", ""},
		{"127.0.0.1:5000/a/b@" DIGEST, "127.0.0.1:5000", "a/b", NULL, DIGEST},
		{"host:1/a", "host:1", "a", NULL, ""},
		{"host:65535/a", "host:65535", "a", NULL, ""},
		{"[::1]/app", "[::1]", "app", NULL, ""},
		{"[::1]:5000/app:1", "[::1]:5000", "app", "1", ""},
		{"[2001:DB8::a]:443/a/b", "[2001:db8::a]:443", "a/b", NULL, ""},
		{"[::ffff:127.0.0.1]/a", "[::ffff:127.0.0.1]", "a", NULL, ""},
		{"a-b.c--d.e9/x", "a-b.c--d.e9", "x", NULL, ""},
		{"x/a.b_c__d-e---f", "docker.io", "x/a.b_c__d-e---f", NULL, ""},
		{"0/1/2:3", "docker.io", "0/1/2", "3", ""},
		{"app:_", "docker.io", "library/app", "_", ""},
		{"app:V1.0-RC_1", "docker.io", "library/app", "V1.0-RC_1", ""},
		{"app:" TAG, "docker.io", "library/app", TAG, ""},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/p/ghcr.io/kedacore/keda:2",
		 "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "p/ghcr.io/kedacore/keda", "2",
		 ""},
		{LONG, HOST, REPO, NULL, ""},
		{LONG ":" TAG "@" DIGEST, HOST, REPO, TAG, DIGEST},
		/* 64 hexadecimal digits are refused only where they are everything. */
		{HEX64 ":1", "docker.io", "library/" HEX64, "1", ""},
		{"a/" HEX64, "docker.io", "a/" HEX64, NULL, ""},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(reference_release) struct reference reference = {0};
		if (reference_parse(cases[i].text, &reference, &err) < 0)
			fail_msg("%s", err.message);
		assert_string_equal(reference.host, cases[i].host);
		assert_string_equal(reference.repository, cases[i].repository);
		assert_int_equal(reference.tag == NULL, cases[i].tag == NULL);
		if (cases[i].tag != NULL)
			assert_string_equal(reference.tag, cases[i].tag);
		assert_string_equal(reference.digest.text, cases[i].digest);
	}
}

static void refuses_malformed_references(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *words;
	} cases[] = {
		{"", "it is empty"},
		{" ", "space"},
		{" nginx", "space"},
		{"nginx ", "space"},
		{"nginx\n", "line break"},
		{"a b", "space"},
		{"https://ghcr.io/a/b", "it starts with \"https://\"; leave that out"},
		{"docker://nginx", "it starts with \"docker://\"; leave that out"},
		{HEX64, "image's ID"},
		{"/", "empty part"},
		{"//", "empty part"},
		{"/nginx", "empty part"},
		{"nginx/", "empty part"},
		{"a//b", "empty part"},
		{"a/b/", "empty part"},
		{":", "no repository"},
		{":1", "no repository"},
		{"@" DIGEST, "no repository"},
		{"ghcr.io/", "only a host"},
		{"ghcr.io/:1", "only a host"},
		{"ghcr.io/@" DIGEST, "only a host"},
		{"Nginx", "must be lower case, \"Nginx\""},
		{"ghcr.io/Kedacore/keda", "must be lower case, \"Kedacore\""},
		{"Foo/bar", "must be lower case, \"Foo\""},
		{"ghcr.io/a/b$c", "may not hold \"$\""},
		{"ghcr.io/a/\xc3\xa9", "may not hold byte 0xc3"},
		{"a\x1b[31m/b", "may not hold byte 0x1b"},
		{"a%2fb", "may not hold \"%\""},
		{"a\\b", "may not hold \"\\\""},
		{"a+b", "may not hold \"+\""},
		{"a:b:c", "may not hold \":\""},
		{"a/b:c:d", "may not hold \":\""},
		{"..", "start and end"},
		{"a/..", "start and end"},
		{"a/../b", "start and end"},
		{"-a", "start and end"},
		{"a-", "start and end"},
		{"a/_b", "start and end"},
		{"a/b.", "start and end"},
		{"a/b..c", "more than one separator"},
		{"a/b___c", "more than one separator"},
		{"a/b-_c", "more than one separator"},
		{"a/b_.c", "more than one separator"},
		{"a/b._c", "more than one separator"},
		{"host:/a", "the port \"\""},
		{"host:0/a", "the port \"0\""},
		{"host:65536/a", "the port \"65536\""},
		{"host:99999999999999999999/a", "the port"},
		{"host:x/a", "the port \"x\""},
		{"host:-1/a", "the port \"-1\""},
		{"host:1:2/a", "the port \"1:2\""},
		{":5000/a", "not the name of a host"},
		{"../a", "not the name of a host"},
		{"a..b/c", "not the name of a host"},
		{".a/c", "not the name of a host"},
		{"a./c", "not the name of a host"},
		{"-a.b/c", "not the name of a host"},
		{"a-.b/c", "not the name of a host"},
		{"a_b.c/d", "not the name of a host"},
		{"user:secret@host.com/a", "digest"},
		{"[]/a", "not an IPv6 address"},
		{"[::1/a", "not an IPv6 address"},
		{"[1]/a", "not an IPv6 address"},
		{"[127.0.0.1]/a", "not an IPv6 address"},
		{"[::g]/a", "not an IPv6 address"},
		{"[::1%eth0]/a", "not an IPv6 address"},
		{"[::1]x/a", "only a port may follow"},
		{"[::1]:x/a", "the port \"x\""},
		{"[::1]:/a", "the port \"\""},
		{"app:", "the tag is empty"},
		{"app:@" DIGEST, "the tag is empty"},
		{"app:.1", "may not start with \".\""},
		{"app:-1", "may not start with \"-\""},
		{"app:1+2", "may not hold \"+\""},
		{"app:\xe2\x82\xac", "may not hold byte 0xe2"},
		{"app:a" TAG, "the tag has 129 characters, 128 is the most"},
		{"app@", "digest \"\""},
		{"app@1.25", "expected \"sha256:\""},
		{"app@sha256:12", "fewer than 64"},
		{"app@" DIGEST "0", "more than 64"},
		{"app@" DIGEST ":1", "only digits"},
		{"app@" DIGEST "@" DIGEST, "only digits"},
		{LONG "a", "have 256 characters, 255 is the most"},
		{A100 A100 A100, "have 318 characters"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		struct reference reference = {.host = NULL};
		if (reference_parse(cases[i].text, &reference, &err) == 0)
			fail_msg("\"%s\" was accepted", cases[i].text);
		assert_null(reference.host);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_memory_equal(err.message, "invalid reference \"", 19);
		if (strstr(err.message, cases[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, cases[i].words);
		assert_true(strlen(err.message) < 400);
	}
}

static void names_an_unsupported_digest(void **state)
{
	(void)state;
	struct error err = {0};
	struct reference reference = {0};
	assert_int_equal(reference_parse("a@sha512:" HEX64 HEX64, &reference, &err), -1);
	assert_int_equal(err.kind, ERROR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "only sha256"));
}

static void cuts_long_text_in_messages(void **state)
{
	(void)state;
	size_t size = 100000;
	autofree char *text = memory_allocate(size + 1);
	memset(text, 'a', size);
	struct error err = {0};
	struct reference reference = {0};
	assert_int_equal(reference_parse(text, &reference, &err), -1);
	assert_true(strlen(err.message) < 300);
	assert_non_null(strstr(err.message, "…"));
}

static void formats_what_it_parsed(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *formatted;
	} cases[] = {
		{"nginx", "docker.io/library/nginx"},
		{"nginx:1.25@" DIGEST, "docker.io/library/nginx:1.25@" DIGEST},
		{"ghcr.io/a/b@" DIGEST, "ghcr.io/a/b@" DIGEST},
		{"[::1]:5000/a:b", "[::1]:5000/a:b"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(reference_release) struct reference reference = {0};
		cleanup(reference_release) struct reference copy = {0};
		assert_int_equal(reference_parse(cases[i].text, &reference, &err), 0);
		reference_copy(&reference, &copy);
		reference_release(&reference);
		autofree char *formatted = reference_format(&copy);
		assert_string_equal(formatted, cases[i].formatted);

		/* The full form stands for itself. */
		assert_int_equal(reference_parse(formatted, &reference, &err), 0);
		autofree char *again = reference_format(&reference);
		assert_string_equal(again, formatted);
	}
}

static void releases_what_is_empty(void **state)
{
	(void)state;
	struct reference reference = {0};
	struct reference copy = {.tag = NULL};
	reference_copy(&reference, &copy);
	assert_null(copy.host);
	assert_null(copy.tag);
	reference_release(&reference);
	reference_release(&copy);
	reference_release(&copy);
}

static void checks_tags(void **state)
{
	(void)state;
	static const char *const good[] = {"1", "latest", "_", "1.2.3-rc_1", "A", TAG};
	static const char *const bad[] = {"",    ".",   "-",   "a b",    "a/b",      "a:b",
					  "a@b", "a\n", "*",   "1.2.x?", "a" TAG,    "\xc3\xa9",
					  " a",  "a ",  "a\t", "+",      TAG TAG TAG};
	struct error err = {0};
	for (size_t i = 0; i < array_count(good); i++)
		assert_int_equal(reference_check_tag(good[i], &err), 0);
	assert_int_equal(err.kind, ERROR_NONE);
	for (size_t i = 0; i < array_count(bad); i++) {
		err = (struct error){0};
		assert_int_equal(reference_check_tag(bad[i], &err), -1);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_memory_equal(err.message, "invalid tag \"", 13);
	}
	assert_int_equal(reference_check_tag("a b", &err), -1);
	assert_non_null(strstr(err.message, "spaces"));
}

static void checks_repositories(void **state)
{
	(void)state;
	static const char *const good[] = {
		"ab", "a/b", "external/ghcr.io/kedacore/keda", "a--b", "a__b.c", "12", REPO};
	static const struct {
		const char *name;
		const char *words;
	} bad[] = {
		{"", "it is empty"},
		{"a", "fewer than 2"},
		{"Ab", "lower case"},
		{"a/", "empty part"},
		{"/a", "empty part"},
		{"a//b", "empty part"},
		{"a:b", "may not hold \":\""},
		{"localhost:5000/a", "may not hold \":\""},
		{"a@b", "may not hold \"@\""},
		{"a b", "may not hold spaces"},
		{"a..b", "more than one separator"},
		{"a-", "start and end"},
		{REPO A10 "aaa", "it has 256 characters, 255 is the most"},
	};
	struct error err = {0};
	for (size_t i = 0; i < array_count(good); i++)
		assert_int_equal(reference_check_repository(good[i], &err), 0);
	assert_int_equal(err.kind, ERROR_NONE);
	for (size_t i = 0; i < array_count(bad); i++) {
		err = (struct error){0};
		assert_int_equal(reference_check_repository(bad[i].name, &err), -1);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_memory_equal(err.message, "invalid repository \"", 20);
		if (strstr(err.message, bad[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, bad[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_references),
		cmocka_unit_test(refuses_malformed_references),
		cmocka_unit_test(names_an_unsupported_digest),
		cmocka_unit_test(cuts_long_text_in_messages),
		cmocka_unit_test(formats_what_it_parsed),
		cmocka_unit_test(releases_what_is_empty),
		cmocka_unit_test(checks_tags),
		cmocka_unit_test(checks_repositories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
