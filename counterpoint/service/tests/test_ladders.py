"""The ladders of complaints over business calendars: each step once, three rungs to three people, nobody disturbed at
night but where the level says so; the two clocks of peers §7 do not overrule each other."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Scope, system_scope
from counterpoint.foundation.models import Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case, case_accept, case_milestone, case_resolve
from counterpoint.primitives.cases.firing import fire_due
from counterpoint.primitives.cases.models import CaseEscalation
from counterpoint.service.models import Complaint
from counterpoint.service.tests.conftest import RUDE, STOLEN, WAITED

HOUSE: Scope = system_scope(())
FIRST = datetime(2026, 9, 21, tzinfo=UTC)  # the weeks around National Day with its make-up workdays
OPENS, CLOSES = 1, 9  # 09:00 and 17:00 in Shanghai
TEXTS = {"level_1": STOLEN, "level_2": RUDE, "level_3": WAITED}
FAR = timedelta(days=40)
LATER = datetime(2026, 12, 7, 3, tzinfo=UTC)  # a Monday at 11:00, long after the last of them is due


def effects(taken):
    with unscoped("the test looks"):
        return list(CaseEscalation.objects.filter(case=taken.case).order_by("at", "pk"))


def tick(since, until, step):
    """The tick at every step between two instants."""
    at = since
    while at <= until:
        fire_due(now=at)
        at += step


def test_p_c5_whatever_the_calendar_each_step_happens_once_and_rungs_reach_different_people(bank, take):
    @settings(max_examples=10)
    @given(
        minutes=st.integers(0, 28 * 24 * 60), level=st.sampled_from(sorted(TEXTS)),
        steps=st.lists(st.integers(5, 9000), min_size=1, max_size=5),
    )  # fmt: skip
    def climbs(minutes, level, steps):
        received = FIRST + timedelta(minutes=minutes)
        taken = take(TEXTS[level], at=received, level=level)
        at = received
        for step in steps:
            at += timedelta(minutes=step)
            fire_due(now=at)
            fire_due(now=at)
        fire_due(now=LATER)
        fire_due(now=LATER + timedelta(days=1))
        found = effects(taken)
        assert len({(e.clock, e.rung) for e in found}) == len(found)
        for clock in {e.clock for e in found}:
            rungs = [e for e in found if e.clock == clock and e.rung.startswith("rung")]
            assert [e.rung for e in rungs] == [f"rung{n}" for n in range(1, len(rungs) + 1)]
            told = [set(e.people) for e in rungs]
            assert all(not a & b for place, a in enumerate(told) for b in told[:place])
            if clock != "legal":
                assert len(rungs) == 3 and all(told)

    climbs()


def test_three_levels_climb_to_three_people_each_by_its_own_clock(bank, take):
    taken = {level: take(text, level=level) for level, text in TEXTS.items()}
    fire_due(now=bank.now + FAR)
    names = {str(user.pk): name for name, user in bank.people.items()}
    climbed = {
        level: [names[e.people[0]] for e in effects(one) if e.clock == clock and e.rung.startswith("rung")]
        for (level, one), clock in zip(taken.items(), ("contact", "takeover", "same_day"), strict=True)
    }
    assert climbed == {
        "level_1": ["Sun", "Ada", "Rita"], "level_2": ["Sun", "Ada", "Rita"], "level_3": ["Omar", "Sun", "Ada"],
    }  # fmt: skip


def test_who_is_involved_is_passed_over_by_every_rung(bank, take):
    taken = take(RUDE, level="level_2", involved=(bank.people["Sun"].pk,))
    fire_due(now=bank.now + FAR)
    told = {person for e in effects(taken) for person in e.people}
    assert str(bank.people["Sun"].pk) not in told and told


def test_nobody_is_told_outside_service_hours_but_of_a_grave_complaint(bank, take):
    friday_night = datetime(2026, 11, 27, 14, tzinfo=UTC)  # 22:00 in Shanghai
    minor, grave = take(WAITED, at=friday_night, level="level_3"), take(STOLEN, at=friday_night, level="level_1")
    tick(friday_night, friday_night + timedelta(hours=6), timedelta(minutes=15))
    assert effects(minor) == []
    assert {e.rung for e in effects(grave)} >= {"due", "rung1", "rung2", "rung3"}


def test_the_clock_stops_when_the_colleague_acted(bank, take):
    taken = take(STOLEN, level="level_1")
    here = {"scope": bank.scope("Sun"), "now": bank.now + timedelta(minutes=10)}
    case_accept(**here, case=taken.case)
    case_milestone(**here, case=taken.case, slug="contacted")
    fire_due(now=bank.now + timedelta(hours=3))
    assert {e.clock for e in effects(taken) if e.rung.startswith("rung")} == {"solution"}


def test_p_c11_the_two_hour_clock_is_not_overruled_by_the_report_or_the_legal_one(bank, take):
    taken = take(RUDE, level="level_2")
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    due = {c.clock: c.due_at for c in seen.clocks}
    case_accept(scope=bank.scope("Sun"), now=bank.now + timedelta(minutes=5), case=taken.case)
    after = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now + timedelta(minutes=6))
    assert {c.clock: c.due_at for c in after.clocks} == due
    assert {c.clock: c.state for c in after.clocks} == {"takeover": "kept", "report": "running", "legal": "running"}


def test_a_missed_clock_is_counted_at_the_complaint_when_it_is_solved(bank, take):
    taken = take(WAITED, level="level_3")
    fire_due(now=bank.now + timedelta(days=1))
    here = {"scope": bank.scope("Sun"), "now": bank.now + timedelta(days=1)}
    case_accept(**here, case=taken.case)
    case_resolve(**here, case=taken.case, fields={"root_cause": "staffing", "remedy": "x"})
    with unscoped("the test looks"):
        assert Complaint.objects.get(pk=taken.id).breaches == 1


def test_messages_hold_no_word_of_the_customer(bank, take):
    take(STOLEN, contact="13912345678", level="level_1")
    fire_due(now=bank.now + FAR)
    with unscoped("the test looks"):
        told = " ".join(m.title + m.body + m.link for m in Message.objects.all())
    assert told and "转走" not in told and "13912345678" not in told


@pytest.mark.parametrize("pack", ["intl"])
def test_another_rule_pack_brings_its_own_legal_times(bank, take, pack):
    from counterpoint.foundation.models import OrgUnit

    with unscoped("the test moves the branch to another pack"):
        OrgUnit.objects.filter(pk=bank.b01.pk).update(rule_pack=pack)
        bank.b01.refresh_from_db()
    taken = take(RUDE, level="level_2")
    due = {c.clock: c.due_at for c in case(scope=bank.scope("Sun"), case=taken.case, now=bank.now).clocks}
    assert (due["legal"] - bank.now).days == 56 and "summary" in due
