/*
 * Expand: what a tagged repository wishes for, one item for each image tag.
 *
 * The tags are literal and separated by "/"; blanks around them, blank elements and repeats are
 * dropped. A tag that cannot be one is an item that has failed already, and so is a repository
 * whose image or whose list of tags cannot be understood: an item without tag. No I/O.
 */
#ifndef MIRROR_EXPAND_H
#define MIRROR_EXPAND_H

#include "mirror/discover.h"
#include "mirror/item.h"

/* Adds the mirror's items to `list`. `image_key` and `tag_key` are named in messages. */
void expand_mirror(const struct mirror *mirror, const char *image_key, const char *tag_key,
		   struct item_list *list);

/* "host/repository:tag", or without ":tag" where that is NULL. Caller frees. */
char *destination_reference(const char *host, const char *repository, const char *tag);

#endif
