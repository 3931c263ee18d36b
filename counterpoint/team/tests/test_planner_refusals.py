"""The planner in the bank: what it asks for before it plans, and what a draft is compared with."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.primitives.metrics import UnknownSource
from counterpoint.science.rostering import Roster as Schedule
from counterpoint.science.rostering import RosterProblem
from counterpoint.team import api, planner, trial, waiting
from counterpoint.team.planning.tests import examples, files
from counterpoint.team.tests.conftest import WEEK

CLOSED = ((),) * 7
HOURS = (((540, 720),), ((570, 690),), *CLOSED[2:])
SUNDAY = date(2026, 12, 6)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(planner, "WORK", 0.5)


@pytest.fixture
def forecast(team):
    """`forecast(hours)`: a stored forecast of the week with these opening hours."""

    def store(hours=HOURS):
        return api.forecast_store(
            scope=team.scope("Sun"), now=team.now, branch=team.b01, since=WEEK, until=WEEK + timedelta(days=7), seed=1,
            inputs_hash="a", payload=examples.outlook(hours).to_dict(),
        )  # fmt: skip

    return store


def draft(team, branch=None, name="Sun"):
    scope = team.scope(name)
    with scoped(scope):
        return planner.draft_roster(scope=scope, now=team.now, branch=branch or team.b01, week=WEEK, seed=1)


def make(team, since=WEEK, days=7):
    scope = team.scope("Sun")
    with scoped(scope):
        return planner.make_forecast(scope=scope, now=team.now, branch=team.b01, since=since, days=days, seed=1)


class TestHistory:
    def fetched(self, team, monkeypatch, answer):
        def fetch(key, **_more):
            assert key == "onsite.tickets"
            if answer is None:
                raise UnknownSource(key)
            return answer

        monkeypatch.setattr(planner, "fetch", fetch)
        return planner.history(scope=team.scope("Sun"), branch=team.b01, since=WEEK, until=SUNDAY)

    @pytest.mark.parametrize("rows", [None, 0])
    def test_no_source_and_no_ticket_both_ask_to_import_a_file(self, team, monkeypatch, rows):
        answer = None if rows is None else files.log(files.ticket(1, "2026-11-23 09:00")).frame.iloc[:0]
        with pytest.raises(api.NotNow, match=r"Import a ticket file|导入"):
            self.fetched(team, monkeypatch, answer)

    def test_tickets_that_are_all_refused_point_to_the_imports_list(self, team, monkeypatch):
        frame = files.log(files.ticket(1, "2026-11-23 09:00")).frame.assign(arrived=None)
        with pytest.raises(api.NotNow, match=r"import's list|导入"):
            self.fetched(team, monkeypatch, frame)

    def test_usable_tickets_are_a_log(self, team, monkeypatch):
        frame = files.log(files.ticket(1, "2026-11-23 09:00"), files.ticket(2, "2026-11-23 09:01")).frame
        assert len(self.fetched(team, monkeypatch, frame).usable) == 2


class TestPromise:
    @pytest.mark.parametrize(
        ("tiers", "minutes"),
        [
            ({}, 15.0),
            ({"normal": (0.9, 12.0), "gold": (0.1, 5.0)}, 12.0),
            ({"normal": (0.4, 12.0), "gold": (0.6, 5.0)}, 5.0),
        ],
    )
    def test_it_is_that_of_the_tier_with_most_customers(self, monkeypatch, tiers, minutes):
        made = {key: SimpleNamespace(share=share, promise_minutes=m) for key, (share, m) in tiers.items()}
        monkeypatch.setattr(planner, "tiers", lambda on, pack: made)
        assert planner.promised(WEEK, "cn") == minutes


class TestRefusals:
    def test_a_forecast_of_closed_days_is_refused_in_the_readers_words(self, team, monkeypatch):
        log = files.log(*(files.ticket(n, f"2026-11-{2 + n:02d} 09:05") for n in range(5)))
        monkeypatch.setattr(planner, "history", lambda **_more: log)
        with pytest.raises(api.NotNow, match=r"closed on all of these days|全部停业"):
            make(team, since=SUNDAY, days=1)

    def test_a_week_that_the_forecast_has_closed_is_not_drafted(self, team, forecast):
        forecast(CLOSED)
        with pytest.raises(api.NotNow, match=r"closed on all of these days|全部停业"):
            draft(team)

    def test_a_branch_without_staff_profiles_is_told_where_to_set_them_up(self, bank):
        api.forecast_store(
            scope=bank.scope("Bo"), now=bank.now, branch=bank.b02, since=WEEK, until=WEEK + timedelta(days=7), seed=1,
            inputs_hash="a", payload=examples.outlook(HOURS).to_dict(),
        )  # fmt: skip
        with pytest.raises(api.NotNow, match=r"staff profile|员工档案|人员"):
            draft(bank, bank.b02, "Bo")


class TestDraft:
    def test_it_takes_the_people_their_leave_and_the_posts_that_somebody_can_hold(self, team, forecast):
        row = forecast()
        leave = api.leave_request(
            scope=team.scope("Ada"), now=team.now, branch=team.b01, kind="annual", since=WEEK, until=WEEK
        )
        api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=leave.pk, approve=True)
        made = draft(team)
        problem = RosterProblem.from_dict(made.problem)
        assert made.forecast_id == row.pk and made.state == "draft"
        assert {p.name for p in problem.people} == {"Mei", "Omar", "Sun", "Ada"}
        assert {m.key for m in problem.minimums} == {"cash", "lobby"}  # nobody holds non-cash
        kept = Schedule.from_dict(made.solution["roster"])
        assert kept.of(str(team.people["Ada"].pk), 0) is None
        assert made.waits["baseline_kind"] == "flat" and made.waits["plan"]["overall"]["customers"] > 0

    def test_it_is_compared_with_last_weeks_published_roster(self, team, draft_of_last_week, forecast):
        forecast()
        api.roster_publish(scope=team.scope("Sun"), now=team.now, roster_id=draft_of_last_week.pk, revision=1)
        assert draft(team).waits["baseline_kind"] == "last_week"

    def test_an_unpublished_last_week_is_no_pattern(self, team, draft_of_last_week, forecast):
        forecast()
        assert draft(team).waits["baseline_kind"] == "flat"


@pytest.fixture
def draft_of_last_week(team, draft):
    """The stored draft moved a week back: Mei on cash and Omar in the lobby on its Monday and Tuesday."""
    problem = RosterProblem.from_dict(draft.problem)
    days = tuple(replace(d, date=(date.fromisoformat(d.date) - timedelta(days=7)).isoformat()) for d in problem.days)
    sun = team.scope("Sun")
    with scoped(sun):
        return api.roster_store(
            scope=sun, now=team.now, branch=team.b01, week=WEEK - timedelta(days=7),
            problem=replace(problem, days=days).to_dict(), solution=draft.solution,
        )  # fmt: skip


class TestWhatIf:
    def test_without_a_forecast_there_is_nothing_to_play(self, team, draft):
        with scoped(team.scope("Sun")):
            assert waiting.outlook_of(draft) is None
            saved = Schedule.from_dict(draft.solution["roster"])
            assert waiting.compared(draft, saved, saved, 0) is None

    def test_a_day_that_everybody_left_is_told_without_infinite_numbers(self, team, draft, forecast):
        sun = team.scope("Sun")
        with scoped(sun):
            row = api.roster_store(
                scope=sun, now=team.now, branch=team.b01, week=WEEK, problem=draft.problem, solution=draft.solution,
                forecast=forecast(),
            )  # fmt: skip
            saved = Schedule.from_dict(draft.solution["roster"])
            found = waiting.compared(row, saved, Schedule(()), 0, days=20)
        told = trial.day_json(found.tried)
        assert (told["date"], told["wait_p90"], told["walkouts"]) == ("2026-11-30", None, 1.0)
        assert trial.change_json(found) == {"days": 20, "p90": None, "cells": []}

    def test_speeds_are_those_of_active_profiles(self, team):
        sun = team.scope("Sun")
        api.staff_profile_set(
            scope=sun, now=team.now, branch=team.b01, user=team.people["Mei"], skills=[api.SkillInput("cash", 3)],
            speed=1.25,
        )  # fmt: skip
        with scoped(sun):
            found = waiting.speeds_of(team.b01)
        assert found[str(team.people["Mei"].pk)] == 1.25 and set(found.values()) == {1.0, 1.25}
