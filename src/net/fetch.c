/* http_fetch(), and the small functions around requests and answers. */
#include "net/network.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>
#include <strings.h>

void http_request_release(struct http_request *request)
{
	string_list_wipe_release(&request->headers);
}

void http_request_header(struct http_request *request, const char *name, const char *value)
{
	string_list_add_owned(&request->headers, string_format("%s: %s", name, value));
}

void http_response_release(struct http_response *response)
{
	string_list_release(&response->headers);
	buffer_release(&response->body);
	free(response->url);
	response->url = NULL;
	response->status = 0;
}

const char *http_response_header(const struct http_response *response, const char *name,
				 size_t index)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < response->headers.count; i++) {
		const char *line = response->headers.items[i];
		if (strncasecmp(line, name, size) != 0 || line[size] != ':' || index-- > 0)
			continue;
		return line + size + 1 + strspn(line + size + 1, " \t");
	}
	return NULL;
}

struct fetch {
	struct network_job job; /* first, so that one is the other */
	struct transfer transfer;
};

static void start_fetch(struct network_job *job)
{
	transfer_add(&((struct fetch *)job)->transfer, job->client);
}

static void end_fetch(struct network_job *job, CURL *easy, CURLcode code)
{
	(void)easy;
	struct fetch *fetch = (struct fetch *)job;
	if (code == CURLE_OK)
		transfer_finish(&fetch->transfer);
	else
		transfer_error(&fetch->transfer, code, &job->error);
	network_job_finish(job);
}

static void withdraw_fetch(struct network_job *job)
{
	transfer_remove(&((struct fetch *)job)->transfer, job->client);
}

int http_fetch(struct http_client *client, const struct http_request *request,
	       struct http_response *ret_response, struct error *err)
{
	static const struct network_job_type type = {
		.start = start_fetch,
		.ended = end_fetch,
		.withdraw = withdraw_fetch,
	};
	int64_t started = clock_milliseconds();
	cleanup(http_response_release) struct http_response response = {0};
	struct fetch fetch = {0};
	int result = transfer_prepare(&fetch.transfer, request, &response, &fetch.job, err);
	if (result == 0) {
		result = network_run(client, &fetch.job, &type, err);
		log_debug("%s %s: %d, %lld ms", request->method, fetch.transfer.place,
			  response.status, (long long)(clock_milliseconds() - started));
	}
	transfer_release(&fetch.transfer);
	if (result == 0) {
		*ret_response = response;
		response = (struct http_response){0};
	}
	return result;
}
