"""Servers and images for tests, the demo and benchmarks.

Standin (standin.py)        Amazon ECR and the tagging API on loopback
Registry (registry.py)      an upstream registry: Debian's docker-registry
images.py                   generated images: build_image, push_image, push_index, ...
"""

from .images import (BigLayer, Client, ForeignLayer, Layer, build_image, build_index, push_image,
                     push_index)
from .registry import Registry
from .standin import Standin

__all__ = ["BigLayer", "Client", "ForeignLayer", "Layer", "Registry", "Standin", "build_image",
           "build_index", "push_image", "push_index"]
