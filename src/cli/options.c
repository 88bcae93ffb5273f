#include "cli/options.h"

#include "cli/suggest.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct arguments {
	char **items;
	int count;
	int next;
	int words[2]; /* positions of the first two that are no options; 0: none */
	int word_count;
};

void options_release(struct options *options)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		string_wipe_free(&options->values[i].text);
	*options = (struct options){0};
}

/* As Go's strconv.ParseBool: 1, 0, or -1 for what is neither. */
static int parse_boolean(const char *text)
{
	static const char *const words[] = {"0",     "1",    "f",     "t",    "F",     "T",
					    "FALSE", "TRUE", "false", "true", "False", "True"};
	for (size_t i = 0; i < array_count(words); i++) {
		if (strcmp(text, words[i]) == 0)
			return (int)(i % 2);
	}
	return -1;
}

/* 0 to INT_MAX, or -1. */
static int parse_integer(const char *text)
{
	char *end;
	errno = 0;
	long number = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > INT_MAX)
		return -1;
	return (int)number;
}

static const char *expected_form(enum option option, const char *text)
{
	enum option_type type = option_table[option].type;
	if (type == OPTION_BOOLEAN && parse_boolean(text) < 0)
		return "it is either true or false";
	if (type == OPTION_INTEGER && parse_integer(text) < 0)
		return "it is a whole number, 0 or more";
	return NULL;
}

/* Takes `text`, which it wipes in place where it is a secret of the argument vector. */
static int set_value(struct options *options, enum option option, char *text,
		     enum option_origin origin, struct error *err)
{
	struct option_value *value = &options->values[option];
	string_wipe_free(&value->text);
	*value = (struct option_value){.text = string_copy(text), .origin = origin};
	if (origin == ORIGIN_ARGUMENT && option_table[option].secret)
		memory_wipe(text, strlen(text));

	const char *expected = expected_form(option, value->text);
	if (expected == NULL)
		return 0;
	char label[OPTION_LABEL_SIZE];
	options_label(options, option, label);
	return error_set(err, ERROR_USAGE, "invalid value \"%.100s\" for %s: %s", value->text,
			 label, expected);
}

static enum command command_so_far(const struct arguments *arguments)
{
	int found = -1;
	if (arguments->word_count > 0)
		found = command_find(arguments->items[arguments->words[0]]);
	return found < 0 ? COMMAND_NONE : (enum command)found;
}

static int refuse_unknown(const struct arguments *arguments, const char *name, size_t size,
			  struct error *err)
{
	enum command command = command_so_far(arguments);
	const char *candidates[OPTION_COUNT];
	size_t count = 0;
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (command == COMMAND_NONE || option_applies((enum option)i, command))
			candidates[count++] = option_table[i].name;
	}
	error_set(err, ERROR_USAGE, "unknown flag: --%.*s", (int)(size < 100 ? size : 100), name);
	const char *nearest = suggest_nearest(name, size, candidates, count);
	if (nearest != NULL)
		error_hint(err, "did you mean --%s?", nearest);
	return -1;
}

/* A value that is itself an option means that the value was forgotten. */
static bool is_option(const char *argument)
{
	if (strncmp(argument, "--", 2) != 0)
		return false;
	const char *name = argument + 2;
	return option_find(name, strcspn(name, "=")) >= 0;
}

static int take_next_as_value(struct arguments *arguments, struct options *options,
			      enum option option, struct error *err)
{
	const struct option_info *info = &option_table[option];
	if (arguments->next >= arguments->count)
		return error_set(err, ERROR_USAGE, "flag --%s needs a value: --%s %s", info->name,
				 info->name, info->placeholder);
	char *value = arguments->items[arguments->next++];
	if (is_option(value)) {
		error_set(err, ERROR_USAGE, "flag --%s needs a value, but \"%.*s\" follows",
			  info->name, (int)strcspn(value, "="), value);
		return error_hint(err, "a value that begins with \"--\" is written --%s=VALUE",
				  info->name);
	}
	return set_value(options, option, value, ORIGIN_ARGUMENT, err);
}

static int read_long(struct arguments *arguments, struct options *options, char *argument,
		     struct error *err)
{
	const char *name = argument + 2;
	size_t size = strcspn(name, "=");
	int option = option_find(name, size);
	if (option < 0)
		return refuse_unknown(arguments, name, size, err);
	if (name[size] == '=')
		return set_value(options, (enum option)option, argument + 2 + size + 1,
				 ORIGIN_ARGUMENT, err);
	if (option_table[option].type != OPTION_BOOLEAN)
		return take_next_as_value(arguments, options, (enum option)option, err);
	char yes[] = "true";
	return set_value(options, (enum option)option, yes, ORIGIN_ARGUMENT, err);
}

static int read_short(struct arguments *arguments, struct options *options, char *argument,
		      struct error *err)
{
	size_t size = strcspn(argument + 1, "=");
	if (option_find(argument + 1, size) >= 0) {
		error_set(err, ERROR_USAGE, "unknown flag: -%.*s", (int)size, argument + 1);
		return error_hint(err, "did you mean --%.*s?", (int)size, argument + 1);
	}
	int option = option_find_letter(argument[1]);
	if (option < 0)
		return error_set(err, ERROR_USAGE, "unknown flag: -%c", argument[1]);
	char *value = argument + 2;
	if (*value == '=')
		return set_value(options, (enum option)option, value + 1, ORIGIN_ARGUMENT, err);
	if (option_table[option].type != OPTION_BOOLEAN) {
		if (*value == '\0')
			return take_next_as_value(arguments, options, (enum option)option, err);
		return set_value(options, (enum option)option, value, ORIGIN_ARGUMENT, err);
	}
	if (*value != '\0')
		return error_set(err, ERROR_USAGE, "unknown flag: -%.100s", argument + 1);
	char yes[] = "true";
	return set_value(options, (enum option)option, yes, ORIGIN_ARGUMENT, err);
}

static int refuse_word(const struct arguments *arguments, int position, struct error *err)
{
	const char *word = arguments->items[position];
	const char *previous = arguments->items[position - 1];
	error_set(err, ERROR_USAGE, "unexpected argument \"%.100s\"", word);
	if (parse_boolean(word) >= 0 && is_option(previous))
		error_hint(err, "write %.100s=%s", previous, word);
	return -1;
}

static int read_word(struct arguments *arguments, int position, struct error *err)
{
	int most = command_so_far(arguments) == COMMAND_HELP ? 2 : 1;
	/* An unknown command is reported as such, whatever follows it. */
	if (arguments->word_count == 1 && command_so_far(arguments) == COMMAND_NONE)
		return 0;
	if (arguments->word_count >= most)
		return refuse_word(arguments, position, err);
	arguments->words[arguments->word_count++] = position;
	return 0;
}

static int read_arguments(struct arguments *arguments, struct options *options, struct error *err)
{
	bool options_ended = false;
	while (arguments->next < arguments->count) {
		int position = arguments->next++;
		char *argument = arguments->items[position];
		int result;
		if (options_ended || argument[0] != '-' || argument[1] == '\0') {
			result = read_word(arguments, position, err);
		} else if (strcmp(argument, "--") == 0) {
			options_ended = true;
			result = 0;
		} else if (argument[1] == '-') {
			result = read_long(arguments, options, argument, err);
		} else {
			result = read_short(arguments, options, argument, err);
		}
		if (result < 0)
			return -1;
	}
	return 0;
}

static int find_command(const char *word, enum command *ret_command, struct error *err)
{
	int found = command_find(word);
	if (found >= 0) {
		*ret_command = (enum command)found;
		return 0;
	}
	const char *names[COMMAND_COUNT];
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
		names[i - 1] = command_table[i].name;
	error_set(err, ERROR_USAGE, "unknown command \"%.100s\"", word);
	const char *nearest = suggest_nearest(word, strlen(word), names, COMMAND_COUNT - 1);
	if (nearest != NULL)
		error_hint(err, "did you mean \"%s\"?", nearest);
	return -1;
}

static int choose_command(const struct arguments *arguments, struct options *options,
			  struct error *err)
{
	if (arguments->word_count > 0 &&
	    find_command(arguments->items[arguments->words[0]], &options->command, err) < 0)
		return -1;
	if (options_boolean(options, OPTION_HELP)) {
		options->help_topic = options->command;
		options->command = COMMAND_HELP;
	}
	if (arguments->word_count > 1 &&
	    find_command(arguments->items[arguments->words[1]], &options->help_topic, err) < 0)
		return -1;
	if (options->command != COMMAND_HELP && options_boolean(options, OPTION_VERSION))
		options->command = COMMAND_VERSION;
	return 0;
}

static int refuse_foreign(enum option option, enum command command, struct error *err)
{
	const char *name = option_table[option].name;
	if (command == COMMAND_NONE)
		return error_set(err, ERROR_USAGE, "--%s needs a command: copy, list or sync",
				 name);
	error_set(err, ERROR_USAGE, "\"%s\" has no flag --%s", command_table[command].name, name);
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
		if (option_applies(option, (enum command)i))
			return error_hint(err, "it is a flag of \"%s\"", command_table[i].name);
	}
	return -1;
}

static int check_applicable(const struct options *options, struct error *err)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (options->values[i].origin == ORIGIN_ARGUMENT &&
		    !option_applies((enum option)i, options->command))
			return refuse_foreign((enum option)i, options->command, err);
	}
	return 0;
}

static int read_environment(struct options *options, struct error *err)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		enum option option = (enum option)i;
		if (options_given(options, option) || option_table[i].no_environment ||
		    !option_applies(option, options->command))
			continue;
		char variable[OPTION_VARIABLE_SIZE];
		option_variable(option, variable);
		char *text = getenv(variable);
		if (text == NULL || *text == '\0')
			continue;
		if (set_value(options, option, text, ORIGIN_ENVIRONMENT, err) < 0)
			return -1;
	}
	return 0;
}

static int check_supported(const struct options *options, struct error *err)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (!option_table[i].unsupported || !options_given(options, (enum option)i))
			continue;
		char label[OPTION_LABEL_SIZE];
		options_label(options, (enum option)i, label);
		error_set(err, ERROR_USAGE, "%s is not supported yet", label);
		return error_hint(err, "leave it out");
	}
	return 0;
}

static void fill_defaults(struct options *options)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (!options_given(options, (enum option)i))
			options_reset(options, (enum option)i);
	}
}

int options_parse(int argc, char **argv, struct options *ret_options, enum command *ret_command,
		  struct error *err)
{
	cleanup(options_release) struct options options = {0};
	struct arguments arguments = {.items = argv, .count = argc, .next = 1};
	*ret_command = COMMAND_NONE;
	int result = read_arguments(&arguments, &options, err);
	*ret_command = command_so_far(&arguments);
	if (result < 0 || choose_command(&arguments, &options, err) < 0)
		return -1;
	if (options.command != COMMAND_HELP && options.command != COMMAND_VERSION &&
	    (check_applicable(&options, err) < 0 || read_environment(&options, err) < 0 ||
	     check_supported(&options, err) < 0))
		return -1;
	fill_defaults(&options);

	*ret_options = options;
	options = (struct options){0};
	return 0;
}

const char *options_string(const struct options *options, enum option option)
{
	const char *text = options->values[option].text;
	return text == NULL || *text == '\0' ? NULL : text;
}

bool options_boolean(const struct options *options, enum option option)
{
	const char *text = options->values[option].text;
	return text != NULL && parse_boolean(text) == 1;
}

unsigned options_integer(const struct options *options, enum option option)
{
	const char *text = options->values[option].text;
	return text == NULL ? 0 : (unsigned)parse_integer(text);
}

bool options_given(const struct options *options, enum option option)
{
	return options->values[option].origin != ORIGIN_DEFAULT;
}

void options_reset(struct options *options, enum option option)
{
	struct option_value *value = &options->values[option];
	string_wipe_free(&value->text);
	*value = (struct option_value){
		.text = string_copy(option_default(option, options->command)),
		.origin = ORIGIN_DEFAULT,
	};
}

void options_label(const struct options *options, enum option option, char label[OPTION_LABEL_SIZE])
{
	if (options->values[option].origin == ORIGIN_ENVIRONMENT)
		option_variable(option, label);
	else
		snprintf(label, OPTION_LABEL_SIZE, "--%s", option_table[option].name);
}
