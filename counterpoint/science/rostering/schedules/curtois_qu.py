"""The text format of the shift scheduling benchmark instances (Curtois & Qu 2014, www.schedulingbenchmarks.org).

Sections of comma-separated lines, ``#`` begins a comment. Days are numbered from 0; day 0 is a Monday.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from counterpoint.science.rostering.schedules.lines import Cells, every, sections
from counterpoint.science.rostering.schedules.problem import Cover, Employee, Request, ScheduleProblem, ShiftType

SECTIONS = (
    "SECTION_HORIZON", "SECTION_SHIFTS", "SECTION_STAFF", "SECTION_DAYS_OFF", "SECTION_SHIFT_ON_REQUESTS",
    "SECTION_SHIFT_OFF_REQUESTS", "SECTION_COVER",
)  # fmt: skip


def read(text: str) -> ScheduleProblem:
    """The problem that an instance file's ``text`` describes. ValueError names the line and what is wrong there."""
    parts = sections(text, SECTIONS)
    horizon = every(parts["SECTION_HORIZON"], 1, lambda cells: int(cells[0]))
    if len(horizon) != 1:
        raise ValueError(f"SECTION_HORIZON must hold one line with the number of days; it holds {len(horizon)}")
    off = dict(every(parts["SECTION_DAYS_OFF"], 2, lambda cells: (cells[0], tuple(map(int, cells[1:])))))
    staff = [replace(e, days_off=off.pop(e.key, ())) for e in every(parts["SECTION_STAFF"], 8, _employee)]
    if off:
        raise ValueError(f"SECTION_DAYS_OFF names unknown staff {sorted(off)}")
    try:
        return ScheduleProblem(
            days=horizon[0],
            shifts=tuple(every(parts["SECTION_SHIFTS"], 2, _shift)),
            employees=tuple(staff),
            requests=(
                *every(parts["SECTION_SHIFT_ON_REQUESTS"], 4, lambda cells: _request(cells, "on")),
                *every(parts["SECTION_SHIFT_OFF_REQUESTS"], 4, lambda cells: _request(cells, "off")),
            ),
            cover=tuple(every(parts["SECTION_COVER"], 5, _cover)),
        )
    except ValueError as error:
        raise ValueError(f"the instance contradicts itself: {error}") from error


def _shift(cells: Cells) -> ShiftType:
    return ShiftType(cells[0], int(cells[1]), tuple(_list(cells[2])) if len(cells) > 2 else ())


def _employee(cells: Cells) -> Employee:
    most = {}
    for limit in _list(cells[1]):
        shift, equals, number = limit.partition("=")
        if not equals:
            raise ValueError(f"{limit!r} should be a shift, '=' and its maximum")
        most[shift.strip()] = int(number)
    longest, shortest, max_run, min_run, min_rest, weekends = map(int, cells[2:8])
    return Employee(cells[0], shortest, longest, most, max_run, min_run, min_rest, weekends)


def _request(cells: Cells, kind: Literal["on", "off"]) -> Request:
    return Request(cells[0], int(cells[1]), cells[2], int(cells[3]), kind)


def _cover(cells: Cells) -> Cover:
    return Cover(int(cells[0]), cells[1], *map(int, cells[2:5]))


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
