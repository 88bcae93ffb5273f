#include "base/string_list.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void keeps_copies_in_order(void **state)
{
	(void)state;
	cleanup(string_list_release) struct string_list list = STRING_LIST_INIT;
	char text[] = "first";
	string_list_add(&list, text);
	text[0] = 'x';
	string_list_add_size(&list, "second and more", 6);
	string_list_add_size(&list, "", 0);
	char *owned = string_copy("fourth");
	string_list_add_owned(&list, owned);
	assert_int_equal(list.count, 4);
	assert_string_equal(list.items[0], "first");
	assert_string_equal(list.items[1], "second");
	assert_string_equal(list.items[2], "");
	assert_ptr_equal(list.items[3], owned);
}

static void grows(void **state)
{
	(void)state;
	cleanup(string_list_release) struct string_list list = STRING_LIST_INIT;
	for (int i = 0; i < 1000; i++)
		string_list_add_owned(&list, string_format("%d", i));
	assert_int_equal(list.count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(strtol(list.items[i], NULL, 10), i);
}

static void contains_byte_for_byte(void **state)
{
	(void)state;
	cleanup(string_list_release) struct string_list list = STRING_LIST_INIT;
	assert_false(string_list_contains(&list, ""));
	string_list_add(&list, "One");
	string_list_add(&list, "");
	assert_true(string_list_contains(&list, "One"));
	assert_true(string_list_contains(&list, ""));
	assert_false(string_list_contains(&list, "one"));
	assert_false(string_list_contains(&list, "On"));
}

static void is_empty_after_release(void **state)
{
	(void)state;
	struct string_list list = STRING_LIST_INIT;
	string_list_release(&list);
	string_list_add(&list, "a");
	string_list_wipe_release(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
	string_list_add(&list, "b");
	assert_string_equal(list.items[0], "b");
	string_list_release(&list);
	string_list_wipe_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_copies_in_order),
		cmocka_unit_test(grows),
		cmocka_unit_test(contains_byte_for_byte),
		cmocka_unit_test(is_empty_after_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
