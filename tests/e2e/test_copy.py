"""`copy`: one image, named by flags."""

import pytest

from conftest import skopeo_raw
from standin import push_image, push_index


@pytest.fixture
def image(upstream, upstream_name):
    return push_image(upstream.url, upstream_name, "1.0")


@pytest.fixture
def source(upstream, upstream_name):
    return f"{upstream.address}/{upstream_name}"


def test_destination_with_host(tool, ecr, image, source):
    ecr.create_repository("external/app")
    result = tool.copy("--src", source + ":1.0", "--dest", f"{ecr.registry_address}/external/app")
    assert result.status == 0, result
    assert result.image["destination"] == f"{ecr.registry_address}/external/app:1.0"
    assert result.image["outcome"] == "copied"
    assert result.report["command"] == "copy"
    raw = skopeo_raw(ecr.registry_address, "external/app", "1.0", "AWS:" + ecr.password())
    assert raw == image.manifest
    assert not ecr.requests(operation="GetResources")
    assert tool.copy("-s", source + ":1.0", "-d",
                     f"{ecr.registry_address}/external/app").image["outcome"] == "current"


@pytest.mark.parametrize("suffix,destination,tag", [
    (":1.0", "external/app:stable", "stable"),
    ("@DIGEST", "external/app:pinned", "pinned"),
    (":1.0@DIGEST", "external/app", "1.0"),
    (":1.0@DIGEST", "external/app:other", "other"),
])
def test_names(tool, ecr, image, source, suffix, destination, tag):
    ecr.create_repository("external/app")
    result = tool.copy("--src", source + suffix.replace("DIGEST", image.digest),
                       "--dest", destination)
    assert result.status == 0, result
    assert result.image["tag"] == tag
    assert ecr.images("external/app") == {tag: image.digest}


def test_bare_name_is_latest(tool, ecr, upstream, source, upstream_name):
    image = push_image(upstream.url, upstream_name, "latest")
    ecr.create_repository("external/app")
    assert tool.copy("--src", source, "--dest", "external/app").status == 0
    assert ecr.images("external/app") == {"latest": image.digest}


def test_prefix_makes_the_destination(tool, ecr, image, source, upstream_name):
    name = f"external/127.0.0.1/{upstream_name}"
    ecr.create_repository(name)
    result = tool.copy("--src", source + ":1.0", "--prefix", "external")
    assert result.status == 0, result
    assert result.image["repository"] == name
    assert ecr.images(name) == {"1.0": image.digest}


def test_digest_of_an_index(tool, ecr, upstream, source, upstream_name):
    index = push_index(upstream.url, upstream_name, "1")
    ecr.create_repository("external/app")
    entry = tool.copy("--src", f"{source}@{index.digest}", "--dest", "external/app:1").image
    assert entry["index_digest"] == index.digest
    assert entry["destination_digest"] == index.children[0].digest


def test_repository_that_does_not_exist(tool, image, source):
    result = tool.copy("--src", source + ":1.0", "--dest", "no/such")
    assert result.status == 1
    assert "no/such" in result.image["error"]["message"]
    assert "create" in result.image["error"]["hint"]


def test_dry_run(tool, ecr, image, source):
    ecr.create_repository("external/app")
    result = tool.copy("--src", source + ":1.0", "--dest", "external/app", "--dry-run")
    assert result.status == 0
    assert result.image["outcome"] == "would-copy"
    assert ecr.images("external/app") == {}


@pytest.mark.parametrize("arguments,words", [
    ([], "--src"),
    (["--src", "nginx"], "--dest"),
    (["--src", "NGINX:1", "--dest", "a/b"], "lower"),
    (["--src", "nginx:" + "x" * 300, "--dest", "a/b"], "--src"),
    (["--src", "nginx@sha256:123", "--dest", "a/b"], "--src"),
    (["--src", "nginx@sha256:" + "0" * 64, "--dest", "a/b"], "tag"),
    (["--src", "nginx", "--dest", "A/b"], "--dest"),
    (["--src", "nginx", "--dest", "/a/b"], "variable"),
    (["--src", "nginx", "--dest", "a/b", "--bogus"], "--bogus"),
    (["--src", "nginx", "--dest", "a/b@sha256:" + "0" * 64], "--dest"),
    (["--src", "nginx", "--dest", "docker.io/a/b"], "docker.io"),
    (["--src", "nginx", "--dest", "127.0.0.1:1/a/b"], "127.0.0.1:1"),
])
def test_wrong_command_lines(tool, ecr, arguments, words):
    result = tool.run("copy", *arguments)
    assert result.status == 2, result
    assert words in result.stderr
    assert result.stdout == ""
    assert not ecr.requests(side="registry")


def test_password_never_goes_to_a_foreign_host(tool, ecr, upstream, image, source, upstream_name):
    """A destination that is no ECR registry must not be sent ECR's password."""
    upstream.reset()
    result = tool.run("copy", "--src", source + ":1.0", "--dest", f"{upstream.address}/x/y")
    assert result.status == 2
    assert not upstream.requests()


@pytest.mark.parametrize("host,environment,status,words", [
    ("111122223333.dkr.ecr.eu-central-1.amazonaws.com", {}, 3, "in eu-central-1"),
    ("111122223333.dkr.ecr.us-east-1.amazonaws.com",
     {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}, 0, "would be copied"),
])
def test_region_comes_from_the_destination(tool, ecr, image, source, host, environment, status, words):
    ecr.create_repository("external/app")
    result = tool.run("copy", "--dry-run", "--src", source + ":1.0", "--dest", f"{host}/external/app",
                      env=tool.environment(**environment))
    assert result.status == status, result
    assert words in result.stdout + result.stderr


def test_destination_in_another_account(tool, ecr, image, source):
    ecr.create_repository("external/app")
    result = tool.copy("--dry-run", "--src", source + ":1.0", "--dest",
                       "999988887777.dkr.ecr.us-east-1.amazonaws.com/external/app")
    assert result.status == 1
    assert "999988887777" in result.image["error"]["message"], result
    assert "999988887777" in result.image["error"]["hint"]
    assert result.image["destination"].startswith("999988887777.dkr.ecr.us-east-1.amazonaws.com/")
