"""Whatever headquarters decides in whatever order: one version a day, and what a run pinned never changes."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.primitives.content import Item, items, loader, version

START = date(2026, 1, 1)


def item(number, since, until=None, decided=""):
    return Item("cash", number, "any", "order", "V", since, until, number * 10, decided=decided)


class Decided(loader.Overlay):
    """Decisions held in memory; a new edition with each."""

    def __init__(self, held):
        self.held = tuple(held)

    def edition(self, bank):
        return self.held[-1].version if self.held else None

    def items(self, kind, bank):
        return self.held


@st.composite
def histories(draw):
    """Versions of files one after another, then decisions: numbers and first days never go back."""
    days = sorted(draw(st.sets(st.integers(0, 300), min_size=1, max_size=3)))
    files = []
    for number, (since, following) in enumerate(zip(days, [*days[1:], None], strict=True), start=1):
        until = None if following is None else START + timedelta(following)
        files.append(item(number, START + timedelta(since), until))
    decisions, last = [], 0
    for number in range(len(files) + 1, len(files) + 1 + draw(st.integers(0, 4))):
        last += draw(st.integers(0, 120))
        length = draw(st.none() | st.integers(1, 90))
        since = START + timedelta(last)
        decisions.append(item(number, since, None if length is None else since + timedelta(length), "x"))
    return files, decisions


def with_decisions(files, decisions, ask):
    before = loader.use(Decided(decisions))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_load", lambda kind: tuple(files))
        loader._merged.cache_clear()
        try:
            return ask()
        finally:
            loader.use(before)
            loader._merged.cache_clear()


def by_hand(files, decisions, on):
    """The last decision that has begun rules, or nothing when it has ended; before the first, the files do."""
    begun = [one for one in decisions if one.effective_from <= on]
    if begun:
        last = max(begun, key=lambda one: one.version)
        return last if last.effective_to is None or on < last.effective_to else None
    return next((one for one in files if one.in_force(on)), None)


@settings(max_examples=200)
@given(histories(), st.integers(-10, 700))
def test_p_one_a_date_has_at_most_one_version_in_force(history, day):
    files, decisions = history
    on = START + timedelta(day)
    ruling = with_decisions(files, decisions, lambda: [one for one in loader.every("limits") if one.in_force(on)])
    found = with_decisions(files, decisions, lambda: items("limits", on).get("cash"))
    expected = by_hand(files, decisions, on)
    assert [one.version for one in ruling] == ([expected.version] if expected else [])
    assert (found.version if found else None) == (expected.version if expected else None)


@settings(max_examples=200)
@given(histories(), st.integers(0, 200), st.integers(0, 700))
def test_p_old_runs_are_unaffected_by_a_new_version(history, gap, day):
    """Every version says afterwards what it said before, and every day before the new one is judged as before."""
    files, decisions = history
    latest = max([one.effective_from for one in decisions], default=START)
    new = item(len(files) + len(decisions) + 1, latest + timedelta(gap), None, "new")
    on = START + timedelta(day)

    def pinned():
        return {n: version("limits", "cash", n).value for n in range(1, len(files) + len(decisions) + 1)}

    def ruling():
        found = items("limits", on).get("cash")
        return found and (found.version, found.value)

    before = with_decisions(files, decisions, lambda: (pinned(), ruling()))
    after = with_decisions(files, [*decisions, new], lambda: (pinned(), ruling()))
    assert after[0] == before[0]
    if on < new.effective_from:
        assert after[1] == before[1]
    else:
        assert after[1] == (new.version, new.value)
