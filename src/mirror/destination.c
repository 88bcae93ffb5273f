#include "mirror/destination.h"

#include "mirror/ecr_login.h"
#include "net/url.h"

#include <pthread.h>
#include <search.h>
#include <string.h>

/* The state of one repository. */
struct repository {
	char *name;
	pthread_mutex_t mutex; /* held while ECR is asked; guards the following */
	bool asked;
	struct ecr_image_list images;
	struct error error; /* of asking */
};

struct destination {
	struct aws_session *session;
	struct ecr_login *login;
	struct registry *registry;
	struct blob_ledger *ledger;
	char *account; /* NULL: the caller's own */

	pthread_mutex_t mutex; /* guards the following */
	void *repositories;    /* tree of struct repository, search.h */
};

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct repository *)left)->name,
		      ((const struct repository *)right)->name);
}

static void free_repository(struct repository *repository)
{
	free(repository->name);
	ecr_image_list_release(&repository->images);
	pthread_mutex_destroy(&repository->mutex);
	free(repository);
}

void destination_free(struct destination *destination)
{
	if (destination == NULL)
		return;
	while (destination->repositories != NULL) {
		struct repository *repository = *(struct repository **)destination->repositories;
		tdelete(repository, &destination->repositories, compare);
		free_repository(repository);
	}
	registry_free(destination->registry);
	ecr_login_free(destination->login);
	blob_ledger_free(destination->ledger);
	free(destination->account);
	pthread_mutex_destroy(&destination->mutex);
	free(destination);
}

/* The registry that `host` names, or the account's own at `address`. */
static int connect_registry(struct destination *destination, struct http_client *client,
			    const char *host, const char *address, struct error *err)
{
	cleanup(url_release) struct url url = {0};
	if (url_parse(address, &url, err) < 0)
		return error_prefix(err, "ecr:GetAuthorizationToken: proxyEndpoint");
	const char *own_host = address + strlen(url.scheme) + strlen("://");
	autofree char *own = string_copy_size(own_host, strcspn(own_host, "/"));
	struct registry_options options = {
		.host = own,
		.scheme = url.scheme,
		.ca_file = aws_session_ca_file(destination->session),
	};
	if (host != NULL && strcmp(host, own) != 0) {
		struct ecr_host parsed;
		if (!ecr_host_parse(host, &parsed))
			return error_set(err, ERROR_USAGE,
					 "%s is no ECR registry (the account's own is %s)", host,
					 own);
		destination->account = string_copy(parsed.account);
		options.host = host;
		options.scheme = "https";
	}
	options.authenticator = ecr_login_authenticator(destination->login);
	destination->registry = registry_new(client, &options);
	return 0;
}

int destination_new(struct aws_session *session, struct http_client *client, const char *host,
		    struct destination **ret_destination, struct error *err)
{
	cleanup(destination_release) struct destination *destination =
		memory_allocate(sizeof(*destination));
	destination->session = session;
	destination->login = ecr_login_new(session);
	destination->ledger = blob_ledger_new();
	pthread_mutex_init(&destination->mutex, NULL);

	autofree char *address = NULL;
	if (ecr_login_address(destination->login, &address, err) < 0 ||
	    connect_registry(destination, client, host, address, err) < 0)
		return -1;
	*ret_destination = take_pointer(destination);
	return 0;
}

struct registry *destination_registry(struct destination *destination)
{
	return destination->registry;
}

struct blob_ledger *destination_ledger(struct destination *destination)
{
	return destination->ledger;
}

static struct repository *find_repository(struct destination *destination, const char *name)
{
	autofree char *key_name = string_copy(name);
	const struct repository key = {.name = key_name};
	pthread_mutex_lock(&destination->mutex);
	struct repository **found = tfind(&key, &destination->repositories, compare);
	struct repository *repository = found == NULL ? NULL : *found;
	if (repository == NULL) {
		repository = memory_allocate(sizeof(*repository));
		repository->name = take_pointer(key_name);
		pthread_mutex_init(&repository->mutex, NULL);
		tsearch(repository, &destination->repositories, compare);
	}
	pthread_mutex_unlock(&destination->mutex);
	return repository;
}

static void find_tag(const struct ecr_image_list *images, const char *tag,
		     struct digest *ret_digest)
{
	struct error ignored;
	*ret_digest = (struct digest){0};
	for (size_t i = 0; i < images->tags.count; i++) {
		if (strcmp(images->tags.items[i], tag) == 0) {
			digest_parse(images->digests.items[i], ret_digest, &ignored);
			return;
		}
	}
}

static int hint_at_creation(const struct destination *destination, const char *repository,
			    struct error *err)
{
	if (destination->account != NULL)
		return error_hint(err, "create the repository in account %s first",
				  destination->account);
	return error_hint(err,
			  "create it with: aws ecr create-repository --region %s "
			  "--repository-name %s (the tagging API goes on naming a deleted "
			  "repository for some minutes)",
			  aws_session_region(destination->session), repository);
}

int destination_tag(struct destination *destination, const char *repository_name, const char *tag,
		    struct digest *ret_digest, struct error *err)
{
	struct repository *repository = find_repository(destination, repository_name);
	pthread_mutex_lock(&repository->mutex);
	if (!repository->asked) {
		repository->asked = true;
		ecr_list_images(destination->session, destination->account, repository_name,
				&repository->images, &repository->error);
	}
	if (repository->error.kind == ERROR_NOT_FOUND)
		hint_at_creation(destination, repository_name, &repository->error);
	bool known = repository->error.kind == ERROR_NONE;
	if (known)
		find_tag(&repository->images, tag, ret_digest);
	else
		*err = repository->error;
	pthread_mutex_unlock(&repository->mutex);
	return known ? 0 : -1;
}

void destination_retry(struct destination *destination, const char *repository_name)
{
	struct repository *repository = find_repository(destination, repository_name);
	pthread_mutex_lock(&repository->mutex);
	if (error_is_transient(repository->error.kind)) {
		repository->asked = false;
		repository->error = (struct error){0};
	}
	pthread_mutex_unlock(&repository->mutex);
}

int destination_blobs(struct destination *destination, const char *repository,
		      const struct digest *digests, size_t count, bool *ret_available,
		      struct error *err)
{
	return ecr_batch_check_layer_availability(destination->session, destination->account,
						  repository, digests, count, ret_available, err);
}
