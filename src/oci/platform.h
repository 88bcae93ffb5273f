/*
 * Platforms, and choosing one image out of an index.
 * OCI image specification, image-index.md; variant rules as containers/image applies them.
 * No I/O; any thread.
 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include "base/error.h"
#include "oci/manifest.h"

#include <stddef.h>

/* What is wanted. Borrowed strings. */
struct platform {
	const char *os;           /* "linux" */
	const char *architecture; /* "amd64" */
	const char *variant;      /* "v8"; NULL or "" where any will do */
};

/*
 * The entry of `index` (a manifest of kind MANIFEST_INDEX) that serves `wanted` best; gives its
 * position in index->manifests. os and architecture must be equal. Candidate variants, best first:
 * with a wanted variant: that one, then lower ones of the same family (arm: v8 v7 v6 v5; arm64:
 * v8), then none; without: none, then the family's variants. Among equals the earlier entry. An
 * entry without platform serves only where nothing else does (and only if its media type is an
 * image's). Entries that are themselves an index never serve. ERROR_NOT_FOUND names what was wanted
 * and lists the platforms that there are.
 */
int platform_choose(const struct manifest *index, const struct platform *wanted,
		    size_t *ret_position, struct error *err);

#endif
