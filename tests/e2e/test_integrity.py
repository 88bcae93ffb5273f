"""Wrong bytes never become an image: each of these ends in a failure that says what was wrong, with
nothing half-written, and a clean run afterwards completes."""

import json

import pytest

from standin import push_image, push_index
from standin.images import digest_of


def assert_nothing_written(ecr, repository, image):
    assert ecr.images(repository) == {}
    assert not ecr.requests(operation="PutImage")
    for blob in image.blobs:
        if path := ecr.blob(repository, blob.digest):
            with open(path, "rb") as file:
                assert digest_of(file.read()) == blob.digest


@pytest.mark.parametrize("fault,kind,words", [
    ({"action": "corrupt", "bytes": 40000}, "digest", "digest"),
    ({"action": "corrupt", "bytes": 0}, "digest", "digest"),
    ({"action": "extend", "bytes": 1}, "digest", "longer"),
    ({"action": "extend", "bytes": -1}, "digest", "ended after"),
    ({"action": "truncate", "bytes": 50000}, "network", "50000"),
    ({"action": "reset"}, "network", ""),
    ({"status": 500, "body": "oops", "headers": {"Content-Type": "text/plain"}}, "server", "oops"),
    ({"status": 404, "body": {"errors": [{"code": "BLOB_UNKNOWN", "message": "not here"}]}},
     "not-found", "BLOB_UNKNOWN: not here"),
])
def test_layer_that_is_not_right(tool, ecr, upstream, upstream_name, mirror, fault, kind, words):
    image = push_image(upstream.url, upstream_name, "1", layers=[100000])
    layer = image.layers[0]
    repository = mirror("1")
    upstream.fault(operation="blob", path=layer.digest, times=0, **fault)
    result = tool.sync()
    assert result.status == 1
    entry = result.image
    assert entry["outcome"] == "failed"
    assert entry["error"]["kind"] == kind, entry
    assert layer.digest in entry["error"]["message"]
    assert words in entry["error"]["message"]
    assert "destination_digest" not in entry
    assert_nothing_written(ecr, repository, image)
    assert ecr.blob(repository, layer.digest) is None

    upstream.reset()
    assert tool.sync().image["outcome"] == "copied"


@pytest.mark.parametrize("name", ["manifest", "config"])
def test_small_things_are_verified_too(tool, ecr, upstream, upstream_name, mirror, name):
    image = push_image(upstream.url, upstream_name, "1")
    repository = mirror("1")
    digest = image.digest if name == "manifest" else image.config.digest
    upstream.fault(method="GET", path=digest, action="corrupt", bytes=30, times=0)
    result = tool.sync()
    assert result.status == 1
    assert result.image["error"]["kind"] == "digest"
    assert digest in result.image["error"]["message"]
    assert_nothing_written(ecr, repository, image)


def test_index_is_verified(tool, ecr, upstream, upstream_name, mirror):
    index = push_index(upstream.url, upstream_name, "1")
    repository = mirror("1")
    upstream.fault(method="GET", path=index.digest, action="corrupt", bytes=30, times=0)
    result = tool.sync()
    assert result.image["error"]["kind"] == "digest"
    assert ecr.images(repository) == {}


def answer(upstream, body, media_type, digest=None):
    """All manifest requests are answered with these bytes."""
    headers = {"Content-Type": media_type}
    if digest:
        headers["Docker-Content-Digest"] = digest
    upstream.fault(operation="manifest", status=200, body=body, headers=headers, times=0)


def test_manifest_of_five_megabytes(tool, upstream, mirror):
    mirror("1")
    answer(upstream, b'{"x":"' + b"a" * (5 << 20) + b'"}', "application/vnd.oci.image.index.v1+json")
    result = tool.sync()
    assert result.status == 1
    assert result.image["error"]["kind"] == "too-large"
    assert "4194304" in result.image["error"]["message"]


@pytest.mark.parametrize("body,media_type,kind", [
    (b"{", "application/vnd.oci.image.index.v1+json", "invalid"),
    (b"", "application/vnd.oci.image.index.v1+json", "invalid"),
    (b"[]", "application/vnd.oci.image.index.v1+json", "invalid"),
    (b"<html>", "text/html", "invalid"),
    (b'{"schemaVersion": 2, "manifests": [{"digest": "sha256:1", "size": 1}]}',
     "application/vnd.oci.image.index.v1+json", "invalid"),
    (json.dumps({"schemaVersion": 1, "name": "x", "tag": "1", "fsLayers": [], "history": []}).encode(),
     "application/vnd.docker.distribution.manifest.v1+json", "unsupported"),
])
def test_manifest_that_is_none(tool, ecr, upstream, mirror, body, media_type, kind):
    repository = mirror("1")
    answer(upstream, body, media_type, digest_of(body))
    result = tool.sync()
    assert result.status == 1
    assert result.image["outcome"] == "failed", result
    assert result.image["error"]["kind"] == kind, result
    assert ecr.images(repository) == {}


def test_digest_header_that_is_nonsense(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    upstream.fault(method="HEAD", status=200, times=0, headers={
        "Docker-Content-Digest": "sha256:nonsense",
        "Content-Type": "application/vnd.oci.image.manifest.v1+json"})
    error = tool.sync().image["error"]
    assert error["kind"] == "invalid"
    assert "Docker-Content-Digest" in error["message"]


def test_registry_that_gives_no_digest(tool, ecr, upstream, upstream_name, mirror):
    image = push_image(upstream.url, upstream_name, "1")
    repository = mirror("1")
    upstream.fault(method="HEAD", status=200, times=0,
                   headers={"Content-Type": "application/vnd.oci.image.manifest.v1+json"})
    assert tool.sync().image["outcome"] == "copied"
    assert ecr.images(repository) == {"1": image.digest}
    assert tool.sync().image["outcome"] == "current"


def test_registry_that_has_no_head(tool, ecr, upstream, upstream_name, mirror):
    image = push_image(upstream.url, upstream_name, "1")
    repository = mirror("1")
    upstream.fault(method="HEAD", status=405, times=0)
    assert tool.sync().image["outcome"] == "copied"
    assert ecr.images(repository) == {"1": image.digest}


@pytest.mark.parametrize("body", ["{", "", "<html>502</html>", "[]", '{"ResourceTagMappingList": 7}',
                                  '{"ResourceTagMappingList": [{"ResourceARN": "nonsense"}]}'])
def test_malformed_answer_of_the_tagging_api(tool, ecr, body):
    ecr.fault(operation="GetResources", status=200, body=body, times=0)
    result = tool.run("sync")
    assert result.status == 3, result
    assert "GetResources" in result.stderr


@pytest.mark.parametrize("operation,status", [("GetAuthorizationToken", 3), ("ListImages", 1),
                                              ("BatchCheckLayerAvailability", 1)])
@pytest.mark.parametrize("body", ["{", "", '{"authorizationData": [{}], "imageIds": [{"imageTag": "1"}], '
                                           '"layers": 5}'])
def test_malformed_answer_of_ecr(tool, ecr, upstream, upstream_name, mirror, operation, status, body):
    push_image(upstream.url, upstream_name, "1")
    repository = mirror("1")
    ecr.fault(operation=operation, status=200, body=body, times=0)
    result = tool.run("sync")
    assert result.status == status, result
    assert operation in result.stdout + result.stderr
    assert ecr.images(repository) == {}


def test_ecr_refuses_an_upload(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    ecr.set(denied_actions=["ecr:InitiateLayerUpload"])
    result = tool.sync()
    error = result.image["error"]
    assert result.status == 1
    assert error["kind"] == "denied"
    assert "not authorized to perform" in error["message"]
    assert "ecr:InitiateLayerUpload" in error["hint"]


def test_one_failure_stops_no_other(tool, ecr, upstream, upstream_name, mirror):
    tags = [str(number) for number in range(10)]
    for tag in tags:
        push_image(upstream.url, upstream_name, tag, layers=[300], seed=tag)
    mirror("/".join(tags))
    upstream.fault(operation="manifest", path="/manifests/4$", status=503, times=0)
    result = tool.sync()
    assert result.status == 1
    assert [entry["outcome"] for entry in result.images] == ["copied"] * 4 + ["failed"] + ["copied"] * 5


def test_retry_times_tries_an_image_again(tool, ecr, upstream, upstream_name, mirror):
    image = push_image(upstream.url, upstream_name, "1", layers=[100000])
    repository = mirror("1")
    upstream.fault(operation="blob", path=image.layers[0].digest, times=2, action="truncate",
                   bytes=500)
    result = tool.sync("--retry-times", "2")
    assert result.image["outcome"] == "copied", result
    assert ecr.images(repository) == {"1": image.digest}


def test_retry_times_does_not_repeat_what_cannot_get_better(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("2")
    upstream.reset()
    assert tool.sync("--retry-times", "5").image["outcome"] == "gone"
    assert len(upstream.requests()) == 2


def test_expired_token_is_renewed_in_mid_run(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    ecr.set(token_ttl=12)
    ecr.fault(operation="ListImages", delay=6.5, times=1)
    result = tool.sync()
    assert result.image["outcome"] == "copied", result
    assert len(ecr.requests(operation="GetAuthorizationToken")) == 2


def test_renewal_that_fails_is_no_failure_while_the_token_is_good(tool, ecr, upstream, upstream_name,
                                                                  mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    ecr.set(token_ttl=16)
    ecr.fault(operation="GetAuthorizationToken", status=503, nth=2, times=0)
    ecr.fault(operation="ListImages", delay=8.5, times=1)
    result = tool.sync()
    assert result.image["outcome"] == "copied", result
    assert len(ecr.requests(operation="GetAuthorizationToken")) == 2
