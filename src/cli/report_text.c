#include "cli/report.h"

#include "base/buffer.h"
#include "base/text.h"
#include "cli/quantity.h"

#include <string.h>

static void append_printable(struct buffer *buffer, const char *text)
{
	autofree char *printable = text_printable(text);
	buffer_append_string(buffer, printable != NULL ? printable : "?");
}

static void append_names(struct buffer *buffer, const struct item *item)
{
	append_printable(buffer, item->source_text);
	buffer_append_string(buffer, " -> ");
	append_printable(buffer, item->destination);
}

static void append_error(struct buffer *buffer, const struct error *err)
{
	append_printable(buffer, err->message);
	if (err->hint[0] == '\0')
		return;
	buffer_append_string(buffer, " (hint: ");
	append_printable(buffer, err->hint);
	buffer_append_string(buffer, ")");
}

char *report_text_reason(const struct item *item)
{
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	if (item->error != NULL)
		append_error(&buffer, item->error);
	else if (item->outcome == OUTCOME_COPIED)
		buffer_printf(&buffer, "was %s", verdict_name(item->verdict));
	else if (item->outcome == OUTCOME_WOULD_COPY)
		buffer_printf(&buffer, "is %s", verdict_name(item->verdict));
	return buffer_take(&buffer);
}

char *report_text_item(const struct item *item)
{
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	autofree char *reason = report_text_reason(item);
	buffer_printf(&buffer, "%-10s ", outcome_name(item->outcome));
	append_names(&buffer, item);
	if (item->error != NULL) {
		buffer_printf(&buffer, ": %s", reason);
	} else if (item->outcome == OUTCOME_COPIED) {
		autofree char *size = quantity_format_size(item->bytes);
		autofree char *duration = quantity_format_duration(item->seconds);
		buffer_printf(&buffer, " (%s; %s in %s)", reason, size, duration);
	} else if (reason[0] != '\0') {
		buffer_printf(&buffer, " (%s)", reason);
	}
	buffer_append_character(&buffer, '\n');
	return buffer_take(&buffer);
}

char *report_text_list(const struct run_result *result)
{
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	for (size_t i = 0; i < result->items.count; i++) {
		const struct item *item = &result->items.items[i];
		append_names(&buffer, item);
		if (item->error != NULL) {
			buffer_append_string(&buffer, ": ");
			append_error(&buffer, item->error);
		}
		buffer_append_character(&buffer, '\n');
	}
	return buffer_take(&buffer);
}

/* Items of one repository stand next to each other. */
static size_t count_repositories(const struct item_list *list)
{
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		const char *repository = list->items[i].repository;
		const char *before = i > 0 ? list->items[i - 1].repository : NULL;
		if (repository != NULL && (before == NULL || strcmp(repository, before) != 0))
			count++;
	}
	return count;
}

static char *summarise_list(const struct run_result *result, const struct run_totals *totals)
{
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	size_t repositories = count_repositories(&result->items);
	buffer_printf(&buffer, "%zu image%s in %zu repositor%s", totals->images,
		      totals->images == 1 ? "" : "s", repositories,
		      repositories == 1 ? "y" : "ies");
	if (totals->outcomes[OUTCOME_FAILED] > 0)
		buffer_printf(&buffer, ", %zu malformed", totals->outcomes[OUTCOME_FAILED]);
	buffer_append_character(&buffer, '\n');
	return buffer_take(&buffer);
}

static void append_outcomes(struct buffer *buffer, const struct run_totals *totals)
{
	static const char *const labels[OUTCOME_COUNT] = {
		[OUTCOME_NONE] = "not checked",   [OUTCOME_COPIED] = "copied",
		[OUTCOME_CURRENT] = "current",    [OUTCOME_WOULD_COPY] = "would be copied",
		[OUTCOME_FAILED] = "failed",      [OUTCOME_REJECTED] = "rejected",
		[OUTCOME_GONE] = "gone upstream", [OUTCOME_IMMUTABLE] = "immutable",
		[OUTCOME_DEFERRED] = "deferred",
	};
	const char *separator = ": ";
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		if (totals->outcomes[i] == 0)
			continue;
		buffer_printf(buffer, "%s%zu %s", separator, totals->outcomes[i], labels[i]);
		separator = ", ";
	}
}

static char *summarise_nothing(const char *prefix)
{
	if (prefix == NULL)
		return string_copy("nothing to mirror: no repository carries the resource tags "
				   "(see --region, --image-key and --tag-key)\n");
	return string_format("nothing to mirror: no repository named %s or %s/… carries the "
			     "resource tags (see --region, --prefix, --image-key and --tag-key)\n",
			     prefix, prefix);
}

char *report_text_summary(const struct run_result *result, const char *prefix)
{
	struct run_totals totals = run_result_totals(result);
	if (totals.images == 0)
		return summarise_nothing(prefix);
	if (strcmp(result->command, "list") == 0)
		return summarise_list(result, &totals);

	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	autofree char *duration = quantity_format_duration(result->seconds);
	buffer_printf(&buffer, "%zu image%s", totals.images, totals.images == 1 ? "" : "s");
	append_outcomes(&buffer, &totals);
	if (result->dry_run) {
		buffer_printf(&buffer, "; nothing copied (dry run) in %s\n", duration);
	} else {
		autofree char *size = quantity_format_size(totals.bytes);
		buffer_printf(&buffer, "; %s in %s\n", size, duration);
	}
	return buffer_take(&buffer);
}
