/*
 * An answer of AWS: two bytes of status (big-endian), then header values and body:
 * "error type LF date LF body".
 */
#include "aws/answer.h"
#include "aws/ecr_answer.h"
#include "aws/tagging_answer.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text up to the next line feed, as a string; NULL where there is none. */
static char *take_line(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
	if (end == NULL)
		return NULL;
	size_t length = (size_t)(end - *data);
	char *line = string_copy_size((const char *)*data, length);
	*data += length + 1;
	*size -= length + 1;
	return line;
}

static void read_values(const json_t *document)
{
	struct error err;
	cleanup(tagged_resource_list_release) struct tagged_resource_list resources = {0};
	autofree char *resource_token = NULL;
	tagging_read_resources(document, &resources, &resource_token, &err);

	cleanup(ecr_image_list_release) struct ecr_image_list images = {0};
	autofree char *image_token = NULL;
	ecr_read_images(document, &images, &image_token, &err);
	if (images.tags.count != images.digests.count)
		abort();

	cleanup(ecr_authorization_release) struct ecr_authorization authorization = {0};
	if (ecr_read_authorization(document, 1, &authorization, &err) == 0 &&
	    strpbrk(authorization.token, " \r\n") != NULL)
		abort();

	const struct digest digests[2] = {0};
	bool available[2] = {false};
	ecr_read_layer_availability(document, digests, 2, available, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	int status = data[0] << 8 | data[1];
	data += 2;
	size -= 2;
	autofree char *error_type = take_line(&data, &size);
	autofree char *date = take_line(&data, &size);
	const struct answer answer = {
		.status = status,
		.body = (const char *)data,
		.body_size = size,
		.error_type = error_type,
		.date = date,
		.received = 1795426867,
	};
	autojson json_t *document = NULL;
	struct error err = {0};
	if (answer_read(&answer, "ecr:ListImages", &document, &err) < 0) {
		if (err.kind == ERROR_NONE || err.message[0] == '\0')
			abort();
		return 0;
	}
	read_values(document);
	return 0;
}
