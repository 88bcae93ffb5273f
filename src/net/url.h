/*
 * URLs, taken apart by libcurl's own parser (RFC 3986), so that what we check is what is used.
 * No I/O; any thread.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include "base/error.h"

#include <stdbool.h>

struct url {
	char *scheme; /* "http" or "https"; owned, as all */
	char *host;   /* lower case, with [] around an IPv6 address, without port */
	char *port;   /* always given, the scheme's default where the URL has none */
	char *path;   /* as it stands (still percent-encoded), at least "/" */
	char *query;  /* without "?"; NULL where there is none */
};

void url_release(struct url *url);

/* ERROR_INVALID for what is no absolute http(s) URL, or carries a user name or a fragment. */
int url_parse(const char *text, struct url *ret_url, struct error *err);

/* `reference` (absolute or relative, as in Location: RFC 9110 section 10.2.2) seen from `base`.
 * *ret_text is owned by the caller. ERROR_INVALID where the result is no http(s) URL. */
int url_resolve(const char *base, const char *reference, char **ret_text, struct error *err);

/* Same scheme, host and port? False where either is no URL. */
bool url_same_origin(const char *left, const char *right);

/* Is it "localhost", 127.0.0.0/8 or ::1, with or without port? By name alone, no look-up. */
bool host_is_loopback(const char *host);

/* Percent-encodes what is not unreserved (RFC 3986 section 2.3). Caller frees. */
char *url_encode(const char *text);

#endif
