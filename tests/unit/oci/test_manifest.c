#include "oci/manifest.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define HEX64   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST  "sha256:" HEX64
#define DIGEST2 "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#define TYPE(name)       "\"mediaType\":\"" name "\","
#define BLOB             "{\"mediaType\":\"x/y\",\"digest\":\"" DIGEST "\",\"size\":7}"
#define LAYER(members)   "{\"schemaVersion\":2,\"config\":" BLOB ",\"layers\":[{" members "}]}"
#define ENTRY(members)   "{\"manifests\":[{\"digest\":\"" DIGEST "\",\"size\":1," members "}]}"
#define IMAGE_MEMBERS    "\"schemaVersion\":2,\"config\":" BLOB ",\"layers\":[" BLOB "]"
#define INDEX_MEMBERS    "\"schemaVersion\":2,\"manifests\":[" BLOB "]"
#define IMAGE            "{" IMAGE_MEMBERS "}"
#define INDEX            "{" INDEX_MEMBERS "}"
#define DIGEST_AND(more) "\"digest\":\"" DIGEST "\"," more

static int parse(const char *text, const char *media_type, struct manifest *ret_manifest,
		 struct error *err)
{
	/* A copy of exactly the size, so that a sanitizer sees a read past the end. */
	size_t size = strlen(text);
	autofree char *data = memory_resize(NULL, size, 1);
	mempcpy(data, text, size); /* without its NUL */
	return manifest_parse(data, size, media_type, ret_manifest, err);
}

static void reads_an_image(void **state)
{
	(void)state;
	static const char text[] = "{\"schemaVersion\":2," TYPE(
		MEDIA_TYPE_OCI_MANIFEST) "\"config\":{\"mediaType\":\"application/"
					 "vnd.oci.image.config.v1+json\","
					 "\"digest\":\"" DIGEST "\",\"size\":1234},"
					 "\"layers\":[{\"mediaType\":\"l/1\",\"digest\":\"" DIGEST2
					 "\",\"size\":0},"
					 "{\"mediaType\":\"l/2\",\"digest\":\"" DIGEST
					 "\",\"size\":1125899906842624,"
					 "\"urls\":[\"https://example.com/x\"]},"
					 "{\"mediaType\":\"l/1\",\"digest\":\"" DIGEST2
					 "\",\"size\":0,\"urls\":[]}],"
					 "\"annotations\":{\"a\":\"b\"}}";
	struct error err = {0};
	cleanup(manifest_release) struct manifest manifest = {0};
	assert_int_equal(parse(text, NULL, &manifest, &err), 0);
	assert_int_equal(manifest.kind, MANIFEST_IMAGE);
	assert_string_equal(manifest.media_type, MEDIA_TYPE_OCI_MANIFEST);
	assert_string_equal(manifest.config.media_type, "application/vnd.oci.image.config.v1+json");
	assert_string_equal(manifest.config.digest.text, DIGEST);
	assert_int_equal(manifest.config.size, 1234);
	assert_int_equal(manifest.layer_count, 3);
	assert_string_equal(manifest.layers[0].media_type, "l/1");
	assert_string_equal(manifest.layers[0].digest.text, DIGEST2);
	assert_int_equal(manifest.layers[0].size, 0);
	assert_false(manifest.layers[0].foreign);
	assert_null(manifest.layers[0].os);
	assert_true(manifest.layers[1].size == INT64_C(1) << 50);
	assert_true(manifest.layers[1].foreign);
	assert_false(manifest.layers[2].foreign);
	assert_string_equal(manifest.layers[2].digest.text, DIGEST2);
	assert_int_equal(manifest.manifest_count, 0);
	assert_null(manifest.manifests);
}

static void reads_an_index(void **state)
{
	(void)state;
	static const char text[] = "{\"schemaVersion\":2," TYPE(
		MEDIA_TYPE_DOCKER_LIST) "\"manifests\":["
					"{\"mediaType\":\"" MEDIA_TYPE_DOCKER_MANIFEST
					"\",\"digest\":\"" DIGEST "\",\"size\":5,"
					"\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\","
					"\"variant\":\"v7\"}},"
					"{\"digest\":\"" DIGEST2 "\",\"size\":6,"
					"\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\","
					"\"variant\":\"\","
					"\"os.version\":\"1\",\"features\":[\"sse4\"]}},"
					"{\"digest\":\"" DIGEST2 "\",\"size\":6,\"platform\":null},"
					"{\"digest\":\"" DIGEST2 "\",\"size\":6,\"platform\":{}}]}";
	struct error err = {0};
	cleanup(manifest_release) struct manifest manifest = {0};
	assert_int_equal(parse(text, NULL, &manifest, &err), 0);
	assert_int_equal(manifest.kind, MANIFEST_INDEX);
	assert_string_equal(manifest.media_type, MEDIA_TYPE_DOCKER_LIST);
	assert_int_equal(manifest.manifest_count, 4);
	assert_string_equal(manifest.manifests[0].os, "linux");
	assert_string_equal(manifest.manifests[0].architecture, "arm");
	assert_string_equal(manifest.manifests[0].variant, "v7");
	assert_string_equal(manifest.manifests[1].media_type, "");
	assert_string_equal(manifest.manifests[1].architecture, "amd64");
	assert_null(manifest.manifests[1].variant);
	assert_null(manifest.manifests[2].os);
	assert_null(manifest.manifests[2].architecture);
	assert_string_equal(manifest.manifests[3].os, "");
	assert_int_equal(manifest.layer_count, 0);
}

static void decides_the_media_type(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *content_type;
		const char *media_type;
	} cases[] = {
		/* The document's own word. */
		{"{" TYPE(MEDIA_TYPE_OCI_MANIFEST) IMAGE_MEMBERS "}", NULL,
		 MEDIA_TYPE_OCI_MANIFEST},
		{"{" TYPE(MEDIA_TYPE_OCI_MANIFEST) IMAGE_MEMBERS "}", "text/plain",
		 MEDIA_TYPE_OCI_MANIFEST},
		{"{" TYPE(MEDIA_TYPE_DOCKER_MANIFEST) IMAGE_MEMBERS "}", MEDIA_TYPE_OCI_MANIFEST,
		 MEDIA_TYPE_DOCKER_MANIFEST},
		{"{" TYPE(MEDIA_TYPE_OCI_INDEX) INDEX_MEMBERS "}", MEDIA_TYPE_OCI_MANIFEST,
		 MEDIA_TYPE_OCI_INDEX},
		{"{" TYPE(MEDIA_TYPE_DOCKER_LIST) INDEX_MEMBERS "}", "application/json",
		 MEDIA_TYPE_DOCKER_LIST},
		/* The server's. */
		{IMAGE, MEDIA_TYPE_DOCKER_MANIFEST, MEDIA_TYPE_DOCKER_MANIFEST},
		{IMAGE, MEDIA_TYPE_OCI_MANIFEST "; charset=utf-8", MEDIA_TYPE_OCI_MANIFEST},
		{IMAGE, " Application/Vnd.OCI.image.manifest.v1+json ;q=1",
		 MEDIA_TYPE_OCI_MANIFEST},
		{"{\"mediaType\":\"\"," IMAGE_MEMBERS "}", MEDIA_TYPE_DOCKER_MANIFEST,
		 MEDIA_TYPE_DOCKER_MANIFEST},
		{"{\"mediaType\":null," INDEX_MEMBERS "}", MEDIA_TYPE_DOCKER_LIST,
		 MEDIA_TYPE_DOCKER_LIST},
		/* The members'. */
		{IMAGE, NULL, MEDIA_TYPE_OCI_MANIFEST},
		{INDEX, NULL, MEDIA_TYPE_OCI_INDEX},
		{IMAGE, "application/octet-stream", MEDIA_TYPE_OCI_MANIFEST},
		{INDEX, "application/json", MEDIA_TYPE_OCI_INDEX},
		{INDEX, "", MEDIA_TYPE_OCI_INDEX},
		{INDEX, ";", MEDIA_TYPE_OCI_INDEX},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(manifest_release) struct manifest manifest = {0};
		if (parse(cases[i].text, cases[i].content_type, &manifest, &err) < 0)
			fail_msg("case %zu: %s", i, err.message);
		assert_string_equal(manifest.media_type, cases[i].media_type);
		assert_int_equal(manifest.kind == MANIFEST_INDEX,
				 media_type_is_index(cases[i].media_type));
	}
}

static void accepts_what_is_unusual(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{\"config\":" BLOB ",\"layers\":[]}",
		"{\"config\":" BLOB ",\"layers\":null}",
		"{\"manifests\":[]}",
		"{\"manifests\":null}",
		"  " IMAGE "\n",
		LAYER(DIGEST_AND("\"size\":1,\"mediaType\":null,\"urls\":null,\"platform\":null")),
		"{\"subject\":" BLOB ",\"artifactType\":\"a/b\"," IMAGE_MEMBERS "}",
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		cleanup(manifest_release) struct manifest manifest = {0};
		if (parse(cases[i], NULL, &manifest, &err) < 0)
			fail_msg("%s: %s", cases[i], err.message);
	}
}

static void refuses_malformed_manifests(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum error_kind kind;
		const char *words;
	} cases[] = {
		{"", ERROR_INVALID, "malformed JSON"},
		{"{", ERROR_INVALID, "malformed JSON"},
		{"[]", ERROR_INVALID, "expected an object"},
		{"{}", ERROR_INVALID, "neither \"manifests\" nor \"layers\""},
		{IMAGE "x", ERROR_INVALID, "malformed JSON"},
		{"{\"layers\":[],\"layers\":[]}", ERROR_INVALID, "duplicate"},
		{"{\"mediaType\":7," IMAGE_MEMBERS "}", ERROR_INVALID,
		 "\"mediaType\" is not a string"},
		{"{\"mediaType\":\"text/html\"," IMAGE_MEMBERS "}", ERROR_UNSUPPORTED,
		 "\"text/html\" is none of an image or index"},
		{"{\"schemaVersion\":1,\"fsLayers\":[]}", ERROR_UNSUPPORTED, "schema 1"},
		{"{" TYPE(MEDIA_TYPE_DOCKER_SIGNED1) "\"fsLayers\":[]}", ERROR_UNSUPPORTED,
		 "schema 1"},
		{"{\"schemaVersion\":3,\"manifests\":[]}", ERROR_INVALID,
		 "\"schemaVersion\" is not 2"},
		{"{\"schemaVersion\":\"2\",\"manifests\":[]}", ERROR_INVALID, "\"schemaVersion\""},
		{"{\"schemaVersion\":2.0,\"manifests\":[]}", ERROR_INVALID, "\"schemaVersion\""},
		/* Two documents in one. */
		{"{\"manifests\":[]," IMAGE_MEMBERS "}", ERROR_INVALID, "ambiguous"},
		{"{\"config\":" BLOB "," INDEX_MEMBERS "}", ERROR_INVALID, "ambiguous: \"config\""},
		{"{\"fsLayers\":[]," IMAGE_MEMBERS "}", ERROR_INVALID, "ambiguous: \"fsLayers\""},
		{"{\"history\":[]," INDEX_MEMBERS "}", ERROR_INVALID, "ambiguous: \"history\""},
		{"{" TYPE(MEDIA_TYPE_OCI_MANIFEST) INDEX_MEMBERS "}", ERROR_INVALID, "ambiguous"},
		{"{" TYPE(MEDIA_TYPE_OCI_INDEX) IMAGE_MEMBERS "}", ERROR_INVALID, "ambiguous"},
		{"{\"Manifests\":[]," IMAGE_MEMBERS "}", ERROR_INVALID, "only in case"},
		{"{\"LAYERS\":[]," IMAGE_MEMBERS "}", ERROR_INVALID, "only in case"},
		{"{\"MediaType\":\"x\"," IMAGE_MEMBERS "}", ERROR_INVALID, "only in case"},
		/* Missing and mistyped members. */
		{"{\"layers\":[]}", ERROR_INVALID, "\"config\" is missing"},
		{"{\"layers\":[],\"config\":null}", ERROR_INVALID, "config: it is not an object"},
		{"{\"layers\":[],\"config\":{}}", ERROR_INVALID, "config: \"digest\" is missing"},
		{"{" TYPE(MEDIA_TYPE_OCI_MANIFEST) "\"config\":" BLOB "}", ERROR_INVALID,
		 "\"layers\" is missing"},
		{"{" TYPE(MEDIA_TYPE_OCI_INDEX) "\"schemaVersion\":2}", ERROR_INVALID,
		 "\"manifests\" is missing"},
		{"{\"manifests\":{}}", ERROR_INVALID, "\"manifests\" is not an array"},
		{"{\"config\":" BLOB ",\"layers\":7}", ERROR_INVALID, "\"layers\" is not an array"},
		{"{\"manifests\":[" BLOB ",null]}", ERROR_INVALID,
		 "manifests[1]: it is not an object"},
		{"{\"config\":" BLOB ",\"layers\":[" BLOB "," BLOB ",\"x\"]}", ERROR_INVALID,
		 "layers[2]: it is not an object"},
		{LAYER("\"size\":1"), ERROR_INVALID, "layers[0]: \"digest\" is missing"},
		{LAYER("\"digest\":7,\"size\":1"), ERROR_INVALID, "\"digest\" is not a string"},
		{LAYER("\"digest\":\"sha256:1\",\"size\":1"), ERROR_INVALID, "fewer than 64"},
		{LAYER("\"digest\":\"sha512:" HEX64 HEX64 "\",\"size\":1"), ERROR_UNSUPPORTED,
		 "only sha256"},
		{LAYER("\"digest\":\"" DIGEST "\""), ERROR_INVALID, "\"size\" is missing"},
		{LAYER(DIGEST_AND("\"size\":-1")), ERROR_INVALID, "\"size\" is -1"},
		{LAYER(DIGEST_AND("\"size\":-9223372036854775808")), ERROR_INVALID, "no blob"},
		{LAYER(DIGEST_AND("\"size\":1125899906842625")), ERROR_INVALID, "no blob can have"},
		{LAYER(DIGEST_AND("\"size\":9223372036854775807")), ERROR_INVALID,
		 "no blob can have"},
		{LAYER(DIGEST_AND("\"size\":9223372036854775808")), ERROR_INVALID,
		 "too big integer"},
		{LAYER(DIGEST_AND("\"size\":1.5")), ERROR_INVALID, "\"size\" is not an integer"},
		{LAYER(DIGEST_AND("\"size\":1e3")), ERROR_INVALID, "\"size\" is not an integer"},
		{LAYER(DIGEST_AND("\"size\":\"1\"")), ERROR_INVALID, "\"size\" is not an integer"},
		{LAYER(DIGEST_AND("\"size\":null")), ERROR_INVALID, "\"size\" is not an integer"},
		{LAYER(DIGEST_AND("\"size\":1,\"mediaType\":[]")), ERROR_INVALID,
		 "\"mediaType\" is not a string"},
		{LAYER(DIGEST_AND("\"size\":1,\"urls\":\"x\"")), ERROR_INVALID,
		 "\"urls\" is not an array"},
		{ENTRY("\"platform\":\"linux\""), ERROR_INVALID, "\"platform\" is not an object"},
		{ENTRY("\"platform\":{\"os\":1}"), ERROR_INVALID,
		 "platform: \"os\" is not a string"},
		{ENTRY("\"platform\":{\"architecture\":{}}"), ERROR_INVALID, "\"architecture\""},
		{ENTRY("\"platform\":{\"variant\":true}"), ERROR_INVALID, "\"variant\""},
		{"{\"manifests\":[{\"digest\":\"" DIGEST "\\u0000\",\"size\":1}]}", ERROR_INVALID,
		 "u0000"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		struct error err = {0};
		struct manifest manifest = {0};
		if (parse(cases[i].text, NULL, &manifest, &err) == 0)
			fail_msg("%s was accepted", cases[i].text);
		assert_null(manifest.media_type);
		assert_memory_equal(err.message, "manifest: ", 10);
		if (strstr(err.message, cases[i].words) == NULL)
			fail_msg("\"%s\" should say \"%s\"", err.message, cases[i].words);
		if (err.kind != cases[i].kind)
			fail_msg("\"%s\" is of kind %s", err.message, error_kind_name(err.kind));
	}
}

static void says_what_to_do_about_schema1(void **state)
{
	(void)state;
	struct error err = {0};
	struct manifest manifest = {0};
	assert_int_equal(parse("{\"a\":1}", MEDIA_TYPE_DOCKER_SCHEMA1, &manifest, &err), -1);
	assert_int_equal(err.kind, ERROR_UNSUPPORTED);
	assert_non_null(strstr(err.hint, "pushed again"));
}

static void limits_the_size(void **state)
{
	(void)state;
	size_t size = MANIFEST_SIZE_LIMIT + 1;
	autofree char *data = memory_resize(NULL, size, 1);
	memset(data, ' ', size);
	mempcpy(data, IMAGE, strlen(IMAGE));
	struct error err = {0};
	cleanup(manifest_release) struct manifest manifest = {0};
	assert_int_equal(manifest_parse(data, size, NULL, &manifest, &err), -1);
	assert_int_equal(err.kind, ERROR_TOO_LARGE);
	assert_int_equal(manifest_parse(data, size - 1, NULL, &manifest, &err), 0);
}

static void limits_the_entries(void **state)
{
	(void)state;
	for (size_t count = 4096; count <= 4097; count++) {
		cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
		buffer_append_string(&text, "{\"manifests\":[" BLOB);
		for (size_t i = 1; i < count; i++)
			buffer_append_string(&text, "," BLOB);
		buffer_append_string(&text, "]}");
		struct error err = {0};
		cleanup(manifest_release) struct manifest manifest = {0};
		int result = manifest_parse(text.data, text.size, NULL, &manifest, &err);
		assert_int_equal(result, count == 4096 ? 0 : -1);
		assert_int_equal(err.kind, count == 4096 ? ERROR_NONE : ERROR_TOO_LARGE);
	}
}

static void bears_deep_nesting(void **state)
{
	(void)state;
	size_t size = (size_t)64 * 1024;
	autofree char *data = memory_resize(NULL, size, 1);
	memset(data, '[', size);
	mempcpy(data, "{\"a\":", 5);
	struct error err = {0};
	struct manifest manifest = {0};
	assert_int_equal(manifest_parse(data, size, NULL, &manifest, &err), -1);
	assert_int_equal(err.kind, ERROR_INVALID);
}

static void refuses_what_would_fill_the_memory(void **state)
{
	(void)state;
	static const char *const repeated[] = {"{},", "[],", "0,"};
	for (size_t i = 0; i < array_count(repeated); i++) {
		cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
		buffer_append_string(&text, "{\"layers\":[");
		while (text.size < 1000000)
			buffer_append_string(&text, repeated[i]);
		buffer_append_string(&text, "0]}");
		struct error err = {0};
		struct manifest manifest = {0};
		assert_int_equal(manifest_parse(text.data, text.size, NULL, &manifest, &err), -1);
		assert_int_equal(err.kind, ERROR_TOO_LARGE);
	}
}

static void knows_media_types(void **state)
{
	(void)state;
	static const struct {
		const char *media_type;
		bool manifest;
		bool index;
	} cases[] = {
		{MEDIA_TYPE_OCI_MANIFEST, true, false},
		{MEDIA_TYPE_OCI_INDEX, true, true},
		{MEDIA_TYPE_DOCKER_MANIFEST, true, false},
		{MEDIA_TYPE_DOCKER_LIST, true, true},
		{MEDIA_TYPE_DOCKER_SCHEMA1, true, false},
		{MEDIA_TYPE_DOCKER_SIGNED1, true, false},
		{MEDIA_TYPE_OCI_INDEX ";charset=utf-8", true, true},
		{MEDIA_TYPE_OCI_INDEX " ; charset=utf-8", true, true},
		{"APPLICATION/VND.OCI.IMAGE.INDEX.V1+JSON", true, true},
		{MEDIA_TYPE_OCI_INDEX "x", false, false},
		{"application/vnd.oci.image.index.v1+jso", false, false},
		{"application/json", false, false},
		{"", false, false},
		{NULL, false, false},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		assert_int_equal(media_type_is_manifest(cases[i].media_type), cases[i].manifest);
		assert_int_equal(media_type_is_index(cases[i].media_type), cases[i].index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_an_image),
		cmocka_unit_test(reads_an_index),
		cmocka_unit_test(decides_the_media_type),
		cmocka_unit_test(accepts_what_is_unusual),
		cmocka_unit_test(refuses_malformed_manifests),
		cmocka_unit_test(says_what_to_do_about_schema1),
		cmocka_unit_test(limits_the_size),
		cmocka_unit_test(limits_the_entries),
		cmocka_unit_test(bears_deep_nesting),
		cmocka_unit_test(refuses_what_would_fill_the_memory),
		cmocka_unit_test(knows_media_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
