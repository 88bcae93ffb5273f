/*
 * Amazon ECR's control plane, as far as a mirror needs it.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
 * Any thread. `registry_id` is the 12-digit account, or NULL for the caller's own.
 */
#ifndef AWS_ECR_H
#define AWS_ECR_H

#include "aws/session.h"
#include "base/string_list.h"
#include "oci/digest.h"

#include <time.h>

/* GetAuthorizationToken. */
struct ecr_authorization {
	char *token;          /* base64 of "AWS:password", owned, a secret: wiped on release */
	char *proxy_endpoint; /* "https://111122223333.dkr.ecr.us-east-1.amazonaws.com", owned */
	time_t expires;       /* by the local clock */
};

void ecr_authorization_release(struct ecr_authorization *authorization);

int ecr_get_authorization_token(struct aws_session *session,
				struct ecr_authorization *ret_authorization, struct error *err);

/* ListImages with the filter TAGGED: tags.items[i] names digests.items[i]. */
struct ecr_image_list {
	struct string_list tags;
	struct string_list digests;
};

void ecr_image_list_release(struct ecr_image_list *list);

/* All tagged images of a repository, read in pages of 1,000. ERROR_NOT_FOUND: no such
 * repository (RepositoryNotFoundException). */
int ecr_list_images(struct aws_session *session, const char *registry_id, const char *repository,
		    struct ecr_image_list *ret_list, struct error *err);

/* BatchCheckLayerAvailability, 100 digests a call: fills ret_available[i] for digests[i], i from 0
 * to count - 1. A digest that ECR reports as failed counts as not available. */
int ecr_batch_check_layer_availability(struct aws_session *session, const char *registry_id,
				       const char *repository, const struct digest *digests,
				       size_t count, bool *ret_available, struct error *err);

/* What an ECR registry's host name says, in all partitions, dual-stack and FIPS forms:
 * "111122223333.dkr.ecr.eu-central-1.amazonaws.com". */
struct ecr_host {
	char account[13];
	char region[64];
};

/* Is `host` (no port) such a name? Fills *ret_host only then. */
bool ecr_host_parse(const char *host, struct ecr_host *ret_host);

/* "arn:aws:ecr:us-east-1:111122223333:repository/ns/name" taken apart. */
struct ecr_arn {
	char partition[32];
	char region[64];
	char account[13];
	char *repository; /* owned */
};

void ecr_arn_release(struct ecr_arn *arn);
int ecr_arn_parse(const char *text, struct ecr_arn *ret_arn, struct error *err);

/* The registry host that belongs to an account and region, without asking AWS ("….amazonaws.com",
 * or the partition's own suffix). Caller frees. */
char *ecr_registry_host(const char *account, const char *region);

#endif
