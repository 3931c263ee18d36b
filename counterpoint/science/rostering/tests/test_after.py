"""After the roster: repair changes little, explanations name what breaks, the ledger adds up."""

import dataclasses

from counterpoint.science.rostering import (
    Absence,
    History,
    Limit,
    Minimum,
    Pin,
    Preference,
    evaluate,
    explain,
    ledger,
    repair,
    solve,
)
from counterpoint.science.rostering.tests.cases import MEI, OMAR, SUN, roster, shift, week

CASH = (Minimum("cash", ("cash",)),)


def test_a_sick_call_is_filled_and_the_other_days_stand_still():
    problem = week(days=3)
    before = solve(problem, seed=1, limit=Limit(deterministic=3.0)).roster
    ill = next(s.person for s in before.shifts if s.day == 1)
    fixed = repair(problem, before, (Absence(ill, 1),), seed=1)
    after = fixed.result.roster
    assert fixed.result.evaluation.feasible
    assert after.of(ill, 1) is None
    assert all(day == 1 for _, day in fixed.changed)
    assert {s for s in after.shifts if s.day != 1} == {s for s in before.shifts if s.day != 1} or fixed.changed
    assert len(fixed.changed) <= 2


def test_nothing_moves_when_nobody_is_missed():
    problem = week((MEI, OMAR), days=1, demand={"cash": (0,) * 22})
    plan = roster(shift("mei", 0), shift("omar", 0, skill="lobby"))
    fixed = repair(problem, plan, (Absence("omar", 0),), seed=1)
    assert fixed.changed == ()
    assert fixed.result.roster.of("mei", 0).start == 540


def test_somebody_is_called_in_when_a_minimum_post_would_stand_empty():
    problem = week((MEI, OMAR, SUN), days=1, minimums=CASH)
    before = solve(problem, seed=1).roster
    ill = before.shifts[0].person
    fixed = repair(problem, before, (Absence(ill, 0),), seed=1)
    assert fixed.result.evaluation.feasible
    assert "moved" in fixed.summary()


def test_a_repair_that_cannot_be_is_infeasible_not_an_exception():
    problem = week((MEI, OMAR), days=1, minimums=CASH)
    before = solve(problem, seed=1).roster
    fixed = repair(problem, before, (Absence("mei", 0),), seed=1)
    assert fixed.result.status == "infeasible" and fixed.changed == ()


def test_a_late_comer_and_a_new_pin_can_be_repaired_too():
    problem = week(days=1, minimums=CASH)
    before = solve(problem, seed=1).roster
    changes = (Absence("mei", 0, 480, 660, "train late", 0), Pin("sun", 0, "shift", 540, 780))
    after = repair(problem, before, changes, seed=1).result
    assert after.evaluation.feasible
    mei = after.roster.of("mei", 0)
    assert mei is None or mei.start >= 660
    assert after.roster.of("sun", 0).end == 780


def test_an_explanation_says_what_a_shift_covers_and_what_breaks_without_it():
    problem = week(days=1, minimums=CASH)
    plan = roster(shift("mei", 0), shift("omar", 0, 690, 780, lunch=None))
    why = explain(problem, plan, "mei", 0)
    assert why.covers[0] == (540, 720, "cash")
    assert {v.key for v in why.breaks} == {"minimum:cash"}
    assert why.short_hours == 8 - 0.5 - 1.0
    assert "Mei works 09:00-17:30" in why.summary()
    assert len(why.to_frame()) == 2


def test_a_shift_nobody_needs_is_called_that():
    plan = roster(shift("mei", 0), shift("omar", 0))
    why = explain(week(days=1, demand={"cash": (0,) * 22}), plan, "omar", 0)
    assert why.breaks == () and why.short_hours == 0
    assert "nothing breaks without it" in why.summary()


def test_a_free_day_is_explained_too():
    wisher = dataclasses.replace(MEI, preferences=(Preference(0, "off"),))
    problem = week((wisher, OMAR), pins=(Pin("mei", 1, "off"),))
    assert "wished to be off" in explain(problem, roster(shift("omar", 0)), "mei", 0).summary()
    assert "fixed by hand" in explain(problem, roster(shift("omar", 0)), "mei", 1).summary()


def test_the_ledger_adds_history_and_this_week():
    carried = dataclasses.replace(
        MEI,
        history=History(minutes=9600, lates=3, weekends=1),
        preferences=(Preference(0, "off"), Preference(5, "work")),
    )
    problem = week((carried, OMAR))
    plan = roster(shift("mei", 0), shift("mei", 5), shift("omar", 1, 540, 1020))
    book = ledger(problem, plan)
    mei, omar = book.entries
    assert (mei.minutes, mei.total_minutes, mei.lates, mei.total_lates) == (960, 10560, 2, 5)
    assert (mei.weekends, mei.total_weekends, mei.wishes, mei.wishes_met) == (1, 2, 2, 1)
    assert (omar.lates, omar.lunches) == (0, 1)
    assert book.spread() == {"total_lates": 5, "total_weekends": 2}
    assert "1 of 2 wishes" in book.summary()
    assert len(book.to_frame()) == 2


def test_the_judge_agrees_with_the_repaired_objective():
    problem = week(days=1)
    before = solve(problem, seed=1).roster
    fixed = repair(problem, before, (Absence(before.shifts[0].person, 0),), seed=1)
    assert fixed.result.objective == evaluate(fixed.problem, fixed.result.roster).total
