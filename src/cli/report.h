/*
 * The account of a run on standard output: text as it goes, a table or JSON at its end.
 *
 * Nothing here fails: what cannot be written is remembered in `write_error`, and the run goes on,
 * because images matter more than lines about them.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "mirror/item.h"

#include <stdio.h>

enum report_format {
	REPORT_TEXT,
	REPORT_TABLE,
	REPORT_JSON,
};

struct report {
	FILE *out; /* borrowed */
	enum report_format format;
	bool name_current;  /* text: also name the images that are current */
	size_t width;       /* table: columns of the terminal; 0: no limit */
	const char *prefix; /* that the run was limited to; NULL: none; borrowed */
	int write_error;    /* errno of the first write that failed; 0: none */
};

/* "text", "table", "json". -1, with *ret_format untouched, for anything else. */
int report_format_parse(const char *name, enum report_format *ret_format);

/* The columns of the terminal behind `out`; 0 where it is none. */
size_t report_terminal_width(FILE *out);

/* An item of sync or copy has ended. One call at a time, from any thread. */
void report_item(struct report *report, const struct item *item);

/* The run has ended. */
void report_result(struct report *report, const struct run_result *result);

/* Writes `text` out at once. */
void report_write(struct report *report, const char *text);

/* The parts; each string returned belongs to the caller. */

/* report_text.c: one line about an item, about each item of a list, about the whole (`prefix` as in
 * struct report); with the newline. */
char *report_text_item(const struct item *item);
char *report_text_list(const struct run_result *result);
char *report_text_summary(const struct run_result *result, const char *prefix);

/* Why the item ended as it did, without its names; "" where the outcome says it all. */
char *report_text_reason(const struct item *item);

/* report_table.c: a row for each item, fitted into `width` columns (0: as wide as it gets), then a
 * line for each that has an error. */
char *report_table(const struct run_result *result, size_t width);

/* report_json.c: one object, version 1 of the format. */
char *report_json(const struct run_result *result);

#endif
