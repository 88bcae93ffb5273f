/* "did you mean …?" No state; any thread. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/*
 * The candidate nearest to what was typed (`size` bytes of `word`): at most two insertions,
 * deletions, replacements or swaps of neighbours away (one for words under four letters), or the
 * only one that begins with it. NULL where none is near. Borrowed from `candidates`.
 */
const char *suggest_nearest(const char *word, size_t size, const char *const *candidates,
			    size_t count);

#endif
