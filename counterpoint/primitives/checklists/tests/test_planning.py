"""Scheduled rounds: on the list when due, once, and loud once when late."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import calendar, scoped
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import planning
from counterpoint.primitives.checklists.definition import Due, Effect, Schedule
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.scheduling import LEAD, period_of, slots
from counterpoint.primitives.checklists.tests.world import second_version
from counterpoint.primitives.content import loader

WEEK = dict.fromkeys(range(5), ((540, 1020),))
HOURS = calendar.Hours(WEEK)


def planned(world, **wanted):
    with scoped(world.bank.scope("Hana")):
        return list(Round.objects.filter(slot__startswith="probe.", **wanted).order_by("slot"))


def test_the_day_begins_with_its_rounds_and_asking_again_adds_none(world):
    world.machine("atm-1"), world.machine("atm-2")
    checklists.plan_rounds(now=world.now)
    assert checklists.plan_rounds(now=world.now) == 0
    here = planned(world, org_unit=world.branch)
    assert [one.slot for one in here] == [
        "probe.atm:atm-1:2026-W48", "probe.atm:atm-2:2026-W48", "probe.opening::2026-11-23",
    ]  # fmt: skip
    opening = here[-1]
    assert opening.due_at == datetime(2026, 11, 23, 0, 45, tzinfo=UTC)  # a quarter to nine in Shanghai
    assert opening.assignee.name == "Sun" and opening.version == 1 and opening.phase == "pre_open"
    assert len(planned(world, checklist="probe.opening")) == 3  # one for each branch


def test_a_closed_day_has_no_daily_round(world):
    world.now = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)  # a Sunday
    checklists.plan_rounds(now=world.now)
    assert planned(world, checklist="probe.opening") == []


def test_a_branch_or_a_round_that_fails_keeps_no_other_from_its_turn(world, monkeypatch):
    plan, tell = planning.plan_branch, planning._escalate

    def broken_plan(*, scope, org_unit, now):
        if org_unit.code == "b01":
            raise ValueError
        return plan(scope=scope, org_unit=org_unit, now=now)

    def broken_tell(call, row):
        if row.org_unit.code == "b02":
            raise ValueError
        return tell(call, row)

    monkeypatch.setattr(planning, "plan_branch", broken_plan)
    checklists.plan_rounds(now=world.now)
    assert {one.org_path[-4:-1] for one in planned(world, checklist="probe.opening")} == {"b02", "b03"}
    monkeypatch.setattr(planning, "plan_branch", plan)
    monkeypatch.setattr(planning, "_escalate", broken_tell)
    checklists.plan_rounds(now=world.now)
    assert checklists.escalate_late(now=world.now) == 2
    late = planned(world, checklist="probe.opening", late_at__isnull=False)
    assert {one.org_path[-4:-1] for one in late} == {"b01", "b03"}


def test_an_overdue_round_is_told_once_to_person_and_leaders(world):
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)
    assert checklists.escalate_late(now=world.now) == 1
    assert checklists.escalate_late(now=world.now) == 0
    with scoped(world.bank.scope("Hana")):
        told = list(Message.objects.filter(dedupe__startswith="round-late").select_related("recipient"))
        assert {one.recipient.name for one in told} == {"Sun", "Ada"}
        assert JournalEntry.objects.filter(kind="primitives.round_late").count() == 1


def test_an_overdue_round_with_a_case_opens_it_once(world, monkeypatch):
    for item in loader.every("checklists", bank="/hq/"):
        if item.key == "probe.opening":
            late = Effect("probe.hazard", {"zh-hans": "逾期"}, "high")
            object.__setattr__(item.value.schedule, "late", late)
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)
    checklists.escalate_late(now=world.now)
    assert [key.split(":")[0] for key in world.opened] == ["round-late"]


def test_a_round_in_time_is_not_told(world):
    world.now -= timedelta(hours=2, minutes=30)
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)
    (row,) = planned(world, checklist="probe.opening")
    world.put(row.pk, "door", "yes")
    world.put(row.pk, "signature", "", files=[world.photo(1)])
    world.submit(row.pk)
    assert checklists.escalate_late(now=world.now + timedelta(hours=9)) == 0


def test_a_scheduled_round_inherits_the_mandatory_signature(world):
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)
    (row,) = planned(world, checklist="probe.opening")
    world.put(row.pk, "door", "yes")
    with pytest.raises(checklists.Incomplete):
        world.submit(row.pk)
    world.put(row.pk, "signature", "")
    with pytest.raises(checklists.Incomplete):
        world.submit(row.pk)
    world.put(row.pk, "signature", "", files=[world.photo(1)])
    assert world.submit(row.pk).passed


def test_a_round_keeps_the_version_it_was_planned_with(world, content):
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)
    (row,) = planned(world, checklist="probe.opening")
    second_version(content, "probe.opening", "slug: door, kind", "slug: gate, kind")
    world.later(days=1)
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)
    assert [one.version for one in planned(world, checklist="probe.opening")] == [1, 2]
    world.put(row.pk, "door", "yes")
    with pytest.raises(checklists.Incomplete):
        world.submit(row.pk)


@pytest.mark.parametrize(
    ("every", "day", "on", "period", "date_"),
    [
        ("week", 2, date(2026, 11, 23), "2026-W48", date(2026, 11, 24)),
        ("week", 6, date(2026, 11, 27), "2026-W48", date(2026, 11, 27)),  # Saturday is closed: the last open day before
        ("month", 1, date(2026, 11, 1), "2026-11", date(2026, 11, 2)),  # Sunday the first: the Monday after
        ("quarter", 92, date(2026, 12, 20), "2026-Q4", date(2026, 12, 31)),
        ("year", 1, date(2026, 1, 3), "2026", date(2026, 1, 4)),  # after New Year a Sunday is worked
    ],
)
def test_a_longer_period_has_its_day_or_the_next_open_one(every, day, on, period, date_):
    (found,) = [
        s for s in slots(Schedule(every, Due(by="17:00", day=day), "supervisor"), HOURS, on) if s.period == period
    ]
    assert found.date == date_ and found.due_at == datetime(date_.year, date_.month, date_.day, 9, tzinfo=UTC)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.sampled_from(sorted(LEAD)), st.integers(1, 31))
def test_every_period_is_listed_by_some_day_once_and_never_on_a_closed_one(on, every, day):
    schedule = Schedule(every, Due(by="09:00", day=None if every == "day" else day), "supervisor")
    first, last, name = period_of(every, on)
    found = set()
    for ahead in range((last - first).days + 1):
        today = first + timedelta(days=ahead)
        found |= {(s.period, s.date) for s in slots(schedule, HOURS, today) if s.period == name}
    open_days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_days = [one for one in open_days if HOURS.on(one, provisional=True)]
    assert len(found) == (1 if open_days else 0)
    assert all(one in open_days for _, one in found)
