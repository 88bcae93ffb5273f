#include "aws/ecr_answer.h"

#include "net/url.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define TOKEN_SIZE_LIMIT  65536 /* several KiB today; it becomes a header line */
#define TOKEN_LIFETIME    ((time_t)12 * 3600)
#define LATEST_EXPIRY     253402300799.0 /* the end of the year 9999 */
#define IMAGES_PER_ANSWER 10000          /* AWS: 1,000 */
#define LAYERS_PER_ANSWER 1000           /* AWS: 100 */

/* The list called `key`, with at most `limit` elements; NULL after an error. */
static const json_t *get_list(const json_t *document, const char *key, size_t limit,
			      struct error *err)
{
	const json_t *list = json_object_get(document, key);
	if (!json_is_array(list)) {
		error_set(err, ERROR_INVALID, "the answer has no list \"%s\"", key);
		return NULL;
	}
	if (json_array_size(list) > limit) {
		error_set(err, ERROR_INVALID, "the answer's \"%s\" has more than %zu elements", key,
			  limit);
		return NULL;
	}
	return list;
}

/* The token goes out in a header, so it must not bring line breaks along. */
static int read_token(const json_t *data, char **ret_token, struct error *err)
{
	const char *token = json_get_string(data, "authorizationToken");
	if (token == NULL)
		return error_set(err, ERROR_INVALID, "the answer has no authorizationToken");
	size_t size = 0;
	while (isalnum((unsigned char)token[size]) ||
	       (token[size] != '\0' && strchr("+/=", token[size]) != NULL))
		size++;
	if (size == 0 || size > TOKEN_SIZE_LIMIT || token[size] != '\0')
		return error_set(err, ERROR_INVALID,
				 "the answer's authorizationToken is malformed");
	*ret_token = string_copy(token);
	return 0;
}

static int read_endpoint(const json_t *data, char **ret_endpoint, struct error *err)
{
	const char *text = json_get_string(data, "proxyEndpoint");
	if (text == NULL)
		return error_set(err, ERROR_INVALID, "the answer has no proxyEndpoint");
	cleanup(url_release) struct url url = {0};
	if (url_parse(text, &url, err) < 0)
		return error_prefix(err, "the answer's proxyEndpoint");
	if (strcmp(url.path, "/") != 0 || url.query != NULL)
		return error_set(err, ERROR_INVALID,
				 "the answer's proxyEndpoint \"%.200s\" has a path", text);
	bool plain = strcmp(url.scheme, "http") == 0;
	if (plain && !host_is_loopback(url.host))
		return error_set(err, ERROR_INVALID,
				 "the answer's proxyEndpoint \"%.200s\" is not https: "
				 "the token would be readable on the way",
				 text);
	bool default_port = strcmp(url.port, plain ? "80" : "443") == 0;
	*ret_endpoint = string_format("%s://%s%s%s", url.scheme, url.host, default_port ? "" : ":",
				      default_port ? "" : url.port);
	return 0;
}

static int read_expiry(const json_t *data, time_t now, time_t *ret_time, struct error *err)
{
	const json_t *expires = json_object_get(data, "expiresAt");
	if (expires == NULL || json_is_null(expires)) {
		*ret_time = now + TOKEN_LIFETIME;
		return 0;
	}
	double seconds = json_is_number(expires) ? json_number_value(expires) : -1.0;
	if (!isfinite(seconds) || seconds < 0.0 || seconds > LATEST_EXPIRY)
		return error_set(err, ERROR_INVALID, "the answer's expiresAt is no time");
	*ret_time = (time_t)seconds;
	return 0;
}

int ecr_read_authorization(const json_t *document, time_t now,
			   struct ecr_authorization *ret_authorization, struct error *err)
{
	const json_t *list = get_list(document, "authorizationData", 100, err);
	if (list == NULL)
		return -1;
	if (json_array_size(list) == 0)
		return error_set(err, ERROR_INVALID, "the answer's authorizationData is empty");
	const json_t *data = json_array_get(list, 0);
	cleanup(ecr_authorization_release) struct ecr_authorization authorization = {0};
	if (read_token(data, &authorization.token, err) < 0 ||
	    read_endpoint(data, &authorization.proxy_endpoint, err) < 0 ||
	    read_expiry(data, now, &authorization.expires, err) < 0)
		return -1;
	*ret_authorization = authorization;
	authorization = (struct ecr_authorization){0};
	return 0;
}

static int read_image(const json_t *image, struct ecr_image_list *list, struct error *err)
{
	const char *tag = json_get_string(image, "imageTag");
	if (!json_is_object(image))
		return error_set(err, ERROR_INVALID, "the answer's imageIds hold something else");
	if (tag == NULL)
		return 0;
	const char *text = json_get_string(image, "imageDigest");
	struct digest digest;
	if (text == NULL)
		return error_set(err, ERROR_INVALID,
				 "the answer has no digest for the tag \"%.128s\"", tag);
	if (digest_parse(text, &digest, err) < 0)
		return error_prefix(err, "the answer's digest for the tag \"%.128s\"", tag);
	string_list_add(&list->tags, tag);
	string_list_add(&list->digests, digest.text);
	return 0;
}

int ecr_read_images(const json_t *document, struct ecr_image_list *list, char **ret_token,
		    struct error *err)
{
	const json_t *images = get_list(document, "imageIds", IMAGES_PER_ANSWER, err);
	if (images == NULL)
		return -1;
	for (size_t i = 0; i < json_array_size(images); i++) {
		if (read_image(json_array_get(images, i), list, err) < 0)
			return -1;
	}
	const json_t *token = json_object_get(document, "nextToken");
	if (token != NULL && !json_is_null(token) && !json_is_string(token))
		return error_set(err, ERROR_INVALID, "the answer's nextToken is no string");
	*ret_token = json_string_length(token) == 0 ? NULL : string_copy(json_string_value(token));
	return 0;
}

int ecr_read_layer_availability(const json_t *document, const struct digest *digests, size_t count,
				bool *available, struct error *err)
{
	const json_t *layers = get_list(document, "layers", LAYERS_PER_ANSWER, err);
	if (layers == NULL)
		return -1;
	for (size_t i = 0; i < json_array_size(layers); i++) {
		const json_t *layer = json_array_get(layers, i);
		const char *digest = json_get_string(layer, "layerDigest");
		const char *state = json_get_string(layer, "layerAvailability");
		if (digest == NULL || state == NULL)
			return error_set(err, ERROR_INVALID,
					 "a layer in the answer has no layerDigest "
					 "or no layerAvailability");
		for (size_t j = 0; strcmp(state, "AVAILABLE") == 0 && j < count; j++) {
			if (strcmp(digests[j].text, digest) == 0)
				available[j] = true;
		}
	}
	return 0;
}
