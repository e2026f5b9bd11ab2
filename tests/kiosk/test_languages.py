"""Seven languages: each is whole, says what the English says, fits where it stands, and names each thing in one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC
from typing import Final

import pytest

from kiosk_ui.words import LANGUAGES, fields, words_of
from tests.kiosk.gallery import exhibits
from tests.messages import catalog_of, in_step, path_of, untranslated

MOST_WORDS: Final = 15  # English: 12
MOST_LETTERS: Final = 26  # of the longest lines of all choices of a screen: what a row of 120 mm holds
FOREIGN: Final = tuple(code for code in LANGUAGES if code != "en")

# One thing, one word: English → the stem that stands for it in each language.
TERMS: Final[dict[str, dict[str, str]]] = {
    "parcel": {"de": "paket", "pl": "paczk|paczek", "fr": "colis", "es": "paquete", "tr": "paket", "ar": "طرد|طرود"},
    "courier": {"de": "kurier", "pl": "kurier", "fr": "livreur", "es": "repartidor", "tr": "kurye", "ar": "مندوب"},
    "label": {"de": "etikett", "pl": "etykiet", "fr": "etiquette", "es": "etiqueta", "tr": "etiket", "ar": "ملصق"},
    "badge": {"de": "ausweis", "pl": "identyfikator", "fr": "badge", "es": "credencial", "tr": "kart", "ar": "بطاق"},
    "locker": {"de": "station", "pl": "automat", "fr": "consigne", "es": "taquilla", "tr": "dola", "ar": "خزان"},
    "code": {"de": "code", "pl": "kod", "fr": "code", "es": "codigo", "tr": "kod", "ar": "رمز|رموز"},
    "sender": {"de": "absend", "pl": "nadawc", "fr": "expedit", "es": "remit", "tr": "gonderen", "ar": "مرسل"},
    # Its number and what lies behind it are one word; the leaf that people push may be another.
    "door": {
        "de": "fach|tur",
        "pl": "skryt|drzwi",
        "fr": "casier|porte",
        "es": "puerta",
        "tr": "bolme|kapa",
        "ar": "باب|ابواب",
    },
}
# Said in fewer words by some: what it is about stands beside it.
LEFT_OUT: Final = frozenset(
    {
        *("Not my parcel", "Larger door", "Last parcel", "Courier"),
        *("This locker is being restored.", "This locker does not know this code yet."),
        *("This locker has no list of badges yet.", "This locker takes nothing in now."),
        "Ask the sender of your code for a new one.",
    }
)


def messages(language: str) -> Iterator[tuple[str, str]]:
    """English and translation of what is translated."""
    for message in catalog_of(language):
        if message.id and message.string:
            yield str(message.id), str(message.string)


@pytest.mark.parametrize("language", FOREIGN)
def test_every_language_is_complete(language: str) -> None:
    missing = [message.id for message in untranslated(language)]
    assert not missing, f"{path_of(language)}: after `make messages`, translate {missing}"


@pytest.mark.parametrize("language", FOREIGN)
def test_a_catalog_is_what_the_tool_writes(language: str) -> None:
    assert path_of(language).read_text() == in_step(language), "run `make messages`"


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_names_the_parameters_of_its_english(language: str) -> None:
    for english, said in messages(language):
        assert fields(said) == fields(english), said


@pytest.mark.parametrize("language", FOREIGN)
def test_no_translation_is_long_or_loud(language: str) -> None:
    for _, said in messages(language):
        assert not re.search(r"[!¡]|  |^\s|\s$", said), said
        for sentence in re.split(r"(?<=[.?:;؟؛]) ", said):
            assert len(sentence.split()) <= MOST_WORDS, sentence


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_ends_as_its_english_does(language: str) -> None:
    for english, said in messages(language):
        assert english[-1] not in ".?:" or said[-1] in ".?:؟", said


@pytest.mark.parametrize("language", FOREIGN)
def test_a_thing_has_one_name(language: str) -> None:
    for term, stems in TERMS.items():
        for english, said in messages(language):
            if re.search(rf"\b{term}s?\b", english, re.IGNORECASE) and english not in LEFT_OUT:
                assert re.search(stems[language], _plain(said)), f"{term}: {english} → {said}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choices_of_a_screen_fit_in_one_row(language: str) -> None:
    words = words_of(language)
    rows = {(exhibit.screen.name, exhibit.screen.choices) for exhibit in exhibits()}
    for screen, choices in rows:
        lines = [_longest_line(words.choice(screen, each)) for each in choices]
        assert sum(lines) <= MOST_LETTERS, f"{screen}: {[words.choice(screen, each) for each in choices]}: {lines}"


def test_what_has_no_translation_is_said_in_english() -> None:
    for language in LANGUAGES:
        assert words_of(language)._catalog.gettext("Nobody has said this yet.") == "Nobody has said this yet."


def test_a_language_is_chosen_by_its_own_name_and_only_arabic_runs_from_the_right() -> None:
    names = [each.name for each in LANGUAGES.values()]
    assert names == ["English", "Deutsch", "Polski", "Français", "Español", "Türkçe", "العربية"]
    assert [each.code for each in LANGUAGES.values() if each.direction == "rtl"] == ["ar"]
    with pytest.raises(KeyError):
        words_of("xx")


def test_what_is_put_into_an_arabic_sentence_keeps_its_own_direction() -> None:
    _, sentences = words_of("ar").said("help", {"telephone": "0800 1042", "site_number": 1042})
    assert "\u20680800 1042\u2069" in "".join(sentences)
    _, sentences = words_of("de").said("help", {"telephone": "0800 1042", "site_number": 1042})
    assert "Bitte 0800 1042 anrufen und Station\u00a01042 nennen." in sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_of_a_locker_stays_with_the_word_before_it(language: str) -> None:
    words, before = words_of(language), []
    for exhibit in exhibits():
        numbers = (
            {"site_number": 77_777, "site": 88_888} if "site" in exhibit.screen.params else {"site_number": 77_777}
        )
        headline, rest = words.said(exhibit.screen.name, words.parameters({**exhibit.screen.params, **numbers}, UTC))
        before += re.findall("(.)\u2068?(?:77777|88888)", " ".join(("", headline, *rest)))
    assert set(before) == {"\u00a0"}


def test_a_wait_has_the_plural_of_its_language() -> None:
    told = {
        language: [
            words_of(language).parameters({"wait_s": wait_s})["wait"] for wait_s in (60, 120, 300, 7200, 604_800)
        ]
        for language in LANGUAGES
    }
    assert told["en"] == ["1 minute", "2 minutes", "5 minutes", "2 hours", "7 days"]
    assert told["pl"] == ["1 minuta", "2 minuty", "5 minut", "2 godziny", "7 dni"]
    assert told["tr"] == ["1 dakika", "2 dakika", "5 dakika", "2 saat", "7 gün"]
    assert told["ar"] == ["دقيقة", "دقيقتان", "5 دقائق", "ساعتان", "7 أيام"]


def test_a_moment_is_told_as_people_write_it_with_the_digits_of_the_doors() -> None:
    told = {code: words_of(code).parameters({"when_s": 1_700_000_000}, UTC)["when"] for code in LANGUAGES}
    assert told == {
        "en": "14 November 2023, 22:13",
        "de": "14. November 2023, 22:13",
        "pl": "14 listopada 2023, 22:13",
        "fr": "14 novembre 2023, 22:13",
        "es": "14 de noviembre de 2023, 22:13",
        "tr": "14 Kasım 2023 22:13",
        "ar": "14 نوفمبر 2023، 22:13",
    }


def test_a_list_is_told_as_people_say_it() -> None:
    assert [words_of(code).listed((3, 7, 9)) for code in ("en", "de", "pl")] == ["3, 7 and 9", "3, 7 und 9", "3, 7 i 9"]
    numbers = {"numbers": ["A", "B", "C", "D", "E"]}
    assert words_of("de").parameters(numbers)["numbers"] == "A, B, C und 2 weitere"


def _plain(said: str) -> str:
    """Small letters without the marks above and below them, which Arabic leaves out at will."""
    return "".join(c for c in unicodedata.normalize("NFD", said.lower()) if unicodedata.category(c) != "Mn")


def _longest_line(words: str) -> int:
    """Letters of the longer line when they stand on two."""
    each = words.split()
    return min(max(len(" ".join(each[:cut])), len(" ".join(each[cut:]))) for cut in range(1, len(each) + 1))
