"""What others read of the team: published shifts, the fairness ledger, forecasts by date, series by key."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import scoped
from counterpoint.primitives import metrics
from counterpoint.team import api, queries
from counterpoint.team.models import Forecast, Roster, ShiftRow
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import TUESDAY, WEEK, by, edit, in_days, key, publish, revise


def sun(team):
    return {"scope": team.scope("Sun"), "branch": team.b01}


def put(team, shifts, state="published"):
    """Rows as publishing leaves them, one roster a week: (name, days after Monday, start, end, lunch minutes)."""
    rosters = {}
    with scoped(team.scope("Sun")):
        for name, number, start, end, lunch in shifts:
            day = in_days(number)
            week = day - timedelta(days=day.weekday())
            if week not in rosters:
                rosters[week] = Roster(
                    org_unit=team.b01, week=week, version=1 + Roster.objects.filter(week=week).count(), problem={},
                    state=state, made_at=team.now, published_at=team.now,
                )  # fmt: skip
                rosters[week].save(force_insert=True)
            eats = (720, 720 + lunch) if lunch else (None, None)
            ShiftRow(
                org_unit=team.b01, roster=rosters[week], user=team.people[name], date=day, start=start, end=end,
                lunch_start=eats[0], lunch_end=eats[1],
            ).save(force_insert=True)  # fmt: skip


def test_shifts_of_a_day_come_by_start_then_name(team):
    put(team, [("Sun", 0, 540, 720, 0), ("Ada", 0, 540, 700, 0), ("Mei", 0, 480, 600, 0), ("Omar", 1, 480, 600, 0)])
    found = api.shifts_on(**sun(team), day=WEEK)
    assert [(s.name, s.start, s.end, s.lunch) for s in found] == [
        ("Mei", 480, 600, None), ("Ada", 540, 700, None), ("Sun", 540, 720, None),
    ]  # fmt: skip
    assert [s.name for s in api.shifts_on(**sun(team), day=TUESDAY)] == ["Omar"]


@pytest.mark.parametrize(
    ("since", "until", "found"), [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 2, 1), (2, 1, 0), (-7, 9, 2)]
)
def test_a_span_holds_its_first_day_and_not_its_last(team, out, since, until, found):
    rows = api.shifts_between(**sun(team), since=in_days(since), until=in_days(until), user=team.people["Mei"].pk)
    assert len(rows) == found and {r.name for r in rows} <= {"Mei"}


def test_drafts_and_superseded_versions_are_not_read(team, out):
    row = edit(team, revise(team, out), api.Cell(key(team, "Mei"), 0, off=True)).roster
    assert {s.name for s in api.shifts_on(**sun(team), day=WEEK)} == {"Mei", "Omar"}
    publish(team, row)
    assert {s.name for s in api.shifts_on(**sun(team), day=WEEK)} == {"Omar"}


@pytest.mark.parametrize(
    ("minute", "post"),
    [(539, None), (540, "cash"), (599, "cash"), (600, None), (629, None), (630, "lobby"), (719, "lobby"), (720, None)],
)
def test_the_post_of_a_minute_is_half_open_and_none_at_lunch(minute, post):
    segments = ((540, 600, "cash"), (630, 720, "lobby"))
    shift = queries.ShiftView(uuid4(), "Mei", WEEK, 540, 720, (600, 630), segments)
    assert shift.post_at(minute) == post


@pytest.mark.parametrize(("name", "found"), [("Mei", 4), ("Rita", 4), ("Otto", 4), ("Bo", 0), ("Stranger", 0)])
def test_shifts_are_read_inside_the_readers_scope(team, out, name, found):
    rows = api.shifts_between(scope=team.scope(name), branch=team.b01, since=WEEK, until=in_days(7))
    assert len(rows) == found
    assert (api.roster_latest(scope=team.scope(name), branch=team.b01, week=WEEK) is None) is (found == 0)
    assert len(api.versions(scope=team.scope(name), branch=team.b01, week=WEEK)) == bool(found)


CARRIED = st.lists(
    st.tuples(
        st.sampled_from(["Ada", "Mei", "Omar"]), st.integers(-8, 8), st.sampled_from([480, 540]),
        st.sampled_from([720, 1035, 1036, 1080]), st.sampled_from([0, 30, 45]),
    ),
    max_size=8, unique_by=lambda s: s[:2],
)  # fmt: skip


def test_the_ledger_counts_hours_lates_and_weekends_as_by_hand(team):
    @settings(max_examples=10)
    @given(CARRIED)
    def check(shifts):
        with transaction.atomic():
            put(team, shifts)
            found = api.fairness(**sun(team), since=in_days(-7), until=in_days(7))
            naive = {}
            for name, number, start, end, lunch in shifts:
                if -7 <= number < 7:
                    count, minutes, lates, weekends = naive.get(name, (0, 0, 0, 0))
                    naive[name] = (
                        count + 1, minutes + end - start - lunch, lates + (end > 17 * 60 + 15),
                        weekends + (number % 7 in (5, 6)),
                    )  # fmt: skip
            assert [(r.name, r.shifts, r.hours, r.lates, r.weekends) for r in found] == [
                (name, count, round(minutes / 60, 1), lates, weekends)
                for name, (count, minutes, lates, weekends) in sorted(naive.items())
            ]
            transaction.set_rollback(True)

    check()


def forecast(team, since, until, made=0, seed=1):
    return expected.store(team, since, (until - since).days, made=timedelta(minutes=made), seed=seed)


def test_the_newest_forecast_that_covers_a_date_is_read(team):
    long = forecast(team, WEEK, in_days(14), made=0)
    short = forecast(team, WEEK, in_days(7), made=1)
    asked = {n: api.forecast_latest(**sun(team), on=in_days(n)) for n in (-1, 0, 6, 7, 13, 14)}
    assert {n: row and row.pk for n, row in asked.items()} == {
        -1: None, 0: short.pk, 6: short.pk, 7: long.pk, 13: long.pk, 14: None,
    }  # fmt: skip
    assert api.forecast_latest(**sun(team)).pk == short.pk
    assert api.forecast_latest(scope=team.scope("Stranger"), branch=team.b01) is None


def test_the_same_run_is_stored_once_and_any_difference_makes_another(team):
    first = forecast(team, WEEK, in_days(7))
    assert forecast(team, WEEK, in_days(7), made=99).pk == first.pk
    others = [
        forecast(team, WEEK, in_days(7), seed=2),
        forecast(team, WEEK, in_days(8)),
        forecast(team, TUESDAY, in_days(7)),
    ]
    assert len({row.pk for row in (first, *others)}) == 4
    with scoped(team.scope("Sun")):
        assert Forecast.objects.count() == 4


def test_forecasts_before_a_date_come_newest_first_and_not_all_of_them(team):
    rows = [forecast(team, in_days(-n), in_days(7), made=n) for n in range(1, 5)]
    forecast(team, WEEK, in_days(7), made=9)  # begins on the day itself
    found = queries.forecasts_before(**sun(team), before=WEEK)
    assert [r.pk for r in found] == [r.pk for r in reversed(rows)]
    assert [r.pk for r in queries.forecasts_before(**sun(team), before=WEEK, limit=2)] == [rows[3].pk, rows[2].pk]


@pytest.mark.parametrize(
    ("zone", "now", "local"),
    [
        ("Asia/Shanghai", datetime(2026, 11, 29, 15, 59, tzinfo=UTC), (date(2026, 11, 29), 1439)),
        ("Asia/Shanghai", datetime(2026, 11, 29, 16, 0, tzinfo=UTC), (WEEK, 0)),
        ("Asia/Shanghai", datetime(2026, 12, 31, 16, 30, tzinfo=UTC), (date(2027, 1, 1), 30)),
        ("Asia/Kathmandu", datetime(2026, 11, 30, 0, 0, tzinfo=UTC), (WEEK, 345)),
        ("America/New_York", datetime(2026, 11, 30, 4, 59, tzinfo=UTC), (date(2026, 11, 29), 1439)),
    ],
)
def test_the_branchs_own_date_and_minute(bank, zone, now, local):
    branch = bank.b01
    branch.time_zone = zone
    assert queries.now_at(branch, now) == local


def test_other_rooms_get_shifts_with_lunch_and_posts_by_key(team, out):
    frame = metrics.fetch("team.shifts", **sun(team), since=WEEK, until=in_days(1))
    assert list(frame.columns) == ["date", "user", "name", "start", "end", "lunch_start", "lunch_end", "segments"]
    assert [(r.name, r.start, r.end, r.lunch_start) for r in frame.itertuples()] == [
        ("Mei", 540, 720, None), ("Omar", 540, 720, None),
    ]  # fmt: skip
    empty = metrics.fetch("team.shifts", **sun(team), since=in_days(2), until=in_days(2))
    assert empty.empty and list(empty.columns) == list(frame.columns)
    assert metrics.fetch("team.shifts", scope=team.scope("Bo"), branch=team.b01, since=WEEK, until=in_days(7)).empty


def test_other_rooms_get_the_newest_forecast_of_each_date_by_key(team):
    forecast(team, WEEK, in_days(7))
    frame = metrics.fetch("team.forecast", **sun(team), since=in_days(-3), until=in_days(9))
    assert sorted(set(frame["date"])) == [in_days(n) for n in range(3)]  # the branch opens three days a week
    assert len(frame) == 3 * 2 * 3 and frame["mean"].sum() == 16 * (1 + 2 + 3)
    tuesday = frame[(frame["date"] == TUESDAY) & (frame["service"] == "transfer")]
    assert [tuple(row) for row in tuesday[["minute", "mean", "p10", "p50", "p90"]].itertuples(index=False)] == [
        (540, 2.0, 1.0, 2.0, 3.0), (570, 4.0, 2.0, 4.0, 6.0), (600, 2.0, 1.0, 2.0, 3.0),
    ]  # fmt: skip


def test_where_no_room_offers_arrivals_there_are_none(team, monkeypatch):
    import sys

    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {})
    assert queries.actual_arrivals(**sun(team), since=WEEK, until=TUESDAY) is None


def test_versions_come_newest_first(team, draft):
    revise(team, draft)
    revise(team, draft)
    assert [row.version for row in api.versions(**sun(team), week=WEEK)] == [3, 2, 1]
    assert api.roster_latest(**sun(team), week=WEEK).version == 3
    assert api.versions(**sun(team), week=in_days(7)) == [] and api.roster_latest(**sun(team), week=in_days(7)) is None


def test_wishes_are_read_by_weekday(team):
    api.preferences_set(**by(team, "Mei"), branch=team.b01, wishes=[(4, "early", 1020, 2), (0, "off", 0, 5)])
    profile = api.profile_of(**sun(team), user=team.people["Mei"].pk)
    assert [(w.weekday, w.kind) for w in queries.wishes(scope=team.scope("Sun"), profile=profile.pk)] == [
        (0, "off"), (4, "early"),
    ]  # fmt: skip
    assert queries.wishes(scope=team.scope("Stranger"), profile=profile.pk) == []
