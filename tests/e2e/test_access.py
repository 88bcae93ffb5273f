"""Credentials, tokens and TLS: what is sent to whom, and how refusals are told."""

import os
import subprocess

import pytest

from conftest import Tool
from hostile import Server, response
from standin import Registry, Standin, push_image
from standin.images import Client


@pytest.fixture(scope="module")
def token_registry():
    with Registry(front=True, auth=("user", "s3cret"), token_server=True) as registry:
        yield registry


@pytest.fixture(scope="module")
def open_token_registry():
    with Registry(front=True, token_server=True) as registry:
        yield registry


@pytest.fixture(scope="module")
def basic_registry():
    with Registry(front=True, auth=("user", "s3cret")) as registry:
        yield registry


@pytest.fixture(scope="module")
def tls_registry():
    with Registry(front=True, tls=True) as registry:
        yield registry


def fill(registry, name, tag="1", auth=None, **how):
    """Pushes past the front, which knows no pushing credentials."""
    return push_image(Client(registry._daemon.url, auth), name, tag, **how)


def source(registry, name="some/app", tag="1"):
    return f"{registry.address}/{name}:{tag}"


def test_anonymous_token(tool, ecr, open_token_registry):
    image = fill(open_token_registry, "some/app", layers=[1000, 2000])
    ecr.create_repository("x/y")
    open_token_registry.reset()
    result = tool.copy("--src", source(open_token_registry), "--dest", "x/y")
    assert result.status == 0, result
    assert ecr.images("x/y") == {"1": image.digest}
    assert len(open_token_registry.requests(operation="token")) == 1
    refused = [entry for entry in open_token_registry.requests() if entry["status"] == 401]
    assert len(refused) == 1


def test_one_token_for_each_repository_and_one_refusal_for_all(tool, ecr, open_token_registry):
    for number in range(10):
        fill(open_token_registry, f"many/app-{number}", layers=[100], seed=number)
        ecr.create_repository(f"many/app-{number}", {
            "upstream-image": f"{open_token_registry.address}/many/app-{number}",
            "upstream-tags": "1"})
    open_token_registry.reset()
    result = tool.sync()
    assert result.report["totals"]["copied"] == 10, result
    assert len(open_token_registry.requests(operation="token")) == 10
    assert len([entry for entry in open_token_registry.requests() if entry["status"] == 401]) == 1


@pytest.mark.parametrize("kind", ["token", "basic"])
@pytest.mark.parametrize("way", ["creds", "username", "environment"])
def test_credentials_of_copy(tool, ecr, token_registry, basic_registry, kind, way):
    registry = token_registry if kind == "token" else basic_registry
    image = fill(registry, "some/app", auth=None if kind == "token" else ("user", "s3cret"))
    ecr.create_repository("x/y")
    arguments, environment = {
        "creds": (["--src-creds", "user:s3cret"], {}),
        "username": (["--src-username=user", "--src-password=s3cret"], {}),
        "environment": ([], {"ECR_MIRROR_SYNC_SRC_CREDS": "user:s3cret"}),
    }[way]
    result = tool.copy("--src", source(registry), "--dest", "x/y", *arguments,
                       env=tool.environment(**environment))
    assert result.status == 0, result
    assert ecr.images("x/y") == {"1": image.digest}


@pytest.mark.parametrize("kind", ["token", "basic"])
@pytest.mark.parametrize("arguments", [[], ["--src-creds", "user:wrong"], ["--src-no-creds"]])
def test_wrong_credentials(tool, ecr, token_registry, basic_registry, kind, arguments):
    registry = token_registry if kind == "token" else basic_registry
    fill(registry, "some/app", auth=None if kind == "token" else ("user", "s3cret"))
    ecr.create_repository("x/y")
    result = tool.copy("--src", source(registry), "--dest", "x/y", *arguments)
    assert result.status == 1
    assert result.image["error"]["kind"] == "credentials", result
    assert "--src-creds" in result.image["error"]["hint"]
    assert "wrong" not in result.stdout + result.stderr


def test_registry_token_is_sent_as_it_is(tool, ecr, open_token_registry):
    fill(open_token_registry, "some/app")
    ecr.create_repository("x/y")
    open_token_registry.reset()
    result = tool.copy("--src", source(open_token_registry), "--dest", "x/y",
                       "--src-registry-token", "not-one-of-theirs")
    assert result.status == 1
    assert not open_token_registry.requests(operation="token")
    assert all(entry["authorization"] for entry in open_token_registry.requests())
    assert "not-one-of-theirs" not in result.stdout + result.stderr


def test_sync_gives_credentials_to_nobody_but_docker_hub(tool, ecr, basic_registry):
    fill(basic_registry, "some/app", auth=("user", "s3cret"))
    ecr.create_repository("x/y", {"upstream-image": f"{basic_registry.address}/some/app",
                                  "upstream-tags": "1"})
    basic_registry.reset()
    result = tool.sync("--src-creds", "user:s3cret")
    assert result.status == 1
    assert result.image["error"]["kind"] == "credentials"
    assert not any(entry["authorization"] for entry in basic_registry.requests())


def test_tls_that_nobody_vouches_for(tool, ecr, tls_registry):
    image = fill(tls_registry, "some/app")
    ecr.create_repository("x/y")
    result = tool.copy("--src", source(tls_registry), "--dest", "x/y")
    assert result.status == 1
    assert result.image["error"]["kind"] == "tls"
    assert "--src-tls-verify=false" in result.image["error"]["hint"]
    assert not tls_registry.requests()
    result = tool.copy("--src", source(tls_registry), "--dest", "x/y", "--src-tls-verify=false")
    assert result.status == 0, result
    assert ecr.images("x/y") == {"1": image.digest}


def test_nobody_answers(tool, ecr):
    ecr.create_repository("x/y")
    result = tool.copy("--src", "127.0.0.1:1/some/app:1", "--dest", "x/y")
    assert result.status == 1
    assert result.image["error"]["kind"] == "network"
    assert "127.0.0.1:1" in result.image["error"]["message"]


def test_no_credentials(tool):
    result = tool.run("list", env=tool.environment(AWS_ACCESS_KEY_ID=None,
                                                   AWS_SECRET_ACCESS_KEY=None))
    assert result.status == 3
    assert "AWS_ACCESS_KEY_ID" in result.stderr
    assert result.stdout == ""


def test_wrong_secret_key(tool, ecr):
    result = tool.run("list", env=tool.environment(AWS_SECRET_ACCESS_KEY="wrong-secret"))
    assert result.status == 3
    assert "wrong-secret" not in result.stderr
    assert "InvalidSignatureException" in result.stderr or "SignatureDoesNotMatch" in result.stderr


def test_expired_credentials(tool, ecr):
    ecr.set(credentials_expired=True)
    result = tool.run("sync")
    assert result.status == 3
    assert "ExpiredToken" in result.stderr


def test_profile_in_the_shared_files(tool, ecr, tmp_path):
    environment = tool.environment()
    credentials = tmp_path / "credentials"
    credentials.write_text("[mirror]\naws_access_key_id = "
                           f"{environment['AWS_ACCESS_KEY_ID']}\naws_secret_access_key="
                           f"{environment['AWS_SECRET_ACCESS_KEY']}\n")
    config = tmp_path / "config"
    config.write_text(f"[profile mirror]\nregion = us-east-1\nendpoint_url = {ecr.url}\n")
    result = tool.run("list", env=tool.environment(
        AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_ENDPOINT_URL=None, AWS_REGION=None,
        AWS_DEFAULT_REGION=None, AWS_CONFIG_FILE=str(config), AWS_PROFILE="mirror",
        AWS_SHARED_CREDENTIALS_FILE=str(credentials)))
    assert result.status == 0, result
    result = tool.run("list", env=tool.environment(
        AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_CONFIG_FILE=str(config),
        AWS_SHARED_CREDENTIALS_FILE=str(credentials), AWS_PROFILE="other"))
    assert result.status == 3
    assert "other" in result.stderr and "mirror" in result.stderr


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API"])
def test_endpoints_of_one_service(tool, ecr, name):
    other = {"AWS_ENDPOINT_URL_ECR": "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API"}.get(
        name, "AWS_ENDPOINT_URL_ECR")
    environment = tool.environment(**{name: ecr.url, other: ecr.url},
                                   AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert tool.run("sync", env=environment).status == 0
    environment[name] = "http://127.0.0.1:1"
    result = tool.run("sync", env=environment)
    assert result.status == 3
    assert "127.0.0.1:1" in result.stderr


def test_session_token():
    with Standin(session_token="session/token+value==") as standin:
        tool = Tool(standin)
        assert tool.run("sync").status == 0
        result = tool.run("sync", env=tool.environment(AWS_SESSION_TOKEN=None))
        assert result.status == 3


def test_secrets_stay_out_of_everything(tool, ecr, token_registry):
    """With --debug, in all that is printed, and in the process's argument list."""
    fill(token_registry, "some/app", layers=[1000])
    ecr.create_repository("x/y")
    ecr.fault(operation="ListImages", delay=1.5)
    environment = tool.environment()
    process = tool.start("copy", "--debug", "--src", source(token_registry), "--dest", "x/y",
                         "--src-creds", "user:pass-word-MARKED", env=environment)
    while process.poll() is None and not ecr.requests(operation="GetAuthorizationToken"):
        pass
    with open(f"/proc/{process.pid}/cmdline", "rb") as file:
        seen = file.read().decode()
    stdout, stderr = process.communicate(timeout=30)
    assert "--src-creds" in seen
    password = ecr.password()
    for text in (seen, stdout, stderr):
        assert "pass-word-MARKED" not in text
        assert environment["AWS_SECRET_ACCESS_KEY"] not in text
        assert password not in text
        assert "Basic " not in text and "Bearer " not in text


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """registry-1.docker.io behind a proxy that leads every CONNECT to our own registry."""
    with Registry(front=True, tls=True, auth=("user", "s3cret"), token_server=True) as registry:
        fill(registry, "library/nginx")
        script = os.path.join(os.path.dirname(__file__), "connect_proxy.py")
        proxy = subprocess.Popen([script, registry.address], stdout=subprocess.PIPE, text=True)
        try:
            yield registry, "http://" + proxy.stdout.readline().strip()
        finally:
            proxy.terminate()
            proxy.wait()


def test_sync_gives_credentials_to_docker_hub(tool, ecr, hub):
    registry, proxy = hub
    ecr.create_repository("x/nginx", {"upstream-image": "nginx", "upstream-tags": "1"})
    environment = tool.environment(HTTPS_PROXY=proxy, NO_PROXY="127.0.0.1")
    registry.reset()
    result = tool.sync("--src-creds", "user:s3cret", "--src-tls-verify=false", env=environment)
    assert result.image["source"] == "docker.io/library/nginx:1"
    assert result.image["outcome"] == "copied", result
    assert registry.requests(operation="token")[0]["authorization"]
    result = tool.sync("--src-tls-verify=false", env=environment)
    assert result.image["error"]["kind"] == "credentials"


def test_authorities_of_ones_own_for_aws(tmp_path, upstream, upstream_name):
    """AWS_CA_BUNDLE holds for the AWS calls and for ECR's registry."""
    image = push_image(upstream.url, upstream_name, "1")
    with Standin(tls=True) as standin:
        standin.create_repository("x/y", {"upstream-image": f"{upstream.address}/{upstream_name}",
                                          "upstream-tags": "1"})
        tool = Tool(standin)
        result = tool.sync()
        assert result.status == 0, result
        assert result.image["outcome"] == "copied"
        assert standin.images("x/y") == {"1": image.digest}

        result = tool.run("sync", env=tool.environment(AWS_CA_BUNDLE=None))
        assert result.status == 3
        assert "certificate" in result.stderr

        result = tool.run("sync", env=tool.environment(AWS_CA_BUNDLE=str(tmp_path / "none.pem")))
        assert result.status == 3
        assert "AWS_CA_BUNDLE" in result.stderr


@pytest.mark.parametrize("arguments,plain", [([], False), (["--src-tls-verify=false"], True)])
def test_plain_http_is_for_loopback_and_for_those_who_ask(tool, ecr, arguments, plain):
    """A registry elsewhere is not spoken to in clear, whatever it does to TLS. A proxy stands for
    the way there, and tells what was sent."""
    def answer(line, _headers, connection):
        if line.startswith("CONNECT"):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")     # to TLS's first message
        else:
            connection.sendall(response(404))
    with Server(answer) as proxy:
        ecr.create_repository("x/y")
        address = f"http://{proxy.address}"
        result = tool.copy("--src", "plain.example:5000/a/b:1", "--dest", "x/y", *arguments,
                           env=tool.environment(http_proxy=address, https_proxy=address,
                                                no_proxy="127.0.0.1"))
        lines = [line.split() for line, _ in proxy.requests]
        assert ["CONNECT", "plain.example:5000", "HTTP/1.1"] in lines
        assert any(method in ("GET", "HEAD") for method, *_ in lines) == plain
        if not plain:
            assert result.image["error"]["kind"] == "network"
            assert "--src-tls-verify=false" in result.image["error"]["hint"], result
