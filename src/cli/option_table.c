#include "cli/option_table.h"

#include <stdio.h>
#include <string.h>

#define NONE COMMAND_BIT(COMMAND_NONE)
#define COPY COMMAND_BIT(COMMAND_COPY)
#define LIST COMMAND_BIT(COMMAND_LIST)
#define SYNC COMMAND_BIT(COMMAND_SYNC)
#define MORE (COMMAND_BIT(COMMAND_HELP) | COMMAND_BIT(COMMAND_VERSION))

const struct command_info command_table[COMMAND_COUNT] = {
	[COMMAND_NONE] = {PROGRAM_NAME, "Keep tagged ECR repositories in step with public images"},
	[COMMAND_COPY] = {"copy", "Copy image:tag from public source to ECR"},
	[COMMAND_HELP] = {"help", "Help about any command"},
	[COMMAND_LIST] = {"list", "List ECR repositories and tags marked for mirroring"},
	[COMMAND_SYNC] = {"sync", "Sync all ECR repositories tagged to be mirrored with public "
				  "repositories"},
	[COMMAND_VERSION] = {"version", "Print the version"},
};

/* clang-format off */
const struct option_info option_table[OPTION_COUNT] = {
	[OPTION_BATCH] = {
		.name = "batch", .type = OPTION_STRING, .placeholder = "string",
		.help = "batch size for syncing images, default is all",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_DEBUG] = {
		.name = "debug", .type = OPTION_BOOLEAN,
		.help = "enable debug output",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_DEST] = {
		.name = "dest", .letter = 'd', .type = OPTION_STRING, .placeholder = "string",
		.help = "ecr destination repository",
		.commands = COPY,
	},
	[OPTION_DEST_PRECOMPUTE_DIGESTS] = {
		.name = "dest-precompute-digests", .type = OPTION_BOOLEAN, .default_value = "true",
		.help = "Precompute digests to prevent uploading layers already on the registry "
			"using the 'docker' transport.",
		.commands = COPY | SYNC,
	},
	[OPTION_DRY_RUN] = {
		.name = "dry-run", .type = OPTION_BOOLEAN,
		.help = "Run without actually copying data",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_HELP] = {
		.name = "help", .letter = 'h', .type = OPTION_BOOLEAN,
		.help = "help for",
		.commands = NONE | COPY | LIST | SYNC | MORE,
		.no_environment = true,
	},
	[OPTION_IMAGE_KEY] = {
		.name = "image-key", .type = OPTION_STRING, .placeholder = "string",
		.default_value = "upstream-image",
		.help = "aws resource tag for upstream image",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_INSECURE_POLICY] = {
		.name = "insecure-policy", .type = OPTION_BOOLEAN,
		.help = "run the tool without any policy check",
		.commands = COPY | SYNC,
	},
	[OPTION_OUTPUT] = {
		.name = "output", .type = OPTION_STRING, .placeholder = "FORMAT",
		.default_value = "text", .list_default = "table",
		.help = "print the report in FORMAT: text, table or json",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_OVERRIDE_ARCH] = {
		.name = "override-arch", .type = OPTION_STRING, .placeholder = "ARCH",
		.default_value = "amd64",
		.help = "use ARCH instead of the architecture of the machine for choosing images",
		.commands = COPY | SYNC,
	},
	[OPTION_OVERRIDE_OS] = {
		.name = "override-os", .type = OPTION_STRING, .placeholder = "OS",
		.default_value = "linux",
		.help = "use OS instead of the running OS for choosing images",
		.commands = COPY | SYNC,
	},
	[OPTION_OVERRIDE_VARIANT] = {
		.name = "override-variant", .type = OPTION_STRING, .placeholder = "VARIANT",
		.help = "use VARIANT instead of the running architecture variant for choosing "
			"images",
		.commands = COPY | SYNC,
	},
	[OPTION_POLICY] = {
		.name = "policy", .type = OPTION_STRING, .placeholder = "string",
		.help = "Path to a trust policy file",
		.commands = COPY | SYNC,
	},
	[OPTION_PREFIX] = {
		.name = "prefix", .type = OPTION_STRING, .placeholder = "string",
		.help = "prefix for external images in ecr",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_REGION] = {
		.name = "region", .type = OPTION_STRING, .placeholder = "string",
		.default_value = "us-east-1",
		.help = "ecr region to interact with",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_RENDER_TABLE] = {
		.name = "render-table", .type = OPTION_BOOLEAN,
		.help = "Render tables",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_RETRY_TIMES] = {
		.name = "retry-times", .type = OPTION_INTEGER, .placeholder = "int",
		.help = "the number of times to possibly retry",
		.commands = COPY | SYNC,
	},
	[OPTION_SRC] = {
		.name = "src", .letter = 's', .type = OPTION_STRING, .placeholder = "string",
		.help = "source image:tag",
		.commands = COPY,
	},
	[OPTION_SRC_AUTHFILE] = {
		.name = "src-authfile", .type = OPTION_STRING, .placeholder = "string",
		.help = "path of the authentication file. Default is "
			"${XDG_RUNTIME_DIR}/containers/auth.json (not supported yet)",
		.commands = COPY | SYNC,
		.unsupported = true,
	},
	[OPTION_SRC_CERT_DIR] = {
		.name = "src-cert-dir", .type = OPTION_STRING, .placeholder = "PATH",
		.help = "use certificates at PATH (*.crt, *.cert, *.key) to connect to the "
			"registry or daemon (not supported yet)",
		.commands = COPY | SYNC,
		.unsupported = true,
	},
	[OPTION_SRC_CREDS] = {
		.name = "src-creds", .type = OPTION_STRING, .placeholder = "USERNAME[:PASSWORD]",
		.help = "Use USERNAME[:PASSWORD] for accessing the registry",
		.commands = COPY | SYNC,
		.secret = true,
	},
	[OPTION_SRC_NO_CREDS] = {
		.name = "src-no-creds", .type = OPTION_BOOLEAN,
		.help = "Access the registry anonymously",
		.commands = COPY | SYNC,
	},
	[OPTION_SRC_PASSWORD] = {
		.name = "src-password", .type = OPTION_STRING, .placeholder = "string",
		.help = "Password for accessing the registry",
		.commands = COPY | SYNC,
		.secret = true,
	},
	[OPTION_SRC_REGISTRY_TOKEN] = {
		.name = "src-registry-token", .type = OPTION_STRING, .placeholder = "string",
		.help = "Provide a Bearer token for accessing the registry",
		.commands = COPY | SYNC,
		.secret = true,
	},
	[OPTION_SRC_TLS_VERIFY] = {
		.name = "src-tls-verify", .type = OPTION_BOOLEAN, .default_value = "true",
		.help = "require HTTPS and verify certificates when accessing the registry",
		.commands = COPY | SYNC,
	},
	[OPTION_SRC_USERNAME] = {
		.name = "src-username", .type = OPTION_STRING, .placeholder = "string",
		.help = "Username for accessing the registry",
		.commands = COPY | SYNC,
	},
	[OPTION_TAG_KEY] = {
		.name = "tag-key", .type = OPTION_STRING, .placeholder = "string",
		.default_value = "upstream-tags",
		.help = "aws resource tag for upstream tags",
		.commands = COPY | LIST | SYNC,
	},
	[OPTION_VERSION] = {
		.name = "version", .letter = 'v', .type = OPTION_BOOLEAN,
		.help = "version for",
		.commands = NONE | COPY | LIST | SYNC | MORE,
		.hidden = COPY | LIST | SYNC | MORE,
		.no_environment = true,
	},
};
/* clang-format on */

const char *option_default(enum option option, enum command command)
{
	const struct option_info *info = &option_table[option];
	if (command == COMMAND_LIST && info->list_default != NULL)
		return info->list_default;
	return info->default_value;
}

bool option_applies(enum option option, enum command command)
{
	return (option_table[option].commands & COMMAND_BIT(command)) != 0;
}

int option_find(const char *name, size_t size)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (strlen(option_table[i].name) == size &&
		    memcmp(option_table[i].name, name, size) == 0)
			return i;
	}
	return -1;
}

int option_find_letter(char letter)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (letter != '\0' && option_table[i].letter == letter)
			return i;
	}
	return -1;
}

int command_find(const char *name)
{
	for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++) {
		if (strcmp(command_table[i].name, name) == 0)
			return i;
	}
	return -1;
}

void option_variable(enum option option, char variable[OPTION_VARIABLE_SIZE])
{
	snprintf(variable, OPTION_VARIABLE_SIZE, "ECR_MIRROR_SYNC_%s", option_table[option].name);
	for (char *character = variable; *character != '\0'; character++) {
		if (*character == '-')
			*character = '_';
		else if (*character >= 'a' && *character <= 'z')
			*character = (char)(*character - 'a' + 'A');
	}
}
