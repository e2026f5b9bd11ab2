"""The control socket: technicians speak to the running locker, known by the kernel's word (docs/control.md)."""

from edge.control.client import ControlClient
from edge.control.peers import Person, Rule
from edge.control.server import ControlServer, Desk
from edge.control.wire import Ask

__all__ = ["Ask", "ControlClient", "ControlServer", "Desk", "Person", "Rule"]
