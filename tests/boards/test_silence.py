"""How often a board that does not answer is asked."""

from __future__ import annotations

import itertools

from hal.boards.silence import EAGER_S, FIRST_S, LONGEST_S, Silence


def asked(silence: Silence, from_s: float, to_s: float) -> list[float]:
    """When it is asked by somebody who would like to ask ten times a second; it never answers."""
    times = []
    for tenth in range(round(from_s * 10), round(to_s * 10)):
        if silence.may_ask(tenth / 10):
            times.append(tenth / 10)
            silence.lasts_at(tenth / 10)
    return times


def test_it_is_asked_less_and_less_often_but_never_not_at_all() -> None:
    assert asked(Silence(), 0, 40) == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5, 31.5, 39.5]
    assert (FIRST_S, LONGEST_S) == (0.5, 8)


def test_an_answer_ends_it() -> None:
    silence = Silence()
    asked(silence, 0, 10)
    silence.broken()
    assert not silence.lasts
    assert asked(silence, 10, 12) == [10, 10.5, 11.5]


def test_a_door_that_is_wanted_has_it_asked_at_once_and_often() -> None:
    silence = Silence()
    asked(silence, 0, 20)
    silence.wanted(20)
    times = asked(silence, 20, 50)
    assert times[:3] == [20, 20.5, 21]
    eager = [time for time in times if time <= 20 + EAGER_S]
    assert len(eager) == 21
    assert max(later - time for time, later in itertools.pairwise(times)) == LONGEST_S
