#include "oci/platform.h"

#include "base/buffer.h"
#include "base/string_list.h"
#include "oci/excerpt.h"

#include <limits.h>
#include <string.h>

/* Most platforms that a message lists. */
#define LISTED_LIMIT 12

/* Variants that run on one another's machines, each on those before it. */
struct family {
	const char *architecture;
	const char *variants[5]; /* best first; ends with NULL */
};

static const struct family families[] = {
	{"arm", {"v8", "v7", "v6", "v5"}},
	{"arm64", {"v8"}},
};

#define RANK_NONE     INT_MAX       /* does not serve */
#define RANK_UNKNOWN  (INT_MAX - 1) /* has no platform */
#define RANK_VARIANTS ((int)array_count(((struct family *)NULL)->variants))

/* The place of a variant in its architecture's family, or -1. */
static int place_in_family(const char *architecture, const char *variant)
{
	for (size_t i = 0; i < array_count(families); i++) {
		if (strcmp(families[i].architecture, architecture) != 0)
			continue;
		for (int place = 0; families[i].variants[place] != NULL; place++) {
			if (strcmp(families[i].variants[place], variant) == 0)
				return place;
		}
	}
	return -1;
}

/* How well a variant serves, 0 best. NULL stands for none on either side. */
static int rank_variant(const char *architecture, const char *wanted, const char *offered)
{
	if (wanted == NULL && offered == NULL)
		return 0;
	if (offered == NULL)
		return RANK_VARIANTS;
	if (wanted != NULL && strcmp(wanted, offered) == 0)
		return 0;
	int offered_place = place_in_family(architecture, offered);
	if (offered_place < 0)
		return RANK_NONE;
	if (wanted == NULL)
		return 1 + offered_place;
	int wanted_place = place_in_family(architecture, wanted);
	return wanted_place >= 0 && wanted_place < offered_place ? offered_place - wanted_place
								 : RANK_NONE;
}

static bool is_image(const char *media_type)
{
	return strcmp(media_type, MEDIA_TYPE_OCI_MANIFEST) == 0 ||
	       strcmp(media_type, MEDIA_TYPE_DOCKER_MANIFEST) == 0;
}

static int rank_entry(const struct descriptor *entry, const struct platform *wanted)
{
	if (media_type_is_index(entry->media_type))
		return RANK_NONE;
	if (entry->os == NULL)
		return is_image(entry->media_type) ? RANK_UNKNOWN : RANK_NONE;
	if (strcmp(entry->os, wanted->os) != 0 ||
	    strcmp(entry->architecture, wanted->architecture) != 0)
		return RANK_NONE;
	bool any = wanted->variant == NULL || wanted->variant[0] == '\0';
	return rank_variant(wanted->architecture, any ? NULL : wanted->variant, entry->variant);
}

static char *format_platform(const char *os, const char *architecture, const char *variant)
{
	bool variable = variant != NULL && variant[0] != '\0';
	return string_format("%s/%s%s%s", os, architecture, variable ? "/" : "",
			     variable ? variant : "");
}

/* "linux/amd64, linux/arm/v7, …": each once, in the index's order. */
static void list_platforms(const struct manifest *index, struct buffer *text)
{
	cleanup(string_list_release) struct string_list listed = STRING_LIST_INIT;
	for (size_t i = 0; i < index->manifest_count; i++) {
		const struct descriptor *entry = &index->manifests[i];
		if (entry->os == NULL || media_type_is_index(entry->media_type))
			continue;
		autofree char *name =
			format_platform(entry->os, entry->architecture, entry->variant);
		if (string_list_contains(&listed, name))
			continue;
		if (listed.count == LISTED_LIMIT) {
			buffer_append_string(text, ", …");
			return;
		}
		buffer_printf(text, "%s%s", listed.count > 0 ? ", " : "", excerpt(name));
		string_list_add_owned(&listed, take_pointer(name));
	}
}

static int report_none(const struct manifest *index, const struct platform *wanted,
		       struct error *err)
{
	autofree char *name = format_platform(wanted->os, wanted->architecture, wanted->variant);
	cleanup(buffer_release) struct buffer platforms = BUFFER_UNLIMITED;
	list_platforms(index, &platforms);
	if (platforms.size == 0)
		return error_set(err, ERROR_NOT_FOUND,
				 "no image for platform %s in the index, which names no platforms",
				 excerpt(name));
	return error_set(err, ERROR_NOT_FOUND, "no image for platform %s in the index, only for %s",
			 excerpt(name), buffer_string(&platforms));
}

int platform_choose(const struct manifest *index, const struct platform *wanted,
		    size_t *ret_position, struct error *err)
{
	int best = RANK_NONE;
	size_t position = 0;
	for (size_t i = 0; i < index->manifest_count; i++) {
		int rank = rank_entry(&index->manifests[i], wanted);
		if (rank < best) {
			best = rank;
			position = i;
		}
	}
	if (best == RANK_NONE)
		return report_none(index, wanted, err);
	*ret_position = position;
	return 0;
}
