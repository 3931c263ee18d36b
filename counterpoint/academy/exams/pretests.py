"""Pretests: answers to questions that were given outside the product, on paper or elsewhere, brought in as one sheet
and measured like those of sittings. Nobody's name is kept: a row is somebody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.questions import QUESTIONS, QuestionBody, right_of
from counterpoint.academy.models import Pretest
from counterpoint.academy.rules.pretests import LETTERS, Cell, cell
from counterpoint.academy.science import psychometrics as p
from counterpoint.academy.verbs import MANAGE
from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, journal, scoped
from counterpoint.primitives.content import ContentError, Item, items
from counterpoint.ui import tables_in
from counterpoint.ui.tables_in import TITLES, Wrong

MOST_PEOPLE, FEWEST_PEOPLE = 5_000, 2
SIGNS = {p.OPEN: "-", p.RIGHT: "1", p.WRONG: "0"}
MARKS = {sign: mark for mark, sign in SIGNS.items()}
NOBODY = "."  # no one option was chosen
Row = tuple[list[int], tuple[str | None, ...]]


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was read: questions with version and options, and people as (marks, letters), a sign a question."""

    names: tuple[str, ...]
    versions: Mapping[str, int]
    options: Mapping[str, tuple[str, ...]]
    rows: tuple[tuple[str, str], ...]
    problems: tuple[Wrong, ...] = ()

    @property
    def answers(self) -> int:
        """How many answers stand in it."""
        return sum(len(marks) - marks.count(SIGNS[p.OPEN]) for marks, _letters in self.rows)

    @property
    def digest(self) -> str:
        """Of what the sheet says, whoever stands in which row."""
        said = [list(self.names), dict(self.versions), sorted(self.rows)]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def sheet_in(name: str, content: bytes, unit: OrgUnit, now: datetime) -> Sheet:
    """Read a file: a column a question under its key, a row a person; what stands in the first column is not kept.
    Raises `Invalid` when it is no such table; what is wrong with single cells stands in `problems`."""
    on = unit.date_at(now)
    held = items(QUESTIONS, on, unit.rule_pack, bank=unit.path)
    table = list(tables_in.lines(name, content, MOST_PEOPLE + TITLES))
    place, columns, problems = _head(table, held)
    keys = {key: _Key(held[key], unit, on) for key in columns}
    rows = []
    for number, cells in enumerate(table[place + 1 :], place + 2):
        found: list[Cell] = []
        for key, at in columns.items():
            value = cells[at] if at < len(cells) else None
            read = keys[key].cell(value)
            if read is None:
                problems.append(Wrong(number, key, str(value)[:40], keys[key].asked))
            found.append(read or Cell(p.OPEN))
        if any(one.mark != p.OPEN for one in found):
            rows.append(("".join(SIGNS[one.mark] for one in found), "".join(one.letter or NOBODY for one in found)))
    if len(rows) < FEWEST_PEOPLE and not problems:
        raise Invalid(_("The sheet has answers of fewer than two people."), field="file")
    names = tuple(columns)
    return Sheet(
        names, {key: held[key].version for key in names}, {key: held[key].value.slugs for key in names}, tuple(rows),
        tuple(problems),
    )  # fmt: skip


def _head(
    table: Sequence[Sequence[Any]], held: Mapping[str, Item]
) -> tuple[int, dict[str, int], list[Wrong]]:  # fmt: skip
    """Where the headings stand, which column is which question, and headings that are none."""
    for place, cells in enumerate(table[:TITLES]):
        words = [str(one or "").strip() for one in cells]
        if not any(word in held for word in words):
            continue
        columns: dict[str, int] = {}
        problems = []
        for at, word in enumerate(words):
            if word in columns:
                problems.append(Wrong(place + 1, word, "", _("stands twice")))
            elif word in held:
                columns[word] = at
            elif word and at:
                problems.append(Wrong(place + 1, word[:40], "", _("is no question in force; see the second sheet")))
        return place, columns, problems
    raise Invalid(_("No column is headed by the key of a question. Start from the template."), field="file")


class _Key:
    """What a column's cells are read by."""

    def __init__(self, item: Item, unit: OrgUnit, on: Any) -> None:
        self._body: QuestionBody = item.value
        try:
            self._right = right_of(item.value, on, unit.rule_pack, unit.path)
        except ContentError:  # the rule that says it is not in force
            self._right = ()

    def cell(self, value: Any) -> Cell | None:
        body = self._body
        return cell(value, form=body.form, options=body.slugs, right=self._right if body.slugs else ())

    @property
    def asked(self) -> str:
        """What such a cell may say."""
        if not self._body.slugs or not self._right:
            return _("write 1 for right, 0 for wrong, nothing where it was not asked")
        last = LETTERS[len(self._body.slugs) - 1]
        return _("write a letter from A to %(last)s, or 1 for right and 0 for wrong") % {"last": last}


@transaction.atomic
def pretest_add(*, scope: Scope, unit: OrgUnit, sheet: Sheet, label: str, simulated: bool, now: datetime) -> Pretest:
    """Keep a sheet without problems, at headquarters. Raises `Invalid`."""
    scope.require(MANAGE, unit.path)
    if sheet.problems or not sheet.rows:
        raise Invalid(_("Put the sheet right first; nothing was written."), field="file")
    if not label.strip():
        raise Invalid(_("Say where the answers come from."), field="label")
    with scoped(scope):
        row = Pretest(
            org_unit=unit, label=label.strip()[:120], simulated=simulated, people=len(sheet.rows), at=now,
            answers=sheet.answers, digest=sheet.digest, names=list(sheet.names), versions=dict(sheet.versions),
            options={key: list(slugs) for key, slugs in sheet.options.items()}, rows=[list(one) for one in sheet.rows],
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as twice:
            raise Invalid(_("These answers have come in already."), field="file") from twice
        _record(scope, row, "academy.pretest_added", now)
    return row


@transaction.atomic
def pretest_switch(*, scope: Scope, pretest: UUID, counts: bool, now: datetime) -> Pretest:
    """Let a sheet count no more, nor what was measured while it did, or again; sittings keep the numbers that they were
    made with. Raises `NotFound`."""
    with scoped(scope):
        row = Pretest.objects.select_related("org_unit").filter(pk=pretest).first()
        if row is None:
            raise NotFound(_("There is no such sheet here."))
        scope.require(MANAGE, row.org_path)
        if counts != (row.dropped_at is None):
            row.dropped_at = None if counts else now
            row.save()
            _record(scope, row, "academy.pretest_added" if counts else "academy.pretest_dropped", now)
    return row


def _record(scope: Scope, row: Pretest, kind: str, now: datetime) -> None:
    data = {"people": row.people, "items": len(row.names), "answers": row.answers, "simulated": row.simulated}
    journal.record(scope=scope, org_unit=row.org_unit, kind=kind, subject=str(row.pk), at=now, data=data)


def held(scope: Scope) -> list[Pretest]:
    """The sheets that the caller sees, newest first, without what stands in them."""
    with scoped(scope):
        return list(Pretest.objects.defer("rows"))


def counting(scope: Scope) -> list[Pretest]:
    """The sheets that count, with what stands in them."""
    with scoped(scope):
        return list(Pretest.objects.filter(dropped_at=None))


def rows_of(pretest: Pretest, names: Sequence[str], version: Mapping[str, int]) -> Iterator[Row]:
    """A sheet's people as marks and chosen options of `names`; another version's answers are left out."""
    place = {key: n for n, key in enumerate(pretest.names) if pretest.versions[key] == version.get(key)}
    for marks, letters in pretest.rows:
        own = [MARKS[marks[place[name]]] if name in place else p.OPEN for name in names]
        took = [
            pretest.options[name][LETTERS.index(letters[place[name]])]
            if name in place and letters[place[name]] != NOBODY else None
            for name in names
        ]  # fmt: skip
        yield own, tuple(took)
