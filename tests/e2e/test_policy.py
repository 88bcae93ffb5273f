"""Trust policies made of insecureAcceptAnything and reject."""

import json

import pytest

from standin import push_image

ACCEPT = [{"type": "insecureAcceptAnything"}]
REJECT = [{"type": "reject"}]


@pytest.fixture
def policy(tmp_path):
    def write(value):
        path = tmp_path / "policy.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return str(path)
    return write


def scopes(**how):
    return {"default": REJECT, "transports": {"docker": how}}


@pytest.mark.parametrize("value,outcomes", [
    ({"default": ACCEPT}, ["copied", "copied"]),
    ({"default": REJECT}, ["rejected", "rejected"]),
    ("repository", ["copied", "copied"]),
    ("tag", ["rejected", "copied"]),
    ("host", ["copied", "copied"]),
])
def test_scopes(tool, ecr, upstream, upstream_name, mirror, policy, value, outcomes):
    for tag in "12":
        push_image(upstream.url, upstream_name, tag, seed=tag)
    repository = mirror("1/2")
    name = f"{upstream.address}/{upstream_name}"
    value = {"repository": scopes(**{name: ACCEPT}), "tag": scopes(**{name + ":2": ACCEPT}),
             "host": scopes(**{upstream.address: ACCEPT})}.get(value, value) \
        if isinstance(value, str) else value
    upstream.reset()
    result = tool.sync("--policy", policy(value))
    assert [entry["outcome"] for entry in result.images] == outcomes
    assert result.status == (1 if "rejected" in outcomes else 0)
    if "copied" not in outcomes:
        assert not upstream.requests()
        assert ecr.images(repository) == {}
        assert result.images[0]["error"]["kind"] == "rejected"
        assert result.images[0]["verdict"] == "rejected"


def test_insecure_policy_accepts_everything(tool, upstream, upstream_name, mirror, policy):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    environment = tool.environment(CONTAINERS_POLICY_JSON=policy({"default": REJECT}))
    assert tool.sync(env=environment).image["outcome"] == "rejected"
    assert tool.sync("--insecure-policy", env=environment).image["outcome"] == "copied"


@pytest.mark.parametrize("value,words", [
    ("{", "JSON"),
    ({}, "default"),
    ({"default": []}, "empty"),
    ({"default": [{"type": "unheardOf"}]}, "unheardOf"),
    ({"default": ACCEPT, "more": 1}, "more"),
    ({"default": [{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/k"}]}, "signedBy"),
    ({"default": ACCEPT, "transports": {"docker": {"quay.io": [
        {"type": "sigstoreSigned", "keyPath": "/k"}]}}}, "quay.io"),
])
def test_policies_that_are_refused(tool, ecr, policy, value, words):
    path = policy(value)
    result = tool.run("sync", "--policy", path)
    assert result.status == 3
    assert path in result.stderr
    assert words in result.stderr, result
    assert not ecr.requests()


def test_policy_file_that_is_not_there(tool):
    result = tool.run("sync", "--policy", "/no/such/policy.json")
    assert result.status == 3
    assert "/no/such/policy.json" in result.stderr


def test_policy_and_insecure_policy(tool, policy):
    result = tool.run("sync", "--insecure-policy", "--policy", policy({"default": ACCEPT}))
    assert result.status == 2
