#include "mirror/discover.h"

#include "aws/ecr.h"
#include "aws/tagging.h"

#include <string.h>

static void mirror_release(struct mirror *mirror)
{
	free(mirror->repository);
	free(mirror->registry);
	free(mirror->image);
	free(mirror->tags);
}

void mirror_list_release(struct mirror_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mirror_release(&list->items[i]);
	free(list->items);
	*list = (struct mirror_list){0};
}

static void add_mirror(struct mirror_list *list, struct mirror mirror)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity == 0 ? 32 : list->capacity * 2;
		list->items = memory_resize(list->items, list->capacity, sizeof(*list->items));
	}
	list->items[list->count++] = mirror;
}

static bool has_prefix(const char *repository, const char *prefix)
{
	if (prefix == NULL || prefix[0] == '\0')
		return true;
	size_t size = strlen(prefix);
	return strncmp(repository, prefix, size) == 0 &&
	       (repository[size] == '\0' || repository[size] == '/');
}

static int take_resource(const struct tagged_resource *resource,
			 const struct discover_options *options, struct mirror_list *list,
			 struct error *err)
{
	cleanup(ecr_arn_release) struct ecr_arn arn = {0};
	if (ecr_arn_parse(resource->arn, &arn, err) < 0)
		return error_prefix(err, "tag:GetResources");
	if (!has_prefix(arn.repository, options->prefix))
		return 0;
	const char *image = tagged_resource_value(resource, options->image_key);
	const char *tags = tagged_resource_value(resource, options->tag_key);
	add_mirror(list, (struct mirror){
				 .registry = ecr_registry_host(arn.account, arn.region),
				 .repository = take_pointer(arn.repository),
				 .image = string_copy(image == NULL ? "" : image),
				 .tags = string_copy(tags == NULL ? "" : tags),
			 });
	return 0;
}

int discover_mirrors(struct aws_session *session, const struct discover_options *options,
		     struct mirror_list *ret_list, struct error *err)
{
	cleanup(string_list_release) struct string_list keys = STRING_LIST_INIT;
	string_list_add(&keys, options->image_key);
	string_list_add(&keys, options->tag_key);
	cleanup(tagged_resource_list_release) struct tagged_resource_list resources = {0};
	if (tagging_get_resources(session, "ecr:repository", &keys, &resources, err) < 0)
		return -1;

	cleanup(mirror_list_release) struct mirror_list list = {0};
	for (size_t i = 0; i < resources.count; i++) {
		if (take_resource(&resources.items[i], options, &list, err) < 0)
			return -1;
	}
	*ret_list = list;
	list = (struct mirror_list){0};
	return 0;
}
