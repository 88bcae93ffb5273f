#include "aws/ecr.h"

#include "aws/call.h"
#include "aws/ecr_address.h"
#include "aws/ecr_answer.h"
#include "aws/session_state.h"
#include "net/url.h"

#include <string.h>

#define LIST_PAGE_SIZE  1000
#define LIST_PAGE_LIMIT 1000
#define LAYERS_PER_CALL 100

void ecr_authorization_release(struct ecr_authorization *authorization)
{
	string_wipe_free(&authorization->token);
	free(authorization->proxy_endpoint);
	*authorization = (struct ecr_authorization){0};
}

void ecr_image_list_release(struct ecr_image_list *list)
{
	string_list_release(&list->tags);
	string_list_release(&list->digests);
}

/* AWS always names the plain host; who asked for FIPS or dual-stack endpoints means the data too.
 */
static int adapt_endpoint(const struct aws_session *session, char **endpoint, struct error *err)
{
	cleanup(url_release) struct url url = {0};
	struct ecr_host host;
	if (!session->variant.fips && !session->variant.dual_stack)
		return 0;
	if (url_parse(*endpoint, &url, err) < 0 || !ecr_host_parse(url.host, &host))
		return error_set(err, ERROR_UNSUPPORTED,
				 "the registry %s has no FIPS or dual-stack "
				 "form",
				 *endpoint);
	autofree char *adapted =
		ecr_registry_host_variant(host.account, host.region, &session->variant);
	if (adapted == NULL) {
		error_set(err, ERROR_UNSUPPORTED, "ECR has no dual-stack registries in %s",
			  host.region);
		return error_hint(err, "unset AWS_USE_DUALSTACK_ENDPOINT");
	}
	free(*endpoint);
	*endpoint = string_format("https://%s", adapted);
	return 0;
}

int ecr_get_authorization_token(struct aws_session *session,
				struct ecr_authorization *ret_authorization, struct error *err)
{
	static const char operation[] = "GetAuthorizationToken";
	autojson json_t *input = json_object();
	autojson json_t *output = NULL;
	if (aws_call(session, AWS_SERVICE_ECR, operation, input, &output, err) < 0)
		return -1;
	cleanup(ecr_authorization_release) struct ecr_authorization authorization = {0};
	if (ecr_read_authorization(output, time(NULL), &authorization, err) < 0 ||
	    adapt_endpoint(session, &authorization.proxy_endpoint, err) < 0)
		return aws_call_prefix(session, AWS_SERVICE_ECR, operation, err);
	*ret_authorization = authorization;
	authorization = (struct ecr_authorization){0};
	return 0;
}

/* One page; *token is the one to ask with, and becomes the one of the next page. */
static int list_page(struct aws_session *session, const char *registry_id, const char *repository,
		     struct ecr_image_list *list, char **token, struct error *err)
{
	static const char operation[] = "ListImages";
	autojson json_t *input =
		json_pack("{s:s, s:{s:s}, s:i, s:s*, s:s*}", "repositoryName", repository, "filter",
			  "tagStatus", "TAGGED", "maxResults", LIST_PAGE_SIZE, "registryId",
			  registry_id, "nextToken", *token);
	autojson json_t *output = NULL;
	if (aws_call(session, AWS_SERVICE_ECR, operation, input, &output, err) < 0)
		return -1;
	autofree char *next = NULL;
	if (ecr_read_images(output, list, &next, err) < 0)
		return aws_call_prefix(session, AWS_SERVICE_ECR, operation, err);
	if (next != NULL && *token != NULL && strcmp(next, *token) == 0) {
		error_set(err, ERROR_INVALID, "the answer repeats its nextToken");
		return aws_call_prefix(session, AWS_SERVICE_ECR, operation, err);
	}
	free(*token);
	*token = take_pointer(next);
	return 0;
}

int ecr_list_images(struct aws_session *session, const char *registry_id, const char *repository,
		    struct ecr_image_list *ret_list, struct error *err)
{
	cleanup(ecr_image_list_release) struct ecr_image_list list = {0};
	autofree char *token = NULL;
	unsigned pages = 0;
	do {
		if (pages++ == LIST_PAGE_LIMIT) {
			error_set(err, ERROR_INVALID, "more than %d pages of images",
				  LIST_PAGE_LIMIT);
			return aws_call_prefix(session, AWS_SERVICE_ECR, "ListImages", err);
		}
		if (list_page(session, registry_id, repository, &list, &token, err) < 0)
			return -1;
	} while (token != NULL);
	*ret_list = list;
	list = (struct ecr_image_list){0};
	return 0;
}

static int check_layers(struct aws_session *session, const char *registry_id,
			const char *repository, const struct digest *digests, size_t count,
			bool *available, struct error *err)
{
	static const char operation[] = "BatchCheckLayerAvailability";
	autojson json_t *names = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(names, json_string(digests[i].text));
	autojson json_t *input = json_pack("{s:s, s:O, s:s*}", "repositoryName", repository,
					   "layerDigests", names, "registryId", registry_id);
	autojson json_t *output = NULL;
	if (aws_call(session, AWS_SERVICE_ECR, operation, input, &output, err) < 0)
		return -1;
	if (ecr_read_layer_availability(output, digests, count, available, err) < 0)
		return aws_call_prefix(session, AWS_SERVICE_ECR, operation, err);
	return 0;
}

int ecr_batch_check_layer_availability(struct aws_session *session, const char *registry_id,
				       const char *repository, const struct digest *digests,
				       size_t count, bool *ret_available, struct error *err)
{
	autofree bool *available = memory_allocate(count * sizeof(*available));
	for (size_t first = 0; first < count; first += LAYERS_PER_CALL) {
		size_t batch = count - first < LAYERS_PER_CALL ? count - first : LAYERS_PER_CALL;
		if (check_layers(session, registry_id, repository, digests + first, batch,
				 available + first, err) < 0)
			return -1;
	}
	memcpy(ret_available, available, count * sizeof(*available));
	return 0;
}
