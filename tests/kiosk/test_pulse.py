"""A browser that is silent is started again, a few times, and then it is a fault."""

from kiosk_ui.pulse import FIRST_BEAT_S, SILENCE_S, WITHIN_S, Pulse, beaten, due_s, failing, restarted


def test_a_browser_that_was_started_gets_the_time_to_show_its_first_page() -> None:
    assert due_s(Pulse(100)) == 100 + FIRST_BEAT_S
    assert due_s(restarted(beaten(Pulse(100), 101), 140)) == 140 + FIRST_BEAT_S


def test_a_page_that_beat_and_beats_no_more_is_silent_after_half_a_minute() -> None:
    pulse = beaten(beaten(Pulse(0), 5), 10)
    assert due_s(pulse) == 10 + SILENCE_S == 40


def test_three_restarts_in_ten_minutes_are_a_fault() -> None:
    pulse = Pulse(0)
    for at_s, fails in ((60, False), (120, False), (180, True)):
        pulse = restarted(pulse, at_s)
        assert failing(pulse, at_s) is fails
    assert not failing(pulse, 60 + WITHIN_S)


def test_the_fourth_restart_waits_until_the_first_is_ten_minutes_old() -> None:
    pulse = Pulse(0)
    for at_s in (60, 120, 180):
        pulse = restarted(pulse, at_s)
    assert due_s(pulse) == 60 + WITHIN_S
    pulse = restarted(pulse, 660)
    assert due_s(pulse) == 120 + WITHIN_S
    assert len(pulse.restarts) == 3, "no more is kept than counts"


def test_a_beat_forgives_the_silence_and_not_the_restarts() -> None:
    pulse = beaten(restarted(restarted(restarted(Pulse(0), 60), 120), 180), 200)
    assert due_s(pulse) == 60 + WITHIN_S
    assert due_s(beaten(pulse, 700)) == 700 + SILENCE_S
