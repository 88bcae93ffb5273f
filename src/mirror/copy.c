#include "mirror/copy.h"

#include "base/parallel.h"
#include "mirror/transfer_slots.h"
#include "oci/manifest.h"

#include <pthread.h>
#include <string.h>

/* Blobs of one image that travel side by side. */
#define BLOBS_AT_ONCE 4

/* One blob of the image, once however often the manifest names it. */
struct image_blob {
	const struct descriptor *descriptor;
	bool layer; /* counts as one in the report; the config does not */
	bool available;
};

/* The copy of one image; the threads of its blobs share it. */
struct copy {
	const struct mirror_context *context;
	struct item *item;
	struct registry *source;
	struct registry *destination;
	struct blob_ledger *ledger;
	struct image_blob *blobs; /* owned */
	size_t count;

	pthread_mutex_t mutex; /* guards the item's sums and the following */
	struct error error;    /* the first one; kind ERROR_NONE while all goes well */
};

static void copy_release(struct copy *copy)
{
	free(copy->blobs);
	pthread_mutex_destroy(&copy->mutex);
}

/* --- errors -------------------------------------------------------------------------------- */

static int add_destination_hint(const struct item *item, struct error *err)
{
	if (err->http_status == 404)
		return error_hint(err, "create the repository %s in ECR first", item->repository);
	if (err->kind == ERROR_DENIED)
		return error_hint(err, "the role needs ecr:InitiateLayerUpload, "
				       "ecr:UploadLayerPart, ecr:CompleteLayerUpload and "
				       "ecr:PutImage on the repository");
	return -1;
}

static void keep_error(struct copy *copy, const struct error *err)
{
	pthread_mutex_lock(&copy->mutex);
	if (copy->error.kind == ERROR_NONE)
		copy->error = *err;
	pthread_mutex_unlock(&copy->mutex);
}

static bool has_failed(struct copy *copy)
{
	pthread_mutex_lock(&copy->mutex);
	bool failed = copy->error.kind != ERROR_NONE;
	pthread_mutex_unlock(&copy->mutex);
	return failed;
}

/* --- blobs --------------------------------------------------------------------------------- */

static void add_blob(struct copy *copy, const struct descriptor *descriptor, bool layer)
{
	for (size_t i = 0; i < copy->count; i++) {
		if (digest_equal(&copy->blobs[i].descriptor->digest, &descriptor->digest))
			return;
	}
	copy->blobs[copy->count++] = (struct image_blob){.descriptor = descriptor, .layer = layer};
}

/* What has to be in the repository. Foreign layers live elsewhere, and ECR does not ask for them.
 */
static void collect_blobs(struct copy *copy, const struct manifest *manifest)
{
	copy->blobs = memory_allocate((manifest->layer_count + 1) * sizeof(*copy->blobs));
	for (size_t i = 0; i < manifest->layer_count; i++) {
		if (!manifest->layers[i].foreign)
			add_blob(copy, &manifest->layers[i], true);
	}
	add_blob(copy, &manifest->config, false);
}

/* Asks ECR, in one call, for those blobs that this run has not seen in the repository. */
static int find_available(struct copy *copy, struct error *err)
{
	const char *repository = copy->item->repository;
	autofree struct digest *digests = memory_allocate(copy->count * sizeof(*digests));
	autofree struct image_blob **asked =
		memory_allocate(copy->count * sizeof(struct image_blob *));
	autofree bool *available = memory_allocate(copy->count * sizeof(*available));
	size_t count = 0;
	for (size_t i = 0; i < copy->count; i++) {
		struct image_blob *blob = &copy->blobs[i];
		blob->available =
			blob_ledger_has(copy->ledger, repository, &blob->descriptor->digest);
		if (blob->available)
			continue;
		asked[count] = blob;
		digests[count++] = blob->descriptor->digest;
	}
	if (count == 0 || !copy->context->check_layers)
		return 0;
	if (destination_blobs(copy->context->destination, repository, digests, count, available,
			      err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		asked[i]->available = available[i];
	return 0;
}

static int upload_blob(struct copy *copy, const struct descriptor *descriptor, bool *ret_mounted,
		       int64_t *ret_bytes, struct error *err)
{
	const struct item *item = copy->item;
	autofree char *mount_from =
		blob_ledger_mount_source(copy->ledger, item->repository, &descriptor->digest);
	autofree char *location = NULL;
	if (registry_start_upload(copy->destination, item->repository, &descriptor->digest,
				  mount_from, &location, err) < 0)
		return add_destination_hint(item, err);
	*ret_mounted = location == NULL;
	if (*ret_mounted)
		return 0;
	const struct blob_relay relay = {
		.source = copy->source,
		.source_repository = item->source.repository,
		.destination = copy->destination,
		.destination_repository = item->repository,
		.location = location,
		.digest = descriptor->digest,
		.size = descriptor->size,
	};
	return registry_relay_blob(&relay, ret_bytes, err);
}

static void count_blob(struct copy *copy, const struct image_blob *blob, unsigned *counter,
		       int64_t bytes)
{
	pthread_mutex_lock(&copy->mutex);
	copy->item->bytes += bytes;
	if (blob->layer)
		(*counter)++;
	pthread_mutex_unlock(&copy->mutex);
}

/* A turn of the loop over the image's blobs. */
static void bring_blob(void *context, size_t index)
{
	struct copy *copy = context;
	const struct image_blob *blob = &copy->blobs[index];
	const struct digest *digest = &blob->descriptor->digest;
	struct item *item = copy->item;
	if (has_failed(copy))
		return;
	if (blob->available)
		blob_ledger_settle(copy->ledger, item->repository, digest, true);
	if (!blob_ledger_claim(copy->ledger, item->repository, digest)) {
		count_blob(copy, blob, &item->layers.present, 0);
		return;
	}
	struct error err;
	bool mounted = false;
	int64_t bytes = 0;
	transfer_slots_take(copy->context->slots);
	int result = upload_blob(copy, blob->descriptor, &mounted, &bytes, &err);
	transfer_slots_give(copy->context->slots);
	blob_ledger_settle(copy->ledger, item->repository, digest, result == 0);
	if (result == 0) {
		count_blob(copy, blob, mounted ? &item->layers.mounted : &item->layers.copied,
			   bytes);
		return;
	}
	error_prefix(&err, "%s %s", blob->layer ? "layer" : "config", digest->text);
	keep_error(copy, &err);
}

static int bring_blobs(struct copy *copy, struct error *err)
{
	if (find_available(copy, err) < 0)
		return -1;
	parallel_for(copy->count, BLOBS_AT_ONCE, bring_blob, copy);
	if (copy->error.kind == ERROR_NONE)
		return 0;
	*err = copy->error;
	return -1;
}

/* --- the image ----------------------------------------------------------------------------- */

/* ECR refuses to move the tag; but does it name this image already? */
static int accept_immutable(struct copy *copy, struct error *err)
{
	struct item *item = copy->item;
	cleanup(manifest_info_release) struct manifest_info info = {0};
	struct error ignored;
	if (registry_head_manifest(copy->destination, item->repository, item->tag, &info,
				   &ignored) < 0)
		return -1;
	item->destination_digest = info.digest;
	if (digest_equal(&info.digest, &item->source_digest))
		return 0;
	return error_hint(err,
			  "upstream has moved this tag, and the repository's tags are "
			  "immutable: mirror a tag that does not move, or make this one mutable");
}

static int put_manifest(struct copy *copy, const struct manifest *manifest,
			const struct manifest_content *content, struct error *err)
{
	struct item *item = copy->item;
	if (registry_put_manifest(copy->destination, item->repository, item->tag,
				  manifest->media_type, &content->body, err) < 0) {
		if (err->kind == ERROR_IMMUTABLE && accept_immutable(copy, err) == 0)
			return 0;
		return add_destination_hint(item, err);
	}
	item->destination_digest = content->digest;
	return 0;
}

static int get_manifest(struct copy *copy, struct manifest_content *ret_content,
			struct manifest *ret_manifest, struct error *err)
{
	const struct item *item = copy->item;
	if (registry_get_manifest(copy->source, item->source.repository, item->source_digest.text,
				  ret_content, err) < 0)
		return add_source_hint(item, err);
	if (manifest_parse(buffer_string(&ret_content->body), ret_content->body.size,
			   ret_content->media_type, ret_manifest, err) < 0)
		return -1;
	if (ret_manifest->kind != MANIFEST_IMAGE)
		return error_set(err, ERROR_UNSUPPORTED, "manifest %s is an index inside an index",
				 item->source_digest.text);
	return 0;
}

static int copy_image(struct copy *copy, struct error *err)
{
	cleanup(manifest_content_release) struct manifest_content content = {0};
	cleanup(manifest_release) struct manifest manifest = {0};
	if (get_manifest(copy, &content, &manifest, err) < 0)
		return -1;
	collect_blobs(copy, &manifest);
	if (bring_blobs(copy, err) < 0 || put_manifest(copy, &manifest, &content, err) < 0)
		return -1;
	for (size_t i = 0; i < copy->count; i++)
		blob_ledger_commit(copy->ledger, copy->item->repository,
				   &copy->blobs[i].descriptor->digest);
	return 0;
}

void copy_item(const struct mirror_context *context, struct item *item)
{
	cleanup(copy_release) struct copy copy = {
		.context = context,
		.item = item,
		.source = sources_registry(context->sources, item->source.host),
		.destination = destination_registry(context->destination),
		.ledger = destination_ledger(context->destination),
	};
	pthread_mutex_init(&copy.mutex, NULL);
	struct error err;
	if (copy_image(&copy, &err) < 0)
		item_fail(item, &err);
	else
		item->outcome = OUTCOME_COPIED;
}
