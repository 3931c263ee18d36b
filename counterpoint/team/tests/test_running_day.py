"""The running day: who has come moves the rest of the day, with a band, on the forecast page and on the desk."""

import sys
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from django.urls import reverse
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import api, nowcasting, panels
from counterpoint.team.tests import expected, small
from counterpoint.team.tests.stories import WEEK

FORECAST = reverse("team:forecast")
COLUMNS = ("date", "service", "minute", "arrivals", "abandoned")


def payload():
    """The small branch's week: about 42 customers on Monday between nine and twelve, kept with its log rates."""
    return small.plan().outlook.to_dict()


def means():
    held = payload()
    return {held["start"] + 30 * k: mean for k, mean in enumerate(held["total_mean"][0]) if mean > 0}


def told(factor, minute=660):
    came = {start: round(factor * mean) for start, mean in means().items()}
    return nowcasting.corrected(payload(), 0, came, minute)


class TestCorrecting:
    def test_only_half_hours_that_are_over_count(self):
        at = {minute: told(1.0, minute).at for minute in (570, 599, 600, 700)}
        assert at == {570: 570, 599: 570, 600: 600, 700: 690}
        assert sorted(told(1.0, 600).cells) == [600, 630, 660, 690]

    def test_before_the_first_and_after_the_last_half_hour_there_is_nothing_to_correct(self):
        assert [told(1.0, minute) for minute in (530, 569, 720, 900)] == [None] * 4

    def test_a_full_morning_lifts_the_rest_and_a_quiet_one_lowers_it(self):
        quiet, usual, full = (sum(c[1] for c in told(f).cells.values()) for f in (0.3, 1.0, 2.0))
        assert quiet < usual < full

    def test_the_day_is_what_came_and_the_rest_with_a_band_that_narrows(self):
        found = told(1.0, 690)
        low, middle, high = found.now
        assert low <= middle <= high and high - low < found.before[2] - found.before[0]
        rest = found.cells[690]
        assert found.came + rest[0] <= low and high <= found.came + rest[2] + 1
        assert found.expected == pytest.approx(sum(m for start, m in means().items() if start < 690))

    def test_equal_tickets_give_equal_numbers(self):
        assert told(1.3) == told(1.3)

    def test_leaving_the_range_is_loud(self):
        assert told(1.0).level == "calm" and told(3.0, 690).level == "watch" and told(0.0, 690).level == "watch"

    def test_a_closed_day_and_an_older_form_have_none(self):
        assert nowcasting.corrected(payload(), 5, {}, 660) is None


@pytest.fixture
def ten(team, clock, monkeypatch):
    """Monday at half past ten at b01, with a forecast and twice as many customers as it said."""
    clock.at = datetime(WEEK.year, WEEK.month, WEEK.day, 2, 30, tzinfo=UTC)
    team.now = clock.at
    api.forecast_store(
        scope=team.scope("Sun"), now=clock.at - timedelta(days=1), branch=team.b01, since=WEEK,
        until=WEEK + timedelta(days=7), seed=1, inputs_hash="x", payload=payload(),
    )  # fmt: skip
    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {s.key: s for s in sources() if not s.key.startswith("onsite.")})
    rows = [(WEEK, "cash", start, round(2 * mean), 0) for start, mean in means().items() if start < 630]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))

    def read(_scope, _branch, since, until):
        return frame[(frame["date"] >= since) & (frame["date"] < until)]

    metrics.register(Source("onsite.arrivals", COLUMNS, "customers", read))
    return team


def test_the_page_of_today_tells_what_came_and_where_the_day_is_heading(ten, sign_in):
    answer = sign_in("Sun").get(FORECAST, {"day": WEEK.isoformat()})
    page, now = answer.content.decode(), answer.context["now"]
    assert f"截至 10:30 已来客 {now['found'].came} 位" in page and "按今日叫号修正" in page
    before, corrected, came = now["chart"].series
    assert [one is None for one in corrected.values] == [True] * 3 + [False] * 3
    assert [one is None for one in came.values] == [False] * 3 + [True] * 3
    assert all(a < b for a, b in zip(before.values[3:], corrected.values[3:], strict=True))


def test_the_page_of_another_day_has_no_correction(ten, sign_in):
    answer = sign_in("Sun").get(FORECAST, {"day": (WEEK + timedelta(days=1)).isoformat()})
    assert answer.context["now"] is None


def test_the_desk_says_it_to_those_who_may_see_forecasts(ten, rf):
    request = rf.get("/")
    request.scope, request.branch = ten.scope("Sun"), ten.b01
    with scoped(request.scope), translation.override("en"):
        body = panels.heading(request)
    assert body.headline.startswith("The day now points to") and "more than forecast" in body.headline
    request.branch = ten.b02
    with scoped(ten.scope("Bo")):
        request.scope = ten.scope("Bo")
        assert panels.heading(request) is None


def test_a_forecast_of_an_older_form_says_nothing(team, clock, sign_in):
    clock.at = datetime(WEEK.year, WEEK.month, WEEK.day, 2, 30, tzinfo=UTC)
    expected.store(team)
    assert sign_in("Sun").get(FORECAST, {"day": WEEK.isoformat()}).context["now"] is None
