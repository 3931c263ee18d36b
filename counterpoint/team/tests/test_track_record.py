"""The forecast's own record: which run answers for a day, and the figures against a second count."""

import sys
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import record, shown
from counterpoint.team.models import Forecast
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import TUESDAY, WEEK, in_days

TODAY = in_days(10)


def run(payload, since=WEEK, made=None):
    return Forecast(since=since, until=since + timedelta(days=7), payload=payload, made_at=made)


COUNTS = st.dictionaries(st.sampled_from([510, 540, 570, 600, 630, 660]), st.integers(0, 40))


@settings(max_examples=40)
@given(COUNTS, st.integers(0, 2))
def test_a_day_is_judged_as_by_hand(came, number):
    payload = expected.payload()
    found = record.judge(run(payload), in_days(number), came)
    cells = [(540, 5.0), (570, 8.0), (600, 3.0)]  # the last half hour is forecast empty and does not count
    actual = [came.get(minute, 0) for minute, _mean in cells]
    wanted = [mean * (number + 1) for _minute, mean in cells]
    assert (found.date, found.actual, found.forecast) == (in_days(number), sum(actual), sum(wanted))
    assert (found.low, found.high) == (sum(wanted) / 2, sum(wanted) * 1.5)
    error = sum(abs(a - w) for a, w in zip(actual, wanted, strict=True))
    assert found.error == error / max(1, sum(actual))
    inside = [w / 2 <= a <= 1.5 * w for a, w in zip(actual, wanted, strict=True)]
    assert found.inside == sum(inside) / 3


def test_the_edges_of_the_range_count_as_inside():
    low, high = {540: 2.5, 570: 4, 600: 1.5}, {540: 7.5, 570: 12, 600: 4.5}
    for edge in (low, high):
        assert record.judge(run(expected.payload()), WEEK, edge).inside == 1
    outside = {540: 2.4, 570: 12.1, 600: 1.4}
    assert record.judge(run(expected.payload()), WEEK, outside).inside == 0


def test_a_day_forecast_closed_is_not_judged():
    assert record.judge(run(expected.payload()), in_days(4), {540: 9}) is None


def day(actual, error=0.1, inside=0.8, number=0):
    return record.RecordDay(in_days(number), 10.0, 5.0, 15.0, actual, error, inside)


@pytest.mark.parametrize(
    ("days", "summary"),
    [
        ((), None),
        ((day(0),), None),
        ((day(10),), {"days": 1, "wape": 0.1, "coverage": 0.8}),
        ((day(0, 9.0, 0.0), day(10)), {"days": 2, "wape": 0.1, "coverage": 0.4}),  # no customers, no weight
        ((day(30, 0.1, 1.0), day(10, 0.5, 0.5)), {"days": 2, "wape": 0.2, "coverage": 0.75}),
    ],
)
def test_the_summary_weighs_errors_by_customers_and_coverage_by_days(days, summary):
    found = record.summary_of(days)
    assert found == (summary and pytest.approx(summary))


@pytest.mark.parametrize(
    ("actuals", "title"),
    [([10, 10], "过去 2 天中有 2 天落在预测区间内"), ([4, 5, 15, 16], "过去 4 天中有 2 天落在预测区间内")],
)
def test_the_chart_counts_days_inside_the_range(actuals, title):
    chart = shown.record_chart([day(n, number=i) for i, n in enumerate(actuals)])
    assert chart.title == title and list(chart.series[1].values) == actuals
    assert shown.record_chart(()) is None


@pytest.fixture
def came(team, monkeypatch):
    """`came(rows)` lets the hall report arrivals: (date, minute, arrivals)."""
    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {s.key: s for s in sources() if s.key != "onsite.arrivals"})

    def report(rows):
        frame = pd.DataFrame([(d, "a", m, n) for d, m, n in rows], columns=["date", "service", "minute", "arrivals"])

        def read(_scope, _branch, since, until):
            return frame[(frame["date"] >= since) & (frame["date"] < until)]

        metrics.register(Source("onsite.arrivals", ("date", "service", "minute", "arrivals"), "customers", read))

    return report


def track(team, today=TODAY, name="Sun"):
    return record.track_record(scope=team.scope(name), branch=team.b01, today=today)


def test_without_arrivals_or_without_a_source_there_is_no_record(team, came):
    expected.store(team)
    assert track(team) == ()
    came([])
    assert track(team) == ()


def test_days_come_oldest_first_and_half_hours_of_all_services_add_up(team, came):
    came([(TUESDAY, 540, 4), (TUESDAY, 540, 3), (WEEK, 570, 8), (in_days(3), 540, 9)])
    expected.store(team)
    assert [(d.date, d.actual) for d in track(team)] == [(WEEK, 8), (TUESDAY, 7)]  # Thursday was forecast closed


def test_the_newest_run_made_before_a_day_answers_for_it(team, came):
    came([(in_days(n), 570, 8) for n in range(3)])
    expected.store(team)
    better = expected.payload()
    better["day_p50"] = [99.0] * 7
    made = datetime(2026, 12, 1, 1, 0, tzinfo=UTC) - team.now
    expected.store(team, made=made, seed=2, day_p50=better["day_p50"])
    late = datetime(2026, 12, 5, tzinfo=UTC) - team.now
    expected.store(team, made=late, seed=3, day_p50=[0.0] * 7)
    assert [d.forecast for d in track(team)] == [16.0, 99.0, 99.0]


@pytest.mark.parametrize(("back", "seen"), [(42, True), (43, False), (0, False), (1, True)])
def test_the_record_looks_back_six_weeks_and_not_at_today(team, came, back, seen):
    day_asked = TODAY - timedelta(days=back)
    came([(day_asked, 570, 8)])
    since = day_asked - timedelta(days=1)
    made = datetime(since.year, since.month, since.day, tzinfo=UTC) - team.now
    expected.store(team, since=since, made=made)
    assert bool(track(team)) is seen


def test_a_reader_of_another_branch_has_no_record_of_this_one(team, came):
    came([(WEEK, 570, 8)])
    expected.store(team)
    assert track(team, name="Stranger") == () and track(team, name="Rita") != ()


@pytest.mark.parametrize(
    ("minute", "text"), [(0, "00:00"), (9, "00:09"), (60, "01:00"), (545, "09:05"), (1439, "23:59"), (1440, "24:00")]
)
def test_minutes_are_told_as_clock_time(minute, text):
    assert shown.clock(minute) == text


@settings(max_examples=40)
@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_is_told_by_month_day_and_weekday(day_told):
    label = shown.day_label(day_told)
    assert label[:5] == f"{day_told.month:02d}-{day_told.day:02d}"
    assert label[6:] == "周" + "一二三四五六日"[day_told.weekday()]


@pytest.mark.parametrize(("key", "name"), [("cash", "现金"), ("lobby", "大堂"), ("外币", "外币"), ("", "")])
def test_an_unknown_skill_shows_its_key(key, name):
    assert shown.skill(key) == name


@pytest.mark.parametrize(
    ("one", "text"),
    [
        ({"code": "left_before_queue", "text": "x", "values": {"count": 3}}, "3 名客户排队前已离开，不计入工作量。"),
        ({"code": "patience", "text": "x", "values": {"mean": 30.05, "events": 2}},
         "客户平均耐心 30.1 分钟（弃号 2 次；次数少时为缺省值）。"),
        ({"code": "left_before_queue", "text": "kept words", "values": {}}, "kept words"),
        ({"code": "left_before_queue", "text": "kept words"}, "kept words"),
        ({"code": "nobody_knows", "text": "kept words", "values": {"a": 1}}, "kept words"),
    ],
)  # fmt: skip
def test_a_note_falls_back_to_its_own_words(one, text):
    assert shown.note(one) == text


@pytest.mark.parametrize("code", sorted(shown.NOTES))
def test_every_note_has_words_in_both_languages(code):
    from django.utils import translation

    values = {"service": "a", "with": "b", "skill": "c", "load": 1.25, "count": 2, "minutes": 5, "mean": 3, "events": 4,
              "year": 2027, "peers": 4, "name": "rain", "days": 3, "enough": 20}  # fmt: skip
    told = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told[language] = shown.note({"code": code, "text": "fallback", "values": values})
    assert told["zh-hans"] != told["en"] and "fallback" not in told.values()
