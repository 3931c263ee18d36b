"""Days that are fuller than their weekday says: payday, pension day, month end, around holidays; as content."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.foundation.api import calendar
from counterpoint.primitives.content import Kind, Named, Names, Positive, declare, items

Rule = Literal["month_days", "last_days", "after_holiday", "before_festival"]
COUNTED = ("last_days", "before_festival")
FESTIVALS = ("Spring Festival", "National Day")


@dataclass(frozen=True)
class DayMark(Named):
    """A kind of unusual day. `factor` multiplies the arrivals of the weekday; `days` are the rule's numbers."""

    key: str
    names: Names
    rule: Rule
    factor: Positive
    days: tuple[int, ...] = field(default=())


LABELS = {
    "rule": pgettext_lazy("field", "Which days"),
    "rule=month_days": pgettext_lazy("field", "On these days of the month"),
    "rule=last_days": pgettext_lazy("field", "On the last days of the month"),
    "rule=after_holiday": pgettext_lazy("field", "On the first workday after a holiday"),
    "rule=before_festival": pgettext_lazy("field", "On the last workdays before a festival"),
    "factor": pgettext_lazy("field", "Customers against an ordinary day"),
}


def _mark(mark: DayMark) -> str:
    if mark.rule in COUNTED and len(mark.days) != 1:
        return _("this rule needs one number of days")
    return ""


def _example(mark: DayMark, example: dict[str, Any]) -> str:
    holds = applies(mark, example["date"])
    if holds is example["holds"]:
        return ""
    words = {"date": example["date"], "expected": example["holds"], "got": holds}
    return _("%(date)s: expected %(expected)s, got %(got)s") % words


declare(
    Kind(
        "day_marks",
        type=DayMark,
        check=_mark,
        check_example=_example,
        title=gettext_lazy("Unusual days"),
        labels=LABELS,
    )
)


def applies(mark: DayMark, on: date, pack: str = "cn") -> bool:
    """Whether the mark falls on the date."""
    if mark.rule == "month_days":
        return on.day in mark.days
    if mark.rule == "last_days":
        return (on + timedelta(days=mark.days[0])).month != on.month
    if mark.rule == "after_holiday":
        return _working(on, pack) and _kind(on - timedelta(days=1), pack) is calendar.DayKind.HOLIDAY
    return _working(on, pack) and _festival_within(on, mark.days[0], pack)


def marks_of(on: date, pack: str = "cn") -> tuple[DayMark, ...]:
    """The marks of a date, by key."""
    found = (item.value for _, item in sorted(items("day_marks", on, pack).items()))
    return tuple(mark for mark in found if applies(mark, on, pack))


def _kind(on: date, pack: str) -> calendar.DayKind:
    return calendar.day(on, pack, provisional=True).kind


def _working(on: date, pack: str) -> bool:
    return calendar.day(on, pack, provisional=True).is_working


def _festival_within(on: date, count: int, pack: str) -> bool:
    """Whether a festival starts after at most `count` working days, this one included; weekends do not count."""
    ahead, left = on, count
    while left >= 0:
        known = calendar.day(ahead, pack, provisional=True)
        if known.kind is calendar.DayKind.HOLIDAY:
            return known.name in FESTIVALS
        left -= known.is_working
        ahead += timedelta(days=1)
    return False
