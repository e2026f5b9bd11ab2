"""The vectors on disk mean what this release says that they mean; the page names every word that goes over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge.core.errors import BadInput, NotAllowed
from sync.envelope import MAX_RAW_BYTES, MAX_SEALED_BYTES
from sync.hub.app import KEEP_ALIVE_S
from sync.hub.enrolment import CLAIM_LIFE_S
from sync.polling import MAX_WAIT_S
from sync.signed import MessageType, only
from sync.watermark import ForkReason, Reply, TheirEpoch, WhyNot, read_reply
from tests.sync import vectors

PAGE = (vectors.FOLDER.parent / "protocol-sync.md").read_text(encoding="utf-8")


def read(name: str) -> dict[str, Any]:
    content = json.loads((vectors.FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def without_bytes(content: Any) -> Any:
    """Without what zstd made, and what is signed over it."""
    if isinstance(content, dict):
        return {name: without_bytes(value) for name, value in content.items() if name != "in"}
    return [without_bytes(value) for value in content] if isinstance(content, list) else content


@pytest.mark.parametrize("name", sorted(vectors.FILES))
def test_the_file_says_what_this_release_says(name: str) -> None:
    made = json.loads(vectors.written(vectors.FILES[name]()))
    assert without_bytes(read(name)) == without_bytes(made), "python -m tests.sync.vectors"


@pytest.mark.parametrize("vector", read("envelope.json")["good"], ids=lambda vector: str(vector["name"]))
def test_i4_the_bytes_of_an_envelope_have_their_meaning(vector: dict[str, Any]) -> None:
    found = vectors.meaning(bytes.fromhex(vector["in"]))
    assert {"name": vector["name"], "in": vector["in"], **found} == vector


@pytest.mark.parametrize("vector", read("envelope.json")["refused"], ids=lambda vector: str(vector["name"]))
def test_i4_a_spoilt_envelope_is_refused_with_its_status(vector: dict[str, Any]) -> None:
    assert vectors.refusal(bytes.fromhex(vector["in"])) == vector["status"]


def reply_in(vector: dict[str, Any]) -> Reply:
    given = read("watermark.json")["given"]
    public, to = bytes.fromhex(given["hub_public"]), bytes.fromhex(given["request_sha256"])
    return read_reply(bytes.fromhex(vector["in"]), only(public), to)


@pytest.mark.parametrize("vector", read("watermark.json")["good"], ids=lambda vector: str(vector["name"]))
def test_i4_the_bytes_of_a_watermark_have_their_verdict(vector: dict[str, Any]) -> None:
    past = vectors.PASTS[vector["past"]]
    assert vectors.verdict_of(past, reply_in(vector)) == vector["verdict"]


@pytest.mark.parametrize("vector", read("watermark.json")["refused"], ids=lambda vector: str(vector["name"]))
def test_i4_a_spoilt_watermark_is_refused(vector: dict[str, Any]) -> None:
    expected = BadInput if vector["reason"] == "malformed" else NotAllowed
    with pytest.raises(expected):
        reply_in(vector)


WORDS = [
    *MessageType,
    *TheirEpoch,
    *(word for word in WhyNot if word),
    *ForkReason,
    "locker-edge journal",
    f"{MAX_SEALED_BYTES // 1024} KiB",
    f"{MAX_RAW_BYTES // 1024 // 1024} MiB",
    f"{MAX_WAIT_S} seconds",
    f"{CLAIM_LIFE_S // 60} minutes",
    f"{KEEP_ALIVE_S // 60} minutes",
]


@pytest.mark.parametrize("word", WORDS)
def test_the_page_names_every_word_of_the_wire(word: str) -> None:
    assert word in PAGE
