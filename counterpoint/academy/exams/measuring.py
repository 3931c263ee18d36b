"""Measuring questions: answers of ended sittings and of pretests as a table, what an analysis says of them, and new
numbers by night, once enough answers have come. A sitting keeps the numbers that it was made with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from counterpoint.academy.catalogue.questions import QUESTIONS, QuestionBody, right_of
from counterpoint.academy.exams import chains, pretests
from counterpoint.academy.exams.forms import RECENT, measured
from counterpoint.academy.exams.queries import newest_grades
from counterpoint.academy.models import AnswerSave, ItemStat, Sitting
from counterpoint.academy.models.exams import SUBMITTED
from counterpoint.academy.rules.grading import marks
from counterpoint.academy.science import psychometrics as p
from counterpoint.academy.verbs import MANAGE
from counterpoint.foundation.api import JobRun, OrgUnit, Scope, jobs, journal, scoped, system_scope
from counterpoint.primitives.content import ContentError, items

JOB = "academy.calibrate"
ENOUGH = 50  # new answers to a question
MOST = 5000  # sittings looked at, the newest


@dataclass(frozen=True)
class Answers:
    """Ended sittings and then people of pretests × questions: marks, chosen options of single choices; of the sittings
    whether of the largest region, and how often each question stood in the last; the version of each that counts."""

    table: p.Responses | None
    chosen: tuple[tuple[str | None, ...], ...]
    largest: tuple[bool, ...]
    shown: Mapping[str, int]
    sittings: int
    versions: Mapping[str, int]
    asked: tuple[tuple[bool, ...], ...] = ()  # who was asked what, as the table
    people: int = 0  # of pretests
    simulated: bool = False  # some of their answers are

    @property
    def of_sittings(self) -> p.Responses | None:
        """The rows of sittings alone."""
        if self.table is None or not self.largest:
            return None
        return p.Responses(self.table.marks[: len(self.largest)], self.table.names)

    @property
    def counts(self) -> dict[str, int]:
        """Answers to each question."""
        if self.table is None:
            return {}
        answered = (self.table.marks != p.OPEN).sum(axis=0)
        return {name: int(n) for name, n in zip(self.table.names, answered, strict=True)}


def gather(scope: Scope) -> Answers:
    """All that was answered in ended sittings and pretests that the caller may see, the first of a person where a
    question came more than once in sittings. Only the newest version of each question counts."""
    with scoped(scope):
        rows = list(Sitting.objects.filter(state=SUBMITTED).order_by("-started_at")[:MOST])[::-1]
        grades = newest_grades([row.pk for row in rows])
        saves: dict[Any, list[AnswerSave]] = {row.pk: [] for row in rows}
        for save in AnswerSave.objects.filter(sitting__in=list(saves), late=False).order_by("line"):
            saves[save.sitting_id].append(save)
    sheets = pretests.counting(scope)
    version: dict[str, int] = {}
    asked = [(slot["question"], slot["version"]) for row in rows for slot in row.form]
    for key, number in [*asked, *(one for sheet in sheets for one in sheet.versions.items())]:
        version[key] = max(version.get(key, 0), number)
    names, seen = tuple(sorted(version)), set[tuple[Any, str]]()
    table, chosen, asked_of, regions = [], [], [], list[str]()
    for row in rows:
        grade = grades.get(row.pk)
        if grade is None:
            continue
        held, own = chains.counted(saves[row.pk]), dict.fromkeys(names, p.OPEN)
        took: dict[str, str | None] = dict.fromkeys(names)
        for number, (slot, mark) in enumerate(zip(row.form, marks(grade.worths), strict=True), 1):
            key = slot["question"]
            if slot["version"] == version[key] and mark != p.OPEN and (row.user_id, key) not in seen:
                seen.add((row.user_id, key))
                own[key] = mark
                took[key] = held[number].value[0] if number in held and len(held[number].value) == 1 else None
        there = {slot["question"] for slot in row.form if slot["version"] == version[slot["question"]]}
        asked_of.append(tuple(name in there for name in names))
        table.append([own[name] for name in names])
        chosen.append(tuple(took[name] for name in names))
        regions.append("/".join(row.org_path.split("/")[:3]))
    for sheet in sheets:
        for marked, options in pretests.rows_of(sheet, names, version):
            table.append(marked)
            asked_of.append(tuple(mark != p.OPEN for mark in marked))
            chosen.append(options)
    most = max(set(regions), key=lambda one: (regions.count(one), one)) if regions else ""
    recent = [slot["question"] for row in rows[-RECENT:] for slot in row.form]
    return Answers(
        p.responses(table, names) if table and names else None, tuple(chosen), tuple(one == most for one in regions),
        {name: recent.count(name) for name in names}, len(rows[-RECENT:]), version,
        tuple(asked_of), sum(one.people for one in sheets), any(one.simulated for one in sheets),
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A question of the bank: what its author believed, what was measured, what its answers show."""

    key: str
    body: Any
    version: int
    stat: ItemStat | None
    report: p.ItemReport | None
    difference: p.Difference | None
    shown: float


def flags_of(line: Line) -> tuple[str, ...]:
    """What to look at in a question: the analysis's flags, and once there are enough answers `sure` when nobody missed
    it and `unchosen` when an option of a single choice drew nobody."""
    report = line.report
    if report is None:
        return ("few",)
    if report.answers < ENOUGH:
        return report.flags
    chosen = {one.name for one in report.options if one.chosen}
    single = line.body.form in ("single", "rule") and bool(chosen)
    idle = single and any(slug not in chosen for slug in line.body.slugs)
    more = (("sure", report.difficulty == 1.0), ("unchosen", idle))
    return (*report.flags, *(name for name, true in more if true))


def bank(scope: Scope, unit: OrgUnit, now: datetime) -> tuple[list[Line], Answers]:
    """Every question in force with its measurement and analysis."""
    scope.require(MANAGE, unit.path)
    on, answers = unit.date_at(now), gather(scope)
    held = items(QUESTIONS, on, unit.rule_pack, bank=unit.path)
    known, reports = measured(unit, now), analysed(answers, unit, on)
    sat = answers.of_sittings
    differences = {one.name: one for one in p.differential(sat, answers.largest)} if sat else {}
    return [
        Line(
            key, item.value, item.version, known.get(key), reports.get(key), differences.get(key),
            answers.shown.get(key, 0) / answers.sittings if answers.sittings else 0.0,
        )
        for key, item in sorted(held.items())
    ], answers  # fmt: skip


def analysed(answers: Answers, unit: OrgUnit, on: Any) -> dict[str, p.ItemReport]:
    """Reports by question, with options where each answer is one of them."""
    if answers.table is None:
        return {}
    held = items(QUESTIONS, on, unit.rule_pack, bank=unit.path)
    keys = [_key_of(held.get(name), unit, on) for name in answers.table.names]
    return {one.name: one for one in p.analyse(answers.table, answers.chosen, keys, answers.asked)}


def _key_of(item: Any, unit: OrgUnit, on: Any) -> str:
    right = right_now(item.value, unit, on) if item else ()
    return right[0] if len(right) == 1 else ""


def right_now(body: QuestionBody, unit: OrgUnit, on: date) -> tuple[str, ...]:
    """What is right on a date; nothing while the rule that says it is not in force."""
    try:
        return right_of(body, on, unit.rule_pack, unit.path)
    except ContentError:
        return ()


def due(answers: Answers, known: Mapping[str, ItemStat]) -> list[str]:
    """Questions with enough new answers since they were measured last."""
    return [
        name for name, count in answers.counts.items()
        if count - (known[name].answers if name in known else 0) >= ENOUGH
    ]  # fmt: skip


def fitted(answers: Answers, known: Mapping[str, ItemStat]) -> p.Items | None:
    """New numbers of every answered question, on the scale of the old ones where ten stand on both; None when the fit
    did not settle."""
    if answers.table is None:
        return None
    answered = [i for i, name in enumerate(answers.table.names) if answers.counts[name]]
    names = tuple(answers.table.names[i] for i in answered)
    found = p.fit(p.Responses(answers.table.marks[:, answered], names), "2pl")
    if not found.converged:
        return None
    old = [known[name] for name in names if name in known]
    if len(old) < 10:
        return found.items
    before = p.items([o.slope for o in old], [o.difficulty for o in old], [o.question for o in old])
    try:
        return p.linked(found.items, before)
    except ValueError:  # all equally hard: they carry no scale
        return found.items


def calibrate(_payload: dict[str, Any], *, scope: Scope, report: Any, now: datetime) -> dict[str, Any]:
    """Measure what has enough new answers; everything else keeps its numbers. Run again it finds nothing to do."""
    unit = top(scope)
    report(0.0, "")
    answers, known = gather(scope), measured(unit, now)
    wanted = due(answers, known)
    found = fitted(answers, known) if wanted else None
    if found is None:
        return {"items": 0}
    with scoped(scope), transaction.atomic():
        for i, name in enumerate(found.names):
            if name in wanted:
                ItemStat(
                    org_unit=unit, question=name, version=answers.versions[name], slope=float(found.slope[i]),
                    difficulty=float(found.difficulty[i]), slope_error=_known(found.slope_error[i]),
                    difficulty_error=_known(found.difficulty_error[i]), answers=answers.counts[name], at=now,
                ).save(force_insert=True)  # fmt: skip
        data = {"items": len(wanted), "answers": sum(answers.counts[one] for one in wanted)}
        journal.record(scope=scope, org_unit=unit, kind="academy.items_measured", subject=JOB, at=now, data=data)
    return {"items": len(wanted)}


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def top(scope: Scope) -> OrgUnit:
    """The highest unit that the caller sees."""
    with scoped(scope):
        return OrgUnit.objects.order_by("path").filter(path__within=scope.roots)[0]


def measure_now(*, scope: Scope, unit: OrgUnit, now: datetime) -> JobRun:
    """Ask for a measurement out of turn."""
    scope.require(MANAGE, unit.path)
    with scoped(scope):
        return jobs.enqueue(
            scope=scope, org_unit=unit, kind=JOB, key=f"{JOB}:{unit.bank_path}:{now.isoformat()}", payload={}, now=now
        )


def nightly(now: datetime) -> int:
    """Once a night and bank: ask for the questions to be measured. Returns how many banks were asked for."""
    scope, asked = system_scope((MANAGE,), label="question bank"), 0
    with scoped(scope):
        for unit in OrgUnit.objects.filter(parent=None):
            day = unit.date_at(now)
            some = Sitting.objects.filter(state=SUBMITTED, org_path__within=(unit.path,)).exists()
            if some and 1 <= now.astimezone(ZoneInfo(unit.time_zone)).hour < 6:
                key = f"{JOB}:{unit.path}:{day.isoformat()}"
                jobs.enqueue(scope=scope, org_unit=unit, kind=JOB, key=key, payload={}, now=now)
                asked += 1
    return asked
