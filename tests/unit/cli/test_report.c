#include "cli/report.h"

#include "base/json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SOURCE_DIGEST "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define INDEX_DIGEST  "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define REGISTRY      "111122223333.dkr.ecr.us-east-1.amazonaws.com/"
#define DESTINATION   "111122223333.dkr.ecr.us-east-1.amazonaws.com/ext/b:1"

static struct item *add_item(struct run_result *result, const char *source, const char *repository,
			     const char *tag)
{
	struct item *item = item_list_add(&result->items);
	item->source_text = string_copy(source);
	item->repository = string_copy(repository);
	item->tag = string_copy(tag);
	item->destination = tag != NULL ? string_format(REGISTRY "%s:%s", repository, tag)
					: string_format(REGISTRY "%s", repository);
	return item;
}

static struct item *add_copied(struct run_result *result)
{
	struct item *item = add_item(result, "ghcr.io/a/b:1", "ext/b", "1");
	item->verdict = VERDICT_STALE;
	item->outcome = OUTCOME_COPIED;
	item->bytes = INT64_C(5000000000);
	item->layers = (struct layer_counts){.copied = 2, .mounted = 1, .present = 3};
	item->seconds = 1.2344;
	strcpy(item->source_digest.text, SOURCE_DIGEST);
	strcpy(item->index_digest.text, INDEX_DIGEST);
	strcpy(item->destination_digest.text, SOURCE_DIGEST);
	return item;
}

static struct item *add_current(struct run_result *result)
{
	struct item *item = add_item(result, "ghcr.io/a/b:2", "ext/b", "2");
	item->verdict = VERDICT_CURRENT;
	item->outcome = OUTCOME_CURRENT;
	return item;
}

static struct item *add_failed(struct run_result *result)
{
	struct item *item = add_item(result, "docker.io/library/c", "ext/c", NULL);
	struct error err;
	error_set(&err, ERROR_CONFIGURATION, "the tag list is empty");
	error_hint(&err, "Tag it.");
	item_fail(item, &err);
	return item;
}

/* Names that resource tags may hold, whatever AWS allows. */
static struct item *add_hostile(struct run_result *result)
{
	struct item *item = add_item(result, "d\x1b]0;x\a:\xff", "ext/d", "a\nb");
	struct error err;
	error_set(&err, ERROR_NOT_FOUND, "HTTP 404: \xff");
	item_fail(item, &err);
	item->outcome = OUTCOME_GONE;
	item->verdict = VERDICT_GONE;
	return item;
}

static struct run_result make_result(const char *command)
{
	struct run_result result = {.command = command, .started = 1795426867, .seconds = 12.3456};
	add_copied(&result);
	add_current(&result);
	add_failed(&result);
	add_hostile(&result);
	return result;
}

static void one_line_says_how_an_item_ended(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = make_result("sync");
	static const char *const expected[] = {
		"copied     ghcr.io/a/b:1 -> " REGISTRY "ext/b:1 (was stale; 5.0 GB in 1.2 s)\n",
		"current    ghcr.io/a/b:2 -> " REGISTRY "ext/b:2\n",
		"failed     docker.io/library/c -> " REGISTRY
		"ext/c: the tag list is empty (hint: Tag it.)\n",
		"gone       d\xef\xbf\xbd]0;x\xef\xbf\xbd:\xef\xbf\xbd -> " REGISTRY
		"ext/d:a\xef\xbf\xbd"
		"b: HTTP 404: \xef\xbf\xbd\n",
	};
	for (size_t i = 0; i < array_count(expected); i++) {
		autofree char *line = report_text_item(&result.items.items[i]);
		assert_string_equal(line, expected[i]);
	}
	struct item *item = &result.items.items[1];
	item->verdict = VERDICT_MISSING;
	item->outcome = OUTCOME_WOULD_COPY;
	autofree char *line = report_text_item(item);
	assert_string_equal(line, "would-copy ghcr.io/a/b:2 -> " REGISTRY "ext/b:2 (is missing)\n");
}

static void summary_counts_what_there_is(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = make_result("sync");
	autofree char *text = report_text_summary(&result, NULL);
	assert_string_equal(text, "4 images: 1 copied, 1 current, 1 failed, 1 gone upstream; "
				  "5.0 GB in 12.3 s\n");

	cleanup(run_result_release) struct run_result dry = {.command = "sync", .dry_run = true};
	add_current(&dry)->outcome = OUTCOME_WOULD_COPY;
	autofree char *dry_text = report_text_summary(&dry, NULL);
	assert_string_equal(dry_text, "1 image: 1 would be copied; nothing copied (dry run) in "
				      "0.0 s\n");

	cleanup(run_result_release) struct run_result list = make_result("list");
	autofree char *list_text = report_text_summary(&list, "ext");
	assert_string_equal(list_text, "4 images in 3 repositories, 1 malformed\n");
}

static void summary_of_nothing_claims_no_more_than_was_looked_at(void **state)
{
	(void)state;
	struct run_result empty = {.command = "sync"};
	autofree char *all = report_text_summary(&empty, NULL);
	autofree char *some = report_text_summary(&empty, "ext");
	assert_string_equal(all, "nothing to mirror: no repository carries the resource tags (see "
				 "--region, --image-key and --tag-key)\n");
	assert_string_equal(some, "nothing to mirror: no repository named ext or ext/… carries the "
				  "resource tags (see --region, --prefix, --image-key and "
				  "--tag-key)\n");
}

/* What a report writes for items and result. */
static char *write_report(enum report_format format, bool name_current,
			  const struct run_result *result)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	struct report report = {
		.out = out, .format = format, .name_current = name_current, .prefix = "ext"};
	for (size_t i = 0; i < result->items.count; i++)
		report_item(&report, &result->items.items[i]);
	report_result(&report, result);
	assert_int_equal(report.write_error, 0);
	fclose(out);
	return text;
}

static void text_names_current_images_only_when_asked(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "sync"};
	add_current(&result);
	autofree char *quiet = write_report(REPORT_TEXT, false, &result);
	autofree char *full = write_report(REPORT_TEXT, true, &result);
	assert_string_equal(quiet, "1 image: 1 current; 0 B in 0.0 s\n");
	assert_string_equal(full, "current    ghcr.io/a/b:2 -> " REGISTRY "ext/b:2\n"
				  "1 image: 1 current; 0 B in 0.0 s\n");
}

static void list_as_text(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "list"};
	add_item(&result, "ghcr.io/a/b:1", "ext/b", "1");
	add_failed(&result);
	cleanup(run_result_release) struct run_result nothing = {.command = "list"};
	autofree char *text = write_report(REPORT_TEXT, false, &nothing);
	assert_non_null(strstr(text, "no repository named ext or ext/… carries"));
	autofree char *lines = report_text_list(&result);
	assert_string_equal(lines, "ghcr.io/a/b:1 -> " REGISTRY "ext/b:1\n"
				   "docker.io/library/c -> " REGISTRY
				   "ext/c: the tag list is empty (hint: Tag it.)\n");
}

static void table_has_one_row_per_item_and_no_cut_in_a_pipe(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = make_result("sync");
	struct item *item = add_current(&result);
	free(item->source_text);
	char name[300];
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	item->source_text = string_copy(name);

	autofree char *table = report_table(&result, 0);
	assert_int_equal(strncmp(table, "SOURCE ", 7), 0);
	static const char *const parts[] = {
		"DESTINATION",
		"OUTCOME",
		"DIGEST",
		"SIZE",
		"REASON",
		"ext/b:1 ",
		"copied ",
		"111111111111 ",
		"5.0 GB",
		"was stale\n",
		" configuration\n",
		" not-found\n",
		"\n\nfailed     docker.io/library/c -> 111122223333.dkr.ecr.",
	};
	for (size_t i = 0; i < array_count(parts); i++) {
		if (strstr(table, parts[i]) == NULL)
			fail_msg("\"%s\" is missing in:\n%s", parts[i], table);
	}
	assert_non_null(strstr(table, name));
	assert_null(strchr(table, '\x1b'));
	assert_null(strchr(table, '\a'));
	size_t lines = 0;
	for (const char *at = table; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, 1 + 5 + 1 + 2);
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;
	for (size_t size; *text != '\0'; text += size + (text[size] == '\n')) {
		size = strcspn(text, "\n");
		if (size > longest)
			longest = size;
	}
	return longest;
}

static void table_fits_the_terminal(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "sync"};
	add_copied(&result);
	struct item *item = add_current(&result);
	free(item->source_text);
	item->source_text =
		string_copy("registry.example.com/a/rather/deep/path/of/names/that/goes/on/and/on"
			    "/until/no/terminal/can/hold/it:1.2.3-with-a-long-tag");
	static const size_t widths[] = {60, 80, 100, 120, 200};
	for (size_t i = 0; i < array_count(widths); i++) {
		autofree char *table = report_table(&result, widths[i]);
		if (longest_line(table) > widths[i])
			fail_msg("%zu columns:\n%s", widths[i], table);
		assert_int_equal(strstr(table, "DIGEST") != NULL, widths[i] >= 100);
	}
}

static void table_of_a_list(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "list"};
	add_item(&result, "ghcr.io/a/b:1", "ext/b", "1");
	autofree char *text = write_report(REPORT_TABLE, false, &result);
	assert_string_equal(text, "REPOSITORY TAG SOURCE\n"
				  "ext/b      1   ghcr.io/a/b:1\n"
				  "\n"
				  "1 image in 1 repository\n");
}

static json_t *read_report(const struct run_result *result)
{
	autofree char *text = write_report(REPORT_JSON, true, result);
	assert_int_equal(text[strlen(text) - 1], '\n');
	json_t *object = NULL;
	struct error err;
	if (json_parse_object(text, strlen(text), &object, &err) < 0)
		fail_msg("%s", err.message);
	return object;
}

static void json_says_everything(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = make_result("sync");
	autojson json_t *report = read_report(&result);

	int version;
	int dry_run;
	const char *command;
	const char *started;
	double seconds;
	json_t *totals;
	json_t *images;
	assert_int_equal(json_unpack(report, "{si ss sb ss sF so so !}", "version", &version,
				     "command", &command, "dry_run", &dry_run, "started", &started,
				     "seconds", &seconds, "totals", &totals, "images", &images),
			 0);
	assert_int_equal(version, 1);
	assert_string_equal(command, "sync");
	assert_false(dry_run);
	assert_string_equal(started, "2026-11-23T09:41:07Z");
	assert_true(seconds == 12.346);

	json_int_t count[9];
	json_int_t bytes;
	assert_int_equal(json_unpack(totals, "{sI sI sI sI sI sI sI sI sI sI !}", "images",
				     &count[0], "copied", &count[1], "current", &count[2],
				     "would-copy", &count[3], "failed", &count[4], "rejected",
				     &count[5], "gone", &count[6], "immutable", &count[7],
				     "deferred", &count[8], "bytes", &bytes),
			 0);
	static const json_int_t expected[] = {4, 1, 1, 0, 1, 0, 1, 0, 0};
	assert_memory_equal(count, expected, sizeof(expected));
	assert_true(bytes == INT64_C(5000000000));
	assert_int_equal(json_array_size(images), 4);
}

static void json_of_a_copied_image(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "copy"};
	add_copied(&result);
	autojson json_t *report = read_report(&result);
	json_t *image = json_array_get(json_object_get(report, "images"), 0);
	const char *text[9];
	json_int_t bytes;
	int copied;
	int mounted;
	int present;
	double seconds;
	assert_int_equal(json_unpack(image, "{ss ss ss ss ss ss ss ss ss sI s{si si si !} sF !}",
				     "source", &text[0], "destination", &text[1], "repository",
				     &text[2], "tag", &text[3], "verdict", &text[4], "outcome",
				     &text[5], "source_digest", &text[6], "index_digest", &text[7],
				     "destination_digest", &text[8], "bytes", &bytes, "layers",
				     "copied", &copied, "mounted", &mounted, "present", &present,
				     "seconds", &seconds),
			 0);
	static const char *const expected[] = {
		"ghcr.io/a/b:1", DESTINATION,   "ext/b",      "1",          "stale",
		"copied",        SOURCE_DIGEST, INDEX_DIGEST, SOURCE_DIGEST};
	for (size_t i = 0; i < array_count(expected); i++)
		assert_string_equal(text[i], expected[i]);
	assert_true(bytes == INT64_C(5000000000));
	assert_int_equal(copied * 100 + mounted * 10 + present, 213);
	assert_true(seconds == 1.234);
}

static void json_of_a_failed_image(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "sync"};
	add_failed(&result);
	add_hostile(&result);
	autojson json_t *report = read_report(&result);
	json_t *image = json_array_get(json_object_get(report, "images"), 0);
	assert_true(json_is_null(json_object_get(image, "tag")));
	assert_null(json_object_get(image, "source_digest"));
	assert_null(json_object_get(image, "index_digest"));
	assert_null(json_object_get(image, "destination_digest"));
	const char *kind;
	const char *message;
	const char *hint;
	assert_int_equal(json_unpack(image, "{s{ss ss ss !}}", "error", "kind", &kind, "message",
				     &message, "hint", &hint),
			 0);
	assert_string_equal(kind, "configuration");
	assert_string_equal(message, "the tag list is empty");
	assert_string_equal(hint, "Tag it.");

	image = json_array_get(json_object_get(report, "images"), 1);
	assert_int_equal(json_unpack(image, "{s{ss ss ss !}}", "error", "kind", &kind, "message",
				     &message, "hint", &hint),
			 0);
	assert_string_equal(kind, "not-found");
	assert_string_equal(hint, "");
	/* A machine gets the name as it is, as far as JSON can say it. */
	assert_string_equal(json_get_string(image, "source"), "d\x1b]0;x\a:\xef\xbf\xbd");
	assert_string_equal(json_get_string(image, "tag"), "a\nb");
}

static void json_of_a_list_has_no_ends(void **state)
{
	(void)state;
	cleanup(run_result_release) struct run_result result = {.command = "list"};
	add_item(&result, "ghcr.io/a/b:1", "ext/b", "1");
	add_failed(&result);
	autojson json_t *report = read_report(&result);
	json_int_t images;
	assert_int_equal(json_unpack(report, "{s{sI !}}", "totals", "images", &images), 0);
	assert_int_equal(images, 2);
	json_t *list = json_object_get(report, "images");
	const char *text[4];
	assert_int_equal(json_unpack(json_array_get(list, 0), "{ss ss ss ss !}", "source", &text[0],
				     "destination", &text[1], "repository", &text[2], "tag",
				     &text[3]),
			 0);
	assert_non_null(json_object_get(json_array_get(list, 1), "error"));
}

static void what_cannot_be_written_is_remembered(void **state)
{
	(void)state;
	FILE *full = fopen("/dev/full", "w");
	assert_non_null(full);
	cleanup(run_result_release) struct run_result result = make_result("sync");
	for (int format = REPORT_TEXT; format <= REPORT_JSON; format++) {
		struct report report = {.out = full, .format = (enum report_format)format};
		report_item(&report, &result.items.items[0]);
		report_result(&report, &result);
		assert_int_equal(report.write_error, ENOSPC);
	}
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_says_how_an_item_ended),
		cmocka_unit_test(summary_counts_what_there_is),
		cmocka_unit_test(summary_of_nothing_claims_no_more_than_was_looked_at),
		cmocka_unit_test(text_names_current_images_only_when_asked),
		cmocka_unit_test(list_as_text),
		cmocka_unit_test(table_has_one_row_per_item_and_no_cut_in_a_pipe),
		cmocka_unit_test(table_fits_the_terminal),
		cmocka_unit_test(table_of_a_list),
		cmocka_unit_test(json_says_everything),
		cmocka_unit_test(json_of_a_copied_image),
		cmocka_unit_test(json_of_a_failed_image),
		cmocka_unit_test(json_of_a_list_has_no_ends),
		cmocka_unit_test(what_cannot_be_written_is_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
