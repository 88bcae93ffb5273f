#include "aws/tagging_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int read_page(const char *text, struct tagged_resource_list *list, char **token,
		     struct error *err)
{
	autojson json_t *document = NULL;
	if (json_parse_object(text, strlen(text), &document, err) < 0)
		fail_msg("%s", err->message);
	return tagging_read_resources(document, list, token, err);
}

static void resources(void **state)
{
	(void)state;
	cleanup(tagged_resource_list_release) struct tagged_resource_list list = {0};
	autofree char *token = NULL;
	autofree char *last = NULL;
	struct error err = {0};
	assert_int_equal(
		read_page("{\"PaginationToken\":\"t\",\"ResourceTagMappingList\":[{\"ResourceARN\":"
			  "\"arn:1\",\"Tags\":[{\"Key\":\"upstream-image\",\"Value\":\"x\"},"
			  "{\"Key\":\"empty\",\"Value\":\"\"},{\"Key\":\"none\"}]}]}",
			  &list, &token, &err),
		0);
	assert_string_equal(token, "t");
	assert_int_equal(
		read_page("{\"PaginationToken\":\"\",\"ResourceTagMappingList\":[{\"ResourceARN\":"
			  "\"arn:2\"},{\"ResourceARN\":\"arn:3\",\"Tags\":null}]}",
			  &list, &last, &err),
		0);
	assert_null(last);

	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[0].arn, "arn:1");
	assert_string_equal(tagged_resource_value(&list.items[0], "upstream-image"), "x");
	assert_string_equal(tagged_resource_value(&list.items[0], "empty"), "");
	assert_string_equal(tagged_resource_value(&list.items[0], "none"), "");
	assert_null(tagged_resource_value(&list.items[0], "Upstream-Image"));
	assert_string_equal(list.items[2].arn, "arn:3");
	assert_null(tagged_resource_value(&list.items[2], "upstream-image"));
}

static void ends_of_the_list(void **state)
{
	(void)state;
	static const char *const table[] = {
		"{\"ResourceTagMappingList\":[]}",
		"{\"ResourceTagMappingList\":[],\"PaginationToken\":null}",
		"{\"ResourceTagMappingList\":[],\"PaginationToken\":\"\"}",
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(tagged_resource_list_release) struct tagged_resource_list list = {0};
		char *token = NULL;
		struct error err = {0};
		assert_int_equal(read_page(table[i], &list, &token, &err), 0);
		assert_null(token);
		assert_int_equal(list.count, 0);
	}
}

static void malformed(void **state)
{
	(void)state;
	static const char *const table[] = {
		"{}",
		"{\"ResourceTagMappingList\":null}",
		"{\"ResourceTagMappingList\":{}}",
		"{\"ResourceTagMappingList\":[7]}",
		"{\"ResourceTagMappingList\":[{\"Tags\":[]}]}",
		"{\"ResourceTagMappingList\":[{\"ResourceARN\":\"a\",\"Tags\":{}}]}",
		"{\"ResourceTagMappingList\":[{\"ResourceARN\":\"a\",\"Tags\":[7]}]}",
		"{\"ResourceTagMappingList\":[{\"ResourceARN\":\"a\",\"Tags\":[{}]}]}",
		"{\"ResourceTagMappingList\":[],\"PaginationToken\":7}",
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(tagged_resource_list_release) struct tagged_resource_list list = {0};
		char *token = NULL;
		struct error err = {0};
		if (read_page(table[i], &list, &token, &err) == 0)
			fail_msg("%s", table[i]);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_null(token);
	}
}

static void too_many(void **state)
{
	(void)state;
	autojson json_t *document = json_object();
	json_t *mappings = json_array();
	for (size_t i = 0; i < 1001; i++)
		json_array_append_new(mappings, json_pack("{s:s}", "ResourceARN", "a"));
	json_object_set_new(document, "ResourceTagMappingList", mappings);
	cleanup(tagged_resource_list_release) struct tagged_resource_list list = {0};
	char *token = NULL;
	struct error err = {0};
	assert_int_equal(tagging_read_resources(document, &list, &token, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resources),
		cmocka_unit_test(ends_of_the_list),
		cmocka_unit_test(malformed),
		cmocka_unit_test(too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
