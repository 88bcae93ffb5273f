"""Servers that lie, leak, stall and flood."""

import json
import os
import resource
import subprocess
import time

import pytest

from conftest import BINARY
from hostile import Server, response
from standin import push_image
from standin.images import build_image

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CREDENTIALS = ["--src-creds", "user:geheim"]


def copy_from(tool, server, *arguments, **how):
    tool.ecr.create_repository("mirror/app")
    return tool.copy("--src", f"{server.address}/a/b:1", "--dest", "mirror/app", *arguments, **how)


def test_pinned_digest_is_not_exchanged(tool, ecr, upstream, upstream_name):
    """A registry that is asked for one digest and says in its HEAD that it is another."""
    wanted = push_image(upstream.url, upstream_name, "1", seed="wanted")
    other = push_image(upstream.url, upstream_name, "2", seed="other")
    ecr.create_repository("mirror/app")
    upstream.fault(method="HEAD", path=wanted.digest, status=200, times=0, headers={
        "Docker-Content-Digest": other.digest, "Content-Type": MANIFEST})
    result = tool.copy("--src", f"{upstream.address}/{upstream_name}@{wanted.digest}",
                       "--dest", "mirror/app:1")
    assert result.status == 1
    assert result.image["error"]["kind"] == "digest"
    assert ecr.images("mirror/app") == {}


@pytest.mark.parametrize("status,kind", [(429, "throttled"), (403, "denied"), (503, "server")])
def test_refusal_in_mid_upload_is_told(tool, ecr, upstream, upstream_name, mirror, status, kind):
    push_image(upstream.url, upstream_name, "1", layers=[3000000])
    repository = mirror("1")

    def refuse(_line, _headers, connection):
        connection.sendall(response(status, [("Content-Type", "application/json")], json.dumps(
            {"errors": [{"code": "WORDS", "message": "of the server"}]}).encode()))
    with Server(refuse) as uploads:
        ecr.fault(operation="InitiateLayerUpload", status=202, times=0,
                  headers={"Location": f"http://{uploads.address}/upload?x=1"})
        result = tool.sync()
        error = result.image["error"]
        assert error["kind"] == kind, error
        assert f"HTTP {status}: WORDS: of the server" in error["message"]
        assert not any("authorization" in headers for _, headers in uploads.requests)
    assert ecr.images(repository) == {}


def test_early_success_is_no_success(tool, ecr, upstream, upstream_name, mirror):
    """201 before the bytes are there: what was stored cannot be the layer."""
    push_image(upstream.url, upstream_name, "1", layers=[8000000])
    repository = mirror("1")
    with Server(lambda _line, _headers, connection: connection.sendall(response(201))) as uploads:
        ecr.fault(operation="InitiateLayerUpload", status=202, times=0,
                  headers={"Location": f"http://{uploads.address}/upload"})
        result = tool.sync()
        assert result.image["outcome"] == "failed", result
    assert ecr.images(repository) == {}


def test_upload_that_ends_before_its_source(tool, ecr, mirror):
    """Everything has arrived and was accepted; that the source's connection lingers is no matter."""
    image = build_image([200000])

    def answer(line, _headers, connection):
        path = line.split()[1]
        if "/manifests/" in path:
            connection.sendall(response(200, [("Content-Type", MANIFEST),
                                              ("Docker-Content-Digest", image.digest)],
                                        b"" if line.startswith("HEAD") else image.manifest))
            return
        blob = next(blob for blob in image.blobs if path.endswith(blob.digest))
        body = b"".join(blob.pieces())
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body)
                           + body + b"\r\n")
        time.sleep(1.5)
        connection.sendall(b"0\r\n\r\n")
    with Server(answer) as upstream:
        result = copy_from(tool, upstream)
        assert result.image["outcome"] == "copied", result
        assert ecr.images("mirror/app") == {"1": image.digest}


def limit_memory():
    """Half a gigabyte of data would end the process; what is mapped for threads does not count."""
    resource.setrlimit(resource.RLIMIT_DATA, (512 << 20, 512 << 20))


def flood(head, piece, seconds=8):
    def answer(_line, _headers, connection):
        connection.sendall(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(piece * 1000)
    return answer


@pytest.mark.parametrize("head,piece", [
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"HTTP/a: b\r\n"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: b\r\n"),
    (b"HTTP/1.1 200 OK\r\n", b"X-Header: b\r\n"),
    (b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"),
    (b"HTTP/1.1 200 OK\r\n\r\n", b"body"),
    (b"HTTP/1.1 404 No\r\n\r\n", b"body"),
], ids=["odd-trailers", "trailers", "headers", "interim", "body", "error"])
def test_floods_end(tool, head, piece):
    with Server(flood(head, piece)) as server:
        started = time.monotonic()
        tool.ecr.create_repository("mirror/app")
        process = subprocess.run(
            [BINARY, "copy", "--output=json", "--src", f"{server.address}/a/b:1", "--dest",
             "mirror/app"], env=tool.environment(), capture_output=True, text=True, timeout=90,
            preexec_fn=None if "ECR_MIRROR_SYNC_SANITIZER" in os.environ else limit_memory,
            check=False)
        assert process.returncode == 1, process
        assert json.loads(process.stdout)["images"][0]["outcome"] in ("failed", "gone")
        assert time.monotonic() - started < 40


def test_realm_of_another_host_gets_no_credentials(tool):
    """A redirect leads elsewhere, and there somebody asks for a password."""
    def steal(line, _headers, connection):
        if "/steal" in line:
            connection.sendall(response(200, [], b'{"token": "x"}'))
        else:
            connection.sendall(response(401, [(
                "WWW-Authenticate", f'Bearer realm="http://{thief.address}/steal",service="x"')]))
    with Server(steal, host="127.0.0.2") as thief, Server(
            lambda _line, _headers, connection: connection.sendall(
                response(307, [("Location", f"http://{thief.address}/v2/a/b/manifests/1")]))) as server:
        result = copy_from(tool, server, *CREDENTIALS)
        assert result.status == 1
        assert thief.requests
        assert not any("/steal" in line for line, _ in thief.requests)
        assert not any("authorization" in headers for _, headers in thief.requests)


def test_realm_elsewhere_without_tls_is_not_asked(tool):
    with Server(lambda _line, _headers, connection: connection.sendall(
            response(200, [], b'{"token": "x"}')), host="127.0.0.2") as thief, Server(
                lambda _line, _headers, connection: connection.sendall(response(401, [(
                    "WWW-Authenticate", f'Bearer realm="http://{thief.address}/t"')]))) as server:
        result = copy_from(tool, server, *CREDENTIALS)
        assert result.image["error"]["kind"] == "tls"
        assert not thief.requests


def test_redirects_to_elsewhere_carry_no_credentials(tool):
    with Server(lambda _line, _headers, connection: connection.sendall(response(404)),
                host="127.0.0.2") as other:
        def answer(_line, headers, connection):
            if "authorization" in headers:
                connection.sendall(response(307, [("Location", f"http://{other.address}/x")]))
            else:
                connection.sendall(response(401, [("WWW-Authenticate", 'Basic realm="x"')]))
        with Server(answer) as server:
            copy_from(tool, server, *CREDENTIALS)
            assert any("authorization" in headers for _, headers in server.requests)
            assert other.requests
            assert not any("authorization" in headers for _, headers in other.requests)


def test_redirects_without_end(tool):
    with Server(lambda line, _headers, connection: connection.sendall(
            response(307, [("Location", line.split()[1] + "x")]))) as server:
        result = copy_from(tool, server)
        assert result.image["outcome"] == "failed"
        assert "redirect" in result.image["error"]["message"].lower()
        assert len(server.requests) <= 24


def test_token_service_that_is_not_there_is_no_missing_image(tool):
    def answer(line, _headers, connection):
        connection.sendall(response(404 if "/token" in line else 401, [(
            "WWW-Authenticate", f'Bearer realm="http://{server.address}/token"')]))
    with Server(answer) as server:
        result = copy_from(tool, server)
        assert result.image["outcome"] == "failed", result
        assert "token service" in result.image["error"]["message"]


def test_token_service_that_fails_is_asked_once_for_all_who_wait(tool, ecr):
    def answer(line, _headers, connection):
        if "/token" in line:
            time.sleep(1)
            connection.sendall(response(503))
        else:
            connection.sendall(response(401, [(
                "WWW-Authenticate", f'Bearer realm="http://{server.address}/token"')]))
    with Server(answer) as server:
        ecr.create_repository("mirror/app", {
            "upstream-image": f"{server.address}/a/b",
            "upstream-tags": "/".join(str(tag) for tag in range(20))})
        started = time.monotonic()
        result = tool.sync()
        assert result.report["totals"]["failed"] == 20
        assert time.monotonic() - started < 6


def test_error_text_longer_than_we_read(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    ecr.fault(operation="PutImage", status=503, body="x" * 200000, times=0)
    assert tool.sync().image["error"]["kind"] == "server"


def test_error_whose_text_is_cut_short(tool, ecr, upstream, upstream_name, mirror):
    image = push_image(upstream.url, upstream_name, "1", layers=[1000])
    mirror("1")

    def cut(_line, _headers, connection):
        connection.sendall(b"HTTP/1.1 404 X\r\nContent-Length: 1000\r\n\r\nhello")
    with Server(cut) as server:
        upstream.fault(operation="blob", path=image.layers[0].digest, status=307, times=0,
                       headers={"Location": f"http://{server.address}/blob"})
        error = tool.sync().image["error"]
        assert error["kind"] == "not-found", error
        assert "HTTP 404" in error["message"]


def test_retry_asks_a_repository_again(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1")
    mirror("1")
    ecr.fault(operation="ListImages", status=503, times=1)
    assert tool.sync().image["error"]["kind"] == "server"
    ecr.fault(operation="ListImages", status=503, times=1)
    assert tool.sync("--retry-times", "2").image["outcome"] == "copied"


def test_what_went_wrong_over_plain_http_is_told(tool):
    def answer(_line, _headers, connection):
        connection.sendall(b"nonsense that is no HTTP\r\n\r\n")
    with Server(answer) as server:
        error = copy_from(tool, server).image["error"]
        assert "over plain http" in error["message"], error
