/*
 * Manifests: images and indexes, of OCI and of Docker schema 2.
 * OCI image specification, manifest.md and image-index.md; distribution's manifest-v2-2.md.
 *
 * A manifest is read to learn what it refers to. It is never written: its bytes travel as they
 * are. No I/O; any thread.
 */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H

#include "base/error.h"
#include "oci/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes a manifest may have; ECR's limit too. */
#define MANIFEST_SIZE_LIMIT ((size_t)4 * 1024 * 1024)

#define MEDIA_TYPE_OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_TYPE_OCI_INDEX       "application/vnd.oci.image.index.v1+json"
#define MEDIA_TYPE_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define MEDIA_TYPE_DOCKER_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_TYPE_DOCKER_SCHEMA1  "application/vnd.docker.distribution.manifest.v1+json"
#define MEDIA_TYPE_DOCKER_SIGNED1  "application/vnd.docker.distribution.manifest.v1+prettyjws"

enum manifest_kind {
	MANIFEST_IMAGE, /* one image, or another artifact of the same shape */
	MANIFEST_INDEX, /* an OCI index or a Docker manifest list */
};

struct descriptor {
	char *media_type; /* owned; "" where the document has none */
	struct digest digest;
	int64_t size; /* bytes, 0 to 2^50: the sum over a manifest cannot overflow */
	bool foreign; /* has "urls": the registry need not have it */
	char *os;     /* of "platform", owned; all three NULL where there is none */
	char *architecture;
	char *variant; /* NULL where the platform has none */
};

struct manifest {
	enum manifest_kind kind;
	char *media_type;          /* owned: the document's own, else the server's, else OCI's */
	struct descriptor config;  /* images only */
	struct descriptor *layers; /* images only, owned, in order, repeats kept */
	size_t layer_count;
	struct descriptor *manifests; /* indexes only, owned */
	size_t manifest_count;
};

void manifest_release(struct manifest *manifest);

/*
 * Reads `size` bytes. `media_type` is what the server's Content-Type said (parameters such as
 * "; charset=utf-8" are ignored), or NULL. The document's own mediaType wins where the two are
 * both known; without either, the members decide ("manifests" or "layers").
 * ERROR_INVALID: malformed, ambiguous (members of an image and of an index, or a key such as
 * "Layers" that other readers take for "layers"), a bad digest, an impossible size.
 * ERROR_UNSUPPORTED: Docker schema 1 (with a hint that the upstream should be pushed again with a
 * current tool), a mediaType of the document that is no manifest, a digest that is not sha256.
 * ERROR_TOO_LARGE: over MANIFEST_SIZE_LIMIT bytes, or more than 4,096 entries.
 */
int manifest_parse(const char *data, size_t size, const char *media_type,
		   struct manifest *ret_manifest, struct error *err);

/* Is this media type (of a Content-Type, parameters ignored) that of an index or list? */
bool media_type_is_index(const char *media_type);

/* Is it one of the six manifest types above? */
bool media_type_is_manifest(const char *media_type);

#endif
