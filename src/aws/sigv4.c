#include "aws/sigv4.h"

#include "base/buffer.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define HASH_SIZE 32
#define ALGORITHM "AWS4-HMAC-SHA256"

static int complain(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, "OpenSSL cannot compute SHA-256");
}

static void format_hexadecimal(const unsigned char *hash, char *text)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < HASH_SIZE; i++) {
		*text++ = digits[hash[i] >> 4];
		*text++ = digits[hash[i] & 15];
	}
	*text = '\0';
}

static int hash(const void *data, size_t size, char *text, struct error *err)
{
	unsigned char result[HASH_SIZE];
	if (EVP_Digest(size > 0 ? data : "", size, result, NULL, EVP_sha256(), NULL) != 1)
		return complain(err);
	format_hexadecimal(result, text);
	return 0;
}

/* `result` may be `key`. */
static int authenticate(const void *key, size_t key_size, const char *text, unsigned char *result,
			struct error *err)
{
	unsigned char code[HASH_SIZE];
	if (HMAC(EVP_sha256(), key, (int)key_size, (const unsigned char *)text, strlen(text), code,
		 NULL) == NULL)
		return complain(err);
	memcpy(result, code, HASH_SIZE);
	memory_wipe(code, sizeof(code));
	return 0;
}

void sigv4_format_time(time_t time, char *text)
{
	struct tm calendar = {.tm_mday = 1, .tm_year = 70};
	gmtime_r(&time, &calendar);
	strftime(text, SIGV4_TIME_SIZE, "%Y%m%dT%H%M%SZ", &calendar);
}

/* Takes the last segment off again: ".." */
static void drop_segment(struct buffer *path)
{
	while (path->size > 0 && path->data[path->size - 1] != '/')
		path->size--;
	if (path->size > 0)
		path->data[--path->size] = '\0';
}

static void append_segment(struct buffer *path, const char *segment, size_t size)
{
	buffer_append_character(path, '/');
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)segment[i];
		if (isalnum(byte) || strchr("-._~", byte) != NULL)
			buffer_append_character(path, segment[i]);
		else
			buffer_printf(path, "%%%02X", byte);
	}
}

char *sigv4_canonical_path(const char *path)
{
	cleanup(buffer_release) struct buffer canonical = BUFFER_UNLIMITED;
	bool folder = true; /* does it end in "/"? */
	while (*path != '\0') {
		path += strspn(path, "/");
		size_t size = strcspn(path, "/");
		folder = path[size] == '/' || size == 0;
		if (size == 2 && memcmp(path, "..", 2) == 0) {
			drop_segment(&canonical);
			folder = true;
		} else if (size == 1 && path[0] == '.') {
			folder = true;
		} else if (size > 0) {
			append_segment(&canonical, path, size);
		}
		path += size;
	}
	if (folder)
		buffer_append_character(&canonical, '/');
	return string_copy_size(canonical.data, canonical.size);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(((const struct sigv4_header *)left)->name,
		      ((const struct sigv4_header *)right)->name);
}

/* Copies the headers in the order in which they are signed; returns how many there are. */
static size_t sort_headers(const struct sigv4_request *request, struct sigv4_header *sorted)
{
	size_t count = request->header_count < SIGV4_HEADER_LIMIT ? request->header_count
								  : SIGV4_HEADER_LIMIT;
	memcpy(sorted, request->headers, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_names);
	return count;
}

/* Without blanks around it, and with one blank for several inside. */
static void append_value(struct buffer *text, const char *value)
{
	value += strspn(value, " \t");
	while (*value != '\0') {
		size_t size = strcspn(value, " \t");
		buffer_append(text, value, size);
		value += size;
		value += strspn(value, " \t");
		if (*value != '\0')
			buffer_append_character(text, ' ');
	}
}

static char *join_names(const struct sigv4_request *request)
{
	struct sigv4_header sorted[SIGV4_HEADER_LIMIT];
	size_t count = sort_headers(request, sorted);
	cleanup(buffer_release) struct buffer names = BUFFER_UNLIMITED;
	for (size_t i = 0; i < count; i++)
		buffer_printf(&names, "%s%s", i > 0 ? ";" : "", sorted[i].name);
	return buffer_take(&names);
}

int sigv4_canonical_request(const struct sigv4_request *request, char **ret_text, struct error *err)
{
	char body_hash[SIGV4_SIGNATURE_SIZE];
	if (hash(request->body, request->body_size, body_hash, err) < 0)
		return -1;
	struct sigv4_header sorted[SIGV4_HEADER_LIMIT];
	size_t count = sort_headers(request, sorted);
	autofree char *path = sigv4_canonical_path(request->path);
	autofree char *names = join_names(request);

	cleanup(buffer_release) struct buffer text = BUFFER_UNLIMITED;
	buffer_printf(&text, "%s\n%s\n%s\n", request->method, path, request->query);
	for (size_t i = 0; i < count; i++) {
		buffer_printf(&text, "%s:", sorted[i].name);
		append_value(&text, sorted[i].value);
		buffer_append_character(&text, '\n');
	}
	buffer_printf(&text, "\n%s\n%s", names, body_hash);
	*ret_text = buffer_take(&text);
	return 0;
}

static char *format_scope(const struct sigv4_scope *scope)
{
	char time[SIGV4_TIME_SIZE];
	sigv4_format_time(scope->time, time);
	return string_format("%.8s/%s/%s/aws4_request", time, scope->region, scope->service);
}

int sigv4_string_to_sign(const char *canonical_request, const struct sigv4_scope *scope,
			 char **ret_text, struct error *err)
{
	char request_hash[SIGV4_SIGNATURE_SIZE];
	if (hash(canonical_request, strlen(canonical_request), request_hash, err) < 0)
		return -1;
	char time[SIGV4_TIME_SIZE];
	sigv4_format_time(scope->time, time);
	autofree char *scope_text = format_scope(scope);
	*ret_text = string_format(ALGORITHM "\n%s\n%s\n%s", time, scope_text, request_hash);
	return 0;
}

int sigv4_signature(const char *secret_access_key, const struct sigv4_scope *scope,
		    const char *string_to_sign, char *signature, struct error *err)
{
	char time[SIGV4_TIME_SIZE];
	sigv4_format_time(scope->time, time);
	time[8] = '\0'; /* the day alone */

	cleanup(string_wipe_free) char *secret = string_format("AWS4%s", secret_access_key);
	unsigned char key[HASH_SIZE];
	int result = authenticate(secret, strlen(secret), time, key, err);
	const char *const parts[] = {scope->region, scope->service, "aws4_request", string_to_sign};
	for (size_t i = 0; result == 0 && i < array_count(parts); i++)
		result = authenticate(key, sizeof(key), parts[i], key, err);
	if (result == 0)
		format_hexadecimal(key, signature);
	memory_wipe(key, sizeof(key));
	return result;
}

int sigv4_authorization(const struct sigv4_request *request, const struct sigv4_scope *scope,
			const char *access_key_id, const char *secret_access_key, char **ret_value,
			struct error *err)
{
	autofree char *canonical = NULL;
	if (sigv4_canonical_request(request, &canonical, err) < 0)
		return -1;
	autofree char *to_sign = NULL;
	char signature[SIGV4_SIGNATURE_SIZE];
	if (sigv4_string_to_sign(canonical, scope, &to_sign, err) < 0 ||
	    sigv4_signature(secret_access_key, scope, to_sign, signature, err) < 0)
		return -1;
	autofree char *names = join_names(request);
	autofree char *scope_text = format_scope(scope);
	*ret_value = string_format(ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
				   access_key_id, scope_text, names, signature);
	return 0;
}
