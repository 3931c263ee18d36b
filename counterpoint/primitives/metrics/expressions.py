"""The same definition as expressions of a query engine: DuckDB on one machine, Spark on a cluster, through Ibis.

An expression makes the states of parts by any keys; what a state means (value, volume, interval) is said once, in
`frames.answer`. So both executions can differ only in how they add up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterpoint.primitives.metrics import frames
from counterpoint.primitives.metrics.definition import COUNT, SPREAD, Metric, Part
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.needs import parts_of
from counterpoint.primitives.metrics.states import EMPTY, State

if TYPE_CHECKING:
    import ibis

PERIODS = {"week": "W", "month": "M", "quarter": "Q"}  # columns that every table has beside its own
ALWAYS = frozenset({"date", "branch", "region", *PERIODS})
Key = tuple[Any, ...]


def with_periods(table: "ibis.Table", by: Sequence[str]) -> "ibis.Table":
    """The table with the columns week, month, quarter (first day) where they are asked for."""
    more = {name: table.date.truncate(unit) for name, unit in PERIODS.items() if name in by}
    return table.mutate(**more) if more else table


def sums(table: "ibis.Table", parts: Sequence[Part], by: Sequence[str], squared: Collection[str] = ()) -> "ibis.Table":
    """One row a key: `n0, total0, squares0, n1 …` of the parts, in one scan; rows without a key are left out. Squares
    only of the parts (by signature) in `squared`."""
    import ibis

    table = _keyed(table, by)
    found: dict[str, Any] = {}
    for place, part in enumerate(parts):
        conditions = part.where.expressions(table)
        if part.kind != COUNT:
            conditions.append(table[part.column].notnull())
        where = ibis.and_(*conditions) if conditions else None
        found[f"n{place}"] = table.count(where=where)
        if part.kind != COUNT:
            column = table[part.column].cast("float64")
            found[f"total{place}"] = column.sum(where=where)
            if part.signature in squared:
                found[f"squares{place}"] = (column * column).sum(where=where)
    return table.group_by(list(by)).aggregate(**found) if by else table.aggregate(**found)


def steps(table: "ibis.Table", part: Part, by: Sequence[str]) -> "ibis.Table":
    """One row a key and place on the grid: how many values of a spread fell there (`k`)."""
    table = _keyed(table, by)
    rows = table.filter([*part.where.expressions(table), table[part.column].notnull()])
    place = (rows[part.column].cast("float64") / part.grid + 0.5).floor().cast("int64")
    return rows.mutate(place=place).group_by([*by, "place"]).aggregate(k=lambda t: t.count())


def _keyed(table: "ibis.Table", by: Sequence[str]) -> "ibis.Table":
    """With the columns of periods, without rows that miss a key; dates and places are never missing."""
    table = with_periods(table, by)
    loose = [name for name in by if name not in ALWAYS]
    return table.filter([table[name].notnull() for name in loose]) if loose else table


def states(
    table: "ibis.Table", parts: Sequence[Part], by: Sequence[str], squared: Collection[str] = ()
) -> dict[Key, dict[str, State]]:
    """States by key and part signature, as the engine answers; a spread holds its steps and how many they are."""
    found: dict[Key, dict[str, State]] = {}
    plain = [part for part in parts if part.kind != SPREAD]
    for row in _rows(sums(table, plain, by, squared)) if plain else ():
        held = found.setdefault(tuple(_plain(row[name]) for name in by), {})
        for place, part in enumerate(plain):
            n = int(row[f"n{place}"] or 0)
            total, squares = (float(row.get(f"{word}{place}", n) or 0.0) for word in ("total", "squares"))
            held[part.signature] = State(n, total, squares)
    for part in parts:
        for key, steps_ in _steps_of(table, part, by).items() if part.kind == SPREAD else ():
            found.setdefault(key, {})[part.signature] = State(n=sum(steps_.values()), steps=steps_)
    return found


def _steps_of(table: "ibis.Table", part: Part, by: Sequence[str]) -> dict[Key, dict[int, int]]:
    found: dict[Key, dict[int, int]] = {}
    for row in _rows(steps(table, part, by)):
        key = tuple(_plain(row[name]) for name in by)
        found.setdefault(key, {})[int(row["place"])] = int(row["k"])
    return found


def _rows(expression: "ibis.Table") -> Iterable[dict[str, Any]]:
    return expression.to_pyarrow().to_pylist()


def _plain(value: Any) -> Any:
    """A key as Python's own: engines give dates as moments, hours as floats."""
    if hasattr(value, "date") and callable(value.date):
        return value.date()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def answers(
    metrics: Sequence[Metric], tables: "Mapping[str, ibis.Table]", by: Sequence[str]
) -> dict[str, dict[Key, Answer]]:
    """Every metric by key: each relation is read once for sums, and once more for each spread."""
    found: dict[Key, dict[str, State]] = {}
    squared = {one.part.signature for one in metrics if one.part is not None and one.measure == "mean"}
    for relation, parts in parts_of(metrics).items():
        for key, held in states(tables[relation], parts, by, squared).items():
            found.setdefault(key, {}).update(held)
    return {
        one.key: {
            key: frames.answer(one, lambda part, held=held: held.get(part.signature, EMPTY))  # type: ignore[misc]
            for key, held in found.items()
        }
        for one in metrics
    }
