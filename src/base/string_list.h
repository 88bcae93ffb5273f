/*
 * A growing list of strings that it owns. One thread at a time.
 */
#ifndef BASE_STRING_LIST_H
#define BASE_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct string_list {
	char **items; /* each owned */
	size_t count;
	size_t capacity;
};

#define STRING_LIST_INIT ((struct string_list){0})

void string_list_release(struct string_list *list);

/* Adds a copy of `text`, or of its first `size` bytes. */
void string_list_add(struct string_list *list, const char *text);
void string_list_add_size(struct string_list *list, const char *text, size_t size);

/* Adds `text` itself, which the list owns from now on. */
void string_list_add_owned(struct string_list *list, char *text);

/* Is `text` in the list, byte for byte? */
bool string_list_contains(const struct string_list *list, const char *text);

/* Overwrites the characters of all items before freeing them; for lists that hold secrets. */
void string_list_wipe_release(struct string_list *list);

#endif
