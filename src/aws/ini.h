/*
 * The grammar of AWS's shared config and credentials files.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 *
 * Sections "[name]", lines "key = value", whole-line comments with "#" or ";", comments after a
 * value where a blank stands before the sign (not in credential_process, which is a command line).
 * Lines that are indented deeper than a key without a value are nested "sub = value" lines; under
 * a key with a value they continue it. CRLF and a UTF-8 byte order mark are accepted.
 * The files hold secrets: everything read is wiped on release. One thread at a time.
 */
#ifndef AWS_INI_H
#define AWS_INI_H

#include "base/error.h"
#include "base/string_list.h"

#include <stdbool.h>
#include <stddef.h>

#define INI_SIZE_LIMIT ((size_t)1024 * 1024)

struct ini_property {
	size_t section; /* index into sections */
	char *parent;   /* the key above a nested line; NULL for an ordinary one */
	char *key;      /* lower case */
	char *value;    /* without blanks around it; lines of a continued value joined by LF */
};

struct ini {
	/* One name for each header, in order; a section may occur twice. Blanks after the first
	 * word are made one, quotes around the rest are dropped: `profile two words`. */
	struct string_list sections;
	struct ini_property *properties; /* owned, in order */
	size_t count;
	size_t capacity;
};

void ini_release(struct ini *ini);

/* Parses `size` bytes. `name` is the file's, for messages: "<name>:<line>: …".
 * ERROR_CONFIGURATION: malformed, or larger than INI_SIZE_LIMIT. */
int ini_parse(const char *data, size_t size, const char *name, struct ini *ret_ini,
	      struct error *err);

/* Reads a file; one that is not there is an empty one. ERROR_CONFIGURATION as above, or where it
 * cannot be read. */
int ini_read(const char *path, struct ini *ret_ini, struct error *err);

bool ini_has_section(const struct ini *ini, const char *section);

/* The value of `key` (lower case) in `section`, under `parent` unless that is NULL; of several the
 * last. NULL where there is none. Borrowed. */
const char *ini_get(const struct ini *ini, const char *section, const char *parent,
		    const char *key);

#endif
