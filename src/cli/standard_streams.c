#include "cli/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void standard_streams_open(void)
{
	for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
		if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The wrong direction, so that use fails as it would have failed. */
		int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
		if (open("/dev/null", mode) < 0)
			_Exit(EXIT_FAILURE);
	}
}

int standard_output_close(void)
{
	errno = 0;
	int failed = ferror(stdout) != 0;
	int close_failed = fclose(stdout) == EOF;
	if (!failed && !close_failed)
		return 0;
	return errno != 0 ? errno : EIO;
}
