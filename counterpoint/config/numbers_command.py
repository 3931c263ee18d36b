"""`counterpoint numbers`: the KPI reference, rows as Parquet, and KPIs from Parquet."""

from datetime import datetime
from pathlib import Path

import click

from counterpoint.config import profile as profiles

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "kpis.md"
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def numbers() -> None:
    """KPIs: their reference, and volumes beyond the live database."""


@numbers.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=REFERENCE)
def reference(out: Path) -> None:
    """Write docs/reference/kpis.md afresh from the content."""
    profiles.start()
    from counterpoint.analytics.reference import text

    out.write_text(text(), encoding="utf-8")
    click.echo(str(out))


@numbers.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--since", type=DAY, required=True)
@click.option("--until", type=DAY, required=True, help="Not included; whole months are written.")
@click.option("--relation", "keys", multiple=True, help="All relations without it.")
def export(folder: Path, since: datetime, until: datetime, keys: tuple[str, ...]) -> None:
    """Write the rows that KPIs count as Parquet, a file a relation, month and branch."""
    profiles.start()
    from counterpoint.foundation.api import branches
    from counterpoint.primitives.metrics import all_relations, warehouse, watching

    scope = watching.night()
    count = warehouse.export(
        scope=scope, branches=branches(scope=scope), keys=keys or [one.key for one in all_relations()],
        since=since.date(), until=until.date(), folder=folder,
    )  # fmt: skip
    click.echo(f"{count} rows")


@numbers.command()
@click.argument("metric", nargs=-1, required=True)
@click.option("--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--since", type=DAY, required=True)
@click.option("--until", type=DAY, required=True, help="Not included.")
@click.option("--by", default="", help="Any of date, week, month, quarter, hour, person, post, branch, region.")
@click.option("--unit", help="Code of a unit; the whole bank without it.")
def ask(metric: tuple[str, ...], folder: Path, since: datetime, until: datetime, by: str, unit: str | None) -> None:
    """Values of KPIs from Parquet, by the same definitions as the live pages."""
    profiles.start()
    from counterpoint.foundation.api import OrgUnit, scoped
    from counterpoint.primitives.metrics import metric_of, telling, warehouse, watching

    scope = watching.night()
    with scoped(scope):
        places = OrgUnit.objects.order_by("path")
        place = places.filter(code=unit).first() if unit else places.first()
    if place is None:
        raise click.ClickException(f"There is no unit {unit}.")
    chosen = [metric_of(key, until.date(), place.rule_pack, place.path) for key in metric]
    columns = [name for name in by.split(",") if name]
    found = warehouse.ask(
        scope=scope, unit=place, metrics=chosen, since=since.date(), until=until.date(), by=columns, folder=folder
    )
    click.echo("\t".join([*columns, "metric", "value", "n", "low", "high"]))
    for one in chosen:
        for key, answer in sorted(found[one.key].items(), key=lambda pair: [str(k) for k in pair[0]]):
            numbers_ = [telling.number(one, v, unit=False) for v in (answer.low, answer.high)]
            told = [*map(str, key), one.key, telling.number(one, answer.value, unit=False), str(answer.n), *numbers_]
            click.echo("\t".join(told))
