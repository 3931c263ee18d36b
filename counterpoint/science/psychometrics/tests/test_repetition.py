"""When a card comes back: against the days that the library fsrs 6.3.2 gives, and properties of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counterpoint.science import psychometrics as p

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
# Grades in their order, days each answer comes late, days until the next, then stability and difficulty: printed by
# fsrs 6.3.2 with learning_steps=(), relearning_steps=(), enable_fuzzing=False, maximum_interval=365.
BY_FSRS = (
 ("good good good good good good", 0, [2, 11, 46, 163, 365, 365], 1172.375554, 2.083724),
 ("good good good good good good", 1, [2, 14, 59, 204, 365, 365], 1292.978438, 2.083724),
 ("good good good good good good", 5, [2, 21, 92, 307, 365, 365], 1575.188541, 2.083724),
 ("again good good again hard good", 0, [1, 2, 6, 1, 2, 3], 3.495508, 9.173959),
 ("again good good again hard good", 1, [1, 2, 8, 1, 2, 5], 4.820331, 9.173959),
 ("again good good again hard good", 5, [1, 3, 15, 2, 4, 10], 9.669313, 9.173959),
 ("easy easy again again good easy", 0, [8, 66, 4, 1, 2, 5], 5.360405, 8.643391),
 ("easy easy again again good easy", 1, [8, 71, 4, 1, 2, 7], 7.300912, 8.643391),
 ("easy easy again again good easy", 5, [8, 88, 4, 1, 4, 14], 14.377256, 8.643391),
 ("hard good hard good again good", 0, [1, 5, 12, 30, 2, 4], 4.318177, 8.894222),
 ("hard good hard good again good", 1, [1, 7, 17, 43, 3, 6], 6.009899, 8.894222),
 ("hard good hard good again good", 5, [1, 11, 29, 72, 3, 9], 8.628531, 8.894222),
)  # fmt: skip


def test_a_wrong_answer_is_again_and_doubt_makes_a_right_one_hard():
    assert [p.grade(False, True), p.grade(False), p.grade(True, False), p.grade(True), p.grade(True, True)] == [
        "again",
        "again",
        "hard",
        "good",
        "good",
    ]


@pytest.mark.parametrize(("grades", "late", "days", "stability", "difficulty"), BY_FSRS)
def test_the_days_are_those_of_the_library(grades, late, days, stability, difficulty):
    scheduler, at, found = p.repetition(), MONDAY, []
    card = scheduler.first(MONDAY)
    for grade in grades.split():
        card = scheduler.after(card, grade, at)
        found.append((card.due - at).days)
        at = card.due + timedelta(days=late)
    assert found == days
    assert card.kept["stability"] == pytest.approx(stability, abs=1e-5)
    assert card.kept["difficulty"] == pytest.approx(difficulty, abs=1e-5)


def test_what_is_known_comes_back_later_each_time_and_what_is_missed_soon():
    scheduler = p.repetition()
    card, at, gaps = scheduler.first(MONDAY), MONDAY, []
    for _ in range(6):
        card = scheduler.after(card, "good", at)
        gaps.append(card.due - at)
        at = card.due
    assert gaps == sorted(gaps) and gaps[-1] > timedelta(days=20)
    assert scheduler.after(card, "again", at).due - at < gaps[-1] / 4


def test_the_same_answers_give_the_same_days_also_from_what_was_stored():
    first, second = p.repetition(), p.repetition()
    card = first.after(first.first(MONDAY), "good", MONDAY)
    stored = p.Card(card.due, dict(card.kept))
    later = MONDAY + timedelta(days=3)
    assert first.after(card, "hard", later) == second.after(stored, "hard", later)


def test_the_same_day_again_does_not_throw_far():
    scheduler = p.repetition()
    card = scheduler.after(scheduler.first(MONDAY), "again", MONDAY)
    twice = scheduler.after(card, "good", MONDAY + timedelta(hours=2))
    assert twice.due - MONDAY < timedelta(days=3)


def test_a_chance_that_is_none_is_refused():
    with pytest.raises(ValueError, match="retention"):
        p.repetition(retention=1.0)
