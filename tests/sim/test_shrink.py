"""A failing life is made smaller until only what it takes is left, and the command that is told repeats it."""

from __future__ import annotations

import pytest

from tests.sim.__main__ import _parser
from tests.sim.left_out import LeftOut
from tests.sim.report import Report
from tests.sim.shrink import Shrinking
from tests.sim.wanted import Wanted
from tests.sim.world import World

HAPPENINGS = [(kind, number) for number in range(1, 41) for kind in "vot"]
STEPS_OF_EACH = 5


def _living(*needed: str, most_tries: int = 80) -> tuple[list[Wanted], Shrinking]:
    """A street without a locker: a life fails at its end when all that is needed has begun in it."""
    asked: list[Wanted] = []

    def live(wanted: Wanted) -> Report:
        asked.append(wanted)
        began: list[str] = []
        steps = 0
        for kind, number in HAPPENINGS:
            name = f"{kind}{number}"
            if name not in wanted.without and not (wanted.until_step and steps >= wanted.until_step):
                began.append(name)
                steps += STEPS_OF_EACH
        fails = set(needed) <= set(began)
        violations = (("a_check", "found something"),) if fails else (("another_check", "found else"),)
        return Report(wanted.seed, 1.0, violations=violations, at_step=steps, steps=steps, began=tuple(began))

    return asked, Shrinking(live, lambda _: None, most_tries=most_tries)


def test_only_what_the_failure_needs_is_left() -> None:
    asked, shrinking = _living("v12", "t7")
    smaller, report = shrinking.shrink(Wanted(3))
    assert set(report.began) == {"v12", "t7"}
    assert smaller.until_step <= 2 * STEPS_OF_EACH
    assert len(asked) == shrinking.tries < 60


def test_another_check_is_not_the_same_failure() -> None:
    _, shrinking = _living("v1", "o2", "t3", "v30")
    smaller, report = shrinking.shrink(Wanted(3))
    assert report.check == "a_check"
    assert {"v1", "o2", "t3", "v30"} <= set(report.began)
    assert "v30" not in smaller.without


def test_it_ends_after_so_many_lives_with_the_best_so_far() -> None:
    asked, shrinking = _living("v12", "t7", most_tries=10)
    _, report = shrinking.shrink(Wanted(3))
    assert len(asked) == 10
    assert report.check == "a_check"


def test_a_life_that_does_not_fail_is_left_as_it_is() -> None:
    shrinking = Shrinking(lambda wanted: Report(wanted.seed, 1.0), lambda _: None)
    wanted = Wanted(3)
    assert shrinking.shrink(wanted) == (wanted, Report(3, 1.0))


def test_a_real_life_shrinks_to_the_one_order_that_a_check_minds() -> None:
    def live(wanted: Wanted) -> Report:
        without, until_step = wanted.without, wanted.until_step
        return World(wanted.seed, wanted.hours, until_step=until_step, without=without, also=_minds_o2).live()

    shrinking = Shrinking(live, lambda _: None, most_tries=10)
    smaller, report = shrinking.shrink(Wanted(5, 0.1))
    assert report.check == "the_life_goes_on"
    assert report.began == ("o2",)
    assert live(smaller).began == report.began


def _minds_o2(world: World) -> None:
    if "o2" in world.diary.began:
        world.observer.find("the_life_goes_on", "there was a second order")


@pytest.mark.parametrize("text", ["v3", "o1-7,t12-", "t1-3,v2,v7-9", ""])
def test_what_is_left_out_is_read_as_it_is_told(text: str) -> None:
    assert str(LeftOut.read(text)) == text


@pytest.mark.parametrize("text", ["x3", "v", "3", "v3;v4", "v3-t4"])
def test_what_is_no_visit_order_or_trouble_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no visit, order or trouble"):
        LeftOut.read(text)


def test_names_and_open_ends_join_into_spans() -> None:
    left_out = LeftOut.of(["v1", "v2", "v3", "o9", "v7"], after={"v": 7, "t": 0})
    assert str(left_out) == "o9,t1-,v1-3,v7-"
    assert "v2" in left_out
    assert "v5" not in left_out
    assert "t400" in left_out
    assert left_out.over("v", 8)
    assert not left_out.over("v", 3)


def test_the_command_that_is_told_asks_for_the_same_life() -> None:
    wanted = Wanted(8, 0.25, 117, LeftOut.read("o1-7,t12-"))
    asked = _parser().parse_args(wanted.command.split()[3:])
    assert Wanted(range(*asked.seeds)[0], asked.hours, asked.until_step, asked.without) == wanted
