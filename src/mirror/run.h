/*
 * A run: discover, expand, check, copy, in that order, and what came of it.
 *
 * Commands differ only in where they enter and where they stop: `list` stops after expand, a dry
 * run after check, `copy` enters at check with one item made from its flags.
 */
#ifndef MIRROR_RUN_H
#define MIRROR_RUN_H

#include "mirror/item.h"
#include "oci/platform.h"
#include "registry/credentials.h"
#include "trust/policy.h"

/* All strings are borrowed and must outlive the run. */
struct run_options {
	const char *region;      /* of --region; NULL: as the AWS environment says */
	const char *prefix;      /* NULL or "": none */
	const char *image_key;   /* resource tag that names the upstream image */
	const char *tag_key;     /* resource tag that names the upstream tags */
	const char *source;      /* copy only: name[:tag][@digest] */
	const char *destination; /* copy only: [host/]repository[:tag]; NULL: prefix/<source> */
	bool dry_run;
	size_t batch;             /* most images in flight; 0: as many as the limits allow */
	unsigned retry_times;     /* extra attempts of a whole image after a transient failure */
	bool check_layers;        /* ask ECR which layers it has, and leave those out */
	struct platform platform; /* wanted out of an index */
	const struct policy *policy;
	struct registry_credentials credentials; /* for the source (sync: Docker Hub alone) */
	bool insecure_source; /* neither verify the source's TLS certificates nor insist on TLS */

	/* Called once for each item of sync and copy when it has ended, one call at a time, from
	 * any thread. NULL: nobody is told. */
	void (*on_item)(void *context, const struct item *item);
	void *context;
};

struct run;

/* Opens a run: starts the network thread. `options` is copied, what it points to is borrowed. */
int run_new(const struct run_options *options, struct run **ret_run, struct error *err);
void run_free(struct run *run); /* NULL is fine */

static inline void run_release(struct run **run)
{
	run_free(*run);
}

/*
 * Each does its job once and gives a result that the caller releases with run_result_release().
 * -1 only where nothing could start: ERROR_USAGE for a malformed source, destination or tag key,
 * otherwise configuration, credentials or discovery. What goes wrong with an image is in
 * its item.
 */
int run_list(struct run *run, struct run_result *ret_result, struct error *err);
int run_sync(struct run *run, struct run_result *ret_result, struct error *err);
int run_copy(struct run *run, struct run_result *ret_result, struct error *err);

/* Starts no further image, and cuts off what is in flight `grace` milliseconds from now. Any
 * thread; a second call can only shorten the grace. The run's function then returns as usual: cut
 * off images are failed (ERROR_INTERRUPTED), those never started deferred. */
void run_stop(struct run *run, int64_t grace);

#endif
