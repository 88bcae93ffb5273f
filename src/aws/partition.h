/*
 * AWS partitions: the groups of regions that share DNS suffixes.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 * No I/O; any thread.
 */
#ifndef AWS_PARTITION_H
#define AWS_PARTITION_H

#include "base/error.h"

struct partition {
	const char *name;                /* as in an ARN: "aws-cn" */
	const char *region_prefix;       /* "" for the partition of all other regions */
	const char *suffix;              /* of service and registry hosts */
	const char *dual_stack_suffix;   /* of service hosts reachable over IPv6 too */
	const char *dual_stack_registry; /* of such registry hosts; NULL where there are none */
};

#define REGION_SIZE                                                                                \
	64 /* of a buffer for a region's name; a DNS label has at most 63 characters               \
	    */

/* All partitions, ended by one without a name. */
extern const struct partition partitions[];

/* The partition that a region lies in; new regions of the main one are found without knowing them.
 * Static storage, never NULL. */
const struct partition *partition_of_region(const char *region);

/* The name becomes part of a host name: ERROR_CONFIGURATION where it is not of the form that
 * regions have (lower-case letters, digits, hyphens inside). */
int region_check(const char *region, struct error *err);

#endif
