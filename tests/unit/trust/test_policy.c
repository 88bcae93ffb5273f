#include "trust/policy.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCEPT  "[{\"type\":\"insecureAcceptAnything\"}]"
#define REJECT  "[{\"type\":\"reject\"}]"
#define SCOPE   "{\"default\":" ACCEPT ",\"transports\":{\"docker\":{\"ghcr.io/a\":"
#define DEFAULT "{\"default\":" ACCEPT
#define HEX64   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST  "sha256:" HEX64

#define OTHER_DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static int parse(const char *text, struct policy **ret_policy, struct error *err)
{
	/* A copy of exactly the size, so that a sanitizer sees a read past the end. */
	size_t size = strlen(text);
	autofree char *data = memory_resize(NULL, size, 1);
	mempcpy(data, text, size); /* without its NUL */
	return policy_parse(data, size, ret_policy, err);
}

/* Does the policy allow it? The reason of a rejection is in *err. */
static bool allows(const struct policy *policy, const char *image, struct error *err)
{
	cleanup(reference_release) struct reference reference = {0};
	*err = (struct error){0};
	if (reference_parse(image, &reference, err) < 0)
		fail_msg("%s", err->message);
	int result = policy_check(policy, &reference, err);
	assert_int_equal(err->kind, result < 0 ? ERROR_REJECTED : ERROR_NONE);
	return result == 0;
}

static void accepts_well_formed_policies(void **state)
{
	(void)state;
	static const char *const cases[] = {
		DEFAULT "}",
		"  " DEFAULT " }\n",
		"{\"default\":" REJECT ",\"transports\":{}}",
		DEFAULT ",\"transports\":{\"docker\":{}}}",
		DEFAULT ",\"transports\":{\"docker\":{\"\":" REJECT "}}}",
		DEFAULT ",\"transports\":{\"no such transport\":{\"x\":" REJECT "}}}",
		DEFAULT ",\"transports\":{\"docker\":{\"NOT a valid / name\":" REJECT "}}}",
		DEFAULT ",\"transports\":{\"dir\":{\"\":" REJECT ",\"/a\":" REJECT
			",\"/a/b.c/..d\":" REJECT "}}}",
		DEFAULT ",\"transports\":{\"oci\":{\"/a/b:tag\":" REJECT "}}}",
		"{\"default\":[{\"type\":\"reject\"},{\"type\":\"insecureAcceptAnything\"}]}",
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(policy_release) struct policy *policy = NULL;
		if (parse(cases[i], &policy, &err) < 0)
			fail_msg("%s: %s", cases[i], err.message);
		assert_non_null(policy);
	}
}

static void refuses_malformed_policies(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *words;
	} cases[] = {
		{"", "malformed JSON"},
		{"{", "malformed JSON"},
		{"[]", "expected an object"},
		{"null", "malformed JSON"},
		{DEFAULT "} x", "malformed JSON at line 1"},
		{DEFAULT "}{}", "malformed JSON"},
		{DEFAULT ",}", "malformed JSON"},
		{"// comment\n" DEFAULT "}", "malformed JSON"},
		{"\xef\xbb\xbf" DEFAULT "}", "malformed JSON"},
		{DEFAULT ",\"x\\u0000y\":1}", "malformed JSON"},
		/* Keys. */
		{"{}", "\"default\" is missing"},
		{"{\"transports\":{}}", "\"default\" is missing"},
		{DEFAULT ",\"default\":" REJECT "}", "duplicate object key"},
		{DEFAULT ",\"transports\":{\"docker\":{\"a\":" REJECT ",\"a\":" ACCEPT "}}}",
		 "duplicate object key"},
		{DEFAULT ",\"transports\":{\"docker\":{},\"docker\":{}}}", "duplicate object key"},
		{"{\"default\":[{\"type\":\"reject\",\"type\":\"reject\"}]}",
		 "duplicate object key"},
		{DEFAULT ",\"comment\":\"\"}", "unknown key \"comment\""},
		{"{\"Default\":" ACCEPT "}", "unknown key \"Default\""},
		{DEFAULT ",\"Transports\":{}}", "unknown key \"Transports\""},
		{DEFAULT ",\"\":{}}", "unknown key \"\""},
		/* Types. */
		{"{\"default\":null}", "default: expected a list"},
		{"{\"default\":{}}", "default: expected a list"},
		{"{\"default\":\"reject\"}", "default: expected a list"},
		{"{\"default\":[]}", "default: the list of requirements must not be empty"},
		{"{\"default\":[\"reject\"]}", "must be an object"},
		{"{\"default\":[null]}", "must be an object"},
		{"{\"default\":[[]]}", "must be an object"},
		{DEFAULT ",\"transports\":null}", "\"transports\" must be an object"},
		{DEFAULT ",\"transports\":[]}", "\"transports\" must be an object"},
		{DEFAULT ",\"transports\":{\"docker\":null}}",
		 "transport \"docker\": expected an object of scopes"},
		{DEFAULT ",\"transports\":{\"docker\":[]}}", "expected an object of scopes"},
		{SCOPE "null}}}", "transport \"docker\": scope \"ghcr.io/a\": expected a list"},
		{SCOPE "{}}}}", "scope \"ghcr.io/a\": expected a list"},
		{SCOPE "[]}}}", "scope \"ghcr.io/a\": the list of requirements must not be empty"},
		{SCOPE "[7]}}}", "scope \"ghcr.io/a\": a requirement must be an object"},
		{DEFAULT ",\"transports\":{\"other\":{\"x\":[]}}}",
		 "transport \"other\": scope \"x\""},
		/* Requirements. */
		{"{\"default\":[{}]}", "lacks the key \"type\""},
		{"{\"default\":[{\"Type\":\"reject\"}]}", "lacks the key \"type\""},
		{"{\"default\":[{\"type\":null}]}", "must be a string"},
		{"{\"default\":[{\"type\":1}]}", "must be a string"},
		{"{\"default\":[{\"type\":\"\"}]}", "unknown policy requirement type \"\""},
		{"{\"default\":[{\"type\":\"Reject\"}]}",
		 "unknown policy requirement type \"Reject\""},
		{"{\"default\":[{\"type\":\"insecureacceptanything\"}]}",
		 "unknown policy requirement"},
		{"{\"default\":[{\"type\":\"reject\",\"x\":1}]}",
		 "default: requirement of type \"reject\": unknown key \"x\""},
		{SCOPE "[{\"type\":\"insecureAcceptAnything\",\"keyPath\":\"\"}]}}}",
		 "scope \"ghcr.io/a\": requirement of type \"insecureAcceptAnything\": unknown "
		 "key"},
		{SCOPE "[{\"type\":\"reject\"},{\"type\":\"x\"}]}}}",
		 "unknown policy requirement type"},
		/* Scopes that are paths. */
		{DEFAULT ",\"transports\":{\"dir\":{\"a\":" REJECT "}}}", "unknown key \"a\""},
		{DEFAULT ",\"transports\":{\"dir\":{\"/\":" REJECT "}}}", "unknown key \"/\""},
		{DEFAULT ",\"transports\":{\"dir\":{\"/a/\":" REJECT "}}}", "unknown key \"/a/\""},
		{DEFAULT ",\"transports\":{\"dir\":{\"//a\":" REJECT "}}}", "unknown key \"//a\""},
		{DEFAULT ",\"transports\":{\"oci\":{\"/a/../b\":" REJECT "}}}", "unknown key"},
		{DEFAULT ",\"transports\":{\"oci\":{\"/a/./b\":" REJECT "}}}", "unknown key"},
		{DEFAULT ",\"transports\":{\"oci\":{\"/..\":" REJECT "}}}", "unknown key"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		struct policy *policy = NULL;
		if (parse(cases[i].text, &policy, &err) == 0)
			fail_msg("%s was accepted", cases[i].text);
		assert_null(policy);
		assert_int_equal(err.kind, ERROR_CONFIGURATION);
		if (strstr(err.message, cases[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, cases[i].words);
	}
}

static void refuses_what_verifies_signatures(void **state)
{
	(void)state;
	static const char *const types[] = {"signedBy", "signedBaseLayer", "sigstoreSigned"};
	for (size_t i = 0; i < array_count(types); i++) {
		struct error err = {0};
		struct policy *policy = NULL;
		autofree char *text = string_format(SCOPE "[{\"type\":\"insecureAcceptAnything\"},{"
							  "\"type\":\"%s\",\"keyPath\":\"/k\"}]}}}",
						    types[i]);
		assert_int_equal(parse(text, &policy, &err), -1);
		assert_null(policy);
		assert_int_equal(err.kind, ERROR_CONFIGURATION);
		assert_non_null(strstr(err.message, "scope \"ghcr.io/a\""));
		assert_non_null(strstr(err.message, types[i]));
		assert_non_null(strstr(err.message, "cannot do yet"));
		assert_non_null(strstr(err.hint, "--policy"));
	}
}

/* The policy rejects by default, and each case accepts one scope of "docker": for which images is
 * that the scope found? */
static void finds_the_scope(void **state)
{
	(void)state;
	static const struct {
		const char *scope;
		const char *image;
		bool found;
	} cases[] = {
		/* The image itself. */
		{"docker.io/library/nginx:1", "nginx:1", true},
		{"docker.io/library/nginx:1", "nginx:2", false},
		{"docker.io/library/nginx:1", "nginx", false},
		{"docker.io/library/nginx@" DIGEST, "nginx@" DIGEST, true},
		{"docker.io/library/nginx@" DIGEST, "nginx:1@" DIGEST, true},
		{"docker.io/library/nginx:1", "nginx:1@" DIGEST, false},
		{"nginx", "nginx", false},
		{"docker.io/nginx", "nginx", false},
		/* Its repository, and parents. */
		{"docker.io/library/nginx", "nginx:1", true},
		{"docker.io/library/nginx", "nginx@" DIGEST, true},
		{"docker.io/library", "nginx:1", true},
		{"docker.io", "nginx:1", true},
		{"docker.io/lib", "nginx:1", false},
		{"docker.io/library/", "nginx:1", false},
		{"docker.io/library/nginx", "nginx-evil:1", false},
		{"ghcr.io/a/b", "ghcr.io/a/b/c/d:1", true},
		{"ghcr.io/a/b", "ghcr.io/a/bc:1", false},
		{"ghcr.io/A/b", "ghcr.io/a/b:1", false},
		/* The host, with its port. */
		{"host.com:5000", "host.com:5000/a/b:1", true},
		{"host.com", "host.com:5000/a/b:1", false},
		{"host.com:5000", "host.com/a/b:1", false},
		{"[::1]:5000", "[::1]:5000/a:1", true},
		{"[::1]", "[::1]:5000/a:1", false},
		/* Wildcards, without port. */
		{"*.b.c.com", "a.b.c.com/x:1", true},
		{"*.c.com", "a.b.c.com/x:1", true},
		{"*.com", "a.b.c.com/x:1", true},
		{"*.com", "a.b.c.com:5000/x:1", true},
		{"*.com:5000", "a.com:5000/x:1", false},
		{"*.a.b.c.com", "a.b.c.com/x:1", false},
		{"*.com", "localhost/x:1", false},
		{"*.com", "com.org/x:1", false},
		{"*", "a.com/x:1", false},
		{"*.", "a.com/x:1", false},
		{"*.com/x", "a.com/x:1", false},
		{"a.*.com", "a.b.com/x:1", false},
		/* The transport's default. */
		{"", "nginx:1", true},
		{"", "[::1]/x", true},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(policy_release) struct policy *policy = NULL;
		autofree char *text = string_format(
			"{\"default\":" REJECT ",\"transports\":{\"docker\":{\"%s\":" ACCEPT "}}}",
			cases[i].scope);
		assert_int_equal(parse(text, &policy, &err), 0);
		if (allows(policy, cases[i].image, &err) != cases[i].found)
			fail_msg("scope \"%s\", image %s: %s", cases[i].scope, cases[i].image,
				 cases[i].found ? "was not found" : "was found");
	}
}

static void prefers_the_nearest_scope(void **state)
{
	(void)state;
	static const char *const scopes[] = {
		"",
		"*.com",
		"*.c.com",
		"b.c.com:5000",
		"b.c.com:5000/x",
		"b.c.com:5000/x/y",
		"b.c.com:5000/x/y:1",
	};
	static const char image[] = "b.c.com:5000/x/y:1";

	/* Each scope in turn says no while all those further away say yes, and the reverse. */
	for (size_t nearest = 0; nearest < array_count(scopes); nearest++) {
		for (int nearest_allows = 0; nearest_allows <= 1; nearest_allows++) {
			cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
			buffer_printf(&text, "{\"default\":%s,\"transports\":{\"docker\":{",
				      nearest_allows ? REJECT : ACCEPT);
			for (size_t i = 0; i <= nearest; i++)
				buffer_printf(&text, "%s\"%s\":%s", i > 0 ? "," : "", scopes[i],
					      (i == nearest) == nearest_allows ? ACCEPT : REJECT);
			buffer_append_string(&text, "}}}");
			struct error err = {0};
			cleanup(policy_release) struct policy *policy = NULL;
			assert_int_equal(parse(buffer_string(&text), &policy, &err), 0);
			assert_int_equal(allows(policy, image, &err), nearest_allows);
		}
	}
}

static void demands_every_requirement(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	assert_int_equal(
		parse("{\"default\":" ACCEPT ",\"transports\":{\"docker\":{"
		      "\"a.io\":[{\"type\":\"insecureAcceptAnything\"},{\"type\":\"reject\"}],"
		      "\"b.io\":[{\"type\":\"reject\"},{\"type\":\"insecureAcceptAnything\"}],"
		      "\"c.io\":[{\"type\":\"insecureAcceptAnything\"},"
		      "{\"type\":\"insecureAcceptAnything\"}]}}}",
		      &policy, &err),
		0);
	assert_false(allows(policy, "a.io/x:1", &err));
	assert_false(allows(policy, "b.io/x:1", &err));
	assert_true(allows(policy, "c.io/x:1", &err));
	assert_true(allows(policy, "d.io/x:1", &err));
}

static void names_the_scope_that_rejects(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	assert_int_equal(parse("{\"default\":" REJECT
			       ",\"transports\":{\"docker\":{\"ghcr.io/a\":" REJECT "}}}",
			       &policy, &err),
			 0);
	assert_false(allows(policy, "ghcr.io/a/b:1", &err));
	assert_string_equal(err.message,
			    "the trust policy rejects ghcr.io/a/b:1 by its scope \"ghcr.io/a\"");
	assert_true(err.hint[0] != '\0');
	assert_false(allows(policy, "nginx:1", &err));
	assert_string_equal(err.message,
			    "the trust policy rejects docker.io/library/nginx:1 by its default");

	policy_release(&policy);
	assert_int_equal(
		parse(DEFAULT ",\"transports\":{\"docker\":{\"\":" REJECT "}}}", &policy, &err), 0);
	assert_false(allows(policy, "nginx:1", &err));
	assert_non_null(strstr(err.message, "by the default of transport \"docker\""));
}

static void ignores_other_transports(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	assert_int_equal(parse("{\"default\":" REJECT
			       ",\"transports\":{\"docker-daemon\":{\"\":" ACCEPT
			       ",\"docker.io\":" ACCEPT "},\"Docker\":{\"\":" ACCEPT "}}}",
			       &policy, &err),
			 0);
	assert_false(allows(policy, "nginx:1", &err));
}

/* A tag's scope says nothing about the bytes that a digest names beside it; but its no stays. */
static void judges_by_the_digest_beside_a_tag(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	assert_int_equal(parse("{\"default\":" REJECT ",\"transports\":{\"docker\":{"
			       "\"docker.io/library/nginx:good\":" ACCEPT ","
			       "\"docker.io/library/nginx:bad\":" REJECT ","
			       "\"docker.io/library/nginx@" DIGEST "\":" ACCEPT "}}}",
			       &policy, &err),
			 0);
	assert_true(allows(policy, "nginx:good", &err));
	assert_true(allows(policy, "nginx:good@" DIGEST, &err));
	assert_true(allows(policy, "nginx:other@" DIGEST, &err));
	assert_false(allows(policy, "nginx:bad@" DIGEST, &err));
	assert_non_null(strstr(err.message, "nginx:bad\""));
	assert_false(allows(policy, "nginx:good@" OTHER_DIGEST, &err));
}

static void finds_among_many_scopes(void **state)
{
	(void)state;
	cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
	buffer_append_string(&text, "{\"default\":" REJECT ",\"transports\":{\"docker\":{");
	for (unsigned i = 0; i < 500; i++)
		buffer_printf(&text, "%s\"h.io/r%u\":%s", i > 0 ? "," : "", i * 7919 % 1000,
			      i % 2 == 0 ? ACCEPT : REJECT);
	buffer_append_string(&text, "}}}");
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	assert_int_equal(parse(buffer_string(&text), &policy, &err), 0);
	for (unsigned i = 0; i < 500; i++) {
		autofree char *image = string_format("h.io/r%u:1", i * 7919 % 1000);
		assert_int_equal(allows(policy, image, &err), i % 2 == 0);
	}
	assert_false(allows(policy, "h.io/none:1", &err));
}

static void accepts_anything_when_told(void **state)
{
	(void)state;
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = policy_accept_anything();
	assert_true(allows(policy, "nginx:1", &err));
	assert_true(allows(policy, "[::1]:5000/a/b@" DIGEST, &err));
	policy_free(NULL);
}

/* --- files --------------------------------------------------------------------------------- */

static char folder[] = "/tmp/test_policy.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
	(void)state;
	static const char *const names[] = {"policy.json",
					    "big.json",
					    "home/.config/containers/policy.json",
					    "home/.config/containers",
					    "home/.config",
					    "home",
					    "xdg/containers/policy.json",
					    "xdg/containers",
					    "xdg",
					    ""};
	for (size_t i = 0; i < array_count(names); i++) {
		autofree char *path = string_format("%s/%s", folder, names[i]);
		if (remove(path) != 0)
			return -1;
	}
	return 0;
}

static char *in_folder(const char *name)
{
	return string_format("%s/%s", folder, name);
}

static void write_file(const char *path, const char *text, size_t size)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void write_text(const char *name, const char *text)
{
	autofree char *path = in_folder(name);
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	write_file(path, text, strlen(text));
}

static void loads_a_file(void **state)
{
	(void)state;
	write_text("policy.json", "{\"default\":" REJECT "}");
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	autofree char *path = in_folder("policy.json");
	assert_int_equal(policy_load(path, &policy, &err), 0);
	assert_false(allows(policy, "nginx:1", &err));
}

static void says_which_file_is_wrong(void **state)
{
	(void)state;
	autofree char *big = in_folder("big.json");
	size_t size = (size_t)1024 * 1024 + 1;
	autofree char *text = memory_resize(NULL, size, 1);
	memset(text, ' ', size);
	mempcpy(text, DEFAULT "}", strlen(DEFAULT "}"));
	write_file(big, text, size);
	write_text("policy.json", "{\n\"default\": [}");
	static const struct {
		const char *name;
		const char *before;
		const char *after;
	} cases[] = {
		{"policy.json", "invalid policy in \"", "malformed JSON at line 2"},
		{"big.json", "cannot read the policy \"", "larger than 1048576 bytes"},
		{"none.json", "cannot read the policy \"", "there is no such file"},
		{"policy.json/x", "cannot read the policy \"", "there is no such file"},
		{"", "cannot read the policy \"", "Is a directory"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		struct policy *policy = NULL;
		autofree char *path = in_folder(cases[i].name);
		assert_int_equal(policy_load(path, &policy, &err), -1);
		assert_null(policy);
		assert_int_equal(err.kind, ERROR_CONFIGURATION);
		autofree char *before = string_format("%s%s\": ", cases[i].before, path);
		if (strncmp(err.message, before, strlen(before)) != 0 ||
		    strstr(err.message, cases[i].after) == NULL)
			fail_msg("\"%s\" should say \"%s\" and \"%s\"", err.message, before,
				 cases[i].after);
	}

	/* One byte less is allowed. */
	write_file(big, text, size - 1);
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	assert_int_equal(policy_load(big, &policy, &err), 0);
}

static void expect_default(const char *expected)
{
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	autofree char *path = NULL;
	autofree char *expected_path = in_folder(expected);
	assert_int_equal(policy_load_default(&policy, &path, &err), 0);
	assert_non_null(policy);
	assert_string_equal(path, expected_path);
}

static void finds_the_default_file(void **state)
{
	(void)state;
	write_text("policy.json", DEFAULT "}");
	write_text("home/.config/containers/policy.json", DEFAULT "}");
	write_text("xdg/containers/policy.json", DEFAULT "}");
	autofree char *named = in_folder("policy.json");
	autofree char *home = in_folder("home");
	autofree char *xdg = in_folder("xdg");
	setenv("CONTAINERS_POLICY_JSON", named, 1);
	setenv("XDG_CONFIG_HOME", xdg, 1);
	setenv("HOME", home, 1);
	expect_default("policy.json");
	setenv("CONTAINERS_POLICY_JSON", "", 1);
	expect_default("xdg/containers/policy.json");
	unsetenv("CONTAINERS_POLICY_JSON");
	expect_default("xdg/containers/policy.json");
	unsetenv("XDG_CONFIG_HOME");
	expect_default("home/.config/containers/policy.json");

	/* Where the user has none, the system's is next; whatever that is here. */
	setenv("HOME", folder, 1);
	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	autofree char *path = NULL;
	int result = policy_load_default(&policy, &path, &err);
	assert_int_equal(policy != NULL, result == 0);
	assert_true(path == NULL || strcmp(path, "/etc/containers/policy.json") == 0 ||
		    strcmp(path, "/usr/share/containers/policy.json") == 0);
}

static void takes_no_broken_default_for_none(void **state)
{
	(void)state;
	write_text("xdg/containers/policy.json", "{}");
	autofree char *xdg = in_folder("xdg");
	autofree char *missing = in_folder("missing.json");
	setenv("XDG_CONFIG_HOME", xdg, 1);
	struct error err = {0};
	struct policy *policy = NULL;
	char *path = NULL;
	assert_int_equal(policy_load_default(&policy, &path, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.message, "xdg/containers/policy.json\": the key \"default\""));
	assert_true(err.hint[0] != '\0');

	setenv("CONTAINERS_POLICY_JSON", missing, 1);
	assert_int_equal(policy_load_default(&policy, &path, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.message, "CONTAINERS_POLICY_JSON: cannot read the policy"));
	assert_null(policy);
	assert_null(path);
	unsetenv("CONTAINERS_POLICY_JSON");
	unsetenv("XDG_CONFIG_HOME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_well_formed_policies),
		cmocka_unit_test(refuses_malformed_policies),
		cmocka_unit_test(refuses_what_verifies_signatures),
		cmocka_unit_test(finds_the_scope),
		cmocka_unit_test(prefers_the_nearest_scope),
		cmocka_unit_test(demands_every_requirement),
		cmocka_unit_test(names_the_scope_that_rejects),
		cmocka_unit_test(ignores_other_transports),
		cmocka_unit_test(judges_by_the_digest_beside_a_tag),
		cmocka_unit_test(finds_among_many_scopes),
		cmocka_unit_test(accepts_anything_when_told),
		cmocka_unit_test(loads_a_file),
		cmocka_unit_test(says_which_file_is_wrong),
		cmocka_unit_test(finds_the_default_file),
		cmocka_unit_test(takes_no_broken_default_for_none),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
