"""The seam to the scheduler: by a library that stands in, and by fsrs itself where it is installed."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta

import pytest

from counterpoint.science import psychometrics as p

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
INSTALLED = importlib.util.find_spec("fsrs") is not None


def test_a_wrong_answer_is_again_and_doubt_makes_a_right_one_hard():
    assert [p.grade(False, True), p.grade(False), p.grade(True, False), p.grade(True), p.grade(True, True)] == [
        "again",
        "again",
        "hard",
        "good",
        "good",
    ]


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsrs", None)
    with pytest.raises(RuntimeError, match="fsrs"):
        p.repetition()


@pytest.mark.skipif(not INSTALLED, reason="fsrs is not a dependency yet")
def test_what_is_known_comes_back_later_each_time_and_what_is_missed_soon():
    scheduler = p.repetition()
    card, at, gaps = scheduler.first(MONDAY), MONDAY, []
    for _ in range(6):
        card = scheduler.after(card, "good", at)
        gaps.append(card.due - at)
        at = card.due
    assert gaps == sorted(gaps) and gaps[-1] > timedelta(days=20)
    assert scheduler.after(card, "again", at).due - at < timedelta(days=1)


@pytest.mark.skipif(not INSTALLED, reason="fsrs is not a dependency yet")
def test_the_same_answers_give_the_same_days_also_from_what_was_stored():
    first, second = p.repetition(), p.repetition()
    card = first.after(first.first(MONDAY), "good", MONDAY)
    stored = p.Card(card.due, dict(card.kept))
    later = MONDAY + timedelta(days=3)
    assert first.after(card, "hard", later) == second.after(stored, "hard", later)
