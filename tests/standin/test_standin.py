"""The stand-in, tried with clients that know nothing of it: botocore, awscli, skopeo."""

import hashlib
import json
import os
import signal
import subprocess
import time

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from standin import (BigLayer, Client, ForeignLayer, Layer, Registry, Standin, build_image,
                     build_index, push_image, push_index)
from standin.aws_side import exponent

SCRIPT = os.path.join(os.path.dirname(__file__), "standin.py")
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(scope="module")
def shared():
    with Standin() as running:
        yield running


@pytest.fixture
def standin(shared):
    shared.reset()
    shared.store.repositories.clear()
    shared.store.deleted.clear()
    shared.store.other_resources.clear()
    return shared


def aws(standin, service, **more):
    state = standin.state()
    keys = {"aws_access_key_id": state["access_key"], "aws_secret_access_key": state["secret_key"],
            "aws_session_token": state["session_token"], "region_name": "us-east-1",
            "endpoint_url": standin.url, **more}
    config = Config(retries={"total_max_attempts": 1})
    return botocore.session.Session().create_client(service, config=config, **keys)


def client(standin):
    return Client(standin.registry_url, auth=("AWS", standin.password()))


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def error_of(answer):
    status, _, body = answer
    return status, json.loads(body)["errors"][0]["code"], json.loads(body)["errors"][0]["message"]


def skopeo(*arguments):
    return subprocess.run(["skopeo", *arguments], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60).stdout


# AWS side: signatures

@pytest.mark.parametrize("change, code", [
    ({"aws_secret_access_key": "wrong"}, "InvalidSignatureException"),
    ({"aws_access_key_id": "AKIAUNKNOWN"}, "UnrecognizedClientException"),
    ({"aws_session_token": "surplus"}, "UnrecognizedClientException"),
    ({"region_name": "eu-west-1"}, "InvalidSignatureException"),
])
def test_wrong_signature_is_refused(standin, change, code):
    assert code_of(aws(standin, "ecr", **change).describe_repositories) == code
    assert code_of(aws(standin, "resourcegroupstaggingapi", **change).get_resources) == code


def test_session_token_is_required_where_there_is_one():
    with Standin(session_token="temporary/token+=") as standin:
        assert aws(standin, "ecr").describe_repositories()["repositories"] == []
        assert code_of(aws(standin, "ecr", aws_session_token=None).describe_repositories) \
            == "UnrecognizedClientException"


@pytest.mark.parametrize("offset, code", [(290, None), (310, "InvalidSignatureException"),
                                          (-310, "InvalidSignatureException")])
def test_skewed_clock_is_refused(standin, offset, code):
    standin.set(clock_offset=offset)
    ecr = aws(standin, "ecr")
    if code:
        assert code_of(ecr.describe_repositories) == code
    else:
        ecr.describe_repositories()


def test_unsigned_and_changed_requests_are_refused(standin):
    target = {"X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
              "Content-Type": "application/x-amz-json-1.1"}
    status, _, body = Client(standin.url).call("POST", "/", target, b"{}")
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")
    ecr = aws(standin, "ecr")
    ecr.meta.events.register("before-send.ecr.*", lambda request, **_: setattr(
        request, "body", b'{"maxResults":7}'))
    assert code_of(ecr.describe_repositories) == "InvalidSignatureException"


def test_denied_expired_and_throttled(standin):
    ecr = aws(standin, "ecr")
    standin.set(denied_actions=["ecr:DescribeRepositories", "tag:GetResources"])
    assert code_of(ecr.describe_repositories) == "AccessDeniedException"
    assert code_of(aws(standin, "resourcegroupstaggingapi").get_resources) \
        == "AccessDeniedException"
    standin.set(denied_actions=[], credentials_expired=True)
    assert code_of(ecr.describe_repositories) == "ExpiredTokenException"
    standin.set(credentials_expired=False, rate_limits={"DescribeRepositories": 1})
    ecr.describe_repositories()
    assert code_of(ecr.describe_repositories) == "ThrottlingException"


# AWS side: discovery

def discover(standin, **arguments):
    """(names, sizes of the pages) of GetResources."""
    tagging = aws(standin, "resourcegroupstaggingapi")
    names, sizes, token = [], [], ""
    while True:
        page = tagging.get_resources(ResourceTypeFilters=["ecr:repository"], ResourcesPerPage=100,
                                     PaginationToken=token, **arguments)
        entries = page["ResourceTagMappingList"]
        names += [entry["ResourceARN"].partition("/")[2] for entry in entries]
        sizes.append(len(entries))
        token = page["PaginationToken"]
        if token == "":
            return names, sizes


@pytest.mark.parametrize("settings, sizes", [
    ({}, [100, 100, 50]),
    ({"short_pages": True}, [100, 50, 100]),
    ({"empty_pages": True}, [100, 0, 100, 0, 50]),
    ({"page_sizes": [0, 7]}, [0, 7, 100, 100, 43]),
])
def test_get_resources_pages(standin, settings, sizes):
    wanted = [f"many/r{number}" for number in range(250)]
    for name in wanted:
        standin.create_repository(name, {"upstream-image": "x", "upstream-tags": "1"})
    standin.set(**settings)
    assert discover(standin, TagFilters=[{"Key": "upstream-image"}]) == (wanted, sizes)


def test_get_resources_filters(standin):
    standin.create_repository("a/both", {"upstream-image": "x", "upstream-tags": "1"})
    standin.create_repository("a/image", {"upstream-image": "y"})
    standin.create_repository("a/none")
    standin.add_resource("arn:aws:s3:::bucket", {"upstream-image": "x", "upstream-tags": "1"})
    standin.add_resource("arn:aws:ecr:us-east-1:111122223333:repository/a/ghost",
                         {"upstream-image": "x"})
    image, tags = {"Key": "upstream-image"}, {"Key": "upstream-tags"}
    assert discover(standin, TagFilters=[image, tags])[0] == ["a/both"]
    assert discover(standin, TagFilters=[image])[0] == ["a/both", "a/image", "a/ghost"]
    assert discover(standin, TagFilters=[{**image, "Values": ["y", "z"]}])[0] == ["a/image"]
    assert discover(standin, TagFilters=[{"Key": "Upstream-Image"}])[0] == []
    everything = aws(standin, "resourcegroupstaggingapi").get_resources()
    assert len(everything["ResourceTagMappingList"]) == 4


def test_get_resources_token_is_for_one_request_and_a_time(standin):
    for number in range(3):
        standin.create_repository(f"many/r{number}", {"key": "value"})
    tagging = aws(standin, "resourcegroupstaggingapi")
    token = tagging.get_resources(ResourcesPerPage=1)["PaginationToken"]
    assert code_of(tagging.get_resources, ResourcesPerPage=2, PaginationToken=token) \
        == "InvalidParameterException"
    assert len(tagging.get_resources(ResourcesPerPage=1, PaginationToken=token)
               ["ResourceTagMappingList"]) == 1
    standin.set(pagination_token_ttl=-1)
    assert code_of(tagging.get_resources, ResourcesPerPage=1, PaginationToken=token) \
        == "PaginationTokenExpiredException"


def test_deleted_repository_lingers_in_get_resources(standin):
    standin.create_repository("a/b", {"key": "value"})
    standin.set(linger_deleted=True)
    aws(standin, "ecr").delete_repository(repositoryName="a/b")
    assert discover(standin)[0] == ["a/b"]
    assert code_of(aws(standin, "ecr").list_images, repositoryName="a/b") \
        == "RepositoryNotFoundException"


# AWS side: repositories and images

@pytest.mark.parametrize("key, value, code", [
    ("key", "1.0/2.0 +x@sha256:ab=c_d", None), ("ключ", "значение", None),
    ("key", "1.*", "InvalidTagParameterException"), ("key", "a,b", "InvalidTagParameterException"),
    ("key", "x" * 256, None), ("key", "x" * 257, "InvalidTagParameterException"),
    ("k" * 129, "x", "InvalidTagParameterException"),
    ("aws:mine", "x", "InvalidTagParameterException"),
])
def test_resource_tag_rules(standin, key, value, code):
    standin.create_repository("a/b")
    ecr = aws(standin, "ecr")
    arn = ecr.describe_repositories()["repositories"][0]["repositoryArn"]
    tags = [{"Key": key, "Value": value}]
    if code:
        assert code_of(ecr.tag_resource, resourceArn=arn, tags=tags) == code
        assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == []
    else:
        ecr.tag_resource(resourceArn=arn, tags=tags)
        assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == tags
        ecr.untag_resource(resourceArn=arn, tagKeys=[key])
        assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == []


def test_at_most_fifty_resource_tags(standin):
    standin.create_repository("a/b", {f"key{number}": "" for number in range(50)})
    ecr = aws(standin, "ecr")
    assert code_of(ecr.tag_resource, resourceArn=standin.store.arn("a/b"),
                   tags=[{"Key": "one-more", "Value": ""}]) == "TooManyTagsException"


def test_repositories(standin):
    ecr = aws(standin, "ecr")
    made = ecr.create_repository(repositoryName="a/b", imageTagMutability="IMMUTABLE")["repository"]
    assert made["repositoryUri"] == f"{standin.registry_address}/a/b"
    assert code_of(ecr.create_repository, repositoryName="a/b") \
        == "RepositoryAlreadyExistsException"
    assert code_of(ecr.create_repository, repositoryName="Upper/Case") \
        == "InvalidParameterException"
    assert code_of(ecr.describe_repositories, repositoryNames=["a/b", "a/c"]) \
        == "RepositoryNotFoundException"
    ecr.create_repository(repositoryName="a/c")
    page = ecr.describe_repositories(maxResults=1)
    rest = ecr.describe_repositories(maxResults=1, nextToken=page["nextToken"])
    assert [one["repositories"][0]["repositoryName"] for one in (page, rest)] == ["a/b", "a/c"]
    assert "nextToken" not in rest
    push_image(client(standin), "a/c", "1")
    assert code_of(ecr.delete_repository, repositoryName="a/c") == "RepositoryNotEmptyException"
    ecr.delete_repository(repositoryName="a/c", force=True)
    standin.create_repository("a/c")
    assert standin.images("a/c") == {}


def test_images_by_api(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    one = push_image(registry, "a/b", "1", media="docker")
    two = push_image(registry, "a/b", build_image(seed=2).digest, seed=2)
    registry.push("a/b", "also-1", one)
    ecr = aws(standin, "ecr")
    listed = ecr.list_images(repositoryName="a/b", filter={"tagStatus": "TAGGED"})["imageIds"]
    assert {entry["imageTag"]: entry["imageDigest"] for entry in listed} \
        == {"1": one.digest, "also-1": one.digest}
    assert len(ecr.list_images(repositoryName="a/b")["imageIds"]) == 3
    page = ecr.list_images(repositoryName="a/b", maxResults=2)
    assert len(page["imageIds"]) == 2
    assert ecr.list_images(repositoryName="a/b", maxResults=2, nextToken=page["nextToken"])[
        "imageIds"] == [{"imageDigest": two.digest}]
    assert code_of(ecr.list_images, repositoryName="a/b", registryId="999999999999") \
        == "RepositoryNotFoundException"

    got = ecr.batch_get_image(repositoryName="a/b", imageIds=[{"imageTag": "1"},
                                                              {"imageTag": "missing"}])
    assert got["images"][0]["imageManifest"].encode() == one.manifest
    assert got["failures"][0]["failureCode"] == "ImageNotFound"
    assert code_of(ecr.describe_images, repositoryName="a/b",
                   imageIds=[{"imageTag": "1"}, {"imageTag": "missing"}]) \
        == "ImageNotFoundException"
    detail = ecr.describe_images(repositoryName="a/b", imageIds=[{"imageTag": "1"}])[
        "imageDetails"][0]
    assert (detail["imageDigest"], sorted(detail["imageTags"])) == (one.digest, ["1", "also-1"])
    assert detail["imageSizeInBytes"] == sum(layer.size for layer in one.layers)


def test_batch_check_layer_availability(standin):
    standin.create_repository("a/b")
    image = push_image(client(standin), "a/b", "1")
    ecr = aws(standin, "ecr")
    digests = [image.layers[0].digest, "sha256:" + "0" * 64]
    answer = ecr.batch_check_layer_availability(repositoryName="a/b", layerDigests=digests)
    assert [layer["layerAvailability"] for layer in answer["layers"]] \
        == ["AVAILABLE", "UNAVAILABLE"]
    assert answer["layers"][0]["layerSize"] == image.layers[0].size
    standin.set(layer_failures=True)
    answer = ecr.batch_check_layer_availability(repositoryName="a/b", layerDigests=digests)
    assert [failure["failureCode"] for failure in answer["failures"]] == ["MissingLayerDigest"]


def test_authorization_token(standin):
    standin.set(token_ttl=600)
    data = aws(standin, "ecr").get_authorization_token()["authorizationData"][0]
    assert data["proxyEndpoint"] == standin.registry_url
    assert len(data["authorizationToken"]) > 4096
    assert 590 < data["expiresAt"].timestamp() - time.time() < 610
    answer = Client(standin.registry_url).call(
        "GET", "/v2/", {"Authorization": "Basic " + data["authorizationToken"]})
    assert (answer[0], answer[2], answer[1]["Content-Type"]) == (200, b"", None)


def test_exponent_form():
    assert exponent(1753974000.0) == "1.753974E9"
    assert float(exponent(1753974012.345)) == 1753974012.345


# Registry side

def test_registry_authorization(standin):
    anonymous = Client(standin.registry_url)
    status, headers, body = anonymous.call("GET", "/v2/")
    assert (status, body) == (401, b"Not Authorized\n")
    assert headers["Www-Authenticate"] \
        == f'Basic realm="{standin.registry_url}/",service="ecr.amazonaws.com"'
    password = standin.password()
    assert anonymous.call("GET", "/v2/", {"Authorization": "Bearer " + password})[0] == 401
    known = Client(standin.registry_url, auth=("AWS", password))
    assert known.call("GET", "/v2/")[0] == 200
    standin.expire_tokens()
    status, code, message = error_of(known.call("GET", "/v2/"))
    assert (status, code) == (403, "DENIED") and "token has expired" in message


def test_digest_on_head_and_not_on_get(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/b", "1")
    accept = {"Accept": OCI_MANIFEST}
    for reference in ("1", image.digest):
        status, headers, body = registry.call("HEAD", f"/v2/a/b/manifests/{reference}", accept)
        assert (status, headers["Docker-Content-Digest"], body) == (200, image.digest, b"")
        assert headers["Content-Length"] == str(len(image.manifest))
        status, headers, body = registry.call("GET", f"/v2/a/b/manifests/{reference}", accept)
        assert (status, headers["Docker-Content-Digest"], body) == (200, None, image.manifest)


def test_manifest_is_converted_when_accept_lacks_its_type(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/b", "1", media="docker")
    accept = {"Accept": OCI_MANIFEST}
    _, headers, body = registry.call("GET", "/v2/a/b/manifests/1", accept)
    assert headers["Content-Type"] == OCI_MANIFEST and body != image.manifest
    assert registry.call("GET", f"/v2/a/b/manifests/{image.digest}", accept)[2] == image.manifest
    both = {"Accept": f"{OCI_MANIFEST}, {DOCKER_MANIFEST}"}
    assert registry.call("GET", "/v2/a/b/manifests/1", both)[2] == image.manifest


def test_unknown_names(standin):
    registry = client(standin)
    status, code, message = error_of(registry.call("GET", "/v2/a/b/manifests/1"))
    assert (status, code) == (404, "NAME_UNKNOWN")
    assert message == "The repository with name 'a/b' does not exist in the registry with id " \
                      "'111122223333'"
    assert error_of(registry.call("POST", "/v2/a/b/blobs/uploads/"))[1] == "NAME_UNKNOWN"
    standin.create_repository("a/b")
    assert error_of(registry.call("GET", "/v2/a/b/manifests/1"))[:2] == (404, "MANIFEST_UNKNOWN")
    assert registry.call("HEAD", "/v2/a/b/blobs/sha256:" + "0" * 64)[0] == 404


def test_manifest_needs_its_blobs_and_children(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    index = build_index()
    target = "/v2/a/b/manifests/1"
    answer = registry.call("PUT", target, {"Content-Type": index.media_type}, index.manifest)
    status, code, message = error_of(answer)
    assert (status, code) == (400, "MANIFEST_BLOB_UNKNOWN")
    assert "Images with digests" in message and index.children[0].digest in message
    image = build_image()
    for blob in image.blobs[:-1]:
        registry.push_blob("a/b", blob)
    answer = registry.call("PUT", target, {"Content-Type": image.media_type}, image.manifest)
    assert error_of(answer)[1] == "MANIFEST_BLOB_UNKNOWN"
    assert image.blobs[-1].digest in error_of(answer)[2]
    assert standin.images("a/b") == {}
    registry.push("a/b", "1", index)
    assert standin.images("a/b") == {"1": index.digest}


def test_foreign_layer_is_not_asked_for(standin):
    standin.create_repository("a/b")
    for media in ("docker", "oci"):
        push_image(client(standin), "a/b", media, media=media, layers=[500, ForeignLayer()])
    assert set(standin.images("a/b")) == {"docker", "oci"}


def test_refused_manifests(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/b", "1")

    def put(reference, body, media_type=OCI_MANIFEST):
        return error_of(registry.call("PUT", f"/v2/a/b/manifests/{reference}",
                                      {"Content-Type": media_type}, body))

    assert put("sha256:" + "0" * 64, image.manifest)[:2] == (400, "MANIFEST_INVALID")
    assert put("2", image.manifest, DOCKER_MANIFEST)[:2] == (405, "UNSUPPORTED")
    assert put("2", image.manifest, "text/plain")[:2] == (405, "UNSUPPORTED")
    assert put("2", b"{")[:2] == (405, "UNSUPPORTED")
    assert "4194304" in put("2", image.manifest + b" " * (4 << 20))[2]
    value = json.loads(image.manifest)
    assert "at least 1 layer" in put("2", json.dumps({**value, "layers": []}))[2]
    annotated = {**value, "config": {**value["config"], "annotations": {"a": "b"}}}
    assert put("2", json.dumps(annotated))[:2] == (405, "UNSUPPORTED")
    assert put("no+tag", image.manifest)[:2] == (400, "TAG_INVALID")
    assert standin.images("a/b") == {"1": image.digest}


@pytest.mark.parametrize("mutability, exclusions, tag, wording", [
    ("IMMUTABLE", (), "1", "the repository is immutable."),
    ("MUTABLE", (), "1", None),
    ("IMMUTABLE_WITH_EXCLUSION", ("latest*",), "1", "the tag is immutable."),
    ("IMMUTABLE_WITH_EXCLUSION", ("latest*",), "latest-1", None),
    ("MUTABLE_WITH_EXCLUSION", ("v*",), "v1", "the tag is immutable."),
])
def test_mutability(standin, mutability, exclusions, tag, wording):
    standin.create_repository("a/b", mutability=mutability, exclusions=exclusions)
    registry = client(standin)
    first = push_image(registry, "a/b", tag)
    second = build_image(seed=2)
    for blob in second.blobs:
        registry.push_blob("a/b", blob)
    for image in (second, first):
        answer = registry.call("PUT", f"/v2/a/b/manifests/{tag}",
                               {"Content-Type": image.media_type}, image.manifest)
        if wording:
            status, code, message = error_of(answer)
            assert (status, code) == (400, "TAG_INVALID") and message.endswith(wording)
        else:
            assert answer[0] == 201
    assert standin.images("a/b") == {tag: first.digest}


def start_upload(registry, query=""):
    status, headers, _ = registry.call("POST", "/v2/a/b/blobs/uploads/" + query)
    assert status == 202 and headers["Location"].startswith("http")
    return headers["Location"]


@pytest.mark.parametrize("mode", ["relay", "direct"])
@pytest.mark.parametrize("patched", [True, False])
def test_uploads(standin, mode, patched):
    standin.set(upload_mode=mode)
    standin.create_repository("a/b")
    registry = client(standin)
    data = b"layer" * 1000
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    location, body = start_upload(registry), data
    if patched:
        status, headers, _ = registry.call("PATCH", location, None, iter([data[:9], data[9:]]))
        assert status == (201 if mode == "relay" else 202)
        location, body = headers["Location"], None
    assert registry.call("PUT", location + "&digest=" + digest, None, body)[0] == 201
    status, headers, _ = registry.call("HEAD", "/v2/a/b/blobs/" + digest)
    assert (status, headers["Content-Length"]) == (200, str(len(data)))
    status, headers, _ = registry.call("GET", "/v2/a/b/blobs/" + digest)
    assert status == 307
    assert registry.call("GET", headers["Location"])[2] == data
    with open(standin.blob("a/b", digest), "rb") as file:
        assert file.read() == data
    counted = sum(entry["bytes_in"] for entry in standin.requests(side="registry"))
    assert counted == (len(data) if mode == "relay" else 0)


def test_refused_uploads(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    digest = "sha256:" + "0" * 64
    location = start_upload(registry)
    answer = registry.call("PUT", location + "&digest=" + digest, None, b"other")
    assert error_of(answer)[:2] == (400, "BLOB_UPLOAD_INVALID")
    assert error_of(registry.call("PUT", location + "&digest=" + digest, None, b"other"))[:2] \
        == (404, "BLOB_UPLOAD_UNKNOWN")
    assert registry.call("GET", start_upload(registry))[0] == 404
    empty = "sha256:" + hashlib.sha256(b"").hexdigest()
    assert registry.call("PUT", start_upload(registry) + "&digest=" + empty)[0] == 500
    assert standin.blob("a/b", empty) is None
    location = start_upload(registry)
    status, headers, _ = registry.call("PATCH", location, {"Content-Range": "0-4"}, b"chunk")
    assert (status, headers["Range"]) == (201, "0-4")
    location = headers["Location"]
    assert registry.call("PATCH", location, {"Content-Range": "9-13"}, b"chunk")[0] == 416
    status, headers, _ = registry.call("PATCH", location, {"Content-Range": "5-9"}, b"chunk")
    assert (status, headers["Range"]) == (201, "0-4")
    digest = "sha256:" + hashlib.sha256(b"chunkchunk").hexdigest()
    answer = registry.call("PUT", headers["Location"] + "&digest=" + digest)
    assert "LayerPartTooSmall" in error_of(answer)[2]


def test_blob_mounting(standin):
    standin.create_repository("a/source")
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/source", "1")
    stray = Layer(100, "stray")
    registry.push_blob("a/source", stray)
    digest = image.layers[0].digest
    start_upload(registry, f"?mount={digest}&from=a/source")
    standin.set(blob_mounting=True)
    start_upload(registry, f"?mount={stray.digest}&from=a/source")
    start_upload(registry, f"?mount={digest}")
    assert registry.call("HEAD", "/v2/a/b/blobs/" + digest)[0] == 404
    answer = registry.call("POST", f"/v2/a/b/blobs/uploads/?mount={digest}&from=a/source")
    assert (answer[0], answer[1]["Docker-Content-Digest"]) == (201, digest)
    assert registry.call("HEAD", "/v2/a/b/blobs/" + digest)[0] == 200


def test_storage_side_refuses_authorization(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/b", "1", layers=[5000])
    _, headers, _ = registry.call("GET", "/v2/a/b/blobs/" + image.layers[0].digest)
    location = headers["Location"]
    status, _, body = registry.call("GET", location, {"Authorization": "Basic eDp5"})
    assert status == 400 and b"Only one auth mechanism allowed" in body
    assert registry.call("GET", location[:-1] + "x")[0] == 403
    status, headers, body = registry.call("GET", location, {"Range": "bytes=10-19"})
    assert (status, body) == (206, image.layers[0].data[10:20])


def test_tag_list_pages(standin):
    standin.create_repository("a/b")
    image = build_image()
    wanted = [f"t{number}" for number in range(25)]
    for tag in wanted:
        standin.put_manifest("a/b", tag, image)
    registry = client(standin)
    found, target = [], "/v2/a/b/tags/list?n=10"
    while target:
        status, headers, body = registry.call("GET", target)
        assert status == 200
        found += json.loads(body)["tags"]
        link = headers["Link"]
        target = link[1:link.index(">")] if link else None
    assert found == wanted
    assert len(standin.requests(side="registry", operation="ListImages")) == 3
    assert error_of(registry.call("GET", "/v2/a/b/tags/list?n=1001"))[:2] == (405, "UNSUPPORTED")
    assert error_of(registry.call("GET", "/v2/a/b/tags/list?last=t3"))[:2] == (405, "UNSUPPORTED")


def test_referrers(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/b", "1")
    signature = build_image(layers=[10], seed="signature", subject=image)
    registry.push("a/b", signature.digest, signature)
    _, _, body = registry.call("GET", f"/v2/a/b/referrers/{image.digest}")
    assert [entry["digest"] for entry in json.loads(body)["manifests"]] == [signature.digest]


# Independent clients, from end to end

@pytest.mark.parametrize("mode", ["relay", "direct"])
def test_skopeo_copies_and_reads(standin, mode):
    standin.set(upload_mode=mode)
    standin.create_repository("mirror/app")
    credentials = "AWS:" + standin.password()
    with Registry() as upstream:
        image = push_image(upstream.url, "library/app", "1", media="docker", layers=[20000, 300])
        index = push_index(upstream.url, "library/app", "2", shared=[Layer(4000, "base")])
        assert len(index.children) == 6
        for tag, wanted in (("1", image), ("2", index)):
            source = f"docker://{upstream.address}/library/app:{tag}"
            destination = f"docker://{standin.registry_address}/mirror/app:{tag}"
            assert json.loads(skopeo("inspect", "--tls-verify=false", source))["Architecture"] \
                == "amd64"
            skopeo("copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false",
                   "--dest-creds", credentials, source, destination)
            assert skopeo("inspect", "--raw", "--tls-verify=false", "--creds", credentials,
                          destination) == wanted.manifest
            assert json.loads(skopeo("inspect", "--tls-verify=false", "--creds", credentials,
                                     destination))["Os"] == "linux"
    assert standin.images("mirror/app") == {"1": image.digest, "2": index.digest}
    for part in (image, *index.children):
        for blob in part.blobs:
            with open(standin.blob("mirror/app", blob.digest), "rb") as file:
                assert "sha256:" + hashlib.sha256(file.read()).hexdigest() == blob.digest


def test_awscli(standin):
    def run(*arguments):
        answer = subprocess.run(["/usr/bin/aws", "--endpoint-url", standin.url, *arguments],
                                env=standin.environment(), check=True, timeout=60,
                                stdout=subprocess.PIPE)
        return json.loads(answer.stdout) if answer.stdout else None

    made = run("ecr", "create-repository", "--repository-name", "a/b")
    arn = made["repository"]["repositoryArn"]
    run("ecr", "tag-resource", "--resource-arn", arn, "--tags", "Key=upstream-tags,Value=1/2")
    found = run("resourcegroupstaggingapi", "get-resources", "--resource-type-filters",
                "ecr:repository", "--tag-filters", "Key=upstream-tags")
    assert found["ResourceTagMappingList"] == [
        {"ResourceARN": arn, "Tags": [{"Key": "upstream-tags", "Value": "1/2"}]}]


def test_tls():
    with Standin(tls=True, upload_mode="direct") as standin:
        standin.create_repository("a/b")
        ecr = aws(standin, "ecr", verify=standin.ca_file)
        assert ecr.get_authorization_token()["authorizationData"][0]["proxyEndpoint"] \
            == standin.registry_url
        image = push_image(client(standin), "a/b", "1", layers=[BigLayer(3 << 20)])
        assert standin.images("a/b") == {"1": image.digest}


# Log, faults, process

def test_request_log(standin):
    standin.create_repository("a/b")
    registry = client(standin)
    image = push_image(registry, "a/b", "1", layers=[700])
    sent = standin.requests(side="registry", operation="CompleteLayerUpload")
    assert [entry["bytes_in"] for entry in sent] == [image.config.size, image.layers[0].size]
    assert all(entry["authorization"] for entry in standin.requests(side="registry"))
    assert len({entry["connection"] for entry in standin.requests()}) == 1
    assert [entry["status"] for entry in standin.requests(operation="PutImage")] == [201]
    standin.reset()
    assert standin.requests() == []


def test_faults(standin):
    standin.create_repository("a/b")
    ecr = aws(standin, "ecr")
    standin.fault(operation="ListImages", nth=2, times=1, status=503, body="<html>busy</html>")
    assert ecr.list_images(repositoryName="a/b")["imageIds"] == []
    assert code_of(ecr.list_images, repositoryName="a/b") == "503"
    assert ecr.list_images(repositoryName="a/b")["imageIds"] == []
    assert [entry["fault"] for entry in standin.requests(side="aws")] == [False, True, False]
    registry = client(standin)
    image = push_image(registry, "a/b", "1", layers=[5000])
    _, headers, _ = registry.call("GET", "/v2/a/b/blobs/" + image.layers[0].digest)
    location, data = headers["Location"], image.layers[0].data
    standin.fault(side="storage", action="corrupt", bytes=5)
    assert [a != b for a, b in zip(registry.call("GET", location)[2], data)].index(True) == 5
    standin.fault(side="storage", action="extend", bytes=-1)
    assert registry.call("GET", location)[2] == data[:-1]
    standin.fault(side="storage", action="extend", bytes=1)
    assert registry.call("GET", location)[2] == data + b"\0"
    standin.fault(side="storage", action="truncate", bytes=100)
    with pytest.raises(Exception, match="IncompleteRead.100 "):
        Client(standin.registry_url).call("GET", location)
    standin.fault(side="registry", method="PUT", action="reset", bytes=10)
    with pytest.raises(ConnectionError):
        other = client(standin)
        other.call("PUT", start_upload(other) + "&digest=sha256:" + "0" * 64, None, b"x" * 5000)
    with pytest.raises(ValueError, match="unknown fault fields"):
        standin.fault(staus=500)


def test_as_a_process(tmp_path):
    state_file, log_file = tmp_path / "state.json", tmp_path / "requests"
    process = subprocess.Popen(["/usr/bin/python3", SCRIPT, "--state-file", state_file,
                                "--log-file", log_file], stdout=subprocess.PIPE)
    try:
        state = json.loads(process.stdout.readline())
        assert json.loads(state_file.read_text()) == state
        control = Client(state["url"])
        body = json.dumps({"name": "a/b", "tags": {"key": "value"}})
        assert control.call("POST", "/_standin/repository", None, body)[0] == 200
        assert control.call("POST", "/_standin/set", None, '{"no_such": 1}')[0] == 400
        password = control.call("GET", "/_standin/password")[2].decode()
        push_image(Client(state["registry_url"], ("AWS", password)), "a/b", "1")
        _, _, body = control.call("GET", "/_standin/requests?operation=PutImage")
        assert [entry["path"] for entry in json.loads(body)] == ["/v2/a/b/manifests/1"]
        assert '"operation": "PutImage"' in log_file.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not os.path.exists(f"/proc/{state['docker_registry_pid']}")


# Upstream registries

@pytest.mark.parametrize("how", [
    {"auth": ("user", "secret")}, {"auth": ("user", "secret"), "front": True},
    {"auth": ("user", "secret"), "front": True, "token_server": True},
    {"auth": ("user", "secret"), "front": True, "token_server": True, "tls": True},
    {"auth": ("user", "secret"), "tls": True},
])
def test_upstream_with_credentials(how, tmp_path):
    storage = str(tmp_path / "storage")
    with Registry(storage=storage) as filled:
        image = push_image(filled.url, "a/b", "1")
    with Registry(storage=storage, **how) as upstream:
        name = f"docker://{upstream.address}/a/b:1"
        raw = ["inspect", "--raw", "--tls-verify=false"]
        assert skopeo(*raw, "--creds", "user:secret", name) == image.manifest
        with pytest.raises(subprocess.CalledProcessError):
            skopeo(*raw, "--creds", "user:wrong", name)


def test_upstream_front_counts_and_breaks():
    with Registry(front=True) as upstream:
        image = push_image(upstream.url, "a/b", "1", layers=[100000])
        upstream.reset()
        reader = Client(upstream.url)
        blob = f"/v2/a/b/blobs/{image.layers[0].digest}"
        assert reader.call("GET", blob)[2] == image.layers[0].data
        upstream.fault(operation="blob", action="corrupt", bytes=99999)
        assert reader.call("GET", blob)[2] != image.layers[0].data
        status, headers, _ = reader.call("HEAD", "/v2/a/b/manifests/1", {"Accept": OCI_MANIFEST})
        assert (status, headers["Docker-Content-Digest"]) == (200, image.digest)
        upstream.fault(operation="manifest", status=429, headers={"Retry-After": "1"},
                       body={"errors": [{"code": "TOOMANYREQUESTS"}]})
        status, headers, _ = reader.call("GET", "/v2/a/b/manifests/1")
        assert (status, headers["Retry-After"]) == (429, "1")
        assert [entry["operation"] for entry in upstream.requests(side="registry")] \
            == ["blob", "blob", "manifest", "manifest"]


def test_images_are_the_same_every_time():
    assert build_image(seed=5).digest == build_image(seed=5).digest
    assert build_image(seed=5).digest != build_image(seed=6).digest
    assert build_index().digest == build_index().digest
    big = BigLayer(3 << 20, seed=1)
    data = b"".join(big.pieces())
    assert ("sha256:" + hashlib.sha256(data).hexdigest(), len(data)) == (big.digest, big.size)
