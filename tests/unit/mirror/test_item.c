#include "mirror/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void list_grows_and_gives_zeroed_items(void **state)
{
	(void)state;
	cleanup(item_list_release) struct item_list list = {0};
	for (unsigned i = 0; i < 100; i++) {
		struct item *item = item_list_add(&list);
		assert_null(item->source_text);
		assert_int_equal(item->outcome, OUTCOME_NONE);
		item->source_text = string_format("image-%u", i);
		item->bytes = i;
	}
	assert_int_equal(list.count, 100);
	assert_string_equal(list.items[0].source_text, "image-0");
	assert_string_equal(list.items[99].source_text, "image-99");
}

static void failing_sets_verdict_and_outcome(void **state)
{
	(void)state;
	static const struct {
		enum verdict before;
		enum error_kind kind;
		enum verdict verdict;
		enum outcome outcome;
	} table[] = {
		{VERDICT_NONE, ERROR_NETWORK, VERDICT_FAILED, OUTCOME_FAILED},
		{VERDICT_NONE, ERROR_INVALID, VERDICT_FAILED, OUTCOME_FAILED},
		{VERDICT_STALE, ERROR_DIGEST, VERDICT_STALE, OUTCOME_FAILED},
		{VERDICT_MISSING, ERROR_INTERRUPTED, VERDICT_MISSING, OUTCOME_FAILED},
		{VERDICT_NONE, ERROR_REJECTED, VERDICT_REJECTED, OUTCOME_REJECTED},
		{VERDICT_STALE, ERROR_IMMUTABLE, VERDICT_IMMUTABLE, OUTCOME_IMMUTABLE},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct item item = {.verdict = table[i].before};
		struct error err;
		error_set(&err, table[i].kind, "reason");
		item_fail(&item, &err);
		assert_int_equal(item.verdict, table[i].verdict);
		assert_int_equal(item.outcome, table[i].outcome);
		assert_int_equal(item.error->kind, table[i].kind);
		assert_string_equal(item.error->message, "reason");
		item_release(&item);
	}
}

static void names_are_those_of_the_report(void **state)
{
	(void)state;
	assert_string_equal(outcome_name(OUTCOME_COPIED), "copied");
	assert_string_equal(outcome_name(OUTCOME_WOULD_COPY), "would-copy");
	assert_string_equal(outcome_name(OUTCOME_DEFERRED), "deferred");
	assert_string_equal(verdict_name(VERDICT_MISSING), "missing");
	assert_string_equal(verdict_name(VERDICT_FAILED), "failed");
	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
		assert_string_not_equal(outcome_name((enum outcome)outcome), "unknown");
	for (int verdict = 0; verdict <= VERDICT_FAILED; verdict++)
		assert_string_not_equal(verdict_name((enum verdict)verdict), "unknown");
}

static void totals_count_every_item_once(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {0};
	static const enum outcome outcomes[] = {OUTCOME_COPIED, OUTCOME_COPIED, OUTCOME_FAILED,
						OUTCOME_CURRENT};
	for (size_t i = 0; i < array_count(outcomes); i++) {
		struct item *item = item_list_add(&result.items);
		item->outcome = outcomes[i];
		item->bytes = INT64_C(3000000000);
	}
	struct run_totals totals = run_result_totals(&result);
	assert_int_equal(totals.images, 4);
	assert_int_equal(totals.outcomes[OUTCOME_COPIED], 2);
	assert_int_equal(totals.outcomes[OUTCOME_FAILED], 1);
	assert_int_equal(totals.outcomes[OUTCOME_CURRENT], 1);
	assert_int_equal(totals.outcomes[OUTCOME_GONE], 0);
	assert_true(totals.bytes == INT64_C(12000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_grows_and_gives_zeroed_items),
		cmocka_unit_test(failing_sets_verdict_and_outcome),
		cmocka_unit_test(names_are_those_of_the_report),
		cmocka_unit_test(totals_count_every_item_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
