"""A staff list (CSV or xlsx) → people for the roster, or row-numbered reasons why not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

import pandas as pd

from counterpoint.science.rostering import Person, Skill
from counterpoint.team.planning.values import PlanInputError

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "staff_no", "staff number", "工号", "员工号"),
    "name": ("name", "姓名"),
    "skills": ("skills", "技能", "岗位技能"),
    "week_hours": ("week_hours", "hours", "contract_hours", "周工时", "合同工时"),
    "min_week_hours": ("min_week_hours", "最少周工时"),
    "min_day_hours": ("min_day_hours", "最少日工时"),
    "max_day_hours": ("max_day_hours", "最长日工时"),
    "overtime_hours": ("overtime_hours", "同意加班小时"),
    "speed": ("speed", "速度系数"),
    "protected": ("protected", "特殊保护", "孕哺期"),
}
SKILL = re.compile(r"\s*([\w.-]+)\s*(?::\s*([1-5])\s*)?(?:[@(（]\s*(\d{4}-\d{2}-\d{2})\s*[)）]?)?\s*\Z")
YES = frozenset({"1", "yes", "true", "y", "是", "√"})
NO = frozenset({"", "0", "no", "false", "n", "否"})


@dataclass(frozen=True)
class StaffProblem:
    """One thing wrong in the staff file; the heading is row 1."""

    row: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column} = {self.value!r}: {self.message}"


class StaffFileError(PlanInputError):
    """The staff file cannot be used; nothing of it was."""

    def __init__(self, message: str, problems: tuple[StaffProblem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class StaffRow:
    """One person of the file. Minutes."""

    row: int
    id: str
    name: str
    skills: tuple[Skill, ...]
    max_week: int
    min_week: int
    min_day: int
    max_day: int
    overtime_agreed: int
    speed: float
    protected: bool

    def person(self) -> Person:
        """As the roster takes it."""
        return Person(
            id=self.id, name=self.name, skills=self.skills, min_week=self.min_week, max_week=self.max_week,
            min_day=self.min_day, max_day=self.max_day, protected=self.protected,
            overtime_agreed=0 if self.protected else self.overtime_agreed,
        )  # fmt: skip


def read_staff(name: str, content: bytes) -> tuple[StaffRow, ...]:
    """People of a staff file. Raises StaffFileError with every problem, row-numbered; never half a list.

    Columns: id, name, skills (`cash:3 wealth:2@2027-06-30`; level 1–5 and last valid day are optional), week_hours,
    min_week_hours, min_day_hours, max_day_hours, overtime_hours, speed, protected. Only id and skills are needed.
    """
    columns, records = _table(name, content)
    lower = {column.strip().lower(): column for column in columns}
    found = {key: next((lower[c] for c in names if c in lower), None) for key, names in COLUMNS.items()}
    for needed in ("id", "skills"):
        if found[needed] is None:
            raise StaffFileError(
                f"{name} has no column {needed!r} (or {COLUMNS[needed][-1]}); it has {', '.join(columns)}."
            )
    problems: list[StaffProblem] = []
    rows = [_row(number, record, found, problems) for number, record in records]
    seen: dict[str, int] = {}
    for row in rows:
        if row and row.id in seen:
            problems.append(StaffProblem(row.row, "id", row.id, f"the same number as in row {seen[row.id]}"))
        elif row:
            seen[row.id] = row.row
    if problems:
        problems.sort(key=lambda p: p.row)
        raise StaffFileError(
            f"{name}: {len(problems)} problems, first: {problems[0]}. Nothing was used.", tuple(problems)
        )
    if not rows:
        raise StaffFileError(f"{name} lists nobody.")
    return tuple(row for row in rows if row)


def _table(name: str, content: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Column names, and the rows that hold anything with their numbers; the heading is row 1."""
    lines = _sheet(name, content) if PurePath(name).suffix.lower() == ".xlsx" else _lines(name, content)
    if not lines:
        raise StaffFileError(f"{name} is empty.")
    columns = [str(column) for column in lines[0]]
    named = [column.strip().lower() for column in columns if column.strip()]
    twice = next((column for n, column in enumerate(named) if column in named[:n]), None)
    if twice:
        raise StaffFileError(f"{name} has two columns named {twice!r}. Rename one of them.")
    rows = [(number, _trimmed(line)) for number, line in enumerate(lines[1:], start=2)]
    long = tuple(
        StaffProblem(number, "", "", f"has {len(line)} cells, the heading has {len(columns)}")
        for number, line in rows
        if len(line) > len(columns)
    )
    if long:
        said = f"{name}: row {long[0].row} {long[0].message}"
        raise StaffFileError(f"{said}. Put cells that hold commas in quotation marks. Nothing was used.", long)
    return columns, [(number, dict(zip(columns, line, strict=False))) for number, line in rows if line]


def _sheet(name: str, content: bytes) -> list[Sequence[str]]:
    try:
        frame = pd.read_excel(io.BytesIO(content), dtype=str, keep_default_na=False)
    except Exception as wrong:  # spreadsheet readers raise anything on a broken file
        raise StaffFileError(f"{name} cannot be read: {str(wrong).rstrip('.')}.") from None
    return [list(map(str, frame.columns)), *frame.to_numpy().tolist()] if len(frame.columns) else []


def _lines(name: str, content: bytes) -> list[Sequence[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise StaffFileError(f"{name} is neither UTF-8 nor GB 18030.")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as wrong:
        raise StaffFileError(f"{name} cannot be read: {wrong}.") from None


def _trimmed(line: Sequence[str]) -> list[str]:
    """The cells without empty ones at the end."""
    cells = [str(cell) for cell in line]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _row(
    number: int, record: dict[str, str], found: dict[str, str | None], problems: list[StaffProblem]
) -> StaffRow | None:
    def text(key: str) -> str:
        column = found[key]
        return record.get(column, "").strip() if column else ""

    def wrong(key: str, message: str) -> None:
        problems.append(StaffProblem(number, found[key] or key, text(key), message))

    def hours(key: str, usual: float, most: float) -> int:
        return round(60 * _number(text(key), usual, 0, most, lambda message: wrong(key, message)))

    before = len(problems)
    if not text("id"):
        wrong("id", "everybody needs a number")
    skills = _skills(text("skills"), lambda message: wrong("skills", message))
    speed = _number(text("speed"), 1.0, 0.3, 3.0, lambda message: wrong("speed", message))
    protected = text("protected").lower()
    if protected not in YES | NO:
        wrong("protected", "write yes or no")
    week, longest = hours("week_hours", 40, 60), hours("max_day_hours", 8, 12)
    row = StaffRow(
        row=number, id=text("id"), name=text("name") or text("id"), skills=skills, max_week=week,
        min_week=hours("min_week_hours", 0, 60), min_day=hours("min_day_hours", min(4, longest / 60), 12),
        max_day=longest, overtime_agreed=hours("overtime_hours", 0, 36), speed=speed,
        protected=protected in YES,
    )  # fmt: skip
    if row.min_week > row.max_week:
        wrong("min_week_hours", "is more than the contract's week")
    if row.min_day > row.max_day:
        wrong("min_day_hours", "is more than the longest day")
    return row if len(problems) == before else None


def _number(text: str, usual: float, low: float, high: float, wrong: Callable[[str], None]) -> float:
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        wrong(f"write a number from {low:g} to {high:g}")
        return usual
    return value


def _skills(text: str, wrong: Callable[[str], None]) -> tuple[Skill, ...]:
    found: dict[str, Skill] = {}
    parts = [part for part in re.split(r"[;,，；、\s]+", text) if part]
    for part in parts:
        match = SKILL.match(part)
        if not match:
            wrong(f"{part!r} is no skill; write `cash`, `cash:3` or `cash:3@2027-06-30`")
            continue
        until = match[3]
        if until and not _is_date(until):
            wrong(f"{until} is no date")
            continue
        if match[1] in found:
            wrong(f"{match[1]} is listed twice")
        found[match[1]] = Skill(match[1], int(match[2] or 1), until)
    if not parts:
        wrong("at least one skill is needed")
    return tuple(found.values())


def _is_date(text: str) -> bool:
    try:
        return isinstance(date.fromisoformat(text), date) and isinstance(datetime.fromisoformat(text), datetime)
    except ValueError:
        return False
