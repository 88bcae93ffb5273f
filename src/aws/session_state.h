/* The inside of a session, for the files of this room that make calls. */
#ifndef AWS_SESSION_STATE_H
#define AWS_SESSION_STATE_H

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/session.h"

#include <pthread.h>

struct aws_session {
	struct http_client *client; /* borrowed */
	char *region;
	char *ca_file; /* NULL: the system's authorities */
	struct profile profile;
	struct endpoint_variant variant;
	struct endpoint endpoints[AWS_SERVICE_COUNT];

	pthread_mutex_t lock; /* of what follows */
	bool has_credentials;
	struct credentials credentials;
};

/* A copy of the credentials, looked up at the first call. Released by the caller. Any thread.
 * Errors of credentials_find(). */
int aws_session_credentials(struct aws_session *session, struct credentials *ret_credentials,
			    struct error *err);

#endif
