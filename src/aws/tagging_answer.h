/* The answer of GetResources, from a document to values. No I/O; any thread. */
#ifndef AWS_TAGGING_ANSWER_H
#define AWS_TAGGING_ANSWER_H

#include "aws/tagging.h"
#include "base/json.h"

/* Adds a page's resources to `list`, and sets *ret_token to the token of the next page: NULL where
 * it is absent, null or empty; owned by the caller. On ERROR_INVALID some may have been added. */
int tagging_read_resources(const json_t *document, struct tagged_resource_list *list,
			   char **ret_token, struct error *err);

#endif
