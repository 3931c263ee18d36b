"""`counterpoint content`: check, list, describe, export and import definitions."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterpoint.config import profile as profiles

if TYPE_CHECKING:
    from counterpoint.primitives.content.exchange import Report


def _start() -> None:
    profiles.start()
    from django.utils import translation

    translation.activate("en")


@click.group()
def content() -> None:
    """Definitions (service types, case types, checklists, metrics …): YAML with key, version, source and examples."""


@content.command()
def check() -> None:
    """Check every file: bodies, worked examples, references, overlapping versions."""
    _start()
    from counterpoint.primitives import content as definitions

    problems = definitions.check()
    for problem in problems:
        click.echo(str(problem))
    count = sum(len(definitions.every(kind.name)) for kind in definitions.kinds()) if not problems else 0
    click.echo(f"{len(problems)} problems." if problems else f"{count} versions are sound.")
    sys.exit(1 if problems else 0)


@content.command()
@click.argument("kind", required=False)
def schema(kind: str | None) -> None:
    """Print the JSON schema of a kind's bodies; of all kinds, by name, without one."""
    _start()
    from counterpoint.primitives import content as definitions

    found = definitions.kind_of(kind).schema() if kind else {k.name: k.schema() for k in definitions.kinds() if k.type}
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@content.command("list")
@click.argument("kind", required=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="What is in force then; every version without it.")
@click.option("--pack", default="cn", show_default=True, help="Rule pack, with --on.")
def list_(kind: str | None, on: "date | None", pack: str) -> None:
    """List definitions: kind, key, version, pack, mark, first day, file."""
    _start()
    from counterpoint.primitives import content as definitions

    for name in [definitions.kind_of(kind).name] if kind else [k.name for k in definitions.kinds()]:
        held = definitions.items(name, on.date(), pack).values() if on else definitions.every(name)  # type: ignore[attr-defined]
        for item in held:
            columns = (name, item.key, item.version, item.pack, item.mark, item.effective_from, item.file)
            click.echo("\t".join(str(column) for column in columns))


@content.command()
def reference() -> None:
    """Write docs/reference/content.md afresh from kinds, items and worked examples."""
    _start()
    from django.conf import settings

    from counterpoint.primitives.content import reference as written

    path = settings.PROJECT / "docs" / "reference" / "content.md"
    path.write_text(written.text(), encoding="utf-8")
    click.echo(f"{path} is written.")


@content.command()
@click.argument("keys", nargs=-1)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--size", default="medium", show_default=True, help="Branch model: small, medium, flagship.")
def golden(keys: tuple[str, ...], seed: int, size: str) -> None:
    """Play scenarios (all without KEYS) and print the example to be put under each: orders, loss and digest."""
    _start()
    from counterpoint.academy.drill import golden as days

    for key, body in days.scenarios().items():
        if not keys or key in keys:
            click.echo(f"{key}\n{days.written(days.example_of(body, seed=seed, size=size))}")


@content.command()
@click.argument("keys", nargs=-1)
@click.option("--seed", "seeds", type=int, multiple=True, default=(7,), show_default=True, help="May be repeated.")
@click.option("--size", default="medium", show_default=True, help="Branch model: small, medium, flagship.")
def digests(keys: tuple[str, ...], seeds: tuple[int, ...], size: str) -> None:
    """Print what two machines must agree on: of every scenario (all without KEYS) and seed the game's hash, the day's
    digest without orders, and with a hand that presses what it can by chance. Run on both and compare with diff; what
    each machine is goes to standard error."""
    _start()
    from counterpoint.academy.drill import golden as days

    click.echo(days.machine(), err=True)
    click.echo("\t".join(("scenario", "version", "size", "seed", "game", "idle", "erratic")))
    for one in days.digests(keys, seeds, size):
        click.echo("\t".join(map(str, (one.key, one.version, one.size, one.seed, one.game, one.idle, one.erratic))))


@content.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("kinds", nargs=-1)
def export(folder: Path, kinds: tuple[str, ...]) -> None:
    """Write every version as FOLDER/<kind>/<key>.yaml; set COUNTERPOINT_CONTENT to such a folder to read it again."""
    _start()
    from counterpoint.primitives.content import exchange

    written = exchange.export_files(kinds)
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    click.echo(f"{len(written)} files are in {folder}.")


@content.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--at", "unit", help="Code of the headquarters whose people decide on it; needed unless --dry-run.")
@click.option("--dry-run", is_flag=True, help="Only say what is new, changed or wrong.")
def import_(source: Path, unit: str | None, dry_run: bool) -> None:
    """Propose what a YAML file, a folder or a zip brings; two people at headquarters then decide on it."""
    _start()
    from counterpoint.foundation import access, clock, roles
    from counterpoint.foundation.models import OrgUnit
    from counterpoint.foundation.scope import scoped
    from counterpoint.primitives.content import exchange

    now, scope = clock.now(), access.system_scope(tuple(roles.table()), label="command line")
    texts = exchange.texts_of(source)
    if dry_run:
        sys.exit(_told(exchange.read(texts, today=now.date(), why="imported")))
    if not unit:
        raise click.UsageError("Name the headquarters with --at, or only look with --dry-run.")
    with scoped(scope):
        place = OrgUnit.objects.filter(code=unit).first()
        if place is None:
            raise click.ClickException(f"There is no org unit “{unit}”.")
        report = exchange.read(texts, today=place.date_at(now), why="imported", bank=place.path)
        if _told(report):
            sys.exit(1)
        made = exchange.propose_all(scope=scope, org_unit=place, report=report, now=now)
    click.echo(f"{len(made)} proposals wait for a decision.")


def _told(report: "Report") -> int:
    """Say what the import would do; 1 when something is wrong."""
    for line in report.found:
        click.echo(str(line))
    return 1 if report.problems else 0
