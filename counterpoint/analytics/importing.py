"""Bringing numbers in: from Excel, CSV or the open API. Every row is checked; one wrong row and nothing is written."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.analytics.models import ImportedNumber, NumberBatch
from counterpoint.analytics.series import Series, all_series
from counterpoint.analytics.verbs import IMPORT
from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope, User, branches, journal, scoped
from counterpoint.ui import tables_in
from counterpoint.ui.tables_in import Wrong, text_of

Day = date  # a field of this name hides the type
COLUMNS = ("date", "branch", "series", "person", "amount", "base")
HEADINGS = {  # as the template writes them, and English; the first of each row is the template's
    "date": ("日期", "date"),
    "branch": ("机构号", "機構號", "branch"),
    "series": ("指标代码", "指標代碼", "series", "code"),
    "person": ("工号", "工號", "person", "staff_no"),
    "amount": ("数值", "數值", "amount", "value"),
    "base": ("分母", "base"),
}
MOST_ROWS = 50_000
SAMPLE = 3


@dataclass(frozen=True)
class Number:
    """One checked row."""

    branch: str
    series: str
    date: date
    person: str
    amount: float
    base: float | None

    @property
    def key(self) -> tuple[str, str, Day, str]:
        """What there is one number of."""
        return self.branch, self.series, self.date, self.person


@dataclass(frozen=True)
class Checked:
    """Rows that may be written, and what is wrong with the others."""

    numbers: tuple[Number, ...]
    problems: tuple[Wrong, ...]


def rows_in(name: str, content: bytes) -> list[dict[str, Any]]:
    """The rows of a file by column, with `_row` as the sheet counts. Raises `Invalid` when it is no table."""
    return tables_in.rows(name, content, MOST_ROWS, HEADINGS, ("date", "series", "amount"))


def check(
    rows: Iterable[Mapping[str, Any]], *, scope: Scope, verb: str, on: date, only: OrgUnit | None = None
) -> Checked:
    """Read every row; `only` is the branch of rows that name none."""
    known = {b.code: b for b in branches(scope=scope) if scope.may(verb, b.path)}
    packs = {b.rule_pack for b in known.values()}
    series = {code: one for pack in packs for code, one in all_series(on, pack).items()}
    staff = set(User.objects.values_list("staff_no", flat=True))
    numbers: list[Number] = []
    problems: list[Wrong] = []
    seen: dict[tuple[str, str, date, str], int] = {}
    forms: dict[tuple[str, str, date], bool] = {}
    for row in rows:
        reader = _Row(row, known, series, staff, on, only)
        number = reader.number()
        problems += reader.problems
        if number is None:
            continue
        if number.key in seen:
            problems.append(
                Wrong(reader.at, "", "", _("the same as row %(row)d: one number a day") % {"row": seen[number.key]})
            )
            continue
        seen[number.key] = reader.at
        form = forms.setdefault((number.branch, number.series, number.date), not number.person)
        if form != (not number.person):
            message = _("give this day by person or as a whole, not both")
            problems.append(Wrong(reader.at, HEADINGS["person"][0], number.person, message))
            continue
        numbers.append(number)
    return Checked(tuple(numbers), tuple(problems))


class _Row:
    """One row being read."""

    def __init__(
        self, row: Mapping[str, Any], known: Mapping[str, OrgUnit], series: Mapping[str, Series], staff: set[str],
        on: date, only: OrgUnit | None,
    ) -> None:  # fmt: skip
        self._row, self._known, self._series, self._staff = row, known, series, staff
        self._on, self._only = on, only
        self.at = int(row.get("_row", 0))
        self.problems: list[Wrong] = []

    def _wrong(self, column: str, message: str) -> None:
        self.problems.append(Wrong(self.at, HEADINGS[column][0], str(self._row.get(column) or "")[:40], message))

    def number(self) -> Number | None:
        """The row as a number; None when something is wrong, which `problems` says."""
        branch, series = self._branch(), self._one_series()
        day, person = self._date(), self._person(series)
        amount = self._number("amount", needed=True)
        base = self._number("base", needed=bool(series and series.needs_base))
        if base is not None and series and series.needs_base and base <= 0:
            self._wrong("base", _("must be above zero"))
        if self.problems or branch is None or series is None or day is None or amount is None:
            return None
        return Number(branch.code, series.code, day, person, amount, base if series.needs_base else None)

    def _branch(self) -> OrgUnit | None:
        code = text_of(self._row.get("branch"))
        if not code and self._only is not None:
            return self._only
        if code not in self._known:
            self._wrong("branch", _("is no branch of yours"))
            return None
        return self._known[code]

    def _one_series(self) -> Series | None:
        code = text_of(self._row.get("series")).upper()
        if code not in self._series:
            self._wrong("series", _("is no code that can be imported; the second sheet of the template lists them"))
            return None
        return self._series[code]

    def _date(self) -> date | None:
        found = tables_in.date_of(self._row.get("date"))
        if found is None:
            self._wrong("date", _("is no date like 2026-11-23"))
        elif found > self._on:
            self._wrong("date", _("lies in the future"))
        return found

    def _person(self, series: Series | None) -> str:
        person = text_of(self._row.get("person"))
        if person and series and not series.by_person:
            self._wrong("person", _("this indicator is not kept by person"))
        elif person and person not in self._staff:
            self._wrong("person", _("is no staff number"))
        return person

    def _number(self, column: str, *, needed: bool) -> float | None:
        value = self._row.get(column)
        if value is None or value == "":
            if needed:
                self._wrong(column, _("is missing"))
            return None
        found = tables_in.number_of(value)
        if found is None:
            self._wrong(column, _("is no number"))
        return found


class KeyTaken(DomainError):
    """The same key came with other numbers."""

    code = "key_conflict"
    status = 409


@dataclass(frozen=True)
class Imported:
    """What was written: rows in all, those that are new or changed, dates."""

    rows: int
    changed: int
    since: date
    until: date


@transaction.atomic
def numbers_import(
    *, scope: Scope, numbers: Sequence[Number], label: str, now: datetime, verb: str = IMPORT, key: str = "",
    asked: str = "",
) -> Imported:  # fmt: skip
    """Write checked numbers; one that is there already is replaced, the same again changes nothing. A day's series is
    kept either of the branch or by person: what comes last wins. One journal entry a branch. Raises `Invalid` for none,
    `Forbidden` for a branch without the right. The same `key` with the same digest `asked` gets the first answer,
    with another one `KeyTaken`."""
    if not numbers:
        raise Invalid(_("There is no row to import."), field="file")
    places = {b.code: b for b in branches(scope=scope)}
    by_branch: dict[str, list[Number]] = {}
    for number in numbers:
        by_branch.setdefault(number.branch, []).append(number)
    changed = 0
    for code, mine in sorted(by_branch.items()):
        scope.require(verb, places[code].path)
        earlier = _earlier(scope, places[code], key, asked)
        changed += earlier.rows if earlier else _write(scope, places[code], mine, label, now, key, asked)
    dates = [number.date for number in numbers]
    return Imported(len(numbers), changed, min(dates), max(dates))


def _earlier(scope: Scope, branch: OrgUnit, key: str, asked: str) -> NumberBatch | None:
    """The batch of the same key; `KeyTaken` when it asked for something else."""
    if not key:
        return None
    with scoped(scope):
        held = NumberBatch.objects.filter(org_unit=branch, made_by=scope.actor, key=key).first()
    if held is not None and held.asked != asked:
        raise KeyTaken(_("This key was already used for another request. Send a new key with a new request."))
    return held


def _write(
    scope: Scope, branch: OrgUnit, numbers: Sequence[Number], label: str, now: datetime, key: str, asked: str
) -> int:
    with scoped(scope):
        since, until = min(n.date for n in numbers), max(n.date for n in numbers)
        held = {
            (n.series, n.date, n.person): n
            for n in ImportedNumber.objects.filter(org_unit=branch, date__gte=since, date__lte=until)
        }
        fresh = [n for n in numbers if _other(held.get((n.series, n.date, n.person)), n)]
        if not fresh and not key:
            return 0
        plain = [[n.series, n.date.isoformat(), n.person, n.amount, n.base] for n in sorted(fresh, key=lambda n: n.key)]
        digest = hashlib.sha256(json.dumps(plain).encode()).hexdigest()
        batch = NumberBatch(
            org_unit=branch, label=label[:120], digest=digest, read=len(numbers), rows=len(fresh), since=since,
            until=until, made_at=now, made_by=scope.actor, key=key, asked=asked,
        )  # fmt: skip
        batch.save(force_insert=True)
        old = _replaced(held, fresh)
        for start in range(0, len(old), 500):
            ImportedNumber.objects.filter(pk__in=old[start : start + 500]).delete()
        rows = [
            ImportedNumber(org_unit=branch, batch=batch, series=n.series, date=n.date, person=n.person, amount=n.amount,
                           base=n.base)
            for n in fresh
        ]  # fmt: skip
        ImportedNumber.objects.bulk_create(rows, batch_size=500)
        data = {"rows": len(numbers), "changed": len(fresh), "since": since.isoformat(), "until": until.isoformat(),
                "digest": digest}  # fmt: skip
        journal.record(
            scope=scope, org_unit=branch, kind="analytics.numbers_imported", subject=str(batch.pk), at=now, data=data
        )
    return len(fresh)


def _replaced(held: Mapping[tuple[str, date, str], ImportedNumber], fresh: Sequence[Number]) -> list[int]:
    """Rows that go: of the same key, and of the same day and series in the other form."""
    keys = {(n.series, n.date, n.person) for n in fresh}
    whole = {(n.series, n.date): not n.person for n in fresh}
    return [row.pk for key, row in held.items() if key in keys or whole.get(key[:2], not key[2]) != (not key[2])]


def _other(held: ImportedNumber | None, number: Number) -> bool:
    return held is None or (held.amount, held.base) != (number.amount, number.base)


def batches(*, scope: Scope, branch: OrgUnit, limit: int = 20) -> list[NumberBatch]:
    """What came in lately."""
    with scoped(scope):
        return list(NumberBatch.objects.filter(org_unit=branch)[:limit])
