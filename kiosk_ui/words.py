"""What stands on the screen in one of seven languages: the English of `sentences`, looked up in a catalog.

words = words_of("de")
headline, sentences = words.said(screen.name, words.parameters(screen.params))

A catalog is `languages/CODE/LC_MESSAGES/kiosk.po`; the English words are its keys.  It is read when its language is
first wanted.  What has no translation yet, or one that names other parameters than the English, is said in English.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cache, cached_property
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from msgspec import Struct

from kiosk_ui import spoken
from kiosk_ui.sentences import CHOICES, LABELS, SENTENCES, key_of

__all__ = ["LANGUAGES", "Language", "Words", "fields", "words_of"]

# What is put into a sentence that runs from right to left keeps its own direction: FIRST STRONG ISOLATE … POP.
_ISOLATED: Final = "\u2068{}\u2069"
# The number of a locker stays on the line of the word before it, in every language: a bare number is no locker.
_HELD: Final = (("\u0020{site_number}", "\u00a0{site_number}"), ("\u0020{site}", "\u00a0{site}"))


class Language(Struct, frozen=True):
    """code: ISO 639.  name: its own.  direction: `ltr` or `rtl`.  read_natively: whether somebody whose first
    language it is has read every word; English is the source."""

    code: str
    name: str
    direction: str = "ltr"
    read_natively: bool = False


# In the order of the screen where it is chosen.
LANGUAGES: Final[dict[str, Language]] = {
    each.code: each
    for each in (
        Language("en", "English", read_natively=True),
        Language("de", "Deutsch"),
        Language("pl", "Polski"),
        Language("fr", "Français"),
        Language("es", "Español"),
        Language("tr", "Türkçe"),
        Language("ar", "العربية", "rtl"),
    )
}


@cache
def words_of(language: str) -> Words:
    """KeyError for what is none of LANGUAGES."""
    return Words(LANGUAGES[language])


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalog = _catalog(language.code)
        self._locale = spoken.BRITISH if language.code == "en" else Locale.parse(language.code)

    def said(self, name: str, parameters: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """The headline of a screen and the sentences below it.

        parameters: as `self.parameters` gives them.  Where a headline's parameter is not known, the next sentence is
        the headline.  KeyError when there are no sentences for `name`.
        """
        headline, *rest = (self._filled(_held(each), parameters) for each in self.sentences(name, parameters))
        return headline, tuple(rest)

    def sentences(self, name: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """The same with the parameters' names in the parameters' places."""
        known = (each for each in SENTENCES[key_of(name, parameters)] if _known(each, parameters))
        return tuple(map(self._catalog.gettext, known))

    def every_sentence(self) -> tuple[str, ...]:
        """Those of all screens."""
        return tuple(self._catalog.gettext(each) for some in SENTENCES.values() for each in some)

    def every_choice(self) -> tuple[str, ...]:
        return tuple(self._catalog.pgettext("choice", each) for each in CHOICES.values())

    def choice(self, screen: str, choice: str) -> str:
        """What stands on a choice.  KeyError when it has no words."""
        return self._catalog.pgettext("choice", CHOICES.get(f"{screen}.{choice}") or CHOICES[choice])

    def label(self, name: str, parameters: Mapping[str, Any] = {}) -> str:
        """One of LABELS; empty when a parameter of it is not known."""
        return self._filled(self.labels[name], parameters) if _known(LABELS[name], parameters) else ""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """All labels by name, their parameters not filled in."""
        return {name: self._catalog.pgettext("label", words) for name, words in LABELS.items()}

    def parameters(self, raw: Mapping[str, Any], zone: tzinfo | None = None) -> dict[str, Any]:
        """`raw` with its moments, waits and lists in words.  zone: whose wall time is shown; None is the machine's."""
        numbers = [number and self._apart(number) for number in raw.get("numbers") or ()]
        return spoken.parameters({**raw, "numbers": numbers}, zone, self._locale, self.labels["and_more"])

    def listed(self, items: Sequence[object]) -> str:
        """ "3, 7 and 9"."""
        return spoken.listed(items, self._locale)

    def day(self, at_s: int, zone: tzinfo | None = None) -> str:
        """ "Friday, 4 November 2026"; empty where the time is not known."""
        return spoken.day(at_s, zone, self._locale)

    def clock(self, at_s: int, zone: tzinfo | None = None) -> str:
        """ "22:13"; empty where the time is not known."""
        return spoken.clock(at_s, zone)

    def _filled(self, words: str, parameters: Mapping[str, Any]) -> str:
        return words.format_map({name: self._apart(value) for name, value in parameters.items()})

    def _apart(self, value: object) -> str:
        return _ISOLATED.format(value) if self.language.direction == "rtl" else str(value)


def fields(words: str) -> frozenset[str]:
    """The parameters that are named in it."""
    return frozenset(field for _, field, _, _ in Formatter().parse(words) if field is not None)


def _held(sentence: str) -> str:
    for loose, held in _HELD:
        sentence = sentence.replace(loose, held)
    return sentence


def _known(words: str, parameters: Mapping[str, Any]) -> bool:
    return all(parameters.get(field) not in (None, "") for field in fields(words))


def _catalog(language: str) -> NullTranslations:
    source = files("kiosk_ui").joinpath("languages", language, "LC_MESSAGES", "kiosk.po")
    if not source.is_file():
        return NullTranslations()
    with source.open("rb") as file:
        catalog = read_po(file, language)
    _leave_out_misfits(catalog)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return GNUTranslations(io.BytesIO(compiled.getvalue()))


def _leave_out_misfits(catalog: Catalog) -> None:
    """A slip in a translation costs its sentence the language, never the screen."""
    for message in catalog:
        if message.id and not _fits(str(message.id), str(message.string)):
            message.string = ""


def _fits(english: str, translated: str) -> bool:
    try:
        return fields(english) == fields(translated)
    except ValueError:  # a brace too many or too few
        return False
