/* What a command does between its options and its exit status. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

/* Runs options->command and reports on standard output. `options` may change (settings_make()).
 * Returns the exit status. Once per process. */
int command_run(struct options *options);

/* Says on standard error why nothing could be done, and how to learn more. Returns the exit
 * status. */
int command_refuse(enum command command, const struct error *err);

/* Closes standard output. Returns the exit status, given what it was so far and the errno of an
 * earlier write (0: none failed). */
int command_end_output(int status, int write_error);

#endif
