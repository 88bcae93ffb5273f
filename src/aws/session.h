/*
 * What the AWS calls of one run share: region, credentials, endpoints, and the HTTP client.
 *
 * The shared files are read once, in aws_session_new(), and so is the environment but for the
 * credentials in it. A session may be used from any thread at the same time.
 */
#ifndef AWS_SESSION_H
#define AWS_SESSION_H

#include "base/error.h"
#include "net/http.h"

struct aws_session;

/*
 * Opens a session. `region` is what the user asked for by flag, or the region of the destination's
 * host name; NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's region, then us-east-1 (the AWS
 * SDKs' "Region" setting, with the document's default behind it).
 * Credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, then the profile
 * (AWS_PROFILE or "default") in the shared credentials and config files. They are looked up at the
 * first call that needs them, so that a session can be opened without any.
 * `client` is borrowed and must outlive the session.
 * ERROR_CONFIGURATION: malformed file (with its line number), a named profile that is not there,
 * an invalid region or endpoint. A source of credentials that is not supported yet is
 * ERROR_UNSUPPORTED at the first call.
 */
int aws_session_new(struct http_client *client, const char *region,
		    struct aws_session **ret_session, struct error *err);
void aws_session_free(struct aws_session *session); /* NULL is fine */

static inline void aws_session_release(struct aws_session **session)
{
	aws_session_free(*session);
}

/* The PEM file of the authorities that AWS's certificates are checked with: AWS_CA_BUNDLE, then the
 * profile's ca_bundle; NULL: the system's. It holds for ECR's registries too. Borrowed. */
const char *aws_session_ca_file(const struct aws_session *session);

/* Borrowed from the session. */
const char *aws_session_region(const struct aws_session *session);

#endif
