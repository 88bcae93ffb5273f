/* The shared files' grammar: any bytes. What comes out must be found again by its own names. */
#include "aws/ini.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(ini_release) struct ini ini = {0};
	struct error err;
	if (ini_parse((const char *)data, size, "file", &ini, &err) < 0)
		return 0;
	for (size_t i = 0; i < ini.count && i < 100; i++) {
		const struct ini_property *property = &ini.properties[i];
		const char *section = ini.sections.items[property->section];
		const char *value = ini_get(&ini, section, property->parent, property->key);
		if (!ini_has_section(&ini, section) || value == NULL ||
		    strlen(value) > INI_SIZE_LIMIT || property->key[0] == '\0')
			abort();
	}
	return 0;
}
