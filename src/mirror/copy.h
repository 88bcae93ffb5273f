/*
 * Copy: brings one image into ECR.
 *
 * Blobs first, the manifest with its tag last, so that no tag ever points at something incomplete.
 * The manifest's bytes are those that were read upstream and whose digest the check has found.
 */
#ifndef MIRROR_COPY_H
#define MIRROR_COPY_H

#include "mirror/check.h"

/*
 * Copies an item whose verdict is VERDICT_MISSING or VERDICT_STALE; sets outcome,
 * destination_digest, bytes, layers, and error where it fails. Any thread, one item by one thread.
 * May be called again for an item that has failed.
 */
void copy_item(const struct mirror_context *context, struct item *item);

#endif
