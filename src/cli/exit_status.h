/* What the process exits with, decided in one place. */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

#include "mirror/item.h"

enum exit_status {
	EXIT_STATUS_DONE = 0,      /* every image is current or was (would be) copied */
	EXIT_STATUS_FAILED = 1,    /* an image failed, was rejected, is gone or immutable */
	EXIT_STATUS_USAGE = 2,     /* the command line is wrong */
	EXIT_STATUS_NOT_BEGUN = 3, /* nothing could start */
	EXIT_STATUS_DEFERRED = 5,  /* nothing failed, but images were deferred */
	EXIT_STATUS_SIGNAL = 128,  /* plus the signal that stopped the run */
};

/* Of a run that could not start. */
int exit_status_of_error(const struct error *err);

/* Of a run that came to its end. */
int exit_status_of_totals(const struct run_totals *totals);

/* Of a run after which the report could not be written: a success is none any more. */
int exit_status_of_lost_report(int status);

/* Of a run that `signal` stopped; 0: none did. */
int exit_status_of_signal(int status, int signal);

#endif
