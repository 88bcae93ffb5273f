#include "cli/exit_status.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void of_outcomes(void **state)
{
	(void)state;
	static const struct {
		enum outcome outcomes[3];
		int status;
	} table[] = {
		{{OUTCOME_NONE}, 0},
		{{OUTCOME_COPIED, OUTCOME_CURRENT, OUTCOME_WOULD_COPY}, 0},
		{{OUTCOME_COPIED, OUTCOME_FAILED}, 1},
		{{OUTCOME_CURRENT, OUTCOME_REJECTED}, 1},
		{{OUTCOME_CURRENT, OUTCOME_GONE}, 1},
		{{OUTCOME_CURRENT, OUTCOME_IMMUTABLE}, 1},
		{{OUTCOME_COPIED, OUTCOME_DEFERRED}, 5},
		{{OUTCOME_FAILED, OUTCOME_DEFERRED}, 1},
		{{OUTCOME_GONE, OUTCOME_DEFERRED}, 1},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct run_totals totals = {.images = 3};
		for (size_t j = 0; j < array_count(table[i].outcomes); j++)
			totals.outcomes[table[i].outcomes[j]]++;
		assert_int_equal(exit_status_of_totals(&totals), table[i].status);
	}
	struct run_totals nothing = {0};
	assert_int_equal(exit_status_of_totals(&nothing), 0);
}

static void of_errors(void **state)
{
	(void)state;
	for (int kind = ERROR_USAGE; kind <= ERROR_SYSTEM; kind++) {
		struct error err = {.kind = (enum error_kind)kind};
		assert_int_equal(exit_status_of_error(&err), kind == ERROR_USAGE ? 2 : 3);
	}
}

static void of_lost_reports_and_signals(void **state)
{
	(void)state;
	assert_int_equal(exit_status_of_lost_report(0), 1);
	assert_int_equal(exit_status_of_lost_report(5), 1);
	assert_int_equal(exit_status_of_lost_report(1), 1);
	assert_int_equal(exit_status_of_lost_report(3), 3);
	assert_int_equal(exit_status_of_signal(0, 0), 0);
	assert_int_equal(exit_status_of_signal(1, 0), 1);
	assert_int_equal(exit_status_of_signal(1, SIGINT), 130);
	assert_int_equal(exit_status_of_signal(0, SIGTERM), 143);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_outcomes),
		cmocka_unit_test(of_errors),
		cmocka_unit_test(of_lost_reports_and_signals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
