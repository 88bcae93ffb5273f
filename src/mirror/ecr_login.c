#include "mirror/ecr_login.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* A token that is refused this soon (milliseconds) after it was fetched is not going to get better.
 */
#define FRESH 5000

/* Milliseconds until a renewal that has failed is tried again. */
#define RENEWAL_PAUSE 30000

struct ecr_login {
	struct aws_session *session;
	atomic_uint fetches;   /* finished so far, well or not */
	pthread_mutex_t mutex; /* guards the following; held while a token is fetched */
	struct ecr_authorization authorization; /* token NULL: none yet */
	int64_t fetched;                        /* clock_milliseconds(), as the next two */
	int64_t renew;
	int64_t expires;
	struct error failure; /* of the last fetch; kind ERROR_NONE where it went well */
};

struct ecr_login *ecr_login_new(struct aws_session *session)
{
	struct ecr_login *login = memory_allocate(sizeof(*login));
	login->session = session;
	pthread_mutex_init(&login->mutex, NULL);
	return login;
}

void ecr_login_free(struct ecr_login *login)
{
	if (login == NULL)
		return;
	ecr_authorization_release(&login->authorization);
	pthread_mutex_destroy(&login->mutex);
	free(login);
}

static int fetch_token(struct ecr_login *login, struct error *err)
{
	struct ecr_authorization authorization = {0};
	int result = ecr_get_authorization_token(login->session, &authorization, err);
	login->failure = result < 0 ? *err : (struct error){0};
	atomic_fetch_add(&login->fetches, 1);
	if (result < 0)
		return -1;
	ecr_authorization_release(&login->authorization);
	login->authorization = authorization;
	int64_t life = ((int64_t)authorization.expires - (int64_t)time(NULL)) * 1000;
	login->fetched = clock_milliseconds();
	login->renew = login->fetched + (life > 0 ? life / 2 : 0);
	login->expires = login->fetched + life;
	log_debug("logged in to %s", authorization.proxy_endpoint);
	return 0;
}

/* Fetches a token where it is time to. A renewal that fails is no failure while the old token is
 * good. `fetches` is the count from before the caller waited for the mutex, which it now holds: who
 * has waited for a fetch takes what came of it. */
static int ensure_token(struct ecr_login *login, unsigned fetches, struct error *err)
{
	int64_t now = clock_milliseconds();
	if (login->authorization.token != NULL && now < login->renew)
		return 0;
	if (atomic_load(&login->fetches) != fetches && login->failure.kind != ERROR_NONE) {
		*err = login->failure;
		return -1;
	}
	if (fetch_token(login, err) == 0)
		return 0;
	if (login->authorization.token == NULL || now >= login->expires)
		return -1;
	log_debug("the token of ECR is not renewed yet: %s", err->message);
	login->renew = now + RENEWAL_PAUSE;
	return 0;
}

/* Takes the mutex, with a token that is good; lets it go where there is none. */
static int lock_token(struct ecr_login *login, struct error *err)
{
	unsigned fetches = atomic_load(&login->fetches);
	pthread_mutex_lock(&login->mutex);
	int result = ensure_token(login, fetches, err);
	if (result < 0)
		pthread_mutex_unlock(&login->mutex);
	return result;
}

int ecr_login_address(struct ecr_login *login, char **ret_address, struct error *err)
{
	if (lock_token(login, err) < 0)
		return -1;
	*ret_address = string_copy(login->authorization.proxy_endpoint);
	pthread_mutex_unlock(&login->mutex);
	return 0;
}

/* --- the authenticator --------------------------------------------------------------------- */

struct ecr_authenticator {
	struct authenticator base; /* first, so that one is the other */
	struct ecr_login *login;
};

static int authorize(struct authenticator *base, const char *repository, const char *actions,
		     char **ret_value, struct error *err)
{
	(void)repository;
	(void)actions;
	struct ecr_login *login = ((struct ecr_authenticator *)base)->login;
	if (lock_token(login, err) < 0)
		return -1;
	*ret_value = string_format("Basic %s", login->authorization.token);
	pthread_mutex_unlock(&login->mutex);
	return 0;
}

/* ECR says 403 for a token that has expired; a HEAD's answer cannot say why. */
static bool may_have_expired(const struct http_response *response)
{
	return response->status == 401 || response->body.size == 0 ||
	       strstr(buffer_string(&response->body), "expired") != NULL;
}

static int refused(struct authenticator *base, const char *url, const char *sent,
		   const struct http_response *response, struct error *err)
{
	(void)url;
	struct ecr_login *login = ((struct ecr_authenticator *)base)->login;
	if (sent == NULL || !may_have_expired(response))
		return 0;
	int result = 1;
	pthread_mutex_lock(&login->mutex);
	bool current = login->authorization.token != NULL &&
		       strcmp(sent + strlen("Basic "), login->authorization.token) == 0;
	if (current && clock_milliseconds() - login->fetched < FRESH)
		result = 0;
	else if (current && fetch_token(login, err) < 0)
		result = -1;
	pthread_mutex_unlock(&login->mutex);
	return result;
}

static void free_authenticator(struct authenticator *base)
{
	free(base);
}

struct authenticator *ecr_login_authenticator(struct ecr_login *login)
{
	static const struct authenticator_type type = {
		.authorize = authorize,
		.refused = refused,
		.free = free_authenticator,
	};
	struct ecr_authenticator *authenticator = memory_allocate(sizeof(*authenticator));
	authenticator->base.type = &type;
	authenticator->login = login;
	return &authenticator->base;
}
