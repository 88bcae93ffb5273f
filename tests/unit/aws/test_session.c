#include "aws/session_state.h"
#include "settings.h"

static void assert_region(const char *wanted, const char *expected)
{
	cleanup(aws_session_release) struct aws_session *session = NULL;
	struct error err = {0};
	if (aws_session_new(NULL, wanted, &session, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(aws_session_region(session), expected);
}

static struct error open_error(const char *region)
{
	struct aws_session *session = NULL;
	struct error err = {0};
	assert_int_equal(aws_session_new(NULL, region, &session, &err), -1);
	assert_null(session);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	return err;
}

static void regions(void **state)
{
	struct settings *settings = *state;
	assert_region(NULL, "us-east-1");
	settings_write(settings->config, "[default]\nregion = eu-west-1\n");
	assert_region(NULL, "eu-west-1");
	setenv("AWS_DEFAULT_REGION", "eu-west-2", 1);
	assert_region(NULL, "eu-west-2");
	setenv("AWS_REGION", "eu-west-3", 1);
	assert_region(NULL, "eu-west-3");
	assert_region("cn-north-1", "cn-north-1");
	setenv("AWS_REGION", "", 1);
	assert_region(NULL, "eu-west-2");
}

static void refused(void **state)
{
	struct settings *settings = *state;
	assert_string_equal(open_error("Frankfurt").message, "\"Frankfurt\" is no AWS region");
	assert_string_equal(open_error("").message, "\"\" is no AWS region");
	setenv("AWS_ENDPOINT_URL", "localhost", 1);
	assert_non_null(strstr(open_error(NULL).message, "AWS_ENDPOINT_URL: "));
	unsetenv("AWS_ENDPOINT_URL");
	setenv("AWS_USE_FIPS_ENDPOINT", "maybe", 1);
	assert_non_null(strstr(open_error(NULL).message, "AWS_USE_FIPS_ENDPOINT"));
	unsetenv("AWS_USE_FIPS_ENDPOINT");
	settings_write(settings->config, "nonsense\n");
	assert_non_null(strstr(open_error(NULL).message, "config:1: "));
	settings_write(settings->config, "");
	setenv("AWS_PROFILE", "dev", 1);
	assert_non_null(strstr(open_error(NULL).message, "\"dev\""));
}

static void credentials_when_needed(void **state)
{
	(void)state;
	cleanup(aws_session_release) struct aws_session *session = NULL;
	struct error err = {0};
	assert_int_equal(aws_session_new(NULL, NULL, &session, &err), 0);
	cleanup(credentials_release) struct credentials credentials = {0};
	assert_int_equal(aws_session_credentials(session, &credentials, &err), -1);
	assert_int_equal(err.kind, ERROR_CREDENTIALS);
	assert_null(credentials.access_key_id);

	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "x", 1);
	assert_int_equal(aws_session_credentials(session, &credentials, &err), 0);
	assert_string_equal(credentials.access_key_id, "AKID");
	assert_string_equal(credentials.secret_access_key, "x");
	assert_null(credentials.session_token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		settings_test(regions),
		settings_test(refused),
		settings_test(credentials_when_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
