#include "aws/partition.h"

#include <ctype.h>
#include <string.h>

const struct partition partitions[] = {
	{"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn",
	 "on.amazonwebservices.com.cn"},
	{"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "on.aws"},
	{"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", NULL},
	{"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", NULL},
	{"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", NULL},
	{"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", NULL},
	{"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", NULL},
	{"aws", "", "amazonaws.com", "api.aws", "on.aws"},
	{0},
};

const struct partition *partition_of_region(const char *region)
{
	const struct partition *partition = partitions;
	while (strncmp(region, partition->region_prefix, strlen(partition->region_prefix)) != 0)
		partition++;
	return partition;
}

int region_check(const char *region, struct error *err)
{
	size_t size = 0;
	while (islower((unsigned char)region[size]) || isdigit((unsigned char)region[size]) ||
	       region[size] == '-')
		size++;
	if (region[size] == '\0' && size > 0 && size < REGION_SIZE && region[0] != '-' &&
	    region[size - 1] != '-')
		return 0;
	error_set(err, ERROR_CONFIGURATION, "\"%.*s\" is no AWS region", REGION_SIZE, region);
	return error_hint(err, "regions have names like us-east-1; check --region, AWS_REGION, "
			       "AWS_DEFAULT_REGION and the profile's region");
}
