"""Waits between tries: spread evenly, growing to five minutes, for ever; and when a batch leaves."""

from __future__ import annotations

from random import Random

import pytest

from edge.core.rows import Beside, Row
from sync.backoff import Backoff, Waits
from sync.batching import MAX_CUT_BYTES, Batching, Waiting, cut, travels
from tests.sync.past import begin, follow


@pytest.mark.parametrize("failures", [0, 1, 2, 5, 8, 9, 40, 5000])
def test_each_wait_lies_between_nothing_and_its_ceiling(failures: int) -> None:
    ceiling = min(300, 2**failures)
    waits = []
    for seed in range(200):
        backoff = Backoff(Random(seed))
        for _ in range(failures):
            backoff.next_s()
        waits.append(backoff.next_s())
    assert 0 <= min(waits) < 0.2 * ceiling, "full jitter begins at nothing"
    assert 0.8 * ceiling < max(waits) <= ceiling
    assert 0.4 * ceiling < sum(waits) / len(waits) < 0.6 * ceiling


def test_a_success_begins_again() -> None:
    backoff = Backoff(Random(1))
    for _ in range(20):
        backoff.next_s()
    assert backoff.failures == 20
    backoff.worked()
    assert backoff.next_s() <= 1.0


def test_a_hundred_thousand_sites_come_back_spread_over_a_minute() -> None:
    first = [Backoff(Random(site)).first_s() for site in range(6000)]
    in_each_second = [sum(1 for at in first if second <= at < second + 1) for second in range(60)]
    assert max(in_each_second) < 2 * len(first) / 60
    assert max(first) <= 60.0


def test_a_demo_need_not_wait() -> None:
    assert Backoff(Random(1), Waits(first_connect_s=0)).first_s() == 0


POLICY = Batching(rows=10, bytes=1000, age_s=60, heartbeat_s=900)
# name: (rows, bytes of each, custody among them, due at second) with the rows committed at second 5, asked at 7
DUE = {
    "nothing waits: the heartbeat": (0, 0, False, 900.0),
    "a few rows: when the oldest is old enough": (3, 10, False, 65.0),
    "enough rows: at once": (10, 10, False, 7.0),
    "enough bytes: at once": (2, 500, False, 7.0),
    "custody: at once": (1, 10, True, 7.0),
}


@pytest.mark.parametrize("what", DUE)
def test_when_a_batch_leaves(what: str) -> None:
    rows, size, custody, due_s = DUE[what]
    waiting = Waiting()
    for number in range(rows):
        waiting = waiting.with_row(size, 5.0 + number / 100, at_once=custody and number == 0)
    assert waiting.due_s(POLICY, 7.0, last_sent_s=0.0) == due_s


def test_a_policy_beyond_the_hubs_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="batching rows: 501"):
        Batching(rows=501)


def beside(size: int, subject: str = "00112233aabbccdd") -> Beside:
    return Beside(subject, "particulars", bytes(size))


def read(sizes: list[tuple[int, int]]) -> list[tuple[Row, tuple[Beside, ...]]]:
    """Rows with a payload, and something beside them, of these sizes."""
    rows: list[tuple[Row, tuple[Beside, ...]]] = []
    before = begin()
    for payload, aside in sizes:
        [row] = follow(before, 1, payload=bytes(payload))
        before = type(before)(row.seq, row.hash)
        rows.append((row, (beside(aside),) if aside else ()))
    return rows


def test_i4_a_cut_takes_whole_rows_from_the_front() -> None:
    taken = cut(read([(60_000, 0)] * 5))
    assert [row.seq for row in taken.rows] == [1, 2]
    assert sum(len(row.payload) for row in taken.rows) <= MAX_CUT_BYTES


def test_i4_particulars_never_travel_without_their_row() -> None:
    taken = cut(read([(100, 100_000), (100, 100_000)]))
    assert ([row.seq for row in taken.rows], len(taken.besides), taken.left_out) == ([1], 1, ())


def test_i4_one_thing_too_large_never_stops_the_queue() -> None:
    taken = cut(read([(100, 500_000), (100, 10)]))
    assert [row.seq for row in taken.rows] == [1, 2]
    assert [seq for seq, _ in taken.left_out] == [1]
    assert [seq for seq, _ in taken.besides] == [2]


def test_what_the_hub_signed_does_not_travel_back() -> None:
    assert travels(beside(1))
    assert not travels(beside(1, "site"))
    assert cut(read([]), travels).rows == ()
