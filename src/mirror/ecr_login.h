/*
 * The login to ECR's registries: one authorization token for the run, fetched at first need,
 * renewed when half of its life is over or when a registry says that it has expired.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 * Any thread; while one fetches a token the others wait.
 */
#ifndef MIRROR_ECR_LOGIN_H
#define MIRROR_ECR_LOGIN_H

#include "aws/ecr.h"
#include "registry/authenticator.h"

struct ecr_login;

/* `session` is borrowed. */
struct ecr_login *ecr_login_new(struct aws_session *session) __attribute__((returns_nonnull));
void ecr_login_free(struct ecr_login *login); /* NULL is fine */

/* The address of the account's own registry ("https://….amazonaws.com"). Caller frees. */
int ecr_login_address(struct ecr_login *login, char **ret_address, struct error *err);

/* An authenticator for one registry; the registry frees it, the login must outlive it. */
struct authenticator *ecr_login_authenticator(struct ecr_login *login)
	__attribute__((returns_nonnull));

#endif
