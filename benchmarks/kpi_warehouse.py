"""KPIs over Parquet by the one definition through Ibis, beside DuckDB written by hand.

python -m benchmarks.kpi_warehouse [millions of tickets] [folder]

Generates tickets of 60 branches in three regions over a year as Parquet (once; the folder is kept), then asks the
waiting KPIs of a board by month and region, and by branch: through the definitions (three rounds, alternating with the
SQL), and as one hand-written statement for each. Medians; the results are compared.
"""

import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROUNDS = 3
KEYS = ("onsite.customers", "onsite.wait_avg", "onsite.wait_p90", "onsite.wait_over_30", "onsite.abandonment",
        "onsite.promise_kept", "onsite.service_minutes")  # fmt: skip
FIRST = date(2025, 11, 1)
SQL = """
SELECT {by}, count(*) AS customers, avg(wait) AS wait_avg,
  100.0 * count(*) FILTER (wait > 30) / count(wait) AS over_30,
  100.0 * count(*) FILTER (outcome = 'abandoned') / count(*) FILTER (outcome IN ('served', 'abandoned')) AS abandoned,
  100.0 * count(*) FILTER (kept) / count(kept) AS kept,
  avg(service_minutes) FILTER (outcome = 'served') AS service, quantile_disc(wait, 0.9) AS p90
FROM (SELECT *, date_trunc('month', date) AS month FROM read_parquet('{files}')) GROUP BY ALL
"""


def generate(folder: Path, millions: float) -> int:
    """Parquet files as the warehouse writes them, a month and a group of branches each."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from counterpoint.primitives.metrics import relation, warehouse

    schema = warehouse.schema(relation("onsite.customers"))
    each, written = int(millions * 1e6 / 12 / 3), 0
    for month in range(12):
        for region in range(3):
            place = folder / "onsite.customers" / f"{month:02d}"
            place.mkdir(parents=True, exist_ok=True)
            random = np.random.default_rng([month, region])
            branch = random.integers(0, 20, each)
            left = random.random(each) < 0.05
            wait = np.where(left, np.nan, random.gamma(1.2, 5, each).round(2))
            first = FIRST + timedelta(days=30 * month)
            days = np.array([np.datetime64(first + timedelta(days=n)) for n in range(30)])
            columns = {
                "date": days[random.integers(0, 30, each)],
                "branch": np.array([f"r{region}b{n:02d}" for n in range(20)])[branch],
                "region": np.full(each, f"r{region}"), "hour": random.integers(9, 17, each).astype("f8"),
                "person": np.array([f"p{n}" for n in range(8)])[random.integers(0, 8, each)],
                "ticket": np.full(each, "A001"),
                "service": np.array(["cash", "transfer", "wealth"])[random.integers(0, 3, each)],
                "tier": np.full(each, "standard"), "outcome": np.where(left, "abandoned", "served"), "wait": wait,
                "service_minutes": np.where(left, np.nan, random.gamma(4, 2, each).round(2)), "kept": wait <= 15,
            }  # fmt: skip
            arrays = [pa.array(columns[f.name], type=f.type, from_pandas=True) for f in schema]
            kept = schema.get_field_index("kept")
            arrays[kept] = pa.array(np.where(left, None, columns["kept"]), type=pa.bool_())
            pq.write_table(pa.Table.from_arrays(arrays, schema=schema), place / f"r{region}.parquet")
            written += each
    return written


def main(millions: float, folder: Path) -> None:
    """Print a line for each way of grouping."""
    import django
    import duckdb

    django.setup()
    from counterpoint.primitives.metrics import expressions, metrics, warehouse

    if not (folder / "onsite.customers").exists():
        began = time.perf_counter()
        print(f"{generate(folder, millions):,} tickets written in {time.perf_counter() - began:.0f} s")
    size = sum(f.stat().st_size for f in folder.glob("*/*/*.parquet")) / 1e6
    print(f"{millions:g} M tickets, {size:.0f} MB of Parquet")
    chosen = [metrics(date(2026, 6, 1))[key] for key in KEYS]
    plain = duckdb.connect()
    for by in (("month", "region"), ("branch",), ()):
        times: dict[str, list[tuple[float, float]]] = {"definitions": [], "hand-written": []}
        for _round in range(ROUNDS):
            began, used = time.perf_counter(), time.process_time()
            tables = warehouse.tables_of(warehouse.connect(), folder, ["onsite.customers"])
            found = expressions.answers(chosen, tables, by)
            times["definitions"].append((time.perf_counter() - began, time.process_time() - used))
            began, used = time.perf_counter(), time.process_time()
            text = SQL.format(files=f"{folder}/onsite.customers/*/*.parquet", by=", ".join(by) or "1 AS one")
            rows = plain.sql(text).fetchall()
            times["hand-written"].append((time.perf_counter() - began, time.process_time() - used))
        check(found, rows, by)
        ours, theirs = ([statistics.median(one) for one in zip(*times[way], strict=True)] for way in times)
        name = f"by {', '.join(by) or 'nothing'}"
        words = [f"{clock:6.2f} s on the clock, {used:6.2f} s of the processor" for clock, used in (ours, theirs)]
        print(f"{name:18s} definitions {words[0]}   by hand {words[1]}   {theirs[1] / ours[1]:4.2f} x", flush=True)


def check(found: dict, rows: list, by: tuple[str, ...]) -> None:
    """Both ways say the same; the quantile to a step of its grid."""
    names = ("onsite.customers", "onsite.wait_avg", "onsite.wait_over_30", "onsite.abandonment", "onsite.promise_kept",
             "onsite.service_minutes", "onsite.wait_p90")  # fmt: skip
    for row in rows:
        key = tuple(v.date() if hasattr(v, "date") else v for v in row[: len(by)])
        for name, theirs in zip(names, row[max(1, len(by)) :], strict=True):
            ours = found[name][key].value
            near = 0.1 if name.endswith("p90") else 1e-6 * max(1.0, abs(theirs))
            assert abs(ours - theirs) <= near, (name, key, ours, theirs)


if __name__ == "__main__":
    wanted = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / f"kpi-warehouse-{wanted:g}"
    main(wanted, target)
