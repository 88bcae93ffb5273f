/*
 * AWS Signature Version 4, in its stages.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * No I/O and no clock; any thread. Derived keys are wiped.
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include "base/error.h"

#include <stddef.h>
#include <time.h>

struct sigv4_header {
	const char *name; /* lower case */
	const char *value;
};

/* What is signed; all borrowed. */
struct sigv4_request {
	const char *method;
	const char *path;  /* as in the URL, still percent-encoded, without query */
	const char *query; /* encoded and sorted already; "" for none */
	const struct sigv4_header *headers; /* in any order, each name once, with "host" */
	size_t header_count;                /* at most SIGV4_HEADER_LIMIT */
	const char *body;
	size_t body_size; /* bytes */
};
#define SIGV4_HEADER_LIMIT 16

struct sigv4_scope {
	time_t time;
	const char *region;
	const char *service;
};

#define SIGV4_TIME_SIZE      17 /* "20150830T123600Z" and NUL */
#define SIGV4_SIGNATURE_SIZE 65

/* The time as x-amz-date has it. `text` holds SIGV4_TIME_SIZE bytes. */
void sigv4_format_time(time_t time, char *text);

/* The path that every service but S3 signs: "." and ".." resolved, empty segments dropped, then
 * each byte that is not unreserved percent-encoded (again). Caller frees, as in all below. */
char *sigv4_canonical_path(const char *path);

/* Step 1. ERROR_SYSTEM, here and below: OpenSSL failed. */
int sigv4_canonical_request(const struct sigv4_request *request, char **ret_text,
			    struct error *err);

/* Step 2 and 3. */
int sigv4_string_to_sign(const char *canonical_request, const struct sigv4_scope *scope,
			 char **ret_text, struct error *err);

/* Step 4. `signature` holds SIGV4_SIGNATURE_SIZE bytes: lower-case hexadecimal digits. */
int sigv4_signature(const char *secret_access_key, const struct sigv4_scope *scope,
		    const char *string_to_sign, char *signature, struct error *err);

/* All of it: the value of the Authorization header. */
int sigv4_authorization(const struct sigv4_request *request, const struct sigv4_scope *scope,
			const char *access_key_id, const char *secret_access_key, char **ret_value,
			struct error *err);

#endif
