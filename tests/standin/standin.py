#!/usr/bin/python3
"""A stand-in for Amazon ECR and the tagging API on loopback.

In Python (with tests/ on sys.path):

    from standin import Standin
    with Standin() as standin:
        standin.create_repository("mirror/alpine", {"upstream-image": "...", "upstream-tags": "3"})
        subprocess.run([tool, "sync"], env=standin.environment())
        standin.requests(side="registry", operation="PutImage")

or as a process of its own, controlled over its AWS address:

    tests/standin/standin.py --state-file state.json
    GET  /_standin/state       addresses, keys, region, account, process ids
    GET  /_standin/requests    the request log; ?operation=PutImage&side=registry selects
    POST /_standin/reset       forgets requests, faults and settings, keeps repositories
    POST /_standin/set         {"short_pages": true}: see store.Settings
    POST /_standin/fault       {"operation": "PutImage", "status": 503}: see FaultTable.add()
    POST /_standin/repository  {"name": "a/b", "tags": {...}, "mutability": "IMMUTABLE"}
    POST /_standin/resource    {"arn": "...", "tags": {...}}: something else GetResources names
    POST /_standin/expire-tokens
    GET  /_standin/password    a fresh registry password for user AWS, as text
"""

import argparse
import base64
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time

if __package__ in (None, ""):
    # Run as a script: the package's own folder would hide the package.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    from standin.standin import main
    sys.exit(main())

from .aws_side import AwsSide
from .errors import AwsError
from .http_server import FaultTable, RequestLog, Response, Server
from .registry import Backend, Daemon, make_certificate, server_tls
from .registry_side import RegistrySide, StorageSide
from .signature import Verifier
from .store import Manifest, Store

ACCESS_KEY = "AKIASTANDINEXAMPLE00"
SECRET_KEY = "standin/secret+key/EXAMPLE0000000000000000"


class Standin:
    """Three addresses of one process: the AWS side, the registry side, the storage side.

    `url` is the endpoint for AWS calls, `registry_url` what GetAuthorizationToken names as
    proxyEndpoint, `registry_address` its host:port as it stands in image names.
    Not started before start(), which has to be called from a thread that lives as long as the
    stand-in does (see registry.py).
    """

    def __init__(self, region="us-east-1", account="111122223333", session_token=None, tls=False,
                 log_file=None, upload_mode="relay"):
        self.folder = tempfile.mkdtemp(prefix="standin-")
        self.region = region
        self.account = account
        self.session_token = session_token
        self.ca_file = key = tls_context = None
        if tls:
            self.ca_file, key = make_certificate(self.folder)
            tls_context = server_tls(self.ca_file, key)
        self._daemon = Daemon(self.folder, certificate=self.ca_file, key=key)
        self._log = RequestLog(log_file)
        self._faults = FaultTable()
        self.store = Store(region, account, self._daemon.storage)
        self.store.settings.upload_mode = upload_mode
        self._upload_mode = upload_mode
        self._verifier = Verifier(ACCESS_KEY, SECRET_KEY, session_token, region)
        backend = Backend(self._daemon)
        self._registry = RegistrySide(self.store, backend)
        self._storage = StorageSide(self.store)
        self._aws = AwsSide(self.store, self._verifier, self._control)
        self._servers = [Server(side, application, self._log, self._faults, tls_context,
                                self.store.settings.latency_of)
                         for side, application in (("aws", self._aws), ("registry", self._registry),
                                                   ("storage", self._storage))]
        aws, registry, storage = self._servers
        self._aws.scheme = "https" if tls else "http"
        self._aws.proxy_endpoint = self._registry.url = registry.url
        self._registry.storage_side = self._storage
        self._storage.url = storage.url
        self.url, self.registry_url, self.storage_url = aws.url, registry.url, storage.url
        self.registry_address = registry.address

    def start(self):
        self._daemon.start()
        for server in self._servers:
            server.start()
        return self

    def stop(self):
        for server in self._servers:
            server.stop()
        self._daemon.stop()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def environment(self, inherit=True):
        """The environment in which an AWS client finds the stand-in and nothing of the user's."""
        kept = {name: value for name, value in os.environ.items()
                if inherit and not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
        own = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
               "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region,
               "AWS_ENDPOINT_URL": self.url, "AWS_CONFIG_FILE": "/dev/null",
               "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
               "AWS_PAGER": ""}
        if self.session_token:
            own["AWS_SESSION_TOKEN"] = self.session_token
        if self.ca_file:
            own["AWS_CA_BUNDLE"] = self.ca_file
        return {**kept, **own}

    # Contents

    def create_repository(self, name, tags=None, mutability="MUTABLE", exclusions=()):
        """A repository with resource tags; AWS's rules for names and tags hold (AwsError)."""
        self.store.create_repository(name, list((tags or {}).items()), mutability, exclusions)
        return name

    def tag_repository(self, name, tags):
        repository = self.store.repository(name)
        self._aws.tag_resource({"resourceArn": repository.arn, "tags": [
            {"Key": key, "Value": value} for key, value in tags.items()]})

    def delete_repository(self, name):
        self.store.delete_repository(name)

    def add_resource(self, arn, tags):
        """A resource that GetResources names beside the repositories: another service's, or the
        ARN of a repository that does not exist."""
        self.store.other_resources.append((arn, dict(tags)))

    def images(self, repository):
        """{tag: digest} of a repository."""
        return dict(self.store.repository(repository).image_tags)

    def manifest(self, repository, reference):
        """(media type, bytes) of a manifest by tag or digest, read behind the servers' backs."""
        found = self.store.repository(repository).find(reference)
        return found.media_type, found.body

    def put_manifest(self, repository, tag, image):
        """Sets a tag to an image (see images.py) without its blobs and without ECR's rules: a
        quick way to make many tags that are current."""
        found = self.store.repository(repository)
        manifest = Manifest(image.digest, image.media_type, image.manifest, time.time(), [])
        with self.store.lock:
            found.manifests[image.digest] = manifest
            found.image_tags[tag] = image.digest

    def blob(self, repository, digest):
        """The path of a repository's blob in the docker-registry's storage; None: not there."""
        if self.store.blob_size(self.store.repository(repository), digest) is None:
            return None
        return self.store.blob_path(digest)

    def password(self):
        """A password that is good for user AWS at the registry side."""
        token, _ = self.store.issue_token()
        return base64.b64decode(token).decode().partition(":")[2]

    # Behaviour

    def set(self, **settings):
        self.store.settings.update(settings)

    def fault(self, **fields):
        self._faults.add(**fields)

    def expire_tokens(self):
        self.store.expire_tokens()

    def requests(self, **wanted):
        """The requests so far whose fields have the given values, oldest first. Fields: time,
        seconds, side, method, path, query, operation, status, bytes_in, bytes_out, authorization,
        connection, fault."""
        return self._log.entries(**wanted)

    def reset(self):
        """Forgets requests, faults and settings; keeps repositories and tokens."""
        self._log.reset()
        self._faults.clear()
        self.store.settings.reset()
        self.store.settings.upload_mode = self._upload_mode

    def state(self):
        return {"url": self.url, "registry_url": self.registry_url,
                "registry_address": self.registry_address, "storage_url": self.storage_url,
                "region": self.region, "account": self.account, "access_key": ACCESS_KEY,
                "secret_key": SECRET_KEY, "session_token": self.session_token,
                "ca_file": self.ca_file, "pid": os.getpid(),
                "docker_registry_pid": self._daemon.process.pid,
                "docker_registry_url": self._daemon.url}

    # Controls over HTTP

    def _control(self, request, body):
        name = request.path[len("/_standin/"):]
        try:
            given = json.loads(body) if body else {}
            return self._controlled(request.method, name, request.query, given)
        except (ValueError, TypeError, KeyError, AwsError) as error:
            return Response.json(400, {"error": str(error)})

    def _controlled(self, method, name, query, given):
        if (method, name) == ("GET", "state"):
            return Response.json(200, self.state())
        if (method, name) == ("GET", "requests"):
            return Response.json(200, self.requests(**query))
        if (method, name) == ("GET", "password"):
            return Response(200, {"Content-Type": "text/plain"}, self.password().encode())
        actions = {
            "reset": lambda: self.reset(),
            "set": lambda: self.set(**given),
            "fault": lambda: self.fault(**given),
            "expire-tokens": lambda: self.expire_tokens(),
            "repository": lambda: self.create_repository(**given),
            "resource": lambda: self.add_resource(**given),
        }
        if method != "POST" or name not in actions:
            return Response.json(404, {"error": f"no control {method} {name}"})
        actions[name]()
        return Response.json(200, {})


def main():
    parser = argparse.ArgumentParser(
        description="A stand-in for Amazon ECR on loopback. Prints its addresses and keys as one "
                    "line of JSON, and runs until it gets SIGINT or SIGTERM.")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--account", default="111122223333")
    parser.add_argument("--session-token", help="require this session token beside the keys")
    parser.add_argument("--tls", action="store_true", help="https with a self-signed certificate")
    parser.add_argument("--upload-mode", choices=["relay", "direct"], default="relay",
                        help="direct: send clients to the docker-registry behind for blobs")
    parser.add_argument("--log-file", help="append requests to this file as lines of JSON")
    parser.add_argument("--state-file", help="write the addresses here too")
    options = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Standin(options.region, options.account, options.session_token, options.tls,
                 options.log_file, options.upload_mode) as running:
        state = json.dumps(running.state())
        if options.state_file:
            with open(options.state_file + ".new", "w", encoding="utf-8") as file:
                file.write(state + "\n")
            os.rename(options.state_file + ".new", options.state_file)
        print(state, flush=True)
        stopped.wait()
