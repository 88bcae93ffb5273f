#include "registry/request.h"

#include "base/json.h"
#include "base/log.h"
#include "net/url.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

enum acquaintance {
	UNKNOWN,    /* no request yet */
	SOUNDING,   /* the first request is under way, others wait */
	UNANSWERED, /* it failed: everybody tries */
	KNOWN,
};

struct registry {
	struct http_client *client;
	struct authenticator *authenticator;
	char *host;
	char *secure_address; /* NULL where only http is to be used */
	char *plain_address;  /* NULL where http is not to be tried */
	char *ca_file;        /* NULL: the system's authorities */
	bool insecure;

	pthread_mutex_t mutex; /* guards the following */
	pthread_cond_t changed;
	enum acquaintance acquaintance;
	const char *address; /* one of the two */
};

/* Docker Hub's references say docker.io, its registry is elsewhere. */
static const char *network_host(const char *host)
{
	return strcmp(host, "docker.io") == 0 ? "registry-1.docker.io" : host;
}

struct registry *registry_new(struct http_client *client, const struct registry_options *options)
{
	bool secure = options->scheme == NULL || strcmp(options->scheme, "https") == 0;
	bool plain = options->scheme == NULL ? options->insecure || host_is_loopback(options->host)
					     : !secure;
	const char *host = network_host(options->host);

	struct registry *registry = memory_allocate(sizeof(*registry));
	registry->client = client;
	registry->authenticator = options->authenticator;
	registry->host = string_copy(options->host);
	registry->insecure = options->insecure;
	registry->ca_file = string_copy(options->ca_file);
	registry->secure_address = secure ? string_format("https://%s", host) : NULL;
	registry->plain_address = plain ? string_format("http://%s", host) : NULL;
	registry->address = secure ? registry->secure_address : registry->plain_address;
	pthread_mutex_init(&registry->mutex, NULL);
	pthread_cond_init(&registry->changed, NULL);
	return registry;
}

void registry_free(struct registry *registry)
{
	if (registry == NULL)
		return;
	registry->authenticator->type->free(registry->authenticator);
	pthread_cond_destroy(&registry->changed);
	pthread_mutex_destroy(&registry->mutex);
	free(registry->host);
	free(registry->ca_file);
	free(registry->secure_address);
	free(registry->plain_address);
	free(registry);
}

const char *registry_host(const struct registry *registry)
{
	return registry->host;
}

struct http_client *registry_http_client(const struct registry *registry)
{
	return registry->client;
}

void registry_set_trust(const struct registry *registry, struct http_request *request)
{
	request->insecure_tls = registry->insecure;
	request->ca_file = registry->ca_file;
}

const char *registry_address(struct registry *registry)
{
	pthread_mutex_lock(&registry->mutex);
	const char *address = registry->address;
	pthread_mutex_unlock(&registry->mutex);
	return address;
}

/* --- the first request --------------------------------------------------------------------- */

/* True where the caller's request is the first one, which teaches the rest. */
static bool become_first(struct registry *registry)
{
	pthread_mutex_lock(&registry->mutex);
	while (registry->acquaintance == SOUNDING)
		pthread_cond_wait(&registry->changed, &registry->mutex);
	bool first = registry->acquaintance == UNKNOWN;
	if (first)
		registry->acquaintance = SOUNDING;
	pthread_mutex_unlock(&registry->mutex);
	return first;
}

/* Lets the others go on. After a failure they are no wiser, but need not fail one by one. */
static void end_sounding(struct registry *registry, bool answered)
{
	pthread_mutex_lock(&registry->mutex);
	if (registry->acquaintance != KNOWN) {
		registry->acquaintance = answered ? KNOWN : UNANSWERED;
		pthread_cond_broadcast(&registry->changed);
	}
	pthread_mutex_unlock(&registry->mutex);
}

/* --- requests ------------------------------------------------------------------------------ */

int registry_authorize(struct registry *registry, const char *repository, const char *actions,
		       char **ret_value, struct error *err)
{
	return registry->authenticator->type->authorize(registry->authenticator, repository,
							actions, ret_value, err);
}

int registry_refused(struct registry *registry, const char *sent,
		     const struct http_response *response, struct error *err)
{
	if (response->status != 401 && response->status != 403)
		return 0;
	/* Another host that a redirect has led to has no say in who is asked for a token. */
	const char *address = registry_address(registry);
	if (response->url == NULL || !url_same_origin(response->url, address))
		return 0;
	return registry->authenticator->type->refused(registry->authenticator, address, sent,
						      response, err);
}

static int send_to(struct registry *registry, const char *address,
		   const struct registry_request *wanted, const char *authorization,
		   struct http_response *ret_response, struct error *err)
{
	autofree char *url = string_format("%s%s", address, wanted->path);
	cleanup(http_request_release) struct http_request request = {
		.method = wanted->method,
		.url = url,
		.body = wanted->body == NULL ? NULL : buffer_string(wanted->body),
		.body_size = wanted->body == NULL ? 0 : wanted->body->size,
		.response_limit = wanted->response_limit,
		.follow_redirects = wanted->follow_redirects,
	};
	registry_set_trust(registry, &request);
	if (wanted->accept != NULL)
		http_request_header(&request, "Accept", wanted->accept);
	if (wanted->media_type != NULL)
		http_request_header(&request, "Content-Type", wanted->media_type);
	if (authorization != NULL)
		http_request_header(&request, "Authorization", authorization);
	return http_fetch(registry->client, &request, ret_response, err);
}

/* Where https is not answered, plain http is tried if that is allowed; what works is kept. */
static int send_either_way(struct registry *registry, const struct registry_request *request,
			   const char *authorization, struct http_response *ret_response,
			   struct error *err)
{
	pthread_mutex_lock(&registry->mutex);
	const char *address = registry->address;
	bool settled = registry->acquaintance == KNOWN || registry->plain_address == NULL ||
		       address == registry->plain_address;
	pthread_mutex_unlock(&registry->mutex);
	if (send_to(registry, address, request, authorization, ret_response, err) == 0)
		return 0;
	if (settled || (err->kind != ERROR_NETWORK && err->kind != ERROR_TIMEOUT))
		return -1;

	log_debug("%s does not answer https, trying plain http", registry->host);
	struct error secure = *err;
	if (send_to(registry, registry->plain_address, request, authorization, ret_response, err) <
	    0) {
		struct error plain = *err;
		return error_set(err, plain.kind, "%.400s; over plain http: %.400s", secure.message,
				 plain.message);
	}
	pthread_mutex_lock(&registry->mutex);
	registry->address = registry->plain_address;
	pthread_mutex_unlock(&registry->mutex);
	return 0;
}

static int send_with_login(struct registry *registry, const struct registry_request *request,
			   struct http_response *ret_response, struct error *err)
{
	for (int attempt = 1;; attempt++) {
		cleanup(string_wipe_free) char *authorization = NULL;
		cleanup(http_response_release) struct http_response response = {0};
		if (registry_authorize(registry, request->repository, request->actions,
				       &authorization, err) < 0 ||
		    send_either_way(registry, request, authorization, &response, err) < 0)
			return -1;
		int again = registry_refused(registry, authorization, &response, err);
		if (again < 0)
			return -1;
		if (again == 0 || attempt == REGISTRY_LOGIN_ATTEMPTS) {
			*ret_response = response;
			response = (struct http_response){0};
			return 0;
		}
	}
}

int registry_send(struct registry *registry, const struct registry_request *request,
		  struct http_response *ret_response, struct error *err)
{
	bool first = become_first(registry);
	int result = send_with_login(registry, request, ret_response, err);
	if (first || result == 0)
		end_sounding(registry, result == 0);
	return result;
}

/* --- errors -------------------------------------------------------------------------------- */

/* Appends "CODE: message" of each entry of the answer's "errors", as far as it can be read. */
static void describe(const struct http_response *response, struct buffer *text)
{
	struct error ignored;
	autojson json_t *json = NULL;
	if (json_parse_object(buffer_string(&response->body), response->body.size, &json,
			      &ignored) < 0)
		return;
	size_t index;
	json_t *entry;
	json_array_foreach (json_object_get(json, "errors"), index, entry) {
		const char *code = json_get_string(entry, "code");
		const char *message = json_get_string(entry, "message");
		buffer_printf(text, "%s%s%s%.600s", index == 0 ? ": " : "; ",
			      code == NULL ? "" : code, code == NULL || message == NULL ? "" : ": ",
			      message == NULL ? "" : message);
	}
	const char *details = json_get_string(json, "details"); /* Docker Hub's token service */
	if (text->size == 0 && details != NULL)
		buffer_printf(text, ": %.600s", details);
}

static bool is_plain_text(const struct http_response *response)
{
	const char *type = http_response_header(response, "Content-Type", 0);
	return type != NULL && strncasecmp(type, "text/plain", 10) == 0;
}

int registry_answer_error(const struct http_response *response, const char *what, struct error *err)
{
	cleanup(buffer_release) struct buffer text = BUFFER_INIT(4096);
	describe(response, &text);
	if (text.size == 0 && response->body.size > 0 && is_plain_text(response))
		buffer_printf(&text, ": %.300s", buffer_string(&response->body));

	enum error_kind kind = error_kind_of_http_status(response->status);
	const char *words = buffer_string(&text);
	if (response->status == 400 && strstr(words, "TAG_INVALID") != NULL &&
	    strstr(words, "immutable") != NULL)
		kind = ERROR_IMMUTABLE;
	error_set(err, kind, "%s: HTTP %d%s", what, response->status, words);
	err->http_status = response->status;
	return -1;
}
