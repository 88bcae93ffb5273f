#include "aws/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct ini parse(const char *text)
{
	struct ini ini = {0};
	struct error err = {0};
	if (ini_parse(text, strlen(text), "file", &ini, &err) < 0)
		fail_msg("%s", err.message);
	return ini;
}

static void assert_value(const char *text, const char *section, const char *parent, const char *key,
			 const char *expected)
{
	cleanup(ini_release) struct ini ini = parse(text);
	const char *value = ini_get(&ini, section, parent, key);
	if (expected == NULL) {
		assert_null(value);
	} else {
		assert_non_null(value);
		assert_string_equal(value, expected);
	}
}

static void values(void **state)
{
	(void)state;
	assert_value("[a]\nk = v\n", "a", NULL, "k", "v");
	assert_value("[a]\nk=v", "a", NULL, "k", "v");
	assert_value("[a]\r\nk = v\r\n", "a", NULL, "k", "v");
	assert_value("\xef\xbb\xbf[a]\nk = v\n", "a", NULL, "k", "v");
	assert_value("[a]\nK = V\n", "a", NULL, "k", "V");
	assert_value("[a]\nk =\n", "a", NULL, "k", "");
	assert_value("[a]\nk = a=b=\n", "a", NULL, "k", "a=b=");
	assert_value("[a]\nk = two words \t\n", "a", NULL, "k", "two words");
	assert_value("[a]\nk = 1\nk = 2\n", "a", NULL, "k", "2");
	assert_value("[a]\nk = 1\n[b]\nk = 2\n", "a", NULL, "k", "1");
	assert_value("[a]\nk = 1\n[b]\n[a]\nk = 2\n", "a", NULL, "k", "2");
	assert_value("[a]\n[b]\nk = 2\n", "a", NULL, "k", NULL);
	assert_value("", "a", NULL, "k", NULL);
}

static void comments(void **state)
{
	(void)state;
	assert_value("# c\n; c\n  # c\n[a] # c\n#k = 0\nk = v # c\n", "a", NULL, "k", "v");
	assert_value("[a]\nk = v ; c\n", "a", NULL, "k", "v");
	assert_value("[a]\nk = v#w;x\n", "a", NULL, "k", "v#w;x");
	assert_value("[a]\nk = # c\n", "a", NULL, "k", "");
	assert_value("[a]\nk = #v\n", "a", NULL, "k", "");
	assert_value("[a]\nk =#v\n", "a", NULL, "k", "#v");
	assert_value("[a]\ncredential_process = run # x\n", "a", NULL, "credential_process",
		     "run # x");
}

static void section_names(void **state)
{
	(void)state;
	assert_value("[profile x]\nk = v\n", "profile x", NULL, "k", "v");
	assert_value("[ profile \t x ]\nk = v\n", "profile x", NULL, "k", "v");
	assert_value("[profile \"two words\"]\nk = v\n", "profile two words", NULL, "k", "v");
	assert_value("[profile 'two words']\nk = v\n", "profile two words", NULL, "k", "v");
	assert_value("[profile \"]\nk = v\n", "profile \"", NULL, "k", "v");
	assert_value("  [a]\nk = v\n", "a", NULL, "k", "v");
	cleanup(ini_release) struct ini ini = parse("[empty]\n");
	assert_true(ini_has_section(&ini, "empty"));
	assert_false(ini_has_section(&ini, "Empty"));
}

static void indented_lines(void **state)
{
	(void)state;
	static const char nested[] = "[services x]\n"
				     "ecr =\n"
				     "  endpoint_url = http://e # c\n"
				     "\n"
				     "  # c\n"
				     "\tOther = 1\n"
				     "sts =\n"
				     "  endpoint_url = http://s\n"
				     "plain = 2\n";
	assert_value(nested, "services x", "ecr", "endpoint_url", "http://e");
	assert_value(nested, "services x", "ecr", "other", "1");
	assert_value(nested, "services x", "sts", "endpoint_url", "http://s");
	assert_value(nested, "services x", NULL, "endpoint_url", NULL);
	assert_value(nested, "services x", NULL, "plain", "2");
	assert_value(nested, "services x", NULL, "ecr", "");

	/* all of a section's lines may be indented */
	assert_value("[a]\n  k =\n  l = 2\n", "a", NULL, "l", "2");
	assert_value("[a]\n  k = 1\n  l = 2\n", "a", NULL, "k", "1");
	/* deeper ones go on with a value */
	assert_value("[a]\nk = 1\n  2 = 3\n", "a", NULL, "k", "1\n2 = 3");
	assert_value("[a]\nk = 1\n[b]\n  l = 2\n", "b", NULL, "l", "2");
}

static void assert_refused(const char *text, size_t size, const char *message)
{
	struct ini ini = {.count = 7};
	struct error err = {0};
	assert_int_equal(ini_parse(text, size, "/x/config", &ini, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_string_equal(err.message, message);
	assert_int_equal(ini.count, 7);
}

static void malformed(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *message;
	} table[] = {
		{"k = v\n", "/x/config:1: expected a section such as \"[default]\" first"},
		{"\n[a\n", "/x/config:2: the section's name has no closing \"]\""},
		{"[]\n", "/x/config:1: the section has no name"},
		{"[  ]\n", "/x/config:1: the section has no name"},
		{"[a] b\n", "/x/config:1: unexpected text after the section's name"},
		{"[a]\nk = v\n\nnonsense\n", "/x/config:4: expected \"key = value\""},
		{"[a]\r\n = v\r\n", "/x/config:2: no key before \"=\""},
		{"[a]\nk =\n  nonsense\n", "/x/config:3: expected \"key = value\""},
	};
	for (size_t i = 0; i < array_count(table); i++)
		assert_refused(table[i].text, strlen(table[i].text), table[i].message);
	assert_refused("[a]\nk = \0v\n", 11, "/x/config:2: contains a NUL byte");
}

static void too_large(void **state)
{
	(void)state;
	autofree char *text = memory_allocate(INI_SIZE_LIMIT + 1);
	memset(text, '\n', INI_SIZE_LIMIT + 1);
	assert_refused(text, INI_SIZE_LIMIT + 1, "/x/config: larger than 1048576 bytes");
	static const char start[] = "[a]\nk = 1\n";
	for (size_t i = 0; i < INI_SIZE_LIMIT; i++) {
		if (i < strlen(start))
			text[i] = start[i];
		else
			text[i] = " x\n"[(i + 2) % 3];
	}
	struct ini ini = {0};
	struct error err = {0};
	assert_int_equal(ini_parse(text, INI_SIZE_LIMIT, "f", &ini, &err), -1);
	assert_non_null(strstr(err.message, "too long"));
}

static void files(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(ini_release) struct ini absent = {0};
	assert_int_equal(ini_read("/nonexistent/config", &absent, &err), 0);
	assert_int_equal(absent.sections.count, 0);
	struct ini folder = {0};
	assert_int_equal(ini_read("/tmp", &folder, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_string_equal(err.message, "/tmp: Is a directory");

	char path[] = "/tmp/test-ini-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, "[a]\nk = v\n", 10), 10);
	close(descriptor);
	cleanup(ini_release) struct ini ini = {0};
	assert_int_equal(ini_read(path, &ini, &err), 0);
	assert_string_equal(ini_get(&ini, "a", NULL, "k"), "v");
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),        cmocka_unit_test(comments),
		cmocka_unit_test(section_names), cmocka_unit_test(indented_lines),
		cmocka_unit_test(malformed),     cmocka_unit_test(too_large),
		cmocka_unit_test(files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
