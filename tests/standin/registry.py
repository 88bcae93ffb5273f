"""A plain docker-registry (Debian's package) on loopback, as an upstream or behind the stand-in.

    with Registry() as registry:                          # bare docker-registry, plain http
        push_image(registry.url, "library/alpine", "3.19")
        ... registry.address -> "127.0.0.1:34567"

    Registry(tls=True)                    # https with a self-signed certificate: registry.ca_file
    Registry(auth=("user", "secret"))     # Basic authentication (htpasswd with bcrypt)
    Registry(front=True)                  # requests are counted and can be broken
    Registry(front=True, auth=("user", "secret"), token_server=True)
                                          # Bearer tokens, as Docker Hub and ghcr.io do it
    Registry(front=True, token_server=True)       # Bearer tokens, given to anyone

A front is our own HTTP server before docker-registry, in this process:
    registry.requests(method="GET", operation="manifest")   entries of the request log
    registry.reset()                                        forgets requests and faults
    registry.fault(operation="blob", action="corrupt", bytes=10)    see FaultTable.add()
Its operations are "ping", "token", "manifest", "blob", "upload", "tags", "other". Without a front
there is nothing between the client and docker-registry, which is what a benchmark wants.

The bcrypt hash for htpasswd comes from Python's own `crypt` (libcrypt), so apache2-utils is not
needed. start() has to be called from a thread that lives as long as the registry: docker-registry
is told by the kernel to end when its parent does.
"""

import base64
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
import warnings

from .http_server import FaultTable, RequestLog, Response, Server
from .images import unverified_tls

PROGRAM = "/usr/bin/docker-registry"
START_SECONDS = 10

CONFIGURATION = """\
version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: {storage}
    maxthreads: 100
  delete:
    enabled: true
  maintenance:
    uploadpurging:
      enabled: false
  cache:
    blobdescriptor: inmemory
http:
  addr: 127.0.0.1:{port}
  secret: {secret}
{tls}{auth}health:
  storagedriver:
    enabled: false
validation:
  manifests:
    urls:
      allow:
        - ^https?://
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """A self-signed certificate for 127.0.0.1 and localhost: (certificate file, key file)."""
    certificate, key = os.path.join(folder, "ca.crt"), os.path.join(folder, "tls.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", key, "-out", certificate],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


def server_tls(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def bcrypt_hash(password):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import crypt
    return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=2 ** 5))


class Daemon:
    """The docker-registry process, its configuration and its storage folder."""

    def __init__(self, folder, storage=None, certificate=None, key=None, auth=None):
        self.folder = folder
        self.storage = storage or os.path.join(folder, "storage")
        self.certificate = certificate
        self.key = key
        self.auth = auth
        self.port = None
        self.process = None

    @property
    def url(self):
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def _write_configuration(self):
        tls = auth = ""
        if self.certificate:
            tls = f"  tls:\n    certificate: {self.certificate}\n    key: {self.key}\n"
        if self.auth:
            path = os.path.join(self.folder, "htpasswd")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"{self.auth[0]}:{bcrypt_hash(self.auth[1])}\n")
            auth = f"auth:\n  htpasswd:\n    realm: test\n    path: {path}\n"
        path = os.path.join(self.folder, "config.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(storage=self.storage, port=self.port, tls=tls,
                                            auth=auth, secret=secrets.token_hex(16)))
        return path

    def start(self):
        for _ in range(5):
            self.port = free_port()
            configuration = self._write_configuration()
            with open(os.path.join(self.folder, "log"), "ab") as log:
                self.process = subprocess.Popen(
                    ["setpriv", "--pdeathsig", "TERM", PROGRAM, "serve", configuration],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            if self._answers():
                return self
            self.stop()
        raise RuntimeError(f"docker-registry did not start; see {self.folder}/log")

    def _answers(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self.process.poll() is None
            except OSError:
                time.sleep(0.005)
        return False

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(0.5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


class Backend:
    """HTTP to a Daemon, one kept connection for each thread."""

    def __init__(self, daemon):
        self._daemon = daemon
        self._local = threading.local()

    @property
    def url(self):
        return self._daemon.url

    def _connect(self):
        if self._daemon.certificate:
            return http.client.HTTPSConnection("127.0.0.1", self._daemon.port,
                                               context=unverified_tls())
        return http.client.HTTPConnection("127.0.0.1", self._daemon.port)

    def open(self, method, target, headers=None, body=None, chunked=False):
        """Sends a request; gives the http.client response, to be read to its end.

        `target` may be the absolute URL that docker-registry gave as a Location. `body` is bytes
        or an iterable of bytes with a Content-Length among the headers, or `chunked`.
        """
        if target.startswith("http"):
            target = target[target.index("/", 8):]
        connection = getattr(self._local, "connection", None) or self._connect()
        self._local.connection = None
        try:
            connection.request(method, target, body, headers or {}, encode_chunked=chunked)
            response = connection.getresponse()
        except BaseException:
            connection.close()
            raise
        self._local.connection = connection
        return response

    def call(self, method, target, headers=None, body=None, chunked=False):
        """Sends a request and reads the whole answer: (status, headers, body)."""
        response = self.open(method, target, headers, body, chunked)
        return response.status, response.headers, response.read()


class Front:
    """Passes requests on to docker-registry, after asking for tokens where that is wanted."""

    HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host",
                  "expect", "date"}
    OPERATIONS = [
        ("ping", re.compile(r"^/v2/?$")),
        ("token", re.compile(r"^/token$")),
        ("upload", re.compile(r"^/v2/.+/blobs/uploads/[^/]*$")),
        ("blob", re.compile(r"^/v2/.+/blobs/[^/]+$")),
        ("manifest", re.compile(r"^/v2/.+/manifests/[^/]+$")),
        ("tags", re.compile(r"^/v2/.+/tags/list$")),
    ]

    def __init__(self, backend, auth, token_server):
        self.backend = backend
        self.auth = auth
        self.token_server = token_server
        self.server = None
        self._tokens = set()

    def operation(self, request):
        return next((name for name, pattern in self.OPERATIONS if pattern.match(request.path)),
                    "other")

    def handle(self, request):
        if self.token_server:
            if request.operation == "token":
                return self._token(request)
            if not self._authorized(request):
                return self._challenge(request)
        return self._pass_on(request)

    def _token(self, request):
        given = request.headers.get("authorization", "")
        if self.auth:
            wanted = "Basic " + base64.b64encode(":".join(self.auth).encode()).decode()
            if given != wanted:
                return Response.json(401, {"errors": [
                    {"code": "UNAUTHORIZED", "message": "incorrect username or password"}]})
        token = secrets.token_urlsafe(48)
        self._tokens.add(token)
        return Response.json(200, {"token": token, "expires_in": 300})

    def _authorized(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and token in self._tokens

    def _challenge(self, request):
        challenge = f'Bearer realm="{self.server.url}/token",service="{self.server.address}"'
        if name := re.match(r"^/v2/(.+)/(manifests|blobs|tags)/", request.path):
            action = "pull" if request.method in ("GET", "HEAD") else "pull,push"
            challenge += f',scope="repository:{name[1]}:{action}"'
        return Response.json(401, {"errors": [
            {"code": "UNAUTHORIZED", "message": "authentication required"}]},
            {"WWW-Authenticate": challenge, "Docker-Distribution-Api-Version": "registry/2.0"})

    def _pass_on(self, request):
        headers = {name: value for name, value in request.headers.items()
                   if name not in self.HOP_BY_HOP}
        if self.token_server:
            headers.pop("authorization", None)
        headers["Host"] = request.headers.get("host", self.server.address)
        headers["X-Forwarded-Proto"] = "https" if self.server.tls else "http"
        body, chunked = None, False
        if request.body.length is None:
            body, chunked = request.body.pieces(), True
            headers["Transfer-Encoding"] = "chunked"
        elif request.body.length:
            body = request.body.pieces()
            headers["Content-Length"] = str(request.body.length)
        elif request.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = "0"
        answer = self.backend.open(request.method, request.target, headers, body, chunked)
        kept = {name: value for name, value in answer.headers.items()
                if name.lower() not in self.HOP_BY_HOP}
        if request.method == "HEAD":
            answer.read()
            return Response(answer.status, {**kept, "Content-Length":
                                            answer.headers.get("Content-Length", "0")})
        length = answer.headers.get("Content-Length")
        if length is None or int(length) <= 65536:
            return Response(answer.status, kept, answer.read())
        return Response(answer.status, kept, iter(lambda: answer.read(256 * 1024), b""),
                        length=int(length))


class Registry:
    def __init__(self, tls=False, auth=None, storage=None, front=False, token_server=False,
                 log_file=None):
        """`storage` keeps the blobs in a folder of yours; otherwise they go with the registry."""
        if token_server and not front:
            raise ValueError("a token server needs front=True")
        self.folder = tempfile.mkdtemp(prefix="registry-")
        self.ca_file = None
        key = None
        if tls:
            self.ca_file, key = make_certificate(self.folder)
        daemon_tls = {} if front or not tls else {"certificate": self.ca_file, "key": key}
        self._daemon = Daemon(self.folder, storage, **daemon_tls,
                              auth=None if token_server else auth)
        self._log = RequestLog(log_file)
        self._faults = FaultTable()
        self._server = None
        if front:
            application = Front(Backend(self._daemon), auth, token_server)
            self._server = Server("registry", application, self._log, self._faults,
                                  server_tls(self.ca_file, key) if tls else None)
            application.server = self._server

    def start(self):
        self._daemon.start()
        if self._server:
            self._server.start()
        return self

    def stop(self):
        if self._server:
            self._server.stop()
        self._daemon.stop()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return self._server.url if self._server else self._daemon.url

    @property
    def address(self):
        """host:port, as it stands in image names."""
        return urllib.parse.urlsplit(self.url).netloc

    @property
    def pid(self):
        return self._daemon.process.pid

    def requests(self, **wanted):
        """The requests so far whose fields have the given values; only with front=True."""
        if not self._server:
            raise RuntimeError("requests are counted only with Registry(front=True)")
        return self._log.entries(**wanted)

    def fault(self, **fields):
        if not self._server:
            raise RuntimeError("faults need Registry(front=True)")
        self._faults.add(**fields)

    def reset(self):
        self._log.reset()
        self._faults.clear()
