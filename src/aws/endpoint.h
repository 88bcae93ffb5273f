/*
 * Which URL an AWS service is called at.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * Any thread; reads the environment.
 */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include "aws/profile.h"

enum aws_service {
	AWS_SERVICE_ECR,
	AWS_SERVICE_TAGGING, /* Resource Groups Tagging API */
};
#define AWS_SERVICE_COUNT (AWS_SERVICE_TAGGING + 1)

/* The same service has many names. */
struct service_names {
	const char *signing; /* in the scope of a signature */
	const char *action;  /* before the colon of an IAM action */
	const char *target;  /* before the dot of X-Amz-Target */
	const char *setting; /* in a `services` section of the config file */
	const char *variable;
	const char *host; /* first label(s) of the host; the others for FIPS and dual-stack */
	const char *fips_host;
	const char *dual_stack_host;
};

/* Static storage. */
const struct service_names *service_names(enum aws_service service);

/* AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT, or the profile's keys for them. */
struct endpoint_variant {
	bool fips;
	bool dual_stack;
};

/* ERROR_CONFIGURATION for values that are neither true nor false. */
int endpoint_variant_read(const struct profile *profile, struct endpoint_variant *ret_variant,
			  struct error *err);

struct endpoint {
	char *url;          /* owned, as all */
	char *host;         /* of the Host header: with the port where it is not the default one */
	char *path;         /* of the URL, at least "/" */
	const char *source; /* the setting that gave it; static; NULL for AWS's own endpoint */
};

void endpoint_release(struct endpoint *endpoint);

/*
 * The endpoint of a service: the service's own variable, AWS_ENDPOINT_URL, the profile's `services`
 * section, its endpoint_url, and else AWS's own for region and partition, plain, FIPS or
 * dual-stack. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS (or the profile's key) leaves only AWS's own.
 * ERROR_CONFIGURATION: a malformed URL (named by its setting), or one together with FIPS or
 * dual-stack.
 */
int endpoint_find(enum aws_service service, const char *region, const struct profile *profile,
		  const struct endpoint_variant *variant, struct endpoint *ret_endpoint,
		  struct error *err);

#endif
