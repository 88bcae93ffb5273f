#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "mirror/blob_ledger.h"

#include <stdatomic.h>

struct fixture {
	struct blob_ledger *ledger;
	struct digest digest;
	atomic_int uploads;
	atomic_int present;
	int failures; /* of the first uploads */
};

static void take_turn(void *context, size_t index)
{
	(void)index;
	struct fixture *fixture = context;
	if (!blob_ledger_claim(fixture->ledger, "team/app", &fixture->digest)) {
		atomic_fetch_add(&fixture->present, 1);
		return;
	}
	int number = atomic_fetch_add(&fixture->uploads, 1);
	clock_sleep(5);
	blob_ledger_settle(fixture->ledger, "team/app", &fixture->digest,
			   number >= fixture->failures);
}

static void assert_uploads(int failures)
{
	struct fixture fixture = {
		.ledger = blob_ledger_new(), .digest = digest_of("blob", 4), .failures = failures};
	parallel_for(16, 16, take_turn, &fixture);
	assert_int_equal(fixture.uploads, failures + 1);
	assert_int_equal(fixture.present, 16 - failures - 1);
	assert_true(blob_ledger_has(fixture.ledger, "team/app", &fixture.digest));
	assert_false(blob_ledger_has(fixture.ledger, "team/other", &fixture.digest));
	blob_ledger_free(fixture.ledger);
}

static void test_one_uploads_and_the_others_wait(void **state)
{
	(void)state;
	assert_uploads(0);
}

static void test_next_in_line_uploads_after_a_failure(void **state)
{
	(void)state;
	assert_uploads(3);
}

static void test_mount_source_is_another_repository_with_a_manifest(void **state)
{
	(void)state;
	struct blob_ledger *ledger = blob_ledger_new();
	struct digest digest = digest_of("blob", 4);
	struct digest other = digest_of("other", 5);
	assert_true(blob_ledger_claim(ledger, "a", &digest));
	assert_null(blob_ledger_mount_source(ledger, "b", &digest));
	blob_ledger_settle(ledger, "a", &digest, true);
	assert_null(blob_ledger_mount_source(ledger, "b", &digest));
	blob_ledger_commit(ledger, "a", &digest);
	assert_null(blob_ledger_mount_source(ledger, "a", &digest));
	assert_null(blob_ledger_mount_source(ledger, "b", &other));
	autofree char *source = blob_ledger_mount_source(ledger, "b", &digest);
	assert_string_equal(source, "a");
	blob_ledger_free(ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_uploads_and_the_others_wait),
		cmocka_unit_test(test_next_in_line_uploads_after_a_failure),
		cmocka_unit_test(test_mount_source_is_another_repository_with_a_manifest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
