#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "mirror/wish.h"

#include <string.h>

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ECR    "111122223333.dkr.ecr.us-east-1.amazonaws.com"

static void test_wishes(void **state)
{
	(void)state;
	static const struct {
		const char *source, *destination, *prefix;
		const char *full_source, *host, *repository, *tag;
	} cases[] = {
		{"ghcr.io/kedacore/keda:2.4.0", ECR "/external/keda", NULL,
		 "ghcr.io/kedacore/keda:2.4.0", ECR, "external/keda", "2.4.0"},
		{"ghcr.io/kedacore/keda:2.4.0", ECR "/external/keda:stable", NULL,
		 "ghcr.io/kedacore/keda:2.4.0", ECR, "external/keda", "stable"},
		{"nginx", "team/nginx", NULL, "docker.io/library/nginx:latest", NULL, "team/nginx",
		 "latest"},
		{"nginx", "nginx", NULL, "docker.io/library/nginx:latest", NULL, "nginx", "latest"},
		{"nginx", "nginx:1", NULL, "docker.io/library/nginx:latest", NULL, "nginx", "1"},
		{"nginx:1.25", NULL, "external", "docker.io/library/nginx:1.25", NULL,
		 "external/docker.io/library/nginx", "1.25"},
		{"ghcr.io/kedacore/keda:2.4.0", "", "external", "ghcr.io/kedacore/keda:2.4.0", NULL,
		 "external/ghcr.io/kedacore/keda", "2.4.0"},
		{"127.0.0.1:5000/a/b:1", NULL, "p/q", "127.0.0.1:5000/a/b:1", NULL,
		 "p/q/127.0.0.1/a/b", "1"},
		{"quay.io/a/b@" DIGEST, "team/b:pinned", NULL, "quay.io/a/b@" DIGEST, NULL,
		 "team/b", "pinned"},
		{"quay.io/a/b:1@" DIGEST, "team/b", NULL, "quay.io/a/b:1@" DIGEST, NULL, "team/b",
		 "1"},
		{"nginx:1", "LOCALHOST/team/nginx", NULL, "docker.io/library/nginx:1", "localhost",
		 "team/nginx", "1"},
		{"nginx:1", "127.0.0.1:6000/deep/er/nginx:2", "ignored",
		 "docker.io/library/nginx:1", "127.0.0.1:6000", "deep/er/nginx", "2"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		cleanup(wish_release) struct wish wish = {0};
		struct error err;
		if (wish_parse(cases[i].source, cases[i].destination, cases[i].prefix, &wish,
			       &err) < 0)
			fail_msg("%s: %s", cases[i].source, err.message);
		autofree char *source = reference_format(&wish.source);
		assert_string_equal(source, cases[i].full_source);
		assert_string_equal(wish.repository, cases[i].repository);
		assert_string_equal(wish.tag, cases[i].tag);
		if (cases[i].host == NULL)
			assert_null(wish.host);
		else
			assert_string_equal(wish.host, cases[i].host);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *source, *destination, *prefix, *part;
	} cases[] = {
		{"", "a/b", NULL, "--src"},
		{"Nginx", "a/b", NULL, "--src"},
		{"nginx:", "a/b", NULL, "--src"},
		{"nginx", NULL, NULL, "--dest"},
		{"nginx", "A/b", NULL, "--dest"},
		{"nginx", "a/b@" DIGEST, NULL, "--dest"},
		{"nginx", "b", NULL, "--dest"},
		{"nginx", "/external/nginx", NULL, "begins with \"/\""},
		{"nginx", "a/b:", NULL, "--dest"},
		{"nginx", "a/b:c:d", NULL, "--dest"},
		{"nginx", "a//b", NULL, "--dest"},
		{"nginx@" DIGEST, "a/b", NULL, "--dest must name the tag"},
		{"nginx@" DIGEST, NULL, "p", "--dest must name the tag"},
		{"nginx", NULL, "Bad", "--prefix"},
		{"[::1]:5000/nginx:1", NULL, "p", "--prefix"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		cleanup(wish_release) struct wish wish = {0};
		struct error err = {0};
		assert_int_equal(wish_parse(cases[i].source, cases[i].destination, cases[i].prefix,
					    &wish, &err),
				 -1);
		assert_int_equal(err.kind, ERROR_USAGE);
		if (strstr(err.message, cases[i].part) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", err.message, cases[i].part);
		assert_null(wish.repository);
	}
}

static void test_item(void **state)
{
	(void)state;
	cleanup(wish_release) struct wish wish = {0};
	cleanup(item_list_release) struct item_list list = {0};
	struct error err;
	assert_int_equal(wish_parse("nginx:1", "team/nginx:2", NULL, &wish, &err), 0);
	wish_add_item(&wish, ECR, &list);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].source_text, "docker.io/library/nginx:1");
	assert_string_equal(list.items[0].destination, ECR "/team/nginx:2");
	assert_string_equal(list.items[0].repository, "team/nginx");
	assert_string_equal(list.items[0].tag, "2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wishes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_item),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
