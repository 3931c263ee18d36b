"""Numbers as charts and words of a page; every title states the finding."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.analytics.cards import Card, Row
from counterpoint.primitives.metrics import Answer, Metric, Relation, Threshold, Value, relation, telling
from counterpoint.ui import reader
from counterpoint.ui.charts import Chart, Limit, Series, Text
from counterpoint.ui.punctuation import listed

GROUPS = {
    "waiting": gettext_lazy("Waiting"), "serving": gettext_lazy("Serving"), "machines": gettext_lazy("Machines"),
    "inspections": gettext_lazy("Rounds and findings"), "people": gettext_lazy("People"),
    "planning": gettext_lazy("Forecasts and rosters"), "service": gettext_lazy("Service"),
    "risk": gettext_lazy("Risk"), "compliance": gettext_lazy("Rules of the authorities"),
    "channels": gettext_lazy("Channels"), "business": gettext_lazy("Business"), "other": gettext_lazy("Other"),
}  # fmt: skip
DIRECTIONS = {
    "up": gettext_lazy("higher is better"), "down": gettext_lazy("lower is better"),
    "band": gettext_lazy("best between two sides"),
}  # fmt: skip
KINDS = {
    "target": gettext_lazy("the target is missed"), "absolute": gettext_lazy("a fixed limit is crossed"),
    "percent_change": gettext_lazy("it is much worse than before"),
    "computed_sigma": gettext_lazy("it leaves its own range"),
}  # fmt: skip
GRAIN_WORDS = {
    "hour": gettext_lazy("an hour"), "day": gettext_lazy("a day"), "week": gettext_lazy("a week"),
    "month": gettext_lazy("a month"), "quarter": gettext_lazy("a quarter"),
}  # fmt: skip


MARKS = {
    "V": gettext_lazy("checked at its source"), "K": gettext_lazy("common knowledge, not checked at its source"),
    "D": gettext_lazy("design default; set your own target"), "O": gettext_lazy("of the house itself"),
}  # fmt: skip
MIXED = gettext_lazy("each serves another mix: look at the rows before judging")
Named = list[tuple[str, Answer | Value]]


def origin(item: Any) -> str:
    """Where the definition comes from: its mark in words and the source in the reader's language. The house's files say
    the source in English and `origin` in other languages; headquarters writes in the language of the bank."""
    language, held = reader.language(), item.value.origin
    own = item.source if language == "en" or item.decided else ""
    said = held.get(language) or own or held.get("zh-hans", "")
    mark = str(MARKS[item.mark])
    return _("%(mark)s: %(source)s") % {"mark": mark, "source": said} if said else mark


def group_name(key: str) -> str:
    """What a group of numbers is called."""
    return str(GROUPS.get(key, key))


def direction_name(one: Metric) -> str:
    """Which side is good."""
    return str(DIRECTIONS[one.direction])


def thresholds(one: Metric) -> list[dict[str, Any]]:
    """Each threshold in words, with its level."""
    found = [{"level": each.level, "text": threshold(one, each)} for each in one.thresholds]
    if one.silence and one.silence.hours is not None:
        words = _("an alert when no row comes for %(hours)g opening hours") % {"hours": one.silence.hours}
        found.append({"level": "act", "text": words})
    elif one.silence:
        words = _("an alert when no row comes for %(days)d days") % {"days": one.silence.days}
        found.append({"level": "watch", "text": words})
    return found


def threshold(one: Metric, each: Threshold) -> str:
    """One threshold in words."""
    words = [_("%(grain)s in which %(what)s") % {"grain": GRAIN_WORDS[each.grain], "what": KINDS[each.kind]}]
    if each.kind == "absolute":
        sides = [
            f"> {telling.number(one, each.high)}" if each.high is not None else "",
            f"< {telling.number(one, each.low)}" if each.low is not None else "",
        ]
        words.append(_(" or ").join(filter(None, sides)))
    if each.kind == "percent_change":
        words.append(_("by %(by)g %% or more") % {"by": each.by})
    if each.kind == "computed_sigma":
        words.append(_("by %(sigmas)g deviations or more") % {"sigmas": each.sigmas})
    if each.periods > 1:
        words.append(_("%(n)d times in a row") % {"n": each.periods})
    words.append(_("with %(n)d cases or more") % {"n": each.min_volume})
    if each.sure and each.kind in ("absolute", "target", "percent_change"):
        words.append(_("and not by chance (99 %% interval)") % {})
    return listed(words, ",")


def course(card: Card) -> Chart | None:
    """The number over its last periods, with interval and target."""
    known = [one for one in card.trend if one.value is not None]
    if len(known) < 2:
        return None
    one = card.metric
    low, high = ([_kept(card, each, name) for each in card.trend] for name in ("low", "high"))
    banded = any(value is not None for value in low)
    series = Series(card.name, [None if one.hides(v.n) else v.value for v in card.trend], "actual",
                    low if banded else None, high if banded else None)  # fmt: skip
    limits = []
    if card.value.target is not None:
        bounds = card.value.target.bounds
        limits = [Limit(side, _("target")) for side in (bounds.low, bounds.high) if side is not None]
    return Chart(
        "course", "line", _course_title(card, known), telling.unit_name(one.unit) or _("number"),
        _("%(rows)s; band: 95 %% interval") % {"rows": relation(one.relations[0]).name(reader.language())},
        [telling.short(v.period) for v in card.trend], _("Period"), [series], limits,
    )  # fmt: skip


def _kept(card: Card, value: Value, name: str) -> float | None:
    return None if card.metric.hides(value.n) else getattr(value, name)


def _course_title(card: Card, known: Sequence[Value]) -> str:
    """What the course says: where it stands against the target, else against before."""
    last = known[-1]
    words: dict[str, object] = {
        "name": card.name,
        "value": telling.number(card.metric, last.value),
        "period": telling.period(last.period),
    }
    if last.target is not None and last.state in ("act", "watch"):
        missed = sum(one.state in ("act", "watch") for one in known)
        words |= {"target": telling.bounds(card.metric, last.target.bounds), "missed": missed, "all": len(known)}
        return _("%(name)s misses its target %(target)s in %(missed)d of %(all)d periods, last %(value)s") % words
    if last.target is not None and last.state == "fine":
        return _("%(name)s is on course: %(value)s (%(period)s)") % words
    return _("%(name)s: %(value)s (%(period)s)") % words


def by_hour(one: Metric, found: Mapping[str, Answer]) -> Chart | None:
    """The metric hour by hour."""
    known = {hour: answer for hour, answer in found.items() if answer.value is not None}
    if len(known) < 2:
        return None
    enough = {hour: a for hour, a in known.items() if a.n >= min(one.small, 5)} or known
    worst = (min if one.direction == "up" else max)(enough, key=lambda hour: enough[hour].value or 0.0)
    title = _("Most notable at %(hour)s o'clock: %(value)s (n = %(n)d)") % {
        "hour": worst, "value": telling.number(one, known[worst].value), "n": known[worst].n,
    }  # fmt: skip
    return Chart(
        "hours", "bars", title, telling.unit_name(one.unit) or _("number"), _("by hour of the branch's clock"),
        [f"{int(hour):02d}:00" for hour in known], _("Hour"),
        [Series(one.name(reader.language()), [a.value for a in known.values()], "bars")], size="low",
    )  # fmt: skip


def ranking(one: Metric, rows: Sequence[Row]) -> Chart | None:
    """Units below, the best first; units with too few cases are left out."""
    found: Named = [(row.unit.name, row.values[0]) for row in rows if row.values]
    source = _("units with at least %(n)d cases; demand and mix are not taken out") % {"n": one.small}
    return _ranked("below", one, found, source, _("Unit"))


def posts(one: Metric, found: Mapping[str, Answer]) -> Chart | None:
    """Counters or machines; those with too few cases are left out."""
    kind = relation(one.relations[0])
    named: Named = [(kind.value_name("post", key), answer) for key, answer in found.items()]
    return _ranked("posts", one, named, MIXED, _("Counter or machine"))


def people(one: Metric, found: Mapping[str, Answer], names: Mapping[str, str]) -> Chart | None:
    """People of a branch; who has too few cases is left out, because luck would judge them: nobody is called best."""
    named: Named = [(names.get(who, who), answer) for who, answer in found.items()]
    enough = len(_enough(one, named))
    title = _("%(n)d people with at least %(small)d cases") % {"n": enough, "small": one.small}
    if enough < len(named):
        title += _("; %(n)d with fewer are not shown") % {"n": len(named) - enough}
    return _ranked("people", one, named, MIXED, _("Person"), title)


def _enough(one: Metric, found: Named) -> Named:
    return [(name, a) for name, a in found if a.value is not None and a.n >= one.small]


def _ranked(key: str, one: Metric, found: Named, source: Text, axis: str, title: str = "") -> Chart | None:
    """Bars of those with enough cases, the best first; of a number without a good side the highest."""
    known = sorted(_enough(one, found), key=lambda pair: pair[1].value or 0.0, reverse=one.direction != "down")
    if len(known) < 2:
        return None
    (first, best), (last, worst) = known[0], known[-1]
    words = {"best": first, "first": telling.number(one, best.value), "worst": last,
             "last": telling.number(one, worst.value)}  # fmt: skip
    judged = one.direction in ("up", "down")
    told = (
        _("%(best)s %(first)s, %(worst)s %(last)s")
        if judged
        else _("Highest %(best)s %(first)s, lowest %(worst)s %(last)s")
    )
    return Chart(
        key, "ranking", title or told % words, telling.unit_name(one.unit) or _("number"), source,
        [name for name, _answer in known], axis,
        [Series(one.name(reader.language()), [a.value for _name, a in known], "bars")],
    )  # fmt: skip


def column_name(kind: Relation, name: str) -> str:
    """The heading of a column of rows."""
    return {"branch": _("Branch"), "date": _("Date")}.get(name) or kind.column_name(name)


def cell(kind: Relation, name: str, value: Any) -> Any:
    """A value of a row as a reader sees it."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 (NaN is not itself)
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return int(value) if name == "hour" or value.is_integer() else round(value, 2)
    return kind.value_name(name, value)


def example_rows(one: Metric, given: Any) -> list[dict[str, Any]]:
    """Rows of a worked example: by relation, with the columns that it names."""
    by_relation = given if isinstance(given, dict) else {one.relations[0]: given}
    found = []
    for key, some in by_relation.items():
        kind = relation(key)
        names = list(dict.fromkeys(name for row in some for name in row))
        lines = [[cell(kind, name, row.get(name)) for name in names] for row in some]
        found.append(
            {
                "name": kind.name(reader.language()),
                "headings": [kind.column_name(name) for name in names],
                "rows": lines,
            }
        )
    return found
