"""Which repositories are found, and what is made of their tags."""

import pytest

from standin import push_image


@pytest.mark.parametrize("settings", [
    {}, {"short_pages": True}, {"empty_pages": True}, {"page_sizes": [100, 7, 100]},
    {"short_pages": True, "empty_pages": True},
])
def test_all_pages_are_read(tool, ecr, settings):
    names = {f"team/app-{number:03}" for number in range(250)}
    for name in names:
        ecr.create_repository(name, {"upstream-image": "ghcr.io/a/b", "upstream-tags": "1"})
    ecr.set(**settings)
    result = tool.run("list", "--output", "json")
    assert result.status == 0, result
    assert {entry["repository"] for entry in result.images} == names
    assert len(result.images) == 250
    assert len(ecr.requests(operation="GetResources")) >= 3


def test_list_asks_for_nothing_but_resources(tool, ecr):
    ecr.create_repository("team/app", {"upstream-image": "nginx", "upstream-tags": "1/2"})
    ecr.set(denied_actions=["ecr:GetAuthorizationToken", "ecr:ListImages"])
    result = tool.run("list")
    assert result.status == 0, result
    assert {entry["operation"] for entry in ecr.requests()} == {"GetResources"}
    assert "docker.io/library/nginx" in result.stdout
    assert "team/app" in result.stdout


def test_list_report(tool, ecr):
    ecr.create_repository("team/app", {"upstream-image": "nginx", "upstream-tags": "1/2"})
    report = tool.run("list", "--output", "json").report
    assert report["command"] == "list"
    assert report["totals"]["images"] == 2
    assert report["images"][0] == {
        "source": "docker.io/library/nginx:1", "repository": "team/app", "tag": "1",
        "destination": "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app:1"}


def test_only_repositories_with_both_tags(tool, ecr):
    ecr.create_repository("both", {"upstream-image": "nginx", "upstream-tags": "1"})
    ecr.create_repository("image-only", {"upstream-image": "nginx"})
    ecr.create_repository("tags-only", {"upstream-tags": "1"})
    ecr.create_repository("none", {"team": "x"})
    ecr.add_resource("arn:aws:s3:::bucket", {"upstream-image": "nginx", "upstream-tags": "1"})
    images = tool.run("list", "--output", "json").images
    assert [entry["repository"] for entry in images] == ["both"]
    body = ecr.requests(operation="GetResources")
    assert len(body) == 1


def test_keys_can_be_renamed(tool, ecr):
    ecr.create_repository("standard", {"upstream-image": "nginx", "upstream-tags": "1"})
    ecr.create_repository("renamed", {"mirror:of": "redis", "mirror:tags": "7"})
    images = tool.run("list", "--output=json", "--image-key=mirror:of", "--tag-key", "mirror:tags",
                      ).images
    assert [(entry["repository"], entry["source"]) for entry in images] == [
        ("renamed", "docker.io/library/redis:7")]


@pytest.mark.parametrize("prefix,expected", [
    ("team", {"team", "team/app", "team/deep/app"}),
    ("team/deep", {"team/deep/app"}),
    ("tea", set()),
    ("", {"team", "team/app", "team/deep/app", "teams/app"}),
])
def test_prefix(tool, ecr, prefix, expected):
    for name in ("team", "team/app", "team/deep/app", "teams/app"):
        if len(name) >= 2:
            ecr.create_repository(name, {"upstream-image": "nginx", "upstream-tags": "1"})
    images = tool.run("list", "--output=json", "--prefix", prefix).images
    assert {entry["repository"] for entry in images} == expected


def test_prefix_holds_for_sync(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1", name="team/app")
    mirror("1", name="teams/app")
    result = tool.sync("--prefix", "team")
    assert [(entry["repository"], entry["outcome"]) for entry in result.images] == [
        ("team/app", "copied")]
    assert ecr.images("teams/app") == {}


def test_nothing_is_tagged(tool):
    result = tool.sync()
    assert result.status == 0
    assert result.images == []


def test_broken_entries_fail_alone(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1/" + "x" * 200)
    mirror("/ /", name="empty/list")
    mirror("1/2/3", name="upper/case", image="ghcr.io/Upper/Case")
    mirror("1", name="has/tag", image="nginx:1.25")
    result = tool.sync()
    assert result.status == 1
    found = {(entry["repository"], entry.get("tag")): entry for entry in result.images}
    assert len(found) == 5
    assert found["mirror/app", "1"]["outcome"] == "copied"
    for key, words in {("mirror/app", "x" * 200): "128", ("empty/list", None): "no tag",
                       ("upper/case", None): "lower", ("has/tag", None): "tag"}.items():
        assert found[key]["outcome"] == "failed"
        assert words in found[key]["error"]["message"] + found[key]["error"].get("hint", ""), found[key]


def test_list_says_what_is_wrong_and_fails(tool, ecr):
    ecr.create_repository("empty/list", {"upstream-image": "nginx", "upstream-tags": ""})
    result = tool.run("list")
    assert result.status == 1
    assert "empty/list" in result.stdout
    assert "no tag" in result.stdout + result.stderr


def test_tagging_api_denied(tool, ecr):
    ecr.set(denied_actions=["tag:GetResources"])
    for command in ("list", "sync"):
        result = tool.run(command)
        assert result.status == 3
        assert "tag:GetResources" in result.stderr
        assert result.stdout == ""


def test_other_regions_are_other_worlds(tool, ecr):
    result = tool.run("list", "--region", "eu-central-1")
    assert result.status == 3
    assert "eu-central-1" in result.stderr
    assert "--region" in result.stderr
