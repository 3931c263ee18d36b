"""States added up by the database: for boards, which ask for many dates at once and for no hour, person or post.

The same rules as `cells.gather`: what no cell covers, or may have changed since, is counted from the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, Sum, Value, When

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.metrics import cells
from counterpoint.primitives.metrics.definition import SPREAD, Part
from counterpoint.primitives.metrics.models import MetricCell, MetricCover
from counterpoint.primitives.metrics.states import State, unpack

ONE_DAY = timedelta(days=1)
Span = tuple[date, date]


@dataclass
class Added:
    """What adds up to a state; spreads wait in their packed form until somebody asks for them."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    steps: list[bytes] = field(default_factory=list)


Sums = dict[tuple[Any, int], Added]  # by (branch id, number of the span)


def state(parts: Sequence[Added]) -> State:
    """Many as one state."""
    return State(
        sum(p.n for p in parts), sum(p.total for p in parts), sum(p.squares for p in parts),
        unpack(blob for p in parts for blob in p.steps),
    )  # fmt: skip


def gather(
    *, scope: Scope, branches: Sequence[OrgUnit], parts: Mapping[str, Sequence[Part]], spans: Sequence[Span],
    exact: bool = True,
) -> dict[str, Sums]:  # fmt: skip
    """Sums of the parts (by signature) of every branch in each of the spans, which must not overlap.

    Relations that the cells answer for the same branches and dates are read at once.
    """
    found: dict[str, Sums] = {part.signature: {} for some in parts.values() for part in some}
    slots = {on: place for place, (a, b) in enumerate(spans) for on in _dates(a, b)}
    if not branches or not slots:
        return found
    with scoped(scope):
        covers = cells.covers_of(branches, list(parts))
        stale = cells.stale_dates(branches, covers, exact)
    open_ = {key: _holes(branches, key, some, covers, stale, slots) for key, some in parts.items()}
    alike: dict[frozenset[Any], list[str]] = {}
    for key, holes in open_.items():
        alike.setdefault(frozenset((pk, frozenset(dates)) for pk, dates in holes.items() if dates), []).append(key)
    with scoped(scope):
        for keys in alike.values():
            together = list(dict.fromkeys(part for key in keys for part in parts[key]))
            _stored(found, branches, together, spans, open_[keys[0]], len(slots))
    for key, some in parts.items():
        _counted(found, scope, branches, key, some, slots, open_[key])
    return found


def _holes(
    branches: Sequence[OrgUnit], key: str, parts: Sequence[Part], covers: Mapping[tuple[Any, str], MetricCover],
    stale: Mapping[tuple[Any, str], set[date]], slots: Mapping[date, int],
) -> dict[Any, set[date]]:  # fmt: skip
    """Dates of the spans that the cells of a relation do not answer, by branch."""
    since, until = min(slots), max(slots) + ONE_DAY
    found: dict[Any, set[date]] = {}
    for branch in branches:
        at = (branch.pk, key)
        spans = cells.holes(covers.get(at), parts, stale.get(at, set()), since, until, False)
        found[branch.pk] = {on for a, b in spans for on in _dates(a, b) if on in slots}
    return found


def _dates(since: date, until: date) -> list[date]:
    return [since + ONE_DAY * n for n in range((until - since).days)]


def _stored(
    found: dict[str, Sums], branches: Sequence[OrgUnit], parts: Sequence[Part], spans: Sequence[Span],
    holes: Mapping[Any, set[date]], days: int,
) -> None:  # fmt: skip
    """What the cells say outside the holes, added up in the database."""
    whole = [b.pk for b in branches if len(holes[b.pk]) < days]
    if not whole:
        return
    slot = Case(
        *[When(date__gte=a, date__lt=b, then=Value(place)) for place, (a, b) in enumerate(spans)],
        output_field=IntegerField(),
    )  # fmt: skip
    begin, end = min(a for a, _b in spans), max(b for _a, b in spans)
    rows = MetricCell.objects.filter(
        part__in=[p.signature for p in parts], org_unit__in=whole, date__gte=begin, date__lt=end
    )
    skipped = Q()
    for pk in whole:
        if holes[pk]:
            skipped |= Q(org_unit=pk, date__in=sorted(holes[pk]))
    rows = rows.exclude(skipped) if skipped else rows
    rows = rows.order_by().annotate(slot=slot).filter(slot__isnull=False)
    names = ("part", "org_unit_id", "slot")
    for part, pk, place, n, total, squares in rows.values_list(*names).annotate(
        sum_n=Sum("n"), sum_total=Sum("total"), sum_squares=Sum("squares")
    ):
        found[part][pk, place] = Added(n, total, squares)
    spread = [p.signature for p in parts if p.kind == SPREAD]
    if spread:
        kept = rows.filter(part__in=spread, steps__isnull=False)
        for part, pk, place, steps in kept.values_list(*names, "steps"):
            found[part][pk, place].steps.append(bytes(steps))


def _counted(
    found: dict[str, Sums], scope: Scope, branches: Sequence[OrgUnit], key: str, parts: Sequence[Part],
    slots: Mapping[date, int], holes: Mapping[Any, set[date]],
) -> None:  # fmt: skip
    """What the cells do not answer, from the rows."""
    for branch in branches:
        for first, end in cells.spans(holes[branch.pk]):
            counted = cells.counted(scope, branch, key, parts, first, end, False)
            for part, by_date in counted.items():
                for on, cell in by_date.items():
                    held = found[part].setdefault((branch.pk, slots[on]), Added())
                    held.n, held.total, held.squares = (
                        held.n + cell.n,
                        held.total + cell.total,
                        held.squares + cell.squares,
                    )
                    if cell.steps:
                        held.steps.append(cell.steps)
