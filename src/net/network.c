#include "net/network.h"

#include "base/clock.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

/* Longest pause between two looks at the clock, in milliseconds. */
#define ROUND_LIMIT 1000

struct http_client {
	CURLM *multi;
	pthread_t thread;

	pthread_mutex_t mutex; /* guards the following and every job's `done` */
	struct network_job *submitted;
	struct network_job **submitted_end;
	bool ending;

	_Atomic int64_t stop_at;    /* clock_milliseconds(); INT64_MAX: never */
	struct network_job *active; /* network thread only */
};

/* --- jobs ---------------------------------------------------------------------------------- */

int network_run(struct http_client *client, struct network_job *job,
		const struct network_job_type *type, struct error *err)
{
	job->type = type;
	job->client = client;
	pthread_cond_init(&job->changed, NULL);

	pthread_mutex_lock(&client->mutex);
	*client->submitted_end = job;
	client->submitted_end = &job->next;
	pthread_mutex_unlock(&client->mutex);
	curl_multi_wakeup(client->multi);

	pthread_mutex_lock(&client->mutex);
	while (!job->done)
		pthread_cond_wait(&job->changed, &client->mutex);
	pthread_mutex_unlock(&client->mutex);

	pthread_cond_destroy(&job->changed);
	if (job->error.kind == ERROR_NONE)
		return 0;
	*err = job->error;
	return -1;
}

void network_job_finish(struct network_job *job)
{
	job->finished = true;
}

static void activate(struct http_client *client, struct network_job *job)
{
	job->previous = NULL;
	job->next = client->active;
	if (client->active != NULL)
		client->active->previous = job;
	client->active = job;
	job->type->start(job);
}

/* Hands the job back to its caller; the network thread must not touch it afterwards. */
static void deactivate(struct http_client *client, struct network_job *job)
{
	job->type->withdraw(job);
	if (job->previous != NULL)
		job->previous->next = job->next;
	else
		client->active = job->next;
	if (job->next != NULL)
		job->next->previous = job->previous;

	pthread_mutex_lock(&client->mutex);
	job->done = true;
	pthread_cond_signal(&job->changed);
	pthread_mutex_unlock(&client->mutex);
}

/* --- the network thread -------------------------------------------------------------------- */

/* Starts what was submitted. False when the client is to end. */
static bool take_submitted(struct http_client *client)
{
	pthread_mutex_lock(&client->mutex);
	struct network_job *job = client->submitted;
	client->submitted = NULL;
	client->submitted_end = &client->submitted;
	bool ending = client->ending;
	pthread_mutex_unlock(&client->mutex);

	while (job != NULL) {
		struct network_job *next = job->next;
		activate(client, job);
		job = next;
	}
	return !ending;
}

static void report_ended_transfers(struct http_client *client)
{
	int left;
	CURLMsg *message;
	while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		CURL *easy = message->easy_handle;
		CURLcode code = message->data.result;
		struct network_job *job = NULL;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &job);
		job->type->ended(job, easy, code);
	}
}

static void advance_jobs(struct http_client *client)
{
	bool stopped = clock_milliseconds() >= atomic_load(&client->stop_at);
	struct network_job *next;
	for (struct network_job *job = client->active; job != NULL; job = next) {
		next = job->next;
		if (!job->finished && job->type->advance != NULL)
			job->type->advance(job);
		if (!job->finished && stopped) {
			error_set(&job->error, ERROR_INTERRUPTED, "the run was interrupted");
			job->finished = true;
		}
		if (job->finished)
			deactivate(client, job);
	}
}

static int round_timeout(const struct http_client *client)
{
	int64_t left = atomic_load(&client->stop_at) - clock_milliseconds();
	if (left < 0 || client->active == NULL)
		return ROUND_LIMIT;
	return left < ROUND_LIMIT ? (int)left + 1 : ROUND_LIMIT;
}

static void *run_network(void *argument)
{
	struct http_client *client = argument;
	while (take_submitted(client)) {
		int running;
		curl_multi_perform(client->multi, &running);
		report_ended_transfers(client);
		advance_jobs(client);
		curl_multi_poll(client->multi, NULL, 0, round_timeout(client), NULL);
	}
	return NULL;
}

/* --- the client ---------------------------------------------------------------------------- */

static pthread_once_t libcurl_once = PTHREAD_ONCE_INIT;

static void start_libcurl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* Signals are for the threads that the program has set aside for them. */
static int start_thread(struct http_client *client)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int code = pthread_create(&client->thread, NULL, run_network, client);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

int http_client_new(struct http_client **ret_client, struct error *err)
{
	pthread_once(&libcurl_once, start_libcurl);
	struct http_client *client = memory_allocate(sizeof(*client));
	client->submitted_end = &client->submitted;
	atomic_init(&client->stop_at, INT64_MAX);
	pthread_mutex_init(&client->mutex, NULL);
	client->multi = curl_multi_init();
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, 128L);

	int code = start_thread(client);
	if (code != 0) {
		curl_multi_cleanup(client->multi);
		free(client);
		return error_set(err, ERROR_SYSTEM, "cannot start the network thread: %s",
				 strerror(code));
	}
	*ret_client = client;
	return 0;
}

void http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	pthread_mutex_lock(&client->mutex);
	client->ending = true;
	curl_multi_wakeup(client->multi);
	pthread_mutex_unlock(&client->mutex);
	pthread_join(client->thread, NULL);

	curl_multi_cleanup(client->multi);
	pthread_mutex_destroy(&client->mutex);
	free(client);
}

void http_client_stop(struct http_client *client, int64_t milliseconds)
{
	int64_t wanted = clock_milliseconds() + milliseconds;
	int64_t now = atomic_load(&client->stop_at);
	while (wanted < now && !atomic_compare_exchange_weak(&client->stop_at, &now, wanted))
		;
	curl_multi_wakeup(client->multi);
}

void transfer_add(struct transfer *transfer, struct http_client *client)
{
	curl_multi_add_handle(client->multi, transfer->easy);
	transfer->added = true;
}

void transfer_remove(struct transfer *transfer, struct http_client *client)
{
	if (transfer->added)
		curl_multi_remove_handle(client->multi, transfer->easy);
	transfer->added = false;
}
