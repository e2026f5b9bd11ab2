"""`locker enrol`: a claim code becomes the keys and lists of this site."""

from __future__ import annotations

import argparse
import contextlib
import os

from edge.app.cloud import uplink
from edge.app.configuration import CloudTable, Configuration
from edge.app.enrolment import enrolment_of
from edge.app.owner import become_owner_of
from edge.core.errors import BadInput
from sync.enrol import enrol

__all__ = ["run"]


def run(wanted: argparse.Namespace, told: Configuration) -> int:
    """Exchange the claim with the hub; the locker takes the enrolment at its next start."""
    url = wanted.url or told.cloud.url
    if not url:
        raise BadInput(f"{told.file}: cloud.url is empty; name the hub there, or with --url")
    directory = told.directory
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    become_owner_of(directory)
    with contextlib.closing(uplink(CloudTable(url, told.cloud.ca_file, told.cloud.sha256))) as line:
        enrolment = enrol(line, wanted.claim, directory, os.urandom, replace=wanted.replace)
    enrolment_of(directory, told.site.number)
    print(f"enrolled as site {enrolment.site}; a locker that runs takes it at its next start")
    return 0
