"""The stand-in's registry side: the Docker registry API with ECR's habits.

Blobs are kept by the docker-registry behind it (`backend`), manifests are written to it too, so
that a second opinion is had on each. A blob is read from the storage side: the "S3" of the
stand-in, with signed addresses that refuse an Authorization header.
"""

import base64
import hashlib
import json
import re
import secrets
import threading
import time
import urllib.parse
import uuid

from .errors import AwsError, RegistryError, name_unknown, unsupported
from .http_server import ClientGone, ConnectionReset, Response, serve_file
from .store import DIGEST, IMAGE_TAG, MANIFEST_BYTES_MOST

NAME = r"(?P<name>[^/].*?)"
ROUTES = [
    (re.compile(r"/v2/?"), {"GET": "ping"}),
    (re.compile(rf"/v2/{NAME}/manifests/(?P<reference>[^/]+)"),
     {"HEAD": "get_manifest", "GET": "get_manifest", "PUT": "put_manifest"}),
    (re.compile(rf"/v2/{NAME}/blobs/uploads/?"), {"POST": "start_upload"}),
    (re.compile(rf"/v2/{NAME}/blobs/(?P<digest>[^/]+)"),
     {"HEAD": "head_blob", "GET": "get_blob"}),
    (re.compile(rf"/v2/{NAME}/tags/list"), {"GET": "list_tags"}),
    (re.compile(rf"/v2/{NAME}/referrers/(?P<digest>[^/]+)"), {"GET": "list_referrers"}),
    (re.compile(r"/upload/(?P<upload>[0-9a-f-]+)"),
     {"PATCH": "patch_upload", "PUT": "finish_upload", "GET": "upload_status"}),
]
OPERATIONS = {
    "ping": "Ping", "get_manifest": "BatchGetImage", "put_manifest": "PutImage",
    "start_upload": "InitiateLayerUpload", "head_blob": "BatchCheckLayerAvailability",
    "get_blob": "GetDownloadUrlForLayer", "list_tags": "ListImages",
    "list_referrers": "ListImageReferrers", "patch_upload": "UploadLayerPart",
    "finish_upload": "CompleteLayerUpload", "upload_status": "UploadStatus",
}
PART_BYTES_LEAST = 5 * 1024 * 1024

DOCKER_TO_OCI = {
    "application/vnd.docker.distribution.manifest.v2+json":
        "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.container.image.v1+json": "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.image.rootfs.diff.tar.gzip":
        "application/vnd.oci.image.layer.v1.tar+gzip",
}
OCI_TO_DOCKER = {oci: docker for docker, oci in DOCKER_TO_OCI.items()}


class Upload:
    """An upload under way. `location` is the docker-registry's address for its next part."""

    def __init__(self, repository, location):
        self.repository = repository
        self.location = location
        self.received = 0
        self.parts = []         # sizes of what came with a Content-Range
        self.lock = threading.Lock()


class RegistrySide:
    def __init__(self, store, backend):
        self.store = store
        self.backend = backend
        self.url = None             # of this side; set once the ports are known
        self.storage_side = None
        self._uploads = {}
        self._list_places = {}

    def _route(self, request):
        for pattern, methods in ROUTES:
            if match := pattern.fullmatch(request.path):
                return methods.get(request.method), match.groupdict()
        return None, {}

    def operation(self, request):
        return OPERATIONS.get(self._route(request)[0], "Unknown")

    def handle(self, request):
        try:
            refusal = self._check_authorization(request)
            if refusal:
                return refusal
            function, arguments = self._route(request)
            if function is None:
                raise RegistryError(404, "UNSUPPORTED", "The operation is unsupported.")
            self._check_limits(request.operation, arguments.get("name"))
            return getattr(self, function)(request, **arguments)
        except RegistryError as error:
            return Response.json(error.status, {"errors": [
                {"code": error.code, "message": error.message}]})

    def _check_authorization(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        state = self.store.token_state(token.strip()) if scheme.lower() == "basic" else "unknown"
        if state == "expired":
            raise RegistryError(403, "DENIED", "Your authorization token has expired. "
                                "Reauthenticate and try again.")
        if state == "good":
            return None
        challenge = f'Basic realm="{self.url}/",service="ecr.amazonaws.com"'
        return Response(401, {"Www-Authenticate": challenge,
                              "Content-Type": "text/plain; charset=utf-8"}, b"Not Authorized\n")

    def _check_limits(self, operation, name):
        if self.store.is_denied("ecr:" + operation):
            resource = self.store.arn(name) if name else "*"
            raise RegistryError(403, "DENIED",
                                f"User: arn:aws:iam::{self.store.account}:user/mirror is not "
                                f"authorized to perform: ecr:{operation} on resource: {resource} "
                                f"because no identity-based policy allows the ecr:{operation} "
                                "action")
        if self.store.is_throttled(operation):
            raise RegistryError(429, "TOOMANYREQUESTS", "Rate exceeded")

    def _repository(self, name):
        try:
            return self.store.repository(name)
        except AwsError:
            raise name_unknown(name, self.store.account) from None

    def ping(self, _):
        return Response(200)

    # Manifests

    def get_manifest(self, request, name, reference):
        repository = self._repository(name)
        if not DIGEST.fullmatch(reference) and not IMAGE_TAG.fullmatch(reference):
            raise RegistryError(400, "TAG_INVALID", f"The image tag '{reference}' is not valid")
        manifest = repository.find(reference)
        digest, media_type, body = manifest.digest, manifest.media_type, manifest.body
        if ":" not in reference:
            digest, media_type, body = converted(manifest, request.headers.get("accept", ""))
        headers = {"Content-Type": media_type, "Content-Length": str(len(body))}
        if request.method == "HEAD" or self.store.settings.digest_on_get:
            headers["Docker-Content-Digest"] = digest
        return Response(200, headers, body)

    def put_manifest(self, request, name, reference):
        repository = self._repository(name)
        if (request.body.length or 0) > 4 * MANIFEST_BYTES_MOST:
            raise unsupported(f"must have length less than or equal to {MANIFEST_BYTES_MOST}")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        manifest = self.store.check_manifest(repository, reference, media_type,
                                             request.body.read())
        if manifest.digest not in repository.manifests:
            self._keep_manifest(repository, manifest)
        self.store.store_manifest(repository, reference, manifest)
        headers = {"Location": f"{self.url}/v2/{name}/manifests/{manifest.digest}",
                   "Docker-Content-Digest": manifest.digest}
        if manifest.subject:
            headers["OCI-Subject"] = manifest.subject
        return Response(201, headers)

    def _keep_manifest(self, repository, manifest):
        target = f"/v2/{repository.backend_name}/manifests/{manifest.digest}"
        status, _, body = self.backend.call("PUT", target, {"Content-Type": manifest.media_type},
                                            manifest.body)
        if status != 201:
            raise unsupported(f"docker-registry: {body.decode(errors='replace').strip()}")

    def list_tags(self, request, name):
        repository = self._repository(name)
        count = request.query.get("n", "100")
        if not count.isdigit() or int(count) > 1000:
            raise RegistryError(405, "UNSUPPORTED",
                                "Invalid parameter at 'maxResults' failed to satisfy constraint: "
                                "'Member must have value less than or equal to 1000'")
        start = 0
        if last := request.query.get("last"):
            if last not in self._list_places:
                raise RegistryError(405, "UNSUPPORTED", "Invalid next token provided")
            start = self._list_places[last]
        tags, end = list(repository.image_tags), start + int(count)
        headers = {}
        if end < len(tags):
            last = base64.urlsafe_b64encode(secrets.token_bytes(60)).decode()
            self._list_places[last] = end
            headers["Link"] = (f"<{self.url}/v2/{name}/tags/list?n={count}&last="
                               f'{urllib.parse.quote(last)}>; rel="next"')
        return Response.json(200, {"name": name, "tags": tags[start:end]}, headers)

    def list_referrers(self, request, name, digest):
        repository = self._repository(name)
        wanted = request.query.get("artifactType")
        entries = []
        for manifest in list(repository.manifests.values()):
            value = manifest.value
            artifact = value.get("artifactType") or value.get("config", {}).get("mediaType")
            if manifest.subject == digest and wanted in (None, artifact):
                entry = {"mediaType": manifest.media_type, "digest": manifest.digest,
                         "size": len(manifest.body), "artifactType": artifact}
                if value.get("annotations"):
                    entry["annotations"] = value["annotations"]
                entries.append(entry)
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                 "manifests": entries}
        headers = {"OCI-Filters-Applied": "artifactType"} if wanted else {}
        return Response.json(200, index, headers, index["mediaType"])

    # Blobs

    def _blob_size(self, repository, digest):
        size = self.store.blob_size(repository, digest)
        if size is None:
            raise RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry")
        return size

    def head_blob(self, _, name, digest):
        size = self._blob_size(self._repository(name), digest)
        return Response(200, {"Content-Length": str(size), "Docker-Content-Digest": digest,
                              "Content-Type": "application/octet-stream"})

    def get_blob(self, _, name, digest):
        repository = self._repository(name)
        self._blob_size(repository, digest)
        if self.store.settings.upload_mode == "direct":
            location = f"{self.backend.url}/v2/{repository.backend_name}/blobs/{digest}"
        else:
            location = self.storage_side.sign(digest)
        return Response(307, {"Location": location})

    def start_upload(self, request, name):
        repository = self._repository(name)
        target = f"/v2/{repository.backend_name}/blobs/uploads/"
        if mounted := self._mount(request, repository, target):
            return mounted
        status, headers, body = self.backend.call("POST", target, {"Content-Length": "0"})
        if status != 202:
            raise RegistryError(500, "UNKNOWN", f"docker-registry: {body!r}")
        identity = str(uuid.uuid4())
        if self.store.settings.upload_mode == "direct":
            return self._accepted(202, headers["Location"], identity, "0-0")
        self._uploads[identity] = Upload(repository, headers["Location"])
        return self._accepted(202, self._upload_location(identity), identity, "0-0")

    def _mount(self, request, repository, target):
        """The answer to a mount that may be done, otherwise None."""
        digest, source = request.query.get("mount"), request.query.get("from")
        source = self.store.repositories.get(source)
        if not digest or source is None or not self.store.settings.blob_mounting:
            return None
        if not source.references_blob(digest) or self.store.blob_size(source, digest) is None:
            return None
        query = urllib.parse.urlencode({"mount": digest, "from": source.backend_name})
        status, _, _ = self.backend.call("POST", f"{target}?{query}", {"Content-Length": "0"})
        if status != 201:
            return None
        return Response(201, {"Location": f"{self.url}/v2/{repository.name}/blobs/{digest}",
                              "Docker-Content-Digest": digest})

    def _upload_location(self, identity):
        """Another path than the one asked, with a query that the client has to keep."""
        return f"{self.url}/upload/{identity}?state={secrets.token_urlsafe(12)}"

    @staticmethod
    def _accepted(status, location, identity, extent):
        return Response(status, {"Location": location, "Range": extent,
                                 "Docker-Upload-UUID": identity})

    def _upload(self, request, identity):
        upload = self._uploads.get(identity)
        if upload is None or "state" not in request.query:
            raise RegistryError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        return upload

    def upload_status(self, _, upload):
        raise RegistryError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")

    def patch_upload(self, request, upload):
        identity, upload = upload, self._upload(request, upload)
        with upload.lock:
            extent = request.headers.get("content-range")
            if extent is not None:
                first = re.match(r"(?:bytes )?(\d+)-\d+", extent)
                if not first or int(first[1]) != upload.received:
                    raise RegistryError(416, "BLOB_UPLOAD_INVALID",
                                        "The part does not begin where the last one ended.")
            status, headers, body = self._pass_on("PATCH", request, identity, upload)
            if status != 202:
                raise RegistryError(500, "UNKNOWN", f"docker-registry: {body!r}")
            upload.location = headers["Location"]
            if extent is not None:
                upload.parts.append(request.body.received)
            # ECR's Range does not move on from the first part.
            sticking = upload.parts[0] if upload.parts else upload.received
        return self._accepted(201, self._upload_location(identity), identity,
                              f"0-{max(sticking - 1, 0)}")

    def finish_upload(self, request, upload):
        identity, upload = upload, self._upload(request, upload)
        with upload.lock:
            return self._finish(request, identity, upload)

    def _finish(self, request, identity, upload):
        digest = request.query.get("digest", "")
        if not DIGEST.fullmatch(digest):
            raise RegistryError(400, "DIGEST_INVALID", "provided digest is not valid")
        if request.body.length == 0 and upload.received == 0:
            self._uploads.pop(identity, None)
            raise RegistryError(500, "UNKNOWN", "EmptyUploadException: The specified layer upload "
                                "does not contain any layer parts.")
        if any(part < PART_BYTES_LEAST for part in upload.parts[:-1]):
            self._uploads.pop(identity, None)
            raise RegistryError(400, "BLOB_UPLOAD_INVALID", "LayerPartTooSmallException: Layer "
                                "parts must be at least 5 MiB in size, except the last one.")
        upload.location += ("&" if "?" in upload.location else "?") + "digest=" + digest
        status, _, body = self._pass_on("PUT", request, identity, upload)
        self._uploads.pop(identity, None)
        if status == 400:
            raise RegistryError(400, "BLOB_UPLOAD_INVALID",
                                "None of the provided layer digests match the calculated layer "
                                "digest")
        if status != 201:
            raise RegistryError(500, "UNKNOWN", f"docker-registry: {status} {body!r}")
        return Response(201, {"Location": f"{self.url}/v2/{upload.repository.name}/blobs/{digest}",
                              "Docker-Content-Digest": digest})

    def _pass_on(self, method, request, identity, upload):
        """Sends the request's body to docker-registry. An upload that breaks off is over."""
        headers = {"Content-Type": "application/octet-stream"}
        chunked = request.body.length is None
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(request.body.length)
        try:
            answer = self.backend.call(method, upload.location, headers,
                                       request.body.pieces() if request.body.length != 0 else None,
                                       chunked)
        except (ClientGone, ConnectionReset):
            self._uploads.pop(identity, None)
            raise
        except OSError as error:
            self._uploads.pop(identity, None)
            raise ClientGone from error
        upload.received += request.body.received
        return answer


def converted(manifest, accept):
    """What ECR makes of a manifest asked for by tag: (digest, media type, body).

    Where Accept names the other format of the image and not the stored one, that one is given.
    """
    unchanged = manifest.digest, manifest.media_type, manifest.body
    accepted = {one.partition(";")[0].strip() for one in accept.split(",")}
    for table in (DOCKER_TO_OCI, OCI_TO_DOCKER):
        other = table.get(manifest.media_type)
        if other in accepted and manifest.media_type not in accepted and "*/*" not in accepted:
            value = manifest.value
            value["mediaType"] = other
            for descriptor in [value["config"], *value["layers"]]:
                descriptor["mediaType"] = table.get(descriptor["mediaType"],
                                                    descriptor["mediaType"])
            body = json.dumps(value).encode()
            return "sha256:" + hashlib.sha256(body).hexdigest(), other, body
    return unchanged


class StorageSide:
    """Where the blobs are read: addresses like S3's presigned ones, good for an hour."""

    SECONDS = 3600

    def __init__(self, store):
        self.store = store
        self.url = None
        self._key = secrets.token_bytes(32)

    def operation(self, _):
        return "GetObject"

    def _signature(self, digest, expires):
            return hashlib.blake2b(f"{digest} {expires}".encode(), key=self._key).hexdigest()

    def sign(self, digest):
        expires = int(time.time()) + self.SECONDS
        bucket = f"prod-{self.store.region}-starport-layer-bucket"
        query = urllib.parse.urlencode({
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Expires": self.SECONDS,
            "expires": expires, "X-Amz-Signature": self._signature(digest, expires)})
        return f"{self.url}/{bucket}/{digest}?{query}"

    def handle(self, request):
        if "authorization" in request.headers:
            return self._refuse(400, "InvalidArgument", "Only one auth mechanism allowed; only the "
                                "X-Amz-Algorithm query parameter, Signature query string parameter "
                                "or the Authorization header should be specified")
        digest, query = request.path.rpartition("/")[2], request.query
        expires = query.get("expires", "0")
        if request.method != "GET" or \
                query.get("X-Amz-Signature") != self._signature(digest, expires):
            return self._refuse(403, "SignatureDoesNotMatch", "The request signature we calculated "
                                "does not match the signature you provided.")
        if int(expires) < time.time():
            return self._refuse(403, "AccessDenied", "Request has expired")
        try:
            return serve_file(self.store.blob_path(digest), request,
                              {"Content-Type": "application/octet-stream"})
        except FileNotFoundError:
            return self._refuse(404, "NoSuchKey", "The specified key does not exist.")

    @staticmethod
    def _refuse(status, code, message):
        text = ('<?xml version="1.0" encoding="UTF-8"?>\n'
                f"<Error><Code>{code}</Code><Message>{message}</Message></Error>")
        return Response(status, {"Content-Type": "application/xml"}, text.encode())
