#include "aws/ini.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Most characters of a value that goes on over several lines. */
#define CONTINUED_VALUE_LIMIT 16384

/* A piece of the text, not NUL-terminated. */
struct span {
	const char *start;
	size_t size;
};

struct parser {
	struct ini ini;
	const char *name;
	size_t line;        /* number of the current line, from 1 */
	bool open;          /* may the last property go on in an indented line? */
	size_t indentation; /* of the last property's line */
	size_t owner;       /* the last property that is not nested */
};

static void parser_release(struct parser *parser)
{
	ini_release(&parser->ini);
}

void ini_release(struct ini *ini)
{
	for (size_t i = 0; i < ini->count; i++) {
		free(ini->properties[i].parent);
		free(ini->properties[i].key);
		string_wipe_free(&ini->properties[i].value);
	}
	free(ini->properties);
	string_list_release(&ini->sections);
	*ini = (struct ini){0};
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r';
}

static struct span trim(struct span text)
{
	while (text.size > 0 && is_blank(text.start[0])) {
		text.start++;
		text.size--;
	}
	while (text.size > 0 && is_blank(text.start[text.size - 1]))
		text.size--;
	return text;
}

static bool starts_comment(struct span text)
{
	return text.size > 0 && (text.start[0] == '#' || text.start[0] == ';');
}

/* The text up to a comment sign with a blank before it. */
static struct span cut_comment(struct span text)
{
	for (size_t i = 1; i < text.size; i++) {
		if (is_blank(text.start[i - 1]) && (text.start[i] == '#' || text.start[i] == ';')) {
			text.size = i;
			break;
		}
	}
	return trim(text);
}

static int complain(const struct parser *parser, const char *problem, struct error *err)
{
	return error_set(err, ERROR_CONFIGURATION, "%s:%zu: %s", parser->name, parser->line,
			 problem);
}

static struct span unquote(struct span text)
{
	if (text.size >= 2 && (text.start[0] == '"' || text.start[0] == '\'') &&
	    text.start[text.size - 1] == text.start[0])
		return (struct span){text.start + 1, text.size - 2};
	return text;
}

/* `profile  "two words"` as `profile two words`. */
static char *normalise_section(struct span text)
{
	size_t word = 0;
	while (word < text.size && !is_blank(text.start[word]))
		word++;
	if (word == text.size)
		return string_copy_size(text.start, text.size);
	struct span rest = unquote(trim((struct span){text.start + word, text.size - word}));
	return string_format("%.*s %.*s", (int)word, text.start, (int)rest.size, rest.start);
}

static int parse_section(struct parser *parser, struct span line, struct error *err)
{
	const char *end = memchr(line.start, ']', line.size);
	if (end == NULL)
		return complain(parser, "the section's name has no closing \"]\"", err);
	size_t used = (size_t)(end + 1 - line.start);
	struct span after = trim((struct span){line.start + used, line.size - used});
	if (after.size > 0 && !starts_comment(after))
		return complain(parser, "unexpected text after the section's name", err);
	struct span name = trim((struct span){line.start + 1, used - 2});
	if (name.size == 0)
		return complain(parser, "the section has no name", err);
	string_list_add_owned(&parser->ini.sections, normalise_section(name));
	parser->open = false;
	return 0;
}

static struct ini_property *add_property(struct ini *ini)
{
	if (ini->count == ini->capacity) {
		ini->capacity = ini->capacity == 0 ? 16 : ini->capacity * 2;
		ini->properties =
			memory_resize(ini->properties, ini->capacity, sizeof(*ini->properties));
	}
	struct ini_property *property = &ini->properties[ini->count++];
	*property = (struct ini_property){.section = ini->sections.count - 1};
	return property;
}

static char *lower_case(struct span text)
{
	char *copy = string_copy_size(text.start, text.size);
	for (char *character = copy; *character != '\0'; character++)
		*character = (char)tolower((unsigned char)*character);
	return copy;
}

/* "key = value" becomes a new property, below `parent` unless that is NULL. */
static int parse_property(struct parser *parser, struct span line, const char *parent,
			  struct error *err)
{
	const char *sign = memchr(line.start, '=', line.size);
	if (sign == NULL)
		return complain(parser, "expected \"key = value\"", err);
	struct span key = trim((struct span){line.start, (size_t)(sign - line.start)});
	if (key.size == 0)
		return complain(parser, "no key before \"=\"", err);
	struct span value = {sign + 1, line.size - (size_t)(sign + 1 - line.start)};

	struct ini_property *property = add_property(&parser->ini);
	property->parent = string_copy(parent);
	property->key = lower_case(key);
	bool is_command = strcmp(property->key, "credential_process") == 0;
	value = is_command ? trim(value) : cut_comment(value);
	property->value = string_copy_size(value.start, value.size);
	return 0;
}

/* A line that is indented deeper than the last property. */
static int parse_indented(struct parser *parser, struct span line, struct error *err)
{
	struct ini_property *owner = &parser->ini.properties[parser->owner];
	if (owner->value[0] == '\0') {
		autofree char *parent = string_copy(owner->key);
		return parse_property(parser, line, parent, err);
	}
	if (strlen(owner->value) + line.size > CONTINUED_VALUE_LIMIT)
		return complain(parser, "the value of several lines is too long", err);
	char *longer = string_format("%s\n%.*s", owner->value, (int)line.size, line.start);
	string_wipe_free(&owner->value);
	owner->value = longer;
	return 0;
}

static int parse_line(struct parser *parser, struct span raw, struct error *err)
{
	struct span line = trim(raw);
	if (line.size == 0 || starts_comment(line))
		return 0;
	if (memchr(line.start, '\0', line.size) != NULL)
		return complain(parser, "contains a NUL byte", err);
	if (line.start[0] == '[')
		return parse_section(parser, line, err);
	if (parser->ini.sections.count == 0)
		return complain(parser, "expected a section such as \"[default]\" first", err);

	size_t indentation = (size_t)(line.start - raw.start);
	if (parser->open && indentation > parser->indentation)
		return parse_indented(parser, line, err);
	if (parse_property(parser, line, NULL, err) < 0)
		return -1;
	parser->open = true;
	parser->indentation = indentation;
	parser->owner = parser->ini.count - 1;
	return 0;
}

int ini_parse(const char *data, size_t size, const char *name, struct ini *ret_ini,
	      struct error *err)
{
	if (size > INI_SIZE_LIMIT)
		return error_set(err, ERROR_CONFIGURATION, "%s: larger than %zu bytes", name,
				 INI_SIZE_LIMIT);
	cleanup(parser_release) struct parser parser = {.name = name};
	size_t position = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (position < size) {
		const char *start = data + position;
		const char *end = memchr(start, '\n', size - position);
		size_t length = end == NULL ? size - position : (size_t)(end - start);
		parser.line++;
		if (parse_line(&parser, (struct span){start, length}, err) < 0)
			return -1;
		position += length + 1;
	}
	*ret_ini = parser.ini;
	parser.ini = (struct ini){0};
	return 0;
}

static void file_release(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

int ini_read(const char *path, struct ini *ret_ini, struct error *err)
{
	cleanup(file_release) FILE *file = fopen(path, "re");
	if (file == NULL && (errno == ENOENT || errno == ENOTDIR)) {
		*ret_ini = (struct ini){0};
		return 0;
	}
	if (file == NULL)
		return error_set(err, ERROR_CONFIGURATION, "%s: %s", path, strerror(errno));

	setvbuf(file, NULL, _IONBF, 0); /* no copy of the secrets in stdio's buffer */
	autofree char *data = memory_allocate(INI_SIZE_LIMIT + 1);
	size_t size = fread(data, 1, INI_SIZE_LIMIT + 1, file);
	int result = ferror(file)
			     ? error_set(err, ERROR_CONFIGURATION, "%s: %s", path, strerror(errno))
			     : ini_parse(data, size, path, ret_ini, err);
	memory_wipe(data, size);
	return result;
}

bool ini_has_section(const struct ini *ini, const char *section)
{
	return string_list_contains(&ini->sections, section);
}

const char *ini_get(const struct ini *ini, const char *section, const char *parent, const char *key)
{
	for (size_t i = ini->count; i-- > 0;) {
		const struct ini_property *property = &ini->properties[i];
		if (strcmp(property->key, key) != 0 ||
		    strcmp(ini->sections.items[property->section], section) != 0 ||
		    (parent == NULL) != (property->parent == NULL))
			continue;
		if (parent == NULL || strcmp(property->parent, parent) == 0)
			return property->value;
	}
	return NULL;
}
