#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "environment.h"

#define MOST_ARGUMENTS 16

/* A writable argument vector out of words; a word "" is an empty argument, NULL ends. */
struct vector {
	char *items[MOST_ARGUMENTS];
	int count;
};

static void vector_release(struct vector *vector)
{
	for (int i = 0; i < vector->count; i++)
		free(vector->items[i]);
}

static struct vector make_vector(const char *const *words)
{
	struct vector vector = {0};
	vector.items[vector.count++] = string_copy(PROGRAM_NAME);
	for (size_t i = 0; words[i] != NULL; i++)
		vector.items[vector.count++] = string_copy(words[i]);
	return vector;
}

static int parse(const char *const *words, struct options *ret_options, struct error *err)
{
	cleanup(vector_release) struct vector vector = make_vector(words);
	enum command command;
	return options_parse(vector.count, vector.items, ret_options, &command, err);
}

static void every_form_of_a_value(void **state)
{
	(void)state;
	static const struct {
		const char *words[8];
		enum option option;
		const char *expected;
	} table[] = {
		{{"copy", "--src", "a:1"}, OPTION_SRC, "a:1"},
		{{"copy", "--src=a:1"}, OPTION_SRC, "a:1"},
		{{"copy", "-s", "a:1"}, OPTION_SRC, "a:1"},
		{{"copy", "-sa:1"}, OPTION_SRC, "a:1"},
		{{"copy", "-s=a:1"}, OPTION_SRC, "a:1"},
		{{"copy", "-d", "x", "-s", "a"}, OPTION_DEST, "x"},
		{{"--src", "a:1", "copy"}, OPTION_SRC, "a:1"},
		{{"--debug", "copy", "--src", "a:1"}, OPTION_SRC, "a:1"},
		{{"copy", "--src", "a:1", "--src", "b:2"}, OPTION_SRC, "b:2"},
		{{"copy", "--src=a=b"}, OPTION_SRC, "a=b"},
		{{"copy", "--src", "-x"}, OPTION_SRC, "-x"},
		{{"copy", "--src", "--nonsense"}, OPTION_SRC, "--nonsense"},
		{{"copy", "--src=--debug"}, OPTION_SRC, "--debug"},
		{{"copy", "--src", "-"}, OPTION_SRC, "-"},
		{{"copy", "--src="}, OPTION_SRC, NULL},
		{{"copy", "--src", ""}, OPTION_SRC, NULL},
		{{"copy", "--src", "a", "--"}, OPTION_SRC, "a"},
		{{"--src", "a", "--", "copy"}, OPTION_SRC, "a"},
		{{"list", "--batch", "all"}, OPTION_BATCH, "all"},
		{{"sync", "--src-creds", "bob:a:b"}, OPTION_SRC_CREDS, "bob:a:b"},
		{{"list"}, OPTION_IMAGE_KEY, "upstream-image"},
		{{"list"}, OPTION_TAG_KEY, "upstream-tags"},
		{{"list"}, OPTION_REGION, "us-east-1"},
		{{"list"}, OPTION_OUTPUT, "table"},
		{{"sync"}, OPTION_OUTPUT, "text"},
		{{"sync"}, OPTION_OVERRIDE_ARCH, "amd64"},
		{{"sync"}, OPTION_OVERRIDE_OS, "linux"},
		{{"sync"}, OPTION_OVERRIDE_VARIANT, NULL},
		{{"sync"}, OPTION_POLICY, NULL},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(options_release) struct options options = {0};
		struct error err;
		if (parse(table[i].words, &options, &err) < 0)
			fail_msg("row %zu: %s", i, err.message);
		const char *found = options_string(&options, table[i].option);
		if (table[i].expected == NULL)
			assert_null(found);
		else
			assert_string_equal(found, table[i].expected);
	}
}

static void every_form_of_a_boolean(void **state)
{
	(void)state;
	static const struct {
		const char *words[8];
		enum option option;
		bool expected;
	} table[] = {
		{{"sync"}, OPTION_DEBUG, false},
		{{"sync", "--debug"}, OPTION_DEBUG, true},
		{{"sync", "--debug=true"}, OPTION_DEBUG, true},
		{{"sync", "--debug=1"}, OPTION_DEBUG, true},
		{{"sync", "--debug=t"}, OPTION_DEBUG, true},
		{{"sync", "--debug=T"}, OPTION_DEBUG, true},
		{{"sync", "--debug=TRUE"}, OPTION_DEBUG, true},
		{{"sync", "--debug=True"}, OPTION_DEBUG, true},
		{{"sync", "--debug=false"}, OPTION_DEBUG, false},
		{{"sync", "--debug=0"}, OPTION_DEBUG, false},
		{{"sync", "--debug=f"}, OPTION_DEBUG, false},
		{{"sync", "--debug=F"}, OPTION_DEBUG, false},
		{{"sync", "--debug=FALSE"}, OPTION_DEBUG, false},
		{{"sync", "--debug=False"}, OPTION_DEBUG, false},
		{{"sync", "--debug", "--debug=false"}, OPTION_DEBUG, false},
		{{"sync"}, OPTION_DEST_PRECOMPUTE_DIGESTS, true},
		{{"sync", "--dest-precompute-digests=false"},
		 OPTION_DEST_PRECOMPUTE_DIGESTS,
		 false},
		{{"sync"}, OPTION_SRC_TLS_VERIFY, true},
		{{"sync", "--src-tls-verify=false"}, OPTION_SRC_TLS_VERIFY, false},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(options_release) struct options options = {0};
		struct error err;
		if (parse(table[i].words, &options, &err) < 0)
			fail_msg("row %zu: %s", i, err.message);
		if (options_boolean(&options, table[i].option) != table[i].expected)
			fail_msg("row %zu", i);
	}
}

static void commands_and_requests_for_help(void **state)
{
	(void)state;
	static const struct {
		const char *words[8];
		enum command command;
		enum command help_topic;
	} table[] = {
		{{NULL}, COMMAND_NONE, COMMAND_NONE},
		{{"list"}, COMMAND_LIST, COMMAND_NONE},
		{{"sync"}, COMMAND_SYNC, COMMAND_NONE},
		{{"help"}, COMMAND_HELP, COMMAND_NONE},
		{{"help", "copy"}, COMMAND_HELP, COMMAND_COPY},
		{{"--help"}, COMMAND_HELP, COMMAND_NONE},
		{{"-h"}, COMMAND_HELP, COMMAND_NONE},
		{{"sync", "--help"}, COMMAND_HELP, COMMAND_SYNC},
		{{"-h", "sync"}, COMMAND_HELP, COMMAND_SYNC},
		{{"list", "--help", "--src", "a"}, COMMAND_HELP, COMMAND_LIST},
		{{"list", "--help=false"}, COMMAND_LIST, COMMAND_NONE},
		{{"version"}, COMMAND_VERSION, COMMAND_NONE},
		{{"--version"}, COMMAND_VERSION, COMMAND_NONE},
		{{"-v"}, COMMAND_VERSION, COMMAND_NONE},
		{{"sync", "--version"}, COMMAND_VERSION, COMMAND_NONE},
		{{"--help", "--version"}, COMMAND_HELP, COMMAND_NONE},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(options_release) struct options options = {0};
		struct error err;
		if (parse(table[i].words, &options, &err) < 0)
			fail_msg("row %zu: %s", i, err.message);
		if (options.command != table[i].command ||
		    options.help_topic != table[i].help_topic)
			fail_msg("row %zu: %d %d", i, options.command, options.help_topic);
	}
}

static void wrong_command_lines(void **state)
{
	(void)state;
	static const struct {
		const char *words[8];
		const char *message;
		const char *hint;
	} table[] = {
		{{"snyc"}, "unknown command \"snyc\"", "did you mean \"sync\"?"},
		{{"lst"}, "unknown command \"lst\"", "did you mean \"list\"?"},
		{{"frobnicate"}, "unknown command \"frobnicate\"", ""},
		{{"frobnicate", "--debug", "x"}, "unknown command \"frobnicate\"", ""},
		{{""}, "unknown command \"\"", ""},
		{{"help", "coppy"}, "unknown command \"coppy\"", "did you mean \"copy\"?"},
		{{"sync", "--dry-rum"}, "unknown flag: --dry-rum", "did you mean --dry-run?"},
		{{"sync", "--dry_run=1"}, "unknown flag: --dry_run", "did you mean --dry-run?"},
		{{"sync", "--insec"}, "unknown flag: --insec", "did you mean --insecure-policy?"},
		{{"list", "--dezt=x"}, "unknown flag: --dezt", ""},
		{{"--dezt=x"}, "unknown flag: --dezt", "did you mean --dest?"},
		{{"sync", "--frobnicate"}, "unknown flag: --frobnicate", ""},
		{{"sync", "--src-cred=bob:secret"},
		 "unknown flag: --src-cred",
		 "did you mean --src-creds?"},
		{{"sync", "--="}, "unknown flag: --", ""},
		{{"sync", "-x"}, "unknown flag: -x", ""},
		{{"sync", "-hx"}, "unknown flag: -hx", ""},
		{{"copy", "-debug"}, "unknown flag: -debug", "did you mean --debug?"},
		{{"copy", "-dest=x"}, "unknown flag: -dest", "did you mean --dest?"},
		{{"sync", "--dest", "x"},
		 "\"sync\" has no flag --dest",
		 "it is a flag of \"copy\""},
		{{"list", "--policy", "x"},
		 "\"list\" has no flag --policy",
		 "it is a flag of \"copy\""},
		{{"--debug"}, "--debug needs a command: copy, list or sync", ""},
		{{"copy", "--src"}, "flag --src needs a value: --src string", ""},
		{{"copy", "-s"}, "flag --src needs a value: --src string", ""},
		{{"copy", "--src", "--dest=x"},
		 "flag --src needs a value, but \"--dest\" follows",
		 "a value that begins with \"--\" is written --src=VALUE"},
		{{"sync", "--src-creds", "--src-password=hush"},
		 "flag --src-creds needs a value, but \"--src-password\" follows",
		 "a value that begins with \"--\" is written --src-creds=VALUE"},
		{{"sync", "x"}, "unexpected argument \"x\"", ""},
		{{"sync", "--", "--debug"}, "unexpected argument \"--debug\"", ""},
		{{"help", "list", "sync"}, "unexpected argument \"sync\"", ""},
		{{"sync", "--debug", "false"},
		 "unexpected argument \"false\"",
		 "write --debug=false"},
		{{"sync", "--debug=maybe"},
		 "invalid value \"maybe\" for --debug: it is either true or false",
		 ""},
		{{"sync", "--debug="},
		 "invalid value \"\" for --debug: it is either true or false",
		 ""},
		{{"sync", "--retry-times", "-1"},
		 "invalid value \"-1\" for --retry-times: it is a whole number, 0 or more",
		 ""},
		{{"sync", "--retry-times", "3x"},
		 "invalid value \"3x\" for --retry-times: it is a whole number, 0 or more",
		 ""},
		{{"sync", "--retry-times", "99999999999999999999"},
		 "invalid value \"99999999999999999999\" for --retry-times: it is a whole number, "
		 "0 or more",
		 ""},
		{{"sync", "--retry-times="},
		 "invalid value \"\" for --retry-times: it is a whole number, 0 or more",
		 ""},
		{{"sync", "--src-authfile", "x"},
		 "--src-authfile is not supported yet",
		 "leave it out"},
		{{"copy", "--src-cert-dir=x"},
		 "--src-cert-dir is not supported yet",
		 "leave it out"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(options_release) struct options options = {0};
		struct error err;
		if (parse(table[i].words, &options, &err) == 0)
			fail_msg("row %zu: accepted", i);
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_equal(err.message, table[i].message);
		assert_string_equal(err.hint, table[i].hint);
	}
}

static void failure_still_names_the_command(void **state)
{
	(void)state;
	static const char *const words[] = {"sync", "--nonsense", NULL};
	cleanup(vector_release) struct vector vector = make_vector(words);
	cleanup(options_release) struct options options = {0};
	enum command command;
	struct error err;
	assert_int_equal(options_parse(vector.count, vector.items, &options, &command, &err), -1);
	assert_int_equal(command, COMMAND_SYNC);
}

static void environment_sets_what_the_command_line_does_not(void **state)
{
	(void)state;
	static const char *const bare[] = {"sync", NULL};
	static const char *const given[] = {"sync", "--prefix=argument", "--debug=false", NULL};
	setenv("ECR_MIRROR_SYNC_PREFIX", "environment", 1);
	setenv("ECR_MIRROR_SYNC_DEBUG", "1", 1);
	setenv("ECR_MIRROR_SYNC_RETRY_TIMES", "7", 1);
	setenv("ECR_MIRROR_SYNC_IMAGE_KEY", "", 1);
	setenv("ECR_MIRROR_SYNC_DEST", "of another command", 1);
	setenv("ECR_MIRROR_SYNC_HELP", "true", 1);
	setenv("ECR_MIRROR_SYNC_PORT", "tcp://10.0.0.1:80", 1);

	struct error err;
	cleanup(options_release) struct options options = {0};
	assert_int_equal(parse(bare, &options, &err), 0);
	assert_int_equal(options.command, COMMAND_SYNC);
	assert_string_equal(options_string(&options, OPTION_PREFIX), "environment");
	assert_true(options_boolean(&options, OPTION_DEBUG));
	assert_int_equal(options_integer(&options, OPTION_RETRY_TIMES), 7);
	assert_string_equal(options_string(&options, OPTION_IMAGE_KEY), "upstream-image");
	assert_false(options_given(&options, OPTION_IMAGE_KEY));
	assert_null(options_string(&options, OPTION_DEST));
	char label[OPTION_LABEL_SIZE];
	options_label(&options, OPTION_PREFIX, label);
	assert_string_equal(label, "ECR_MIRROR_SYNC_PREFIX");

	cleanup(options_release) struct options overridden = {0};
	assert_int_equal(parse(given, &overridden, &err), 0);
	assert_string_equal(options_string(&overridden, OPTION_PREFIX), "argument");
	assert_false(options_boolean(&overridden, OPTION_DEBUG));
	options_label(&overridden, OPTION_PREFIX, label);
	assert_string_equal(label, "--prefix");
}

/* An option in each command that takes it. */
struct setting {
	enum command command;
	enum option option;
	const char *by_variable; /* not the default */
	const char *by_argument; /* another one */
};

static struct setting make_setting(enum command command, enum option option)
{
	struct setting setting = {.command = command, .option = option};
	bool is_true = option_default(option, command) != NULL;
	switch (option_table[option].type) {
	case OPTION_BOOLEAN:
		setting.by_variable = is_true ? "false" : "true";
		setting.by_argument = is_true ? "true" : "false";
		break;
	case OPTION_INTEGER:
		setting.by_variable = "7";
		setting.by_argument = "8";
		break;
	case OPTION_STRING:
		setting.by_variable = "from the environment";
		setting.by_argument = "from the command line";
		break;
	}
	return setting;
}

/* `argument` may be NULL. What is not supported is refused under the name that it was given by. */
static void check_setting(const struct setting *setting, const char *argument, const char *value,
			  const char *label)
{
	const char *const words[] = {command_table[setting->command].name, argument, NULL};
	cleanup(options_release) struct options options = {0};
	struct error err;
	int result = parse(words, &options, &err);
	if (option_table[setting->option].unsupported) {
		autofree char *refusal = string_format("%s is not supported yet", label);
		assert_int_equal(result, -1);
		assert_string_equal(err.message, refusal);
		return;
	}
	if (result < 0)
		fail_msg("%s %s: %s", words[0], label, err.message);
	char found[OPTION_LABEL_SIZE];
	options_label(&options, setting->option, found);
	assert_string_equal(found, label);
	assert_string_equal(options_string(&options, setting->option), value);
	if (option_table[setting->option].type == OPTION_BOOLEAN)
		assert_int_equal(options_boolean(&options, setting->option),
				 strcmp(value, "true") == 0);
}

static void every_flag_has_a_variable_and_wins_over_it(void **state)
{
	(void)state;
	static const enum command commands[] = {COMMAND_COPY, COMMAND_LIST, COMMAND_SYNC};
	size_t checked = 0;
	for (size_t i = 0; i < array_count(commands) * OPTION_COUNT; i++) {
		enum command command = commands[i / OPTION_COUNT];
		enum option option = (enum option)(i % OPTION_COUNT);
		bool asks = option == OPTION_HELP || option == OPTION_VERSION;
		if (asks || !option_applies(option, command))
			continue;
		struct setting setting = make_setting(command, option);
		char variable[OPTION_VARIABLE_SIZE];
		option_variable(option, variable);
		autofree char *flag = string_format("--%s", option_table[option].name);
		autofree char *argument = string_format("%s=%s", flag, setting.by_argument);

		setenv(variable, setting.by_variable, 1);
		check_setting(&setting, NULL, setting.by_variable, variable);
		check_setting(&setting, argument, setting.by_argument, flag);
		unsetenv(variable);
		checked++;
	}
	/* All that help shows of copy, list and sync, but --help. */
	assert_int_equal(checked, 26 + 9 + 24);
}

static void malformed_environment_names_the_variable(void **state)
{
	(void)state;
	static const char *const bare[] = {"sync", NULL};
	static const char *const overridden[] = {"sync", "--debug", NULL};
	static const char *const other[] = {"list", NULL};
	struct error err;
	cleanup(options_release) struct options options = {0};

	setenv("ECR_MIRROR_SYNC_DEBUG", "yes", 1);
	assert_int_equal(parse(bare, &options, &err), -1);
	assert_string_equal(err.message, "invalid value \"yes\" for ECR_MIRROR_SYNC_DEBUG: it is "
					 "either true or false");
	assert_int_equal(parse(overridden, &options, &err), 0);
	unsetenv("ECR_MIRROR_SYNC_DEBUG");

	options_release(&options);
	setenv("ECR_MIRROR_SYNC_SRC_AUTHFILE", "/x", 1);
	assert_int_equal(parse(bare, &options, &err), -1);
	assert_string_equal(err.message, "ECR_MIRROR_SYNC_SRC_AUTHFILE is not supported yet");
	assert_int_equal(parse(other, &options, &err), 0);
}

static void secrets_leave_the_argument_vector(void **state)
{
	(void)state;
	static const char *const words[] = {"sync",
					    "--src-creds=bob:hush",
					    "--src-password",
					    "hush",
					    "--src-registry-token=hush",
					    "--src-username",
					    "bob",
					    "--src-creds",
					    "amy:hush",
					    NULL};
	cleanup(vector_release) struct vector vector = make_vector(words);
	cleanup(options_release) struct options options = {0};
	enum command command;
	struct error err;
	assert_int_equal(options_parse(vector.count, vector.items, &options, &command, &err), 0);
	assert_string_equal(options_string(&options, OPTION_SRC_CREDS), "amy:hush");
	assert_string_equal(options_string(&options, OPTION_SRC_PASSWORD), "hush");
	assert_string_equal(options_string(&options, OPTION_SRC_REGISTRY_TOKEN), "hush");
	for (int i = 0; i < vector.count; i++) {
		size_t size = i == 0 ? strlen(PROGRAM_NAME) : strlen(words[i - 1]);
		assert_null(memmem(vector.items[i], size, "hush", 4));
	}
	assert_string_equal(vector.items[2], "--src-creds=");
	assert_string_equal(vector.items[7], "bob");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_value),
		cmocka_unit_test(every_form_of_a_boolean),
		cmocka_unit_test(commands_and_requests_for_help),
		cmocka_unit_test(wrong_command_lines),
		cmocka_unit_test(failure_still_names_the_command),
		cmocka_unit_test_teardown(environment_sets_what_the_command_line_does_not,
					  clear_environment),
		cmocka_unit_test_teardown(every_flag_has_a_variable_and_wins_over_it,
					  clear_environment),
		cmocka_unit_test_teardown(malformed_environment_names_the_variable,
					  clear_environment),
		cmocka_unit_test(secrets_leave_the_argument_vector),
	};
	return cmocka_run_group_tests(tests, clear_environment, NULL);
}
