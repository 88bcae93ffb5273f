#include "registry/challenge.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* The list as text: "scheme token68 name=value|name=value; scheme …". */
static char *describe(const struct challenge_list *list)
{
	cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
	for (size_t i = 0; i < list->count; i++) {
		const struct challenge *challenge = &list->items[i];
		buffer_printf(&text, "%s%s", i > 0 ? "; " : "", challenge->scheme);
		if (challenge->token68 != NULL)
			buffer_printf(&text, " %s", challenge->token68);
		for (size_t j = 0; j < challenge->parameter_count; j++)
			buffer_printf(&text, "%s%s=%s", j > 0 ? "|" : " ",
				      challenge->parameters[j].name,
				      challenge->parameters[j].value);
	}
	return buffer_take(&text);
}

static void reads_challenges(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *described;
	} cases[] = {
		{"", ""},
		{" , ,\t,", ""},
		{"Basic", "basic"},
		{"Basic ", "basic"},
		{"NEGOTIATE", "negotiate"},
		{"Negotiate, Basic", "negotiate; basic"},
		{"Negotiate ,, Basic ,", "negotiate; basic"},
		/* What registries send. */
		{"Basic realm=\"https://1.dkr.ecr.eu-west-1.amazonaws.com/\","
		 "service=\"ecr.amazonaws.com\"",
		 "basic "
		 "realm=https://1.dkr.ecr.eu-west-1.amazonaws.com/|service=ecr.amazonaws.com"},
		{"Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
		 "scope=\"repository:library/nginx:pull,push\"",
		 "bearer realm=https://auth.docker.io/token|service=registry.docker.io|"
		 "scope=repository:library/nginx:pull,push"},
		/* Names in any case, blanks wherever they are allowed. */
		{"bEaReR ReAlM=x", "bearer realm=x"},
		{"Bearer   realm=x", "bearer realm=x"},
		{"Bearer\trealm=x", "bearer realm=x"},
		{"Bearer realm = x", "bearer realm=x"},
		{"Bearer realm\t=\t\"x\" ,\tservice = y ", "bearer realm=x|service=y"},
		{", Bearer realm=x,,service=y,", "bearer realm=x|service=y"},
		{"Bearer , realm=x", "bearer realm=x"},
		/* Quoted strings. */
		{"A b=\"\"", "a b="},
		{"A b=\" c , d=\\\"e\\\" \"", "a b= c , d=\"e\" "},
		{"A b=\"\\\\\"", "a b=\\"},
		{"A b=\"\\c\\d\"", "a b=cd"},
		{"A b=\"\xc3\xa9\tx\"", "a b=\xc3\xa9\tx"},
		{"A b=\"=,;()<>@:/[]?{}\"", "a b==,;()<>@:/[]?{}"},
		/* token68. */
		{"Negotiate YIIabc==", "negotiate YIIabc=="},
		{"Negotiate abc=, Basic realm=x", "negotiate abc=; basic realm=x"},
		{"Negotiate A-b._~+/9", "negotiate A-b._~+/9"},
		{"Scheme one , Other two", "scheme one; other two"},
		{"A b=", "a b="},
		/* Several in one value. */
		{"Basic realm=\"a, b\", Bearer realm=c, d=e, Newauth x=\"\\\"\"",
		 "basic realm=a, b; bearer realm=c|d=e; newauth x=\""},
		{"Bearer a=b, Bearer a=c", "bearer a=b; bearer a=c"},
		{"!#$%&'*+-.^_`|~ !#$=!#$", "!#$%&'*+-.^_`|~ !#$=!#$"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
		if (challenge_list_parse(cases[i].value, &list, &err) < 0)
			fail_msg("%s", err.message);
		autofree char *described = describe(&list);
		assert_string_equal(described, cases[i].described);
	}
}

static void refuses_malformed_values(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *words;
	} cases[] = {
		{"=", "expected a scheme"},
		{"\"a\"", "expected a scheme"},
		{"Basic, @", "expected a scheme or parameter at \"@\""},
		{"\x01", "expected a scheme"},
		{"realm=x", "belongs to no challenge"},
		{", realm=x", "belongs to no challenge"},
		{"Basic=x", "belongs to no challenge"},
		{"Negotiate abc==, realm=x", "belongs to no challenge"},
		{"Basic\"x\"", "expected a blank"},
		{"Basic/x", "expected a blank"},
		{"Basic realm=\"x", "does not end"},
		{"Basic realm=\"", "does not end"},
		{"Basic realm=\"x\\", "does not end"},
		{"Basic realm=\"x\\\"", "does not end"},
		{"Basic realm=\"a\nb\"", "control character"},
		{"Basic realm=\"a\\\x7f\"", "control character"},
		{"Basic realm=\"x\" service=\"y\"", "expected a comma at \" service"},
		{"Basic realm=\"x\"y", "expected a comma at \"y\""},
		{"Basic realm=x y", "expected a comma at \" y\""},
		{"Basic realm=x;y", "expected a comma at \";y\""},
		{"Bearer realm=https://x/token", "expected a comma at \"://x/token\""},
		{"Basic abc== def", "a parameter has no value"},
		{"Basic a b", "expected a parameter at \"b\""},
		{"Basic realm=@", "no value"},
		{"Basic realm=,x=y", "belongs to no challenge"},
		{"Basic a=b, c=", "no value"},
		{"Basic a=b, c=,d=e", "no value"},
		{"Basic realm=x, realm=y", "\"realm\" is given twice"},
		{"Basic realm=x, REALM=\"x\"", "\"realm\" is given twice"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		struct challenge_list list = CHALLENGE_LIST_INIT;
		if (challenge_list_parse(cases[i].value, &list, &err) == 0)
			fail_msg("%s was accepted", cases[i].value);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_int_equal(list.count, 0);
		assert_null(list.items);
		if (strstr(err.message, cases[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, cases[i].words);
	}
}

static void adds_to_the_list(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
	assert_int_equal(challenge_list_parse("Basic realm=a", &list, &err), 0);
	assert_int_equal(challenge_list_parse("", &list, &err), 0);
	assert_int_equal(challenge_list_parse("Bearer realm=b, Digest c=d", &list, &err), 0);

	/* A field of its own does not continue the one before, and a bad one changes nothing. */
	assert_int_equal(challenge_list_parse("service=x", &list, &err), -1);
	assert_int_equal(challenge_list_parse("Other, x=\"", &list, &err), -1);
	autofree char *described = describe(&list);
	assert_string_equal(described, "basic realm=a; bearer realm=b; digest c=d");
}

static void finds_parameters(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
	assert_int_equal(challenge_list_parse("Bearer REALM=a, Service=b, c=\"\"", &list, &err), 0);
	assert_string_equal(challenge_parameter(&list.items[0], "realm"), "a");
	assert_string_equal(challenge_parameter(&list.items[0], "SERVICE"), "b");
	assert_string_equal(challenge_parameter(&list.items[0], "c"), "");
	assert_null(challenge_parameter(&list.items[0], "scope"));
	assert_null(challenge_parameter(&list.items[0], ""));
}

/* "<before><part>0=x,<part>1=x,…", `count` times. */
static char *repeat(const char *before, const char *part, size_t count)
{
	cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
	buffer_append_string(&text, before);
	for (size_t i = 0; i < count; i++)
		buffer_printf(&text, "%s%s%zu=x", i > 0 ? "," : "", part, i);
	return buffer_take(&text);
}

static void limits_the_parameters(void **state)
{
	(void)state;
	for (size_t count = CHALLENGE_PARAMETER_LIMIT; count <= CHALLENGE_PARAMETER_LIMIT + 1;
	     count++) {
		struct error err = {0};
		cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
		autofree char *value = repeat("Basic ", "p", count);
		int result = challenge_list_parse(value, &list, &err);
		assert_int_equal(result, count > CHALLENGE_PARAMETER_LIMIT ? -1 : 0);
		assert_int_equal(err.kind, result < 0 ? ERROR_TOO_LARGE : ERROR_NONE);
		assert_int_equal(list.count, result < 0 ? 0 : 1);
	}
}

static void limits_the_challenges(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
	autofree char *many = repeat("", "Scheme x", CHALLENGE_COUNT_LIMIT + 1);
	assert_int_equal(challenge_list_parse(many, &list, &err), -1);
	assert_int_equal(err.kind, ERROR_TOO_LARGE);
	assert_int_equal(list.count, 0);

	autofree char *fitting = repeat("", "Scheme x", CHALLENGE_COUNT_LIMIT);
	assert_int_equal(challenge_list_parse(fitting, &list, &err), 0);
	assert_int_equal(list.count, CHALLENGE_COUNT_LIMIT);
	assert_int_equal(challenge_list_parse("Basic", &list, &err), -1);
	assert_int_equal(err.kind, ERROR_TOO_LARGE);
	assert_int_equal(list.count, CHALLENGE_COUNT_LIMIT);
}

static void limits_the_size(void **state)
{
	(void)state;
	for (size_t size = CHALLENGE_VALUE_LIMIT; size <= CHALLENGE_VALUE_LIMIT + 1; size++) {
		struct error err = {0};
		cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
		autofree char *value = memory_allocate(size + 1);
		memset(value, 'a', size);
		int result = challenge_list_parse(value, &list, &err);
		assert_int_equal(result, size > CHALLENGE_VALUE_LIMIT ? -1 : 0);
		assert_int_equal(err.kind, result < 0 ? ERROR_TOO_LARGE : ERROR_NONE);
		assert_true(strlen(err.message) < 250);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_challenges),      cmocka_unit_test(refuses_malformed_values),
		cmocka_unit_test(adds_to_the_list),      cmocka_unit_test(finds_parameters),
		cmocka_unit_test(limits_the_parameters), cmocka_unit_test(limits_the_challenges),
		cmocka_unit_test(limits_the_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
