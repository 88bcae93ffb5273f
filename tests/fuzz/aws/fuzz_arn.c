/* Names of ECR: an ARN, a registry's host, a region. What is taken apart must go together again. */
#include "aws/ecr.h"
#include "aws/partition.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_arn(const char *text)
{
	cleanup(ecr_arn_release) struct ecr_arn arn = {0};
	struct error err;
	if (ecr_arn_parse(text, &arn, &err) < 0)
		return;
	autofree char *again = string_format("arn:%s:ecr:%s:%s:repository/%s", arn.partition,
					     arn.region, arn.account, arn.repository);
	if (strcmp(again, text) != 0)
		abort();
}

static void check_host(const char *text)
{
	struct ecr_host host;
	struct error err;
	if (!ecr_host_parse(text, &host))
		return;
	if (strlen(host.account) != 12 || region_check(host.region, &err) < 0)
		abort();
	autofree char *plain = ecr_registry_host(host.account, host.region);
	struct ecr_host again;
	if (!ecr_host_parse(plain, &again) || strcmp(again.region, host.region) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = string_copy_size((const char *)data, size);
	check_arn(text);
	check_host(text);
	return 0;
}
