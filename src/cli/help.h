/* The help texts, made from the option table. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/option_table.h"

#include <stdio.h>

/* Prints what `command` does, its flags with their defaults, and how it ends; COMMAND_NONE: the
 * list of commands. */
void help_print(FILE *out, enum command command);

#endif
