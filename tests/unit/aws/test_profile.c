#include "aws/profile.h"

#include "settings.h"

#include <sys/stat.h>

static struct profile load(void)
{
	struct profile profile = {0};
	struct error err = {0};
	if (profile_load(&profile, &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

static void assert_setting(const char *key, const char *expected)
{
	cleanup(profile_release) struct profile profile = load();
	const char *value = profile_get(&profile, key);
	if (expected == NULL) {
		assert_null(value);
	} else {
		assert_non_null(value);
		assert_string_equal(value, expected);
	}
}

static void no_files(void **state)
{
	(void)state;
	cleanup(profile_release) struct profile profile = load();
	assert_string_equal(profile.name, "default");
	assert_null(profile_get(&profile, "region"));
	assert_null(profile_get_for_service(&profile, "ecr", "endpoint_url"));
}

static void default_profile(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config, "[default]\nregion = r1\noutput = json\n");
	assert_setting("region", "r1");
	settings_write(settings->config,
		       "[profile default]\nregion = r2\n[default]\nregion = r1\noutput = json\n");
	assert_setting("region", "r2");
	/* the credentials file's keys come first */
	settings_write(settings->credentials, "[default]\nregion = r3\noutput =\n");
	assert_setting("region", "r3");
	assert_setting("output", "json");
}

static void named_profile(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config, "[default]\nregion = r1\noutput = json\n"
					 "[profile dev]\nregion = r2\n[dev]\nregion = r9\n");
	setenv("AWS_PROFILE", "dev", 1);
	assert_setting("region", "r2");
	assert_setting("output", NULL); /* nothing is inherited */
	settings_write(settings->credentials, "[only here]\nregion = r4\n");
	setenv("AWS_PROFILE", "only here", 1);
	assert_setting("region", "r4");
	setenv("AWS_PROFILE", "", 1); /* as if it were not set */
	assert_setting("region", "r1");
}

static void missing_profile(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config,
		       "[default]\n[profile dev]\n[profile two words]\n[sso-session s]\n");
	settings_write(settings->credentials, "[default]\n[ci]\n");
	setenv("AWS_PROFILE", "prod", 1);
	struct profile profile = {0};
	struct error err = {0};
	assert_int_equal(profile_load(&profile, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.message, "\"prod\""));
	assert_non_null(strstr(err.message, settings->config));
	assert_non_null(strstr(err.message, "profiles there: default, dev, two words, ci"));
	assert_true(err.hint[0] != '\0');

	unlink(settings->config);
	unlink(settings->credentials);
	setenv("AWS_PROFILE", "default", 1);
	assert_int_equal(profile_load(&profile, &err), -1);
	assert_non_null(strstr(err.message, "profiles there: none"));
}

static void malformed_file(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->credentials, "[default]\naws_secret_access_key VERYSECRET\n");
	struct profile profile = {0};
	struct error err = {0};
	assert_int_equal(profile_load(&profile, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.message, "/credentials:2: expected"));
	assert_null(strstr(err.message, "VERYSECRET"));
}

static void services_section(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config, "[default]\nservices = local\n"
					 "[services local]\necr =\n  endpoint_url = http://e\n");
	cleanup(profile_release) struct profile profile = load();
	assert_string_equal(profile_get_for_service(&profile, "ecr", "endpoint_url"), "http://e");
	assert_null(profile_get_for_service(&profile, "sts", "endpoint_url"));
}

static void home_directory(void **state)
{
	struct settings *settings = *state;
	char folder[128];
	char path[160];
	snprintf(folder, sizeof(folder), "%s/.aws", settings->folder);
	snprintf(path, sizeof(path), "%s/config", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	settings_write(path, "[default]\nregion = home\n");
	autofree char *home = string_copy(getenv("HOME"));
	setenv("HOME", settings->folder, 1);
	unsetenv("AWS_CONFIG_FILE");
	assert_setting("region", "home");
	setenv("AWS_CONFIG_FILE", "~/.aws/config", 1);
	assert_setting("region", "home");
	setenv("AWS_CONFIG_FILE", "~/nothing", 1);
	assert_setting("region", NULL);
	unlink(path);
	rmdir(folder);
	if (home != NULL)
		setenv("HOME", home, 1);
}

static void flags(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config, "[default]\nuse_it = TRUE\n");
	cleanup(profile_release) struct profile profile = load();
	struct error err = {0};
	bool flag = false;
	assert_int_equal(profile_get_flag(&profile, "AWS_USE_IT", "use_it", &flag, &err), 0);
	assert_true(flag);
	assert_int_equal(profile_get_flag(&profile, "AWS_USE_IT", "other", &flag, &err), 0);
	assert_false(flag);
	setenv("AWS_USE_IT", "false", 1);
	flag = true;
	assert_int_equal(profile_get_flag(&profile, "AWS_USE_IT", "use_it", &flag, &err), 0);
	assert_false(flag);
	setenv("AWS_USE_IT", "yes", 1);
	assert_int_equal(profile_get_flag(&profile, "AWS_USE_IT", "use_it", &flag, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_string_equal(err.message, "AWS_USE_IT is \"yes\"; it can be true or false");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		settings_test(no_files),       settings_test(default_profile),
		settings_test(named_profile),  settings_test(missing_profile),
		settings_test(malformed_file), settings_test(services_section),
		settings_test(home_directory), settings_test(flags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
