#include "aws/call.h"

#include "aws/answer.h"
#include "aws/session_state.h"
#include "aws/sigv4.h"
#include "base/log.h"

#include <string.h>

/* A page of GetResources with 100 resources of 50 tags each, all of them as long as can be and
 * escaped, stays below. */
#define RESPONSE_LIMIT ((size_t)16 * 1024 * 1024)

/* Answers can hold ECR's token. */
static void response_wipe_release(struct http_response *response)
{
	if (response->body.data != NULL)
		memory_wipe(response->body.data, response->body.capacity);
	http_response_release(response);
}

int aws_call_prefix(const struct aws_session *session, enum aws_service service,
		    const char *operation, struct error *err)
{
	return error_prefix(err, "%s:%s in %s", service_names(service)->action, operation,
			    session->region);
}

/* Adds the headers of the call, and the signature over them. */
static int sign(struct aws_session *session, enum aws_service service, const char *target,
		struct http_request *request, struct error *err)
{
	cleanup(credentials_release) struct credentials credentials = {0};
	if (aws_session_credentials(session, &credentials, err) < 0)
		return -1;
	const struct endpoint *endpoint = &session->endpoints[service];
	const struct sigv4_scope scope = {time(NULL), session->region,
					  service_names(service)->signing};
	char now[SIGV4_TIME_SIZE];
	sigv4_format_time(scope.time, now);
	const struct sigv4_header headers[] = {
		{"host", endpoint->host},
		{"content-type", "application/x-amz-json-1.1"},
		{"x-amz-date", now},
		{"x-amz-target", target},
		{"x-amz-security-token", credentials.session_token},
	};
	size_t count = array_count(headers) - (credentials.session_token == NULL);
	const struct sigv4_request signed_request = {
		.method = request->method,
		.path = endpoint->path,
		.query = "",
		.headers = headers,
		.header_count = count,
		.body = request->body,
		.body_size = request->body_size,
	};
	autofree char *authorization = NULL;
	if (sigv4_authorization(&signed_request, &scope, credentials.access_key_id,
				credentials.secret_access_key, &authorization, err) < 0)
		return -1;
	for (size_t i = 1; i < count; i++) /* libcurl adds the host itself */
		http_request_header(request, headers[i].name, headers[i].value);
	http_request_header(request, "Authorization", authorization);
	return 0;
}

static void hint_at_endpoint(const struct aws_session *session, const struct endpoint *endpoint,
			     struct error *err)
{
	if (err->kind != ERROR_NETWORK && err->kind != ERROR_TLS && err->kind != ERROR_TIMEOUT)
		return;
	if (endpoint->source != NULL)
		error_hint(err, "the endpoint %s comes from %s: check it, and the network",
			   endpoint->url, endpoint->source);
	else
		error_hint(err,
			   "the endpoint is %s: check that \"%s\" is the right region (--region, "
			   "AWS_REGION), and the network",
			   endpoint->url, session->region);
}

static int exchange(struct aws_session *session, enum aws_service service, const char *operation,
		    const char *body, struct http_response *ret_response, struct error *err)
{
	const struct endpoint *endpoint = &session->endpoints[service];
	autofree char *target = string_format("%s.%s", service_names(service)->target, operation);
	cleanup(http_request_release) struct http_request request = {
		.method = "POST",
		.url = endpoint->url,
		.body = body,
		.body_size = strlen(body),
		.response_limit = RESPONSE_LIMIT,
		.ca_file = session->ca_file,
	};
	if (sign(session, service, target, &request, err) < 0)
		return -1;
	if (http_fetch(session->client, &request, ret_response, err) < 0) {
		hint_at_endpoint(session, endpoint, err);
		return -1;
	}
	const char *id = http_response_header(ret_response, "x-amzn-RequestId", 0);
	log_debug("%s:%s in %s: HTTP %d, request id %s", service_names(service)->action, operation,
		  session->region, ret_response->status, id == NULL ? "unknown" : id);
	return 0;
}

int aws_call(struct aws_session *session, enum aws_service service, const char *operation,
	     const json_t *input, json_t **ret_output, struct error *err)
{
	autofree char *body = input == NULL ? NULL : json_dumps(input, JSON_COMPACT);
	if (body == NULL) {
		error_set(err, ERROR_INVALID, "a name in the request is not valid UTF-8");
		return aws_call_prefix(session, service, operation, err);
	}
	cleanup(response_wipe_release) struct http_response response = {0};
	if (exchange(session, service, operation, body, &response, err) < 0)
		return aws_call_prefix(session, service, operation, err);

	const struct answer answer = {
		.status = response.status,
		.body = buffer_string(&response.body),
		.body_size = response.body.size,
		.error_type = http_response_header(&response, "x-amzn-ErrorType", 0),
		.date = http_response_header(&response, "Date", 0),
		.received = time(NULL),
	};
	autofree char *action = string_format("%s:%s", service_names(service)->action, operation);
	if (answer_read(&answer, action, ret_output, err) < 0)
		return aws_call_prefix(session, service, operation, err);
	return 0;
}
