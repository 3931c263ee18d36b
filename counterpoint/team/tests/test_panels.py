"""The team on the desk: who is here at each minute of the day, what tomorrow brings, and what waits for a decision."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.team import api, panels
from counterpoint.team.planning.tests import examples
from counterpoint.team.tests.conftest import WEEK, tiny_problem

SUNDAY = date(2026, 11, 29)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def ask(team, clock, rf):
    """`ask(panels.people, "Sun", day, hour, minute)`: the panel as that person sees it at that time in Shanghai."""

    def seen(panel, name="Sun", day=WEEK, hour=10, minute=30, branch=None):
        clock.at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)
        request = rf.get("/")
        request.scope, request.branch = team.scope(name), branch or team.b01
        with scoped(request.scope):
            return panel(request)

    return seen


@pytest.fixture
def out(team, draft):
    """The published week: Mei on cash and Omar in the lobby, 9 to 12, on Monday and Tuesday."""
    return api.roster_publish(scope=team.scope("Sun"), now=team.now, roster_id=draft.pk, revision=1)


@pytest.fixture
def with_lunch(team, draft):
    """The same, published, but Mei is at lunch from half past ten to eleven and has no post from half past eleven."""
    shifts = deepcopy(draft.solution)
    mei = str(team.people["Mei"].pk)
    for shift in shifts["roster"]["shifts"]:
        if shift["person"] == mei and shift["day"] == 0:
            shift["lunch"] = {"start": 630, "end": 660}
            shift["tasks"] = [
                {"start": 540, "end": 630, "skill": "cash"},
                {"start": 660, "end": 690, "skill": "cash"},
            ]
    sun = team.scope("Sun")
    with scoped(sun):
        row = api.roster_store(
            scope=sun, now=team.now, branch=team.b01, week=WEEK, problem=tiny_problem(team).to_dict(), solution=shifts
        )
    return api.roster_publish(
        scope=sun, now=team.now, roster_id=row.pk, revision=1, waivers={"lunch": "early lunch", "minimum:cash": "short"}
    )


def leave(team, name="Mei", since=WEEK, until=WEEK, *, approve=True):
    asked = api.leave_request(
        scope=team.scope(name), now=team.now, branch=team.b01, kind="annual", since=since, until=until
    )
    if approve:
        api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=asked.pk, approve=True)
    return asked


def names(body):
    return {where: [shift.name for shift in group] for where, group in body.context["rows"]}


@pytest.mark.parametrize("panel", [panels.people, panels.tomorrow, panels.requests])
def test_somebody_without_a_branch_sees_no_panel(team, rf, panel):
    request = rf.get("/")
    request.scope, request.branch = team.scope("Hana"), None
    assert panel(request) is None


class TestPeople:
    def test_without_a_roster_on_an_open_day_somebody_must_act(self, ask):
        body = ask(panels.people)
        assert (body.level, body.headline) == ("act", "No roster is published for today")
        assert "Publish today" in render_to_string(body.template, dict(body.context))

    def test_on_a_closed_day_it_is_silent(self, ask):
        assert ask(panels.people, day=SUNDAY) is None

    def test_a_draft_is_not_a_roster(self, ask, draft):
        assert ask(panels.people).level == "act"

    @pytest.mark.parametrize(
        ("hour", "minute", "groups", "headline"),
        [
            (8, 59, {"comes 09:00": ["Mei", "Omar"]}, "0 here now, 2 on the roster"),
            (9, 0, {"Cash": ["Mei"], "Lobby": ["Omar"]}, "2 here now, 2 on the roster"),
            (11, 59, {"Cash": ["Mei"], "Lobby": ["Omar"]}, "2 here now, 2 on the roster"),
            (12, 0, {"gone home": ["Mei", "Omar"]}, "0 here now, 2 on the roster"),
        ],
    )
    def test_people_stand_where_they_are_at_that_minute(self, ask, out, hour, minute, groups, headline):
        body = ask(panels.people, hour=hour, minute=minute)
        assert (names(body), body.headline, body.level) == (groups, headline, "calm")

    @pytest.mark.parametrize(
        ("hour", "minute", "where"),
        [
            (10, 29, "Cash"),
            (10, 30, "at lunch until 11:00"),
            (10, 59, "at lunch until 11:00"),
            (11, 0, "Cash"),
            (11, 30, "no post"),
            (12, 0, "gone home"),
        ],
    )
    def test_lunch_and_time_without_a_post_are_said_so(self, ask, with_lunch, hour, minute, where):
        assert "Mei" in names(ask(panels.people, hour=hour, minute=minute))[where]

    def test_people_on_posts_come_first(self, ask, with_lunch):
        assert list(names(ask(panels.people, hour=10, minute=45))) == ["Lobby", "at lunch until 11:00"]

    def test_leave_is_shown_with_and_without_a_roster(self, ask, team, out):
        leave(team, "Ada")
        shown = ask(panels.people)
        assert [one.profile.user.name for one in shown.context["away"]] == ["Ada"]
        assert "Ada is on leave" in render_to_string(shown.template, dict(shown.context))
        tuesday = ask(panels.people, day=date(2026, 12, 1))
        assert not tuesday.context["away"]

    def test_leave_that_is_only_asked_for_is_no_absence(self, ask, team):
        leave(team, "Ada", approve=False)
        assert not ask(panels.people).context["away"]

    def test_the_day_turns_at_the_branchs_own_midnight(self, ask, out):
        assert names(ask(panels.people, hour=0, minute=0)) == {"comes 09:00": ["Mei", "Omar"]}
        assert ask(panels.people, day=SUNDAY, hour=23, minute=59) is None

    def test_another_branch_sees_nothing_of_it(self, ask, team, out):
        body = ask(panels.people, "Bo", branch=team.b02)
        assert body.level == "act" and not body.context["rows"]


@pytest.fixture
def forecast(team):
    """A forecast for Monday to Wednesday: 33, 22 and no customers."""
    payload = examples.outlook().to_dict()
    return api.forecast_store(
        scope=team.scope("Sun"), now=team.now, branch=team.b01, since=WEEK, until=date(2026, 12, 3), seed=1,
        inputs_hash="a", payload=payload,
    )  # fmt: skip


@pytest.fixture
def with_waits(team, draft):
    """The published week with predicted waits for Monday, and nobody serving on Tuesday."""

    def publish(p90):
        figures = {"customers": 33.0, "wait_mean": 2.0, "wait_p90": p90, "within": 0.9, "walkouts": 0.0}
        day = {"date": "2026-11-30", **figures, "utilisation": 0.5, "cells": []}
        sun = team.scope("Sun")
        row = api.roster_store(
            scope=sun, now=team.now, branch=team.b01, week=WEEK, problem=draft.problem, solution=draft.solution,
            waits={"plan": {"days": [day], "overall": figures}, "baseline": None, "baseline_kind": ""},
        )  # fmt: skip
        return api.roster_publish(scope=sun, now=team.now, roster_id=row.pk, revision=1)

    return publish


def text(body):
    return " ".join(render_to_string(body.template, dict(body.context)).split())


class TestTomorrow:
    def test_without_roster_and_forecast_it_asks_for_both(self, ask):
        body = ask(panels.tomorrow, day=SUNDAY)
        assert (body.level, body.headline) == ("watch", "11-30 Mon has no published roster yet")
        assert "No forecast yet." in text(body) and "Draft and publish the roster" in text(body)

    def test_a_forecast_says_how_many_and_how_sure(self, ask, forecast):
        body = ask(panels.tomorrow, day=SUNDAY)
        assert (body.context["expected"], body.context["low"], body.context["high"]) == (33, 26, 40)
        assert "33 customers (26 to 40 in 8 of 10 days)" in text(body) and body.level == "watch"

    def test_the_day_of_the_forecast_is_the_next_open_one(self, ask, forecast):
        body = ask(panels.tomorrow, day=WEEK)
        assert (body.context["expected"], body.context["date"]) == (22, date(2026, 12, 1))

    def test_after_saturday_comes_monday(self, ask):
        assert ask(panels.tomorrow, day=date(2026, 11, 28)).context["date"] == WEEK

    def test_a_published_roster_calms(self, ask, out, forecast):
        body = ask(panels.tomorrow, day=SUNDAY)
        assert (body.level, body.headline) == ("calm", "11-30 Mon: 33 customers expected, 2 people")
        assert "2 people on the published roster" in text(body) and "9 of 10" not in text(body)

    def test_a_published_roster_without_a_forecast_counts_people_only(self, ask, out):
        body = ask(panels.tomorrow, day=SUNDAY)
        assert (body.level, body.headline) == ("calm", "11-30 Mon: 2 people on the roster")

    def test_predicted_waits_are_called_simulated(self, ask, with_waits):
        with_waits(6.4)
        assert "9 of 10 wait less than 6 min (simulated)" in text(ask(panels.tomorrow, day=SUNDAY))

    def test_a_day_that_nobody_serves_promises_no_wait(self, ask, with_waits):
        with_waits(None)
        assert "9 of 10" not in text(ask(panels.tomorrow, day=SUNDAY))

    def test_waits_of_another_day_are_not_shown(self, ask, with_waits):
        with_waits(6.4)
        assert ask(panels.tomorrow, day=WEEK).context["wait"] is None


class TestRequests:
    def test_it_is_silent_until_somebody_asks(self, ask):
        assert ask(panels.requests) is None

    def test_leave_that_waits_is_counted_and_named(self, ask, team):
        leave(team, "Mei", approve=False)
        leave(team, "Ada", until=date(2026, 12, 2), approve=False)
        body = ask(panels.requests)
        assert (body.level, body.headline) == ("watch", "2 requests wait for you")
        assert "Mei" in text(body) and "11-30–12-02" in text(body)

    def test_what_was_decided_waits_no_longer(self, ask, team):
        leave(team, "Mei")
        assert ask(panels.requests) is None

    def test_a_swap_waits_once_both_agree(self, ask, team, out):
        taker = api.profile_of(scope=team.scope("Ada"), branch=team.b01, user=team.people["Ada"].pk)
        swap = api.swap_request(
            scope=team.scope("Mei"), now=team.now, branch=team.b01, day=WEEK, taker_id=taker.pk, back=None
        )
        assert ask(panels.requests) is None
        api.swap_consent(scope=team.scope("Ada"), now=team.now, swap_id=swap.pk, agree=True)
        body = ask(panels.requests)
        assert body.headline == "1 requests wait for you" and "Mei → Ada · 11-30" in text(body)

    def test_another_branch_is_asked_nothing(self, ask, team):
        leave(team, "Mei", approve=False)
        assert ask(panels.requests, "Bo", branch=team.b02) is None
