#include "cli/suggest.h"

#include <string.h>

#define LONGEST_WORD 40

static size_t smaller(size_t left, size_t right)
{
	return left < right ? left : right;
}

/* Optimal string alignment: Levenshtein's distance with swaps of neighbours. */
static size_t distance(const char *left, size_t left_size, const char *right, size_t right_size)
{
	size_t rows[LONGEST_WORD + 1][LONGEST_WORD + 1];
	for (size_t i = 0; i <= left_size; i++)
		rows[i][0] = i;
	for (size_t j = 0; j <= right_size; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= left_size; i++) {
		for (size_t j = 1; j <= right_size; j++) {
			size_t cost = left[i - 1] == right[j - 1] ? 0 : 1;
			size_t best = rows[i - 1][j - 1] + cost;
			best = smaller(best, rows[i - 1][j] + 1);
			best = smaller(best, rows[i][j - 1] + 1);
			if (i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
			    left[i - 2] == right[j - 1])
				best = smaller(best, rows[i - 2][j - 2] + 1);
			rows[i][j] = best;
		}
	}
	return rows[left_size][right_size];
}

static const char *only_with_prefix(const char *word, size_t size, const char *const *candidates,
				    size_t count)
{
	const char *found = NULL;
	for (size_t i = 0; i < count; i++) {
		if (strncmp(candidates[i], word, size) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = candidates[i];
	}
	return found;
}

const char *suggest_nearest(const char *word, size_t size, const char *const *candidates,
			    size_t count)
{
	if (size == 0 || size > LONGEST_WORD)
		return NULL;
	const char *nearest = NULL;
	size_t least = size < 4 ? 2 : 3;
	for (size_t i = 0; i < count; i++) {
		size_t candidate_size = strlen(candidates[i]);
		if (candidate_size > LONGEST_WORD)
			continue;
		size_t steps = distance(word, size, candidates[i], candidate_size);
		if (steps < least) {
			least = steps;
			nearest = candidates[i];
		}
	}
	return nearest != NULL ? nearest : only_with_prefix(word, size, candidates, count);
}
