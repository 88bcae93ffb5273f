/* An environment of a test's own: no AWS variables but those it sets, files in a folder of its own.
 */
#ifndef TESTS_AWS_SETTINGS_H
#define TESTS_AWS_SETTINGS_H

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct settings {
	char folder[64];
	char config[96];
	char credentials[96];
};

static inline void settings_clear_environment(void)
{
	size_t i = 0;
	while (environ[i] != NULL) {
		if (strncmp(environ[i], "AWS_", 4) != 0) {
			i++;
			continue;
		}
		autofree char *name = string_copy_size(environ[i], strcspn(environ[i], "="));
		unsetenv(name);
	}
}

static inline void settings_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static inline int settings_setup(void **state)
{
	struct settings *settings = memory_allocate(sizeof(*settings));
	snprintf(settings->folder, sizeof(settings->folder), "/tmp/test-aws-XXXXXX");
	if (mkdtemp(settings->folder) == NULL)
		return -1;
	snprintf(settings->config, sizeof(settings->config), "%s/config", settings->folder);
	snprintf(settings->credentials, sizeof(settings->credentials), "%s/credentials",
		 settings->folder);
	settings_clear_environment();
	setenv("AWS_CONFIG_FILE", settings->config, 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", settings->credentials, 1);
	*state = settings;
	return 0;
}

static inline int settings_teardown(void **state)
{
	struct settings *settings = *state;
	unlink(settings->config);
	unlink(settings->credentials);
	rmdir(settings->folder);
	free(settings);
	return 0;
}

#define settings_test(function)                                                                    \
	cmocka_unit_test_setup_teardown(function, settings_setup, settings_teardown)

#endif
