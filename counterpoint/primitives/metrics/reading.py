"""Reading numbers: one value, a board of many, a series, the rows behind a number; always inside the caller's scope."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from os.path import commonpath
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Forbidden, NotFound, OrgUnit, Scope, User, lineage, scoped
from counterpoint.primitives.content import ContentError
from counterpoint.primitives.metrics import cells, frames, needs, periods, relations, summing, targets
from counterpoint.primitives.metrics.cells import Cell
from counterpoint.primitives.metrics.definition import Metric, Part
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.periods import HOUR, Period
from counterpoint.primitives.metrics.states import EMPTY, State, merge
from counterpoint.primitives.metrics.targets import Target
from counterpoint.primitives.metrics.verbs import PEOPLE, VIEW

if TYPE_CHECKING:
    import pandas as pd

ONE_DAY = timedelta(days=1)
MANY_BRANCHES = 40  # above this many the cells may be a tick old instead of being counted again
FINE, WATCH, ACT, FEW, NONE, CALM = "fine", "watch", "act", "few", "none", "calm"


class UnknownMetric(NotFound):
    """No KPI of this key is in force."""

    code = "unknown_metric"


@dataclass(frozen=True)
class Value:
    """A number of a unit in a period. `state`: fine, watch (target missed), act (surely missed), few (too few cases to
    say), none (no rows), calm (no target). `low`–`high` is the 95 % interval, None where there is none."""

    metric: str
    unit: str
    period: Period
    value: float | None
    n: int
    target: Target | None = None
    state: str = CALM
    low: float | None = None
    high: float | None = None

    @property
    def few(self) -> bool:
        """Whether there are too few cases to judge by."""
        return self.state == FEW


def metric_of(key: str, on: date, pack: str = "cn", bank: str | None = None) -> Metric:
    """The definition in force; `UnknownMetric` when there is none. `bank` as in `needs.metric`."""
    try:
        return needs.metric(key, on, pack, bank)
    except ContentError as wrong:
        raise UnknownMetric(_("There is no indicator “%(key)s”.") % {"key": key}) from wrong


def branches_under(scope: Scope, *units: OrgUnit) -> list[OrgUnit]:
    """Branches of the units that the caller may see, each once, by path; asked for at once, whatever their number."""
    paths = tuple(unit.path for unit in units)
    if not paths:
        return []
    above = commonpath(paths).rstrip("/") + "/"
    with scoped(scope):
        rows = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, path__startswith=above)
        return [branch for branch in rows.order_by("path") if branch.path.startswith(paths)]


def _below(units: Sequence[OrgUnit], branches: Sequence[OrgUnit]) -> dict[Any, list[Any]]:
    """Ids of the branches of each unit."""
    places = {unit.path: unit.pk for unit in units}
    found: dict[Any, list[Any]] = {unit.pk: [] for unit in units}
    for branch in branches:
        for path in lineage(branch.path):
            if path in places:
                found[places[path]].append(branch.pk)
    return found


def value(
    *, scope: Scope, org_unit: OrgUnit, metric: str, grain: str, period: Period | date, person: str = "",
    post: str = "", now: datetime | None = None,
) -> Value:  # fmt: skip
    """One number. With `person` (staff number) or `post`, of that one alone. Raises `UnknownMetric`, `Forbidden`."""
    at = period if isinstance(period, Period) else periods.of(grain, period)
    return series(scope=scope, org_unit=org_unit, metric=metric, periods=[at], person=person, post=post, now=now)[0]


def series(
    *, scope: Scope, org_unit: OrgUnit, metric: str, periods: Sequence[Period], person: str = "", post: str = "",
    now: datetime | None = None,
) -> list[Value]:  # fmt: skip
    """The metric over periods, in their order."""
    on = max(p.until for p in periods) - timedelta(days=1)
    one = metric_of(metric, on, org_unit.rule_pack, org_unit.path)
    found = board(scope=scope, units=[org_unit], metrics=[one], periods=periods, person=person, post=post, now=now)
    return [found[org_unit.pk, metric, period] for period in periods]


Board = dict[tuple[Any, str, Period], Value]


def board(
    *, scope: Scope, units: Sequence[OrgUnit], metrics: Sequence[Metric], periods: Sequence[Period], person: str = "",
    post: str = "", now: datetime | None = None,
) -> Board:  # fmt: skip
    """Many metrics for many units and periods at once, by (unit id, metric key, period): each day is read once."""
    _allowed(scope, units, person)
    branches = branches_under(scope, *units)
    below = _below(units, branches)
    last = max((b.date_at(now) for b in branches), default=None) if now else None
    by, which = ("person", person) if person else ("post", post) if post else ("", "")
    source = _Days if by or any(period.grain == HOUR for period in periods) else _Periods
    read = source(scope, branches, metrics, periods, last)
    aims = targets.of(scope=scope, units=units, metrics=metrics, periods=periods)
    found: Board = {}
    for unit in units:
        for period in periods:
            margin = ("hour", str(period.hour)) if period.grain == HOUR and not by else (by, which)
            state_of = read.summed(below[unit.pk], period, margin)
            for one in metrics:
                answer = frames.answer(one, state_of)
                found[unit.pk, one.key, period] = _value(one, unit, period, answer, aims[unit.pk, one.key, period])
    return found


def _allowed(scope: Scope, units: Sequence[OrgUnit], person: str) -> None:
    for unit in units:
        scope.require(VIEW, unit.path)
        if person and not scope.may(PEOPLE, unit.path) and not _own(scope, person):
            raise Forbidden(_("Only leaders see the numbers of other people."), verb=PEOPLE)


def _own(scope: Scope, person: str) -> bool:
    return scope.actor is not None and User.objects.filter(pk=scope.actor, staff_no=person).exists()


StateOf = Callable[[Part], State]


def _remembered(state_of: StateOf) -> StateOf:
    """Each part's state is made once."""
    held: dict[str, State] = {}

    def of(part: Part) -> State:
        if part.signature not in held:
            held[part.signature] = state_of(part)
        return held[part.signature]

    return of


class _Periods:
    """Sums of whole periods by branch, added up in the database."""

    def __init__(
        self, scope: Scope, branches: Sequence[OrgUnit], metrics: Sequence[Metric], wanted: Sequence[Period],
        last: date | None,
    ) -> None:  # fmt: skip
        self._places: dict[Period, tuple[str, int]] = {}
        self._sums: dict[str, dict[str, summing.Sums]] = {}
        parts = needs.parts_of(metrics)
        for grain in dict.fromkeys(period.grain for period in wanted):
            some = [p for p in dict.fromkeys(wanted) if p.grain == grain and (last is None or p.since <= last)]
            ends = [p.until if last is None else min(p.until, last + ONE_DAY) for p in some]
            self._places |= {p: (grain, place) for place, p in enumerate(some)}
            self._sums[grain] = summing.gather(
                scope=scope, branches=branches, parts=parts, exact=len(branches) <= MANY_BRANCHES,
                spans=[(p.since, end) for p, end in zip(some, ends, strict=True)],
            )  # fmt: skip

    def summed(self, branches: Sequence[Any], period: Period, _margin: tuple[str, str]) -> StateOf:
        """States of the parts over some branches in a period."""
        if period not in self._places:
            return lambda part: EMPTY
        grain, place = self._places[period]
        sums = self._sums[grain]
        return _remembered(
            lambda part: summing.state(
                [sums[part.signature][pk, place] for pk in branches if (pk, place) in sums[part.signature]]
            )
        )


class _Days:
    """Cells of every date with their margins, for hours, persons and posts."""

    def __init__(
        self, scope: Scope, branches: Sequence[OrgUnit], metrics: Sequence[Metric], wanted: Iterable[Period],
        last: date | None,
    ) -> None:  # fmt: skip
        parts = needs.parts_of(metrics)
        dates = {p.since + ONE_DAY * n for p in wanted for n in range(p.days)}
        dates = dates if last is None else {on for on in dates if on <= last}
        self.rows: dict[str, dict[date, dict[Any, Cell]]] = {p.signature: {} for some in parts.values() for p in some}
        for since, until in cells.spans(dates):
            got = cells.gather(
                scope=scope, branches=branches, parts=parts, since=since, until=until, margins=True,
                exact=len(branches) <= MANY_BRANCHES,
            )  # fmt: skip
            for part, found in got.items():
                for (pk, on), cell in found.items():
                    self.rows[part].setdefault(on, {})[pk] = cell

    def summed(self, branches: Sequence[Any], period: Period, margin: tuple[str, str]) -> StateOf:
        """States of the parts over some branches in a period, of one hour, person or post (or of all)."""
        by, which = margin
        dates, mine = [period.since + ONE_DAY * n for n in range(period.days)], set(branches)

        def state_of(part: Part) -> State:
            rows = self.rows[part.signature]
            picked = [cell for on in dates if on in rows for pk, cell in rows[on].items() if pk in mine]
            if by:
                return merge(found for cell in picked if (found := cell.margin(by).get(which)) is not None)
            return merge(cell.state for cell in picked)

        return _remembered(state_of)


def _value(one: Metric, unit: OrgUnit, period: Period, answer: Answer, target: Target | None) -> Value:
    return Value(
        one.key, unit.code, period, answer.value, answer.n, target, state_of(one, answer, target), answer.low,
        answer.high,
    )  # fmt: skip


def state_of(one: Metric, answer: Answer, target: Target | None) -> str:
    """How the value stands against its target."""
    if answer.value is None or (answer.n == 0 and one.measure != "count"):
        return NONE
    if target is None:
        return CALM if answer.n >= one.small or one.measure == "count" else FEW
    if not target.bounds.misses(answer.value):
        return FINE if answer.n >= one.small else FEW
    if answer.n < one.small:
        return FEW
    return ACT if surely_misses(target.bounds, answer) else WATCH


def surely_misses(bounds: Any, answer: Answer) -> bool:
    """Whether the whole interval lies outside the bounds; without an interval the value itself decides."""
    low = answer.value if answer.low is None else answer.low
    high = answer.value if answer.high is None else answer.high
    over = bounds.high is not None and low is not None and low > bounds.high
    under = bounds.low is not None and high is not None and high < bounds.low
    return bool(over or under)


@dataclass(frozen=True)
class Drill:
    """Rows behind a number: those of one part, without private columns."""

    part: Part
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    total: int


def rows(
    *, scope: Scope, org_unit: OrgUnit, metric: str, period: Period, person: str = "", post: str = "",
    limit: int = 500, place: int = 0,
) -> Drill:  # fmt: skip
    """The rows that part number `place` of the metric counts in the period, newest first, at most `limit`."""
    import pandas as pd

    _allowed(scope, [org_unit], person)
    one = metric_of(metric, period.until - timedelta(days=1), org_unit.rule_pack, org_unit.path)
    part = one.parts[min(max(place, 0), len(one.parts) - 1)]
    kind = relations.relation(part.relation)
    if kind.verb:
        scope.require(kind.verb, org_unit.path)
    parts = []
    under, since, until = branches_under(scope, org_unit), period.since, period.until
    for branch, whole in relations.read_each(part.relation, scope=scope, branches=under, since=since, until=until):
        frame = _narrowed(frames.chosen(whole, part), period, person, post)
        if not frame.empty:
            parts.append(frame.assign(branch=branch.name))
    hidden = set() if scope.may(PEOPLE, org_unit.path) or person else {"person"}
    columns = tuple(name for name in ("branch", "date", *kind.columns) if name not in hidden)
    if not parts:
        return Drill(part, columns, [], 0)
    everything = pd.concat(parts, ignore_index=True)
    order = ["date", "hour"] if "hour" in everything else ["date"]
    newest = everything.sort_values(order, ascending=False, kind="stable").head(limit)
    return Drill(part, columns, newest[list(columns)].to_dict("records"), len(everything))


def _narrowed(frame: "pd.DataFrame", period: Period, person: str, post: str) -> "pd.DataFrame":
    if period.grain == HOUR and "hour" in frame:
        frame = frame[frame["hour"] == period.hour]
    if person:
        frame = frame[frame["person"] == person] if "person" in frame else frame.iloc[:0]
    if post:
        frame = frame[frame["post"] == post] if "post" in frame else frame.iloc[:0]
    return frame


def by_margin(
    *, scope: Scope, org_unit: OrgUnit, metric: Metric, period: Period, by: str, now: datetime | None = None
) -> dict[str, Answer]:
    """The metric by hour, person or post of a period. By person it needs the right to see people's numbers."""
    scope.require(PEOPLE if by == "person" else VIEW, org_unit.path)
    branches = branches_under(scope, org_unit)
    last = max((b.date_at(now) for b in branches), default=None) if now else None
    days = _Days(scope, branches, [metric], [period], last)
    keys = {
        key
        for found in days.rows.values()
        for by_branch in found.values()
        for cell in by_branch.values()
        for key in cell.margin(by)
    }
    mine = [b.pk for b in branches]
    order = sorted(keys, key=lambda key: (0, int(key), "") if key.isdecimal() else (1, 0, key))
    return {key: frames.answer(metric, days.summed(mine, period, (by, key))) for key in order}
