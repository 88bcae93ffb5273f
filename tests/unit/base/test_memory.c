#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void allocates_zeroes(void **state)
{
	(void)state;
	autofree unsigned char *bytes = memory_allocate(1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bytes[i], 0);
	autofree void *nothing = memory_allocate(0);
	assert_non_null(nothing);
}

static void resizes(void **state)
{
	(void)state;
	autofree int *numbers = memory_resize(NULL, 2, sizeof(int));
	numbers[0] = 1;
	numbers[1] = 2;
	numbers = memory_resize(numbers, 100, sizeof(int));
	assert_int_equal(numbers[0], 1);
	assert_int_equal(numbers[1], 2);
	numbers = memory_resize(numbers, 0, sizeof(int));
	assert_non_null(numbers);
}

/* An array whose size in bytes cannot be expressed ends the process. */
static void aborts_where_the_size_overflows(void **state)
{
	(void)state;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		memory_resize(NULL, SIZE_MAX / 8 + 2, 8);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void copies_strings(void **state)
{
	(void)state;
	autofree char *none = string_copy(NULL);
	assert_null(none);
	autofree char *copy = string_copy("abc");
	assert_string_equal(copy, "abc");
	autofree char *part = string_copy_size("abcdef", 3);
	assert_string_equal(part, "abc");
	autofree char *empty = string_copy_size(NULL, 0);
	assert_string_equal(empty, "");
}

static void formats(void **state)
{
	(void)state;
	autofree char *text = string_format("%s/%d", "a", 7);
	assert_string_equal(text, "a/7");
	autofree char *empty = string_format("%s", "");
	assert_string_equal(empty, "");
	autofree char *wide = string_format("%10000d", 7);
	assert_int_equal(strlen(wide), 10000);
}

static void wipes(void **state)
{
	(void)state;
	char secret[] = "secret";
	memory_wipe(secret, sizeof(secret));
	for (size_t i = 0; i < sizeof(secret); i++)
		assert_int_equal(secret[i], 0);
	char *text = string_copy("secret");
	string_wipe_free(&text);
	assert_null(text);
	string_wipe_free(&text);
}

static void takes_pointers(void **state)
{
	(void)state;
	char *owned = string_copy("x");
	char *pointer = owned;
	autofree char *taken = take_pointer(pointer);
	assert_ptr_equal(taken, owned);
	assert_null(pointer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocates_zeroes),
		cmocka_unit_test(resizes),
		cmocka_unit_test(aborts_where_the_size_overflows),
		cmocka_unit_test(copies_strings),
		cmocka_unit_test(formats),
		cmocka_unit_test(wipes),
		cmocka_unit_test(takes_pointers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
