"""`counterpoint roster`: solve or judge a roster problem in a file. No Django, no database."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from counterpoint.science.rostering import Limit, Progress
from counterpoint.science.rostering.families import Problem, prepare, read, read_answer
from counterpoint.science.rostering.families import judge as measure
from counterpoint.science.rostering.families import solve as search

File = click.Path(path_type=Path, dir_okay=False, exists=True)
UNUSABLE = 2  # exit code: no answer, or one that breaks a hard rule


@click.group()
def command() -> None:
    """Solve or judge a roster problem: this library's JSON, a Curtois & Qu instance, or a multi-activity instance."""


@command.command()
@click.argument("problem", type=File)
@click.option("--seconds", type=click.FloatRange(0.1), default=60.0, show_default=True, help="When to stop at latest.")
@click.option("--work", type=click.FloatRange(0.1), help="Work units instead: equal seed and work, equal answer.")
@click.option(
    "--gap", type=click.FloatRange(0, 1), default=0.0, help="Relative gap to the proven bound that is enough."
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--start", type=File, help="An answer to begin from: yesterday's, or an edited one.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the answer goes; default: stdout.")
def solve(
    problem: Path, seconds: float, work: float | None, gap: float, workers: int, seed: int, start: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Find the cheapest answer to PROBLEM, tell of each better one, and write it as JSON."""
    given = _problem(problem)
    if out and not out.parent.is_dir():
        raise click.ClickException(f"there is no folder {out.parent}: the answer would be lost")
    limit = Limit(deterministic=work, seconds=None if work else seconds, gap=gap, workers=workers)
    prepare(given)
    began = time.monotonic()

    def tell(step: Progress) -> None:
        words = f"{time.monotonic() - began:8.1f} s   cost {step.objective}   proven at least {step.bound}"
        click.echo(f"{words}   gap {100 * step.gap:.2f} %", err=True)

    try:
        first = read_answer(given, _text(start)) if start else None
        found = search(given, seed=seed, limit=limit, clock=time.monotonic, on_progress=tell, start=first)
    except ValueError as wrong:
        raise click.ClickException(str(wrong)) from None
    click.echo(found.summary(), err=True)
    text = json.dumps(found.to_dict(), ensure_ascii=False)
    if out:
        out.write_text(text + "\n", encoding="utf-8")
    else:
        click.echo(text)
    if found.judgement is None or not found.judgement.feasible:
        raise SystemExit(UNUSABLE)


@command.command()
@click.argument("problem", type=File)
@click.argument("answer", type=File)
def judge(problem: Path, answer: Path) -> None:
    """Measure ANSWER to PROBLEM without any solver: cost and every broken rule; exit code 2 when one is broken."""
    given = _problem(problem)
    try:
        found = measure(given, read_answer(given, _text(answer)))
    except ValueError as wrong:
        raise click.ClickException(f"{answer.name}: {wrong}") from None
    click.echo(f"cost {found.total}")
    for words in found.broken:
        click.echo(words)
    click.echo(f"{len(found.broken)} hard rules broken" if found.broken else "every hard rule is kept")
    if found.broken:
        raise SystemExit(UNUSABLE)


def _problem(path: Path) -> Problem:
    try:
        return read(_text(path))
    except ValueError as wrong:
        raise click.ClickException(f"{path.name}: {wrong}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name} is no text in UTF-8") from None
    except OSError as wrong:
        raise click.ClickException(f"{path.name} cannot be read: {wrong.strerror}") from None
