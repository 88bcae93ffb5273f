/*
 * http_relay(): one exchange's answer becomes another's body.
 *
 * Both transfers run on the network thread, so the ring between them needs no lock. libcurl may
 * not be called on one handle from a callback of another: the callbacks only note what they saw,
 * and advance_relay() acts on it after each round.
 */
#include "net/network.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

/* Bytes. A relay holds the ring and libcurl's two buffers, 384 KiB in all. */
#define RECEIVE_SIZE ((size_t)64 * 1024)
#define SEND_SIZE    ((size_t)128 * 1024)
#define RING_SIZE    ((size_t)192 * 1024)

/* A source slower than this many bytes a second for so many seconds has stalled. */
#define STALL_SPEED 1024L
#define STALL_TIME  30L

/* Registries move a finished upload to its place before they answer; large ones take their time. */
#define COMMIT_TIME 300L

struct ring {
	char *data; /* RING_SIZE bytes, owned */
	size_t start;
	size_t used;
};

struct relay {
	struct network_job job; /* first, so that one is the other */
	struct transfer source;
	struct transfer destination;
	const struct http_relay *wanted;
	struct ring ring;
	struct digest_stream *hash;
	int64_t received;
	bool verified;        /* all bytes are here and they are the right ones */
	bool source_answered; /* with 200, so that the body goes into the ring */
	bool source_ended;
	bool source_paused;
	bool destination_started;
	bool destination_waiting; /* its read callback found nothing to send */
};

static size_t ring_free(const struct ring *ring)
{
	return RING_SIZE - ring->used;
}

static void ring_write(struct ring *ring, const char *data, size_t size)
{
	size_t end = (ring->start + ring->used) % RING_SIZE;
	size_t first = size < RING_SIZE - end ? size : RING_SIZE - end;
	memcpy(ring->data + end, data, first);
	memcpy(ring->data, data + first, size - first);
	ring->used += size;
}

static void ring_read(struct ring *ring, char *data, size_t size)
{
	size_t first = size < RING_SIZE - ring->start ? size : RING_SIZE - ring->start;
	memcpy(data, ring->data + ring->start, first);
	memcpy(data + first, ring->data, size - first);
	ring->start = (ring->start + size) % RING_SIZE;
	ring->used -= size;
}

/* What may be sent now: everything but the last byte, until the whole content is verified. */
static size_t sendable(const struct relay *relay)
{
	if (relay->verified)
		return relay->ring.used;
	return relay->ring.used > 0 ? relay->ring.used - 1 : 0;
}

/* --- callbacks ----------------------------------------------------------------------------- */

static void verify(struct relay *relay)
{
	struct digest found = digest_stream_finish(relay->hash);
	if (digest_equal(&found, &relay->wanted->digest))
		relay->verified = true;
	else
		error_set(&relay->job.error, ERROR_DIGEST,
			  "%s %s: the content's digest is %s, expected %s", relay->source.method,
			  relay->source.place, found.text, relay->wanted->digest.text);
}

static size_t take_content(struct relay *relay, const char *data, size_t size)
{
	if (size > ring_free(&relay->ring)) {
		relay->source_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if ((int64_t)size > relay->wanted->size - relay->received) {
		error_set(&relay->job.error, ERROR_DIGEST,
			  "%s %s: the content is longer than the %lld bytes its manifest names",
			  relay->source.method, relay->source.place,
			  (long long)relay->wanted->size);
		return 0;
	}
	digest_stream_update(relay->hash, data, size);
	ring_write(&relay->ring, data, size);
	relay->received += (int64_t)size;
	if (relay->received == relay->wanted->size)
		verify(relay);
	return relay->job.error.kind == ERROR_NONE ? size : 0;
}

static size_t take_source_body(char *data, size_t size, size_t count, void *context)
{
	struct relay *relay = context;
	size_t bytes = size * count;
	if (!relay->source_answered && transfer_status(&relay->source) == 200)
		relay->source_answered = true;
	if (relay->source_answered)
		return take_content(relay, data, bytes);
	transfer_keep_text(&relay->source, data, bytes);
	return bytes;
}

static size_t give_destination_body(char *data, size_t size, size_t count, void *context)
{
	struct relay *relay = context;
	size_t bytes = size * count < sendable(relay) ? size * count : sendable(relay);
	if (bytes == 0 && !relay->verified) {
		relay->destination_waiting = true;
		return CURL_READFUNC_PAUSE;
	}
	ring_read(&relay->ring, data, bytes);
	return bytes;
}

/* --- the job ------------------------------------------------------------------------------- */

static void start_relay(struct network_job *job)
{
	transfer_add(&((struct relay *)job)->source, job->client);
}

/* The source has answered 200, and its answer is over. */
static void end_content(struct relay *relay, CURLcode code)
{
	bool complete = relay->received == relay->wanted->size;
	if (!complete && (code == CURLE_OK || code == CURLE_PARTIAL_FILE)) {
		error_set(&relay->job.error, code == CURLE_OK ? ERROR_DIGEST : ERROR_NETWORK,
			  "%s %s: the content ended after %lld of %lld bytes", relay->source.method,
			  relay->source.place, (long long)relay->received,
			  (long long)relay->wanted->size);
	} else if (!complete) {
		transfer_error(&relay->source, code, &relay->job.error);
	} else if (!relay->verified) {
		verify(relay); /* of nothing: no byte has come that would have led there */
	}
	relay->source_answered = true;
}

static void end_source(struct relay *relay, CURLcode code)
{
	relay->source_ended = true;
	if (relay->job.error.kind != ERROR_NONE)
		return;
	int status = transfer_status(&relay->source);
	if (status == 200)
		end_content(relay, code);
	else if (status < 400 && code != CURLE_OK)
		transfer_error(&relay->source, code, &relay->job.error);
	transfer_finish(&relay->source);
}

/* An answer that comes before the destination has everything can only be a refusal. */
static bool all_was_sent(const struct relay *relay)
{
	curl_off_t sent = 0;
	curl_easy_getinfo(relay->destination.easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	return relay->verified && sent == relay->wanted->size;
}

static void end_destination(struct relay *relay, CURLcode code)
{
	if (relay->job.error.kind != ERROR_NONE)
		return;
	if (code != CURLE_OK)
		transfer_error(&relay->destination, code, &relay->job.error);
	else if (transfer_status(&relay->destination) < 300 && !all_was_sent(relay))
		error_set(&relay->job.error, ERROR_NETWORK,
			  "%s %s: the server answered %d before it had everything",
			  relay->destination.method, relay->destination.place,
			  transfer_status(&relay->destination));
	transfer_finish(&relay->destination);
	if (!relay->source_ended) /* what is left of it does not matter any more */
		transfer_finish(&relay->source);
	network_job_finish(&relay->job);
}

static void end_relay(struct network_job *job, CURL *easy, CURLcode code)
{
	struct relay *relay = (struct relay *)job;
	if (easy == relay->source.easy)
		end_source(relay, code);
	else
		end_destination(relay, code);
}

/* Keeps the source from delivering what the ring cannot take; libcurl would have to store it. */
static void regulate_source(struct relay *relay)
{
	bool full = ring_free(&relay->ring) < RECEIVE_SIZE;
	if (relay->source_ended || full == relay->source_paused)
		return;
	relay->source_paused = full;
	curl_easy_pause(relay->source.easy, full ? CURLPAUSE_RECV : CURLPAUSE_CONT);
}

static void regulate_destination(struct relay *relay)
{
	bool worthwhile = sendable(relay) >= SEND_SIZE / 2 || relay->verified;
	/* libcurl does not end a paused upload, though an answer is there. */
	bool refused = transfer_status(&relay->destination) >= 300;
	if (!relay->destination_waiting || !(worthwhile || refused))
		return;
	relay->destination_waiting = false;
	curl_easy_pause(relay->destination.easy, CURLPAUSE_CONT);
}

static void advance_relay(struct network_job *job)
{
	struct relay *relay = (struct relay *)job;
	if (job->error.kind != ERROR_NONE || (relay->source_ended && !relay->source_answered)) {
		network_job_finish(job);
		return;
	}
	if (relay->source_answered && !relay->destination_started) {
		relay->destination_started = true;
		transfer_add(&relay->destination, job->client);
	}
	regulate_source(relay);
	if (relay->destination_started)
		regulate_destination(relay);
}

static void withdraw_relay(struct network_job *job)
{
	struct relay *relay = (struct relay *)job;
	transfer_remove(&relay->source, job->client);
	transfer_remove(&relay->destination, job->client);
}

/* --- the call ------------------------------------------------------------------------------ */

static int prepare_source(struct relay *relay, struct http_response *response, struct error *err)
{
	if (transfer_prepare(&relay->source, &relay->wanted->source, response, &relay->job, err) <
	    0)
		return -1;
	CURL *easy = relay->source.easy;
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 0L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, STALL_SPEED);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, STALL_TIME);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_SIZE);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_source_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, relay);
	return 0;
}

static int prepare_destination(struct relay *relay, struct http_response *response,
			       struct error *err)
{
	const struct http_request *request = &relay->wanted->destination;
	if (transfer_prepare(&relay->destination, request, response, &relay->job, err) < 0)
		return -1;
	CURL *easy = relay->destination.easy;
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 0L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, COMMIT_TIME);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND_SIZE);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)relay->wanted->size);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_destination_body);
	curl_easy_setopt(easy, CURLOPT_READDATA, relay);
	return 0;
}

void http_relay_result_release(struct http_relay_result *result)
{
	http_response_release(&result->source);
	http_response_release(&result->destination);
}

static void relay_release(struct relay *relay)
{
	transfer_release(&relay->source);
	transfer_release(&relay->destination);
	digest_stream_free(relay->hash);
	free(relay->ring.data);
}

int http_relay(struct http_client *client, const struct http_relay *wanted,
	       struct http_relay_result *ret_result, struct error *err)
{
	static const struct network_job_type type = {
		.start = start_relay,
		.ended = end_relay,
		.advance = advance_relay,
		.withdraw = withdraw_relay,
	};
	int64_t started = clock_milliseconds();
	cleanup(http_relay_result_release) struct http_relay_result result = {0};
	cleanup(relay_release) struct relay relay = {
		.wanted = wanted,
		.ring.data = memory_allocate(RING_SIZE),
		.hash = digest_stream_new(),
	};
	if (prepare_source(&relay, &result.source, err) < 0 ||
	    prepare_destination(&relay, &result.destination, err) < 0 ||
	    network_run(client, &relay.job, &type, err) < 0)
		return -1;

	result.bytes = relay.received;
	log_debug("%s %s into %s %s: %d and %d, %lld bytes, %lld ms", relay.source.method,
		  relay.source.place, relay.destination.method, relay.destination.place,
		  result.source.status, result.destination.status, (long long)result.bytes,
		  (long long)(clock_milliseconds() - started));
	*ret_result = result;
	result = (struct http_relay_result){0};
	return 0;
}
