"""Numbers and alarms in words, in the reader's language; no personal word ever leaves in a message."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import User, nearest_holders, notify
from counterpoint.primitives.content import every
from counterpoint.primitives.metrics import periods, relations
from counterpoint.primitives.metrics.definition import QUANTILES, Bounds, Metric, Part, Term
from counterpoint.primitives.metrics.kind import ACTIONS, NAME, SILENT, Actions
from counterpoint.primitives.metrics.models import MetricAlarm
from counterpoint.primitives.metrics.periods import HOUR, MONTH, QUARTER, WEEK, Period
from counterpoint.ui import reader
from counterpoint.ui.punctuation import listed

UNITS = {
    "min": gettext_lazy("minutes"), "%": "%", "n": "", "‱": "‱", "h": gettext_lazy("hours"),
    "n/h": gettext_lazy("deals an hour"), "pts": gettext_lazy("points"), "CNY": gettext_lazy("yuan"),
    "days": gettext_lazy("days"),
}  # fmt: skip
RULES = {
    "silence": gettext_lazy("No data comes in"),
    "never": gettext_lazy("No data has ever come in"),
    "failure": gettext_lazy("This indicator could not be judged"),
}
UNHEARD = ("silence", "never")
KINDS = {
    "demand": gettext_lazy("More customers than usual"),
    "roster": gettext_lazy("Fewer people at the windows than usual"),
    "equipment": gettext_lazy("Machines out of order"),
    "place": gettext_lazy("It shows most in one place"),
    "other": gettext_lazy("No single cause stands out"),
}


def unit_name(unit: str) -> str:
    """What a unit is called."""
    return str(UNITS.get(unit, unit))


def number(metric: Metric, value: float | None, *, unit: bool = True) -> str:
    """A value with its digits and unit; a dash for none."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 1000 and metric.digits == 1 else metric.digits
    text = f"{value:,.{digits}f}".replace("-", "−")
    name = unit_name(metric.unit)
    return f"{text} {name}".strip() if unit and name else text


def bounds(metric: Metric, found: Bounds | None) -> str:
    """A target in words."""
    if found is None:
        return ""
    if found.low is not None and found.high is not None:
        return f"{number(metric, found.low, unit=False)}–{number(metric, found.high)}"
    if found.high is not None:
        return f"≤ {number(metric, found.high)}"
    return f"≥ {number(metric, found.low)}"


def period(one: Period) -> str:
    """A period in words."""
    if one.grain == HOUR:
        return _("%(date)s, %(from)d to %(to)d h") % {
            "date": one.since.isoformat(),
            "from": one.hour,
            "to": (one.hour or 0) + 1,
        }
    if one.grain == WEEK:
        year, week, _day = one.since.isocalendar()
        return _("week %(week)d of %(year)d") % {"year": year, "week": week}
    if one.grain == MONTH:
        return _("%(year)d-%(month)02d") % {"year": one.since.year, "month": one.since.month}
    if one.grain == QUARTER:
        return _("quarter %(quarter)d of %(year)d") % {"year": one.since.year, "quarter": (one.since.month + 2) // 3}
    return one.since.isoformat()


def short(one: Period) -> str:
    """A period in as few signs as an axis has room for."""
    if one.grain == HOUR:
        return f"{one.since:%m-%d} {one.hour:02d}h"
    if one.grain == WEEK:
        return f"W{one.since.isocalendar().week:02d}"
    if one.grain == MONTH:
        return f"{one.since:%y-%m}"
    if one.grain == QUARTER:
        return f"{one.since:%y}-Q{(one.since.month + 2) // 3}"
    return f"{one.since:%m-%d}"


def period_of(slug: str) -> Period:
    """The period that a slug names."""
    if "T" in slug:
        day, hour = slug.split("T")
        return periods.of(HOUR, date.fromisoformat(day), int(hour))
    if "-W" in slug:
        year, week = slug.split("-W")
        return periods.of(WEEK, date.fromisocalendar(int(year), int(week), 1))
    if "-Q" in slug:
        year, quarter = slug.split("-Q")
        return periods.of(QUARTER, date(int(year), int(quarter) * 3 - 2, 1))
    if len(slug) == len("2026-11"):
        return periods.of(MONTH, date.fromisoformat(f"{slug}-01"))
    return periods.of("day", date.fromisoformat(slug))


def formula(metric: Metric) -> str:
    """The definition in words."""
    if metric.part is not None:
        what = _said(metric, metric.part)
        if metric.measure in QUANTILES:
            share = round(100 * QUANTILES[metric.measure])
            return _("%(what)s: the value that %(share)d of 100 do not exceed") % {"what": what, "share": share}
        if metric.measure == "mean":
            return _("mean of %(what)s") % {"what": what}
        return what
    top, base = _terms(metric, metric.numerator), _terms(metric, metric.denominator)
    scale = "" if metric.scale == 1 else " × 100 %" if metric.unit == "%" else f" × {metric.scale:,.0f}"
    return f"{top} ÷ {base}{scale}"


def _terms(metric: Metric, terms: Sequence[Term]) -> str:
    parts = [
        ("− " if term.sign < 0 else "+ " if place else "") + _said(metric, term.part)
        for place, term in enumerate(terms)
    ]
    return f"({' '.join(parts)})" if len(parts) > 1 else parts[0]


def _said(metric: Metric, part: Part) -> str:
    """A part by the name that the metric gives its column, else by its definition."""
    names = metric.columns.get(part.column, {})
    return names.get(reader.language()) or names.get("zh-hans") or part_name(part)


def part_name(part: Part) -> str:
    """What a part counts or adds up."""
    if not relations.offered(part.relation):
        return part.relation
    one = relations.relation(part.relation)
    rows = one.name(reader.language())
    tests = [_test(one, test.column, test.op, test.value) for test in part.where.tests]
    inside = _(" with %(tests)s") % {"tests": _(" and ").join(tests)} if tests else ""
    if part.column:
        return _("“%(column)s” of %(rows)s%(inside)s") % {
            "column": one.column_name(part.column), "rows": rows, "inside": inside,
        }  # fmt: skip
    return _("number of %(rows)s%(inside)s") % {"rows": rows, "inside": inside}


def _test(one: relations.Relation, column: str, op: str, value: Any) -> str:
    name = one.column_name(column)
    if op == "known":
        return _("%(column)s known") % {"column": name} if value else _("%(column)s unknown") % {"column": name}
    if isinstance(value, bool):
        return name if value == (op == "eq") else _("not %(column)s") % {"column": name}
    values = value if isinstance(value, tuple) else (value,)
    words = _(" or ").join(_value(one, column, each) for each in values)
    if op in ("not", "not_in"):
        return _("%(column)s not %(value)s") % {"column": name, "value": words}
    sign = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}.get(op, "=")
    return f"{name} {sign} {words}"


def _value(one: relations.Relation, column: str, value: Any) -> str:
    return one.value_name(column, value)


def headline(metric: Metric, alarm: MetricAlarm) -> str:
    """What is off course, in one sentence."""
    name = metric.name(reader.language())
    if alarm.rule in RULES:
        return _("%(name)s: %(what)s") % {"name": name, "what": RULES[alarm.rule]}
    found = alarm.found
    limit, value = found.get("limit"), number(metric, found.get("value"))
    words = {"name": name, "value": value, "limit": number(metric, limit)}
    if found.get("usual") is not None:
        words["usual"] = number(metric, found["usual"])
        return _("%(name)s is %(value)s, usually %(usual)s") % words
    if limit is None:
        return _("%(name)s is %(value)s") % words
    if found.get("side") == "under":
        return _("%(name)s is %(value)s, below %(limit)s") % words
    return _("%(name)s is %(value)s, above %(limit)s") % words


def when(alarm: MetricAlarm) -> str:
    """The period of an alarm in words."""
    return period(period_of(alarm.period))


def causes(metric: Metric, cause: Mapping[str, Any]) -> list[str]:
    """Why, as far as it is known: the leading cause with its numbers, then where it shows most."""
    if not cause:
        return []
    lines = [str(KINDS.get(cause.get("kind", "other"), KINDS["other"]))]
    numbers = cause.get("numbers", {})
    told = [_change(word, value) for word, value in numbers.items()]
    if told:
        lines[0] = _("%(cause)s (%(numbers)s)") % {"cause": lines[0], "numbers": _(", ").join(told)}
    lines += [_mover(metric, mover) for mover in cause.get("movers", [])]
    return lines


NUMBERS = {
    "demand": gettext_lazy("how many customers come"), "roster": gettext_lazy("time at windows"),
    "equipment": gettext_lazy("machine time lost"),
}  # fmt: skip


def _change(word: str, value: float) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{NUMBERS.get(word, word)} {sign}{abs(round(100 * value))} %"


def _mover(metric: Metric, mover: Mapping[str, Any]) -> str:
    one = relations.relation(metric.relations[0]) if relations.offered(metric.relations[0]) else None
    column = mover["column"]
    key = (
        _("%(hour)s h") % {"hour": mover["key"]}
        if column == "hour"
        else (_value(one, column, mover["key"]) if one else mover["key"])
    )
    words = {
        "what": one.column_name(column) if one else column, "key": key, "value": number(metric, mover["value"]),
        "usual": number(metric, mover.get("usual")), "n": mover["n"],
    }  # fmt: skip
    if mover.get("counted"):
        words["usual"] = f"{mover['usual']:g}"
        return _("most at %(what)s %(key)s: %(n)s rows, usually %(usual)s") % words
    if mover.get("usual") is None:
        return _("most at %(what)s %(key)s: %(value)s (n = %(n)s)") % words
    return _("most at %(what)s %(key)s: %(value)s, usually %(usual)s (n = %(n)s)") % words


def _proposed(metric: Metric, alarm: MetricAlarm) -> tuple[Actions | None, str]:
    """The metric's proposals in their newest version, and the cause that is asked for."""
    held = [item for item in every(ACTIONS) if item.key == metric.actions]
    kind = SILENT if alarm.rule in UNHEARD else str((alarm.cause or {}).get("kind", "other"))
    return (max(held, key=lambda item: item.version).value if held else None), kind


def action(metric: Metric, alarm: MetricAlarm) -> str:
    """What the content proposes to do about this alarm; empty when it proposes nothing."""
    found, kind = _proposed(metric, alarm)
    return found.said(kind, reader.language()) if found else ""


def page(metric: Metric, alarm: MetricAlarm) -> str:
    """The address where that is done; empty when the content names none."""
    found, kind = _proposed(metric, alarm)
    return found.page(kind) if found else ""


def unheard(alarm: MetricAlarm) -> str:
    """How long no row has come; of a feed that never came, which figures lack it. Empty for other alarms."""
    found = alarm.found
    if alarm.rule == "never":
        known = {item.key: item.value.name(reader.language()) for item in every(NAME)}
        return _("Has never come here: %(names)s.") % {"names": listed(known.get(k, k) for k in found.get("never", []))}
    if alarm.rule != "silence":
        return ""
    if "days" in found:
        return _("No row for %(days)s days.") % {"days": found["days"]}
    return _("No row for %(hours)s opening hours.") % {"hours": found.get("hours")}


def receivers(metric: Metric, alarm: MetricAlarm, now: datetime) -> list[User]:
    """Who must hear of it: the metric's owner, and for a red one the branch head too."""
    wanted = [metric.owner, *(["branch_head"] if alarm.level == "act" else [])]
    found: dict[Any, User] = {}
    for role in dict.fromkeys(wanted):
        for person in nearest_holders(role=role, org_unit=alarm.org_unit, on=now):
            found[person.pk] = person
    return list(found.values())


def tell(*, alarm: MetricAlarm, metric: Metric, now: datetime) -> None:
    """Into the inbox of those who own the number, and once to the branch's channel (robots, webhooks, mail)."""
    link = reverse("analytics:alert", args=[alarm.pk])
    for person in receivers(metric, alarm, now):
        with translation.override(person.language):
            title, body = message(metric, alarm)
        notify.send(
            org_unit=alarm.org_unit, dedupe=f"alarm:{alarm.pk}:{person.pk}", title=title, body=body, now=now,
            recipient=person, link=link,
        )  # fmt: skip
    with translation.override("zh-hans"):
        title, body = message(metric, alarm)
    notify.send(org_unit=alarm.org_unit, dedupe=f"alarm:{alarm.pk}:channel", title=title, body=body, now=now, link=link)


def message(metric: Metric, alarm: MetricAlarm) -> tuple[str, str]:
    """Title and body of an alarm, in the language that is active."""
    lines = [f"{alarm.org_unit.name} · {when(alarm)}"]
    if alarm.found.get("n") is not None:
        lines[0] += f" · n = {alarm.found['n']}"
    lines += [text] if (text := unheard(alarm)) else causes(metric, alarm.cause)
    proposed = action(metric, alarm)
    if proposed:
        lines.append(_("Proposed: %(action)s") % {"action": proposed})
    return headline(metric, alarm)[:160], "\n".join(lines)
