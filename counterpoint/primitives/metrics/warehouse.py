"""Relations as Parquet files, and numbers from them: for volumes beyond the live database.

Parquet is the only format that is kept: ``<folder>/<relation>/<YYYY-MM>/<branch>.parquet``. One DuckDB in memory reads
them; on a cluster the same tables come from Spark (`tables_of` takes any Ibis connection with `read_parquet`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives.metrics import expressions, needs, periods, reading, relations
from counterpoint.primitives.metrics.definition import Metric
from counterpoint.primitives.metrics.expressions import Key
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.relations import NUMBER, YES_NO, Relation
from counterpoint.primitives.metrics.verbs import VIEW

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

PLACES = ("branch", "region")


def schema(one: Relation) -> "pa.Schema":
    """Columns of the files: date, branch and region codes, and the relation's own."""
    import pyarrow as pa

    kinds = {NUMBER: pa.float64(), YES_NO: pa.bool_()}
    own = [(name, kinds.get(kind, pa.string())) for name, kind in one.columns.items()]
    return pa.schema([("date", pa.date32()), ("branch", pa.string()), ("region", pa.string()), *own])


def table(one: Relation, frame: "pd.DataFrame", branch: str, region: str) -> "pa.Table":
    """Rows of a branch as typed columns; missing values are nulls."""
    import pyarrow as pa

    wide = frame.assign(branch=branch, region=region)
    return pa.Table.from_pandas(wide, schema=schema(one), preserve_index=False, safe=False)


def export(
    *, scope: Scope, branches: Sequence[OrgUnit], keys: Iterable[str], since: date, until: date, folder: Path
) -> int:
    """Write the relations' rows between two dates, whole months; a month that is written again is replaced. Returns
    rows written."""
    import pyarrow.parquet as pq

    written = 0
    for key in keys:
        one = relations.relation(key)
        for branch in branches:
            scope.require(VIEW, branch.path)
            region = branch.path.split("/")[-3]
            for month in _months(since, until):
                frame = relations.read(key, scope=scope, branch=branch, since=month.since, until=month.until)
                if frame.empty:
                    continue
                place = folder / key / month.slug
                place.mkdir(parents=True, exist_ok=True)
                pq.write_table(table(one, frame, branch.code, region), place / f"{branch.code}.parquet")
                written += len(frame)
    return written


def _months(since: date, until: date) -> list[periods.Period]:
    found, at = [], periods.of("month", since)
    while at.since < until:
        found.append(at)
        at = periods.of("month", at.until)
    return found


def connect(threads: int | None = None) -> Any:
    """A DuckDB in memory through Ibis."""
    import ibis

    return ibis.duckdb.connect(**({"threads": threads} if threads else {}))


def tables_of(connection: Any, folder: Path, keys: Iterable[str]) -> "dict[str, ibis.Table]":
    """The relations as tables of an engine; a relation without files has no rows."""
    import ibis

    found = {}
    for key in keys:
        if any((folder / key).glob("*/*.parquet")):
            found[key] = connection.read_parquet(str(folder / key / "*" / "*.parquet"))
        else:
            found[key] = ibis.memtable(schema(relations.relation(key)).empty_table())
    return found


def ask(
    *, scope: Scope, unit: OrgUnit, metrics: Sequence[Metric], since: date, until: date, by: Sequence[str],
    folder: Path, connection: Any = None,
) -> dict[str, dict[Key, Answer]]:  # fmt: skip
    """Metrics of the branches under a unit between two dates, by any of date, week, month, quarter, hour, person, post,
    branch, region."""
    scope.require(VIEW, unit.path)
    codes = [branch.code for branch in reading.branches_under(scope, unit)]
    tables = tables_of(connection or connect(), folder, needs.parts_of(metrics))
    return expressions.answers(metrics, narrowed(tables, codes, since, until), by)


def narrowed(
    tables: "Mapping[str, ibis.Table]", codes: Sequence[str], since: date, until: date
) -> "dict[str, ibis.Table]":
    """Only rows of these branches and dates."""
    return {
        key: one.filter([one.date >= since, one.date <= until - timedelta(days=1), one.branch.isin(list(codes))])
        for key, one in tables.items()
    }
