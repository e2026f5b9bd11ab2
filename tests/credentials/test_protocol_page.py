"""The protocol page names every word that goes over the wire, and its example is the first of the vectors."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest

from edge.core.claims import Permission
from edge.core.documents import DocumentType, ParcelKind, RefusedBecause
from edge.core.keys import KeyPurpose
from edge.core.orders import What
from edge.core.refusal import Refusal
from edge.core.words import Size
from tests.vectors import FOLDER, all_files

PAGE = (FOLDER.parent / "protocol.md").read_text(encoding="utf-8")
ABOUT_CODES_PINS_AND_BADGES = list(Refusal)[: list(Refusal).index(Refusal.LABEL_UNREADABLE)]
SITE_ONLY = {  # states of the site that an issuer has no part in; its screens say them
    Refusal.OVERDUE,
    Refusal.CANCELLED,
    Refusal.TAKEN_BACK,
    Refusal.NEEDS_SECOND_FACTOR,
    Refusal.TOO_MANY_OPENINGS,
}


@pytest.mark.parametrize(
    "word",
    [
        *(reason for reason in ABOUT_CODES_PINS_AND_BADGES if reason not in SITE_ONLY),
        *RefusedBecause,
        *Permission,
        *KeyPurpose,
        *DocumentType,
        *ParcelKind,
        *Size,
        *(kind.__struct_config__.tag for kind in get_args(What)),
    ],
)
def test_the_page_names(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("name", sorted(all_files()))
def test_the_page_links_to_its_vectors(name: str) -> None:
    assert f"(vectors/{name})" in PAGE


def test_the_example_is_the_first_good_code() -> None:
    first = json.loads((FOLDER / "credential.json").read_text(encoding="utf-8"))["good"][0]["bytes"]
    claims = re.search(r"^claims +([0-9a-f ]+)$", PAGE, re.MULTILINE)
    code = re.search(r"^code +([0-9a-f ]+)…", PAGE, re.MULTILINE)
    assert claims is not None
    assert code is not None
    assert claims[1].replace(" ", "") in first
    assert first.startswith(code[1].replace(" ", ""))
