"""Every letter that the kiosk writes is in a font that it ships."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from fontTools.ttLib import TTFont

import kiosk_ui
from kiosk_ui.sentences import CHOICES, LABELS, SENTENCES
from kiosk_ui.words import LANGUAGES, words_of
from tests.messages import catalog_of

STATIC: Final = Path(kiosk_ui.__file__).with_name("static")
TYPED: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -+.,:/#()"
YEAR_S: Final = 31_556_952
FAMILIES: Final = {"Atkinson", "Noto Arabic"}


@cache
def faces(weight: str) -> dict[str, frozenset[str]]:
    """Family → its letters of that weight: those in a file and in the range for which the file is fetched."""
    found: dict[str, frozenset[str]] = {}
    for rule in re.findall(r"@font-face \{(.*?)\}", (STATIC / "fonts.css").read_text(), re.DOTALL):
        told = dict(re.findall(r"([a-z-]+): (.*?);", rule, re.DOTALL))
        if told["font-weight"] == weight:
            file = re.findall(r"url\((.*?)\)", told["src"])[0]
            letters = in_file(file) & in_range(told["unicode-range"])
            family = told["font-family"].strip('"')
            found[family] = found.get(family, frozenset()) | letters
    return found


def in_file(name: str) -> frozenset[str]:
    with TTFont(STATIC / name) as font:
        return frozenset(map(chr, font.getBestCmap()))


def in_range(told: str) -> frozenset[str]:
    """ "U+20-FF, U+131" as letters."""
    ends = [each.removeprefix("U+").split("-") for each in told.split(", ")]
    return frozenset(chr(point) for end in ends for point in range(int(end[0], 16), int(end[-1], 16) + 1))


def written(language: str) -> set[str]:
    """Every letter of its sentences, dates, waits and lists."""
    words = words_of(language)
    said = [str(message.string) for message in catalog_of(language)] if language != "en" else english()
    dates = [words.parameters({"when_s": YEAR_S + month * 2_629_746})["when"] for month in range(12)]
    days = [words.day(YEAR_S + day * 86_400) for day in range(7)]
    waits = [words.parameters({"wait_s": wait_s})["wait"] for wait_s in (60, 120, 300, 7200, 36_000, 259_200)]
    weight = str(words.parameters({"weight_g": 1234})["weight"])
    texts = [*said, *dates, *days, *waits, weight, words.listed((1, 2, 3)), TYPED]
    return {letter for text in texts for letter in text if unicodedata.category(letter) not in ("Cc", "Cf")}


def english() -> list[str]:
    return [*(each for some in SENTENCES.values() for each in some), *CHOICES.values(), *LABELS.values()]


@pytest.mark.parametrize("weight", ["400", "700"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_in_a_shipped_font(language: str, weight: str) -> None:
    here = faces(weight)
    assert set(here) == FAMILIES
    names = {letter for each in LANGUAGES.values() for letter in each.name}
    missing = (written(language) | names) - here["Atkinson"] - here["Noto Arabic"]
    assert not missing, sorted(missing)


def test_latin_letters_and_all_digits_come_from_one_font() -> None:
    for language in LANGUAGES:
        latin = {c for c in written(language) if not unicodedata.name(c).startswith("ARABIC")}
        assert latin <= faces("400")["Atkinson"], language


def test_each_font_lies_beside_its_licence() -> None:
    for font in STATIC.glob("*.woff2"):
        assert list(STATIC.glob(f"{font.name.split('-')[0]}*OFL.txt")), font.name
    for licence in STATIC.glob("*-OFL.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text()
