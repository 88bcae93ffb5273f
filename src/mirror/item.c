#include "mirror/item.h"

void item_release(struct item *item)
{
	reference_release(&item->source);
	free(item->source_text);
	free(item->destination);
	free(item->repository);
	free(item->tag);
	free(item->error);
	*item = (struct item){0};
}

void item_list_release(struct item_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		item_release(&list->items[i]);
	free(list->items);
	*list = (struct item_list){0};
}

struct item *item_list_add(struct item_list *list)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? 2 * list->capacity : 16;
		list->items = memory_resize(list->items, list->capacity, sizeof(*list->items));
	}
	struct item *item = &list->items[list->count++];
	*item = (struct item){0};
	return item;
}

void item_fail(struct item *item, const struct error *err)
{
	if (item->error == NULL)
		item->error = memory_allocate(sizeof(*item->error));
	*item->error = *err;
	if (err->kind == ERROR_REJECTED) {
		item->verdict = VERDICT_REJECTED;
		item->outcome = OUTCOME_REJECTED;
	} else if (err->kind == ERROR_IMMUTABLE) {
		item->verdict = VERDICT_IMMUTABLE;
		item->outcome = OUTCOME_IMMUTABLE;
	} else {
		/* A copy that failed keeps what the check had found. */
		if (item->verdict == VERDICT_NONE)
			item->verdict = VERDICT_FAILED;
		item->outcome = OUTCOME_FAILED;
	}
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_NONE] = "none",           [VERDICT_MISSING] = "missing",
		[VERDICT_STALE] = "stale",         [VERDICT_CURRENT] = "current",
		[VERDICT_IMMUTABLE] = "immutable", [VERDICT_GONE] = "gone",
		[VERDICT_REJECTED] = "rejected",   [VERDICT_DEFERRED] = "deferred",
		[VERDICT_FAILED] = "failed",
	};
	return (size_t)verdict < array_count(names) ? names[verdict] : "unknown";
}

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_NONE] = "none",         [OUTCOME_COPIED] = "copied",
		[OUTCOME_CURRENT] = "current",   [OUTCOME_WOULD_COPY] = "would-copy",
		[OUTCOME_FAILED] = "failed",     [OUTCOME_REJECTED] = "rejected",
		[OUTCOME_GONE] = "gone",         [OUTCOME_IMMUTABLE] = "immutable",
		[OUTCOME_DEFERRED] = "deferred",
	};
	return (size_t)outcome < array_count(names) ? names[outcome] : "unknown";
}

void run_result_release(struct run_result *result)
{
	item_list_release(&result->items);
	*result = (struct run_result){0};
}

struct run_totals run_result_totals(const struct run_result *result)
{
	struct run_totals totals = {.images = result->items.count};
	for (size_t i = 0; i < result->items.count; i++) {
		const struct item *item = &result->items.items[i];
		totals.outcomes[item->outcome]++;
		totals.bytes += item->bytes;
	}
	return totals;
}
