/* The input's first line as an image, the rest as a policy. */
#include "trust/policy.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct policy *policy, const char *image)
{
	struct error err = {0};
	cleanup(reference_release) struct reference reference = {0};
	if (reference_parse(image, &reference, &err) < 0 &&
	    reference_parse("host.example.com:5000/a/b:1", &reference, &err) < 0)
		assert(false);
	err = (struct error){0};
	int result = policy_check(policy, &reference, &err);
	assert(err.kind == (result < 0 ? ERROR_REJECTED : ERROR_NONE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t line = line_end == NULL ? 0 : (size_t)(line_end - data);
	size_t start = line_end == NULL ? 0 : line + 1;
	autofree char *image = string_copy_size((const char *)data, line);

	struct error err = {0};
	cleanup(policy_release) struct policy *policy = NULL;
	if (policy_parse((const char *)data + start, size - start, &policy, &err) == 0)
		check(policy, image);
	else
		assert(err.kind == ERROR_CONFIGURATION && policy == NULL);
	return 0;
}
