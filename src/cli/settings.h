/*
 * From options to what a run is to do: combinations checked, values read, the policy loaded.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/options.h"
#include "cli/report.h"
#include "mirror/run.h"

struct settings {
	struct run_options run; /* its strings are borrowed from the options and from below */
	enum report_format format;
	char *username; /* of --src-creds; owned, wiped on release */
	char *password;
	struct policy *policy; /* owned */
};

void settings_release(struct settings *settings);

/*
 * For copy, list and sync. Where two options exclude one another and one of them is on the command
 * line and the other in the environment, the latter is put back to its default in `options`, which
 * must outlive *ret_settings. ERROR_USAGE for values and combinations that make no sense,
 * ERROR_CONFIGURATION for the policy file.
 */
int settings_make(struct options *options, struct settings *ret_settings, struct error *err);

#endif
