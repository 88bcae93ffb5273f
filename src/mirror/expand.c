#include "mirror/expand.h"

#include <string.h>

char *destination_reference(const char *host, const char *repository, const char *tag)
{
	return string_format("%s/%s%s%s", host, repository, tag == NULL ? "" : ":",
			     tag == NULL ? "" : tag);
}

static struct item *add_item(const struct mirror *mirror, char *source_text, const char *tag,
			     struct item_list *list)
{
	struct item *item = item_list_add(list);
	item->source_text = source_text;
	item->repository = string_copy(mirror->repository);
	item->tag = string_copy(tag);
	item->destination = destination_reference(mirror->registry, mirror->repository, tag);
	return item;
}

static void add_failed_entry(const struct mirror *mirror, const struct error *err,
			     struct item_list *list)
{
	item_fail(add_item(mirror, string_copy(mirror->image), NULL, list), err);
}

/* The upstream image's name, which must carry neither tag nor digest. */
static int parse_image(const struct mirror *mirror, const char *image_key, const char *tag_key,
		       struct reference *ret_image, struct error *err)
{
	cleanup(reference_release) struct reference image = {0};
	if (reference_parse(mirror->image, &image, err) < 0) {
		error_prefix(err, "resource tag %s", image_key);
		return error_hint(err,
				  "set the repository's resource tag %s to an image name "
				  "such as ghcr.io/kedacore/keda",
				  image_key);
	}
	if (image.tag != NULL || digest_is_set(&image.digest)) {
		error_set(err, ERROR_INVALID, "resource tag %s: \"%.300s\" names a tag or digest",
			  image_key, mirror->image);
		return error_hint(err, "put the image's name alone there, and its tags into %s",
				  tag_key);
	}
	*ret_image = image;
	image = (struct reference){0};
	return 0;
}

static void add_tag(const struct mirror *mirror, const struct reference *image, const char *tag,
		    const char *tag_key, struct item_list *list)
{
	struct reference source = {0};
	reference_copy(image, &source);
	source.tag = string_copy(tag);
	struct item *item = add_item(mirror, reference_format(&source), tag, list);
	item->source = source;
	struct error err;
	if (reference_check_tag(tag, &err) < 0) {
		error_prefix(&err, "resource tag %s", tag_key);
		item_fail(item, &err);
	}
}

/* The elements of a list that is separated by "/", without blanks, empty ones and repeats. */
static void split_tags(const char *text, struct string_list *ret_tags)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "/");
		size_t start = strspn(text, " ");
		size_t end = size;
		while (end > start && text[end - 1] == ' ')
			end--;
		if (end > start) {
			autofree char *tag = string_copy_size(text + start, end - start);
			if (!string_list_contains(ret_tags, tag))
				string_list_add(ret_tags, tag);
		}
		text += size;
		if (*text == '/')
			text++;
	}
}

void expand_mirror(const struct mirror *mirror, const char *image_key, const char *tag_key,
		   struct item_list *list)
{
	cleanup(reference_release) struct reference image = {0};
	struct error err;
	if (parse_image(mirror, image_key, tag_key, &image, &err) < 0) {
		add_failed_entry(mirror, &err, list);
		return;
	}
	cleanup(string_list_release) struct string_list tags = STRING_LIST_INIT;
	split_tags(mirror->tags, &tags);
	if (tags.count == 0) {
		error_set(&err, ERROR_INVALID, "resource tag %s lists no tag", tag_key);
		error_hint(&err, "name the tags to mirror there, separated by \"/\"");
		add_failed_entry(mirror, &err, list);
		return;
	}
	for (size_t i = 0; i < tags.count; i++)
		add_tag(mirror, &image, tags.items[i], tag_key, list);
}
