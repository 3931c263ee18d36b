"""From records to the planner's people: leave as windows, wishes by date, what was carried, what the hand fixed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import scoped
from counterpoint.primitives.content import registry
from counterpoint.science.rostering import Pin, RosterProblem, Shift, pinned
from counterpoint.science.rostering import Roster as Schedule
from counterpoint.team import api, editor, parameters, waiting, workbench
from counterpoint.team.models import Roster, ShiftRow
from counterpoint.team.templatetags import team as tags
from counterpoint.team.tests import expected
from counterpoint.team.tests.conftest import tiny_problem
from counterpoint.team.tests.stories import TUESDAY, WEEK, ask_leave, by, decide_leave, in_days, key

DAYS = [in_days(n) for n in range(7)]


def person(team, name="Mei", days=DAYS):
    with scoped(team.scope("Sun")):
        return next(p for p in workbench.people_of(team.b01, days) if p.name == name)


def away(team, name="Mei", days=DAYS):
    return [(w.day, w.start, w.end, w.credit) for w in person(team, name, days).unavailable]


def test_a_profile_becomes_a_person_of_the_roster(team):
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Mei"], contract_minutes=1920, min_week_minutes=600,
        min_day_minutes=300, max_day_minutes=420, overtime_agreed=90,
        skills=[api.SkillInput("wealth", 2, date(2027, 6, 30)), api.SkillInput("cash", 5)],
    )  # fmt: skip
    mei = person(team)
    assert (mei.id, mei.home) == (key(team, "Mei"), "b01")
    assert (mei.max_week, mei.min_week, mei.min_day, mei.max_day, mei.overtime_agreed) == (1920, 600, 300, 420, 90)
    assert [(s.key, s.level, s.until) for s in mei.skills] == [("cash", 5, None), ("wealth", 2, "2027-06-30")]


def test_protected_people_do_no_overtime_whatever_they_agreed(team):
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Mei"], skills=[], overtime_agreed=90, protected=True
    )
    assert person(team).protected and person(team).overtime_agreed == 0


def test_the_shortest_day_is_never_longer_than_the_longest(team):
    api.staff_profile_set(**by(team, "Sun"), branch=team.b01, user=team.people["Mei"], skills=[], max_day_minutes=180)
    assert (person(team).min_day, person(team).max_day) == (180, 180)


@pytest.mark.parametrize(
    ("kind", "credit"), [("annual", 480), ("sick", 480), ("training", 480), ("nursing", 480), ("other", 0)]
)
def test_paid_leave_is_credited_with_a_fifth_of_the_contract_on_weekdays(team, kind, credit):
    decide_leave(team, ask_leave(team, kind=kind, since=in_days(3), until=in_days(6)))  # Thursday to Sunday
    assert away(team) == [(3, 0, 1440, credit), (4, 0, 1440, credit), (5, 0, 1440, 0), (6, 0, 1440, 0)]


@pytest.mark.parametrize(("start", "end", "credit"), [(0, 1440, 480), (0, 720, 0), (540, 1440, 0)])
def test_hours_of_a_day_are_not_credited(team, start, end, credit):
    decide_leave(team, ask_leave(team, since=TUESDAY, start=start, end=end))
    assert away(team) == [(1, start, end, credit)]


@pytest.mark.parametrize(("approve", "windows"), [(None, 0), (False, 0), (True, 1)])
def test_only_approved_leave_keeps_somebody_away(team, approve, windows):
    leave = ask_leave(team)
    if approve is not None:
        decide_leave(team, leave, approve=approve)
    assert len(away(team)) == windows and away(team, "Omar") == []


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [(-5, -1, []), (-5, 0, [0]), (-5, 9, [0, 1, 2, 3, 4, 5, 6]), (6, 20, [6]), (7, 20, []), (2, 3, [2, 3])],
)
def test_leave_over_the_edge_of_the_week_is_cut_to_it(team, since, until, days):
    decide_leave(team, ask_leave(team, since=in_days(since), until=in_days(until)))
    assert [day for day, _s, _e, _c in away(team)] == days


def test_standing_wishes_fall_on_their_weekday_also_in_two_weeks(team):
    api.preferences_set(
        **by(team, "Mei"), branch=team.b01, wishes=[(0, "off", 0, 5), (6, "early", 1020, 2), (0, "late", 570, 1)]
    )
    fortnight = [in_days(n) for n in range(14)]
    found = sorted((w.day, w.kind, w.time, w.weight) for w in person(team, days=fortnight).preferences)
    assert found == sorted(
        (day + plus, kind, time, weight)
        for plus in (0, 7)
        for day, kind, time, weight in ((0, "off", 0, 5), (0, "late", 570, 1), (6, "early", 1020, 2))
    )


def put(team, name, number, end=720, lunch=None):
    """A published shift from 9 on, so many days after the Monday."""
    day = in_days(number)
    week = day - timedelta(days=day.weekday())
    row = Roster.objects.filter(org_unit=team.b01, week=week, state="published").first()
    if row is None:
        row = Roster(org_unit=team.b01, week=week, version=1, problem={}, state="published", made_at=team.now)
        row.published_at = team.now
        row.save(force_insert=True)
    eats = (720, 720 + lunch) if lunch else (None, None)
    ShiftRow(
        org_unit=team.b01, roster=row, user=team.people[name], date=day, start=540, end=end, lunch_start=eats[0],
        lunch_end=eats[1],
    ).save(force_insert=True)  # fmt: skip


SHIFTS = st.lists(
    st.tuples(st.integers(-60, 2), st.sampled_from([720, 1035, 1036]), st.sampled_from([None, 30])),
    max_size=10, unique_by=lambda s: s[0],
)  # fmt: skip


def test_what_somebody_carried_is_counted_over_eight_weeks_as_by_hand(team):
    @settings(max_examples=10)
    @given(SHIFTS)
    def check(shifts):
        with scoped(team.scope("Sun")), transaction.atomic():
            for number, end, lunch in shifts:
                put(team, "Mei", number, end, lunch)
            found = person(team).history
            counted = [(n, end, lunch or 0) for n, end, lunch in shifts if -56 <= n < 0]
            assert found.minutes == sum(end - 540 - lunch for _n, end, lunch in counted)
            assert found.lates == sum(end == 1036 for _n, end, _lunch in counted)
            assert found.weekends == sum(n % 7 in (5, 6) for n, _end, _lunch in counted)
            worked, run = {n for n, _end, _lunch in counted}, 0
            while -(run + 1) in worked:
                run += 1
            assert found.run_days == run
            assert person(team, "Omar").history.minutes == 0
            transaction.set_rollback(True)

    check()


def test_a_fresh_problem_knows_new_leave_and_keeps_what_the_draft_was_given(team, draft):
    problem = workbench.problem_of(draft)
    carried = replace(problem.person(key(team, "Mei")).history, lates=7)
    people = tuple(replace(p, history=carried) if p.name == "Mei" else p for p in problem.people)
    draft.problem = replace(problem, people=people).to_dict()
    decide_leave(team, ask_leave(team))
    with scoped(team.scope("Sun")):
        fresh, stored = (workbench.problem_of(draft, fresh=f).person(key(team, "Mei")) for f in (True, False))
    assert fresh.history.lates == stored.history.lates == 7
    assert [(w.day, w.credit) for w in fresh.unavailable] == [(0, 480)] and stored.unavailable == ()


def test_a_draft_that_found_nothing_is_an_empty_roster(team, draft):
    for solution in ({}, {"roster": None}, {"roster": {}}):
        draft.solution = solution
        assert workbench.schedule_of(draft) == Schedule(())


def test_a_cell_fixed_by_hand_replaces_the_older_pin_and_no_other(team):
    mei, omar = key(team, "Mei"), key(team, "Omar")
    old = (Pin(mei, 0, "off"), Pin(mei, 1, "off"), Pin(omar, 0, "task", 540, 600, "cash"))
    problem = replace(tiny_problem(team), pins=old)
    schedule = Schedule((Shift(mei, 0, 540, 690),))
    pins = pinned(problem, schedule, [(mei, 0), (omar, 1)]).pins
    assert pins[:2] == old[1:] and set(pins[2:]) == {Pin(mei, 0, "shift", 540, 690), Pin(omar, 1, "off")}


def test_a_stored_problem_comes_back_as_it_was(team, draft):
    assert RosterProblem.from_dict(draft.problem) == workbench.problem_of(draft) == tiny_problem(team)


@pytest.mark.parametrize(
    ("sent", "cell"),
    [
        ({"person": 7, "day": "1", "off": True}, api.Cell("7", 1, off=True)),
        ({"person": "x", "day": 0, "off": False, "start": "540", "end": 600.0}, api.Cell("x", 0, start=540, end=600)),
        ({"person": "x", "day": 0, "start": 540, "end": 600, "lunch": None, "tasks": []},
         api.Cell("x", 0, start=540, end=600)),
        ({"person": "x", "day": 0, "start": 540, "end": 720, "lunch": {"start": 600, "end": 630},
          "tasks": [{"start": 540, "end": 600, "skill": "cash"}]},
         api.Cell("x", 0, start=540, end=720, lunch=(600, 630), tasks=((540, 600, "cash"),))),
        ({"person": "x", "day": 0, "off": True, "start": "nonsense"}, api.Cell("x", 0, off=True)),
    ],
)  # fmt: skip
def test_the_scripts_json_becomes_a_cell(sent, cell):
    assert editor.cell_of(sent) == cell


def test_a_roster_without_a_forecast_promises_nothing(team, draft):
    assert waiting.outlook_of(draft) is None
    saved = workbench.schedule_of(draft)
    assert waiting.compared(draft, saved, saved, 0) is None


def test_a_forecast_of_a_fortnight_is_cut_to_the_rosters_week(team, draft):
    forecast = expected.store(team, in_days(-7), 21)
    draft.forecast = forecast
    view = waiting.outlook_of(draft)
    assert [d.date for d in view.days] == DAYS and view.mean.shape == (2, 7, 4)


def test_speeds_are_those_of_active_people(team):
    set_speed = {"branch": team.b01, "skills": []}
    api.staff_profile_set(**by(team, "Sun"), **set_speed, user=team.people["Mei"], speed=1.5)
    api.staff_profile_set(**by(team, "Sun"), **set_speed, user=team.people["Omar"], speed=0.8, active=False)
    with scoped(team.scope("Sun")):
        speeds = waiting.speeds_of(team.b01)
    assert speeds[key(team, "Mei")] == 1.5 and key(team, "Omar") not in speeds and len(speeds) == 3


@pytest.mark.parametrize(
    ("pack", "key_of", "value", "hard"),
    [
        ("cn", "day.max_minutes", 480, True),
        ("cn", "week.max_minutes", 2400, True),
        ("cn", "week.rest_days", 1, True),
        ("cn", "overtime.day_max_minutes", 180, True),
        ("cn", "overtime.month_max_minutes", 2160, True),
        ("cn", "protected.no_overtime", 1, True),
        ("cn", "rest.between_minutes", 660, False),
        ("cn", "run.max_days", 6, False),
        ("intl", "week.max_minutes", 2880, False),
        ("intl", "rest.between_minutes", 660, False),
        ("intl", "week.rest_days", 1, False),
    ],
)
def test_the_rules_in_force_are_the_published_figures_and_only_verified_ones_forbid(pack, key_of, value, hard):
    rule = next(r for r in parameters.rules_of(pack, WEEK) if r.key == key_of)
    assert (rule.value, rule.hard) == (value, hard)
    assert rule.hard == (rule.mark == "V") and rule.source and (rule.hard or rule.weight > 0)


def test_rules_are_dated_and_sorted():
    rules = parameters.rules_of("cn", WEEK)
    assert [r.key for r in rules] == sorted(r.key for r in rules) and len(rules) == 8
    early = {r.key for r in parameters.rules_of("cn", date(1995, 4, 30))}
    assert "day.max_minutes" not in early and "overtime.day_max_minutes" in early
    assert "protected.no_overtime" not in {r.key for r in parameters.rules_of("cn", date(2012, 4, 27))}
    assert "protected.no_overtime" in {r.key for r in parameters.rules_of("cn", date(2012, 4, 28))}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"value": -1, "unit": "minutes", "hard": True}, "0 or more"),
        ({"value": 1.5, "unit": "minutes", "hard": True}, "whole number"),
        ({"value": 1, "unit": "minutes"}, "weight above 0"),
        ({"value": 1, "unit": "minutes", "weight": 0}, "weight above 0"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(body, message):
    with translation.override("en"), pytest.raises(ValueError, match=message):
        registry.kind_of("parameters").value_of("roster.x", body)


@pytest.mark.parametrize(
    ("example", "fault"),
    [
        ({"given": 500, "excess": 20}, ""),
        ({"given": 480, "excess": 0}, ""),
        ({"given": 479, "excess": 0}, ""),
        ({"given": 500, "excess": 19}, "the excess is 20, not 19"),
        ({"given": 400, "missing": 80}, ""),
        ({"given": 481, "missing": 0}, ""),
        ({"given": 400, "missing": 0}, "80 are missing, not 0"),
    ],
)
def test_an_example_of_a_parameter_is_recomputed(example, fault):
    with translation.override("en"):
        assert parameters._example(parameters.Parameter("roster.day", 480, "minutes", hard=True), example) == fault


@pytest.mark.parametrize(("minutes", "text"), [(0, "0"), (2400, "40"), (2310, "38.5"), (2415, "40.25")])
def test_hours_are_shown_without_needless_zeros(minutes, text):
    assert tags.hours(minutes) == text


@pytest.mark.parametrize(
    ("until", "level", "wanted"),
    [("2027-06-30", "watch", "现金 L3 · 2027-06-30"), ("", "calm", "现金 L3"), ("", "unheard", "现金 L3")],
)
def test_a_skill_is_a_badge_with_level_and_last_day(until, level, wanted):
    badge = tags.skill_badge("现金", 3, until, level)
    assert badge["text"] == wanted and badge["level"] == level and badge["symbol"]
    assert tags.wish_is({4: "early"}, 4, "early") == " selected" and tags.wish_is({4: "early"}, 4, "off") == ""
