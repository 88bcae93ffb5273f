#include "registry/challenge.h"

#include "oci/excerpt.h"

#include <string.h>
#include <strings.h>

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define BLANKS  " \t"

/* RFC 9110, 5.6.2 and 11.2. */
#define TOKEN_CHARACTERS   DIGITS LETTERS "!#$%&'*+-.^_`|~"
#define TOKEN68_CHARACTERS DIGITS LETTERS "-._~+/"

static void challenge_release(struct challenge *challenge)
{
	for (size_t i = 0; i < challenge->parameter_count; i++) {
		free(challenge->parameters[i].name);
		free(challenge->parameters[i].value);
	}
	free(challenge->parameters);
	free(challenge->token68);
	free(challenge->scheme);
	*challenge = (struct challenge){0};
}

void challenge_list_release(struct challenge_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		challenge_release(&list->items[i]);
	free(list->items);
	*list = CHALLENGE_LIST_INIT;
}

const char *challenge_parameter(const struct challenge *challenge, const char *name)
{
	for (size_t i = 0; i < challenge->parameter_count; i++) {
		if (strcasecmp(challenge->parameters[i].name, name) == 0)
			return challenge->parameters[i].value;
	}
	return NULL;
}

/* The token at *at in lower case, which is stepped over; NULL where there is none. */
static char *take_token(const char **at)
{
	size_t size = strspn(*at, TOKEN_CHARACTERS);
	if (size == 0)
		return NULL;
	char *token = string_copy_size(*at, size);
	for (char *character = token; *character != '\0'; character++) {
		if (*character >= 'A' && *character <= 'Z')
			*character += 'a' - 'A';
	}
	*at += size;
	return token;
}

static void skip_blanks(const char **at)
{
	*at += strspn(*at, BLANKS);
}

static bool is_control(char character)
{
	unsigned char byte = (unsigned char)character;
	return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

/* Reads the quoted string whose opening quote is at *at. */
static int take_quoted(const char **at, char **ret_text, struct error *err)
{
	autofree char *text = memory_allocate(strlen(*at));
	size_t size = 0;
	const char *from = *at + 1;
	for (; *from != '"'; from++) {
		if (*from == '\\')
			from++;
		if (*from == '\0')
			return error_set(err, ERROR_INVALID, "a quoted string does not end");
		if (is_control(*from))
			return error_set(err, ERROR_INVALID,
					 "a quoted string holds a control character");
		text[size++] = *from;
	}
	*at = from + 1;
	*ret_text = string_copy_size(text, size); /* without the slack */
	return 0;
}

static int take_value(const char **at, char **ret_text, struct error *err)
{
	if (**at == '"')
		return take_quoted(at, ret_text, err);
	size_t size = strspn(*at, TOKEN_CHARACTERS);
	if (size == 0)
		return error_set(err, ERROR_INVALID, "a parameter has no value");
	*ret_text = string_copy_size(*at, size);
	*at += size;
	return 0;
}

static int add_parameter(struct challenge *challenge, char **name, char **value, struct error *err)
{
	if (challenge_parameter(challenge, *name) != NULL)
		return error_set(err, ERROR_INVALID, "the parameter \"%s\" is given twice",
				 excerpt(*name));
	if (challenge->parameter_count == CHALLENGE_PARAMETER_LIMIT)
		return error_set(err, ERROR_TOO_LARGE, "more than %zu parameters in a challenge",
				 CHALLENGE_PARAMETER_LIMIT);
	challenge->parameters = memory_resize(challenge->parameters, challenge->parameter_count + 1,
					      sizeof(*challenge->parameters));
	challenge->parameters[challenge->parameter_count++] = (struct challenge_parameter){
		.name = take_pointer(*name), .value = take_pointer(*value)};
	return 0;
}

/* name=value, with blanks allowed around the "=". */
static int take_parameter(const char **at, struct challenge *challenge, struct error *err)
{
	autofree char *name = take_token(at);
	autofree char *value = NULL;
	skip_blanks(at);
	if (name == NULL || **at != '=')
		return error_set(err, ERROR_INVALID, "expected a parameter at \"%s\"",
				 excerpt(*at));
	++*at;
	skip_blanks(at);
	if (take_value(at, &value, err) < 0)
		return -1;
	return add_parameter(challenge, &name, &value, err);
}

static bool ends_element(const char *at)
{
	at += strspn(at, BLANKS);
	return *at == ',' || *at == '\0';
}

/* Size of the token68 that is all of the rest of this element; 0 where it is something else. */
static size_t token68_size(const char *at)
{
	size_t size = strspn(at, TOKEN68_CHARACTERS);
	if (size == 0)
		return 0;
	size += strspn(at + size, "=");
	return ends_element(at + size) ? size : 0;
}

/* A scheme, and after a blank nothing, a token68 or the first parameter. */
static int take_challenge(const char **at, struct challenge_list *list, struct error *err)
{
	list->items = memory_resize(list->items, list->count + 1, sizeof(*list->items));
	struct challenge *challenge = &list->items[list->count++];
	*challenge = (struct challenge){.scheme = take_token(at)};
	if (ends_element(*at))
		return 0;
	if (strspn(*at, BLANKS) == 0)
		return error_set(err, ERROR_INVALID, "expected a blank at \"%s\"", excerpt(*at));
	skip_blanks(at);
	size_t size = token68_size(*at);
	if (size == 0)
		return take_parameter(at, challenge, err);
	challenge->token68 = string_copy_size(*at, size);
	*at += size;
	return 0;
}

/* What stands between two commas: a challenge's beginning, or a parameter of the one before. */
static int take_element(const char **at, size_t room, struct challenge_list *list,
			struct error *err)
{
	size_t token = strspn(*at, TOKEN_CHARACTERS);
	if (token == 0)
		return error_set(err, ERROR_INVALID, "expected a scheme or parameter at \"%s\"",
				 excerpt(*at));
	const char *after = *at + token + strspn(*at + token, BLANKS);
	if (*after != '=') {
		if (list->count == room)
			return error_set(err, ERROR_TOO_LARGE, "more than %zu challenges",
					 CHALLENGE_COUNT_LIMIT);
		return take_challenge(at, list, err);
	}
	struct challenge *last = list->count > 0 ? &list->items[list->count - 1] : NULL;
	if (last == NULL || last->token68 != NULL)
		return error_set(err, ERROR_INVALID,
				 "the parameter at \"%s\" belongs to no challenge", excerpt(*at));
	return take_parameter(at, last, err);
}

static int parse(const char *value, size_t room, struct challenge_list *list, struct error *err)
{
	if (strnlen(value, CHALLENGE_VALUE_LIMIT + 1) > CHALLENGE_VALUE_LIMIT)
		return error_set(err, ERROR_TOO_LARGE, "it has more than %zu bytes",
				 CHALLENGE_VALUE_LIMIT);
	for (const char *at = value;;) {
		at += strspn(at, BLANKS ",");
		if (*at == '\0')
			return 0;
		if (take_element(&at, room, list, err) < 0)
			return -1;
		if (!ends_element(at))
			return error_set(err, ERROR_INVALID, "expected a comma at \"%s\"",
					 excerpt(at));
	}
}

/* Moves all challenges of *from to the end of *list. */
static void append(struct challenge_list *list, struct challenge_list *from)
{
	if (from->count == 0)
		return;
	list->items = memory_resize(list->items, list->count + from->count, sizeof(*list->items));
	memcpy(list->items + list->count, from->items, from->count * sizeof(*from->items));
	list->count += from->count;
	from->count = 0;
}

int challenge_list_parse(const char *value, struct challenge_list *list, struct error *err)
{
	cleanup(challenge_list_release) struct challenge_list found = CHALLENGE_LIST_INIT;
	if (parse(value, CHALLENGE_COUNT_LIMIT - list->count, &found, err) < 0)
		return error_prefix(err, "malformed WWW-Authenticate header \"%s\"",
				    excerpt(value));
	append(list, &found);
	return 0;
}
