"""The text format of the multi-activity retail instances (www.schedulingbenchmarks.org) and of their solutions."""

from __future__ import annotations

from defusedxml import ElementTree

from counterpoint.science.rostering.activities.problem import (
    DAY,
    ActivityCover,
    ActivityProblem,
    ActivityShift,
    Block,
    Contract,
)
from counterpoint.science.rostering.schedules.lines import Cells, every, sections

SECTIONS = ("SECTION_HORIZON", "SECTION_TASKS", "SECTION_STAFF", "SECTION_COVER")


def read(text: str) -> ActivityProblem:
    """The problem that an instance file's ``text`` describes. ValueError names the line and what is wrong there."""
    parts = sections(text, SECTIONS)
    days = every(parts["SECTION_HORIZON"], 1, lambda cells: int(cells[0]))
    tasks = every(parts["SECTION_TASKS"], 1, lambda cells: int(cells[0]))
    if len(days) != 1 or len(tasks) != 1:
        raise ValueError("SECTION_HORIZON and SECTION_TASKS must hold one number each")
    return ActivityProblem(
        days=days[0],
        activities=tuple(str(n) for n in range(1, tasks[0] + 1)),
        contracts=tuple(every(parts["SECTION_STAFF"], 3, _contract)),
        cover=tuple(every(parts["SECTION_COVER"], 5, _cover)),
    )


def read_solution(text: str) -> tuple[ActivityShift, ...]:
    """The shifts of a solution file (its days count from 0)."""
    found = []
    for person in ElementTree.fromstring(text).iter("Employee"):
        for shift in person.iter("Shift"):
            hour, minute = map(int, str(shift.findtext("Start")).split(":")[:2])
            start = int(str(shift.findtext("Day"))) * DAY + hour * 60 + minute
            blocks = tuple(Block(str(t.findtext("ID")), int(str(t.findtext("Length")))) for t in shift.iter("Task"))
            found.append(ActivityShift(str(person.get("ID")), start, blocks))
    return tuple(found)


def _cover(cells: Cells) -> ActivityCover:
    hour, minute = map(int, cells[1].split("-")[0].split(":"))
    return ActivityCover((int(cells[0]) - 1) * DAY + hour * 60 + minute, cells[2], int(cells[3]), int(cells[4]))


def _contract(cells: Cells) -> Contract:
    return Contract(cells[0], int(cells[1]), int(cells[2]))
