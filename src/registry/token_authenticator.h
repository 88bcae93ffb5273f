/*
 * Token and Basic authentication as Docker's registries ask for it: distribution specification,
 * "Token Authentication Specification"; RFC 6750 and RFC 7617.
 *
 * Nothing is sent before a registry asks. Tokens are kept per repository, fetched once while other
 * threads wait, and fetched anew when they have expired. Credentials go to the registry itself
 * (Basic) or to the realm that it names (Bearer), and there only over https, or over http where
 * the registry itself is spoken to over http and the realm has the same host name.
 */
#ifndef REGISTRY_TOKEN_AUTHENTICATOR_H
#define REGISTRY_TOKEN_AUTHENTICATOR_H

#include "registry/authenticator.h"
#include "registry/credentials.h"

/* `client` and what `credentials` points to are borrowed. The registry that it is given to frees
 * it. */
struct authenticator *token_authenticator_new(struct http_client *client,
					      const struct registry_credentials *credentials,
					      bool insecure_tls);

/* An answer of a token service. */
struct token_answer {
	char *token;     /* owned, a secret */
	int64_t seconds; /* it may be used for, at least 60 */
};

void token_answer_release(struct token_answer *answer);

/* Reads `size` bytes of JSON: "token" or "access_token", "expires_in". ERROR_INVALID. */
int token_answer_parse(const char *data, size_t size, struct token_answer *ret_answer,
		       struct error *err);

#endif
