/*
 * The answers of ECR's calls, from documents to values. ERROR_INVALID for what is malformed.
 * No I/O; any thread.
 */
#ifndef AWS_ECR_ANSWER_H
#define AWS_ECR_ANSWER_H

#include "aws/ecr.h"
#include "base/json.h"

/* GetAuthorizationToken. `now` is the local time: a token without an expiry is taken to live the
 * documented 12 hours. *ret_authorization is released by the caller. The endpoint is given back
 * without a path, and is https, or http on a loopback address. */
int ecr_read_authorization(const json_t *document, time_t now,
			   struct ecr_authorization *ret_authorization, struct error *err);

/* ListImages: adds a page's tagged images to `list`, and sets *ret_token to the token of the next
 * page: NULL where it is absent, null or empty; owned by the caller. On an error some may have
 * been added. */
int ecr_read_images(const json_t *document, struct ecr_image_list *list, char **ret_token,
		    struct error *err);

/* BatchCheckLayerAvailability: sets available[i] for each of the `count` digests that the answer
 * calls available, and leaves the others alone. */
int ecr_read_layer_availability(const json_t *document, const struct digest *digests, size_t count,
				bool *available, struct error *err);

#endif
