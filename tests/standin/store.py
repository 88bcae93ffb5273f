"""What the stand-in knows: repositories, their tags and manifests, and its settings.

The blobs are docker-registry's, in a folder next door; a blob that it has linked into a repository
is complete, so looking for the link's file answers "is it there" without a request.
"""

import base64
import fnmatch
import hashlib
import json
import os
import re
import secrets
import threading
import time
from dataclasses import dataclass, field

from .errors import AwsError, RegistryError, manifest_unknown, repository_not_found, unsupported

REPOSITORY_NAME = re.compile(
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
IMAGE_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
RESOURCE_TAG_TEXT = re.compile(r"[\w .:/=+\-@]*")
RESOURCE_TAG_PATTERN = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"     # the same, in AWS's words
RESOURCE_TAGS_MOST = 50
MANIFEST_BYTES_MOST = 4 * 1024 * 1024

MUTABILITIES = ("MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION")
INDEX_TYPES = ("application/vnd.oci.image.index.v1+json",
               "application/vnd.docker.distribution.manifest.list.v2+json")
IMAGE_TYPES = ("application/vnd.oci.image.manifest.v1+json",
               "application/vnd.docker.distribution.manifest.v2+json")


class Settings:
    """How the stand-in behaves; every name can be given to Standin.set().

    short_pages         GetResources fills every second page only half
    empty_pages         GetResources gives an empty page, with a token, before each further one
    page_sizes          sizes of GetResources' first pages, instead of what was asked for
    pagination_token_ttl    seconds that a GetResources token is good for
    linger_deleted      GetResources goes on naming deleted repositories
    token_ttl           seconds that an authorization token is good for
    blob_mounting       the account setting BLOB_MOUNTING
    upload_mode         "relay": blobs pass through the stand-in; "direct": clients are sent to the
                        docker-registry behind it
    immutable_wording   "repository" or "tag"; None: as the repository's mutability suggests
    layer_failures      BatchCheckLayerAvailability names missing layers under "failures"
    digest_on_get       Docker-Content-Digest on GET manifest too, which ECR leaves out
    denied_actions      ["ecr:PutImage", "tag:GetResources", ...]: not allowed to the caller
    credentials_expired AWS calls answer ExpiredTokenException
    rate_limits         {"PutImage": 10}: most calls in a second, by operation
    latency             seconds before each answer; a number, or by side {"registry": 0.05}
    clock_offset        seconds that the stand-in's AWS side is ahead of this machine's clock
    """

    DEFAULTS = {
        "short_pages": False, "empty_pages": False, "page_sizes": [],
        "pagination_token_ttl": 900, "linger_deleted": False, "token_ttl": 43200,
        "blob_mounting": False, "upload_mode": "relay", "immutable_wording": None,
        "layer_failures": False, "digest_on_get": False, "denied_actions": [],
        "credentials_expired": False, "rate_limits": {}, "latency": 0, "clock_offset": 0,
    }

    def __init__(self):
        self.reset()

    def reset(self):
        for name, value in self.DEFAULTS.items():
            setattr(self, name, value.copy() if isinstance(value, (list, dict)) else value)

    def update(self, values):
        unknown = set(values) - set(self.DEFAULTS)
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, value)

    def latency_of(self, side):
        return self.latency.get(side, 0) if isinstance(self.latency, dict) else self.latency


@dataclass
class Manifest:
    digest: str
    media_type: str
    body: bytes
    pushed: float
    descriptors: list       # of config and layers, or of an index's children
    subject: str = None

    @property
    def value(self):
        return json.loads(self.body)


@dataclass
class Repository:
    name: str
    arn: str
    backend_name: str       # in the docker-registry; never used twice
    created: float
    mutability: str = "MUTABLE"
    exclusions: list = field(default_factory=list)
    resource_tags: dict = field(default_factory=dict)
    manifests: dict = field(default_factory=dict)       # digest -> Manifest
    image_tags: dict = field(default_factory=dict)      # tag -> digest
    tagged_once: bool = False

    def is_immutable(self, tag):
        excluded = any(fnmatch.fnmatchcase(tag, pattern) for pattern in self.exclusions)
        if self.mutability == "IMMUTABLE_WITH_EXCLUSION":
            return not excluded
        if self.mutability == "MUTABLE_WITH_EXCLUSION":
            return excluded
        return self.mutability == "IMMUTABLE"

    def find(self, reference):
        """The manifest that a tag or digest names; RegistryError where there is none."""
        manifest = self.manifests.get(self.image_tags.get(reference, reference))
        if manifest is None:
            raise manifest_unknown()
        return manifest

    def tags_of(self, digest):
        return [tag for tag, tagged in self.image_tags.items() if tagged == digest]

    def references_blob(self, digest):
        return any(descriptor.get("digest") == digest for manifest in self.manifests.values()
                   if manifest.media_type not in INDEX_TYPES
                   for descriptor in manifest.descriptors)


def check_resource_tags(tags, present=None):
    """AWS's rules for the tags of a resource. `tags` is [(key, value)]."""
    keys = [key for key, _ in tags]
    if len(set(keys)) != len(keys):
        raise AwsError("InvalidTagParameterException", "Duplicate tag keys found. Please note that "
                       "Tag keys are case sensitive.")
    for key, value in tags:
        for what, text, least, most in (("key", key, 1, 128), ("value", value, 0, 256)):
            if not isinstance(text, str) or not least <= len(text) <= most:
                raise AwsError("InvalidTagParameterException",
                               f"Invalid parameter at 'tags' failed to satisfy constraint: 'Tag "
                               f"{what} must have length between {least} and {most}'")
            if not RESOURCE_TAG_TEXT.fullmatch(text):
                raise AwsError("InvalidTagParameterException",
                               f"Invalid parameter at 'tags' failed to satisfy constraint: 'Tag "
                               f"{what} must match pattern {RESOURCE_TAG_PATTERN}'")
        if key.lower().startswith("aws:"):
            raise AwsError("InvalidTagParameterException", "Tag keys that begin with aws: are "
                           "reserved for system use.")
    if len({*keys, *(present or {})}) > RESOURCE_TAGS_MOST:
        raise AwsError("TooManyTagsException", "The number of tags exceeds the limit of "
                       f"{RESOURCE_TAGS_MOST} for a resource.")


class TokenBuckets:
    """One bucket for each operation, a second's worth deep."""

    def __init__(self):
        self._levels = {}
        self._lock = threading.Lock()

    def take(self, operation, rate):
        with self._lock:
            now = time.monotonic()
            level, since = self._levels.get(operation, (rate, now))
            level = min(rate, level + (now - since) * rate)
            self._levels[operation] = (level - 1 if level >= 1 else level, now)
            return level >= 1


class Store:
    def __init__(self, region, account, storage):
        self.region = region
        self.account = account
        self.storage = storage
        self.settings = Settings()
        self.lock = threading.RLock()
        self.repositories = {}
        self.deleted = []           # (arn, resource tags) of repositories that are gone
        self.other_resources = []   # (arn, resource tags) that are not ECR's, or stale
        self.buckets = TokenBuckets()
        self._tokens = {}           # authorization token -> when it expires
        self._created = 0

    # Permissions and limits

    def is_denied(self, action):
        return action in self.settings.denied_actions

    def is_throttled(self, operation):
        rate = self.settings.rate_limits.get(operation)
        return rate is not None and not self.buckets.take(operation, rate)

    # Authorization tokens

    def issue_token(self):
        """(token, when it expires): base64 of "AWS:" and a password of more than 4 KiB."""
        password = base64.b64encode(secrets.token_bytes(3300)).decode()
        token = base64.b64encode(b"AWS:" + password.encode()).decode()
        expires = time.time() + self.settings.token_ttl
        with self.lock:
            self._tokens[token] = expires
        return token, expires

    def token_state(self, token):
        """ "good", "expired" or "unknown"."""
        expires = self._tokens.get(token)
        if expires is None:
            return "unknown"
        return "good" if time.time() < expires else "expired"

    def expire_tokens(self):
        with self.lock:
            self._tokens = {token: 0.0 for token in self._tokens}

    # Repositories

    def arn(self, name):
        return f"arn:aws:ecr:{self.region}:{self.account}:repository/{name}"

    def create_repository(self, name, resource_tags=(), mutability="MUTABLE", exclusions=()):
        if not 2 <= len(name) <= 256 or not REPOSITORY_NAME.fullmatch(name):
            raise AwsError("InvalidParameterException",
                           "Invalid parameter at 'repositoryName' failed to satisfy constraint: "
                           f"'must satisfy regular expression '{REPOSITORY_NAME.pattern}''")
        check_resource_tags(resource_tags)
        with self.lock:
            if name in self.repositories:
                raise AwsError("RepositoryAlreadyExistsException",
                               f"The repository with name '{name}' already exists in the registry "
                               f"with id '{self.account}'")
            self._created += 1
            repository = Repository(name, self.arn(name), f"r{self._created}/{name}", time.time(),
                                    resource_tags=dict(resource_tags),
                                    tagged_once=bool(resource_tags))
            set_mutability(repository, mutability, exclusions)
            self.repositories[name] = repository
            return repository

    def repository(self, name, registry_id=None):
        repository = self.repositories.get(name)
        if repository is None or registry_id not in (None, self.account):
            raise repository_not_found(name, registry_id or self.account)
        return repository

    def delete_repository(self, name):
        with self.lock:
            repository = self.repository(name)
            del self.repositories[name]
            self.deleted.append((repository.arn, repository.resource_tags))
            return repository

    # Blobs

    def blob_path(self, digest):
        hexadecimal = digest.partition(":")[2]
        return os.path.join(self.storage, "docker/registry/v2/blobs/sha256", hexadecimal[:2],
                            hexadecimal, "data")

    def blob_size(self, repository, digest):
        """Bytes of a blob of the repository; None where it has no such blob."""
        if not DIGEST.fullmatch(digest):
            return None
        link = os.path.join(self.storage, "docker/registry/v2/repositories",
                            repository.backend_name, "_layers/sha256", digest[7:], "link")
        try:
            os.stat(link)
            return os.stat(self.blob_path(digest)).st_size
        except FileNotFoundError:
            return None

    # Manifests

    def check_manifest(self, repository, reference, media_type, body):
        """ECR's rules for a manifest that is pushed; gives it ready to be stored."""
        if len(body) > MANIFEST_BYTES_MOST:
            raise unsupported(f"must have length less than or equal to {MANIFEST_BYTES_MOST}")
        value = parse_manifest(body, media_type)
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        if ":" in reference:
            if reference != digest:
                raise RegistryError(400, "MANIFEST_INVALID",
                                    f"manifest invalid: The provided digest '{reference}' does not "
                                    "match the image digest that Amazon ECR has calculated, "
                                    f"'{digest}'")
        elif not IMAGE_TAG.fullmatch(reference):
            raise RegistryError(400, "TAG_INVALID", f"The image tag '{reference}' is not valid")
        subject = value["subject"].get("digest") if isinstance(value.get("subject"), dict) else None
        if media_type in INDEX_TYPES:
            descriptors = value.get("manifests") or []
            self._check_children(repository, descriptors)
        else:
            descriptors = self._check_image(repository, value)
        return Manifest(digest, media_type, body, time.time(), descriptors, subject)

    def _check_children(self, repository, descriptors):
        missing = [child.get("digest") for child in descriptors
                   if child.get("digest") not in repository.manifests]
        if missing:
            raise self._blob_unknown(repository, "Images", missing)

    def _check_image(self, repository, value):
        layers = value.get("layers")
        if not layers:
            raise unsupported("Image has to have at least 1 layer")
        config = value.get("config") or {}
        if "annotations" in config:
            raise unsupported("Invalid JSON syntax")
        descriptors = [config, *layers]
        missing = [descriptor.get("digest") or "" for descriptor in descriptors
                   if not descriptor.get("urls")
                   and self.blob_size(repository, descriptor.get("digest") or "") is None]
        if missing:
            raise self._blob_unknown(repository, "Layers", missing)
        return descriptors

    def _blob_unknown(self, repository, what, digests):
        return RegistryError(400, "MANIFEST_BLOB_UNKNOWN",
                             f"manifest blob unknown: {what} with digests '[{', '.join(digests)}]' "
                             f"required for pushing image into repository with name "
                             f"'{repository.name}' in the registry with id '{self.account}' do not "
                             "exist")

    def store_manifest(self, repository, reference, manifest):
        """The last step of a push: stores the manifest and moves the tag, if the tag may move."""
        with self.lock:
            tag = None if ":" in reference else reference
            if tag in repository.image_tags and repository.is_immutable(tag):
                wording = self.settings.immutable_wording or (
                    "repository" if repository.mutability == "IMMUTABLE" else "tag")
                raise RegistryError(400, "TAG_INVALID",
                                    f"The image tag '{tag}' already exists in the "
                                    f"'{repository.name}' repository and cannot be overwritten "
                                    f"because the {wording} is immutable.")
            repository.manifests.setdefault(manifest.digest, manifest)
            if tag is not None:
                repository.image_tags[tag] = manifest.digest


def set_mutability(repository, mutability, exclusions=()):
    if mutability not in MUTABILITIES:
        raise AwsError("InvalidParameterException",
                       "Invalid parameter at 'imageTagMutability' failed to satisfy constraint: "
                       f"'Member must satisfy enum value set: [{', '.join(MUTABILITIES)}]'")
    if len(exclusions) > 5:
        raise AwsError("InvalidParameterException", "At most 5 exclusion filters.")
    repository.mutability = mutability
    repository.exclusions = list(exclusions)


def parse_manifest(body, media_type):
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict) or media_type not in INDEX_TYPES + IMAGE_TYPES:
        raise unsupported("Invalid JSON syntax")
    if value.get("schemaVersion") != 2 or value.get("mediaType", media_type) != media_type:
        raise unsupported("Invalid JSON syntax")
    return value
