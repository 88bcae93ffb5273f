/*
 * How a registry client comes by its Authorization header. The client knows this interface alone;
 * ECR's way of logging in lives elsewhere.
 */
#ifndef REGISTRY_AUTHENTICATOR_H
#define REGISTRY_AUTHENTICATOR_H

#include "net/http.h"

struct authenticator;

struct authenticator_type {
	/*
	 * The header's value for requests to `repository` with `actions` ("pull" or "pull,push"),
	 * or NULL to send none. *ret_value is a secret, the caller wipes and frees it. May block
	 * while another thread fetches the same token. Any thread.
	 */
	int (*authorize)(struct authenticator *authenticator, const char *repository,
			 const char *actions, char **ret_value, struct error *err);

	/*
	 * The server refused (401 or 403) a request to `url` that carried `sent` (NULL: nothing).
	 * 1: something was learnt, send it again; 0: the refusal stands; -1: *err. Any thread.
	 */
	int (*refused)(struct authenticator *authenticator, const char *url, const char *sent,
		       const struct http_response *response, struct error *err);

	void (*free)(struct authenticator *authenticator);
};

struct authenticator {
	const struct authenticator_type *type;
};

#endif
