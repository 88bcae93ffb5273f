#include "aws/ecr_address.h"

#include "aws/ecr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define A "111122223333"

static void hosts(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		const char *region;
	} table[] = {
		{A ".dkr.ecr.us-east-1.amazonaws.com", "us-east-1"},
		{A ".dkr.ecr.eu-central-1.amazonaws.com", "eu-central-1"},
		{A ".dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{A ".dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
		{A ".dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"},
		{A ".dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
		{A ".dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
		{A ".dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"},
		{A ".dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"},
		{A ".dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"},
		{A ".dkr-ecr.us-west-2.on.aws", "us-west-2"},
		{A ".dkr-ecr-fips.us-west-2.on.aws", "us-west-2"},
		{A ".dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1"},
		{A ".DKR.ECR.US-EAST-1.amazonaws.com", "us-east-1"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct ecr_host host = {0};
		if (!ecr_host_parse(table[i].host, &host))
			fail_msg("%s", table[i].host);
		assert_string_equal(host.account, A);
		assert_string_equal(host.region, table[i].region);
	}
}

static void other_hosts(void **state)
{
	(void)state;
	static const char *const table[] = {
		"",
		"docker.io",
		"public.ecr.aws",
		A,
		A ".",
		A ".dkr.ecr.",
		A ".dkr.ecr.us-east-1",
		A ".dkr.ecr.us-east-1.",
		A ".dkr.ecr..amazonaws.com",
		A ".dkr.ecr.us-east-1.amazonaws.com.",
		A ".dkr.ecr.us-east-1.amazonaws.com:443",
		A ".dkr.ecr.us-east-1.amazonaws.com/x",
		A ".dkr.ecr.us-east-1.amazonaws.com.evil.example",
		A ".dkr.ecr.us-east-1.evil.example",
		A ".dkr.ecr.us-east-1.on.aws",
		A ".dkr-ecr.us-east-1.amazonaws.com",
		A ".dkr.ecr.us_east_1.amazonaws.com",
		A ".dkr.ecr.-us.amazonaws.com",
		"11112222333.dkr.ecr.us-east-1.amazonaws.com",
		"1111222233334.dkr.ecr.us-east-1.amazonaws.com",
		"11112222333x.dkr.ecr.us-east-1.amazonaws.com",
		"x" A ".dkr.ecr.us-east-1.amazonaws.com",
		A ".dkr.ecr.01234567890123456789012345678901234567890123456789012345678901234"
		  ".amazonaws.com",
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct ecr_host host = {.account = "kept"};
		if (ecr_host_parse(table[i], &host))
			fail_msg("%s", table[i]);
		assert_string_equal(host.account, "kept");
	}
	char endless[4096];
	memset(endless, '1', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	struct ecr_host host;
	assert_false(ecr_host_parse(endless, &host));
}

/* Every host that we make is one that we recognise. */
static void registry_hosts(void **state)
{
	(void)state;
	static const struct {
		const char *region;
		struct endpoint_variant variant;
		const char *host;
	} table[] = {
		{"us-east-1", {0}, A ".dkr.ecr.us-east-1.amazonaws.com"},
		{"cn-north-1", {0}, A ".dkr.ecr.cn-north-1.amazonaws.com.cn"},
		{"eusc-de-east-1", {0}, A ".dkr.ecr.eusc-de-east-1.amazonaws.eu"},
		{"us-iso-east-1", {0}, A ".dkr.ecr.us-iso-east-1.c2s.ic.gov"},
		{"us-east-1", {.fips = true}, A ".dkr.ecr-fips.us-east-1.amazonaws.com"},
		{"us-east-1", {.dual_stack = true}, A ".dkr-ecr.us-east-1.on.aws"},
		{"us-gov-east-1", {true, true}, A ".dkr-ecr-fips.us-gov-east-1.on.aws"},
		{"cn-north-1",
		 {.dual_stack = true},
		 A ".dkr-ecr.cn-north-1.on.amazonwebservices.com.cn"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		autofree char *host =
			ecr_registry_host_variant(A, table[i].region, &table[i].variant);
		assert_string_equal(host, table[i].host);
		struct ecr_host parsed;
		assert_true(ecr_host_parse(host, &parsed));
		assert_string_equal(parsed.region, table[i].region);
	}
	autofree char *plain = ecr_registry_host(A, "eu-west-1");
	assert_string_equal(plain, A ".dkr.ecr.eu-west-1.amazonaws.com");
	assert_null(ecr_registry_host_variant(A, "us-iso-east-1",
					      &(struct endpoint_variant){.dual_stack = true}));
}

static void arns(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *partition;
		const char *region;
		const char *repository;
	} table[] = {
		{"arn:aws:ecr:us-east-1:" A ":repository/ab", "aws", "us-east-1", "ab"},
		{"arn:aws:ecr:us-east-1:" A ":repository/ns/name", "aws", "us-east-1", "ns/name"},
		{"arn:aws-cn:ecr:cn-north-1:" A ":repository/a.b/c_d/e__f/g-h/i---j", "aws-cn",
		 "cn-north-1", "a.b/c_d/e__f/g-h/i---j"},
		{"arn:aws-us-gov:ecr:us-gov-west-1:" A ":repository/external/ghcr.io/kedacore/keda",
		 "aws-us-gov", "us-gov-west-1", "external/ghcr.io/kedacore/keda"},
		{"arn:aws-iso-b:ecr:us-isob-east-1:" A ":repository/0/1", "aws-iso-b",
		 "us-isob-east-1", "0/1"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		cleanup(ecr_arn_release) struct ecr_arn arn = {0};
		struct error err = {0};
		if (ecr_arn_parse(table[i].text, &arn, &err) < 0)
			fail_msg("%s", err.message);
		assert_string_equal(arn.partition, table[i].partition);
		assert_string_equal(arn.region, table[i].region);
		assert_string_equal(arn.account, A);
		assert_string_equal(arn.repository, table[i].repository);
	}
}

#define P "arn:aws:ecr:us-east-1:" A ":repository/"

static void malformed_arns(void **state)
{
	(void)state;
	static const char *const table[] = {
		"",
		"arn",
		"arn:aws:ecr",
		"arn:aws:s3:::bucket",
		"arn:aws:lambda:us-east-1:" A ":function:f",
		"arn:aws:ecr-public::" A ":repository/ab",
		"arn:aws:ecr::" A ":repository/ab",
		"arn:aws:ecr:us-east-1::repository/ab",
		"arn:aws:ecr:us-east-1:123:repository/ab",
		"arn:aws:ecr:us-east-1:" A "4:repository/ab",
		"arn:aws:ecr:us-east-1:" A,
		"arn:aws:ecr:us-east-1:" A ":repository",
		"arn:aws:ecr:us-east-1:" A ":registry/ab",
		"arn:aws:ecr:US-EAST-1:" A ":repository/ab",
		"arn::ecr:us-east-1:" A ":repository/ab",
		"arn:other:ecr:us-east-1:" A ":repository/ab",
		"urn:aws:ecr:us-east-1:" A ":repository/ab",
		" " P "ab",
		P,
		P "a",
		P "Ab",
		P "ab/",
		P "/ab",
		P "a//b",
		P "a..b",
		P "a___b",
		P "-ab",
		P "ab-",
		P "a b",
		P "ab:latest",
		P "ab\n",
		P "../../etc",
		P "a%2fb",
		P "\xc3\xa4\xc3\xa4",
	};
	for (size_t i = 0; i < array_count(table); i++) {
		struct ecr_arn arn = {0};
		struct error err = {0};
		if (ecr_arn_parse(table[i], &arn, &err) == 0)
			fail_msg("%s", table[i]);
		assert_int_equal(err.kind, ERROR_INVALID);
		assert_null(arn.repository);
	}
}

static void longest_name(void **state)
{
	(void)state;
	char text[sizeof(P) + 300] = P;
	size_t start = strlen(text);
	memset(text + start, 'a', 257);
	struct ecr_arn arn = {0};
	struct error err = {0};
	assert_int_equal(ecr_arn_parse(text, &arn, &err), -1);
	text[start + 256] = '\0';
	assert_int_equal(ecr_arn_parse(text, &arn, &err), 0);
	ecr_arn_release(&arn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts),          cmocka_unit_test(other_hosts),
		cmocka_unit_test(registry_hosts), cmocka_unit_test(arns),
		cmocka_unit_test(malformed_arns), cmocka_unit_test(longest_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
