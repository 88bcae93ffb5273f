#include "aws/credentials.h"

#include "settings.h"

/* Expects the lookup to fail, and gives its error. */
static struct error find_error(void)
{
	cleanup(profile_release) struct profile profile = {0};
	struct credentials credentials = {0};
	struct error err = {0};
	assert_int_equal(profile_load(&profile, &err), 0);
	assert_int_equal(credentials_find(&profile, &credentials, &err), -1);
	assert_null(credentials.access_key_id);
	assert_null(strstr(err.message, "hush-hush"));
	return err;
}

static void assert_found(const char *key, const char *secret, const char *token)
{
	cleanup(profile_release) struct profile profile = {0};
	cleanup(credentials_release) struct credentials credentials = {0};
	struct error err = {0};
	assert_int_equal(profile_load(&profile, &err), 0);
	if (credentials_find(&profile, &credentials, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(credentials.access_key_id, key);
	assert_string_equal(credentials.secret_access_key, secret);
	if (token == NULL)
		assert_null(credentials.session_token);
	else
		assert_string_equal(credentials.session_token, token);
}

static void environment(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->credentials,
		       "[default]\naws_access_key_id = FILE\naws_secret_access_key = SECRETF\n");
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "SECRET/+=", 1);
	assert_found("AKID", "SECRET/+=", NULL);
	setenv("AWS_SESSION_TOKEN", "TOKEN/+==", 1);
	assert_found("AKID", "SECRET/+=", "TOKEN/+==");
	/* environment keys come before what is not supported, too */
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/token", 1);
	assert_found("AKID", "SECRET/+=", "TOKEN/+==");
}

static void half_an_environment(void **state)
{
	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	struct error err = find_error();
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_string_equal(err.message,
			    "the environment has AWS_ACCESS_KEY_ID but no AWS_SECRET_ACCESS_KEY");
	unsetenv("AWS_ACCESS_KEY_ID");
	setenv("AWS_SECRET_ACCESS_KEY", "x", 1);
	err = find_error();
	assert_string_equal(err.message,
			    "the environment has AWS_SECRET_ACCESS_KEY but no AWS_ACCESS_KEY_ID");
}

static void malformed_keys(void **state)
{
	(void)state;
	static const char *const bad[] = {"AK ID", "AKID\n", "AKID\r\nX: y", "AK/ID", "\xc3\xa4"};
	setenv("AWS_SECRET_ACCESS_KEY", "hush-hush", 1);
	for (size_t i = 0; i < array_count(bad); i++) {
		setenv("AWS_ACCESS_KEY_ID", bad[i], 1);
		assert_int_equal(find_error().kind, ERROR_CONFIGURATION);
	}
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "hush-hush\n", 1);
	struct error err = find_error();
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.message, "AWS_SECRET"));
}

static void profile_keys(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config, "[profile dev]\naws_access_key_id = CONFIG\n"
					 "aws_secret_access_key = S1\n"
					 "[profile pub]\naws_access_key_id = ONLYCONFIG\n"
					 "aws_secret_access_key = S4\n");
	settings_write(settings->credentials,
		       "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = S2\n"
		       "[dev]\naws_access_key_id = DEV\naws_secret_access_key = S3\n"
		       "aws_session_token = T3\n");
	assert_found("DEFAULT", "S2", NULL);
	setenv("AWS_PROFILE", "dev", 1);
	assert_found("DEV", "S3", "T3");
	setenv("AWS_PROFILE", "pub", 1);
	assert_found("ONLYCONFIG", "S4", NULL);
	/* container credentials come after the profile */
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1", 1);
	assert_found("ONLYCONFIG", "S4", NULL);
}

static void half_a_profile(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->credentials, "[default]\naws_access_key_id = AKID\n");
	struct error err = find_error();
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_string_equal(
		err.message,
		"profile \"default\" has aws_access_key_id but no aws_secret_access_key");
}

static void refused_profiles(void **state)
{
	struct settings *settings = *state;
	static const char *const keys[] = {
		"role_arn",    "source_profile", "credential_process", "web_identity_token_file",
		"sso_session", "sso_start_url",  "credential_source",  "login_session",
	};
	for (size_t i = 0; i < array_count(keys); i++) {
		autofree char *text = string_format("[default]\n%s = x\n", keys[i]);
		settings_write(settings->config, text);
		struct error err = find_error();
		assert_int_equal(err.kind, ERROR_UNSUPPORTED);
		autofree char *expected = string_format(
			"profile \"default\" has %s, which is not supported yet", keys[i]);
		assert_string_equal(err.message, expected);
	}
}

static void a_role_beside_keys(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config,
		       "[default]\nrole_arn = arn:aws:iam::111122223333:role/x\n");
	settings_write(settings->credentials,
		       "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
	struct error err = find_error();
	assert_int_equal(err.kind, ERROR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "role_arn"));
}

static void refused_variables(void **state)
{
	struct settings *settings = *state;
	static const char *const names[] = {
		"AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI",
	};
	for (size_t i = 0; i < array_count(names); i++) {
		setenv(names[i], "/x", 1);
		struct error err = find_error();
		assert_int_equal(err.kind, ERROR_UNSUPPORTED);
		assert_memory_equal(err.message, names[i], strlen(names[i]));
		unsetenv(names[i]);
	}
	/* a web identity would win over the profile's keys, so these must not be taken instead */
	settings_write(settings->credentials,
		       "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/x", 1);
	assert_int_equal(find_error().kind, ERROR_UNSUPPORTED);
}

static void nothing_at_all(void **state)
{
	struct settings *settings = *state;
	struct error err = find_error();
	assert_int_equal(err.kind, ERROR_CREDENTIALS);
	assert_non_null(strstr(err.message, "AWS_ACCESS_KEY_ID"));
	assert_non_null(strstr(err.message, settings->config));
	assert_non_null(strstr(err.message, settings->credentials));
	assert_non_null(strstr(err.hint, "AWS_PROFILE"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		settings_test(environment),        settings_test(half_an_environment),
		settings_test(malformed_keys),     settings_test(profile_keys),
		settings_test(half_a_profile),     settings_test(refused_profiles),
		settings_test(a_role_beside_keys), settings_test(refused_variables),
		settings_test(nothing_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
