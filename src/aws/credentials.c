#include "aws/credentials.h"

#include "base/log.h"

#include <ctype.h>
#include <string.h>

/* Far above what AWS gives out (tokens of a few KiB), below what a header may have. */
#define TOKEN_SIZE_LIMIT 32768
#define KEY_SIZE_LIMIT   1024

/* What one source says, with the names that the user knows it by. */
struct key_source {
	const char *where; /* "the environment", "profile \"x\"" */
	const char *access_key_name;
	const char *access_key;
	const char *secret_key_name;
	const char *secret_key;
	const char *token_name;
	const char *token;
};

void credentials_release(struct credentials *credentials)
{
	string_wipe_free(&credentials->access_key_id);
	string_wipe_free(&credentials->secret_access_key);
	string_wipe_free(&credentials->session_token);
}

/* They become parts of header lines, so no line break may be in them. */
static int check_characters(const struct key_source *source, const char *name, const char *value,
			    size_t limit, const char *forbidden, struct error *err)
{
	if (value == NULL)
		return 0;
	size_t size = 0;
	while (isgraph((unsigned char)value[size]) && strchr(forbidden, value[size]) == NULL)
		size++;
	if (value[size] == '\0' && size <= limit)
		return 0;
	error_set(err, ERROR_CONFIGURATION, "%s in %s is malformed: %s", name, source->where,
		  size > limit ? "too long" : "it has a character that no such key has");
	return error_hint(err,
			  "look for blanks, quotes or a line break that came along when it was "
			  "copied");
}

static int check_pair(const struct key_source *source, struct error *err)
{
	if ((source->access_key == NULL) == (source->secret_key == NULL))
		return 0;
	bool lacks_secret = source->secret_key == NULL;
	error_set(err, ERROR_CONFIGURATION, "%s has %s but no %s", source->where,
		  lacks_secret ? source->access_key_name : source->secret_key_name,
		  lacks_secret ? source->secret_key_name : source->access_key_name);
	return error_hint(err, "set both, or neither");
}

static int take_keys(const struct key_source *source, struct credentials *ret_credentials,
		     struct error *err)
{
	if (check_pair(source, err) < 0)
		return -1;
	if (source->access_key == NULL)
		return 0;
	if (check_characters(source, source->access_key_name, source->access_key, KEY_SIZE_LIMIT,
			     "/,=", err) < 0 ||
	    check_characters(source, source->secret_key_name, source->secret_key, KEY_SIZE_LIMIT,
			     "", err) < 0 ||
	    check_characters(source, source->token_name, source->token, TOKEN_SIZE_LIMIT, "", err) <
		    0)
		return -1;
	*ret_credentials = (struct credentials){
		.access_key_id = string_copy(source->access_key),
		.secret_access_key = string_copy(source->secret_key),
		.session_token = string_copy(source->token),
	};
	return 1;
}

static int from_environment(const struct profile *profile, struct credentials *ret_credentials,
			    struct error *err)
{
	(void)profile;
	const struct key_source source = {
		.where = "the environment",
		.access_key_name = "AWS_ACCESS_KEY_ID",
		.access_key = environment_get("AWS_ACCESS_KEY_ID"),
		.secret_key_name = "AWS_SECRET_ACCESS_KEY",
		.secret_key = environment_get("AWS_SECRET_ACCESS_KEY"),
		.token_name = "AWS_SESSION_TOKEN",
		.token = environment_get("AWS_SESSION_TOKEN"),
	};
	return take_keys(&source, ret_credentials, err);
}

static int refuse_variable(const char *name, const char *meaning, struct error *err)
{
	if (environment_get(name) == NULL)
		return 0;
	error_set(err, ERROR_UNSUPPORTED, "%s is set: credentials from %s are not supported yet",
		  name, meaning);
	return error_hint(err,
			  "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, "
			  "for instance with \"aws configure export-credentials --format env\"");
}

static int from_web_identity(const struct profile *profile, struct credentials *ret_credentials,
			     struct error *err)
{
	(void)profile;
	(void)ret_credentials;
	return refuse_variable("AWS_WEB_IDENTITY_TOKEN_FILE", "a web identity (IRSA)", err);
}

static int from_container(const struct profile *profile, struct credentials *ret_credentials,
			  struct error *err)
{
	(void)profile;
	(void)ret_credentials;
	static const char meaning[] = "a container's role (ECS, EKS Pod Identity)";
	if (refuse_variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", meaning, err) < 0)
		return -1;
	return refuse_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", meaning, err);
}

static int refuse_key(const struct profile *profile, const char *key, struct error *err)
{
	if (profile_get(profile, key) == NULL)
		return 0;
	error_set(err, ERROR_UNSUPPORTED, "profile \"%s\" has %s, which is not supported yet",
		  profile->name, key);
	return error_hint(err,
			  "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, "
			  "for instance with \"aws configure export-credentials --format env\"");
}

/* A role applies whatever keys stand beside it; the others are where keys would come from. */
static int from_profile(const struct profile *profile, struct credentials *ret_credentials,
			struct error *err)
{
	static const char *const origins[] = {
		"source_profile", "credential_source", "web_identity_token_file",
		"sso_session",    "sso_start_url",     "sso_account_id",
		"sso_role_name",  "login_session",     "credential_process",
	};
	if (refuse_key(profile, "role_arn", err) < 0)
		return -1;
	autofree char *where = string_format("profile \"%s\"", profile->name);
	const struct key_source source = {
		.where = where,
		.access_key_name = "aws_access_key_id",
		.access_key = profile_get(profile, "aws_access_key_id"),
		.secret_key_name = "aws_secret_access_key",
		.secret_key = profile_get(profile, "aws_secret_access_key"),
		.token_name = "aws_session_token",
		.token = profile_get(profile, "aws_session_token"),
	};
	int result = take_keys(&source, ret_credentials, err);
	for (size_t i = 0; result == 0 && i < array_count(origins); i++)
		result = refuse_key(profile, origins[i], err);
	return result;
}

static const struct credential_provider providers[] = {
	{"environment", from_environment},
	{"web identity", from_web_identity},
	{"profile", from_profile},
	{"container", from_container},
};

static int complain_of_absence(const struct profile *profile, struct error *err)
{
	error_set(err, ERROR_CREDENTIALS,
		  "no AWS credentials: looked at AWS_ACCESS_KEY_ID and "
		  "AWS_SECRET_ACCESS_KEY in the environment, and at profile \"%s\" in %s and %s",
		  profile->name,
		  profile->credentials_path == NULL ? "~/.aws/credentials"
						    : profile->credentials_path,
		  profile->config_path == NULL ? "~/.aws/config" : profile->config_path);
	return error_hint(err,
			  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; roles "
			  "of EC2 instances are not supported yet");
}

int credentials_find(const struct profile *profile, struct credentials *ret_credentials,
		     struct error *err)
{
	for (size_t i = 0; i < array_count(providers); i++) {
		int result = providers[i].provide(profile, ret_credentials, err);
		if (result < 0)
			return -1;
		if (result > 0) {
			log_debug("AWS credentials from: %s", providers[i].name);
			return 0;
		}
	}
	return complain_of_absence(profile, err);
}
