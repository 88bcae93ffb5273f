#include "oci/manifest.h"

#include "base/json.h"
#include "oci/excerpt.h"

#include <string.h>
#include <strings.h>

#define ENTRY_LIMIT ((size_t)4096)

/* No blob has this many bytes, and the sum over all entries of a manifest still fits. */
#define BLOB_SIZE_LIMIT (INT64_C(1) << 50)

enum shape {
	SHAPE_UNKNOWN,
	SHAPE_IMAGE,
	SHAPE_INDEX,
	SHAPE_SCHEMA1,
};

struct media_type {
	const char *name;
	enum shape shape;
};

static const struct media_type media_types[] = {
	{MEDIA_TYPE_OCI_MANIFEST, SHAPE_IMAGE},     {MEDIA_TYPE_OCI_INDEX, SHAPE_INDEX},
	{MEDIA_TYPE_DOCKER_MANIFEST, SHAPE_IMAGE},  {MEDIA_TYPE_DOCKER_LIST, SHAPE_INDEX},
	{MEDIA_TYPE_DOCKER_SCHEMA1, SHAPE_SCHEMA1}, {MEDIA_TYPE_DOCKER_SIGNED1, SHAPE_SCHEMA1},
};

/* The entry for a Content-Type, or NULL. */
static const struct media_type *find_media_type(const char *content_type)
{
	if (content_type == NULL)
		return NULL;
	content_type += strspn(content_type, " \t");
	size_t size = strcspn(content_type, " \t;");
	for (size_t i = 0; i < array_count(media_types); i++) {
		const char *name = media_types[i].name;
		if (strlen(name) == size && strncasecmp(name, content_type, size) == 0)
			return &media_types[i];
	}
	return NULL;
}

bool media_type_is_index(const char *media_type)
{
	const struct media_type *found = find_media_type(media_type);
	return found != NULL && found->shape == SHAPE_INDEX;
}

bool media_type_is_manifest(const char *media_type)
{
	return find_media_type(media_type) != NULL;
}

static void descriptor_release(struct descriptor *descriptor)
{
	free(descriptor->media_type);
	free(descriptor->os);
	free(descriptor->architecture);
	free(descriptor->variant);
	*descriptor = (struct descriptor){0};
}

static void descriptors_free(struct descriptor *descriptors, size_t count)
{
	for (size_t i = 0; i < count; i++)
		descriptor_release(&descriptors[i]);
	free(descriptors);
}

void manifest_release(struct manifest *manifest)
{
	free(manifest->media_type);
	descriptor_release(&manifest->config);
	descriptors_free(manifest->layers, manifest->layer_count);
	descriptors_free(manifest->manifests, manifest->manifest_count);
	*manifest = (struct manifest){0};
}

/* An optional string member: *ret_text is NULL where it is absent or null. Borrowed. */
static int read_string(const json_t *object, const char *key, const char **ret_text,
		       struct error *err)
{
	const json_t *value = json_object_get(object, key);
	if (value != NULL && !json_is_null(value) && !json_is_string(value))
		return error_set(err, ERROR_INVALID, "\"%s\" is not a string", key);
	*ret_text = json_string_value(value);
	return 0;
}

static int read_size(const json_t *object, int64_t *ret_size, struct error *err)
{
	const json_t *value = json_object_get(object, "size");
	if (!json_is_integer(value))
		return error_set(err, ERROR_INVALID,
				 value == NULL ? "\"size\" is missing"
					       : "\"size\" is not an integer");
	json_int_t size = json_integer_value(value);
	if (size < 0 || size > BLOB_SIZE_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "\"size\" is %" JSON_INTEGER_FORMAT ", which no blob can have",
				 size);
	*ret_size = size;
	return 0;
}

static int read_platform(const json_t *object, struct descriptor *descriptor, struct error *err)
{
	const json_t *platform = json_object_get(object, "platform");
	if (platform == NULL || json_is_null(platform))
		return 0;
	if (!json_is_object(platform))
		return error_set(err, ERROR_INVALID, "\"platform\" is not an object");
	const char *os = NULL;
	const char *architecture = NULL;
	const char *variant = NULL;
	if (read_string(platform, "os", &os, err) < 0 ||
	    read_string(platform, "architecture", &architecture, err) < 0 ||
	    read_string(platform, "variant", &variant, err) < 0)
		return error_prefix(err, "platform");
	descriptor->os = string_copy(os == NULL ? "" : os);
	descriptor->architecture = string_copy(architecture == NULL ? "" : architecture);
	if (variant != NULL && variant[0] != '\0')
		descriptor->variant = string_copy(variant);
	return 0;
}

static int read_urls(const json_t *object, bool *ret_foreign, struct error *err)
{
	const json_t *urls = json_object_get(object, "urls");
	if (urls != NULL && !json_is_null(urls) && !json_is_array(urls))
		return error_set(err, ERROR_INVALID, "\"urls\" is not an array");
	*ret_foreign = json_array_size(urls) > 0;
	return 0;
}

/* Fills *descriptor, also in part where it fails: the caller releases it either way. */
static int read_descriptor(const json_t *object, struct descriptor *descriptor, struct error *err)
{
	if (!json_is_object(object))
		return error_set(err, ERROR_INVALID, "it is not an object");
	const char *media_type = NULL;
	const char *digest = NULL;
	if (read_string(object, "mediaType", &media_type, err) < 0 ||
	    read_string(object, "digest", &digest, err) < 0)
		return -1;
	descriptor->media_type = string_copy(media_type == NULL ? "" : media_type);
	if (digest == NULL)
		return error_set(err, ERROR_INVALID, "\"digest\" is missing");
	if (digest_parse(digest, &descriptor->digest, err) < 0 ||
	    read_size(object, &descriptor->size, err) < 0 ||
	    read_urls(object, &descriptor->foreign, err) < 0)
		return -1;
	return read_platform(object, descriptor, err);
}

/* Reads the array `key` into what the manifest owns. null is what some tools write for []. */
static int read_descriptors(const json_t *object, const char *key,
			    struct descriptor **ret_descriptors, size_t *ret_count,
			    struct error *err)
{
	const json_t *array = json_object_get(object, key);
	if (array == NULL)
		return error_set(err, ERROR_INVALID, "\"%s\" is missing", key);
	if (!json_is_array(array) && !json_is_null(array))
		return error_set(err, ERROR_INVALID, "\"%s\" is not an array", key);
	size_t count = json_array_size(array);
	if (count > ENTRY_LIMIT)
		return error_set(err, ERROR_TOO_LARGE, "\"%s\" has %zu entries, %zu is the most",
				 key, count, ENTRY_LIMIT);
	struct descriptor *descriptors = memory_allocate(count * sizeof(*descriptors));
	for (size_t i = 0; i < count; i++) {
		if (read_descriptor(json_array_get(array, i), &descriptors[i], err) < 0) {
			descriptors_free(descriptors, count);
			return error_prefix(err, "%s[%zu]", key, i);
		}
	}
	*ret_descriptors = descriptors;
	*ret_count = count;
	return 0;
}

static int read_image(const json_t *object, struct manifest *manifest, struct error *err)
{
	const json_t *config = json_object_get(object, "config");
	if (config == NULL)
		return error_set(err, ERROR_INVALID, "\"config\" is missing");
	if (read_descriptor(config, &manifest->config, err) < 0)
		return error_prefix(err, "config");
	return read_descriptors(object, "layers", &manifest->layers, &manifest->layer_count, err);
}

static int read_index(const json_t *object, struct manifest *manifest, struct error *err)
{
	return read_descriptors(object, "manifests", &manifest->manifests,
				&manifest->manifest_count, err);
}

/* Some readers match keys in any case, so "Layers" would be two documents in one. */
static int check_key_case(json_t *object, struct error *err)
{
	static const char *const keys[] = {"schemaVersion", "mediaType", "config",  "layers",
					   "manifests",     "fsLayers",  "history", "subject"};
	const char *key;
	json_t *value;
	json_object_foreach (object, key, value) {
		for (size_t i = 0; i < array_count(keys); i++) {
			if (strcasecmp(key, keys[i]) == 0 && strcmp(key, keys[i]) != 0)
				return error_set(err, ERROR_INVALID,
						 "the key \"%s\" differs from \"%s\" only in case",
						 key, keys[i]);
		}
	}
	return 0;
}

/* Members of other formats would let two readers see two different documents in the same bytes. */
static int check_unambiguous(const json_t *object, enum shape shape, struct error *err)
{
	static const char *const beside_image[] = {"manifests", "fsLayers", "history"};
	static const char *const beside_index[] = {"config", "layers", "fsLayers", "history"};
	bool image = shape == SHAPE_IMAGE;
	const char *const *keys = image ? beside_image : beside_index;
	size_t count = image ? array_count(beside_image) : array_count(beside_index);
	for (size_t i = 0; i < count; i++) {
		if (json_object_get(object, keys[i]) != NULL)
			return error_set(err, ERROR_INVALID,
					 "it is ambiguous: \"%s\" does not belong into %s", keys[i],
					 image ? "an image manifest" : "an index");
	}
	return 0;
}

static int refuse_schema1(struct error *err)
{
	error_set(err, ERROR_UNSUPPORTED,
		  "it is a Docker schema 1 manifest, a format that registries no longer take");
	return error_hint(err, "the upstream image must be built or pushed again with a current "
			       "tool; then it has a schema 2 or OCI manifest");
}

static int check_schema_version(const json_t *object, struct error *err)
{
	const json_t *version = json_object_get(object, "schemaVersion");
	if (version == NULL || (json_is_integer(version) && json_integer_value(version) == 2))
		return 0;
	if (json_is_integer(version) && json_integer_value(version) == 1)
		return refuse_schema1(err);
	return error_set(err, ERROR_INVALID, "\"schemaVersion\" is not 2");
}

static const struct media_type *guess_media_type(const json_t *object)
{
	if (json_object_get(object, "manifests") != NULL)
		return find_media_type(MEDIA_TYPE_OCI_INDEX);
	if (json_object_get(object, "layers") != NULL)
		return find_media_type(MEDIA_TYPE_OCI_MANIFEST);
	return NULL;
}

/* What the document is: by its own word, else the server's, else its members. NULL on failure. */
static const struct media_type *decide_media_type(const json_t *object, const char *content_type,
						  struct error *err)
{
	const char *own = NULL;
	if (read_string(object, "mediaType", &own, err) < 0)
		return NULL;
	bool named = own != NULL && own[0] != '\0';
	const struct media_type *type = find_media_type(named ? own : content_type);
	if (type == NULL && named) {
		error_set(err, ERROR_UNSUPPORTED,
			  "its media type \"%s\" is none of an image or index", excerpt(own));
		return NULL;
	}
	if (type == NULL)
		type = guess_media_type(object);
	if (type == NULL)
		error_set(err, ERROR_INVALID, "it has neither \"manifests\" nor \"layers\"");
	return type;
}

static int read_manifest(json_t *object, const char *content_type, struct manifest *manifest,
			 struct error *err)
{
	if (check_key_case(object, err) < 0 || check_schema_version(object, err) < 0)
		return -1;
	const struct media_type *type = decide_media_type(object, content_type, err);
	if (type == NULL)
		return -1;
	if (type->shape == SHAPE_SCHEMA1)
		return refuse_schema1(err);
	if (check_unambiguous(object, type->shape, err) < 0)
		return -1;
	manifest->media_type = string_copy(type->name);
	manifest->kind = type->shape == SHAPE_INDEX ? MANIFEST_INDEX : MANIFEST_IMAGE;
	return manifest->kind == MANIFEST_INDEX ? read_index(object, manifest, err)
						: read_image(object, manifest, err);
}

int manifest_parse(const char *data, size_t size, const char *media_type,
		   struct manifest *ret_manifest, struct error *err)
{
	if (size > MANIFEST_SIZE_LIMIT)
		return error_set(err, ERROR_TOO_LARGE,
				 "manifest: it has %zu bytes, %zu is the most", size,
				 MANIFEST_SIZE_LIMIT);
	cleanup(manifest_release) struct manifest manifest = {0};
	autojson json_t *object = NULL;
	if (json_parse_object(data, size, &object, err) < 0 ||
	    read_manifest(object, media_type, &manifest, err) < 0)
		return error_prefix(err, "manifest");
	*ret_manifest = manifest;
	manifest = (struct manifest){0};
	return 0;
}
