#include "cli/report.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

static void set_text(json_t *object, const char *key, const char *text)
{
	autofree char *valid = text_valid(text);
	json_object_set_new(object, key, valid != NULL ? json_string(valid) : json_null());
}

static void set_count(json_t *object, const char *key, size_t count)
{
	json_object_set_new(object, key, json_integer((json_int_t)count));
}

static void set_seconds(json_t *object, double seconds)
{
	long long milliseconds = (long long)(seconds * 1000 + 0.5);
	json_object_set_new(object, "seconds", json_real((double)milliseconds / 1000));
}

static void set_digest(json_t *object, const char *key, const struct digest *digest)
{
	if (digest_is_set(digest))
		set_text(object, key, digest->text);
}

static json_t *describe_layers(const struct layer_counts *layers)
{
	json_t *object = json_object();
	set_count(object, "copied", layers->copied);
	set_count(object, "mounted", layers->mounted);
	set_count(object, "present", layers->present);
	return object;
}

static json_t *describe_error(const struct error *err)
{
	json_t *object = json_object();
	set_text(object, "kind", error_kind_name(err->kind));
	set_text(object, "message", err->message);
	set_text(object, "hint", err->hint);
	return object;
}

static void set_end(json_t *object, const struct item *item)
{
	set_text(object, "verdict", verdict_name(item->verdict));
	set_text(object, "outcome", outcome_name(item->outcome));
	set_digest(object, "source_digest", &item->source_digest);
	set_digest(object, "index_digest", &item->index_digest);
	set_digest(object, "destination_digest", &item->destination_digest);
	json_object_set_new(object, "bytes", json_integer(item->bytes));
	json_object_set_new(object, "layers", describe_layers(&item->layers));
	set_seconds(object, item->seconds);
}

static json_t *describe_item(const struct item *item, bool with_end)
{
	json_t *object = json_object();
	set_text(object, "source", item->source_text);
	set_text(object, "destination", item->destination);
	set_text(object, "repository", item->repository);
	set_text(object, "tag", item->tag);
	if (with_end)
		set_end(object, item);
	if (item->error != NULL)
		json_object_set_new(object, "error", describe_error(item->error));
	return object;
}

static json_t *describe_totals(const struct run_result *result, bool with_end)
{
	struct run_totals totals = run_result_totals(result);
	json_t *object = json_object();
	set_count(object, "images", totals.images);
	if (!with_end)
		return object;
	for (int i = OUTCOME_NONE + 1; i < OUTCOME_COUNT; i++)
		set_count(object, outcome_name((enum outcome)i), totals.outcomes[i]);
	json_object_set_new(object, "bytes", json_integer(totals.bytes));
	return object;
}

char *report_json(const struct run_result *result)
{
	bool with_end = strcmp(result->command, "list") != 0;
	char started[CLOCK_RFC3339_SIZE];
	clock_format_rfc3339(result->started, started);

	autojson json_t *report = json_object();
	set_count(report, "version", 1);
	set_text(report, "command", result->command);
	json_object_set_new(report, "dry_run", json_boolean(result->dry_run));
	set_text(report, "started", started);
	set_seconds(report, result->seconds);
	json_object_set_new(report, "totals", describe_totals(result, with_end));
	json_t *images = json_array();
	json_object_set_new(report, "images", images);
	for (size_t i = 0; i < result->items.count; i++)
		json_array_append_new(images, describe_item(&result->items.items[i], with_end));

	/* 12 digits keep milliseconds apart for 30 years without noise behind them. */
	autofree char *text = json_dumps(report, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	return string_format("%s\n", text);
}
