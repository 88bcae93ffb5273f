/*
 * Inside the room: the network thread, and what it runs.
 *
 * A caller prepares a job on its own stack, submits it, and waits. From submission to completion
 * the job belongs to the network thread; no lock is held around libcurl.
 */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include "net/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>

struct network_job;

/* What kind of job it is; all run on the network thread. */
struct network_job_type {
	/* Adds the first transfer. */
	void (*start)(struct network_job *job);
	/* One of its transfers has ended. */
	void (*ended)(struct network_job *job, CURL *easy, CURLcode code);
	/* Called after each round of transfers; NULL: nothing to do. */
	void (*advance)(struct network_job *job);
	/* Takes all its transfers off. */
	void (*withdraw)(struct network_job *job);
};

struct network_job {
	const struct network_job_type *type;
	struct http_client *client;
	struct error error; /* kind ERROR_NONE: it went well */

	struct network_job *previous; /* in the list of jobs under way */
	struct network_job *next;     /* there, or in the queue of submitted ones */
	bool finished;                /* set by network_job_finish */
	bool done;                    /* under the client's mutex */
	pthread_cond_t changed;
};

/* Runs the job on the network thread and returns when it has finished: 0, or -1 with *err. */
int network_run(struct http_client *client, struct network_job *job,
		const struct network_job_type *type, struct error *err);

/* Network thread: the job has its result; it is withdrawn after the current round. */
void network_job_finish(struct network_job *job);

/* One exchange: what libcurl gets, and where the answer goes. */
struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	struct http_response *response; /* borrowed */
	size_t header_size;             /* bytes of header lines so far */
	enum error_kind refused;        /* why a callback has stopped it; ERROR_NONE: it has not */
	bool added;                     /* is with the network thread's multi handle */
	char problem[CURL_ERROR_SIZE];  /* libcurl's own words */
	const char *method;             /* for messages; borrowed */
	char *place;                    /* "host/path" for messages, owned */
};

/* Sets a handle up for the job. `response` is filled as the answer comes in. ERROR_INVALID for a
 * malformed URL. Any thread. */
int transfer_prepare(struct transfer *transfer, const struct http_request *request,
		     struct http_response *response, struct network_job *job, struct error *err);

/* Any thread, but not while the transfer is under way. An all-zero struct is fine. */
void transfer_release(struct transfer *transfer);

/* Network thread. */
void transfer_add(struct transfer *transfer, struct http_client *client);
void transfer_remove(struct transfer *transfer, struct http_client *client);

/* The error that libcurl's code stands for. Returns -1. */
int transfer_error(const struct transfer *transfer, CURLcode code, struct error *err);

/* The status of the answer so far. */
int transfer_status(const struct transfer *transfer);

/* Keeps as much of an error answer's body as fits; the rest is of no use. */
void transfer_keep_text(struct transfer *transfer, const char *data, size_t size);

/* The answer is complete: sets its status and where it came from. */
void transfer_finish(struct transfer *transfer);

#endif
