/*
 * Discover: which ECR repositories say that they mirror something.
 */
#ifndef MIRROR_DISCOVER_H
#define MIRROR_DISCOVER_H

#include "aws/session.h"

#include <stddef.h>

/* One tagged repository. */
struct mirror {
	char *repository; /* its name; all owned */
	char *registry;   /* host of its registry, as its ARN says */
	char *image;      /* value of the image tag, as it stands */
	char *tags;       /* value of the tags tag, as it stands */
};

struct mirror_list {
	struct mirror *items; /* owned */
	size_t count;
	size_t capacity;
};

void mirror_list_release(struct mirror_list *list);

struct discover_options {
	const char *image_key; /* resource tag keys; borrowed */
	const char *tag_key;
	const char *prefix; /* NULL or "": all; else repositories named so, or below it */
};

/*
 * All repositories of the session's account and region that carry both keys, in the order AWS
 * gives them. One call for every hundred repositories. Errors are those of
 * tagging_get_resources(), and ERROR_INVALID for an ARN that is no ECR repository's.
 */
int discover_mirrors(struct aws_session *session, const struct discover_options *options,
		     struct mirror_list *ret_list, struct error *err);

#endif
