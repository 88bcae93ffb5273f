#include "net/url.h"

#include "base/buffer.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

/* Longer than any registry's signed address, far below what a hostile server could send. */
#define URL_SIZE_LIMIT 16384

static void curl_url_release(CURLU **url)
{
	curl_url_cleanup(*url);
}

void url_release(struct url *url)
{
	free(url->scheme);
	free(url->host);
	free(url->port);
	free(url->path);
	free(url->query);
	*url = (struct url){0};
}

/* One part as a string of ours; NULL where the URL does not have it. */
static char *get_part(CURLU *parsed, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	if (curl_url_get(parsed, part, &text, flags) != CURLUE_OK)
		return NULL;
	char *copy = string_copy(text);
	curl_free(text);
	return copy;
}

/* What a message may show: not the query, which can carry a signature, and not without end. */
static int shown_size(const char *text)
{
	size_t size = strcspn(text, "?#");
	return size < 100 ? (int)size : 100;
}

static int set_part(CURLU *parsed, const char *text, struct error *err)
{
	if (strlen(text) > URL_SIZE_LIMIT)
		return error_set(err, ERROR_INVALID, "URL is longer than %d characters",
				 URL_SIZE_LIMIT);
	CURLUcode code = curl_url_set(parsed, CURLUPART_URL, text, 0);
	if (code != CURLUE_OK)
		return error_set(err, ERROR_INVALID, "malformed URL \"%.*s\": %s", shown_size(text),
				 text, curl_url_strerror(code));
	return 0;
}

static bool is_http_scheme(const char *scheme)
{
	return scheme != NULL && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
}

int url_parse(const char *text, struct url *ret_url, struct error *err)
{
	cleanup(curl_url_release) CURLU *parsed = curl_url();
	if (set_part(parsed, text, err) < 0)
		return -1;

	cleanup(url_release) struct url url = {
		.scheme = get_part(parsed, CURLUPART_SCHEME, 0),
		.host = get_part(parsed, CURLUPART_HOST, 0),
		.port = get_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT),
		.path = get_part(parsed, CURLUPART_PATH, 0),
		.query = get_part(parsed, CURLUPART_QUERY, 0),
	};
	autofree char *user = get_part(parsed, CURLUPART_USER, 0);
	autofree char *password = get_part(parsed, CURLUPART_PASSWORD, 0);
	autofree char *fragment = get_part(parsed, CURLUPART_FRAGMENT, 0);
	if (!is_http_scheme(url.scheme) || url.host == NULL || url.port == NULL || url.path == NULL)
		return error_set(err, ERROR_INVALID, "\"%.*s\" is no http or https URL",
				 shown_size(text), text);
	if (user != NULL || password != NULL || fragment != NULL)
		return error_set(err, ERROR_INVALID,
				 "a URL with a user name, password or fragment is not accepted");
	for (char *character = url.host; *character != '\0'; character++)
		*character = (char)tolower((unsigned char)*character);
	*ret_url = url;
	url = (struct url){0};
	return 0;
}

int url_resolve(const char *base, const char *reference, char **ret_text, struct error *err)
{
	cleanup(curl_url_release) CURLU *parsed = curl_url();
	if (set_part(parsed, base, err) < 0 || set_part(parsed, reference, err) < 0)
		return -1;
	autofree char *text = get_part(parsed, CURLUPART_URL, 0);
	if (text == NULL)
		return error_set(err, ERROR_INVALID, "malformed URL \"%.*s\"",
				 shown_size(reference), reference);
	cleanup(url_release) struct url check = {0};
	if (url_parse(text, &check, err) < 0)
		return -1;
	*ret_text = take_pointer(text);
	return 0;
}

bool url_same_origin(const char *left, const char *right)
{
	cleanup(url_release) struct url left_url = {0};
	cleanup(url_release) struct url right_url = {0};
	struct error ignored;
	if (url_parse(left, &left_url, &ignored) < 0 || url_parse(right, &right_url, &ignored) < 0)
		return false;
	return strcmp(left_url.scheme, right_url.scheme) == 0 &&
	       strcmp(left_url.host, right_url.host) == 0 &&
	       strcmp(left_url.port, right_url.port) == 0;
}

/* Is the host "127." and three more decimal numbers? */
static bool is_loopback_ipv4(const char *host, size_t size)
{
	unsigned dots = 0;
	for (size_t i = 0; i < size; i++) {
		if (host[i] == '.')
			dots++;
		else if (!isdigit((unsigned char)host[i]))
			return false;
	}
	return dots == 3 && strncmp(host, "127.", 4) == 0;
}

bool host_is_loopback(const char *host)
{
	if (host[0] == '[')
		return strncmp(host, "[::1]", 5) == 0 && (host[5] == '\0' || host[5] == ':');
	size_t size = strcspn(host, ":");
	if (size == 9 && strncasecmp(host, "localhost", 9) == 0)
		return true;
	return is_loopback_ipv4(host, size);
}

char *url_encode(const char *text)
{
	static const char hexadecimal[] = "0123456789ABCDEF";
	cleanup(buffer_release) struct buffer encoded = BUFFER_UNLIMITED;
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		if (isalnum(byte) || strchr("-._~", byte) != NULL) {
			buffer_append_character(&encoded, *text);
		} else {
			buffer_append_character(&encoded, '%');
			buffer_append_character(&encoded, hexadecimal[byte >> 4]);
			buffer_append_character(&encoded, hexadecimal[byte & 15]);
		}
	}
	return buffer_take(&encoded);
}
