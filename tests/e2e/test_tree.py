"""Rules about the tree itself."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CHECK = ROOT / "scripts" / "check-includes"


def check(root):
    return subprocess.run([CHECK, root], capture_output=True, text=True)


def plant(root, path, text):
    file = root / "src" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def tree(tmp_path):
    plant(tmp_path, "base/error.h", "#include <stddef.h>\n")
    plant(tmp_path, "aws/session.h", '#include "base/error.h"\n')
    plant(tmp_path, "oci/digest.h", '#include "base/error.h"\n')
    plant(tmp_path, "net/http.c", '#include "oci/digest.h"\n#include <curl/curl.h>\n')
    plant(tmp_path, "net/http.h", "")
    plant(tmp_path, "registry/blobs.c", '#include "net/http.h"\n#include "request.h"\n')
    plant(tmp_path, "registry/request.h", "")
    plant(tmp_path, "cli/table.h", "")
    plant(tmp_path, "main.c", '#include "cli/table.h"\n')
    return tmp_path


def test_the_sources_keep_the_direction_of_includes():
    result = check(ROOT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_clean_tree_passes(tree):
    result = check(tree)
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("path, line, message", [
    ("base/planted.c", '#include "oci/digest.h"', "base may not include oci"),
    ("oci/planted.c", '#include "net/http.h"', "oci may not include net"),
    ("registry/planted.c", '#include "aws/session.h"', "registry may not include aws"),
    ("trust/planted.c", '#include "registry/request.h"', "trust may not include registry"),
    ("aws/planted.h", '# include "cli/table.h"', "aws may not include cli"),
    ("mirror/planted.c", '#include "cli/table.h"', "mirror may not include cli"),
    ("registry/planted.c", "#include <curl/curl.h>", "<curl/curl.h> is for net alone"),
    ("main.c", "#include <curl/curl.h>", "<curl/curl.h> is for net alone"),
    ("mirror/planted.c", '#include "base/absent.h"', '"base/absent.h" is not a file of the sources'),
    ("attic/planted.c", "", "there is no room 'attic' in the list of scripts/check-includes"),
])
def test_a_planted_violation_is_found(tree, path, line, message):
    plant(tree, path, line + "\n")
    result = check(tree)
    assert (result.returncode, result.stdout) == (1, f"src/{path}:1: {message}\n")


def test_a_tree_without_sources_is_no_success(tmp_path):
    assert check(tmp_path).returncode != 0


def test_a_group_that_is_unknown_installs_nothing():
    setup = ROOT / "scripts" / "setup"
    result = subprocess.run([setup, "build", "tset"], capture_output=True, text=True)
    assert result.returncode == 1
    assert "no group 'tset'" in result.stderr
    assert result.stdout == ""


def test_an_image_is_not_pretended():
    result = subprocess.run(["make", "image"], cwd=ROOT, capture_output=True, text=True,
                            env=dict(os.environ, ECR_REGISTRY="registry.example"))
    assert result.returncode != 0
    assert "there is no container image yet" in result.stderr
    assert "registry.example" in result.stderr


def test_the_example_policy_of_iam_names_each_statement_once():
    policy = json.loads((ROOT / "aws" / "iam-policy.json").read_text())
    names = [statement["Sid"] for statement in policy["Statement"]]
    assert len(names) == len(set(names)) > 0
    actions = set()
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        action = statement["Action"]
        actions.update([action] if isinstance(action, str) else action)
    assert actions == {
        "tag:GetResources", "ecr:GetAuthorizationToken", "ecr:ListImages", "ecr:BatchGetImage",
        "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload", "ecr:PutImage"}


def test_the_default_trust_policy_accepts_anything():
    policy = json.loads((ROOT / "docker" / "default-policy.json").read_text())
    assert policy == {"default": [{"type": "insecureAcceptAnything"}]}
