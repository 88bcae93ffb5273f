#include "cli/help.h"

#include <string.h>

/* "  -d, --dest string", or "      --batch string". Returns its length; prints nothing to NULL. */
static int print_usage_column(FILE *out, const struct option_info *info)
{
	char text[96];
	char letter[5] = "    ";
	if (info->letter != '\0')
		snprintf(letter, sizeof(letter), "-%c, ", info->letter);
	int size = snprintf(text, sizeof(text), "  %s--%s%s%s", letter, info->name,
			    info->placeholder != NULL ? " " : "",
			    info->placeholder != NULL ? info->placeholder : "");
	if (out != NULL)
		fputs(text, out);
	return size;
}

static bool is_shown(enum option option, enum command command)
{
	return option_applies(option, command) &&
	       (option_table[option].hidden & COMMAND_BIT(command)) == 0;
}

static void print_help_column(FILE *out, enum option option, enum command command)
{
	const struct option_info *info = &option_table[option];
	fputs(info->help, out);
	/* help and version name what they are about. */
	if (info->no_environment)
		fprintf(out, " %s", command_table[command].name);
	const char *value = option_default(option, command);
	if (value != NULL)
		fprintf(out, info->type == OPTION_STRING ? " (default \"%s\")" : " (default %s)",
			value);
	fputc('\n', out);
}

static void print_flags(FILE *out, enum command command)
{
	int width = 0;
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (!is_shown((enum option)i, command))
			continue;
		int size = print_usage_column(NULL, &option_table[i]);
		if (size > width)
			width = size;
	}
	fputs("\nFlags:\n", out);
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (!is_shown((enum option)i, command))
			continue;
		int size = print_usage_column(out, &option_table[i]);
		fprintf(out, "%*s", width - size + 3, "");
		print_help_column(out, (enum option)i, command);
	}
}

static void print_commands(FILE *out)
{
	fputs("\nAvailable Commands:\n", out);
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-11s %s\n", command_table[i].name, command_table[i].summary);
}

static void print_environment_and_status(FILE *out)
{
	fputs("\nEnvironment:\n"
	      "  Every flag but --help and --version can also be set by a variable:\n"
	      "  ECR_MIRROR_SYNC_ and the flag's name in capitals, \"_\" for \"-\"\n"
	      "  (ECR_MIRROR_SYNC_SRC_CREDS). The command line wins; an empty variable counts\n"
	      "  as not set.\n"
	      "\nExit status:\n"
	      "  0      every image is current or was copied (in a dry run: would be copied)\n"
	      "  1      an image failed, was rejected, is gone upstream or has an immutable tag\n"
	      "  2      the command line is wrong\n"
	      "  3      nothing could start: configuration, credentials, policy or discovery\n"
	      "  5      nothing failed, but images were deferred\n"
	      "  128+N  stopped by signal N\n",
	      out);
}

void help_print(FILE *out, enum command command)
{
	fprintf(out, "%s\n\nUsage:\n", command_table[command].summary);
	switch (command) {
	case COMMAND_NONE:
		fputs("  " PROGRAM_NAME " [command]\n", out);
		print_commands(out);
		print_flags(out, command);
		fputs("\nUse \"" PROGRAM_NAME " [command] --help\" for more information about a "
		      "command.\n",
		      out);
		break;
	case COMMAND_HELP:
		fputs("  " PROGRAM_NAME " help [command]\n", out);
		print_flags(out, command);
		break;
	case COMMAND_VERSION:
		fputs("  " PROGRAM_NAME " version\n", out);
		print_flags(out, command);
		break;
	case COMMAND_COPY:
	case COMMAND_LIST:
	case COMMAND_SYNC:
		fprintf(out, "  " PROGRAM_NAME " %s [flags]\n", command_table[command].name);
		print_flags(out, command);
		print_environment_and_status(out);
		break;
	}
}
