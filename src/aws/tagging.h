/*
 * Resource Groups Tagging API: which resources carry which tags.
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
#ifndef AWS_TAGGING_H
#define AWS_TAGGING_H

#include "aws/session.h"
#include "base/string_list.h"

struct tagged_resource {
	char *arn;               /* owned */
	struct string_list keys; /* of all its tags; keys.items[i] goes with values.items[i] */
	struct string_list values;
};

struct tagged_resource_list {
	struct tagged_resource *items; /* owned */
	size_t count;
	size_t capacity;
};

void tagged_resource_list_release(struct tagged_resource_list *list);

/* The value of a tag; NULL where the resource does not carry it. Borrowed. */
const char *tagged_resource_value(const struct tagged_resource *resource, const char *key);

/*
 * All resources of type `resource_type` ("ecr:repository") that carry every key in `keys`
 * whatever the values, in the order AWS gives them. Reads page after page of 100 until the
 * PaginationToken is absent, null or empty: short and empty pages do not end it; a token that comes
 * back unchanged, or more than 10,000 pages, is ERROR_INVALID. Any thread.
 * ERROR_DENIED carries the missing action in its hint.
 */
int tagging_get_resources(struct aws_session *session, const char *resource_type,
			  const struct string_list *keys, struct tagged_resource_list *ret_list,
			  struct error *err);

#endif
