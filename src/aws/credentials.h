/*
 * Where AWS credentials come from: a list of small providers, asked in the order of the AWS SDKs
 * (environment, web identity, profile, container).
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 *
 * A source that is configured and cannot be used yet is refused by name: going on to the next one
 * would silently act as somebody else.
 */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include "aws/profile.h"

struct credentials {
	char *access_key_id; /* owned, as all; wiped on release */
	char *secret_access_key;
	char *session_token; /* NULL for long-term keys */
};

void credentials_release(struct credentials *credentials);

struct credential_provider {
	const char *name; /* for the debug log */
	/* 1: found; 0: this source is not configured; -1: it is, and fails. */
	int (*provide)(const struct profile *profile, struct credentials *ret_credentials,
		       struct error *err);
};

/*
 * Asks the providers one after the other. Reads the environment; any thread.
 * ERROR_CREDENTIALS: there are none (says where was looked). ERROR_CONFIGURATION: half a pair, or
 * characters that no key has. ERROR_UNSUPPORTED: names the source that is not supported yet.
 */
int credentials_find(const struct profile *profile, struct credentials *ret_credentials,
		     struct error *err);

#endif
