"""What a screen says aloud, as names of recordings, for who does not see it.

A recording is a text that is known beforehand: a sentence, the parts of a sentence around its parameters, a choice,
"Door 17", a number, a letter.  Its name is made of its text, so that a changed sentence never speaks with the old
voice.  What nobody can know beforehand is put together: numbers to 199 whole, above digit by digit, codes letter by
letter; a sentence with a name or an address in it is not said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cache
from string import Formatter
from typing import Any, Final

from edge.core.screens import Screen
from kiosk_ui.words import Words, fields

__all__ = ["COUNTED", "prompt", "recordings", "said_aloud", "switches_aloud"]

COUNTED: Final = 199  # whole numbers up to here have a recording each
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NAME_LETTERS: Final = 16  # of 64: two texts in a hundred million walls share one

FREE: Final = frozenset({"name", "address", "site_name", "label"})  # anything can stand there
SPELLED: Final = frozenset({"telephone", "number", "incident", "ticket", "receipt"})

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def prompt(text: str) -> str:
    """The name of the recording of `text`: what its file is called, without an ending."""
    return hashlib.sha256(text.encode()).hexdigest()[:NAME_LETTERS]


def said_aloud(words: Words, screen: Screen, zone: tzinfo | None = None, number: str = "") -> tuple[str, ...]:
    """Names of recordings in the order in which they are heard: the warning, the door, the sentences, a hint, the
    framed number, other open doors, and every choice after its place in the row.

    zone: whose wall time is meant; None is the machine's.  number: what stands in the frame, to be spelled.
    """
    return tuple(map(prompt, _heard(words, screen, zone, number)))


def switches_aloud(words: Words, switches: Iterable[tuple[str, bool]], door: int = 0) -> tuple[str, ...]:
    """The same for a menu of switches: the door below it, then each label, and whether it is on."""
    pairs = ((words.labels[name], words.labels["on" if on else "off"]) for name, on in switches)
    texts = [text for pair in pairs for text in pair]
    return tuple(map(prompt, [_door(words, door), *texts] if door else texts))


def recordings(words: Words, doors: Sequence[int]) -> tuple[str, ...]:
    """Every text that `said_aloud` can name on a wall with these doors, each once, always in the same order."""
    whole = (*words.every_sentence(), *words.labels.values())
    texts = [part for each in whole if not fields(each) & FREE for part in _parts(each)]
    texts += words.every_choice()
    texts += [_door(words, door) for door in doors]
    texts += map(str, range(COUNTED + 1))
    texts += LETTERS
    texts += sorted(_vocabulary(words))
    return tuple(dict.fromkeys(texts))


def _heard(words: Words, screen: Screen, zone: tzinfo | None, number: str) -> Iterator[str]:
    raw = {**screen.params, "door": screen.door or screen.params.get("door", "")}
    known = words.parameters(raw, zone)
    sentences = words.sentences(screen.name, known)
    if screen.idle:
        yield words.label("idle")
    if screen.door and not any("door" in fields(each) for each in sentences):
        yield _door(words, screen.door)
    for each in sentences:
        yield from _sentence(words, each, known)
    if screen.params.get("hint"):
        yield from _sentence(words, words.sentences("refused", {"reason": screen.params["hint"]})[0], {})
    yield from _spelled(number)
    if screen.others:
        name = "other" if len(screen.others) == 1 else "others"
        yield from _sentence(words, words.labels[name], {"others": words.listed(screen.others)})
    for place, choice in enumerate(screen.choices, 1):
        yield str(place)
        yield words.choice(screen.name, choice)


def _sentence(words: Words, sentence: str, known: Mapping[str, Any]) -> Iterator[str]:
    """A sentence whose parameters stand in it by name, part by part; nothing when it cannot be said whole."""
    if fields(sentence) & FREE:
        return
    for literal, field, _, _ in Formatter().parse(sentence):
        yield from _part(literal)
        if field is not None:
            value = str(known[field])
            yield from _spelled(value) if field in SPELLED else _value(words, value)


def _parts(sentence: str) -> list[str]:
    return [part for literal, *_ in Formatter().parse(sentence) for part in _part(literal)]


def _part(literal: str) -> Iterator[str]:
    """What stands between two parameters, where there is a word in it."""
    text = literal.strip().lstrip(".,;:،؛").strip()
    if re.search(r"\w", text):
        yield text


def _value(words: Words, value: str) -> Iterator[str]:
    for token in _tokens(value):
        if token in _vocabulary(words):
            yield token
        elif token.isdigit() and not (token[0] == "0" and len(token) > 2) and int(token) <= COUNTED:
            yield str(int(token))
        else:
            yield from _spelled(token)


def _spelled(value: str) -> Iterator[str]:
    return (letter for letter in value.upper() if letter in LETTERS or letter in "0123456789")


def _tokens(value: str) -> list[str]:
    return re.findall(r"[^\W_]+", value)


def _door(words: Words, door: int) -> str:
    return f"{words.labels['door']} {door}"


@cache
def _vocabulary(words: Words) -> frozenset[str]:
    """The words of waits, months and lists."""
    waits = [words.parameters({"wait_s": count * unit_s})["wait"] for count, unit_s in _waits()]
    months = [words.parameters({"when_s": (15 + 30 * month) * _DAY_S})["when"] for month in range(12)]
    lists = [words.listed(range(count)) for count in (2, 3)]
    endings = [words.label("and_more", {"numbers": 1, "more": 2})]
    return frozenset(
        token for text in (*waits, *months, *lists, *endings) for token in _tokens(text) if token.isalpha()
    )


def _waits() -> Iterator[tuple[int, int]]:
    for unit_s, most in ((_MINUTE_S, 90), (_HOUR_S, 48), (_DAY_S, 31)):
        yield from ((count, unit_s) for count in range(1, most + 1))
