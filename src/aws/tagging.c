#include "aws/tagging.h"

#include "aws/call.h"
#include "aws/tagging_answer.h"

#include <string.h>

#define PAGE_SIZE            100 /* the most that AWS gives */
#define PAGE_LIMIT           10000
#define RESOURCES_PER_ANSWER 1000
#define TAGS_PER_RESOURCE    1000 /* AWS: 50, and its own */

static void tagged_resource_release(struct tagged_resource *resource)
{
	free(resource->arn);
	string_list_release(&resource->keys);
	string_list_release(&resource->values);
}

void tagged_resource_list_release(struct tagged_resource_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		tagged_resource_release(&list->items[i]);
	free(list->items);
	*list = (struct tagged_resource_list){0};
}

const char *tagged_resource_value(const struct tagged_resource *resource, const char *key)
{
	for (size_t i = 0; i < resource->keys.count; i++) {
		if (strcmp(resource->keys.items[i], key) == 0)
			return resource->values.items[i];
	}
	return NULL;
}

static struct tagged_resource *add_resource(struct tagged_resource_list *list)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity == 0 ? 16 : list->capacity * 2;
		list->items = memory_resize(list->items, list->capacity, sizeof(*list->items));
	}
	struct tagged_resource *resource = &list->items[list->count++];
	*resource = (struct tagged_resource){0};
	return resource;
}

static int read_resource(const json_t *mapping, struct tagged_resource_list *list,
			 struct error *err)
{
	const char *arn = json_get_string(mapping, "ResourceARN");
	const json_t *tags = json_object_get(mapping, "Tags");
	if (arn == NULL)
		return error_set(err, ERROR_INVALID, "a resource in the answer has no ResourceARN");
	if (tags != NULL && !json_is_null(tags) && !json_is_array(tags))
		return error_set(err, ERROR_INVALID, "the Tags of %s are no list", arn);
	if (json_array_size(tags) > TAGS_PER_RESOURCE)
		return error_set(err, ERROR_INVALID, "%s has more than %d tags", arn,
				 TAGS_PER_RESOURCE);

	struct tagged_resource *resource = add_resource(list);
	resource->arn = string_copy(arn);
	for (size_t i = 0; i < json_array_size(tags); i++) {
		const json_t *tag = json_array_get(tags, i);
		const char *key = json_get_string(tag, "Key");
		const char *value = json_get_string(tag, "Value");
		if (key == NULL)
			return error_set(err, ERROR_INVALID, "a tag of %s has no Key", arn);
		string_list_add(&resource->keys, key);
		string_list_add(&resource->values, value == NULL ? "" : value);
	}
	return 0;
}

static int read_token(const json_t *document, char **ret_token, struct error *err)
{
	const json_t *token = json_object_get(document, "PaginationToken");
	if (token != NULL && !json_is_null(token) && !json_is_string(token))
		return error_set(err, ERROR_INVALID, "the answer's PaginationToken is no string");
	*ret_token = json_string_length(token) == 0 ? NULL : string_copy(json_string_value(token));
	return 0;
}

int tagging_read_resources(const json_t *document, struct tagged_resource_list *list,
			   char **ret_token, struct error *err)
{
	const json_t *mappings = json_object_get(document, "ResourceTagMappingList");
	if (!json_is_array(mappings))
		return error_set(err, ERROR_INVALID, "the answer has no ResourceTagMappingList");
	if (json_array_size(mappings) > RESOURCES_PER_ANSWER)
		return error_set(err, ERROR_INVALID, "the answer has more than %d resources",
				 RESOURCES_PER_ANSWER);
	for (size_t i = 0; i < json_array_size(mappings); i++) {
		if (read_resource(json_array_get(mappings, i), list, err) < 0)
			return -1;
	}
	return read_token(document, ret_token, err);
}

static json_t *make_input(const char *resource_type, const struct string_list *keys,
			  const char *token)
{
	autojson json_t *filters = json_array();
	for (size_t i = 0; i < keys->count; i++) {
		json_t *filter = json_pack("{s:s}", "Key", keys->items[i]);
		if (filter == NULL || json_array_append_new(filters, filter) < 0)
			return NULL;
	}
	return json_pack("{s:[s], s:O, s:i, s:s*}", "ResourceTypeFilters", resource_type,
			 "TagFilters", filters, "ResourcesPerPage", PAGE_SIZE, "PaginationToken",
			 token);
}

/* One page; *token is the one to ask with, and becomes the one of the next page. */
static int get_page(struct aws_session *session, const char *resource_type,
		    const struct string_list *keys, struct tagged_resource_list *list, char **token,
		    struct error *err)
{
	autojson json_t *input = make_input(resource_type, keys, *token);
	autojson json_t *output = NULL;
	if (aws_call(session, AWS_SERVICE_TAGGING, "GetResources", input, &output, err) < 0)
		return -1;
	autofree char *next = NULL;
	if (tagging_read_resources(output, list, &next, err) < 0)
		return aws_call_prefix(session, AWS_SERVICE_TAGGING, "GetResources", err);
	if (next != NULL && *token != NULL && strcmp(next, *token) == 0) {
		error_set(err, ERROR_INVALID, "the answer repeats its PaginationToken");
		return aws_call_prefix(session, AWS_SERVICE_TAGGING, "GetResources", err);
	}
	free(*token);
	*token = take_pointer(next);
	return 0;
}

int tagging_get_resources(struct aws_session *session, const char *resource_type,
			  const struct string_list *keys, struct tagged_resource_list *ret_list,
			  struct error *err)
{
	cleanup(tagged_resource_list_release) struct tagged_resource_list list = {0};
	autofree char *token = NULL;
	unsigned pages = 0;
	do {
		if (pages++ == PAGE_LIMIT) {
			error_set(err, ERROR_INVALID, "more than %d pages", PAGE_LIMIT);
			return aws_call_prefix(session, AWS_SERVICE_TAGGING, "GetResources", err);
		}
		if (get_page(session, resource_type, keys, &list, &token, err) < 0)
			return -1;
	} while (token != NULL);
	*ret_list = list;
	list = (struct tagged_resource_list){0};
	return 0;
}
