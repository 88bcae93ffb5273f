#include "cli/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "environment.h"

#define MOST_ARGUMENTS 20

struct made {
	struct options options;
	struct settings settings;
};

static void made_release(struct made *made)
{
	settings_release(&made->settings);
	options_release(&made->options);
}

static int make(const char *const *words, struct made *made, struct error *err)
{
	char *items[MOST_ARGUMENTS] = {string_copy(PROGRAM_NAME)};
	int count = 1;
	for (; words[count - 1] != NULL; count++)
		items[count] = string_copy(words[count - 1]);
	enum command command;
	int result = options_parse(count, items, &made->options, &command, err);
	for (int i = 0; i < count; i++)
		free(items[i]);
	if (result < 0)
		return -1;
	return settings_make(&made->options, &made->settings, err);
}

#define MAKE(made, err, ...) make((const char *const[]){__VA_ARGS__, NULL}, made, err)

static void defaults(void **state)
{
	(void)state;
	cleanup(made_release) struct made made = {0};
	struct error err;
	assert_int_equal(MAKE(&made, &err, "sync", "--insecure-policy"), 0);
	const struct run_options *run = &made.settings.run;
	assert_null(run->region);
	assert_null(run->prefix);
	assert_string_equal(run->image_key, "upstream-image");
	assert_string_equal(run->tag_key, "upstream-tags");
	assert_int_equal(run->batch, 0);
	assert_int_equal(run->retry_times, 0);
	assert_true(run->check_layers);
	assert_false(run->dry_run);
	assert_false(run->insecure_source);
	assert_string_equal(run->platform.os, "linux");
	assert_string_equal(run->platform.architecture, "amd64");
	assert_null(run->platform.variant);
	assert_null(run->credentials.username);
	assert_null(run->credentials.password);
	assert_null(run->credentials.token);
	assert_non_null(run->policy);
	assert_int_equal(made.settings.format, REPORT_TEXT);
}

static void everything_given(void **state)
{
	(void)state;
	cleanup(made_release) struct made made = {0};
	struct error err;
	assert_int_equal(MAKE(&made, &err, "copy", "-sghcr.io/a/b:1", "--dest=x", "--prefix=p",
			      "--region=eu-central-1", "--batch=12", "--retry-times=3",
			      "--dest-precompute-digests=false", "--src-tls-verify=false",
			      "--insecure-policy", "--src-creds=bob:a:b", "--override-os=windows",
			      "--override-arch=arm", "--override-variant=v7"),
			 0);
	const struct run_options *run = &made.settings.run;
	assert_string_equal(run->source, "ghcr.io/a/b:1");
	assert_string_equal(run->destination, "x");
	assert_string_equal(run->prefix, "p");
	assert_string_equal(run->region, "eu-central-1");
	assert_int_equal(run->batch, 12);
	assert_int_equal(run->retry_times, 3);
	assert_false(run->check_layers);
	assert_true(run->insecure_source);
	assert_string_equal(run->credentials.username, "bob");
	assert_string_equal(run->credentials.password, "a:b");
	assert_string_equal(run->platform.os, "windows");
	assert_string_equal(run->platform.architecture, "arm");
	assert_string_equal(run->platform.variant, "v7");
}

static void default_of_list_is_a_table(void **state)
{
	(void)state;
	cleanup(made_release) struct made made = {0};
	struct error err;
	assert_int_equal(MAKE(&made, &err, "list"), 0);
	assert_int_equal(made.settings.format, REPORT_TABLE);
	assert_false(made.settings.run.insecure_source);
}

static void what_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *words[6];
		const char *message;
	} table[] = {
		{{"copy"}, "copy needs a source"},
		{{"copy", "--src="}, "copy needs a source"},
		{{"copy", "--src=a"}, "copy needs a destination"},
		{{"sync", "--batch=0"},
		 "invalid value \"0\" for --batch: it is a number from 1 to 100000, or \"all\""},
		{{"sync", "--batch", "-3"},
		 "invalid value \"-3\" for --batch: it is a number from 1 to 100000, or \"all\""},
		{{"sync", "--batch=2x"},
		 "invalid value \"2x\" for --batch: it is a number from 1 to 100000, or \"all\""},
		{{"sync", "--batch="},
		 "invalid value \"\" for --batch: it is a number from 1 to 100000, or \"all\""},
		{{"sync", "--batch=99999999999999999999"},
		 "invalid value \"99999999999999999999\" for --batch: it is a number from 1 to "
		 "100000, or \"all\""},
		{{"sync", "--retry-times=101"},
		 "invalid value \"101\" for --retry-times: it is a number from 0 to 100"},
		{{"list", "--output=yaml"},
		 "invalid value \"yaml\" for --output: it is text, table or json"},
		{{"list", "--output="},
		 "invalid value \"\" for --output: it is text, table or json"},
		{{"sync", "--output=json", "--render-table"},
		 "--render-table and --output json cannot be used together"},
		{{"sync", "--policy=x", "--insecure-policy"},
		 "--insecure-policy and --policy cannot be used together"},
		{{"sync", "--policy="}, "--policy must not be empty"},
		{{"list", "--image-key="}, "--image-key must not be empty"},
		{{"list", "--tag-key", ""}, "--tag-key must not be empty"},
		{{"list", "--region", ""}, "--region must not be empty"},
		{{"copy", "--region="}, "--region must not be empty"},
		{{"sync", "--src-creds="}, "--src-creds must not be empty"},
		{{"sync", "--src-creds=:x"}, "the username in --src-creds must not be empty"},
		{{"sync", "--src-username=", "--src-password=x"},
		 "--src-username must not be empty"},
		{{"sync", "--src-registry-token="}, "--src-registry-token must not be empty"},
		{{"sync", "--src-username=a"}, "--src-username needs --src-password as well"},
		{{"sync", "--src-password=a"}, "--src-password needs --src-username as well"},
		{{"sync", "--src-no-creds", "--src-creds=a"},
		 "--src-no-creds and --src-creds cannot be used together"},
		{{"sync", "--src-no-creds", "--src-username=a"},
		 "--src-no-creds and --src-username cannot be used together"},
		{{"sync", "--src-no-creds", "--src-password=a"},
		 "--src-no-creds and --src-password cannot be used together"},
		{{"sync", "--src-no-creds", "--src-registry-token=a"},
		 "--src-no-creds and --src-registry-token cannot be used together"},
		{{"sync", "--src-creds=a", "--src-username=a"},
		 "--src-creds and --src-username cannot be used together"},
		{{"sync", "--src-creds=a", "--src-password=a"},
		 "--src-creds and --src-password cannot be used together"},
		{{"sync", "--src-creds=a", "--src-registry-token=a"},
		 "--src-creds and --src-registry-token cannot be used together"},
		{{"sync", "--src-username=a", "--src-registry-token=a"},
		 "--src-username and --src-registry-token cannot be used together"},
		{{"sync", "--src-password=a", "--src-registry-token=a"},
		 "--src-password and --src-registry-token cannot be used together"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(made_release) struct made made = {0};
		struct error err;
		if (make(table[i].words, &made, &err) == 0)
			fail_msg("row %zu: accepted", i);
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_equal(err.message, table[i].message);
	}
}

/* With what each command needs besides. */
static int make_with_prefix(enum command command, const char *prefix, struct made *made,
			    struct error *err)
{
	const char *name = command_table[command].name;
	if (command == COMMAND_LIST)
		return MAKE(made, err, name, "--prefix", prefix);
	if (command == COMMAND_SYNC)
		return MAKE(made, err, name, "--prefix", prefix, "--insecure-policy");
	return MAKE(made, err, name, "--prefix", prefix, "--insecure-policy", "--src=a",
		    "--dest=b");
}

static const enum command working_commands[] = {COMMAND_COPY, COMMAND_LIST, COMMAND_SYNC};

static void prefixes_are_beginnings_of_names(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"a", "7", "ab", "external", "external/ghcr.io/a_b"};
	for (size_t i = 0; i < array_count(prefixes); i++) {
		for (size_t j = 0; j < array_count(working_commands); j++) {
			cleanup(made_release) struct made made = {0};
			struct error err;
			if (make_with_prefix(working_commands[j], prefixes[i], &made, &err) < 0)
				fail_msg("%s: %s", prefixes[i], err.message);
			assert_string_equal(made.settings.run.prefix, prefixes[i]);
		}
	}
	cleanup(made_release) struct made made = {0};
	struct error err;
	assert_int_equal(make_with_prefix(COMMAND_SYNC, "", &made, &err), 0);
	assert_null(made.settings.run.prefix);
}

static void prefixes_that_no_name_begins_with(void **state)
{
	(void)state;
	static const char slash_hint[] =
		"a prefix ends without \"/\": that of external/keda is external";
	static const struct {
		const char *prefix;
		const char *message;
		const char *hint;
	} table[] = {
		{"external/",
		 "--prefix: invalid repository \"external/\": the repository has an empty part (a "
		 "\"/\" too many)",
		 slash_hint},
		{"/external",
		 "--prefix: invalid repository \"/external\": the repository has an empty part (a "
		 "\"/\" too many)",
		 ""},
		{"a//b",
		 "--prefix: invalid repository \"a//b\": the repository has an empty part (a \"/\" "
		 "too many)",
		 ""},
		{"/",
		 "--prefix: invalid repository \"//x\": the repository has an empty part (a \"/\" "
		 "too many)",
		 ""},
		{"A",
		 "--prefix: invalid repository \"A/x\": the repository must be lower case, \"A\" "
		 "is "
		 "not",
		 ""},
		{"-",
		 "--prefix: invalid repository \"-/x\": in the repository, \"-\" must start and "
		 "end "
		 "with a letter or digit",
		 ""},
		{"ext*",
		 "--prefix: invalid repository \"ext*\": the repository may not hold \"*\" (only "
		 "a-z, "
		 "0-9, \".\", \"_\", \"-\" and \"/\")",
		 ""},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		for (size_t j = 0; j < array_count(working_commands); j++) {
			cleanup(made_release) struct made made = {0};
			struct error err;
			if (make_with_prefix(working_commands[j], table[i].prefix, &made, &err) ==
			    0)
				fail_msg("%s: accepted", table[i].prefix);
			assert_int_equal(err.kind, ERROR_USAGE);
			assert_string_equal(err.message, table[i].message);
			assert_string_equal(err.hint, table[i].hint);
		}
	}
	setenv("ECR_MIRROR_SYNC_PREFIX", "external/", 1);
	cleanup(made_release) struct made made = {0};
	struct error err;
	assert_int_equal(MAKE(&made, &err, "list"), -1);
	assert_int_equal(strncmp(err.message, "ECR_MIRROR_SYNC_PREFIX: ", 24), 0);
}

static void contradictions_that_are_none(void **state)
{
	(void)state;
	static const char *const table[][6] = {
		{"sync", "--insecure-policy", "--output=table", "--render-table"},
		{"sync", "--insecure-policy", "--output=json", "--render-table=false"},
		{"sync", "--insecure-policy", "--src-no-creds=false", "--src-creds=a"},
		{"sync", "--insecure-policy", "--src-username=a", "--src-password="},
		{"sync", "--insecure-policy", "--batch=all"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(made_release) struct made made = {0};
		struct error err;
		if (make(table[i], &made, &err) < 0)
			fail_msg("row %zu: %s", i, err.message);
	}
}

static void command_line_beats_contrary_environment(void **state)
{
	(void)state;
	struct error err;
	setenv("ECR_MIRROR_SYNC_SRC_CREDS", "env:env", 1);
	setenv("ECR_MIRROR_SYNC_POLICY", "/nonexistent", 1);
	setenv("ECR_MIRROR_SYNC_OUTPUT", "json", 1);

	cleanup(made_release) struct made anonymous = {0};
	assert_int_equal(MAKE(&anonymous, &err, "sync", "--insecure-policy", "--src-no-creds",
			      "--render-table"),
			 0);
	assert_null(anonymous.settings.run.credentials.username);
	assert_int_equal(anonymous.settings.format, REPORT_TABLE);

	cleanup(made_release) struct made named = {0};
	assert_int_equal(MAKE(&named, &err, "sync", "--insecure-policy", "--src-username=bob",
			      "--src-password=x"),
			 0);
	assert_string_equal(named.settings.run.credentials.username, "bob");

	setenv("ECR_MIRROR_SYNC_SRC_USERNAME", "eve", 1);
	cleanup(made_release) struct made both = {0};
	assert_int_equal(MAKE(&both, &err, "sync", "--insecure-policy"), -1);
	assert_string_equal(err.message, "ECR_MIRROR_SYNC_SRC_CREDS and "
					 "ECR_MIRROR_SYNC_SRC_USERNAME cannot be used together");

	/* Half of a pair may come from each side. */
	unsetenv("ECR_MIRROR_SYNC_SRC_CREDS");
	cleanup(made_release) struct made halves = {0};
	assert_int_equal(MAKE(&halves, &err, "sync", "--insecure-policy", "--src-password=x"), 0);
	assert_string_equal(halves.settings.run.credentials.username, "eve");
	assert_string_equal(halves.settings.run.credentials.password, "x");
}

static void secrets_stay_out_of_messages(void **state)
{
	(void)state;
	static const char *const table[][6] = {
		{"sync", "--src-creds=:hush"},
		{"sync", "--src-password=hush"},
		{"sync", "--src-creds=bob:hush", "--src-registry-token=hush"},
		{"sync", "--src-cred=bob:hush"},
		{"sync", "--src-creds", "--src-password=hush"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(made_release) struct made made = {0};
		struct error err;
		assert_int_equal(make(table[i], &made, &err), -1);
		assert_null(strstr(err.message, "hush"));
		assert_null(strstr(err.hint, "hush"));
	}
}

static void policy_file_that_cannot_be_read_is_no_usage_error(void **state)
{
	(void)state;
	cleanup(made_release) struct made made = {0};
	struct error err;
	assert_int_equal(MAKE(&made, &err, "sync", "--policy=/nonexistent/policy.json"), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.message, "/nonexistent/policy.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(everything_given),
		cmocka_unit_test(default_of_list_is_a_table),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(prefixes_are_beginnings_of_names),
		cmocka_unit_test_teardown(prefixes_that_no_name_begins_with, clear_environment),
		cmocka_unit_test(contradictions_that_are_none),
		cmocka_unit_test_teardown(command_line_beats_contrary_environment,
					  clear_environment),
		cmocka_unit_test(secrets_stay_out_of_messages),
		cmocka_unit_test(policy_file_that_cannot_be_read_is_no_usage_error),
	};
	return cmocka_run_group_tests(tests, clear_environment, NULL);
}
