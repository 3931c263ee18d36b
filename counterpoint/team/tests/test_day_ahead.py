"""What later chapters may know of a day: the published roster or a draft, and one day of the newest forecast."""

from datetime import timedelta

import numpy as np
import pytest

from counterpoint.team import api, rules
from counterpoint.team.planning.waits import rate_paths
from counterpoint.team.tests import small, stories

pytestmark = pytest.mark.django_db
WEEK, TUESDAY = stories.WEEK, stories.TUESDAY


def planned(bank, who="Sun", day=WEEK):
    return api.planned_day(scope=bank.scope(who), branch=bank.b01, day=day)


def expected(bank, who="Sun", day=WEEK):
    return api.expected_day(scope=bank.scope(who), branch=bank.b01, day=day)


def keep(bank, payload=None, **more):
    given = {"since": WEEK, "until": WEEK + timedelta(days=7), "seed": 1, "inputs_hash": "x"} | more
    return api.forecast_store(
        scope=bank.scope("Sun"), now=bank.now, branch=bank.b01, **given,
        payload=payload or small.plan().outlook.to_dict(),
    )  # fmt: skip


def test_a_draft_is_seen_by_those_who_plan_and_only_on_its_days(team, draft):
    found = planned(team)
    assert (found.version, found.state) == (1, "draft")
    assert [(s.name, s.start, s.end, s.segments) for s in found.shifts] == [
        ("Mei", 540, 720, ((540, 720, "cash"),)), ("Omar", 540, 720, ((540, 720, "lobby"),)),
    ]  # fmt: skip
    assert planned(team, day=TUESDAY).shifts[0].date == TUESDAY
    assert planned(team, day=WEEK + timedelta(days=4)).shifts == ()
    assert planned(team, day=WEEK + timedelta(days=7)) is None
    for who in ("Mei", "Rita", "Hana"):
        assert planned(team, who) is None


def test_the_published_roster_is_seen_by_all_and_goes_before_a_newer_draft(team, out):
    stories.revise(team, out)
    for who in ("Sun", "Rita"):
        found = planned(team, who)
        assert (found.version, found.state) == (1, "published")
        assert found.shifts == api.shifts_on(scope=team.scope(who), branch=team.b01, day=WEEK)


def test_a_draft_that_found_no_roster_is_none(team):
    from counterpoint.team.tests.conftest import tiny_problem

    api.roster_store(
        scope=team.scope("Sun"), now=team.now, branch=team.b01, week=WEEK, problem=tiny_problem(team).to_dict(),
        solution={"status": "infeasible"}, inputs_hash="y",
    )  # fmt: skip
    assert planned(team) is None


def test_one_day_of_the_newest_forecast(bank):
    keep(bank)
    view = small.plan().outlook
    found = expected(bank)
    assert (found.made_at, found.start) == (bank.now, view.start)
    assert [s.key for s in found.services] == [s.code for s in view.services]
    for n, one in enumerate(found.services):
        assert one.rates == pytest.approx(view.mean[n, 0], abs=0.001)
        assert (one.minutes, one.cv, one.skill) == (
            view.services[n].minutes, view.services[n].cv, view.services[n].skill,
        )  # fmt: skip
    assert (found.low, found.high) == (pytest.approx(view.day_p10[0]), pytest.approx(view.day_p90[0]))
    assert dict(found.need)["cash"] == tuple(int(n) for n in view.need["cash"][0])
    assert (found.patience is None) == (view.patience.source != "log")


def test_no_forecast_a_closed_day_and_another_branch_are_none(bank):
    assert expected(bank) is None
    keep(bank)
    assert expected(bank, day=WEEK + timedelta(days=4)) is None
    assert expected(bank, day=WEEK + timedelta(days=30)) is None
    assert expected(bank, "Stranger") is None


def test_the_spread_is_what_the_planner_draws_its_days_with():
    """Two answers: the formula, and the spread of the paths that predicted waits are simulated on."""
    view = small.plan().outlook
    for day in range(3):
        mean, low, high = float(view.mean[:, day].sum()), float(view.day_p10[day]), float(view.day_p90[day])
        sigma = rules.day_spread(mean, low, high)
        sizes = np.log(rate_paths(view, day, seed=5).sum(axis=(1, 2)))
        assert sizes.std() == pytest.approx(sigma, rel=0.35, abs=0.02)


def test_a_range_no_wider_than_chance_has_no_spread():
    assert rules.day_spread(100.0, 90.0, 110.0) == 0.0
    assert rules.day_spread(0.0, 0.0, 0.0) == 0.0
    narrow, wide = rules.day_spread(100.0, 80.0, 125.0), rules.day_spread(100.0, 60.0, 150.0)
    assert 0 < narrow < wide
