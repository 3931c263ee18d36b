"""`counterpoint content`: check, list and describe definitions."""

import json
import sys
from datetime import date

import click

from counterpoint.config import profile as profiles


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
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="What is in force on this date; every version without it."
)
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
