#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Runs `write_lines` with stderr going to a file, whose text is then in `text`. */
static void capture(void (*write_lines)(void), char *text, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	fflush(stderr);
	int saved = dup(STDERR_FILENO);
	assert_true(saved >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	write_lines();
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	size_t used = fread(text, 1, size - 1, file);
	text[used] = '\0';
	fclose(file);
}

static void write_each_level(void)
{
	log_debug("d%d", 1);
	log_info("i%d", 2);
	log_warning("w%d", 3);
	log_error("e%d", 4);
}

/* The text without its time stamps, of 21 characters with their blank. */
static void expect(const char *text, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(text) > 21);
		assert_int_equal(text[10], 'T');
		assert_memory_equal(text + 19, "Z ", 2);
		text += 21;
		assert_memory_equal(text, lines[i], strlen(lines[i]));
		text += strlen(lines[i]);
	}
	assert_string_equal(text, "");
}

static void writes_lines_by_level(void **state)
{
	(void)state;
	static const char *const lines[] = {"debug: d1\n", "info: i2\n", "warning: w3\n",
					    "error: e4\n"};
	char text[1000];
	assert_false(log_debug_enabled());
	capture(write_each_level, text, sizeof(text));
	expect(text, lines + 1, 3);
	log_enable_debug(true);
	assert_true(log_debug_enabled());
	capture(write_each_level, text, sizeof(text));
	expect(text, lines, 4);
	log_enable_debug(false);
}

static void write_control_characters(void)
{
	log_info("a\nb\x1b[31m\x7f%s", "\r");
}

static void keeps_a_line_in_one_piece(void **state)
{
	(void)state;
	static const char *const lines[] = {"info: a b\xef\xbf\xbd[31m\xef\xbf\xbd \n"};
	char text[1000];
	capture(write_control_characters, text, sizeof(text));
	expect(text, lines, 1);
}

static void write_long_line(void)
{
	log_info("%05000d", 7);
}

static void cuts_long_lines(void **state)
{
	(void)state;
	char text[6000];
	capture(write_long_line, text, sizeof(text));
	assert_true(strlen(text) < 2100);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_lines_by_level),
		cmocka_unit_test(keeps_a_line_in_one_piece),
		cmocka_unit_test(cuts_long_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
