/*
 * Challenges: the values of WWW-Authenticate header fields. RFC 9110, section 11.6.1.
 *
 * One value may hold several challenges, and an answer may hold several fields: all go into one
 * list, in order. No I/O; any thread; a list belongs to one thread at a time.
 */
#ifndef REGISTRY_CHALLENGE_H
#define REGISTRY_CHALLENGE_H

#include "base/error.h"

#include <stddef.h>

#define CHALLENGE_VALUE_LIMIT     ((size_t)16 * 1024) /* bytes of one field's value */
#define CHALLENGE_COUNT_LIMIT     ((size_t)16)        /* challenges in one list */
#define CHALLENGE_PARAMETER_LIMIT ((size_t)32)        /* parameters of one challenge */

struct challenge_parameter {
	char *name;  /* owned, lower case, each name once in a challenge */
	char *value; /* owned, without quotes and escapes; may be empty */
};

struct challenge {
	char *scheme;  /* owned, lower case: "bearer" */
	char *token68; /* owned; NULL unless that is given in place of parameters */
	struct challenge_parameter *parameters; /* owned, in order */
	size_t parameter_count;
};

struct challenge_list {
	struct challenge *items; /* owned */
	size_t count;
};

#define CHALLENGE_LIST_INIT ((struct challenge_list){0})

void challenge_list_release(struct challenge_list *list);

/* Adds the challenges of one field's value. ERROR_INVALID: not what the grammar allows, or a
 * parameter twice; ERROR_TOO_LARGE: over a limit above. On failure the list is as it was. */
int challenge_list_parse(const char *value, struct challenge_list *list, struct error *err);

/* The value of the parameter `name` (in any case), or NULL. Borrowed. */
const char *challenge_parameter(const struct challenge *challenge, const char *name);

#endif
