"""A certificate is a qualification of the roster: its award, end and revocation are felt by the very next draft."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from counterpoint.academy import api
from counterpoint.academy.certificates.ticking import certificates_due
from counterpoint.academy.tests.certified import LOBBY, award, learnt
from counterpoint.foundation import keys
from counterpoint.foundation.api import Forbidden, Invalid, scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import unscoped
from counterpoint.science.rostering import Day, Flexible, Minimum, RosterProblem, ShiftRules, solve
from counterpoint.team import api as team
from counterpoint.team import rules, workbench

ENDS = date(2027, 11, 22)  # of a certificate awarded on 2026-11-23
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def keyed(settings, tmp_path):
    """An installation with its keys."""
    settings.KEYS = tmp_path / "keys"
    keys.create()


@pytest.fixture
def staffed(bank):
    """Mei counts cash, Omar holds the hall by nothing yet; both stand in the roster."""
    with scoped(bank.scope("Sun")):
        for name, held in (("Mei", [team.SkillInput("cash", 3)]), ("Omar", [])):
            team.staff_profile_set(
                scope=bank.scope("Sun"), now=bank.now, branch=bank.b01, user=bank.people[name], skills=held,
                min_day_minutes=60,
            )  # fmt: skip
    learnt(bank, "Omar")
    return bank


def skills(bank, name="Omar"):
    """What the roster holds of a person."""
    people = team.staff(scope=bank.scope("Sun"), branch=bank.b01)
    return [
        (one.skill, one.level, one.expires_on, one.certificate)
        for who in people if who.name == name for one in who.skills
    ]  # fmt: skip


def draft(bank, first):
    """Two mornings in which somebody must stand in the hall: whether the solver finds a roster."""
    days = [first, first + timedelta(days=1)]
    with scoped(bank.scope("Sun")):
        people = tuple(replace(one, min_day=60, min_week=0) for one in workbench.people_of(bank.b01, days))
    problem = RosterProblem(
        days=tuple(Day(one.isoformat(), 540, 720) for one in days), start=540, end=720, step=30, people=people,
        demand={"lobby": (1,) * 12, "cash": (1,) * 12}, minimums=(Minimum("hall", ("lobby",), 1, 540, 600),),
        shifts=ShiftRules(flexible=(Flexible(540, 600, 120, 180, 30),), lead=0, tail=0), lunch=None,
    )  # fmt: skip
    return solve(problem, seed=1).status


def holes(bank, since, count):
    """Half hours of coming days that nobody may stand in the hall for."""
    people = team.staff(scope=bank.scope("Sun"), branch=bank.b01)
    grants = [(who.name, one.skill, one.expires_on) for who in people for one in who.skills]
    days = [since + timedelta(days=n) for n in range(count)]
    found = rules.certificate_holes({"lobby": [1, 1] * count}, days, 540, 30, grants)
    return [(one.day, one.minute) for one in found]


def test_an_award_makes_the_next_draft_feasible_in_the_same_minute(staffed):
    assert skills(staffed) == [] and draft(staffed, date(2026, 11, 30)) == "infeasible"
    award(staffed)
    assert skills(staffed) == [("lobby", 2, ENDS, LOBBY)] and draft(staffed, date(2026, 11, 30)) == "optimal"


def test_peers_4_an_expiring_certificate_makes_holes_weeks_ahead_and_its_renewal_closes_them_in_the_same_minute(
    staffed,
):
    award(staffed)
    weeks_before = ENDS - timedelta(days=40)
    assert holes(staffed, ENDS - timedelta(days=1), 4) == [
        (ENDS + timedelta(days=n), minute) for n in (1, 2) for minute in (540, 570)
    ]
    assert draft(staffed, ENDS - timedelta(days=1)) == "optimal"  # its last day still counts
    assert draft(staffed, ENDS) == "infeasible"  # the second of the two days has nobody
    award(staffed, now=datetime(weeks_before.year, weeks_before.month, weeks_before.day, 10, tzinfo=ZONE))
    assert holes(staffed, ENDS - timedelta(days=1), 4) == [] and draft(staffed, ENDS) == "optimal"
    assert skills(staffed) == [("lobby", 2, date(2028, 11, 22), LOBBY)]


def test_the_end_itself_takes_nothing_that_the_roster_did_not_know(staffed):
    award(staffed)
    certificates_due(datetime(2027, 11, 23, 0, 1, tzinfo=ZONE))
    assert skills(staffed) == [("lobby", 2, ENDS, LOBBY)] and draft(staffed, ENDS + timedelta(days=1)) == "infeasible"


def test_a_revocation_is_felt_by_the_next_draft_and_a_new_award_too(staffed):
    row = award(staffed)
    api.certificate_revoke(scope=staffed.scope("Ada"), certificate=row.pk, reason="签到造假", now=staffed.now)
    assert draft(staffed, date(2026, 11, 30)) == "infeasible"
    award(staffed)
    assert draft(staffed, date(2026, 11, 30)) == "optimal"


def test_a_revocation_leaves_alone_what_was_granted_by_hand_since(staffed):
    row = award(staffed)
    sun = staffed.scope("Sun")
    with scoped(sun):
        team.staff_profile_set(
            scope=sun, now=staffed.now, branch=staffed.b01, user=staffed.people["Omar"],
            skills=[team.SkillInput("lobby", 4)],
        )  # fmt: skip
    api.certificate_revoke(scope=staffed.scope("Ada"), certificate=row.pk, reason="签到造假", now=staffed.now)
    assert skills(staffed) == [("lobby", 4, None, "")]


def test_who_stands_in_no_roster_gets_the_certificate_and_no_skill(bank):
    learnt(bank, "Omar")
    award(bank)
    assert skills(bank) == []


def certify(bank, by="Ada", **more):
    told = {"skill": "lobby", "level": 2, "expires_on": ENDS, "certificate": "x"} | more
    return team.skill_certify(
        scope=bank.scope(by), branch=bank.b01, user=bank.people["Omar"], now=bank.now, **told
    )  # fmt: skip


def test_the_roster_keeps_one_line_a_skill_and_one_fact_a_change(staffed):
    certify(staffed)
    certify(staffed, level=5)
    assert skills(staffed) == [("lobby", 5, ENDS, "x")]
    with unscoped("the test looks"):
        facts = [one.data for one in JournalEntry.objects.filter(kind="team.skill_certified").order_by("id")]
    assert [one["level"] for one in facts] == [2, 5] and facts[0]["until"] == "2027-11-22"


@pytest.mark.parametrize("by", ["Sun", "Mei", "Stranger"])
def test_nobody_else_certifies_a_skill(staffed, by):
    with pytest.raises(Forbidden):
        certify(staffed, by)


@pytest.mark.parametrize("level", [0, 6])
def test_a_level_that_is_none_is_refused(staffed, level):
    with pytest.raises(Invalid):
        certify(staffed, level=level)
