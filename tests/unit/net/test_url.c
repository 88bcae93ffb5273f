#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "net/url.h"

#include <string.h>

static void test_parts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *scheme, *host, *port, *path, *query;
	} cases[] = {
		{"https://ghcr.io", "https", "ghcr.io", "443", "/", NULL},
		{"http://LOCALHOST:5000/v2/", "http", "localhost", "5000", "/v2/", NULL},
		{"HTTPS://a.b/c%20d?e=f&g", "https", "a.b", "443", "/c%20d", "e=f&g"},
		{"http://[::1]:80/x?y", "http", "[::1]", "80", "/x", "y"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		cleanup(url_release) struct url url = {0};
		struct error err;
		assert_int_equal(url_parse(cases[i].text, &url, &err), 0);
		assert_string_equal(url.scheme, cases[i].scheme);
		assert_string_equal(url.host, cases[i].host);
		assert_string_equal(url.port, cases[i].port);
		assert_string_equal(url.path, cases[i].path);
		if (cases[i].query == NULL)
			assert_null(url.query);
		else
			assert_string_equal(url.query, cases[i].query);
	}
}

static void test_what_is_no_url(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",
		"/path",
		"ghcr.io/a",
		"ftp://a/b",
		"file:///etc",
		"https://",
		"https://u:p@a/b",
		"https://u@a/b",
		"https://a/b#c",
		"http://a:99999/b",
		"http://a b/",
		"http://a/\r\nX: y",
		"http://a:port/",
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		cleanup(url_release) struct url url = {0};
		struct error err = {0};
		if (url_parse(cases[i], &url, &err) == 0)
			fail_msg("accepted: %s", cases[i]);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
	autofree char *endless = memory_allocate(100000);
	memset(endless, 'a', 99999);
	memcpy(endless, "http://", 7);
	cleanup(url_release) struct url url = {0};
	struct error err = {0};
	assert_int_equal(url_parse(endless, &url, &err), -1);
}

static void test_messages_hide_the_query(void **state)
{
	(void)state;
	cleanup(url_release) struct url url = {0};
	struct error err = {0};
	assert_int_equal(url_parse("ftp://host/path?signature=SECRET", &url, &err), -1);
	assert_null(strstr(err.message, "SECRET"));
	assert_int_equal(url_parse("http://a b/path?signature=SECRET", &url, &err), -1);
	assert_null(strstr(err.message, "SECRET"));
}

static void test_resolving(void **state)
{
	(void)state;
	static const struct {
		const char *base, *reference, *expected;
	} cases[] = {
		{"http://a/v2/x/blobs/uploads/", "/v2/y?z=1", "http://a/v2/y?z=1"},
		{"http://a/v2/x/blobs/uploads/", "http://b:1/c", "http://b:1/c"},
		{"http://a/v2/x/blobs/uploads/", "uuid", "http://a/v2/x/blobs/uploads/uuid"},
		{"https://a/v2/", "//b/c", "https://b/c"},
		{"https://a/v2/", "?q=1", "https://a/v2/?q=1"},
	};
	for (size_t i = 0; i < array_count(cases); i++) {
		autofree char *text = NULL;
		struct error err;
		assert_int_equal(url_resolve(cases[i].base, cases[i].reference, &text, &err), 0);
		assert_string_equal(text, cases[i].expected);
	}
	autofree char *text = NULL;
	struct error err = {0};
	assert_int_equal(url_resolve("http://a/", "file:///etc/passwd", &text, &err), -1);
	assert_int_equal(url_resolve("http://a/", "http://user:pass@b/", &text, &err), -1);
	assert_null(text);
}

static void test_same_origin(void **state)
{
	(void)state;
	assert_true(url_same_origin("https://a/x", "https://A:443/y?z"));
	assert_true(url_same_origin("http://a:80/x", "http://a"));
	assert_false(url_same_origin("https://a/", "http://a/"));
	assert_false(url_same_origin("https://a/", "https://a:444/"));
	assert_false(url_same_origin("https://a/", "https://a.b/"));
	assert_false(url_same_origin("https://a/", "nonsense"));
}

static void test_loopback(void **state)
{
	(void)state;
	static const char *const loopback[] = {"localhost",      "LOCALHOST:5000", "127.0.0.1",
					       "127.0.0.1:5000", "127.9.8.7",      "[::1]",
					       "[::1]:5000"};
	static const char *const other[] = {"localhost.example.com",
					    "127.0.0.1.example.com",
					    "128.0.0.1",
					    "1127.0.0.1",
					    "127.0.0",
					    "127.a.b.c",
					    "[::2]",
					    "[::1]evil",
					    "example.com:127",
					    "notlocalhost"};
	for (size_t i = 0; i < array_count(loopback); i++)
		assert_true(host_is_loopback(loopback[i]));
	for (size_t i = 0; i < array_count(other); i++)
		assert_false(host_is_loopback(other[i]));
}

static void test_encoding(void **state)
{
	(void)state;
	autofree char *encoded = url_encode("repository:a/b-c_d.e~f:pull,push \xc3\xa4%");
	assert_string_equal(encoded, "repository%3Aa%2Fb-c_d.e~f%3Apull%2Cpush%20%C3%A4%25");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_what_is_no_url),
		cmocka_unit_test(test_messages_hide_the_query),
		cmocka_unit_test(test_resolving),
		cmocka_unit_test(test_same_origin),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_encoding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
