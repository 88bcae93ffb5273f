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

/* At least as many values as the document has, seen without parsing it. */
static size_t count_values(const char *data, size_t size)
{
	size_t count = 0;
	bool in_string = false;
	for (size_t i = 0; i < size; i++) {
		if (in_string && data[i] == '\\')
			i++;
		else if (data[i] == '"')
			in_string = !in_string;
		else if (!in_string && (data[i] == ',' || data[i] == '{' || data[i] == '['))
			count++;
	}
	return count;
}

int json_parse_object(const char *data, size_t size, json_t **ret_object, struct error *err)
{
	if (count_values(data, size) > JSON_VALUE_LIMIT)
		return error_set(err, ERROR_TOO_LARGE, "JSON with more than %zu values",
				 JSON_VALUE_LIMIT);
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
