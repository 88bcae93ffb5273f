/* Manifests: HEAD, GET, PUT. Distribution specification, "Pulling manifests", "Pushing Manifests".
 */
#include "registry/request.h"

#include "oci/manifest.h"

#include <string.h>

/* All six, or a registry may convert what it has into what it thinks we understand. */
#define ACCEPT_MANIFESTS                                                                           \
	MEDIA_TYPE_OCI_INDEX ", " MEDIA_TYPE_DOCKER_LIST ", " MEDIA_TYPE_OCI_MANIFEST              \
			     ", " MEDIA_TYPE_DOCKER_MANIFEST ", " MEDIA_TYPE_DOCKER_SIGNED1        \
			     ", " MEDIA_TYPE_DOCKER_SCHEMA1

void manifest_info_release(struct manifest_info *info)
{
	free(info->media_type);
	*info = (struct manifest_info){0};
}

void manifest_content_release(struct manifest_content *content)
{
	buffer_release(&content->body);
	free(content->media_type);
	*content = (struct manifest_content){0};
}

static char *manifest_path(const char *repository, const char *reference)
{
	return string_format("/v2/%s/manifests/%s", repository, reference);
}

static int request_manifest(struct registry *registry, const char *method, const char *repository,
			    const char *reference, struct http_response *ret_response,
			    struct error *err)
{
	autofree char *path = manifest_path(repository, reference);
	const struct registry_request request = {
		.method = method,
		.path = path,
		.repository = repository,
		.actions = "pull",
		.accept = ACCEPT_MANIFESTS,
		.response_limit = MANIFEST_SIZE_LIMIT,
		.follow_redirects = true,
	};
	return registry_send(registry, &request, ret_response, err);
}

/* The digest that the answer says the manifest has; unset where it does not. */
static int read_digest_header(const struct http_response *response, struct digest *ret_digest,
			      struct error *err)
{
	const char *value = http_response_header(response, "Docker-Content-Digest", 0);
	if (value == NULL || value[0] == '\0')
		return 0;
	if (digest_parse(value, ret_digest, err) < 0)
		return error_prefix(err, "Docker-Content-Digest");
	return 0;
}

/* The digest that a request was for; unset where it was for a tag. */
static int read_asked_digest(const char *reference, struct digest *ret_digest, struct error *err)
{
	return strchr(reference, ':') == NULL ? 0 : digest_parse(reference, ret_digest, err);
}

static char *read_media_type(const struct http_response *response)
{
	const char *value = http_response_header(response, "Content-Type", 0);
	return string_copy(value == NULL ? "" : value);
}

int registry_get_manifest(struct registry *registry, const char *repository, const char *reference,
			  struct manifest_content *ret_content, struct error *err)
{
	cleanup(http_response_release) struct http_response response = {0};
	if (request_manifest(registry, "GET", repository, reference, &response, err) < 0)
		return error_prefix(err, "manifest");
	if (response.status != 200)
		return registry_answer_error(&response, "manifest", err);

	struct digest found = digest_of(buffer_string(&response.body), response.body.size);
	struct digest expected = {0};
	if (read_asked_digest(reference, &expected, err) < 0 ||
	    (!digest_is_set(&expected) && read_digest_header(&response, &expected, err) < 0))
		return -1;
	if (digest_is_set(&expected) && !digest_equal(&expected, &found))
		return error_set(err, ERROR_DIGEST,
				 "manifest: the content's digest is %s, expected %s", found.text,
				 expected.text);
	ret_content->media_type = read_media_type(&response);
	ret_content->digest = found;
	ret_content->body = response.body;
	response.body = (struct buffer){0};
	return 0;
}

/* HEAD says no, and a HEAD's answer has no words: GET has, or works after all. */
static int get_info(struct registry *registry, const char *repository, const char *reference,
		    struct manifest_info *ret_info, struct error *err)
{
	cleanup(manifest_content_release) struct manifest_content content = {0};
	if (registry_get_manifest(registry, repository, reference, &content, err) < 0)
		return -1;
	ret_info->digest = content.digest;
	ret_info->media_type = take_pointer(content.media_type);
	return 0;
}

int registry_head_manifest(struct registry *registry, const char *repository, const char *reference,
			   struct manifest_info *ret_info, struct error *err)
{
	cleanup(http_response_release) struct http_response response = {0};
	if (request_manifest(registry, "HEAD", repository, reference, &response, err) < 0)
		return error_prefix(err, "manifest");
	if (response.status >= 400 && response.status < 500 && response.status != 429)
		return get_info(registry, repository, reference, ret_info, err);
	if (response.status != 200)
		return registry_answer_error(&response, "manifest", err);
	struct digest asked = {0};
	struct digest told = {0};
	if (read_asked_digest(reference, &asked, err) < 0 ||
	    read_digest_header(&response, &told, err) < 0)
		return -1;
	if (digest_is_set(&asked) && digest_is_set(&told) && !digest_equal(&asked, &told))
		return error_set(err, ERROR_DIGEST,
				 "manifest: the registry says the digest is %s, expected %s",
				 told.text, asked.text);
	ret_info->digest = digest_is_set(&asked) ? asked : told;
	ret_info->media_type = read_media_type(&response);
	return 0;
}

int registry_put_manifest(struct registry *registry, const char *repository, const char *reference,
			  const char *media_type, const struct buffer *body, struct error *err)
{
	autofree char *path = manifest_path(repository, reference);
	const struct registry_request request = {
		.method = "PUT",
		.path = path,
		.repository = repository,
		.actions = "pull,push",
		.media_type = media_type,
		.body = body,
		.response_limit = REGISTRY_ERROR_LIMIT,
	};
	cleanup(http_response_release) struct http_response response = {0};
	if (registry_send(registry, &request, &response, err) < 0)
		return error_prefix(err, "put manifest");
	if (response.status < 200 || response.status > 299)
		return registry_answer_error(&response, "put manifest", err);
	return 0;
}
