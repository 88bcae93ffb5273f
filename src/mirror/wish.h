/*
 * What `copy` is asked to do: one source, one destination. No I/O; any thread.
 */
#ifndef MIRROR_WISH_H
#define MIRROR_WISH_H

#include "mirror/item.h"
#include "oci/reference.h"

struct wish {
	struct reference source; /* with a tag or a digest; all owned */
	char *host; /* of the destination, with port; NULL: the account's own registry */
	char *repository;
	char *tag;
};

void wish_release(struct wish *wish);

/*
 * `source` is name[:tag][@digest]; a bare name means :latest. `destination` is
 * [host/]repository[:tag]: its first component is a host by the rules of oci/reference.h. Without a
 * tag there, the source's is used; without `destination` (NULL or "") the repository is
 * `prefix`/<upstream host without port>/<upstream repository>.
 * ERROR_USAGE says which of the two is wrong and why.
 */
int wish_parse(const char *source, const char *destination, const char *prefix,
	       struct wish *ret_wish, struct error *err);

/* Adds the item that the wish stands for; `host` is the registry's. */
void wish_add_item(const struct wish *wish, const char *host, struct item_list *list);

#endif
