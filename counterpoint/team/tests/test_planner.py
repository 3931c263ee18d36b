"""The planner in the bank: history by key → forecast → draft → editor with waits → track record → panels."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import JobRun, JournalEntry
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import api, planner, record
from counterpoint.team.models import Forecast
from counterpoint.team.tests.small import tickets

WEEK = date(2026, 11, 30)


@pytest.fixture
def history(team, monkeypatch):
    """The small simulated branch as the hall would offer it; the bank's own services and tiers."""
    frame = tickets()
    frame["service"] = frame["service"].map({"cash": "cash_deposit", "transfer": "cash_withdrawal"})
    for name in ("arrived", "called", "finished"):
        frame[name] = pd.to_datetime(frame[name])
    frame = frame.assign(branch="b01", tier="normal", left=pd.NaT, outcome="served")

    def between(_scope, _branch, since, until):
        return frame[(frame["arrived"].dt.date >= since) & (frame["arrived"].dt.date < until)]

    def arrivals(_scope, _branch, since, until):
        rows = between(None, None, since, until)
        minute = rows["arrived"].dt.hour * 60 + rows["arrived"].dt.minute // 30 * 30
        keys = pd.DataFrame({"date": rows["arrived"].dt.date, "service": rows["service"], "minute": minute})
        return keys.groupby(["date", "service", "minute"]).size().rename("arrivals").reset_index().assign(abandoned=0)

    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {source.key: source for source in sources()})
    metrics.register(Source("onsite.tickets", planner.COLUMNS, "tickets", between))
    metrics.register(Source("onsite.arrivals", ("date", "service", "minute", "arrivals"), "customers", arrivals))
    monkeypatch.setattr(planner, "WORK", 0.5)
    team.now = datetime(2026, 11, 29, 10, tzinfo=UTC)
    return team


def make(team, since=WEEK, days=7):
    sun = team.scope("Sun")
    with scoped(sun):
        return planner.make_forecast(scope=sun, now=team.now, branch=team.b01, since=since, days=days, seed=1)


def test_a_forecast_is_kept_once_and_never_changes(history):
    row, again = make(history), make(history)
    assert row.pk == again.pk and row.payload["history"]["tickets"] > 400
    assert row.payload["services"][0]["skill"] == "cash"
    sun = history.scope("Sun")
    with scoped(sun):
        assert JournalEntry.objects.filter(kind="team.forecast_made").count() == 1
        row.seed = 9
        with pytest.raises(RuntimeError):
            row.save()
    assert api.forecast_latest(scope=sun, branch=history.b01, on=WEEK).pk == row.pk


def test_no_history_says_what_to_do(team):
    sun = team.scope("Sun")
    with scoped(sun), pytest.raises(api.NotNow):
        planner.make_forecast(scope=sun, now=team.now, branch=team.b01, since=WEEK, days=7, seed=1)


def test_a_draft_stands_on_the_forecast_and_is_judged_and_played(history):
    sun = history.scope("Sun")
    with scoped(sun):
        row = planner.draft_roster(scope=sun, now=history.now, branch=history.b01, week=WEEK, seed=1)
    assert row.forecast is not None and row.version == 1
    if row.solution["roster"]:
        assert row.waits["plan"]["overall"]["customers"] > 50
        assert row.waits["baseline_kind"] == "flat"
    else:
        assert row.conflict


def test_the_jobs_do_the_same_and_say_where_the_result_is(history):
    sun = history.scope("Sun")
    with scoped(sun):
        job = api.forecast_make(scope=sun, now=history.now, branch=history.b01, since=WEEK, days=7)
        assert job.state == JobRun.State.DONE, job.error
        again = api.forecast_make(scope=sun, now=history.now, branch=history.b01, since=WEEK, days=7)
        drafted = api.roster_draft(scope=sun, now=history.now, branch=history.b01, week=WEEK)
    assert again.pk == job.pk and job.result["url"].startswith("/team/forecast")
    assert drafted.state == JobRun.State.DONE, drafted.error


def test_a_job_without_history_fails_with_words(team):
    sun = team.scope("Sun")
    with scoped(sun):
        job = api.forecast_make(scope=sun, now=team.now, branch=team.b01, since=WEEK)
    assert job.state == JobRun.State.FAILED and job.error and "Error" not in job.error


def test_the_track_record_uses_only_forecasts_made_before_the_day(history):
    sun = history.scope("Sun")
    early = replace_now(history, datetime(2026, 11, 15, 10, tzinfo=UTC))
    make(early, since=date(2026, 11, 16), days=7)
    days = record.track_record(scope=sun, branch=history.b01, today=date(2026, 11, 29))
    assert [d.date for d in days] == [date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)]
    assert all(d.actual > 20 and 0 <= d.inside <= 1 for d in days)
    assert 0 < record.summary_of(days)["wape"] < 1
    with scoped(sun):
        Forecast.objects.count()
    make(history, since=date(2026, 11, 16), days=7)
    again = record.track_record(scope=sun, branch=history.b01, today=date(2026, 11, 29))
    assert again == days


def replace_now(team, now):
    return replace(team, now=now)


def test_pages_show_the_forecast_its_record_and_the_need(history, sign_in):
    make(history)
    sun = sign_in("Sun")
    page = sun.get(reverse("team:forecast") + f"?day={WEEK}")
    assert page.status_code == 200 and b"data-chart" in page.content and page.context["notes"]
    need = sun.get(reverse("team:need") + f"?day={WEEK}")
    assert b"need-rows" in need.content
    book = sun.get(reverse("team:forecast-excel") + f"?day={WEEK}")
    assert book.content[:2] == b"PK"
    steps = {s.key: s.level for s in sun.get(reverse("team:plan") + f"?week={WEEK}").context["steps"]}
    assert steps["forecast"] == "fine" and steps["roster"] == "act"


def test_an_edit_replays_the_day_in_the_twin(history, draft, sign_in):
    import json

    forecast = make(history)
    sun = history.scope("Sun")
    with scoped(sun):
        row = api.roster_store(
            scope=sun, now=history.now, branch=history.b01, week=WEEK, problem=draft.problem, solution=draft.solution,
            forecast=forecast,
        )  # fmt: skip
    mei = str(history.people["Mei"].pk)
    cell = {"person": mei, "day": 0, "start": 540, "end": 660, "revision": 1}
    answer = sign_in("Sun").post(reverse("team:roster-edit", args=[row.pk]), json.dumps(cell), "application/json")
    assert answer.json()["waits"]["date"] == "2026-11-30" and answer.json()["waits"]["customers"] > 20


def test_other_rooms_read_shifts_and_forecasts_by_key(history, draft):
    make(history)
    sun = history.scope("Sun")
    api.roster_publish(scope=sun, now=history.now, roster_id=draft.pk, revision=1)
    until = WEEK + timedelta(days=1)
    shifts = metrics.fetch("team.shifts", scope=sun, branch=history.b01, since=WEEK, until=until)
    assert set(shifts["name"]) == {"Mei", "Omar"} and shifts["segments"].iloc[0][0]["skill"] in ("cash", "lobby")
    forecast = metrics.fetch("team.forecast", scope=sun, branch=history.b01, since=WEEK, until=until)
    assert forecast["mean"].sum() > 20 and (forecast["p10"] <= forecast["p90"]).all()


def test_an_expired_certificate_shows_as_holes_with_half_hours(history, sign_in):
    make(history)
    sun = history.scope("Sun")
    for name in ("Mei", "Sun", "Ada"):
        api.staff_profile_set(
            scope=sun, now=history.now, branch=history.b01, user=history.people[name],
            skills=[api.SkillInput("cash", 3, date(2026, 11, 30))],
        )  # fmt: skip
    page = sign_in("Sun").get(reverse("team:staff"))
    assert any("12-01" in hole for hole in page.context["holes"])
    assert not any("11-30" in hole for hole in page.context["holes"])


def test_a_forecast_knows_what_is_known_of_its_days_and_says_what_it_cannot_learn_yet(history, sign_in):
    plain = make(history)
    rain = [api.Known(WEEK - timedelta(days=n), "rain", float(n)) for n in range(8)]
    api.known_say(
        scope=history.scope("Sun"), now=history.now, branch=history.b01, days=[*rain, api.Known(WEEK, "fair")]
    )
    row = make(replace_now(history, history.now + timedelta(hours=1)))
    assert row.pk != plain.pk and row.payload["days"][0]["tags"] == ["event:fair", "month_end"]
    assert [note["values"]["name"] for note in row.payload["notes"] if note["code"] == "known_few"] == ["rain"]
    wide, narrow = (one.payload["day_p90"][0] - one.payload["day_p10"][0] for one in (row, plain))
    assert wide > narrow, "nobody knows yet what the fair brings"
    page = sign_in("Sun").get(reverse("team:forecast") + f"?day={WEEK}").content.decode()
    assert "rain：只有" in page
