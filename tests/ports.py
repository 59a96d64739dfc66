"""Ports for the processes that tests start; runs side by side do not take each other's."""

from __future__ import annotations

import os
import socket
from itertools import cycle, islice

# Below the range from which the system picks ports for outgoing connections: between being found free and being
# listened on, nothing else takes one.
_FIRST, _PER_WORKER = 20_000, 1_000
_WORKERS = 10


def _own_ports() -> list[int]:
    """The range of this pytest-xdist worker, begun where no other run on this machine is likely to begin."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    begin, first = os.getpid() % _PER_WORKER, _FIRST + worker * _PER_WORKER
    return [first + (begin + offset) % _PER_WORKER for offset in range(_PER_WORKER)]


_ports = cycle(_own_ports())


def free_ports(count: int) -> list[int]:
    """Return ports on loopback that nothing listens on, each of them handed out once in a thousand."""
    return list(islice(filter(_is_free, islice(_ports, _PER_WORKER)), count))


def free_port() -> int:
    """Return one port on loopback that nothing listens on."""
    return free_ports(1)[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
