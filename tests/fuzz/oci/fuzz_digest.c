/* The input as the text of a digest, and as bytes to be hashed in two pieces. */
#include "oci/digest.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const uint8_t *data, size_t size)
{
	autofree char *text = string_copy_size((const char *)data, size);
	struct error err = {0};
	struct digest digest = {0};
	if (digest_parse(text, &digest, &err) < 0) {
		assert(err.kind == ERROR_INVALID || err.kind == ERROR_UNSUPPORTED);
		assert(!digest_is_set(&digest));
		return;
	}
	assert(strcmp(digest.text, text) == 0);
}

static void check_hash(const uint8_t *data, size_t size)
{
	size_t cut = size > 0 ? data[0] % size : 0;
	cleanup(digest_stream_release) struct digest_stream *stream = digest_stream_new();
	digest_stream_update(stream, data, cut);
	digest_stream_update(stream, data + cut, size - cut);
	struct digest streamed = digest_stream_finish(stream);
	struct digest whole = digest_of(data, size);
	assert(digest_equal(&streamed, &whole));

	struct error err = {0};
	struct digest parsed;
	assert(digest_parse(whole.text, &parsed, &err) == 0 && digest_equal(&parsed, &whole));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_text(data, size);
	check_hash(data, size);
	return 0;
}
