"""How many requests a run costs, counted at the servers."""

from standin import push_image, push_index
from standin.images import Client, build_image


def test_nothing_to_do_for_a_thousand_tags(tool, ecr, upstream, upstream_name):
    """One request upstream for each tag, one at ECR for each repository, and no manifest GET."""
    client = Client(upstream.url)
    images = [build_image([200], seed=number) for number in range(5)]
    for number, image in enumerate(images):
        client.push(upstream_name, str(number), image)
    for number in range(200):
        name = ecr.create_repository(f"team/app-{number:03}", {
            "upstream-image": f"{upstream.address}/{upstream_name}",
            "upstream-tags": "0/1/2/3/4"})
        for tag, image in enumerate(images):
            ecr.put_manifest(name, str(tag), image)
    upstream.reset()
    ecr.reset()
    result = tool.sync(timeout=120)
    assert result.status == 0
    assert result.report["totals"]["current"] == 1000
    requests = upstream.requests()
    assert len(requests) <= 1000
    assert {entry["method"] for entry in requests} == {"HEAD"}
    assert len(ecr.requests(operation="ListImages")) == 200
    assert {entry["operation"] for entry in ecr.requests()} == {
        "GetResources", "GetAuthorizationToken", "ListImages"}
    assert len(ecr.requests()) == 200 + 2 + 1


def test_one_platform_costs_one_get(tool, upstream, upstream_name, mirror):
    push_index(upstream.url, upstream_name, "1")
    mirror("1")
    tool.sync()
    upstream.reset()
    assert tool.sync().image["outcome"] == "current"
    assert [entry["method"] for entry in upstream.requests()] == ["HEAD", "GET"]


def test_what_a_copy_costs(tool, ecr, upstream, upstream_name, mirror):
    push_image(upstream.url, upstream_name, "1", layers=[4000, 300])
    mirror("1")
    upstream.reset()
    tool.sync()
    assert sorted((entry["method"], entry["operation"]) for entry in upstream.requests()) == [
        ("GET", "blob"), ("GET", "blob"), ("GET", "blob"), ("GET", "manifest"),
        ("HEAD", "manifest")]
    operations = [entry["operation"] for entry in ecr.requests()]
    assert operations.count("GetAuthorizationToken") == 1
    assert operations.count("BatchCheckLayerAvailability") == 1
    assert operations.count("InitiateLayerUpload") == 3
    assert operations.count("PutImage") == 1
    puts = [entry for entry in ecr.requests(side="registry") if entry["method"] == "PUT"]
    assert len(puts) == 4
    assert len(ecr.requests()) == 1 + 1 + 1 + 1 + 3 + 3 + 1


def test_connections_are_kept(tool, ecr, upstream, upstream_name, mirror):
    tags = [str(number) for number in range(40)]
    for tag in tags:
        push_image(upstream.url, upstream_name, tag, layers=[100], seed=tag)
    mirror("/".join(tags))
    upstream.reset()
    tool.sync("--batch", "4")
    connections = {entry["connection"] for entry in upstream.requests()}
    assert len(upstream.requests()) >= 40 * 4
    assert len(connections) <= 16, connections


def test_batch_bounds_the_images_in_flight(tool, ecr, upstream, upstream_name, mirror):
    for tag in range(8):
        push_image(upstream.url, upstream_name, str(tag), layers=[100], seed=tag)
    mirror("/".join(str(tag) for tag in range(8)))
    upstream.reset()
    tool.sync("--batch", "1", "--dry-run")
    spans = sorted((entry["time"], entry["seconds"]) for entry in upstream.requests())
    assert all(start + seconds <= following + 0.001 for (start, seconds), (following, _)
               in zip(spans, spans[1:]))
