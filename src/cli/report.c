#include "cli/report.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int report_format_parse(const char *name, enum report_format *ret_format)
{
	static const char *const names[] = {
		[REPORT_TEXT] = "text",
		[REPORT_TABLE] = "table",
		[REPORT_JSON] = "json",
	};
	for (size_t i = 0; i < array_count(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret_format = (enum report_format)i;
			return 0;
		}
	}
	return -1;
}

size_t report_terminal_width(FILE *out)
{
	struct winsize size;
	int descriptor = fileno(out);
	if (descriptor < 0 || !isatty(descriptor) || ioctl(descriptor, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

void report_write(struct report *report, const char *text)
{
	errno = 0;
	if ((fputs(text, report->out) == EOF || fflush(report->out) == EOF) &&
	    report->write_error == 0)
		report->write_error = errno != 0 ? errno : EIO;
}

void report_item(struct report *report, const struct item *item)
{
	if (report->format != REPORT_TEXT)
		return;
	if (item->outcome == OUTCOME_CURRENT && !report->name_current)
		return;
	autofree char *line = report_text_item(item);
	report_write(report, line);
}

void report_result(struct report *report, const struct run_result *result)
{
	if (report->format == REPORT_JSON) {
		autofree char *object = report_json(result);
		report_write(report, object);
		return;
	}
	if (report->format == REPORT_TABLE && result->items.count > 0) {
		autofree char *table = report_table(result, report->width);
		report_write(report, table);
		report_write(report, "\n");
	} else if (report->format == REPORT_TEXT && strcmp(result->command, "list") == 0) {
		autofree char *lines = report_text_list(result);
		report_write(report, lines);
	}
	autofree char *summary = report_text_summary(result, report->prefix);
	report_write(report, summary);
}
