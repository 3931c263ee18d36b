"""The pure decisions: what changed, what a swap makes of a roster, what certificates leave open. Checked naively."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Day,
    Flexible,
    Person,
    Roster,
    RosterProblem,
    Shift,
    ShiftRules,
    Skill,
    Task,
    Violation,
    evaluate,
)
from counterpoint.team import rules

few = settings(max_examples=40)
PEOPLE = ("ada", "mei", "omar")
DAYS = 3
ON = date(2026, 11, 30)


def shift(person, day, start=540, end=720, skill="cash"):
    return Shift(person, day, start, end, None, (Task(start, end, skill),))


def roster(cells):
    return Roster(
        tuple(sorted((shift(p, d, *rest) for (p, d), rest in cells.items()), key=lambda s: (s.day, s.person)))
    )


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(PEOPLE), st.integers(0, DAYS - 1)),
    st.tuples(st.sampled_from([480, 540, 600]), st.sampled_from([720, 780]), st.sampled_from(["cash", "lobby"])),
)


def table(found):
    """A roster as {(person, day): what}, without the person inside."""
    return {(s.person, s.day): (s.start, s.end, s.tasks[0].skill) for s in found.shifts}


@few
@given(CELLS, CELLS)
def test_changes_are_exactly_the_cells_that_differ(old, new):
    found = rules.changes(roster(old), roster(new))
    wanted = {cell for cell in old.keys() | new.keys() if old.get(cell) != new.get(cell)}
    assert {(c.person, c.day) for c in found} == wanted and len(found) == len(wanted)
    assert [(c.day, c.person) for c in found] == sorted((c.day, c.person) for c in found)
    for change in found:
        cell = (change.person, change.day)
        assert (change.before is None) is (cell not in old) and (change.after is None) is (cell not in new)


@few
@given(CELLS)
def test_nothing_changes_between_a_roster_and_itself(cells):
    assert rules.changes(roster(cells), roster(cells)) == ()


def naive_swap(cells, giver, taker, day, back):
    """The same by hand on a table: who holds which shift afterwards, None when it cannot be done."""
    cells = dict(cells)
    if (giver, day) not in cells:
        return None
    if back is not None and back != day:
        if (taker, back) not in cells or (taker, day) in cells or (giver, back) in cells:
            return None
        cells[giver, back] = cells.pop((taker, back))
        cells[taker, day] = cells.pop((giver, day))
        return cells
    given_away, theirs = cells.pop((giver, day)), cells.pop((taker, day), None)
    cells[taker, day] = given_away
    if theirs:
        cells[giver, day] = theirs
    return cells


@few
@given(
    CELLS, st.permutations(PEOPLE).map(lambda p: p[:2]), st.integers(0, DAYS - 1), st.none() | st.integers(0, DAYS - 1)
)
def test_a_swap_moves_shifts_as_by_hand_and_loses_none(cells, pair, day, back):
    giver, taker = pair
    found = rules.swapped(roster(cells), giver, taker, day, back)
    wanted = naive_swap(cells, giver, taker, day, back)
    assert (found is None) is (wanted is None)
    if found is not None:
        assert table(found) == wanted
        assert sorted(table(found).values()) == sorted(cells.values())
        assert [(s.day, s.person) for s in found.shifts] == sorted((s.day, s.person) for s in found.shifts)


@few
@given(CELLS, st.permutations(PEOPLE).map(lambda p: p[:2]), st.integers(0, DAYS - 1))
def test_a_swap_taken_back_restores_the_roster(cells, pair, day):
    once = rules.swapped(roster(cells), *pair, day)
    if once is not None:
        assert rules.swapped(once, pair[1], pair[0], day) == roster(cells)


SMALL = RosterProblem(
    days=(Day("2026-11-30", 540, 720), Day("2026-12-01", 540, 720)), start=540, end=720, step=30,
    people=tuple(Person(p, p.title(), (Skill("cash"), Skill("lobby")), min_day=60) for p in PEOPLE),
    demand={"cash": (1,) * 12, "lobby": (1,) * 12},
    shifts=ShiftRules(flexible=(Flexible(540, 600, 120, 180, 30),), lead=0, tail=0), lunch=None,
)  # fmt: skip


def verdict(before, after, problem=SMALL):
    return rules.judge_swap(problem, evaluate(problem, before), evaluate(problem, after))


def test_a_swap_among_equals_is_clean():
    before = roster({("mei", 0): (540, 720, "cash"), ("omar", 0): (540, 720, "lobby")})
    after = rules.swapped(before, "mei", "ada", 0)
    assert verdict(before, after) == rules.SwapVerdict((), ()) and verdict(before, after).clean


def test_a_post_left_by_somebody_unqualified_is_a_hole_for_each_half_hour():
    unable = replace(SMALL.people[0], skills=(Skill("lobby"),))
    problem = replace(SMALL, people=(unable, *SMALL.people[1:]))
    before = roster({("mei", 1): (600, 720, "cash")})
    found = verdict(before, rules.swapped(before, "mei", "ada", 1), problem)
    assert found.holes == tuple(rules.Hole("cash", 1, minute, 1) for minute in (600, 630, 660, 690))
    assert [v.key for v in found.violations] == ["skill.unqualified"] and not found.clean


def test_what_was_broken_before_is_not_held_against_the_swap():
    late = {("mei", 0): (540, 720, "cash"), ("omar", 1): (480, 720, "lobby")}  # Omar's shift has no allowed shape
    before = roster(late)
    assert evaluate(SMALL, before).hard and verdict(before, rules.swapped(before, "mei", "ada", 0)).clean


def test_a_broken_shift_handed_on_breaks_the_rule_for_the_taker():
    before = roster({("omar", 1): (480, 720, "lobby")})
    found = verdict(before, rules.swapped(before, "omar", "ada", 1))
    assert {(v.key, v.person) for v in found.violations} == {("shift.shape", "ada")}


@few
@given(CELLS, CELLS)
def test_holes_are_the_half_hours_that_lose_people_below_the_need(old, new):
    problem = replace(
        SMALL, days=(*SMALL.days, Day("2026-12-02", 540, 720)), demand={"cash": (1,) * 18, "lobby": (1,) * 18}
    )
    before, after = roster(old), roster(new)
    found = verdict(before, after, problem)
    naive = []
    for skill in ("cash", "lobby"):
        for day in range(DAYS):
            for minute in range(540, 720, 30):
                lack = [
                    max(0, 1 - sum(s.day == day and s.skill_at(minute) == skill for s in one.shifts))
                    for one in (before, after)
                ]
                if lack[1] > lack[0]:
                    naive.append(rules.Hole(skill, day, minute, lack[1] - lack[0]))
    assert sorted(found.holes, key=repr) == sorted(naive, key=repr)


def broken(key, *, hard=True, mark="D", person="mei"):
    return Violation(key, person, 0, 540, 1, "words", "source", mark, hard)


@pytest.mark.parametrize(
    ("violation", "waivers", "stays", "why"),
    [
        (broken("leave"), {}, True, "no reason"),
        (broken("leave"), {"leave": "agreed"}, False, "a reason for it"),
        (broken("leave"), {"leave": "  \t"}, True, "a reason needs words"),
        (broken("leave"), {"lunch": "agreed"}, True, "a reason for another rule"),
        (broken("leave"), {"LEAVE": "agreed"}, True, "keys are exact"),
        (broken("day.max_minutes", mark="V"), {"day.max_minutes": "agreed"}, True, "law"),
        (broken("day.max_minutes", mark="K"), {"day.max_minutes": "agreed"}, False, "known practice, not law"),
        (broken("run.max_days", hard=False), {}, False, "a soft rule costs, it does not forbid"),
        (broken("run.max_days", hard=False, mark="V"), {}, False, "a soft one even when verified"),
    ],
)
def test_which_broken_rules_stand_in_the_way_of_publishing(violation, waivers, stays, why):
    assert (rules.unwaived([violation], waivers) == (violation,)) is stays, why


def test_broken_rules_keep_their_order():
    several = [broken("b"), broken("a", person="ada"), broken("c", hard=False), broken("a")]
    assert rules.unwaived(several, {"b": "why"}) == (several[1], several[3])


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 6), date(2026, 11, 30)),
        (date(2026, 12, 7), date(2026, 12, 7)),
        (date(2027, 1, 1), date(2026, 12, 28)),  # over the turn of the year
        (date(2028, 2, 29), date(2028, 2, 28)),
    ],
)
def test_the_week_of_a_day_begins_on_its_monday(day, monday):
    assert rules.monday_of(day) == monday


@few
@given(st.dates(date(1990, 1, 1), date(2199, 1, 1)))
def test_the_monday_is_the_only_one_within_the_last_seven_days(day):
    (monday,) = [day - timedelta(days=n) for n in range(7) if (day - timedelta(days=n)).isoweekday() == 1]
    assert rules.monday_of(day) == monday


@pytest.mark.parametrize(
    ("until", "due"),
    [
        (None, False),
        (ON - timedelta(days=400), True),  # long over, and still to be mended
        (ON - timedelta(days=1), True),
        (ON, True),
        (ON + timedelta(days=59), True),
        (ON + timedelta(days=60), False),
    ],
)
def test_a_certificate_is_due_before_the_sixtieth_day(until, due):
    found = rules.expiring([("mei", "cash", until)], ON, timedelta(days=60))
    assert found == ((("mei", "cash"),) if due else ())


GRANTS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from(["cash", "lobby"]),
        st.none() | st.integers(-3, 5).map(lambda n: ON + timedelta(days=n)),
    ),
    max_size=6, unique_by=lambda g: g[:2],
)  # fmt: skip


@few
@given(GRANTS, st.integers(0, 4))
def test_due_certificates_come_soonest_first_and_none_is_left_out(grants, within):
    found = rules.expiring(grants, ON, timedelta(days=within))
    until = {(person, skill): last for person, skill, last in grants}
    wanted = {k for k, last in until.items() if last and (last - ON).days < within}
    assert set(found) == wanted and len(found) == len(wanted)
    assert [until[k] for k in found] == sorted(until[k] for k in found)


@few
@given(GRANTS, st.lists(st.integers(0, 3), min_size=6, max_size=6), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_a_hole_is_a_half_hour_that_needs_more_people_than_hold_the_skill(grants, cash, lobby):
    days = [ON + timedelta(days=n) for n in range(3)]
    need = {"cash": cash, "lobby": lobby}
    found = rules.certificate_holes(need, days, 540, 30, grants)
    naive = [
        rules.CoverageHole(skill, day, 540 + 30 * k, need[skill][2 * n + k], able)
        for skill in need
        for n, day in enumerate(days)
        for able in [sum(s == skill and (last is None or last >= day) for _p, s, last in grants)]
        for k in range(2)
        if need[skill][2 * n + k] > able
    ]
    assert list(found) == naive


def test_a_certificate_still_holds_on_its_last_day_and_not_the_day_after():
    days = [ON, ON + timedelta(days=1)]
    found = rules.certificate_holes({"cash": [1, 1]}, days, 540, 30, [("mei", "cash", ON)])
    assert found == (rules.CoverageHole("cash", days[1], 540, 1, 0),)


def test_no_days_make_no_holes():
    assert rules.certificate_holes({}, [], 540, 30, []) == () == rules.certificate_holes({"cash": []}, [], 540, 30, [])
