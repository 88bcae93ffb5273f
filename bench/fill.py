"""Images under their names, and their way into a registry and back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from standin import build_image
from standin.images import Client, Image


@dataclass
class Entry:
    repository: str
    tag: str
    image: Image


def entry(repository, tag, layers):
    """A name with an image of its own: the config of no two is the same. `layers` are sizes or
    layers. All are gzip'd, so that no contender thinks that it has to compress them."""
    return Entry(repository, tag, build_image(layers, "docker", f"{repository}:{tag}"))


def fill(url, entries):
    """Pushes images to a registry, each repository over one connection."""
    by_repository = {}
    for one in entries:
        by_repository.setdefault(one.repository, []).append(one)

    def push_all(of_one):
        client = Client(url)
        for one in of_one:
            client.push(one.repository, one.tag, one.image)
        client.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(push_all, by_repository.values()))


def verify(url, entries):
    """Fails unless the registry has every tag with the right digest."""
    client = Client(url)
    for one in entries:
        status, fields, _ = client.call("HEAD", f"/v2/{one.repository}/manifests/{one.tag}",
                                        {"Accept": one.image.media_type})
        if status != 200 or fields["Docker-Content-Digest"] != one.image.digest:
            raise RuntimeError(f"{one.repository}:{one.tag} is not what was to be copied")
    client.close()
