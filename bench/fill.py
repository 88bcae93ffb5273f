"""Images to copy: real gzip layers, so that no contender thinks that it has to compress them."""

import gzip
import hashlib
import http.client
import io
import json
import random
import ssl
import tarfile
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass
class Layer:
    """A layer by its seed and size; its bytes are made when they are wanted, and then dropped."""

    seed: str
    size: int

    def __post_init__(self):
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            entry = tarfile.TarInfo("data")
            entry.size = self.size
            archive.addfile(entry, io.BytesIO(random.Random(self.seed).randbytes(self.size)))
        self.data = gzip.compress(tar.getvalue(), compresslevel=0, mtime=0)
        self.diff = digest_of(tar.getvalue())
        self.digest = digest_of(self.data)
        self.compressed_size = len(self.data)

    def drop(self):
        self.data = None


@dataclass
class Image:
    repository: str
    tag: str
    layers: list

    def __post_init__(self):
        self.config = json.dumps({
            "architecture": "amd64", "os": "linux", "created": "2026-01-01T00:00:00Z",
            "config": {"Labels": {"image": f"{self.repository}:{self.tag}"}},
            "rootfs": {"type": "layers", "diff_ids": [layer.diff for layer in self.layers]},
        }).encode()
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": len(self.config),
                       "digest": digest_of(self.config)},
            "layers": [{"mediaType": LAYER, "size": layer.compressed_size, "digest": layer.digest}
                       for layer in self.layers],
        }).encode()
        # The names under which the stand-in takes an image.
        self.media_type = MANIFEST
        self.digest = digest_of(self.manifest)

    def blobs(self):
        """(digest, size) of the config and the layers."""
        return [(digest_of(self.config), len(self.config))] + [
            (layer.digest, layer.compressed_size) for layer in self.layers]


class Client:
    """Requests to a registry over one kept connection for each thread."""

    def __init__(self, url):
        self._url = urllib.parse.urlsplit(url)
        self._local = threading.local()

    def _connect(self):
        if self._url.scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return http.client.HTTPSConnection(self._url.netloc, context=context)
        return http.client.HTTPConnection(self._url.netloc)

    def call(self, method, target, body=None, headers=None, expect=(200, 201, 202)):
        connection = getattr(self._local, "connection", None) or self._connect()
        self._local.connection = connection
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        response.read()
        if response.status not in expect:
            raise RuntimeError(f"{method} {target}: {response.status}")
        return response

    def push_blob(self, repository, digest, data):
        if self.call("HEAD", f"/v2/{repository}/blobs/{digest}", expect=(200, 404)).status == 200:
            return
        location = self.call("POST", f"/v2/{repository}/blobs/uploads/").getheader("Location")
        parts = urllib.parse.urlsplit(location)
        self.call("PUT", f"{parts.path}?{parts.query}&digest={digest}", data,
                  {"Content-Type": "application/octet-stream"})

    def push_manifest(self, image):
        self.call("PUT", f"/v2/{image.repository}/manifests/{image.tag}", image.manifest,
                  {"Content-Type": image.media_type})

    def push(self, image):
        self.push_blob(image.repository, digest_of(image.config), image.config)
        for layer in image.layers:
            if layer.data is not None:
                self.push_blob(image.repository, layer.digest, layer.data)
        self.push_manifest(image)


def fill(url, images):
    """Pushes images to a registry, each repository by one thread."""
    client = Client(url)
    by_repository = {}
    for image in images:
        by_repository.setdefault(image.repository, []).append(image)

    def push_all(of_one):
        for image in of_one:
            client.push(image)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(push_all, by_repository.values()))


def verify(url, images):
    """Fails unless the registry has every tag of the images with the right digest."""
    client = Client(url)
    for image in images:
        response = client.call("HEAD", f"/v2/{image.repository}/manifests/{image.tag}",
                               headers={"Accept": image.media_type})
        if response.getheader("Docker-Content-Digest") != image.digest:
            raise RuntimeError(f"{image.repository}:{image.tag} is not what was to be copied")
