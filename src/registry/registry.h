/*
 * A client of one registry: OCI distribution specification 1.1.
 *
 * A registry is one host. Requests to it start with https; see registry_options for when plain
 * http is tried. The first request to a host goes alone, so that what it teaches (scheme, way of
 * authenticating) is learnt once. Any number of threads may use a registry at the same time.
 *
 * Errors carry the status and the registry's own words (its "errors" list, specification section
 * "Error Codes"): ERROR_CREDENTIALS (401), ERROR_DENIED (403), ERROR_NOT_FOUND (404),
 * ERROR_IMMUTABLE (400 TAG_INVALID that says so), ERROR_UNSUPPORTED (405), ERROR_THROTTLED (429),
 * ERROR_SERVER, ERROR_INVALID, ERROR_DIGEST, and those of net/http.h.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "net/http.h"
#include "oci/digest.h"
#include "registry/authenticator.h"

#include <stdbool.h>

struct registry;

struct registry_options {
	const char *host;    /* with port, as in a reference; "docker.io" for Docker Hub */
	const char *scheme;  /* "http" or "https" where it is known; NULL: https, and plain http
			      * where that does not answer, if the host is a loopback address or
			      * `insecure` is set */
	bool insecure;       /* do not verify certificates */
	const char *ca_file; /* PEM file of the authorities to trust; NULL: the system's */
	struct authenticator *authenticator; /* owned by the registry from here on */
};

/* `client` is borrowed; all of `options` is copied. */
struct registry *registry_new(struct http_client *client, const struct registry_options *options)
	__attribute__((returns_nonnull));
void registry_free(struct registry *registry); /* NULL is fine */

/* The host as in references. Borrowed. */
const char *registry_host(const struct registry *registry);

/* What the manifest that a tag or digest names is, without its content. */
struct manifest_info {
	struct digest digest; /* unset where the registry does not say */
	char *media_type;     /* owned; "" where the registry does not say */
};

void manifest_info_release(struct manifest_info *info);

/* A manifest's bytes as they came. */
struct manifest_content {
	struct buffer body;
	char *media_type;     /* of Content-Type, owned; "" where there was none */
	struct digest digest; /* of the bytes */
};

void manifest_content_release(struct manifest_content *content);

/* `reference` is a tag or a digest. One HEAD; where that is refused, a GET tells why. */
int registry_head_manifest(struct registry *registry, const char *repository, const char *reference,
			   struct manifest_info *ret_info, struct error *err);

/* ERROR_DIGEST where the bytes have not the digest asked for, or not the one that the registry
 * says they have. ERROR_TOO_LARGE over 4 MiB. */
int registry_get_manifest(struct registry *registry, const char *repository, const char *reference,
			  struct manifest_content *ret_content, struct error *err);

/* Puts the bytes as they are. `media_type` goes into Content-Type. */
int registry_put_manifest(struct registry *registry, const char *repository, const char *reference,
			  const char *media_type, const struct buffer *body, struct error *err);

/*
 * Opens an upload. Where `mount_from` names a repository of the same registry that has the blob,
 * the registry is asked to mount it: *ret_location is NULL where it did. Otherwise *ret_location is
 * the absolute URL to upload to (caller frees).
 */
int registry_start_upload(struct registry *registry, const char *repository,
			  const struct digest *digest, const char *mount_from, char **ret_location,
			  struct error *err);

/* A blob's way from one registry into an upload that was opened in another. */
struct blob_relay {
	struct registry *source;
	const char *source_repository;
	struct registry *destination;
	const char *destination_repository;
	const char *location; /* of the upload */
	struct digest digest;
	int64_t size; /* bytes */
};

/*
 * Streams the blob and completes the upload with it (one PUT, section "Single POST then PUT").
 * Size and digest are verified before the upload can complete. Gives the bytes received.
 * The error's message says which side failed.
 */
int registry_relay_blob(const struct blob_relay *relay, int64_t *ret_bytes, struct error *err);

/* Reads the registry's error answer into *err; `what` says what was tried. Returns -1. */
int registry_answer_error(const struct http_response *response, const char *what,
			  struct error *err);

#endif
