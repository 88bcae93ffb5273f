/* Blobs: opening an upload, mounting, and streaming. Distribution specification, "Pushing blobs".
 */
#include "registry/request.h"

#include "net/url.h"

#include <string.h>

static char *upload_path(const char *repository, const struct digest *digest,
			 const char *mount_from)
{
	if (mount_from == NULL)
		return string_format("/v2/%s/blobs/uploads/", repository);
	autofree char *encoded = url_encode(mount_from);
	return string_format("/v2/%s/blobs/uploads/?mount=%s&from=%s", repository, digest->text,
			     encoded);
}

int registry_start_upload(struct registry *registry, const char *repository,
			  const struct digest *digest, const char *mount_from, char **ret_location,
			  struct error *err)
{
	autofree char *path = upload_path(repository, digest, mount_from);
	const struct registry_request request = {
		.method = "POST",
		.path = path,
		.repository = repository,
		.actions = "pull,push",
		.response_limit = REGISTRY_ERROR_LIMIT,
	};
	cleanup(http_response_release) struct http_response response = {0};
	if (registry_send(registry, &request, &response, err) < 0)
		return error_prefix(err, "start upload");
	if (response.status == 201 && mount_from != NULL) {
		*ret_location = NULL;
		return 0;
	}
	if (response.status != 202)
		return registry_answer_error(&response, "start upload", err);
	const char *location = http_response_header(&response, "Location", 0);
	if (location == NULL)
		return error_set(err, ERROR_INVALID, "start upload: the answer has no Location");
	autofree char *base = string_format("%s%s", registry_address(registry), path);
	autofree char *resolved = NULL;
	if (url_resolve(base, location, &resolved, err) < 0)
		return error_prefix(err, "start upload: Location");
	if (strncmp(base, "https:", 6) == 0 && strncmp(resolved, "https:", 6) != 0)
		return error_set(err, ERROR_TLS,
				 "start upload: the registry names an address without TLS");
	*ret_location = take_pointer(resolved);
	return 0;
}

/* The upload's address with the digest that completes it. */
static char *completed_location(const char *location, const struct digest *digest)
{
	return string_format("%s%sdigest=%s", location, strchr(location, '?') == NULL ? "?" : "&",
			     digest->text);
}

/* An upload's address may be anywhere; the login is for the registry alone. */
static int add_destination_login(const struct blob_relay *relay, struct http_request *request,
				 struct error *err)
{
	if (!url_same_origin(relay->location, registry_address(relay->destination)))
		return 0;
	cleanup(string_wipe_free) char *value = NULL;
	if (registry_authorize(relay->destination, relay->destination_repository, "pull,push",
			       &value, err) < 0)
		return -1;
	if (value != NULL)
		http_request_header(request, "Authorization", value);
	return 0;
}

/* One try. *ret_again: the source asks for a login that has been learnt meanwhile. */
static int relay_once(const struct blob_relay *relay, struct http_relay_result *ret_result,
		      bool *ret_again, struct error *err)
{
	autofree char *source_url =
		string_format("%s/v2/%s/blobs/%s", registry_address(relay->source),
			      relay->source_repository, relay->digest.text);
	autofree char *destination_url = completed_location(relay->location, &relay->digest);
	struct http_relay request = {
		.source = {.method = "GET",
			   .url = source_url,
			   .follow_redirects = true,
			   .response_limit = REGISTRY_ERROR_LIMIT},
		.destination = {.method = "PUT",
				.url = destination_url,
				.response_limit = REGISTRY_ERROR_LIMIT},
		.size = relay->size,
		.digest = relay->digest,
	};
	registry_set_trust(relay->source, &request.source);
	registry_set_trust(relay->destination, &request.destination);
	cleanup(string_wipe_free) char *authorization = NULL;
	int result = registry_authorize(relay->source, relay->source_repository, "pull",
					&authorization, err);
	if (result == 0) {
		if (authorization != NULL)
			http_request_header(&request.source, "Authorization", authorization);
		http_request_header(&request.destination, "Content-Type",
				    "application/octet-stream");
		result = add_destination_login(relay, &request.destination, err);
	}
	if (result == 0)
		result = http_relay(registry_http_client(relay->source), &request, ret_result, err);
	http_request_release(&request.source);
	http_request_release(&request.destination);
	if (result < 0)
		return -1;
	int again = registry_refused(relay->source, authorization, &ret_result->source, err);
	*ret_again = again > 0;
	return again < 0 ? -1 : 0;
}

int registry_relay_blob(const struct blob_relay *relay, int64_t *ret_bytes, struct error *err)
{
	for (int attempt = 1;; attempt++) {
		cleanup(http_relay_result_release) struct http_relay_result result = {0};
		bool again = false;
		if (relay_once(relay, &result, &again, err) < 0)
			return -1;
		if (again && attempt < REGISTRY_LOGIN_ATTEMPTS)
			continue;
		if (result.source.status != 200)
			return registry_answer_error(&result.source, "download", err);
		if (result.destination.status != 201 && result.destination.status != 204)
			return registry_answer_error(&result.destination, "upload", err);
		*ret_bytes = result.bytes;
		return 0;
	}
}
