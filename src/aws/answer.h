/*
 * What an AWS service answers in its JSON 1.1 protocol, from bytes to a document or an error.
 * https://docs.aws.amazon.com/general/latest/gr/CommonErrors.html (the document), and
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html (the protocol)
 * No I/O and no clock; any thread.
 */
#ifndef AWS_ANSWER_H
#define AWS_ANSWER_H

#include "base/json.h"

#include <time.h>

struct answer {
	int status;
	const char *body; /* borrowed, as all; any bytes */
	size_t body_size;
	const char *error_type; /* header x-amzn-ErrorType, or NULL */
	const char *date;       /* header Date, or NULL */
	time_t received;        /* by the local clock */
};

/*
 * The document of an answer with status 200, else the error it stands for. `action` is the IAM
 * action ("ecr:ListImages"), for hints.
 *
 * Kinds: ERROR_DENIED (hint names the action), ERROR_CREDENTIALS (unknown, expired, wrong
 * signature; where the clocks differ by more than 4 minutes the hint says so), ERROR_NOT_FOUND
 * (only from ECR's own codes, never from a bare 404), ERROR_THROTTLED, ERROR_TIMEOUT, ERROR_SERVER,
 * ERROR_UNSUPPORTED, ERROR_INVALID (malformed JSON, or anything else the service refuses).
 * The message carries AWS's code and words; http_status is set.
 */
int answer_read(const struct answer *answer, const char *action, json_t **ret_document,
		struct error *err);

#endif
