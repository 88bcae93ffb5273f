/*
 * What went wrong, as a value.
 *
 * A function that can fail returns int, 0 or -1, and takes `struct error *err` last. On failure it
 * has filled *err; on success *err is untouched. `err` is never NULL. Context is added on the way
 * up, outermost first: "copy docker.io/library/nginx:1.25: layer sha256:1f…: HTTP 503: …".
 *
 * The struct owns nothing and may be copied by assignment. A message never holds a secret. Text
 * of a server may be passed in as it is: control characters are replaced, and what does not fit is
 * cut at a character's boundary. Safe from any thread; one struct belongs to one thread at a time.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/memory.h"

#include <stdbool.h>

/* The kind decides two things, each in one place: whether another try may help
 * (error_is_transient) and what the process exits with (cli). */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_USAGE,         /* the command line is wrong */
	ERROR_CONFIGURATION, /* a local file or variable is missing or malformed */
	ERROR_CREDENTIALS,   /* no credentials, or the server does not accept them (401) */
	ERROR_DENIED,        /* authenticated, but not allowed (403) */
	ERROR_NOT_FOUND,     /* what was asked for is not there (404) */
	ERROR_INVALID,       /* malformed data: a reference, a manifest, an answer */
	ERROR_DIGEST,        /* the bytes are not the ones that were named */
	ERROR_TOO_LARGE,     /* over a limit of ours or theirs */
	ERROR_UNSUPPORTED,   /* understood, and not possible */
	ERROR_IMMUTABLE,     /* the tag exists and may not move */
	ERROR_REJECTED,      /* the trust policy says no */
	ERROR_NETWORK,       /* no connection, reset, cut short */
	ERROR_TLS,           /* no secure connection */
	ERROR_TIMEOUT,       /* no answer in time */
	ERROR_THROTTLED,     /* too many requests (429 and AWS's codes for it) */
	ERROR_SERVER,        /* the server failed (5xx) */
	ERROR_INTERRUPTED,   /* the user stopped the run */
	ERROR_SYSTEM,        /* the operating system refused */
};

struct error {
	enum error_kind kind;
	int http_status;    /* 0 where no HTTP answer is behind it */
	char message[1024]; /* what happened, to what, what the server said */
	char hint[384];     /* what to do; may be empty */
};

/* Fills *err, no hint, no HTTP status. Always returns -1. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...) printf_format(3, 4);

/* Puts "<context>: " before the message. Always returns -1. */
int error_prefix(struct error *err, const char *format, ...) printf_format(2, 3);

/* Says what to do, unless a hint closer to the cause is there already. Always returns -1. */
int error_hint(struct error *err, const char *format, ...) printf_format(2, 3);

/* All three return -1, and here static analysis can see it. */
static inline int error_is_set(int result)
{
	(void)result;
	return -1;
}

#define error_set(...)    error_is_set((error_set)(__VA_ARGS__))
#define error_prefix(...) error_is_set((error_prefix)(__VA_ARGS__))
#define error_hint(...)   error_is_set((error_hint)(__VA_ARGS__))

/* The kind as a word for machines ("not-found"). Static storage. */
const char *error_kind_name(enum error_kind kind);

/* The kind that an HTTP status of 400 and above stands for; ERROR_INVALID for anything else. */
enum error_kind error_kind_of_http_status(int status);

/* May the same thing succeed when tried again? */
bool error_is_transient(enum error_kind kind);

#endif
