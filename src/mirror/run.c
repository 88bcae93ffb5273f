#include "mirror/run.h"

#include "aws/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parallel.h"
#include "mirror/check.h"
#include "mirror/copy.h"
#include "mirror/discover.h"
#include "mirror/expand.h"
#include "mirror/transfer_slots.h"
#include "mirror/wish.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Images in flight where nobody says otherwise: enough to hide a round trip to a far registry. */
#define IMAGES_AT_ONCE 32

/* Blobs that travel at once, over all images: what bounds the memory of a run. */
#define TRANSFERS_AT_ONCE 8

/* Longest pause before the first further attempt of an image, and before any; milliseconds. */
#define RETRY_PAUSE       1000
#define RETRY_PAUSE_LIMIT 20000

struct run {
	struct run_options options;
	struct http_client *client;
	atomic_bool stopping;
	pthread_mutex_t telling; /* held while on_item runs */
};

int run_new(const struct run_options *options, struct run **ret_run, struct error *err)
{
	struct http_client *client = NULL;
	if (http_client_new(&client, err) < 0)
		return -1;
	struct run *run = memory_allocate(sizeof(*run));
	run->options = *options;
	run->client = client;
	pthread_mutex_init(&run->telling, NULL);
	*ret_run = run;
	return 0;
}

void run_free(struct run *run)
{
	if (run == NULL)
		return;
	http_client_free(run->client);
	pthread_mutex_destroy(&run->telling);
	free(run);
}

void run_stop(struct run *run, int64_t grace)
{
	atomic_store(&run->stopping, true);
	http_client_stop(run->client, grace);
}

/* --- one image ----------------------------------------------------------------------------- */

/* The part of a run that works on items. */
struct work {
	struct run *run;
	struct mirror_context context;
	struct item_list *items;
};

static void defer(struct item *item)
{
	struct error err;
	error_set(&err, ERROR_INTERRUPTED, "the run was interrupted before its turn");
	item_fail(item, &err);
	item->verdict = VERDICT_DEFERRED;
	item->outcome = OUTCOME_DEFERRED;
}

static void check_and_copy(const struct work *work, struct item *item)
{
	check_item(&work->context, item);
	if (item->outcome != OUTCOME_NONE)
		return;
	if (work->run->options.dry_run)
		item->outcome = OUTCOME_WOULD_COPY;
	else
		copy_item(&work->context, item);
}

/* What a further attempt starts from: the item as expand has left it. */
static void forget_attempt(struct item *item)
{
	item->verdict = VERDICT_NONE;
	item->outcome = OUTCOME_NONE;
	item->source_digest = item->index_digest = item->destination_digest = (struct digest){0};
	item->layers = (struct layer_counts){0};
	free(item->error);
	item->error = NULL;
}

/* Full jitter: anywhere between at once and the limit, which doubles with each attempt. */
static void pause_before_retry(struct run *run, unsigned attempts)
{
	int64_t limit = attempts < 6 ? RETRY_PAUSE << attempts : RETRY_PAUSE_LIMIT;
	if (limit > RETRY_PAUSE_LIMIT)
		limit = RETRY_PAUSE_LIMIT;
	int64_t end = clock_milliseconds() + (int64_t)arc4random_uniform((uint32_t)limit);
	while (clock_milliseconds() < end && !atomic_load(&run->stopping))
		clock_sleep(50);
}

static void attempt(const struct work *work, struct item *item)
{
	struct run *run = work->run;
	for (unsigned attempts = 0;; attempts++) {
		check_and_copy(work, item);
		if (item->outcome != OUTCOME_FAILED || !error_is_transient(item->error->kind) ||
		    attempts == run->options.retry_times)
			return;
		pause_before_retry(run, attempts);
		if (atomic_load(&run->stopping))
			return;
		log_debug("%s: %s; trying again", item->source_text, item->error->message);
		forget_attempt(item);
		destination_retry(work->context.destination, item->repository);
	}
}

/* A turn of the loop over the items. */
static void process_item(void *context, size_t index)
{
	const struct work *work = context;
	struct run *run = work->run;
	struct item *item = &work->items->items[index];
	int64_t started = clock_milliseconds();
	bool open = item->outcome == OUTCOME_NONE; /* expand has found nothing wrong with it */
	if (open && atomic_load(&run->stopping))
		defer(item);
	else if (open)
		attempt(work, item);
	item->seconds = (double)(clock_milliseconds() - started) / 1000;

	if (run->options.on_item != NULL) {
		pthread_mutex_lock(&run->telling);
		run->options.on_item(run->options.context, item);
		pthread_mutex_unlock(&run->telling);
	}
}

static void process_items(struct run *run, struct destination *destination,
			  const char *credentials_host, struct item_list *items)
{
	const struct run_options *options = &run->options;
	const struct sources_options sources_options = {
		.credentials = options->credentials,
		.credentials_host = credentials_host,
		.insecure = options->insecure_source,
	};
	struct work work = {
		.run = run,
		.items = items,
		.context = {.sources = sources_new(run->client, &sources_options),
			    .destination = destination,
			    .policy = options->policy,
			    .platform = options->platform,
			    .check_layers = options->check_layers,
			    .slots = transfer_slots_new(TRANSFERS_AT_ONCE)},
	};
	size_t limit = options->batch > 0 ? options->batch : IMAGES_AT_ONCE;
	parallel_for(items->count, limit, process_item, &work);
	transfer_slots_free(work.context.slots);
	sources_free(work.context.sources);
}

/* --- the commands -------------------------------------------------------------------------- */

static void begin(struct run_result *result, const char *command, const struct run *run,
		  int64_t *ret_started)
{
	*result = (struct run_result){
		.command = command, .dry_run = run->options.dry_run, .started = time(NULL)};
	*ret_started = clock_milliseconds();
}

static void end(struct run_result *result, int64_t started, struct run_result *ret_result)
{
	result->seconds = (double)(clock_milliseconds() - started) / 1000;
	*ret_result = *result;
	*result = (struct run_result){0};
}

static int discover_and_expand(struct run *run, struct aws_session *session,
			       struct item_list *items, struct error *err)
{
	const struct discover_options options = {
		.image_key = run->options.image_key,
		.tag_key = run->options.tag_key,
		.prefix = run->options.prefix,
	};
	cleanup(mirror_list_release) struct mirror_list mirrors = {0};
	if (discover_mirrors(session, &options, &mirrors, err) < 0)
		return -1;
	for (size_t i = 0; i < mirrors.count; i++)
		expand_mirror(&mirrors.items[i], options.image_key, options.tag_key, items);
	return 0;
}

int run_list(struct run *run, struct run_result *ret_result, struct error *err)
{
	int64_t started;
	cleanup(run_result_release) struct run_result result = {0};
	cleanup(aws_session_release) struct aws_session *session = NULL;
	begin(&result, "list", run, &started);
	if (aws_session_new(run->client, run->options.region, &session, err) < 0 ||
	    discover_and_expand(run, session, &result.items, err) < 0)
		return -1;
	end(&result, started, ret_result);
	return 0;
}

/* The ARNs say where AWS keeps the registry; the login says where it answers. */
static void set_destinations(struct item_list *items, struct destination *destination)
{
	const char *host = registry_host(destination_registry(destination));
	for (size_t i = 0; i < items->count; i++) {
		struct item *item = &items->items[i];
		free(item->destination);
		item->destination = destination_reference(host, item->repository, item->tag);
	}
}

int run_sync(struct run *run, struct run_result *ret_result, struct error *err)
{
	int64_t started;
	cleanup(run_result_release) struct run_result result = {0};
	cleanup(aws_session_release) struct aws_session *session = NULL;
	cleanup(destination_release) struct destination *destination = NULL;
	begin(&result, "sync", run, &started);
	if (aws_session_new(run->client, run->options.region, &session, err) < 0 ||
	    discover_and_expand(run, session, &result.items, err) < 0 ||
	    destination_new(session, run->client, NULL, &destination, err) < 0)
		return -1;
	set_destinations(&result.items, destination);
	process_items(run, destination, "docker.io", &result.items);
	end(&result, started, ret_result);
	return 0;
}

int run_copy(struct run *run, struct run_result *ret_result, struct error *err)
{
	int64_t started;
	cleanup(run_result_release) struct run_result result = {0};
	cleanup(wish_release) struct wish wish = {0};
	cleanup(aws_session_release) struct aws_session *session = NULL;
	cleanup(destination_release) struct destination *destination = NULL;
	begin(&result, "copy", run, &started);
	const char *region = run->options.region;
	struct ecr_host ecr_host;
	if (wish_parse(run->options.source, run->options.destination, run->options.prefix, &wish,
		       err) < 0)
		return -1;
	if (wish.host != NULL && ecr_host_parse(wish.host, &ecr_host))
		region = ecr_host.region;
	if (aws_session_new(run->client, region, &session, err) < 0 ||
	    destination_new(session, run->client, wish.host, &destination, err) < 0)
		return -1;
	wish_add_item(&wish, registry_host(destination_registry(destination)), &result.items);
	process_items(run, destination, wish.source.host, &result.items);
	end(&result, started, ret_result);
	return 0;
}
