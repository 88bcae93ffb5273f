/* Inside the room: one request to a registry, with its scheme, login and refusals. */
#ifndef REGISTRY_REQUEST_H
#define REGISTRY_REQUEST_H

#include "registry/registry.h"

struct registry_request {
	const char *method;
	const char *path;       /* below the registry's address: "/v2/…" */
	const char *repository; /* for the login's scope */
	const char *actions;    /* "pull" or "pull,push" */
	const char *accept;     /* NULL: anything */
	const char *media_type; /* of the body; NULL: none */
	const struct buffer *body;
	size_t response_limit; /* bytes */
	bool follow_redirects;
};

/* Sends the request, again where a refusal has taught how to log in. Any status is a success. */
int registry_send(struct registry *registry, const struct registry_request *request,
		  struct http_response *ret_response, struct error *err);

/* "http://127.0.0.1:5000": where the registry answers. Valid once a request has succeeded, and then
 * for the registry's life; before that, what will be tried first. */
const char *registry_address(struct registry *registry);

/* The login for a request that is sent without registry_send(); see authenticator_type. */
int registry_authorize(struct registry *registry, const char *repository, const char *actions,
		       char **ret_value, struct error *err);
int registry_refused(struct registry *registry, const char *sent,
		     const struct http_response *response, struct error *err);

struct http_client *registry_http_client(const struct registry *registry);

/* Says in `request` which certificates the registry may show. */
void registry_set_trust(const struct registry *registry, struct http_request *request);

/* Most bytes of an error answer that are read. */
#define REGISTRY_ERROR_LIMIT ((size_t)64 * 1024)

/* Times a request is sent: as it is, with a login that has expired, with a new one. */
#define REGISTRY_LOGIN_ATTEMPTS 3

#endif
