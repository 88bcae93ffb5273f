#include "oci/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* An index in short: entries separated by spaces, each "os/architecture[/variant]", "-" for one
 * without platform, "?" for one without platform and of a strange type, and "index:…" for one
 * that is itself an index. */
static void build_index(const char *entries, struct manifest *ret_index)
{
	*ret_index = (struct manifest){.kind = MANIFEST_INDEX};
	autofree char *text = string_copy(entries);
	char *rest = NULL;
	for (char *word = strtok_r(text, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		ret_index->manifests =
			memory_resize(ret_index->manifests, ret_index->manifest_count + 1,
				      sizeof(*ret_index->manifests));
		struct descriptor *entry = &ret_index->manifests[ret_index->manifest_count++];
		*entry = (struct descriptor){0};
		bool nested = strncmp(word, "index:", 6) == 0;
		bool strange = strcmp(word, "?") == 0;
		entry->media_type = string_copy(nested    ? MEDIA_TYPE_OCI_INDEX
						: strange ? "application/x"
							  : MEDIA_TYPE_OCI_MANIFEST);
		word += nested ? 6 : 0;
		if (strcmp(word, "-") == 0 || strange)
			continue;
		char *part = NULL;
		entry->os = string_copy(strtok_r(word, "/", &part));
		entry->architecture = string_copy(strtok_r(NULL, "/", &part));
		entry->variant = string_copy(strtok_r(NULL, "/", &part));
	}
}

static int choose(const char *entries, const char *wanted, size_t *ret_position, struct error *err)
{
	cleanup(manifest_release) struct manifest index = {0};
	build_index(entries, &index);
	autofree char *text = string_copy(wanted);
	char *part = NULL;
	struct platform platform = {.os = strtok_r(text, "/", &part)};
	platform.architecture = strtok_r(NULL, "/", &part);
	platform.variant = strtok_r(NULL, "/", &part);
	return platform_choose(&index, &platform, ret_position, err);
}

static void chooses_the_best(void **state)
{
	(void)state;
	static const struct {
		const char *entries;
		const char *wanted;
		size_t position;
	} cases[] = {
		{"linux/amd64", "linux/amd64", 0},
		{"linux/arm64 windows/amd64 linux/amd64", "linux/amd64", 2},
		{"linux/amd64 linux/amd64", "linux/amd64", 0},
		/* Without a wanted variant: none, then the family's, best first. */
		{"linux/arm64/v8", "linux/arm64", 0},
		{"linux/arm64/v8 linux/arm64", "linux/arm64", 1},
		{"linux/arm/v5 linux/arm/v6 linux/arm/v7", "linux/arm", 2},
		{"linux/arm/v7 linux/arm/v8 linux/arm/v6", "linux/arm", 1},
		{"linux/arm/v7 linux/arm", "linux/arm", 1},
		/* With one: that, then lower ones, then none. */
		{"linux/arm/v5 linux/arm/v6 linux/arm/v7", "linux/arm/v7", 2},
		{"linux/arm/v5 linux/arm/v6 linux/arm/v8", "linux/arm/v7", 1},
		{"linux/arm linux/arm/v5 linux/arm/v8", "linux/arm/v7", 1},
		{"linux/arm linux/arm/v8", "linux/arm/v7", 0},
		{"linux/arm64", "linux/arm64/v8", 0},
		{"linux/arm64 linux/arm64/v8", "linux/arm64/v8", 1},
		{"linux/amd64/v3 linux/amd64/v2 linux/amd64", "linux/amd64/v2", 1},
		{"linux/amd64/v3 linux/amd64", "linux/amd64/v2", 1},
		{"linux/arm64 linux/arm64/v9", "linux/arm64/v9", 1},
		{"linux/arm64/v8 linux/arm64", "linux/arm64/v9", 1},
		{"linux/arm64/v9 linux/arm64/v8", "linux/arm64", 1},
		/* Without platform: only where nothing else serves. */
		{"-", "linux/amd64", 0},
		{"- linux/amd64", "linux/amd64", 1},
		{"linux/arm64 - -", "linux/amd64", 1},
		{"? -", "linux/amd64", 1},
		{"- linux/arm", "linux/arm/v7", 1},
		/* Indexes never. */
		{"index:linux/amd64 linux/amd64", "linux/amd64", 1},
		{"index:- -", "linux/amd64", 1},
		{"linux/amd64 unknown/unknown unknown/unknown", "unknown/unknown", 1},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		size_t position = 99;
		if (choose(cases[i].entries, cases[i].wanted, &position, &err) < 0)
			fail_msg("%s in %s: %s", cases[i].wanted, cases[i].entries, err.message);
		if (position != cases[i].position)
			fail_msg("%s in %s: got %zu", cases[i].wanted, cases[i].entries, position);
	}
}

static void finds_none(void **state)
{
	(void)state;
	static const struct {
		const char *entries;
		const char *wanted;
		const char *message;
	} cases[] = {
		{"", "linux/amd64",
		 "no image for platform linux/amd64 in the index, which names no platforms"},
		{"? index:-", "linux/amd64",
		 "no image for platform linux/amd64 in the index, which names no platforms"},
		{"linux/arm64/v8 windows/amd64 linux/arm64/v8", "linux/amd64",
		 "no image for platform linux/amd64 in the index, only for linux/arm64/v8, "
		 "windows/amd64"},
		{"linux/amd64/v2", "linux/amd64",
		 "no image for platform linux/amd64 in the index, only for linux/amd64/v2"},
		{"linux/arm/v8", "linux/arm/v7",
		 "no image for platform linux/arm/v7 in the index, only for linux/arm/v8"},
		{"Linux/AMD64", "linux/amd64",
		 "no image for platform linux/amd64 in the index, only for Linux/AMD64"},
		{"index:linux/amd64", "linux/amd64",
		 "no image for platform linux/amd64 in the index, which names no platforms"},
		{"a/0 a/1 a/2 a/3 a/4 a/5 a/6 a/7 a/8 a/9 a/10 a/11 a/12", "b/b",
		 "no image for platform b/b in the index, only for a/0, a/1, a/2, a/3, a/4, a/5, "
		 "a/6, "
		 "a/7, a/8, a/9, a/10, a/11, …"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		size_t position = 99;
		assert_int_equal(choose(cases[i].entries, cases[i].wanted, &position, &err), -1);
		assert_int_equal(position, 99);
		assert_int_equal(err.kind, ERROR_NOT_FOUND);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void takes_an_empty_variant_for_none(void **state)
{
	(void)state;
	cleanup(manifest_release) struct manifest index = {0};
	build_index("linux/arm64/v8 linux/arm64", &index);
	struct platform wanted = {.os = "linux", .architecture = "arm64", .variant = ""};
	struct error err = {0};
	size_t position = 99;
	assert_int_equal(platform_choose(&index, &wanted, &position, &err), 0);
	assert_int_equal(position, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses_the_best),
		cmocka_unit_test(finds_none),
		cmocka_unit_test(takes_an_empty_variant_for_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
