/* Addresses that servers send: Location and realm. Input: a base, a line feed, a reference. */
#include "net/url.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *base = string_copy_size((const char *)data, size);
	char *reference = strchr(base, '\n');
	if (reference == NULL)
		return 0;
	*reference++ = '\0';
	autofree char *resolved = NULL;
	struct error err;
	host_is_loopback(base);
	autofree char *encoded = url_encode(base);
	if (strpbrk(encoded, ":/?#[]@ \r\n") != NULL)
		__builtin_trap();
	if (url_resolve(base, reference, &resolved, &err) < 0)
		return 0;
	/* What was resolved is a URL that we would use, and belongs to itself. */
	cleanup(url_release) struct url url = {0};
	if (url_parse(resolved, &url, &err) < 0 || !url_same_origin(resolved, resolved) ||
	    strpbrk(resolved, "\r\n") != NULL)
		__builtin_trap();
	return 0;
}
