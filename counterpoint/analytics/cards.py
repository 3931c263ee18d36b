"""A board read: values with what they are compared with, ready for a page, a sheet of Excel or the open API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.analytics.boards import BoardBody
from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives.metrics import GRAINS, Metric, Period, Value, board, metrics, peers, periods, telling
from counterpoint.ui import reader
from counterpoint.ui.punctuation import listed

HOUR = periods.HOUR
TREND = {"hour": 14, "day": 14, "week": 8, "month": 6, "quarter": 5}
ADDITIVE = ("count", "sum")  # a period that is not over yet cannot be compared with a whole one
LEVELS = {"act": "act", "watch": "watch", "fine": "fine"}


@dataclass(frozen=True)
class Card:
    """One number with its past, its like and its target. `grain` may be coarser than asked for: some numbers come
    monthly."""

    metric: Metric
    value: Value
    before: Value | None
    trend: tuple[Value, ...]
    peers: Any = None
    running: bool = False
    other_time: bool = False  # not of the period that was asked for: it comes less often, or has not come yet

    @property
    def level(self) -> str:
        """How loud it is on a page."""
        return LEVELS.get(self.value.state, "calm")

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.metric.name(reader.language())

    @property
    def text(self) -> str:
        """The number without its unit."""
        return "–" if self.hidden else telling.number(self.metric, self.value.value, unit=False)

    @property
    def unit(self) -> str:
        """The unit's name; nothing beside a dash."""
        return "" if self.hidden or self.value.value is None else telling.unit_name(self.metric.unit)

    @property
    def hidden(self) -> bool:
        """Whether so few cases stand behind it that it is not shown."""
        return self.metric.hides(self.value.n)

    @property
    def interval(self) -> str:
        """The 95 % interval in words; empty where there is none."""
        if self.hidden or self.value.low is None or self.value.high is None:
            return ""
        low, high = (telling.number(self.metric, end, unit=False) for end in (self.value.low, self.value.high))
        return f"{low}–{high}"

    @property
    def target(self) -> str:
        """The target in words."""
        return telling.bounds(self.metric, self.value.target.bounds) if self.value.target else ""

    @property
    def limit(self) -> float | None:
        """The side of the target that the spark-line shows."""
        if self.value.target is None:
            return None
        bounds = self.value.target.bounds
        return bounds.high if bounds.high is not None else bounds.low

    @property
    def change(self) -> float | None:
        """The difference to the period before; None where it cannot be told."""
        if self.before is None or self.before.value is None or self.value.value is None or self.hidden:
            return None
        return self.value.value - self.before.value

    @property
    def change_text(self) -> str:
        """The same in words."""
        if self.change is None:
            return ""
        sign = "+" if self.change >= 0 else "−"
        return f"{sign}{telling.number(self.metric, abs(self.change), unit=False)}"

    @property
    def before_text(self) -> str:
        """The number of the period before."""
        return telling.number(self.metric, self.before.value, unit=False) if self.before and not self.hidden else "–"

    @property
    def peers_text(self) -> str:
        """The median of the like branches."""
        return telling.number(self.metric, self.peers.middle, unit=False) if self.peers else ""

    @property
    def peers_rank(self) -> str:
        """Half of the like branches, and the own place among them."""
        if not self.peers:
            return ""
        low, high = (telling.number(self.metric, end, unit=False) for end in (self.peers.low, self.peers.high))
        half = _("half of %(count)d: %(low)s–%(high)s") % {"count": self.peers.count, "low": low, "high": high}
        return half + (_(", place %(rank)d") % {"rank": self.peers.rank} if self.peers.rank else "")

    @property
    def points(self) -> list[float | None]:
        """The spark-line's values."""
        return [one.value for one in self.trend]

    @property
    def compare(self) -> str:
        """One short line under the number: target, change, how many, and a word of caution."""
        words = []
        if self.other_time and self.value.value is not None:
            words.append(telling.period(self.value.period))
        if self.target:
            words.append(_("target %(target)s") % {"target": self.target})
        if self.change_text:
            words.append(_("%(change)s to before") % {"change": self.change_text})
        if self.value.value is None:
            words.append(_("no data"))
        elif self.value.few:
            words.append(_("few cases, n = %(n)d") % {"n": self.value.n})
        elif self.metric.measure != "count":
            words.append(f"n = {self.value.n:,}")
        return " · ".join(words)


@dataclass(frozen=True)
class Shown:
    """A whole board: its sections of cards and the sentence above them."""

    unit: OrgUnit
    on: date
    grain: str
    sections: tuple[tuple[str, tuple[Card, ...]], ...]
    finding: str = ""
    level: str = "calm"
    cards: tuple[Card, ...] = field(default=())


def fitting(metric: Metric, grain: str) -> str:
    """The grain asked for, else the next coarser one that the metric has."""
    for other in GRAINS[GRAINS.index(grain) :]:
        if other in metric.grains:
            return other
    return metric.grains[-1]


def read(
    *, scope: Scope, unit: OrgUnit, keys: Iterable[str], grain: str, on: date, now: datetime, person: str = "",
    post: str = "", hour: int = 0,
) -> dict[str, Card]:  # fmt: skip
    """Cards of the metrics in force, by key; each day is read once. An hour's course are the hours before it."""
    known = metrics(on, unit.rule_pack, unit.path)
    chosen = [known[key] for key in dict.fromkeys(keys) if key in known]
    if person:
        chosen = [one for one in chosen if "person" in one.subjects]
    if post:
        chosen = [one for one in chosen if "post" in one.subjects]
    whose = {"person": person, "post": post}
    by_grain: dict[str, list[Metric]] = {}
    for one in chosen:
        by_grain.setdefault(fitting(one, grain), []).append(one)
    found: dict[str, Card] = {}
    for each, some in by_grain.items():
        found |= _cards(scope, unit, some, _course(each, on, hour), now, whose, coarser=each != grain)
    return {one.key: found[one.key] for one in chosen}


def _course(grain: str, on: date, hour: int) -> list[Period]:
    """The periods of a course, oldest first; of hours those of the day up to the one asked for."""
    if grain == HOUR:
        return [periods.of(HOUR, on, each) for each in range(max(0, hour + 1 - TREND[HOUR]), hour + 1)]
    return periods.last(grain, on, TREND[grain])


def _cards(
    scope: Scope, unit: OrgUnit, some: Sequence[Metric], trend: Sequence[Period], now: datetime,
    whose: Mapping[str, str], *, coarser: bool,
) -> dict[str, Card]:  # fmt: skip
    current = trend[-1]
    before = current.back() if current.grain == HOUR else trend[-2]
    wanted = list(dict.fromkeys([*trend, before, current.week_before, before.week_before]))
    values = board(scope=scope, units=[unit], metrics=some, periods=wanted, now=now, **whose)
    like = {}
    if unit.kind == OrgUnit.Kind.BRANCH and not any(whose.values()):
        like = peers.peers_of(scope=scope, branch=unit, wanted=[current, before])
    found = {}
    for one in some:
        waits = _runs(current, unit, now) and values[unit.pk, one.key, current].value is None
        period = before if waits and values[unit.pk, one.key, before].value is not None else current
        running = _runs(period, unit, now)
        comparable = not (running and one.measure in ADDITIVE)
        found[one.key] = Card(
            one, values[unit.pk, one.key, period],
            values[unit.pk, one.key, period.week_before] if comparable else None,
            tuple(values[unit.pk, one.key, p] for p in trend if p <= period), like.get((one.key, period.slug)), running,
            coarser or period is not current,
        )  # fmt: skip
    return found


def _runs(period: Period, unit: OrgUnit, now: datetime) -> bool:
    """Whether the period is not over."""
    if period.grain == HOUR:
        at = now.astimezone(ZoneInfo(unit.time_zone))
        return (period.since, period.hour or 0) >= (at.date(), at.hour)
    return period.until > unit.date_at(now)


def shown(
    *, scope: Scope, unit: OrgUnit, body: BoardBody, grain: str, on: date, now: datetime, person: str = ""
) -> Shown:
    """The board of a unit (or a person) on a date."""
    cards = read(scope=scope, unit=unit, keys=body.metrics, grain=grain, on=on, now=now, person=person)
    sections = [
        (section.name(reader.language()), tuple(cards[key] for key in section.metrics if key in cards))
        for section in body.sections
    ]
    text, level = finding(cards.values())
    kept = tuple((name, some) for name, some in sections if some)
    return Shown(unit, on, grain, kept, text, level, tuple(cards.values()))


def finding(cards: Iterable[Card]) -> tuple[str, str]:
    """What the board says in one sentence, and how loud."""
    known = [card for card in cards if card.value.value is not None and not card.hidden]
    if not known:
        return _("No numbers of this time yet"), "calm"
    judged = [card for card in known if card.value.target is not None and not card.value.few]
    missed = [card for card in judged if card.value.state in ("act", "watch")]
    if not judged:
        return _("%(n)d numbers, none of them with a target and enough cases") % {"n": len(known)}, "calm"
    if not missed:
        return _("All %(n)d numbers with a target are on course") % {"n": len(judged)}, "fine"
    missed.sort(key=lambda card: card.value.state != "act")
    names = listed(card.name for card in missed[:4])
    level = "act" if missed[0].value.state == "act" else "watch"
    words = {"missed": len(missed), "judged": len(judged), "names": names}
    return _("%(missed)d of %(judged)d numbers miss their target: %(names)s") % words, level


@dataclass(frozen=True)
class Row:
    """One unit of a comparison with its values in the order of the columns."""

    unit: OrgUnit
    values: tuple[Value, ...]


def compared(
    *, scope: Scope, units: Sequence[OrgUnit], keys: Iterable[str], period: Period, now: datetime
) -> tuple[list[Metric], list[Row]]:
    """Units side by side in one period; metrics that do not come in its grain are left out."""
    if not units:
        return [], []
    known = metrics(period.until - timedelta(days=1), units[0].rule_pack, units[0].path)
    chosen = [known[key] for key in keys if key in known and period.grain in known[key].grains]
    values = board(scope=scope, units=units, metrics=chosen, periods=[period], now=now)
    return chosen, [Row(unit, tuple(values[unit.pk, one.key, period] for one in chosen)) for unit in units]


def by_key(values: Mapping[str, Card]) -> dict[str, dict[str, Any]]:
    """Plain values for the open API."""
    return {key: plain(card.value) for key, card in values.items()}


def plain(value: Value) -> dict[str, Any]:
    """One value as JSON."""
    target = value.target.bounds if value.target else None
    return {
        "metric": value.metric, "unit": value.unit, "period": value.period.slug, "value": value.value, "n": value.n,
        "low": value.low, "high": value.high, "state": value.state,
        "target": {"low": target.low, "high": target.high} if target else None,
    }  # fmt: skip
