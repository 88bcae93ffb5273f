#include "mirror/blob_ledger.h"

#include "base/memory.h"

#include <pthread.h>
#include <search.h>
#include <string.h>

enum state {
	ABSENT, /* or not known to be there */
	UPLOADING,
	PRESENT,
	COMMITTED, /* present, and a manifest refers to it */
};

/* One blob in one repository. */
struct holding {
	char *repository;
	enum state state;
	struct holding *next;
};

struct blob {
	struct digest digest; /* first: the tree's key */
	struct holding *holdings;
};

struct blob_ledger {
	pthread_mutex_t mutex; /* guards the following */
	pthread_cond_t changed;
	void *blobs; /* tree of struct blob, search.h */
};

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct digest *)left)->text, ((const struct digest *)right)->text);
}

struct blob_ledger *blob_ledger_new(void)
{
	struct blob_ledger *ledger = memory_allocate(sizeof(*ledger));
	pthread_mutex_init(&ledger->mutex, NULL);
	pthread_cond_init(&ledger->changed, NULL);
	return ledger;
}

static void free_blob(struct blob *blob)
{
	struct holding *next;
	for (struct holding *holding = blob->holdings; holding != NULL; holding = next) {
		next = holding->next;
		free(holding->repository);
		free(holding);
	}
	free(blob);
}

void blob_ledger_free(struct blob_ledger *ledger)
{
	if (ledger == NULL)
		return;
	while (ledger->blobs != NULL) {
		struct blob *blob = *(struct blob **)ledger->blobs;
		tdelete(blob, &ledger->blobs, compare);
		free_blob(blob);
	}
	pthread_cond_destroy(&ledger->changed);
	pthread_mutex_destroy(&ledger->mutex);
	free(ledger);
}

static struct blob *find_blob(struct blob_ledger *ledger, const struct digest *digest)
{
	struct blob **found = tfind(digest, &ledger->blobs, compare);
	if (found != NULL)
		return *found;
	struct blob *blob = memory_allocate(sizeof(*blob));
	blob->digest = *digest;
	tsearch(blob, &ledger->blobs, compare);
	return blob;
}

static struct holding *find_holding(struct blob_ledger *ledger, const char *repository,
				    const struct digest *digest)
{
	struct blob *blob = find_blob(ledger, digest);
	struct holding *holding = blob->holdings;
	while (holding != NULL && strcmp(holding->repository, repository) != 0)
		holding = holding->next;
	if (holding == NULL) {
		holding = memory_allocate(sizeof(*holding));
		holding->repository = string_copy(repository);
		holding->next = blob->holdings;
		blob->holdings = holding;
	}
	return holding;
}

bool blob_ledger_has(struct blob_ledger *ledger, const char *repository,
		     const struct digest *digest)
{
	pthread_mutex_lock(&ledger->mutex);
	bool has = find_holding(ledger, repository, digest)->state >= PRESENT;
	pthread_mutex_unlock(&ledger->mutex);
	return has;
}

bool blob_ledger_claim(struct blob_ledger *ledger, const char *repository,
		       const struct digest *digest)
{
	pthread_mutex_lock(&ledger->mutex);
	struct holding *holding = find_holding(ledger, repository, digest);
	while (holding->state == UPLOADING)
		pthread_cond_wait(&ledger->changed, &ledger->mutex);
	bool claimed = holding->state == ABSENT;
	if (claimed)
		holding->state = UPLOADING;
	pthread_mutex_unlock(&ledger->mutex);
	return claimed;
}

static void set_state(struct blob_ledger *ledger, const char *repository,
		      const struct digest *digest, enum state state)
{
	pthread_mutex_lock(&ledger->mutex);
	struct holding *holding = find_holding(ledger, repository, digest);
	if (holding->state != COMMITTED)
		holding->state = state;
	pthread_cond_broadcast(&ledger->changed);
	pthread_mutex_unlock(&ledger->mutex);
}

void blob_ledger_settle(struct blob_ledger *ledger, const char *repository,
			const struct digest *digest, bool present)
{
	set_state(ledger, repository, digest, present ? PRESENT : ABSENT);
}

void blob_ledger_commit(struct blob_ledger *ledger, const char *repository,
			const struct digest *digest)
{
	set_state(ledger, repository, digest, COMMITTED);
}

char *blob_ledger_mount_source(struct blob_ledger *ledger, const char *repository,
			       const struct digest *digest)
{
	pthread_mutex_lock(&ledger->mutex);
	struct holding *holding = find_blob(ledger, digest)->holdings;
	while (holding != NULL &&
	       (holding->state != COMMITTED || strcmp(holding->repository, repository) == 0))
		holding = holding->next;
	char *name = holding == NULL ? NULL : string_copy(holding->repository);
	pthread_mutex_unlock(&ledger->mutex);
	return name;
}
