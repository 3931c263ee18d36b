"""The store of states by branch, part and date: a cache that is never trusted further than it is covered.

Reading always gives what the rows say now: dates that no cell covers, or whose rows an entry of the journal may have
changed since, are counted from the rows. The tick only makes this fast.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from counterpoint.foundation.api import OrgUnit, Scope, journal, scoped
from counterpoint.primitives.metrics import frames, relations
from counterpoint.primitives.metrics.definition import SPREAD, Part
from counterpoint.primitives.metrics.models import MetricCell, MetricCover
from counterpoint.primitives.metrics.relations import Touch
from counterpoint.primitives.metrics.states import State, pack, unpack

if TYPE_CHECKING:
    import pandas as pd

MARGINS = ("hour", "person", "post")
KEPT_DAYS = 460  # cells reach back five quarters, as boards do; older dates are counted when somebody asks
MARGIN_DAYS = 100  # states by hour, person and post are kept for a quarter and some days
CHUNK_DAYS = 35
LOOK_BACK = 200  # on PostgreSQL a lower id may be committed after a higher one
ONE_DAY = timedelta(days=1)
BATCH = 500

Margins = dict[str, dict[str, State]]


@dataclass
class Cell:
    """One part on one date of one branch, as read."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    steps: bytes = b""
    margins: bytes | Margins = field(default_factory=dict)

    @property
    def state(self) -> State:
        """As a mergeable state."""
        return State(self.n, self.total, self.squares, unpack([self.steps]) if self.steps else {})

    def margin(self, by: str) -> dict[str, State]:
        """States by hour, person or post."""
        if isinstance(self.margins, bytes):
            self.margins = _margins_in(self.margins)
        return self.margins.get(by, {})


Cells = dict[tuple[Any, date], Cell]  # by (branch id, date); what is absent had no rows


def gather(
    *, scope: Scope, branches: Sequence[OrgUnit], parts: Mapping[str, Sequence[Part]], since: date, until: date,
    margins: bool = False, exact: bool = True,
) -> dict[str, Cells]:  # fmt: skip
    """States of the parts (by signature) of every branch and date between `since` and `until` (exclusive).

    `exact` counts again what may have changed since the cells were made; otherwise they may be a tick old.
    """
    found: dict[str, Cells] = {part.signature: {} for some in parts.values() for part in some}
    if not branches or since >= until:
        return found
    with scoped(scope):
        covers = covers_of(branches, list(parts))
        stale = stale_dates(branches, covers, exact)
        _stored(found, branches, parts, covers, since, until, margins)
    for key, some in parts.items():
        for branch in branches:
            cover = covers.get((branch.pk, key))
            for first, end in holes(cover, some, stale.get((branch.pk, key), set()), since, until, margins):
                _counted(found, scope, branch, key, some, first, end, margins)
    return found


def covers_of(branches: Sequence[OrgUnit], keys: Sequence[str]) -> dict[tuple[Any, str], MetricCover]:
    """Covers by branch id and relation, in the caller's scope."""
    rows = MetricCover.objects.filter(relation__in=keys, org_unit__in=[b.pk for b in branches])
    return {(row.org_unit_id, row.relation): row for row in rows}


def stale_dates(
    branches: Sequence[OrgUnit], covers: Mapping[tuple[Any, str], MetricCover], exact: bool
) -> dict[tuple[Any, str], set[date]]:
    """Dates whose rows may have changed since their cells were made, by branch and relation."""
    if not covers or not exact:
        return {}
    back = LOOK_BACK if connection.vendor == "postgresql" else 0
    by_id = {branch.pk: branch for branch in branches}
    kept = [(relations.relation(key), cover) for (_pk, key), cover in covers.items() if relations.offered(key)]
    if not kept:
        return {}
    found: dict[tuple[Any, str], set[date]] = {}
    after = min(cover.seen for _one, cover in kept) - back
    entries = journal.JournalEntry.objects.filter(id__gt=after, org_unit__in=list(by_id)).order_by("id")
    names = ("org_unit_id", "id", "kind", "at", "data")
    for pk, number, kind, at, data in entries.values_list(*names).iterator(chunk_size=BATCH):
        for one, cover in kept:
            if cover.org_unit_id == pk and number > cover.seen - back and one.touched_by(kind):
                touch = Touch(kind, by_id[pk].date_at(at), data)
                found.setdefault((pk, one.key), set()).update(one.days(touch))
    return found


def _stored(
    found: dict[str, Cells], branches: Sequence[OrgUnit], parts: Mapping[str, Sequence[Part]],
    covers: Mapping[tuple[Any, str], MetricCover], since: date, until: date, margins: bool,
) -> None:  # fmt: skip
    """Read what the cells say; dates outside their cover are counted afterwards and overwrite."""
    wanted = [p.signature for key, some in parts.items() if any(k == key for _b, k in covers) for p in some]
    if not wanted:
        return
    rows = MetricCell.objects.filter(
        part__in=wanted, date__gte=since, date__lt=until, org_unit__in=[b.pk for b in branches]
    )
    names = ["part", "org_unit_id", "date", "n", "total", "squares", "steps", *(["margins"] if margins else [])]
    for part, pk, on, n, total, squares, steps, *more in rows.order_by().values_list(*names):
        held = Cell(n, total, squares, bytes(steps) if steps else b"", bytes(more[0]) if more and more[0] else {})
        found[part][pk, on] = held


def holes(
    cover: MetricCover | None, parts: Sequence[Part], stale: set[date], since: date, until: date, margins: bool
) -> list[tuple[date, date]]:
    """Spans (end exclusive) that the cells do not answer."""
    if cover is None or not {p.signature for p in parts} <= set(cover.parts):
        return [(since, until)]
    begin = cover.margins_since if margins else cover.since
    dates = (since + ONE_DAY * n for n in range((until - since).days))
    return spans([on for on in dates if not begin <= on < cover.until or on in stale])


def spans(dates: Iterable[date]) -> list[tuple[date, date]]:
    """Sorted dates as spans of neighbours, the end exclusive."""
    found: list[tuple[date, date]] = []
    for on in sorted(dates):
        if found and found[-1][1] == on:
            found[-1] = (found[-1][0], on + ONE_DAY)
        else:
            found.append((on, on + ONE_DAY))
    return found


def _counted(
    found: dict[str, Cells], scope: Scope, branch: OrgUnit, key: str, parts: Sequence[Part], since: date, until: date,
    margins: bool,
) -> None:  # fmt: skip
    for part, cells in counted(scope, branch, key, parts, since, until, margins).items():
        mine = found[part]
        for on in [on for pk, on in mine if pk == branch.pk and since <= on < until]:
            del mine[branch.pk, on]
        mine.update({(branch.pk, on): cell for on, cell in cells.items()})


def counted(
    scope: Scope, branch: OrgUnit, key: str, parts: Sequence[Part], since: date, until: date, margins: bool = True
) -> dict[str, dict[date, Cell]]:
    """Cells counted from the rows of a branch: by part and date."""
    frame = relations.read(key, scope=scope, branch=branch, since=since, until=until)
    if frame.empty:
        return {part.signature: {} for part in parts}
    dates = frames.groups(frame, ["date"])
    columns = relations.relation(key).columns
    wanted = [by for by in MARGINS if by in columns] if margins else []
    by_margin = {by: frames.groups(frame, ["date", by]) for by in wanted}
    return {part.signature: _cells(frame, part, dates, by_margin) for part in parts}


def _cells(
    frame: "pd.DataFrame", part: Part, dates: frames.Groups, by_margin: Mapping[str, frames.Groups]
) -> dict[date, Cell]:
    found = {
        on: Cell(s.n, s.total, s.squares, pack(s.steps) if part.kind == SPREAD else b"", {})
        for (on,), s in frames.states(frame, part, dates).items()
    }
    for by, groups in by_margin.items():
        for (on, value), s in frames.states(frame, part, groups).items():
            margins = found[on].margins
            if isinstance(margins, dict):
                margins.setdefault(by, {})[str(int(value)) if by == "hour" else str(value)] = s
    return found


GROWTH = 2  # relations that grow into the past in one pass
FALLEN_BEHIND = 5000  # journal entries after which a cover that nothing touched is noted as seen


def refresh(
    *, scope: Scope, branch: OrgUnit, parts: Mapping[str, Sequence[Part]], now: datetime, growth: int = GROWTH
) -> set[date]:
    """Bring the cells of a branch up to date, and `growth` relations a chunk further back. Returns the dates that were
    counted again because their rows may have changed. Each relation is a transaction of its own."""
    with scoped(scope):
        today = branch.date_at(now)
        entries = journal.JournalEntry.objects.filter(org_unit=branch).order_by("-seq")
        newest = entries.values_list("id", flat=True).first() or 0
        covers = covers_of([branch], list(parts))
        stale = stale_dates([branch], covers, exact=True)
        changed: set[date] = set()
        for key, some in parts.items():
            cover, wanted = covers.get((branch.pk, key)), sorted(p.signature for p in some)
            dirty = stale.get((branch.pk, key), set())
            if cover is None or not set(wanted) <= set(cover.parts):
                cover = _begun(cover, branch, key, today)
                todo = [(cover.since, cover.until)]
            else:
                todo = _grown(cover, dirty, today, back=growth > 0)
                growth -= any(first < cover.until and first not in dirty for first, _end in todo)
                changed |= dirty
            if todo or newest - cover.seen > FALLEN_BEHIND:
                _renew(scope, branch, key, some, todo, cover, newest, now)
        return changed


def _renew(
    scope: Scope, branch: OrgUnit, key: str, parts: Sequence[Part], todo: Sequence[tuple[date, date]],
    cover: MetricCover, newest: int, now: datetime,
) -> None:  # fmt: skip
    # Counted before the transaction, so that nobody waits to write meanwhile: what happens in between is no part of
    # `newest`, and its dates are counted again.
    found = [(first, end, counted(scope, branch, key, parts, first, end)) for first, end in todo]
    gone = set(cover.parts) - {part.signature for part in parts}
    with transaction.atomic():
        if gone:
            MetricCell.objects.filter(org_unit=branch, part__in=gone).delete()
        for first, end, some in found:
            _write(branch, some, first, end, cover.margins_since)
        cover.parts, cover.seen, cover.at = sorted(part.signature for part in parts), newest, now
        cover.save()


def _begun(cover: MetricCover | None, branch: OrgUnit, key: str, today: date) -> MetricCover:
    """A cover of the last chunk: the first one, or one begun anew because a part is new."""
    cover = cover or MetricCover(org_unit=branch, relation=key)
    cover.since = cover.margins_since = today - ONE_DAY * (CHUNK_DAYS - 1)
    cover.until = today + ONE_DAY
    return cover


def _grown(cover: MetricCover, stale: set[date], today: date, *, back: bool) -> list[tuple[date, date]]:
    """Grow the cover to today, and with `back` by a chunk into the past; spans that are to be counted for it."""
    oldest = today - ONE_DAY * KEPT_DAYS
    whole = not back or cover.since <= oldest
    since = cover.since if whole else max(oldest, cover.since - ONE_DAY * CHUNK_DAYS)
    dates = {on for on in stale if since <= on < cover.until}
    dates |= {since + ONE_DAY * n for n in range((cover.since - since).days)}
    dates |= {cover.until + ONE_DAY * n for n in range((today + ONE_DAY - cover.until).days)}
    if since < cover.since:
        cover.margins_since = min(cover.margins_since, max(since, today - ONE_DAY * MARGIN_DAYS))
    cover.since, cover.until = since, max(cover.until, today + ONE_DAY)
    return spans(dates)


def _write(
    branch: OrgUnit, found: Mapping[str, Mapping[date, Cell]], since: date, until: date, margins_since: date
) -> None:
    MetricCell.objects.filter(org_unit=branch, part__in=list(found), date__gte=since, date__lt=until).delete()
    rows = [
        MetricCell(
            org_unit=branch, part=part, date=on, n=cell.n, total=cell.total, squares=cell.squares,
            steps=cell.steps or None,
            margins=_margins_out(cell.margins) if on >= margins_since else None,
        )
        for part, cells in found.items() for on, cell in cells.items()
    ]  # fmt: skip
    MetricCell.objects.bulk_create(rows, batch_size=BATCH)


def _margins_out(margins: bytes | Margins) -> bytes | None:
    if isinstance(margins, bytes) or not margins:
        return margins or None  # type: ignore[return-value]
    plain = {
        by: {key: [s.n, s.total, s.squares, sorted(s.steps.items())] for key, s in found.items()}
        for by, found in margins.items()
    }
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 3)


def _margins_in(blob: bytes) -> Margins:
    plain = json.loads(zlib.decompress(blob))
    return {
        by: {key: State(n, total, squares, dict(map(tuple, steps))) for key, (n, total, squares, steps) in rows.items()}
        for by, rows in plain.items()
    }
