#include "aws/session_state.h"

#include "aws/partition.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_REGION "us-east-1"

void aws_session_free(struct aws_session *session)
{
	if (session == NULL)
		return;
	free(session->region);
	free(session->ca_file);
	profile_release(&session->profile);
	for (size_t i = 0; i < AWS_SERVICE_COUNT; i++)
		endpoint_release(&session->endpoints[i]);
	credentials_release(&session->credentials);
	pthread_mutex_destroy(&session->lock);
	free(session);
}

static const char *choose_region(const struct profile *profile, const char *wanted)
{
	const char *const candidates[] = {
		wanted,
		environment_get("AWS_REGION"),
		environment_get("AWS_DEFAULT_REGION"),
		profile_get(profile, "region"),
	};
	for (size_t i = 0; i < array_count(candidates); i++) {
		if (candidates[i] != NULL)
			return candidates[i];
	}
	return DEFAULT_REGION;
}

static int find_ca_file(const struct profile *profile, char **ret_path, struct error *err)
{
	const char *path = environment_get("AWS_CA_BUNDLE");
	const char *source = path == NULL ? "the profile's ca_bundle" : "AWS_CA_BUNDLE";
	if (path == NULL)
		path = profile_get(profile, "ca_bundle");
	if (path != NULL && access(path, R_OK) < 0)
		return error_set(err, ERROR_CONFIGURATION, "%s names %s: %s", source, path,
				 strerror(errno));
	*ret_path = string_copy(path);
	return 0;
}

int aws_session_new(struct http_client *client, const char *region,
		    struct aws_session **ret_session, struct error *err)
{
	cleanup(aws_session_release) struct aws_session *session =
		memory_allocate(sizeof(*session));
	pthread_mutex_init(&session->lock, NULL);
	session->client = client;
	if (profile_load(&session->profile, err) < 0)
		return -1;
	session->region = string_copy(choose_region(&session->profile, region));
	if (find_ca_file(&session->profile, &session->ca_file, err) < 0 ||
	    region_check(session->region, err) < 0 ||
	    endpoint_variant_read(&session->profile, &session->variant, err) < 0)
		return -1;
	for (int service = 0; service < AWS_SERVICE_COUNT; service++) {
		if (endpoint_find((enum aws_service)service, session->region, &session->profile,
				  &session->variant, &session->endpoints[service], err) < 0)
			return -1;
	}
	*ret_session = take_pointer(session);
	return 0;
}

const char *aws_session_ca_file(const struct aws_session *session)
{
	return session->ca_file;
}

const char *aws_session_region(const struct aws_session *session)
{
	return session->region;
}

int aws_session_credentials(struct aws_session *session, struct credentials *ret_credentials,
			    struct error *err)
{
	pthread_mutex_lock(&session->lock);
	int result = 0;
	if (!session->has_credentials)
		result = credentials_find(&session->profile, &session->credentials, err);
	if (result == 0) {
		session->has_credentials = true;
		*ret_credentials = (struct credentials){
			.access_key_id = string_copy(session->credentials.access_key_id),
			.secret_access_key = string_copy(session->credentials.secret_access_key),
			.session_token = string_copy(session->credentials.session_token),
		};
	}
	pthread_mutex_unlock(&session->lock);
	return result;
}
