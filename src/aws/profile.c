#include "aws/profile.h"

#include "base/buffer.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Names listed in an error message; what is more does not help. */
#define LISTED_NAMES_SIZE 400

void profile_release(struct profile *profile)
{
	free(profile->name);
	free(profile->config_path);
	free(profile->credentials_path);
	ini_release(&profile->config);
	ini_release(&profile->credentials);
	*profile = (struct profile){0};
}

const char *environment_get(const char *name)
{
	const char *value = getenv(name);
	return value == NULL || value[0] == '\0' ? NULL : value;
}

/* The home directory, owned by the caller; NULL where there is none. */
static char *find_home(void)
{
	const char *home = environment_get("HOME");
	if (home != NULL)
		return string_copy(home);
	struct passwd entry;
	struct passwd *found = NULL;
	char text[4096];
	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) != 0 || found == NULL)
		return NULL;
	return string_copy(found->pw_dir);
}

static char *find_file(const char *variable, const char *name)
{
	const char *chosen = environment_get(variable);
	if (chosen != NULL && strncmp(chosen, "~/", 2) != 0)
		return string_copy(chosen);
	autofree char *home = find_home();
	if (home == NULL)
		return NULL;
	return chosen == NULL ? string_format("%s/.aws/%s", home, name)
			      : string_format("%s/%s", home, chosen + 2);
}

/* The profile that a section of the config file stands for; NULL where it is for something else. */
static const char *name_of_section(const char *section)
{
	static const char prefix[] = "profile ";
	if (strncmp(section, prefix, strlen(prefix)) == 0)
		return section + strlen(prefix);
	return strcmp(section, "default") == 0 ? section : NULL;
}

static bool profile_exists(const struct profile *profile)
{
	for (size_t i = 0; i < profile->config.sections.count; i++) {
		const char *name = name_of_section(profile->config.sections.items[i]);
		if (name != NULL && strcmp(name, profile->name) == 0)
			return true;
	}
	return ini_has_section(&profile->credentials, profile->name);
}

static void list_name(struct string_list *names, struct buffer *text, const char *name)
{
	if (name == NULL || string_list_contains(names, name))
		return;
	if (text->size + strlen(name) + 2 > text->limit)
		return;
	string_list_add(names, name);
	buffer_printf(text, "%s%s", text->size > 0 ? ", " : "", name);
}

static int complain_of_absence(const struct profile *profile, struct error *err)
{
	cleanup(string_list_release) struct string_list names = STRING_LIST_INIT;
	cleanup(buffer_release) struct buffer text = BUFFER_INIT(LISTED_NAMES_SIZE);
	for (size_t i = 0; i < profile->config.sections.count; i++)
		list_name(&names, &text, name_of_section(profile->config.sections.items[i]));
	for (size_t i = 0; i < profile->credentials.sections.count; i++)
		list_name(&names, &text, profile->credentials.sections.items[i]);

	const char *config = profile->config_path == NULL ? "~/.aws/config" : profile->config_path;
	const char *credentials = profile->credentials_path == NULL ? "~/.aws/credentials"
								    : profile->credentials_path;
	error_set(err, ERROR_CONFIGURATION,
		  "AWS_PROFILE names the profile \"%s\", which is neither "
		  "in %s nor in %s; profiles there: %s",
		  profile->name, config, credentials,
		  text.size > 0 ? buffer_string(&text) : "none");
	return error_hint(err, "set AWS_PROFILE to one of these, or unset it");
}

int profile_load(struct profile *ret_profile, struct error *err)
{
	const char *chosen = environment_get("AWS_PROFILE");
	cleanup(profile_release) struct profile profile = {
		.name = string_copy(chosen == NULL ? "default" : chosen),
		.config_path = find_file("AWS_CONFIG_FILE", "config"),
		.credentials_path = find_file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
	};
	if (profile.config_path != NULL && ini_read(profile.config_path, &profile.config, err) < 0)
		return -1;
	if (profile.credentials_path != NULL &&
	    ini_read(profile.credentials_path, &profile.credentials, err) < 0)
		return -1;
	if (chosen != NULL && !profile_exists(&profile))
		return complain_of_absence(&profile, err);
	*ret_profile = profile;
	profile = (struct profile){0};
	return 0;
}

static const char *unless_empty(const char *value)
{
	return value == NULL || value[0] == '\0' ? NULL : value;
}

const char *profile_get(const struct profile *profile, const char *key)
{
	const char *value = unless_empty(ini_get(&profile->credentials, profile->name, NULL, key));
	if (value != NULL)
		return value;
	autofree char *section = string_format("profile %s", profile->name);
	value = unless_empty(ini_get(&profile->config, section, NULL, key));
	if (value != NULL || strcmp(profile->name, "default") != 0)
		return value;
	return unless_empty(ini_get(&profile->config, "default", NULL, key));
}

const char *profile_get_for_service(const struct profile *profile, const char *service,
				    const char *key)
{
	const char *services = profile_get(profile, "services");
	if (services == NULL)
		return NULL;
	autofree char *section = string_format("services %s", services);
	return unless_empty(ini_get(&profile->config, section, service, key));
}

int profile_get_flag(const struct profile *profile, const char *variable, const char *key,
		     bool *ret_flag, struct error *err)
{
	const char *name = variable;
	const char *value = environment_get(variable);
	if (value == NULL) {
		name = key;
		value = profile_get(profile, key);
	}
	if (value == NULL || strcasecmp(value, "false") == 0)
		*ret_flag = false;
	else if (strcasecmp(value, "true") == 0)
		*ret_flag = true;
	else
		return error_set(err, ERROR_CONFIGURATION, "%s is \"%s\"; it can be true or false",
				 name, value);
	return 0;
}
