"""Small problems to try everything on, and a rulebook written from the rules alone, apart from the judge."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import strategies as st

from counterpoint.science.rostering.schedules import Cover, Employee, Fixed, Request, ScheduleProblem, ShiftType

HOURS = (360, 480, 600)


@st.composite
def problems(draw, people: int = 3, days: int = 6, shifts: int = 2) -> ScheduleProblem:
    """A problem of that size; some have no plan at all."""
    keys = [chr(ord("E") + n) for n in range(shifts)]
    types = tuple(
        ShiftType(
            key, draw(st.sampled_from(HOURS)), tuple(draw(st.lists(st.sampled_from(keys), unique=True, max_size=1)))
        )
        for key in keys
    )
    who = []
    for n in range(people):
        least = draw(st.integers(0, days // 2)) * 360
        who.append(
            Employee(
                f"P{n}",
                least,
                least + draw(st.integers(1, 5)) * 360,
                {key: draw(st.integers(0, 3)) for key in keys if draw(st.booleans())},
                draw(st.integers(1, 5)),
                draw(st.integers(1, 3)),
                draw(st.integers(1, 3)),
                draw(st.integers(0, 2)),
                tuple(draw(st.lists(st.integers(0, days - 1), unique=True, max_size=1))),
            )
        )
    cell = st.tuples(st.integers(0, days - 1), st.sampled_from(keys))
    wishes = draw(st.lists(st.tuples(st.integers(0, people - 1), cell, st.integers(1, 4), st.booleans()), max_size=8))
    pins = draw(st.integers(0, 1))
    cells = draw(st.lists(cell, unique=True, min_size=2, max_size=days * shifts))
    return ScheduleProblem(
        days,
        types,
        tuple(who),
        tuple(Request(f"P{n}", day, key, weight, "on" if on else "off") for n, (day, key), weight, on in wishes),
        tuple(Cover(*place, *draw(st.tuples(*map(st.integers, (0, 0, 0), (people, 9, 3))))) for place in cells),
        tuple(Fixed("P0", draw(st.integers(0, days - 1)), draw(st.sampled_from(["", *keys]))) for _ in range(pins)),
        draw(st.integers(0, 6)),
    )  # fmt: skip


def keeps(problem: ScheduleProblem, one: Employee, row: tuple[str, ...]) -> bool:
    """Whether a row keeps the person's rules, each read off the days one by one."""
    length = {s.key: s.minutes for s in problem.shifts}
    no_next = {s.key: s.not_next for s in problem.shifts}
    word = "".join("." if not shift else "x" for shift in row)
    minutes = sum(length[shift] for shift in row if shift)
    weekends = {
        (problem.first_weekday + d) // 7 for d, s in enumerate(row) if s and (problem.first_weekday + d) % 7 > 4
    }
    inner = word.strip(word[0])
    inner = inner[: len(inner.rstrip(word[-1]))] if inner else ""
    works, rests = [run for run in inner.split(".") if run], [run for run in inner.split("x") if run]
    return (
        not any(row[d] for d in one.days_off)
        and not any(b and b in no_next.get(a, ()) for a, b in pairwise(row))
        and all(sum(s == key for s in row) <= most for key, most in one.most.items())
        and one.min_minutes <= minutes <= one.max_minutes
        and len(weekends) <= one.max_weekends
        and "x" * (one.max_run + 1) not in word
        and all(len(run) >= one.min_run for run in works)
        and all(len(run) >= one.min_rest for run in rests)
        and all(row[pin.day] == pin.shift for pin in problem.fixed if pin.employee == one.key)
    )


def legal(problem: ScheduleProblem, person: int) -> list[tuple[str, ...]]:
    """Every legal row of a person, by trying all."""
    rows = product(["", *(s.key for s in problem.shifts)], repeat=problem.days)
    return [row for row in rows if keeps(problem, problem.employees[person], row)]


def price(problem: ScheduleProblem, rows: tuple[tuple[str, ...], ...]) -> int:
    """Points of a plan, wish by wish and cell by cell."""
    number = {one.key: n for n, one in enumerate(problem.employees)}
    points = 0
    for wish in problem.requests:
        granted = (rows[number[wish.employee]][wish.day] == wish.shift) == (wish.kind == "on")
        points += 0 if granted else wish.weight
    for cell in problem.cover:
        people = len([row for row in rows if row[cell.day] == cell.shift])
        points += (cell.needed - people) * cell.under if people < cell.needed else (people - cell.needed) * cell.over
    return points
