/* The input as a reference, as a tag and as a repository. */
#include "oci/reference.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_message(const struct error *err)
{
	assert(err->kind == ERROR_INVALID || err->kind == ERROR_UNSUPPORTED);
	assert(err->message[0] != '\0' && strlen(err->message) < 500);
	for (const char *character = err->message; *character != '\0'; character++)
		assert((unsigned char)*character >= ' ' && *character != 0x7f);
}

static void check_parts(const struct reference *reference)
{
	struct error err = {0};
	assert(strlen(reference->host) + 1 + strlen(reference->repository) <= 255);
	assert(strpbrk(reference->host, "/@ ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
	if (strlen(reference->repository) >= 2)
		assert(reference_check_repository(reference->repository, &err) == 0);
	if (reference->tag != NULL)
		assert(reference_check_tag(reference->tag, &err) == 0);
}

/* The full form stands for the same. */
static void check_round_trip(const struct reference *reference)
{
	struct error err = {0};
	autofree char *text = reference_format(reference);
	cleanup(reference_release) struct reference again = {0};
	assert(reference_parse(text, &again, &err) == 0);
	autofree char *text_again = reference_format(&again);
	assert(strcmp(text, text_again) == 0);
	assert(strcmp(reference->host, again.host) == 0);
	assert(strcmp(reference->repository, again.repository) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = string_copy_size((const char *)data, size);
	struct error err = {0};
	cleanup(reference_release) struct reference reference = {0};
	if (reference_parse(text, &reference, &err) == 0) {
		check_parts(&reference);
		check_round_trip(&reference);
	} else {
		check_message(&err);
	}
	if (reference_check_tag(text, &err) < 0)
		check_message(&err);
	if (reference_check_repository(text, &err) < 0)
		check_message(&err);
	return 0;
}
