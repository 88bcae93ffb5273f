/*
 * JSON from outside, over jansson: what jansson leaves open is decided here.
 *
 * Duplicate keys are refused, because two readers of the same bytes could otherwise see two
 * different documents. Sizes are bounded by the caller's buffer, nesting by jansson (2,048), and
 * the number of values here: parsed, a value takes up to fifty times the bytes of its text. Fields
 * are then read with json_unpack_ex() or the getters below. Any thread; a json_t belongs to one
 * thread at a time.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

#define autojson cleanup(json_release)

static inline void json_release(json_t **json)
{
	json_decref(*json);
}

/* Most values that a document may have; AWS's longest answers have some 30,000. */
#define JSON_VALUE_LIMIT ((size_t)100000)

/* Parses `size` bytes that hold one JSON object and nothing else. ERROR_INVALID names line and
 * column, and quotes none of the content but a key that comes twice. ERROR_TOO_LARGE: more than
 * JSON_VALUE_LIMIT values. *ret_object is owned by the caller. */
int json_parse_object(const char *data, size_t size, json_t **ret_object, struct error *err);

/* The string member `key`, or NULL where it is absent or no string. Borrowed from `object`. */
const char *json_get_string(const json_t *object, const char *key);

#endif
