#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "mirror/expand.h"

#include <string.h>

static struct item_list expand(const char *image, const char *tags)
{
	const struct mirror mirror = {
		.repository = (char[]){"team/app"},
		.registry = (char[]){"111122223333.dkr.ecr.us-east-1.amazonaws.com"},
		.image = string_copy(image),
		.tags = string_copy(tags),
	};
	struct item_list list = {0};
	expand_mirror(&mirror, "upstream-image", "upstream-tags", &list);
	free(mirror.image);
	free(mirror.tags);
	return list;
}

static void assert_tags(const char *tags, const char *expected)
{
	cleanup(item_list_release) struct item_list list = expand("ghcr.io/a/b", tags);
	cleanup(buffer_release) struct buffer found = BUFFER_UNLIMITED;
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(list.items[i].outcome, OUTCOME_NONE);
		assert_string_equal(list.items[i].tag, list.items[i].source.tag);
		buffer_printf(&found, "%s ", list.items[i].tag);
	}
	assert_string_equal(buffer_string(&found), expected);
}

static void test_tags_are_split_and_cleaned(void **state)
{
	(void)state;
	assert_tags("1.0", "1.0 ");
	assert_tags("1.0/2.0", "1.0 2.0 ");
	assert_tags("/1.0//2.0/", "1.0 2.0 ");
	assert_tags(" 1.0 / 2.0 ", "1.0 2.0 ");
	assert_tags("1.0/1.0/2.0/1.0", "1.0 2.0 ");
}

static void test_item_is_complete(void **state)
{
	(void)state;
	cleanup(item_list_release) struct item_list list = expand("nginx", "1.25");
	assert_int_equal(list.count, 1);
	const struct item *item = &list.items[0];
	assert_string_equal(item->source_text, "docker.io/library/nginx:1.25");
	assert_string_equal(item->source.host, "docker.io");
	assert_string_equal(item->source.repository, "library/nginx");
	assert_string_equal(item->repository, "team/app");
	assert_string_equal(item->destination,
			    "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app:1.25");
}

static void assert_one_failure(const char *image, const char *tags, const char *part)
{
	cleanup(item_list_release) struct item_list list = expand(image, tags);
	assert_int_equal(list.count, 1);
	const struct item *item = &list.items[0];
	assert_int_equal(item->outcome, OUTCOME_FAILED);
	assert_int_equal(item->verdict, VERDICT_FAILED);
	assert_null(item->tag);
	assert_string_equal(item->repository, "team/app");
	assert_non_null(strstr(item->error->message, part));
	assert_true(item->error->hint[0] != '\0');
}

static void test_entry_that_is_wrong_is_one_failure(void **state)
{
	(void)state;
	assert_one_failure("ghcr.io/a/b", "", "upstream-tags lists no tag");
	assert_one_failure("ghcr.io/a/b", " / // ", "upstream-tags lists no tag");
	assert_one_failure("", "1/2/3", "upstream-image");
	assert_one_failure("ghcr.io/A/b", "1/2/3", "upstream-image");
	assert_one_failure("nginx:1.25", "1/2", "names a tag or digest");
}

static void test_bad_tag_fails_alone(void **state)
{
	(void)state;
	char tags[400] = "good/";
	memset(tags + 5, 'x', 300);
	cleanup(item_list_release) struct item_list list = expand("ghcr.io/a/b", tags);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.items[0].outcome, OUTCOME_NONE);
	assert_int_equal(list.items[1].outcome, OUTCOME_FAILED);
	assert_int_equal(strlen(list.items[1].tag), 300);
	assert_non_null(strstr(list.items[1].error->message, "upstream-tags"));

	cleanup(item_list_release) struct item_list odd = expand("ghcr.io/a/b", "1.+/ok/-x");
	assert_int_equal(odd.count, 3);
	assert_int_equal(odd.items[0].outcome, OUTCOME_FAILED);
	assert_int_equal(odd.items[1].outcome, OUTCOME_NONE);
	assert_int_equal(odd.items[2].outcome, OUTCOME_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags_are_split_and_cleaned),
		cmocka_unit_test(test_item_is_complete),
		cmocka_unit_test(test_entry_that_is_wrong_is_one_failure),
		cmocka_unit_test(test_bad_tag_fails_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
