"""Invented wards of any size, built like the public day-shift instances. Drawn from the seed, not measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoint.science.rostering.schedules.problem import Cover, Employee, Request, ScheduleProblem, ShiftType

LETTERS = ("a", "d", "p", "n")  # mornings, days, afternoons, nights, in the order of their starts
LENGTHS = {"a": (480, 420), "d": (480, 360), "p": (480, 540), "n": (600, 600)}
PART_TIME = 0.2  # share of people who work half of the hours
LEAST_SLACK = 600  # minutes; what a contract gives way by at least, so that whole shifts fit into it
CAN, CAN_NIGHT = 0.75, 0.5  # odds that a person may take a shift type
UNDER, OVER = 100, 1  # points of a person missing, of one too many
LEAVE_EVERY, WISH_EVERY = 40, 14  # days in which one spell of leave, or of wishes, begins


@dataclass(frozen=True, slots=True)
class Contract:
    """Hours of a week and the runs of a kind of contract."""

    minutes: int
    slack: int
    max_run: int
    min_run: int
    min_rest: int


FULL, HALF = Contract(2160, 240, 5, 2, 2), Contract(1140, 240, 4, 1, 3)


def ward(people: int, weeks: int, types: int, *, seed: int) -> ScheduleProblem:
    """A ward whose hours are just about enough for its cover; people differ in types, hours, leave and wishes.

    Later shifts may not be followed by earlier ones, nights are limited (they bind), and every other weekend is free.
    """
    rng, days = np.random.default_rng(seed), 7 * weeks
    shifts = _shifts(types)
    half = rng.random(people) < PART_TIME
    staff = [_employee(n, HALF if half[n] else FULL, shifts, weeks, rng) for n in range(people)]
    return ScheduleProblem(
        days, shifts, tuple(staff), _wishes(staff, shifts, days, rng), _cover(staff, shifts, days, rng)
    )


def _shifts(types: int) -> tuple[ShiftType, ...]:
    groups = np.array_split(np.arange(types), len(LETTERS)) if types >= len(LETTERS) else [np.arange(types)]
    out: list[ShiftType] = []
    for letter, group in zip(LETTERS, groups, strict=False):
        earlier = tuple(one.key for one in out)
        lengths = LENGTHS[letter]
        out += [ShiftType(f"{letter}{n + 1}", lengths[n % len(lengths)], earlier) for n in range(len(group))]
    return tuple(out)


def _employee(
    number: int, contract: Contract, shifts: tuple[ShiftType, ...], weeks: int, rng: np.random.Generator
) -> Employee:
    days, most = 7 * weeks, {}
    for one in shifts:
        night = one.key.startswith("n")
        able = rng.random() < (CAN_NIGHT if night else CAN)
        most[one.key] = (weeks if night else days) if able else 0
    most[shifts[0].key] = days  # so that everybody has a legal schedule
    wanted = contract.minutes * weeks
    off = _spells(days, LEAVE_EVERY, 6, rng)
    return Employee(
        f"P{number + 1:03d}", max(0, wanted - max(LEAST_SLACK, contract.slack * (weeks // 4))), wanted, most,
        contract.max_run, contract.min_run, contract.min_rest, max(1, weeks // 2), off,
    )  # fmt: skip


def _spells(days: int, every: int, length: int, rng: np.random.Generator) -> tuple[int, ...]:
    starts = range(0, days - every + 1, every)
    return tuple(sorted({int(n + d) for start in starts for n in [start + rng.integers(0, every - length)]
                         for d in range(rng.integers(2, length + 1)) if n + d < days}))  # fmt: skip


def _wishes(
    staff: list[Employee], shifts: tuple[ShiftType, ...], days: int, rng: np.random.Generator
) -> tuple[Request, ...]:
    out: list[Request] = []
    for one in staff:
        able = [shift.key for shift in shifts if one.most[shift.key]]
        taken = set(one.days_off)
        for start in range(0, days, WISH_EVERY):
            kind, weight = ("on", "off")[int(rng.integers(2))], int(rng.integers(1, 4))
            shift, first = able[int(rng.integers(len(able)))], start + int(rng.integers(0, WISH_EVERY - 4))
            spell = [day for day in range(first, first + int(rng.integers(1, 5))) if day < days and day not in taken]
            out += [Request(one.key, day, shift, weight, kind) for day in spell]  # type: ignore[arg-type]
    return tuple(out)


def _cover(
    staff: list[Employee], shifts: tuple[ShiftType, ...], days: int, rng: np.random.Generator
) -> tuple[Cover, ...]:
    """People wanted: as many as the hours allow, nights fewer, with noise."""
    hours = sum(one.max_minutes for one in staff) / days / 60
    weight = np.array([0.5 if one.key.startswith("n") else 1.0 for one in shifts])
    length = np.array([one.minutes / 60 for one in shifts])
    mean = weight * hours / float(weight @ length)
    return tuple(
        Cover(day, one.key, int(rng.poisson(mean[n])), UNDER, OVER)
        for day in range(days)
        for n, one in enumerate(shifts)
    )
