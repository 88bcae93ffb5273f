#include "aws/ecr_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1795426867
#define DIGEST(digit)                                                                              \
	"sha256:" digit digit digit digit digit digit digit digit digit digit digit digit digit    \
		digit digit digit digit digit digit digit digit digit digit digit digit digit      \
			digit digit digit digit digit digit digit digit digit digit digit digit    \
				digit digit digit digit digit digit digit digit digit digit digit  \
					digit digit digit digit digit digit digit digit digit      \
						digit digit digit digit digit digit

static json_t *parse(const char *text)
{
	json_t *document = NULL;
	struct error err = {0};
	if (json_parse_object(text, strlen(text), &document, &err) < 0)
		fail_msg("%s", err.message);
	return document;
}

static json_t *make_authorization(const char *token, const char *endpoint, const char *expires)
{
	autofree char *text = string_format("{\"authorizationData\":[{\"authorizationToken\":%s,"
					    "\"proxyEndpoint\":%s,\"expiresAt\":%s}]}",
					    token, endpoint, expires);
	return parse(text);
}

static void authorizations(void **state)
{
	(void)state;
	static const struct {
		const char *endpoint;
		const char *expires;
		const char *expected_endpoint;
		time_t expected_expires;
	} table[] = {
		{"\"https://111122223333.dkr.ecr.us-east-1.amazonaws.com\"", "1.753974E9",
		 "https://111122223333.dkr.ecr.us-east-1.amazonaws.com", 1753974000},
		{"\"https://r.example/\"", "1795470067", "https://r.example", 1795470067},
		{"\"https://r.example:443\"", "1795470067.957", "https://r.example", 1795470067},
		{"\"https://r.example:5000\"", "null", "https://r.example:5000", NOW + 43200},
		{"\"http://127.0.0.1:5000\"", "0", "http://127.0.0.1:5000", 0},
		{"\"http://localhost\"", "1e3", "http://localhost", 1000},
		{"\"http://[::1]:5000/\"", "1e3", "http://[::1]:5000", 1000},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autojson json_t *document =
			make_authorization("\"QVdTOng=\"", table[i].endpoint, table[i].expires);
		cleanup(ecr_authorization_release) struct ecr_authorization authorization = {0};
		struct error err = {0};
		if (ecr_read_authorization(document, NOW, &authorization, &err) < 0)
			fail_msg("%s", err.message);
		assert_string_equal(authorization.token, "QVdTOng=");
		assert_string_equal(authorization.proxy_endpoint, table[i].expected_endpoint);
		assert_int_equal(authorization.expires, table[i].expected_expires);
	}
}

static void malformed_authorizations(void **state)
{
	(void)state;
	static const char good_token[] = "\"QVdTOng=\"";
	static const char good_endpoint[] = "\"https://r.example\"";
	const struct {
		const char *token;
		const char *endpoint;
		const char *expires;
	} table[] = {
		{"\"\"", good_endpoint, "1"},
		{"null", good_endpoint, "1"},
		{"7", good_endpoint, "1"},
		{"\"QVdT\\r\\nX: y\"", good_endpoint, "1"},
		{"\"QVdT\\n\"", good_endpoint, "1"},
		{"\"QVdT Ong\"", good_endpoint, "1"},
		{"\"\\u00e4\"", good_endpoint, "1"},
		{good_token, "null", "1"},
		{good_token, "\"\"", "1"},
		{good_token, "\"r.example\"", "1"},
		{good_token, "\"ftp://r.example\"", "1"},
		{good_token, "\"http://r.example\"", "1"},
		{good_token, "\"http://127.0.0.1.evil.example\"", "1"},
		{good_token, "\"https://u:p@r.example\"", "1"},
		{good_token, "\"https://r.example/path\"", "1"},
		{good_token, "\"https://r.example/?q\"", "1"},
		{good_token, good_endpoint, "-1"},
		{good_token, good_endpoint, "\"1\""},
		{good_token, good_endpoint, "1e300"},
		{good_token, good_endpoint, "true"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autojson json_t *document =
			make_authorization(table[i].token, table[i].endpoint, table[i].expires);
		struct ecr_authorization authorization = {0};
		struct error err = {0};
		if (ecr_read_authorization(document, NOW, &authorization, &err) == 0)
			fail_msg("%s %s %s", table[i].token, table[i].endpoint, table[i].expires);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_null(authorization.token);
		assert_null(strstr(err.message, "QVdT"));
	}
}

static void malformed_documents(void **state)
{
	(void)state;
	static const char *const table[] = {
		"{}",
		"{\"authorizationData\":null}",
		"{\"authorizationData\":[]}",
		"{\"authorizationData\":[7]}",
		"{\"authorizationData\":{\"authorizationToken\":\"eA==\"}}",
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autojson json_t *document = parse(table[i]);
		struct ecr_authorization authorization = {0};
		struct error err = {0};
		assert_int_equal(ecr_read_authorization(document, NOW, &authorization, &err), -1);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
}

static void images(void **state)
{
	(void)state;
	static const struct {
		const char *token_member;
		const char *token;
	} table[] = {
		{"", NULL},
		{",\"nextToken\":null", NULL},
		{",\"nextToken\":\"\"", NULL},
		{",\"nextToken\":\"t\"", "t"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *text = string_format(
			"{\"imageIds\":[{\"imageTag\":\"1.0\",\"imageDigest\":\"%s\"},"
			"{\"imageDigest\":\"%s\"},{\"imageTag\":\"2.0\",\"imageDigest\":\"%s\"}]%"
			"s}",
			DIGEST("a"), DIGEST("b"), DIGEST("c"), table[i].token_member);
		autojson json_t *document = parse(text);
		cleanup(ecr_image_list_release) struct ecr_image_list list = {0};
		autofree char *token = NULL;
		struct error err = {0};
		assert_int_equal(ecr_read_images(document, &list, &token, &err), 0);
		assert_int_equal(list.tags.count, 2);
		assert_int_equal(list.digests.count, 2);
		assert_string_equal(list.tags.items[1], "2.0");
		assert_string_equal(list.digests.items[1], DIGEST("c"));
		if (table[i].token == NULL)
			assert_null(token);
		else
			assert_string_equal(token, table[i].token);
	}
}

static void malformed_images(void **state)
{
	(void)state;
	static const char *const table[] = {
		"{}",
		"{\"imageIds\":{}}",
		"{\"imageIds\":[7]}",
		"{\"imageIds\":[{\"imageTag\":\"1.0\"}]}",
		"{\"imageIds\":[{\"imageTag\":\"1.0\",\"imageDigest\":\"sha256:abc\"}]}",
		"{\"imageIds\":[],\"nextToken\":7}",
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autojson json_t *document = parse(table[i]);
		cleanup(ecr_image_list_release) struct ecr_image_list list = {0};
		autofree char *token = NULL;
		struct error err = {0};
		assert_int_equal(ecr_read_images(document, &list, &token, &err), -1);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
	autojson json_t *many = json_object();
	json_t *ids = json_array();
	for (size_t i = 0; i < 10001; i++)
		json_array_append_new(ids, json_object());
	json_object_set_new(many, "imageIds", ids);
	cleanup(ecr_image_list_release) struct ecr_image_list list = {0};
	autofree char *token = NULL;
	struct error err = {0};
	assert_int_equal(ecr_read_images(many, &list, &token, &err), -1);
}

static void layers(void **state)
{
	(void)state;
	const struct digest digests[] = {
		{DIGEST("a")}, {DIGEST("b")}, {DIGEST("c")}, {DIGEST("a")}, {DIGEST("d")}};
	bool available[5] = {false};
	struct error err = {0};
	autojson json_t *document = parse("{\"layers\":[{\"layerDigest\":\"" DIGEST(
		"a") "\",\"layerAvailability\":"
		     "\"AVAILABLE\",\"layerSize\":7},{\"layerDigest\":\"" DIGEST(
			     "b") "\",\"layerAvailability\":\"UNAVAILABLE\"},{"
				  "\"layerDigest\":\"" DIGEST("e") "\","
								   "\"layerAvailability\":"
								   "\"AVAILABLE\"}],"
								   "\"failures\":[{"
								   "\"layerDigest\":"
								   "\"" DIGEST("c") "\","
										    "\"fail"
										    "ureCod"
										    "e\":"
										    "\"Miss"
										    "ingLay"
										    "erDige"
										    "st\"}]"
										    "}");
	assert_int_equal(ecr_read_layer_availability(document, digests, 5, available, &err), 0);
	const bool expected[] = {true, false, false, true, false};
	assert_memory_equal(available, expected, sizeof(expected));

	static const char *const bad[] = {"{}", "{\"layers\":7}", "{\"layers\":[{}]}",
					  "{\"layers\":[{\"layerDigest\":\"x\"}]}"};
	for (size_t i = 0; i < array_count(bad); i++) {
		autojson json_t *malformed = parse(bad[i]);
		assert_int_equal(
			ecr_read_layer_availability(malformed, digests, 5, available, &err), -1);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(authorizations),      cmocka_unit_test(malformed_authorizations),
		cmocka_unit_test(malformed_documents), cmocka_unit_test(images),
		cmocka_unit_test(malformed_images),    cmocka_unit_test(layers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
