"""What is measured: which images, and what of them is already there."""

from dataclasses import dataclass
from typing import Callable

from fill import entry
from standin import BigLayer, Layer

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


@dataclass
class Scenario:
    title: str
    entries: Callable       # options -> [Entry]
    no_op: bool = False
    relay: bool = False
    in_flight: int = 0


def no_op(options):
    layer = Layer(KIBIBYTE, "no-op")
    each = max(1, options.tags // options.repositories)
    return [entry(f"bench/app-{number:03}", f"1.{tag}", [layer])
            for number in range(options.repositories) for tag in range(each)]


def large(options):
    size = options.mebibytes * MEBIBYTE // 8
    return [entry("bench/large", "1.0", [BigLayer(size, f"large-{i}") for i in range(8)])]


def small(options):
    return [entry(f"bench/small-{number // 5:02}", f"1.{number % 5}", [64 * KIBIBYTE] * 3)
            for number in range(options.images)]


def shared(_):
    layers = [BigLayer(64 * MEBIBYTE, f"shared-{i}") for i in range(2)]
    return [entry("bench/shared", f"1.{number}", [*layers, 64 * KIBIBYTE])
            for number in range(20)]


def memory(_):
    return [entry(f"bench/memory-{number}", "1.0",
                  [BigLayer(16 * MEBIBYTE, f"memory-{number}-{i}") for i in range(4)])
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
