"""What the what-if page shows: the finding in a sentence, figures, charts, remedies, sheets. Values in, values out."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.onsite.whatif import words
from counterpoint.onsite.whatif.answer import Answer, Tried
from counterpoint.onsite.whatif.ground import Ground
from counterpoint.onsite.whatif.scenario import clock
from counterpoint.onsite.whatif.words import Names
from counterpoint.ui.charts import Chart, Limit, Series
from counterpoint.ui.excel import Sheet
from counterpoint.ui.tables import Cell, Column, Table

if TYPE_CHECKING:
    from counterpoint.onsite.whatif.figures import Band, Difference

MINUTES, PEOPLE, SHARE = gettext_lazy("min"), gettext_lazy("people"), "%"
ROWS = {
    "wait_p50": (gettext_lazy("Wait, half wait less (P50)"), MINUTES),
    "wait_p90": (gettext_lazy("Wait, 9 of 10 wait less (P90)"), MINUTES),
    "queue_max": (gettext_lazy("Longest queue"), PEOPLE),
    "walkouts": (gettext_lazy("Left unserved"), PEOPLE),
    "breaches": (gettext_lazy("Waited beyond the promise"), PEOPLE),
    "idle": (gettext_lazy("Idle share of the windows"), SHARE),
    "overtime": (gettext_lazy("Overtime, all people"), MINUTES),
}
NEUTRAL = ("idle",)
SIMULATED = gettext_lazy("%(days)d days with the same customers under both plans; %(trust)s")
PLANS = {
    "published": gettext_lazy("published roster, version %(n)d"),
    "draft": gettext_lazy("draft roster, version %(n)d"),
    "need": gettext_lazy("as many people as the forecast needs"),
    "hall": gettext_lazy("the people in the hall now, all day"),
}
CHOICES = {
    "roster": gettext_lazy("Roster of the day"),
    "need": gettext_lazy("As many people as the forecast needs"),
    "hall": gettext_lazy("The people in the hall now"),
}
DEMANDS = {
    "forecast": gettext_lazy("forecast of %(at)s"),
    "usual": gettext_lazy("same weekday of the last four weeks (no forecast; ±15 %% assumed)"),
}


def number(value: float, *, sign: bool = False) -> str:
    """One decimal below ten, none above; – when there is no value."""
    if not isfinite(value):
        return "–"
    digits = 1 if abs(value) < 9.95 else 0
    text = f"{abs(value):.{digits}f}"
    zero = not float(text)
    return f"{'' if zero or (value > 0 and not sign) else '+' if value > 0 else '−'}{text}"


def spread(one: "Difference") -> str:
    """``+13 [+11, +15]``."""
    return f"{number(one.mean, sign=True)} [{number(one.low, sign=True)}, {number(one.high, sign=True)}]"


def sources(ground: Ground) -> list[str]:
    """What the base plan and the demand are taken from."""
    at = f"{ground.made_at:%Y-%m-%d}" if ground.made_at else ""
    low, mean, high = ground.most
    found = [
        str(PLANS[ground.plan]) % {"n": ground.version} if "%" in str(PLANS[ground.plan]) else str(PLANS[ground.plan]),
        str(DEMANDS[ground.demand]) % {"at": at},
        _("%(mean)d customers at the windows (%(low)d to %(high)d)")
        % {"mean": round(mean), "low": round(low), "high": round(high)},
    ]
    return [*found, _("service times and patience from the simulation check")] if ground.fitted else found


def finding(found: Answer, names: Names) -> str:
    """The answer in one sentence: what changes, and how sure that is."""
    if found.same:
        text = _("As planned 9 of 10 wait at most %(p90)s minutes, %(gone)s leave, %(late)s wait beyond the promise.")
        return text % {
            "p90": number(found.plan.mean("wait_p90")), "gone": number(found.plan.mean("walkouts")),
            "late": number(found.plan.mean("breaches")),
        }  # fmt: skip
    changed = _(", ").join(words.changes(found.scenario, names))
    said = _("%(changed)s: %(effects)s.") % {"changed": changed, "effects": _("; ").join(_effects(found))}
    return f"{said[:1].upper()}{said[1:]}"


def _effects(found: Answer) -> list[str]:
    wait = found.differences["wait_p90"]
    parts = []
    if wait.shown:
        text = _("P90 wait %(before)s → %(after)s minutes (%(spread)s)")
        parts.append(
            text % {
                "before": number(found.plan.mean("wait_p90")), "after": number(found.played.mean("wait_p90")),
                "spread": spread(wait),
            }
        )  # fmt: skip
    for measure, text in (
        ("breaches", _("beyond the promise %(spread)s people")),
        ("walkouts", _("left unserved %(spread)s people")),
    ):
        if found.differences[measure].shown:
            parts.append(text % {"spread": spread(found.differences[measure])})
    return parts or [_("no difference shown in waits, walk-outs and promises")]


def best(tried: Sequence[Tried], names: Names) -> str:
    """The step that saves most, in one sentence; says so when none pays."""
    one = next((t for t in tried if t.pays), None)
    if one is None:
        return _("No single step pays.")
    step = words.step(one.remedy, names)
    if one.wait.high < 0:
        return _("Best single step: %(step)s → P90 wait %(p90)s minutes.") % {"step": step, "p90": number(one.wait_p90)}
    return _("Best single step: %(step)s, worth %(saved)s minutes of waiting a day.") % {
        "step": step, "saved": number(one.saved.mean),
    }  # fmt: skip


def verdict(measure: str, one: "Difference") -> tuple[str, str]:
    """(level, words) of a difference."""
    if not one.shown:
        return "calm", _("no difference shown")
    if measure in NEUTRAL:
        return "info", _("higher") if one.mean > 0 else _("lower")
    return ("watch", _("worse")) if one.mean > 0 else ("fine", _("better"))


def figures(found: Answer, excel: str) -> Table:
    """Plan, scenario and paired difference of each measure."""
    rows = []
    for measure, (label, unit) in ROWS.items():
        one = found.differences[measure]
        level, text = verdict(measure, one)
        rows.append(
            (
                _("%(label)s, %(unit)s") % {"label": label, "unit": unit},
                number(found.plan.mean(measure)), number(found.played.mean(measure)),
                Cell(spread(one), value=round(one.mean, 3)), Cell(text, level="" if level == "info" else level),
            )
        )  # fmt: skip
    columns = _columns(_("A day"), _("Plan"), _("Scenario"), _("Difference [95 %]"))
    return Table("whatif-figures", _("Plan and scenario (simulated)"), columns, rows, excel_url=excel, search=False)


def _columns(first: str, *numbers: str) -> tuple[Column, ...]:
    """What it is about, numbers, and the verdict; the order of the rows means something, so that none sorts."""
    middle = (Column(name, number=True, sort=False) for name in numbers)
    return (Column(first, sort=False), *middle, Column(_("Verdict"), sort=False))


def steps(tried: Sequence[Tried], names: Names, address: Any) -> Table:
    """Remedies, the most worthwhile first; each opens as a scenario of its own."""
    rows = [
        (
            Cell(words.step(t.remedy, names), url=address(t.remedy.scenario)), number(t.wait_p90),
            Cell(spread(t.wait), value=round(t.wait.mean, 3)), Cell(str(round(t.minutes)), value=round(t.minutes)),
            Cell(spread(t.saved), value=round(t.saved.mean, 1)),
            Cell(_("pays"), level="fine") if t.pays else Cell(_("does not pay"), level="calm"),
        )
        for t in tried
    ]  # fmt: skip
    numbers = (_("P90 then"), _("Difference [95 %]"), _("Minutes of people"), _("Minutes saved [95 %]"))
    columns = _columns(_("Single step"), *numbers)
    return Table(
        "whatif-steps", _("Single steps tried (simulated)"), columns, rows, search=False,
        empty=_("No single step could be tried: every window is taken and nothing is left to move."),
    )  # fmt: skip


def charts(found: Answer, excel: str) -> tuple[Chart, Chart]:
    """P90 wait and longest queue by half hour, with the range that holds 8 of 10 days."""
    promise = max(found.ground.tiers, key=lambda t: t.share).promise
    limit = Limit(float(found.scenario.promise or promise), _("promise"))
    wait = _chart(found, "wait", _("Wait, P90"), _("minutes"), excel, [limit])
    return wait, _chart(found, "queue", _("Longest queue"), _("people waiting"), excel, [])


def _chart(found: Answer, what: str, label: str, unit: str, excel: str, limits: Sequence[Limit]) -> Chart:
    plan: Band = getattr(found.plan, what)
    played: Band = getattr(found.played, what)
    top = max(range(len(played.middle)), key=lambda n: played.middle[n])
    values = {
        "label": label, "time": clock(found.plan.minutes[top]), "n": number(played.middle[top]), "unit": unit,
        "before": number(plan.middle[top]),
    }  # fmt: skip
    title = (
        _("%(label)s is worst at %(time)s: %(n)s %(unit)s")
        if found.same
        else _("%(label)s is worst at %(time)s: %(n)s %(unit)s, %(before)s as planned")
    )
    series = [Series(_("Plan"), plan.middle, "compare", plan.low, plan.high)]
    if not found.same:
        series.append(Series(_("Scenario"), played.middle, "actual", played.low, played.high))
    return Chart(
        f"whatif-{what}", "line", title % values, unit, _("simulated days; line: median day, band: 8 of 10 days"),
        [clock(m) for m in found.plan.minutes], _("Time"), series, limits, size="low", excel_url=excel,
    )  # fmt: skip


def warnings(found: Answer, names: Names) -> list[str]:
    """What the reader must know before believing the figures."""
    said = [
        _("Nobody on duty can do “%(service)s”: everybody who comes for it leaves unserved.")
        % {"service": names.services.get(key, key)}
        for key in found.played.unserved
    ]
    if found.played.standing:
        said.append(
            _("%(n)d people of the plan find no free window for their post at times; they are not counted then.")
            % {"n": found.played.standing}
        )
    return said


def sheets(found: Answer, tried: Sequence[Tried], names: Names, branch: str, problems: Sequence[str]) -> list[Sheet]:
    """The answer as a workbook: figures, half hours, steps, and what was asked."""
    title = f"{branch} {found.ground.on.isoformat()} · {_('What if (simulated)')}"
    note = f"{finding(found, names)} {best(tried, names)}"
    rows = []
    for measure, (label, unit) in ROWS.items():
        one = found.differences[measure]
        figures = (found.plan.mean(measure), found.played.mean(measure), one.mean, one.low, one.high)
        rows.append(
            [str(label), str(unit), *(round(v, 3) if isfinite(v) else None for v in figures), verdict(measure, one)[1]]
        )
    halves = [
        [
            clock(m),
            *(band[n] for one in (found.plan, found.played) for kind in (one.wait, one.queue) for band in _bands(kind)),
        ]
        for n, m in enumerate(found.plan.minutes)
    ]
    plans, whats = (_("Plan"), _("Scenario")), (_("Wait, P90"), _("Longest queue"))
    heads = [f"{plan}, {what}, {part}" for plan in plans for what in whats for part in ("P10", "P50", "P90")]
    lines = [
        [
            words.step(t.remedy, names),
            round(t.wait_p90, 2),
            round(t.minutes),
            *(round(v, 1) for v in (t.saved.mean, t.saved.low, t.saved.high)),
        ]
        for t in tried
    ]
    asked = [
        *words.changes(found.scenario, names),
        *sources(found.ground),
        *problems,
        *warnings(found, names),
    ]
    ends = [_("Low end, 95 %"), _("High end, 95 %")]
    columns = [_("A day"), _("Unit of measure"), _("Plan"), _("Scenario"), _("Difference"), *ends, _("Verdict")]
    steps_columns = [_("Single step"), _("P90 then"), _("Minutes of people"), _("Minutes saved"), *ends]
    return [
        Sheet(_("Figures"), columns, rows, title=title, note=note),
        Sheet(_("Half hours"), [_("Time"), *heads], halves, title=title, note=note),
        Sheet(_("Single steps"), steps_columns, lines, title=title, note=note),
        Sheet(_("Question"), [_("What was asked, and from what")], [[text] for text in asked], title=title, note=note),
    ]


def _bands(one: "Band") -> tuple[tuple[float, ...], ...]:
    return one.low, one.middle, one.high
