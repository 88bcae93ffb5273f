/*
 * HTTP for threads that want to read straight on: a request goes out, the thread waits, an answer
 * comes back. Built on libcurl; nothing outside this room knows that.
 *
 * One network thread owns all connections. Any thread may call http_fetch() and http_relay() at
 * the same time; they block the caller only. Connections are kept and reused.
 *
 * An answer with any status is a success here (RFC 9110): what a 404 means is for the caller.
 * Errors: ERROR_NETWORK (no connection, reset, cut short), ERROR_TLS, ERROR_TIMEOUT,
 * ERROR_TOO_LARGE (the answer passes the caller's limit), ERROR_INVALID (malformed URL or answer),
 * ERROR_INTERRUPTED (http_client_stop). Messages name host and path, never query strings or
 * header values.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/string_list.h"
#include "oci/digest.h"

#include <stdbool.h>
#include <stdint.h>

struct http_client;

/* Starts the network thread. Signals are blocked in it. The caller frees the client. */
int http_client_new(struct http_client **ret_client, struct error *err);

/* Ends the network thread. No call may be under way. NULL is fine. */
void http_client_free(struct http_client *client);

static inline void http_client_release(struct http_client **client)
{
	http_client_free(*client);
}

/*
 * From `milliseconds` from now on every request under way and every later one ends with
 * ERROR_INTERRUPTED. A later call can only bring the moment nearer. Any thread.
 */
void http_client_stop(struct http_client *client, int64_t milliseconds);

struct http_request {
	const char *method; /* "GET", "HEAD", "POST", "PUT" */
	const char *url;    /* absolute, http or https */
	/* "Name: value" lines. libcurl drops Authorization when a redirect leaves the origin. */
	struct string_list headers;
	const char *body;      /* NULL: none */
	size_t body_size;      /* bytes */
	size_t response_limit; /* most bytes of body to accept; an error's is cut there */
	int64_t timeout;       /* milliseconds for the whole exchange; 0: 60,000 */
	bool follow_redirects; /* at most 10; never from https to http; GET and HEAD only */
	bool insecure_tls;     /* do not verify the server's certificate */
	const char *ca_file;   /* PEM file of the authorities to trust; NULL: the system's */
};

void http_request_release(struct http_request *request); /* frees `headers` only */

/* Adds "name: value". */
void http_request_header(struct http_request *request, const char *name, const char *value);

struct http_response {
	int status;
	char *url;                  /* that answered in the end, after redirects; owned */
	struct string_list headers; /* "Name: value", of the last answer; at most 256 KiB */
	struct buffer body;
};

void http_response_release(struct http_response *response);

/* The value of the header called `name` (any case), the `index`-th one of that name counted from
 * 0, without the blanks around it; NULL where there is none. Borrowed from the response. */
const char *http_response_header(const struct http_response *response, const char *name,
				 size_t index);

/* Sends a request and waits for the answer. *ret_response is released by the caller. */
int http_fetch(struct http_client *client, const struct http_request *request,
	       struct http_response *ret_response, struct error *err);

/* The body of one request's answer becomes the body of another. */
struct http_relay {
	struct http_request source;      /* a GET; response_limit applies to error bodies */
	struct http_request destination; /* a PUT or PATCH; body is not used */
	int64_t size;                    /* bytes that the body must have */
	struct digest digest;            /* that the body must have */
};

struct http_relay_result {
	struct http_response source;      /* body only where the status is not 200 */
	struct http_response destination; /* status 0 where it was never started */
	int64_t bytes;                    /* received from the source */
};

void http_relay_result_release(struct http_relay_result *result);

/*
 * Streams through a bounded buffer and hashes on the way. The destination's request starts when
 * the source has answered 200; its last byte is sent only after size and digest were found right,
 * so that wrong bytes never complete an upload.
 * Returns 0 where both answered (a source status other than 200: the destination was not started).
 * ERROR_DIGEST: the content is another one, too short, or too long. ERROR_NETWORK and the
 * others as above; the message says which side. Where the destination answers before it has
 * all bytes, the source is dropped and its answer is what counts.
 */
int http_relay(struct http_client *client, const struct http_relay *wanted,
	       struct http_relay_result *ret_result, struct error *err);

#endif
