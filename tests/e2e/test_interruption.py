"""SIGINT and SIGTERM: what is in flight gets time, nothing new starts, the account is complete."""

import json
import signal
import time

import pytest

from standin import Registry, push_image


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


@pytest.fixture
def upstream():
    """One of its own: requests that nobody waits for any more would turn up in others' counts."""
    with Registry(front=True) as registry:
        yield registry


@pytest.fixture
def slow_layers(upstream, upstream_name, mirror):
    """Four images, of which two at a time are in the middle of a layer for a while."""
    for tag in range(4):
        push_image(upstream.url, upstream_name, str(tag), layers=[50000], seed=tag)
    mirror("0/1/2/3")

    def slow(seconds):
        upstream.reset()
        upstream.fault(operation="blob", delay=seconds, times=0)
    return slow


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_images_in_flight_are_finished(tool, ecr, upstream, slow_layers, number):
    slow_layers(1)
    process = tool.start("sync", "--output", "json", "--batch", "2")
    wait_for(lambda: len(ecr.requests(operation="InitiateLayerUpload")) >= 2)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 128 + number, stderr
    report = json.loads(stdout)
    assert [entry["outcome"] for entry in report["images"]] == [
        "copied", "copied", "deferred", "deferred"], stdout
    assert report["images"][2]["error"]["kind"] == "interrupted"
    assert stderr.strip()
    assert tool.sync().report["totals"]["copied"] == 2


def test_second_signal_cuts_off(tool, ecr, upstream, slow_layers):
    slow_layers(60)
    process = tool.start("sync", "--output", "json", "--batch", "2")
    wait_for(lambda: len(ecr.requests(operation="InitiateLayerUpload")) >= 2)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - started < 10
    assert process.returncode == 128 + signal.SIGTERM, stderr
    images = json.loads(stdout)["images"]
    assert [entry["outcome"] for entry in images] == ["failed", "failed", "deferred", "deferred"]
    assert images[0]["error"]["kind"] == "interrupted"
    assert ecr.images("mirror/app") == {}


def test_grace_ends(tool, ecr, upstream, slow_layers):
    """Twenty seconds, and not for ever."""
    slow_layers(60)
    process = tool.start("sync", "--output", "json", "--batch", "1")
    wait_for(lambda: ecr.requests(operation="InitiateLayerUpload"))
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=60)
    assert 19 < time.monotonic() - started < 23
    assert process.returncode == 130
    assert json.loads(stdout)["totals"]["failed"] == 1
