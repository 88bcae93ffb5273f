#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void starts_empty(void **state)
{
	(void)state;
	cleanup(buffer_release) struct buffer buffer = BUFFER_INIT(10);
	assert_string_equal(buffer_string(&buffer), "");
	assert_int_equal(buffer.size, 0);
	buffer_clear(&buffer);
	autofree char *taken = buffer_take(&buffer);
	assert_string_equal(taken, "");
}

static void appends(void **state)
{
	(void)state;
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	assert_int_equal(buffer_append_string(&buffer, "ab"), 0);
	assert_int_equal(buffer_append_character(&buffer, 'c'), 0);
	assert_int_equal(buffer_append(&buffer, "d\0e", 3), 0);
	assert_int_equal(buffer_printf(&buffer, "%s-%d", "f", 42), 0);
	assert_int_equal(buffer_append(&buffer, NULL, 0), 0);
	assert_int_equal(buffer.size, 10);
	assert_memory_equal(buffer.data, "abcd\0ef-42", 11);
}

static void never_passes_its_limit(void **state)
{
	(void)state;
	cleanup(buffer_release) struct buffer buffer = BUFFER_INIT(5);
	assert_int_equal(buffer_append_string(&buffer, "123456"), -1);
	assert_int_equal(buffer.size, 0);
	assert_int_equal(buffer_append_string(&buffer, "123"), 0);
	assert_int_equal(buffer_append_string(&buffer, "456"), -1);
	assert_int_equal(buffer_printf(&buffer, "%d", 456), -1);
	assert_string_equal(buffer_string(&buffer), "123");
	assert_int_equal(buffer_append(&buffer, "x", SIZE_MAX), -1);
	assert_int_equal(buffer_printf(&buffer, "%d", 45), 0);
	assert_int_equal(buffer_append_character(&buffer, '6'), -1);
	assert_int_equal(buffer_append(&buffer, "", 0), 0);
	assert_string_equal(buffer_string(&buffer), "12345");
}

static void bears_a_limit_of_zero(void **state)
{
	(void)state;
	cleanup(buffer_release) struct buffer buffer = BUFFER_INIT(0);
	assert_int_equal(buffer_append_character(&buffer, 'x'), -1);
	assert_int_equal(buffer_append(&buffer, "", 0), 0);
	assert_string_equal(buffer_string(&buffer), "");
}

static void grows_in_any_steps(void **state)
{
	(void)state;
	for (size_t step = 1; step < 300; step += 13) {
		cleanup(buffer_release) struct buffer buffer = BUFFER_INIT(10000);
		char block[300];
		memset(block, 'x', sizeof(block));
		while (buffer_append(&buffer, block, step) == 0)
			assert_int_equal(buffer.data[buffer.size], '\0');
		assert_int_equal(buffer.size, 10000 - 10000 % step);
		assert_int_equal(strlen(buffer.data), buffer.size);
	}
}

static void clears_and_releases(void **state)
{
	(void)state;
	struct buffer buffer = BUFFER_INIT(100);
	buffer_append_string(&buffer, "abc");
	const char *data = buffer.data;
	buffer_clear(&buffer);
	assert_string_equal(buffer_string(&buffer), "");
	buffer_append_string(&buffer, "de");
	assert_ptr_equal(buffer.data, data);
	assert_string_equal(buffer_string(&buffer), "de");
	buffer_release(&buffer);
	assert_int_equal(buffer.limit, 100);
	assert_null(buffer.data);
	assert_int_equal(buffer_append_string(&buffer, "again"), 0);
	buffer_release(&buffer);
}

static void hands_over(void **state)
{
	(void)state;
	cleanup(buffer_release) struct buffer buffer = BUFFER_INIT(100);
	buffer_append_string(&buffer, "abc");
	autofree char *text = buffer_take(&buffer);
	assert_string_equal(text, "abc");
	assert_null(buffer.data);
	assert_int_equal(buffer.limit, 100);
	assert_int_equal(buffer_append_string(&buffer, "d"), 0);
	assert_string_equal(text, "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty),
		cmocka_unit_test(appends),
		cmocka_unit_test(never_passes_its_limit),
		cmocka_unit_test(bears_a_limit_of_zero),
		cmocka_unit_test(grows_in_any_steps),
		cmocka_unit_test(clears_and_releases),
		cmocka_unit_test(hands_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
