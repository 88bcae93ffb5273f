/*
 * The selected profile of the shared config and credentials files.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 *
 * Files: AWS_CONFIG_FILE or ~/.aws/config, AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials.
 * Profile: AWS_PROFILE, or "default". Read once; afterwards any thread may look things up.
 */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include "aws/ini.h"

struct profile {
	char *name;             /* owned, as all */
	char *config_path;      /* NULL where there is no home directory to look in */
	char *credentials_path; /* same */
	struct ini config;
	struct ini credentials;
};

void profile_release(struct profile *profile);

/* Reads the environment and both files. ERROR_CONFIGURATION: a malformed file, or AWS_PROFILE names
 * a profile that is in neither (the message lists those there are). */
int profile_load(struct profile *ret_profile, struct error *err);

/* The value of `key` (lower case), from the credentials file before the config file. NULL where
 * it is absent or empty. Borrowed. */
const char *profile_get(const struct profile *profile, const char *key);

/* The value of `key` for a service ("ecr") in the section that the profile's `services` names.
 * NULL as above. */
const char *profile_get_for_service(const struct profile *profile, const char *service,
				    const char *key);

/* A variable of the environment; one that is empty counts as not set (NULL). */
const char *environment_get(const char *name);

/* A setting that is true or false: the variable, else the profile's `key`, else false.
 * ERROR_CONFIGURATION for any other value. */
int profile_get_flag(const struct profile *profile, const char *variable, const char *key,
		     bool *ret_flag, struct error *err);

#endif
