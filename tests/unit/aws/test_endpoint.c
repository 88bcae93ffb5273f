#include "aws/endpoint.h"

#include "aws/partition.h"
#include "settings.h"

static struct endpoint find(enum aws_service service, const char *region,
			    struct endpoint_variant variant)
{
	cleanup(profile_release) struct profile profile = {0};
	struct endpoint endpoint = {0};
	struct error err = {0};
	if (profile_load(&profile, &err) < 0 ||
	    endpoint_find(service, region, &profile, &variant, &endpoint, &err) < 0)
		fail_msg("%s", err.message);
	return endpoint;
}

static void assert_url(enum aws_service service, const char *region,
		       struct endpoint_variant variant, const char *expected)
{
	cleanup(endpoint_release) struct endpoint endpoint = find(service, region, variant);
	assert_string_equal(endpoint.url, expected);
}

static struct error find_error(struct endpoint_variant variant)
{
	cleanup(profile_release) struct profile profile = {0};
	struct endpoint endpoint = {0};
	struct error err = {0};
	assert_int_equal(profile_load(&profile, &err), 0);
	assert_int_equal(
		endpoint_find(AWS_SERVICE_ECR, "us-east-1", &profile, &variant, &endpoint, &err),
		-1);
	assert_null(endpoint.url);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
	return err;
}

static void all_partitions(void **state)
{
	(void)state;
	static const struct {
		const char *region;
		const char *partition;
		const char *ecr;
		const char *tagging;
	} table[] = {
		{"us-east-1", "aws", "https://api.ecr.us-east-1.amazonaws.com/",
		 "https://tagging.us-east-1.amazonaws.com/"},
		{"mx-central-1", "aws", "https://api.ecr.mx-central-1.amazonaws.com/",
		 "https://tagging.mx-central-1.amazonaws.com/"},
		{"eu-west-1", "aws", "https://api.ecr.eu-west-1.amazonaws.com/",
		 "https://tagging.eu-west-1.amazonaws.com/"},
		{"xx-new-9", "aws", "https://api.ecr.xx-new-9.amazonaws.com/",
		 "https://tagging.xx-new-9.amazonaws.com/"},
		{"cn-north-1", "aws-cn", "https://api.ecr.cn-north-1.amazonaws.com.cn/",
		 "https://tagging.cn-north-1.amazonaws.com.cn/"},
		{"us-gov-west-1", "aws-us-gov", "https://api.ecr.us-gov-west-1.amazonaws.com/",
		 "https://tagging.us-gov-west-1.amazonaws.com/"},
		{"eusc-de-east-1", "aws-eusc", "https://api.ecr.eusc-de-east-1.amazonaws.eu/",
		 "https://tagging.eusc-de-east-1.amazonaws.eu/"},
		{"us-iso-east-1", "aws-iso", "https://api.ecr.us-iso-east-1.c2s.ic.gov/",
		 "https://tagging.us-iso-east-1.c2s.ic.gov/"},
		{"us-isob-east-1", "aws-iso-b", "https://api.ecr.us-isob-east-1.sc2s.sgov.gov/",
		 "https://tagging.us-isob-east-1.sc2s.sgov.gov/"},
		{"eu-isoe-west-1", "aws-iso-e", "https://api.ecr.eu-isoe-west-1.cloud.adc-e.uk/",
		 "https://tagging.eu-isoe-west-1.cloud.adc-e.uk/"},
		{"us-isof-south-1", "aws-iso-f", "https://api.ecr.us-isof-south-1.csp.hci.ic.gov/",
		 "https://tagging.us-isof-south-1.csp.hci.ic.gov/"},
	};
	const struct endpoint_variant plain = {0};
	for (size_t i = 0; i < array_count(table); i++) {
		assert_string_equal(partition_of_region(table[i].region)->name, table[i].partition);
		assert_url(AWS_SERVICE_ECR, table[i].region, plain, table[i].ecr);
		assert_url(AWS_SERVICE_TAGGING, table[i].region, plain, table[i].tagging);
	}
}

static void fips_and_dual_stack(void **state)
{
	(void)state;
	const struct endpoint_variant fips = {.fips = true};
	const struct endpoint_variant dual = {.dual_stack = true};
	const struct endpoint_variant both = {.fips = true, .dual_stack = true};
	assert_url(AWS_SERVICE_ECR, "us-east-1", fips, "https://ecr-fips.us-east-1.amazonaws.com/");
	assert_url(AWS_SERVICE_ECR, "us-east-1", dual, "https://ecr.us-east-1.api.aws/");
	assert_url(AWS_SERVICE_ECR, "us-east-1", both, "https://ecr-fips.us-east-1.api.aws/");
	assert_url(AWS_SERVICE_ECR, "cn-north-1", dual,
		   "https://ecr.cn-north-1.api.amazonwebservices.com.cn/");
	assert_url(AWS_SERVICE_TAGGING, "us-east-1", fips,
		   "https://tagging-fips.us-east-1.amazonaws.com/");
	assert_url(AWS_SERVICE_TAGGING, "us-east-1", dual, "https://tagging.us-east-1.api.aws/");
}

static void parts_of_an_endpoint(void **state)
{
	(void)state;
	static const struct {
		const char *setting;
		const char *url;
		const char *host;
		const char *path;
	} table[] = {
		{"http://127.0.0.1:4566", "http://127.0.0.1:4566/", "127.0.0.1:4566", "/"},
		{"http://LOCALHOST:4566/", "http://localhost:4566/", "localhost:4566", "/"},
		{"https://e.example:443/", "https://e.example/", "e.example", "/"},
		{"http://e.example:443", "http://e.example:443/", "e.example:443", "/"},
		{"http://e.example:80", "http://e.example/", "e.example", "/"},
		{"https://e.example/a%20b/c", "https://e.example/a%20b/c", "e.example", "/a%20b/c"},
		{"http://[::1]:4566", "http://[::1]:4566/", "[::1]:4566", "/"},
	};
	for (size_t i = 0; i < array_count(table); i++) {
		setenv("AWS_ENDPOINT_URL", table[i].setting, 1);
		cleanup(endpoint_release) struct endpoint endpoint =
			find(AWS_SERVICE_ECR, "us-east-1", (struct endpoint_variant){0});
		assert_string_equal(endpoint.url, table[i].url);
		assert_string_equal(endpoint.host, table[i].host);
		assert_string_equal(endpoint.path, table[i].path);
		assert_string_equal(endpoint.source, "AWS_ENDPOINT_URL");
	}
}

static void precedence(void **state)
{
	struct settings *settings = *state;
	const struct endpoint_variant plain = {0};
	settings_write(settings->config,
		       "[default]\nendpoint_url = http://profile\nservices = s\n");
	assert_url(AWS_SERVICE_ECR, "us-east-1", plain, "http://profile/");
	settings_write(settings->config,
		       "[default]\nendpoint_url = http://profile\nservices = s\n"
		       "[services s]\necr =\n  endpoint_url = http://service\n"
		       "resource_groups_tagging_api =\n  endpoint_url = http://tagservice\n");
	assert_url(AWS_SERVICE_ECR, "us-east-1", plain, "http://service/");
	assert_url(AWS_SERVICE_TAGGING, "us-east-1", plain, "http://tagservice/");
	setenv("AWS_ENDPOINT_URL", "http://all", 1);
	assert_url(AWS_SERVICE_ECR, "us-east-1", plain, "http://all/");
	setenv("AWS_ENDPOINT_URL_ECR", "http://ecr", 1);
	assert_url(AWS_SERVICE_ECR, "us-east-1", plain, "http://ecr/");
	assert_url(AWS_SERVICE_TAGGING, "us-east-1", plain, "http://all/");
	setenv("AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API", "http://tag", 1);
	assert_url(AWS_SERVICE_TAGGING, "us-east-1", plain, "http://tag/");

	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_url(AWS_SERVICE_ECR, "us-east-1", plain, "https://api.ecr.us-east-1.amazonaws.com/");
	unsetenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	settings_write(settings->config, "[default]\nignore_configured_endpoint_urls = true\n");
	assert_url(AWS_SERVICE_ECR, "us-east-1", plain, "https://api.ecr.us-east-1.amazonaws.com/");
}

static void refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"localhost",     "ftp://h/",    "http://",
		"http://u:p@h/", "http://h/?q", "http://h:99999/",
	};
	for (size_t i = 0; i < array_count(bad); i++) {
		setenv("AWS_ENDPOINT_URL_ECR", bad[i], 1);
		struct error err = find_error((struct endpoint_variant){0});
		assert_memory_equal(err.message, "AWS_ENDPOINT_URL_ECR: ", 22);
		assert_true(err.hint[0] != '\0');
	}
	setenv("AWS_ENDPOINT_URL_ECR", "http://h/", 1);
	struct error err = find_error((struct endpoint_variant){.fips = true});
	assert_string_equal(err.message,
			    "AWS_ENDPOINT_URL_ECR cannot be used together with FIPS endpoints");
	err = find_error((struct endpoint_variant){.dual_stack = true});
	assert_non_null(strstr(err.hint, "AWS_USE_DUALSTACK_ENDPOINT"));
}

static void variants(void **state)
{
	struct settings *settings = *state;
	settings_write(settings->config, "[default]\nuse_fips_endpoint = true\n");
	setenv("AWS_USE_DUALSTACK_ENDPOINT", "true", 1);
	cleanup(profile_release) struct profile profile = {0};
	struct endpoint_variant variant = {0};
	struct error err = {0};
	assert_int_equal(profile_load(&profile, &err), 0);
	assert_int_equal(endpoint_variant_read(&profile, &variant, &err), 0);
	assert_true(variant.fips && variant.dual_stack);
	setenv("AWS_USE_FIPS_ENDPOINT", "1", 1);
	assert_int_equal(endpoint_variant_read(&profile, &variant, &err), -1);
	assert_int_equal(err.kind, ERROR_CONFIGURATION);
}

static void regions(void **state)
{
	(void)state;
#define LABEL    "012345678901234567890123456789012345678901234567890123456789012"
#define TOO_LONG "0123456789012345678901234567890123456789012345678901234567890123"
	static const char *const good[] = {"us-east-1", "a", "eusc-de-east-1", "local", LABEL};
	static const char *const bad[] = {
		"",
		"-a",
		"a-",
		"US-EAST-1",
		"us_east_1",
		"us east 1",
		"us-east-1.evil.example",
		"us-east-1/",
		"us-east-1\n",
		"a@b",
		"\xc3\xa4",
		TOO_LONG,
	};
	struct error err = {0};
	for (size_t i = 0; i < array_count(good); i++)
		assert_int_equal(region_check(good[i], &err), 0);
	for (size_t i = 0; i < array_count(bad); i++) {
		assert_int_equal(region_check(bad[i], &err), -1);
		assert_int_equal(err.kind, ERROR_CONFIGURATION);
		assert_non_null(strstr(err.hint, "--region"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		settings_test(all_partitions),
		settings_test(fips_and_dual_stack),
		settings_test(parts_of_an_endpoint),
		settings_test(precedence),
		settings_test(refused),
		settings_test(variants),
		settings_test(regions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
