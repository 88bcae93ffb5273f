"""The stand-in's AWS side: ECR's control plane and GetResources, JSON 1.1 on POST /.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
Every call is checked for its signature. The paths under /_standin/ are the controls, unsigned.
"""

import base64
import json
import secrets
import time
import uuid

from .errors import AwsError, RegistryError
from .http_server import Response
from .store import DIGEST, INDEX_TYPES, check_resource_tags, set_mutability

ECR_TARGET = "AmazonEC2ContainerRegistry_V20150921"
TAGGING_TARGET = "ResourceGroupsTaggingAPI_20170126"
SERVICES = {ECR_TARGET: "ecr", TAGGING_TARGET: "tagging"}
MEDIA_TYPE = "application/x-amz-json-1.1"
BODY_BYTES_MOST = 10 * 1024 * 1024


def exponent(seconds):
    """Epoch seconds the way ECR prints them: 1.7539740123E9."""
    mantissa, power = f"{seconds:.13E}".split("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(power)}"


class Pager:
    """Opaque tokens, each good for going on with one and the same request."""

    def __init__(self):
        self._places = {}

    def issue(self, request, place):
        token = base64.b64encode(secrets.token_bytes(200)).decode()
        self._places[token] = (json.dumps(request, sort_keys=True), place, time.time())
        return token

    def resume(self, token, request, lifetime):
        """The place that `token` stands for; None: no such token for this request."""
        asked, place, issued = self._places.get(token, (None, None, 0))
        if asked != json.dumps(request, sort_keys=True):
            return None
        if time.time() - issued > lifetime:
            raise AwsError("PaginationTokenExpiredException", "The pagination token has expired.")
        return place


def number_within(body, name, least, most, default):
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or not least <= value <= most:
        raise AwsError("InvalidParameterException",
                       f"Invalid parameter at '{name}' failed to satisfy constraint: 'Member must "
                       f"have value between {least} and {most}'")
    return value


def list_within(body, name, most):
    value = body.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise AwsError("InvalidParameterException",
                       f"Invalid parameter at '{name}' failed to satisfy constraint: 'Member must "
                       f"have length between 1 and {most}'")
    return value


def tag_pairs(tags):
    return [(tag.get("Key"), tag.get("Value", "")) for tag in tags or []]


def tag_list(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class AwsSide:
    def __init__(self, store, verifier, controls):
        """`controls` is handle(request, body) for the paths under /_standin/."""
        self.store = store
        self.verifier = verifier
        self.controls = controls
        self.scheme = "http"
        self.proxy_endpoint = None
        self._pager = Pager()
        self._operations = {
            TAGGING_TARGET: {"GetResources": self.get_resources},
            ECR_TARGET: {
                "GetAuthorizationToken": self.get_authorization_token,
                "ListImages": self.list_images,
                "BatchCheckLayerAvailability": self.batch_check_layer_availability,
                "BatchGetImage": self.batch_get_image,
                "DescribeImages": self.describe_images,
                "DescribeRepositories": self.describe_repositories,
                "ListTagsForResource": self.list_tags_for_resource,
                "CreateRepository": self.create_repository,
                "DeleteRepository": self.delete_repository,
                "TagResource": self.tag_resource,
                "UntagResource": self.untag_resource,
                "PutImageTagMutability": self.put_image_tag_mutability,
            },
        }

    def operation(self, request):
        if request.path.startswith("/_standin/"):
            return request.path[1:]
        return request.headers.get("x-amz-target", "").partition(".")[2] or "unknown"

    def handle(self, request):
        if (request.body.length or 0) > BODY_BYTES_MOST:
            return self._error(AwsError("RequestEntityTooLargeException", "Too large", 413))
        body = request.body.read()
        if request.path.startswith("/_standin/"):
            return self.controls(request, body)
        try:
            return self._answer(self._call(request, body))
        except AwsError as error:
            return self._error(error)

    def _call(self, request, body):
        target, _, operation = request.headers.get("x-amz-target", "").partition(".")
        function = self._operations.get(target, {}).get(operation)
        if request.method != "POST" or request.path != "/" or function is None:
            raise AwsError("UnknownOperationException", f"Unknown operation '{operation}'")
        service = SERVICES[target]
        settings = self.store.settings
        self.verifier.check(request, body, service, self.scheme,
                            time.time() + settings.clock_offset)
        if settings.credentials_expired:
            raise AwsError("ExpiredTokenException",
                           "The security token included in the request is expired")
        action = {"tagging": "tag"}.get(service, service) + ":" + operation
        if self.store.is_denied(action):
            raise AwsError("AccessDeniedException",
                           f"User: arn:aws:iam::{self.store.account}:user/mirror is not authorized "
                           f"to perform: {action} on resource: * because no identity-based policy "
                           f"allows the {action} action")
        if self.store.is_throttled(operation):
            raise AwsError("ThrottledException" if service == "tagging" else "ThrottlingException",
                           "Rate exceeded")
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise AwsError("SerializationException", "The request body is not a JSON object.")
        return function(value)

    @staticmethod
    def _answer(value):
        headers = {"x-amzn-RequestId": str(uuid.uuid4())}
        return Response.json(200, value, headers, MEDIA_TYPE)

    def _error(self, error):
        tagging = error.code in ("ThrottledException", "PaginationTokenExpiredException")
        value = {"__type": error.code, "Message" if tagging else "message": error.message}
        headers = {"x-amzn-RequestId": str(uuid.uuid4()), "x-amzn-ErrorType": error.code}
        return Response.json(error.status, value, headers, MEDIA_TYPE)

    def _repository(self, body):
        name = body.get("repositoryName")
        if not isinstance(name, str):
            raise AwsError("InvalidParameterException",
                           "Invalid parameter at 'repositoryName' failed to satisfy constraint: "
                           "'Member must not be null'")
        return self.store.repository(name, body.get("registryId"))

    # Resource Groups Tagging API

    def get_resources(self, body):
        most = number_within(body, "ResourcesPerPage", 1, 100, 50)
        filters = self._tag_filters(body)
        types = body.get("ResourceTypeFilters") or []
        token = body.get("PaginationToken")
        asked = {key: value for key, value in body.items() if key != "PaginationToken"}
        page, offset = 0, 0
        if token:
            lifetime = self.store.settings.pagination_token_ttl
            place = self._pager.resume(token, asked, lifetime)
            if place is None:
                raise AwsError("InvalidParameterException", "The pagination token is not valid.")
            page, offset = place
        found = [entry for entry in self._resources() if self._matches(entry, types, filters)]
        end = min(offset + self._page_size(page, most), len(found))
        next_token = ""
        if end < len(found):
            next_token = self._pager.issue(asked, (page + 1, end))
        return {"PaginationToken": next_token,
                "ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tag_list(tags)}
                                           for arn, tags in found[offset:end]]}

    @staticmethod
    def _tag_filters(body):
        filters = body.get("TagFilters") or []
        if len(filters) > 50 or any(len(one.get("Values") or []) > 20 for one in filters):
            raise AwsError("InvalidParameterException",
                           "A request can have at most 50 tag filters of at most 20 values.")
        return [(one.get("Key"), one.get("Values") or []) for one in filters]

    def _page_size(self, page, most):
        settings = self.store.settings
        if page < len(settings.page_sizes):
            return min(settings.page_sizes[page], most)
        if settings.empty_pages:
            if page % 2:
                return 0
            page //= 2
        return max(most // 2, 1) if settings.short_pages and page % 2 else most

    def _resources(self):
        with self.store.lock:
            entries = [(one.arn, dict(one.resource_tags))
                       for one in self.store.repositories.values() if one.tagged_once]
            entries += self.store.other_resources
            if self.store.settings.linger_deleted:
                entries += [one for one in self.store.deleted if one[1]]
        return entries

    @staticmethod
    def _matches(entry, types, filters):
        arn, tags = entry
        service, resource = arn.split(":", 5)[2::3]
        if types and service not in types and f"{service}:{resource.split('/')[0]}" not in types:
            return False
        return all(key in tags and (not values or tags[key] in values) for key, values in filters)

    # ECR: token

    def get_authorization_token(self, body):
        token, expires = self.store.issue_token()
        registries = body.get("registryIds") or [None]
        entry = (f'{{"authorizationToken":"{token}","expiresAt":{exponent(expires)},'
                 f'"proxyEndpoint":"{self.proxy_endpoint}"}}')
        return f'{{"authorizationData":[{",".join([entry] * len(registries))}]}}'

    # ECR: images

    def list_images(self, body):
        repository = self._repository(body)
        status = (body.get("filter") or {}).get("tagStatus", "ANY")
        with self.store.lock:
            entries = []
            if status != "UNTAGGED":
                entries += [{"imageDigest": digest, "imageTag": tag}
                            for tag, digest in repository.image_tags.items()]
            if status != "TAGGED":
                tagged = set(repository.image_tags.values())
                entries += [{"imageDigest": digest} for digest in repository.manifests
                            if digest not in tagged]
        return self._paged(body, "imageIds", entries)

    def _paged(self, body, name, entries):
        most = number_within(body, "maxResults", 1, 1000, 100)
        asked = {key: value for key, value in body.items() if key != "nextToken"}
        start = 0
        if body.get("nextToken"):
            start = self._pager.resume(body["nextToken"], asked, 86400)
            if start is None:
                raise AwsError("InvalidParameterException",
                               "Invalid parameter at 'nextToken' failed to satisfy constraint: "
                               "'Invalid next token provided'")
        answer = {name: entries[start:start + most]}
        if start + most < len(entries):
            answer["nextToken"] = self._pager.issue(asked, start + most)
        return answer

    def batch_check_layer_availability(self, body):
        repository = self._repository(body)
        layers, failures = [], []
        for digest in list_within(body, "layerDigests", 100):
            size = self.store.blob_size(repository, digest)
            if not DIGEST.fullmatch(digest):
                failures.append({"layerDigest": digest, "failureCode": "InvalidLayerDigest",
                                 "failureReason": "Invalid layer digest"})
            elif size is not None:
                layers.append({"layerDigest": digest, "layerAvailability": "AVAILABLE",
                               "layerSize": size})
            elif self.store.settings.layer_failures:
                failures.append({"layerDigest": digest, "failureCode": "MissingLayerDigest",
                                 "failureReason": "Requested layer not found"})
            else:
                layers.append({"layerDigest": digest, "layerAvailability": "UNAVAILABLE"})
        return {"layers": layers, "failures": failures}

    def _lookup(self, repository, image):
        """The manifest that an imageId names, or None."""
        digest, tag = image.get("imageDigest"), image.get("imageTag")
        if tag is not None and digest not in (None, repository.image_tags.get(tag)):
            return None
        try:
            return repository.find(tag if tag is not None else digest)
        except RegistryError:
            return None

    def batch_get_image(self, body):
        repository = self._repository(body)
        images, failures = [], []
        for image in list_within(body, "imageIds", 100):
            manifest = self._lookup(repository, image)
            if manifest is None:
                failures.append({"imageId": image, "failureCode": "ImageNotFound",
                                 "failureReason": "Requested image not found"})
                continue
            images.append({"registryId": self.store.account, "repositoryName": repository.name,
                           "imageId": {**image, "imageDigest": manifest.digest},
                           "imageManifest": manifest.body.decode(),
                           "imageManifestMediaType": manifest.media_type})
        return {"images": images, "failures": failures}

    def describe_images(self, body):
        repository = self._repository(body)
        if body.get("imageIds") is None:
            details = [self._image_detail(repository, one)
                       for one in list(repository.manifests.values())]
            return self._paged(body, "imageDetails", details)
        details = []
        for image in list_within(body, "imageIds", 100):
            manifest = self._lookup(repository, image)
            if manifest is None:
                raise AwsError("ImageNotFoundException",
                               "The image with imageId {imageDigest:'"
                               f"{image.get('imageDigest', 'null')}', imageTag:'"
                               f"{image.get('imageTag', 'null')}'}} does not exist within the "
                               f"repository with name '{repository.name}' in the registry with id "
                               f"'{self.store.account}'")
            details.append(self._image_detail(repository, manifest))
        return {"imageDetails": details}

    def _image_detail(self, repository, manifest):
        detail = {"registryId": self.store.account, "repositoryName": repository.name,
                  "imageDigest": manifest.digest, "imagePushedAt": manifest.pushed,
                  "imageManifestMediaType": manifest.media_type}
        if tags := repository.tags_of(manifest.digest):
            detail["imageTags"] = tags
        if manifest.media_type not in INDEX_TYPES:
            detail["imageSizeInBytes"] = sum(one.get("size", 0) for one in manifest.descriptors[1:])
            detail["artifactMediaType"] = manifest.descriptors[0].get("mediaType")
        return detail

    # ECR: repositories

    def _repository_detail(self, repository):
        host = self.proxy_endpoint.partition("://")[2]
        detail = {"repositoryArn": repository.arn, "registryId": self.store.account,
                  "repositoryName": repository.name, "repositoryUri": f"{host}/{repository.name}",
                  "createdAt": repository.created, "imageTagMutability": repository.mutability,
                  "imageScanningConfiguration": {"scanOnPush": False},
                  "encryptionConfiguration": {"encryptionType": "AES256"}}
        if repository.exclusions:
            detail["imageTagMutabilityExclusionFilters"] = [
                {"filterType": "WILDCARD", "filter": one} for one in repository.exclusions]
        return detail

    def describe_repositories(self, body):
        names = body.get("repositoryNames")
        if names is not None:
            found = [self.store.repository(name, body.get("registryId"))
                     for name in list_within(body, "repositoryNames", 100)]
            return {"repositories": [self._repository_detail(one) for one in found]}
        entries = [self._repository_detail(one) for one in list(self.store.repositories.values())]
        return self._paged(body, "repositories", entries)

    def create_repository(self, body):
        filters = body.get("imageTagMutabilityExclusionFilters") or []
        repository = self.store.create_repository(
            str(body.get("repositoryName")), tag_pairs(body.get("tags")),
            body.get("imageTagMutability", "MUTABLE"), [one.get("filter") for one in filters])
        return {"repository": self._repository_detail(repository)}

    def delete_repository(self, body):
        repository = self._repository(body)
        if repository.manifests and not body.get("force"):
            raise AwsError("RepositoryNotEmptyException",
                           f"The repository with name '{repository.name}' in registry with id "
                           f"'{self.store.account}' cannot be deleted because it still contains "
                           "images")
        self.store.delete_repository(repository.name)
        return {"repository": self._repository_detail(repository)}

    def put_image_tag_mutability(self, body):
        repository = self._repository(body)
        filters = body.get("imageTagMutabilityExclusionFilters") or []
        set_mutability(repository, body.get("imageTagMutability"),
                       [one.get("filter") for one in filters])
        return {"registryId": self.store.account, "repositoryName": repository.name,
                "imageTagMutability": repository.mutability}

    def _by_arn(self, body):
        arn = body.get("resourceArn") or ""
        prefix = self.store.arn("")
        if not arn.startswith(prefix):
            raise AwsError("InvalidParameterException",
                           "Invalid parameter at 'resourceArn' failed to satisfy constraint: "
                           "'Invalid ARN'")
        return self.store.repository(arn[len(prefix):])

    def list_tags_for_resource(self, body):
        return {"tags": tag_list(self._by_arn(body).resource_tags)}

    def tag_resource(self, body):
        repository = self._by_arn(body)
        tags = tag_pairs(body.get("tags"))
        check_resource_tags(tags, repository.resource_tags)
        with self.store.lock:
            repository.resource_tags = {**repository.resource_tags, **dict(tags)}
            repository.tagged_once = True
        return {}

    def untag_resource(self, body):
        repository = self._by_arn(body)
        gone = set(body.get("tagKeys") or [])
        with self.store.lock:
            repository.resource_tags = {key: value
                                        for key, value in repository.resource_tags.items()
                                        if key not in gone}
        return {}
