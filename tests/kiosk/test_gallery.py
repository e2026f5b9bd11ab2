"""The gallery is complete: every stage, every refusal, every variant of the words, and it is what its name says."""

from __future__ import annotations

import re

import pytest

from edge.core.refusal import Refusal
from edge.core.screens import STAGES, Screen
from edge.core.sessions import LAST, WAITING
from kiosk_ui.sentences import VARIANTS
from tests.kiosk.gallery import Exhibit, exhibits

HOME = {"attract", "restoring", "out_of_order"}


def key(screen: Screen) -> str:
    """Stage, and for a refusal its reason."""
    return f"refused.{screen.params['reason']}" if screen.name == "refused" else screen.name


def variant(screen: Screen) -> str:
    """Which of the variants of its words is on the screen."""
    return next((v for v in VARIANTS.get(key(screen), ()) if screen.params.get(v)), "")


def test_every_stage_is_in_it() -> None:
    assert {exhibit.screen.name for exhibit in exhibits()} == set(STAGES) | HOME


# Nothing is refused for this reason by itself: it is the hint beside two doors that stand open.
HINT_ALONE = {Refusal.DOORS_OPEN}


def test_every_refusal_is_in_it() -> None:
    shown = {str(exhibit.screen.params["reason"]) for exhibit in exhibits() if exhibit.screen.name == "refused"}
    assert shown == set(Refusal) - HINT_ALONE
    hints = {exhibit.screen.params.get("hint") for exhibit in exhibits()}
    assert hints >= HINT_ALONE
    sources = {(e.screen.params.get("reason"), e.screen.params.get("source")) for e in exhibits()}
    assert ("malformed", "pin") in sources


def test_every_variant_of_the_words_is_in_it() -> None:
    shown = {(key(exhibit.screen), variant(exhibit.screen)) for exhibit in exhibits()}
    assert shown >= {(name, each) for name, some in VARIANTS.items() for each in some}


def test_every_stage_that_can_warn_is_in_it_warned() -> None:
    warned = {exhibit.screen.name for exhibit in exhibits() if exhibit.screen.idle}
    assert warned == set(STAGES) - WAITING - LAST


@pytest.mark.parametrize("exhibit", exhibits(), ids=lambda exhibit: exhibit.name)
def test_it_is_what_its_name_says(exhibit: Exhibit) -> None:
    known = key(exhibit.screen)
    assert exhibit.name == known or exhibit.name.startswith(f"{known}.")
    assert re.fullmatch(r"[a-z_]+(\.[a-z_-]+)*", exhibit.name)
    assert exhibit.site.number == exhibit.screen.params["site_number"] == 1042


def test_names_are_unique() -> None:
    names = [exhibit.name for exhibit in exhibits()]
    assert len(names) == len(set(names))
