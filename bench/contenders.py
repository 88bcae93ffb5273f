"""Who is measured: ecr-mirror-sync, skopeo, and curl doing no more than has to be done.

A contender gets a `Course` (where the images are, where they go, a folder for its files) and gives
the command to be measured, with its environment."""

import json
import os
import shlex
from dataclasses import dataclass

from standin.images import DOCKER

MANIFEST = DOCKER["manifest"]
# The relays of curl that run at the same time, and the requests of its batches.
PIPES = 4
PARALLEL = 8


@dataclass
class Course:
    entries: list           # what is to be copied (see fill.py)
    source: str             # URL of the upstream registry
    destination: str        # URL of the registry that is written to
    folder: str
    binary: str
    environment: dict       # for AWS clients; without use to the others
    no_op: bool = False
    relay: bool = False     # curl: pipe each blob, rather than fetch all and then send all
    in_flight: int = 0      # --batch; 0: as many as the limits allow

    @property
    def source_address(self):
        return self.source.split("//")[1]

    @property
    def destination_address(self):
        return self.destination.split("//")[1]

    @property
    def tls(self):
        return self.source.startswith("https:")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


def ecr_mirror_sync(course):
    command = [course.binary, "sync", "--insecure-policy", "--output", "json"]
    if course.tls:
        command.append("--src-tls-verify=false")
    if course.in_flight:
        command += ["--batch", str(course.in_flight)]
    return command, course.environment


def skopeo(course):
    repositories = {}
    for entry in course.entries:
        repositories.setdefault(entry.repository, []).append(entry.tag)
    # YAML is a superset of JSON.
    source = course.write("images.yaml", json.dumps(
        {course.source_address: {"tls-verify": False, "images": repositories}}))
    folder = course.entries[0].repository.rpartition("/")[0]
    command = ["/usr/bin/skopeo", "--insecure-policy", "sync", "--src", "yaml", "--dest", "docker",
               "--src-tls-verify=false", "--dest-tls-verify=false",
               source, f"{course.destination_address}/{folder}"]
    if len(course.entries) == 1:
        entry = course.entries[0]
        name = f"{entry.repository}:{entry.tag}"
        command = ["/usr/bin/skopeo", "--insecure-policy", "copy", "--src-tls-verify=false",
                   "--dest-tls-verify=false", f"docker://{course.source_address}/{name}",
                   f"docker://{course.destination_address}/{name}"]
    # Its cache of blobs goes to memory too, and not to the machine's own.
    environment = dict(os.environ, XDG_DATA_HOME=course.folder, _CONTAINERS_ROOTLESS_UID="1000")
    return command, environment


CURL_OPTIONS = f"insecure\nsilent\nfail\nhttp1.1\nparallel\nparallel-max = {PARALLEL}\n"


def curl_heads(course):
    """One HEAD for each tag upstream, over kept connections; the destination is not asked."""
    urls = [f'url = "{course.source}/v2/{entry.repository}/manifests/{entry.tag}"\n'
            'output = "/dev/null"\n' for entry in course.entries]
    config = course.write("heads", CURL_OPTIONS + f'head\nheader = "Accept: {MANIFEST}"\n' +
                          "".join(urls))
    return ["/usr/bin/curl", "--config", config], os.environ


def distinct_blobs(course):
    """(repository, digest) of every blob that has to be moved."""
    return list(dict.fromkeys((entry.repository, blob.digest) for entry in course.entries
                              for blob in entry.image.blobs))


# Everything below is one shell script: POST for an upload's address, then GET piped into PUT.
RELAY = """\
#!/bin/bash
set -euo pipefail
location=$(curl -sfk --http1.1 -X POST -D - -o /dev/null "{destination}/v2/$1/blobs/uploads/" |
	sed -n 's/^[Ll]ocation: \\(.*\\)\\r$/\\1/p')
curl -sfk --http1.1 "{source}/v2/$1/blobs/$2" |
	curl -sfk --http1.1 -o /dev/null -H 'Content-Type: application/octet-stream' -H 'Expect:' \\
		-T - "$location&digest=$2"
"""


def curl_relay(course):
    """Every blob through a pipe of two curls, four at a time, then the manifests."""
    relay = course.write("relay", RELAY.format(source=course.source,
                                               destination=course.destination))
    blobs = course.write("blobs", "".join(f"{repository} {digest}\n"
                                          for repository, digest in distinct_blobs(course)))
    script = (f"set -euo pipefail; xargs -P {PIPES} -n 2 bash {shlex.quote(relay)} "
              f"<{shlex.quote(blobs)}; {manifests(course)}")
    return ["/bin/bash", "-c", script], os.environ


def manifests(course):
    """Shell commands that copy the manifests: all are fetched by one curl and sent by another."""
    get = put = CURL_OPTIONS
    for number, entry in enumerate(course.entries):
        path = f"/v2/{entry.repository}/manifests/{entry.tag}"
        file = os.path.join(course.folder, f"manifest-{number}")
        get += f'url = "{course.source}{path}"\noutput = "{file}"\n'
        put += f'url = "{course.destination}{path}"\nupload-file = "{file}"\noutput = "/dev/null"\n'
    get += f'header = "Accept: {MANIFEST}"\n'
    put += f'header = "Content-Type: {MANIFEST}"\nheader = "Expect:"\n'
    files = [course.write("get-manifests", get), course.write("put-manifests", put)]
    return "; ".join(f"curl --config {shlex.quote(file)}" for file in files)


def curl_batches(course):
    """Four curls over kept connections: all blobs are fetched, all uploads begun, all sent, and
    then the manifests. The blobs wait in a folder in memory meanwhile."""
    get, post = CURL_OPTIONS, CURL_OPTIONS + 'request = "POST"\n'
    # POSTs one after the other, so that the answers come in order.
    post = post.replace("parallel\n", "").replace(f"parallel-max = {PARALLEL}\n", "")
    names = distinct_blobs(course)
    for number, (repository, digest) in enumerate(names):
        file = os.path.join(course.folder, f"blob-{number}")
        get += f'url = "{course.source}/v2/{repository}/blobs/{digest}"\noutput = "{file}"\n'
        post += (f'url = "{course.destination}/v2/{repository}/blobs/uploads/"\n'
                 'output = "/dev/null"\n')
    post += 'write-out = "%header{location}\\n"\n'
    digests = course.write("digests", "".join(f"{digest}\n" for _, digest in names))
    put = course.write("put-options", CURL_OPTIONS + 'header = "Expect:"\n'
                       'header = "Content-Type: application/octet-stream"\n')
    folder = shlex.quote(course.folder)
    awk = ('{ printf "url = \\"%s&digest=%s\\"\\nupload-file = \\"%s/blob-%d\\"\\n'
           'output = \\"/dev/null\\"\\n", $1, $2, folder, NR - 1 }')
    script = (f"set -euo pipefail; curl --config {shlex.quote(course.write('get-blobs', get))}; "
              f"curl --config {shlex.quote(course.write('post', post))} | "
              f"paste -d ' ' - {shlex.quote(digests)} | "
              f"awk -v folder={folder} {shlex.quote(awk)} | "
              f"cat {shlex.quote(put)} - | curl --config -; {manifests(course)}")
    return ["/bin/bash", "-c", script], os.environ


def curl(course):
    if course.no_op:
        return curl_heads(course)
    return curl_relay(course) if course.relay else curl_batches(course)


CONTENDERS = {"ecr-mirror-sync": ecr_mirror_sync, "skopeo": skopeo, "curl": curl}
