#include "mirror/sources.h"

#include "registry/token_authenticator.h"

#include <pthread.h>
#include <string.h>

struct source {
	struct registry *registry;
	struct source *next;
};

struct sources {
	struct http_client *client;
	struct sources_options options;
	pthread_mutex_t mutex; /* guards the following */
	struct source *first;
};

struct sources *sources_new(struct http_client *client, const struct sources_options *options)
{
	struct sources *sources = memory_allocate(sizeof(*sources));
	sources->client = client;
	sources->options = *options;
	pthread_mutex_init(&sources->mutex, NULL);
	return sources;
}

void sources_free(struct sources *sources)
{
	if (sources == NULL)
		return;
	struct source *next;
	for (struct source *source = sources->first; source != NULL; source = next) {
		next = source->next;
		registry_free(source->registry);
		free(source);
	}
	pthread_mutex_destroy(&sources->mutex);
	free(sources);
}

static struct registry *open_registry(const struct sources *sources, const char *host)
{
	static const struct registry_credentials anonymous = {0};
	const struct sources_options *options = &sources->options;
	bool own =
		options->credentials_host != NULL && strcmp(host, options->credentials_host) == 0;
	const struct registry_options registry_options = {
		.host = host,
		.insecure = options->insecure,
		.authenticator = token_authenticator_new(sources->client,
							 own ? &options->credentials : &anonymous,
							 options->insecure),
	};
	return registry_new(sources->client, &registry_options);
}

struct registry *sources_registry(struct sources *sources, const char *host)
{
	pthread_mutex_lock(&sources->mutex);
	struct source *source = sources->first;
	while (source != NULL && strcmp(registry_host(source->registry), host) != 0)
		source = source->next;
	if (source == NULL) {
		source = memory_allocate(sizeof(*source));
		source->registry = open_registry(sources, host);
		source->next = sources->first;
		sources->first = source;
	}
	pthread_mutex_unlock(&sources->mutex);
	return source->registry;
}
