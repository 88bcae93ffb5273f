#include "cli/report.h"

#include "base/buffer.h"
#include "base/text.h"
#include "cli/quantity.h"

#include <libsmartcols/libsmartcols.h>
#include <string.h>

/* What a column says about an item; a new string, or NULL for an empty cell. */
typedef char *cell_function(const struct item *item);

struct column {
	const char *name;
	double width_hint;     /* columns, or below 1 the share of the terminal's width */
	size_t least_terminal; /* left out of narrower terminals */
	int flags;
	cell_function *cell;
};

static char *source_cell(const struct item *item)
{
	return string_copy(item->source_text);
}

/* The registry is the same for all rows, and its name alone would fill half a terminal. */
static char *destination_cell(const struct item *item)
{
	if (item->repository == NULL || item->tag == NULL)
		return string_copy(item->repository);
	return string_format("%s:%s", item->repository, item->tag);
}

static char *repository_cell(const struct item *item)
{
	return string_copy(item->repository);
}

static char *tag_cell(const struct item *item)
{
	return string_copy(item->tag);
}

static char *outcome_cell(const struct item *item)
{
	return string_copy(outcome_name(item->outcome));
}

/* The first 12 digits, as other tools of the field show them. */
static char *digest_cell(const struct item *item)
{
	const struct digest *digest = digest_is_set(&item->source_digest)
					      ? &item->source_digest
					      : &item->destination_digest;
	const char *colon = strchr(digest->text, ':');
	return colon != NULL ? string_copy_size(colon + 1, strnlen(colon + 1, 12)) : NULL;
}

static char *size_cell(const struct item *item)
{
	return item->outcome == OUTCOME_COPIED ? quantity_format_size(item->bytes) : NULL;
}

/* One word or two; what went wrong in full has no room in a cell, and follows the table. */
static char *reason_cell(const struct item *item)
{
	if (item->error != NULL)
		return string_copy(error_kind_name(item->error->kind));
	return report_text_reason(item);
}

static const struct column image_columns[] = {
	{"SOURCE", 0.25, 0, SCOLS_FL_WRAP, source_cell},
	{"DESTINATION", 0.25, 0, SCOLS_FL_WRAP, destination_cell},
	{"OUTCOME", 7, 0, 0, outcome_cell},
	{"DIGEST", 12, 100, 0, digest_cell},
	{"SIZE", 4, 0, SCOLS_FL_RIGHT, size_cell},
	{"REASON", 6, 0, 0, reason_cell},
};

static const struct column list_columns[] = {
	{"REPOSITORY", 0.4, 0, SCOLS_FL_WRAP, repository_cell},
	{"TAG", 3, 0, SCOLS_FL_WRAP, tag_cell},
	{"SOURCE", 0.4, 0, SCOLS_FL_WRAP, source_cell},
	{"REASON", 6, 0, 0, reason_cell},
};

static void table_release(struct libscols_table **table)
{
	scols_unref_table(*table);
}

static bool has_content(const struct column *column, const struct item_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		autofree char *text = column->cell(&list->items[i]);
		if (text != NULL && text[0] != '\0')
			return true;
	}
	return false;
}

/* Picks what there is room for and something in. Returns how many. */
static size_t choose_columns(const struct run_result *result, size_t width,
			     const struct column **ret_columns)
{
	bool list = strcmp(result->command, "list") == 0;
	const struct column *columns = list ? list_columns : image_columns;
	size_t count = list ? array_count(list_columns) : array_count(image_columns);
	size_t chosen = 0;
	for (size_t i = 0; i < count; i++) {
		bool has_room = width == 0 || width >= columns[i].least_terminal;
		if (has_room && has_content(&columns[i], &result->items))
			ret_columns[chosen++] = &columns[i];
	}
	return chosen;
}

static struct libscols_table *make_table(const struct column **columns, size_t count, size_t width)
{
	struct libscols_table *table = scols_new_table();
	scols_table_set_termforce(table,
				  width > 0 ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (width > 0)
		scols_table_set_termwidth(table, width);
	for (size_t i = 0; i < count; i++) {
		/* Without a terminal every row is one line. */
		int flags = width > 0 ? columns[i]->flags : columns[i]->flags & ~SCOLS_FL_WRAP;
		scols_table_new_column(table, columns[i]->name, columns[i]->width_hint, flags);
	}
	return table;
}

static void add_row(struct libscols_table *table, const struct column **columns, size_t count,
		    const struct item *item)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	for (size_t i = 0; i < count; i++) {
		autofree char *text = columns[i]->cell(item);
		autofree char *printable = text_printable(text);
		scols_line_set_data(line, i, printable != NULL ? printable : "");
	}
}

static void append_errors(struct buffer *buffer, const struct item_list *list)
{
	bool first = true;
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].error == NULL)
			continue;
		autofree char *line = report_text_item(&list->items[i]);
		buffer_printf(buffer, "%s%s", first ? "\n" : "", line);
		first = false;
	}
}

char *report_table(const struct run_result *result, size_t width)
{
	const struct column *columns[array_count(image_columns) + array_count(list_columns)];
	size_t count = choose_columns(result, width, columns);
	cleanup(table_release) struct libscols_table *table = make_table(columns, count, width);
	for (size_t i = 0; i < result->items.count; i++)
		add_row(table, columns, count, &result->items.items[i]);

	autofree char *text = NULL;
	scols_print_table_to_string(table, &text);
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	/* The last line comes without its newline. */
	buffer_printf(&buffer, "%s\n", text);
	append_errors(&buffer, &result->items);
	return buffer_take(&buffer);
}
