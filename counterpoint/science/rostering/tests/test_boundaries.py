"""Every rule alone, a minute's step on either side of its limit: the judge, the solver and the conflict agree."""

from dataclasses import dataclass, replace

import pytest

from counterpoint.science.rostering import (
    Core,
    History,
    Minimum,
    Person,
    Pin,
    RosterProblem,
    Shift,
    Skill,
    TwoPerson,
    Waiver,
    Window,
    evaluate,
    first_conflict,
    solve,
)
from counterpoint.science.rostering.tests.smallbranch import (
    LOBBY,
    LUNCH,
    branch,
    need,
    plan,
    rule,
    someone,
    works,
)


@dataclass(frozen=True)
class Case:
    """``within`` keeps the rule of ``key``; ``beyond`` breaks it by ``amount``, as ``words`` tell a person."""

    why: str
    key: str
    problem: RosterProblem
    within: tuple[Shift, ...]
    beyond: tuple[Shift, ...]
    amount: int
    words: str
    also: frozenset[str] = frozenset()  # other rules that go with it

    def __str__(self) -> str:
        return f"{self.key}: {self.why}".replace(" ", "-")


def mei(**more: object) -> Person:
    return someone("mei", **more)


def hours(*minutes: int) -> tuple[Shift, ...]:
    """Mei from nine o'clock, so many minutes each day; 0: off."""
    return tuple(works("mei", day, 540, 540 + n) for day, n in enumerate(minutes) if n)


def two(start: int = 540, end: int = 660) -> tuple[Shift, ...]:
    return works("mei"), works("omar", 0, start, end)


DAY, WEEK = rule("day.max_minutes", 60), rule("week.max_minutes", 180)
DAY_CAP, MONTH = rule("overtime.day_max_minutes", 30), rule("overtime.month_max_minutes", 60)
BOTH = (someone("mei"), someone("omar"))
AGREED = frozenset({"overtime.agreed"})

CASES = [
    Case("half an hour less than agreed", "contract.min_day", branch(mei(min_day=90)),
         hours(90), hours(60), 30, "contract asks for 90 a day"),
    Case("half an hour more", "contract.max_day", branch(mei(max_day=90)),
         hours(90), hours(120), 30, "contract allows 90 a day"),
    Case("agreed overtime widens the contract", "contract.max_day", branch(mei(max_day=60, overtime_agreed=30)),
         hours(90), hours(120), 30, "contract allows 60 a day"),
    Case("the normal day", "day.max_minutes", branch(mei(), rules=(DAY,)),
         hours(60), hours(90), 30, "more than 60 a day without agreed overtime"),
    Case("agreed overtime widens the normal day", "day.max_minutes", branch(mei(overtime_agreed=30), rules=(DAY,)),
         hours(90), hours(120), 30, "more than 60 a day", AGREED),
    Case("never so much on one day", "overtime.day_max_minutes",
         branch(mei(overtime_agreed=60), rules=(DAY, DAY_CAP)),
         hours(90), hours(120), 30, "60 minutes of overtime, at most 30 a day"),
    Case("the normal week", "week.max_minutes", branch(mei(), days=7, rules=(WEEK,)),
         hours(90, 90), hours(90, 120), 30, "more than 180 without agreed overtime"),
    Case("agreed overtime widens the normal week", "week.max_minutes",
         branch(mei(overtime_agreed=30), days=7, rules=(WEEK,)),
         hours(90, 120), hours(120, 120), 30, "240 minutes, more than 180", AGREED),
    Case("a week cut by the horizon counts what it has", "week.max_minutes",
         branch(mei(), days=3, first="2026-12-05", rules=(WEEK,)),
         hours(90, 90, 120), hours(90, 120, 60), 30, "2026-W49: 210 minutes"),
    Case("one day of rest", "week.rest_days", branch(mei(), days=7, rules=(rule("week.rest_days", 1),)),
         hours(*[60] * 6), hours(*[60] * 7), 1, "works 7 days, 1 day of rest is due"),
    Case("two days of rest", "week.rest_days", branch(mei(), days=7, rules=(rule("week.rest_days", 2),)),
         hours(60, 60, 0, 60, 60, 0, 60), hours(60, 60, 60, 60, 60, 60), 1, "works 6 days"),
    Case("hours owed to the contract", "contract.min_week", branch(mei(min_week=180), days=7),
         hours(90, 90), hours(90, 60), 30, "contract asks for 180"),
    Case("paid leave is credited", "contract.min_week",
         branch(mei(min_week=180, unavailable=(Window(6, 0, 1440, "leave", 60),)), days=7),
         hours(120), hours(90), 30, "contract asks for 120"),
    Case("hours of the contract", "contract.max_week", branch(mei(max_week=180), days=7),
         hours(90, 90), hours(120, 90), 30, "contract allows 180"),
    Case("agreed overtime widens the contract's week", "contract.max_week",
         branch(mei(max_week=180, overtime_agreed=60), days=7),
         hours(120, 120), hours(90, 90, 90), 30, "270 minutes"),
    Case("consent is for the horizon, not for each day", "overtime.agreed",
         branch(mei(overtime_agreed=30), days=2, rules=(DAY,)),
         hours(90, 60), hours(90, 90), 30, "60 minutes of overtime, 30 agreed"),
    Case("the month so far counts", "overtime.month_max_minutes",
         branch(mei(overtime_agreed=60, history=History(overtime_month=30)), rules=(DAY, MONTH)),
         hours(90), hours(120), 30, "90 overtime minutes this month, limit 60"),
    Case("a month already too long has no room, not less than none", "overtime.month_max_minutes",
         branch(mei(overtime_agreed=60, history=History(overtime_month=600)), rules=(DAY, MONTH)),
         hours(60), hours(90), 30, "630 overtime minutes this month"),
    Case("protected people", "protected.no_overtime",
         branch(mei(protected=True, overtime_agreed=60), rules=(DAY, rule("protected.no_overtime", 1))),
         hours(60), hours(90), 30, "is protected and may not work 30 minutes of overtime"),
    Case("a short night", "rest.between_minutes", branch(mei(), days=2, rules=(rule("rest.between_minutes", 1380),)),
         (works("mei", 0, 540, 630), works("mei", 1, 570)), (works("mei", 0, 540, 630), works("mei", 1, 540)), 30,
         "1350 minutes between two days, 1380 wanted"),
    Case("a day too many in a row", "run.max_days", branch(mei(), days=4, rules=(rule("run.max_days", 2),)),
         hours(60, 60, 0, 60), hours(60, 60, 60), 1, "more than 2 days in a row"),
    Case("days worked before the horizon", "run.max_days",
         branch(mei(history=History(run_days=2)), days=2, rules=(rule("run.max_days", 2),)),
         hours(0, 60), hours(60), 1, "more than 2 days in a row"),
    Case("one day before and two here", "run.max_days",
         branch(mei(history=History(run_days=1)), days=3, rules=(rule("run.max_days", 2),)),
         hours(60, 0, 60), hours(60, 60), 1, "more than 2 days in a row"),
    Case("a shift may begin when the leave ends", "leave", branch(mei(unavailable=(Window(0, 500, 570, "clinic"),))),
         (works("mei", 0, 570),), hours(60), 1, "during clinic"),
    Case("a shift may end when the leave begins", "leave", branch(mei(unavailable=(Window(0, 600, 630),))),
         hours(60), hours(90), 1, "during unavailable"),
    Case("leave of a minute is leave", "leave", branch(mei(unavailable=(Window(0, 601, 602, "call"),))),
         hours(60), hours(90), 1, "during call"),
    Case("core hours begin", "core", branch(mei(core=(Core(0, 570, 600),))),
         (works("mei", 0, 570),), (works("mei", 0, 600),), 1, "away in the core hours 09:30-10:00"),
    Case("core hours end", "core", branch(mei(core=(Core(0, 570, 630),))),
         hours(90), hours(60), 1, "away in the core hours 09:30-10:30"),
    Case("core hours between two ticks of the grid", "core", branch(mei(core=(Core(0, 555, 610),))),
         hours(90), hours(60), 1, "away in the core hours 09:15-10:10"),
    Case("core hours that oblige", "core", branch(mei(core=(Core(0, 570, 600, must=True),))),
         hours(60), (), 1, "must work 09:30-10:00"),
    Case("a post for two", "minimum:cash", branch(*BOTH, minimums=(Minimum("cash", ("cash",), 2, 600, 660),)),
         two(600), two(540, 630), 1, "1 too few on cash (minimum 2)"),
    Case("the vault needs two", "two_person:vault", branch(*BOTH, two_person=(TwoPerson("vault", "cash", 630, 660),)),
         two(600), two(540, 630), 1, "vault needs 2 with cash, 1 too few"),
    Case("demand that must be met", "coverage:cash", branch(*BOTH, demand=need(1, 1, 1, 2), coverage_hard=True),
         two(600), two(540, 630), 1, "1 too few on cash (demand 2)"),
]  # fmt: skip
each = pytest.mark.parametrize("case", CASES, ids=str)


def fixed(case, shifts):
    """The problem with every cell of it fixed by hand."""
    pins = [Pin(s.person, s.day, "shift", s.start, s.end) for s in shifts]
    taken = {(s.person, s.day) for s in shifts}
    free = [(p.id, d) for p in case.problem.people for d in range(len(case.problem.days)) if (p.id, d) not in taken]
    return replace(case.problem, pins=(*pins, *(Pin(who, day, "off") for who, day in free)))


@each
def test_the_judge_finds_nothing_within_the_limit(case):
    assert evaluate(case.problem, plan(*case.within)).violations == ()


@each
def test_the_judge_says_by_how_much_a_limit_is_broken(case):
    found = evaluate(case.problem, plan(*case.beyond)).hard
    assert {v.key for v in found} == {case.key, *case.also}
    (first, *_) = [v for v in found if v.key == case.key]
    assert first.amount == case.amount
    assert case.words in first.words
    assert first.source and first.mark in ("V", "D", "K")


@each
def test_the_solver_takes_what_is_within_and_names_the_rule_of_what_is_beyond(case):
    allowed = solve(fixed(case, case.within), seed=1)
    assert {(s.person, s.day, s.start, s.end) for s in allowed.roster.shifts} == {
        (s.person, s.day, s.start, s.end) for s in case.within
    }
    refused = fixed(case, case.beyond)
    assert solve(refused, seed=1).status == "infeasible"
    assert {i.key for i in first_conflict(refused).items} & {case.key, *case.also}


PRICED = [case for case in CASES if any(r.key == case.key for r in case.problem.rules)]


@pytest.mark.parametrize("case", PRICED, ids=str)
def test_the_same_limit_at_a_price_is_bought_by_solver_and_judge_alike(case):
    rules = tuple(replace(r, hard=False, weight=7) if r.key == case.key else r for r in case.problem.rules)
    soft = replace(case, problem=replace(case.problem, rules=rules))
    judged = evaluate(soft.problem, plan(*case.beyond))
    assert judged.costs["soft_rules"] == 7 * sum(v.amount for v in judged.violations if v.key == case.key)
    if not case.also:
        found = solve(fixed(soft, case.beyond), seed=1)
        assert found.evaluation.costs["soft_rules"] == 7 * case.amount
        assert found.objective == found.bound


@pytest.mark.parametrize("case", PRICED, ids=str)
def test_a_priced_limit_that_somebody_sets_aside_costs_nothing(case):
    rules = tuple(replace(r, hard=False, weight=7) if r.key == case.key else r for r in case.problem.rules)
    waived = replace(case, problem=replace(case.problem, rules=rules, waivers=(Waiver(case.key, "agreed"),)))
    judged = evaluate(waived.problem, plan(*case.beyond))
    assert judged.costs["soft_rules"] == 0
    assert case.key in {v.key for v in judged.violations}
    if not case.also:
        assert solve(fixed(waived, case.beyond), seed=1).objective == judged.total


WAIVABLE = [
    case for case in CASES if not any(r.key == case.key for r in case.problem.rules) and case.key[:8] != "overtime"
]


@pytest.mark.parametrize("case", WAIVABLE, ids=str)
def test_what_is_no_law_can_be_set_aside_with_a_reason_and_stays_in_sight(case):
    waived = replace(case, problem=replace(case.problem, waivers=(Waiver(case.key, "the head agreed"),)))
    found = [v for v in evaluate(waived.problem, plan(*case.beyond)).violations if v.key == case.key]
    assert [(v.hard, v.cost) for v in found] == [(False, 0)] * len(found)
    assert all(v.words.endswith("(waived: the head agreed)") for v in found)
    assert solve(fixed(waived, case.beyond), seed=1).evaluation.feasible


@pytest.mark.parametrize("case", [c for c in PRICED if c.key != "run.max_days"], ids=str)
def test_a_law_cannot_be_set_aside_by_anybody(case):
    with pytest.raises(ValueError, match=rf"\['{case.key}'\] cannot be waived: the law stands"):
        replace(case.problem, waivers=(Waiver(case.key, "the head agreed"),))


def test_lunch_keeps_out_of_core_hours():
    problem = branch(mei(core=(Core(0, 570, 600),)), lunch=LUNCH)
    assert evaluate(problem, plan(works("mei", lunch=600))).feasible
    assert {v.key for v in evaluate(problem, plan(works("mei", lunch=570))).hard} == {"core"}
    assert solve(replace(problem, demand=need(1, 1, 1, 1)), seed=1).evaluation.feasible


def test_consent_cannot_be_set_aside_although_it_is_no_dated_rule():
    with pytest.raises(ValueError, match=r"overtime\.agreed"):
        branch(mei(), waivers=(Waiver("overtime.agreed", "she will not mind"),))


def test_the_least_hours_of_a_week_count_only_for_whole_weeks():
    assert evaluate(branch(mei(min_week=180), days=6), plan()).feasible
    assert evaluate(branch(mei(min_week=180), days=7, first="2026-12-01"), plan()).feasible
    assert not evaluate(branch(mei(min_week=180), days=7), plan()).feasible


@pytest.mark.parametrize(
    ("held", "wanted", "on", "able"),
    [
        (Skill("cash", 2), 2, "2026-11-30", True),
        (Skill("cash", 1), 2, "2026-11-30", False),
        (Skill("cash", 2, until="2026-11-30"), 2, "2026-11-30", True),  # the last day counts
        (Skill("cash", 2, until="2026-11-30"), 2, "2026-12-01", False),
        (Skill("lobby", 5), 1, "2026-11-30", False),
    ],
)
def test_a_certificate_counts_by_level_and_to_its_last_day(held, wanted, on, able):
    who = mei(skills=(held,))
    problem = branch(who, first=on, levels={"cash": wanted}, demand=need(1, 1, 1, 1))
    assert who.can("cash", wanted, on) is able
    assert sum(evaluate(problem, plan(works("mei"))).coverage["cash"]) == (4 if able else 0)
    assert bool(sum(solve(problem, seed=1).evaluation.coverage["cash"])) is able


def test_a_lapsed_certificate_beside_a_valid_one_does_no_harm():
    who = replace(mei(), skills=(Skill("cash", 5, until="2020-01-01"), Skill("cash", 2), *LOBBY))
    assert who.can("cash", 2, "2026-11-30") and not who.can("cash", 3, "2026-11-30")
    assert who.can("lobby", 1, "2026-11-30") and not who.can("vault", 1, "2026-11-30")
