"""The forecast card of one day: like days of the past, coming days, coverage so far, drivers, plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import OrgUnit, Scope, calendar
from counterpoint.role.api import marks_of
from counterpoint.team import drivers, queries, shown
from counterpoint.team.beforehand import EVENT
from counterpoint.team.models import DriftAlarm
from counterpoint.team.nowcasting import Corrected
from counterpoint.team.record import Coverage
from counterpoint.ui import reader
from counterpoint.ui.charts import Chart, Limit, Series

WEEKS, LOOK_BACK = 8, 13  # like days that are shown, weeks that are searched for them
NAMES = {
    "level": gettext_lazy("Level of the last weeks"),
    "month": gettext_lazy("Part of the month"),
    "recent": gettext_lazy("The last like days"),
    "break": gettext_lazy("Closed days before"),
    "hours": gettext_lazy("Hours open"),
    "other": gettext_lazy("Small effects together"),
}
TAGS = {
    "payday": gettext_lazy("Payday"),
    "pension_day": gettext_lazy("Pension day"),
    "month_end": gettext_lazy("Month end"),
    "after_holiday": gettext_lazy("First day after the holiday"),
    "before_festival": gettext_lazy("Before the holiday"),
}
FESTIVALS = {
    "Spring Festival": gettext_lazy("Spring Festival"),
    "National Day": gettext_lazy("National Day"),
    "Labour Day": gettext_lazy("Labour Day"),
    "Mid-autumn Festival": gettext_lazy("Mid-autumn Festival"),
    "Dragon Boat Festival": gettext_lazy("Dragon Boat Festival"),
    "Tomb-sweeping Day": gettext_lazy("Tomb-sweeping Day"),
    "New Year's Day": gettext_lazy("New Year's Day"),
}


@dataclass(frozen=True)
class PastDay:
    """A like day of the past and how many customers came; `last_year` for the same date a year ago."""

    date: date
    came: int
    last_year: bool = False


@dataclass(frozen=True)
class Bar:
    """One driver as a bar from the middle: `start` and `width` in thousandths of the picture; `percent` of a usual
    day."""

    name: str
    customers: int
    start: int
    width: int
    percent: int = 0

    @property
    def signed(self) -> str:
        """``+31`` or ``−4``."""
        return _signed(self.customers)

    @property
    def share(self) -> str:
        """``+12 %`` or ``−4 %`` of a usual day."""
        return _("%(signed)s %%") % {"signed": _signed(self.percent)}


def history(*, scope: Scope, branch: OrgUnit, day: date, today: date) -> tuple[PastDay, ...]:
    """The last eight like weekdays before the day on which customers came, oldest first, after the same date of last
    year when it is known; empty without history."""
    until = min(day, today)
    since = until - timedelta(weeks=LOOK_BACK)
    found = [
        PastDay(on, n)
        for on, n in queries.customers_by_day(scope=scope, branch=branch, since=since, until=until).items()
        if on.weekday() == day.weekday() and n
    ]
    year = day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
    then = queries.customers_by_day(scope=scope, branch=branch, since=year, until=year + timedelta(days=1))
    before = [PastDay(on, n, True) for on, n in then.items() if n]
    return (*before, *found[-WEEKS:])


def history_chart(days: Sequence[PastDay], day: date, forecast: float, pack: str) -> Chart | None:
    """Like days of the past as bars against the forecast of the day; the title says what they brought."""
    if not days:
        return None
    recent = sorted(one.came for one in days if not one.last_year)
    labels = [f"{one.date:%Y-%m-%d}" if one.last_year else shown.day_label(one.date) for one in days]
    if recent:
        words = _("The last %(n)s days of this weekday brought %(low)s to %(high)s customers, %(middle)s in the middle")
        title = words % {
            "n": len(recent), "low": recent[0], "high": recent[-1], "middle": recent[len(recent) // 2],
        }  # fmt: skip
    else:
        title = _("%(n)s customers came on the same date last year") % {"n": days[0].came}
    return Chart(
        f"history-{day.isoformat()}", "bars", title, _("customers"), _source(days, pack), labels,
        _("Date"), [Series(_("Came"), [one.came for one in days], "bars")],
        [Limit(round(forecast), _("Forecast %(day)s") % {"day": shown.day_label(day)})], size="low",
    )  # fmt: skip


def _source(days: Sequence[PastDay], pack: str) -> str:
    """Where the bars come from, and which of them were special days."""
    found = {one.date: [mark.name(reader.language()) for mark in marks_of(one.date, pack)] for one in days}
    comma = _(", ")
    special = [f"{on:%m-%d} {comma.join(names)}" for on, names in found.items() if names]
    text = _("recorded tickets of this branch")
    return _("%(source)s; special days: %(days)s") % {"source": text, "days": comma.join(special)} if special else text


def coming_chart(payload: Mapping[str, Any], since: int, pack: str) -> Chart | None:
    """The open days from one on with median and band; days of a year that is not announced are marked."""
    rows = [n for n in range(since, len(payload["days"])) if payload["day_p50"][n] > 0]
    if len(rows) < 2:
        return None
    dates = {n: date.fromisoformat(payload["days"][n]["date"]) for n in rows}
    most = max(rows, key=lambda n: payload["day_p50"][n])
    title = _("%(day)s is the fullest of the coming days: %(n)s customers (%(low)s to %(high)s)") % {
        "day": shown.day_label(dates[most]), "n": round(payload["day_p50"][most]),
        "low": round(payload["day_p10"][most]), "high": round(payload["day_p90"][most]),
    }  # fmt: skip
    labels = [day_text(dates[n], pack) for n in rows]
    low, middle, high = ([round(payload[f"day_{name}"][n]) for n in rows] for name in ("p10", "p50", "p90"))
    return Chart(
        "coming", "line", title, _("customers"), _("forecast of this branch; band: 8 of 10 days"), labels, _("Date"),
        [Series(_("Forecast"), middle, "forecast", low, high)], size="low",
    )  # fmt: skip


def day_text(day: date, pack: str) -> str:
    """The day's label; one of a year that is not announced is called provisional."""
    label = shown.day_label(day)
    return _("%(day)s, provisional") % {"day": label} if provisional(day, pack) else label


def provisional(day: date, pack: str) -> bool:
    """Whether the holidays of the day's year are only assumed."""
    return calendar.day(day, pack, provisional=True).provisional


def name_of(key: str, day: date, pack: str) -> str:
    """A driver's name in the reader's language."""
    if key == "weekday":
        if calendar.day(day, pack, provisional=True).kind is calendar.DayKind.MAKE_UP:
            return _("Make-up workday")
        return str(shown.WEEKDAYS[day.weekday()])
    kind, _colon, name = key.partition(":")
    if kind == "tag":
        marks = {mark.key: mark.name(reader.language()) for mark in marks_of(day, pack)}
        return marks.get(name) or str(TAGS.get(name, name.removeprefix(EVENT)))
    if kind == "festival":
        return _("Near %(festival)s") % {"festival": FESTIVALS.get(name, name)}
    return str(NAMES.get(key, name or key))


def bars(found: drivers.Told, day: date, pack: str) -> tuple[Bar, ...]:
    """The effects as bars to both sides of the middle, the widest filling its side."""
    widest = max((abs(n) for _key, n in found.effects), default=1)
    out = []
    for key, customers in found.effects:
        width = max(4, round(500 * abs(customers) / widest))
        percent = round(100 * customers / max(1, found.usual))
        out.append(Bar(name_of(key, day, pack), customers, 500 if customers > 0 else 500 - width, width, percent))
    return tuple(out)


def sentences(found: drivers.Told, day: date, pack: str) -> tuple[str, ...]:
    """What is expected against a usual day, against one of its weekday, and what makes most of the difference."""
    gap = found.total - found.usual
    values = {"day": shown.day_label(day), "n": found.total, "gap": abs(gap), "usual": found.usual}
    if gap > 0:
        first = _("%(n)s customers are expected on %(day)s, %(gap)s more than on a usual day (%(usual)s).") % values
    elif gap < 0:
        first = _("%(n)s customers are expected on %(day)s, %(gap)s fewer than on a usual day (%(usual)s).") % values
    else:
        first = _("%(n)s customers are expected on %(day)s, as many as on a usual day.") % values
    head = (first, *_against_weekday(found, day, pack))
    more, less = ([one for one in found.named if (one[1] > 0) is up][:2] for up in (True, False))
    up, down = (_(", ").join(f"{name_of(key, day, pack)} {_signed(n)}" for key, n in part) for part in (more, less))
    if up and down:
        return *head, _("More come because of: %(up)s; fewer because of: %(down)s.") % {"up": up, "down": down}
    if up:
        return *head, _("More come because of: %(up)s.") % {"up": up}
    if down:
        return *head, _("Fewer come because of: %(down)s.") % {"down": down}
    return head


def _against_weekday(found: drivers.Told, day: date, pack: str) -> tuple[str, ...]:
    """The day against a usual day of its weekday; nothing where the day is no such day or brings as many."""
    usual = found.usual if found.weekday is None else found.weekday
    ordinary = calendar.day(day, pack, provisional=True).kind in (calendar.DayKind.WORKDAY, calendar.DayKind.WEEKEND)
    percent = round(100 * (found.total / usual - 1)) if usual > 0 else 0
    if not ordinary or not percent or usual == found.usual:
        return ()
    values = {"weekday": shown.WEEKDAYS[day.weekday()], "usual": usual, "percent": abs(percent)}
    if percent > 0:
        return (_("A usual %(weekday)s brings %(usual)s; this one is expected %(percent)s %% above it.") % values,)
    return (_("A usual %(weekday)s brings %(usual)s; this one is expected %(percent)s %% below it.") % values,)


def _signed(customers: int) -> str:
    return f"+{customers}" if customers > 0 else f"−{-customers}" if customers else "0"


def alarm_words(alarm: DriftAlarm) -> tuple[str, str]:
    """What drifted since when, and what to do about it."""
    values = {"since": shown.day_label(alarm.since), "part": round(100 * abs(alarm.share - 1))}
    if alarm.kind == DriftAlarm.Kind.NARROW:
        what = _("Since %(since)s too many days fell outside the forecast range.") % values
    elif alarm.kind == DriftAlarm.Kind.MORE:
        what = _("Since %(since)s more customers come than forecast (%(part)s %% more).") % values
    else:
        what = _("Since %(since)s fewer customers come than forecast (%(part)s %% fewer).") % values
    todo = _("Make a new forecast: it learns from these days. Then acknowledge, and look at the roster of next week.")
    return what, todo


def today_words(found: Corrected) -> tuple[str, str]:
    """What has come and where the day is heading now."""
    low, middle, high = found.now
    first = _("By %(at)s %(came)s customers came; %(expected)s were expected by then.") % {
        "at": shown.clock(found.at), "came": found.came, "expected": round(found.expected),
    }  # fmt: skip
    values = {"n": middle, "low": low, "high": high, "before": found.before[1], "gap": abs(middle - found.before[1])}
    if middle > found.before[1]:
        second = _("The day now points to %(n)s (%(low)s to %(high)s), %(gap)s more than forecast.") % values
    elif middle < found.before[1]:
        second = _("The day now points to %(n)s (%(low)s to %(high)s), %(gap)s fewer than forecast.") % values
    else:
        second = _("The day still points to %(n)s (%(low)s to %(high)s), as forecast.") % values
    return first, second


def today_chart(payload: Mapping[str, Any], number: int, came: Mapping[int, int], found: Corrected) -> Chart:
    """The running day: what was forecast, what came, and the corrected rest with its band."""
    cells = shown.open_cells(payload, number)
    minutes = [payload["start"] + 30 * k for k in cells]
    _came_so_far, second = today_words(found)
    rest = [found.cells.get(minute) for minute in minutes]
    low, middle, high = ([round(one[n], 1) if one else None for one in rest] for n in range(3))
    return Chart(
        "today", "line", second, _("customers"),
        _("forecast of this branch, corrected by today's tickets; band: 8 of 10"),
        [shown.clock(minute) for minute in minutes], _("Time"),
        [
            Series(_("Forecast before opening"), [round(payload["total_p50"][number][k], 1) for k in cells], "compare"),
            Series(_("Corrected"), middle, "forecast", low, high),
            Series(_("Came"), [came.get(m, 0) if m < found.at else None for m in minutes], "actual"),
        ],
    )  # fmt: skip


def coverage_words(found: Coverage) -> tuple[str, str, str]:
    """Value, comparison and level of the coverage so far; no share is told from a handful of days."""
    if not found.days:
        return "–", _("no past day with a forecast yet"), "calm"
    values = {"inside": found.inside, "days": found.days, "share": round(100 * found.inside / found.days),
              "low": round(100 * found.low), "high": round(100 * found.high)}  # fmt: skip
    value = _("%(inside)s of %(days)s days") % values
    if found.verdict == "few":
        return value, _("too few days to judge; aim 8 of 10"), "calm"
    share = _("%(share)s %%, with chance %(low)s to %(high)s %%") % values
    if found.verdict == "narrow":
        return value, _("%(share)s; fewer than 8 of 10: the ranges are too narrow") % {"share": share}, "watch"
    if found.verdict == "wide":
        return value, _("%(share)s; more than 8 of 10: the ranges are wider than needed") % {"share": share}, "info"
    return value, _("%(share)s; in line with the aim of 8 of 10") % {"share": share}, "fine"
