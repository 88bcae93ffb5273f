#include "cli/command.h"

#include "base/log.h"
#include "base/text.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/settings.h"
#include "cli/signals.h"
#include "cli/standard_streams.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef int run_function(struct run *run, struct run_result *ret_result, struct error *err);

static run_function *const run_functions[COMMAND_COUNT] = {
	[COMMAND_COPY] = run_copy,
	[COMMAND_LIST] = run_list,
	[COMMAND_SYNC] = run_sync,
};

static void on_item(void *context, const struct item *item)
{
	report_item(context, item);
}

/* Runs with signals watched. The result is there only where no error is. */
static int run_watched(const struct run_options *options, run_function *function,
		       struct run_result *ret_result, int *ret_signal, struct error *err)
{
	signals_block();
	cleanup(run_release) struct run *run = NULL;
	if (run_new(options, &run, err) < 0)
		return -1;
	struct signal_watch *watch = NULL;
	if (signal_watch_begin(run, &watch, err) < 0)
		return -1;
	int result = function(run, ret_result, err);
	*ret_signal = signal_watch_end(watch);
	return result;
}

static int run_and_report(struct options *options)
{
	cleanup(settings_release) struct settings settings = {0};
	struct error err;
	if (settings_make(options, &settings, &err) < 0)
		return command_refuse(options->command, &err);

	struct report report = {
		.out = stdout,
		.format = settings.format,
		.name_current = log_debug_enabled(),
		.width = report_terminal_width(stdout),
		.prefix = settings.run.prefix,
	};
	settings.run.on_item = on_item;
	settings.run.context = &report;
	cleanup(run_result_release) struct run_result result = {0};
	int signal = 0;
	int status;
	if (run_watched(&settings.run, run_functions[options->command], &result, &signal, &err) <
	    0) {
		status = command_refuse(options->command, &err);
	} else {
		report_result(&report, &result);
		struct run_totals totals = run_result_totals(&result);
		status = exit_status_of_totals(&totals);
	}
	status = command_end_output(status, report.write_error);
	return exit_status_of_signal(status, signal);
}

int command_run(struct options *options)
{
	switch (options->command) {
	case COMMAND_NONE:
	case COMMAND_HELP:
		help_print(stdout, options->help_topic);
		return command_end_output(EXIT_STATUS_DONE, 0);
	case COMMAND_VERSION:
		puts(PROGRAM_NAME " version " VERSION);
		return command_end_output(EXIT_STATUS_DONE, 0);
	case COMMAND_COPY:
	case COMMAND_LIST:
	case COMMAND_SYNC:
		break;
	}
	log_enable_debug(options_boolean(options, OPTION_DEBUG));
	return run_and_report(options);
}

int command_refuse(enum command command, const struct error *err)
{
	autofree char *message = text_printable(err->message);
	autofree char *hint = text_printable(err->hint);
	fprintf(stderr, PROGRAM_NAME ": %s\n", message);
	if (hint[0] != '\0')
		fprintf(stderr, "hint: %s\n", hint);
	int status = exit_status_of_error(err);
	if (status == EXIT_STATUS_USAGE)
		fprintf(stderr, "Run '" PROGRAM_NAME "%s%s --help' for usage.\n",
			command == COMMAND_NONE ? "" : " ",
			command == COMMAND_NONE ? "" : command_table[command].name);
	return status;
}

int command_end_output(int status, int write_error)
{
	int close_error = standard_output_close();
	int number = write_error != 0 ? write_error : close_error;
	/* Who reads no further has seen enough. */
	if (number == 0 || number == EPIPE)
		return status;
	fprintf(stderr, PROGRAM_NAME ": cannot write to standard output: %s\n", strerror(number));
	return exit_status_of_lost_report(status);
}
