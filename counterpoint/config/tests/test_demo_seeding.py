"""A two-branch miniature seeded by the same code as the demo."""

from datetime import date, timedelta

import pytest

from counterpoint.academy.models import ShadowDay
from counterpoint.config.demo import bank, rosters, seeding, story
from counterpoint.foundation.api import User, scope_of, scoped
from counterpoint.onsite.models import DayLog, Ticket
from counterpoint.team import api as team


@pytest.fixture
def worked_out():
    """First branches of the regions that were asked who could help."""
    return []


@pytest.fixture
def built(db, monkeypatch, worked_out):
    from counterpoint.config.demo import cast

    monkeypatch.setattr(cast, "BRANCHES", (cast.BRANCHES[3], cast.BRANCHES[7]))
    monkeypatch.setattr(rosters, "help_next_week", lambda cast, *_built, **_at: worked_out.append(cast[0].code))
    return seeding.seed(until=story.start(), count=2, scale=0.3, history=timedelta(days=10))


def test_the_miniature_has_everything_that_the_demo_opens_with(built, worked_out):
    scope = bank.demo_scope()
    with scoped(scope):
        one = built.units["b04"]
        logs = DayLog.objects.filter(org_unit=one)
        assert {log.source for log in logs} == {"simulated"} and "模拟" in logs[0].label
        assert {log.business_date for log in logs} == {date(2026, 11, day) for day in (16, 17, 18, 19, 20, 23, 24)}
        assert Ticket.objects.filter(org_unit=one, business_date=story.ON).exists()
        assert team.shifts_on(scope=scope, branch=one, day=story.ON)
        assert team.shifts_on(scope=scope, branch=built.units["b08"], day=date(2026, 11, 18))
        assert not seeding.empty() and worked_out == ["b04"]


def test_who_thinks_along_has_judged_days_behind_them_and_one_costly_hour(built):
    with scoped(bank.demo_scope()):
        days = list(ShadowDay.objects.filter(org_unit=built.units["b04"]).select_related("user"))
    means = {name: {} for name in {day.user.name for day in days}}
    for day in days:
        means[day.user.name][day.business_date.day] = day.mean
    lobby, supervisor = sorted(means.values(), key=lambda by_day: -max(by_day.values()))
    assert set(supervisor) == set(lobby) == {17, 19, 23}, "every second day of those that the branch was open"
    assert all(day.points == 8 and day.mean >= 0 and day.regimes for day in days)
    assert lobby[17] > max(lobby[19], lobby[23], *supervisor.values())


def test_everybody_signs_in_with_the_printed_password_and_sees_only_their_own(built):
    user = User.objects.get(pk=built.people["rui91"].pk)
    assert user.check_password(bank.PASSWORD)
    roots = scope_of(user, story.ON).roots
    assert len(roots) == 1 and built.units["b04"].path.startswith(roots[0])
    assert not built.units["b08"].path.startswith(roots[0])
