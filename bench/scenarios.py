"""What is measured: which images, and what of them is already there."""

from dataclasses import dataclass
from typing import Callable

from fill import Image, Layer

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


@dataclass
class Scenario:
    title: str
    images: Callable        # options -> [Image]
    no_op: bool = False
    relay: bool = False
    in_flight: int = 0


def no_op(options):
    layer = Layer("no-op", KIBIBYTE)
    each = max(1, options.tags // options.repositories)
    return [Image(f"bench/app-{number:03}", f"1.{tag}", [layer])
            for number in range(options.repositories) for tag in range(each)]


def large(options):
    size = options.mebibytes * MEBIBYTE // 8
    return [Image("bench/large", "1.0", [Layer(f"large-{i}", size) for i in range(8)])]


def small(options):
    return [Image(f"bench/small-{number // 5:02}", f"1.{number % 5}",
                  [Layer(f"small-{number}-{i}", 64 * KIBIBYTE) for i in range(3)])
            for number in range(options.images)]


def shared(_):
    layers = [Layer(f"shared-{i}", 64 * MEBIBYTE) for i in range(2)]
    return [Image("bench/shared", f"1.{number}", [*layers, Layer(f"own-{number}", 64 * KIBIBYTE)])
            for number in range(20)]


def memory(_):
    return [Image(f"bench/memory-{number}", "1.0",
                  [Layer(f"memory-{number}-{i}", 16 * MEBIBYTE) for i in range(4)])
            for number in range(8)]


SCENARIOS = {
    "no-op": Scenario("nothing to do: {tags} tags in {repositories} repositories", no_op,
                      no_op=True),
    "large": Scenario("cold copy of {mebibytes} MiB in 8 layers", large, relay=True),
    "small": Scenario("cold copy of {images} small images", small),
    "shared": Scenario("cold copy of 20 images that share two layers of 64 MiB", shared,
                       relay=True),
    "memory": Scenario("peak memory: 8 images of 4 layers of 16 MiB, 8 in flight", memory,
                       relay=True, in_flight=8),
}
