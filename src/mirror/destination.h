/*
 * The ECR registry that images are mirrored to, and what is known about it in this run.
 * Any thread.
 */
#ifndef MIRROR_DESTINATION_H
#define MIRROR_DESTINATION_H

#include "aws/ecr.h"
#include "mirror/blob_ledger.h"
#include "registry/registry.h"

struct destination;

/*
 * Logs in. `host` is the registry that the user named, with port where one was given; NULL: the
 * account's own. ERROR_USAGE where `host` is neither the account's registry nor an ECR registry: it
 * would be sent ECR's password. `session` and `client` are borrowed.
 */
int destination_new(struct aws_session *session, struct http_client *client, const char *host,
		    struct destination **ret_destination, struct error *err);
void destination_free(struct destination *destination); /* NULL is fine */

static inline void destination_release(struct destination **destination)
{
	destination_free(*destination);
}

struct registry *destination_registry(struct destination *destination);
struct blob_ledger *destination_ledger(struct destination *destination);

/*
 * The digest that a tag names; unset where there is no such tag. The repository is asked once in
 * a run, at first need, while other threads wait; its failure is everybody's.
 */
int destination_tag(struct destination *destination, const char *repository, const char *tag,
		    struct digest *ret_digest, struct error *err);

/* Another attempt is made: a transient failure of asking for the repository is forgotten. */
void destination_retry(struct destination *destination, const char *repository);

/* Which blobs does the repository have? As ecr_batch_check_layer_availability(). */
int destination_blobs(struct destination *destination, const char *repository,
		      const struct digest *digests, size_t count, bool *ret_available,
		      struct error *err);

#endif
