/*
 * The commands and options as data. Parsing, help, environment variables, completion and manual
 * are all made from these two tables. Constant; any thread.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>

#define PROGRAM_NAME "ecr-mirror-sync"

enum command {
	COMMAND_NONE, /* the program itself */
	COMMAND_COPY,
	COMMAND_HELP,
	COMMAND_LIST,
	COMMAND_SYNC,
	COMMAND_VERSION,
};
#define COMMAND_COUNT (COMMAND_VERSION + 1)

struct command_info {
	const char *name;
	const char *summary;
};

/* By enum command; in alphabetical order after COMMAND_NONE. */
extern const struct command_info command_table[COMMAND_COUNT];

/* In the order of the table below. */
enum option {
	OPTION_BATCH,
	OPTION_DEBUG,
	OPTION_DEST,
	OPTION_DEST_PRECOMPUTE_DIGESTS,
	OPTION_DRY_RUN,
	OPTION_HELP,
	OPTION_IMAGE_KEY,
	OPTION_INSECURE_POLICY,
	OPTION_OUTPUT,
	OPTION_OVERRIDE_ARCH,
	OPTION_OVERRIDE_OS,
	OPTION_OVERRIDE_VARIANT,
	OPTION_POLICY,
	OPTION_PREFIX,
	OPTION_REGION,
	OPTION_RENDER_TABLE,
	OPTION_RETRY_TIMES,
	OPTION_SRC,
	OPTION_SRC_AUTHFILE,
	OPTION_SRC_CERT_DIR,
	OPTION_SRC_CREDS,
	OPTION_SRC_NO_CREDS,
	OPTION_SRC_PASSWORD,
	OPTION_SRC_REGISTRY_TOKEN,
	OPTION_SRC_TLS_VERIFY,
	OPTION_SRC_USERNAME,
	OPTION_TAG_KEY,
	OPTION_VERSION,
};
#define OPTION_COUNT (OPTION_VERSION + 1)

enum option_type {
	OPTION_BOOLEAN,
	OPTION_INTEGER, /* 0 to 2,147,483,647 */
	OPTION_STRING,
};

struct option_info {
	const char *name;          /* without the leading "--" */
	const char *placeholder;   /* what help shows for the value; NULL for booleans */
	const char *default_value; /* NULL: "", 0 or false */
	const char *list_default;  /* where `list` has another; otherwise NULL */
	const char *help;
	enum option_type type; /* what a value must look like */
	unsigned commands;     /* that take it: COMMAND_BIT() of each */
	unsigned hidden;       /* those of them whose help leaves it out */
	char letter;           /* short form, '\0': none */
	bool secret;           /* never shown, wiped from the argument vector */
	bool no_environment;   /* asks for something instead of setting something */
	bool unsupported;      /* known, and refused when given */
};

#define COMMAND_BIT(command) (1U << (command))

/* By enum option; in alphabetical order. */
extern const struct option_info option_table[OPTION_COUNT];

/* The default of `option` in `command`; NULL: none. Static storage. */
const char *option_default(enum option option, enum command command);

bool option_applies(enum option option, enum command command);

/* Finds by name or letter; -1 where there is none. `size` is the length of `name`. */
int option_find(const char *name, size_t size);
int option_find_letter(char letter);
int command_find(const char *name);

/* Room for the longest variable name. */
#define OPTION_VARIABLE_SIZE 64

/* The environment variable of `option`: "ECR_MIRROR_SYNC_SRC_CREDS". */
void option_variable(enum option option, char variable[OPTION_VARIABLE_SIZE]);

#endif
