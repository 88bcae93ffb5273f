"""The main job: what ends up in ECR, byte for byte, and what is said about it."""

import hashlib
import json
import subprocess

import pytest

from conftest import BINARY, skopeo_raw
from standin import ForeignLayer, Layer, build_image, push_image, push_index
from standin.images import push


def assert_same_image(ecr, upstream, upstream_name, repository, tag, image):
    """Source and destination agree to the byte, and every blob hashes to its name."""
    raw = skopeo_raw(ecr.registry_address, repository, tag, "AWS:" + ecr.password())
    assert raw == image.manifest
    assert raw == skopeo_raw(upstream.address, upstream_name, image.digest)
    manifest = json.loads(raw)
    for entry in [manifest["config"], *manifest["layers"]]:
        if entry.get("urls"):
            continue
        path = ecr.blob(repository, entry["digest"])
        assert path, f"{entry['digest']} is not there"
        with open(path, "rb") as file:
            assert "sha256:" + hashlib.sha256(file.read()).hexdigest() == entry["digest"]


@pytest.mark.parametrize("media", ["docker", "oci"])
def test_image_is_copied_verbatim(tool, ecr, upstream, upstream_name, mirror, media):
    image = push_image(upstream.url, upstream_name, "1.0", media=media, layers=[30000, 500, 70000])
    repository = mirror("1.0")
    result = tool.sync()
    assert result.status == 0, result
    entry = result.image
    assert entry["outcome"] == "copied"
    assert entry["verdict"] == "missing"
    assert entry["source"] == f"{upstream.address}/{upstream_name}:1.0"
    assert entry["destination"] == f"{ecr.registry_address}/{repository}:1.0"
    assert entry["repository"] == repository
    assert entry["tag"] == "1.0"
    assert entry["source_digest"] == entry["destination_digest"] == image.digest
    assert "index_digest" not in entry
    assert "error" not in entry
    assert entry["layers"] == {"copied": 3, "mounted": 0, "present": 0}
    assert entry["bytes"] == sum(blob.size for blob in image.blobs)
    assert_same_image(ecr, upstream, upstream_name, repository, "1.0", image)


@pytest.mark.parametrize("media", ["docker", "oci"])
@pytest.mark.parametrize("arguments,platform", [
    ([], ("linux", "amd64", None)),
    (["--override-arch", "arm64"], ("linux", "arm64", "v8")),
    (["--override-arch=arm", "--override-variant=v7"], ("linux", "arm", "v7")),
])
def test_one_platform_of_an_index(tool, ecr, upstream, upstream_name, mirror, media, arguments,
                                  platform):
    index = push_index(upstream.url, upstream_name, "2.0", media=media)
    image = next(child for child in index.children if child.platform == platform)
    repository = mirror("2.0")
    entry = tool.sync(*arguments).image
    assert entry["outcome"] == "copied"
    assert entry["source_digest"] == entry["destination_digest"] == image.digest
    assert entry["index_digest"] == index.digest
    assert_same_image(ecr, upstream, upstream_name, repository, "2.0", image)
    again = tool.sync(*arguments).image
    assert again["outcome"] == again["verdict"] == "current"
    assert again["index_digest"] == index.digest


def test_platform_that_upstream_lacks(tool, upstream, upstream_name, mirror):
    push_index(upstream.url, upstream_name, "1")
    mirror("1")
    result = tool.sync("--override-arch", "s390x")
    assert result.status == 1
    error = result.image["error"]
    assert error["kind"] == "not-found"
    assert "s390x" in error["message"]
    assert "linux/amd64" in error["message"] + error.get("hint", "")


def test_second_run_copies_nothing_and_a_moved_tag_alone(tool, ecr, upstream, upstream_name, mirror):
    base = Layer(9000, "base")
    for tag in ("1", "2", "3"):
        push_image(upstream.url, upstream_name, tag, layers=[base, 100], seed=tag)
    repository = mirror("1/2/3")
    assert [entry["outcome"] for entry in tool.sync().images] == ["copied"] * 3

    ecr.reset()
    second = tool.sync()
    assert second.status == 0
    assert second.report["totals"] == {
        "images": 3, "copied": 0, "current": 3, "would-copy": 0, "failed": 0, "rejected": 0,
        "gone": 0, "immutable": 0, "deferred": 0, "bytes": 0}
    assert not ecr.requests(operation="PutImage")
    assert not ecr.requests(operation="InitiateLayerUpload")

    moved = push_image(upstream.url, upstream_name, "2", layers=[base, 200], seed="moved")
    third = tool.sync()
    assert [entry["outcome"] for entry in third.images] == ["current", "copied", "current"]
    entry = third.images[1]
    assert entry["verdict"] == "stale"
    assert entry["destination_digest"] == moved.digest
    assert entry["layers"] == {"copied": 1, "mounted": 0, "present": 1}
    assert ecr.images(repository)["2"] == moved.digest


def test_dry_run_writes_nothing(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    repository = mirror("1")
    result = tool.sync("--dry-run")
    assert result.status == 0
    assert result.report["dry_run"] is True
    assert result.image["outcome"] == "would-copy"
    assert result.image["verdict"] == "missing"
    assert ecr.images(repository) == {}
    assert not [entry for entry in ecr.requests(side="registry")
                if entry["method"] in ("POST", "PUT", "PATCH")]


def test_report_has_the_promised_form(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    report = tool.sync().report
    assert set(report) == {"version", "command", "dry_run", "started", "seconds", "totals", "images"}
    assert report["version"] == 1
    assert report["command"] == "sync"
    assert report["dry_run"] is False
    assert report["started"].endswith("Z") and "T" in report["started"]
    assert isinstance(report["seconds"], float)
    assert set(report["images"][0]) == {
        "source", "destination", "repository", "tag", "verdict", "outcome", "source_digest",
        "destination_digest", "bytes", "layers", "seconds"}


def test_foreign_layers_stay_where_they_are(tool, ecr, upstream, upstream_name, mirror):
    image = push_image(upstream.url, upstream_name, "1", media="docker",
                       layers=[ForeignLayer(), 700])
    repository = mirror("1")
    entry = tool.sync().image
    assert entry["outcome"] == "copied", entry
    assert entry["layers"]["copied"] == 1
    assert_same_image(ecr, upstream, upstream_name, repository, "1", image)


def test_repeated_layers_are_counted_and_moved_once(tool, ecr, upstream, upstream_name, mirror):
    layer = Layer(4000, "twice")
    image = push_image(upstream.url, upstream_name, "1", layers=[layer, layer, 100])
    repository = mirror("1")
    assert tool.sync().image["layers"] == {"copied": 2, "mounted": 0, "present": 0}
    assert len(upstream.requests(operation="blob", method="GET")) == 3
    assert_same_image(ecr, upstream, upstream_name, repository, "1", image)


def test_shared_layers_are_uploaded_once_though_many_want_them(tool, ecr, upstream, upstream_name,
                                                               mirror):
    base = Layer(300000, "shared")
    tags = [f"1.{number}" for number in range(20)]
    for tag in tags:
        push_image(upstream.url, upstream_name, tag, layers=[base, 50], seed=tag)
    upstream.reset()
    repository = mirror("/".join(tags))
    result = tool.sync()
    assert result.report["totals"]["copied"] == 20, result
    assert len(upstream.requests(path=f"/v2/{upstream_name}/blobs/{base.digest}")) == 1
    assert sum(entry["layers"]["copied"] for entry in result.images) == 21
    assert sum(entry["layers"]["present"] for entry in result.images) == 19
    assert len(ecr.images(repository)) == 20


def test_layers_are_mounted_from_another_repository(tool, ecr, upstream, upstream_name, mirror):
    ecr.set(blob_mounting=True)
    push_image(upstream.url, upstream_name, "1", layers=[5000, 600])
    mirror("1", name="first/app")
    mirror("1", name="second/app")
    result = tool.sync("--batch", "1")
    layers = [entry["layers"] for entry in result.images]
    assert layers == [{"copied": 2, "mounted": 0, "present": 0},
                      {"copied": 0, "mounted": 2, "present": 0}]
    assert result.images[1]["bytes"] == 0


def test_mount_that_is_refused_goes_on_as_an_upload(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1", layers=[5000, 600])
    mirror("1", name="first/app")
    mirror("1", name="second/app")
    result = tool.sync("--batch", "1")
    assert [entry["layers"]["copied"] for entry in result.images] == [2, 2]
    assert len(ecr.requests(operation="InitiateLayerUpload")) == 6


def test_layers_that_ecr_has_are_not_sent(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1", layers=[5000, 600])
    repository = mirror("1")
    tool.sync()
    with ecr.store.lock:
        ecr.store.repository(repository).image_tags.clear()
    upstream.reset()
    entry = tool.sync().image
    assert entry["outcome"] == "copied"
    assert entry["layers"] == {"copied": 0, "mounted": 0, "present": 2}
    assert entry["bytes"] == 0
    assert not upstream.requests(operation="blob")


def test_layers_are_sent_again_where_asked_for(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1", layers=[5000, 600])
    repository = mirror("1")
    tool.sync()
    with ecr.store.lock:
        ecr.store.repository(repository).image_tags.clear()
    entry = tool.sync("--dest-precompute-digests=false").image
    assert entry["layers"] == {"copied": 2, "mounted": 0, "present": 0}


def test_same_image_under_another_tag_costs_no_layer(tool, upstream, upstream_name, mirror):
    image = build_image(layers=[5000, 600])
    for tag in ("1", "1.2", "latest"):
        push(upstream.url, upstream_name, tag, image)
    mirror("1/1.2/latest")
    result = tool.sync("--batch=1")
    assert [entry["layers"]["present"] for entry in result.images] == [0, 2, 2]


def test_tag_that_may_not_move(tool, ecr, upstream, upstream_name, mirror):
    image = push_image(upstream.url, upstream_name, "1", seed=1)
    repository = mirror("1", mutability="IMMUTABLE")
    assert tool.sync().image["outcome"] == "copied"
    assert tool.sync().image["outcome"] == "current"
    push_image(upstream.url, upstream_name, "1", seed=2)
    for wording in ("repository", "tag"):
        ecr.set(immutable_wording=wording)
        result = tool.sync()
        assert result.status == 1
        entry = result.image
        assert entry["outcome"] == entry["verdict"] == "immutable", result
        assert entry["destination_digest"] == image.digest
        assert entry["error"]["kind"] == "immutable"
        assert "immutable" in entry["error"]["message"]
        assert entry["error"]["hint"]
    assert ecr.images(repository) == {"1": image.digest}


def test_image_gone_upstream(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1/2")
    result = tool.sync()
    assert result.status == 1
    assert [entry["outcome"] for entry in result.images] == ["copied", "gone"]
    assert result.images[1]["verdict"] == "gone"
    assert "MANIFEST_UNKNOWN" in result.images[1]["error"]["message"]
    assert result.images[1]["error"]["hint"]


def test_repository_that_ecr_no_longer_has(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    ecr.set(linger_deleted=True)
    mirror("1/2", name="lost/app")
    ecr.delete_repository("lost/app")
    result = tool.sync()
    assert result.status == 1
    outcomes = sorted((entry["repository"], entry["outcome"]) for entry in result.images)
    assert outcomes == [("lost/app", "failed"), ("lost/app", "failed"), ("mirror/app", "copied")]
    lost = next(entry for entry in result.images if entry["repository"] == "lost/app")
    assert lost["error"]["kind"] == "not-found"
    assert "RepositoryNotFoundException" in lost["error"]["message"]
    assert "create" in lost["error"]["hint"]


def test_text_has_a_line_for_what_was_done_and_a_summary(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1/2")
    first = tool.run("sync")
    lines = first.stdout.splitlines()
    assert len(lines) >= 3
    assert any(line.startswith("copied") and f"{upstream_name}:1" in line for line in lines)
    assert any(line.startswith("gone") and f"{upstream_name}:2" in line for line in lines)
    assert "1 copied" in lines[-1] and "1 gone" in lines[-1]
    second = tool.run("sync").stdout.splitlines()
    assert not any(f"{upstream_name}:1" in line for line in second)
    assert "1 current" in second[-1]
    debug = tool.run("sync", "--debug")
    assert any(line.startswith("current") and f"{upstream_name}:1" in line
               for line in debug.stdout.splitlines())


def test_table_names_every_image(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1/2")
    for arguments in (["--render-table"], ["--output", "table"]):
        result = tool.run("sync", *arguments)
        assert f"{upstream_name}:1" in result.stdout
        assert f"{upstream_name}:2" in result.stdout


def test_stdout_that_cannot_be_written_is_a_failure(tool, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    for output in ("json", "text", "table"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = subprocess.run([BINARY, "sync", "--output", output],
                                     env=tool.environment(), stdout=full, stderr=subprocess.PIPE,
                                     text=True, check=False)
        assert process.returncode == 1
        assert "No space left" in process.stderr
