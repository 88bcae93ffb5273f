#include "mirror/check.h"

#include "oci/manifest.h"

#include <string.h>

int add_source_hint(const struct item *item, struct error *err)
{
	const char *host = item->source.host;
	if (err->kind == ERROR_CREDENTIALS || err->kind == ERROR_DENIED)
		return error_hint(err,
				  "%s says this where an image does not exist, too: check the "
				  "name, or give credentials with --src-creds",
				  host);
	if (err->kind == ERROR_TLS)
		return error_hint(err,
				  "if %s is known to have no trusted certificate, "
				  "--src-tls-verify=false accepts it as it is",
				  host);
	if (err->kind == ERROR_NETWORK && strstr(err->message, "SSL routines") != NULL)
		return error_hint(
			err, "if %s speaks plain http, --src-tls-verify=false allows that", host);
	if (err->kind == ERROR_THROTTLED)
		return error_hint(err,
				  "%s limits requests; with credentials (--src-creds) the limit "
				  "is usually higher",
				  host);
	return -1;
}

/* The name to ask upstream for: the digest where the source names one. */
static const char *source_name(const struct reference *source)
{
	return digest_is_set(&source->digest) ? source->digest.text : source->tag;
}

static int choose_platform(const struct mirror_context *context, struct registry *registry,
			   const struct item *item, const struct digest *digest,
			   struct digest *ret_image, struct digest *ret_index, struct error *err)
{
	cleanup(manifest_content_release) struct manifest_content content = {0};
	cleanup(manifest_release) struct manifest manifest = {0};
	const char *name = digest_is_set(digest) ? digest->text : source_name(&item->source);
	if (registry_get_manifest(registry, item->source.repository, name, &content, err) < 0 ||
	    manifest_parse(buffer_string(&content.body), content.body.size, content.media_type,
			   &manifest, err) < 0)
		return -1;
	if (manifest.kind == MANIFEST_IMAGE) {
		*ret_image = content.digest;
		return 0;
	}
	size_t position = 0;
	if (platform_choose(&manifest, &context->platform, &position, err) < 0)
		return -1;
	*ret_image = manifest.manifests[position].digest;
	*ret_index = content.digest;
	return 0;
}

/* The digest of the one image that is mirrored, and of the index that it is in, if any. */
static int find_source(const struct mirror_context *context, struct item *item, struct error *err)
{
	struct registry *registry = sources_registry(context->sources, item->source.host);
	cleanup(manifest_info_release) struct manifest_info info = {0};
	if (registry_head_manifest(registry, item->source.repository, source_name(&item->source),
				   &info, err) < 0) {
		if (err->http_status == 404)
			item->verdict = VERDICT_GONE;
		return -1;
	}
	bool is_image =
		media_type_is_manifest(info.media_type) && !media_type_is_index(info.media_type);
	if (is_image && digest_is_set(&info.digest)) {
		item->source_digest = info.digest;
		return 0;
	}
	return choose_platform(context, registry, item, &info.digest, &item->source_digest,
			       &item->index_digest, err);
}

static int compare(const struct mirror_context *context, struct item *item, struct error *err)
{
	if (policy_check(context->policy, &item->source, err) < 0 ||
	    destination_tag(context->destination, item->repository, item->tag,
			    &item->destination_digest, err) < 0)
		return -1;
	if (find_source(context, item, err) < 0)
		return add_source_hint(item, err);
	if (!digest_is_set(&item->destination_digest)) {
		item->verdict = VERDICT_MISSING;
	} else if (digest_equal(&item->source_digest, &item->destination_digest)) {
		item->verdict = VERDICT_CURRENT;
		item->outcome = OUTCOME_CURRENT;
	} else {
		item->verdict = VERDICT_STALE;
	}
	return 0;
}

void check_item(const struct mirror_context *context, struct item *item)
{
	struct error err;
	if (compare(context, item, &err) == 0)
		return;
	bool gone = item->verdict == VERDICT_GONE;
	if (gone)
		error_hint(&err, "upstream no longer has this image: take its tag off the list, or "
				 "check the name");
	item_fail(item, &err);
	if (gone) {
		item->verdict = VERDICT_GONE;
		item->outcome = OUTCOME_GONE;
	}
}
