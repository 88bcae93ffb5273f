#include "oci/excerpt.h"

#include <stdio.h>
#include <string.h>

const char *excerpt_cut(const char *text, size_t size, char *storage)
{
	size_t used = strnlen(text, size < EXCERPT_LIMIT ? size : EXCERPT_LIMIT);
	int cut = used == EXCERPT_LIMIT && size > used && text[used] != '\0';
	while (cut && used > 0 && ((unsigned char)text[used] & 0xc0) == 0x80)
		used--;
	snprintf(storage, EXCERPT_SIZE, "%.*s%s", (int)used, text, cut ? "…" : "");
	return storage;
}
