"""`locker hardware learn` on a wall in this process: each way of wiring it wrongly is found by name."""

from __future__ import annotations

from itertools import pairwise

import pytest

from edge.app.hardware.learn import Learned, learn
from edge.app.hardware.learned import Finding, Kind
from edge.app.hardware.telling import tell_learned
from edge.core.words import Feedback, Level, PulseOutcome
from hal.sim.chronicle import Deed
from tests.hardware.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def learnt(bench: Bench) -> Learned:
    return learn(bench.rig, bench.technician, bench.rig.doors)


def found(learned: Learned) -> list[tuple[Kind, tuple[int, ...]]]:
    return [(one.kind, one.doors) for one in learned.findings]


def test_a_wall_that_is_wired_rightly_has_no_finding(bench: Bench) -> None:
    learned = learnt(bench)
    assert (found(learned), learned.stopped) == ([], "")
    assert learned.channels == {door: door for door in range(1, 7)}
    assert not any(learned.inverted.values())
    assert bench.not_shut() == []


def test_each_lock_is_pulsed_once_and_one_at_a_time(bench: Bench) -> None:
    learnt(bench)
    pulses = bench.world.chronicle.of(Deed.PULSE_BEGAN)
    assert [pulse.ordered for pulse in pulses] == [1, 2, 3, 4, 5, 6]
    assert all(later.at_s - earlier.at_s > 0.6 for earlier, later in pairwise(pulses))


def test_the_light_is_on_at_the_door_that_is_pulsed_and_nowhere_else(bench: Bench) -> None:
    learnt(bench)
    switched = [(deed.door, deed.to) for deed in bench.world.chronicle.of(Deed.LIGHT)]
    assert switched == [(door, to) for door in range(1, 7) for to in ("on", "off")]


def test_contacts_that_all_speak_the_other_way_round_are_learnt_as_inverted(bench: Bench) -> None:
    bench.bank.inverted = bench.rig.doors
    learned = learnt(bench)
    assert found(learned) == []
    assert learned.inverted == dict.fromkeys(range(1, 7), True)
    assert "6 say open" in bench.page


def test_crossed_coils(bench: Bench) -> None:
    bench.world.faults.set("crossed_wires", 2, other=5)
    learned = learnt(bench)
    assert found(learned) == [(Kind.CROSSED_COILS, (2, 5))]
    assert learned.channels.keys() == {1, 3, 4, 6}


def test_crossed_contacts(bench: Bench) -> None:
    bench.bank.contacts = {2: 5, 5: 2}
    assert found(learnt(bench)) == [(Kind.CROSSED_CONTACTS, (2, 5))]


def test_crossed_plugs_are_the_one_crossing_that_a_map_puts_right(bench: Bench) -> None:
    bench.bank.coils = bench.bank.contacts = {2: 5, 5: 2}
    learned = learnt(bench)
    assert found(learned) == [(Kind.CROSSED_PLUGS, (2, 5))]
    assert learned.channels == {1: 1, 2: 5, 3: 3, 4: 4, 5: 2, 6: 6}


def test_a_dead_lock(bench: Bench) -> None:
    bench.world.faults.set("jam", 4)
    assert found(learnt(bench)) == [(Kind.DEAD_LOCK, (4,))]


def test_a_dead_contact_is_told_from_a_dead_lock_by_the_person(bench: Bench) -> None:
    bench.world.faults.set("stuck_closed", 3)
    assert found(learnt(bench)) == [(Kind.DEAD_CONTACT, (3,))]
    assert bench.not_shut() == []


def test_a_latch_that_lets_go_of_a_door_that_does_not_spring_open() -> None:
    bench = Bench(3, feedback=Feedback.LATCH)
    bench.world.faults.set("weak_spring", 2)
    assert found(learnt(bench)) == [(Kind.NO_SPRING, (2,))]


def test_two_contacts_that_move_at_once(bench: Bench) -> None:
    bench.bank.joined = (1, 2)
    assert found(learnt(bench)) == [(Kind.TOGETHER, (1, 2))]


def test_a_contact_that_moves_though_nothing_is_pulsed(bench: Bench) -> None:
    bench.world.person.open_by_key(6, after_s=1.0)
    bench.world.person.shut(6, after_s=2.0)
    assert found(learnt(bench)) == [(Kind.BY_ITSELF, (6,))]


def test_a_dead_board_is_no_dead_lock(bench: Bench) -> None:
    bench.world.faults.set("board_dead")
    learned = learnt(bench)
    assert learned.findings[0] == Finding(Kind.NO_READING, (1, 2, 3, 4, 5, 6), learned.findings[0].text)
    assert [one.kind for one in learned.findings[1:]] == [Kind.NO_PULSE] * 6
    assert {one.outcome for one in learned.observed} == {PulseOutcome.BROKEN}
    assert set(learned.at_rest.values()) == {Level.UNKNOWN}


def test_a_door_that_nobody_shuts_is_asked_about_and_named(bench: Bench) -> None:
    bench.person.lazy = {2}
    learned = learnt(bench)
    assert (Kind.NOT_SHUT, (2,)) in found(learned)
    assert "? Not seen shut: door 2. r: wait again, s: go on without, q: stop >" in " ".join(bench.page.split())


def test_r_pulses_the_same_lock_again(bench: Bench) -> None:
    bench.person.says = ["", "r", "1"]
    learned = learnt(bench)
    assert found(learned) == []
    assert [pulse.ordered for pulse in bench.world.chronicle.of(Deed.PULSE_BEGAN)] == [1, 1, 2, 3, 4, 5, 6]


def test_s_leaves_a_door_out(bench: Bench) -> None:
    bench.person.says = ["", "s"]
    assert [one.door for one in learnt(bench).observed] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (["", "1", "q"], "stopped by the technician"),
        (["", "1", "leaves"], "nobody answers: the input has ended"),
        (["", "1", *["what?"] * 5], "in 5 tries"),
    ],
)
def test_who_stops_early_keeps_what_was_learnt(bench: Bench, says: list[str], why: str) -> None:
    bench.person.says = says
    learned = learnt(bench)
    assert why in learned.stopped
    assert [one.door for one in learned.observed] == [1]


def test_a_number_that_is_no_door_is_asked_for_again(bench: Bench) -> None:
    bench.person.says = ["", "77", "1"]
    assert found(learnt(bench)) == []
    assert "That is none of these, and no door of this wall." in bench.page


@pytest.mark.parametrize("width", [80, 118])
def test_no_line_of_the_page_is_wider_than_the_terminal(width: int) -> None:
    bench = Bench(width=width)
    bench.world.faults.set("crossed_wires", 2, other=5)
    bench.world.faults.set("jam", 4)
    tell_learned(bench.technician, learnt(bench))
    assert max(map(len, bench.page.splitlines())) <= width
