/* The variables that set options, which no test may take over from the machine or another test. */
#ifndef TESTS_CLI_ENVIRONMENT_H
#define TESTS_CLI_ENVIRONMENT_H

#include "cli/option_table.h"

/* Unsets them all; a setup or teardown of cmocka. */
static inline int clear_environment(void **state)
{
	(void)state;
	for (int i = 0; i < OPTION_COUNT; i++) {
		char variable[OPTION_VARIABLE_SIZE];
		option_variable((enum option)i, variable);
		unsetenv(variable);
	}
	return 0;
}

#endif
