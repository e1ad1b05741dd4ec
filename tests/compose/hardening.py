"""What must hold for every running container, by what the engine says of it."""

from typing import Any

from tests.compose.stack import Stack

# Databases that start as root to give their directory to the user they become.
_MAY_START_AS_ROOT = {"mysql"}
_WITHOUT_PYTHON = {"proxy", "orthanc"}


def check_containers(stack: Stack) -> dict[str, Any]:
    """Assert the hardening of all running containers; returns which user each one's processes have."""
    users = {}
    for service, container in stack.running().items():
        host = container["HostConfig"]
        assert host["ReadonlyRootfs"], f"{service} can write to its root file system"
        assert host["CapDrop"] == ["ALL"], service
        assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"]), service
        assert host["Memory"] > 0, service
        assert host["NanoCpus"] > 0, service
        assert host["PidsLimit"] > 0, service
        assert host["RestartPolicy"]["Name"] == "unless-stopped", service
        assert container["State"]["Health"]["Status"] == "healthy", service
        users[service] = _users(stack, service, container["Id"])
        assert 0 not in users[service], f"{service} works as root"
    return users


def published_ports(stack: Stack) -> dict[str, list[str]]:
    """Which services are reachable from outside, and where."""
    return {
        service: bound
        for service, container in stack.running().items()
        if (
            bound := sorted(
                f"{one['HostIp']}:{one['HostPort']}"
                for ports in container["NetworkSettings"]["Ports"].values()
                for one in ports or []
            )
        )
    }


def memory(stack: Stack) -> dict[str, str]:
    """Memory in use and allowed, by service."""
    names = {container["Name"].lstrip("/"): service for service, container in stack.running().items()}
    shown = stack.run("docker", "stats", "--no-stream", "--format", "{{.Name}}\t{{.MemUsage}}", *names)
    return {names[name]: usage for name, usage in (line.split("\t") for line in shown.splitlines())}


def images(stack: Stack) -> dict[str, str]:
    """Megabytes of the images that are our own; asserts that none of them holds torch."""
    sizes = {}
    for service, container in stack.running().items():
        image = container["Config"]["Image"]
        if not image.startswith("deephemorrhagenet/"):
            continue
        size = int(stack.run("docker", "image", "inspect", "--format", "{{.Size}}", image))
        sizes[image] = f"{size / 1e6:.0f} MB"
        if service not in _WITHOUT_PYTHON:
            found = stack.inside(service, "import importlib.util as u; print(u.find_spec('torch'))")
            assert found.strip() == "None", f"{image} holds torch"
    return sizes


def _users(stack: Stack, service: str, container_id: str) -> list[int]:
    lines = stack.run("docker", "top", container_id, "-eo", "pid,uid,comm").splitlines()[1:]
    processes = [line.split(maxsplit=2)[1:] for line in lines]
    # docker-init, process 1, stays root where the container starts as root; it only passes signals on.
    started_by_root = {"docker-init", "tini"} if service in _MAY_START_AS_ROOT else set()
    return sorted({int(uid) for uid, command in processes if command not in started_by_root})
