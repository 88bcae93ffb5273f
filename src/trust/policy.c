#include "trust/policy.h"

#include "base/buffer.h"
#include "base/json.h"
#include "oci/excerpt.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT       ((size_t)1024 * 1024)
#define DOCKER_TRANSPORT "docker"

/* Every requirement of a list must allow, so one answer stands for the list. */
struct scope {
	char *name; /* owned */
	bool allows;
};

struct policy {
	bool default_allows;
	struct scope *scopes; /* of the transport "docker"; owned, sorted by name */
	size_t scope_count;
};

void policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->scope_count; i++)
		free(policy->scopes[i].name);
	free(policy->scopes);
	free(policy);
}

struct policy *policy_accept_anything(void)
{
	struct policy *policy = memory_allocate(sizeof(*policy));
	policy->default_allows = true;
	return policy;
}

/* Are all keys of the object among `known`, a list that ends with NULL? */
static int check_keys(json_t *object, const char *const *known, struct error *err)
{
	const char *key;
	json_t *value;
	json_object_foreach (object, key, value) {
		size_t i = 0;
		while (known[i] != NULL && strcmp(key, known[i]) != 0)
			i++;
		if (known[i] == NULL)
			return error_set(err, ERROR_CONFIGURATION, "unknown key \"%s\"",
					 excerpt(key));
	}
	return 0;
}

static bool verifies_signatures(const char *type)
{
	return strcmp(type, "signedBy") == 0 || strcmp(type, "signedBaseLayer") == 0 ||
	       strcmp(type, "sigstoreSigned") == 0;
}

static int refuse_type(const char *type, struct error *err)
{
	if (!verifies_signatures(type))
		return error_set(err, ERROR_CONFIGURATION, "unknown policy requirement type \"%s\"",
				 excerpt(type));
	error_set(err, ERROR_CONFIGURATION,
		  "requirements of type \"%s\" verify signatures, which this version cannot do yet",
		  type);
	return error_hint(err, "only \"insecureAcceptAnything\" and \"reject\" are supported; name "
			       "a policy made of these with --policy");
}

static int read_requirement(json_t *requirement, bool *ret_allows, struct error *err)
{
	static const char *const keys[] = {"type", NULL};
	if (!json_is_object(requirement))
		return error_set(err, ERROR_CONFIGURATION, "a requirement must be an object");
	const json_t *type = json_object_get(requirement, "type");
	if (!json_is_string(type))
		return error_set(err, ERROR_CONFIGURATION,
				 type == NULL ? "a requirement lacks the key \"type\""
					      : "the \"type\" of a requirement must be a string");
	const char *name = json_string_value(type);
	bool accepts = strcmp(name, "insecureAcceptAnything") == 0;
	if (!accepts && strcmp(name, "reject") != 0)
		return refuse_type(name, err);
	if (check_keys(requirement, keys, err) < 0)
		return error_prefix(err, "requirement of type \"%s\"", name);
	*ret_allows = accepts;
	return 0;
}

/* A list of requirements: it allows where each of them does. */
static int read_requirements(const json_t *list, bool *ret_allows, struct error *err)
{
	if (!json_is_array(list))
		return error_set(err, ERROR_CONFIGURATION, "expected a list of requirements");
	size_t count = json_array_size(list);
	if (count == 0)
		return error_set(err, ERROR_CONFIGURATION,
				 "the list of requirements must not be empty");
	bool all = true;
	for (size_t i = 0; i < count; i++) {
		bool allows = false;
		if (read_requirement(json_array_get(list, i), &allows, err) < 0)
			return -1;
		all = all && allows;
	}
	*ret_allows = all;
	return 0;
}

/* Is this an absolute path, not "/", without empty parts, ".", ".." or a "/" at the end? */
static bool is_clean_path(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *part = path + 1;; part++) {
		size_t size = strcspn(part, "/");
		if (size == 0 || (size == 1 && part[0] == '.') ||
		    (size == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		part += size;
		if (*part == '\0')
			return true;
	}
}

static int check_scope_name(const char *transport, const char *name, struct error *err)
{
	bool is_path = strcmp(transport, "dir") == 0 || strcmp(transport, "oci") == 0;
	if (is_path && name[0] != '\0' && !is_clean_path(name))
		return error_set(err, ERROR_CONFIGURATION,
				 "unknown key \"%s\" (scopes of \"%s\" are absolute paths without "
				 "\".\", \"..\" or needless \"/\")",
				 excerpt(name), transport);
	return 0;
}

/* Every transport is checked, ours alone is kept. */
static int read_scope(struct policy *policy, const char *transport, const char *name,
		      const json_t *list, struct error *err)
{
	bool allows = false;
	if (check_scope_name(transport, name, err) < 0)
		return -1;
	if (read_requirements(list, &allows, err) < 0)
		return error_prefix(err, "scope \"%s\"", excerpt(name));
	if (strcmp(transport, DOCKER_TRANSPORT) == 0)
		policy->scopes[policy->scope_count++] =
			(struct scope){.name = string_copy(name), .allows = allows};
	return 0;
}

static int read_transport(struct policy *policy, const char *transport, json_t *scopes,
			  struct error *err)
{
	if (!json_is_object(scopes))
		return error_set(err, ERROR_CONFIGURATION, "expected an object of scopes");
	if (strcmp(transport, DOCKER_TRANSPORT) == 0)
		policy->scopes = memory_allocate(json_object_size(scopes) * sizeof(struct scope));
	const char *name;
	json_t *list;
	json_object_foreach (scopes, name, list) {
		if (read_scope(policy, transport, name, list, err) < 0)
			return -1;
	}
	return 0;
}

static int read_transports(struct policy *policy, json_t *transports, struct error *err)
{
	if (transports == NULL)
		return 0;
	if (!json_is_object(transports))
		return error_set(err, ERROR_CONFIGURATION, "\"transports\" must be an object");
	const char *transport;
	json_t *scopes;
	json_object_foreach (transports, transport, scopes) {
		if (read_transport(policy, transport, scopes, err) < 0)
			return error_prefix(err, "transport \"%s\"", excerpt(transport));
	}
	return 0;
}

static int compare_scopes(const void *left, const void *right)
{
	return strcmp(((const struct scope *)left)->name, ((const struct scope *)right)->name);
}

static int read_policy(struct policy *policy, json_t *object, struct error *err)
{
	static const char *const keys[] = {"default", "transports", NULL};
	if (check_keys(object, keys, err) < 0)
		return -1;
	const json_t *requirements = json_object_get(object, "default");
	if (requirements == NULL)
		return error_set(err, ERROR_CONFIGURATION, "the key \"default\" is missing");
	if (read_requirements(requirements, &policy->default_allows, err) < 0)
		return error_prefix(err, "default");
	if (read_transports(policy, json_object_get(object, "transports"), err) < 0)
		return -1;
	if (policy->scope_count > 0)
		qsort(policy->scopes, policy->scope_count, sizeof(struct scope), compare_scopes);
	return 0;
}

int policy_parse(const char *data, size_t size, struct policy **ret_policy, struct error *err)
{
	autojson json_t *object = NULL;
	if (json_parse_object(data, size, &object, err) < 0) {
		err->kind = ERROR_CONFIGURATION;
		return -1;
	}
	cleanup(policy_release) struct policy *policy = memory_allocate(sizeof(*policy));
	if (read_policy(policy, object, err) < 0)
		return -1;
	*ret_policy = take_pointer(policy);
	return 0;
}

static void close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

static int read_file(FILE *file, struct buffer *content, struct error *err)
{
	char block[4096];
	size_t size;
	while ((size = fread(block, 1, sizeof(block), file)) > 0) {
		if (buffer_append(content, block, size) < 0)
			return error_set(err, ERROR_CONFIGURATION, "it is larger than %zu bytes",
					 FILE_LIMIT);
	}
	if (ferror(file))
		return error_set(err, ERROR_CONFIGURATION, "%s", strerror(errno));
	return 0;
}

/* As policy_load(), but where there is no such file *ret_policy stays as it is. */
static int load_if_present(const char *path, struct policy **ret_policy, struct error *err)
{
	cleanup(close_file) FILE *file = fopen(path, "re");
	if (file == NULL && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (file == NULL)
		return error_set(err, ERROR_CONFIGURATION, "cannot read the policy \"%s\": %s",
				 path, strerror(errno));
	cleanup(buffer_release) struct buffer content = BUFFER_INIT(FILE_LIMIT);
	if (read_file(file, &content, err) < 0)
		return error_prefix(err, "cannot read the policy \"%s\"", path);
	if (policy_parse(buffer_string(&content), content.size, ret_policy, err) < 0)
		return error_prefix(err, "invalid policy in \"%s\"", path);
	return 0;
}

int policy_load(const char *path, struct policy **ret_policy, struct error *err)
{
	struct policy *policy = NULL;
	if (load_if_present(path, &policy, err) < 0)
		return -1;
	if (policy == NULL)
		return error_set(err, ERROR_CONFIGURATION,
				 "cannot read the policy \"%s\": there is no such file", path);
	*ret_policy = policy;
	return 0;
}

static const char *get_variable(const char *name)
{
	const char *value = getenv(name);
	return value == NULL || value[0] == '\0' ? NULL : value;
}

/* The user's own policy file, or NULL for a user without a home. Caller frees. */
static char *format_user_path(void)
{
	const char *folder = get_variable("XDG_CONFIG_HOME");
	if (folder != NULL)
		return string_format("%s/containers/policy.json", folder);
	const char *home = get_variable("HOME");
	if (home != NULL)
		return string_format("%s/.config/containers/policy.json", home);
	struct passwd entry;
	struct passwd *found = NULL;
	char storage[4096];
	if (getpwuid_r(getuid(), &entry, storage, sizeof(storage), &found) != 0 || found == NULL)
		return NULL;
	return string_format("%s/.config/containers/policy.json", found->pw_dir);
}

/* Tries one of the places; 1 where the search is over, 0 where there is no such file. */
static int try_path(const char *path, struct policy **ret_policy, char **ret_path,
		    struct error *err)
{
	struct policy *policy = NULL;
	if (path == NULL)
		return 0;
	if (load_if_present(path, &policy, err) < 0)
		return error_hint(err, "correct the file, or name another with --policy");
	if (policy == NULL)
		return 0;
	*ret_policy = policy;
	*ret_path = string_copy(path);
	return 1;
}

int policy_load_default(struct policy **ret_policy, char **ret_path, struct error *err)
{
	const char *named = get_variable("CONTAINERS_POLICY_JSON");
	if (named != NULL) {
		if (policy_load(named, ret_policy, err) < 0)
			return error_prefix(err, "CONTAINERS_POLICY_JSON");
		*ret_path = string_copy(named);
		return 0;
	}
	autofree char *user_path = format_user_path();
	const char *const paths[] = {user_path, "/etc/containers/policy.json",
				     "/usr/share/containers/policy.json"};
	for (size_t i = 0; i < array_count(paths); i++) {
		int result = try_path(paths[i], ret_policy, ret_path, err);
		if (result != 0)
			return result < 0 ? -1 : 0;
	}
	*ret_policy = policy_accept_anything();
	*ret_path = NULL;
	return 0;
}

static const struct scope *find_scope(const struct policy *policy, const char *name)
{
	size_t first = 0;
	size_t end = policy->scope_count;
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		int order = strcmp(name, policy->scopes[middle].name);
		if (order == 0)
			return &policy->scopes[middle];
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return NULL;
}

/* The name itself, then each parent path, then the host. */
static const struct scope *find_by_name(const struct policy *policy, const char *name)
{
	autofree char *path = string_copy(name);
	for (;;) {
		const struct scope *scope = find_scope(policy, path);
		char *slash = strrchr(path, '/');
		if (scope != NULL || slash == NULL)
			return scope;
		*slash = '\0';
	}
}

/* "*.b.com", then "*.com", for a host "a.b.com" with any port. */
static const struct scope *find_by_wildcard(const struct policy *policy, const char *host)
{
	autofree char *name = string_copy_size(host, strcspn(host, ":"));
	for (char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
		autofree char *wildcard = string_format("*%s", dot);
		const struct scope *scope = find_scope(policy, wildcard);
		if (scope != NULL)
			return scope;
	}
	return NULL;
}

/* The scope of the image as a whole; NULL means the policy's default. */
static const struct scope *find_for_image(const struct policy *policy,
					  const struct reference *image, const char *identity)
{
	const struct scope *scope = find_scope(policy, identity);
	if (scope == NULL) {
		autofree char *name = string_format("%s/%s", image->host, image->repository);
		scope = find_by_name(policy, name);
	}
	if (scope == NULL)
		scope = find_by_wildcard(policy, image->host);
	return scope == NULL ? find_scope(policy, "") : scope;
}

static int reject(const struct reference *image, const struct scope *scope, struct error *err)
{
	autofree char *name = reference_format(image);
	if (scope == NULL)
		error_set(err, ERROR_REJECTED, "the trust policy rejects %s by its default", name);
	else if (scope->name[0] == '\0')
		error_set(err, ERROR_REJECTED,
			  "the trust policy rejects %s by the default of transport \"docker\"",
			  name);
	else
		error_set(err, ERROR_REJECTED, "the trust policy rejects %s by its scope \"%s\"",
			  name, excerpt(scope->name));
	return error_hint(err, "if it should be mirrored, the policy needs a scope under transport "
			       "\"docker\" that accepts it");
}

/* "host/repository:tag", for an image that also has a digest: what the tag's scope forbids stays
 * forbidden, but it cannot allow other bytes than the tag's. */
static int check_tag_beside_digest(const struct policy *policy, const struct reference *image,
				   struct error *err)
{
	autofree char *name = string_format("%s/%s:%s", image->host, image->repository, image->tag);
	const struct scope *scope = find_scope(policy, name);
	return scope == NULL || scope->allows ? 0 : reject(image, scope, err);
}

int policy_check(const struct policy *policy, const struct reference *image, struct error *err)
{
	struct reference exact = *image;
	if (image->tag != NULL && digest_is_set(&image->digest)) {
		if (check_tag_beside_digest(policy, image, err) < 0)
			return -1;
		exact.tag = NULL;
	}
	autofree char *identity = reference_format(&exact);
	const struct scope *scope = find_for_image(policy, image, identity);
	bool allows = scope == NULL ? policy->default_allows : scope->allows;
	return allows ? 0 : reject(image, scope, err);
}
