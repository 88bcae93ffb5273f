#include "cli/settings.h"

#include "base/log.h"
#include "oci/reference.h"

#include <errno.h>
#include <string.h>

/* More would only be a mistyped number: nothing is in flight that often, or worth trying so long.
 */
#define BATCH_LIMIT       100000
#define RETRY_TIMES_LIMIT 100

void settings_release(struct settings *settings)
{
	string_wipe_free(&settings->username);
	string_wipe_free(&settings->password);
	policy_free(settings->policy);
	*settings = (struct settings){0};
}

static bool is_in_force(const struct options *options, enum option option)
{
	if (!options_given(options, option))
		return false;
	return option_table[option].type != OPTION_BOOLEAN || options_boolean(options, option);
}

/* Two options that say contrary things. The command line beats the environment. */
static int exclude(struct options *options, enum option left, enum option right, struct error *err)
{
	if (!is_in_force(options, left) || !is_in_force(options, right))
		return 0;
	enum option_origin left_origin = options->values[left].origin;
	enum option_origin right_origin = options->values[right].origin;
	if (left_origin != right_origin) {
		options_reset(options, left_origin == ORIGIN_ENVIRONMENT ? left : right);
		return 0;
	}
	char left_label[OPTION_LABEL_SIZE];
	char right_label[OPTION_LABEL_SIZE];
	options_label(options, left, left_label);
	options_label(options, right, right_label);
	return error_set(err, ERROR_USAGE, "%s and %s cannot be used together", left_label,
			 right_label);
}

static int check_combinations(struct options *options, struct error *err)
{
	static const enum option pairs[][2] = {
		{OPTION_INSECURE_POLICY, OPTION_POLICY},
		{OPTION_SRC_NO_CREDS, OPTION_SRC_CREDS},
		{OPTION_SRC_NO_CREDS, OPTION_SRC_USERNAME},
		{OPTION_SRC_NO_CREDS, OPTION_SRC_PASSWORD},
		{OPTION_SRC_NO_CREDS, OPTION_SRC_REGISTRY_TOKEN},
		{OPTION_SRC_CREDS, OPTION_SRC_USERNAME},
		{OPTION_SRC_CREDS, OPTION_SRC_PASSWORD},
		{OPTION_SRC_CREDS, OPTION_SRC_REGISTRY_TOKEN},
		{OPTION_SRC_USERNAME, OPTION_SRC_REGISTRY_TOKEN},
		{OPTION_SRC_PASSWORD, OPTION_SRC_REGISTRY_TOKEN},
	};
	for (size_t i = 0; i < array_count(pairs); i++) {
		if (exclude(options, pairs[i][0], pairs[i][1], err) < 0)
			return -1;
	}
	return 0;
}

static int refuse_empty(const struct options *options, enum option option, struct error *err)
{
	if (!options_given(options, option) || options_string(options, option) != NULL)
		return 0;
	return error_set(err, ERROR_USAGE, "--%s must not be empty", option_table[option].name);
}

static int check_not_empty(const struct options *options, struct error *err)
{
	static const enum option list[] = {OPTION_IMAGE_KEY,
					   OPTION_TAG_KEY,
					   OPTION_REGION,
					   OPTION_POLICY,
					   OPTION_SRC_CREDS,
					   OPTION_SRC_USERNAME,
					   OPTION_SRC_REGISTRY_TOKEN};
	for (size_t i = 0; i < array_count(list); i++) {
		if (refuse_empty(options, list[i], err) < 0)
			return -1;
	}
	return 0;
}

static int read_format(const struct options *options, enum report_format *ret_format,
		       struct error *err)
{
	const char *name = options_string(options, OPTION_OUTPUT);
	enum report_format format;
	char label[OPTION_LABEL_SIZE];
	options_label(options, OPTION_OUTPUT, label);
	if (name == NULL || report_format_parse(name, &format) < 0)
		return error_set(err, ERROR_USAGE,
				 "invalid value \"%.100s\" for %s: it is text, table or json",
				 name != NULL ? name : "", label);
	bool tables = options_boolean(options, OPTION_RENDER_TABLE);
	enum option_origin tables_origin = options->values[OPTION_RENDER_TABLE].origin;
	enum option_origin origin = options->values[OPTION_OUTPUT].origin;
	if (!tables || format == REPORT_TABLE || origin > tables_origin) {
		*ret_format = format;
		return 0;
	}
	char tables_label[OPTION_LABEL_SIZE];
	options_label(options, OPTION_RENDER_TABLE, tables_label);
	if (origin == tables_origin)
		return error_set(err, ERROR_USAGE, "%s and %s %s cannot be used together",
				 tables_label, label, name);
	*ret_format = REPORT_TABLE;
	return 0;
}

static int read_batch(const struct options *options, size_t *ret_batch, struct error *err)
{
	const char *text = options_string(options, OPTION_BATCH);
	bool all = text == NULL ? !options_given(options, OPTION_BATCH) : strcmp(text, "all") == 0;
	if (all) {
		*ret_batch = 0;
		return 0;
	}
	char *end = NULL;
	unsigned long number = 0;
	if (text != NULL && text[0] >= '0' && text[0] <= '9') {
		errno = 0;
		number = strtoul(text, &end, 10);
	}
	if (end == NULL || *end != '\0' || errno != 0 || number == 0 || number > BATCH_LIMIT) {
		char label[OPTION_LABEL_SIZE];
		options_label(options, OPTION_BATCH, label);
		return error_set(err, ERROR_USAGE,
				 "invalid value \"%.100s\" for %s: it is a number from 1 to %d, "
				 "or \"all\"",
				 text != NULL ? text : "", label, BATCH_LIMIT);
	}
	*ret_batch = number;
	return 0;
}

static int read_retry_times(const struct options *options, unsigned *ret_times, struct error *err)
{
	unsigned times = options_integer(options, OPTION_RETRY_TIMES);
	if (times > RETRY_TIMES_LIMIT) {
		char label[OPTION_LABEL_SIZE];
		options_label(options, OPTION_RETRY_TIMES, label);
		return error_set(err, ERROR_USAGE,
				 "invalid value \"%u\" for %s: it is a number from 0 to %d", times,
				 label, RETRY_TIMES_LIMIT);
	}
	*ret_times = times;
	return 0;
}

/* USERNAME[:PASSWORD], split at the first colon. */
static int split_credentials(const struct options *options, const char *text,
			     struct settings *settings, struct error *err)
{
	size_t size = strcspn(text, ":");
	if (size == 0) {
		char label[OPTION_LABEL_SIZE];
		options_label(options, OPTION_SRC_CREDS, label);
		return error_set(err, ERROR_USAGE, "the username in %s must not be empty", label);
	}
	settings->username = string_copy_size(text, size);
	settings->password = string_copy(text[size] == ':' ? text + size + 1 : "");
	settings->run.credentials.username = settings->username;
	settings->run.credentials.password = settings->password;
	return 0;
}

static int read_credentials(const struct options *options, struct settings *settings,
			    struct error *err)
{
	const char *credentials = options_string(options, OPTION_SRC_CREDS);
	if (credentials != NULL)
		return split_credentials(options, credentials, settings, err);
	bool username = options_given(options, OPTION_SRC_USERNAME);
	bool password = options_given(options, OPTION_SRC_PASSWORD);
	if (username != password) {
		char label[OPTION_LABEL_SIZE];
		options_label(options, username ? OPTION_SRC_USERNAME : OPTION_SRC_PASSWORD, label);
		error_set(err, ERROR_USAGE, "%s needs %s as well", label,
			  username ? "--src-password" : "--src-username");
		if (username)
			error_hint(err, "the variable ECR_MIRROR_SYNC_SRC_PASSWORD keeps it out of "
					"the command line");
		return -1;
	}
	if (username) {
		const char *text = options_string(options, OPTION_SRC_PASSWORD);
		settings->run.credentials.username = options_string(options, OPTION_SRC_USERNAME);
		settings->run.credentials.password = text != NULL ? text : "";
	}
	settings->run.credentials.token = options_string(options, OPTION_SRC_REGISTRY_TOKEN);
	return 0;
}

/* A name has two characters or more, its first part may have one. */
static int check_prefix(const char *prefix, struct error *err)
{
	if (strlen(prefix) > 1)
		return reference_check_repository(prefix, err);
	autofree char *below = string_format("%s/x", prefix);
	return reference_check_repository(below, err);
}

static int read_prefix(const struct options *options, const char **ret_prefix, struct error *err)
{
	const char *prefix = options_string(options, OPTION_PREFIX);
	if (prefix == NULL || check_prefix(prefix, err) == 0) {
		*ret_prefix = prefix;
		return 0;
	}
	char label[OPTION_LABEL_SIZE];
	options_label(options, OPTION_PREFIX, label);
	err->kind = ERROR_USAGE;
	error_prefix(err, "%s", label);
	size_t size = strlen(prefix);
	if (size > 1 && prefix[size - 1] == '/')
		error_hint(err, "a prefix ends without \"/\": that of external/keda is external");
	return -1;
}

static int read_names(const struct options *options, struct run_options *run, struct error *err)
{
	run->image_key = options_string(options, OPTION_IMAGE_KEY);
	run->tag_key = options_string(options, OPTION_TAG_KEY);
	run->source = options_string(options, OPTION_SRC);
	run->destination = options_string(options, OPTION_DEST);
	/* The default is only what the AWS environment falls back to. */
	if (options_given(options, OPTION_REGION))
		run->region = options_string(options, OPTION_REGION);
	if (options->command != COMMAND_COPY)
		return 0;
	if (run->source == NULL) {
		error_set(err, ERROR_USAGE, "copy needs a source");
		return error_hint(err, "for instance --src ghcr.io/kedacore/keda:2.4.0");
	}
	if (run->destination == NULL && run->prefix == NULL) {
		error_set(err, ERROR_USAGE, "copy needs a destination");
		return error_hint(err, "give the repository with --dest, or with --prefix the "
				       "beginning of its name");
	}
	return 0;
}

static void read_platform(const struct options *options, struct platform *platform)
{
	const char *architecture = options_string(options, OPTION_OVERRIDE_ARCH);
	const char *os = options_string(options, OPTION_OVERRIDE_OS);
	*platform = (struct platform){
		.architecture = architecture != NULL
					? architecture
					: option_default(OPTION_OVERRIDE_ARCH, options->command),
		.os = os != NULL ? os : option_default(OPTION_OVERRIDE_OS, options->command),
		.variant = options_string(options, OPTION_OVERRIDE_VARIANT),
	};
}

static int load_policy(const struct options *options, struct policy **ret_policy, struct error *err)
{
	if (options->command == COMMAND_LIST || options_boolean(options, OPTION_INSECURE_POLICY)) {
		*ret_policy = policy_accept_anything();
		return 0;
	}
	const char *path = options_string(options, OPTION_POLICY);
	if (path != NULL)
		return policy_load(path, ret_policy, err);
	autofree char *found = NULL;
	if (policy_load_default(ret_policy, &found, err) < 0)
		return -1;
	if (found != NULL)
		log_debug("trust policy: %s", found);
	else
		log_info("no trust policy file: images are accepted from everywhere "
			 "(--policy names one)");
	return 0;
}

int settings_make(struct options *options, struct settings *ret_settings, struct error *err)
{
	cleanup(settings_release) struct settings settings = {0};
	struct run_options *run = &settings.run;
	if (check_combinations(options, err) < 0 || check_not_empty(options, err) < 0 ||
	    read_format(options, &settings.format, err) < 0 ||
	    read_batch(options, &run->batch, err) < 0 ||
	    read_retry_times(options, &run->retry_times, err) < 0 ||
	    read_credentials(options, &settings, err) < 0 ||
	    read_prefix(options, &run->prefix, err) < 0 || read_names(options, run, err) < 0)
		return -1;
	read_platform(options, &run->platform);
	run->dry_run = options_boolean(options, OPTION_DRY_RUN);
	run->check_layers = options_boolean(options, OPTION_DEST_PRECOMPUTE_DIGESTS);
	run->insecure_source = !options_boolean(options, OPTION_SRC_TLS_VERIFY) &&
			       options->command != COMMAND_LIST;
	if (load_policy(options, &settings.policy, err) < 0)
		return -1;
	run->policy = settings.policy;

	*ret_settings = settings;
	settings = (struct settings){0};
	return 0;
}
