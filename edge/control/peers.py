"""Who is at the other end of the socket, by the kernel's word, and what they may do.

A client says nothing about itself: the kernel gives the uid of the process that connected (SO_PEERCRED, unix(7)).
"""

from __future__ import annotations

import grp
import os
import pwd
import socket
import struct
from collections.abc import Collection
from typing import Final

from msgspec import Struct

__all__ = ["Person", "Rule", "judged", "person_at"]

_UCRED: Final = struct.Struct("3i")  # pid, uid, gid


class Rule(Struct, frozen=True):
    """Who may read and who may act.  Root and the daemon's own user may do both; whoever may act may read."""

    own_uid: int
    read_groups: frozenset[str] = frozenset()
    act_groups: frozenset[str] = frozenset()


class Person(Struct, frozen=True):
    """A user of this machine.  `name` is what the journal keeps."""

    name: str
    may_read: bool
    may_act: bool


def judged(uid: int, name: str, groups: Collection[str], rule: Rule) -> Person:
    """What the user `uid`, who is in `groups`, may do."""
    trusted = uid in (0, rule.own_uid)
    may_act = trusted or not rule.act_groups.isdisjoint(groups)
    return Person(name, may_read=may_act or not rule.read_groups.isdisjoint(groups), may_act=may_act)


def person_at(line: socket.socket, rule: Rule) -> Person:
    """The person at the other end of a Unix socket."""
    _, uid, gid = _UCRED.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return judged(uid, f"uid {uid}", (), rule)  # unknown to this machine: in no group of it
    return judged(uid, name, [known for known in map(_group, os.getgrouplist(name, gid)) if known], rule)


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return ""
