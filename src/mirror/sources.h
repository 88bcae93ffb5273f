/*
 * The upstream registries of a run: one client for each host, made when it is first needed.
 * Any thread.
 */
#ifndef MIRROR_SOURCES_H
#define MIRROR_SOURCES_H

#include "registry/credentials.h"
#include "registry/registry.h"

struct sources;

struct sources_options {
	/* For one host alone; all others are spoken to without. */
	struct registry_credentials credentials;
	const char *credentials_host; /* "docker.io" */
	bool insecure;                /* see registry_options */
};

/* `client` and what `options` points to are borrowed. */
struct sources *sources_new(struct http_client *client, const struct sources_options *options)
	__attribute__((returns_nonnull));
void sources_free(struct sources *sources); /* NULL is fine */

static inline void sources_release(struct sources **sources)
{
	sources_free(*sources);
}

/* The client for a host. Owned by `sources`. */
struct registry *sources_registry(struct sources *sources, const char *host)
	__attribute__((returns_nonnull));

#endif
