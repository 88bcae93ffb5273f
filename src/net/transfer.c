/* One exchange as libcurl sees it: options in, header lines and body out. */
#include "net/network.h"

#include "net/url.h"

#include <string.h>
#include <strings.h>

/* Of all answers to one request: redirects and interim answers count, since libcurl keeps them. */
#define HEADER_SIZE_LIMIT ((size_t)256 * 1024)
#define CONNECT_TIMEOUT   10000L
#define DEFAULT_TIMEOUT   60000
#define REDIRECT_LIMIT    10L

static int refuse(struct transfer *transfer, enum error_kind kind)
{
	transfer->refused = kind;
	return 0; /* fewer bytes than offered: libcurl ends the transfer */
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t bytes = size * count;
	transfer->header_size += bytes;
	if (transfer->header_size > HEADER_SIZE_LIMIT)
		return (size_t)refuse(transfer, ERROR_TOO_LARGE);
	if (bytes >= 5 && memcmp(data, "HTTP/", 5) == 0) {
		string_list_release(&transfer->response->headers);
		return bytes;
	}
	size_t kept = bytes;
	while (kept > 0 && (unsigned char)data[kept - 1] <= ' ')
		kept--;
	if (kept > 0 && memchr(data, '\0', kept) == NULL)
		string_list_add_size(&transfer->response->headers, data, kept);
	return bytes;
}

void transfer_keep_text(struct transfer *transfer, const char *data, size_t size)
{
	struct buffer *body = &transfer->response->body;
	size_t room = body->limit - body->size;
	buffer_append(body, data, size < room ? size : room);
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t bytes = size * count;
	if (transfer_status(transfer) >= 400)
		transfer_keep_text(transfer, data, bytes);
	else if (buffer_append(&transfer->response->body, data, bytes) < 0)
		return (size_t)refuse(transfer, ERROR_TOO_LARGE);
	return bytes;
}

static bool has_header(const struct http_request *request, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < request->headers.count; i++) {
		const char *line = request->headers.items[i];
		if (strncasecmp(line, name, size) == 0 && line[size] == ':')
			return true;
	}
	return false;
}

static void set_headers(struct transfer *transfer, const struct http_request *request)
{
	for (size_t i = 0; i < request->headers.count; i++)
		transfer->headers = curl_slist_append(transfer->headers, request->headers.items[i]);
	/* "Name:" keeps libcurl from adding what nobody asked for. */
	transfer->headers = curl_slist_append(transfer->headers, "Expect:");
	if (!has_header(request, "Accept"))
		transfer->headers = curl_slist_append(transfer->headers, "Accept:");
	if (!has_header(request, "Content-Type"))
		transfer->headers = curl_slist_append(transfer->headers, "Content-Type:");
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_method(CURL *easy, const struct http_request *request)
{
	if (strcmp(request->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(request->method, "GET") != 0) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
				 request->body == NULL ? "" : request->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	}
}

static void set_safety(CURL *easy, const struct http_request *request, bool secure)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request->follow_redirects ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, REDIRECT_LIMIT);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (request->ca_file != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (request->insecure_tls) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

int transfer_prepare(struct transfer *transfer, const struct http_request *request,
		     struct http_response *response, struct network_job *job, struct error *err)
{
	cleanup(url_release) struct url url = {0};
	if (url_parse(request->url, &url, err) < 0)
		return -1;

	*transfer = (struct transfer){
		.easy = curl_easy_init(),
		.response = response,
		.method = request->method,
		.place = string_format("%s://%s:%s%s", url.scheme, url.host, url.port, url.path),
	};
	response->body.limit = request->response_limit;
	CURL *easy = transfer->easy;
	if (easy == NULL)
		return error_set(err, ERROR_SYSTEM, "libcurl gives no handle");
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, job);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->problem);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Or the end of a transfer would wait for its name's look-up, and all others with it. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "ecr-mirror-sync/" VERSION);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
			 (long)(request->timeout > 0 ? request->timeout : DEFAULT_TIMEOUT));
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	set_method(easy, request);
	set_safety(easy, request, strcmp(url.scheme, "https") == 0);
	set_headers(transfer, request);
	return 0;
}

void transfer_release(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	free(transfer->place);
	*transfer = (struct transfer){0};
}

void transfer_finish(struct transfer *transfer)
{
	char *url = NULL;
	curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
	transfer->response->url = string_copy(url);
	transfer->response->status = transfer_status(transfer);
}

int transfer_status(const struct transfer *transfer)
{
	long status = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static enum error_kind kind_of(CURLcode code)
{
	/* Everything that is not named here is a connection that did not do its work. */
	if (code == CURLE_OPERATION_TIMEDOUT)
		return ERROR_TIMEOUT;
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	    code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CERTPROBLEM)
		return ERROR_TLS;
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_WEIRD_SERVER_REPLY ||
	    code == CURLE_BAD_CONTENT_ENCODING)
		return ERROR_INVALID;
	return ERROR_NETWORK;
}

int transfer_error(const struct transfer *transfer, CURLcode code, struct error *err)
{
	if (transfer->refused != ERROR_NONE)
		return error_set(err, transfer->refused,
				 "%s %s: the answer is larger than the %zu bytes allowed",
				 transfer->method, transfer->place,
				 transfer->header_size > HEADER_SIZE_LIMIT
					 ? HEADER_SIZE_LIMIT
					 : transfer->response->body.limit);
	return error_set(err, kind_of(code), "%s %s: %s", transfer->method, transfer->place,
			 transfer->problem[0] != '\0' ? transfer->problem
						      : curl_easy_strerror(code));
}
