/* Hosts and ARNs of ecr.h: text to parts and back. */
#include "aws/ecr_address.h"

#include "aws/ecr.h"
#include "aws/partition.h"

#include <ctype.h>
#include <string.h>

#define ACCOUNT_SIZE          12
#define HOST_SIZE_LIMIT       253
#define REPOSITORY_SIZE_LIMIT 256
#define SHOWN_SIZE            200 /* of a malformed name in a message */

/* How a registry's host goes on after the account; [fips][dual-stack]. */
static const char *const host_infixes[2][2] = {
	{".dkr.ecr.", ".dkr-ecr."},
	{".dkr.ecr-fips.", ".dkr-ecr-fips."},
};

static bool is_account(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!isdigit((unsigned char)text[i]))
			return false;
	}
	return size == ACCOUNT_SIZE;
}

/* Copies a part of a name; false where it does not fit or is empty. */
static bool copy_part(const char *text, size_t size, char *copy, size_t capacity)
{
	if (size == 0 || size >= capacity)
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	return true;
}

static bool is_region(const char *region)
{
	struct error ignored;
	return region_check(region, &ignored) == 0;
}

static bool is_registry_suffix(const char *suffix, bool dual_stack)
{
	for (const struct partition *partition = partitions; partition->name != NULL; partition++) {
		const char *known = dual_stack ? partition->dual_stack_registry : partition->suffix;
		if (known != NULL && strcmp(suffix, known) == 0)
			return true;
	}
	return false;
}

/* `rest` is "us-east-1.amazonaws.com". */
static bool parse_region_and_suffix(const char *rest, bool dual_stack, struct ecr_host *host)
{
	size_t size = strcspn(rest, ".");
	return copy_part(rest, size, host->region, sizeof(host->region)) &&
	       is_region(host->region) && rest[size] == '.' &&
	       is_registry_suffix(rest + size + 1, dual_stack);
}

bool ecr_host_parse(const char *host, struct ecr_host *ret_host)
{
	char text[HOST_SIZE_LIMIT + 1] = "";
	for (size_t i = 0; host[i] != '\0'; i++) {
		if (i == HOST_SIZE_LIMIT)
			return false;
		text[i] = (char)tolower((unsigned char)host[i]);
	}
	if (!is_account(text, strcspn(text, ".")))
		return false;
	struct ecr_host parsed = {0};
	memcpy(parsed.account, text, ACCOUNT_SIZE);
	for (int variant = 0; variant < 4; variant++) {
		const char *infix = host_infixes[variant / 2][variant % 2];
		const char *rest = text + ACCOUNT_SIZE;
		if (strncmp(rest, infix, strlen(infix)) != 0)
			continue;
		if (!parse_region_and_suffix(rest + strlen(infix), variant % 2 == 1, &parsed))
			return false;
		*ret_host = parsed;
		return true;
	}
	return false;
}

char *ecr_registry_host_variant(const char *account, const char *region,
				const struct endpoint_variant *variant)
{
	const struct partition *partition = partition_of_region(region);
	const char *suffix =
		variant->dual_stack ? partition->dual_stack_registry : partition->suffix;
	if (suffix == NULL)
		return NULL;
	return string_format("%s%s%s.%s", account, host_infixes[variant->fips][variant->dual_stack],
			     region, suffix);
}

char *ecr_registry_host(const char *account, const char *region)
{
	return ecr_registry_host_variant(account, region, &(struct endpoint_variant){0});
}

void ecr_arn_release(struct ecr_arn *arn)
{
	free(arn->repository);
	*arn = (struct ecr_arn){0};
}

static size_t alphanumeric_size(const char *text)
{
	size_t size = 0;
	while (islower((unsigned char)text[size]) || isdigit((unsigned char)text[size]))
		size++;
	return size;
}

/* How much stands between two alphanumeric parts: one of . / _ __ or any number of hyphens. */
static size_t separator_size(const char *text)
{
	if (text[0] == '-')
		return strspn(text, "-");
	if (text[0] == '_' && text[1] == '_')
		return 2;
	return text[0] == '.' || text[0] == '_' || text[0] == '/' ? 1 : 0;
}

/* CreateRepository, repositoryName. */
static bool is_repository_name(const char *name)
{
	size_t length = strlen(name);
	if (length < 2 || length > REPOSITORY_SIZE_LIMIT)
		return false;
	for (;;) {
		size_t size = alphanumeric_size(name);
		if (size == 0)
			return false;
		name += size;
		if (*name == '\0')
			return true;
		size = separator_size(name);
		if (size == 0)
			return false;
		name += size;
	}
}

/* The text up to the next colon, copied; what follows the colon, or NULL. */
static const char *take_field(const char *text, char *field, size_t capacity)
{
	size_t size = strcspn(text, ":");
	if (text[size] != ':' || !copy_part(text, size, field, capacity))
		return NULL;
	return text + size + 1;
}

static const char *parse_arn_fields(const char *text, struct ecr_arn *arn)
{
	char literal[4];
	const char *rest = take_field(text, literal, sizeof(literal));
	if (rest == NULL || strcmp(literal, "arn") != 0)
		return NULL;
	rest = take_field(rest, arn->partition, sizeof(arn->partition));
	if (rest == NULL || strncmp(arn->partition, "aws", 3) != 0 || !is_region(arn->partition))
		return NULL;
	rest = take_field(rest, literal, sizeof(literal));
	if (rest == NULL || strcmp(literal, "ecr") != 0)
		return NULL;
	rest = take_field(rest, arn->region, sizeof(arn->region));
	if (rest == NULL || !is_region(arn->region))
		return NULL;
	rest = take_field(rest, arn->account, sizeof(arn->account));
	return rest != NULL && is_account(arn->account, strlen(arn->account)) ? rest : NULL;
}

int ecr_arn_parse(const char *text, struct ecr_arn *ret_arn, struct error *err)
{
	static const char type[] = "repository/";
	struct ecr_arn arn = {0};
	const char *resource = parse_arn_fields(text, &arn);
	if (resource == NULL || strncmp(resource, type, strlen(type)) != 0 ||
	    !is_repository_name(resource + strlen(type)))
		return error_set(err, ERROR_INVALID, "\"%.*s\" is no ARN of an ECR repository",
				 SHOWN_SIZE, text);
	arn.repository = string_copy(resource + strlen(type));
	*ret_arn = arn;
	return 0;
}
