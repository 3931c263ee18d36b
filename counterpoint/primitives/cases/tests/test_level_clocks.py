"""A clock that starts when the case gets to its level: stored, explained, escalated; a way up and down and up again."""

from datetime import timedelta

import pytest

from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives import cases as door
from counterpoint.primitives.cases import firing
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation
from counterpoint.primitives.cases.tests import examples, walked
from counterpoint.primitives.cases.writing import hours_for
from counterpoint.primitives.content.testing import content_folder  # noqa: F401

LADDER = """
key: example.ladder
names: {zh-hans: 示例逐级, en: Example ladder}
levels:
  - {slug: low, names: {zh-hans: 一级, en: First}}
  - {slug: high, names: {zh-hans: 二级, en: Second}}
clocks:
  - {slug: low, names: {zh-hans: 一级时限, en: First}, within: {low: {hours: 4}}, starts_at: level, warn: [],
     ladder: [{after: {minutes: 0}, to: supervisor}]}
  - {slug: high, names: {zh-hans: 二级时限, en: Second}, within: {high: {hours: 6}}, starts_at: level, warn: [],
     ladder: [{after: {minutes: 0}, to: branch_head}]}
owner: [supervisor]
"""


@pytest.fixture
def ladder(content_folder):  # noqa: F811
    content_folder("case_types", examples.text(LADDER))


@pytest.fixture
def opened(bank, ladder):
    return door.case_open(scope=bank.scope("Sun"), org_unit=bank.b01, type="example.ladder", now=bank.now, title="x").id


def level(bank, case, to, hours, who="Sun"):
    at = bank.now + timedelta(hours=hours)
    return door.case_level(scope=bank.scope(who), case=case, level=to, reason="说明", now=at)


def hours(bank):
    with scoped(bank.scope("Sun")):
        return hours_for(bank.b01)


def due(bank, case, clock):
    told = door.explain_deadline(scope=bank.scope("Sun"), case=case, clock=clock)
    with scoped(bank.scope("Sun")):
        stored = CaseClock.objects.get(case=case, clock=clock)
    assert stored.due_at == told.due_at and stored.started_at == told.started_at
    assert sum((line.used for line in told.lines), timedelta()) == told.allowed
    return told


def test_the_second_level_counts_from_when_the_case_got_there(bank, opened):
    first = due(bank, opened, "low")
    assert first.started_at == bank.now
    moved = level(bank, opened, "high", 3)
    told = due(bank, opened, "high")
    assert told.started_at == bank.now + timedelta(hours=3)
    assert told.due_at == moved.due_at == walked.deadline(hours(bank), "opening", told.started_at, 360, [])
    assert "二级" in told.sentence and "进入该级别" in told.sentence


def test_down_and_up_again_neither_starts_anew_nor_counts_the_time_away(bank, opened):
    level(bank, opened, "high", 1)
    level(bank, opened, "low", 2)  # a proposal: nothing moves
    assert due(bank, opened, "high").holes == ()
    level(bank, opened, "low", 3, who="Ada")
    back = due(bank, opened, "low")
    assert back.started_at == bank.now
    assert back.holes == ((bank.now + timedelta(hours=1), bank.now + timedelta(hours=3)),)
    level(bank, opened, "high", 4)
    again = due(bank, opened, "high")
    away = [(bank.now + timedelta(hours=3), bank.now + timedelta(hours=4))]
    assert again.started_at == bank.now + timedelta(hours=1) and list(again.holes) == away
    assert again.due_at == walked.deadline(hours(bank), "opening", again.started_at, 360, away)


def test_each_level_escalates_at_its_own_time_and_once(bank, opened):
    moved = level(bank, opened, "high", 3)
    for at in (bank.now + timedelta(hours=4), moved.due_at - timedelta(seconds=1), moved.due_at, moved.due_at):
        firing.run(at)
    with unscoped("test"):
        told = list(CaseEscalation.objects.filter(case=opened).values_list("clock", "rung"))
    assert told == [("high", "due"), ("high", "rung1")]


def test_a_new_cycle_starts_the_clock_of_the_level_that_the_case_has(bank, opened):
    level(bank, opened, "high", 1)
    sun, ada, at = bank.scope("Sun"), bank.scope("Ada"), bank.now + timedelta(days=7)
    door.case_resolve(scope=sun, case=opened, now=at)
    door.case_close(scope=ada, case=opened, now=at)
    door.case_reopen(scope=ada, case=opened, now=at, reason="又来了")
    assert door.explain_deadline(scope=sun, case=opened, clock="high").started_at == at


def test_a_case_stored_before_levels_were_kept_counts_from_its_opening_and_then_right(bank, opened):
    with scoped(bank.scope("Sun")):
        row = Case.objects.get(pk=opened)
        row.state.pop("levels")
        row.save()
    assert due(bank, opened, "low").started_at == bank.now
    level(bank, opened, "high", 2)
    assert due(bank, opened, "high").started_at == bank.now + timedelta(hours=2)
    with scoped(bank.scope("Sun")):
        assert [one[2] for one in Case.objects.get(pk=opened).state["levels"]] == ["low", "high"]
