"""A branch without days of its own: forecast from similar ones, scaled, labelled, telling nothing of a single one."""

import sys
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from django.urls import reverse

from counterpoint.foundation.api import (
    ScopeError,
    counter_create,
    hours_set,
    org_unit_create,
    roles,
    scoped,
    system_scope,
)
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import peers, planner, queries
from counterpoint.team.errors import NotNow
from counterpoint.team.tests.stories import WEEK

COLUMNS = ("date", "service", "minute", "arrivals", "abandoned")
SERVICES = ("cash_deposit", "transfer")
ROOT = system_scope(tuple(roles.table()))


def arrivals(daily):
    """Weekdays of sixty days, half of the customers at nine and half at eleven, two of three with cash."""
    rows = []
    for back in range(1, 61):
        day = WEEK - timedelta(days=back)
        if day.weekday() < 5:
            for minute in (540, 660):
                for service, share in zip(SERVICES, (2 / 3, 1 / 3), strict=True):
                    rows.append((day, service, minute, round(daily * share / 2), 0))
    return pd.DataFrame(rows, columns=list(COLUMNS))


@pytest.fixture
def grown(team):
    """Three more branches; b04 and b05 as b01, b06 with twice the windows."""
    with scoped(ROOT):
        for code, windows in (("b04", 4), ("b05", 4), ("b06", 8)):
            unit = org_unit_create(
                scope=ROOT, now=team.now, kind="branch", code=code, name=code, parent=team.units["west"]
            )
            hours_set(scope=ROOT, now=team.now, branch=unit, weekly={d: [(540, 1020)] for d in range(5)})
            for number in range(1, windows + 1):
                kind = ("cash", "cash", "non_cash", "wealth")[number % 4]
                counter_create(scope=ROOT, now=team.now, branch=unit, number=number, kind=kind)
            team.units[code] = unit
    return team


@pytest.fixture
def came(monkeypatch):
    """`came({"b02": 120})`: customers a day at these branches; the others have none."""
    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {s.key: s for s in sources() if not s.key.startswith("onsite.")})
    asked = []

    def set_to(daily):
        def read(scope, branch, since, until):
            asked.append((scope.actor, branch.code))
            frame = arrivals(daily.get(branch.code, 0)) if daily.get(branch.code) else arrivals(0).iloc[:0]
            return frame[(frame["date"] >= since) & (frame["date"] < until)]

        metrics.register(Source("onsite.arrivals", COLUMNS, "customers", read))
        return asked

    return set_to


def make(bank, days=7):
    return planner.make_forecast(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01, since=WEEK, days=days, seed=1)


def test_level_services_and_times_of_day_are_those_of_the_peers(grown, came):
    came(dict.fromkeys(("b02", "b03", "b04", "b05"), 120))
    found = peers.borrowed(grown.b01, WEEK)
    assert found.branches == 4 and found.daily == pytest.approx(120, rel=0.02)
    assert found.shares == pytest.approx({"cash_deposit": 2 / 3, "transfer": 1 / 3}, abs=0.01)
    assert {k: round(v, 2) for k, v in found.profile.items()} == {540: 0.5, 660: 0.5}


def test_a_larger_branch_is_scaled_by_its_windows(grown, came):
    came({"b02": 120, "b03": 120, "b06": 240})
    assert peers.borrowed(grown.b01, WEEK).daily == pytest.approx(120, rel=0.03)
    assert peers.borrowed(grown.b06, WEEK) is None  # two others only
    came({"b02": 120, "b03": 120, "b04": 120})
    assert peers.borrowed(grown.b06, WEEK).daily == pytest.approx(240, rel=0.02)


def test_two_branches_are_too_few_to_hide_behind(grown, came):
    came({"b02": 120, "b03": 120})
    assert peers.borrowed(grown.b01, WEEK) is None
    with pytest.raises(NotNow):
        make(grown)


def test_a_branch_without_windows_or_hours_borrows_nothing(grown, came):
    came(dict.fromkeys(("b02", "b03", "b04", "b05"), 120))
    with scoped(ROOT):
        bare = org_unit_create(
            scope=ROOT, now=grown.now, kind="branch", code="b09", name="b09", parent=grown.units["west"]
        )
    assert peers.borrowed(bare, WEEK) is None


def test_a_new_branch_gets_a_wide_forecast_that_says_where_it_comes_from(grown, came):
    came(dict.fromkeys(("b02", "b03", "b04", "b05"), 120))
    payload = make(grown).payload
    assert payload["history"]["peers"] == 4 and payload["notes"][0]["code"] == "forecast.borrowed"
    assert "forecast.no_history" not in {note["code"] for note in payload["notes"]}
    assert payload["day_p10"][0] < 120 < payload["day_p90"][0]
    assert {s["code"]: s["source"] for s in payload["services"]} == dict.fromkeys(SERVICES, "default")
    first = np.array(payload["total_mean"][0])
    assert first.argmax() * 30 + payload["start"] in (540, 660)


def test_the_page_labels_it(grown, came, sign_in):
    came(dict.fromkeys(("b02", "b03", "b04", "b05"), 120))
    make(grown)
    page = sign_in("Sun").get(reverse("team:forecast"), {"day": WEEK.isoformat()}).content.decode()
    assert "借用 4 家相似网点" in page and "初步参考" in page
    assert not any(code in page for code in ("b02", "解放路", "西湖"))


def test_the_forecast_learns_alone_once_there_are_two_weeks(grown, came, monkeypatch):
    monkeypatch.setattr(planner, "borrowed", lambda *_asked: pytest.fail("borrowed although there is history"))
    log = planner._no_log()
    days = [WEEK - timedelta(days=n) for n in range(1, 15)]
    log.frame["arrived"] = pd.to_datetime([f"{day} 09:10" for day in days])
    monkeypatch.setattr(planner, "history", lambda **_asked: log)
    assert planner._learnt(grown.scope("Sun"), grown.b01, WEEK - timedelta(days=30), WEEK) == (log, None)


def test_only_the_job_reads_others_and_leaves_no_wider_scope_behind(grown, came):
    asked = came(dict.fromkeys(("b02", "b03", "b04", "b05"), 120))
    peers.borrowed(grown.b01, WEEK)
    assert {actor for actor, _code in asked} == {None}
    with pytest.raises(ScopeError):
        queries.OrgUnit.objects.count()
    with scoped(grown.scope("Sun")):
        peers.borrowed(grown.b01, WEEK)
        assert list(queries.OrgUnit.objects.filter(kind="branch").values_list("code", flat=True)) == ["b01"]
