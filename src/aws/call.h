/* One signed call in AWS's JSON 1.1 protocol: a POST, one try. Any thread. */
#ifndef AWS_CALL_H
#define AWS_CALL_H

#include "aws/endpoint.h"
#include "aws/session.h"
#include "base/json.h"

/*
 * Calls `operation` ("ListImages") of a service. `input` is borrowed; NULL stands for one that
 * could not be built, because a string in it was not UTF-8. *ret_output is the answer's document,
 * owned by the caller. Errors are those of credentials_find(), http_fetch() and answer_read(); the
 * message begins with action and region: "ecr:ListImages in us-east-1: …".
 */
int aws_call(struct aws_session *session, enum aws_service service, const char *operation,
	     const json_t *input, json_t **ret_output, struct error *err);

/* Puts the same words before an error that was found in an answer's document. Always -1. */
int aws_call_prefix(const struct aws_session *session, enum aws_service service,
		    const char *operation, struct error *err);

#endif
