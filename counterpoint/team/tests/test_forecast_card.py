"""The card of a day: like days, coming days, coverage, drivers with their names, and the sentences made from them."""

import sys
from datetime import date, timedelta
from math import log

import pandas as pd
import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import card, drivers, record
from counterpoint.team.drivers import Told
from counterpoint.team.record import RecordDay
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import TUESDAY, WEEK, in_days

FORECAST = reverse("team:forecast")
COLUMNS = ("date", "service", "minute", "arrivals", "abandoned")
PAYDAY = date(2026, 12, 10)
PARTS = {"weekday": [log(1.5)] + [0.0] * 6, "tag:month_end": [log(4 / 3)] + [0.0] * 6}


@pytest.fixture
def came(monkeypatch):
    """`came({date: customers})`: what the hall recorded."""
    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {s.key: s for s in sources() if not s.key.startswith("onsite.")})

    def offer(days):
        frame = pd.DataFrame([(day, "a", 540, n, 0) for day, n in days.items()], columns=list(COLUMNS))

        def read(_scope, _branch, since, until):
            return frame[(frame["date"] >= since) & (frame["date"] < until)]

        metrics.register(Source("onsite.arrivals", COLUMNS, "customers", read))

    return offer


class TestHistory:
    def past(self, team, day=WEEK, today=WEEK):
        return card.history(scope=team.scope("Sun"), branch=team.b01, day=day, today=today)

    def test_the_last_eight_like_days_come_after_the_same_date_of_last_year(self, team, came):
        came({WEEK - timedelta(days=n): 100 + n for n in range(1, 400)})
        found = self.past(team)
        assert [one.date for one in found] == [
            date(2025, 11, 30), *(WEEK - timedelta(weeks=n) for n in range(8, 0, -1)),
        ]  # fmt: skip
        assert [one.last_year for one in found] == [True] + [False] * 8
        assert found[-1].came == 107

    def test_closed_days_are_passed_over_and_the_running_day_is_not_history(self, team, came):
        came({WEEK: 5, WEEK - timedelta(weeks=1): 0, WEEK - timedelta(weeks=2): 70})
        assert [(one.date, one.came) for one in self.past(team)] == [(WEEK - timedelta(weeks=2), 70)]

    def test_a_day_ahead_uses_what_came_until_today(self, team, came):
        came({WEEK - timedelta(weeks=n): 50 for n in range(4)})
        found = self.past(team, day=WEEK + timedelta(weeks=2), today=WEEK)
        assert max(one.date for one in found) < WEEK

    def test_the_leap_day_looks_at_the_twenty_eighth(self, team, came):
        came({date(2027, 2, 28): 60})
        (only,) = self.past(team, day=date(2028, 2, 29), today=date(2028, 2, 1))
        assert only.last_year and only.date == date(2027, 2, 28)

    def test_without_history_the_page_says_so(self, team, came, sign_in):
        came({})
        expected.store(team)
        answer = sign_in("Sun").get(FORECAST, {"day": WEEK.isoformat()})
        assert answer.context["history_chart"] is None and "还没有客流记录" in answer.content.decode()

    def test_the_title_tells_what_they_brought_and_special_days_are_named(self, team, came):
        came({PAYDAY - timedelta(weeks=n): 100 + 10 * n for n in range(1, 4)} | {date(2025, 12, 10): 99})
        with translation.override("en"):
            chart = card.history_chart(self.past(team, PAYDAY, PAYDAY), PAYDAY, 120.4, "cn")
        assert chart.title == "The last 3 days of this weekday brought 110 to 130 customers, 120 in the middle"
        assert chart.x[0] == "2025-12-10" and chart.limits[0].value == 120
        assert "12-10 Payday" in str(chart.source)


class TestComing:
    def test_open_days_from_the_chosen_one_with_their_range(self):
        chart = card.coming_chart(expected.payload(), 0, "cn")
        (series,) = chart.series
        assert (series.values, series.low, series.high) == ([16, 32, 48], [8, 16, 24], [24, 48, 72])
        assert card.coming_chart(expected.payload(), 2, "cn") is None

    def test_days_of_a_year_that_is_not_announced_are_provisional(self):
        payload = expected.payload(since=date(2026, 12, 30))
        with translation.override("en"):
            labels = [str(x) for x in card.coming_chart(payload, 0, "cn").x]
        assert labels == ["12-30 Wed", "12-31 Thu", "01-01 Fri, provisional"]

    def test_the_card_of_such_a_day_says_it(self, team, sign_in):
        expected.store(team, since=date(2026, 12, 30))
        sun = sign_in("Sun")
        assert "放假安排尚未公布" in sun.get(FORECAST, {"day": "2027-01-01"}).content.decode()
        assert "放假安排尚未公布" not in sun.get(FORECAST, {"day": "2026-12-31"}).content.decode()


def days(inside, count):
    """So many judged days, the first of them inside their range."""
    return tuple(RecordDay(in_days(n), 100, 80, 120, 100 if n < inside else 150, 0.1, 0.8) for n in range(count))


class TestCoverage:
    @pytest.mark.parametrize(
        ("inside", "count", "verdict"),
        [(0, 0, "few"), (0, 9, "few"), (9, 9, "few"), (8, 10, "fine"), (10, 10, "fine"), (3, 10, "narrow"),
         (24, 30, "fine"), (15, 30, "narrow"), (42, 42, "wide"), (30, 42, "fine")],
    )  # fmt: skip
    def test_a_share_is_judged_only_beyond_chance(self, inside, count, verdict):
        found = record.coverage_of(days(inside, count))
        assert (found.inside, found.days, found.verdict) == (inside, count, verdict)

    def test_days_are_told_as_a_count(self):
        with translation.override("en"):
            assert card.coverage_words(record.coverage_of(days(3, 10)))[::2] == ("3 of 10 days", "watch")
            assert card.coverage_words(record.coverage_of(()))[0] == "–"

    def test_the_share_is_told_with_its_interval_once_it_can_be_judged(self):
        with translation.override("en"):
            judged = card.coverage_words(record.coverage_of(days(24, 30)))[1]
            few = card.coverage_words(record.coverage_of(days(8, 9)))[1]
        assert judged == "80 %, with chance 63 to 90 %; in line with the aim of 8 of 10"  # Wilson, by hand
        assert few == "too few days to judge; aim 8 of 10"


class TestDrivers:
    def test_the_page_adds_up_from_a_usual_day_to_the_forecast(self, team, sign_in):
        expected.store(team, drivers={"usual": 8.0, "parts": PARTS})
        answer = sign_in("Sun").get(FORECAST, {"day": WEEK.isoformat()})
        told, bars = answer.context["told"], answer.context["bars"]
        assert told.usual + sum(bar.customers for bar in bars) == told.total == answer.context["expected"] == 16
        assert [bar.name for bar in bars] == ["周一", "月末"]
        page = answer.content.decode()
        assert "平常的周一来客约 12 位，这一天预计高出 33%。" in page
        assert [bar.share for bar in bars] == ["+62%", "+38%"]
        assert "预计来客 16 位，比平常日（8 位）多 8 位" in page and "带来客流的因素：周一 +5、月末 +3" in page

    def test_a_forecast_of_an_older_form_has_no_drivers_and_no_crash(self, team, sign_in):
        expected.store(team)
        answer = sign_in("Sun").get(FORECAST, {"day": TUESDAY.isoformat()})
        assert answer.context["told"] is None and "drivers" not in answer.content.decode()

    def test_a_closed_day_says_so(self, team, sign_in):
        expected.store(team)
        assert "当日不营业" in sign_in("Sun").get(FORECAST, {"day": in_days(5).isoformat()}).content.decode()

    @pytest.mark.parametrize(
        ("key", "day", "name"),
        [
            ("weekday", WEEK, "Mon"),
            ("weekday", date(2026, 10, 10), "Make-up workday"),
            ("tag:payday", PAYDAY, "Payday"),
            ("tag:market_day", WEEK, "market_day"),
            ("festival:Spring Festival", date(2026, 2, 10), "Near Spring Festival"),
            ("level", WEEK, "Level of the last weeks"),
            ("weather:rain", WEEK, "rain"),
        ],
    )
    def test_every_driver_has_a_name(self, key, day, name):
        with translation.override("en"):
            assert card.name_of(key, day, "cn") == name

    def test_both_directions_are_told_the_largest_first(self):
        found = Told(100, (("tag:payday", 30), ("break", -12), ("level", 4), ("other", -2)), 120)
        with translation.override("en"):
            first, second = card.sentences(found, PAYDAY, "cn")
        assert first == "120 customers are expected on 12-10 Thu, 20 more than on a usual day (100)."
        assert (
            second
            == "More come because of: Payday +30, Level of the last weeks +4; fewer because of: Closed days before −12."
        )

    @pytest.mark.parametrize(
        ("day", "weekday", "total", "says"),
        [
            (PAYDAY, 80, 110, "A usual Thu brings 80; this one is expected 38 %"),
            (PAYDAY, 120, 90, "A usual Thu brings 120; this one is expected 25 % below"),
            (PAYDAY, 100, 130, None),  # its weekday brings as many as any day
            (PAYDAY, None, 130, None),  # of its weekday nothing is known
            (PAYDAY, 120, 120, None),  # it is a usual Thursday
            (date(2026, 10, 10), 80, 120, None),  # a make-up workday is no Saturday
        ],
    )  # fmt: skip
    def test_a_day_is_told_against_a_usual_one_of_its_weekday(self, day, weekday, total, says):
        with translation.override("en"):
            words = card.sentences(Told(100, (("break", total - 100),), total, weekday), day, "cn")
        assert any(says in word for word in words) if says else not any("A usual" in word for word in words)

    def test_a_usual_day_is_one_sentence(self):
        with translation.override("en"):
            assert len(card.sentences(Told(100, (), 100), WEEK, "cn")) == 1

    @given(st.dictionaries(st.sampled_from(["level", "month", "break"]), st.integers(-400, 400), min_size=1))
    def test_bars_stay_in_the_picture_on_their_side(self, effects):
        told = drivers.whole(500, effects, 500 + sum(effects.values()))
        for bar in card.bars(told, WEEK, "cn"):
            assert bar.start >= 0 and bar.start + bar.width <= 1000
            assert bar.percent == round(bar.customers / 5)
            assert (bar.start >= 500) == (bar.customers > 0) and (bar.signed[0] == "+") == (bar.customers > 0)
