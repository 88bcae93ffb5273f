"""Generated container images, the same every time for the same arguments, and their way into a
registry over plain HTTP.

    push_image("http://127.0.0.1:5000", "library/alpine", "3.19")
    image = push_image(registry.url, "app/web", "1.0", layers=[20000, 3000], media="docker")
    index = push_index(registry.url, "app/web", "2.0")            # three platforms, attestations
    push_image(url, "a/b", "1", layers=[base, 500])               # base: a Layer of another image
    push_image(url, "big/one", "1", layers=[BigLayer(1 << 30)])   # streamed, never in memory

An image has .manifest (bytes), .media_type, .digest, .layers, .config; an index .children too.
The first argument of the push functions is a registry's URL, or a Client, which keeps its
connection and takes credentials: Client(url, auth=("AWS", password)).
Blobs that the repository has already are not sent again.
"""

import base64
import gzip
import hashlib
import http.client
import io
import json
import random
import ssl
import tarfile
import urllib.parse
import zlib

OCI = {
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "index": "application/vnd.oci.image.index.v1+json",
    "config": "application/vnd.oci.image.config.v1+json",
    "layer": "application/vnd.oci.image.layer.v1.tar+gzip",
    "foreign": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
}
DOCKER = {
    "manifest": "application/vnd.docker.distribution.manifest.v2+json",
    "index": "application/vnd.docker.distribution.manifest.list.v2+json",
    "config": "application/vnd.docker.container.image.v1+json",
    "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "foreign": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
}
MEDIA = {"oci": OCI, "docker": DOCKER}
PLATFORMS = (("linux", "amd64", None), ("linux", "arm64", "v8"), ("linux", "arm", "v7"))
CREATED = "2026-01-02T03:04:05Z"
MEBIBYTE = 1 << 20


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layer:
    """A gzip'd tar archive of a few small files and one of `size` random bytes."""

    def __init__(self, size, seed):
        noise = random.Random(f"layer {seed} {size}")
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
            add_file(tar, "etc/os-release", f'NAME="Generated"\nID=generated\nBUILD={seed}\n')
            add_file(tar, f"usr/share/doc/{noise.getrandbits(32):08x}/copyright", "Nobody.\n" * 40)
            add_file(tar, f"usr/lib/{noise.getrandbits(32):08x}.bin", noise.randbytes(size))
        self.diff_id = digest_of(archive.getvalue())
        self.data = gzip.compress(archive.getvalue(), compresslevel=1, mtime=0)
        self.digest = digest_of(self.data)
        self.size = len(self.data)
        self.urls = None

    def pieces(self):
        yield self.data


class ForeignLayer(Layer):
    """A layer that lives elsewhere: named with `urls` in the manifest and never pushed."""

    def __init__(self, size=1000, seed="foreign", url="https://example.com/layer.tar.gz"):
        super().__init__(size, seed)
        self.urls = [url]


class BigLayer:
    """A gzip'd tar archive of about `size` incompressible bytes, made while it is read.

    It costs one pass to learn its digest when it is made, and one each time it is pushed.
    """

    def __init__(self, size, seed=0):
        self._content = size
        self._block = random.Random(f"big {seed}").randbytes(MEBIBYTE - 8)
        self.urls = None
        packed, plain = hashlib.sha256(), hashlib.sha256()
        self.size = 0
        for piece in self._packed(plain):
            packed.update(piece)
            self.size += len(piece)
        self.digest = "sha256:" + packed.hexdigest()
        self.diff_id = "sha256:" + plain.hexdigest()

    def _archive(self):
        entry = tarfile.TarInfo("usr/lib/big.bin")
        entry.size = self._content
        yield entry.tobuf(tarfile.PAX_FORMAT)
        left, number = self._content, 0
        while left > 0:
            piece = number.to_bytes(8, "big") + self._block
            yield piece[:left]
            left -= len(piece)
            number += 1
        yield b"\0" * (-self._content % 512 + 1024)

    def _packed(self, plain=None):
        packer = zlib.compressobj(level=0, wbits=31)
        for piece in self._archive():
            if plain is not None:
                plain.update(piece)
            if packed := packer.compress(piece):
                yield packed
        yield packer.flush()

    def pieces(self):
        return self._packed()


def add_file(tar, name, content):
    data = content.encode() if isinstance(content, str) else content
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


class Config:
    """A small blob out of memory: an image's config."""

    def __init__(self, value):
        self.data = json.dumps(value).encode()
        self.digest = digest_of(self.data)
        self.size = len(self.data)

    def pieces(self):
        yield self.data


class Image:
    def __init__(self, manifest, media_type, config=None, layers=(), children=(), platform=None):
        self.manifest = manifest
        self.media_type = media_type
        self.digest = digest_of(manifest)
        self.config = config
        self.layers = list(layers)
        self.children = list(children)
        self.platform = platform

    @property
    def value(self):
        return json.loads(self.manifest)

    @property
    def blobs(self):
        """What has to be in the repository before the manifest."""
        own = [self.config] if self.config else []
        return own + [layer for layer in self.layers if not layer.urls]


def descriptor(media_type, blob, **more):
    return {"mediaType": media_type, "size": blob.size, "digest": blob.digest, **more}


def manifest_bytes(value):
    """As `docker` writes them, with line breaks: what is parsed and written again differs."""
    return json.dumps(value, indent=3).encode()


def build_image(layers=(3000, 1000), media="oci", seed=0, platform=("linux", "amd64", None),
                annotations=None, subject=None):
    """An image. `layers` are sizes in bytes, or layers that are there already."""
    types = MEDIA[media]
    made = [Layer(layer, f"{seed} {number}") if isinstance(layer, int) else layer
            for number, layer in enumerate(layers)]
    operating_system, architecture, variant = platform
    config = {"created": CREATED, "author": str(seed), "architecture": architecture,
              "os": operating_system, "config": {"Env": ["PATH=/bin"], "Cmd": ["/bin/true"]},
              "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in made]},
              "history": [{"created": CREATED, "created_by": "generated"} for _ in made]}
    if variant:
        config["variant"] = variant
    config = Config(config)
    entries = [descriptor(types["foreign"], layer, urls=layer.urls) if layer.urls
               else descriptor(types["layer"], layer) for layer in made]
    value = {"schemaVersion": 2, "mediaType": types["manifest"],
             "config": descriptor(types["config"], config), "layers": entries}
    if annotations:
        value["annotations"] = annotations
    if subject:
        value["subject"] = {"mediaType": subject.media_type, "digest": subject.digest,
                            "size": len(subject.manifest)}
    return Image(manifest_bytes(value), types["manifest"], config, made, platform=platform)


def build_attestation(image):
    """What buildx attaches to an image inside an index: a statement, for platform unknown."""
    statement = Config({"_type": "https://in-toto.io/Statement/v0.1", "predicate": {},
                        "predicateType": "https://slsa.dev/provenance/v0.2",
                        "subject": [{"digest": {"sha256": image.digest[7:]}}]})
    statement.urls = None
    config = Config({"architecture": "unknown", "os": "unknown", "config": {},
                     "rootfs": {"type": "layers", "diff_ids": [statement.digest]}})
    entry = descriptor("application/vnd.in-toto+json", statement, annotations={
        "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"})
    value = {"schemaVersion": 2, "mediaType": OCI["manifest"],
             "config": descriptor(OCI["config"], config), "layers": [entry]}
    return Image(manifest_bytes(value), OCI["manifest"], config, [statement],
                 platform=("unknown", "unknown", None))


def build_index(layers=(3000, 1000), media="oci", seed=0, platforms=PLATFORMS, attestations=True,
                shared=()):
    """An index with one image for each platform. `shared` layers come first in all of them.
    Attestations are part of OCI indexes only."""
    types = MEDIA[media]
    images = [build_image([*shared, *layers], media, f"{seed} {platform}", platform)
              for platform in platforms]
    entries = [index_entry(image) for image in images]
    if attestations and media == "oci":
        for image in images[:]:
            attestation = build_attestation(image)
            images.append(attestation)
            entries.append({**index_entry(attestation), "annotations": {
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": image.digest}})
    value = {"schemaVersion": 2, "mediaType": types["index"], "manifests": entries}
    return Image(manifest_bytes(value), types["index"], children=images)


def index_entry(image):
    operating_system, architecture, variant = image.platform
    platform = {"architecture": architecture, "os": operating_system}
    if variant:
        platform["variant"] = variant
    return {"mediaType": image.media_type, "size": len(image.manifest), "digest": image.digest,
            "platform": platform}


def unverified_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Client:
    """Pushes to one registry over kept connections. Basic credentials only; certificates are
    not verified."""

    def __init__(self, url, auth=None):
        self.url = url
        self._home = urllib.parse.urlsplit(url).netloc
        self._connections = {}
        self._headers = {}
        if auth:
            text = base64.b64encode(":".join(auth).encode()).decode()
            self._headers["Authorization"] = "Basic " + text

    def _connection(self, scheme, place):
        if place not in self._connections:
            if scheme == "https":
                connection = http.client.HTTPSConnection(place, context=unverified_tls())
            else:
                connection = http.client.HTTPConnection(place)
            self._connections[place] = connection
        return self._connections[place]

    def call(self, method, target, headers=None, body=None):
        """(status, headers, body) of one request. `target` is a path, or the absolute URL of a
        Location; another host than the registry's gets no credentials."""
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(self.url, target))
        connection = self._connection(parts.scheme, parts.netloc)
        own = self._headers if parts.netloc == self._home else {}
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, target, body, {**own, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    def _expect(self, wanted, method, target, headers=None, body=None):
        status, fields, text = self.call(method, target, headers, body)
        if status not in wanted:
            raise RuntimeError(f"{self.url}: {method} {target}: {status} {text[:500]!r}")
        return fields

    def push_blob(self, repository, blob):
        """True: sent; False: the repository had it."""
        status, _, _ = self.call("HEAD", f"/v2/{repository}/blobs/{blob.digest}")
        if status == 200:
            return False
        fields = self._expect([202], "POST", f"/v2/{repository}/blobs/uploads/",
                              {"Content-Length": "0"})
        location = fields["Location"]
        location += ("&" if "?" in location else "?") + "digest=" + blob.digest
        self._expect([201], "PUT", location, {"Content-Length": str(blob.size),
                                              "Content-Type": "application/octet-stream"},
                     blob.pieces())
        return True

    def push(self, repository, reference, image):
        """Pushes an image or index: what it is made of first, the reference last."""
        for child in image.children:
            self.push(repository, child.digest, child)
        for blob in image.blobs:
            self.push_blob(repository, blob)
        self.push_manifest(repository, reference, image.media_type, image.manifest)
        return image

    def push_manifest(self, repository, reference, media_type, body):
        self._expect([201], "PUT", f"/v2/{repository}/manifests/{reference}",
                     {"Content-Type": media_type}, body)

    def close(self):
        for connection in self._connections.values():
            connection.close()


def push(registry, repository, reference, image):
    """Pushes `image` to a registry given by its URL or as a Client."""
    if isinstance(registry, Client):
        return registry.push(repository, reference, image)
    client = Client(registry)
    try:
        return client.push(repository, reference, image)
    finally:
        client.close()


def push_image(registry, repository, reference, **how):
    """build_image(**how), pushed."""
    return push(registry, repository, reference, build_image(**how))


def push_index(registry, repository, reference, **how):
    """build_index(**how), pushed."""
    return push(registry, repository, reference, build_index(**how))
