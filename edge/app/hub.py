"""`locker hub`: the reference cloud, as a command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from edge.clock import SystemClock
from edge.core.errors import NotAllowed, machine_says
from sync.hub.app import Address, HubServer, serve_hub

__all__ = ["run"]


def run(wanted: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    try:
        wanted.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NotAllowed(f"hub: {wanted.directory}: {machine_says(error)}") from None
    address = Address(wanted.host, wanted.port, wanted.certificate, wanted.key)
    clock, carriers = SystemClock(), tuple(wanted.carrier)
    asyncio.run(
        serve_hub(wanted.directory, address, lambda: int(clock.read()[0]), os.urandom, carriers=carriers, ready=_say)
    )
    return 0


def _say(server: HubServer) -> None:
    print(f"hub: {server.url}", flush=True)
    print(f"hub: log in at {server.login_url}", file=sys.stderr, flush=True)
