#include "aws/answer.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CODE_SIZE       128
#define EXCERPT_SIZE    160 /* of a body that is not AWS's */
#define MESSAGE_SIZE    600 /* of AWS's words */
#define CLOCK_TOLERANCE 240 /* seconds; AWS itself accepts 300 */

enum hint {
	HINT_NONE,
	HINT_PERMISSION,
	HINT_ACCOUNT,
	HINT_KEYS,
	HINT_EXPIRED,
	HINT_SIGNATURE,
	HINT_AGAIN,
};

/* Codes without the "Exception" at their end, which some services add and some do not. */
static const struct rule {
	const char *code;
	enum error_kind kind;
	enum hint hint;
} rules[] = {
	{"AccessDenied", ERROR_DENIED, HINT_PERMISSION},
	{"NotAuthorized", ERROR_DENIED, HINT_PERMISSION},
	{"UnauthorizedOperation", ERROR_DENIED, HINT_PERMISSION},
	{"OptInRequired", ERROR_DENIED, HINT_ACCOUNT},
	{"SubscriptionRequired", ERROR_DENIED, HINT_ACCOUNT},

	{"UnrecognizedClient", ERROR_CREDENTIALS, HINT_KEYS},
	{"InvalidClientTokenId", ERROR_CREDENTIALS, HINT_KEYS},
	{"InvalidAccessKeyId", ERROR_CREDENTIALS, HINT_KEYS},
	{"InvalidToken", ERROR_CREDENTIALS, HINT_KEYS},
	{"MissingAuthenticationToken", ERROR_CREDENTIALS, HINT_KEYS},
	{"AuthFailure", ERROR_CREDENTIALS, HINT_KEYS},
	{"ExpiredToken", ERROR_CREDENTIALS, HINT_EXPIRED},
	{"InvalidSignature", ERROR_CREDENTIALS, HINT_SIGNATURE},
	{"SignatureDoesNotMatch", ERROR_CREDENTIALS, HINT_SIGNATURE},
	{"IncompleteSignature", ERROR_CREDENTIALS, HINT_SIGNATURE},
	{"RequestExpired", ERROR_CREDENTIALS, HINT_SIGNATURE},
	{"RequestTimeTooSkewed", ERROR_CREDENTIALS, HINT_SIGNATURE},
	{"RequestInTheFuture", ERROR_CREDENTIALS, HINT_SIGNATURE},

	{"RepositoryNotFound", ERROR_NOT_FOUND, HINT_NONE},
	{"ImageNotFound", ERROR_NOT_FOUND, HINT_NONE},
	{"LayersNotFound", ERROR_NOT_FOUND, HINT_NONE},
	{"RegistryNotFound", ERROR_NOT_FOUND, HINT_NONE},

	{"Throttling", ERROR_THROTTLED, HINT_NONE},
	{"Throttled", ERROR_THROTTLED, HINT_NONE},
	{"RequestThrottled", ERROR_THROTTLED, HINT_NONE},
	{"TooManyRequests", ERROR_THROTTLED, HINT_NONE},
	{"RequestLimitExceeded", ERROR_THROTTLED, HINT_NONE},
	{"BandwidthLimitExceeded", ERROR_THROTTLED, HINT_NONE},
	{"LimitExceeded", ERROR_THROTTLED, HINT_NONE},
	{"SlowDown", ERROR_THROTTLED, HINT_NONE},
	{"PriorRequestNotComplete", ERROR_THROTTLED, HINT_NONE},
	{"EC2Throttled", ERROR_THROTTLED, HINT_NONE},
	{"ProvisionedThroughputExceeded", ERROR_THROTTLED, HINT_NONE},
	{"TransactionInProgress", ERROR_THROTTLED, HINT_NONE},

	{"RequestTimeout", ERROR_TIMEOUT, HINT_NONE},
	{"PaginationTokenExpired", ERROR_TIMEOUT, HINT_AGAIN},
	{"InternalService", ERROR_SERVER, HINT_NONE},
	{"InternalServer", ERROR_SERVER, HINT_NONE},
	{"InternalServerError", ERROR_SERVER, HINT_NONE},
	{"InternalError", ERROR_SERVER, HINT_NONE},
	{"InternalFailure", ERROR_SERVER, HINT_NONE},
	{"Server", ERROR_SERVER, HINT_NONE},
	{"ServiceUnavailable", ERROR_SERVER, HINT_NONE},
	{"UnknownOperation", ERROR_UNSUPPORTED, HINT_NONE},
};

static bool is_code_character(char character)
{
	return isalnum((unsigned char)character) || character == '_' || character == '.';
}

/* "aws.protocols#FooException:http://…" as "FooException"; false where there is no code in it. */
static bool read_code(const char *text, char *code)
{
	if (text == NULL)
		return false;
	size_t size = strcspn(text, ":");
	size_t start = size;
	while (start > 0 && text[start - 1] != '#')
		start--;
	size -= start;
	if (size == 0 || size >= CODE_SIZE)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!is_code_character(text[start + i]))
			return false;
	}
	memcpy(code, text + start, size);
	code[size] = '\0';
	return true;
}

static bool code_matches(const char *code, const char *known)
{
	size_t size = strlen(known);
	return strncmp(code, known, size) == 0 &&
	       (code[size] == '\0' || strcmp(code + size, "Exception") == 0);
}

static struct rule find_rule(const char *code, int status)
{
	if (status == 429)
		return (struct rule){code, ERROR_THROTTLED, HINT_NONE};
	for (size_t i = 0; i < array_count(rules); i++) {
		if (code_matches(code, rules[i].code))
			return rules[i];
	}
	if (strncmp(code, "AccessDenied", strlen("AccessDenied")) == 0)
		return (struct rule){code, ERROR_DENIED, HINT_PERMISSION};
	enum error_kind kind = error_kind_of_http_status(status);
	return (struct rule){code, kind == ERROR_NOT_FOUND ? ERROR_INVALID : kind, HINT_NONE};
}

/* The number that `count` digits stand for; -1 where they are not all digits. */
static int read_digits(const char *text, size_t count)
{
	int number = 0;
	for (size_t i = 0; i < count; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

/* "Mon, 23 Nov 2026 09:41:07 GMT" (RFC 9110 section 5.6.7), whatever the locale. */
static bool parse_date(const char *text, time_t *ret_time)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	if (text == NULL || strlen(text) != strlen("Mon, 23 Nov 2026 09:41:07 GMT"))
		return false;
	const char month[] = {text[8], text[9], text[10], '\0'};
	const char *found = strstr(months, month);
	struct tm calendar = {
		.tm_mday = read_digits(text + 5, 2),
		.tm_mon = found == NULL ? -1 : (int)(found - months) / 3,
		.tm_year = read_digits(text + 12, 4) - 1900,
		.tm_hour = read_digits(text + 17, 2),
		.tm_min = read_digits(text + 20, 2),
		.tm_sec = read_digits(text + 23, 2),
	};
	if (found == NULL || (found - months) % 3 != 0 || calendar.tm_mday < 1 ||
	    calendar.tm_year < 0 || calendar.tm_hour < 0 || calendar.tm_min < 0 ||
	    calendar.tm_sec < 0)
		return false;
	*ret_time = timegm(&calendar);
	return true;
}

/* Says how far the clocks differ, if they do. */
static void hint_at_clock(const struct answer *answer, struct error *err)
{
	time_t theirs;
	if (!parse_date(answer->date, &theirs))
		return;
	int64_t ahead = (int64_t)answer->received - (int64_t)theirs;
	int64_t seconds = ahead < 0 ? -ahead : ahead;
	if (seconds <= CLOCK_TOLERANCE)
		return;
	bool days = seconds >= (int64_t)2 * 86400;
	int64_t amount = days ? seconds / 86400 : seconds / 60;
	error_hint(err, "this machine's clock is %" PRId64 " %s %s AWS's: set it right", amount,
		   days ? "days" : "minutes", ahead < 0 ? "behind" : "ahead of");
}

static void add_hint(enum hint hint, const struct answer *answer, const char *action,
		     struct error *err)
{
	switch (hint) {
	case HINT_NONE:
		break;
	case HINT_PERMISSION:
		error_hint(err, "the caller's IAM policy must allow %s", action);
		break;
	case HINT_ACCOUNT:
		error_hint(err, "the account is not ready for this service in this region: check "
				"that both are enabled");
		break;
	case HINT_KEYS:
		error_hint(err,
			   "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and "
			   "AWS_PROFILE, and that the account has this region enabled");
		break;
	case HINT_EXPIRED:
		hint_at_clock(answer, err);
		error_hint(err, "the session has expired: get new credentials and set them again");
		break;
	case HINT_SIGNATURE:
		if (strstr(err->message, "scoped to a valid region") != NULL)
			error_hint(err, "the endpoint belongs to another region: check --region, "
					"AWS_REGION, the profile's region and AWS_ENDPOINT_URL");
		hint_at_clock(answer, err);
		error_hint(err,
			   "the secret access key does not seem to belong to the access key id: "
			   "check AWS_SECRET_ACCESS_KEY, or the profile");
		break;
	case HINT_AGAIN:
		error_hint(err, "reading the list took longer than AWS allows: run it again");
		break;
	}
}

/* An answer with AWS's code: the message has the code and AWS's words. */
static int fail_with_code(const struct answer *answer, const char *code, const char *message,
			  const char *action, struct error *err)
{
	struct rule rule = find_rule(code, answer->status);
	if (message == NULL || message[0] == '\0')
		error_set(err, rule.kind, "%s (HTTP %d)", code, answer->status);
	else
		error_set(err, rule.kind, "%s: %.*s (HTTP %d)", code, MESSAGE_SIZE, message,
			  answer->status);
	err->http_status = answer->status;
	add_hint(rule.hint, answer, action, err);
	return -1;
}

/* Something between us and AWS has answered, or an address that is not AWS's. */
static int fail_without_code(const struct answer *answer, struct error *err)
{
	enum error_kind kind =
		answer->status < 400 ? ERROR_INVALID : error_kind_of_http_status(answer->status);
	if (kind == ERROR_NOT_FOUND)
		kind = ERROR_INVALID;
	if (answer->body_size == 0)
		error_set(err, kind, "HTTP %d with an empty body", answer->status);
	else
		error_set(
			err, kind, "HTTP %d: %.*s", answer->status,
			(int)(answer->body_size < EXCERPT_SIZE ? answer->body_size : EXCERPT_SIZE),
			answer->body);
	err->http_status = answer->status;
	if (kind == ERROR_SERVER || kind == ERROR_THROTTLED)
		return -1;
	return error_hint(err, "this is not how AWS answers: check the endpoint and the proxy");
}

static int fail(const struct answer *answer, const char *action, struct error *err)
{
	autojson json_t *document = NULL;
	struct error ignored;
	char code[CODE_SIZE];
	if (json_parse_object(answer->body, answer->body_size, &document, &ignored) < 0)
		document = json_object();
	if (!read_code(json_get_string(document, "__type"), code) &&
	    !read_code(answer->error_type, code))
		return fail_without_code(answer, err);
	const char *message = json_get_string(document, "message");
	if (message == NULL)
		message = json_get_string(document, "Message");
	return fail_with_code(answer, code, message, action, err);
}

int answer_read(const struct answer *answer, const char *action, json_t **ret_document,
		struct error *err)
{
	if (answer->status != 200)
		return fail(answer, action, err);
	if (json_parse_object(answer->body, answer->body_size, ret_document, err) < 0) {
		err->http_status = answer->status;
		return error_hint(err,
				  "this is not how AWS answers: check the endpoint and the proxy");
	}
	return 0;
}
