/*
 * Check: does ECR have what upstream has?
 *
 * Costs one HEAD upstream, and one GET more where the tag names an index and the wanted platform
 * has to be looked up; at ECR one call for a whole repository. Writes nothing.
 */
#ifndef MIRROR_CHECK_H
#define MIRROR_CHECK_H

#include "mirror/destination.h"
#include "mirror/item.h"
#include "mirror/sources.h"
#include "oci/platform.h"
#include "trust/policy.h"

/* What check and copy work with; all borrowed, shared by all workers. */
struct mirror_context {
	struct sources *sources;
	struct destination *destination;
	const struct policy *policy;
	struct platform platform; /* wanted out of an index */
	bool check_layers;        /* ask which layers the destination has */
	struct transfer_slots *slots;
};

/*
 * Fills the item's verdict and digests: VERDICT_MISSING or VERDICT_STALE (to be copied),
 * VERDICT_CURRENT (outcome set), or one that ends the item: VERDICT_GONE, VERDICT_REJECTED,
 * VERDICT_FAILED, with outcome and error set. Any thread, one item by one thread.
 */
void check_item(const struct mirror_context *context, struct item *item);

/* What to do about an error that an upstream registry's answer led to. Returns -1. */
int add_source_hint(const struct item *item, struct error *err);

#endif
