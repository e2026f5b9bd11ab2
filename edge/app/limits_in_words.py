"""The limits of a type, as people say them: what an error about a configuration ends with."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

__all__ = ["in_words"]


def in_words(shape: Any) -> str:
    """What a value of `shape` must be, such as "a whole number from 1 to 9999"; empty where it cannot be said."""
    return _words(inspect.type_info(shape))


def _words(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata():
            return _words(info.type)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "a whole number" + _range(info)
        case inspect.FloatType():
            return "a number" + _range(info)
        case inspect.StrType():
            return _text(info)
        case inspect.EnumType():
            return "one of: " + ", ".join(str(member.value) for member in info.cls)
        case inspect.LiteralType():
            return "one of: " + ", ".join(str(value) for value in info.values)
        case inspect.StructType() | inspect.DictType():
            return "a table"
        case inspect.CollectionType():
            return f"a list{_length(info, 'entries')}, each {_words(info.item_type)}"
        case inspect.VarTupleType():
            return f"a list{_length(info, 'entries')}, each {_words(info.item_type)}"
        case inspect.UnionType():
            return " or ".join(_words(one) for one in info.types if not isinstance(one, inspect.NoneType))
        case _:
            return ""


def _range(info: inspect.IntType | inspect.FloatType) -> str:
    low = info.ge if info.ge is not None else info.gt
    high = info.le if info.le is not None else info.lt
    if isinstance(info, inspect.IntType):
        low = info.gt + 1 if info.ge is None and info.gt is not None else low
        high = info.lt - 1 if info.le is None and info.lt is not None else high
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of at least {low}"
    return "" if high is None else f" of at most {high}"


def _text(info: inspect.StrType) -> str:
    if info.pattern is not None:
        alternatives = info.pattern.removeprefix("^(").removesuffix(")$").split("|")
        if all(word.isidentifier() for word in alternatives):
            return "one of: " + ", ".join(alternatives)
        return f"text like {info.pattern}"
    return "text" + _length(info, "characters")


def _length(info: Any, what: str) -> str:
    low, high = info.min_length, info.max_length
    if low and high is not None:
        return f" of {low} to {high} {what}"
    if high is not None:
        return f" of at most {high} {what}"
    return f" of at least {low} {what}" if low else ""
