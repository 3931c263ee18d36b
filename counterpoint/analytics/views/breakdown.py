"""A number taken apart by hour and by counter or machine: as tables that lead on, and the whole page as Excel."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.analytics import cards
from counterpoint.analytics.views.frame import Frame
from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.metrics import Answer, Metric, Relation, by_margin, periods, relation, telling
from counterpoint.ui import reader
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.tables import Cell, Column, Table


def has_hours(one: Metric) -> bool:
    """Whether the number is kept by hour: its rows know the hour."""
    return "hour" in one.grains and "hour" in _rows(one).columns


def has_posts(one: Metric, unit: OrgUnit) -> bool:
    """Whether the number is kept by counter or machine of the unit: every branch has a window 3."""
    return unit.kind == OrgUnit.Kind.BRANCH and "post" in one.subjects and "post" in _rows(one).columns


def _rows(one: Metric) -> Relation:
    return relation(one.relations[0])


def by(scope: Any, place: Frame, one: Metric, what: str) -> dict[str, Answer]:
    """The number by hour, person or post: of the whole day where an hour is looked at."""
    period = periods.of("day", place.on) if place.grain == "hour" else periods.of(place.grain, place.on)
    return by_margin(scope=scope, org_unit=place.unit, metric=one, period=period, by=what, now=place.now)


def tables(one: Metric, place: Frame, hours: Mapping[str, Answer], posts: Mapping[str, Answer]) -> list[Table]:
    """The hours of a day and the posts of a period, each leading to its own page."""
    url = reverse("analytics:kpi", args=[one.key])
    found = []
    if place.grain in ("hour", "day") and hours:
        lines = {f"{int(h):02d}:00": (f"{url}?{place.query(grain='hour', hour=h, post=None)}", a)
                 for h, a in hours.items()}  # fmt: skip
        found.append(_table("by-hour", _("Hour by hour"), _("Hour"), one, lines))
    if posts:
        words = {post_name(one, key): (f"{url}?{place.query(post=key)}", a) for key, a in posts.items()}
        found.append(_table("by-post", _("By counter or machine"), _("Counter or machine"), one, words))
    return found


def post_name(one: Metric, key: str) -> str:
    """The counter or machine in the reader's words."""
    return _rows(one).value_name("post", key)


def _table(key: str, caption: str, heading: str, one: Metric, lines: Mapping[str, tuple[str, Answer]]) -> Table:
    columns = [Column(heading), Column(one.name(reader.language()), number=True), Column("n", number=True)]
    rows = [
        [Cell(word, url=url), Cell("–" if one.hides(a.n) else telling.number(one, a.value), value=a.value),
         Cell(a.n, detail=_("few cases") if a.n < one.small else "")]
        for word, (url, a) in lines.items()
    ]  # fmt: skip
    return Table(key, caption, columns, rows, search=len(rows) > 12)


def book(
    one: Metric, place: Frame, card: cards.Card, hours: Mapping[str, Answer], posts: Mapping[str, Answer]
) -> bytes:  # fmt: skip
    """The course, the hours and the posts as sheets; numbers stay numbers."""
    name, title = one.name(reader.language()), f"{place.unit.name} · {one.name(reader.language())}"
    low, high = _("95 % interval from"), _("to")
    course = [
        [telling.period(v.period), *([None, v.n, None, None] if one.hides(v.n) else [v.value, v.n, v.low, v.high])]
        for v in card.trend
    ]  # fmt: skip
    sheets = [Sheet(_("Over time"), [_("Period"), name, "n", low, high], course, title, telling.formula(one))]
    for heading, found in (
        (_("Hour"), {f"{int(h):02d}:00": a for h, a in hours.items()}),
        (_("Counter or machine"), {post_name(one, key): a for key, a in posts.items()}),
    ):
        if found:
            lines = [
                [key, *(4 * [None] if one.hides(a.n) else [a.value, a.n, a.low, a.high])] for key, a in found.items()
            ]
            note = telling.period(periods.of("day" if place.grain == "hour" else place.grain, place.on))
            sheets.append(Sheet(heading, [heading, name, "n", low, high], lines, title, note))
    return workbook(sheets)
