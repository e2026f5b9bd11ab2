"""What the hub told this site once: read at start, and handed to the books where they do not have it yet."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Final

from edge.core.documents import Here
from edge.core.errors import BadInput, ConfigurationError, machine_says
from edge.core.judgement import JudgementTime
from edge.core.keys import accept_keys
from edge.core.roster import accept_roster
from edge.core.shelf import KEYS, ROSTER, STANDING
from edge.core.standing import accept_standing
from edge.core.state import State
from edge.runtime import Runtime
from sync.enrol import ENROLMENT_FILE, Enrolment, load_enrolment
from sync.keyfiles import write_secret

__all__ = ["enrolment_of", "tell_documents"]

DOCUMENT_S: Final = 60.0  # for a document to be durable; a card may stall for some of it
STANDING_TOLD_FILE: Final = "standing.told"
_NO_CLOCK: Final = JudgementTime(trusted=False, wall_s=0, floor_s=0)


def enrolment_of(directory: Path, number: int) -> Enrolment | None:
    """What the hub told the site that lives in `directory`; None when it is not enrolled.

    ConfigurationError when it is enrolled as another site than the configuration says; BadInput for a broken file.
    """
    try:
        enrolment = load_enrolment(directory)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"{error.filename}: {machine_says(error)}") from None
    if enrolment.site != number:
        raise ConfigurationError(
            [f"site.number = {number}: {directory / ENROLMENT_FILE} is the enrolment of site {enrolment.site}"]
        )
    return enrolment


async def tell_documents(runtime: Runtime, enrolment: Enrolment, directory: Path, news: asyncio.Event) -> None:
    """Hand over what came with the enrolment and is newer than what the journal has; `news` tells of each commit.

    The standing list is told once in the life of an enrolment: it says what stood here *then*.  A journal that begins
    anew later waits for a new list.
    """
    here, state = Here(enrolment.site, frozenset(enrolment.groups)), _state(runtime)
    bundle = accept_keys(0, enrolment.keys, enrolment.root, here)
    if bundle.version > state.keys_version:
        await runtime.document(KEYS, enrolment.keys)
    if enrolment.roster:
        roster = accept_roster(0, enrolment.roster, bundle, here, _NO_CLOCK)
        if roster.version > state.roster_version:
            await runtime.document(ROSTER, enrolment.roster)
    if not enrolment.standing:
        return
    standing = accept_standing(0, enrolment.standing, bundle, here, _NO_CLOCK)
    told, digest = directory / STANDING_TOLD_FILE, hashlib.sha256(enrolment.standing).hexdigest().encode()
    if told.exists() and told.read_bytes() == digest:
        return
    if standing.version > state.standing_version:
        await runtime.document(STANDING, enrolment.standing)
        async with asyncio.timeout(DOCUMENT_S):
            while _state(runtime).standing_version < standing.version:
                news.clear()
                await news.wait()
    write_secret(told, digest)


def _state(runtime: Runtime) -> State:
    assert runtime.books is not None, "after the boot"
    return runtime.books.state
