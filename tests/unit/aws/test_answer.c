#include "aws/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define RECEIVED 1795426867 /* Mon, 23 Nov 2026 09:41:07 GMT */

static struct error read_error(int status, const char *body, const char *error_type,
			       const char *date)
{
	const struct answer answer = {
		.status = status,
		.body = body,
		.body_size = strlen(body),
		.error_type = error_type,
		.date = date,
		.received = RECEIVED,
	};
	json_t *document = NULL;
	struct error err = {0};
	assert_int_equal(answer_read(&answer, "ecr:ListImages", &document, &err), -1);
	assert_null(document);
	return err;
}

static void kinds(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		int status;
		enum error_kind kind;
	} table[] = {
		{"AccessDeniedException", 400, ERROR_DENIED},
		{"AccessDenied", 403, ERROR_DENIED},
		{"AccessDeniedByPolicyException", 400, ERROR_DENIED},
		{"OptInRequired", 400, ERROR_DENIED},
		{"SubscriptionRequiredException", 400, ERROR_DENIED},
		{"UnrecognizedClientException", 400, ERROR_CREDENTIALS},
		{"InvalidClientTokenId", 403, ERROR_CREDENTIALS},
		{"InvalidSignatureException", 400, ERROR_CREDENTIALS},
		{"SignatureDoesNotMatch", 403, ERROR_CREDENTIALS},
		{"IncompleteSignatureException", 400, ERROR_CREDENTIALS},
		{"ExpiredTokenException", 400, ERROR_CREDENTIALS},
		{"ExpiredToken", 403, ERROR_CREDENTIALS},
		{"RequestExpired", 400, ERROR_CREDENTIALS},
		{"MissingAuthenticationTokenException", 403, ERROR_CREDENTIALS},
		{"RepositoryNotFoundException", 400, ERROR_NOT_FOUND},
		{"ThrottlingException", 400, ERROR_THROTTLED},
		{"Throttling", 400, ERROR_THROTTLED},
		{"ThrottledException", 400, ERROR_THROTTLED},
		{"RequestThrottledException", 400, ERROR_THROTTLED},
		{"TooManyRequestsException", 400, ERROR_THROTTLED},
		{"SlowDown", 503, ERROR_THROTTLED},
		{"SomethingElse", 429, ERROR_THROTTLED},
		{"RequestTimeout", 400, ERROR_TIMEOUT},
		{"PaginationTokenExpiredException", 400, ERROR_TIMEOUT},
		{"ServerException", 500, ERROR_SERVER},
		{"InternalServiceException", 500, ERROR_SERVER},
		{"InternalFailure", 400, ERROR_SERVER},
		{"ServiceUnavailable", 503, ERROR_SERVER},
		{"NeverSeenException", 500, ERROR_SERVER},
		{"InvalidParameterException", 400, ERROR_INVALID},
		{"NeverSeenException", 400, ERROR_INVALID},
		{"NeverSeenException", 404, ERROR_INVALID},
		{"UnknownOperationException", 404, ERROR_UNSUPPORTED},
		{"RequestEntityTooLargeException", 413, ERROR_TOO_LARGE},
		{"RepositoryNotFoundExceptions", 400, ERROR_INVALID},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *body =
			string_format("{\"__type\":\"%s\",\"message\":\"words\"}", table[i].code);
		struct error err = read_error(table[i].status, body, NULL, NULL);
		autofree char *message =
			string_format("%s: words (HTTP %d)", table[i].code, table[i].status);
		assert_string_equal(err.message, message);
		if (err.kind != table[i].kind)
			fail_msg("%s: %s", message, error_kind_name(err.kind));
		assert_int_equal(err.http_status, table[i].status);
	}
}

static void forms_of_code_and_message(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		const char *error_type;
		const char *message;
	} table[] = {
		{"{\"__type\":\"A\",\"message\":\"m\"}", NULL, "A: m (HTTP 400)"},
		{"{\"__type\":\"A\",\"Message\":\"m\"}", NULL, "A: m (HTTP 400)"},
		{"{\"__type\":\"com.amazon.coral#A\"}", NULL, "A (HTTP 400)"},
		{"{\"__type\":\"A:http://internal.amazon.com/coral#x/\"}", NULL, "A (HTTP 400)"},
		{"{\"__type\":\"ns#A:http://x/\",\"message\":\"\"}", NULL, "A (HTTP 400)"},
		{"{\"__type\":\"A\"}", "B", "A (HTTP 400)"},
		{"{\"message\":\"m\"}", "ns#B:http://x/", "B: m (HTTP 400)"},
		{"", "B", "B (HTTP 400)"},
		{"<html>", "B", "B (HTTP 400)"},
		{"{\"__type\":7,\"message\":8}", "B", "B (HTTP 400)"},
		{"{\"__type\":\"ns#\"}", "B", "B (HTTP 400)"},
		{"{\"__type\":\"a b\"}", "B", "B (HTTP 400)"},
		{"{\"__type\":\"\\u001b[31m\"}", NULL, "HTTP 400: {\"__type\":\"\\u001b[31m\"}"},
		{"{\"__type\":\"A\",\"message\":\"\\u001b[31m\"}", NULL,
		 "A: \xef\xbf\xbd[31m (HTTP 400)"},
		{"", NULL, "HTTP 400 with an empty body"},
		{"", "", "HTTP 400 with an empty body"},
		{"<html>\n<body>Bad</body>", NULL, "HTTP 400: <html> <body>Bad</body>"},
		{"[]", NULL, "HTTP 400: []"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct error err = read_error(400, table[i].body, table[i].error_type, NULL);
		assert_string_equal(err.message, table[i].message);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
}

static void no_code(void **state)
{
	(void)state;
	assert_int_equal(read_error(503, "<html>", NULL, NULL).kind, ERROR_SERVER);
	assert_int_equal(read_error(502, "", NULL, NULL).kind, ERROR_SERVER);
	assert_int_equal(read_error(429, "", NULL, NULL).kind, ERROR_THROTTLED);
	assert_int_equal(read_error(403, "", NULL, NULL).kind, ERROR_DENIED);
	assert_int_equal(read_error(407, "", NULL, NULL).kind, ERROR_INVALID);
	/* a wrong address must not look like a repository that is not there */
	struct error err = read_error(404, "not found", NULL, NULL);
	assert_int_equal(err.kind, ERROR_INVALID);
	assert_non_null(strstr(err.hint, "endpoint"));
	assert_int_equal(read_error(302, "", NULL, NULL).kind, ERROR_INVALID);
	assert_int_equal(read_error(204, "", NULL, NULL).kind, ERROR_INVALID);

	char page[2000];
	memset(page, 'x', sizeof(page));
	page[sizeof(page) - 1] = '\0';
	assert_int_equal(strlen(read_error(500, page, NULL, NULL).message), 160 + 10);
}

static void hints(void **state)
{
	(void)state;
	struct error err = read_error(400,
				      "{\"__type\":\"AccessDeniedException\",\"message\":\"User: "
				      "arn:x is not authorized to perform: ecr:ListImages\"}",
				      NULL, NULL);
	assert_string_equal(err.hint, "the caller's IAM policy must allow ecr:ListImages");
	assert_non_null(strstr(err.message, "not authorized to perform"));
	err = read_error(400, "{\"__type\":\"ExpiredTokenException\"}", NULL, NULL);
	assert_non_null(strstr(err.hint, "expired"));
	err = read_error(400, "{\"__type\":\"InvalidSignatureException\"}", NULL, NULL);
	assert_non_null(strstr(err.hint, "AWS_SECRET_ACCESS_KEY"));
	err = read_error(400, "{\"__type\":\"UnrecognizedClientException\"}", NULL, NULL);
	assert_non_null(strstr(err.hint, "AWS_ACCESS_KEY_ID"));
}

static void clocks(void **state)
{
	(void)state;
	static const struct {
		const char *date;
		const char *hint; /* NULL: the clocks agree, or cannot be compared */
	} table[] = {
		{"Mon, 23 Nov 2026 09:41:07 GMT", NULL},
		{"Mon, 23 Nov 2026 09:45:07 GMT", NULL},
		{"Mon, 23 Nov 2026 09:37:07 GMT", NULL},
		{"Mon, 23 Nov 2026 09:47:07 GMT", "clock is 6 minutes behind AWS's"},
		{"Mon, 23 Nov 2026 09:36:06 GMT", "clock is 5 minutes ahead of AWS's"},
		{"Mon, 23 Nov 2026 11:41:07 GMT", "clock is 120 minutes behind AWS's"},
		{"Thu, 23 Nov 2028 09:41:07 GMT", "clock is 731 days behind AWS's"},
		{"yesterday", NULL},
		{"", NULL},
		{"Mon, 23 Foo 2028 09:41:07 GMT", NULL},
		{"Mon, 23 anF 2028 09:41:07 GMT", NULL},
		{"Mon, 23 Nov 2028 0x:41:07 GMT", NULL},
		{"Mon, 23 Nov 2028 09:41:07 GMT ", NULL},
		{"Mon, 23 N 2028 09:41:07 GMT", NULL},
		{NULL, NULL},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct error err = read_error(403, "{\"__type\":\"SignatureDoesNotMatch\"}", NULL,
					      table[i].date);
		const char *expected =
			table[i].hint == NULL ? "AWS_SECRET_ACCESS_KEY" : table[i].hint;
		if (strstr(err.hint, expected) == NULL)
			fail_msg("%s: %s", table[i].date, err.hint);
	}
}

static void documents(void **state)
{
	(void)state;
	const struct answer good = {.status = 200, .body = "{\"a\":1}", .body_size = 7};
	autojson json_t *document = NULL;
	struct error err = {0};
	assert_int_equal(answer_read(&good, "ecr:ListImages", &document, &err), 0);
	assert_int_equal(json_integer_value(json_object_get(document, "a")), 1);

	static const char *const bad[] = {
		"", "{", "[]", "null", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "<html>"};
	for (size_t i = 0; i < array_count(bad); i++) {
		err = read_error(200, bad[i], NULL, NULL);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_int_equal(err.http_status, 200);
		assert_non_null(strstr(err.message, "malformed JSON"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),   cmocka_unit_test(forms_of_code_and_message),
		cmocka_unit_test(no_code), cmocka_unit_test(hints),
		cmocka_unit_test(clocks),  cmocka_unit_test(documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
