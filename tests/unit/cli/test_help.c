#include "cli/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What the document promises: short form and name, value, default. */
struct promise {
	const char *flag;
	const char *value; /* NULL: boolean */
	const char *default_value;
};

static const struct promise list_promises[] = {
	{"      --batch", "string", NULL},
	{"      --debug", NULL, NULL},
	{"      --dry-run", NULL, NULL},
	{"  -h, --help", NULL, NULL},
	{"      --image-key", "string", "\"upstream-image\""},
	{"      --output", "FORMAT", "\"table\""},
	{"      --prefix", "string", NULL},
	{"      --region", "string", "\"us-east-1\""},
	{"      --render-table", NULL, NULL},
	{"      --tag-key", "string", "\"upstream-tags\""},
};

static const struct promise copy_promises[] = {
	{"      --batch", "string", NULL},
	{"      --debug", NULL, NULL},
	{"  -d, --dest", "string", NULL},
	{"      --dest-precompute-digests", NULL, "true"},
	{"      --dry-run", NULL, NULL},
	{"  -h, --help", NULL, NULL},
	{"      --image-key", "string", "\"upstream-image\""},
	{"      --insecure-policy", NULL, NULL},
	{"      --output", "FORMAT", "\"text\""},
	{"      --override-arch", "ARCH", "\"amd64\""},
	{"      --override-os", "OS", "\"linux\""},
	{"      --override-variant", "VARIANT", NULL},
	{"      --policy", "string", NULL},
	{"      --prefix", "string", NULL},
	{"      --region", "string", "\"us-east-1\""},
	{"      --render-table", NULL, NULL},
	{"      --retry-times", "int", NULL},
	{"  -s, --src", "string", NULL},
	{"      --src-authfile", "string", NULL},
	{"      --src-cert-dir", "PATH", NULL},
	{"      --src-creds", "USERNAME[:PASSWORD]", NULL},
	{"      --src-no-creds", NULL, NULL},
	{"      --src-password", "string", NULL},
	{"      --src-registry-token", "string", NULL},
	{"      --src-tls-verify", NULL, "true"},
	{"      --src-username", "string", NULL},
	{"      --tag-key", "string", "\"upstream-tags\""},
};

static const struct promise sync_promises[] = {
	{"      --batch", "string", NULL},
	{"      --debug", NULL, NULL},
	{"      --dest-precompute-digests", NULL, "true"},
	{"      --dry-run", NULL, NULL},
	{"  -h, --help", NULL, NULL},
	{"      --image-key", "string", "\"upstream-image\""},
	{"      --insecure-policy", NULL, NULL},
	{"      --output", "FORMAT", "\"text\""},
	{"      --override-arch", "ARCH", "\"amd64\""},
	{"      --override-os", "OS", "\"linux\""},
	{"      --override-variant", "VARIANT", NULL},
	{"      --policy", "string", NULL},
	{"      --prefix", "string", NULL},
	{"      --region", "string", "\"us-east-1\""},
	{"      --render-table", NULL, NULL},
	{"      --retry-times", "int", NULL},
	{"      --src-authfile", "string", NULL},
	{"      --src-cert-dir", "PATH", NULL},
	{"      --src-creds", "USERNAME[:PASSWORD]", NULL},
	{"      --src-no-creds", NULL, NULL},
	{"      --src-password", "string", NULL},
	{"      --src-registry-token", "string", NULL},
	{"      --src-tls-verify", NULL, "true"},
	{"      --src-username", "string", NULL},
	{"      --tag-key", "string", "\"upstream-tags\""},
};

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

static void check_line(const char *line, size_t size, const struct promise *promise,
		       size_t help_column)
{
	autofree char *text = string_copy_size(line, size);
	autofree char *beginning =
		string_format("%s%s%s   ", promise->flag, promise->value != NULL ? " " : "",
			      promise->value != NULL ? promise->value : "");
	if (strncmp(text, beginning, strlen(beginning)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", text, beginning);
	assert_true(size > help_column);
	assert_int_equal(text[help_column - 1], ' ');
	assert_int_not_equal(text[help_column], ' ');

	const char *found = strstr(text, " (default ");
	if (promise->default_value == NULL) {
		assert_null(found);
		return;
	}
	autofree char *ending = string_format(" (default %s)", promise->default_value);
	assert_non_null(found);
	assert_string_equal(found, ending);
}

static void check_help(enum command command, const char *beginning, size_t help_column,
		       const struct promise *promises, size_t count)
{
	autofree char *text = help_of(command);
	assert_int_equal(strncmp(text, beginning, strlen(beginning)), 0);
	const char *line = text + strlen(beginning);
	for (size_t i = 0; i < count; i++) {
		size_t size = strcspn(line, "\n");
		check_line(line, size, &promises[i], help_column);
		line += size + 1;
	}
	assert_int_equal(strncmp(line, "\nEnvironment:\n", 14), 0);
	assert_non_null(strstr(line, "\nExit status:\n"));
}

static void help_is_as_documented(void **state)
{
	(void)state;
	check_help(COMMAND_LIST,
		   "List ECR repositories and tags marked for mirroring\n\nUsage:\n"
		   "  ecr-mirror-sync list [flags]\n\nFlags:\n",
		   27, list_promises, array_count(list_promises));
	check_help(COMMAND_COPY,
		   "Copy image:tag from public source to ECR\n\nUsage:\n"
		   "  ecr-mirror-sync copy [flags]\n\nFlags:\n",
		   40, copy_promises, array_count(copy_promises));
	check_help(COMMAND_SYNC,
		   "Sync all ECR repositories tagged to be mirrored with public repositories\n\n"
		   "Usage:\n  ecr-mirror-sync sync [flags]\n\nFlags:\n",
		   40, sync_promises, array_count(sync_promises));
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
