"""Fixtures: the built binary, an upstream registry and the ECR stand-in on loopback.

The servers live as long as the test session; what a test makes in the stand-in is gone after it.
Upstream repositories stay, so each test takes a name of its own from `upstream_name`.
"""

import itertools
import json
import os
import re
import subprocess
import sys

import pytest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)

from standin import Registry, Standin  # noqa: E402

BINARY = os.environ.get("ECR_MIRROR_SYNC_BINARY",
                        os.path.join(os.path.dirname(TESTS), "build", "ecr-mirror-sync"))


class Result:
    """What one run of the binary left behind."""

    def __init__(self, process):
        self.status = process.returncode
        self.stdout = process.stdout
        self.stderr = process.stderr

    @property
    def report(self):
        return json.loads(self.stdout)

    @property
    def images(self):
        return self.report["images"]

    @property
    def image(self):
        """The only image of the report."""
        assert len(self.images) == 1, self.images
        return self.images[0]

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


class Tool:
    """Runs the binary against the stand-in."""

    def __init__(self, ecr):
        self.ecr = ecr

    def environment(self, **changes):
        """The stand-in's environment; None takes a variable away."""
        environment = {name: value for name, value in self.ecr.environment().items()
                       if not name.startswith("ECR_MIRROR_SYNC_")}
        environment["CONTAINERS_POLICY_JSON"] = os.path.join(TESTS, "..", "docker",
                                                             "default-policy.json")
        environment.update({name: value for name, value in changes.items() if value is not None})
        for name in [name for name, value in changes.items() if value is None]:
            environment.pop(name, None)
        return environment

    def start(self, *arguments, env=None, **how):
        return subprocess.Popen([BINARY, *arguments], env=env or self.environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)

    def run(self, *arguments, env=None, timeout=60):
        process = subprocess.run([BINARY, *arguments], env=env or self.environment(),
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                 timeout=timeout)
        assert process.returncode >= 0, f"killed by signal: {process}"
        assert "Sanitizer" not in process.stderr, process.stderr
        return Result(process)

    def sync(self, *arguments, **how):
        """`sync --output json`, which must have produced a report."""
        result = self.run("sync", "--output", "json", *arguments, **how)
        assert result.stdout, result
        return result

    def copy(self, *arguments, **how):
        result = self.run("copy", "--output", "json", *arguments, **how)
        assert result.stdout, result
        return result


@pytest.fixture(scope="session")
def ecr_server():
    with Standin() as standin:
        yield standin


@pytest.fixture
def ecr(ecr_server):
    yield ecr_server
    with ecr_server.store.lock:
        ecr_server.store.settings.linger_deleted = False
        for name in list(ecr_server.store.repositories):
            ecr_server.delete_repository(name)
        ecr_server.store.deleted.clear()
        ecr_server.store.other_resources.clear()
    ecr_server.reset()


@pytest.fixture(scope="session")
def upstream_server():
    with Registry(front=True) as registry:
        yield registry


@pytest.fixture
def upstream(upstream_server):
    upstream_server.reset()
    yield upstream_server
    upstream_server.reset()


@pytest.fixture
def tool(ecr):
    return Tool(ecr)


_numbers = itertools.count()


@pytest.fixture
def upstream_name(request):
    """A repository name that no other test uses."""
    return f"t{next(_numbers)}/" + re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")


@pytest.fixture
def mirror(ecr, upstream, upstream_name):
    """mirror(tags): an ECR repository that mirrors `upstream_name`; gives the ECR name."""
    def make(tags, name="mirror/app", image=None, **how):
        return ecr.create_repository(name, {
            "upstream-image": image or f"{upstream.address}/{upstream_name}",
            "upstream-tags": tags}, **how)
    return make


def skopeo_raw(address, repository, reference, credentials=None):
    """A manifest's bytes as skopeo, an independent client, reads them."""
    separator = "@" if reference.startswith("sha256:") else ":"
    command = ["skopeo", "inspect", "--raw", "--tls-verify=false"]
    if credentials:
        command += ["--creds", credentials]
    return subprocess.run([*command, f"docker://{address}/{repository}{separator}{reference}"],
                          check=True, capture_output=True).stdout
