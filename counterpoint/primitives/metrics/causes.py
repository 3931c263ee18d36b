"""Why a number went off course, as far as rows tell: the hour and the kind of row that moved it most, and what a room
adds (demand, roster, equipment)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives.metrics import frames, relations
from counterpoint.primitives.metrics.definition import BAND, COUNT, DOWN, Metric, Part
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.periods import DAY, HOUR, Period
from counterpoint.primitives.metrics.relations import WORD, Relation

if TYPE_CHECKING:
    import pandas as pd

WEEKS = 4  # like days that make the usual
LEAST_SHARE = 0.1  # a kind of row that is rarer than this explains nothing
OTHER, PLACE = "other", "place"


@dataclass(frozen=True)
class Mover:
    """A value of a column that moved the number most: its own value now and usually, and how many rows. `counted` when
    the rows themselves are what grew: then value and usual are numbers of rows."""

    column: str
    key: str
    value: float
    usual: float | None
    n: int
    counted: bool = False


@dataclass(frozen=True)
class Cause:
    """`kind` is demand, roster, equipment, place (the movers say where) or other; `numbers` are changes as
    shares (0.3 = 30 % more)."""

    kind: str = OTHER
    numbers: Mapping[str, float] = field(default_factory=dict)
    movers: tuple[Mover, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON for the alarm."""
        return {"kind": self.kind, "numbers": dict(self.numbers), "movers": [asdict(one) for one in self.movers]}


Finder = Callable[[Scope, OrgUnit, Period], "tuple[str, Mapping[str, float]] | None"]
_finders: dict[str, Finder] = {}


def register_cause(relation: str, finder: Finder) -> None:
    """`finder(scope, branch, period)` answers (kind, numbers) for breaches of metrics on this relation, or None."""
    _finders[relation] = finder


def cause_of(*, scope: Scope, branch: OrgUnit, metric: Metric, period: Period) -> Cause:
    """What can be said of the period; periods longer than a day are compared with the one before."""
    finder = _finders.get(metric.relations[0])
    told = finder(scope, branch, period) if finder else None
    where = movers(scope=scope, branch=branch, metric=metric, period=period)
    kind, numbers = told if told else (PLACE if any(mover.column != "hour" for mover in where) else OTHER, {})
    return Cause(kind, numbers, where)


def movers(*, scope: Scope, branch: OrgUnit, metric: Metric, period: Period) -> tuple[Mover, ...]:
    """For each dimension of the leading relation the value that contributes most to the deviation."""
    key = metric.relations[0]
    one = relations.relation(key)
    now = _rows(scope, branch, key, period)
    usual = [_rows(scope, branch, key, past) for past in like(period)]
    known = [frame for frame in usual if not frame.empty]
    before = _joined(known) if known else now.iloc[:0]
    found = []
    for column in dimensions(one, period):
        mover = (
            _grown(metric, column, now, before, len(usual)) if counts(metric)
            else _mover(metric, one, column, now, before)
        )  # fmt: skip
        if mover is not None:
            found.append(mover)
    return tuple(found)


def like(period: Period) -> list[Period]:
    """Like periods before: the same weekday of the weeks before, else the period before."""
    if period.grain in (DAY, HOUR):
        return [period.back(7 * weeks) for weeks in range(1, WEEKS + 1)]
    return [period.back()]


def dimensions(one: Relation, period: Period) -> list[str]:
    """Columns that may tell where it happened: hours and words, never persons nor, unless the relation says so, the
    post or the name of a row."""
    hour = ["hour"] if "hour" in one.columns and period.grain != HOUR else []
    return hour + [
        name for name, kind in one.columns.items()
        if kind == WORD and (name in one.places or name not in ("person", "post", one.label))
    ]  # fmt: skip


def _rows(scope: Scope, branch: OrgUnit, key: str, period: Period) -> "pd.DataFrame":
    frame = relations.read(key, scope=scope, branch=branch, since=period.since, until=period.until)
    if period.grain == HOUR and "hour" in frame:
        frame = frame[frame["hour"] == period.hour]
    return frame


def _joined(many: "list[pd.DataFrame]") -> "pd.DataFrame":
    import pandas as pd

    return pd.concat(many, ignore_index=True)


def counts(metric: Metric) -> bool:
    """Whether the metric is as large as its rows are many: a number of rows, or such a number over another relation's.
    Then no single kind of row has a value of its own."""
    return metric.measure == COUNT or len(metric.relations) > 1


def _grown(
    metric: Metric, column: str, now: "pd.DataFrame", before: "pd.DataFrame", periods: int
) -> Mover | None:  # fmt: skip
    """The value of the column whose rows became more numerous than in a usual one of so many `periods`, by most; less
    numerous where more is good, and where both sides are bad as all of them did."""
    part = next(part for part in metric.parts if part.relation == metric.relations[0])
    mine = frames.chosen(now, part).groupby(column).size()
    usual = frames.chosen(before, part).groupby(column).size() / periods
    excess = mine.subtract(usual, fill_value=0.0)
    more = metric.direction == DOWN or (metric.direction == BAND and excess.sum() > 0)
    excess = excess if more else -excess
    if excess.empty or excess.max() <= 0:
        return None
    value = excess.idxmax()
    held = int(mine.get(value, 0))
    name = str(int(value)) if column == "hour" else str(value)
    return Mover(column, name, float(held), round(float(usual.get(value, 0.0)), 1), held, counted=True)


def _mover(metric: Metric, one: Relation, column: str, now: "pd.DataFrame", before: "pd.DataFrame") -> Mover | None:
    """The value of the column with the largest rows × deviation in the bad direction."""
    key, least = one.key, 0.0 if column in one.places else LEAST_SHARE
    whole = _answer(metric, key, before).value
    if whole is None:
        whole = _answer(metric, key, now).value
    if whole is None or now.empty:
        return None
    sign = 1 if metric.direction == DOWN else -1
    best: tuple[float, Mover] | None = None
    for value, rows in now.groupby(column):
        answer = _answer(metric, key, rows)
        if answer.value is None or answer.n < least * len(now):
            continue
        usual = _answer(metric, key, before[before[column] == value]).value
        weight = sign * (answer.value - whole) * answer.n
        if weight > 0 and (best is None or weight > best[0]):
            name = str(int(value)) if column == "hour" else str(value)
            best = weight, Mover(column, name, answer.value, usual, answer.n)
    return best[1] if best else None


def _answer(metric: Metric, key: str, rows: "pd.DataFrame") -> Answer:
    """The metric on rows of its leading relation; parts of other relations are left out."""

    def state_of(part: Part) -> Any:
        return frames.state(rows, part) if part.relation == key else frames.state(rows.iloc[:0], Part(key, kind=COUNT))

    return frames.answer(metric, state_of)


def usual_days(period: Period) -> list[Any]:
    """Dates of the like periods of a day or hour."""
    return [past.since + timedelta(days=n) for past in like(period) for n in range(past.days)]
