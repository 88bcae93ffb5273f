#include "registry/token_authenticator.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "net/url.h"
#include "registry/challenge.h"
#include "registry/registry.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#define TOKEN_ANSWER_LIMIT ((size_t)1024 * 1024)

/* Milliseconds for an answer; every image behind it waits. */
#define TOKEN_TIMEOUT 30000

/* Milliseconds before its end from which on a token is no longer used for a new request. */
#define EXPIRY_MARGIN 10000

enum scheme {
	SCHEME_UNKNOWN, /* not asked for any yet */
	SCHEME_BASIC,
	SCHEME_BEARER,
};

struct token {
	char *scope;     /* "repository:library/nginx:pull" */
	char *value;     /* "Bearer …"; NULL until fetched */
	int64_t expires; /* clock_milliseconds() */
	bool fetching;
	struct error failure; /* of the last fetch; kind ERROR_NONE where it went well */
	struct token *next;
};

struct token_authenticator {
	struct authenticator base; /* first, so that one is the other */
	struct http_client *client;
	struct registry_credentials credentials;
	bool insecure_tls;

	pthread_mutex_t mutex; /* guards the following */
	pthread_cond_t changed;
	enum scheme scheme;
	char *realm;
	char *service;
	struct token *tokens;
};

/* --- the token service --------------------------------------------------------------------- */

void token_answer_release(struct token_answer *answer)
{
	string_wipe_free(&answer->token);
}

int token_answer_parse(const char *data, size_t size, struct token_answer *ret_answer,
		       struct error *err)
{
	autojson json_t *json = NULL;
	if (json_parse_object(data, size, &json, err) < 0)
		return -1;
	const char *token = json_get_string(json, "token");
	if (token == NULL || token[0] == '\0')
		token = json_get_string(json, "access_token");
	if (token == NULL || token[0] == '\0')
		return error_set(err, ERROR_INVALID, "the answer holds no token");
	if (strpbrk(token, "\r\n") != NULL)
		return error_set(err, ERROR_INVALID, "the token holds a line break");
	int64_t seconds = json_integer_value(json_object_get(json, "expires_in"));
	if (seconds < 60)
		seconds = 60;
	*ret_answer = (struct token_answer){
		.token = string_copy(token),
		.seconds = seconds < 86400 ? seconds : 86400,
	};
	return 0;
}

/* "Basic <base64 of username:password>". */
static char *basic_value(const struct registry_credentials *credentials)
{
	cleanup(string_wipe_free) char *plain =
		string_format("%s:%s", credentials->username,
			      credentials->password == NULL ? "" : credentials->password);
	size_t size = strlen(plain);
	cleanup(string_wipe_free) char *encoded = memory_allocate((size + 2) / 3 * 4 + 1);
	EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)plain, (int)size);
	return string_format("Basic %s", encoded);
}

static char *token_url(const struct token_authenticator *authenticator, const char *realm,
		       const char *service, const char *scope)
{
	cleanup(buffer_release) struct buffer url = BUFFER_UNLIMITED;
	autofree char *encoded_scope = url_encode(scope);
	buffer_printf(&url, "%s%sscope=%s", realm, strchr(realm, '?') == NULL ? "?" : "&",
		      encoded_scope);
	if (service != NULL) {
		autofree char *encoded = url_encode(service);
		buffer_printf(&url, "&service=%s", encoded);
	}
	if (authenticator->credentials.username != NULL) {
		autofree char *encoded = url_encode(authenticator->credentials.username);
		buffer_printf(&url, "&account=%s", encoded);
	}
	return buffer_take(&url);
}

static int fetch_token(const struct token_authenticator *authenticator, const char *realm,
		       const char *service, const char *scope, struct token_answer *ret_answer,
		       struct error *err)
{
	autofree char *url = token_url(authenticator, realm, service, scope);
	cleanup(http_request_release) struct http_request request = {
		.method = "GET",
		.url = url,
		.response_limit = TOKEN_ANSWER_LIMIT,
		.timeout = TOKEN_TIMEOUT,
		.insecure_tls = authenticator->insecure_tls,
	};
	if (authenticator->credentials.username != NULL) {
		cleanup(string_wipe_free) char *value = basic_value(&authenticator->credentials);
		http_request_header(&request, "Authorization", value);
	}
	cleanup(http_response_release) struct http_response response = {0};
	if (http_fetch(authenticator->client, &request, &response, err) < 0)
		return error_prefix(err, "token service");
	int result = response.status == 200
			     ? token_answer_parse(buffer_string(&response.body), response.body.size,
						  ret_answer, err)
			     : registry_answer_error(&response, "token", err);
	if (response.body.size > 0)
		memory_wipe(response.body.data, response.body.size);
	if (result == 0)
		return 0;
	/* A token service that is not there says nothing about the image. */
	if (err->kind == ERROR_NOT_FOUND)
		err->kind = ERROR_INVALID;
	err->http_status = 0;
	return error_prefix(err, "token service %.*s", (int)strcspn(realm, "?"), realm);
}

/* --- tokens, shared by all threads --------------------------------------------------------- */

static struct token *find_token(struct token_authenticator *authenticator, const char *scope)
{
	struct token *token = authenticator->tokens;
	while (token != NULL && strcmp(token->scope, scope) != 0)
		token = token->next;
	if (token == NULL) {
		token = memory_allocate(sizeof(*token));
		token->scope = string_copy(scope);
		token->next = authenticator->tokens;
		authenticator->tokens = token;
	}
	return token;
}

/* Called with the mutex held, which is let go while the token service is asked. */
static int renew_token(struct token_authenticator *authenticator, struct token *token,
		       struct error *err)
{
	token->fetching = true;
	autofree char *realm = string_copy(authenticator->realm);
	autofree char *service = string_copy(authenticator->service);
	pthread_mutex_unlock(&authenticator->mutex);
	cleanup(token_answer_release) struct token_answer answer = {0};
	int result = fetch_token(authenticator, realm, service, token->scope, &answer, err);
	pthread_mutex_lock(&authenticator->mutex);

	token->fetching = false;
	token->failure = result < 0 ? *err : (struct error){0};
	pthread_cond_broadcast(&authenticator->changed);
	if (result < 0)
		return -1;
	string_wipe_free(&token->value);
	token->value = string_format("Bearer %s", answer.token);
	token->expires = clock_milliseconds() + answer.seconds * 1000;
	return 0;
}

static int bearer_value(struct token_authenticator *authenticator, const char *repository,
			const char *actions, char **ret_value, struct error *err)
{
	autofree char *scope = string_format("repository:%s:%s", repository, actions);
	struct token *token = find_token(authenticator, scope);
	bool waited = token->fetching;
	while (token->fetching)
		pthread_cond_wait(&authenticator->changed, &authenticator->mutex);
	if (waited && token->failure.kind != ERROR_NONE) {
		*err = token->failure;
		return -1;
	}
	bool usable = token->value != NULL && clock_milliseconds() < token->expires - EXPIRY_MARGIN;
	if (!usable && renew_token(authenticator, token, err) < 0)
		return -1;
	*ret_value = string_copy(token->value);
	return 0;
}

static int authorize(struct authenticator *base, const char *repository, const char *actions,
		     char **ret_value, struct error *err)
{
	struct token_authenticator *authenticator = (struct token_authenticator *)base;
	*ret_value = NULL;
	if (authenticator->credentials.token != NULL) {
		*ret_value = string_format("Bearer %s", authenticator->credentials.token);
		return 0;
	}
	int result = 0;
	pthread_mutex_lock(&authenticator->mutex);
	if (authenticator->scheme == SCHEME_BASIC)
		*ret_value = basic_value(&authenticator->credentials);
	else if (authenticator->scheme == SCHEME_BEARER)
		result = bearer_value(authenticator, repository, actions, ret_value, err);
	pthread_mutex_unlock(&authenticator->mutex);
	return result;
}

/* --- challenges ---------------------------------------------------------------------------- */

/* May credentials, or the wish for a token, go to this realm of the registry at `url`? */
static int check_realm(const char *realm, const char *url, struct error *err)
{
	cleanup(url_release) struct url realm_url = {0};
	cleanup(url_release) struct url registry_url = {0};
	if (url_parse(realm, &realm_url, err) < 0 || url_parse(url, &registry_url, err) < 0)
		return error_prefix(err, "token service");
	if (strcmp(realm_url.scheme, "https") == 0)
		return 0;
	if (strcmp(registry_url.scheme, "http") == 0 &&
	    strcmp(registry_url.host, realm_url.host) == 0)
		return 0;
	return error_set(
		err, ERROR_TLS,
		"the registry names a token service without TLS (http://%s); it is not asked",
		realm_url.host);
}

/* Forgets the token that was refused, so that the next request fetches another. Where it is no
 * longer there, another thread has done so already. */
static void forget_token(struct token_authenticator *authenticator, const char *sent)
{
	for (struct token *token = authenticator->tokens; token != NULL; token = token->next) {
		if (token->value != NULL && strcmp(token->value, sent) == 0)
			string_wipe_free(&token->value);
	}
}

static int accept_bearer(struct token_authenticator *authenticator,
			 const struct challenge *challenge, const char *url, struct error *err)
{
	const char *realm = challenge_parameter(challenge, "realm");
	if (realm == NULL)
		return error_set(err, ERROR_INVALID, "the Bearer challenge names no realm");
	if (check_realm(realm, url, err) < 0)
		return -1;
	free(authenticator->realm);
	free(authenticator->service);
	authenticator->realm = string_copy(realm);
	authenticator->service = string_copy(challenge_parameter(challenge, "service"));
	authenticator->scheme = SCHEME_BEARER;
	return 1;
}

static int take_challenges(struct token_authenticator *authenticator,
			   const struct challenge_list *challenges, const char *url,
			   struct error *err)
{
	for (size_t i = 0; i < challenges->count; i++) {
		const struct challenge *challenge = &challenges->items[i];
		if (strcmp(challenge->scheme, "bearer") == 0)
			return accept_bearer(authenticator, challenge, url, err);
		if (strcmp(challenge->scheme, "basic") == 0 &&
		    authenticator->credentials.username != NULL) {
			authenticator->scheme = SCHEME_BASIC;
			return 1;
		}
	}
	return 0;
}

static int refused(struct authenticator *base, const char *url, const char *sent,
		   const struct http_response *response, struct error *err)
{
	struct token_authenticator *authenticator = (struct token_authenticator *)base;
	bool final = authenticator->credentials.token != NULL ||
		     (sent != NULL && strncmp(sent, "Basic ", 6) == 0);
	if (response->status != 401 || final)
		return 0;
	cleanup(challenge_list_release) struct challenge_list challenges = {0};
	const char *value;
	for (size_t i = 0; (value = http_response_header(response, "WWW-Authenticate", i)) != NULL;
	     i++) {
		if (challenge_list_parse(value, &challenges, err) < 0)
			return -1;
	}
	pthread_mutex_lock(&authenticator->mutex);
	if (sent != NULL)
		forget_token(authenticator, sent);
	int result = take_challenges(authenticator, &challenges, url, err);
	pthread_mutex_unlock(&authenticator->mutex);
	return result;
}

/* --- life ---------------------------------------------------------------------------------- */

static void free_authenticator(struct authenticator *base)
{
	struct token_authenticator *authenticator = (struct token_authenticator *)base;
	struct token *next;
	for (struct token *token = authenticator->tokens; token != NULL; token = next) {
		next = token->next;
		string_wipe_free(&token->value);
		free(token->scope);
		free(token);
	}
	free(authenticator->realm);
	free(authenticator->service);
	pthread_cond_destroy(&authenticator->changed);
	pthread_mutex_destroy(&authenticator->mutex);
	free(authenticator);
}

struct authenticator *token_authenticator_new(struct http_client *client,
					      const struct registry_credentials *credentials,
					      bool insecure_tls)
{
	static const struct authenticator_type type = {
		.authorize = authorize,
		.refused = refused,
		.free = free_authenticator,
	};
	struct token_authenticator *authenticator = memory_allocate(sizeof(*authenticator));
	authenticator->base.type = &type;
	authenticator->client = client;
	authenticator->credentials = *credentials;
	authenticator->insecure_tls = insecure_tls;
	pthread_mutex_init(&authenticator->mutex, NULL);
	pthread_cond_init(&authenticator->changed, NULL);
	return &authenticator->base;
}
