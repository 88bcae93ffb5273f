#include "cli/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COPY COMMAND_BIT(COMMAND_COPY)
#define LIST COMMAND_BIT(COMMAND_LIST)
#define SYNC COMMAND_BIT(COMMAND_SYNC)

/* What the document promises, and what was added to it. */
struct promise {
	unsigned commands;
	const char *usage; /* short form, name and value */
	const char *description;
	const char *default_value; /* NULL: none is shown */
};

/* clang-format off */
static const struct promise promises[] = {
	{COPY | LIST | SYNC, "      --batch string",
	 "batch size for syncing images, default is all", NULL},
	{COPY | LIST | SYNC, "      --debug", "enable debug output", NULL},
	{COPY, "  -d, --dest string", "ecr destination repository", NULL},
	{COPY | SYNC, "      --dest-precompute-digests",
	 "Precompute digests to prevent uploading layers already on the registry using the "
	 "'docker' transport.", "true"},
	{COPY | LIST | SYNC, "      --dry-run", "Run without actually copying data", NULL},
	{COPY, "  -h, --help", "help for copy", NULL},
	{LIST, "  -h, --help", "help for list", NULL},
	{SYNC, "  -h, --help", "help for sync", NULL},
	{COPY | LIST | SYNC, "      --image-key string",
	 "aws resource tag for upstream image", "\"upstream-image\""},
	{COPY | SYNC, "      --insecure-policy", "run the tool without any policy check", NULL},
	{COPY | SYNC, "      --output FORMAT",
	 "print the report in FORMAT: text, table or json", "\"text\""},
	{LIST, "      --output FORMAT",
	 "print the report in FORMAT: text, table or json", "\"table\""},
	{COPY | SYNC, "      --override-arch ARCH",
	 "use ARCH instead of the architecture of the machine for choosing images", "\"amd64\""},
	{COPY | SYNC, "      --override-os OS",
	 "use OS instead of the running OS for choosing images", "\"linux\""},
	{COPY | SYNC, "      --override-variant VARIANT",
	 "use VARIANT instead of the running architecture variant for choosing images", NULL},
	{COPY | SYNC, "      --policy string", "Path to a trust policy file", NULL},
	{COPY | LIST | SYNC, "      --prefix string", "prefix for external images in ecr", NULL},
	{COPY | LIST | SYNC, "      --region string",
	 "ecr region to interact with", "\"us-east-1\""},
	{COPY | LIST | SYNC, "      --render-table", "Render tables", NULL},
	{COPY | SYNC, "      --retry-times int", "the number of times to possibly retry", NULL},
	{COPY, "  -s, --src string", "source image:tag", NULL},
	{COPY | SYNC, "      --src-authfile string",
	 "path of the authentication file. Default is ${XDG_RUNTIME_DIR}/containers/auth.json "
	 "(not supported yet)", NULL},
	{COPY | SYNC, "      --src-cert-dir PATH",
	 "use certificates at PATH (*.crt, *.cert, *.key) to connect to the registry or daemon "
	 "(not supported yet)", NULL},
	{COPY | SYNC, "      --src-creds USERNAME[:PASSWORD]",
	 "Use USERNAME[:PASSWORD] for accessing the registry", NULL},
	{COPY | SYNC, "      --src-no-creds", "Access the registry anonymously", NULL},
	{COPY | SYNC, "      --src-password string", "Password for accessing the registry", NULL},
	{COPY | SYNC, "      --src-registry-token string",
	 "Provide a Bearer token for accessing the registry", NULL},
	{COPY | SYNC, "      --src-tls-verify",
	 "require HTTPS and verify certificates when accessing the registry", "true"},
	{COPY | SYNC, "      --src-username string", "Username for accessing the registry", NULL},
	{COPY | LIST | SYNC, "      --tag-key string",
	 "aws resource tag for upstream tags", "\"upstream-tags\""},
};
/* clang-format on */

static char *help_of(enum command command)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	help_print(out, command);
	fclose(out);
	return text;
}

static char *promised_line(const struct promise *promise, int help_column)
{
	const char *value = promise->default_value;
	return string_format("%-*s%s%s%s%s", help_column, promise->usage, promise->description,
			     value != NULL ? " (default " : "", value != NULL ? value : "",
			     value != NULL ? ")" : "");
}

static void check_help(enum command command, const char *beginning, int help_column)
{
	autofree char *text = help_of(command);
	assert_int_equal(strncmp(text, beginning, strlen(beginning)), 0);
	const char *at = text + strlen(beginning);
	for (size_t i = 0; i < array_count(promises); i++) {
		if ((promises[i].commands & COMMAND_BIT(command)) == 0)
			continue;
		size_t size = strcspn(at, "\n");
		autofree char *line = string_copy_size(at, size);
		autofree char *promised = promised_line(&promises[i], help_column);
		assert_string_equal(line, promised);
		at += size + 1;
	}
	assert_int_equal(strncmp(at, "\nEnvironment:\n", 14), 0);
	assert_non_null(strstr(at, "\nExit status:\n"));
}

static void help_is_as_documented(void **state)
{
	(void)state;
	check_help(COMMAND_LIST,
		   "List ECR repositories and tags marked for mirroring\n\nUsage:\n"
		   "  ecr-mirror-sync list [flags]\n\nFlags:\n",
		   27);
	check_help(COMMAND_COPY,
		   "Copy image:tag from public source to ECR\n\nUsage:\n"
		   "  ecr-mirror-sync copy [flags]\n\nFlags:\n",
		   40);
	check_help(COMMAND_SYNC,
		   "Sync all ECR repositories tagged to be mirrored with public repositories\n\n"
		   "Usage:\n  ecr-mirror-sync sync [flags]\n\nFlags:\n",
		   40);
}

static void help_of_the_program_lists_its_commands(void **state)
{
	(void)state;
	autofree char *text = help_of(COMMAND_NONE);
	static const char *const parts[] = {
		"Usage:\n  ecr-mirror-sync [command]\n",
		"\nAvailable Commands:\n  copy        Copy image:tag from public source to ECR\n"
		"  help        Help about any command\n  list        List ",
		"\n  version     Print the version\n",
		"\n  -h, --help      help for ecr-mirror-sync\n"
		"  -v, --version   version for ecr-mirror-sync\n",
	};
	for (size_t i = 0; i < array_count(parts); i++) {
		if (strstr(text, parts[i]) == NULL)
			fail_msg("part %zu is missing in:\n%s", i, text);
	}
}

static void tables_are_in_order(void **state)
{
	(void)state;
	for (int i = 1; i < OPTION_COUNT; i++)
		assert_true(strcmp(option_table[i - 1].name, option_table[i].name) < 0);
	for (int i = COMMAND_NONE + 2; i < COMMAND_COUNT; i++)
		assert_true(strcmp(command_table[i - 1].name, command_table[i].name) < 0);
	for (int i = 0; i < OPTION_COUNT; i++)
		assert_true((option_table[i].placeholder == NULL) ==
			    (option_table[i].type == OPTION_BOOLEAN));
}

static void secrets_are_marked(void **state)
{
	(void)state;
	static const enum option secrets[] = {OPTION_SRC_CREDS, OPTION_SRC_PASSWORD,
					      OPTION_SRC_REGISTRY_TOKEN};
	size_t count = 0;
	for (int i = 0; i < OPTION_COUNT; i++)
		count += option_table[i].secret;
	assert_int_equal(count, array_count(secrets));
	for (size_t i = 0; i < array_count(secrets); i++)
		assert_true(option_table[secrets[i]].secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_is_as_documented),
		cmocka_unit_test(help_of_the_program_lists_its_commands),
		cmocka_unit_test(tables_are_in_order),
		cmocka_unit_test(secrets_are_marked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
