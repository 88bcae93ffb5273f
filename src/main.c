#include "base/memory.h"
#include "cli/command.h"
#include "cli/standard_streams.h"

#include <locale.h>

int main(int argc, char **argv)
{
	memory_prefer_small();
	standard_streams_open();
	/* Widths of characters in tables; numbers keep their decimal point. */
	setlocale(LC_CTYPE, "");

	cleanup(options_release) struct options options = {0};
	enum command command;
	struct error err;
	if (options_parse(argc, argv, &options, &command, &err) < 0)
		return command_refuse(command, &err);
	return command_run(&options);
}
