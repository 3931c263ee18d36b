"""A plan on disk: Excel workbook, printable PDF and JSON, all three or none."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from counterpoint.team.planning import pictures, tables
from counterpoint.team.planning.values import PlanOutput
from counterpoint.team.planning.words import Speech, clock
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pdf import render

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "team" / "week_plan.typ"


def excel(plan: PlanOutput) -> bytes:
    """The workbook: summary, forecast, need, roster by day and half hour, waits, rules, data problems, method."""
    say = Speech(plan.language)
    days = [tables.day_name(d.date, say) for d in plan.problem.days]
    halves = [clock(m) for m in tables.half_hours(plan.problem)]
    note = say("page")
    sheets = [
        Sheet(
            say("summary"),
            [say("item"), say("value")],
            tables.summary(plan, say),
            title=_title(plan, say),
            note=say("simulated"),
        ),
        Sheet(
            say("forecast"),
            [say("date"), say("time"), say("service"), say("mean"), "P10", "P50", "P90"],
            [[*r[:2], r[2] or say("all"), *r[3:]] for r in tables.forecast(plan)],
            title=say("forecast"),
            note=tables.record(plan, say),
        ),
        Sheet(
            say("need"),
            [
                say("date"),
                say("time"),
                say("skill"),
                say("needed"),
                f"{say('needed')} P90",
                say("staffed"),
                say("short"),
            ],
            list(tables.need(plan)),
            title=say("need"),
            note=note,
        ),
        Sheet(
            say("roster_days"),
            [say("person"), *days, say("week_hours")],
            list(tables.roster_days(plan, say)),
            title=say("roster_days"),
            note=say("anonymous") if plan.anonymous else note,
        ),
        Sheet(
            say("roster_halves"),
            [say("date"), say("person"), *halves],
            list(tables.roster_halves(plan, say)),
            title=say("roster_halves"),
            note=note,
        ),
        Sheet(
            say("waits"),
            [
                say("plan"),
                say("date"),
                say("time"),
                say("customers"),
                say("wait_mean"),
                say("wait_median"),
                say("wait_p90"),
                say("within"),
            ],
            list(tables.waits(plan, say)),
            title=say("waits"),
            note=say("simulated"),
        ),
        Sheet(
            say("rules"),
            [say("rule"), say("words"), say("source"), say("mark"), say("hard"), say("cost")],
            list(tables.rules(plan, say)) or [[say("none"), "", "", "", "", None]],
            title=say("rules"),
            note=note,
        ),
        Sheet(
            say("data"),
            [say("row"), say("column"), say("value"), say("severity"), say("message")],
            [
                [i["row"], i["column"], i["value"], say.severity(i["severity"]), say.issue(i["code"], i["message"])]
                for i in plan.issues
            ],
            title=say("data"),
            note=note,
        ),
        Sheet(say("method"), [say("item"), say("value")], _method(plan, say), title=say("method"), note=note),
        Sheet(
            say("service"),
            [
                say("service"),
                say("skill"),
                say("measured"),
                say("measured") + " (min)",
                say("minutes_service"),
                say("cv"),
                say("from"),
            ],
            list(tables.services(plan, say)),
            title=say("service"),
            note=note,
        ),
    ]
    return workbook(sheets)


def _title(plan: PlanOutput, say: Speech) -> str:
    return f"{say('title')} · {plan.branch or say('this_branch')} · {plan.week[0].isoformat()}"


def _method(plan: PlanOutput, say: Speech) -> list[list[Any]]:
    rows = [[say("method"), line] for line in say.method()]
    return rows + [[say("kind_note"), say.note(note)] for note in plan.outlook.notes]


def pdf(plan: PlanOutput) -> bytes:
    """The printable report with charts, A4, in the plan's language."""
    say = Speech(plan.language)
    images = charts(plan, say)
    data = {
        "lang": "zh" if say.chinese else "en",
        "title": _title(plan, say),
        "subtitle": say(
            "subtitle",
            branch=plan.branch or say("this_branch"),
            week=plan.week[0].isoformat(),
            seed=plan.seed,
            hash=plan.inputs_hash[:12],
        ),
        "footer": say("page"),
        "simulated": say("simulated"),
        "words": {
            key: say(key)
            for key in (
                "summary",
                "forecast",
                "need",
                "roster_days",
                "waits",
                "rules",
                "method",
                "none",
                "forecast_chart",
                "waits_chart",
                "sign",
                "data",
            )
        },
        "summary": [[a, str(b)] for a, b in tables.summary(plan, say)],
        "roster_head": [say("person"), *(tables.day_name(d.date, say) for d in plan.problem.days), say("week_hours")],
        "roster": list(_compact(plan, say)),
        "wait_head": [say("date"), say("customers"), say("wait_mean"), say("wait_p90"), say("within")],
        "waits": [
            [
                tables.day_name(d.date, say),
                round(d.customers),
                tables.minutes(d.wait_mean, 1, "–"),
                tables.minutes(d.wait_p90, 1, "–"),
                f"{100 * d.within:.0f} %",
            ]
            for d in (plan.waits.days if plan.waits else ())
        ],
        "rules": [[str(x) if x is not None else "" for x in row] for row in list(tables.rules(plan, say))[:40]],
        "rule_head": [say("rule"), say("words"), say("source"), say("mark"), say("hard"), say("cost")],
        "need_days": [
            {"name": name, "caption": say("coverage_chart", day=label)} for name, label in _need_names(plan, say)
        ],
        "notes": [say.note(n) for n in plan.outlook.notes],
        "method": say.method(),
        "issues": _issue_counts(plan, say),
        "has_waits": plan.waits is not None,
    }
    return render(TEMPLATE, data, images)


def _compact(plan: PlanOutput, say: Speech) -> Any:
    """Roster cells short enough for print: times and lunch."""
    for person in plan.problem.people:
        own = {s.day: s for s in plan.roster.shifts if s.person == person.id} if plan.roster else {}
        cells = []
        for day in range(len(plan.problem.days)):
            shift = own.get(day)
            cells.append(f"{clock(shift.start)}–{clock(shift.end)}" if shift else say("off"))
        yield [person.name, *cells, f"{sum(s.minutes for s in own.values()) / 60:.1f}"]


def _issue_counts(plan: PlanOutput, say: Speech) -> list[list[Any]]:
    counts: dict[tuple[str, str, str], int] = {}
    for issue in plan.issues:
        key = (say.severity(issue["severity"]), issue["column"], say.issue(issue["code"], issue["message"]))
        counts[key] = counts.get(key, 0) + 1
    return [[*key, n] for key, n in sorted(counts.items(), key=lambda item: -item[1])][:20]


def _need_names(plan: PlanOutput, say: Speech) -> list[tuple[str, str]]:
    return [
        (f"need-{n}.svg", tables.day_name(d.date.isoformat(), say))
        for n, d in enumerate(plan.outlook.days)
        if d.is_open
    ]


def charts(plan: PlanOutput, say: Speech) -> dict[str, bytes]:
    """Pictures of the report by file name."""
    view = plan.outlook
    labels: list[str] = []
    named: set[int] = set()
    total: tuple[list[float], list[float], list[float]] = ([], [], [])
    waits: tuple[list[float | None], list[float | None]] = ([], [])
    for day, info in enumerate(view.days):
        for n, minute in enumerate(view.minutes):
            if view.total_mean[day, n] <= 0:
                continue
            labels.append(tables.day_name(info.date.isoformat(), say) if day not in named else "")
            named.add(day)
            for series, source in zip(total, (view.total_p50, view.total_p10, view.total_p90), strict=True):
                series.append(float(source[day, n]))
            for part, found in zip(waits, (plan.waits, plan.baseline), strict=True):
                cells = {c.minute: c.p90 for c in found.days[day].cells} if found else {}
                part.append(cells.get(minute))
    images = {"forecast.svg": pictures.band_chart(labels, *total, every=1)}
    for name, _label in _need_names(plan, say):
        images[name] = _day_chart(plan, int(name.removeprefix("need-").removesuffix(".svg")))
    if plan.waits:
        lines = [(say("this_plan"), waits[0], False), (say(plan.baseline_kind or "flat"), waits[1], True)]
        images["waits.svg"] = pictures.lines_chart(labels, lines, every=1)
    return {name: text.encode() for name, text in images.items()}


def _day_chart(plan: PlanOutput, day: int) -> str:
    view, problem = plan.outlook, plan.problem
    coverage = plan.judgement.get("coverage", {})
    first = (view.start - problem.start) // problem.step
    at = [day * problem.intervals + first + n for n in range(len(view.minutes))]
    staffed = [float(sum(coverage[s][k] for s in view.skills if s in coverage)) for k in at]
    needed = [float(sum(view.need[s][day, n] for s in view.skills)) for n in range(len(view.minutes))]
    high = [float(sum(view.need_p90[s][day, n] for s in view.skills)) for n in range(len(view.minutes))]
    return pictures.step_chart([clock(m) for m in view.minutes], staffed, needed, high)


def write_plan(plan: PlanOutput, folder: Path) -> tuple[Path, Path, Path]:
    """Write plan-DATE.xlsx, .pdf and .json into `folder`; on any error nothing of it appears there."""
    stem = f"plan-{plan.week[0].isoformat()}"
    contents = {f"{stem}.xlsx": excel(plan), f"{stem}.pdf": pdf(plan), f"{stem}.json": plan.to_json().encode()}
    folder.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=".plan-", dir=folder))
    try:
        for name, content in contents.items():
            (hidden / name).write_bytes(content)
        _move_in(hidden, folder, tuple(contents))
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    first, second, third = (folder / name for name in contents)
    return first, second, third


def _move_in(hidden: Path, folder: Path, names: tuple[str, ...]) -> None:
    """Every file or none: when one cannot be put in place, those before it are as they were."""
    done: list[str] = []
    try:
        for name in names:
            if (folder / name).is_file():
                shutil.copy2(folder / name, hidden / f"{name}.before")
            (hidden / name).replace(folder / name)
            done.append(name)
    except OSError:
        for name in done:
            before = hidden / f"{name}.before"
            if before.is_file():
                before.replace(folder / name)
            else:
                (folder / name).unlink()
        raise
