/* The input as the value of a WWW-Authenticate field, twice. */
#include "registry/challenge.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lower_case(const char *token)
{
	assert(token[0] != '\0');
	assert(strcspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ \t,=\"") == strlen(token));
}

static void check_challenge(const struct challenge *challenge)
{
	check_lower_case(challenge->scheme);
	assert(challenge->parameter_count <= CHALLENGE_PARAMETER_LIMIT);
	assert(challenge->token68 == NULL || challenge->parameter_count == 0);
	for (size_t i = 0; i < challenge->parameter_count; i++) {
		const struct challenge_parameter *parameter = &challenge->parameters[i];
		check_lower_case(parameter->name);
		assert(challenge_parameter(challenge, parameter->name) == parameter->value);
		assert(strpbrk(parameter->value, "\r\n") == NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *value = string_copy_size((const char *)data, size);
	cleanup(challenge_list_release) struct challenge_list list = CHALLENGE_LIST_INIT;
	for (int turn = 0; turn < 2; turn++) {
		struct error err = {0};
		size_t before = list.count;
		if (challenge_list_parse(value, &list, &err) < 0)
			assert(list.count == before && err.kind != ERROR_NONE);
		assert(list.count <= CHALLENGE_COUNT_LIMIT);
	}
	for (size_t i = 0; i < list.count; i++)
		check_challenge(&list.items[i]);
	return 0;
}
