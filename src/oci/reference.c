#include "oci/reference.h"

#include "oci/excerpt.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NAME_LIMIT            255 /* host and repository */
#define REPOSITORY_SIZE_LEAST 2
#define TAG_LIMIT             128

#define DIGITS       "0123456789"
#define LOWER        "abcdefghijklmnopqrstuvwxyz"
#define UPPER        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HEXADECIMALS DIGITS "abcdefABCDEF"

static const char docker_host[] = "docker.io";

void reference_release(struct reference *reference)
{
	free(reference->host);
	free(reference->repository);
	free(reference->tag);
	*reference = (struct reference){0};
}

void reference_copy(const struct reference *from, struct reference *ret_reference)
{
	*ret_reference = (struct reference){
		.host = string_copy(from->host),
		.repository = string_copy(from->repository),
		.tag = string_copy(from->tag),
		.digest = from->digest,
	};
}

char *reference_format(const struct reference *reference)
{
	bool tagged = reference->tag != NULL;
	return string_format("%s/%s%s%s%s%s", reference->host, reference->repository,
			     tagged ? ":" : "", tagged ? reference->tag : "",
			     digest_is_set(&reference->digest) ? "@" : "", reference->digest.text);
}

#define BYTE_TEXT_SIZE 16

/* A byte of a foreign text for a message: itself where it can be printed alone, else its code. */
static const char *describe_byte(char byte, char *text)
{
	bool printable = byte > ' ' && byte < 0x7f;
	if (byte == ' ')
		snprintf(text, BYTE_TEXT_SIZE, "spaces");
	else
		snprintf(text, BYTE_TEXT_SIZE, printable ? "\"%c\"" : "byte 0x%02x",
			 (unsigned char)byte);
	return text;
}

/* Size of one separator of a repository's component: ".", "_", "__" or any number of "-". */
static size_t separator_size(const char *text, size_t size)
{
	size_t run = 0;
	while (run < size && text[run] == text[0])
		run++;
	if (text[0] == '-')
		return run;
	if (text[0] == '_' && run >= 2)
		return 2;
	return 1;
}

static bool is_lower_or_digit(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

static int check_component_order(const char *text, size_t size, struct error *err)
{
	if (!is_lower_or_digit(text[0]) || !is_lower_or_digit(text[size - 1]))
		return error_set(
			err, ERROR_INVALID,
			"in the repository, \"%s\" must start and end with a letter or digit",
			excerpt_size(text, size));
	for (size_t i = 0; i < size; i++) {
		if (is_lower_or_digit(text[i]))
			continue;
		i += separator_size(text + i, size - i);
		if (!is_lower_or_digit(text[i]))
			return error_set(
				err, ERROR_INVALID,
				"in the repository, \"%s\" has more than one separator between "
				"letters or digits (allowed: \".\", \"_\", \"__\" or any number of "
				"\"-\")",
				excerpt_size(text, size));
	}
	return 0;
}

/* One part between slashes. */
static int check_component(const char *text, size_t size, struct error *err)
{
	if (size == 0)
		return error_set(err, ERROR_INVALID,
				 "the repository has an empty part (a \"/\" too many)");
	for (size_t i = 0; i < size; i++) {
		if (is_lower_or_digit(text[i]) || strchr("._-", text[i]) != NULL)
			continue;
		if (text[i] >= 'A' && text[i] <= 'Z')
			return error_set(err, ERROR_INVALID,
					 "the repository must be lower case, \"%s\" is not",
					 excerpt_size(text, size));
		return error_set(err, ERROR_INVALID,
				 "the repository may not hold %s (only a-z, 0-9, \".\", \"_\", "
				 "\"-\" and \"/\")",
				 describe_byte(text[i], (char[BYTE_TEXT_SIZE]){0}));
	}
	return check_component_order(text, size, err);
}

static int check_components(const char *repository, struct error *err)
{
	for (const char *start = repository;;) {
		size_t size = strcspn(start, "/");
		if (check_component(start, size, err) < 0)
			return -1;
		if (start[size] == '\0')
			return 0;
		start += size + 1;
	}
}

static int check_repository(const char *repository, struct error *err)
{
	size_t size = strlen(repository);
	if (size < REPOSITORY_SIZE_LEAST)
		return error_set(err, ERROR_INVALID,
				 size == 0 ? "it is empty" : "it has fewer than 2 characters");
	if (size > NAME_LIMIT)
		return error_set(err, ERROR_INVALID, "it has %zu characters, %d is the most", size,
				 NAME_LIMIT);
	return check_components(repository, err);
}

int reference_check_repository(const char *repository, struct error *err)
{
	if (check_repository(repository, err) < 0)
		return error_prefix(err, "invalid repository \"%s\"", excerpt(repository));
	return 0;
}

static int check_tag(const char *tag, struct error *err)
{
	size_t size = strlen(tag);
	if (size == 0)
		return error_set(err, ERROR_INVALID, "the tag is empty");
	if (size > TAG_LIMIT)
		return error_set(err, ERROR_INVALID, "the tag has %zu characters, %d is the most",
				 size, TAG_LIMIT);
	size_t valid = strspn(tag, DIGITS LOWER UPPER "_.-");
	if (valid < size)
		return error_set(
			err, ERROR_INVALID,
			"the tag may not hold %s (only letters, digits, \"_\", \".\" and \"-\")",
			describe_byte(tag[valid], (char[BYTE_TEXT_SIZE]){0}));
	if (tag[0] == '.' || tag[0] == '-')
		return error_set(err, ERROR_INVALID, "the tag may not start with \"%c\"", tag[0]);
	return 0;
}

int reference_check_tag(const char *tag, struct error *err)
{
	if (check_tag(tag, err) < 0)
		return error_prefix(err, "invalid tag \"%s\"", excerpt(tag));
	return 0;
}

static int check_port(const char *port, struct error *err)
{
	size_t size = strlen(port);
	bool number = size > 0 && size <= 5 && strspn(port, DIGITS) == size;
	long value = number ? strtol(port, NULL, 10) : 0;
	if (value < 1 || value > 65535)
		return error_set(err, ERROR_INVALID,
				 "the port \"%s\" is not a number from 1 to 65535", excerpt(port));
	return 0;
}

static bool is_label(const char *text, size_t size)
{
	return size > 0 && strspn(text, DIGITS LOWER UPPER "-") >= size && text[0] != '-' &&
	       text[size - 1] != '-';
}

/* Are the first `size` bytes, all before a port, labels separated by "."? */
static bool is_host_name(const char *host, size_t size)
{
	for (size_t start = 0;; start++) {
		size_t label = strcspn(host + start, ".:");
		if (!is_label(host + start, label))
			return false;
		start += label;
		if (start >= size)
			return true;
	}
}

/* "name", "name:port", "[IPv6]" or "[IPv6]:port". */
static int check_host(const char *host, struct error *err)
{
	size_t size = strcspn(host, ":");
	if (host[0] == '[') {
		size = 1 + strspn(host + 1, HEXADECIMALS ":.");
		if (size < 3 || host[size] != ']' || memchr(host, ':', size) == NULL)
			return error_set(err, ERROR_INVALID,
					 "\"%s\" is not an IPv6 address in brackets",
					 excerpt(host));
		size++;
	} else if (!is_host_name(host, size)) {
		return error_set(err, ERROR_INVALID, "\"%s\" is not the name of a host",
				 excerpt(host));
	}
	if (host[size] == '\0')
		return 0;
	if (host[size] != ':')
		return error_set(err, ERROR_INVALID, "only a port may follow the address in \"%s\"",
				 excerpt(host));
	return check_port(host + size + 1, err);
}

bool reference_names_host(const char *text)
{
	size_t size = strcspn(text, "/");
	if (text[size] == '\0')
		return false;
	return memchr(text, '.', size) != NULL || memchr(text, ':', size) != NULL ||
	       text[0] == '[' ||
	       (size == strlen("localhost") && strncasecmp(text, "localhost", size) == 0);
}

static bool is_docker_host(const char *host)
{
	return strcmp(host, docker_host) == 0 || strcmp(host, "index.docker.io") == 0 ||
	       strcmp(host, "registry-1.docker.io") == 0;
}

/* Splits "host/repository" or "repository", and applies Docker's habits. */
static void split_name(const char *name, struct reference *reference)
{
	const char *rest = name;
	if (reference_names_host(name)) {
		size_t size = strcspn(name, "/");
		autofree char *first = string_copy_size(name, size);
		for (char *character = first; *character != '\0'; character++)
			if (*character >= 'A' && *character <= 'Z')
				*character += 'a' - 'A';
		rest = name + size + 1;
		reference->host =
			is_docker_host(first) ? string_copy(docker_host) : take_pointer(first);
	} else {
		reference->host = string_copy(docker_host);
	}
	bool official = strcmp(reference->host, docker_host) == 0 && rest[0] != '\0' &&
			strchr(rest, '/') == NULL;
	reference->repository = string_format("%s%s", official ? "library/" : "", rest);
}

static int check_name(const struct reference *reference, struct error *err)
{
	if (check_host(reference->host, err) < 0)
		return -1;
	if (reference->repository[0] == '\0')
		return error_set(err, ERROR_INVALID, "it names only a host, no repository");
	size_t size = strlen(reference->host) + 1 + strlen(reference->repository);
	if (size > NAME_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "host and repository have %zu characters, %d is the most", size,
				 NAME_LIMIT);
	return check_components(reference->repository, err);
}

/* What people write that can be no reference at all, told in their terms. */
static int check_whole(const char *text, struct error *err)
{
	if (text[0] == '\0')
		return error_set(err, ERROR_INVALID, "it is empty");
	const char *scheme_end = strstr(text, "://");
	if (scheme_end != NULL) {
		size_t size = (size_t)(scheme_end - text) + 3;
		return error_set(err, ERROR_INVALID, "it starts with \"%s\"; leave that out",
				 excerpt_size(text, size));
	}
	size_t space = strcspn(text, " \t\r\n");
	if (text[space] != '\0')
		return error_set(err, ERROR_INVALID, "it contains a space or a line break");
	if (strlen(text) == 64 && strspn(text, DIGITS "abcdef") == 64)
		return error_set(err, ERROR_INVALID,
				 "64 hexadecimal digits are an image's ID, not a name");
	return 0;
}

static int parse(const char *text, struct reference *reference, struct error *err)
{
	if (check_whole(text, err) < 0)
		return -1;
	size_t name_size = strcspn(text, "@");
	if (text[name_size] == '@' &&
	    digest_parse(text + name_size + 1, &reference->digest, err) < 0)
		return -1;
	autofree char *name = string_copy_size(text, name_size);
	char *colon = strrchr(name, ':');
	if (colon != NULL && strchr(colon, '/') == NULL) {
		reference->tag = string_copy(colon + 1);
		*colon = '\0';
	}
	if (name[0] == '\0')
		return error_set(err, ERROR_INVALID, "it names no repository");
	split_name(name, reference);
	if (check_name(reference, err) < 0)
		return -1;
	return reference->tag == NULL ? 0 : check_tag(reference->tag, err);
}

int reference_parse(const char *text, struct reference *ret_reference, struct error *err)
{
	cleanup(reference_release) struct reference reference = {0};
	if (parse(text, &reference, err) < 0)
		return error_prefix(err, "invalid reference \"%s\"", excerpt(text));
	*ret_reference = reference;
	reference = (struct reference){0};
	return 0;
}
