/* What people write into resource tags and flags. Input: three lines: image or source, tags or
 * destination, prefix. */
#include "mirror/expand.h"
#include "mirror/wish.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *next_line(char **text)
{
	char *line = *text;
	char *end = strchr(line, '\n');
	if (end != NULL)
		*end++ = '\0';
	*text = end == NULL ? line + strlen(line) : end;
	return line;
}

static void expand(const char *image, const char *tags)
{
	char name[] = "team/app";
	char host[] = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
	autofree char *image_value = string_copy(image);
	autofree char *tags_value = string_copy(tags);
	const struct mirror mirror = {
		.repository = name, .registry = host, .image = image_value, .tags = tags_value};
	cleanup(item_list_release) struct item_list list = {0};
	expand_mirror(&mirror, "upstream-image", "upstream-tags", &list);
	if (list.count == 0)
		__builtin_trap();
	for (size_t i = 0; i < list.count; i++) {
		const struct item *item = &list.items[i];
		if ((item->outcome == OUTCOME_FAILED) != (item->error != NULL))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = string_copy_size((const char *)data, size < 4096 ? size : 4096);
	char *rest = text;
	char *first = next_line(&rest);
	char *second = next_line(&rest);
	char *third = next_line(&rest);
	expand(first, second);
	cleanup(wish_release) struct wish wish = {0};
	struct error err;
	if (wish_parse(first, second, third, &wish, &err) == 0 &&
	    (wish.tag == NULL || reference_check_tag(wish.tag, &err) < 0 ||
	     reference_check_repository(wish.repository, &err) < 0))
		__builtin_trap();
	return 0;
}
