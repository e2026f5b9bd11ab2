"""The vectors on disk are those of this release, and every one of them holds when read from its file alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from edge.core.claims import Claims
from edge.core.credential import CredentialRefused, judge_time, parcel_id, rank, verify
from edge.core.documents import DocumentRefused, Here
from edge.core.judgement import JudgementTime
from edge.core.keys import KeyBundle, accept_keys
from edge.core.orders import accept_time_reset, verify_order
from edge.core.pin import failed, pin_verifier, succeeded, wait_ms
from edge.core.roster import accept_roster, judge_age, second_factor_holds
from edge.core.standing import accept_standing
from edge.core.state import PinLimit
from edge.core.words import Purpose
from tests.vectors import FOLDER, all_files
from tests.vectors.form import plain


def read(name: str) -> dict[str, Any]:
    content = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def place(content: dict[str, Any]) -> tuple[Here, JudgementTime]:
    given = content["given"]
    return Here(given["site"], frozenset(given["groups"])), JudgementTime(**given["at"])


def bundle(content: dict[str, Any]) -> KeyBundle:
    here, _ = place(content)
    root = bytes.fromhex(read("keys.json")["given"]["root_public"])
    return accept_keys(0, bytes.fromhex(content["given"]["bundle"]), root, here)


def document_readers() -> dict[str, tuple[dict[str, Any], Callable[[bytes], Any]]]:
    """File → its content, and how a site reads such bytes."""
    by_name = {name: read(name) for name in ("keys.json", "command.json", "roster.json", "standing.json")}
    here, at = place(by_name["command.json"])
    keys = bundle(by_name["command.json"])
    root = bytes.fromhex(by_name["keys.json"]["given"]["root_public"])
    readers: dict[str, Callable[[bytes], Any]] = {
        "keys.json": lambda data: accept_keys(6, data, root, here),
        "command.json": lambda data: verify_order(40, data, keys, here, at),
        "roster.json": lambda data: accept_roster(2, data, keys, here, at),
        "standing.json": lambda data: accept_standing(8, data, keys, here, at),
    }
    return {name: (by_name[name], reader) for name, reader in readers.items()}


@pytest.mark.parametrize("name", sorted(all_files()))
def test_the_file_is_what_this_release_makes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == all_files()[name], "run: python -m tests.vectors"


def test_every_good_code_means_what_the_vector_says() -> None:
    content = read("credential.json")
    here, at = place(content)
    keys = bundle(content)
    for row in content["good"]:
        believed = verify(row["in"], keys, here, at)
        assert believed.claims == msgspec.convert({**row["out"], "id": bytes.fromhex(row["out"]["id"])}, Claims)
        assert (believed.kid.hex(), list(believed.carriers)) == (row["kid"], row["carriers"])


def test_every_bad_code_is_refused_for_the_reason_of_the_vector() -> None:
    content = read("credential.json")
    here, at = place(content)
    keys = bundle(content)
    for row in content["refused"]:
        with pytest.raises(CredentialRefused) as refused:
            verify(row["in"], keys, here, at)
        assert (row["name"], refused.value.reason) == (row["name"], row["reason"])
        assert refused.value.site == row.get("site")


def test_every_judgement_is_that_of_the_vector() -> None:
    judged = read("credential.json")["judged"]
    nobody = Claims(id=bytes(8), site=1, expires_s=1)
    for row in judged["generation"]:
        claims = msgspec.structs.replace(nobody, generation=row["generation"])
        assert rank(claims, row["newest"], row["revoked_up_to"]) == row["refused"]
    for row in judged["time"]:
        claims = msgspec.structs.replace(
            nobody, not_before_s=row["not_before_s"], expires_s=row["expires_s"], purpose=Purpose(row["purpose"])
        )
        assert (row["name"], judge_time(claims, JudgementTime(**row["at"]))) == (row["name"], row["verdict"])


def test_every_parcel_id_is_that_of_the_vector() -> None:
    for row in read("credential.json")["parcel_ids"]:
        assert parcel_id(row["carrier"], row["tracking"]).hex() == row["id"]


@pytest.mark.parametrize("name", sorted(document_readers()))
def test_every_good_document_means_what_the_vector_says(name: str) -> None:
    content, reader = document_readers()[name]
    for row in content["good"]:
        assert plain(reader(bytes.fromhex(row["in"]))) == row["out"]


@pytest.mark.parametrize("name", sorted(document_readers()))
def test_every_bad_document_is_refused_for_the_reason_of_the_vector(name: str) -> None:
    content, reader = document_readers()[name]
    for row in content["refused"]:
        with pytest.raises(DocumentRefused) as refused:
            reader(bytes.fromhex(row["in"]))
        assert (row["name"], refused.value.reason) == (row["name"], row["reason"])
        assert getattr(refused.value, "number", 0) == row.get("number", 0)


def test_the_time_reset_is_that_of_the_vector() -> None:
    content = read("command.json")
    here, _ = place(content)
    row = content["time_reset"]
    reset = accept_time_reset(0, bytes.fromhex(row["in"]), bytes.fromhex(row["root_public"]), here)
    assert plain(reset) == row["out"]


def test_the_second_factors_of_the_roster_are_those_of_the_vector() -> None:
    content, reader = document_readers()["roster.json"]
    roster = reader(bytes.fromhex(content["good"][0]["in"]))
    courier, technician = roster.badges
    assert second_factor_holds(courier.verifier, "4711")
    assert second_factor_holds(technician.verifier, "an old goat")
    assert not second_factor_holds(courier.verifier, "4712")


def test_every_age_of_a_roster_is_judged_as_in_the_vector() -> None:
    content = read("roster.json")
    _, at = place(content)
    for row in content["age"]:
        assert judge_age(at.wall_s - row["days"] * 86_400, Purpose(row["purpose"]), at) == row["refused"]


def test_every_pin_and_every_wait_is_that_of_the_vector() -> None:
    content = read("pin.json")
    key = bytes.fromhex(content["given"]["site_pin_key"])
    for row in content["verifiers"]:
        assert pin_verifier(key, row["pin"]).hex() == row["verifier"]
    limit = PinLimit()
    for row in content["limiter"]:
        limit = failed(limit, row["running_ms"]) if row["what"] == "failed" else succeeded(limit)
        assert wait_ms(limit, row["running_ms"]) == row["wait_ms"]
