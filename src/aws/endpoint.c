#include "aws/endpoint.h"

#include "aws/partition.h"
#include "net/url.h"

#include <string.h>

const struct service_names *service_names(enum aws_service service)
{
	static const struct service_names names[] = {
		[AWS_SERVICE_ECR] =
			{
				.signing = "ecr",
				.action = "ecr",
				.target = "AmazonEC2ContainerRegistry_V20150921",
				.setting = "ecr",
				.variable = "AWS_ENDPOINT_URL_ECR",
				.host = "api.ecr",
				.fips_host = "ecr-fips",
				.dual_stack_host = "ecr",
			},
		[AWS_SERVICE_TAGGING] =
			{
				.signing = "tagging",
				.action = "tag",
				.target = "ResourceGroupsTaggingAPI_20170126",
				.setting = "resource_groups_tagging_api",
				.variable = "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API",
				.host = "tagging",
				.fips_host = "tagging-fips",
				.dual_stack_host = "tagging",
			},
	};
	return &names[service];
}

void endpoint_release(struct endpoint *endpoint)
{
	free(endpoint->url);
	free(endpoint->host);
	free(endpoint->path);
	*endpoint = (struct endpoint){0};
}

int endpoint_variant_read(const struct profile *profile, struct endpoint_variant *ret_variant,
			  struct error *err)
{
	struct endpoint_variant variant;
	if (profile_get_flag(profile, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &variant.fips,
			     err) < 0 ||
	    profile_get_flag(profile, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint",
			     &variant.dual_stack, err) < 0)
		return -1;
	*ret_variant = variant;
	return 0;
}

/* A URL that the user has set. */
struct setting {
	const char *name;
	const char *url; /* NULL: none is set */
};

static int find_setting(const struct service_names *names, const struct profile *profile,
			struct setting *ret_setting, struct error *err)
{
	bool ignored;
	if (profile_get_flag(profile, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
			     "ignore_configured_endpoint_urls", &ignored, err) < 0)
		return -1;
	const struct setting settings[] = {
		{names->variable, environment_get(names->variable)},
		{"AWS_ENDPOINT_URL", environment_get("AWS_ENDPOINT_URL")},
		{"endpoint_url of the services section",
		 profile_get_for_service(profile, names->setting, "endpoint_url")},
		{"endpoint_url of the profile", profile_get(profile, "endpoint_url")},
	};
	*ret_setting = (struct setting){0};
	for (size_t i = 0; !ignored && i < array_count(settings); i++) {
		if (settings[i].url != NULL) {
			*ret_setting = settings[i];
			break;
		}
	}
	return 0;
}

static bool is_default_port(const struct url *url)
{
	return strcmp(url->port, strcmp(url->scheme, "https") == 0 ? "443" : "80") == 0;
}

/* Put together again from its parts, so that what is signed is what libcurl sends. */
static int from_setting(const struct setting *setting, struct endpoint *ret_endpoint,
			struct error *err)
{
	cleanup(url_release) struct url url = {0};
	if (url_parse(setting->url, &url, err) < 0 || url.query != NULL) {
		if (url.query != NULL)
			error_set(err, ERROR_INVALID, "an endpoint has no query (\"?…\")");
		error_prefix(err, "%s", setting->name);
		err->kind = ERROR_CONFIGURATION;
		return error_hint(err, "an endpoint looks like https://vpce-1234.api.ecr.us-east-1."
				       "vpce.amazonaws.com");
	}
	char *host = is_default_port(&url) ? string_copy(url.host)
					   : string_format("%s:%s", url.host, url.port);
	*ret_endpoint = (struct endpoint){
		.url = string_format("%s://%s%s", url.scheme, host, url.path),
		.host = host,
		.path = string_copy(url.path),
		.source = setting->name,
	};
	return 0;
}

static void from_partition(const struct service_names *names, const char *region,
			   const struct endpoint_variant *variant, struct endpoint *ret_endpoint)
{
	const struct partition *partition = partition_of_region(region);
	const char *first = variant->fips         ? names->fips_host
			    : variant->dual_stack ? names->dual_stack_host
						  : names->host;
	const char *suffix = variant->dual_stack ? partition->dual_stack_suffix : partition->suffix;
	char *host = string_format("%s.%s.%s", first, region, suffix);
	*ret_endpoint = (struct endpoint){
		.url = string_format("https://%s/", host),
		.host = host,
		.path = string_copy("/"),
	};
}

int endpoint_find(enum aws_service service, const char *region, const struct profile *profile,
		  const struct endpoint_variant *variant, struct endpoint *ret_endpoint,
		  struct error *err)
{
	const struct service_names *names = service_names(service);
	struct setting setting;
	if (find_setting(names, profile, &setting, err) < 0)
		return -1;
	if (setting.url == NULL) {
		from_partition(names, region, variant, ret_endpoint);
		return 0;
	}
	if (variant->fips || variant->dual_stack) {
		error_set(err, ERROR_CONFIGURATION, "%s cannot be used together with %s",
			  setting.name, variant->fips ? "FIPS endpoints" : "dual-stack endpoints");
		return error_hint(err, "unset %s or %s", setting.name,
				  variant->fips ? "AWS_USE_FIPS_ENDPOINT"
						: "AWS_USE_DUALSTACK_ENDPOINT");
	}
	return from_setting(&setting, ret_endpoint, err);
}
