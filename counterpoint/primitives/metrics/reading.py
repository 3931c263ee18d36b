"""Reading numbers: one value, a board of many, a series, the rows behind a number; always inside the caller's scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Forbidden, NotFound, OrgUnit, Scope, User, scoped
from counterpoint.primitives.content import ContentError
from counterpoint.primitives.metrics import cells, frames, needs, periods, relations, targets
from counterpoint.primitives.metrics.cells import Cell
from counterpoint.primitives.metrics.definition import Metric, Part
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.periods import HOUR, Period
from counterpoint.primitives.metrics.states import State, merge, unpack
from counterpoint.primitives.metrics.targets import Target
from counterpoint.primitives.metrics.verbs import PEOPLE, VIEW

if TYPE_CHECKING:
    import pandas as pd

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


def metric_of(key: str, on: date, pack: str = "cn") -> Metric:
    """The definition in force; `UnknownMetric` when there is none."""
    try:
        return needs.metric(key, on, pack)
    except ContentError as wrong:
        raise UnknownMetric(_("There is no indicator “%(key)s”.") % {"key": key}) from wrong


def branches_under(scope: Scope, unit: OrgUnit) -> list[OrgUnit]:
    """Branches of a unit that the caller may see, by path."""
    with scoped(scope):
        rows = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, path__startswith=unit.path).order_by("path")
        return list(rows)


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
    one = metric_of(metric, on, org_unit.rule_pack)
    found = board(scope=scope, units=[org_unit], metrics=[one], periods=periods, person=person, post=post, now=now)
    return [found[org_unit.pk, metric, period] for period in periods]


Board = dict[tuple[Any, str, Period], Value]


def board(
    *, scope: Scope, units: Sequence[OrgUnit], metrics: Sequence[Metric], periods: Sequence[Period], person: str = "",
    post: str = "", now: datetime | None = None,
) -> Board:  # fmt: skip
    """Many metrics for many units and periods at once, by (unit id, metric key, period): each day is read once."""
    _allowed(scope, units, person)
    below = {unit.pk: branches_under(scope, unit) for unit in units}
    branches = {b.pk: b for some in below.values() for b in some}
    last = max((b.date_at(now) for b in branches.values()), default=None) if now else None
    by, which = ("person", person) if person else ("post", post) if post else ("", "")
    days = _days(scope, list(branches.values()), metrics, periods, last, margins=bool(by) or _hourly(periods))
    aims = targets.of(units=units, metrics=metrics, periods=periods)
    found: Board = {}
    for unit in units:
        mine = {b.pk for b in below[unit.pk]}
        for period in periods:
            margin = ("hour", str(period.hour)) if period.grain == HOUR and not by else (by, which)
            states = _Summed(days, mine, period, margin)
            for one in metrics:
                answer = frames.answer(one, states)
                found[unit.pk, one.key, period] = _value(one, unit, period, answer, aims[unit.pk, one.key, period])
    return found


def _hourly(wanted: Iterable[Period]) -> bool:
    return any(period.grain == HOUR for period in wanted)


def _allowed(scope: Scope, units: Sequence[OrgUnit], person: str) -> None:
    for unit in units:
        scope.require(VIEW, unit.path)
        if person and not scope.may(PEOPLE, unit.path) and not _own(scope, person):
            raise Forbidden(_("Only leaders see the numbers of other people."), verb=PEOPLE)


def _own(scope: Scope, person: str) -> bool:
    return scope.actor is not None and User.objects.filter(pk=scope.actor, staff_no=person).exists()


Days = dict[str, dict[date, dict[Any, Cell]]]  # part → date → branch id


def _days(
    scope: Scope, branches: Sequence[OrgUnit], metrics: Sequence[Metric], wanted: Iterable[Period], last: date | None,
    *, margins: bool,
) -> Days:  # fmt: skip
    """Cells of every date that some period needs, none after the last one."""
    parts = needs.parts_of(metrics)
    dates = {p.since + timedelta(days=n) for p in wanted for n in range(p.days)}
    if last is not None:
        dates = {on for on in dates if on <= last}
    found: Days = {part.signature: {} for some in parts.values() for part in some}
    for since, until in cells.spans(dates):
        got = cells.gather(
            scope=scope, branches=branches, parts=parts, since=since, until=until, margins=margins,
            exact=len(branches) <= MANY_BRANCHES,
        )  # fmt: skip
        for part, rows in got.items():
            mine = found[part]
            for (pk, on), cell in rows.items():
                mine.setdefault(on, {})[pk] = cell
    return found


class _Summed:
    """States of parts over a set of branches and a period, optionally of one margin (an hour, a person, a post)."""

    def __init__(self, days: Days, branches: set[Any], period: Period, margin: tuple[str, str]) -> None:
        self._days, self._branches, self._margin = days, branches, margin
        self._dates = [period.since + timedelta(days=n) for n in range(period.days)]
        self._held: dict[str, State] = {}

    def __call__(self, part: Part) -> State:
        if part.signature not in self._held:
            self._held[part.signature] = self._sum(self._days[part.signature])
        return self._held[part.signature]

    def _sum(self, rows: Mapping[date, Mapping[Any, Cell]]) -> State:
        picked = [cell for on in self._dates if on in rows for pk, cell in rows[on].items() if pk in self._branches]
        by, which = self._margin
        if by:
            return merge(state for cell in picked if (state := cell.margin(by).get(which)) is not None)
        return State(
            sum(c.n for c in picked), sum(c.total for c in picked), sum(c.squares for c in picked),
            unpack([c.steps for c in picked if c.steps]),
        )  # fmt: skip


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
    one = metric_of(metric, period.until - timedelta(days=1), org_unit.rule_pack)
    part = one.parts[min(max(place, 0), len(one.parts) - 1)]
    kind = relations.relation(part.relation)
    if kind.verb:
        scope.require(kind.verb, org_unit.path)
    parts = []
    for branch in branches_under(scope, org_unit):
        frame = relations.read(part.relation, scope=scope, branch=branch, since=period.since, until=period.until)
        frame = _narrowed(frames.chosen(frame, part), period, person, post)
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
    days = _days(scope, branches, [metric], [period], last, margins=True)
    keys = {
        key
        for rows_ in days.values()
        for by_branch in rows_.values()
        for cell in by_branch.values()
        for key in cell.margin(by)
    }
    mine = {b.pk for b in branches}
    order = sorted(keys, key=lambda key: (len(key), key) if by == "hour" else (0, key))
    return {key: frames.answer(metric, _Summed(days, mine, period, (by, key))) for key in order}
