"""Drift: found in the record after a day's actuals, journaled once, told with what to do, acknowledged by a person."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from counterpoint.foundation.api import Forbidden, JobRun, NotFound, scoped
from counterpoint.team import actions, nightly, queries, record, watching
from counterpoint.team.models import Forecast
from counterpoint.team.record import RecordDay
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import WEEK, by, in_days, journal

FORECAST = reverse("team:forecast")


def days(actuals, made=None, first=-40):
    """A record of days: 100 expected, 80 to 120 in 8 of 10 days, these many came."""
    return tuple(
        RecordDay(in_days(first + n), 100.0, 80.0, 120.0, came, 0.1, 0.8, made or in_days(first + n - 1))
        for n, came in enumerate(actuals)
    )


@pytest.fixture
def lived(monkeypatch):
    """`lived([100, ...])`: the branch's record is this."""

    def live(actuals, **more):
        monkeypatch.setattr(record, "track_record", lambda **_asked: days(actuals, **more))

    return live


def look(team, name="Sun"):
    return watching.watch(**by(team, name), branch=team.b01)


def raise_one(team, found=-3, kind="more", share=1.25):
    return actions.drift_raise(
        **by(team, "Sun"), branch=team.b01, kind=kind, since=in_days(found - 6), found=in_days(found), share=share
    )


class TestFinding:
    def test_a_branch_as_forecast_raises_nothing(self, team, lived):
        lived([100, 104, 95, 99, 108, 91] * 5)
        assert look(team) is None and journal(team, "team.drift") == []

    def test_an_empty_record_raises_nothing(self, team, lived):
        lived([])
        assert look(team) is None

    @pytest.mark.parametrize(("came", "kind", "share"), [(130, "more", 1.3), (70, "fewer", 0.7)])
    def test_a_moved_level_is_found_with_its_beginning_and_its_size(self, team, lived, came, kind, share):
        lived([100] * 20 + [came] * 8)
        found = look(team)
        assert (found.kind, found.since, round(found.share, 3)) == (kind, in_days(-20), share)
        assert found.since < found.found <= in_days(-13)
        assert journal(team, "team.drift_found") == [
            ("team.drift_found", {"kind": kind, "since": found.since.isoformat(), "found": found.found.isoformat(),
                                  "share": share})
        ]  # fmt: skip

    def test_ranges_that_have_become_too_narrow_are_found(self, team, lived):
        lived([130, 70] * 20)
        assert look(team).kind == "narrow"

    def test_looking_again_raises_and_journals_nothing_more(self, team, lived):
        lived([100] * 20 + [130] * 8)
        assert look(team) is not None and look(team) is None
        assert len(journal(team, "team.drift_found")) == 1

    def test_after_acknowledging_only_forecasts_made_since_can_raise_another(self, team, lived):
        lived([130] * 30)
        first = look(team)
        actions.drift_acknowledge(**by(team, "Sun"), alarm_id=first.pk)
        lived([130] * 30, made=first.found)
        assert look(team) is None
        lived([130] * 30, made=first.found + timedelta(days=1))
        assert watching.fresh(days([1], made=first.found), first.found) == ()

    def test_a_drift_that_the_refit_did_not_cure_is_raised_again(self, team, lived):
        lived([130] * 10)
        first = look(team)
        actions.drift_acknowledge(**by(team, "Sun"), alarm_id=first.pk)
        lived([130] * 40)
        again = look(team)
        assert again is not None and again.since > first.found


class TestAcknowledging:
    def test_a_leader_acknowledges_once(self, team):
        alarm = raise_one(team)
        for name in ("Ada", "Sun"):
            row = actions.drift_acknowledge(**by(team, name), alarm_id=alarm.pk)
        assert row.acknowledged_by == team.people["Ada"].pk
        assert len(journal(team, "team.drift_acknowledged")) == 1
        assert queries.drift_open(scope=team.scope("Sun"), branch=team.b01) is None

    def test_a_teller_may_not_and_for_a_stranger_it_does_not_exist(self, team):
        alarm = raise_one(team)
        with pytest.raises(Forbidden):
            actions.drift_acknowledge(**by(team, "Mei"), alarm_id=alarm.pk)
        with pytest.raises(NotFound):
            actions.drift_acknowledge(**by(team, "Stranger"), alarm_id=alarm.pk)

    def test_while_one_is_open_no_other_is_raised(self, team):
        assert raise_one(team) is not None
        assert raise_one(team, found=-1) is None


class TestPages:
    def test_the_forecast_page_says_what_since_when_and_what_to_do(self, team, sign_in):
        alarm = raise_one(team)
        expected.store(team)
        page = sign_in("Sun").get(FORECAST).content.decode()
        assert "自 11-21 周六起，来客比预测多 25%" in page and "重新预测" in page
        assert reverse("team:drift-acknowledge", args=[alarm.pk]) in page

    def test_pressing_acknowledge_takes_it_away(self, team, sign_in):
        alarm = raise_one(team)
        sun = sign_in("Sun")
        sun.post(reverse("team:drift-acknowledge", args=[alarm.pk]))
        assert "drift-alarm" not in sun.get(FORECAST).content.decode()

    def test_an_alarm_that_is_not_there_is_not_found(self, team, sign_in):
        alarm = raise_one(team)
        assert sign_in("Sun").post(reverse("team:drift-acknowledge", args=[uuid4()])).status_code == 404
        assert sign_in("Stranger").post(reverse("team:drift-acknowledge", args=[alarm.pk])).status_code == 404

    def test_a_reader_sees_it_without_buttons(self, team, sign_in, lived):
        raise_one(team)
        page = sign_in("Rita").get(FORECAST).content.decode()
        assert "drift-acknowledge" not in page


def at(hour, day=WEEK):
    """That hour of the clock in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, 10, tzinfo=UTC) - timedelta(hours=8)


class TestNight:
    def asked(self, team, kind):
        with scoped(team.scope("Hana")):
            return list(JobRun.objects.filter(kind=kind).values_list("org_unit__code", flat=True))

    def test_branches_with_a_forecast_are_watched_once_a_day(self, team, lived):
        lived([100] * 20 + [130] * 8)
        expected.store(team)
        assert nightly.watch_everywhere(at(0)) == 0
        assert nightly.watch_everywhere(at(2)) == 1 and nightly.watch_everywhere(at(3)) == 0
        assert self.asked(team, "team.record") == ["b01"]
        assert queries.drift_open(scope=team.scope("Sun"), branch=team.b01).kind == "more"
        assert nightly.watch_everywhere(at(2, in_days(1))) == 1

    def test_branches_with_people_get_a_forecast_at_night_only(self, team, monkeypatch):
        made = []
        monkeypatch.setattr(
            nightly, "forecast_make", lambda **asked: made.append((asked["branch"].code, asked["since"], asked["key"]))
        )
        assert nightly.renew_everywhere(at(10)) == 0
        assert nightly.renew_everywhere(at(2)) == 1
        assert made == [("b01", WEEK, f"team.renew:b01:{WEEK}")]

    def test_a_forecast_of_this_evening_is_fresh_enough(self, team):
        expected.store(team, made=at(2) - timedelta(hours=3) - team.now)
        assert nightly.renew_everywhere(at(2)) == 0
        with scoped(team.scope("Hana")):
            assert Forecast.objects.count() == 1
