"""`counterpoint plan`: a ticket file in, a week's forecast, roster and predicted waits out. No Django, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from counterpoint.foundation import calendar
from counterpoint.science.history import TicketLog
from counterpoint.science.rostering import Person, Rule
from counterpoint.team import planning
from counterpoint.team.planning import Note, PlanInput, PlanInputError, Promise, ReadPlan
from counterpoint.team.planning.days import Weekly
from counterpoint.team.planning.tables import summary
from counterpoint.team.planning.words import Speech

CONTENT = Path(planning.__file__).resolve().parent.parent / "content" / "parameters"
PACKS = ("cn", "intl")
SHOWN = 20
STEPS = {
    "read": ("Reading the history", "读取历史"),
    "forecast": ("Forecasting", "预测客流"),
    "backtest": ("Testing the forecast on past weeks", "回测预测"),
    "need": ("People needed", "计算岗位需求"),
    "roster": ("Rostering", "排班"),
    "waits": ("Simulating waits", "模拟等候"),
    "done": ("Writing", "输出"),
}


@click.command()
@click.argument("history", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--mapping", type=click.Path(path_type=Path, dir_okay=False), help="YAML file: which column is what.")
@click.option("--column", "columns", multiple=True, metavar="arrived=NAME", help="One column; may be repeated.")
@click.option("--staff", type=click.Path(path_type=Path, dir_okay=False), help="Staff list, CSV or xlsx.")
@click.option("--branch", default="", help="Branch to plan when the history holds several.")
@click.option("--week", metavar="YYYY-MM-DD", help="Monday of the week; default: the one after the history.")
@click.option("--hours", default="", help='Opening hours, "mon-fri 09:00-17:00"; default: read from the history.')
@click.option("--calendar", "pack", type=click.Choice(PACKS), help="Holidays: China's (default) or none.")
@click.option("--promise", default="", help='Service promise; default "90% < 15 min".')
@click.option("--people", type=click.IntRange(1, 200), help="How many people when no staff list is given.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("plan"), show_default=True)
@click.option("--skip-bad-rows", is_flag=True, help="Leave rows with errors out instead of refusing the file.")
@click.option("--effort", type=click.FloatRange(0.5, 600), default=8.0, show_default=True, help="Solver work units.")
def command(**options: Any) -> None:
    """Plan a branch's week from its ticket HISTORY (CSV, gzip or xlsx) into Excel, PDF and JSON."""
    console = Console(stderr=True)
    chinese = options["language"].startswith("zh")
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console
    )
    try:
        with bar:
            task = bar.add_task(STEPS["read"][chinese], total=1.0)

            def report(share: float, step: str) -> None:
                bar.update(task, completed=share * 0.95, description=STEPS.get(step, (step, step))[chinese])

            given = plan_input(**options)
            plan = planning.plan_week(given, report)
            files = planning.write_plan(plan, options["out"])
            bar.update(task, completed=1.0)
    except PlanInputError as wrong:
        _explain(console, wrong)
        raise SystemExit(1) from None
    _show(console, plan, files)


def plan_input(
    *, history: Path, mapping: Path | None, columns: tuple[str, ...], staff: Path | None, branch: str,
    week: str | None, hours: str, pack: str | None, promise: str, people: int | None, seed: int, language: str,
    skip_bad_rows: bool, effort: float, **_options: Any,
) -> PlanInput:  # fmt: skip
    """Everything the planner needs from the command's options. Raises PlanInputError with what to change."""
    read = _read_plan(mapping)
    log = planning.read_history(history, read, _columns(columns), skip_bad_rows=skip_bad_rows)
    log = _of_branch(log, branch)
    weekly: Weekly = planning.parse_hours(hours or read.hours) if hours or read.hours else planning.inferred_hours(log)
    use = pack or read.calendar or "cn"
    if use not in PACKS:
        raise PlanInputError(f"The calendar {use!r} of the mapping file is unknown; use one of {', '.join(PACKS)}.")
    first, last = log.usable["arrived"].min().date(), log.usable["arrived"].max().date()
    monday = _monday(week, last)
    dates = tuple(monday + timedelta(days=n) for n in range(7))
    open_hours = calendar.Hours(weekly, pack=use)
    days = planning.build_days(
        first, dates[-1], hours_on=lambda day: open_hours.on(day, provisional=True),
        kind_on=lambda day: calendar.day(day, use, provisional=True), effects=use == "cn",
    )  # fmt: skip
    rows = planning.read_staff(staff.name, _bytes(staff)) if staff else ()
    crew: tuple[Person, ...] = tuple(row.person() for row in rows)
    return PlanInput(
        log=log, days=days, week=dates, seed=seed, branch=branch or _only_branch(log),
        promise=Promise.parse(promise or read.promise or "90% < 15 min"), people=crew,
        speeds={row.id: row.speed for row in rows}, headcount=people, skills=read.skills, names=read.names,
        defaults={code: (minutes, 0.6) for code, minutes in read.minutes.items()}, rules=rules(use),
        notes=_notes(log, weekly, use, monday, inferred=not (hours or read.hours)), language=language, work=effort,
    )  # fmt: skip


def _read_plan(mapping: Path | None) -> ReadPlan:
    if mapping is None:
        return ReadPlan()
    try:
        return ReadPlan.from_dict(yaml.safe_load(mapping.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise PlanInputError(f"There is no mapping file {mapping}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise PlanInputError(f"{mapping.name} is no YAML: {wrong}") from None


def _columns(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for part in given:
        key, _sign, name = (piece.strip() for piece in part.partition("="))
        if not key or not name:
            raise PlanInputError(f"--column {part!r}: write it like --column arrived=taken_at.")
        found[key] = name
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise PlanInputError(f"{path} cannot be read: {wrong.strerror}.") from None


def _of_branch(log: TicketLog, branch: str) -> TicketLog:
    known = sorted({str(b) for b in log.usable["branch"].dropna().unique() if str(b)})
    if branch and known and branch in known:
        return replace(log, frame=log.frame[log.frame["branch"].astype(str) == branch])
    if branch and len(known) > 1:
        raise PlanInputError(f"The history knows no branch {branch!r}; it has {', '.join(known[:10])}.")
    if len(known) > 1:
        raise PlanInputError(
            f"The history holds {len(known)} branches ({', '.join(known[:5])} …). Choose with --branch."
        )
    return log


def _only_branch(log: TicketLog) -> str:
    known = [str(b) for b in log.usable["branch"].dropna().unique() if str(b)]
    return known[0] if len(known) == 1 else ""


def _monday(week: str | None, last: date) -> date:
    if week is None:
        return last + timedelta(days=7 - last.weekday())
    try:
        day = date.fromisoformat(week)
    except ValueError:
        raise PlanInputError(f"--week {week!r} is no date; write it like 2026-11-30.") from None
    monday = day - timedelta(days=day.weekday())
    if monday.year == date.max.year:
        raise PlanInputError(f"The week of {monday} is too far ahead.")
    if monday + timedelta(days=6) <= last:
        raise PlanInputError(f"The week of {monday} lies inside the history (until {last}). Choose a later one.")
    return monday


def _notes(log: TicketLog, weekly: Weekly, pack: str, monday: date, *, inferred: bool) -> tuple[Note, ...]:
    found = []
    if inferred:
        text = planning.hours_text(weekly)
        found.append(
            Note("hours_inferred", f"No opening hours were given; read from the history: {text}.", {"hours": text})
        )
    if pack == "cn" and not calendar.announced((monday + timedelta(days=6)).year):
        year = (monday + timedelta(days=6)).year
        text = f"The holidays of {year} are not announced; plain weekends are assumed."
        found.append(Note("calendar_provisional", text, {"year": year}))
    refused = int((log.issues["severity"] == "error").sum())
    if refused:
        found.append(Note("skipped_rows", f"{refused} rows with errors were left out as asked.", {"count": refused}))
    return tuple(found)


def rules(pack: str) -> tuple[Rule, ...]:
    """The legal parameters of a pack, read from the same content files that the web application uses."""
    found = []
    for path in sorted(CONTENT.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            if row.get("pack", "any") in (pack, "any") and row["key"].startswith("roster."):
                until = row.get("effective_to")  # content ends before this day, a rule on its last day
                found.append(
                    Rule(
                        row["key"].removeprefix("roster."), row["value"], row["unit"], row["source"], row["mark"],
                        bool(row.get("hard")) and row["mark"] == "V", row.get("weight", 0),
                        row["effective_from"].isoformat(), (until - timedelta(days=1)).isoformat() if until else None,
                    )
                )  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.key))


def _explain(console: Console, wrong: PlanInputError) -> None:
    """The error, and the first rows in question."""
    console.print(Text.assemble(("counterpoint plan: ", "bold red"), str(wrong)))
    problems = getattr(wrong, "problems", ())
    for problem in problems[:SHOWN]:
        row = problem if isinstance(problem, dict) else vars(problem)
        line = f"  row {row['row']}: {row['column']} = {row['value']!r}: {row['message']}"
        console.print(line, highlight=False, markup=False)
    if len(problems) > SHOWN:
        console.print(f"  … and {len(problems) - SHOWN} more rows")
    console.print("Nothing was written.")


def _show(console: Console, plan: planning.PlanOutput, files: tuple[Path, ...]) -> None:
    say = Speech(plan.language)
    table = Table(show_header=False, box=None)
    for name, value in summary(plan, say):
        table.add_row(str(name), str(value))
    console.print(table)
    for conflict in plan.conflicts:
        console.print(f"{say('conflict')} {conflict['number']}:")
        for item in conflict["restrictions"]:
            console.print(f"  - {item['words']} [{item['source']}, {item['mark']}]", markup=False)
    for number, way in enumerate(plan.ways_out, 1):
        console.print(f"{say('way_out')} {number}: {way['words']} ({say('cost')} {way['cost']})", markup=False)
    for file in files:
        click.echo(str(file))
