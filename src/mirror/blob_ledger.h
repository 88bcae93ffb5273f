/*
 * What is known about blobs at the destination, shared by all workers: which repository has
 * which, and which is being uploaded at this moment, so that none is uploaded twice to the same
 * repository. Any thread.
 */
#ifndef MIRROR_BLOB_LEDGER_H
#define MIRROR_BLOB_LEDGER_H

#include "oci/digest.h"

#include <stdbool.h>

struct blob_ledger;

struct blob_ledger *blob_ledger_new(void) __attribute__((returns_nonnull));
void blob_ledger_free(struct blob_ledger *ledger); /* NULL is fine */

/* Is the blob known to be in the repository? Does not wait. */
bool blob_ledger_has(struct blob_ledger *ledger, const char *repository,
		     const struct digest *digest);

/*
 * True: the caller is to upload the blob, and must call blob_ledger_settle() afterwards, whatever
 * came of it. False: the repository has it. Waits while another thread uploads it; where that
 * one fails, the next in line is told to upload.
 */
bool blob_ledger_claim(struct blob_ledger *ledger, const char *repository,
		       const struct digest *digest);

/* The blob is (`present`) or is not in the repository. */
void blob_ledger_settle(struct blob_ledger *ledger, const char *repository,
			const struct digest *digest, bool present);

/* A manifest that refers to the blob is in the repository now: other repositories of the registry
 * may mount it from there. */
void blob_ledger_commit(struct blob_ledger *ledger, const char *repository,
			const struct digest *digest);

/* Another repository that the blob can be mounted from; NULL where none is known. Caller frees. */
char *blob_ledger_mount_source(struct blob_ledger *ledger, const char *repository,
			       const struct digest *digest);

#endif
