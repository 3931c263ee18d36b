"""Each kind of restriction in a conflict: named with its person, day and source, and nothing that is not needed."""

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import HealthCheck, assume, given, settings

from counterpoint.science.rostering import (
    Core,
    Day,
    History,
    Limit,
    Minimum,
    Pin,
    TwoPerson,
    Waiver,
    Window,
    conflict,
    conflicts,
    diagnose,
    first_conflict,
    holds,
)
from counterpoint.science.rostering.conflict import possible
from counterpoint.science.rostering.tests.cases import week
from counterpoint.science.rostering.tests.everyroster import cheapest
from counterpoint.science.rostering.tests.smallbranch import (
    LOBBY,
    LUNCH,
    branch,
    branches,
    need,
    rule,
    someone,
)

DRAWN = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
DAY = rule("day.max_minutes", 60)
MEI, OMAR = someone(), someone("omar")
LONG = (Pin("mei", 0, "shift", 540, 660),)
MUST = (Core(0, 540, 570, must=True),)
AWAY = (Window(0, 0, 1440, "leave"),)


def busy(*days):
    """Mei must work these days."""
    return someone(core=tuple(Core(d, 540, 570, must=True) for d in days))


KINDS = {
    "leave against a fixed shift": (
        branch(someone(unavailable=AWAY), pins=LONG),
        ["Mei is away on 2026-11-30 00:00-24:00 (leave)", "Mei 2026-11-30: shift 09:00-11:00 is fixed by hand"],
    ),
    "leave against core hours": (
        branch(someone(unavailable=AWAY, core=MUST)),
        ["Mei is away on 2026-11-30 00:00-24:00 (leave)", "Mei works the core hours 09:00-09:30 on 2026-11-30"],
    ),
    "a fixed day off against core hours": (
        branch(someone(core=MUST), pins=(Pin("mei", 0, "off"),)),
        ["Mei works the core hours 09:00-09:30 on 2026-11-30", "Mei 2026-11-30: off is fixed by hand"],
    ),
    "two fixed cells": (
        branch(MEI, pins=(*LONG, Pin("mei", 0, "off"))),
        ["Mei 2026-11-30: shift 09:00-11:00 is fixed by hand", "Mei 2026-11-30: off is fixed by hand"],
    ),
    "a task of a skill not held": (
        branch(MEI, pins=(Pin("mei", 0, "task", 540, 570, "lobby"),)),
        ["Mei 2026-11-30: lobby 09:00-09:30 is fixed by hand"],
    ),
    "a task on a closed day": (
        replace(branch(MEI, pins=(Pin("mei", 0, "task", 540, 570, "cash"),)), days=(Day("2026-11-30"),)),
        ["Mei 2026-11-30: cash 09:00-09:30 is fixed by hand"],
    ),
    "core hours on a closed day": (
        replace(branch(someone(core=MUST)), days=(Day("2026-11-30"),)),
        ["Mei works the core hours 09:00-09:30 on 2026-11-30"],
    ),
    "the eight-hour day": (
        branch(MEI, rules=(DAY,), pins=LONG),
        ["Mei works at most 60 minutes on 2026-11-30", "Mei 2026-11-30: shift 09:00-11:00 is fixed by hand"],
    ),
    "the contract's day": (
        branch(someone(max_day=90), pins=LONG),
        ["Mei works at most 90 minutes on 2026-11-30", "Mei 2026-11-30: shift 09:00-11:00 is fixed by hand"],
    ),
    "the contract's least day": (
        branch(someone(min_day=120, core=MUST, unavailable=(Window(0, 630, 660, "clinic"),))),
        [
            "Mei works at least 120 minutes on 2026-11-30",
            "Mei is away on 2026-11-30 10:30-11:00 (clinic)",
            "Mei works the core hours 09:00-09:30 on 2026-11-30",
        ],
    ),
    "lunch against core hours": (
        branch(someone(min_day=90, core=(Core(0, 540, 660, must=True),)), lunch=LUNCH),
        ["Mei has lunch on 2026-11-30", "Mei works the core hours 09:00-11:00 on 2026-11-30"],
    ),
    "a run of days": (
        branch(busy(0, 1), days=2, rules=(rule("run.max_days", 1),)),
        [
            "Mei works the core hours 09:00-09:30 on 2026-11-30",
            "Mei works the core hours 09:00-09:30 on 2026-12-01",
            "Mei works at most 1 days in a row",
        ],
    ),
    "a run that began before": (
        branch(replace(busy(0), history=History(run_days=6)), rules=(rule("run.max_days", 6),)),
        ["Mei works the core hours 09:00-09:30 on 2026-11-30", "Mei works at most 6 days in a row"],
    ),
    "a short night": (
        branch(MEI, days=2, rules=(rule("rest.between_minutes", 1380),), pins=(*LONG, replace(LONG[0], day=1))),
        [
            "Mei rests 1380 minutes before day 2",
            "Mei 2026-11-30: shift 09:00-11:00 is fixed by hand",
            "Mei 2026-12-01: shift 09:00-11:00 is fixed by hand",
        ],
    ),
    "protected from overtime": (
        branch(someone(protected=True, overtime_agreed=60), rules=(DAY, rule("protected.no_overtime", 1)), pins=LONG),
        ["Mei is protected from overtime", "Mei 2026-11-30: shift 09:00-11:00 is fixed by hand"],
    ),
    "no overtime left this month": (
        branch(
            someone(overtime_agreed=60, history=History(overtime_month=90)),
            rules=(DAY, rule("overtime.month_max_minutes", 120)),
            pins=LONG,
        ),
        [
            "Mei has 30 minutes of overtime left this month",
            "Mei 2026-11-30: shift 09:00-11:00 is fixed by hand",
        ],
    ),
    "a post that nobody can hold": (
        branch(someone(skills=LOBBY), minimums=(Minimum("till", ("cash",), 1, 540, 570),)),
        ["2026-11-30 09:00: at least 1 on cash"],
    ),
    "a pair with one able person": (
        branch(MEI, someone("omar", LOBBY), two_person=(TwoPerson("vault", "cash", 540, 570),)),
        ["2026-11-30 09:00: vault by at least 2 with cash"],
    ),
    "demand that must be met": (
        branch(MEI, demand=need(0, 0, 2, 0), coverage_hard=True),
        ["2026-11-30 10:00: 2 on cash"],
    ),
}
each = pytest.mark.parametrize(("problem", "words"), KINDS.values(), ids=list(KINDS))


@each
def test_a_conflict_names_exactly_what_cannot_hold_together(problem, words):
    (found, *others) = conflicts(problem)
    assert sorted(i.words for i in found.items) == sorted(words)
    assert others == [] and found.minimal
    text = found.summary().splitlines()
    assert text[0] == "These cannot hold together; dropping any one of them resolves this conflict:"
    assert len(text) == len(words) + 1
    assert list(found.to_frame()["words"]) == [i.words for i in found.items]


@each
def test_every_smaller_part_of_a_conflict_can_hold(problem, words):
    found = first_conflict(problem)
    assert not holds(problem, found.items)
    smaller = chain.from_iterable(combinations(found.items, n) for n in range(len(words)))
    assert all(holds(problem, part) for part in smaller)


@each
def test_setting_any_part_aside_that_is_no_law_resolves_the_only_conflict(problem, words):
    for item in first_conflict(problem).items:
        if item.key not in problem.law:
            waiver = Waiver(item.key, "agreed", item.person, item.day, item.start)
            assert possible(replace(problem, waivers=(waiver,))), item.words
    assert len(words) == len(first_conflict(problem).items)


@DRAWN
@given(branches(2, 2))
def test_conflicts_share_no_restriction_and_leaving_all_of_them_out_makes_a_roster(problem):
    found = conflicts(problem, most=20)
    every = [item for one in found for item in one.items]
    assert len(set(every)) == len(every)
    assert possible(problem, without=frozenset(every))
    assert (not found) == possible(problem) == (cheapest(problem) is not None)
    assert diagnose(problem).conflict == (found[0] if found else None)


@DRAWN
@given(branches(2, 2, waivers=False))
def test_a_conflict_found_is_one_by_trying_every_roster_too(problem):
    """Waive everything that the conflict does not name: trying still finds no roster."""
    found = first_conflict(problem)
    assume(found is not None)
    named = {item.key for item in found.items}
    posts = {m.key for m in problem.minimums if f"minimum:{m.key}" in named}
    pairs = {t.key for t in problem.two_person if f"two_person:{t.key}" in named}
    core = replace(
        problem,
        rules=tuple(r if r.key in named else replace(r, hard=False) for r in problem.rules),
        minimums=tuple(m for m in problem.minimums if m.key in posts),
        two_person=tuple(t for t in problem.two_person if t.key in pairs),
        pins=problem.pins if "pin" in named else (),
        coverage_hard=problem.coverage_hard and any(key.startswith("coverage:") for key in named),
    )
    assert cheapest(core) is None


def test_troubles_within_a_day_come_before_those_of_the_week():
    rules = (rule("week.max_minutes", 60),)
    mei = someone(core=tuple(Core(d, 540, 570, must=True) for d in (0, 1)))
    omar = someone("omar", unavailable=(Window(2, 0, 1440, "leave"),))
    problem = branch(mei, omar, days=3, rules=rules, pins=(Pin("omar", 2, "shift", 540, 600),))
    first, second = conflicts(problem)
    assert {i.kind for i in first.items} == {"leave", "pin"}
    assert "week.max_minutes" in {i.key for i in second.items}
    assert conflicts(problem, most=1) == (first,)
    assert conflicts(problem, most=0) == ()


def test_the_sources_and_marks_of_rules_stand_in_the_conflict():
    found = first_conflict(branch(MEI, rules=(DAY,), pins=LONG))
    assert {(i.kind, i.source, i.mark) for i in found.items} == {
        ("law", "source of day.max_minutes", "V"), ("pin", "supervisor", "D"),
    }  # fmt: skip
    house = first_conflict(branch(MEI, rules=(replace(DAY, mark="K"),), pins=LONG))
    assert {i.kind for i in house.items} == {"rule", "pin"}
    assert "[source of day.max_minutes, K]" in house.summary()


def test_a_conflict_too_hard_for_its_work_limit_is_an_error_not_an_answer(monkeypatch):
    monkeypatch.setattr(conflict, "WORK", Limit(deterministic=0.0))
    with pytest.raises(TimeoutError, match="narrow the week or the shifts"):
        possible(week(minimums=(Minimum("cash", ("cash",), 3),)))


def test_two_people_with_one_trouble_each_have_two_conflicts():
    bound = tuple(replace(p, core=MUST) for p in (MEI, OMAR))
    found = conflicts(branch(*bound, pins=(Pin("mei", 0, "off"), Pin("omar", 0, "off"))))
    assert [{i.person for i in one.items} for one in found] in ([{"mei"}, {"omar"}], [{"omar"}, {"mei"}])


def test_a_long_day_forced_twice_breaks_the_day_once_and_the_protection_once_more():
    """With the day's limit set aside the same minutes are still overtime, which protected people may not work."""
    guarded = someone(protected=True, core=(Core(0, 540, 660, must=True),))
    found = conflicts(branch(guarded, rules=(DAY, rule("protected.no_overtime", 1)), pins=LONG))
    assert [len(one.items) for one in found] == [2, 2]
    assert {i.key for one in found for i in one.items} == {"day.max_minutes", "protected.no_overtime", "pin", "core"}
