#include "cli/exit_status.h"

int exit_status_of_error(const struct error *err)
{
	return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_NOT_BEGUN;
}

int exit_status_of_totals(const struct run_totals *totals)
{
	const size_t *outcomes = totals->outcomes;
	if (outcomes[OUTCOME_FAILED] > 0 || outcomes[OUTCOME_REJECTED] > 0 ||
	    outcomes[OUTCOME_GONE] > 0 || outcomes[OUTCOME_IMMUTABLE] > 0)
		return EXIT_STATUS_FAILED;
	return outcomes[OUTCOME_DEFERRED] > 0 ? EXIT_STATUS_DEFERRED : EXIT_STATUS_DONE;
}

int exit_status_of_lost_report(int status)
{
	if (status == EXIT_STATUS_DONE || status == EXIT_STATUS_DEFERRED)
		return EXIT_STATUS_FAILED;
	return status;
}

int exit_status_of_signal(int status, int signal)
{
	return signal == 0 ? status : EXIT_STATUS_SIGNAL + signal;
}
