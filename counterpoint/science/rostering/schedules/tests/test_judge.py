"""The judge agrees with a rulebook written apart from it, and with plans worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering.schedules import Cover, Employee, Plan, Request, ScheduleProblem, ShiftType, judge
from counterpoint.science.rostering.schedules.tests.cases import keeps, legal, price, problems


@settings(max_examples=150)
@given(problems(people=2, days=6), st.data())
def test_a_plan_near_the_rules_is_judged_as_by_the_rulebook(problem, data):
    """Legal rows with at most one day changed, so that often a single rule decides."""
    shift = st.sampled_from(["", *(s.key for s in problem.shifts)])
    rows = []
    for person in range(2):
        row = list(data.draw(st.sampled_from(legal(problem, person) or [("",) * 6])))
        if data.draw(st.booleans()):
            row[data.draw(st.integers(0, 5))] = data.draw(shift)
        rows.append(tuple(row))
    verdict = judge(problem, Plan({one.key: row for one, row in zip(problem.employees, rows, strict=True)}))
    for one, row in zip(problem.employees, rows, strict=True):
        assert keeps(problem, one, row) == (one.key not in {b.employee for b in verdict.breaches})
    assert verdict.total == price(problem, tuple(rows))


MEI = Employee("Mei", 960, 2880, {"L": 1}, 3, 2, 3, 1, (2,))
BASE = ScheduleProblem(
    14, (ShiftType("E", 480), ShiftType("L", 480, ("E",))), (MEI,),
    (Request("Mei", 0, "E", 3, "on"), Request("Mei", 1, "E", 2, "off")),
    (Cover(0, "E", 2, 100, 1), Cover(1, "L", 0, 100, 7)),
)  # fmt: skip


def rules(row: str) -> list[str]:
    plan = Plan({"Mei": tuple("" if letter == "." else letter for letter in row)})
    return [breach.rule for breach in judge(BASE, plan).breaches]


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ("EL............", []),
        ("..............", ["minutes"]),
        ("EEE...........", ["days_off"]),
        ("LE............", ["succession"]),
        ("LL............", ["most"]),
        ("...EEEE.......", ["max_run"]),
        ("EE....E...EE..", ["min_run"]),
        ("EE...EE.EE....", ["min_rest"]),
        ("EE...EE.....EE", ["weekends"]),
        ("E............E", []),  # runs that touch an end may be short
    ],
)
def test_each_rule_is_found_by_name(row, broken):
    assert rules(row) == broken


def test_points_are_counted_by_kind():
    verdict = judge(BASE, Plan({"Mei": ("", "L", *[""] * 10, "", "E")}))
    assert (verdict.requests_on, verdict.requests_off, verdict.under, verdict.over) == (3, 0, 200, 7)
    assert (verdict.missing, verdict.surplus, verdict.total) == (2, 1, 210)
    assert "cost 210" in verdict.summary()


def test_a_plan_of_other_people_or_days_is_refused():
    with pytest.raises(ValueError, match="differ in people"):
        judge(BASE, Plan({"Omar": ("",) * 14}))
    with pytest.raises(ValueError, match="each of 14 days"):
        judge(BASE, Plan({"Mei": ("",) * 13}))
