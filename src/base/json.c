#include "base/json.h"

#include <string.h>

/* jansson quotes what it stumbled over, which may be a piece of a password or token. A key that
 * comes twice is worth naming. */
static void drop_content(char *text)
{
	char *content = strstr(text, " near '");
	if (content != NULL && strncmp(text, "duplicate", strlen("duplicate")) != 0)
		*content = '\0';
}

int json_parse_object(const char *data, size_t size, json_t **ret_object, struct error *err)
{
	json_error_t problem;
	autojson json_t *json =
		json_loadb(size > 0 ? data : "", size, JSON_REJECT_DUPLICATES, &problem);
	if (json == NULL) {
		drop_content(problem.text);
		return error_set(err, ERROR_INVALID, "malformed JSON at line %d, column %d: %s",
				 problem.line, problem.column, problem.text);
	}
	if (!json_is_object(json))
		return error_set(err, ERROR_INVALID, "malformed JSON: expected an object");
	*ret_object = take_pointer(json);
	return 0;
}

const char *json_get_string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}
