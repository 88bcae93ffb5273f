#include "base/string_list.h"

#include "base/memory.h"

#include <string.h>

void string_list_release(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = STRING_LIST_INIT;
}

void string_list_wipe_release(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		string_wipe_free(&list->items[i]);
	string_list_release(list);
}

void string_list_add_owned(struct string_list *list, char *text)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity == 0 ? 8 : list->capacity * 2;
		list->items = memory_resize(list->items, list->capacity, sizeof(*list->items));
	}
	list->items[list->count++] = text;
}

void string_list_add(struct string_list *list, const char *text)
{
	string_list_add_owned(list, string_copy(text));
}

void string_list_add_size(struct string_list *list, const char *text, size_t size)
{
	string_list_add_owned(list, string_copy_size(text, size));
}

bool string_list_contains(const struct string_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0)
			return true;
	}
	return false;
}
