/* Names that belong to ECR, beyond what ecr.h offers to others. No I/O; any thread. */
#ifndef AWS_ECR_ADDRESS_H
#define AWS_ECR_ADDRESS_H

#include "aws/endpoint.h"

/* The registry host of an account and region in a variant; NULL where the partition has no
 * dual-stack registries. Caller frees. */
char *ecr_registry_host_variant(const char *account, const char *region,
				const struct endpoint_variant *variant);

#endif
