"""Inputs for a target, for hypothesis: genuine messages, genuine messages spoilt, and anything at all."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.fuzz.target import Target

__all__ = ["inputs_of"]

MAX_EDITS: Final = 12
_Edit = tuple[int, int, bytes]  # (where, how many bytes are cut there, what is put in their place)


def inputs_of(target: Target) -> SearchStrategy[bytes]:
    seeds = sorted(set(target.seeds()), key=lambda seed: (len(seed), seed))
    edit = st.tuples(st.integers(0, 2**16 - 1), st.integers(0, 8), st.binary(max_size=8))
    spoilt = st.builds(_spoilt, st.sampled_from(seeds), st.lists(edit, max_size=MAX_EDITS))
    longer = st.builds(bytes.__add__, st.sampled_from(seeds), st.binary(max_size=64))
    anything = st.binary(max_size=min(target.max_bytes, 512))
    return st.one_of(spoilt, longer, anything).map(lambda data: data[: target.max_bytes])


def _spoilt(seed: bytes, edits: list[_Edit]) -> bytes:
    some = bytearray(seed)
    for where, cut, put in edits:
        at = where % (len(some) + 1)
        some[at : at + cut] = put
    return bytes(some)
