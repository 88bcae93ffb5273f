#include "mirror/wish.h"

#include "mirror/expand.h"

#include <string.h>

void wish_release(struct wish *wish)
{
	reference_release(&wish->source);
	free(wish->host);
	free(wish->repository);
	free(wish->tag);
	*wish = (struct wish){0};
}

static int parse_source(const char *text, struct reference *ret_source, struct error *err)
{
	if (reference_parse(text, ret_source, err) < 0) {
		err->kind = ERROR_USAGE;
		return error_prefix(err, "--src");
	}
	if (ret_source->tag == NULL && !digest_is_set(&ret_source->digest))
		ret_source->tag = string_copy("latest");
	return 0;
}

static int parse_full_destination(const char *text, struct wish *wish, struct error *err)
{
	cleanup(reference_release) struct reference destination = {0};
	if (reference_parse(text, &destination, err) < 0 ||
	    reference_check_repository(destination.repository, err) < 0)
		return -1;
	wish->host = take_pointer(destination.host);
	wish->repository = take_pointer(destination.repository);
	wish->tag = take_pointer(destination.tag);
	return 0;
}

/* repository[:tag] in the account's own registry. */
static int parse_own_destination(const char *text, struct wish *wish, struct error *err)
{
	size_t size = strcspn(text, ":");
	wish->repository = string_copy_size(text, size);
	wish->tag = text[size] == ':' ? string_copy(text + size + 1) : NULL;
	if (text[0] == '/') {
		error_set(err, ERROR_USAGE, "invalid destination \"%.100s\": it begins with \"/\"",
			  text);
		return error_hint(err, "is a variable empty that should hold the registry's name?");
	}
	if (reference_check_repository(wish->repository, err) < 0)
		return -1;
	return wish->tag == NULL ? 0 : reference_check_tag(wish->tag, err);
}

static int parse_destination(const char *text, struct wish *wish, struct error *err)
{
	if (strchr(text, '@') != NULL)
		return error_set(err, ERROR_USAGE,
				 "--dest: a digest cannot be chosen, it follows from the content");
	int result = reference_names_host(text) ? parse_full_destination(text, wish, err)
						: parse_own_destination(text, wish, err);
	if (result == 0)
		return 0;
	err->kind = ERROR_USAGE;
	return error_prefix(err, "--dest");
}

/* P/<upstream name>: the host is part of it, its port is not, ":" being no part of a name. */
static int derive_destination(const char *prefix, struct wish *wish, struct error *err)
{
	if (prefix == NULL || prefix[0] == '\0')
		return error_set(err, ERROR_USAGE,
				 "copy needs --dest, or --prefix to derive it from the source");
	const char *host = wish->source.host;
	wish->repository = string_format("%s/%.*s/%s", prefix, (int)strcspn(host, ":"), host,
					 wish->source.repository);
	if (reference_check_repository(wish->repository, err) < 0) {
		err->kind = ERROR_USAGE;
		error_prefix(err, "--prefix %s", prefix);
		return error_hint(err, "name the destination with --dest");
	}
	return 0;
}

int wish_parse(const char *source, const char *destination, const char *prefix,
	       struct wish *ret_wish, struct error *err)
{
	cleanup(wish_release) struct wish wish = {0};
	if (parse_source(source, &wish.source, err) < 0)
		return -1;
	bool given = destination != NULL && destination[0] != '\0';
	int result = given ? parse_destination(destination, &wish, err)
			   : derive_destination(prefix, &wish, err);
	if (result < 0)
		return -1;
	if (wish.tag == NULL)
		wish.tag = string_copy(wish.source.tag);
	if (wish.tag == NULL)
		return error_set(err, ERROR_USAGE,
				 "--src names a digest alone: --dest must name the tag to use");
	*ret_wish = wish;
	wish = (struct wish){0};
	return 0;
}

void wish_add_item(const struct wish *wish, const char *host, struct item_list *list)
{
	struct item *item = item_list_add(list);
	reference_copy(&wish->source, &item->source);
	item->source_text = reference_format(&wish->source);
	item->repository = string_copy(wish->repository);
	item->tag = string_copy(wish->tag);
	item->destination = destination_reference(host, wish->repository, wish->tag);
}
