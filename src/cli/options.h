/*
 * The command line and the environment, read into values by the option table.
 *
 * Accepted: --name value, --name=value, -l value, -lvalue, -l=value; booleans --name and
 * --name=true (also 1, t, T, TRUE, True and their opposites); "--" ends the options. An option may
 * stand before or after the command. Given twice, the last one counts.
 * Each option but help and version may also be set by its environment variable; the command line
 * wins, and an empty variable counts as not set.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/error.h"
#include "cli/option_table.h"

enum option_origin {
	ORIGIN_DEFAULT,
	ORIGIN_ENVIRONMENT,
	ORIGIN_ARGUMENT,
};

struct option_value {
	char *text; /* owned; NULL: none */
	enum option_origin origin;
};

struct options {
	enum command command;
	enum command help_topic; /* of COMMAND_HELP: what to explain */
	struct option_value values[OPTION_COUNT];
};

void options_release(struct options *options);

/*
 * Reads argv[1] to argv[argc - 1], then the environment, then the defaults. The values of secrets
 * are overwritten in `argv` itself once they are copied, so that a process list does not show them.
 * A request for help or version is turned into its command. ERROR_USAGE for everything that does
 * not fit: unknown option or command (its hint names the nearest), an option of another command,
 * a missing or malformed value, surplus arguments. *ret_command is what was understood of the
 * command, also on failure. Not while other threads use the environment.
 */
int options_parse(int argc, char **argv, struct options *ret_options, enum command *ret_command,
		  struct error *err);

/* The value; NULL where there is none, or where it is empty. Borrowed from `options`. */
const char *options_string(const struct options *options, enum option option);
bool options_boolean(const struct options *options, enum option option);
unsigned options_integer(const struct options *options, enum option option);

/* Was it given, by argument or environment? A boolean given as false was given. */
bool options_given(const struct options *options, enum option option);

/* Puts an option back to its default. */
void options_reset(struct options *options, enum option option);

/* How the user would call it, as it was given: "--src-creds" or "ECR_MIRROR_SYNC_SRC_CREDS". */
#define OPTION_LABEL_SIZE OPTION_VARIABLE_SIZE
void options_label(const struct options *options, enum option option,
		   char label[OPTION_LABEL_SIZE]);

#endif
