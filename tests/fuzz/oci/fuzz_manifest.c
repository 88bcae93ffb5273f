/* The input's first line as a Content-Type (empty: none), the rest as a manifest; then the choice
 * of a platform where it is an index. */
#include "oci/manifest.h"
#include "oci/platform.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_platform(const struct descriptor *descriptor)
{
	assert((descriptor->os == NULL) == (descriptor->architecture == NULL));
	if (descriptor->variant != NULL)
		assert(descriptor->os != NULL && descriptor->variant[0] != '\0');
}

static void check_descriptor(const struct descriptor *descriptor)
{
	assert(descriptor->media_type != NULL);
	assert(digest_is_set(&descriptor->digest));
	assert(descriptor->size >= 0 && descriptor->size <= INT64_C(1) << 50);
	check_platform(descriptor);
}

static void check_choice(const struct manifest *index)
{
	static const struct platform wanted[] = {
		{"linux", "amd64", NULL}, {"linux", "arm64", "v8"}, {"linux", "arm", "v7"},
		{"linux", "arm", ""},     {"", "", NULL},
	};
	for (size_t i = 0; i < array_count(wanted); i++) {
		struct error err = {0};
		size_t position = SIZE_MAX;
		if (platform_choose(index, &wanted[i], &position, &err) < 0) {
			assert(err.kind == ERROR_NOT_FOUND && position == SIZE_MAX);
			continue;
		}
		assert(position < index->manifest_count);
		assert(!media_type_is_index(index->manifests[position].media_type));
	}
}

static void check_descriptors(const struct descriptor *descriptors, size_t count)
{
	assert(count <= 4096);
	for (size_t i = 0; i < count; i++)
		check_descriptor(&descriptors[i]);
}

static void check_manifest(const struct manifest *manifest)
{
	bool index = manifest->kind == MANIFEST_INDEX;
	assert(media_type_is_manifest(manifest->media_type));
	assert(media_type_is_index(manifest->media_type) == index);
	assert(index ? manifest->layer_count == 0 : manifest->manifest_count == 0);
	check_descriptors(manifest->layers, manifest->layer_count);
	check_descriptors(manifest->manifests, manifest->manifest_count);
	if (index)
		check_choice(manifest);
	else
		check_descriptor(&manifest->config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t line = line_end == NULL ? 0 : (size_t)(line_end - data);
	size_t start = line_end == NULL ? 0 : line + 1;
	autofree char *content_type = line > 0 ? string_copy_size((const char *)data, line) : NULL;

	struct error err = {0};
	cleanup(manifest_release) struct manifest manifest = {0};
	if (manifest_parse((const char *)data + start, size - start, content_type, &manifest,
			   &err) == 0)
		check_manifest(&manifest);
	else
		assert(err.kind != ERROR_NONE && manifest.media_type == NULL);
	return 0;
}
