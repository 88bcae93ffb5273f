/*
 * One image tag to keep: the unit that goes through discover, expand, check, copy and report.
 */
#ifndef MIRROR_ITEM_H
#define MIRROR_ITEM_H

#include "base/error.h"
#include "oci/digest.h"
#include "oci/reference.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* What the check found. */
enum verdict {
	VERDICT_NONE, /* not checked */
	VERDICT_MISSING,
	VERDICT_STALE,
	VERDICT_CURRENT,
	VERDICT_IMMUTABLE, /* upstream moved, the tag may not */
	VERDICT_GONE,      /* upstream no longer has it */
	VERDICT_REJECTED,  /* by the trust policy */
	VERDICT_DEFERRED,
	VERDICT_FAILED,
};

/* How it ended. Every item has exactly one. */
enum outcome {
	OUTCOME_NONE, /* only in `list`, and before the end */
	OUTCOME_COPIED,
	OUTCOME_CURRENT,
	OUTCOME_WOULD_COPY,
	OUTCOME_FAILED,
	OUTCOME_REJECTED,
	OUTCOME_GONE,
	OUTCOME_IMMUTABLE,
	OUTCOME_DEFERRED,
};
#define OUTCOME_COUNT (OUTCOME_DEFERRED + 1)

struct layer_counts {
	unsigned copied;
	unsigned mounted;
	unsigned present;
};

struct item {
	struct reference source; /* owned; host NULL where the entry was too malformed for one */
	char *source_text;       /* owned: the full reference, or what the resource tag says */
	char *destination; /* owned: the full reference, of the repository alone without tag */
	char *repository;  /* owned: in ECR */
	char *tag;         /* owned: in ECR; NULL for an entry without any */

	enum verdict verdict;
	enum outcome outcome;
	struct digest source_digest;      /* of what is mirrored */
	struct digest index_digest;       /* where the upstream tag names an index */
	struct digest destination_digest; /* what ECR's tag names in the end */
	int64_t bytes;                    /* of layers and config that were moved */
	struct layer_counts layers;       /* distinct layers; the config is none */
	double seconds;                   /* spent on this image */
	struct error *error;              /* owned; NULL where there is none */
};

struct item_list {
	struct item *items; /* owned */
	size_t count;
	size_t capacity;
};

void item_release(struct item *item);
void item_list_release(struct item_list *list);

/* A new item at the end, all zero, to be filled by the caller. Valid until the next add. */
struct item *item_list_add(struct item_list *list);

/* Ends the item: verdict, outcome and reason from an error. Kinds that have an outcome of their own
 * (ERROR_REJECTED, ERROR_IMMUTABLE) get it; all others are failed. */
void item_fail(struct item *item, const struct error *err);

/* The words of the report ("would-copy"). Static storage. */
const char *verdict_name(enum verdict verdict);
const char *outcome_name(enum outcome outcome);

/* What a run did, for the report. */
struct run_result {
	const char *command; /* "list", "copy", "sync"; static */
	bool dry_run;
	time_t started;
	double seconds;
	struct item_list items; /* owned */
};

void run_result_release(struct run_result *result);

/* Sums over all items. */
struct run_totals {
	size_t images;
	size_t outcomes[OUTCOME_COUNT]; /* by enum outcome */
	int64_t bytes;
};
struct run_totals run_result_totals(const struct run_result *result);

#endif
